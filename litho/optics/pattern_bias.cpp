// SPDX-License-Identifier: Apache-2.0
// Shapes with bias. The outline of all shapes together moves: inwards, everything within a strip along its
// edges is taken from the shapes; outwards, strips and the mitres of corners are added to the shapes they
// start from. Where those of different transmission meet, each point is the shape's whose edge has to move
// least to reach it, so that a gap is shared halfway.
//
// The period is cut into trapezoids along the lines of all this, each asked at its middle whose it is.
#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "litho/geometry/polygon_area.h"
#include "litho/geometry/box.h"
#include "litho/geometry/slabs.h"
#include "litho/optics/pattern_outline.h"

namespace reticle {

namespace {

constexpr double k_slack_nm = 1e-6;
constexpr double k_mitre_limit = 10.0;  // distances from the corner: angles below 11.5 degrees
constexpr std::size_t k_background = static_cast<std::size_t>(-1);

double cross(Point u, Point v) { return u.x * v.y - u.y * v.x; }
double dot(Point u, Point v) { return u.x * v.x + u.y * v.y; }
Point moved(Point p, Point by, double distance) { return {p.x + distance * by.x, p.y + distance * by.y}; }

Point direction(Point a, Point b) {
  const double length = std::hypot(b.x - a.x, b.y - a.y);
  return {(b.x - a.x) / length, (b.y - a.y) / length};
}

bool holds(const Polygon& polygon, Point p) {
  bool inside = false;
  for (std::size_t i = 0, j = polygon.size() - 1; i < polygon.size(); j = i++) {
    const Point &a = polygon[i], &b = polygon[j];
    if ((a.y > p.y) != (b.y > p.y) && p.x < a.x + (p.y - a.y) / (b.y - a.y) * (b.x - a.x))
      inside = !inside;
  }
  return inside;
}

// What an edge must move to reach a point: a distance that grows along one direction.
struct Distance {
  Point origin, along;
  double at(Point p) const { return dot(along, {p.x - origin.x, p.y - origin.y}); }
};

// Part of the plane that a shape covers, or one, convex, that an edge covers as it moves. Where two parts
// are equally far, as from edges on one line, that with the shorter distance sideways has the point.
struct Part {
  Polygon polygon;
  std::size_t kind;  // index of a transmission
  Distance distance{}, sideways{};
  Box bounds{};

  bool has(Point p) const {
    return p.x > bounds.x0 && p.x < bounds.x1 && p.y > bounds.y0 && p.y < bounds.y1 && holds(polygon, p);
  }
  bool is_before(const Part& other, Point p) const {
    const double lead = other.distance.at(p) - distance.at(p);
    if (std::abs(lead) > k_slack_nm) return lead > 0.0;
    const double lead_sideways = other.sideways.at(p) - sideways.at(p);
    return std::abs(lead_sideways) > k_slack_nm ? lead_sideways > 0.0 : kind < other.kind;
  }
};

// Trapezoids of one kind that follow each other from left to right, as one polygon.
struct Run {
  std::size_t kind;
  const SlabLine *low, *high;  // of the last trapezoid
  double x1, low_y, high_y;    // its right end
  Polygon below, above;        // corners so far, left to right
};

class Bias {
 public:
  explicit Bias(const Pattern& pattern)
      : pattern_(pattern), period_{0.0, 0.0, pattern.period_x_nm, pattern.period_y_nm} {
    // Beyond a period's diagonal nothing is left to be moved over.
    const double diagonal = std::hypot(period_.x1, period_.y1);
    distance_ = std::clamp(0.5 * pattern.bias_nm, -diagonal, diagonal);
    for (const PatternShape& shape : pattern.shapes)
      if (!same_transmission(shape.transmission, pattern.background))
        add_copies({shape.polygon, kind_of(shape.transmission)}, drawn_);
    sweep_edges();
  }

  std::vector<PatternShape> shapes() {
    for_each_slab(lines(), period_.x0, period_.x1, [&](const Slab& slab) { add_slab(slab); });
    for (Run& run : runs_) finish(run);
    return std::move(shapes_);
  }

