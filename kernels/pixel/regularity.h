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

}  // namespace reticle::pixel
