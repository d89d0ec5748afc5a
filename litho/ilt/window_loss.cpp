#include "litho/ilt/window_loss.h"

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include "kernels/base/error.h"
#include "kernels/cpu/lanes.h"
#include "kernels/pixel/sigmoid.h"
#include "kernels/pixel/window_terms.h"

namespace reticle {

namespace {

template <class T>
cpu::Lanes<T> load(const T* from, std::size_t count) {
  cpu::Lanes<T> lanes{};
  std::memcpy(&lanes, from, count * sizeof(T));
  return lanes;
}
template <class T>
void store(T* to, const cpu::Lanes<T>& lanes, std::size_t count) {
  std::memcpy(to, &lanes, count * sizeof(T));
}

// work(first, count) for runs of up to k_lanes pixels.
template <class Work>
void for_lanes(std::size_t pixels, const Work& work) {
  for (std::size_t i = 0; i < pixels; i += cpu::k_lanes)
    work(i, std::min<std::size_t>(cpu::k_lanes, pixels - i));
}

void require(bool ok, const char* what) {
  if (!ok) throw Error(ErrorCode::invalid_argument, what);
}

}  // namespace

template <class T>
double window_loss(MaskImages<T>& images, ImageView<const T> parameters, ImageView<const T> target,
                   const pixel::ProcessWindow<T>& window, T mask_slope, ImageView<T> gradient) {
  const int rows = parameters.rows, cols = parameters.cols;
  require(target.rows == rows && target.cols == cols && gradient.rows == rows && gradient.cols == cols,
          "window loss: parameters, target and gradient differ in size");
  const int conditions = static_cast<int>(images.model().conditions.size());
  require(conditions <= pixel::k_max_conditions, "window loss: the model has more conditions than a window takes");
  for (int c = 0; c < window.corners; ++c)
    require(window.corner[c].condition >= 0 && window.corner[c].condition < conditions,
            "window loss: a corner's condition is not in the model");

  const std::size_t pixels = parameters.size();
  Image<T> mask(rows, cols);
  for_lanes(pixels, [&](std::size_t i, std::size_t count) {
    store(mask.data() + i, pixel::sigmoid(load(parameters.data + i, count) * mask_slope), count);
  });
  const Spectrum<T> spectrum = images.simulator().mask_spectrum(ImageView<const T>(mask.view()));
  const FieldPixels places{rows, cols};
  std::vector<Image<T>> values(static_cast<std::size_t>(conditions), Image<T>(rows, cols));
  for (int c = 0; c < conditions; ++c)
    images.image(spectrum, {.condition = c, .stage = ImageStage::resist}, places,
                 {values[static_cast<std::size_t>(c)].data(), pixels});

  double sum = 0.0;
  pixel::ProcessWindow<T> all = window;
  all.conditions = conditions;
  for (int y = 0; y < rows; ++y) {
    cpu::Lanes<T> row_sum{};
    for_lanes(static_cast<std::size_t>(cols), [&](std::size_t x, std::size_t count) {
      const std::size_t i = static_cast<std::size_t>(y) * static_cast<std::size_t>(cols) + x;
      cpu::Lanes<T> intensity[pixel::k_max_conditions], d_intensity[pixel::k_max_conditions];
      for (int c = 0; c < conditions; ++c) intensity[c] = load(values[static_cast<std::size_t>(c)].data() + i, count);
      const auto terms = pixel::window_terms(all, intensity, load(target.data + i, count), d_intensity);
      cpu::Lanes<T> part = terms.fidelity + terms.band;
      for (std::size_t lane = count; lane < cpu::k_lanes; ++lane) part[lane] = T(0);
      row_sum += part;
      for (int c = 0; c < conditions; ++c) store(values[static_cast<std::size_t>(c)].data() + i, d_intensity[c], count);
    });
    sum += static_cast<double>(cpu::sum_of_lanes<T>(row_sum));
  }

  Spectrum<T> d_mask(spectrum.half_x(), spectrum.half_y());
  for (int c = 0; c < conditions; ++c) {
    const auto part = images.gradient(spectrum, {.condition = c, .stage = ImageStage::resist}, places,
                                      std::span<const T>(values[static_cast<std::size_t>(c)].data(), pixels),
                                      ResistDerivatives::none);
    for (std::size_t f = 0; f < d_mask.size(); ++f) d_mask.data()[f] += part.mask.data()[f];
  }
  const double area = images.model().period_x_nm / cols * images.model().period_y_nm / rows;
  const Image<T> d_pixels = images.simulator().pixel_gradient(d_mask, rows, cols);
  const T scale = static_cast<T>(area) * mask_slope;
  for (std::size_t i = 0; i < pixels; ++i)
    gradient.data[i] = d_pixels.data()[i] * mask.data()[i] * (T(1) - mask.data()[i]) * scale;
  return sum * area;
}

template double window_loss(MaskImages<float>&, ImageView<const float>, ImageView<const float>,
                            const pixel::ProcessWindow<float>&, float, ImageView<float>);
template double window_loss(MaskImages<double>&, ImageView<const double>, ImageView<const double>,
                            const pixel::ProcessWindow<double>&, double, ImageView<double>);

}  // namespace reticle
