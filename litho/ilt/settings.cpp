#include "litho/ilt/settings.h"

#include <algorithm>
#include <cmath>
#include <sstream>

#include "kernels/base/error.h"
#include "kernels/pixel/process_window.h"

namespace reticle {

namespace {

template <class Value>
void require(bool ok, const char* key, const Value& value, const char* allowed) {
  if (ok) return;
  std::ostringstream message;
  message << "correction recipe: " << key << " = " << value << "; allowed is " << allowed;
  throw Error(ErrorCode::bad_input, message.str());
}

bool divides(double pixel, double period) {
  const double count = period / pixel;
  return std::abs(count - std::round(count)) < 1e-6;
}

void check_level(const IltLevel& level, const IltSettings& settings, const OpticalModel& model) {
  require(level.coarseness >= 1 && level.coarseness <= 256, "levels.coarseness", level.coarseness,
          "1 to 256 mask pixels");
  require(divides(level.coarseness * settings.mask_pixel_nm, model.period_x_nm) &&
              divides(level.coarseness * settings.mask_pixel_nm, model.period_y_nm),
          "levels.coarseness", level.coarseness,
          "a working pixel (coarseness x mask_pixel_nm) that divides the model's period");
  require(level.iterations >= 0, "levels.iterations", level.iterations, "0 or more");
  require(level.rate > 0, "levels.rate", level.rate, "positive");
  for (const Ramp& ramp : {level.mask_slope, level.resist_slope})
    require(ramp.first > 0 && ramp.last > 0, "levels.slope", std::min(ramp.first, ramp.last),
            "positive");
  require(level.band_weight >= 0, "levels.band_weight", level.band_weight, "0 or more");
  require(level.corner_weight >= 0, "levels.corner_weight", level.corner_weight, "0 or more");
  require(level.emphasis_gain >= 0, "levels.emphasis_gain", level.emphasis_gain, "0 or more");
  require(level.emphasis_interval >= 1, "levels.emphasis_interval", level.emphasis_interval, "1 or more");
  require(level.edge_band_nm >= 0, "levels.edge_band_nm", level.edge_band_nm, "0 or more");
  require(level.stop_fraction >= 0 && level.stop_fraction < 1, "levels.stop_fraction",
          level.stop_fraction, "0 to 1");
}

void check_window(const IltSettings& settings, const OpticalModel& model) {
  require(settings.corners.size() <= pixel::k_max_corners, "corners", settings.corners.size(),
          "at most 16 corners");
  require(settings.bands.size() <= pixel::k_max_bands, "bands", settings.bands.size(),
          "at most 8 bands");
  const auto names_a_corner = [&](const std::string& name) {
    return std::any_of(settings.corners.begin(), settings.corners.end(),
                       [&](const ProcessCorner& corner) { return corner.name == name; });
  };
  for (const ProcessCorner& corner : settings.corners) {
    model.condition(corner.condition);
    require(corner.dose > 0 && corner.dose < 10, "corners.dose", corner.dose, "above 0, below 10");
    require(corner.weight >= 0, "corners.weight", corner.weight, "0 or more");
  }
  for (const ProcessBand& band : settings.bands) {
    require(names_a_corner(band.outer), "bands.outer", band.outer, "the name of a corner");
    require(names_a_corner(band.inner), "bands.inner", band.inner, "the name of a corner");
    require(band.weight_factor >= 0, "bands.weight_factor", band.weight_factor, "0 or more");
  }
}

}  // namespace

double Ramp::at(double fraction) const { return first * std::pow(last / first, fraction); }

std::vector<IltLevel> default_levels() {
  return {
      {.coarseness = 16, .iterations = 42, .rate = 0.1024, .mask_slope = {3.545, 8.88},
       .resist_slope = {19.37, 49.2}, .band_weight = 6.7684, .corner_weight = 0.008},
      {.coarseness = 8, .iterations = 87, .rate = 0.0849, .mask_slope = {3.75, 3.3},
       .resist_slope = {39.3, 209.1977}, .band_weight = 1.606, .emphasis_gain = 0.3},
      {.coarseness = 4, .iterations = 20, .rate = 0.0333, .mask_slope = {6.0, 12.0},
       .resist_slope = {176.87, 250}, .band_weight = 1.4, .emphasis_gain = 0.2, .edge_band_nm = 16.0},
      {.coarseness = 4, .iterations = 20, .rate = 0.0333, .mask_slope = {6.0, 12.0},
       .resist_slope = {176.87, 250}, .band_weight = 1.4, .emphasis_gain = 0.2, .edge_band_nm = 16.0},
      {.coarseness = 4, .iterations = 15, .rate = 0.0333, .mask_slope = {6.0, 12.0},
       .resist_slope = {176.87, 250}, .band_weight = 1.4, .emphasis_gain = 0.2, .edge_band_nm = 16.0},
      {.coarseness = 2, .iterations = 20, .rate = 0.0187, .mask_slope = {10.2594, 22.9959},
       .resist_slope = {200, 390.2518}, .band_weight = 1.4, .edge_band_nm = 16.0},
  };
}

IltSettings resolved(IltSettings settings, const OpticalModel& model) {
  require(model.resist.slope_nm == 0, "the model's resist slope_nm", model.resist.slope_nm,
          "0: correction takes resists of threshold, diffusion and density");
  require(settings.mask_pixel_nm > 0 && divides(settings.mask_pixel_nm, model.period_x_nm) &&
              divides(settings.mask_pixel_nm, model.period_y_nm),
          "mask_pixel_nm", settings.mask_pixel_nm, "a positive length that divides the model's period");
  require(settings.dose_latitude >= 0 && settings.dose_latitude < 1, "dose_latitude",
          settings.dose_latitude, "0 to 1");
  require(settings.start_contrast > 0, "start_contrast", settings.start_contrast, "positive");
  require(settings.start_blur_nm >= 0, "start_blur_nm", settings.start_blur_nm, "0 or more");
  check(settings.mask_rules);
  require(settings.assist_reach_nm >= 0, "assist_reach_nm", settings.assist_reach_nm, "0 or more");
  if (settings.corners.empty()) {
    const std::string& nominal = model.conditions.front().name;
    settings.corners = {{"nominal", nominal, 1.0, 1.0},
                        {"outer", nominal, 1.0 + settings.dose_latitude, 0.0},
                        {"inner", model.conditions.back().name, 1.0 - settings.dose_latitude, 0.0}};
    if (settings.bands.empty()) settings.bands = {{"outer", "inner", 1.0}};
  }
  if (settings.levels.empty()) settings.levels = default_levels();
  for (const IltLevel& level : settings.levels) check_level(level, settings, model);
  check_window(settings, model);
  return settings;
}

}  // namespace reticle
