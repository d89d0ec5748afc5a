// Shapes with bias. The outline of all shapes together moves: inwards, everything within a strip along its
// edges is taken from the shapes; outwards, strips and the mitres of corners are added to the shapes they
// start from. Where those of different transmission meet, each point is the shape's whose edge has to move
// least to reach it, so that a gap is shared halfway.
#include <algorithm>
#include <cmath>
#include <vector>

#include "litho/geometry/boolean.h"
#include "litho/optics/pattern_outline.h"

namespace reticle {

namespace {

constexpr double k_slack_nm = 1e-6;
constexpr double k_mitre_limit = 10.0;  // distances from the corner: angles below 11.5 degrees

double cross(Point u, Point v) { return u.x * v.y - u.y * v.x; }
double dot(Point u, Point v) { return u.x * v.x + u.y * v.y; }
Point moved(Point p, Point by, double distance) { return {p.x + distance * by.x, p.y + distance * by.y}; }

Point direction(Point a, Point b) {
  const double length = std::hypot(b.x - a.x, b.y - a.y);
  return {(b.x - a.x) / length, (b.y - a.y) / length};
}

// What an edge must move to reach a point: a distance that grows along one direction.
struct Distance {
  Point origin, along;
  double at(Point p) const { return dot(along, {p.x - origin.x, p.y - origin.y}); }
};

// Convex part of the plane that an edge covers as it moves. Of parts with equal distances, as of two edges
// on one line, that with the shorter distance sideways has the point.
struct Swept {
  Polygon polygon;
  Distance distance, sideways;
  std::size_t owner;  // index of a transmission
};

struct Bounds {
  double x0, y0, x1, y1;
};

Bounds bounds_of(const Polygon& polygon) {
  Bounds box{polygon[0].x, polygon[0].y, polygon[0].x, polygon[0].y};
  for (const Point& p : polygon)
    box = {std::min(box.x0, p.x), std::min(box.y0, p.y), std::max(box.x1, p.x), std::max(box.y1, p.y)};
  return box;
}

Polygon shifted(Polygon polygon, Point by) {
  for (Point& p : polygon) p = {p.x + by.x, p.y + by.y};
  return polygon;
}

// Calls with every whole-period shift after which the box meets the other one.
template <class Visit>
void for_each_copy(const Pattern& pattern, const Bounds& box, const Bounds& meets, Visit visit) {
  const double px = pattern.period_x_nm, py = pattern.period_y_nm;
  for (double ky = std::ceil((meets.y0 - box.y1) / py); ky <= std::floor((meets.y1 - box.y0) / py); ++ky)
    for (double kx = std::ceil((meets.x0 - box.x1) / px); kx <= std::floor((meets.x1 - box.x0) / px); ++kx)
      visit(Point{kx * px, ky * py});
}

// Shapes of one transmission.
struct Group {
  std::complex<double> transmission;
  std::vector<Polygon> drawn;
};

class Bias {
 public:
  explicit Bias(const Pattern& pattern) : pattern_(pattern) {
    const double px = pattern.period_x_nm, py = pattern.period_y_nm;
    // Beyond a period's diagonal nothing is left to be moved over.
    distance_ = std::clamp(0.5 * pattern.bias_nm, -std::hypot(px, py), std::hypot(px, py));
    double reach = std::max(px, py) + k_mitre_limit * std::abs(distance_);
    for (const PatternShape& shape : pattern.shapes) {
      const Bounds box = bounds_of(shape.polygon);
      reach = std::max({reach, px + box.x1 - box.x0, py + box.y1 - box.y0});
      if (!same_transmission(shape.transmission, pattern.background))
        groups_[index_of(shape.transmission)].drawn.push_back(shape.polygon);
    }
    // Powers of ten keep decimals exact.
    double dbu_per_nm = 1e6;
    while (reach * dbu_per_nm > 1 << 30) dbu_per_nm /= 10.0;
    dbu_nm_ = 1.0 / dbu_per_nm;
  }

  MaskOutline outline() {
    find_edges();
    MaskOutline result{{}, 4.0 * dbu_nm_};
    for (std::size_t g = 0; g < groups_.size(); ++g)
      for (Polygon& polygon : distance_ > 0.0 ? grown(g) : shrunk(g))
        result.shapes.push_back({std::move(polygon), groups_[g].transmission});
    return result;
  }

 private:
  std::size_t index_of(std::complex<double> transmission) {
    for (std::size_t g = 0; g < groups_.size(); ++g)
      if (same_transmission(groups_[g].transmission, transmission)) return g;
    groups_.push_back({transmission, {}});
    return groups_.size() - 1;
  }

