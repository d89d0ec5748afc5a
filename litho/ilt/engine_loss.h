// SPDX-License-Identifier: Apache-2.0
// EngineLoss: the process window's loss and its gradient (window_loss.h) on an engine, a GPU's too, for optimisers of
// one's own. In single precision.
#pragma once

#include <memory>

#include "kernels/base/image.h"
#include "kernels/engine/engine.h"
#include "litho/imaging/optical_model.h"

namespace reticle {

// One grid over the model's field in the engine's memory. Not thread-safe.
class EngineLoss {
 public:
  // Throws Error(invalid_argument) unless pixels are square, Error(unsupported) for a mask as imaging_problem() says.
  EngineLoss(std::unique_ptr<Engine> engine, const OpticalModel& model, int rows, int cols);

  // L in nm2; gradient receives dL/dp. All pixels of the grid. Throws Error(invalid_argument) for other sizes and for a
  // window that names a condition the model does not hold.
  double evaluate(ImageView<const float> parameters, ImageView<const float> target,
                  const pixel::ProcessWindow<float>& window, float mask_slope, ImageView<float> gradient);

 private:
  std::unique_ptr<Engine> engine_;
  std::unique_ptr<IltBatch> batch_;
  int conditions_;
};

}  // namespace reticle
