// SPDX-License-Identifier: Apache-2.0
#include "litho/opc/fragments.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "litho/geometry/corner_rounding.h"

namespace reticle {

namespace {

// Corners of a curve this many steps of the mask's grid apart turn by less than 10 degrees where each is rounded to it.
constexpr double k_smooth_grids = 12.0;

double dot(Point a, Point b) { return a.x * b.x + a.y * b.y; }
double distance(Point a, Point b) { return std::hypot(b.x - a.x, b.y - a.y); }
Point between(Point a, Point b, double t) { return {a.x + t * (b.x - a.x), a.y + t * (b.y - a.y)}; }

// Outwards of an edge with the inside on its left; exact for horizontal and vertical ones.
Point outward(Point a, Point b) {
  const double length = distance(a, b);
  return {(b.y - a.y) / length, (a.x - b.x) / length};
}

// The corners of a ring from one to the next, both included.
struct Chain {
  std::vector<Point> points;
  double turn_before = 0.0, turn_after = 0.0;  // at its ends; a closed chain has none
  bool closed = false;
  int first = 0;  // place in the ring
};

std::vector<Chain> chains_of(const Polygon& ring) {
  const std::size_t n = ring.size();
  std::vector<double> turns(n);
  std::vector<std::size_t> corners;
  for (std::size_t i = 0; i < n; ++i) {
    turns[i] = turn_at(ring[(i + n - 1) % n], ring[i], ring[(i + 1) % n]);
    if (std::abs(turns[i]) > least_corner_turn()) corners.push_back(i);
  }
  std::vector<Chain> chains;
  if (corners.empty()) {
    Chain chain{.points = ring, .closed = true};
    chain.points.push_back(ring.front());
    chains.push_back(std::move(chain));
    return chains;
  }
  for (std::size_t k = 0; k < corners.size(); ++k) {
    const std::size_t first = corners[k], last = corners[(k + 1) % corners.size()];
    Chain chain{.points = {}, .turn_before = turns[first], .turn_after = turns[last], .first = static_cast<int>(first)};
    std::size_t i = first;
    do {
      chain.points.push_back(ring[i]);
      i = (i + 1) % n;
    } while (i != last);
    chain.points.push_back(ring[last]);
    chains.push_back(std::move(chain));
  }
  return chains;
}

bool on_border(Point a, Point b, const Box& field) {
  constexpr double k_slack = 1e-6;
  const auto both = [&](double u, double v, double side) {
    return std::abs(u - side) < k_slack && std::abs(v - side) < k_slack;
  };
  return both(a.x, b.x, field.x0) || both(a.x, b.x, field.x1) || both(a.y, b.y, field.y0) ||
         both(a.y, b.y, field.y1);
}

// Whole grid steps from the nearer end, so that corners of the mask lie on the grid and an edge and its
// mirror image are cut alike.
double on_grid(double at, double length, double grid) {
  if (at <= 0.5 * length) return std::round(at / grid) * grid;
  return length - std::round((length - at) / grid) * grid;
}

// Ends of the pieces of a length from 0, symmetric about its middle; an odd number of pieces where the
// middle is off the grid.
std::vector<double> symmetric_cuts(double length, double at_ends, double run, double grid) {
  std::vector<double> cuts;
  const double inner = length - 2.0 * at_ends;
  int pieces = std::max(1, static_cast<int>(std::ceil(inner / run - 1e-9)));
  const double half = 0.5 * length / grid;
  if (pieces % 2 == 0 && std::abs(half - std::round(half)) > 1e-6) ++pieces;
  if (at_ends > 0.0) cuts.push_back(at_ends);
  for (int i = 1; i < pieces; ++i) cuts.push_back(on_grid(at_ends + inner * i / pieces, length, grid));
  if (at_ends > 0.0) cuts.push_back(length - at_ends);
  return cuts;
}

class Fragmenter {
 public:
  Fragmenter(const Box& field, const OpcSettings& settings, const std::optional<FragmentAnchor>& anchor)
      : field_(field), s_(settings), anchor_(anchor) {}

