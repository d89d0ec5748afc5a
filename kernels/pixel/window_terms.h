// What one pixel contributes to the objective of inverse lithography, and its derivative.
//
//   Z_c = sigmoid(resist_slope (dose_c^2 I_condition(c) - threshold))           [Poonawala 2007]
//   L   = sum_c w_c (Z_c - T)^2 + sum_b w_b (Z_outer(b) - Z_inner(b))^2
//
// The first sum is fidelity at process corners, the second the process-variation band.
#pragma once

#include "kernels/pixel/process_window.h"
#include "kernels/pixel/sigmoid.h"

namespace reticle::pixel {

template <class T>
struct WindowTerms {
  T fidelity;
  T band;
};

// This pixel's terms; sets d_intensity[condition] to the derivative of their sum. T: S, or eight S
// side by side.
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
