// SPDX-License-Identifier: Apache-2.0
#include "litho/chip/edge_moves.h"

#include <algorithm>
#include <cmath>

#include "litho/chip/stored_values.h"
#include "litho/geometry/box.h"
#include "litho/opc/facing.h"

namespace reticle {

namespace {

constexpr std::size_t k_fragment_numbers = 7;  // a, b, normal, displacement
constexpr double k_slack_nm = 1e-3;

// Of a curve, whose ends lie half way between its knots.
bool is_same_piece(const Fragment& f, const Fragment& g) {
  return std::hypot(f.a.x - g.a.x, f.a.y - g.a.y) < k_slack_nm && std::hypot(f.b.x - g.b.x, f.b.y - g.b.y) < k_slack_nm;
}

// Whether p lies on the fragment's piece of a straight edge.
bool is_on(const Fragment& f, Point normal, Point p) {
  if (f.normal.x * normal.x + f.normal.y * normal.y < 0.9) return false;
  const double off = (p.x - f.a.x) * f.normal.x + (p.y - f.a.y) * f.normal.y;
  const double along = (p.x - f.a.x) * -f.normal.y + (p.y - f.a.y) * f.normal.x;
  return std::abs(off) < k_slack_nm && along >= -k_slack_nm && along <= f.length() + k_slack_nm;
}

}  // namespace

Bytes moves_bytes(const EdgeMoves& moves) {
  ValueWriter out;
  out.put(static_cast<double>(moves.fragments.size()));
  for (std::size_t i = 0; i < moves.fragments.size(); ++i) {
    const Fragment& f = moves.fragments[i];
    for (const double nm : {f.a.x, f.a.y, f.b.x, f.b.y, f.normal.x, f.normal.y, moves.displacements[i]}) out.put(nm);
  }
  for (const Polygon& bar : moves.bars)
    for (const double nm : {bar[0].x, bar[0].y, bar[2].x, bar[2].y}) out.put(nm);
  return out.take();
}

EdgeMoves moves_from_bytes(std::span<const std::byte> bytes) {
  ValueReader in(bytes, "the moves of edges");
  const std::size_t fragments = in.get_count<double>(k_fragment_numbers * sizeof(double));
  EdgeMoves moves;
  for (std::size_t i = 0; i < fragments; ++i) {
    Fragment& f = moves.fragments.emplace_back();
    for (double* nm : {&f.a.x, &f.a.y, &f.b.x, &f.b.y, &f.normal.x, &f.normal.y, &moves.displacements.emplace_back()}) in.get(*nm);
  }
  while (in.left() > 0) {
    const auto x0 = in.get<double>(), y0 = in.get<double>(), x1 = in.get<double>(), y1 = in.get<double>();
    moves.bars.push_back({{x0, y0}, {x1, y0}, {x1, y1}, {x0, y1}});
  }
  return moves;
}

EdgeMoves moves_in(const Box& core, const FragmentedDesign& design, std::span<const double> displacements,
                   std::span<const Polygon> bars) {
  EdgeMoves moves;
  for (std::size_t i = 0; i < design.fragments.size(); ++i)
    if (holds(core, design.fragments[i].middle())) {
      moves.fragments.push_back(design.fragments[i]);
      moves.displacements.push_back(displacements[i]);
    }
  moves.bars = bars_in(core, bars);
  return moves;
}

std::vector<Polygon> bars_in(const Box& box, std::span<const Polygon> bars) {
  std::vector<Polygon> out;
  for (const Polygon& bar : bars) {
    const double x0 = std::max(bar[0].x, box.x0), y0 = std::max(bar[0].y, box.y0);
    const double x1 = std::min(bar[2].x, box.x1), y1 = std::min(bar[2].y, box.y1);
    if (x0 < x1 && y0 < y1) out.push_back({{x0, y0}, {x1, y0}, {x1, y1}, {x0, y1}});
  }
  return out;
}

EdgeMoves shifted(EdgeMoves moves, Point by) {
  const auto shift = [&](Point& p) { p = {p.x + by.x, p.y + by.y}; };
  for (Fragment& f : moves.fragments) shift(f.a), shift(f.b);
  for (Polygon& bar : moves.bars)
    for (Point& p : bar) shift(p);
  return moves;
}

std::vector<double> displacements_from(const EdgeMoves& moves, const FragmentedDesign& design,
                                       std::span<const double> otherwise) {
  constexpr double k_bin_nm = 200.0;
  const FragmentBins bins(moves.fragments, k_bin_nm);
  std::vector<double> out(otherwise.begin(), otherwise.end());
  for (std::size_t i = 0; i < design.fragments.size(); ++i) {
    const Fragment& f = design.fragments[i];
    const Point p = f.middle();
    for (const int k : bins.near({p.x - 0.01, p.y - 0.01, p.x + 0.01, p.y + 0.01})) {
      const Fragment& move = moves.fragments[static_cast<std::size_t>(k)];
      if (f.kind == FragmentKind::curve ? is_same_piece(move, f) : is_on(move, f.normal, p)) {
        out[i] = moves.displacements[static_cast<std::size_t>(k)];
        break;
      }
    }
  }
  return out;
}

}  // namespace reticle
