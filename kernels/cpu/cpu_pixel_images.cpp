// SPDX-License-Identifier: Apache-2.0
#include "kernels/cpu/cpu_pixel_images.h"

namespace reticle::cpu {

CpuPixelImages::CpuPixelImages(const ImagingProblem& problem)
    : imaging_(problem),
      mask_band_(problem.rows, problem.cols, imaging_.half_x(), imaging_.half_y(), Samples::at_centres),
      mask_(imaging_.half_x(), imaging_.half_y()),
      image_(problem.rows, problem.cols) {
  require_one_condition(problem);
}

void CpuPixelImages::image(const float* mask, float exposure, float* image) {
  mask_band_.analyze({mask, image_.rows(), image_.cols()}, mask_);
  imaging_.add_background(mask_);
  imaging_.image(mask_, 0, image_.view());
  for (std::size_t i = 0; i < image_.size(); ++i) image[i] = exposure * image_.data()[i];
}

double CpuPixelImages::gradient(const float* d_image, float exposure, float* d_mask) {
  Spectrum<float> d_orders(imaging_.half_x(), imaging_.half_y());
  // analyze() divides by the pixels, so its transpose is synthesize() divided by them.
  imaging_.add_adjoint(0, ImageView<const float>{d_image, image_.rows(), image_.cols()},
                       exposure / static_cast<float>(image_.size()), d_orders);
  mask_band_.synthesize(d_orders, {d_mask, image_.rows(), image_.cols()});
  double sum = 0.0;
  for (std::size_t i = 0; i < image_.size(); ++i) sum += static_cast<double>(d_image[i]) * image_.data()[i];
  return exposure * sum;
}

}  // namespace reticle::cpu
