// SPDX-License-Identifier: Apache-2.0
// Unions of polygons on an integer grid: every polygon covers what it winds around, whichever way and however
// often it crosses itself. Manhattan shapes by Boost.Polygon's sweep, all others by exact sweeps of our own
// (grid_edges.h, planar_rings.h), as Boost.Polygon loses shapes and Clipper 6.4.2 needs quadratic time.
#pragma once

#include <span>
#include <vector>

#include "litho/geometry/polygon.h"
#include "litho/geometry/polygon_area.h"

namespace reticle {

// Coordinates are rounded to whole multiples of dbu_nm; the range is +-2^40 of them.
inline constexpr double k_boolean_dbu_nm = 1e-3;

// The union, as polygons without holes that do not overlap: a hole is joined to its outline by a
// cut of zero width. Points are corners only. Throws Error(bad_input) if a coordinate is not finite or out of range,
// Error(unsupported) if slanted edges cross in more places than memory should hold (grid_edges.h).
std::vector<Polygon> merge(std::span<const Polygon> polygons, double dbu_nm = k_boolean_dbu_nm);

// What lies inside rings, outer ones counterclockwise and holes clockwise, as polygons of that kind.
std::vector<Polygon> fill(std::span<const Polygon> rings, double dbu_nm = k_boolean_dbu_nm);

// The union cut to a box. Equal unions give equal polygons, however they were cut up before, among
// shapes with horizontal and vertical edges only and among those with others.
std::vector<Polygon> clip(std::span<const Polygon> polygons, const Box& box,
                          double dbu_nm = k_boolean_dbu_nm);

// The union if any two of the polygons overlap or one crosses itself; empty if none do, where they may be used as
// they are.
std::vector<Polygon> without_overlaps(std::span<const Polygon> polygons);

// Whether the outline never crosses itself. Touching itself (a hole joined by a cut) is allowed.
// The outline's signed area then equals the area of what it covers, to one dbu of its perimeter.
bool is_simple(const Polygon& polygon, double dbu_nm = k_boolean_dbu_nm);

}  // namespace reticle