  // Before any is added: corners of all rings cut the edges beside them.
  void see(const Polygon& ring) {
    for (const Chain& chain : chains_of(ring))
      if (!chain.closed) corners_[bin(chain.points.front())].push_back(chain.points.front());
  }

  void add(const Polygon& ring) {
    ring_ = static_cast<int>(out_.rings.size());
    out_.rings.emplace_back();
    const std::vector<Chain> chains = chains_of(ring);
    // The displacements and normals at the two ends of each chain.
    struct Ends {
      int first, last;
      Point normal_first, normal_last;
    };
    std::vector<Ends> ends;
    std::vector<MovableRing> inner;  // corners within each chain
    for (const Chain& chain : chains) {
      inner.emplace_back();
      const int first = static_cast<int>(out_.fragments.size());
      const std::optional<EdgeRounding> rounding =
          chain.points.size() == 2 ? std::optional<EdgeRounding>(std::in_place, ring, chain.first, s_.corner_radius_nm) : std::nullopt;
      if (rounding && !bends(chain)) add_straight(chain, *rounding, inner.back());
      else add_curve(chain, rounding ? &*rounding : nullptr, inner.back());
      const std::size_t n = chain.points.size();
      ends.push_back({first, static_cast<int>(out_.fragments.size()) - 1,
                      outward(chain.points[0], chain.points[1]),
                      outward(chain.points[n - 2], chain.points[n - 1])});
    }
    MovableRing& corners = out_.rings.back();
    for (std::size_t k = 0; k < chains.size(); ++k) {
      if (!chains[k].closed) {
        const Ends &before = ends[(k + chains.size() - 1) % chains.size()], &after = ends[k];
        corners.push_back(meeting(chains[k].points.front(), before.last, before.normal_last, after.first,
                                  after.normal_first));
      }
      corners.insert(corners.end(), inner[k].begin(), inner[k].end());
    }
  }

  FragmentedDesign take() && { return std::move(out_); }

 private:
  // Where two edges meet once each is displaced along its normal: v.n1 = d1, v.n2 = d2.
  static MovableCorner meeting(Point base, int i, Point n1, int j, Point n2) {
    const double c = dot(n1, n2), s = 1.0 - c * c;
    MovableCorner corner{.base = base, .parts = {}};
    corner.add(i, {(n1.x - c * n2.x) / s, (n1.y - c * n2.y) / s});
    corner.add(j, {(n2.x - c * n1.x) / s, (n2.y - c * n1.y) / s});
    return corner;
  }

  std::pair<int, int> bin(Point p) const {
    const double side = std::max(s_.facing_nm, 1.0);
    return {static_cast<int>(std::floor(p.y / side)), static_cast<int>(std::floor(p.x / side))};
  }

  double taper(double from_corner) const {
    const double t = std::clamp(from_corner / s_.corner_rounding_nm, 0.0, 1.0);
    return t * t * (3.0 - 2.0 * t);
  }

  std::vector<double> cuts_of(const Chain& chain, double length) const {
    const bool convex = chain.turn_before > 0.0, convex_after = chain.turn_after > 0.0;
    const Point a = chain.points[0], b = chain.points[1];
    if (on_border(a, b, field_)) return {};
    if (convex && convex_after && length <= s_.line_end_nm) return {};
    const double shortest = std::max({s_.minimum_width_nm, s_.minimum_space_nm, s_.mask_grid_nm});
    if (length < 1.5 * s_.corner_nm || length < 2.0 * shortest) return {};
    if (length < 3.0 * s_.corner_nm)
      return symmetric_cuts(length, 0.0, length < 3.0 * shortest ? length : 0.5 * length, s_.mask_grid_nm);
    std::vector<double> stops{s_.corner_nm};
    for (const double at : facing_corners(a, b, length)) stops.push_back(at);
    stops.push_back(length - s_.corner_nm);
    std::vector<double> cuts{stops.front()};
    for (std::size_t i = 0; i + 1 < stops.size(); ++i) {
      const std::vector<double> between_stops = cuts_between(a, b, length, stops[i], stops[i + 1]);
      cuts.insert(cuts.end(), between_stops.begin(), between_stops.end());
      cuts.push_back(stops[i + 1]);
    }
    return cuts;
  }

