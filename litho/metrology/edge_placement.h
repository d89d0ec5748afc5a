// SPDX-License-Identifier: Apache-2.0
// Edge placement error (EPE): signed distance in nm along the target edge's outward normal from a
// site on the edge to the printed contour; positive where the print reaches outside the target.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "kernels/base/image.h"
#include "litho/geometry/bit_image.h"
#include "litho/geometry/polygon.h"
#include "litho/imaging/print_level.h"

namespace reticle {

// Defaults are the ICCAD-2013 contest's rule; search_range_nm is our own choice.
struct EdgePlacementSettings {
  double spacing_nm = 40.0;       // between sites, and from a corner to the first one
  double short_edge_nm = 80.0;    // an edge up to this length has one site, in its middle
  double tolerance_nm = 15.0;     // |EPE| above this is a violation
  double search_range_nm = 60.0;  // how far from the site a contour is looked for
};

struct EdgeSite {
  Point position;  // nm
  Point normal;    // unit vector out of the target
};

// Sites along the outline of polygons that do not overlap, either orientation; the cuts that join holes to
// their outline have none. A long edge gets sites at
// multiples of the spacing from both of its corners up to its middle, and one in the middle where
// that leaves a gap wider than the spacing: mirrored targets have mirrored sites.
std::vector<EdgeSite> edge_sites(std::span<const Polygon> polygons,
                                 const EdgePlacementSettings& settings);

// Those of one edge; the inside lies on the left of a -> b.
std::vector<EdgeSite> edge_sites(Point a, Point b, const EdgePlacementSettings& settings);

// Sites along the traced outline of a pixel target, holes included; edges along the image's
// border have none. The frame of a BitImage must be clear.
std::vector<EdgeSite> edge_sites(ImageView<const std::uint8_t> target, const Grid& grid,
                                 const EdgePlacementSettings& settings);
std::vector<EdgeSite> edge_sites(const BitImage& target, const Grid& grid,
                                 const EdgePlacementSettings& settings);

struct EdgePlacement {
  EdgeSite site;
  double epe_nm = 0.0;   // +-search_range_nm where missing, never NaN
  bool missing = false;  // no contour within the search range
};

struct EdgePlacementReport {
  std::vector<EdgePlacement> sites;
  int violations = 0;  // |EPE| > tolerance, or missing
  int missing = 0;
  double max_abs_nm = 0.0;      // over all sites; a missing one counts as the search range
  double mean_abs_nm = 0.0;     // likewise
  double mean_signed_nm = 0.0;  // likewise
};

// The contour of what prints at this level, the intensity bicubic (Catmull-Rom) between pixel centres. From
// a printed site the walk goes outwards to the first loss of print, from an
// unprinted one inwards to the first print. Sites outside the grid are left out. Throws
// invalid_argument for a size mismatch, settings that are not positive or a NaN threshold,
// bad_input for an intensity that is not finite.
EdgePlacementReport measure_edge_placement(ImageView<const float> intensity, const Grid& grid,
                                           const PrintLevel& level, std::span<const EdgeSite> sites,
                                           const EdgePlacementSettings& settings);

}  // namespace reticle
