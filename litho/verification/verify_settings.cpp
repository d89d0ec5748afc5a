#include "litho/verification/verify_settings.h"

#include <algorithm>
#include <cmath>
#include <sstream>

#include "kernels/base/error.h"

namespace reticle {

namespace {

// In units of lambda / NA; at 250 nm, about that of the ICCAD-2013 contest's kernels, spacing and limits of
// edges are the contest's 40 and 15 nm.
constexpr double k_site_spacing = 0.16, k_search_range = 0.24, k_corner_zone = 0.2, k_line_end_width = 0.6,
                 k_contact_size = 0.6, k_epe = 0.06, k_epe_corner = 0.1, k_pullback = 0.1, k_width = 0.2, k_band = 0.12;
constexpr double k_imported_resolution_nm = 250.0;

void require(bool good, const char* key, double value, const char* allowed) {
  if (good) return;
  std::ostringstream message;
  message << key << " = " << value << " is out of range: " << allowed;
  throw Error(ErrorCode::bad_input, message.str());
}

}  // namespace

MaskRuleSet no_mask_rules() {
  return {.minimum_width_nm = 0.0, .minimum_space_nm = 0.0, .minimum_area_nm2 = 0.0, .minimum_hole_area_nm2 = 0.0};
}

double resolution_nm(const OpticalModel& model) {
  return model.wavelength_nm > 0.0 && model.na > 0.0 ? model.wavelength_nm / model.na : k_imported_resolution_nm;
}

VerifySettings resolved(VerifySettings settings, const OpticalModel& model) {
  const double unit = resolution_nm(model);
  const auto fill = [unit](double& value, double part) {
    // To a tenth of a nm: limits are read by people.
    if (value < 0.0) value = std::max(0.1, std::round(10.0 * part * unit) / 10.0);
  };
  fill(settings.site_spacing_nm, k_site_spacing);
  fill(settings.search_range_nm, k_search_range);
  fill(settings.corner_zone_nm, k_corner_zone);
  fill(settings.line_end_width_nm, k_line_end_width);
  fill(settings.contact_size_nm, k_contact_size);
  fill(settings.epe_run_nm, k_epe);
  fill(settings.epe_line_end_nm, k_epe);
  fill(settings.epe_corner_nm, k_epe_corner);
  fill(settings.pullback_nm, k_pullback);
  fill(settings.pinch_nm, k_width);
  fill(settings.space_nm, k_width);
  fill(settings.band_nm, k_band);
  require(settings.site_spacing_nm > 0.0, "site_spacing_nm", settings.site_spacing_nm, "above 0");
  require(settings.search_range_nm > 0.0, "search_range_nm", settings.search_range_nm, "above 0");
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
