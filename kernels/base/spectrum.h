// SPDX-License-Identifier: Apache-2.0
// Spectrum: the low Fourier coefficients of a periodic function, centred.
//
//   c(m, n) = 1 / (px py) * Int t(x, y) exp(-2 pi i (m x / px + n y / py)) dx dy
//
// so that t(x, y) = sum c(m, n) exp(+2 pi i (m x / px + n y / py)); c(0, 0) is the mean.
// x and y are measured from the field's lower left corner.
#pragma once

#include <complex>
#include <cstddef>
#include <vector>

namespace reticle {

template <class T>
class Spectrum {
 public:
  Spectrum() = default;
  Spectrum(int half_x, int half_y)
      : half_x_(half_x), half_y_(half_y),
        data_(static_cast<std::size_t>(2 * half_x + 1) * static_cast<std::size_t>(2 * half_y + 1)) {}

  int half_x() const { return half_x_; }  // orders -half_x .. +half_x
  int half_y() const { return half_y_; }
  int cols() const { return 2 * half_x_ + 1; }
  int rows() const { return 2 * half_y_ + 1; }
  std::size_t size() const { return data_.size(); }
  // Storage: [n + half_y][m + half_x], n the order in y, m the order in x.
  std::complex<T>* data() { return data_.data(); }
  const std::complex<T>* data() const { return data_.data(); }
  std::complex<T>& at(int m, int n) { return data_[index(m, n)]; }
  const std::complex<T>& at(int m, int n) const { return data_[index(m, n)]; }

 private:
  std::size_t index(int m, int n) const {
    return static_cast<std::size_t>(n + half_y_) * static_cast<std::size_t>(cols()) +
           static_cast<std::size_t>(m + half_x_);
  }
  int half_x_ = 0;
  int half_y_ = 0;
  std::vector<std::complex<T>> data_;
};

}  // namespace reticle
