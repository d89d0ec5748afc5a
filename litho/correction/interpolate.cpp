#include "litho/correction/interpolate.h"

#include <array>
#include <cmath>
#include <vector>

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

double keys_cubic(double s) {
  s = std::abs(s);
  return s < 1 ? (1.5 * s - 2.5) * s * s + 1 : ((-0.5 * s + 2.5) * s - 4) * s + 2;
}

Image<float> resample_rows(const Image<float>& image, int cols) {
  Image<float> out(image.rows(), cols);
  for (int x = 0; x < cols; ++x) {
    const double position = (x + 0.5) * image.cols() / cols - 0.5;
    const int base = static_cast<int>(std::floor(position));
    std::array<int, 4> from;
    std::array<float, 4> weight;
    for (int k = 0; k < 4; ++k) {
      from[static_cast<std::size_t>(k)] = wrap(base - 1 + k, image.cols());
      weight[static_cast<std::size_t>(k)] = static_cast<float>(keys_cubic(position - (base - 1 + k)));
    }
    for (int y = 0; y < image.rows(); ++y)
      out(y, x) = (weight[0] * image(y, from[0]) + weight[3] * image(y, from[3])) +
                  (weight[1] * image(y, from[1]) + weight[2] * image(y, from[2]));
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
  return transposed(resample_rows(transposed(resample_rows(image, cols)), rows));
}

}  // namespace reticle
