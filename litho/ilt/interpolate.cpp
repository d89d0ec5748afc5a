// SPDX-License-Identifier: Apache-2.0
#include "litho/ilt/interpolate.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "kernels/cpu/pixel_rows.h"
#include "kernels/cpu/resample.h"

namespace reticle {

namespace {

int wrap(int i, int n) { return (i % n + n) % n; }

Image<float> blur_rows(const Image<float>& image, const std::vector<float>& weights) {
  const int radius = static_cast<int>(weights.size() / 2), cols = image.cols();
  Image<float> out(image.rows(), cols);
  std::vector<float> line(static_cast<std::size_t>(cols + 2 * radius));
  std::vector<const float*> taps;
  for (std::size_t k = 0; k < weights.size(); ++k) taps.push_back(line.data() + k);
  for (int y = 0; y < image.rows(); ++y) {
    const float* row = image.row(y);
    std::copy_n(row, cols, line.data() + radius);
    for (int x = 1; x <= radius; ++x) {
      line[static_cast<std::size_t>(radius - x)] = row[wrap(-x, cols)];
      line[static_cast<std::size_t>(radius + cols + x - 1)] = row[wrap(cols + x - 1, cols)];
    }
    cpu::weighted_sum(cpu::widest(), weights.data(), static_cast<int>(weights.size()), taps.data(), cols, out.row(y));
  }
  return out;
}

Image<float> blur_columns(const Image<float>& image, const std::vector<float>& weights) {
  const int radius = static_cast<int>(weights.size() / 2);
  Image<float> out(image.rows(), image.cols());
  std::vector<const float*> rows;  // from row -radius on
  for (int y = -radius; y < image.rows() + radius; ++y) rows.push_back(image.row(wrap(y, image.rows())));
  for (int y = 0; y < image.rows(); ++y)
    cpu::weighted_sum(cpu::widest(), weights.data(), static_cast<int>(weights.size()), rows.data() + y, image.cols(), out.row(y));
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
  return blur_columns(blur_rows(image, weights), weights);
}

BitImage positive_where_resampled(const Image<float>& image, int rows, int cols) {
  cpu::ResampledRows resampled(image.view(), rows, cols);
  BitImage out(rows, cols);
  // Whole words; what is beyond the row stays 0.
  std::vector<float> line(static_cast<std::size_t>(out.words()) * BitImage::k_word);
  for (int y = 0; y < rows; ++y) {
    resampled.row(y, line.data());
    for (int word = 0; word < out.words(); ++word) {
      std::array<std::uint8_t, BitImage::k_word> positive;
      const float* in = line.data() + word * BitImage::k_word;
      for (std::size_t i = 0; i < positive.size(); ++i) positive[i] = in[i] > 0.0f;
      out.row(y)[word] = packed_word(positive.data());
    }
  }
  return out;
}

}  // namespace reticle