  // Along the edge: where drawn corners near it stand beside it. Of those nearer to each other than a piece may be
  // short, the nearest to the edge count, once.
  std::vector<double> facing_corners(Point a, Point b, double length) const {
    const double apart = std::max(0.5 * s_.run_nm, s_.mask_grid_nm);
    const Point along{(b.x - a.x) / length, (b.y - a.y) / length};
    struct Seen {
      double at, away;
    };
    std::vector<Seen> seen;
    const auto [y0, x0] = bin({std::min(a.x, b.x) - s_.facing_nm, std::min(a.y, b.y) - s_.facing_nm});
    const auto [y1, x1] = bin({std::max(a.x, b.x) + s_.facing_nm, std::max(a.y, b.y) + s_.facing_nm});
    for (int y = y0; y <= y1; ++y)
      for (int x = x0; x <= x1; ++x) {
        const auto found = corners_.find({y, x});
        if (found == corners_.end()) continue;
        for (const Point& p : found->second) {
          const Point w{p.x - a.x, p.y - a.y};
          const double at = dot(w, along), away = std::abs(w.y * along.x - w.x * along.y);
          if (away < 1e-6 || away > s_.facing_nm + 1e-6) continue;
          if (std::min(at, length - at) < s_.corner_nm + apart) continue;
          seen.push_back({at, away});
        }
      }
    std::sort(seen.begin(), seen.end(), [](const Seen& p, const Seen& q) { return p.at < q.at; });
    std::vector<double> places;
    for (std::size_t i = 0, j; i < seen.size(); i = j) {
      double nearest = seen[i].away;
      for (j = i + 1; j < seen.size() && seen[j].at - seen[j - 1].at < apart - 1e-6; ++j) nearest = std::min(nearest, seen[j].away);
      double first = length, last = 0.0;
      for (std::size_t k = i; k < j; ++k)
        if (seen[k].away < nearest + 1e-6) first = std::min(first, seen[k].at), last = std::max(last, seen[k].at);
      places.push_back(0.5 * (first + last));
    }
    return places;
  }

  // Even pieces; of a stretch too long for one tile to see: counted from its ends, and at the anchor's multiples between.
  std::vector<double> cuts_between(Point a, Point b, double length, double from, double to) const {
    const double wide = to - from;
    std::vector<double> cuts;
    if (!anchor_ || wide <= 2.0 * anchor_->reach_nm) {
      const int pieces = std::max(1, static_cast<int>(std::lround(wide / s_.run_nm)));
      for (int i = 1; i < pieces; ++i) cuts.push_back(from + on_grid(wide * i / pieces, wide, s_.mask_grid_nm));
      return cuts;
    }
    std::vector<double> near;
    for (double at = s_.run_nm; at <= anchor_->reach_nm - s_.run_nm; at += s_.run_nm) near.push_back(at);
    for (const double at : near) cuts.push_back(from + at);
    for (const double at : lattice(a, b, length, from + anchor_->reach_nm, to - anchor_->reach_nm)) cuts.push_back(at);
    for (auto at = near.rbegin(); at != near.rend(); ++at) cuts.push_back(to - *at);
    return cuts;
  }

