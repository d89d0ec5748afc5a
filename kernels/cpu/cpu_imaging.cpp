#include "kernels/cpu/cpu_imaging.h"

#include <cmath>
#include <numbers>

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

}  // namespace

CpuImaging::CpuImaging(const ImagingProblem& problem)
    : fields_(problem.stack),
      image_band_(problem.rows, problem.cols, 2 * half_x(), 2 * half_y(), Samples::at_centres),
      field_band_(fields_.field_rows(), fields_.field_cols(), 2 * half_x(), 2 * half_y(), Samples::at_corners),
      field_(fields_.field_rows(), fields_.field_cols()),
      intensity_(2 * half_x(), 2 * half_y()),
      filter_(image_filter(problem)),
      flare_(static_cast<float>(problem.flare * (1.0 + problem.density))) {
  for (const SocsStack::Condition& condition : problem.stack.conditions)
    tails_.emplace_back(problem.stack, condition, problem.cols * problem.pixel_nm, problem.rows * problem.pixel_nm);
}

void CpuImaging::image(const Spectrum<float>& mask, int condition, ImageView<float> image) {
  fields_.intensity(mask, condition, field_.view());
  field_band_.analyze(field_.view(), intensity_);
  tails_[static_cast<std::size_t>(condition)].for_each(
      [&](int m, int n, float factor) { intensity_.at(m, n) += factor * mask.at(m, n); });
  for (std::size_t i = 0; i < filter_.size(); ++i) intensity_.data()[i] *= filter_[i];
  intensity_.at(0, 0) += flare_ * mask.at(0, 0).real();
  image_band_.synthesize(intensity_, image);
}

void CpuImaging::add_adjoint(int condition, ImageView<const float> d_image, float scale,
                             Spectrum<float>& d_mask) {
  // analyze() divides by its number of samples; the transposes of synthesize() and analyze() do not.
  const float pixels = scale * static_cast<float>(d_image.size());
  image_band_.analyze(d_image, intensity_);
  d_mask.at(0, 0) += flare_ * pixels * intensity_.at(0, 0).real();
  for (std::size_t i = 0; i < intensity_.size(); ++i)
    intensity_.data()[i] *= pixels / static_cast<float>(field_.size()) * filter_[i];
  const auto samples = static_cast<float>(field_.size());
  tails_[static_cast<std::size_t>(condition)].for_each(
      [&](int m, int n, float factor) { d_mask.at(m, n) += factor * samples * intensity_.at(m, n); });
  field_band_.synthesize(intensity_, field_.view());
  fields_.add_adjoint(condition, field_.view(), d_mask);
}

}  // namespace reticle::cpu
