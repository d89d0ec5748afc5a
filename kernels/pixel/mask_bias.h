// SPDX-License-Identifier: Apache-2.0
// A mask whose edges have moved outwards by half of `bias`, to second order of it, and the derivative.
//
//   m' = m + b/2 |grad m| + b^2/8 laplacian m
//
// by central differences on a periodic grid. A step of any height moves as a whole.
#pragma once

#include <cmath>

#include "kernels/pixel/host_device.h"

namespace reticle::pixel {

// Rounds the tip of |.|, per pixel: edges are a thousand times steeper.
inline constexpr double k_bias_tip = 1e-4;

// bias in pixels. mask: [rows][cols]. S: float or double.
template <class S>
struct MaskBias {
  int rows, cols;
  S bias;

  RETICLE_HD S at(const S* mask, int y, int x) const {
    y = y < 0 ? y + rows : y >= rows ? y - rows : y;
    x = x < 0 ? x + cols : x >= cols ? x - cols : x;
    return mask[static_cast<long>(y) * cols + x];
  }
  // Half of the difference of the neighbours over the size of the gradient.
  struct Direction {
    S x, y, size;
  };
  RETICLE_HD Direction direction(const S* mask, int y, int x) const {
    const S dx = S(0.5) * (at(mask, y, x + 1) - at(mask, y, x - 1));
    const S dy = S(0.5) * (at(mask, y + 1, x) - at(mask, y - 1, x));
    const S size = std::sqrt(dx * dx + dy * dy + S(k_bias_tip) * S(k_bias_tip));
    return {dx / size, dy / size, size};
  }
  RETICLE_HD S laplacian(const S* image, int y, int x) const {
    return (at(image, y, x - 1) + at(image, y, x + 1)) + (at(image, y - 1, x) + at(image, y + 1, x)) -
           S(4.0) * at(image, y, x);
  }
  RETICLE_HD S moved(const S* mask, int y, int x) const {
    return at(mask, y, x) + S(0.5) * bias * (direction(mask, y, x).size - S(k_bias_tip)) +
           S(0.125) * bias * bias * laplacian(mask, y, x);
  }
  // dL/dm of this pixel, gathered from what its neighbours' m' say: d_moved = dL/dm'.
  RETICLE_HD S derivative(const S* mask, const S* d_moved, int y, int x) const {
    const S left = at(d_moved, y, x - 1) * direction(mask, y, wrapped(x - 1, cols)).x;
    const S right = at(d_moved, y, x + 1) * direction(mask, y, wrapped(x + 1, cols)).x;
    const S down = at(d_moved, y - 1, x) * direction(mask, wrapped(y - 1, rows), x).y;
    const S up = at(d_moved, y + 1, x) * direction(mask, wrapped(y + 1, rows), x).y;
    return at(d_moved, y, x) + S(0.25) * bias * ((left - right) + (down - up)) +
           S(0.125) * bias * bias * laplacian(d_moved, y, x);
  }
  RETICLE_HD static int wrapped(int i, int n) { return i < 0 ? i + n : i >= n ? i - n : i; }
};

}  // namespace reticle::pixel