 private:
  std::size_t kind_of(std::complex<double> transmission) {
    for (std::size_t kind = 0; kind < transmissions_.size(); ++kind)
      if (same_transmission(transmissions_[kind], transmission)) return kind;
    transmissions_.push_back(transmission);
    return transmissions_.size() - 1;
  }

  // All copies that reach into the period.
  void add_copies(const Part& part, std::vector<Part>& copies) const {
    const Box box = bounds_of(part.polygon);
    const double px = period_.x1, py = period_.y1;
    for (double ky = std::ceil(-box.y1 / py); ky <= std::floor((py - box.y0) / py); ++ky)
      for (double kx = std::ceil(-box.x1 / px); kx <= std::floor((px - box.x0) / px); ++kx) {
        Part copy = part;
        for (Point& p : copy.polygon) p = {p.x + kx * px, p.y + ky * py};
        for (Distance* distance : {&copy.distance, &copy.sideways})
          distance->origin = {distance->origin.x + kx * px, distance->origin.y + ky * py};
        copy.bounds = bounds_of(copy.polygon);
        if (overlap(copy.bounds, period_)) copies.push_back(std::move(copy));
      }
  }

  // The edges towards the background, each swept over its distance, and the corners between them.
  void sweep_edges() {
    std::vector<OutlineEdge> edges = outline_edges(pattern_, pattern_.shapes);
    std::erase_if(edges, [&](const OutlineEdge& edge) {
      return same_transmission(edge.inside, pattern_.background) ||
             !same_transmission(edge.outside, pattern_.background);
    });
    for (const OutlineEdge& edge : edges) {
      const Point along = direction(edge.a, edge.b), out{along.y, -along.x};
      add_copies({{edge.a, edge.b, moved(edge.b, out, distance_), moved(edge.a, out, distance_)},
                  kind_of(edge.inside), {edge.a, out}},
                 swept_);
      if (const OutlineEdge* next = next_edge(edges, edge)) add_corner(edge, *next);
    }
  }

  // The edge that follows along the region that the outline moves over. Where shapes touch at a corner
  // several begin: it is the nearest one when turning through that region.
  const OutlineEdge* next_edge(std::span<const OutlineEdge> edges, const OutlineEdge& edge) const {
    const Point along = direction(edge.a, edge.b);
    const OutlineEdge* best = nullptr;
    double best_turn = 0.0;
    for (const OutlineEdge& other : edges) {
      const double dx = other.a.x - edge.b.x, dy = other.a.y - edge.b.y;
      const double px = pattern_.period_x_nm, py = pattern_.period_y_nm;
      if (std::abs(dx - px * std::round(dx / px)) > 30.0 * k_slack_nm ||
          std::abs(dy - py * std::round(dy / py)) > 30.0 * k_slack_nm)
        continue;
      const Point onwards = direction(other.a, other.b);
      // Left turns are positive. The region outside lies to the right of the edge, that inside to its left.
      const double turn = std::atan2(cross(along, onwards), dot(along, onwards));
      if (!best || (distance_ > 0.0 ? turn < best_turn : turn > best_turn)) {
        best = &other;
        best_turn = turn;
      }
    }
    return best;
  }

  // The mitre at the end of an edge, where the outline turns away from what it moves over.
  void add_corner(const OutlineEdge& edge, const OutlineEdge& next) {
    const Point u = direction(edge.a, edge.b), w = direction(next.a, next.b);
    const Point out{u.y, -u.x}, next_out{w.y, -w.x};
    if ((distance_ > 0.0 ? cross(u, w) : -cross(u, w)) < 1e-6) return;
    const Point corner = edge.b;
    const Point p = moved(corner, out, distance_), q = moved(corner, next_out, distance_);
    const double cosine = dot(out, next_out);
    const double tip = std::sqrt(2.0 / (1.0 + cosine));  // in distances from the corner
    const Point middle = direction({0.0, 0.0}, {out.x + next_out.x, out.y + next_out.y});
    Polygon first{corner, p}, second{corner};
    if (tip > k_mitre_limit) {
      // Cut off across the middle: from p along the edge until as far as the limit.
      const double sine = std::abs(cross(middle, out));
      const double onwards = std::abs(distance_) * (k_mitre_limit - dot(middle, out)) / sine;
      first.push_back(moved(p, u, onwards));
      first.push_back(moved(corner, middle, k_mitre_limit * distance_));
      second.push_back(first.back());
      second.push_back(moved(q, w, -onwards));
    } else {
      first.push_back(moved(corner, middle, tip * distance_));
      second.push_back(first.back());
    }
    second.push_back(q);
    const std::size_t owner = kind_of(edge.inside), next_owner = kind_of(next.inside);
    add_copies(Part{first, owner, {corner, out}, {corner, next_out}}, swept_);
    add_copies(Part{second, next_owner, {corner, next_out}, {corner, out}}, swept_);
  }

