// SPDX-License-Identifier: Apache-2.0
// The recipe of `reticle correct`: IltSettings.
#include "kernels/base/error.h"
#include "litho/ilt/pitch_limit.h"
#include "masks/recipes/correction.h"
#include "masks/recipes/recipes.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace reticle {
namespace {

// What a length is when it is not given.
std::string default_of(double IltSettings::*place) {
  for (const DefaultLength& length : default_lengths())
    if (length.place == place) return fmt::format("{} lambda/NA, rounded: {}", length.resolutions, length.why);
  return "";
}

void describe_corner(RecipeKeys& keys, ProcessCorner& corner) {
  keys.text("name", corner.name, "how bands refer to it");
  keys.text("condition", corner.condition, "process condition of the model");
  keys.number("dose", corner.dose, {0.1, 10.0}, "multiplies the mask's amplitude: 1.02 is 4 % more exposure");
  keys.number("weight", corner.weight, {0.0, 1e6}, "of print against target at this corner");
  keys.number("mask_bias_nm", corner.mask_bias_nm, {-1e3, 1e3},
              "error of the mask's CD: what is drawn is wider by this, wafer scale");
}

void describe_band(RecipeKeys& keys, ProcessBand& band) {
  keys.text("outer", band.outer, "corner that prints most");
  keys.text("inner", band.inner, "corner that prints least");
  keys.number("weight_factor", band.weight_factor, {0.0, 1e6}, "times a level's band_weight");
}

void describe_level(RecipeKeys& keys, IltLevel& level) {
  if (keys.given("pixel_nm") && keys.given("coarseness"))
    keys.refuse("coarseness", "and 'pixel_nm' are given; remove one of them");
  if (keys.given("coarseness")) level.pixel_nm = 0.0;
  double pixel_nm = level.pixel_nm > 0.0 ? level.pixel_nm : k_from_model;
  keys.length("pixel_nm", pixel_nm, {1e-3, 1e4},
              "working pixel, at most: a power of two of mask pixels is taken", "coarseness says");
  level.pixel_nm = std::max(pixel_nm, 0.0);
  if (level.pixel_nm == 0.0)
    keys.number("coarseness", level.coarseness, {1, 256}, "working pixel, in mask pixels");
  keys.number("iterations", level.iterations, {0, 100000}, "steps on this grid");
  keys.number("tile_iterations", level.tile_iterations, {-1, 100000}, "the same of a layout's tiles; -1: as many");
  keys.choice("optimizer", level.optimizer,
              {{"adam", Optimizer::adam}, {"lbfgs", Optimizer::lbfgs}}, "method");
  keys.number("rate", level.rate, {1e-6, 100.0}, "first step of the optimizer");
  keys.number("adam_beta1", level.adam_beta1, {0.0, 1.0}, "of adam: what a step keeps of the mean gradient; less than 1");
  keys.number("adam_beta2", level.adam_beta2, {0.0, 1.0}, "the same of its mean square");
  keys.number("mask_slope_first", level.mask_slope.first, {0.1, 1e4},
              "slope from parameter to transmission, first iteration");
  keys.number("mask_slope_last", level.mask_slope.last, {0.1, 1e4}, "the same, last iteration");
  keys.number("resist_slope_first", level.resist_slope.first, {0.1, 1e5},
              "slope from intensity to print, per threshold of intensity, first iteration");
  keys.number("resist_slope_last", level.resist_slope.last, {0.1, 1e5}, "the same, last iteration");
  keys.number("band_weight", level.band_weight, {0.0, 1e6},
              "of the process-variation band against the nominal print");
  keys.number("band_grey", level.band_grey, {0.0, 1e3},
              "weight of the grey of the band's prints beside their squared difference; 1: together the band's area");
  keys.number("corner_weight", level.corner_weight, {0.0, 1e6},
              "extra weight of print against target at every corner");
  keys.number("emphasis_gain", level.emphasis_gain, {0.0, 100.0},
              "of edges printed more than edge_tolerance_nm off, at every look; 0: none");
  keys.number("emphasis_most", level.emphasis_most, {0.0, 1e3},
              "bound of the emphasis: beyond the tolerance a nm counts up to 1 + 2 times this");
  keys.number("emphasis_fine", level.emphasis_fine, {0.0, 1e3},
              "the same of edges beyond edge_fine_tolerance_nm, but not beyond twice that; 0: none");
  keys.number("emphasis_reach", level.emphasis_reach, {0.0, 1e3},
              "of edges farther off than so many edge_tolerance_nm there is none, unless the shape is lost; 0: of all");
  keys.number("emphasis_interval", level.emphasis_interval, {1, 100000}, "iterations between looks");
  keys.number("cut_interval", level.cut_interval, {0, 100000},
              "iterations between looks at the mask as it is cut, whose image counts from there on; 0: none");
  keys.length("edge_band_nm", level.edge_band_nm, {0.0, 1e4},
              "start from a mask that obeys the rules and move its edges within this band; 0: not", "");
  keys.number("stop_fraction", level.stop_fraction, {0.0, 1.0},
              "stop once ten iterations lower the loss by less than this fraction; 0: never");
}

}  // namespace

