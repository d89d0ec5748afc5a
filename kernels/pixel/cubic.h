// Cubic convolution: the four weights of the samples around a position [Keys 1981, a = -1/2].
#pragma once

#include "kernels/pixel/host_device.h"

namespace reticle::pixel {

struct CubicWeights {
  int first;  // sample of the first weight, relative to the pixel the position lies in
  float weight[4];
};

// Position `part` of `factor` equal parts of a pixel, samples being pixel centres.
RETICLE_HD CubicWeights cubic_weights(int part, int factor) {
  const double position = (part + 0.5) / factor - 0.5;
  const int floor = position < 0.0 ? -1 : 0;
  const double t = position - floor;
  const auto near = [](double s) { return (1.5 * s - 2.5) * s * s + 1.0; };
  const auto far = [](double s) { return ((-0.5 * s + 2.5) * s - 4.0) * s + 2.0; };
  return {floor - 1,
          {static_cast<float>(far(1.0 + t)), static_cast<float>(near(t)),
           static_cast<float>(near(1.0 - t)), static_cast<float>(far(2.0 - t))}};
}

}  // namespace reticle::pixel
