// SPDX-License-Identifier: Apache-2.0
#include "kernels/cpu/resample.h"

#include <limits>

namespace reticle::cpu {

namespace {

int wrap(int i, int n) { return (i % n + n) % n; }

std::vector<pixel::CubicWeights> taps_of(int samples, int count) {
  std::vector<pixel::CubicWeights> taps;
  for (int i = 0; i < count; ++i) taps.push_back(pixel::resampling_weights(i, count, samples));
  return taps;
}

}  // namespace

ResampledRows::ResampledRows(ImageView<const float> image, int rows, int cols)
    : image_(image), taps_x_(taps_of(image.cols, cols)), taps_y_(taps_of(image.rows, rows)), from_x_(taps_x_.size()) {
  for (std::size_t x = 0; x < taps_x_.size(); ++x)
    for (int k = 0; k < 4; ++k) from_x_[x][static_cast<std::size_t>(k)] = wrap(taps_x_[x].first + k, image.cols);
  for (std::vector<float>& row : held_) row.resize(taps_x_.size());
  held_rows_.fill(std::numeric_limits<int>::min());
}

const float* ResampledRows::wide(int y) {
  // Four rows that follow one another have four places, across the image's end too.
  const std::size_t place = static_cast<unsigned>(y) % held_.size();
  std::vector<float>& to = held_[place];
  if (held_rows_[place] == y) return to.data();
  const float* row = image_.row(wrap(y, image_.rows));
  for (std::size_t x = 0; x < to.size(); ++x)
    to[x] = pixel::weighted(taps_x_[x].weight, row[from_x_[x][0]], row[from_x_[x][1]], row[from_x_[x][2]], row[from_x_[x][3]]);
  held_rows_[place] = y;
  return to.data();
}

void ResampledRows::row(int y, float* out) {
  const pixel::CubicWeights& taps = taps_y_[static_cast<std::size_t>(y)];
  const float* from[4];
  for (int k = 0; k < 4; ++k) from[k] = wide(taps.first + k);
  for (int x = 0; x < cols(); ++x) out[x] = pixel::weighted(taps.weight, from[0][x], from[1][x], from[2][x], from[3][x]);
}

Image<float> resample(ImageView<const float> image, int rows, int cols) {
  ResampledRows resampled(image, rows, cols);
  Image<float> out(rows, cols);
  for (int y = 0; y < rows; ++y) resampled.row(y, out.row(y));
  return out;
}

}  // namespace reticle::cpu