  // The multiples of a part of the anchor's pitches, from one place along a -> b to another.
  std::vector<double> lattice(Point a, Point b, double length, double from, double to, int parts = 1) const {
    const bool along_x = std::abs(b.x - a.x) > std::abs(b.y - a.y);
    const double u0 = along_x ? a.x : a.y, u1 = along_x ? b.x : b.y;
    const double scale = (u1 - u0) / length, pitch = (along_x ? anchor_->pitch_x_nm : anchor_->pitch_y_nm) / parts;
    const double low = std::min(u0 + scale * from, u0 + scale * to), high = std::max(u0 + scale * from, u0 + scale * to);
    std::vector<double> cuts;
    for (double k = std::ceil(low / pitch - k_anchor_shift); (k + k_anchor_shift) * pitch <= high; ++k) {
      const double at = std::round((k + k_anchor_shift) * pitch / s_.mask_grid_nm) * s_.mask_grid_nm;
      cuts.push_back((at - u0) / scale);
    }
    std::sort(cuts.begin(), cuts.end());
    return cuts;
  }

  FragmentKind kind_of(const Chain& chain, std::size_t piece, std::size_t pieces) const {
    const bool first = piece == 0, last = piece + 1 == pieces;
    if (first && last) {
      if (chain.turn_before > 0.0 && chain.turn_after > 0.0) return FragmentKind::line_end;
      if (chain.turn_before < 0.0 && chain.turn_after < 0.0) return FragmentKind::concave_corner;
      return FragmentKind::jog;
    }
    if (!first && !last) return FragmentKind::run;
    return (first ? chain.turn_before : chain.turn_after) > 0.0 ? FragmentKind::convex_corner
                                                               : FragmentKind::concave_corner;
  }

  // A straight edge that is to move as a curve.
  bool bends(const Chain& chain) const {
    const Point a = chain.points[0], b = chain.points[1];
    return s_.bend_straights && distance(a, b) > std::max(3.0 * s_.corner_nm, s_.line_end_nm) && !on_border(a, b, field_);
  }

  void add_straight(const Chain& chain, const EdgeRounding& rounding, MovableRing& inner) {
    const Point a = chain.points[0], b = chain.points[1], normal = outward(a, b);
    const double length = distance(a, b);
    std::vector<double> stops{0.0};
    for (const double cut : cuts_of(chain, length)) stops.push_back(cut);
    stops.push_back(length);
    const bool movable = !on_border(a, b, field_);
    for (std::size_t i = 0; i + 1 < stops.size(); ++i) {
      const int index = static_cast<int>(out_.fragments.size());
      if (i > 0) {
        const Point at = between(a, b, stops[i] / length);
        for (const int owner : {index - 1, index}) {
          inner.push_back({.base = at, .parts = {}});
          inner.back().add(owner, normal);
        }
      }
      out_.fragments.push_back({.ring = ring_,
                                .kind = kind_of(chain, i, stops.size() - 1),
                                .a = between(a, b, stops[i] / length),
                                .b = between(a, b, stops[i + 1] / length),
                                .normal = normal,
                                .movable = movable});
      if (movable) add_sites(chain, rounding, stops[i], stops[i + 1], stops.size() == 2, normal, index);
    }
  }

  // A short edge is judged at its middle, where it prints if it prints at all.
  void add_sites(const Chain& chain, const EdgeRounding& rounding, double from, double to, bool whole, Point normal, int index) {
    const Point a = chain.points[0], b = chain.points[1];
    const double length = distance(a, b);
    const double piece = to - from;
    const int count = whole && length <= s_.line_end_nm
                          ? 1
                          : std::max(1, static_cast<int>(std::lround(piece / s_.site_spacing_nm)));
    for (int i = 0; i < count; ++i) {
      const double at = from + piece * (i + 0.5) / count;
      const double weight = count == 1 && whole ? 1.0 : taper(std::min(at, length - at));
      add_site(between(a, b, at / length), normal, weight * piece / count, index);
      add_corners(chain, rounding, at, length);
    }
  }

