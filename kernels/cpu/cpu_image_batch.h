// SPDX-License-Identifier: Apache-2.0
// CpuImageBatch: images of a batch of masks on one core.
#pragma once

#include <cstdint>
#include <vector>

#include "kernels/cpu/cpu_imaging.h"
#include "kernels/engine/image_batch.h"

namespace reticle::cpu {

class CpuImageBatch final : public ImageBatch {
 public:
  CpuImageBatch(const ImagingProblem& problem, int clips);

  int clips() const override { return static_cast<int>(masks_.size()); }
  void set_mask(int clip, ImageView<const std::uint8_t> mask) override;
  void set_mask(int clip, const Spectrum<float>& orders) override;
  void run() override;
  void finish() override {}
  void get_image(int clip, int condition, ImageView<float> image) override;
  void get_print(int clip, int condition, float dose, float threshold,
                 ImageView<std::uint8_t> print) override;

 private:
  const Image<float>& image(int clip, int condition) const;

  int rows_, cols_, conditions_;
  CpuImaging imaging_;
  BandTransform<float> mask_band_;
  std::vector<Spectrum<float>> masks_;
  std::vector<Image<float>> images_;  // [clip][condition]
};

}  // namespace reticle::cpu
