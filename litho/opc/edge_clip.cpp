// SPDX-License-Identifier: Apache-2.0
#include "litho/opc/edge_clip.h"

#include <algorithm>
#include <cmath>

#include "kernels/base/error.h"
#include "litho/assist/model_assists.h"
#include "litho/geometry/boolean.h"
#include "litho/geometry/box.h"
#include "litho/geometry/polygon_area.h"
#include "litho/geometry/rasterize.h"
#include "litho/imaging/socs.h"
#include "litho/opc/outline.h"
#include "litho/opc/rule_repair.h"
#include "litho/opc/window_descent.h"

namespace reticle {

EdgeSettings resolved(EdgeSettings settings, const IltSettings& mask, const OpticalModel& model) {
  settings.opc = resolved(settings.opc, mask, model);
  if (settings.rectilinear_nm != 0.0 && settings.rectilinear_nm < settings.opc.mask_grid_nm)
    throw Error(ErrorCode::bad_input, "correction recipe: rectilinear_nm is below the mask's grid; give it as many nm as "
                                      "the shortest edge is to have, or 0 for curved masks");
  settings.assists = resolved(settings.assists, model, settings.opc.mask_grid_nm);
  return settings;
}

std::vector<Polygon> rings_in(std::span<const Polygon> polygons, const Box& field) {
  const bool inside = std::all_of(polygons.begin(), polygons.end(), [&](const Polygon& polygon) {
    return std::all_of(polygon.begin(), polygon.end(), [&](const Point& p) {
      return p.x >= field.x0 && p.x <= field.x1 && p.y >= field.y0 && p.y <= field.y1;
    });
  });
  return inside ? outlines(polygons) : outlines(clip(polygons, field));
}

std::vector<BarPoint> bar_points(std::span<const Polygon> bars, double spacing_nm) {
  std::vector<BarPoint> points;
  for (std::size_t i = 0; i < bars.size(); ++i) {
    const Point a = bars[i][0], b = bars[i][2];
    const bool along_x = b.x - a.x > b.y - a.y;
    const double length = along_x ? b.x - a.x : b.y - a.y;
    const int count = std::max(1, static_cast<int>(std::ceil(length / spacing_nm)));
    for (int k = 0; k < count; ++k) {
      const double t = (k + 0.5) / count;
      points.push_back({along_x ? Point{a.x + t * (b.x - a.x), 0.5 * (a.y + b.y)}
                                : Point{0.5 * (a.x + b.x), a.y + t * (b.y - a.y)},
                        i});
    }
  }
  return points;
}

namespace {

std::vector<Polygon> assists_of(const EdgeCorrection& correction) {
  return {correction.rings.begin() + static_cast<std::ptrdiff_t>(correction.design.rings.size()), correction.rings.end()};
}

// Which bars come near to printing in a mask of rings.
std::vector<bool> printing(EdgeCorrector& corrector, std::span<const Polygon> rings, std::span<const BarPoint> points,
                           std::size_t bars, double margin, const Box& field) {
  std::vector<Point> places;
  for (const BarPoint& point : points) places.push_back(point.place);
  const std::vector<double> near = corrector.nearness(rings, places, field);
  std::vector<bool> prints(bars);
  for (std::size_t i = 0; i < points.size(); ++i)
    if (near[i] > -margin) prints[points[i].bar] = true;
  return prints;
}

bool any(const std::vector<bool>& flags) { return std::find(flags.begin(), flags.end(), true) != flags.end(); }

// Every side moved inwards; no corners where nothing is left.
Polygon moved_in(const Polygon& ring, double step_nm, const Box& field, OpcSettings opc) {
  opc.line_end_nm = opc.corner_nm = opc.run_nm = std::max(field.width(), field.height());
  const FragmentedDesign sides = fragment({&ring, 1}, field, opc);
  std::vector<Polygon> moved = moved_rings(sides, std::vector<double>(sides.fragments.size(), -step_nm));
  return signed_area(moved.front()) > 0.0 ? moved.front() : Polygon{};
}

// Bars that stand too near to something move in, and too narrow ones go; whether there were any.
bool assists_give_way(EdgeCorrection& correction, const MaskRuleSet& rules, const Box& field, const OpcSettings& opc) {
  constexpr int k_rounds = 24;
  bool gave = false;
  for (int round = 0; round < k_rounds; ++round) {
    bool any_changed = false;
    for (const RuleViolation& violation : broken_rules(correction, rules, field, opc.mask_grid_nm)) {
      if (violation.rule != MaskRule::width && violation.rule != MaskRule::space) continue;
      const double reach = violation.limit + opc.mask_grid_nm;
      const Point p = violation.place;
      for (std::size_t i = correction.design.rings.size(); i < correction.rings.size(); ++i) {
        Polygon& bar = correction.rings[i];
        if (bar.empty() || !holds(grown(bounds_of(bar), reach), p)) continue;
        bar = violation.rule == MaskRule::space ? moved_in(bar, opc.mask_grid_nm, field, opc) : Polygon{};
        any_changed = gave = true;
      }
    }
    if (!any_changed) break;
    std::erase_if(correction.rings, [](const Polygon& ring) { return ring.empty(); });
  }
  return gave;
}

// The edges and bars of a solved clip go down the window's loss; bars that come near to printing move in again until
// none does and they keep the rules, and then the edges once more.
EdgeCorrection descended(EdgeCorrector& corrector, const OpticalModel& model, const EdgeSettings& settings,
                         const MaskRuleSet& rules, EdgeCorrection solved, const Box& field, const std::function<bool()>& stop) {
  constexpr int k_rounds = 24;
  const auto descend = [&](std::vector<Polygon> bars, bool move, double from) {
    EdgeCorrection result = corrector.correct({.design = std::move(solved.design), .start = solved.displacements, .free = {},
                                               .assists = std::move(bars), .assists_move = move, .solves = false,
                                               .descent_from = from}, field, stop);
    result.history.insert(result.history.begin(), solved.history.begin(), solved.history.end());
    result.end = solved.end;
    solved = std::move(result);
  };
  std::vector<Polygon> bars = assists_of(solved);
  const std::vector<BarPoint> points = bar_points(bars, 0.25 * shortest_wave_nm(model));
  descend(std::move(bars), true, 0.0);
  bars = assists_of(solved);
  const double step = std::max(settings.opc.mask_grid_nm, 0.02 * shortest_wave_nm(model));
  bool shrunk = false;
  for (int round = 0; round < k_rounds && !points.empty(); ++round) {
    const auto first_bar = solved.rings.begin() + static_cast<std::ptrdiff_t>(solved.design.rings.size());
    std::vector<Polygon> rings(solved.rings.begin(), first_bar);
    rings.insert(rings.end(), bars.begin(), bars.end());
    const std::vector<bool> prints =
        printing(corrector, rings, points, bars.size(), settings.assists.print_margin, field);
    bool any_left = false;
    for (std::size_t i = 0; i < bars.size(); ++i)
      if (prints[i] && !bars[i].empty()) bars[i] = moved_in(bars[i], step, field, settings.opc), any_left = true;
    if (!any_left) break;
    shrunk = true;
  }
  std::erase_if(bars, [](const Polygon& bar) { return bar.empty(); });
  solved.rings.resize(solved.design.rings.size());
  solved.rings.insert(solved.rings.end(), bars.begin(), bars.end());
  if (assists_give_way(solved, rules, field, settings.opc) || shrunk) descend(assists_of(solved), false, 0.5);
  return solved;
}

// Bars where the window's loss gains by them, beside edges that are corrected without any.
std::vector<Polygon> guided_assists(const OpticalModel& model, const IltSettings& window, const EdgeSettings& settings,
                                    std::vector<Polygon> drawn, std::vector<Polygon> corrected, const Box& field) {
  const auto relative = [&](std::vector<Polygon>& rings) {
    for (Polygon& ring : rings)
      for (Point& p : ring) p = {p.x - field.x0, p.y - field.y0};
  };
  relative(drawn);
  relative(corrected);
  WindowDescent loss(model, window, settings.opc.descent);
  const Grid grid = loss.grid({0.0, 0.0, field.width(), field.height()});
  const Image<float> gain = loss.gain(corrected, rasterize_rings(drawn, grid));
  std::vector<Polygon> bars = model_assists(drawn, gain.view(), grid, settings.assists, settings.opc.mask_grid_nm);
  for (Polygon& bar : bars)
    for (Point& p : bar) p = {p.x + field.x0, p.y + field.y0};
  return bars;
}

}  // namespace

EdgeCorrection correct_with_assists(EdgeCorrector& corrector, const OpticalModel& model,
                                    const EdgeSettings& settings, EdgeProblem problem, const Box& field,
                                    const std::function<bool()>& stop) {
  std::vector<Polygon>& bars = problem.assists;
  // Whether any had to be taken out.
  const auto take_out = [&](std::span<const Polygon> rings) {
    const std::vector<bool> prints =
        printing(corrector, rings, bar_points(bars, 0.25 * shortest_wave_nm(model)), bars.size(),
                 settings.assists.print_margin, field);
    std::vector<Polygon> kept;
    for (std::size_t i = 0; i < bars.size(); ++i)
      if (!prints[i]) kept.push_back(std::move(bars[i]));
    bars = std::move(kept);
    return any(prints);
  };
  // Beside the drawing as it is, most of those that will print do already.
  if (problem.start.empty() && !bars.empty()) {
    std::vector<Polygon> rings = moved_rings(problem.design, std::vector<double>(problem.design.fragments.size()));
    rings.insert(rings.end(), bars.begin(), bars.end());
    take_out(rings);
  }
  while (true) {
    EdgeCorrection result = corrector.correct(problem, field, stop);
    if (bars.empty() || !take_out(result.rings)) return result;
    problem.start = result.displacements;
  }
}

EdgeClip correct_clip(EdgeCorrector& corrector, const OpticalModel& model, const IltSettings& window,
                      const EdgeSettings& settings, const Design& design,
                      const std::function<bool()>& stop) {
  check_clip(model, design);
  const Box field = field_around(model, design.window);
  const std::vector<Polygon> drawn = rings_in(design.polygons, field);
  EdgeClip clip;
  EdgeProblem problem{.design = fragment(drawn, field, settings.opc),
                      .start = {},
                      .free = {},
                      .assists = rule_assists(drawn, settings.assists, settings.opc.mask_grid_nm),
                      .descent_from = 1.0};
  if (settings.assists.method == AssistMethod::model) {
    // What bars are worth is asked of edges that already print well.
    const EdgeCorrection alone = corrector.correct(problem, field, stop);
    problem.assists = guided_assists(model, window, settings, drawn, alone.rings, field);
    problem.start = alone.displacements;
  }
  clip.correction = correct_with_assists(corrector, model, settings, std::move(problem), field, stop);
  if (settings.opc.descent.iterations > 0)
    clip.correction = descended(corrector, model, settings, window.mask_rules, std::move(clip.correction), field, stop);
  give_way(clip.correction, window.mask_rules, field, settings.opc.mask_grid_nm);
  assists_give_way(clip.correction, window.mask_rules, field, settings.opc);
  clip.broken_rules = broken_rules(clip.correction, window.mask_rules, field, settings.opc.mask_grid_nm);
  clip.grid = pixel_grid(field, window.mask_pixel_nm);
  clip.mask = rasterize_rings_binary(clip.correction.rings, clip.grid);
  return clip;
}

}  // namespace reticle
