// SPDX-License-Identifier: Apache-2.0
// Cubic convolution: the four weights of the samples around a position [Keys 1981, a = -1/2].
#pragma once

#include <cmath>

#include "kernels/pixel/host_device.h"

namespace reticle::pixel {

struct CubicWeights {
  int first;  // sample of the first weight
  float weight[4];
};

// position: in samples.
RETICLE_HD CubicWeights cubic_weights(double position) {
  const double base = floor(position), t = position - base;
  const auto near = [](double s) { return (1.5 * s - 2.5) * s * s + 1.0; };
  const auto far = [](double s) { return ((-0.5 * s + 2.5) * s - 4.0) * s + 2.0; };
  return {static_cast<int>(base) - 1,
          {static_cast<float>(far(1.0 + t)), static_cast<float>(near(t)),
           static_cast<float>(near(1.0 - t)), static_cast<float>(far(2.0 - t))}};
}

// Position `part` of `factor` equal parts of a pixel, samples being pixel centres; samples count from
// the pixel the position lies in.
RETICLE_HD CubicWeights cubic_weights(int part, int factor) {
  return cubic_weights((part + 0.5) / factor - 0.5);
}

// Pixel `index` of `count` that cover as much as `samples` pixels, samples being the centres of these.
RETICLE_HD CubicWeights resampling_weights(int index, int count, int samples) {
  return cubic_weights((index + 0.5) * samples / count - 0.5);
}

// The sum in the order that every engine takes.
RETICLE_HD float weighted(const float* weight, float a, float b, float c, float d) {
  return (weight[0] * a + weight[3] * d) + (weight[1] * b + weight[2] * c);
}

}  // namespace reticle::pixel
