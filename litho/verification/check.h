// SPDX-License-Identifier: Apache-2.0
// The checks of verification: each has one name, one unit and one way to be read, here.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "litho/geometry/polygon.h"

namespace reticle {

enum class Check : std::uint8_t {
  // Whether the print is joined as what was drawn (connectivity.h), in the order of Fault.
  missing, extra, bridge, open, hole, filled,
  // Lengths and slopes of the print.
  epe_run, epe_line_end, epe_corner, pullback, pinch, space, contact_area, roundness, enclosure, band, nils, ils, meef,
  // The mask's rules (litho/rules), in the order of MaskRule.
  mask_width, mask_space, mask_area, mask_hole_area, mask_convex_radius, mask_concave_radius, mask_assist_width,
  mask_assist_length, mask_assist_to_main, mask_assist_to_assist,
};

inline constexpr std::size_t k_checks = static_cast<std::size_t>(Check::mask_assist_to_assist) + 1;

struct CheckInfo {
  std::string_view name;   // in JSON, CSV, gates (max_<name>) and marker categories
  std::string_view unit;   // of value and limit; empty: a ratio
  std::string_view title;  // for people
};

const CheckInfo& info(Check check);
// Throws Error(invalid_argument) naming the checks there are.
Check check_from_name(std::string_view name);

// One place that fails one check.
struct Finding {
  Check check = Check::missing;
  std::int8_t corner = -1;    // where it is worst, in the list of corners; -1: it is the mask's
  Point place;                // nm
  Box box;                    // around it
  double value = 0.0, limit = 0.0;
  double severity = 0.0;      // 1: just beyond a limit, 5: by twice it; 6 and more: joined otherwise than drawn
  std::uint64_t pattern = 0;  // equal where the drawn surroundings are
  bool operator==(const Finding&) const = default;
};

}  // namespace reticle
