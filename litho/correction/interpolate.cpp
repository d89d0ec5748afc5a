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

// Where a pixel of the new grid lies among those of the old one.
struct Taps {
  std::array<int, 4> from;
  std::array<float, 4> weight;
};

std::vector<Taps> taps_of(int old_size, int new_size) {
  std::vector<Taps> taps(static_cast<std::size_t>(new_size));
  for (int x = 0; x < new_size; ++x) {
    const double position = (x + 0.5) * old_size / new_size - 0.5;
    const int base = static_cast<int>(std::floor(position));
    for (int k = 0; k < 4; ++k) {
      Taps& here = taps[static_cast<std::size_t>(x)];
      here.from[static_cast<std::size_t>(k)] = wrap(base - 1 + k, old_size);
      here.weight[static_cast<std::size_t>(k)] = static_cast<float>(keys_cubic(position - (base - 1 + k)));
    }
  }
  return taps;
}

float sum_of(const Taps& taps, float a, float b, float c, float d) {
  const std::array<float, 4>& weight = taps.weight;
  return (weight[0] * a + weight[3] * d) + (weight[1] * b + weight[2] * c);
}

Image<float> resample_rows(const Image<float>& image, int cols) {
  const std::vector<Taps> taps = taps_of(image.cols(), cols);
  Image<float> out(image.rows(), cols);
  for (int y = 0; y < image.rows(); ++y) {
    const float* in = image.row(y);
    float* to = out.row(y);
    for (const Taps& here : taps)
      *to++ = sum_of(here, in[here.from[0]], in[here.from[1]], in[here.from[2]], in[here.from[3]]);
  }
  return out;
}

// Row y of an image whose columns are resampled.
void resample_column_row(const Image<float>& image, const Taps& taps, float* out) {
  const float *a = image.row(taps.from[0]), *b = image.row(taps.from[1]),
              *c = image.row(taps.from[2]), *d = image.row(taps.from[3]);
  for (int x = 0; x < image.cols(); ++x) out[x] = sum_of(taps, a[x], b[x], c[x], d[x]);
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
  const Image<float> wide = resample_rows(image, cols);
  const std::vector<Taps> taps = taps_of(image.rows(), rows);
  Image<float> out(rows, cols);
  for (int y = 0; y < rows; ++y)
    resample_column_row(wide, taps[static_cast<std::size_t>(y)], out.row(y));
  return out;
}

BitImage positive_where_resampled(const Image<float>& image, int rows, int cols) {
  const Image<float> wide = resample_rows(image, cols);
  const std::vector<Taps> taps = taps_of(image.rows(), rows);
  BitImage out(rows, cols);
  // Whole words; what is beyond the row stays 0.
  std::vector<float> line(static_cast<std::size_t>(out.words()) * BitImage::k_word);
  for (int y = 0; y < rows; ++y) {
    resample_column_row(wide, taps[static_cast<std::size_t>(y)], line.data());
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
