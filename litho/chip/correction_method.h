// SPDX-License-Identifier: Apache-2.0
// A method whose tiles end as masks, and how well these print: what a correction job runs.
#pragma once

#include "litho/chip/tile_method.h"

namespace reticle {

class CorrectionMethod : public TileMethod {
 public:
  // Its results are mask_bytes() of the cores.
  virtual int mask_stage() const = 0;
  // Its results are measures_bytes() of the cores.
  virtual int measure_stage() const = 0;
  virtual double mask_pixel_nm() const = 0;
  bool kept(int stage) const override { return stage == mask_stage() || stage == measure_stage(); }
};

}  // namespace reticle
