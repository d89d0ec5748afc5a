// SPDX-License-Identifier: Apache-2.0
#include "litho/ilt/unresolved.h"

#include <algorithm>

#include "kernels/base/spectrum.h"
#include "kernels/cpu/band_transform.h"

namespace reticle {

Image<float> unresolved(const Image<std::uint8_t>& written, const Image<float>& grey, int half_x, int half_y) {
  using Transform = cpu::BandTransform<float>;
  Image<float> fine(written.rows(), written.cols());
  std::copy(written.begin(), written.end(), fine.begin());
  Spectrum<float> of_written(half_x, half_y), of_grey(half_x, half_y);
  Transform(fine.rows(), fine.cols(), half_x, half_y, cpu::Samples::at_centres).analyze(fine.view(), of_written);
  Transform coarse(grey.rows(), grey.cols(), half_x, half_y, cpu::Samples::at_centres);
  coarse.analyze(grey.view(), of_grey);
  for (std::size_t i = 0; i < of_written.size(); ++i) of_written.data()[i] -= of_grey.data()[i];
  Image<float> out(grey.rows(), grey.cols());
  coarse.synthesize(of_written, out.view());
  return out;
}

}  // namespace reticle
