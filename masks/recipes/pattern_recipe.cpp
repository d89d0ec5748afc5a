// SPDX-License-Identifier: Apache-2.0
#include "masks/recipes/pattern_recipe.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <numbers>
#include <utility>
#include <vector>

#include "kernels/base/error.h"
#include "masks/recipes/recipes.h"

namespace reticle {
namespace {

// Amplitude transmission in either of two forms.
struct Transmission {
  double amplitude = 1.0;
  double phase_deg = 0.0;
  std::vector<double> transmission;  // [real, imaginary], or none

  std::complex<double> value() const {
    if (transmission.empty()) return std::polar(amplitude, phase_deg * std::numbers::pi / 180.0);
    return {transmission[0], transmission[1]};
  }
};

void describe_transmission(RecipeKeys& keys, Transmission& t) {
  keys.number("amplitude", t.amplitude, {-10.0, 10.0}, "of the transmission");
  keys.number("phase_deg", t.phase_deg, {-3600.0, 3600.0}, "of the transmission");
  keys.numbers("transmission", t.transmission, {-10.0, 10.0},
               "[real, imaginary], instead of amplitude and phase", {2, 2});
  for (const char* other : {"amplitude", "phase_deg"})
    if (keys.given("transmission") && keys.given(other))
      keys.refuse("transmission", fmt::format("and '{}' are given; remove one of them", other));
}

struct RectangleKeys {
  std::vector<double> corners_nm;
  Transmission transmission;
};

struct PolygonKeys {
  std::vector<double> points_nm;
  Transmission transmission;
};

enum class Named { none, line_space, isolated_line, contact_array, dense_to_isolated, tip_to_tip };

const std::vector<std::pair<std::string, Named>> k_names = {
    {"none", Named::none},
    {"line_space", Named::line_space},
    {"isolated_line", Named::isolated_line},
    {"contact_array", Named::contact_array},
    {"dense_to_isolated", Named::dense_to_isolated},
    {"tip_to_tip", Named::tip_to_tip}};

std::string word_of(Named name) {
  return std::find_if(k_names.begin(), k_names.end(), [&](const auto& n) { return n.second == name; })->first;
}

// [pattern] as written; pattern_of() makes the shapes.
struct PatternKeys {
  std::vector<double> period_nm;
  Transmission background{.amplitude = 0.0};
  std::vector<RectangleKeys> rectangles;
  std::vector<PolygonKeys> polygons;
  Named name = Named::none;
  std::vector<double> pitch_nm{200.0, 200.0};
  double width_nm = 100.0;
  double height_nm = 100.0;
  double gap_nm = 60.0;
  int lines = 5;
  Transmission inside;
  double bias_nm = 0.0;
  double edge_width_nm = 0.0;
  Transmission edges_along_x, edges_along_y;
};

// Shapes that overlap themselves across the period would count twice.
void check_sizes(const RecipeKeys& keys, const PatternKeys& p) {
  const auto check = [&](const char* key, double nm, double bias_nm, double pitch_nm) {
    if (nm + bias_nm > 0.0 && nm + bias_nm <= pitch_nm) return;
    keys.refuse(key, fmt::format("= {:g}{} is outside 0 .. pitch_nm = {:g} of name = \"{}\"", nm,
                                 bias_nm == 0.0 ? "" : fmt::format(" with a bias of {:g}", bias_nm),
                                 pitch_nm, word_of(p.name)));
  };
  check("width_nm", p.width_nm, p.bias_nm, p.pitch_nm[0]);
  if (p.name == Named::contact_array) check("height_nm", p.height_nm, p.bias_nm, p.pitch_nm.back());
  if (p.name == Named::tip_to_tip) check("gap_nm", p.gap_nm, -p.bias_nm, p.pitch_nm.back());
}

void describe(RecipeKeys& keys, PatternKeys& p) {
  keys.numbers("period_nm", p.period_nm, {1.0, 1e6}, "[px, py]; named patterns bring their own", {2, 2});
  keys.table("background", "transmission outside all shapes",
             [&](RecipeKeys& k) { describe_transmission(k, p.background); });
  keys.tables("rectangles", p.rectangles, "must not overlap", [](RecipeKeys& k, RectangleKeys& r) {
    auto& c = r.corners_nm;
    k.numbers("corners_nm", c, {-1e6, 1e6}, "[x0, y0, x1, y1]", {4, 4});
    if (k.reads() && c.empty()) k.refuse("corners_nm", "is missing; it takes [x0, y0, x1, y1]");
    if (k.reads() && !(c[0] < c[2] && c[1] < c[3]))
      k.refuse("corners_nm", fmt::format("= [{}]; it takes [x0, y0, x1, y1] with x0 < x1 and y0 < y1",
                                         fmt::join(c, ", ")));
    describe_transmission(k, r.transmission);
  });
  keys.tables("polygons", p.polygons, "must not overlap", [](RecipeKeys& k, PolygonKeys& polygon) {
    auto& points = polygon.points_nm;
    k.numbers("points_nm", points, {-1e6, 1e6}, "[x, y, x, y, ...], closed implicitly");
    if (k.reads() && (points.size() < 6 || points.size() % 2 != 0))
      k.refuse("points_nm", fmt::format("holds {} numbers, [{}]; coordinates come in pairs, at least three",
                                        points.size(), fmt::join(points, ", ")));
    describe_transmission(k, polygon.transmission);
  });
  keys.choice("name", p.name, k_names,
              "a usual test pattern instead of shapes, in a period of its own from (0, 0):\n"
              "line_space, isolated_line: a line along y about x = pitch/2; period pitch x pitch\n"
              "contact_array: a contact about (pitch x / 2, pitch y / 2); period pitch x by pitch y\n"
              "dense_to_isolated: lines along y about x = (lines/2 + 1/2 + i) pitch, i from 0; period\n"
              "  2 lines pitch x pitch\n"
              "tip_to_tip: a line along y about x = pitch x / 2, its gap about y = pitch y / 2; period\n"
              "  pitch x by pitch y");
  if (p.name != Named::none)
    for (const char* drawn : {"period_nm", "rectangles", "polygons"})
      if (keys.given(drawn))
        keys.refuse(drawn, fmt::format("belongs to drawn patterns, but name = \"{}\" brings its own shapes "
                                       "and period; remove one of them", word_of(p.name)));
  keys.numbers("pitch_nm", p.pitch_nm, {1.0, 1e6}, "[x, y] of a named pattern", {1, 2});
  keys.number("width_nm", p.width_nm, {1e-3, 1e6}, "of a named pattern's lines or contacts");
  keys.number("height_nm", p.height_nm, {1e-3, 1e6}, "of contacts");
  keys.number("gap_nm", p.gap_nm, {1e-3, 1e6}, "between tips");
  keys.number("lines", p.lines, {1, 1000}, "of the dense part");
  keys.table("inside", "transmission of a named pattern's shapes",
             [&](RecipeKeys& k) { describe_transmission(k, p.inside); });
  keys.number("bias_nm", p.bias_nm, {-1e4, 1e4}, "shapes grow by half of it on each side");
  keys.table("edges", "thick mask: a strip on the clear side of every edge", [&](RecipeKeys& k) {
    k.number("width_nm", p.edge_width_nm, {0.0, 1e3}, "of the strip; 0: a thin mask");
    k.table("along_x", "its transmission, relative to the clear side's, at edges along x",
            [&](RecipeKeys& t) { describe_transmission(t, p.edges_along_x); });
    k.table("along_y", "the same at edges along y",
            [&](RecipeKeys& t) { describe_transmission(t, p.edges_along_y); });
  });
  if (p.name != Named::none) check_sizes(keys, p);
}

Pattern named_shapes(const PatternKeys& p) {
  const double pitch = p.pitch_nm[0], pitch_y = p.pitch_nm.back();
  switch (p.name) {
    case Named::line_space: return line_space(pitch, p.width_nm);
    case Named::isolated_line: return isolated_line(p.width_nm, pitch);
    case Named::contact_array: return contact_array(pitch, pitch_y, p.width_nm, p.height_nm);
    case Named::dense_to_isolated: return dense_to_isolated(pitch, p.width_nm, p.lines);
    default: return tip_to_tip(p.width_nm, p.gap_nm, pitch, pitch_y);
  }
}

Pattern named_pattern(const PatternKeys& p) {
  Pattern pattern = named_shapes(p);
  pattern.background = p.background.value();
  for (PatternShape& shape : pattern.shapes) shape.transmission = p.inside.value();
  return pattern;
}

Pattern drawn_pattern(const PatternKeys& p) {
  Pattern pattern{p.period_nm[0], p.period_nm[1], p.background.value(), {}};
  for (const RectangleKeys& r : p.rectangles) {
    const auto& c = r.corners_nm;
    pattern.shapes.push_back({{{c[0], c[1]}, {c[2], c[1]}, {c[2], c[3]}, {c[0], c[3]}},
                              r.transmission.value()});
  }
  for (const PolygonKeys& polygon : p.polygons) {
    const auto& points = polygon.points_nm;
    PatternShape shape{{}, polygon.transmission.value()};
    for (std::size_t i = 0; i < points.size(); i += 2)
      shape.polygon.push_back({points[i], points[i + 1]});
    pattern.shapes.push_back(std::move(shape));
  }
  return pattern;
}

void describe_recipe(RecipeKeys& keys, OpticsSettings& optics, PatternKeys& pattern) {
  if (keys.given("period_nm")) {  // as in recipes of models
    keys.numbers("period_nm", optics.period_nm, {1.0, 1e6}, "", {2, 2});
    keys.remark("period_nm", "is the tile of a model and has no effect here: the period is the pattern's");
  }
  if (keys.given("mask"))
    keys.refuse("mask", "describes the mask of a model; a [pattern] has transmissions, bias and edges of its own");
  describe(keys, optics);
  keys.table("pattern", "what is on the mask", [&](RecipeKeys& k) { describe(k, pattern); });
}

// A pattern is imaged once, so it can afford a finer source and truncation than a model's kernels,
// which are paid for at every iteration of a correction.
OpticsSettings pattern_optics() {
  OpticsSettings optics;
  optics.max_error = 1e-4;
  optics.source.grid = 256;
  return optics;
}

}  // namespace

PatternRecipe read_pattern_recipe(const std::filesystem::path& path) {
  PatternRecipe recipe{.optics = pattern_optics(), .pattern = {}};
  PatternKeys keys;
  read_recipe(path, [&](RecipeKeys& k) { describe_recipe(k, recipe.optics, keys); });
  if (keys.name == Named::none && keys.period_nm.empty())
    throw Error(ErrorCode::bad_input,
                path.string() + ": no [pattern] with period_nm or name: nothing to simulate");
  const Pattern drawn = keys.name == Named::none ? drawn_pattern(keys) : named_pattern(keys);
  recipe.pattern = keys.bias_nm == 0.0 ? drawn : biased(drawn, keys.bias_nm);
  recipe.pattern.edges = {keys.edge_width_nm, keys.edges_along_x.value(), keys.edges_along_y.value()};
  recipe.optics.period_nm = {recipe.pattern.period_x_nm, recipe.pattern.period_y_nm};
  // Transmissions are the pattern's; what is left of the mask must not contradict the tone.
  recipe.optics.mask.drawn_side =
      recipe.optics.tone == PrintTone::exposed ? DrawnSide::clear : DrawnSide::opaque;
  complete(path, recipe.optics);
  validate(recipe.pattern);
  return recipe;
}

std::string documented_pattern_recipe() {
  OpticsSettings optics = pattern_optics();
  PatternKeys pattern;
  return print_recipe([&](RecipeKeys& keys) { describe_recipe(keys, optics, pattern); },
                      RecipeStyle::documented);
}

}  // namespace reticle
