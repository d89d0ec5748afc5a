// SPDX-License-Identifier: Apache-2.0
#include "litho/ilt/window_loss.h"

#include <algorithm>
#include <string>
#include <vector>

#include "kernels/base/error.h"
#include "kernels/cpu/lanes.h"
#include "kernels/cpu/mask_parameters.h"
#include "kernels/pixel/window_terms.h"

namespace reticle {

namespace {

// work(first, count) for runs of up to k_lanes pixels.
template <class Work>
void for_lanes(std::size_t pixels, const Work& work) {
  for (std::size_t i = 0; i < pixels; i += cpu::k_lanes)
    work(i, static_cast<int>(std::min<std::size_t>(cpu::k_lanes, pixels - i)));
}

void require(bool ok, const char* what) {
  if (!ok) throw Error(ErrorCode::invalid_argument, what);
}

// Conditions of the model that the window's corners name, in order; the window then counts in these.
template <class T>
std::vector<int> used_conditions(pixel::ProcessWindow<T>& window) {
  std::vector<int> used;
  for (int c = 0; c < window.corners; ++c) used.push_back(window.corner[c].condition);
  std::sort(used.begin(), used.end());
  used.erase(std::unique(used.begin(), used.end()), used.end());
  for (int c = 0; c < window.corners; ++c) {
    int& condition = window.corner[c].condition;
    condition = static_cast<int>(std::lower_bound(used.begin(), used.end(), condition) - used.begin());
  }
  window.conditions = static_cast<int>(used.size());
  return used;
}

// The sum of the pixels' terms; adds its derivative to d_mask.
template <class T>
double terms_of_orders(MaskImages<T>& images, const Spectrum<T>& mask, const std::vector<int>& conditions,
                       const pixel::ProcessWindow<T>& window, ImageView<const T> target, Spectrum<T>& d_mask) {
  std::vector<Spectrum<T>> orders;
  for (const int c : conditions) orders.push_back(images.resist_orders(mask, c));
  const auto sums = images.window_pass(target.rows, target.cols, window.conditions).run(window, target, {}, orders);
  for (std::size_t i = conditions.size(); i-- > 0;) {  // the fields computed last are still in the cache
    const Spectrum<T> part = images.resist_adjoint(conditions[i], std::move(orders[i]), target.size());
    for (std::size_t f = 0; f < d_mask.size(); ++f) d_mask.data()[f] += part.data()[f];
  }
  return sums.fidelity + sums.band;
}

// The same where the resist image is no linear function of the aerial one.
template <class T>
double terms_of_pixels(MaskImages<T>& images, const Spectrum<T>& mask, const std::vector<int>& conditions,
                       const pixel::ProcessWindow<T>& window, ImageView<const T> target, Spectrum<T>& d_mask) {
  const FieldPixels places{target.rows, target.cols};
  std::vector<Image<T>> values;
  for (const int c : conditions) {
    Image<T>& own = values.emplace_back(target.rows, target.cols);
    images.image(mask, {.condition = c, .stage = ImageStage::resist}, places, {own.data(), own.size()});
  }
  double sum = 0.0;
  for_lanes(target.size(), [&](std::size_t i, int count) {
    cpu::Lanes<T> intensity[pixel::k_max_conditions], d_intensity[pixel::k_max_conditions];
    for (std::size_t c = 0; c < values.size(); ++c) intensity[c] = cpu::load_lanes<cpu::Lanes<T>>(values[c].data() + i, count);
    const auto terms = pixel::window_terms(window, intensity, cpu::load_lanes<cpu::Lanes<T>>(target.data + i, count), d_intensity);
    for (int lane = 0; lane < count; ++lane) sum += static_cast<double>(terms.fidelity[lane] + terms.band[lane]);
    for (std::size_t c = 0; c < values.size(); ++c) cpu::store_lanes(d_intensity[c], values[c].data() + i, count);
  });
  for (std::size_t i = 0; i < conditions.size(); ++i) {
    const auto part = images.gradient(mask, {.condition = conditions[i], .stage = ImageStage::resist}, places,
                                      std::span<const T>(values[i].data(), values[i].size()), ResistDerivatives::none);
    for (std::size_t f = 0; f < d_mask.size(); ++f) d_mask.data()[f] += part.mask.data()[f];
  }
  return sum;
}

// gradient holds the mask M, and receives scale M (1 - M) times the transpose of analyze() of d_drawn.
template <class T>
void gradient_of_parameters(cpu::BandTransform<T>& band, const Spectrum<T>& d_drawn, T scale, ImageView<T> gradient) {
  auto columns = band.columns();
  band.prepare(d_drawn, columns);
  typename cpu::BandTransform<T>::Pixels pixels;
  const T* d = reinterpret_cast<const T*>(pixels.data());
  band.for_pieces([&](const auto& piece) {
    band.expand(piece, columns, pixels);
    cpu::slopes_of_masks(band.width(), band.rows_of(piece), piece.rows(), piece.col(), gradient.cols, d, scale, gradient.data);
  });
}

}  // namespace

template <class T>
double window_loss(MaskImages<T>& images, const Spectrum<T>& mask, ImageView<const T> target,
                   const pixel::ProcessWindow<T>& given, Spectrum<T>& d_mask) {
  for (int c = 0; c < given.corners; ++c)
    require(given.corner[c].condition >= 0 &&
                given.corner[c].condition < static_cast<int>(images.model().conditions.size()),
            "window loss: a corner's condition is not in the model");
  pixel::ProcessWindow<T> window = given;
  const std::vector<int> conditions = used_conditions(window);
  require(window.conditions <= pixel::k_max_conditions, "window loss: more conditions than a window takes");
  d_mask = Spectrum<T>(mask.half_x(), mask.half_y());
  const double sum = images.model().resist.slope_nm == 0.0
                         ? terms_of_orders(images, mask, conditions, window, target, d_mask)
                         : terms_of_pixels(images, mask, conditions, window, target, d_mask);
  const double area = images.model().period_x_nm / target.cols * images.model().period_y_nm / target.rows;
  for (std::size_t i = 0; i < d_mask.size(); ++i) d_mask.data()[i] *= static_cast<T>(area);
  return sum * area;
}

template <class T>
double window_loss(MaskImages<T>& images, ImageView<const T> parameters, ImageView<const T> target,
                   const pixel::ProcessWindow<T>& window, T mask_slope, ImageView<T> gradient) {
  const int rows = parameters.rows, cols = parameters.cols;
  require(target.rows == rows && target.cols == cols && gradient.rows == rows && gradient.cols == cols,
          "window loss: parameters, target and gradient differ in size");
  const std::size_t pixels = parameters.size();
  cpu::masks_of_parameters(cpu::widest(), parameters.data, pixels, mask_slope, gradient.data);
  const Spectrum<T> mask = images.simulator().mask_spectrum(ImageView<const T>(gradient));
  Spectrum<T> d_mask;
  const double loss = window_loss(images, mask, target, window, d_mask);
  gradient_of_parameters(images.band(rows, cols, mask.half_x(), mask.half_y()), images.simulator().drawn_gradient(d_mask),
                         mask_slope / static_cast<T>(pixels), gradient);
  return loss;
}

template double window_loss(MaskImages<float>&, const Spectrum<float>&, ImageView<const float>,
                            const pixel::ProcessWindow<float>&, Spectrum<float>&);
template double window_loss(MaskImages<double>&, const Spectrum<double>&, ImageView<const double>,
                            const pixel::ProcessWindow<double>&, Spectrum<double>&);
template double window_loss(MaskImages<float>&, ImageView<const float>, ImageView<const float>,
                            const pixel::ProcessWindow<float>&, float, ImageView<float>);
template double window_loss(MaskImages<double>&, ImageView<const double>, ImageView<const double>,
                            const pixel::ProcessWindow<double>&, double, ImageView<double>);

}  // namespace reticle