  // What the corners at its ends make of the last site, at this place of a straight edge.
  void add_corners(const Chain& chain, const EdgeRounding& rounding, double at, double length) {
    ControlSite& site = out_.sites.back();
    for (const auto& [turn, from_corner] : {std::pair(chain.turn_before, at), std::pair(chain.turn_after, length - at)})
      if (from_corner <= 2.0 * s_.corner_rounding_nm) (turn > 0.0 ? site.tells_open : site.tells_bridge) = false;
    const RoundingRoom room = rounding.at(at);
    site.inside_nm = std::max(site.inside_nm, room.inside_nm);
    site.outside_nm = std::max(site.outside_nm, room.outside_nm);
  }

  void add_site(Point p, Point normal, double weight, int index) {
    const bool line_end = out_.fragments[static_cast<std::size_t>(index)].kind == FragmentKind::line_end;
    const double out = s_.bias_nm + (line_end ? s_.line_end_extension_nm : 0.0);
    const double tolerance = line_end ? s_.line_end_tolerance_nm : s_.run_tolerance_nm;
    out_.sites.push_back({{p.x + out * normal.x, p.y + out * normal.y}, normal, weight, index, tolerance, tolerance});
  }

  // rounding: of a straight edge, or null.
  void add_curve(const Chain& chain, const EdgeRounding* rounding, MovableRing& inner) {
    const CurveKnots knots(chain.points, chain.closed, s_.run_nm, anchor_ ? &*anchor_ : nullptr);
    const double length = knots.length();
    const int first = static_cast<int>(out_.fragments.size());
    const auto place = [&](double s) {
      s = chain.closed ? s - std::floor(s / length) * length : std::clamp(s, 0.0, length);
      const std::size_t k = knots.facet_end(s);
      return std::pair(between(chain.points[k - 1], chain.points[k], (s - knots.place(k - 1)) / (knots.place(k) - knots.place(k - 1))),
                       outward(chain.points[k - 1], chain.points[k]));
    };
    for (int k = 0; k < knots.count(); ++k) {
      const Point a = place(knots.before(k)).first, b = place(knots.after(k)).first;
      out_.fragments.push_back({.ring = ring_,
                                .kind = FragmentKind::curve,
                                .a = a,
                                .b = b,
                                .normal = place(knots.at(k)).second,
                                .movable = !on_border(a, b, field_)});
    }
    // Corners at the drawn ones and between them, so that a bend of the displacement stays smooth.
    const double sampling = std::max(s_.run_nm / 8.0, std::min(k_smooth_grids * s_.mask_grid_nm, s_.run_nm / 3.0));
    for (std::size_t i = 0; i + 1 < chain.points.size(); ++i) {
      const double facet = knots.place(i + 1) - knots.place(i);
      std::vector<double> stops = between_corners(chain.points[i], chain.points[i + 1], facet, sampling);
      if (i > 0 || chain.closed) stops.insert(stops.begin(), 0.0);
      for (const double at : stops) {
        inner.push_back({.base = between(chain.points[i], chain.points[i + 1], at / facet), .parts = {}});
        const Point normal = at == 0.0 ? vertex_normal(chain, i) : outward(chain.points[i], chain.points[i + 1]);
        for (const CurveKnots::Weight& weight : knots.weights(knots.place(i) + at))
          if (weight.of != 0.0) inner.back().add(first + weight.knot, {weight.of * normal.x, weight.of * normal.y});
      }
    }
    const int sites = std::max(1, static_cast<int>(std::lround(length / s_.site_spacing_nm)));
    for (int i = 0; i < sites; ++i) {
      const double s = (i + 0.5) * length / sites;
      const auto [position, normal] = place(s);
      const double weight = chain.closed ? 1.0 : taper(std::min(s, length - s));
      const int nearest = first + knots.nearest(s);
      if (!out_.fragments[static_cast<std::size_t>(nearest)].movable) continue;
      add_site(position, normal, weight * length / sites, nearest);
      if (rounding != nullptr) add_corners(chain, *rounding, s, length);
    }
  }

