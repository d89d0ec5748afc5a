// SPDX-License-Identifier: Apache-2.0
#include "litho/geometry/grid_edges.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <string>
#include <utility>

#include "kernels/base/error.h"

namespace reticle::planar {

namespace {

constexpr int k_most_rounds = 200;  // usual are 2 to 5
constexpr std::size_t k_few = 16;   // edges that are compared one by one
constexpr int k_deepest = 48;
constexpr std::size_t k_few_cuts = std::size_t{1} << 20, k_cuts_an_edge = 16;
constexpr std::size_t k_work_a_cut = 64;

// What lies of an edge in one part of the plane.
struct Piece {
  std::uint32_t edge;
  std::array<std::int64_t, 2> low, high;  // x, y
};

struct Cut {
  std::uint32_t edge;
  GridPoint at;
};

int sign(Wide value) { return (value > 0) - (value < 0); }

// from + along * part / whole, to the nearest whole number, halves upwards; whole > 0.
std::int64_t rounded(std::int64_t from, std::int64_t along, Wide part, Wide whole) {
  const Wide twice = 2 * along * part + whole, step = 2 * whole;
  Wide quotient = twice / step;
  if (twice < 0 && quotient * step != twice) --quotient;
  return from + static_cast<std::int64_t>(quotient);
}

// Finds where edges meet by halving the plane until parts hold few of them.
class Crossings {
 public:
  // Stops once there are more than `most_cuts`, or parts of edges looked at beyond what those take.
  Crossings(const std::vector<Edge>& edges, std::size_t most_cuts)
      : edges_(edges), most_cuts_(most_cuts), most_work_(k_work_a_cut * most_cuts) {
    for (std::size_t i = 0; i < edges.size(); ++i) {
      const Edge& e = edges[i];
      pieces_.push_back({static_cast<std::uint32_t>(i),
                         {e.a.x, std::min(e.a.y, e.b.y)},
                         {e.b.x, std::max(e.a.y, e.b.y)}});
    }
    search(0, pieces_.size(), 0);
  }
  std::vector<Cut> cuts;
  std::size_t work() const { return work_; }
  bool gave_up() const { return cuts.size() > most_cuts_ || work_ > most_work_; }

 private:
  void search(std::size_t begin, std::size_t end, int depth) {
    const auto is_new = [&](const Piece& piece) { return edges_[piece.edge].is_new; };
    const auto part = [&](std::size_t i) { return pieces_.begin() + static_cast<std::ptrdiff_t>(i); };
    if (gave_up() || std::none_of(part(begin), part(end), is_new)) return;
    work_ += end - begin;
    if (end - begin > k_few && depth < k_deepest) {
      Piece box = pieces_[begin];
      for (std::size_t i = begin; i < end; ++i)
        for (const int axis : {0, 1}) {
          box.low[axis] = std::min(box.low[axis], pieces_[i].low[axis]);
          box.high[axis] = std::max(box.high[axis], pieces_[i].high[axis]);
        }
      const int longer = box.high[0] - box.low[0] >= box.high[1] - box.low[1] ? 0 : 1;
      for (const int axis : {longer, 1 - longer})
        if (halve(begin, end, axis, depth)) return;
    }
    for (std::size_t i = begin; i < end && !gave_up(); ++i) {
      work_ += end - i;
      for (std::size_t j = i + 1; j < end; ++j) compare(pieces_[i], pieces_[j]);
    }
  }