  // Where parts of different kinds meet that are equally far: a line, as differences of distances are linear.
  void add_border(const Part& part, const Part& rival, std::vector<SlabLine>& lines) const {
    if (part.kind == rival.kind || !overlap(part.bounds, rival.bounds)) return;
    const auto leads = [&](Distance Part::*distance) {
      std::vector<double> values;
      for (const Point& p : rival.polygon)
        values.push_back((part.*distance).at(p) - (rival.*distance).at(p));
      return values;
    };
    std::vector<double> lead = leads(&Part::distance);
    if (std::all_of(lead.begin(), lead.end(), [](double v) { return std::abs(v) < k_slack_nm; }))
      lead = leads(&Part::sideways);
    Polygon ends;
    for (std::size_t i = 0; i < lead.size(); ++i) {
      const std::size_t j = (i + 1) % lead.size();
      if ((lead[i] < 0.0) == (lead[j] < 0.0)) continue;
      const Point &p = rival.polygon[i], &q = rival.polygon[j];
      ends.push_back(moved(p, {q.x - p.x, q.y - p.y}, lead[i] / (lead[i] - lead[j])));
    }
    if (ends.size() == 2) add_slab_line(ends[0], ends[1], 0, lines);
  }

  std::vector<SlabLine> lines() const {
    std::vector<SlabLine> lines;
    add_slab_line({period_.x0, period_.y0}, {period_.x1, period_.y0}, 0, lines);
    add_slab_line({period_.x0, period_.y1}, {period_.x1, period_.y1}, 0, lines);
    for (const std::vector<Part>* parts : {&drawn_, &swept_})
      for (const Part& part : *parts)
        for (std::size_t i = 0; i < part.polygon.size(); ++i)
          add_slab_line(part.polygon[i], part.polygon[(i + 1) % part.polygon.size()], 0, lines);
    if (distance_ > 0.0 && transmissions_.size() > 1)
      for (std::size_t i = 0; i < swept_.size(); ++i)
        for (std::size_t j = 0; j < i; ++j) add_border(swept_[i], swept_[j], lines);
    return lines;
  }

  static std::vector<const Part*> parts_across(const std::vector<Part>& parts, double x) {
    std::vector<const Part*> across;
    for (const Part& part : parts)
      if (part.bounds.x0 < x && x < part.bounds.x1) across.push_back(&part);
    return across;
  }

  // Whose a point of the slab is once edges have moved.
  std::size_t kind_at(Point p) const {
    const auto drawn = std::find_if(drawn_across_.begin(), drawn_across_.end(),
                                    [&](const Part* part) { return part->has(p); });
    if (distance_ > 0.0 && drawn != drawn_across_.end()) return (*drawn)->kind;
    if (distance_ < 0.0 && drawn == drawn_across_.end()) return k_background;
    const Part* first = nullptr;
    for (const Part* part : swept_across_)
      if (part->has(p) && (!first || part->is_before(*first, p))) first = part;
    if (distance_ < 0.0) return first ? k_background : (*drawn)->kind;
    return first ? first->kind : k_background;
  }