  // Places along a facet, about so far apart, where it may bend; of a long one the same ones in any tile.
  std::vector<double> between_corners(Point a, Point b, double facet, double sampling) const {
    if (anchor_ && facet > 4.0 * sampling) {
      const int parts = std::max(1, static_cast<int>(std::min(anchor_->pitch_x_nm, anchor_->pitch_y_nm) / sampling));
      return lattice(a, b, facet, sampling, facet - sampling, parts);
    }
    std::vector<double> places;
    const int pieces = std::max(1, static_cast<int>(std::ceil(facet / sampling)));
    for (int k = 1; k < pieces; ++k) places.push_back(facet * k / pieces);
    return places;
  }

  static Point vertex_normal(const Chain& chain, std::size_t i) {
    const std::size_t n = chain.points.size();
    const Point before = i > 0 ? outward(chain.points[i - 1], chain.points[i])
                               : outward(chain.points[n - 2], chain.points[n - 1]);
    const Point after = outward(chain.points[i], chain.points[i + 1]);
    const Point sum{before.x + after.x, before.y + after.y};
    const double size = std::hypot(sum.x, sum.y);
    return {sum.x / size, sum.y / size};
  }

  const Box& field_;
  const OpcSettings& s_;
  const std::optional<FragmentAnchor>& anchor_;
  std::map<std::pair<int, int>, std::vector<Point>> corners_;  // [square of `facing_nm`: y, x]
  FragmentedDesign out_;
  int ring_ = 0;
};

// Points within horizontal and vertical edges left out: where neighbouring pieces moved alike.
Polygon without_level_points(const Polygon& ring) {
  Polygon out;
  const std::size_t n = ring.size();
  for (std::size_t i = 0; i < n; ++i) {
    const Point &a = ring[(i + n - 1) % n], &b = ring[i], &c = ring[(i + 1) % n];
    if (!((a.x == b.x && b.x == c.x) || (a.y == b.y && b.y == c.y))) out.push_back(b);
  }
  return out;
}

}  // namespace

std::string_view to_string(FragmentKind kind) {
  switch (kind) {
    case FragmentKind::line_end:
      return "line end";
    case FragmentKind::convex_corner:
      return "convex corner";
    case FragmentKind::concave_corner:
      return "concave corner";
    case FragmentKind::jog:
      return "jog";
    case FragmentKind::run:
      return "run";
    case FragmentKind::curve:
      return "curve";
  }
  return "";
}

double Fragment::length() const { return distance(a, b); }

void MovableCorner::add(int index, Point direction) {
  parts[static_cast<std::size_t>(count++)] = {index, direction};
}

Point MovableCorner::at(std::span<const double> displacements) const {
  Point p = base;
  for (int i = 0; i < count; ++i) {
    const Part& part = parts[static_cast<std::size_t>(i)];
    const double d = displacements[static_cast<std::size_t>(part.index)];
    p.x += d * part.direction.x;
    p.y += d * part.direction.y;
  }
  return p;
}

FragmentedDesign fragment(std::span<const Polygon> rings, const Box& field, const OpcSettings& settings,
                          const std::optional<FragmentAnchor>& anchor) {
  Fragmenter fragmenter(field, settings, anchor);
  for (const Polygon& ring : rings)
    if (ring.size() >= 3) fragmenter.see(ring);
  for (const Polygon& ring : rings)
    if (ring.size() >= 3) fragmenter.add(ring);
  return std::move(fragmenter).take();
}

std::vector<Polygon> moved_rings(const FragmentedDesign& design, std::span<const double> displacements) {
  std::vector<Polygon> rings;
  for (const MovableRing& corners : design.rings) {
    Polygon ring;
    for (const MovableCorner& corner : corners) {
      const Point p = corner.at(displacements);
      if (ring.empty() || !(ring.back() == p)) ring.push_back(p);
    }
    while (ring.size() > 1 && ring.back() == ring.front()) ring.pop_back();
    rings.push_back(without_level_points(ring));
  }
  return rings;
}

}  // namespace reticle