  // False, with nothing done, where too many edges lie on both sides.
  bool halve(std::size_t begin, std::size_t end, int axis, int depth) {
    const std::size_t count = end - begin;
    std::array<std::int64_t, 64> samples{};
    const std::size_t taken = std::min(samples.size(), count);
    for (std::size_t i = 0; i < taken; ++i) {
      const Piece& piece = pieces_[begin + i * count / taken];
      samples[i] = piece.low[axis] + (piece.high[axis] - piece.low[axis]) / 2;
    }
    std::nth_element(samples.begin(), samples.begin() + static_cast<std::ptrdiff_t>(taken / 2),
                     samples.begin() + static_cast<std::ptrdiff_t>(taken));
    const std::int64_t middle = samples[taken / 2];
    std::size_t below = 0, above = 0;
    for (std::size_t i = begin; i < end; ++i) {
      below += pieces_[i].low[axis] <= middle;
      above += pieces_[i].high[axis] >= middle;
    }
    if (below == count || above == count || 2 * (below + above) > 3 * count) return false;
    for (const bool upper : {false, true}) {
      const std::size_t first = pieces_.size();
      for (std::size_t i = begin; i < end; ++i) {
        Piece piece = pieces_[i];
        if (upper ? piece.high[axis] < middle : piece.low[axis] > middle) continue;
        (upper ? piece.low : piece.high)[axis] =
            upper ? std::max(piece.low[axis], middle) : std::min(piece.high[axis], middle);
        narrow(piece, axis);
        pieces_.push_back(piece);
      }
      search(first, pieces_.size(), depth + 1);
      pieces_.resize(first);
    }
    return true;
  }

  // The other axis' range follows, with a step to spare for rounding.
  void narrow(Piece& piece, int axis) const {
    const Edge& e = edges_[piece.edge];
    const auto coordinate = [](const GridPoint& p, int which) {
      return static_cast<double>(which == 0 ? p.x : p.y);
    };
    const int other = 1 - axis;
    const double from = coordinate(e.a, axis), length = coordinate(e.b, axis) - from;
    if (length == 0.0) return;
    const double slope = (coordinate(e.b, other) - coordinate(e.a, other)) / length;
    const double one = coordinate(e.a, other) + slope * (static_cast<double>(piece.low[axis]) - from);
    const double two = coordinate(e.a, other) + slope * (static_cast<double>(piece.high[axis]) - from);
    piece.low[other] = std::max(piece.low[other],
                                static_cast<std::int64_t>(std::floor(std::min(one, two))) - 1);
    piece.high[other] = std::min(piece.high[other],
                                 static_cast<std::int64_t>(std::ceil(std::max(one, two))) + 1);
  }

  void compare(const Piece& p, const Piece& q) {
    if (p.low[0] > q.high[0] || q.low[0] > p.high[0] || p.low[1] > q.high[1] || q.low[1] > p.high[1])
      return;
    const Edge &e = edges_[p.edge], &f = edges_[q.edge];
    if (!e.is_new && !f.is_new) return;
    const Wide e_of_fa = cross(e.a, e.b, f.a), e_of_fb = cross(e.a, e.b, f.b);
    if (sign(e_of_fa) * sign(e_of_fb) > 0) return;
    const Wide f_of_ea = cross(f.a, f.b, e.a), f_of_eb = cross(f.a, f.b, e.b);
    if (sign(f_of_ea) * sign(f_of_eb) > 0) return;
    if (e_of_fa != 0 && e_of_fb != 0 && f_of_ea != 0 && f_of_eb != 0) {
      // e.a + (e.b - e.a) t with t = f_of_ea / (f_of_ea - f_of_eb).
      Wide part = f_of_ea, whole = f_of_ea - f_of_eb;
      if (whole < 0) part = -part, whole = -whole;
      const GridPoint at{rounded(e.a.x, e.b.x - e.a.x, part, whole),
                         rounded(e.a.y, e.b.y - e.a.y, part, whole)};
      cut(p.edge, at);
      cut(q.edge, at);
      return;
    }
    if (e_of_fa == 0 && within(e, f.a)) cut(p.edge, f.a);
    if (e_of_fb == 0 && within(e, f.b)) cut(p.edge, f.b);
    if (f_of_ea == 0 && within(f, e.a)) cut(q.edge, e.a);
    if (f_of_eb == 0 && within(f, e.b)) cut(q.edge, e.b);
  }

  // Of a point in line with the edge.
  static bool within(const Edge& e, const GridPoint& p) { return e.a < p && p < e.b; }
  void cut(std::uint32_t edge, const GridPoint& at) {
    if (at != edges_[edge].a && at != edges_[edge].b) cuts.push_back({edge, at});
  }

