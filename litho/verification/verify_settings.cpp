// SPDX-License-Identifier: Apache-2.0
#include "litho/verification/verify_settings.h"

#include <algorithm>
#include <cmath>
#include <sstream>

#include "kernels/base/error.h"
#include "litho/ilt/scale.h"

namespace reticle {

namespace {

// In units of lambda / NA. Sites and the limit of edges are those of a correction (default_lengths()).
constexpr double k_corner_zone = 0.2, k_line_end_width = 0.75, k_contact_size = 0.6, k_epe_corner = 0.1, k_pullback = 0.1,
                 k_width = 0.2, k_band = 0.12;

double of_corrections(double IltSettings::*length, double unit) {
  for (const DefaultLength& known : default_lengths())
    if (known.place == length) return tidy(known.resolutions * unit, known.digits);
  return unit;
}

void require(bool good, const char* key, double value, const char* allowed) {
  if (good) return;
  std::ostringstream message;
  message << key << " = " << value << " is out of range: " << allowed;
  throw Error(ErrorCode::bad_input, message.str());
}

}  // namespace

VerifySettings verify_settings(const IltSettings& correction, const OpticalModel& model) {
  VerifySettings settings;
  settings.corners = correction.corners;
  std::stable_partition(settings.corners.begin(), settings.corners.end(),
                        [](const ProcessCorner& corner) { return corner.name == "nominal"; });
  const std::string first = settings.corners.empty() ? "" : settings.corners.front().name;
  settings.band = correction.bands.empty() ? ProcessBand{.outer = first, .inner = first} : correction.bands.front();
  settings.site_spacing_nm = correction.edge_site_spacing_nm;
  settings.search_range_nm = correction.edge_search_nm;
  settings.epe_run_nm = settings.epe_line_end_nm = correction.edge_tolerance_nm;
  return resolved_limits(settings, model);
}

MaskRuleSet no_mask_rules() {
  return {.minimum_width_nm = 0.0, .minimum_space_nm = 0.0, .minimum_area_nm2 = 0.0, .minimum_hole_area_nm2 = 0.0};
}

double resolution_nm(const OpticalModel& model) { return scale_of(model).resolution_nm; }

VerifySettings resolved_limits(VerifySettings settings, const OpticalModel& model) {
  const double unit = resolution_nm(model);
  const auto fill = [unit](double& value, double part) {
    // To a tenth of a nm: limits are read by people.
    if (value < 0.0) value = std::max(0.1, std::round(10.0 * part * unit) / 10.0);
  };
  const auto fill_alike = [unit](double& value, double IltSettings::*length) {
    if (value < 0.0) value = of_corrections(length, unit);
  };
  fill_alike(settings.site_spacing_nm, &IltSettings::edge_site_spacing_nm);
  fill_alike(settings.search_range_nm, &IltSettings::edge_search_nm);
  fill(settings.corner_zone_nm, k_corner_zone);
  fill(settings.line_end_width_nm, k_line_end_width);
  fill(settings.contact_size_nm, k_contact_size);
  fill_alike(settings.epe_run_nm, &IltSettings::edge_tolerance_nm);
  fill_alike(settings.epe_line_end_nm, &IltSettings::edge_tolerance_nm);
  fill(settings.epe_corner_nm, k_epe_corner);
  fill(settings.pullback_nm, k_pullback);
  fill(settings.pinch_nm, k_width);
  fill(settings.space_nm, k_width);
  fill(settings.band_nm, k_band);
  require(settings.site_spacing_nm > 0.0, "site_spacing_nm", settings.site_spacing_nm, "above 0");
  require(settings.search_range_nm > 0.0, "search_range_nm", settings.search_range_nm, "above 0");
  require(settings.corner_radius_nm >= 0.0 && settings.corner_radius_nm <= 0.5 * unit, "corner_radius_nm",
          settings.corner_radius_nm, "0 to half of lambda/NA");
  require(settings.window_factor >= 1.0, "window_factor", settings.window_factor, "1 or more");
  require(settings.dose_latitude >= 0.0 && settings.dose_latitude < 1.0, "dose_latitude", settings.dose_latitude,
          "0 to 1");
  if (settings.corners.empty()) {
    const std::string& nominal = model.conditions.front().name;
    settings.corners = {{"nominal", nominal, 1.0, 0.0},
                        {"outer", nominal, 1.0 + settings.dose_latitude, 0.0},
                        {"inner", model.conditions.back().name, 1.0 - settings.dose_latitude, 0.0}};
  }
  for (const ProcessCorner& corner : settings.corners) {
    model.condition(corner.condition);
    require(corner.dose > 0.0 && corner.dose < 10.0, "corners.dose", corner.dose, "above 0, below 10");
  }
  for (const std::string& name : {settings.band.outer, settings.band.inner})
    if (std::none_of(settings.corners.begin(), settings.corners.end(),
                     [&](const ProcessCorner& corner) { return corner.name == name; }))
      throw Error(ErrorCode::bad_input, "band: there is no corner '" + name + "' in the list of corners");
  check(settings.mask_rules);
  if (settings.corners.size() > 100)
    throw Error(ErrorCode::bad_input, "there are " + std::to_string(settings.corners.size()) + " corners; at most 100 are taken");
  return settings;
}

}  // namespace reticle
