// SPDX-License-Identifier: Apache-2.0
#include "litho/opc/rectilinear.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <span>
#include <utility>

#include "litho/assist/print_check.h"
#include "litho/geometry/box.h"
#include "litho/geometry/contour.h"
#include "litho/geometry/polygon_area.h"
#include "litho/geometry/rasterize.h"
#include "litho/geometry/regions.h"
#include "litho/geometry/rings.h"
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
  struct Meeting {
    int y, x;
    std::uint8_t to;
  };
  std::vector<Meeting> found;
  for (int y = 0; y + 1 < squares.rows(); ++y)
    for (int x = 0; x + 1 < squares.cols(); ++x) {
      const bool a = squares(y, x) && squares(y + 1, x + 1), b = squares(y, x + 1) && squares(y + 1, x);
      const int set = squares(y, x) + squares(y + 1, x + 1) + squares(y, x + 1) + squares(y + 1, x);
      if (set != 2 || (!a && !b)) continue;
      const float all = parts(y, x) + parts(y + 1, x + 1) + parts(y, x + 1) + parts(y + 1, x);
      found.push_back({y, x, all >= 2.0f});
    }
  // All that are cleared, then all that are filled, so that none depends on those seen before it.
  for (const std::uint8_t to : {std::uint8_t{0}, std::uint8_t{1}})
    for (const Meeting& at : found)
      if (at.to == to) squares(at.y, at.x) = squares(at.y + 1, at.x) = squares(at.y, at.x + 1) = squares(at.y + 1, at.x + 1) = to;
  return !found.empty();
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

// Outlines with the rings of their holes, as places in a mask's rings.
using Shape = std::vector<std::size_t>;

// The shapes of a mask that touch nothing drawn.
std::vector<Shape> assist_shapes(std::span<const Polygon> rings, const BitImage& drawn, const Grid& grid) {
  std::vector<Shape> shapes;
  std::vector<double> areas;
  for (std::size_t i = 0; i < rings.size(); ++i)
    if (const double area = signed_area(rings[i]); area > 0.0) shapes.push_back({i}), areas.push_back(area);
  for (std::size_t i = 0; i < rings.size(); ++i) {
    if (rings[i].empty() || signed_area(rings[i]) >= 0.0) continue;
    std::size_t around = shapes.size();  // the smallest
    for (std::size_t k = 0; k < shapes.size(); ++k)
      if ((around == shapes.size() || areas[k] < areas[around]) && is_inside({&rings[shapes[k].front()], 1}, rings[i].front())) around = k;
    if (around < shapes.size()) shapes[around].push_back(i);
  }
  std::erase_if(shapes, [&](const Shape& shape) {
    std::vector<Polygon> own;
    for (const std::size_t i : shape) own.push_back(rings[i]);
    BitImage common(rasterize_rings_binary(own, grid));
    for_words(common, drawn, [](std::uint64_t& word, std::uint64_t other) { word &= other; });
    return common.any();
  });
  return shapes;
}

double distance_to(std::span<const Polygon> rings, const Shape& shape, Point p) {
  const Polygon& ring = rings[shape.front()];
  if (is_inside({&ring, 1}, p)) return 0.0;
  double least = std::numeric_limits<double>::infinity();
  for (std::size_t i = 0, j = ring.size() - 1; i < ring.size(); j = i++) {  // edges along x and y
    const auto [x0, x1] = std::minmax(ring[i].x, ring[j].x);
    const auto [y0, y1] = std::minmax(ring[i].y, ring[j].y);
    least = std::min(least, std::hypot(std::max({x0 - p.x, p.x - x1, 0.0}), std::max({y0 - p.y, p.y - y1, 0.0})));
  }
  return least;
}

// Without some of its rings.
void take_out(const std::vector<bool>& gone, EdgeCorrection& mask) {
  const FragmentedDesign all = std::exchange(mask.design, {});
  const std::vector<double> displacements = std::exchange(mask.displacements, {});
  std::vector<int> ring_at, fragment_at;  // of those that stay
  int rings = 0, fragments = 0;
  for (const bool is_gone : gone) ring_at.push_back(is_gone ? -1 : rings++);
  for (std::size_t j = 0; j < all.fragments.size(); ++j) {
    Fragment f = all.fragments[j];
    f.ring = ring_at[static_cast<std::size_t>(f.ring)];
    fragment_at.push_back(f.ring < 0 ? -1 : fragments++);
    if (f.ring < 0) continue;
    mask.design.fragments.push_back(f);
    mask.displacements.push_back(displacements[j]);
  }
  for (ControlSite site : all.sites)
    if ((site.fragment = fragment_at[static_cast<std::size_t>(site.fragment)]) >= 0) mask.design.sites.push_back(site);
  for (std::size_t i = 0; i < gone.size(); ++i) {
    if (gone[i]) continue;
    MovableRing& ring = mask.design.rings.emplace_back(all.rings[i]);
    for (MovableCorner& corner : ring)
      for (int k = 0; k < corner.count; ++k) {
        int& index = corner.parts[static_cast<std::size_t>(k)].index;
        index = fragment_at[static_cast<std::size_t>(index)];
      }
  }
  mask.rings = moved_rings(mask.design, mask.displacements);
}

