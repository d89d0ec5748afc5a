// SPDX-License-Identifier: Apache-2.0
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

// How many conditions, corners and bands there are, and how one of an array is read and added to.
struct AnyCounts {
  static constexpr int k_conditions = 0;  // not known
  int conditions, corners, bands;
  template <class S>
  RETICLE_HD explicit AnyCounts(const ProcessWindow<S>& window)
      : conditions(window.conditions), corners(window.corners), bands(window.bands) {}
  template <class T>
  RETICLE_HD static T read(const T* array, int, int i) {
    return array[i];
  }
  template <class T>
  RETICLE_HD static void add(T* array, int, int i, T value) {
    array[i] += value;
  }
};
// Known to the compiler: a place is found by comparing, so that the arrays live in registers.
template <int Conditions, int Corners, int Bands>
struct FixedCounts {
  static constexpr int k_conditions = Conditions;
  static constexpr int conditions = Conditions, corners = Corners, bands = Bands;
  template <class S>
  RETICLE_HD explicit FixedCounts(const ProcessWindow<S>&) {}
  template <class T>
  RETICLE_HD static T read(const T* array, int count, int i) {
    T value = array[0];
    RETICLE_UNROLL
    for (int k = 1; k < count; ++k) value = k == i ? array[k] : value;
    return value;
  }
  template <class T>
  RETICLE_HD static void add(T* array, int count, int i, T value) {
    RETICLE_UNROLL
    for (int k = 0; k < count; ++k) array[k] = k == i ? array[k] + value : array[k];
  }
};

// This pixel's terms; sets d_intensity[condition] to the derivative of their sum. T: S, or eight S
// side by side.
template <class T, class Counts = AnyCounts, class S>
RETICLE_HD WindowTerms<T> window_terms(const ProcessWindow<S>& window, const T* intensity, T target,
                                       T* d_intensity) {
  const Counts counts(window);
  T print[k_max_corners], d_print[k_max_corners];
  WindowTerms<T> terms{};
  RETICLE_UNROLL
  for (int c = 0; c < counts.corners; ++c) {
    const auto& corner = window.corner[c];
    const T exposed = counts.read(intensity, counts.conditions, corner.condition) * (corner.dose * corner.dose);
    print[c] = sigmoid((exposed - window.threshold) * window.resist_slope);
    const T error = print[c] - target;
    terms.fidelity += error * error * corner.weight;
    d_print[c] = error * (2 * corner.weight);
  }
  RETICLE_UNROLL
  for (int b = 0; b < counts.bands; ++b) {
    const auto& band = window.band[b];
    const T gap = counts.read(print, counts.corners, band.outer) - counts.read(print, counts.corners, band.inner);
    terms.band += gap * gap * band.weight;
    counts.add(d_print, counts.corners, band.outer, gap * (2 * band.weight));
    counts.add(d_print, counts.corners, band.inner, gap * (-2 * band.weight));
  }
  RETICLE_UNROLL
  for (int i = 0; i < counts.conditions; ++i) d_intensity[i] = T{};
  RETICLE_UNROLL
  for (int c = 0; c < counts.corners; ++c) {
    const auto& corner = window.corner[c];
    counts.add(d_intensity, counts.conditions, corner.condition,
               d_print[c] * print[c] * (1 - print[c]) * (window.resist_slope * corner.dose * corner.dose));
  }
  return terms;
}

}  // namespace reticle::pixel
