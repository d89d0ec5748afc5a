// SPDX-License-Identifier: Apache-2.0
#include "litho/opc/rectilinear.h"

#include <algorithm>
#include <cmath>

#include "litho/assist/print_check.h"
#include "litho/geometry/contour.h"
#include "litho/geometry/rasterize.h"
#include "litho/geometry/regions.h"
#include "litho/imaging/socs.h"
#include "litho/opc/limits.h"
#include "litho/opc/rule_repair.h"
#include "litho/opc/window_descent.h"

namespace reticle {

namespace {

// Pixels from the first line of a lattice that is symmetric about the middle; at most 0.
int first_line(int pixels, int square) {
  const int half = (pixels / 2 + square - 1) / square;
  return pixels / 2 - half * square;
}

Image<float> covered_parts(ImageView<const std::uint8_t> mask, int square, int y0, int x0) {
  Image<float> parts((mask.rows - y0 + square - 1) / square, (mask.cols - x0 + square - 1) / square);
  const float share = 1.0f / static_cast<float>(square * square);
  for (int y = 0; y < mask.rows; ++y)
    for (int x = 0; x < mask.cols; ++x)
      if (mask.row(y)[x] != 0) parts((y - y0) / square, (x - x0) / square) += share;
  return parts;
}

// Where two squares meet at a corner alone both of the others are filled, or both of the two cleared, by the parts
// that they cover; true if any did.
bool part_corners(const Image<float>& parts, Image<std::uint8_t>& squares) {
  bool any = false;
  for (int y = 0; y + 1 < squares.rows(); ++y)
    for (int x = 0; x + 1 < squares.cols(); ++x) {
      const bool a = squares(y, x) && squares(y + 1, x + 1), b = squares(y, x + 1) && squares(y + 1, x);
      const int set = squares(y, x) + squares(y + 1, x + 1) + squares(y, x + 1) + squares(y + 1, x);
      if (set != 2 || (!a && !b)) continue;
      const float all = parts(y, x) + parts(y + 1, x + 1) + parts(y, x + 1) + parts(y + 1, x);
      const std::uint8_t to = all >= 2.0f;
      squares(y, x) = squares(y + 1, x) = squares(y, x + 1) = squares(y + 1, x + 1) = to;
      any = true;
    }
  return any;
}

// Which rings of a mask touch nothing drawn.
std::vector<bool> assist_rings(std::span<const Polygon> rings, const BitImage& drawn, const Grid& grid) {
  std::vector<bool> assists;
  for (const Polygon& ring : rings) {
    const BitImage own(rasterize_binary({&ring, 1}, grid));
    bool touches = false;
    for (int y = 0; y < grid.rows && !touches; ++y)
      for (int word = 0; word < own.words() && !touches; ++word) touches = (own.row(y)[word] & drawn.row(y)[word]) != 0;
    assists.push_back(!touches);
  }
  return assists;
}

// The sides of assist features near what prints apart from the drawing move in until nothing does.
class PrintedAssists {
 public:
  PrintedAssists(const OpticalModel& model, const IltSettings& window, const OpcSettings& settings, const Design& design,
                 const Grid& mask_grid, const Grid& grid)
      : model_(model), grid_(grid), mask_grid_(mask_grid), simulator_(model),
        drawn_(rasterize_binary(design.polygons, grid)),
        dose_(assist_dose(window, model)),
        step_nm_(std::max(settings.mask_grid_nm, tidy(0.01 * scale_of(model).resolution_nm))) {}

  const BitImage& drawn() const { return drawn_; }

  // True if any did.
  bool move_in(const FragmentedDesign& design, const std::vector<bool>& assist, const MoveLimits& limits,
               std::vector<double>& d) {
    constexpr int k_rounds = 24;
    const double reach = 0.5 * scale_of(model_).resolution_nm;
    for (int round = 0; round < k_rounds; ++round) {
      const Image<float> cover = rasterize_rings(moved_rings(design, d), mask_grid_);
      const std::vector<PrintedAssist> printed = 
          printed_assists(model_, simulator_, simulator_.mask_spectrum(cover.view()), drawn_, grid_, dose_);
      if (printed.empty()) return round > 0;
      for (std::size_t j = 0; j < d.size(); ++j) {
        const Fragment& f = design.fragments[j];
        const Point p = f.middle();
        const bool near = std::any_of(printed.begin(), printed.end(), [&](const PrintedAssist& one) {
          return std::hypot(p.x - one.place.x, p.y - one.place.y) < reach;
        });
        if (near && assist[static_cast<std::size_t>(f.ring)]) d[j] -= step_nm_;
      }
      limits.hold_on_grid(d);
    }
    return true;
  }