// The sides of assist features near what prints apart from the drawing move in until nothing does.
class PrintedAssists {
 public:
  // `maps` outlive it: what is done to one fragment is done to all that they bring it to.
  PrintedAssists(const OpticalModel& model, const IltSettings& window, const OpcSettings& settings, const Design& design,
                 const Grid& mask_grid, const Grid& grid, const Box& field, std::span<const FieldMap> maps)
      : model_(model), field_(field), maps_(maps), grid_(grid), mask_grid_(mask_grid), simulator_(model),
        drawn_(rasterize_binary(design.polygons, grid)),
        dose_(assist_dose(window, model)),
        step_nm_(std::max(settings.mask_grid_nm, tidy(0.01 * scale_of(model).resolution_nm))),
        reach_nm_(0.5 * scale_of(model).resolution_nm) {}

  const BitImage& drawn() const { return drawn_; }

  // True if any did.
  bool move_in(const FragmentedDesign& design, const std::vector<bool>& assist, const MoveLimits& limits,
               std::vector<double>& d) {
    const FragmentOrbits orbits(design, field_, maps_);
    for (int round = 0; round < k_rounds; ++round) {
      const std::vector<PrintedAssist> printed = look(moved_rings(design, d));
      if (printed.empty()) return round > 0;
      std::vector<bool> moves(d.size());
      for (std::size_t j = 0; j < d.size(); ++j)
        moves[j] = assist[static_cast<std::size_t>(design.fragments[j].ring)] && is_near(design.fragments[j], printed);
      orbits.join(moves);
      for (std::size_t j = 0; j < d.size(); ++j)
        if (moves[j]) d[j] -= step_nm_;
      limits.hold_on_grid(d);
    }
    return true;
  }

  // The same for a mask whose edges gave way to its rules, which can bring back what prints. Edges that would break a rule
  // stay; where no other is left to move, the shape nearest to the print goes.
  void settle(EdgeCorrection& mask, const OpcSettings& settings, const MaskRuleSet& rules) {
    std::vector<PrintedAssist> printed = look(mask.rings);
    while (!printed.empty()) {
      const MoveLimits limits(mask.design, settings);
      const FragmentOrbits orbits(mask.design, field_, maps_);
      const std::vector<Shape> shapes = assist_shapes(mask.rings, drawn_, grid_);
      std::vector<bool> assist(mask.rings.size()), held(mask.displacements.size());
      for (const Shape& shape : shapes)
        for (const std::size_t i : shape) assist[i] = true;
      const std::size_t broken_before = broken_rules(mask, rules, field_, settings.mask_grid_nm).size();
      const auto is_assist = [&](const Fragment& f) { return assist[static_cast<std::size_t>(f.ring)]; };
      for (int round = 0; round < k_rounds && !printed.empty(); ++round) {
        const std::vector<Fragment>& fragments = mask.design.fragments;
        const std::vector<double> before = mask.displacements;
        std::vector<bool> moves(before.size());
        for (std::size_t j = 0; j < before.size(); ++j) moves[j] = is_assist(fragments[j]) && !held[j] && is_near(fragments[j], printed);
        orbits.join(moves);
        for (std::size_t j = 0; j < before.size(); ++j)
          if (moves[j]) mask.displacements[j] -= step_nm_;
        limits.hold_on_grid(mask.displacements);
        for (std::size_t j = 0; j < before.size(); ++j)
          if (held[j] || !is_assist(fragments[j])) mask.displacements[j] = before[j];
        do mask.rings = moved_rings(mask.design, mask.displacements);
        while (put_back(before, broken_before, settings, rules, orbits, mask, held));
        if (mask.displacements == before) break;
        printed = look(mask.rings);
      }
      if (printed.empty() || !take_out_nearest(printed, shapes, 0.5 * settings.mask_grid_nm, orbits, mask)) return;
      printed = look(mask.rings);
    }
  }

 private:
  static constexpr int k_rounds = 24;

  std::vector<PrintedAssist> look(const std::vector<Polygon>& rings) {
    const Image<float> cover = rasterize_rings(rings, mask_grid_);
    return printed_assists(model_, simulator_, simulator_.mask_spectrum(cover.view()), drawn_, grid_, dose_);
  }

  bool is_near(const Fragment& fragment, const std::vector<PrintedAssist>& printed) const {
    const Point p = fragment.middle();
    return std::any_of(printed.begin(), printed.end(), [&](const PrintedAssist& one) {
      return std::hypot(p.x - one.place.x, p.y - one.place.y) < reach_nm_;
    });
  }

