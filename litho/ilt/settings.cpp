// SPDX-License-Identifier: Apache-2.0
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
  require(level.tile_iterations >= -1, "levels.tile_iterations", level.tile_iterations, "-1 or more");
  require(level.rate > 0, "levels.rate", level.rate, "positive");
  require(level.adam_beta1 >= 0 && level.adam_beta1 < 1, "levels.adam_beta1", level.adam_beta1, "0 or more, less than 1");
  require(level.adam_beta2 >= 0 && level.adam_beta2 < 1, "levels.adam_beta2", level.adam_beta2, "0 or more, less than 1");
  for (const Ramp& ramp : {level.mask_slope, level.resist_slope})
    require(ramp.first > 0 && ramp.last > 0, "levels.slope", std::min(ramp.first, ramp.last),
            "positive");
  require(level.band_weight >= 0, "levels.band_weight", level.band_weight, "0 or more");
  require(level.band_grey >= 0, "levels.band_grey", level.band_grey, "0 or more");
  require(level.corner_weight >= 0, "levels.corner_weight", level.corner_weight, "0 or more");
  require(level.emphasis_gain >= 0, "levels.emphasis_gain", level.emphasis_gain, "0 or more");
  require(level.emphasis_most >= 0, "levels.emphasis_most", level.emphasis_most, "0 or more");
  require(level.emphasis_fine >= 0, "levels.emphasis_fine", level.emphasis_fine, "0 or more");
  require(level.emphasis_reach == 0 || level.emphasis_reach > 1, "levels.emphasis_reach", level.emphasis_reach, "0, or more than 1");
  require(level.emphasis_interval >= 1, "levels.emphasis_interval", level.emphasis_interval, "1 or more");
  require(level.cut_interval >= 0, "levels.cut_interval", level.cut_interval, "0 or more");
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

std::span<const DefaultLength> default_lengths() {
  static constexpr DefaultLength k_lengths[] = {
      {"start_blur_nm", &IltSettings::start_blur_nm, 0.277696, 6, "the start is no sharper than an image"},
      {"edge_site_spacing_nm", &IltSettings::edge_site_spacing_nm, 0.161, 2, "the image turns no faster"},
      {"edge_short_nm", &IltSettings::edge_short_nm, 0.322, 2, "twice the spacing"},
      {"edge_tolerance_nm", &IltSettings::edge_tolerance_nm, 0.0605, 2, "the contest's 15 nm"},
      {"edge_fine_tolerance_nm", &IltSettings::edge_fine_tolerance_nm, 0.0121, 2, "a fifth of the tolerance, 3 nm"},
      {"edge_search_nm", &IltSettings::edge_search_nm, 0.242, 2, "four tolerances"},
  };
  return k_lengths;
}

// On grids of 16, 8, 4 and 2 nm in the contest's model, and in one of 1.2 to 1.35 at 193 nm.
std::vector<IltLevel> default_levels(double resolution_nm) {
  // As a recipe says them, to the last digit: `reticle recipe correct` prints four.
  const auto parts = [&](double of_resolution) { return of_resolution * resolution_nm; };
  const double band = parts(0.0644);
  // Of three and ten steps: what slopes, targets and masks that are made to obey rules were before is soon forgotten.
  constexpr double beta1 = 0.7, beta2 = 0.9;
  return {
      {.pixel_nm = parts(0.1176), .iterations = 42, .rate = 0.1024, .adam_beta1 = beta1, .adam_beta2 = beta2,
       .mask_slope = {3.545, 8.88}, .resist_slope = {4.35825, 11.07}, .band_weight = 6.7684, .corner_weight = 0.008},
      {.pixel_nm = parts(0.0588), .iterations = 87, .rate = 0.0849, .adam_beta1 = beta1, .adam_beta2 = beta2,
       .mask_slope = {3.75, 3.3}, .resist_slope = {8.8425, 47.0694825}, .band_weight = 1.606, .emphasis_gain = 0.3},
      {.pixel_nm = parts(0.0294), .iterations = 30, .tile_iterations = 20, .rate = 0.0333, .adam_beta1 = beta1, .adam_beta2 = beta2,
       .mask_slope = {6.0, 12.0}, .resist_slope = {39.79575, 56.25}, .band_weight = 1.4, .emphasis_gain = 0.2,
       .edge_band_nm = band},
      {.pixel_nm = parts(0.0294), .iterations = 30, .tile_iterations = 20, .rate = 0.0333, .adam_beta1 = beta1, .adam_beta2 = beta2,
       .mask_slope = {6.0, 12.0}, .resist_slope = {39.79575, 56.25}, .band_weight = 1.2, .band_grey = 0.5, .emphasis_gain = 0.2,
       .edge_band_nm = band},
      {.pixel_nm = parts(0.0294), .iterations = 25, .tile_iterations = 15, .rate = 0.0333, .adam_beta1 = beta1, .adam_beta2 = beta2,
       .mask_slope = {6.0, 12.0}, .resist_slope = {39.79575, 56.25}, .band_weight = 1.0, .band_grey = 1.0, .emphasis_gain = 0.2,
       .edge_band_nm = band},
      {.pixel_nm = parts(0.0147), .iterations = 132, .tile_iterations = 45, .rate = 0.0187, .adam_beta1 = beta1, .adam_beta2 = beta2,
       .mask_slope = {10.2594, 22.9959}, .resist_slope = {45, 87.806655}, .band_weight = 1.0, .band_grey = 1.0, .emphasis_gain = 0.2,
       .emphasis_most = 0.8, .emphasis_fine = 0.17, .emphasis_reach = 1.5, .emphasis_interval = 5, .edge_band_nm = band},
  };
}

