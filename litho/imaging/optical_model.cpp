// SPDX-License-Identifier: Apache-2.0
#include "litho/imaging/optical_model.h"

#include <cmath>
#include <sstream>

#include "kernels/base/error.h"

namespace reticle {

namespace {

void require(bool ok, const std::string& message) {
  if (!ok) throw Error(ErrorCode::bad_input, message);
}

void validate_kernels(const SocsKernels& kernels) {
  const std::string where = "optical model, condition '" + kernels.name + "': ";
  require(!kernels.name.empty(), "optical model: a condition has no name");
  require(kernels.count() > 0, where + "it holds no kernels");
  require(kernels.half_x >= 0 && kernels.half_y >= 0, where + "negative kernel size");
  const std::size_t wanted = static_cast<std::size_t>(kernels.count()) *
                             static_cast<std::size_t>(kernels.rows()) *
                             static_cast<std::size_t>(kernels.cols());
  require(kernels.coefficients.size() == wanted,
          where + "kernels hold " + std::to_string(kernels.coefficients.size()) +
              " coefficients, weights and size ask for " + std::to_string(wanted));
  require(std::isfinite(kernels.focus_nm), where + "focus_nm is not finite");
  for (const TailTerm& term : kernels.tail)
    require(std::isfinite(term.weight) && std::isfinite(term.range_nm) && term.range_nm >= 0.0,
            where + "the tail's weights and ranges must be finite, ranges not negative");
  for (int k = 0; k < kernels.count(); ++k) {
    const double weight = kernels.weights[static_cast<std::size_t>(k)];
    require(std::isfinite(weight) && weight >= 0.0,
            where + "weight " + std::to_string(k) + " is negative or not a number");
  }
  for (std::size_t i = 0; i < kernels.coefficients.size(); ++i) {
    const auto& c = kernels.coefficients[i];
    if (std::isfinite(c.real()) && std::isfinite(c.imag())) continue;
    require(false, where + "kernel coefficient " + std::to_string(i) + " is not a finite number");
  }
}

// Where nothing is said about layers, light is brighter either where something is drawn or elsewhere: the
// print of the wrong side is never the design.
void require_agreement(const OpticalModel& model) {
  if (!model.mask.layers.empty()) return;
  const bool bright = std::abs(model.mask.drawn()) >= std::abs(model.mask.background());
  const bool exposed = model.resist.tone == PrintTone::exposed;
  require(bright == exposed,
          std::string("optical model: mask and tone contradict each other: the mask is ") +
              (model.mask.drawn_side == DrawnSide::clear ? "clear" : "opaque") +
              " where something is drawn, and the drawn feature is to be where the resist is " +
              (exposed ? "exposed" : "not exposed") +
              "; a clear drawing prints exposed (drawn = \"clear\", tone = \"exposed\"), an opaque one "
              "unexposed (drawn = \"opaque\", tone = \"unexposed\")");
}

}  // namespace

const SocsKernels& OpticalModel::condition(std::string_view name) const {
  std::ostringstream held;
  for (const SocsKernels& kernels : conditions) {
    if (kernels.name == name) return kernels;
    held << (held.tellp() > 0 ? ", " : "") << '\'' << kernels.name << '\'';
  }
  throw Error(ErrorCode::bad_input, "the model holds no condition '" + std::string(name) +
                                        "'; it holds " + held.str());
}

void validate(const OpticalModel& model) {
  require(std::isfinite(model.period_x_nm) && model.period_x_nm > 0.0 &&
              std::isfinite(model.period_y_nm) && model.period_y_nm > 0.0,
          "optical model: the period must be positive, in nm");
  require(std::isfinite(model.resist.threshold) && model.resist.threshold > 0.0,
          "optical model: the resist threshold must be positive");
  require(std::isfinite(model.resist.diffusion_nm) && model.resist.diffusion_nm >= 0.0,
          "optical model: the resist diffusion must not be negative");
  require(std::isfinite(model.resist.slope_nm) && std::isfinite(model.resist.density),
          "optical model: the resist's slope and density terms must be finite");
  require(model.resist.density > -1.0, "optical model: the resist's density must be above -1");
  require(std::isfinite(model.resist.density_range_nm) && model.resist.density_range_nm >= 0.0,
          "optical model: the range of the resist's density must not be negative");
  require(std::isfinite(model.stage_blur_nm) && model.stage_blur_nm >= 0.0,
          "optical model: the stage blur must not be negative");
  require(model.flare >= 0.0 && model.flare < 1.0, "optical model: flare must lie in 0 to 1");
  validate(model.mask, model.period_x_nm, model.period_y_nm);
  require_agreement(model);
  require(!model.conditions.empty(), "optical model: it holds no condition");
  for (std::size_t i = 0; i < model.conditions.size(); ++i) {
    validate_kernels(model.conditions[i]);
    for (std::size_t j = 0; j < i; ++j)
      require(model.conditions[i].name != model.conditions[j].name,
              "optical model: condition '" + model.conditions[i].name + "' occurs twice");
  }
}

}  // namespace reticle
