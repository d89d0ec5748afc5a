// SPDX-License-Identifier: Apache-2.0
// WindowPass at one piece of the pixels, over V, the vector of numbers taken at once (band_loops.h).
#pragma once

#include "kernels/cpu/band_loops.h"
#include "kernels/pixel/window_terms.h"

namespace reticle::cpu {

// Windows whose indices are constants to the compiler.
enum class WindowKind {
  any,
  drawn,       // nominal, and a band from outer to inner out of focus
  usual,       // the same with the target at all of them
  in_focus,    // of one condition
  nominal,
  soft_drawn,  // where even the dark is not saturated
  soft_usual,
};

using DrawnWindow = pixel::UsualCounts<1>;
using UsualWindow = pixel::UsualCounts<3>;
using WindowInFocus = pixel::KnownCounts<true, 3, 0, 0, 0>;
using NominalWindow = pixel::KnownCounts<false, 1, 0>;
template <class Counts>
struct SoftWindow : Counts {
  using Counts::Counts;
  template <class V>
  [[gnu::always_inline]] static V print(V exposed) {
    return pixel::sigmoid_anywhere(exposed);
  }
};

template <class T>
struct WindowPiece {
  const pixel::ProcessWindow<T>* window;
  const pixel::KeptWindowFactors<T>* factors;
  const int* samples;  // [row of the piece]: of the image; -1: none
  int rows, col, cols;
  // [row of the piece][k_tile_cols]
  T* pixels[pixel::k_max_conditions];  // an image, then its derivative
  const T *target, *weight;            // no weight: 1
  T* sums;                             // [row] {fidelity, band} of k_lanes each, added to
};

namespace window_loops {

template <class V, class T>
[[gnu::always_inline]] inline void add_sum(const V& value, T* sum) {
  Lanes<T> lanes[k_lanes_of<V> / k_lanes];
  std::memcpy(lanes, &value, sizeof value);
  Lanes<T> total = load_lanes<Lanes<T>>(sum);
  for (const Lanes<T>& part : lanes) total += part;
  store_lanes(total, sum);
}

template <class Counts, class V, class T>
void visit(const WindowPiece<T>& piece) {
  const pixel::ProcessWindow<T> window = *piece.window;
  const int conditions = Counts(window).conditions;
  constexpr int k_most = Counts::k_conditions > 0 ? Counts::k_conditions : pixel::k_max_conditions;
  constexpr int L = k_lanes_of<V>;
  for (int i = 0; i < piece.rows; ++i) {
    if (piece.samples[i] < 0) continue;
    T* sums = piece.sums + static_cast<std::ptrdiff_t>(piece.samples[i]) * 2 * k_lanes;
    for (int w = 0, x = piece.col; w < k_tile_cols && x < piece.cols; w += L, x += L) {
      const int place = i * k_tile_cols + w;
      V intensity[k_most], d_intensity[k_most]{};
      for (int c = 0; c < conditions; ++c) intensity[c] = load_lanes<V>(piece.pixels[c] + place);
      auto terms = pixel::window_terms<V, Counts>(window, *piece.factors, intensity,
                                                  load_lanes<V>(piece.target + place), d_intensity);
      if (piece.weight != nullptr) {
        const V of_pixels = load_lanes<V>(piece.weight + place);
        terms.fidelity *= of_pixels;
        terms.band *= of_pixels;
        for (int c = 0; c < conditions; ++c) d_intensity[c] *= of_pixels;
      }
      for (int padding = piece.cols - x; padding < L; ++padding) terms.fidelity[padding] = terms.band[padding] = T(0);
      add_sum(terms.fidelity, sums);
      add_sum(terms.band, sums + k_lanes);
      for (int c = 0; c < conditions; ++c) store_lanes(d_intensity[c], piece.pixels[c] + place);
    }
  }
}

}  // namespace window_loops

template <class V, class T>
void visit_window(WindowKind kind, const WindowPiece<T>& piece) {
  using window_loops::visit;
  switch (kind) {
    case WindowKind::drawn: return visit<DrawnWindow, V>(piece);
    case WindowKind::usual: return visit<UsualWindow, V>(piece);
    case WindowKind::in_focus: return visit<WindowInFocus, V>(piece);
    case WindowKind::nominal: return visit<NominalWindow, V>(piece);
    case WindowKind::soft_drawn: return visit<SoftWindow<DrawnWindow>, V>(piece);
    case WindowKind::soft_usual: return visit<SoftWindow<UsualWindow>, V>(piece);
    default: return visit<pixel::AnyCounts, V>(piece);
  }
}

}  // namespace reticle::cpu