  const std::vector<Edge>& edges_;
  std::size_t most_cuts_, most_work_, work_ = 0;
  std::vector<Piece> pieces_;
};

std::vector<Edge> cut_apart(const std::vector<Edge>& edges, std::vector<Cut> cuts) {
  const auto along = [&](const Cut& cut) {
    const Edge& e = edges[cut.edge];
    return Wide{cut.at.x - e.a.x} * (e.b.x - e.a.x) + Wide{cut.at.y - e.a.y} * (e.b.y - e.a.y);
  };
  std::sort(cuts.begin(), cuts.end(), [&](const Cut& c, const Cut& d) {
    if (c.edge != d.edge) return c.edge < d.edge;
    const Wide left = along(c), right = along(d);
    return left != right ? left < right : c.at < d.at;
  });
  std::vector<Edge> parts;
  parts.reserve(edges.size() + cuts.size());
  std::size_t next = 0;
  for (std::size_t i = 0; i < edges.size(); ++i) {
    const bool is_new = next < cuts.size() && cuts[next].edge == i;
    GridPoint from = edges[i].a;
    const auto add = [&](const GridPoint& to) {
      if (to == from) return;
      const bool forward = from < to;
      const int turn = forward ? 1 : -1;
      parts.push_back({forward ? from : to, forward ? to : from, turn * edges[i].shape,
                       turn * edges[i].frame, is_new});
      from = to;
    };
    for (; next < cuts.size() && cuts[next].edge == i; ++next) add(cuts[next].at);
    add(edges[i].b);
  }
  return parts;
}

}  // namespace

void append_ring(const std::vector<GridPoint>& ring, int shape, int frame, std::vector<Edge>& edges) {
  for (std::size_t i = 0; i < ring.size(); ++i) {
    const GridPoint &from = ring[i], &to = ring[i + 1 < ring.size() ? i + 1 : 0];
    if (from < to) edges.push_back({from, to, shape, frame});
    if (to < from) edges.push_back({to, from, -shape, -frame});
  }
}

void unite_equal(std::vector<Edge>& edges) {
  const auto place = [](const Edge& e) { return std::pair(e.a, e.b); };
  std::sort(edges.begin(), edges.end(),
            [&](const Edge& e, const Edge& f) { return place(e) < place(f); });
  std::size_t kept = 0;
  for (std::size_t i = 0; i < edges.size();) {
    Edge sum = edges[i++];
    for (; i < edges.size() && place(edges[i]) == place(sum); ++i) {
      sum.shape += edges[i].shape;
      sum.frame += edges[i].frame;
      sum.is_new = sum.is_new && edges[i].is_new;
    }
    if (sum.shape != 0 || sum.frame != 0) edges[kept++] = sum;
  }
  edges.resize(kept);
}

std::optional<std::vector<Edge>> noded_within(std::vector<Edge> edges, std::size_t& cuts_left) {
  for (int round = 0; round < k_most_rounds; ++round) {
    unite_equal(edges);
    Crossings crossings(edges, cuts_left);
    if (crossings.gave_up()) return cuts_left = 0, std::nullopt;
    if (crossings.cuts.empty()) return edges;
    cuts_left -= std::min(cuts_left, crossings.cuts.size() + crossings.work() / k_work_a_cut);
    edges = cut_apart(edges, std::move(crossings.cuts));
  }
  return std::nullopt;
}

std::size_t most_cuts(std::size_t edges) { return std::max(k_few_cuts, k_cuts_an_edge * edges); }

std::vector<Edge> noded(std::vector<Edge> edges, std::size_t& cuts_left) {
  const std::size_t count = edges.size();
  if (auto result = noded_within(std::move(edges), cuts_left)) return *std::move(result);
  throw Error(ErrorCode::unsupported,
              std::to_string(count) + " edges lie so closely across one another that the places where they cross are too "
                                      "many to be told apart; draw the outline of what they cover, or use a smaller window");
}

std::vector<Edge> noded(std::vector<Edge> edges) {
  std::size_t cuts_left = most_cuts(edges.size());
  return noded(std::move(edges), cuts_left);
}

}  // namespace reticle::planar