 private:
  const OpticalModel& model_;
  Grid grid_, mask_grid_;
  Simulator<float> simulator_;
  BitImage drawn_;
  double dose_, step_nm_;
};

FragmentedDesign relative_to(FragmentedDesign design, Point origin) {
  for (MovableRing& ring : design.rings)
    for (MovableCorner& corner : ring) corner.base = {corner.base.x - origin.x, corner.base.y - origin.y};
  return design;
}

}  // namespace

std::vector<Polygon> rectilinear_rings(ImageView<const std::uint8_t> mask, const Grid& grid, double square_nm) {
  constexpr int k_rounds = 8;
  const int square = std::max(1, static_cast<int>(std::lround(square_nm / grid.pixel_nm)));
  const int y0 = first_line(mask.rows, square), x0 = first_line(mask.cols, square);
  const Image<float> parts = covered_parts(mask, square, y0, x0);
  Image<std::uint8_t> squares(parts.rows(), parts.cols());
  std::transform(parts.begin(), parts.end(), squares.begin(), [](float part) { return part >= 0.5f; });
  for (int round = 0; round < k_rounds && part_corners(parts, squares); ++round) {}
  return trace_pixels(squares.view(), {.rows = squares.rows(), .cols = squares.cols(), .pixel_nm = square * grid.pixel_nm,
                                       .origin_x_nm = grid.origin_x_nm + x0 * grid.pixel_nm,
                                       .origin_y_nm = grid.origin_y_nm + y0 * grid.pixel_nm});
}

EdgeClip rectilinear_clip(const OpticalModel& model, const IltSettings& window, const EdgeSettings& settings,
                          const Design& design, ImageView<const std::uint8_t> mask, const Grid& grid, const std::function<bool()>& stop) {
  const Box field = field_around(model, design.window);
  OpcSettings opc = settings.opc;
  opc.line_end_nm = opc.corner_nm = opc.run_nm = 3.0 * settings.rectilinear_nm;
  opc.max_move_nm = 1.5 * settings.rectilinear_nm;
  EdgeClip clip{.correction = {}, .mask = {}, .grid = grid, .broken_rules = {}};
  EdgeCorrection& result = clip.correction;
  const std::vector<Polygon> rings = rectilinear_rings(mask, grid, settings.rectilinear_nm);
  result.design = fragment(rings, field, opc);
  std::vector<bool> free;
  for (const Fragment& f : result.design.fragments) free.push_back(f.movable);
  const MoveLimits limits(result.design, opc);
  WindowDescent descent(model, window, opc.descent);
  const Grid working = descent.grid(field);
  const Image<float> target = rasterize(design.polygons, working);
  FragmentedDesign relative = relative_to(result.design, {field.x0, field.y0});
  relative.sites = fragment(rings_in(design.polygons, field), field, settings.opc).sites;  // of what is drawn
  for (ControlSite& site : relative.sites) site.position = {site.position.x - field.x0, site.position.y - field.y0};
  result.displacements =
      descent.run(relative, std::vector<double>(free.size()), free, limits, target, 0.0, stop);
  limits.hold_on_grid(result.displacements);
  if (window.assist_dose_margin >= 0.0) {
    PrintedAssists printed(model, window, opc, design, grid, working);
    const std::vector<bool> assists = assist_rings(rings, printed.drawn(), working);
    if (printed.move_in(result.design, assists, limits, result.displacements)) {
      for (std::size_t j = 0; j < free.size(); ++j)
        if (assists[static_cast<std::size_t>(result.design.fragments[j].ring)]) free[j] = false;
      result.displacements = descent.run(relative, std::move(result.displacements), free, limits, target, 0.5, stop);
      limits.hold_on_grid(result.displacements);
      printed.move_in(result.design, assists, limits, result.displacements);
    }
  }
  result.rings = moved_rings(result.design, result.displacements);
  give_way(result, window.mask_rules, field, opc.mask_grid_nm);
  clip.broken_rules = broken_rules(result, window.mask_rules, field, opc.mask_grid_nm);
  clip.mask = rasterize_rings_binary(result.rings, grid);
  return clip;
}

}  // namespace reticle
