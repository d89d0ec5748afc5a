// SPDX-License-Identifier: Apache-2.0
// The process window of the objective: corners whose print should equal the target, and bands between
// corners that should be thin. The formulas are in window_terms.h.
#pragma once

namespace reticle::pixel {

inline constexpr int k_max_conditions = 8;
inline constexpr int k_max_corners = 16;
inline constexpr int k_max_bands = 8;

// Trivially copyable, so that it travels to a device as it is. S: float or double.
template <class S>
struct ProcessWindow {
  struct Corner {
    int condition = 0;
    S dose = 1;
    S weight = 0;  // of (Z - T)^2
  };
  struct Band {
    int outer = 0;  // corners
    int inner = 0;
    S weight = 0;  // of (Z_outer - Z_inner)^2
    S grey = 0;    // of Z (1 - Z) of both beside it, in parts of that weight
  };
  int corners = 0;
  int bands = 0;
  int conditions = 1;
  S threshold = 0;
  S resist_slope = 0;  // negative where a feature prints unexposed
  Corner corner[k_max_corners];
  Band band[k_max_bands];
};

}  // namespace reticle::pixel
