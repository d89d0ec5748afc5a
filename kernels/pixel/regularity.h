// SPDX-License-Identifier: Apache-2.0
// Regularity of the mask: what a pixel and its neighbours contribute, and the derivative.
//
//   total variation  w sum h sqrt((M(x+1) - M)^2 + (M(y+1) - M)^2 + e^2)   [Rudin, Osher & Fatemi 1992]
//   curvature        w sum h^2 (M(x+1) + M(x-1) + M(y+1) + M(y-1) - 4 M)^2
//   discreteness     w sum h^2 4 M (1 - M)
//
// h is the pixel in nm; images are periodic.
#pragma once

#include <cmath>

#include "kernels/pixel/host_device.h"

namespace reticle::pixel {

// Rounds the tip of |.|: contours are many times longer than this change of transmission.
inline constexpr float k_variation_tip = 0.01f;

RETICLE_HD float variation(float dx, float dy) {
  return sqrtf(dx * dx + dy * dy + k_variation_tip * k_variation_tip);
}

RETICLE_HD float laplacian(float centre, float left, float right, float down, float up) {
  return (left + right) + (down + up) - 4.0f * centre;
}

// Weights already times the powers of h above.
struct RegularityWeights {
  float length = 0.0f;
  float bend = 0.0f;
  float grey = 0.0f;
};

struct RegularityTerm {
  float value;       // this pixel's share of the sum
  float derivative;  // of the whole sum with respect to this pixel
};

// mask: [rows][cols], periodic. Gathers what the neighbours' terms say about pixel (x, y), so that
// pixels need no order.
RETICLE_HD RegularityTerm regularity_at(const float* mask, int rows, int cols, int y, int x,
                                        const RegularityWeights& weights) {
  const auto at = [&](int j, int i) {
    j = j < 0 ? j + rows : j >= rows ? j - rows : j;
    i = i < 0 ? i + cols : i >= cols ? i - cols : i;
    return mask[static_cast<long>(j) * cols + i];
  };
  const auto curve = [&](int j, int i) {
    return laplacian(at(j, i), at(j, i - 1), at(j, i + 1), at(j - 1, i), at(j + 1, i));
  };
  const float m = at(y, x);
  RegularityTerm term{weights.grey * 4.0f * m * (1.0f - m), weights.grey * 4.0f * (1.0f - 2.0f * m)};
  if (weights.length != 0.0f) {
    const float dx = at(y, x + 1) - m, dy = at(y + 1, x) - m, size = variation(dx, dy);
    const float left_dx = m - at(y, x - 1), left_dy = at(y + 1, x - 1) - at(y, x - 1);
    const float down_dx = at(y - 1, x + 1) - at(y - 1, x), down_dy = m - at(y - 1, x);
    term.value += weights.length * (size - k_variation_tip);
    term.derivative += weights.length * (left_dx / variation(left_dx, left_dy) +
                                         down_dy / variation(down_dx, down_dy) - (dx + dy) / size);
  }
  if (weights.bend != 0.0f) {
    const float own = curve(y, x);
    term.value += weights.bend * own * own;
    term.derivative += 2.0f * weights.bend *
                       ((curve(y, x - 1) + curve(y, x + 1)) + (curve(y - 1, x) + curve(y + 1, x)) - 4.0f * own);
  }
  return term;
}

}  // namespace reticle::pixel
