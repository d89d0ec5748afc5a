// SPDX-License-Identifier: Apache-2.0
#include "kernels/cpu/window_pass.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "kernels/pixel/window_terms.h"

namespace reticle::cpu {

namespace {

template <class T>
Lanes<T> load(const T* p, int count) {
  Lanes<T> v{};
  if (count >= k_lanes)
    std::memcpy(&v, p, sizeof v);
  else
    std::memcpy(&v, p, static_cast<std::size_t>(count) * sizeof(T));
  return v;
}

// Windows whose indices are constants to the compiler: a corner's condition, whether there is a band, between the second
// corner and the third, and how many corners are compared with the target.
template <bool Band, int Targets, int... Of>
struct Known {
  static constexpr int k_corners = sizeof...(Of), k_bands = Band ? 1 : 0;
  static constexpr int k_condition[k_corners] = {Of...};
  static constexpr int k_conditions = std::max({Of...}) + 1;
  using Counts = pixel::FixedCounts<k_conditions, k_corners, k_bands, Targets>;

  template <class T>
  static bool is(const pixel::ProcessWindow<T>& window) {
    bool same = window.conditions == k_conditions && window.corners == k_corners && window.bands == k_bands;
    for (int c = 0; same && c < k_corners; ++c)
      same = window.corner[c].condition == k_condition[c] && (c < Targets || window.corner[c].weight == T(0));
    return same && (!Band || (window.band[0].outer == 1 && window.band[0].inner == 2));
  }
  template <class T>
  static void fix(pixel::ProcessWindow<T>& window) {
    for (int c = 0; c < k_corners; ++c) window.corner[c].condition = k_condition[c];
    if (Band) window.band[0].outer = 1;
    if (Band) window.band[0].inner = 2;
  }
};
// Such a window where even the dark is not saturated.
template <class Window>
struct Soft : Window {
  struct Counts : Window::Counts {
    using Window::Counts::Counts;
    template <class L>
    static L print(L exposed) {
      return pixel::sigmoid_anywhere(exposed);
    }
  };
};
struct Any {
  using Counts = pixel::AnyCounts;
  template <class T>
  static void fix(pixel::ProcessWindow<T>&) {}
};

}  // namespace

template <class T>
WindowPass<T>::WindowPass(int rows, int cols, int half_x, int half_y, int conditions)
    : cols_(cols),
      band_(rows, cols, half_x, half_y, Samples::at_centres),
      conditions_(static_cast<std::size_t>(conditions)),
      sums_(static_cast<std::size_t>(rows)) {
  for (Condition& condition : conditions_) condition = {band_.columns(), band_.columns(), {}};
}

template <class T>
template <class Window>
void WindowPass<T>::visit(const typename Band::Piece& piece, const pixel::ProcessWindow<T>& given,
                          ImageView<const T> target, ImageView<const T> weight) {
  pixel::ProcessWindow<T> window = given;
  Window::fix(window);
  const pixel::KeptWindowFactors<T> factors(window);
  using Counts = typename Window::Counts;
  const int conditions = Counts(window).conditions;
  constexpr int k_most = Counts::k_conditions > 0 ? Counts::k_conditions : pixel::k_max_conditions;
  constexpr int k_groups = Band::k_tile_cols / k_lanes;
  for (int i = 0; i < piece.rows(); ++i) {
    const int y = band_.row(piece, i);
    if (y < 0) continue;
    RowSums& sums = sums_[static_cast<std::size_t>(y)];
    for (int w = 0, x = piece.col(); w < k_groups && x < cols_; ++w, x += k_lanes) {
      const std::size_t place = static_cast<std::size_t>(i * k_groups + w);
      Lanes<T> intensity[k_most], d_intensity[k_most]{};
      for (int c = 0; c < conditions; ++c) intensity[c] = conditions_[static_cast<std::size_t>(c)].pixels[place];
      auto terms = pixel::window_terms<Lanes<T>, Counts>(window, factors, intensity, load(target.row(y) + x, cols_ - x),
                                                         d_intensity);
      if (weight.data != nullptr) {
        const Lanes<T> of_pixels = load(weight.row(y) + x, cols_ - x);
        terms.fidelity *= of_pixels;
        terms.band *= of_pixels;
        for (int c = 0; c < conditions; ++c) d_intensity[c] *= of_pixels;
      }
      for (int padding = cols_ - x; padding < k_lanes; ++padding) terms.fidelity[padding] = terms.band[padding] = T(0);
      sums.fidelity += terms.fidelity;
      sums.band += terms.band;
      for (int c = 0; c < conditions; ++c) conditions_[static_cast<std::size_t>(c)].pixels[place] = d_intensity[c];
    }
  }
}

template <class T>
template <class Window>
void WindowPass<T>::for_pieces(const pixel::ProcessWindow<T>& window, ImageView<const T> target,
                               ImageView<const T> weight) {
  band_.for_pieces([&](const typename Band::Piece& piece) {
    for (Condition& own : conditions_) band_.expand(piece, own.image, own.pixels);
    visit<Window>(piece, window, target, weight);
    for (Condition& own : conditions_) band_.add(piece, own.pixels, own.derivative);
  });
}

template <class T>
typename WindowPass<T>::Sums WindowPass<T>::run(const pixel::ProcessWindow<T>& given, ImageView<const T> target,
                                                ImageView<const T> weight, std::span<Spectrum<T>> images) {
  pixel::ProcessWindow<T> window = given;
  window.conditions = static_cast<int>(conditions_.size());
  std::fill(sums_.begin(), sums_.end(), RowSums{});
  for (std::size_t c = 0; c < images.size(); ++c) {
    Condition& own = conditions_[c];
    band_.prepare(images[c], own.image);
    std::fill(own.derivative.begin(), own.derivative.end(), Lanes<T>{});
  }
  using Drawn = Known<true, 1, 0, 0, 1>;  // nominal, and a band from outer to inner out of focus
  using Usual = Known<true, 3, 0, 0, 1>;  // the target at all of them
  using InFocus = Known<true, 3, 0, 0, 0>;
  using Nominal = Known<false, 1, 0>;
  const bool soft = std::abs(window.resist_slope * window.threshold) < T(pixel::k_saturated);
  if (Drawn::is(window) && soft)
    for_pieces<Soft<Drawn>>(window, target, weight);
  else if (Drawn::is(window))
    for_pieces<Drawn>(window, target, weight);
  else if (Usual::is(window) && soft)
    for_pieces<Soft<Usual>>(window, target, weight);
  else if (Usual::is(window))
    for_pieces<Usual>(window, target, weight);
  else if (InFocus::is(window))
    for_pieces<InFocus>(window, target, weight);
  else if (Nominal::is(window))
    for_pieces<Nominal>(window, target, weight);
  else
    for_pieces<Any>(window, target, weight);
  for (std::size_t c = 0; c < images.size(); ++c) band_.collect(conditions_[c].derivative, images[c]);
  Sums total;
  for (const RowSums& row : sums_) {
    total.fidelity += static_cast<double>(sum_of_lanes<T>(row.fidelity));
    total.band += static_cast<double>(sum_of_lanes<T>(row.band));
  }
  return total;
}

template class WindowPass<float>;
template class WindowPass<double>;

}  // namespace reticle::cpu
