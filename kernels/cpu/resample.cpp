// SPDX-License-Identifier: Apache-2.0
#include "kernels/cpu/resample.h"

#include <array>

namespace reticle::cpu {

namespace {

int wrap(int i, int n) { return (i % n + n) % n; }

std::vector<pixel::CubicWeights> taps_of(int samples, int count) {
  std::vector<pixel::CubicWeights> taps;
  for (int i = 0; i < count; ++i) taps.push_back(pixel::resampling_weights(i, count, samples));
  return taps;
}

Image<float> along_x(ImageView<const float> image, int cols) {
  const std::vector<pixel::CubicWeights> taps = taps_of(image.cols, cols);
  std::vector<std::array<int, 4>> from(taps.size());
  for (std::size_t x = 0; x < taps.size(); ++x)
    for (int k = 0; k < 4; ++k) from[x][static_cast<std::size_t>(k)] = wrap(taps[x].first + k, image.cols);
  Image<float> out(image.rows, cols);
  for (int y = 0; y < image.rows; ++y) {
    const float* row = image.row(y);
    float* to = out.row(y);
    for (std::size_t x = 0; x < taps.size(); ++x)
      to[x] = pixel::weighted(taps[x].weight, row[from[x][0]], row[from[x][1]], row[from[x][2]], row[from[x][3]]);
  }
  return out;
}

}  // namespace

ResampledRows::ResampledRows(ImageView<const float> image, int rows, int cols)
    : wide_(along_x(image, cols)), taps_(taps_of(image.rows, rows)) {}

void ResampledRows::row(int y, float* out) const {
  const pixel::CubicWeights& taps = taps_[static_cast<std::size_t>(y)];
  const float* from[4];
  for (int k = 0; k < 4; ++k) from[k] = wide_.row(wrap(taps.first + k, wide_.rows()));
  for (int x = 0; x < wide_.cols(); ++x)
    out[x] = pixel::weighted(taps.weight, from[0][x], from[1][x], from[2][x], from[3][x]);
}

Image<float> resample(ImageView<const float> image, int rows, int cols) {
  const ResampledRows resampled(image, rows, cols);
  Image<float> out(rows, cols);
  for (int y = 0; y < rows; ++y) resampled.row(y, out.row(y));
  return out;
}

}  // namespace reticle::cpu
