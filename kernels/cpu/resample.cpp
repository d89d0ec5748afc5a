#include "kernels/cpu/resample.h"

#include "kernels/pixel/cubic.h"

namespace reticle::cpu {

namespace {

int wrap(int i, int n) { return (i % n + n) % n; }

Image<float> along_x(ImageView<const float> image, int cols) {
  Image<float> out(image.rows, cols);
  for (int x = 0; x < cols; ++x) {
    const pixel::CubicWeights w = pixel::resampling_weights(x, cols, image.cols);
    int from[4];
    for (int k = 0; k < 4; ++k) from[k] = wrap(w.first + k, image.cols);
    for (int y = 0; y < image.rows; ++y) {
      const float* row = image.row(y);
      out(y, x) = pixel::weighted(w.weight, row[from[0]], row[from[1]], row[from[2]], row[from[3]]);
    }
  }
  return out;
}

}  // namespace

Image<float> resample(ImageView<const float> image, int rows, int cols) {
  const Image<float> wide = along_x(image, cols);
  Image<float> out(rows, cols);
  for (int y = 0; y < rows; ++y) {
    const pixel::CubicWeights w = pixel::resampling_weights(y, rows, image.rows);
    const float* from[4];
    for (int k = 0; k < 4; ++k) from[k] = wide.row(wrap(w.first + k, image.rows));
    for (int x = 0; x < cols; ++x)
      out(y, x) = pixel::weighted(w.weight, from[0][x], from[1][x], from[2][x], from[3][x]);
  }
  return out;
}

}  // namespace reticle::cpu
