#include "litho/metrology/print_metrics.h"

#include <string>

#include "kernels/base/error.h"

namespace reticle {

Image<std::uint8_t> print(ImageView<const float> intensity, double threshold) {
  Image<std::uint8_t> printed(intensity.rows, intensity.cols);
  std::uint8_t* out = printed.data();
  for (std::size_t i = 0; i < intensity.size(); ++i) out[i] = intensity.data[i] >= threshold;
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
