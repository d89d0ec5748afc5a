// SPDX-License-Identifier: Apache-2.0
#include "litho/opc/settings.h"

#include <algorithm>
#include <cmath>
#include <sstream>

#include "kernels/base/error.h"

namespace reticle {

namespace {

void require(bool ok, const char* key, double value, const std::string& allowed) {
  if (ok) return;
  std::ostringstream message;
  message << "correction recipe: opc." << key << " = " << value << "; allowed is " << allowed;
  throw Error(ErrorCode::bad_input, message.str());
}

std::string text(double nm) {
  std::ostringstream out;
  out << nm << " nm";
  return out.str();
}

}  // namespace

double shortest_wave_nm(const OpticalModel& model) {
  double highest = 0.0;
  for (const SocsKernels& kernels : model.conditions)
    highest = std::max({highest, kernels.half_x / model.period_x_nm, kernels.half_y / model.period_y_nm});
  return highest > 0.0 ? 1.0 / highest : std::min(model.period_x_nm, model.period_y_nm);
}

DescentSettings resolved(DescentSettings s, const OpticalModel& model) {
  constexpr double k_rate = 0.008, k_pixel = 1.0 / 34.0;  // times lambda/NA
  const double resolution = scale_of(model).resolution_nm;
  if (s.rate_nm == 0.0) s.rate_nm = tidy(k_rate * resolution);
  s.pixel_nm = tidy_pixel(model, s.pixel_nm > 0.0 ? s.pixel_nm : k_pixel * resolution, 1);
  return s;
}

OpcSettings resolved(OpcSettings s, const IltSettings& mask, const OpticalModel& model) {
  const double r = shortest_wave_nm(model);
  if (s.mask_grid_nm == 0.0) s.mask_grid_nm = mask.mask_pixel_nm;
  const auto fill = [&](double& length, double share) {
    if (length == 0.0) length = std::max(s.mask_grid_nm, std::round(share * r / s.mask_grid_nm) * s.mask_grid_nm);
  };
  fill(s.line_end_nm, 0.9);
  fill(s.corner_nm, 0.33);
  fill(s.run_nm, 0.5);
  fill(s.facing_nm, 0.6);
  fill(s.site_spacing_nm, 0.17);
  fill(s.corner_rounding_nm, 0.25);
  fill(s.max_move_nm, 0.6);
  fill(s.guard_nm, 0.28);
  if (s.minimum_width_nm == 0.0) s.minimum_width_nm = mask.mask_rules.minimum_width_nm;
  if (s.minimum_space_nm == 0.0) s.minimum_space_nm = mask.mask_rules.minimum_space_nm;
  require(model.mask.bias_nm == 0.0, "mask.bias_nm of the model", model.mask.bias_nm,
          "0: edges are corrected as they come out; give the writer's bias to the mask shop");
  const bool of_mask = std::any_of(mask.corners.begin(), mask.corners.end(),
                                   [](const ProcessCorner& corner) { return corner.mask_bias_nm != 0.0; });
  require(!of_mask || s.window_weight == 0.0, "window_weight", s.window_weight,
          "0 where corners have errors of the mask's CD (mask_bias_nm), which edges do not weigh");
  require(s.fault_rounds >= 0, "fault_rounds", s.fault_rounds, "0 or more");
  require(s.iterations >= 0, "iterations", s.iterations, "0 or more");
  require(s.mask_grid_nm > 0.0, "mask_grid_nm", s.mask_grid_nm, "a positive length");
  const std::string grid = "at least the mask's grid, " + text(s.mask_grid_nm);
  require(s.corner_nm >= s.mask_grid_nm, "corner_nm", s.corner_nm, grid);
  require(s.run_nm >= s.mask_grid_nm, "run_nm", s.run_nm, grid);
  require(s.line_end_nm >= s.mask_grid_nm, "line_end_nm", s.line_end_nm, grid);
  require(s.max_move_nm >= s.mask_grid_nm, "max_move_nm", s.max_move_nm, grid);
  require(s.site_spacing_nm > 0.0, "site_spacing_nm", s.site_spacing_nm, "a positive length");
  require(s.window_weight >= 0.0, "window_weight", s.window_weight, "0 or more");
  require(s.guard_margin >= 0.0 && s.guard_margin < 1.0, "guard_margin", s.guard_margin, "0 to 1");
  require(s.guard_weight >= 0.0, "guard_weight", s.guard_weight, "0 or more");
  const double wanted = std::abs(s.bias_nm) + std::abs(s.line_end_extension_nm);
  require(wanted < s.max_move_nm, "bias_nm", s.bias_nm,
          "with line_end_extension_nm less than max_move_nm, " + text(s.max_move_nm));
  require(s.line_end_tolerance_nm >= 0.0, "line_end_tolerance_nm", s.line_end_tolerance_nm, "0 or more");
  require(s.run_tolerance_nm >= 0.0, "run_tolerance_nm", s.run_tolerance_nm, "0 or more");
  const double largest = 0.5 * scale_of(model).resolution_nm;
  require(s.corner_radius_nm >= 0.0 && s.corner_radius_nm <= largest, "corner_radius_nm", s.corner_radius_nm,
          "0 to half of lambda/NA, " + text(largest));
  require(s.smoothness >= 0.0, "smoothness", s.smoothness, "0 or more");
  s.descent = resolved(s.descent, model);
  require(s.gain > 0.0 && s.gain <= 2.0, "gain", s.gain, "above 0, at most 2");
  return s;
}

}  // namespace reticle
