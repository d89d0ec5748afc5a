// SPDX-License-Identifier: Apache-2.0
// Emphasis on edges printed in the wrong place: the multipliers of the constraints that the print
// at the nominal corner lies within a tolerance of the drawn edges, at sites along them,
//
//   |e_i| <= t,   T'(x) = T(x) + sum_i (u_i - o_i) [x between the site and the print, as wide as
//   sites stand apart]
//
// u_i grows with every look that finds too little printed at the site and o_i with every one that
// finds too much, both by gain (|e_i| - t) / t, and they fall alike where there is room. The
// gradient of (Z - T')^2 is that of (Z - T)^2 and of -2 (u_i - o_i) times the printed area there: a
// force on the contour that ends as large as what holds it back. Neither exceeds a bound, the price
// of an edge out of place beside area: where a bound on every edge cannot be met, what is gained at
// one is not worth any loss elsewhere; a ring that is lost as a whole at the nominal corner has a
// higher one. Or the bound falls to 0 where |e_i| is more than a reach r: what cannot be brought within is let go.
//
// Likewise v_i for a finer tolerance f, of edges with f < |e_i| < 2 f alone and with a bound of its own: it falls
// where |e_i| is less or more. Area has no preference among edges a few nm off; a count of those beyond f has, and of its
// derivative, softened, this is the sign: only what a small force brings within is pulled. [method of multipliers and exact penalty: Nocedal & Wright 2006, ch. 17]
#pragma once

#include <span>
#include <vector>

#include "kernels/base/image.h"
#include "litho/geometry/bit_image.h"
#include "litho/geometry/polygon.h"
#include "litho/imaging/print_level.h"
#include "litho/metrology/edge_placement.h"

namespace reticle {

struct EmphasisStep {
  double gain = 0.0;
  double most = 0.0;  // bound of u and o: so much of 2 (Z - T) at an edge far off
  double fine = 0.0;  // bound of v
  double reach = 0.0;  // tolerances; where |e| is more u and o fall to 0 unless the ring is lost; 0: nowhere
};

// What pulls a print back goes with the slope of its sigmoid, Z (1 - Z): where Z is nearly 0 a force has to be so many times
// as large as at an edge, 1 / (4 Z (1 - Z)), to pull as strongly.
struct PrintSlope {
  PrintLevel nominal;
  double resist_slope = 0.0;  // per threshold of intensity; 0: as at an edge everywhere
  double flatness(double intensity) const;
};

class EdgeEmphasis {
 public:
  // Sites whose contours may lie beyond `grid` are left out; its field is that of all grids to
  // come.
  EdgeEmphasis(std::span<const Polygon> polygons, const Grid& grid,
               const EdgePlacementSettings& settings, double fine_tolerance_nm = 0.0);

  // To other pixels: the multipliers of sites are kept, what was found apart is forgotten.
  void set_grid(std::span<const Polygon> polygons, const Grid& grid);
  // Looks at a print (print_level.h) for edges beyond the tolerance, or, of a corner that need not
  // be within it, for those without a contour in reach: lost features and closed gaps.
  void look(ImageView<const float> intensity, const PrintLevel& level);
  void look_for_lost(ImageView<const float> intensity, const PrintLevel& level);
  // By the worst that was found at each site since the last step; true if T' changes.
  bool step(const EmphasisStep& step);
  // Looks for what prints apart from the target, such as an assist feature, and takes from T'
  // there, `gain` times as much as the print is flat, up to what it is at the level; true if there is some.
  bool look_for_extra(ImageView<const float> intensity, const PrintLevel& level, double gain, const PrintSlope& slope = {});
  // What was taken so adds to the sum over pixels of (Z - T')^2 where nothing prints.
  double sum_of_extra() const { return sum_of_extra_; }
  // T' as it is now, on the pixels of the grid.
  const Image<float>& target() const { return target_; }
  const Grid& grid() const { return grid_; }

 private:
  struct Pull {
    double under = 0.0, over = 0.0;  // u, o
    double fine_under = 0.0, fine_over = 0.0;  // v, of either sign of e
    double half_nm = 0.0;            // of the width
    double depth_nm = 0.0;           // to the print, and the tolerance more
    int ring = 0;                    // whose site it is
  };
  // At a site since the last step: of all prints the worst, in tolerances beyond what is allowed.
  struct Found {
    double missing = -1.0, excess = -1.0;
    bool lost = false;  // no contour in reach at the nominal corner
    double depth_nm = 0.0;
    double error_nm = 0.0;  // e
  };
  double fine_pull(double from, double beyond_nm, const EmphasisStep& step) const;
  void find(ImageView<const float> intensity, const PrintLevel& level, double allowed_nm);
  void add_pulls();
  // Inwards where the depth is negative.
  void add_pull(const EdgeSite& site, double half_nm, double depth_nm, double by);

  EdgePlacementSettings settings_;
  double fine_nm_;  // f; 0: none
  std::vector<EdgeSite> sites_;
  std::vector<Pull> pulls_;
  std::vector<Found> found_;
  Grid grid_;
  Image<float> drawn_part_, apart_, target_;  // T, what it is without sites, T'
  double sum_of_extra_ = 0.0;
  BitImage drawn_{0, 0};
};

}  // namespace reticle
