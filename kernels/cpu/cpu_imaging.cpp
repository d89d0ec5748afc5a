// SPDX-License-Identifier: Apache-2.0
#include "kernels/cpu/cpu_imaging.h"

#include <cmath>
#include <numbers>
#include <utility>

namespace reticle::cpu {

namespace {

std::vector<float> image_filter(const ImagingProblem& problem) {
  std::vector<float> factors;
  for (int n = -2 * problem.stack.half_y; n <= 2 * problem.stack.half_y; ++n)
    for (int m = -2 * problem.stack.half_x; m <= 2 * problem.stack.half_x; ++m) {
      const double fx = m / (problem.cols * problem.pixel_nm);
      const double fy = n / (problem.rows * problem.pixel_nm);
      const auto gaussian = [&](double range_nm) {
        const double s = std::numbers::pi * range_nm;
        return std::exp(-2.0 * s * s * (fx * fx + fy * fy));
      };
      factors.push_back(static_cast<float>(
          (1.0 - problem.flare) * (gaussian(problem.diffusion_nm) +
                                   problem.density * gaussian(problem.density_range_nm))));
    }
  return factors;
}

// 2 pi i f (1 - flare) G(diffusion) of every intensity coefficient.
std::vector<std::complex<float>> derivative(const ImagingProblem& problem, double period_nm, bool along_x) {
  std::vector<std::complex<float>> factors;
  for (int n = -2 * problem.stack.half_y; n <= 2 * problem.stack.half_y; ++n)
    for (int m = -2 * problem.stack.half_x; m <= 2 * problem.stack.half_x; ++m) {
      const double fx = m / (problem.cols * problem.pixel_nm), fy = n / (problem.rows * problem.pixel_nm);
      const double s = std::numbers::pi * problem.diffusion_nm;
      const double size = 2.0 * std::numbers::pi * (along_x ? m : n) / period_nm * (1.0 - problem.flare) *
                          std::exp(-2.0 * s * s * (fx * fx + fy * fy));
      factors.emplace_back(0.0f, static_cast<float>(size));
    }
  return factors;
}

constexpr float k_flat = 1e-9f;  // per nm: slopes below it have no direction

}  // namespace

CpuImaging::CpuImaging(const ImagingProblem& problem)
    : fields_(problem.stack),
      rows_(problem.rows),
      cols_(problem.cols),
      field_band_(fields_.field_rows(), fields_.field_cols(), 2 * half_x(), 2 * half_y(), Samples::at_corners),
      field_(fields_.field_rows(), fields_.field_cols()),
      intensity_(2 * half_x(), 2 * half_y()),
      pixels_(static_cast<float>(problem.rows) * static_cast<float>(problem.cols)),
      slope_nm_(static_cast<float>(problem.slope_nm)),
      filter_(image_filter(problem)),
      mask_offset_(problem.mask_offset),
      flare_(static_cast<float>(flare_factors(problem).step)),
      flare_offset_(static_cast<float>(flare_factors(problem).offset)),
      power_step_(static_cast<float>(problem.power_step)),
      power_at_0_(static_cast<float>(power_at_0(problem))) {
  for (const SocsStack::Condition& condition : problem.stack.conditions)
    tails_.emplace_back(problem.stack, condition, problem.cols * problem.pixel_nm, problem.rows * problem.pixel_nm);
  if (problem.slope_nm == 0.0) return;
  by_x_ = derivative(problem, problem.cols * problem.pixel_nm, true);
  by_y_ = derivative(problem, problem.rows * problem.pixel_nm, false);
  const Image<float> none(problem.rows, problem.cols);
  slopes_.assign(problem.stack.conditions.size(), Slope{none, none});
}

BandTransform<float>& CpuImaging::image_band() {
  if (!image_band_) image_band_.emplace(rows_, cols_, 2 * half_x(), 2 * half_y(), Samples::at_centres);
  return *image_band_;
}

void CpuImaging::compute_intensity(const Spectrum<float>& mask, int condition) {
  fields_.intensity(mask, condition, field_.view());
  field_band_.analyze(field_.view(), intensity_);
  tails_[static_cast<std::size_t>(condition)].for_each([&](int m, int n, float factor) {
    const std::complex<float> order = power_step_ * mask.at(m, n);
    intensity_.at(m, n) += factor * (m == 0 && n == 0 ? std::complex<float>(order.real() + power_at_0_) : order);
  });
}

void CpuImaging::filter(const Spectrum<float>& mask) {
  for (std::size_t i = 0; i < filter_.size(); ++i) intensity_.data()[i] *= filter_[i];
  intensity_.at(0, 0) += flare_ * mask.at(0, 0).real() + flare_offset_;
}

const Spectrum<float>& CpuImaging::image(const Spectrum<float>& mask, int condition) {
  compute_intensity(mask, condition);
  filter(mask);
  return intensity_;
}

void CpuImaging::image(const Spectrum<float>& mask, int condition, ImageView<float> image) {
  compute_intensity(mask, condition);
  if (has_slope()) {
    Slope& slope = slopes_[static_cast<std::size_t>(condition)];
    const Spectrum<float> aerial = intensity_;
    for (const auto& [factors, to] : {std::pair{&by_x_, &slope.x}, std::pair{&by_y_, &slope.y}}) {
      for (std::size_t i = 0; i < factors->size(); ++i) intensity_.data()[i] = aerial.data()[i] * (*factors)[i];
      image_band().synthesize(intensity_, to->view());
    }
    intensity_ = aerial;
  }
  filter(mask);
  image_band().synthesize(intensity_, image);
  if (has_slope()) add_slope(slopes_[static_cast<std::size_t>(condition)], image);
}

void CpuImaging::add_slope(Slope& slope, ImageView<float> image) {
  float *x = slope.x.data(), *y = slope.y.data();
  for (std::size_t i = 0; i < image.size(); ++i) {
    const float size = std::sqrt(x[i] * x[i] + y[i] * y[i] + k_flat * k_flat);
    image.data[i] += slope_nm_ * size;
    x[i] /= size;
    y[i] /= size;
  }
}

void CpuImaging::add_slope_adjoint(const Slope& slope, ImageView<const float> d_image, float pixels,
                                   Spectrum<float>& sum) {
  Image<float> weighted(d_image.rows, d_image.cols);
  Spectrum<float> part(sum.half_x(), sum.half_y());
  for (const auto& [factors, along] : {std::pair{&by_x_, &slope.x}, std::pair{&by_y_, &slope.y}}) {
    for (std::size_t i = 0; i < weighted.size(); ++i)
      weighted.data()[i] = slope_nm_ * d_image.data[i] * along->data()[i];
    image_band().analyze(weighted.view(), part);
    for (std::size_t i = 0; i < factors->size(); ++i)
      sum.data()[i] += pixels * std::conj((*factors)[i]) * part.data()[i];
  }
}

void CpuImaging::add_adjoint(int condition, ImageView<const float> d_image, float scale,
                             Spectrum<float>& d_mask) {
  // analyze() divides by its number of samples; the transposes of synthesize() and analyze() do not.
  image_band().analyze(d_image, intensity_);
  const float pixels = scale_back(scale, d_mask);
  if (has_slope()) add_slope_adjoint(slopes_[static_cast<std::size_t>(condition)], d_image, pixels, intensity_);
  add_adjoint_of_filtered(condition, d_mask);
}

void CpuImaging::add_adjoint(int condition, const Spectrum<float>& d_image, float scale, Spectrum<float>& d_mask) {
  intensity_ = d_image;
  scale_back(scale, d_mask);
  add_adjoint_of_filtered(condition, d_mask);
}

float CpuImaging::scale_back(float scale, Spectrum<float>& d_mask) {
  const float pixels = scale * pixels_;
  d_mask.at(0, 0) += flare_ * pixels * intensity_.at(0, 0).real();
  const float scaled = pixels / static_cast<float>(field_.size());
  for (std::size_t i = 0; i < intensity_.size(); ++i) intensity_.data()[i] *= scaled * filter_[i];
  return scaled;
}

void CpuImaging::add_adjoint_of_filtered(int condition, Spectrum<float>& d_mask) {
  const float samples = power_step_ * static_cast<float>(field_.size());
  tails_[static_cast<std::size_t>(condition)].for_each(
      [&](int m, int n, float factor) { d_mask.at(m, n) += factor * samples * intensity_.at(m, n); });
  field_band_.synthesize(intensity_, field_.view());
  fields_.add_adjoint(condition, field_.view(), d_mask);
}

}  // namespace reticle::cpu
