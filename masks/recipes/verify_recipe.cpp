// SPDX-License-Identifier: Apache-2.0
// The recipe of `reticle verify`: VerifySettings.
#include "masks/recipes/recipes.h"

namespace reticle {
namespace {

constexpr Range k_length{-1.0, 1e5};

void describe_corner(RecipeKeys& keys, ProcessCorner& corner) {
  keys.text("name", corner.name, "how the band and reports refer to it");
  keys.text("condition", corner.condition, "process condition of the model");
  keys.number("dose", corner.dose, {0.1, 10.0}, "multiplies the mask's amplitude");
}

void describe_band(RecipeKeys& keys, ProcessBand& band) {
  keys.text("outer", band.outer, "corner that prints most");
  keys.text("inner", band.inner, "corner that prints least");
}

void describe_limits(RecipeKeys& keys, VerifySettings& s) {
  keys.number("epe_run_nm", s.epe_run_nm, k_length, "edge placement error along edges, at the nominal corner");
  keys.number("epe_line_end_nm", s.epe_line_end_nm, k_length, "of line ends");
  keys.number("epe_corner_nm", s.epe_corner_nm, k_length, "near corners");
  keys.number("pullback_nm", s.pullback_nm, k_length, "of line ends, inwards");
  keys.number("window_factor", s.window_factor, {1.0, 100.0}, "times these four at other corners");
  keys.number("pinch_nm", s.pinch_nm, k_length, "the print may be as narrow as this ...");
  keys.number("pinch_part", s.pinch_part, {0.0, 1.0}, "... or this part of what is drawn, whichever is less");
  keys.number("space_nm", s.space_nm, k_length, "likewise the space between prints ...");
  keys.number("space_part", s.space_part, {0.0, 1.0}, "... and part of the space drawn");
  keys.number("extra_area_nm2", s.extra_area_nm2, {0.0, 1e9}, "what prints beside drawn shapes may be as large");
  keys.number("hole_area_nm2", s.hole_area_nm2, {0.0, 1e9}, "holes in prints may be as large");
  keys.number("contact_area_part", s.contact_area_part, {0.0, 10.0}, "of contacts, printed over drawn, at least");
  keys.number("roundness", s.roundness, {0.0, 1.0}, "of contacts, 4 pi area / perimeter^2, at least");
  keys.number("enclosure_nm", s.enclosure_nm, {-1e4, 1e4}, "of the second layer by the print, at least");
  keys.number("band_nm", s.band_nm, k_length, "width of the process-variation band at an edge");
  keys.number("nils", s.nils, {0.0, 1e3}, "normalised image log slope, at least");
  keys.number("ils_per_um", s.ils_per_um, {0.0, 1e6}, "image log slope, at least");
  keys.number("meef", s.meef, {0.0, 1e3}, "mask error enhancement factor; 0: not computed");
}

}  // namespace

void describe(RecipeKeys& keys, VerifySettings& s) {
  keys.number("dose_latitude", s.dose_latitude, {0.0, 0.5},
              "outer corner: first condition at 1 + this; inner: last condition at 1 - this");
  keys.number("site_spacing_nm", s.site_spacing_nm, k_length, "of edge sites; lengths of -1 follow from the model");
  keys.number("search_range_nm", s.search_range_nm, k_length, "how far from a site a contour is looked for");
  keys.number("corner_zone_nm", s.corner_zone_nm, k_length, "sites this near to a corner are a corner's");
  keys.number("corner_radius_nm", s.corner_radius_nm, {0.0, 1e5},
              "edge errors are stated too against the drawing with corners that may round by this radius; 0: they are not");
  keys.number("line_end_width_nm", s.line_end_width_nm, k_length, "widest edge that is a line's end");
  keys.number("contact_size_nm", s.contact_size_nm, k_length, "widest shape that is a contact");
  keys.table("limits", "what passes; 0 leaves a check out, but for areas and the enclosure",
             [&](RecipeKeys& table) { describe_limits(table, s); });
  keys.table("mask_rules", "what the mask itself has to obey; 0: no such rule",
             [&](RecipeKeys& table) { describe(table, s.mask_rules); });
  keys.tables("corners", s.corners,
              "process corners, the nominal one first; when none is given: nominal, outer and inner",
              describe_corner);
  keys.table("band", "corners between which variation counts",
             [&](RecipeKeys& table) { describe_band(table, s.band); });
}

VerifySettings read_verify_recipe(const std::filesystem::path& path) {
  VerifySettings settings;
  if (!path.empty()) read_recipe(path, [&](RecipeKeys& keys) { describe(keys, settings); });
  return settings;
}

VerifySettings verify_recipe_from_text(const std::string& text, const std::string& name) {
  VerifySettings settings;
  read_recipe_text(text, name, [&](RecipeKeys& keys) { describe(keys, settings); });
  return settings;
}

std::string print_verify_recipe(VerifySettings settings) {
  return print_recipe([&](RecipeKeys& keys) { describe(keys, settings); }, RecipeStyle::values);
}

std::string documented_verify_recipe() {
  VerifySettings settings;
  return print_recipe([&](RecipeKeys& keys) { describe(keys, settings); }, RecipeStyle::documented);
}

}  // namespace reticle