  void add_slab(const Slab& slab) {
    const double middle = 0.5 * (slab.x0 + slab.x1);
    drawn_across_ = parts_across(drawn_, middle);
    swept_across_ = parts_across(swept_, middle);
    std::vector<Run> before = std::exchange(runs_, {});
    const SlabLine *low = slab.lines[0], *start = low;  // of a trapezoid, of all of one kind
    std::size_t kind = k_background;
    for (const SlabLine* high : slab.lines) {
      const double y0 = low->at(middle), y1 = high->at(middle);
      if (y1 - y0 < k_slab_resolution_nm) continue;
      const Point centre{middle, 0.5 * (y0 + y1)};
      const bool is_within = centre.y > period_.y0 && centre.y < period_.y1;
      const std::size_t next = is_within ? kind_at(centre) : k_background;
      if (next != kind) {
        add_trapezoid(kind, slab, start, low, before);
        start = low;
        kind = next;
      }
      low = high;
    }
    add_trapezoid(kind, slab, start, low, before);
    for (Run& run : before) finish(run);
  }

  // To the run that it goes on from, or as a new one.
  void add_trapezoid(std::size_t kind, const Slab& slab, const SlabLine* low, const SlabLine* high,
                     std::vector<Run>& before) {
    if (kind == k_background) return;
    const double low_y = low->at(slab.x0), high_y = high->at(slab.x0);
    const auto is_near = [](double a, double b) { return std::abs(a - b) < k_slab_resolution_nm; };
    const auto old = std::find_if(before.begin(), before.end(), [&](const Run& run) {
      return run.kind == kind && is_near(run.low_y, low_y) && is_near(run.high_y, high_y);
    });
    Run run{kind, low, high, slab.x1, low->at(slab.x1), high->at(slab.x1), {}, {}};
    if (old != before.end()) {
      run.below = std::move(old->below);
      run.above = std::move(old->above);
    }
    if (old == before.end() || old->low != low) run.below.push_back({slab.x0, low_y});
    if (old == before.end() || old->high != high) run.above.push_back({slab.x0, high_y});
    if (old != before.end()) before.erase(old);
    runs_.push_back(std::move(run));
  }

  void finish(Run& run) {
    Polygon polygon = std::move(run.below);
    polygon.push_back({run.x1, run.low_y});
    polygon.push_back({run.x1, run.high_y});
    polygon.insert(polygon.end(), run.above.rbegin(), run.above.rend());
    // Slivers between shapes that all but touch.
    const Box box = bounds_of(polygon);
    if (signed_area(polygon) > k_slack_nm * std::hypot(box.width(), box.height()))
      shapes_.push_back({without_idle_points(std::move(polygon)), transmissions_[run.kind]});
  }

  // Slabs leave two points at the tip of a triangle, and some on straight edges.
  static Polygon without_idle_points(Polygon polygon) {
    const auto repeats = [](Point p, Point q) {
      return std::hypot(p.x - q.x, p.y - q.y) < k_slab_resolution_nm;
    };
    polygon.erase(std::unique(polygon.begin(), polygon.end(), repeats), polygon.end());
    if (repeats(polygon.front(), polygon.back())) polygon.pop_back();
    Polygon kept;
    for (std::size_t i = 0; i < polygon.size(); ++i) {
      const Point &p = polygon[i], &after = polygon[(i + 1) % polygon.size()];
      const Point& before = kept.empty() ? polygon.back() : kept.back();
      const Point u{p.x - before.x, p.y - before.y}, w{after.x - p.x, after.y - p.y};
      const double off_nm = std::abs(cross(u, w)) / std::hypot(u.x + w.x, u.y + w.y);
      if (!(dot(u, w) > 0.0 && off_nm < k_slab_resolution_nm)) kept.push_back(p);
    }
    return kept;
  }

  const Pattern& pattern_;
  Box period_;
  double distance_ = 0.0;  // outwards
  std::vector<std::complex<double>> transmissions_;
  std::vector<Part> drawn_, swept_;  // in the period
  std::vector<const Part*> drawn_across_, swept_across_;  // of the slab at hand
  std::vector<Run> runs_;
  std::vector<PatternShape> shapes_;
};

}  // namespace

std::vector<PatternShape> mask_shapes(const Pattern& pattern) {
  validate(pattern);
  return unchecked_mask_shapes(pattern);
}

std::vector<PatternShape> unchecked_mask_shapes(const Pattern& pattern) {
  if (pattern.bias_nm == 0.0) return pattern.shapes;
  return Bias(pattern).shapes();
}

}  // namespace reticle
