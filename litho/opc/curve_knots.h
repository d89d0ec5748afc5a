// SPDX-License-Identifier: Apache-2.0
// Knots along a run of facets that is a curve, and the cubic through the displacements at them: Hermite pieces whose
// slopes are those of parabolas through three knots, for evenly spaced ones Catmull and Rom's.
// [Catmull & Rom 1974; de Boor, A Practical Guide to Splines 1978, ch. IV]
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <vector>

#include "litho/geometry/polygon.h"

namespace reticle {

// Where long edges and curves are cut, so that neighbouring tiles cut them alike: a quarter of a pitch from multiples
// of the pitches, for places of a straight edge farther than `reach_nm` from its nearest end.
struct FragmentAnchor {
  double pitch_x_nm = 0.0;
  double pitch_y_nm = 0.0;
  double reach_nm = 0.0;
};
// In pitches from the anchor's multiples, where seams lie: neither a cut nor the middle of a fragment.
inline constexpr double k_anchor_shift = 0.25;

class CurveKnots {
 public:
  // The weight of a knot's displacement at a place.
  struct Weight {
    int knot = 0;
    double of = 0.0;
  };

  // `points`: of the curve, the first again at the end of a closed one. Knots are as evenly spaced as whole numbers
  // of `spacing_nm` allow; with an anchor they lie where the curve crosses its lines, whatever part of it is seen.
  CurveKnots(std::span<const Point> points, bool closed, double spacing_nm, const FragmentAnchor* anchor);

  int count() const { return static_cast<int>(at_.size()); }
  double length() const { return places_.back(); }
  // Arc length from the first point: of a knot, of a drawn point.
  double at(int knot) const { return at_[static_cast<std::size_t>(knot)]; }
  double place(std::size_t point) const { return places_[point]; }
  // The drawn point that the facet at arc length s ends in.
  std::size_t facet_end(double s) const;
  // Arc length half way to the knot before and after; of an open curve's ends: the end.
  double before(int knot) const;
  double after(int knot) const;
  int nearest(double s) const;
  // Of the knots that decide the displacement at arc length s; a straight continuation at an open curve's ends.
  std::array<Weight, 4> weights(double s) const;

 private:
  std::vector<double> crossings(std::span<const Point> points, const FragmentAnchor& anchor) const;
  double gap(int knot) const;  // to the next one

  std::vector<double> places_, at_;
  bool closed_;
};

}  // namespace reticle
