// SPDX-License-Identifier: Apache-2.0
#include "kernels/cpu/coherent_fields.h"

#include <algorithm>
#include <cstdlib>

namespace reticle::cpu {

namespace {

int wrap(int order, int n) { return order < 0 ? order + n : order; }

}  // namespace

template <class T>
CoherentFields<T>::CoherentFields(int half_x, int half_y)
    : half_x_(half_x),
      half_y_(half_y),
      fft_x_(fast_fft_length(4 * half_x + 1)),
      fft_y_(fast_fft_length(4 * half_y + 1)) {
  const std::size_t orders = static_cast<std::size_t>(rows()) * cols();
  systems_.assign(orders, Complex{});
  back_.assign(orders, Complex{});
  fields_.assign(static_cast<std::size_t>(field_rows()) * field_cols(), Complex{});
  rows_.assign(static_cast<std::size_t>(rows()) * field_cols(), Complex{});
  const std::size_t longest = static_cast<std::size_t>(std::max(field_rows(), field_cols()));
  line_.assign(longest, Complex{});
  scratch_.assign(longest, Complex{});
}

template <class T>
void CoherentFields<T>::clear() {
  std::fill(systems_.begin(), systems_.end(), Complex{});
}

template <class T>
void CoherentFields<T>::set(int lane, std::span<const std::complex<double>> system, int centre_x,
                            int centre_y) {
  for (std::size_t i = 0; i < systems_.size(); ++i) {
    systems_[i].re[lane] = static_cast<T>(system[i].real());
    systems_[i].im[lane] = static_cast<T>(system[i].imag());
  }
  centre_x_[static_cast<std::size_t>(lane)] = centre_x;
  centre_y_[static_cast<std::size_t>(lane)] = centre_y;
}

template <class T>
void CoherentFields<T>::propagate(const Spectrum<T>& mask) {
  const int nx = field_cols(), ny = field_rows();
  const Complex* system = systems_.data();
  for (int n = -half_y_; n <= half_y_; ++n) {
    Complex* row = rows_.data() + static_cast<std::ptrdiff_t>(n + half_y_) * nx;
    std::fill(row, row + nx, Complex{});
    for (int m = -half_x_; m <= half_x_; ++m, ++system) {
      Complex c{};
      for (int lane = 0; lane < k_lanes; ++lane) {
        const int x = m + centre_x_[static_cast<std::size_t>(lane)], y = n + centre_y_[static_cast<std::size_t>(lane)];
        if (std::abs(x) > mask.half_x() || std::abs(y) > mask.half_y()) continue;
        const std::complex<T> order = mask.at(x, y);
        c.re[lane] = order.real();
        c.im[lane] = order.imag();
      }
      row[wrap(m, nx)] = {system->re * c.re - system->im * c.im,
                          system->re * c.im + system->im * c.re};
    }
    fft_x_.backward(row, scratch_.data());
  }
  Complex* field = fields_.data();
  for (int x = 0; x < nx; ++x, field += ny) {
    std::fill(field, field + ny, Complex{});
    for (int n = 0; n < rows(); ++n)
      field[wrap(n - half_y_, ny)] = rows_[static_cast<std::size_t>(n) * nx + x];
    fft_y_.backward(field, scratch_.data());
  }
}

template <class T>
void CoherentFields<T>::add_intensity(const std::array<T, k_lanes>& weights, ImageView<T> sum) const {
  Lanes<T> w;
  for (int lane = 0; lane < k_lanes; ++lane) w[lane] = weights[static_cast<std::size_t>(lane)];
  const Complex* field = fields_.data();
  for (int x = 0; x < field_cols(); ++x)
    for (int y = 0; y < field_rows(); ++y, ++field)
      sum(y, x) += sum_of_lanes<T>(w * (field->re * field->re + field->im * field->im));
}

template <class T>
std::array<double, k_lanes> CoherentFields<T>::inner_products(ImageView<const T> g) const {
  std::array<double, k_lanes> sums{};
  const Complex* field = fields_.data();
  for (int x = 0; x < field_cols(); ++x) {
    Lanes<T> column{};
    for (int y = 0; y < field_rows(); ++y, ++field)
      column += g(y, x) * (field->re * field->re + field->im * field->im);
    for (int lane = 0; lane < k_lanes; ++lane)
      sums[static_cast<std::size_t>(lane)] += static_cast<double>(column[lane]);
  }
  return sums;
}

template <class T>
void CoherentFields<T>::back_propagate(ImageView<const T> g) {
  const int nx = field_cols(), ny = field_rows();
  const Complex* field = fields_.data();
  for (int x = 0; x < nx; ++x, field += ny) {
    for (int y = 0; y < ny; ++y) {
      const T weight = g(y, x);
      line_[static_cast<std::size_t>(y)] = {field[y].re * weight, field[y].im * weight};
    }
    fft_y_.forward(line_.data(), scratch_.data());
    for (int n = 0; n < rows(); ++n)
      rows_[static_cast<std::size_t>(n) * nx + x] = line_[static_cast<std::size_t>(wrap(n - half_y_, ny))];
  }
  Complex* out = back_.data();
  for (int n = 0; n < rows(); ++n) {
    Complex* row = rows_.data() + static_cast<std::ptrdiff_t>(n) * nx;
    fft_x_.forward(row, scratch_.data());
    for (int m = -half_x_; m <= half_x_; ++m) *out++ = row[wrap(m, nx)];
  }
}

template <class T>
void CoherentFields<T>::add_mask_gradient(const std::array<T, k_lanes>& weights,
                                          Spectrum<T>& gradient) const {
  for (int lane = 0; lane < k_lanes; ++lane) {
    const std::size_t l = static_cast<std::size_t>(lane);
    if (weights[l] == T(0)) continue;
    std::size_t i = 0;
    for (int y = centre_y_[l] - half_y_; y <= centre_y_[l] + half_y_; ++y)
      for (int x = centre_x_[l] - half_x_; x <= centre_x_[l] + half_x_; ++x, ++i) {
        if (std::abs(x) > gradient.half_x() || std::abs(y) > gradient.half_y()) continue;
        const Complex &a = systems_[i], &u = back_[i];
        gradient.at(x, y) += T(2) * weights[l] *
                             std::complex<T>(a.re[lane] * u.re[lane] + a.im[lane] * u.im[lane],
                                             a.re[lane] * u.im[lane] - a.im[lane] * u.re[lane]);
      }
  }
}

template <class T>
void CoherentFields<T>::phase_gradient(int lane, const Spectrum<T>& mask, std::span<double> turns) const {
  const std::size_t l = static_cast<std::size_t>(lane);
  std::size_t i = 0;
  for (int y = centre_y_[l] - half_y_; y <= centre_y_[l] + half_y_; ++y)
    for (int x = centre_x_[l] - half_x_; x <= centre_x_[l] + half_x_; ++x, ++i) {
      turns[i] = 0.0;
      if (std::abs(x) > mask.half_x() || std::abs(y) > mask.half_y()) continue;
      // dL = 2 Re sum_f i theta A c conj(u)
      const std::complex<double> a(systems_[i].re[lane], systems_[i].im[lane]), c(mask.at(x, y)),
          u(back_[i].re[lane], back_[i].im[lane]);
      turns[i] = -2.0 * (a * c * std::conj(u)).imag();
    }
}

template class CoherentFields<float>;
template class CoherentFields<double>;

}  // namespace reticle::cpu
