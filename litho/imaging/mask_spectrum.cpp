// SPDX-License-Identifier: Apache-2.0
#include "litho/imaging/mask_spectrum.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "litho/imaging/polygon_spectrum.h"
#include "litho/optics/pattern.h"

namespace reticle {

namespace {

// exp(-2 pi^2 s^2 f^2) along both axes.
double blur_factor(const MaskModel& mask, double fx, double fy) {
  const double x = std::numbers::pi * mask.blur_x_nm * fx, y = std::numbers::pi * mask.blur_y_nm * fy;
  return std::exp(-2.0 * (x * x + y * y));
}

bool is_blurred(const MaskModel& mask) { return mask.blur_x_nm != 0.0 || mask.blur_y_nm != 0.0; }

template <class T>
void multiply(const MaskModel& mask, double period_x_nm, double period_y_nm, std::complex<double> factor,
              Spectrum<T>& spectrum) {
  const bool blurred = is_blurred(mask);
  if (!blurred && factor == 1.0) return;
  for (int n = -spectrum.half_y(); n <= spectrum.half_y(); ++n)
    for (int m = -spectrum.half_x(); m <= spectrum.half_x(); ++m) {
      const double g = blurred ? blur_factor(mask, m / period_x_nm, n / period_y_nm) : 1.0;
      spectrum.at(m, n) *= std::complex<T>(factor * g);
    }
}

Pattern empty_pattern(const MaskModel& mask, const Box& field) {
  return {.period_x_nm = field.width(),
          .period_y_nm = field.height(),
          .background = mask.background(),
          .shapes = {},
          .edges = mask.edges,
          .bias_nm = mask.bias_nm};
}

void add_shapes(std::span<const Polygon> polygons, const Box& field, std::complex<double> transmission,
                Pattern& pattern) {
  for (Polygon polygon : polygons) {
    for (Point& p : polygon) p = {p.x - field.x0, p.y - field.y0};
    pattern.shapes.push_back({std::move(polygon), transmission});
  }
}

int wrap(int i, int n) { return (i % n + n) % n; }

// A Gaussian of about 1.4 pixels, by binomials: the steps of a slanted edge's pixels become a slope.
template <class T>
Image<T> smoothed(const Image<T>& image) {
  constexpr int k_passes = 4;
  Image<T> from = image, to = image;
  for (int pass = 0; pass < k_passes; ++pass) {
    for (int y = 0; y < from.rows(); ++y)
      for (int x = 0; x < from.cols(); ++x)
        to(y, x) = T(0.5) * from(y, x) +
                   T(0.25) * (from(y, wrap(x - 1, from.cols())) + from(y, wrap(x + 1, from.cols())));
    for (int y = 0; y < from.rows(); ++y) {
      const int down = wrap(y - 1, from.rows()), up = wrap(y + 1, from.rows());
      for (int x = 0; x < from.cols(); ++x)
        from(y, x) = T(0.5) * to(y, x) + T(0.25) * (to(down, x) + to(up, x));
    }
  }
  return from;
}

// function(y, x, d/dx, d/dy) by central differences, periodic.
template <class T, class Function>
void for_gradients(const Image<T>& image, double pixel_x_nm, double pixel_y_nm, Function function) {
  const T by_x = static_cast<T>(0.5 / pixel_x_nm), by_y = static_cast<T>(0.5 / pixel_y_nm);
  for (int y = 0; y < image.rows(); ++y) {
    const T *down = image.row(wrap(y - 1, image.rows())), *up = image.row(wrap(y + 1, image.rows()));
    const T* row = image.row(y);
    for (int x = 0; x < image.cols(); ++x)
      function(y, x, (row[wrap(x + 1, image.cols())] - row[wrap(x - 1, image.cols())]) * by_x,
               (up[x] - down[x]) * by_y);
  }
}

}  // namespace

template <class T>
void apply_transmission(const MaskModel& mask, double period_x_nm, double period_y_nm, Spectrum<T>& coverage) {
  multiply(mask, period_x_nm, period_y_nm, mask.step(), coverage);
  coverage.at(0, 0) += std::complex<T>(mask.background());
}

template <class T>
void apply_transmission_adjoint(const MaskModel& mask, double period_x_nm, double period_y_nm,
                                Spectrum<T>& gradient) {
  multiply(mask, period_x_nm, period_y_nm, std::conj(mask.step()), gradient);
}

template <class T>
void apply_blur(const MaskModel& mask, double period_x_nm, double period_y_nm, Spectrum<T>& spectrum) {
  multiply(mask, period_x_nm, period_y_nm, 1.0, spectrum);
}

double mean_transmission(const MaskModel& mask, std::complex<double> order_0) {
  if (std::abs(mask.step()) < 1e-12) return std::norm(mask.background());  // of a mask of layers
  const double covered = ((order_0 - mask.background()) / mask.step()).real();
  const double outside = std::norm(mask.background());
  return outside + covered * (std::norm(mask.drawn()) - outside);
}

template <class T>
Image<T> biased(const Image<T>& coverage, double pixel_x_nm, double pixel_y_nm, double bias_nm) {
  const Image<T> smooth = smoothed(coverage);
  Image<T> moved = coverage;
  const T first = static_cast<T>(0.5 * bias_nm), second = static_cast<T>(0.125 * bias_nm * bias_nm);
  const T by_x = static_cast<T>(1.0 / (pixel_x_nm * pixel_x_nm));
  const T by_y = static_cast<T>(1.0 / (pixel_y_nm * pixel_y_nm));
  for_gradients(smooth, pixel_x_nm, pixel_y_nm, [&](int y, int x, T dx, T dy) {
    const T centre = T(2) * smooth(y, x);
    const T across = smooth(y, wrap(x - 1, smooth.cols())) + smooth(y, wrap(x + 1, smooth.cols())) - centre;
    const T along = smooth(wrap(y - 1, smooth.rows()), x) + smooth(wrap(y + 1, smooth.rows()), x) - centre;
    moved(y, x) += first * std::sqrt(dx * dx + dy * dy) + second * (across * by_x + along * by_y);
  });
  return moved;
}

template <class T>
EdgeFields<T> edge_fields(const Image<T>& coverage, double pixel_x_nm, double pixel_y_nm, double shift_nm) {
  const Image<T> none(coverage.rows(), coverage.cols());
  EdgeFields<T> fields{none, none};
  // The gradient times the squared direction cosine, whose divergence is that field's slope along the normal.
  Image<T> x_along_x = none, y_along_x = none, x_along_y = none, y_along_y = none;
  for_gradients(smoothed(coverage), pixel_x_nm, pixel_y_nm, [&](int y, int x, T dx, T dy) {
    const T square = dx * dx + dy * dy;
    if (square < T(1e-24)) return;
    const T size = std::sqrt(square);
    fields.along_x(y, x) = dy * dy / size;
    fields.along_y(y, x) = dx * dx / size;
    x_along_x(y, x) = dx * dy * dy / square;
    y_along_x(y, x) = dy * dy * dy / square;
    x_along_y(y, x) = dx * dx * dx / square;
    y_along_y(y, x) = dy * dx * dx / square;
  });
  const T shift = static_cast<T>(shift_nm);
  const auto add_shift = [&](const Image<T>& along_x, const Image<T>& along_y, Image<T>& field) {
    for_gradients(along_x, pixel_x_nm, pixel_y_nm, [&](int y, int x, T dx, T) { field(y, x) += shift * dx; });
    for_gradients(along_y, pixel_x_nm, pixel_y_nm, [&](int y, int x, T, T dy) { field(y, x) += shift * dy; });
  };
  add_shift(x_along_x, y_along_x, fields.along_x);
  add_shift(x_along_y, y_along_y, fields.along_y);
  return fields;
}

Spectrum<double> amplitude_spectrum(const MaskModel& mask, std::span<const Polygon> polygons, const Box& field,
                                    int half_x, int half_y) {
  Spectrum<double> spectrum(half_x, half_y);
  if (mask.bias_nm == 0.0 && mask.edges.width_nm == 0.0) {
    spectrum = polygon_spectrum(polygons, field, half_x, half_y);
    apply_transmission(mask, field.width(), field.height(), spectrum);
    return spectrum;
  }
  Pattern pattern = empty_pattern(mask, field);
  add_shapes(polygons, field, mask.drawn(), pattern);
  spectrum = unchecked_pattern_spectrum(pattern, half_x, half_y);
  multiply(mask, field.width(), field.height(), 1.0, spectrum);
  return spectrum;
}

namespace {

Pattern layered_pattern(const MaskModel& mask, std::span<const DrawnLayer> layers, const Box& field) {
  Pattern pattern = empty_pattern(mask, field);
  for (const DrawnLayer& layer : layers)
    add_shapes(layer.polygons, field, layer_amplitude(mask, layer.name), pattern);
  return pattern;
}

}  // namespace

Spectrum<double> amplitude_spectrum(const MaskModel& mask, std::span<const DrawnLayer> layers, const Box& field,
                                    int half_x, int half_y) {
  Spectrum<double> spectrum = pattern_spectrum(layered_pattern(mask, layers, field), half_x, half_y);
  multiply(mask, field.width(), field.height(), 1.0, spectrum);
  return spectrum;
}

double mean_transmission(const MaskModel& mask, std::span<const DrawnLayer> layers, const Box& field) {
  return mean_transmission(layered_pattern(mask, layers, field));
}

template void apply_transmission(const MaskModel&, double, double, Spectrum<float>&);
template void apply_transmission(const MaskModel&, double, double, Spectrum<double>&);
template void apply_transmission_adjoint(const MaskModel&, double, double, Spectrum<float>&);
template void apply_transmission_adjoint(const MaskModel&, double, double, Spectrum<double>&);
template void apply_blur(const MaskModel&, double, double, Spectrum<float>&);
template void apply_blur(const MaskModel&, double, double, Spectrum<double>&);
template Image<float> biased(const Image<float>&, double, double, double);
template Image<double> biased(const Image<double>&, double, double, double);
template EdgeFields<float> edge_fields(const Image<float>&, double, double, double);
template EdgeFields<double> edge_fields(const Image<double>&, double, double, double);

}  // namespace reticle
