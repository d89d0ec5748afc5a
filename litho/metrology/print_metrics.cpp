// SPDX-License-Identifier: Apache-2.0
#include "litho/metrology/print_metrics.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <string>

#include "kernels/base/error.h"

namespace reticle {
namespace {

// The least float that is not below the threshold: the same floats reach it, compared faster.
float as_float(double threshold) {
  const float nearest = static_cast<float>(threshold);
  return static_cast<double>(nearest) < threshold
             ? std::nextafter(nearest, std::numeric_limits<float>::infinity())
             : nearest;
}

}  // namespace

Image<std::uint8_t> print(ImageView<const float> intensity, const PrintLevel& level) {
  Image<std::uint8_t> printed(intensity.rows, intensity.cols);
  std::uint8_t* out = printed.data();
  const float least = as_float(level.threshold);
  const std::uint8_t below = level.tone == PrintTone::exposed ? 0 : 1;
  for (std::size_t i = 0; i < intensity.size(); ++i)
    out[i] = static_cast<std::uint8_t>(intensity.data[i] >= least) ^ below;
  return printed;
}

BitImage print_bits(ImageView<const float> intensity, const PrintLevel& level) {
  BitImage printed(intensity.rows, intensity.cols);
  const float least = as_float(level.threshold);
  const std::uint8_t below = level.tone == PrintTone::exposed ? 0 : 1;
  for (int y = 0; y < intensity.rows; ++y) {
    std::array<std::uint8_t, BitImage::k_word> pixels;
    for (int x = 0; x < intensity.cols; x += BitImage::k_word) {
      const float* in = intensity.row(y) + x;
      const int count = std::min(BitImage::k_word, intensity.cols - x);
      if (count == BitImage::k_word) {  // known, so that the loop is unrolled
        for (std::size_t i = 0; i < BitImage::k_word; ++i) pixels[i] = static_cast<std::uint8_t>(in[i] >= least) ^ below;
      } else {
        pixels.fill(0);
        for (int i = 0; i < count; ++i) pixels[static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(in[i] >= least) ^ below;
      }
      printed.row(y)[x / BitImage::k_word] = packed_word(pixels.data());
    }
  }
  return printed;
}

std::int64_t count_differing(ImageView<const std::uint8_t> a, ImageView<const std::uint8_t> b) {
  if (a.rows != b.rows || a.cols != b.cols) {
    throw Error(ErrorCode::invalid_argument,
                "count_differing: the images have " + std::to_string(a.rows) + " x " +
                    std::to_string(a.cols) + " and " + std::to_string(b.rows) + " x " +
                    std::to_string(b.cols) + " pixels; compare images on one grid.");
  }
  std::int64_t count = 0;
  for (std::size_t i = 0; i < a.size(); ++i) count += (a.data[i] != 0) != (b.data[i] != 0);
  return count;
}

}  // namespace reticle
