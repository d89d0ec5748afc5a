// SPDX-License-Identifier: Apache-2.0
// Sites along the drawn edges, with what kind of edge they stand on.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "litho/geometry/corner_rounding.h"
#include "litho/geometry/polygon.h"
#include "litho/verification/edge_buckets.h"
#include "litho/verification/verify_settings.h"

namespace reticle {

enum class EdgeClass : std::uint8_t { run, line_end, corner };
inline constexpr std::array<const char*, 3> k_edge_class_names = {"run", "line_end", "corner"};

struct TargetSite {
  Point position;         // nm
  Point normal;           // unit vector out of the target
  EdgeClass kind = EdgeClass::run;
  double width_nm = 0.0;  // of the target behind it; 0: none within the range
  RoundingRoom rounding;  // what the settings' radius of corners leaves it
};

// The middles of line ends within the box.
std::vector<TargetSite> line_ends(std::span<const Polygon> rings, const Box& box, const VerifySettings& settings);

// Sites of rings within the box, spaced as edge_sites() spaces them (edge_placement.h).
std::vector<TargetSite> target_sites(std::span<const Polygon> rings, const EdgeBuckets& buckets, const Box& box,
                                     const VerifySettings& settings, double width_range_nm);

}  // namespace reticle