void describe(RecipeKeys& keys, IltSettings& s) {
  keys.length("mask_pixel_nm", s.mask_pixel_nm, {0.001, 1000.0},
              "pixel of the final mask; divides the model's period",
              "the largest round one up to mask_pixel_at_most_nm that divides the period");
  keys.length("mask_pixel_at_most_nm", s.mask_pixel_at_most_nm, {0.001, 1000.0},
              "bound of that pixel where it is not given", "lambda/NA / 140");
  keys.number("start_contrast", s.start_contrast, {0.0, 100.0},
              "parameters start as contrast * (blurred target - 1/2)");
  keys.length("start_blur_nm", s.start_blur_nm, {0.0, 1e4}, "standard deviation of that blur",
              default_of(&IltSettings::start_blur_nm));
  keys.number("dose_latitude", s.dose_latitude, {0.0, 0.5},
              "outer corner: first condition at 1 + this, of amplitude; inner: last condition at 1 - this");
  keys.number("total_variation", s.total_variation, {0.0, 1e6}, "weight per nm of contour");
  keys.number("curvature", s.curvature, {0.0, 1e6}, "weight of the squared Laplacian");
  keys.number("discreteness", s.discreteness, {0.0, 1e6}, "weight of grey area");
  keys.table("mask_rules", "what the mask obeys",
             [&](RecipeKeys& table) { describe(table, s.mask_rules); });
  keys.length("assist_reach_nm", s.assist_reach_nm, {0.0, 1e5},
              "assist features stand within this distance of what is drawn; 0: anywhere", "");
  keys.number("assist_dose_margin", s.assist_dose_margin, {-1.0, 1.0},
              "nothing but drawn shapes prints at 1 + this times the dose; negative: unchecked");
  keys.number("free_margin_nm", s.free_margin_nm, {-1.0, 1e6},
              "the mask is frozen at the target farther than this outside the window; -1: nowhere");
  keys.length("edge_site_spacing_nm", s.edge_site_spacing_nm, {0.1, 1e4},
              "of the edge-placement sites in the report", default_of(&IltSettings::edge_site_spacing_nm));
  keys.length("edge_short_nm", s.edge_short_nm, {0.1, 1e4}, "an edge up to this length has one site, in its middle",
              default_of(&IltSettings::edge_short_nm));
  keys.length("edge_tolerance_nm", s.edge_tolerance_nm, {0.0, 1e3},
              "an edge-placement error above it is a violation", default_of(&IltSettings::edge_tolerance_nm));
  keys.length("edge_fine_tolerance_nm", s.edge_fine_tolerance_nm, {0.0, 1e3},
              "edges a little farther off are pulled within it", default_of(&IltSettings::edge_fine_tolerance_nm));
  keys.length("edge_search_nm", s.edge_search_nm, {0.0, 1e4}, "how far from a site a contour is looked for",
              default_of(&IltSettings::edge_search_nm));
  keys.tables("corners", s.corners,
              "process corners; when none is given: nominal, outer and inner from dose_latitude",
              describe_corner);
  keys.tables("bands", s.bands,
              "corners between which variation counts; when none is given: outer to inner",
              describe_band);
  keys.tables("levels", s.levels, "working grids, one after another, coarse to fine",
              describe_level);
}

IltSettings read_correct_recipe(const std::filesystem::path& path, const OpticalModel& model) {
  return read_correction(path, model).ilt;
}

IltSettings correct_recipe_from_text(const std::string& text, const std::string& name, const OpticalModel& model) {
  const CorrectionSettings settings = correction_from_text(text, name, model);
  if (settings.method != MaskMethod::ilt || settings.edges.rectilinear_nm > 0.0)
    throw Error(ErrorCode::unsupported, name + ": asks for masks of edges (method = \"edge\" or \"hybrid\", rectilinear_nm), which "
                                               "'reticle correct' makes; here masks are pixels: take those keys out");
  return settings.ilt;
}

std::string print_correct_recipe(IltSettings settings) {
  return print_recipe([&](RecipeKeys& keys) { describe(keys, settings); }, RecipeStyle::values);
}

std::string documented_correct_recipe() {
  CorrectionSettings settings;
  settings.ilt.levels = default_levels(1.0);
  return print_recipe([&](RecipeKeys& keys) { describe(keys, settings); }, RecipeStyle::documented, 1.0);
}

std::string documented_correct_recipe(const OpticalModel& model, std::span<const Polygon> design) {
  const double width = smallest_width(design);
  CorrectionSettings all = resolved(CorrectionSettings{}, model);
  IltSettings& settings = all.ilt;
  if (width > 0.0)
    for (double MaskRuleSet::*rule : {&MaskRuleSet::minimum_width_nm, &MaskRuleSet::minimum_space_nm})
      settings.mask_rules.*rule = std::min(settings.mask_rules.*rule, tidy(0.6 * width));
  for (const auto& [area, side] : {std::pair{&MaskRuleSet::minimum_area_nm2, &MaskRuleSet::minimum_width_nm},
                                   std::pair{&MaskRuleSet::minimum_hole_area_nm2, &MaskRuleSet::minimum_space_nm}})
    settings.mask_rules.*area =
        std::min(settings.mask_rules.*area, tidy(settings.mask_rules.*side * settings.mask_rules.*side));
  std::string text = fmt::format("# Resolved for a model: {}\n", scale_of(model).reason);
  if (width > 0.0)
    text += fmt::format("# and a design whose narrowest part is {:g} nm: mask rules are at most 0.6 of it\n", width);
  for (const std::string& line : remarks(settings, model, width, finest_lines(design).space_nm)) text += "# Beware: " + line + "\n";
  return text + "\n" +
         print_recipe([&](RecipeKeys& keys) { describe(keys, all); }, RecipeStyle::documented);
}

}  // namespace reticle
