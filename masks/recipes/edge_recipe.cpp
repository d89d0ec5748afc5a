// SPDX-License-Identifier: Apache-2.0
// The tables [opc] and [assists] of the recipe of `reticle correct`, and the method they belong to.
#include "kernels/base/error.h"
#include "masks/recipes/correction.h"
#include "masks/recipes/recipes.h"

namespace reticle {
namespace {

constexpr Range k_length{0.0, 1e5};

void describe_opc(RecipeKeys& keys, OpcSettings& s) {
  keys.choice("solver", s.solver,
              {{"gauss_newton", OpcSolver::gauss_newton}, {"feedback", OpcSolver::feedback}},
              "all displacements at once by the exact derivative, or each by its own error");
  keys.number("iterations", s.iterations, {0, 1000}, "steps at most");
  keys.length("line_end_nm", s.line_end_nm, k_length,
              "an edge between two convex corners up to this length is one fragment; 0: from the model", "");
  keys.length("corner_nm", s.corner_nm, k_length, "length of a fragment next to a corner; 0: from the model", "");
  keys.length("run_nm", s.run_nm, k_length,
              "length of a fragment of a long edge, and distance of a curve's knots; 0: from the model", "");
  keys.length("facing_nm", s.facing_nm, k_length,
              "corners of the drawing this near to a long edge cut it where they stand; 0: from the model", "");
  keys.length("site_spacing_nm", s.site_spacing_nm, k_length, "of the places that are judged; 0: from the model", "");
  keys.length("corner_rounding_nm", s.corner_rounding_nm, k_length,
              "places nearer to a corner weigh less: it may round; 0: from the model", "");
  keys.length("max_move_nm", s.max_move_nm, k_length, "of an edge; 0: from the model", "");
  keys.length("mask_grid_nm", s.mask_grid_nm, k_length, "moves are multiples of it; 0: mask_pixel_nm", "");
  keys.number("window_weight", s.window_weight, {0.0, 1e3},
              "of every other corner of the process window against the nominal one");
  keys.length("guard_nm", s.guard_nm, k_length,
              "distance of the guards beside each place, at most half the room there; 0: from the model", "");
  keys.number("guard_margin", s.guard_margin, {0.0, 1.0},
              "part of the threshold that the image is to be above it inside and below it outside");
  keys.number("guard_weight", s.guard_weight, {0.0, 1e3}, "of missed margins; more trades placement for window");
  keys.number("fault_rounds", s.fault_rounds, {0, 100},
              "further solves around what bridges or breaks at a corner of the window; not before [descent]");
  keys.number("smoothness", s.smoothness, {0.0, 1e3}, "weight of differences between neighbours of an edge");
  keys.flag("bend_straights", s.bend_straights, "straight edges bend smoothly between their corners, as curves do: for guides of light");
  keys.number("bias_nm", s.bias_nm, {-1e4, 1e4}, "the print is wanted this far outside the drawing");
  keys.number("line_end_extension_nm", s.line_end_extension_nm, {-1e4, 1e4}, "the same at line ends, added");
  keys.length("line_end_tolerance_nm", s.line_end_tolerance_nm, k_length, "errors below it count nothing, at line ends", "");
  keys.length("run_tolerance_nm", s.run_tolerance_nm, k_length, "the same elsewhere", "");
  keys.length("corner_radius_nm", s.corner_radius_nm, k_length,
              "corners may round by arcs of this radius, inwards where they are convex, outwards where concave", "");
  keys.number("gain", s.gain, {0.0, 2.0}, "part of its error that an edge moves, of the feedback solver");
  keys.number("stop_nm", s.stop_nm, k_length, "done when no edge moves more");
  keys.number("stop_fraction", s.stop_fraction, {0.0, 1.0}, "or when two steps in a row gain less than this part");
}

void describe_descent(RecipeKeys& keys, DescentSettings& s) {
  keys.number("iterations", s.iterations, {0, 100000},
              "steps down the window's loss (area of print against drawing, and band) after the solver; 0: none");
  keys.number("rate_nm", s.rate_nm, k_length, "first step of an edge; 0: from the model");
  keys.number("pixel_nm", s.pixel_nm, k_length, "of the loss, at most; 0: from the model");
  keys.number("resist_slope_first", s.resist_slope.first, {0.1, 1e5},
              "slope from intensity to print, per threshold of intensity, first step");
  keys.number("resist_slope_last", s.resist_slope.last, {0.1, 1e5}, "the same, last step");
  keys.number("band_weight", s.band_weight, {0.0, 1e6},
              "of the process-variation band against the nominal print; less of it, better placed edges");
  keys.number("placement_weight", s.placement_weight, {0.0, 1e6},
              "of squares of edge placement errors at the places that are judged, nominal, against the print's area; more of "
              "it, fewer edges far off");
}

void describe_rule(RecipeKeys& keys, AssistRule& rule) {
  keys.number("space_nm", rule.space_nm, k_length, "spaces from this on");
  keys.number("count", rule.count, {0, 100}, "bars: 1 in the middle, 2 one beside each edge, 4 two beside each");
  keys.number("width_nm", rule.width_nm, k_length, "of a bar");
  keys.number("distance_nm", rule.distance_nm, k_length, "from edge to bar and from bar to bar, of 2 and more");
}

void describe_assists(RecipeKeys& keys, AssistSettings& s) {
  keys.choice("method", s.method, {{"none", AssistMethod::none}, {"rules", AssistMethod::rules}, {"model", AssistMethod::model}},
              "bars beside edges by the table of spaces, or, in clips, where the window's loss gains most by them");
  keys.length("width_nm", s.width_nm, k_length, "of a bar guided by the model; 0: from the model", "");
  keys.number("least_gain", s.least_gain, {0.01, 1.0},
              "a bar guided by the model ends where a cut across it gains less than this part of the best one");
  keys.number("minimum_length_nm", s.minimum_length_nm, k_length, "of a bar; 0: from the model");
  keys.number("spacing_nm", s.spacing_nm, k_length, "between bars; 0: from the model");
  keys.number("end_gap_nm", s.end_gap_nm, k_length, "from a bar to every drawn edge; 0: from the model");
  keys.number("print_margin", s.print_margin, {0.0, 1.0},
              "bars whose image comes this part of the threshold near to it are taken out");
  keys.tables("rules", s.rules, "rows by rising space; when none is given: from the model", describe_rule);
}

void describe_mend(RecipeKeys& keys, MendSettings& s) {
  keys.length("reach_nm", s.reach_nm, k_length, "from a named place, that pixels may change the mask within; 0: from the model", "");
  keys.number("iterations", s.iterations, {1, 100000}, "steps of inverse lithography at named places");
}

void describe_grey(RecipeKeys& keys, CorrectionSettings& s) {
  keys.flag("keep_grey", s.keep_grey, "files of clips hold the optimised field beside the mask: fifty times the bytes");
}

}  // namespace

void describe(RecipeKeys& keys, CorrectionSettings& s) {
  keys.choice("method", s.method, {{"ilt", MaskMethod::ilt}, {"edge", MaskMethod::edge}, {"hybrid", MaskMethod::hybrid}},
              "pixels by inverse lithography, edges that move ([opc], [assists]), or edges, and pixels at the places that "
              "verification then names ([hybrid])");
  describe(keys, s.ilt);
  describe_grey(keys, s);
  keys.length("rectilinear_nm", s.edges.rectilinear_nm, {0.0, 1e5},
              "masks of clips get edges along x and y only, pieces of this length and more ([descent]); 0: curved", "");
  keys.table("opc", "edge-based correction", [&](RecipeKeys& table) { describe_opc(table, s.edges.opc); });
  keys.table("descent", "edges after the solver, and those of rectilinear masks",
             [&](RecipeKeys& table) { describe_descent(table, s.edges.opc.descent); });
  keys.table("assists", "assist features of edge-based correction",
             [&](RecipeKeys& table) { describe_assists(table, s.edges.assists); });
  keys.table("hybrid", "places that edges do not bring to print, of method = \"hybrid\"",
             [&](RecipeKeys& table) { describe_mend(table, s.mend); });
}

CorrectionSettings read_correction(const std::filesystem::path& path, const OpticalModel& model) {
  CorrectionSettings settings;
  if (!path.empty())
    read_recipe(path, [&](RecipeKeys& keys) { describe(keys, settings); }, scale_of(model).resolution_nm);
  return settings;
}

CorrectionSettings correction_from_text(const std::string& text, const std::string& name, const OpticalModel& model) {
  CorrectionSettings settings;
  read_recipe_text(text, name, [&](RecipeKeys& keys) { describe(keys, settings); }, scale_of(model).resolution_nm);
  return settings;
}

CorrectionSettings resolved(CorrectionSettings settings, const OpticalModel& model) {
  settings.ilt = resolved(settings.ilt, model);
  if (settings.method != MaskMethod::ilt && (!model.mask.is_plain() || model.resist.tone != PrintTone::exposed))
    throw Error(ErrorCode::unsupported, "edge-based correction takes binary masks that are clear and print exposed where "
                                        "drawn; the model's is " + description(model.mask) + ": use method = \"ilt\"");
  settings.edges = resolved(settings.edges, settings.ilt, model);
  settings.mend = resolved(settings.mend, model);
  return settings;
}

std::string print_correction(CorrectionSettings settings) {
  if (settings.method == MaskMethod::ilt && settings.edges.rectilinear_nm == 0.0)
    return print_recipe(
        [&](RecipeKeys& keys) {
          describe(keys, settings.ilt);
          if (settings.keep_grey) describe_grey(keys, settings);
        },
        RecipeStyle::values);
  return print_recipe([&](RecipeKeys& keys) { describe(keys, settings); }, RecipeStyle::values);
}

}  // namespace reticle
