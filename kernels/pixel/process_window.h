// What one pixel contributes to the objective of inverse lithography, and its derivative.
//
//   Z_c = sigmoid(resist_slope (dose_c^2 I_condition(c) - threshold))           [Poonawala 2007]
//   L   = sum_c w_c (Z_c - T)^2 + sum_b w_b (Z_outer(b) - Z_inner(b))^2
//
// The first sum is fidelity at process corners, the second the process-variation band.
#pragma once

#include "kernels/pixel/sigmoid.h"

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
  };
  int corners = 0;
  int bands = 0;
  int conditions = 1;
  S threshold = 0;
  S resist_slope = 0;
  Corner corner[k_max_corners];
  Band band[k_max_bands];
};

// Adds nothing: returns this pixel's fidelity and band terms and sets d_intensity[condition] to the
// derivative of their sum. T: S, or eight S side by side.
template <class T>
struct WindowTerms {
  T fidelity;
  T band;
};

template <class T, class S>
RETICLE_HD WindowTerms<T> window_terms(const ProcessWindow<S>& window, const T* intensity, T target,
                                       T* d_intensity) {
  T print[k_max_corners], d_print[k_max_corners];
  WindowTerms<T> terms{};
  for (int c = 0; c < window.corners; ++c) {
    const auto& corner = window.corner[c];
    const T exposed = intensity[corner.condition] * (corner.dose * corner.dose);
    print[c] = sigmoid((exposed - window.threshold) * window.resist_slope);
    const T error = print[c] - target;
    terms.fidelity += error * error * corner.weight;
    d_print[c] = error * (2 * corner.weight);
  }
  for (int b = 0; b < window.bands; ++b) {
    const auto& band = window.band[b];
    const T gap = print[band.outer] - print[band.inner];
    terms.band += gap * gap * band.weight;
    d_print[band.outer] += gap * (2 * band.weight);
    d_print[band.inner] -= gap * (2 * band.weight);
  }
  for (int i = 0; i < window.conditions; ++i) d_intensity[i] = T{};
  for (int c = 0; c < window.corners; ++c) {
    const auto& corner = window.corner[c];
    d_intensity[corner.condition] += d_print[c] * print[c] * (1 - print[c]) *
                                     (window.resist_slope * corner.dose * corner.dose);
  }
  return terms;
}

}  // namespace reticle::pixel
