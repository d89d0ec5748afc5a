#include "litho/correction/interpolate.h"

#include <cmath>
#include <vector>

#include "kernels/cpu/resample.h"

namespace reticle {

namespace {

int wrap(int i, int n) { return (i % n + n) % n; }

Image<float> transposed(const Image<float>& image) {
  Image<float> out(image.cols(), image.rows());
  for (int y = 0; y < image.rows(); ++y)
    for (int x = 0; x < image.cols(); ++x) out(x, y) = image(y, x);
  return out;
}

Image<float> blur_rows(const Image<float>& image, const std::vector<float>& weights) {
  const int radius = static_cast<int>(weights.size() / 2), cols = image.cols();
  Image<float> out(image.rows(), cols);
  std::vector<float> line(static_cast<std::size_t>(cols + 2 * radius));
  for (int y = 0; y < image.rows(); ++y) {
    for (int x = -radius; x < cols + radius; ++x)
      line[static_cast<std::size_t>(x + radius)] = image(y, wrap(x, cols));
    for (std::size_t k = 0; k < weights.size(); ++k)
      for (int x = 0; x < cols; ++x) out(y, x) += weights[k] * line[static_cast<std::size_t>(x) + k];
  }
  return out;
}

}  // namespace

Image<float> gaussian_blur(const Image<float>& image, double sigma_px) {
  if (sigma_px <= 0.0) return image;
  const int radius = static_cast<int>(std::ceil(4.0 * sigma_px));
  std::vector<float> weights;
  double sum = 0.0;
  for (int i = -radius; i <= radius; ++i) sum += std::exp(-0.5 * i * i / (sigma_px * sigma_px));
  for (int i = -radius; i <= radius; ++i)
    weights.push_back(static_cast<float>(std::exp(-0.5 * i * i / (sigma_px * sigma_px)) / sum));
  return transposed(blur_rows(transposed(blur_rows(image, weights)), weights));
}

Image<float> resample(const Image<float>& image, int rows, int cols) {
  return cpu::resample(image.view(), rows, cols);
}

}  // namespace reticle
