// SPDX-License-Identifier: Apache-2.0
#include "litho/imaging/image_places.h"

#include <cmath>
#include <complex>
#include <numbers>
#include <string>

#include "kernels/base/error.h"
#include "litho/imaging/simulator.h"

namespace reticle {

namespace {

using Complex = std::complex<double>;

// exp(-2 pi i m u) for m = -half..half.
std::vector<Complex> conjugate_phases(double u, int half) {
  std::vector<Complex> table;
  for (int m = -half; m <= half; ++m) {
    const double turns = m * u;
    table.push_back(std::polar(1.0, -2.0 * std::numbers::pi * (turns - std::round(turns))));
  }
  return table;
}

void require_size(std::size_t given, std::size_t wanted) {
  if (given == wanted) return;
  throw Error(ErrorCode::invalid_argument, "an image of " + std::to_string(wanted) + " values in an array of " +
                                               std::to_string(given));
}

// The transpose of intensity_on(): along y for every column, then along x.
template <class T>
Spectrum<T> gradient_of(const GridPixels& places, std::span<const T> d_image, int half_x, int half_y) {
  const auto& [field, grid] = places;
  const int rows = 2 * half_y + 1;
  std::vector<Complex> columns(static_cast<std::size_t>(rows) * grid.cols);
  for (int y = 0; y < grid.rows; ++y) {
    const double v = (grid.origin_y_nm + (y + 0.5) * grid.pixel_nm - field.y0) / field.height();
    const auto phases = conjugate_phases(v, half_y);
    for (int n = 0; n < rows; ++n)
      for (int x = 0; x < grid.cols; ++x)
        columns[static_cast<std::size_t>(n) * grid.cols + x] +=
            phases[static_cast<std::size_t>(n)] * static_cast<double>(d_image[static_cast<std::size_t>(y) * grid.cols + x]);
  }
  std::vector<Complex> sums(static_cast<std::size_t>(rows) * (2 * half_x + 1));
  for (int x = 0; x < grid.cols; ++x) {
    const double u = (grid.origin_x_nm + (x + 0.5) * grid.pixel_nm - field.x0) / field.width();
    const auto phases = conjugate_phases(u, half_x);
    for (int n = 0; n < rows; ++n)
      for (std::size_t m = 0; m < phases.size(); ++m)
        sums[static_cast<std::size_t>(n) * phases.size() + m] +=
            phases[m] * columns[static_cast<std::size_t>(n) * grid.cols + x];
  }
  Spectrum<T> gradient(half_x, half_y);
  for (std::size_t i = 0; i < sums.size(); ++i) gradient.data()[i] = std::complex<T>(sums[i]);
  return gradient;
}

template <class T>
Spectrum<T> gradient_of(const LayoutPoints& places, std::span<const T> d_image, int half_x, int half_y) {
  std::vector<Complex> sums(static_cast<std::size_t>(2 * half_y + 1) * (2 * half_x + 1));
  for (std::size_t p = 0; p < places.points.size(); ++p) {
    const auto px = conjugate_phases((places.points[p].x - places.field.x0) / places.field.width(), half_x);
    const auto py = conjugate_phases((places.points[p].y - places.field.y0) / places.field.height(), half_y);
    std::size_t i = 0;
    for (const Complex& y : py)
      for (const Complex& x : px) sums[i++] += static_cast<double>(d_image[p]) * x * y;
  }
  Spectrum<T> gradient(half_x, half_y);
  for (std::size_t i = 0; i < sums.size(); ++i) gradient.data()[i] = std::complex<T>(sums[i]);
  return gradient;
}

}  // namespace

std::size_t count(const ImagePlaces& places) {
  if (const auto* field = std::get_if<FieldPixels>(&places))
    return static_cast<std::size_t>(field->rows) * static_cast<std::size_t>(field->cols);
  if (const auto* grid = std::get_if<GridPixels>(&places)) return grid->grid.size();
  return std::get<LayoutPoints>(places).points.size();
}

template <class T>
cpu::BandTransform<T>& ImageReader<T>::band(int rows, int cols, int half_x, int half_y) {
  const std::array<int, 4> key{rows, cols, half_x, half_y};
  auto found = bands_.find(key);
  if (found == bands_.end())
    found = bands_.try_emplace(key, rows, cols, half_x, half_y, cpu::Samples::at_centres).first;
  return found->second;
}

template <class T>
void ImageReader<T>::read(const Spectrum<T>& image, const ImagePlaces& places, std::span<T> out) {
  require_size(out.size(), count(places));
  if (const auto* field = std::get_if<FieldPixels>(&places)) {
    band(field->rows, field->cols, image.half_x(), image.half_y())
        .synthesize(image, {out.data(), field->rows, field->cols});
  } else if (const auto* grid = std::get_if<GridPixels>(&places)) {
    const Image<T> values = intensity_on(image, grid->field, grid->grid);
    std::copy(values.begin(), values.end(), out.begin());
  } else {
    const auto& [box, points] = std::get<LayoutPoints>(places);
    for (std::size_t i = 0; i < points.size(); ++i)
      out[i] = static_cast<T>(intensity_at(image, box, points[i]));
  }
}

template <class T>
Spectrum<T> ImageReader<T>::gradient(const ImagePlaces& places, std::span<const T> d_image, int half_x,
                                     int half_y) {
  require_size(d_image.size(), count(places));
  if (const auto* grid = std::get_if<GridPixels>(&places)) return gradient_of(*grid, d_image, half_x, half_y);
  if (const auto* points = std::get_if<LayoutPoints>(&places))
    return gradient_of(*points, d_image, half_x, half_y);
  const FieldPixels& field = std::get<FieldPixels>(places);
  Spectrum<T> gradient(half_x, half_y);
  band(field.rows, field.cols, half_x, half_y).analyze({d_image.data(), field.rows, field.cols}, gradient);
  for (std::size_t i = 0; i < gradient.size(); ++i) gradient.data()[i] *= static_cast<T>(d_image.size());
  return gradient;
}

template class ImageReader<float>;
template class ImageReader<double>;

}  // namespace reticle