  // The edges towards the background, each swept over its distance, and the corners between them.
  void find_edges() {
    std::vector<OutlineEdge> edges = outline_edges(pattern_, pattern_.shapes, k_slack_nm);
    std::erase_if(edges, [&](const OutlineEdge& edge) {
      return same_transmission(edge.inside, pattern_.background) ||
             !same_transmission(edge.outside, pattern_.background);
    });
    for (const OutlineEdge& edge : edges) {
      const Point along = direction(edge.a, edge.b), out{along.y, -along.x};
      swept_.push_back({{edge.a, edge.b, moved(edge.b, out, distance_), moved(edge.a, out, distance_)},
                        {edge.a, out}, {edge.a, {0.0, 0.0}}, index_of(edge.inside)});
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
    const std::size_t owner = index_of(edge.inside), next_owner = index_of(next.inside);
    if (groups_.size() == 1 || distance_ < 0.0) {
      first.insert(first.end(), second.begin() + 2, second.end());
      swept_.push_back({first, {}, {}, owner});
      return;
    }
    swept_.push_back({first, {corner, out}, {corner, next_out}, owner});
    swept_.push_back({second, {corner, next_out}, {corner, out}, next_owner});
  }

  Bounds period() const { return {0.0, 0.0, pattern_.period_x_nm, pattern_.period_y_nm}; }

  void add_copies(const Polygon& polygon, std::vector<Polygon>& copies) const {
    for_each_copy(pattern_, bounds_of(polygon), period(),
                  [&](Point shift) { copies.push_back(shifted(polygon, shift)); });
  }

  std::vector<Polygon> drawn(std::size_t group) const {
    std::vector<Polygon> copies;
    for (const Polygon& polygon : groups_[group].drawn) add_copies(polygon, copies);
    return copies;
  }

  std::vector<Polygon> within_period(std::span<const Polygon> polygons) const {
    return clip(polygons, {0.0, 0.0, pattern_.period_x_nm, pattern_.period_y_nm}, dbu_nm_);
  }

  std::vector<Polygon> shrunk(std::size_t group) const {
    std::vector<Polygon> taken;
    for (const Swept& part : swept_) add_copies(part.polygon, taken);
    return within_period(subtract(drawn(group), taken, dbu_nm_));
  }

  std::vector<Polygon> grown(std::size_t group) const {
    std::vector<Polygon> added, others;
    for (const Swept& part : swept_)
      if (part.owner == group)
        for (const Polygon& polygon : kept(part)) add_copies(polygon, added);
    for (std::size_t g = 0; g < groups_.size(); ++g)
      if (g != group)
        for (Polygon& polygon : drawn(g)) others.push_back(std::move(polygon));
    if (!others.empty()) added = subtract(added, others, dbu_nm_);
    for (Polygon& polygon : drawn(group)) added.push_back(std::move(polygon));
    return within_period(added);
  }

  // The part without what edges of other shapes reach first.
  std::vector<Polygon> kept(const Swept& part) const {
    std::vector<Polygon> lost;
    for (const Swept& rival : swept_) {
      if (rival.owner == part.owner) continue;
      for_each_copy(pattern_, bounds_of(rival.polygon), bounds_of(part.polygon), [&](Point shift) {
        Polygon first = reached_first(rival, shift, part);
        if (first.size() >= 3) lost.push_back(std::move(first));
      });
    }
    if (lost.empty()) return {part.polygon};
    return subtract({&part.polygon, 1}, lost, dbu_nm_);
  }

  // Of the shifted rival, where it comes before the part. Differences of distances are linear.
  static Polygon reached_first(const Swept& rival, Point shift, const Swept& part) {
    const Polygon polygon = shifted(rival.polygon, shift);
    const auto lead = [&](Distance Swept::*distance) {
      std::vector<double> values;
      for (const Point& p : polygon)
        values.push_back((part.*distance).at(p) - (rival.*distance).at({p.x - shift.x, p.y - shift.y}));
      return values;
    };
    const auto is_none = [](const std::vector<double>& values) {
      return std::all_of(values.begin(), values.end(), [](double v) { return std::abs(v) < k_slack_nm; });
    };
    std::vector<double> leads = lead(&Swept::distance);
    if (is_none(leads)) leads = lead(&Swept::sideways);
    if (is_none(leads)) return rival.owner < part.owner ? polygon : Polygon{};
    Polygon ahead;
    for (std::size_t i = 0; i < polygon.size(); ++i) {
      const std::size_t j = (i + 1) % polygon.size();
      if (leads[i] >= 0.0) ahead.push_back(polygon[i]);
      if ((leads[i] < 0.0) == (leads[j] < 0.0)) continue;
      const double t = leads[i] / (leads[i] - leads[j]);
      ahead.push_back({polygon[i].x + t * (polygon[j].x - polygon[i].x),
                       polygon[i].y + t * (polygon[j].y - polygon[i].y)});
    }
    return ahead;
  }

  const Pattern& pattern_;
  double distance_ = 0.0;  // outwards
  double dbu_nm_ = 0.0;
  std::vector<Group> groups_;
  std::vector<Swept> swept_;
};

}  // namespace

MaskOutline mask_outline(const Pattern& pattern) {
  validate(pattern);
  if (pattern.bias_nm == 0.0) return {pattern.shapes, k_slack_nm};
  return Bias(pattern).outline();
}

}  // namespace reticle