double assist_dose(const IltSettings& settings, const OpticalModel& model) {
  return 1.0 + model.resist.level().sign() * settings.assist_dose_margin;
}

bool weighs_misplaced_edges(const IltSettings& settings) {
  return std::any_of(settings.levels.begin(), settings.levels.end(),
                     [](const IltLevel& level) { return level.emphasis_gain > 0.0; });
}

EdgePlacementSettings edge_placement(const IltSettings& settings) {
  return {.spacing_nm = settings.edge_site_spacing_nm,
          .short_edge_nm = settings.edge_short_nm,
          .tolerance_nm = settings.edge_tolerance_nm,
          .search_range_nm = settings.edge_search_nm};
}

EdgePlacementSettings emphasized_sites(const IltSettings& settings, const OpticalModel& model) {
  const Scale scale = scale_of(model);
  IltSettings sites;
  for (const DefaultLength& length : default_lengths())
    sites.*length.place = tidy(scale.nm(length.resolutions), length.digits);
  sites.edge_tolerance_nm = std::max(settings.edge_tolerance_nm, 0.5 * settings.mask_pixel_nm);
  sites.edge_search_nm = std::max(sites.edge_search_nm, 2.0 * sites.edge_tolerance_nm);
  return edge_placement(sites);
}

int coarseness_of(const IltLevel& level, double mask_pixel_nm) {
  if (level.pixel_nm <= 0.0) return level.coarseness;
  int coarseness = 1;
  while (2 * coarseness * mask_pixel_nm <= level.pixel_nm * (1.0 + 1e-9) && coarseness < 256) coarseness *= 2;
  return coarseness;
}

