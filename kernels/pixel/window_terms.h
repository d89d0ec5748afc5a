// SPDX-License-Identifier: Apache-2.0
// What one pixel contributes to the objective of inverse lithography, and its derivative.
//
//   Z_c = sigmoid(resist_slope (dose_c^2 I_condition(c) - threshold))           [Poonawala 2007]
//   L   = sum_c w_c (Z_c - T)^2 + sum_b w_b [(Z_outer(b) - Z_inner(b))^2
//                                            + g_b (Z_outer(b) (1 - Z_outer(b)) + Z_inner(b) (1 - Z_inner(b)))]
//
// The first sum is fidelity at process corners, the second the process-variation band. Over an edge that moves by d
// between prints whose sigmoids are w wide the square is d coth(d / 2 w) - 2 w, less than the band, and the less the
// softer the edge; with g = 1 it is Z_outer (1 - Z_inner) + Z_inner (1 - Z_outer), d coth(d / 2 w): the band itself.
#pragma once

#include <algorithm>

#include "kernels/pixel/process_window.h"
#include "kernels/pixel/sigmoid.h"

namespace reticle::pixel {

template <class T>
struct WindowTerms {
  T fidelity;
  T band;
};

// Of what a window says: the condition of a corner, the corners of a band.
struct WindowPlaces {
  template <class S>
  RETICLE_HD static int condition(const ProcessWindow<S>& window, int corner) {
    return window.corner[corner].condition;
  }
  template <class S>
  RETICLE_HD static int outer(const ProcessWindow<S>& window, int band) {
    return window.band[band].outer;
  }
  template <class S>
  RETICLE_HD static int inner(const ProcessWindow<S>& window, int band) {
    return window.band[band].inner;
  }
};

// How many conditions, corners and bands there are, and how one of an array is read and added to.
struct AnyCounts {
  using Places = WindowPlaces;
  static constexpr int k_conditions = 0;  // not known
  int conditions, corners, bands, targets;
  template <class S>
  RETICLE_HD explicit AnyCounts(const ProcessWindow<S>& window)
      : conditions(window.conditions), corners(window.corners), bands(window.bands), targets(window.corners) {}
  template <class T>
  RETICLE_HD static T print(T exposed) {
    return sigmoid(exposed);
  }
  template <class T>
  RETICLE_HD static T read(const T* array, int, int i) {
    return array[i];
  }
  template <class T>
  RETICLE_HD static void add(T* array, int, int i, T value) {
    array[i] += value;
  }
};
// Known to the compiler: a place is found by comparing, so that the arrays live in registers. The weights of corners from
// Targets on are zero.
template <int Conditions, int Corners, int Bands, int Targets = Corners>
struct FixedCounts {
  using Places = WindowPlaces;
  static constexpr int k_conditions = Conditions;
  static constexpr int conditions = Conditions, corners = Corners, bands = Bands, targets = Targets;
  template <class S>
  RETICLE_HD explicit FixedCounts(const ProcessWindow<S>&) {}
  template <class T>
  RETICLE_HD static T print(T exposed) {
    return sigmoid(exposed);
  }
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

// And the places in them: of each corner its condition, and a band, if there is one, from the second corner to the third.
template <bool Band, int Targets, int... Conditions>
struct KnownCounts : FixedCounts<std::max({Conditions...}) + 1, sizeof...(Conditions), Band ? 1 : 0, Targets> {
  using Base = FixedCounts<std::max({Conditions...}) + 1, sizeof...(Conditions), Band ? 1 : 0, Targets>;
  using Base::Base;
  struct Places {
    template <class S>
    RETICLE_HD static constexpr int condition(const ProcessWindow<S>&, int corner) {
      int i = 0, found = 0;
      ((found = i++ == corner ? Conditions : found), ...);
      return found;
    }
    template <class S>
    RETICLE_HD static constexpr int outer(const ProcessWindow<S>&, int) {
      return 1;
    }
    template <class S>
    RETICLE_HD static constexpr int inner(const ProcessWindow<S>&, int) {
      return 2;
    }
  };
  template <class S>
  static bool is(const ProcessWindow<S>& window) {
    bool same = window.conditions == Base::conditions && window.corners == Base::corners && window.bands == Base::bands;
    for (int c = 0; same && c < Base::corners; ++c)
      same = window.corner[c].condition == Places::condition(window, c) && (c < Targets || window.corner[c].weight == S(0));
    return same && (!Band || (window.band[0].outer == 1 && window.band[0].inner == 2));
  }
};
// The usual window of two conditions: nominal and outer corner in the first, the inner one in the last, and the band
// between these.
template <int Targets>
struct UsualCounts : KnownCounts<true, Targets, 0, 0, 1> {
  using KnownCounts<true, Targets, 0, 0, 1>::KnownCounts;
};

// What the terms are multiplied by, as they are asked for.
template <class S>
struct WindowFactors {
  const ProcessWindow<S>& window;
  RETICLE_HD S exposure(int corner) const { return window.corner[corner].dose * window.corner[corner].dose; }
  RETICLE_HD S error(int corner) const { return 2 * window.corner[corner].weight; }
  RETICLE_HD S slope(int corner) const {
    return window.resist_slope * window.corner[corner].dose * window.corner[corner].dose;
  }
  RETICLE_HD S gap(int band) const { return 2 * window.band[band].weight; }
  RETICLE_HD S less(int band) const { return -2 * window.band[band].weight; }
  RETICLE_HD S grey(int band) const { return window.band[band].weight * window.band[band].grey; }
};
// The same, computed once for many pixels.
template <class S>
class KeptWindowFactors {
 public:
  explicit KeptWindowFactors(const ProcessWindow<S>& window) {
    const WindowFactors<S> factors{window};
    for (int c = 0; c < window.corners; ++c) {
      exposure_[c] = factors.exposure(c);
      error_[c] = factors.error(c);
      slope_[c] = factors.slope(c);
    }
    for (int b = 0; b < window.bands; ++b) {
      gap_[b] = factors.gap(b);
      less_[b] = factors.less(b);
      grey_[b] = factors.grey(b);
    }
  }
  S exposure(int corner) const { return exposure_[corner]; }
  S error(int corner) const { return error_[corner]; }
  S slope(int corner) const { return slope_[corner]; }
  S gap(int band) const { return gap_[band]; }
  S less(int band) const { return less_[band]; }
  S grey(int band) const { return grey_[band]; }

