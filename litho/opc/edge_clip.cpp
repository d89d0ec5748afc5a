// SPDX-License-Identifier: Apache-2.0
#include "litho/opc/edge_clip.h"

#include <algorithm>
#include <cmath>

#include "litho/geometry/boolean.h"
#include "litho/geometry/rasterize.h"
#include "litho/imaging/socs.h"
#include "litho/opc/outline.h"
#include "litho/opc/rule_repair.h"

namespace reticle {

EdgeSettings resolved(EdgeSettings settings, const IltSettings& mask, const OpticalModel& model) {
  settings.opc = resolved(settings.opc, mask, model);
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

EdgeCorrection correct_with_assists(EdgeCorrector& corrector, const OpticalModel& model,
                                    const EdgeSettings& settings, EdgeProblem problem, const Box& field,
                                    const std::function<bool()>& stop) {
  std::vector<Polygon> bars = problem.assists;
  while (true) {
    problem.assists = bars;
    EdgeCorrection result = corrector.correct(problem, field, stop);
    if (bars.empty()) return result;
    const std::vector<BarPoint> points = bar_points(bars, 0.25 * shortest_wave_nm(model));
    std::vector<Point> places;
    for (const BarPoint& point : points) places.push_back(point.place);
    const std::vector<double> near = corrector.nearness(result.rings, places, field);
    std::vector<bool> prints(bars.size());
    for (std::size_t i = 0; i < points.size(); ++i)
      if (near[i] > -settings.assists.print_margin) prints[points[i].bar] = true;
    if (std::find(prints.begin(), prints.end(), true) == prints.end()) return result;
    std::vector<Polygon> kept;
    for (std::size_t i = 0; i < bars.size(); ++i)
      if (!prints[i]) kept.push_back(std::move(bars[i]));
    bars = std::move(kept);
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
  clip.correction = correct_with_assists(
      corrector, model, settings,
      {.design = fragment(drawn, field, settings.opc),
       .start = {},
       .free = {},
       .assists = rule_assists(drawn, settings.assists, settings.opc.mask_grid_nm)},
      field, stop);
  give_way(clip.correction, window.mask_rules, field, settings.opc.mask_grid_nm);
  clip.broken_rules = broken_rules(clip.correction, window.mask_rules, field, settings.opc.mask_grid_nm);
  clip.grid = {.rows = static_cast<int>(std::lround(field.height() / window.mask_pixel_nm)),
               .cols = static_cast<int>(std::lround(field.width() / window.mask_pixel_nm)),
               .pixel_nm = window.mask_pixel_nm, .origin_x_nm = field.x0, .origin_y_nm = field.y0};
  const Image<float> cover = rasterize_rings(clip.correction.rings, clip.grid);
  clip.mask = Image<std::uint8_t>(clip.grid.rows, clip.grid.cols);
  std::transform(cover.begin(), cover.end(), clip.mask.begin(), [](float c) { return c >= 0.5f; });
  return clip;
}

}  // namespace reticle
