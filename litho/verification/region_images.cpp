#include "litho/verification/region_images.h"

#include <algorithm>
#include <cmath>
#include <complex>
#include <numbers>
#include <utility>

namespace reticle {

namespace {

// Samples stand off the grid of drawn edges, so that no contour's corner lies on one.
constexpr double k_offset = 0.3819660113;  // of a pitch
constexpr int k_beyond = 8;                // samples on every side of the period

std::complex<double> turned(double turns) {
  return std::polar(1.0, 2.0 * std::numbers::pi * (turns - std::round(turns)));
}

// The image seen from a point at (u, v) periods.
void shift(Spectrum<float>& spectrum, double u, double v) {
  for (int n = -spectrum.half_y(); n <= spectrum.half_y(); ++n)
    for (int m = -spectrum.half_x(); m <= spectrum.half_x(); ++m)
      spectrum.at(m, n) *= std::complex<float>(turned(m * u + n * v));
}

Image<float> wrapped(const Image<float>& period) {
  const int rows = period.rows(), cols = period.cols();
  Image<float> image(rows + 2 * k_beyond, cols + 2 * k_beyond);
  for (int y = 0; y < image.rows(); ++y) {
    const float* from = period.row((y - k_beyond + rows) % rows);
    float* to = image.row(y);
    std::copy_n(from, cols, to + k_beyond);
    std::copy_n(from + cols - k_beyond, k_beyond, to);
    std::copy_n(from, k_beyond, to + k_beyond + cols);
  }
  return image;
}

}  // namespace

RegionImages::RegionImages(const OpticalModel& model)
    : model_(model), simulator_(model), rows_(samples_per_side(2 * simulator_.half_y())),
      cols_(samples_per_side(2 * simulator_.half_x())),
      pitch_{model.period_x_nm / cols_, model.period_y_nm / rows_} {}

void RegionImages::set_mask(std::span<const Polygon> polygons, const Box& field) {
  spectrum_ = simulator_.mask_spectrum(polygons, field);
  field_ = field;
  images_.clear();
}

void RegionImages::set_mask(ImageView<const float> pixels, const Box& field) {
  spectrum_ = simulator_.mask_spectrum(pixels);
  field_ = field;
  images_.clear();
}

const SampledImage& RegionImages::image(int condition) {
  const auto found = images_.find(condition);
  if (found != images_.end()) return found->second;
  Spectrum<float> intensity = simulator_.intensity_spectrum(spectrum_, condition);
  expose(intensity, model_.period_x_nm, model_.period_y_nm, model_.resist);
  // Pixel centres lie half a pitch from the field's corner.
  shift(intensity, (k_offset - 0.5) / cols_, (k_offset - 0.5) / rows_);
  const Point first{field_.x0 + (k_offset - k_beyond) * pitch_.x, field_.y0 + (k_offset - k_beyond) * pitch_.y};
  return images_.emplace(condition, SampledImage(wrapped(simulator_.image(intensity, rows_, cols_)), first, pitch_))
      .first->second;
}

Print RegionImages::print(const ProcessCorner& corner) {
  const int condition = static_cast<int>(&model_.condition(corner.condition) - model_.conditions.data());
  const PrintLevel level = model_.resist.level().at_dose(corner.dose);
  return {.image = &image(condition),
          .threshold = level.threshold,
          .sign = level.tone == PrintTone::exposed ? 1.0 : -1.0};
}

}  // namespace reticle
