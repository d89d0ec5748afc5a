// SPDX-License-Identifier: Apache-2.0
#include "litho/verification/region_images.h"

#include <algorithm>
#include <cmath>
#include <complex>
#include <numbers>
#include <span>
#include <utility>
#include <vector>

#include "litho/imaging/resist_image.h"

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
  std::vector<std::complex<double>> along;
  for (int m = -spectrum.half_x(); m <= spectrum.half_x(); ++m) along.push_back(turned(m * u));
  for (int n = -spectrum.half_y(); n <= spectrum.half_y(); ++n) {
    const std::complex<double> up = turned(n * v);
    for (int m = -spectrum.half_x(); m <= spectrum.half_x(); ++m)
      spectrum.at(m, n) *= std::complex<float>(along[static_cast<std::size_t>(m + spectrum.half_x())] * up);
  }
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
      pitch_{model.period_x_nm / cols_, model.period_y_nm / rows_}, period_(rows_, cols_) {}

void RegionImages::begin(const Box& field) {
  polygons_ = {}, pixels_ = {}, binary_ = {};
  field_ = field;
  spectra_.clear(), images_.clear();
}

void RegionImages::set_mask(std::span<const Polygon> polygons, const Box& field) {
  begin(field);
  polygons_ = polygons;
}

void RegionImages::set_mask(ImageView<const float> pixels, const Box& field) {
  begin(field);
  // A mask of 0 and 1 is imaged alike whether a file or an optimiser gave it.
  const std::span all(pixels.data, pixels.size());
  if (std::all_of(all.begin(), all.end(), [](float pixel) { return pixel == 0.0f || pixel == 1.0f; })) {
    given_ = Image<std::uint8_t>(pixels.rows, pixels.cols);
    std::copy(all.begin(), all.end(), given_.begin());
    binary_ = given_.view();
  } else {
    pixels_ = pixels;
  }
}

void RegionImages::set_mask(ImageView<const std::uint8_t> pixels, const Box& field) {
  begin(field);
  binary_ = pixels;
}

Spectrum<float> RegionImages::spectrum_of(double cd_error_nm) {
  if (binary_.size() > 0) return simulator_.mask_spectrum(binary_, cd_error_nm);
  return pixels_.size() > 0 ? simulator_.mask_spectrum(pixels_, cd_error_nm)
                            : simulator_.mask_spectrum(polygons_, field_, cd_error_nm);
}

const SampledImage& RegionImages::image(int condition, double cd_error_nm) {
  const auto found = images_.find({condition, cd_error_nm});
  if (found != images_.end()) return found->second;
  auto mask = spectra_.find(cd_error_nm);
  if (mask == spectra_.end()) mask = spectra_.emplace(cd_error_nm, spectrum_of(cd_error_nm)).first;
  Spectrum<float> aerial = simulator_.intensity_spectrum(mask->second, condition);
  // Pixel centres lie half a pitch from the field's corner.
  shift(aerial, (k_offset - 0.5) / cols_, (k_offset - 0.5) / rows_);
  resist_image(simulator_, model_, std::move(aerial), period_.view());
  const Point first{field_.x0 + (k_offset - k_beyond) * pitch_.x, field_.y0 + (k_offset - k_beyond) * pitch_.y};
  return images_.emplace(std::pair{condition, cd_error_nm}, SampledImage(wrapped(period_), first, pitch_)).first->second;
}

Print RegionImages::print(const ProcessCorner& corner) {
  const int condition = static_cast<int>(&model_.condition(corner.condition) - model_.conditions.data());
  const PrintLevel level = model_.resist.level().at_dose(corner.dose);
  return {.image = &image(condition, corner.mask_bias_nm),
          .threshold = level.threshold,
          .sign = level.sign()};
}

}  // namespace reticle