 private:
  S exposure_[k_max_corners], error_[k_max_corners], slope_[k_max_corners];
  S gap_[k_max_bands], less_[k_max_bands], grey_[k_max_bands];
};

// This pixel's terms; sets d_intensity[condition] to the derivative of their sum. T: S, or eight S
// side by side.
template <class T, class Counts, class S, class Factors>
RETICLE_HD WindowTerms<T> window_terms(const ProcessWindow<S>& window, const Factors& factors,
                                       const T* intensity, T target, T* d_intensity) {
  const Counts counts(window);
  const typename Counts::Places places;
  T print[k_max_corners], d_print[k_max_corners];
  WindowTerms<T> terms{};
  RETICLE_UNROLL
  for (int c = 0; c < counts.corners; ++c) {
    const T exposed = counts.read(intensity, counts.conditions, places.condition(window, c)) * factors.exposure(c);
    print[c] = Counts::print((exposed - window.threshold) * window.resist_slope);
    d_print[c] = T{};
    if (c >= counts.targets) continue;
    const T error = print[c] - target;
    terms.fidelity += error * error * window.corner[c].weight;
    d_print[c] = error * factors.error(c);
  }
  RETICLE_UNROLL
  for (int b = 0; b < counts.bands; ++b) {
    const auto& band = window.band[b];
    const int outer = places.outer(window, b), inner = places.inner(window, b);
    const T out = counts.read(print, counts.corners, outer), in = counts.read(print, counts.corners, inner);
    const T gap = out - in;
    terms.band += gap * gap * band.weight + (out * (1 - out) + in * (1 - in)) * factors.grey(b);
    counts.add(d_print, counts.corners, outer, gap * factors.gap(b) + (1 - 2 * out) * factors.grey(b));
    counts.add(d_print, counts.corners, inner, gap * factors.less(b) + (1 - 2 * in) * factors.grey(b));
  }
  RETICLE_UNROLL
  for (int i = 0; i < counts.conditions; ++i) d_intensity[i] = T{};
  RETICLE_UNROLL
  for (int c = 0; c < counts.corners; ++c)
    counts.add(d_intensity, counts.conditions, places.condition(window, c),
               d_print[c] * print[c] * (1 - print[c]) * factors.slope(c));
  return terms;
}
template <class T, class Counts = AnyCounts, class S>
RETICLE_HD WindowTerms<T> window_terms(const ProcessWindow<S>& window, const T* intensity, T target, T* d_intensity) {
  return window_terms<T, Counts>(window, WindowFactors<S>{window}, intensity, target, d_intensity);
}

}  // namespace reticle::pixel