  // Edges that moved, where the mask breaks a rule: all of them if none is near. False if no more rules are broken than
  // before, or nothing moved.
  bool put_back(const std::vector<double>& before, std::size_t broken_before, const OpcSettings& settings,
                const MaskRuleSet& rules, const FragmentOrbits& orbits, EdgeCorrection& mask, std::vector<bool>& held) const {
    const double grid_nm = settings.mask_grid_nm, longer = settings.max_move_nm;  // as the edges beside it moved
    const std::vector<RuleViolation> broken = broken_rules(mask, rules, field_, grid_nm);
    if (broken.size() <= broken_before) return false;
    std::vector<bool> moved(before.size()), back(before.size());
    bool any = false, any_near = false;
    for (std::size_t j = 0; j < before.size(); ++j) {
      const Fragment& f = mask.design.fragments[j];
      const double d = mask.displacements[j];
      if (d == before[j]) continue;
      moved[j] = any = true;
      const Box edge = grown({std::min(f.a.x, f.b.x) + d * f.normal.x, std::min(f.a.y, f.b.y) + d * f.normal.y,
                              std::max(f.a.x, f.b.x) + d * f.normal.x, std::max(f.a.y, f.b.y) + d * f.normal.y},
                             longer * std::abs(f.normal.y), longer * std::abs(f.normal.x));
      if (std::any_of(broken.begin(), broken.end(), [&](const RuleViolation& violation) {
            const bool is_length = violation.rule == MaskRule::width || violation.rule == MaskRule::space;
            const Box near = grown(violation.box, grid_nm + (is_length ? violation.limit : 0.0));
            return edge.x0 <= near.x1 && edge.x1 >= near.x0 && edge.y0 <= near.y1 && edge.y1 >= near.y0;
          }))
        back[j] = any_near = true;
    }
    orbits.join(back);
    for (std::size_t j = 0; j < before.size(); ++j)
      if (any_near ? back[j] : moved[j]) {
        mask.displacements[j] = before[j];
        held[j] = true;
      }
    return any;
  }

  // All that are as near within `same_nm`. False if none is within reach.
  bool take_out_nearest(const std::vector<PrintedAssist>& printed, const std::vector<Shape>& shapes, double same_nm,
                        const FragmentOrbits& orbits, EdgeCorrection& mask) const {
    if (shapes.empty()) return false;
    bool any = false;
    std::vector<bool> gone(mask.rings.size());
    for (const PrintedAssist& one : printed) {
      std::vector<double> distances;
      for (const Shape& shape : shapes) distances.push_back(distance_to(mask.rings, shape, one.place));
      const double least = *std::min_element(distances.begin(), distances.end()), most = least + same_nm;
      if (least >= reach_nm_) continue;  // drawn shapes print it
      any = true;
      for (std::size_t k = 0; k < shapes.size(); ++k)
        if (distances[k] <= most)
          for (const std::size_t i : shapes[k]) gone[i] = true;
    }
    orbits.join_rings(mask.design, gone);
    if (any) take_out(gone, mask);
    return any;
  }

  const OpticalModel& model_;
  Box field_;
  std::span<const FieldMap> maps_;
  Grid grid_, mask_grid_;
  Simulator<float> simulator_;
  BitImage drawn_;
  double dose_, step_nm_, reach_nm_;
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
  std::vector<FieldMap> maps = symmetries_of(design.polygons, field);
  std::erase_if(maps, [&](const FieldMap& map) { return !is_symmetric(model, map); });
  const FragmentOrbits orbits(result.design, field, maps);
  WindowDescent descent(model, window, opc.descent);
  const Grid working = descent.grid(field);
  const Image<float> target = rasterize(design.polygons, working);
  FragmentedDesign relative = relative_to(result.design, {field.x0, field.y0});
  relative.sites = fragment(rings_in(design.polygons, field), field, settings.opc).sites;  // of what is drawn
  for (ControlSite& site : relative.sites) site.position = {site.position.x - field.x0, site.position.y - field.y0};
  result.displacements =
      descent.run(relative, std::vector<double>(free.size()), free, limits, target, 0.0, stop, orbits);
  limits.hold_on_grid(result.displacements);
  std::optional<PrintedAssists> printed;
  if (window.assist_dose_margin >= 0.0) {
    printed.emplace(model, window, opc, design, grid, working, field, maps);
    const std::vector<bool> assists = assist_rings(rings, printed->drawn(), working);
    if (printed->move_in(result.design, assists, limits, result.displacements)) {
      for (std::size_t j = 0; j < free.size(); ++j)
        if (assists[static_cast<std::size_t>(result.design.fragments[j].ring)]) free[j] = false;
      result.displacements = descent.run(relative, std::move(result.displacements), free, limits, target, 0.5, stop, orbits);
      limits.hold_on_grid(result.displacements);
      printed->move_in(result.design, assists, limits, result.displacements);
    }
  }
  result.rings = moved_rings(result.design, result.displacements);
  give_way(result, window.mask_rules, field, opc.mask_grid_nm, orbits);
  if (printed) printed->settle(result, opc, window.mask_rules);
  clip.broken_rules = broken_rules(result, window.mask_rules, field, opc.mask_grid_nm);
  clip.mask = rasterize_rings_binary(result.rings, grid);
  return clip;
}

}  // namespace reticle
