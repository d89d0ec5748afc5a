// SPDX-License-Identifier: Apache-2.0
#include "kernels/cpu/window_pass.h"

#include <algorithm>
#include <cmath>
#include <type_traits>

#include "kernels/cpu/window_loops.h"

namespace reticle::cpu {

namespace {

template <class T>
WindowKind kind_of(const pixel::ProcessWindow<T>& window) {
  const bool soft = std::abs(window.resist_slope * window.threshold) < T(pixel::k_saturated);
  if (DrawnWindow::is(window)) return soft ? WindowKind::soft_drawn : WindowKind::drawn;
  if (UsualWindow::is(window)) return soft ? WindowKind::soft_usual : WindowKind::usual;
  if (WindowInFocus::is(window)) return WindowKind::in_focus;
  return NominalWindow::is(window) ? WindowKind::nominal : WindowKind::any;
}

}  // namespace

template <class T>
WindowPass<T>::WindowPass(int rows, int cols, int half_x, int half_y, int conditions, Width width)
    : cols_(cols),
      band_(rows, cols, half_x, half_y, Samples::at_centres, width),
      conditions_(static_cast<std::size_t>(conditions)),
      sums_(static_cast<std::size_t>(rows)) {
  for (Condition& condition : conditions_) condition = {band_.columns(), band_.columns(), {}};
}

template <class T>
void WindowPass<T>::visit(WindowKind kind, const WindowPiece<T>& piece) const {
  if constexpr (std::is_same_v<T, float>)
    if (band_.width() == Width::sixteen) return wide::visit_window(kind, piece);
  visit_window<Lanes<T>>(kind, piece);
}

template <class T>
typename WindowPass<T>::Sums WindowPass<T>::run(const pixel::ProcessWindow<T>& window, ImageView<const T> target,
                                                ImageView<const T> weight, std::span<Spectrum<T>> images) {
  const auto read = [&](ImageView<const T> image, typename Band::Pixels& pixels) {
    return [&, image](const typename Band::Piece& piece) -> const T* {
      if (image.data == nullptr) return nullptr;
      band_.read_piece(piece, image, pixels.data());
      return reinterpret_cast<const T*>(pixels.data());
    };
  };
  return run_pieces(window, read(target, target_), read(weight, weight_), images);
}

template <class T>
typename WindowPass<T>::Sums WindowPass<T>::run(const pixel::ProcessWindow<T>& window,
                                                const typename Band::ByPieces& target,
                                                const typename Band::ByPieces& weight, std::span<Spectrum<T>> images) {
  const auto at = [](const typename Band::ByPieces& image) {
    return [&image](const typename Band::Piece& piece) -> const T* {
      if (image.empty()) return nullptr;
      Band::prefetch_next(image, piece);
      return reinterpret_cast<const T*>(image.data() + piece.place);
    };
  };
  return run_pieces(window, at(target), at(weight), images);
}

template <class T>
template <class TargetOf, class WeightOf>
typename WindowPass<T>::Sums WindowPass<T>::run_pieces(const pixel::ProcessWindow<T>& given, const TargetOf& target_of,
                                                       const WeightOf& weight_of, std::span<Spectrum<T>> images) {
  pixel::ProcessWindow<T> window = given;
  window.conditions = static_cast<int>(conditions_.size());
  std::fill(sums_.begin(), sums_.end(), RowSums{});
  for (std::size_t c = 0; c < images.size(); ++c) {
    Condition& own = conditions_[c];
    band_.prepare(images[c], own.image);
  }
  const WindowKind kind = kind_of(window);
  const pixel::KeptWindowFactors<T> factors(window);
  WindowPiece<T> of{&window, &factors, nullptr, 0, 0, cols_, {}, nullptr, nullptr, sums_.data()->data()};
  for (std::size_t c = 0; c < conditions_.size(); ++c) of.pixels[c] = reinterpret_cast<T*>(conditions_[c].pixels.data());
  band_.for_pieces([&](const typename Band::Piece& piece) {
    for (Condition& own : conditions_) band_.expand(piece, own.image, own.pixels);
    of.samples = band_.rows_of(piece);
    of.rows = piece.rows();
    of.col = piece.col();
    of.target = target_of(piece);
    of.weight = weight_of(piece);
    visit(kind, of);
    for (Condition& own : conditions_) band_.add(piece, own.pixels, own.derivative);
  });
  for (std::size_t c = 0; c < images.size(); ++c) band_.collect(conditions_[c].derivative, images[c]);
  Sums total;
  for (const RowSums& row : sums_) {
    total.fidelity += static_cast<double>(sum_of_lanes<T>(load_lanes<Lanes<T>>(row.data())));
    total.band += static_cast<double>(sum_of_lanes<T>(load_lanes<Lanes<T>>(row.data() + k_lanes)));
  }
  return total;
}

template class WindowPass<float>;
template class WindowPass<double>;

}  // namespace reticle::cpu
