// SPDX-License-Identifier: Apache-2.0
#include "litho/imaging/socs.h"

#include <algorithm>
#include <cmath>
#include <sstream>

#include "kernels/base/error.h"
#include "litho/imaging/mask_spectrum.h"

namespace reticle {

namespace {

SocsStack::Condition padded(const SocsKernels& kernels, int half_x, int half_y) {
  const int cols = 2 * half_x + 1, rows = 2 * half_y + 1;
  SocsStack::Condition condition;
  condition.count = kernels.count();
  condition.tail = kernels.tail;
  condition.coefficients.assign(static_cast<std::size_t>(condition.count) * rows * cols, 0.0);
  for (int k = 0; k < condition.count; ++k) {
    const double root = std::sqrt(kernels.weights[static_cast<std::size_t>(k)]);
    for (int n = 0; n < kernels.rows(); ++n) {
      const std::ptrdiff_t row = static_cast<std::ptrdiff_t>(k) * rows + n + half_y - kernels.half_y;
      for (int m = 0; m < kernels.cols(); ++m)
        condition.coefficients[static_cast<std::size_t>(row * cols + m + half_x - kernels.half_x)] =
            root * kernels.kernel(k)[n * kernels.cols() + m];
    }
  }
  return condition;
}

// A margin as even as whole nm allow, so that integer layouts keep integer coordinates.
double margin_before(double period, double extent) { return std::floor(0.5 * (period - extent)); }

}  // namespace

SocsStack socs_stack(const OpticalModel& model) {
  SocsStack stack;
  for (const SocsKernels& kernels : model.conditions) {
    stack.half_x = std::max(stack.half_x, kernels.half_x);
    stack.half_y = std::max(stack.half_y, kernels.half_y);
  }
  for (const SocsKernels& kernels : model.conditions)
    stack.conditions.push_back(padded(kernels, stack.half_x, stack.half_y));
  return stack;
}

ImagingProblem imaging_problem(const OpticalModel& model, int rows, int cols, double pixel_nm) {
  const MaskModel& mask = model.mask;
  if (!mask.layers.empty())
    throw Error(ErrorCode::unsupported, "the model's mask has layers of their own transmission (" +
                                            description(mask) + "); correction takes one drawn layer on a film");
  if (mask.edges.width_nm != 0.0)
    throw Error(ErrorCode::unsupported, "the model's mask has edge strips (" + description(mask) +
                                            "), which images take and correction does not; make a model with "
                                            "mask.edge_width_nm = 0 for it");
  ImagingProblem problem{.stack = socs_stack(model),
                         .rows = rows,
                         .cols = cols,
                         .pixel_nm = pixel_nm,
                         .flare = model.flare,
                         .diffusion_nm = std::hypot(model.stage_blur_nm, model.resist.diffusion_nm),
                         .density = model.resist.density,
                         .density_range_nm = std::hypot(model.stage_blur_nm, model.resist.density_range_nm),
                         .slope_nm = model.resist.slope_nm,
                         .mask_offset = mask.background() / mask.step(),
                         .power_offset = std::norm(mask.background()),
                         .power_step = std::norm(mask.drawn()) - std::norm(mask.background())};
  // Of a mask, all but its background: what is drawn times these.
  Spectrum<double> factors(problem.stack.half_x, problem.stack.half_y);
  std::fill_n(factors.data(), factors.size(), 1.0);
  apply_transmission(mask, model.period_x_nm, model.period_y_nm, factors);
  factors.at(0, 0) -= mask.background();
  for (SocsStack::Condition& condition : problem.stack.conditions)
    for (TailTerm& term : condition.tail)
      term.range_nm = std::hypot(term.range_nm, std::sqrt(mask.blur_x_nm * mask.blur_y_nm));
  for (SocsStack::Condition& condition : problem.stack.conditions)
    for (std::size_t i = 0; i < condition.coefficients.size(); ++i)
      condition.coefficients[i] *= factors.data()[i % factors.size()];
  return problem;
}

Box field_around(const OpticalModel& model, const Box& window) {
  const double slack = 1e-6;
  if (window.width() > model.period_x_nm + slack || window.height() > model.period_y_nm + slack) {
    std::ostringstream message;
    message << "the clip is " << window.width() << " x " << window.height()
            << " nm, larger than the model's tile of " << model.period_x_nm << " x "
            << model.period_y_nm << " nm; use a model with a larger period, or cut the clip";
    throw Error(ErrorCode::bad_input, message.str());
  }
  const double x0 = window.x0 - margin_before(model.period_x_nm, window.width());
  const double y0 = window.y0 - margin_before(model.period_y_nm, window.height());
  return {x0, y0, x0 + model.period_x_nm, y0 + model.period_y_nm};
}

}  // namespace reticle
