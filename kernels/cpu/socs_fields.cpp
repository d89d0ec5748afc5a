// SPDX-License-Identifier: Apache-2.0
#include "kernels/cpu/socs_fields.h"

#include <algorithm>

#include "kernels/base/error.h"

namespace reticle::cpu {

template <class T>
SocsFields<T>::SocsFields(const SocsStack& stack)
    : half_x_(stack.half_x),
      half_y_(stack.half_y),
      fft_x_(stack.half_x),
      fft_y_(stack.half_y) {
  const std::size_t orders = static_cast<std::size_t>(stack.rows()) * stack.cols();
  const std::size_t points = static_cast<std::size_t>(field_rows()) * field_cols();
  for (const SocsStack::Condition& in : stack.conditions) {
    if (in.coefficients.size() != orders * static_cast<std::size_t>(in.count))
      throw Error(ErrorCode::invalid_argument, "SOCS stack: wrong number of kernel coefficients");
    Condition condition;
    condition.groups = (in.count + k_lanes - 1) / k_lanes;
    const std::size_t groups = static_cast<std::size_t>(condition.groups);
    condition.kernels.assign(groups * orders, Complex{});
    condition.fields.assign(groups * points, Complex{});
    for (int k = 0; k < in.count; ++k) {
      Complex* group = condition.kernels.data() + static_cast<std::size_t>(k / k_lanes) * orders;
      for (std::size_t i = 0; i < orders; ++i) {
        const std::complex<double> h = in.coefficients[static_cast<std::size_t>(k) * orders + i];
        group[i].re[k % k_lanes] = static_cast<T>(h.real());
        group[i].im[k % k_lanes] = static_cast<T>(h.imag());
      }
    }
    conditions_.push_back(std::move(condition));
  }
  int most = 0;
  for (const Condition& condition : conditions_) most = std::max(most, condition.groups);
  rows_.assign(static_cast<std::size_t>(most) * row_points(), Complex{});
  column_.assign(static_cast<std::size_t>(field_rows()), Lanes<T>{});
  weights_.assign(static_cast<std::size_t>(field_rows()), T(0));
  sums_.assign(2 * orders, Lanes<T>{});
}

template <class T>
void SocsFields<T>::transform_rows(const Condition& own, const Spectrum<T>& mask) {
  const int nx = field_cols(), cols = 2 * half_x_ + 1, rows = 2 * half_y_ + 1;
  const Complex* h = own.kernels.data() + half_x_;
  Complex* row = rows_.data();
  for (int g = 0; g < own.groups; ++g) {
    const std::complex<T>* c = mask.data() + half_x_;
    for (int n = 0; n < rows; ++n, h += cols, c += cols, row += nx)
      fft_x_.to_samples(
          [h, c](int m) {
            const T re = c[m].real(), im = c[m].imag();
            return Complex{h[m].re * re - h[m].im * im, h[m].re * im + h[m].im * re};
          },
          [row](int x, const Complex& value) { row[x] = value; });
  }
}

template <class T>
template <class Sample>
void SocsFields<T>::transform_column(int group, int x, const Sample& sample) {
  const std::ptrdiff_t nx = field_cols();
  const Complex* column = rows_.data() + static_cast<std::ptrdiff_t>(group) * row_points() + half_y_ * nx + x;
  fft_y_.to_samples(
      [column, nx](int n) {
        __builtin_prefetch(column + n * nx + 1);  // of the next column
        return column[n * nx];
      },
      sample);
}

template <class T>
void SocsFields<T>::intensity(const Spectrum<T>& mask, int condition, ImageView<T> intensity) {
  Condition& own = conditions_[static_cast<std::size_t>(condition)];
  const int nx = field_cols(), ny = field_rows();
  transform_rows(own, mask);
  Lanes<T>* sum = column_.data();
  Complex* field = own.fields.data();
  for (int x = 0; x < nx; ++x) {
    std::fill(column_.begin(), column_.end(), Lanes<T>{});
    for (int g = 0; g < own.groups; ++g, field += ny)
      transform_column(g, x, [field, ny, sum](int y, const Complex& value) {
        __builtin_prefetch(field + ny + y, 1);
        field[y] = value;
        sum[y] += value.re * value.re + value.im * value.im;
      });
    for (int y = 0; y < ny; ++y) intensity(y, x) = sum_of_lanes<T>(sum[y]);
  }
}

template <class T>
void SocsFields<T>::derivative(const Spectrum<T>& d_mask, int condition, ImageView<T> d_intensity) {
  const Condition& own = conditions_[static_cast<std::size_t>(condition)];
  const int nx = field_cols(), ny = field_rows();
  transform_rows(own, d_mask);
  Lanes<T>* sum = column_.data();
  const Complex* field = own.fields.data();
  for (int x = 0; x < nx; ++x) {
    std::fill(column_.begin(), column_.end(), Lanes<T>{});
    for (int g = 0; g < own.groups; ++g, field += ny)
      transform_column(g, x, [field, sum](int y, const Complex& change) {
        sum[y] += T(2) * (field[y].re * change.re + field[y].im * change.im);
      });
    for (int y = 0; y < ny; ++y) d_intensity(y, x) = sum_of_lanes<T>(sum[y]);
  }
}

template <class T>
void SocsFields<T>::add_adjoint(int condition, ImageView<const T> d_intensity,
                                Spectrum<T>& gradient) {
  const Condition& own = conditions_[static_cast<std::size_t>(condition)];
  const int nx = field_cols(), ny = field_rows(), cols = 2 * half_x_ + 1, rows = 2 * half_y_ + 1;
  const std::ptrdiff_t orders = static_cast<std::ptrdiff_t>(rows) * cols;
  const Complex* field = own.fields.data();
  for (int x = 0; x < nx; ++x) {
    T* weight = weights_.data();
    for (int y = 0; y < ny; ++y) weight[y] = d_intensity(y, x);
    Complex* column = rows_.data() + static_cast<std::ptrdiff_t>(half_y_) * nx + x;
    for (int g = 0; g < own.groups; ++g, field += ny, column += row_points())
      fft_y_.to_orders(
          [field, ny, weight](int y) {
            __builtin_prefetch(field + ny + y);
            return Complex{field[y].re * weight[y], field[y].im * weight[y]};
          },
          [column, nx](int n, const Complex& value) {
            Complex* to = column + static_cast<std::ptrdiff_t>(n) * nx;
            *to = value;
          });
  }
  std::fill(sums_.begin(), sums_.end(), Lanes<T>{});
  const Complex* h = own.kernels.data() + half_x_;
  const Complex* row = rows_.data();
  for (int g = 0; g < own.groups; ++g) {
    Lanes<T>* sum = sums_.data() + 2 * half_x_;
    for (int n = 0; n < rows; ++n, h += cols, sum += 2 * cols, row += nx)
      fft_x_.to_orders([row](int x) { return row[x]; }, [h, sum](int m, const Complex& e) {
        sum[2 * m] += h[m].re * e.re + h[m].im * e.im;
        sum[2 * m + 1] += h[m].re * e.im - h[m].im * e.re;
      });
  }
  std::complex<T>* out = gradient.data();
  for (std::ptrdiff_t i = 0; i < orders; ++i)
    out[i] += T(2) * std::complex<T>(sum_of_lanes<T>(sums_[static_cast<std::size_t>(2 * i)]),
                                     sum_of_lanes<T>(sums_[static_cast<std::size_t>(2 * i + 1)]));
}

template class SocsFields<float>;
template class SocsFields<double>;

}  // namespace reticle::cpu