namespace {

// An image's band is at most 4 NA/lambda wide either way: its grid, an eighth, or aliases.
constexpr double k_coarsest_grid = 1.0 / 8.0;

// The coarsest of the levels' grids that divides the period along with the mask's pixel.
int coarsest_of(const std::vector<IltLevel>& levels, double mask_pixel_nm) {
  int coarsest = 1;
  for (const IltLevel& level : levels) coarsest = std::max(coarsest, coarseness_of(level, mask_pixel_nm));
  return coarsest;
}

// The coarser the rules, the more area it takes to bring an edge within its tolerance: a mask has as many fewer features to do it
// with as the square of what they may measure at least grows.
double price_of_rules(const MaskRuleSet& rules, const Scale& scale) {
  const double coarser = std::max(rules.minimum_width_nm, rules.minimum_space_nm) / tidy(scale.nm(k_rule_resolutions));
  return std::max(1.0, coarser * coarser);
}

void fill_lengths(IltSettings& settings, const OpticalModel& model) {
  const Scale scale = scale_of(model);
  for (const DefaultLength& length : default_lengths())
    if (settings.*length.place < 0.0) settings.*length.place = tidy(scale.nm(length.resolutions), length.digits);
  MaskRuleSet& rules = settings.mask_rules;
  for (double* length : {&rules.minimum_width_nm, &rules.minimum_space_nm})
    if (*length < 0.0) *length = tidy(scale.nm(k_rule_resolutions));
  if (rules.minimum_area_nm2 < 0.0) rules.minimum_area_nm2 = tidy(rules.minimum_width_nm * rules.minimum_width_nm);
  if (rules.minimum_hole_area_nm2 < 0.0)
    rules.minimum_hole_area_nm2 = tidy(rules.minimum_space_nm * rules.minimum_space_nm);
  // What was given of the sites bounds the rest.
  settings.edge_short_nm = std::max(settings.edge_short_nm, settings.edge_site_spacing_nm);
  settings.edge_search_nm = std::max(settings.edge_search_nm, settings.edge_tolerance_nm);
  if (settings.levels.empty()) {
    settings.levels = default_levels(scale.resolution_nm);
    for (IltLevel& level : settings.levels) level.emphasis_most *= price_of_rules(rules, scale);
  }
  if (settings.mask_pixel_at_most_nm < 0.0) settings.mask_pixel_at_most_nm = tidy(scale.nm(k_pixel_resolutions));
  const double most_nm = settings.mask_pixel_at_most_nm;
  if (settings.mask_pixel_nm < 0.0)
    settings.mask_pixel_nm = tidy_pixel(model, most_nm, coarsest_of(settings.levels, 0.5 * most_nm));
  for (IltLevel& level : settings.levels) {
    level.coarseness = coarseness_of(level, settings.mask_pixel_nm);
    level.pixel_nm = level.coarseness * settings.mask_pixel_nm;
  }
}

}  // namespace

IltSettings resolved(IltSettings settings, const OpticalModel& model) {
  fill_lengths(settings, model);
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
  for (const IltLevel& level : settings.levels) check_level(level, settings, model);
  check_window(settings, model);
  return settings;
}

std::vector<std::string> remarks(const IltSettings& s, const OpticalModel& model, double smallest_width_nm,
                                 double smallest_space_nm) {
  std::vector<std::string> lines;
  const auto remark = [&](auto&&... parts) {
    std::ostringstream line;
    (line << ... << parts);
    lines.push_back(line.str());
  };
  const Scale scale = scale_of(model);
  for (std::size_t i = 0; i < s.levels.size(); ++i)
    if (const double pixel = s.levels[i].pixel_nm; pixel > scale.nm(k_coarsest_grid))
      remark("levels (", i + 1, " of ", s.levels.size(), "): a working grid of ", pixel, " nm is too coarse for ",
             scale.reason, "; images need ", tidy(scale.nm(k_coarsest_grid)), " nm or less: lower its coarseness");
  const auto against = [&](double smallest, const char* part, const char* key, double nm, double most, const char* what) {
    if (nm > most * smallest)
      remark(key, " = ", nm, " nm ", what, " the design's narrowest ", part, ", ", smallest, " nm; ", tidy(most * smallest),
             " nm or less would do");
  };
  if (smallest_space_nm > 0.0)
    against(smallest_space_nm, "space", "mask_rules.minimum_space_nm", s.mask_rules.minimum_space_nm, 0.8,
            "is a mask rule hardly narrower than");
  if (smallest_width_nm <= 0.0) return lines;
  const auto against_width = [&](const char* key, double nm, double most, const char* what) {
    against(smallest_width_nm, "part", key, nm, most, what);
  };
  against_width("mask_rules.minimum_width_nm", s.mask_rules.minimum_width_nm, 0.8, "is a mask rule hardly narrower than");
  against_width("edge_tolerance_nm", s.edge_tolerance_nm, 0.5, "calls good what loses");
  against_width("mask_pixel_nm", s.mask_pixel_nm, 0.25, "is too coarse for");
  if (smallest_width_nm < 0.25 * scale.resolution_nm)
    remark("the design's narrowest part, ", smallest_width_nm, " nm, is below a quarter of lambda/NA (", scale.reason,
           "): it will hardly print with this model");
  return lines;
}

}  // namespace reticle
