// SPDX-License-Identifier: Apache-2.0
// Edges of a design cut into fragments that move along their normals, and the mask they make.
//
// A straight edge between two corners is cut into pieces, each with one displacement; where pieces of
// different displacement meet, the outline jogs. Cuts lie where corners of the surroundings stand beside the edge, so that
// equal surroundings are cut alike, and evenly between. A run of facets that turn little (a curve) has
// displacements at knots, joined by a cubic (Catmull & Rom 1974), so that a smooth outline stays smooth.
// Either way every corner of the mask is linear in the displacements.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "litho/geometry/polygon.h"
#include "litho/opc/curve_knots.h"
#include "litho/opc/settings.h"

namespace reticle {

enum class FragmentKind { line_end, convex_corner, concave_corner, jog, run, curve };
std::string_view to_string(FragmentKind kind);

// The piece a -> b of a drawn edge, the inside on its left.
struct Fragment {
  int ring = 0;
  FragmentKind kind = FragmentKind::run;
  Point a, b;
  Point normal;         // unit vector outwards, at the middle
  bool movable = true;  // false: on the field's border, where the design was cut
  double length() const;
  Point middle() const { return {0.5 * (a.x + b.x), 0.5 * (a.y + b.y)}; }
};

// Where the print is compared with the drawing.
struct ControlSite {
  Point position;     // of the drawn edge, moved by the recipe's bias
  Point normal;       // unit vector outwards
  double weight = 1;  // length of the edge it stands for, nm, less near corners, which round
  int fragment = 0;   // the one it lies on
  double outside_nm = 0.0, inside_nm = 0.0;  // how far off the print may be, to either side
  bool tells_bridge = true, tells_open = true;  // no corner near that fills in outside, or rounds off inside
};

// A corner of the mask: base + sum of displacement[index] * direction.
struct MovableCorner {
  struct Part {
    int index = 0;
    Point direction;
  };
  Point base;
  int count = 0;
  std::array<Part, 4> parts;
  void add(int index, Point direction);
  Point at(std::span<const double> displacements) const;
};
using MovableRing = std::vector<MovableCorner>;

struct FragmentedDesign {
  std::vector<Fragment> fragments;
  std::vector<ControlSite> sites;
  std::vector<MovableRing> rings;  // as the drawn ones: inside on the left
};

// Rings as from outlines(). Edges on the field's border do not move.
FragmentedDesign fragment(std::span<const Polygon> rings, const Box& field, const OpcSettings& settings,
                          const std::optional<FragmentAnchor>& anchor = {});

// The mask: rings with the inside on the left, without corners of zero length.
std::vector<Polygon> moved_rings(const FragmentedDesign& design, std::span<const double> displacements);

}  // namespace reticle
