// SPDX-License-Identifier: Apache-2.0
// A real band-limited function of the field at points that lie anywhere, and the transpose:
//
//   value(p)  = sum_mn c(m, n) exp(+2 pi i (m u_p + n v_p)),   c(-m, -n) = conj c(m, n)
//   c(m, n)   = sum_p a_p exp(-2 pi i (m u_p + n v_p))
//
// Both go through a grid of twice the band and a short window around each point, whose own transform
// is divided out: the non-uniform transform of types 2 and 1 with the kernel
// exp(beta (sqrt(1 - t^2) - 1)) [Barnett, Magland & af Klinteberg 2019, SIAM J. Sci. Comput. 41, C479].
// For steps a grid of one and a half times the band is enough, at half the cost: masks stay the same where designs shift.
#pragma once

#include <span>
#include <vector>

#include "kernels/base/spectrum.h"
#include "kernels/cpu/band_transform.h"
#include "litho/geometry/polygon.h"

namespace reticle {

template <class T>
class PointTransform;

// Where points lie on the grid, and their windows: made once, used for many transforms.
template <class T>
struct PointWindows {
  std::vector<int> first_x, first_y;  // [point] grid index of the first tap, within the grid
  std::vector<T> along_x, along_y;    // [point][padded taps]
  std::size_t count() const { return first_x.size(); }
};

// What the window may leave: full is 1e-6 of float and 1e-11 of double; rough, 3e-6 of float, is for steps.
enum class PointAccuracy { full, rough };

template <class T>
class PointTransform {
 public:
  // Orders -half_x..half_x, -half_y..half_y of the field's periods.
  PointTransform(int half_x, int half_y, const Box& field, PointAccuracy accuracy = PointAccuracy::full);

  int half_x() const { return half_x_; }
  int half_y() const { return half_y_; }
  PointAccuracy accuracy() const { return accuracy_; }
  PointWindows<T> windows(std::span<const Point> points) const;
  std::vector<T> values(const Spectrum<T>& spectrum, const PointWindows<T>& points);
  Spectrum<T> coefficients(std::span<const T> amounts, const PointWindows<T>& points);

 private:
  // Rows of windows, and of the grid beyond its last column, are padded to whole vectors of zeros.
  static constexpr int k_stride = sizeof(T) == sizeof(float) ? 8 : 16;

  int half_x_, half_y_;
  Box field_;
  PointAccuracy accuracy_;
  int taps_;
  double decay_;  // beta
  cpu::BandTransform<T> band_;
  Image<T> grid_, padded_;  // padded_: the grid and its first columns once more
  std::vector<T> divide_x_, divide_y_;  // [order + half] 1 / the window's transform
};

}  // namespace reticle
