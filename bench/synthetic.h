// SPDX-License-Identifier: Apache-2.0
// Inputs of our own for benchmarks: a model of the contest's size and a metal-like clip.
#pragma once

#include <cmath>
#include <random>
#include <string>
#include <vector>

#include "litho/geometry/polygon.h"
#include "litho/imaging/optical_model.h"

namespace reticle::bench {

// 24 kernels of 35 x 35 orders in two conditions on a period of 2048 nm: smooth low-pass kernels of
// falling weight. Cost does not depend on the values.
inline OpticalModel contest_sized_model() {
  std::mt19937 generator(1);
  std::normal_distribution<double> normal;
  OpticalModel model;
  model.period_x_nm = model.period_y_nm = 2048.0;
  model.resist.threshold = 0.225;
  for (const std::string name : {"focus", "defocus"}) {
    SocsKernels kernels{.name = name, .half_x = 17, .half_y = 17};
    for (int k = 0; k < 24; ++k) {
      kernels.weights.push_back(std::exp(-0.25 * k));
      for (int n = -17; n <= 17; ++n)
        for (int m = -17; m <= 17; ++m) {
          const double fall = std::exp(-(m * m + n * n) / 100.0);
          kernels.coefficients.emplace_back(k == 0 ? fall : 0.3 * fall * normal(generator),
                                            k == 0 ? 0.0 : 0.3 * fall * normal(generator));
        }
    }
    model.conditions.push_back(std::move(kernels));
  }
  return model;
}

// Vertical bars with gaps in the middle 1024 nm of a 2048 nm window: about 50 rectangles.
inline Design metal_clip() {
  Design design{.window = {0, 0, 2048, 2048}};
  std::mt19937 generator(2);
  std::uniform_int_distribution<int> gap(560, 1480);
  for (int x = 520; x + 70 < 1530; x += 140) {
    int y = 520;
    while (y < 1500) {
      const int end = std::min(1530, std::max(y + 120, gap(generator)));
      const double x0 = x, y0 = y, x1 = x + 70, y1 = end;
      design.polygons.push_back({{x0, y0}, {x1, y0}, {x1, y1}, {x0, y1}});
      y = end + 90;
    }
  }
  return design;
}

}  // namespace reticle::bench
