// SPDX-License-Identifier: Apache-2.0
// Whether what prints is joined as what was drawn: from the regions that only one of them covers, and the
// parts of the outlines that bound these.
//
//   only printed:  no drawn outline    something extra prints
//                  no printed outline  a clear region within a shape is filled
//                  two drawn parts     a bridge: between shapes, or between arms of one
//   only drawn:    no printed outline  a shape is missing
//                  no drawn outline    a hole in the print
//                  two printed parts   a shape is open: its print is in pieces
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "litho/geometry/polygon.h"
#include "litho/verification/overlay.h"

namespace reticle {

enum class Fault { missing, extra, bridge, open, hole, filled };

std::string_view name_of(Fault fault);

struct ConnectivityFault {
  Fault fault = Fault::missing;
  Point place;            // a bridge's, an opening's narrowest point; else the middle
  Box box;                // around the region
  double area_nm2 = 0.0;  // of the region
  double length_nm = 0.0;  // that a bridge spans or an opening is long; else 0
  bool operator==(const ConnectivityFault&) const = default;
};

// Outlines as from print_outline() and rings_of().
std::vector<ConnectivityFault> connectivity_faults(std::span<const Polygon> printed,
                                                   std::span<const Polygon> target);
std::vector<ConnectivityFault> connectivity_faults(const Overlay& printed_over_target);

}  // namespace reticle
