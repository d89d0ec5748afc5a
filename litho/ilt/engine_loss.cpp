// SPDX-License-Identifier: Apache-2.0
#include "litho/ilt/engine_loss.h"

#include <cmath>
#include <utility>

#include "kernels/base/error.h"
#include "kernels/engine/ilt_batch.h"
#include "litho/imaging/socs.h"

namespace reticle {

EngineLoss::EngineLoss(std::unique_ptr<Engine> engine, const OpticalModel& model, int rows, int cols)
    : engine_(std::move(engine)), conditions_(static_cast<int>(model.conditions.size())) {
  const double pixel_nm = model.period_x_nm / cols;
  if (std::abs(model.period_y_nm / rows - pixel_nm) > 1e-9 * pixel_nm)
    throw Error(ErrorCode::invalid_argument, "window loss: an engine takes square pixels of the model's field");
  batch_ = engine_->make_ilt(imaging_problem(model, rows, cols, pixel_nm), 1);
}

double EngineLoss::evaluate(ImageView<const float> parameters, ImageView<const float> target,
                            const pixel::ProcessWindow<float>& window, float mask_slope, ImageView<float> gradient) {
  if (gradient.rows != parameters.rows || gradient.cols != parameters.cols)
    throw Error(ErrorCode::invalid_argument, "window loss: parameters and gradient differ in size");
  IltTerms terms{.window = window, .mask_slope = mask_slope};
  terms.window.conditions = conditions_;
  for (int c = 0; c < window.corners; ++c)
    if (window.corner[c].condition < 0 || window.corner[c].condition >= conditions_)
      throw Error(ErrorCode::invalid_argument, "window loss: a corner's condition is not in the model");
  batch_->set_clip(0, {.parameters = parameters, .target = target});
  batch_->evaluate(terms);
  const double loss = batch_->losses()[0].total();
  batch_->combine(IltBatch::k_parameters, {1.0}, IltBatch::k_gradient, {0.0}, IltBatch::k_gradient);
  batch_->get_parameters(0, gradient);
  return loss;
}

}  // namespace reticle
