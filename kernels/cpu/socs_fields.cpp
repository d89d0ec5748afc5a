// SPDX-License-Identifier: Apache-2.0
#include "kernels/cpu/socs_fields.h"

#include <algorithm>

#include "kernels/base/error.h"

namespace reticle::cpu {

namespace {

// Order m of a centred spectrum sits at index m (mod n) of a transform.
int wrap(int order, int n) { return order < 0 ? order + n : order; }

}  // namespace

template <class T>
SocsFields<T>::SocsFields(const SocsStack& stack)
    : half_x_(stack.half_x),
      half_y_(stack.half_y),
      fft_x_(fast_fft_length(4 * stack.half_x + 1)),
      fft_y_(fast_fft_length(4 * stack.half_y + 1)) {
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
  rows_.assign(static_cast<std::size_t>(stack.rows()) * field_cols(), Complex{});
  const std::size_t longest = static_cast<std::size_t>(std::max(field_rows(), field_cols()));
  line_.assign(longest, Complex{});
  scratch_.assign(longest, Complex{});
  sums_.assign(std::max(points, 2 * orders), Lanes<T>{});
}

template <class T>
void SocsFields<T>::transform_rows(const Condition& own, int group, const Spectrum<T>& mask) {
  const int nx = field_cols(), cols = 2 * half_x_ + 1, rows = 2 * half_y_ + 1;
  const Complex* h = own.kernels.data() + static_cast<std::ptrdiff_t>(group) * rows * cols;
  const std::complex<T>* c = mask.data();
  for (int n = 0; n < rows; ++n) {
    Complex* row = rows_.data() + static_cast<std::ptrdiff_t>(n) * nx;
    std::fill(row + half_x_ + 1, row + nx - half_x_, Complex{});
    for (int m = 0; m < cols; ++m, ++h, ++c) {
      const T re = c->real(), im = c->imag();
      row[wrap(m - half_x_, nx)] = {h->re * re - h->im * im, h->re * im + h->im * re};
    }
    fft_x_.backward(row, scratch_.data());
  }
}

template <class T>
void SocsFields<T>::transform_column(int x, Complex* field) {
  const int nx = field_cols(), ny = field_rows();
  std::fill(field + half_y_ + 1, field + ny - half_y_, Complex{});
  for (int n = 0; n < 2 * half_y_ + 1; ++n)
    field[wrap(n - half_y_, ny)] = rows_[static_cast<std::size_t>(n) * nx + x];
  fft_y_.backward(field, scratch_.data());
}

template <class T>
void SocsFields<T>::gather_sums(ImageView<T> image) const {
  const int nx = field_cols(), ny = field_rows();
  for (int y = 0; y < ny; ++y)
    for (int x = 0; x < nx; ++x)
      image(y, x) = sum_of_lanes<T>(sums_[static_cast<std::size_t>(x) * ny + y]);
}

template <class T>
void SocsFields<T>::intensity(const Spectrum<T>& mask, int condition, ImageView<T> intensity) {
  Condition& own = conditions_[static_cast<std::size_t>(condition)];
  const int nx = field_cols(), ny = field_rows();
  const std::ptrdiff_t points = static_cast<std::ptrdiff_t>(nx) * ny;
  std::fill(sums_.begin(), sums_.begin() + points, Lanes<T>{});
  for (int g = 0; g < own.groups; ++g) {
    transform_rows(own, g, mask);
    Complex* field = own.fields.data() + static_cast<std::ptrdiff_t>(g) * points;
    for (int x = 0; x < nx; ++x, field += ny) {
      transform_column(x, field);
      Lanes<T>* sum = sums_.data() + static_cast<std::ptrdiff_t>(x) * ny;
      for (int y = 0; y < ny; ++y)
        sum[y] += field[y].re * field[y].re + field[y].im * field[y].im;
    }
  }
  gather_sums(intensity);
}

template <class T>
void SocsFields<T>::derivative(const Spectrum<T>& d_mask, int condition, ImageView<T> d_intensity) {
  const Condition& own = conditions_[static_cast<std::size_t>(condition)];
  const int nx = field_cols(), ny = field_rows();
  const std::ptrdiff_t points = static_cast<std::ptrdiff_t>(nx) * ny;
  std::fill(sums_.begin(), sums_.begin() + points, Lanes<T>{});
  for (int g = 0; g < own.groups; ++g) {
    transform_rows(own, g, d_mask);
    const Complex* field = own.fields.data() + static_cast<std::ptrdiff_t>(g) * points;
    for (int x = 0; x < nx; ++x, field += ny) {
      transform_column(x, line_.data());
      Lanes<T>* sum = sums_.data() + static_cast<std::ptrdiff_t>(x) * ny;
      for (int y = 0; y < ny; ++y) {
        const Complex& change = line_[static_cast<std::size_t>(y)];
        sum[y] += T(2) * (field[y].re * change.re + field[y].im * change.im);
      }
    }
  }
  gather_sums(d_intensity);
}

template <class T>
void SocsFields<T>::add_adjoint(int condition, ImageView<const T> d_intensity,
                                Spectrum<T>& gradient) {
  const Condition& own = conditions_[static_cast<std::size_t>(condition)];
  const int nx = field_cols(), ny = field_rows(), cols = 2 * half_x_ + 1, rows = 2 * half_y_ + 1;
  const std::ptrdiff_t orders = static_cast<std::ptrdiff_t>(rows) * cols;
  std::fill(sums_.begin(), sums_.begin() + 2 * orders, Lanes<T>{});
  for (int g = 0; g < own.groups; ++g) {
    const Complex* field = own.fields.data() + static_cast<std::ptrdiff_t>(g) * nx * ny;
    for (int x = 0; x < nx; ++x, field += ny) {
      for (int y = 0; y < ny; ++y) {
        const T weight = d_intensity(y, x);
        line_[static_cast<std::size_t>(y)] = {field[y].re * weight, field[y].im * weight};
      }
      fft_y_.forward(line_.data(), scratch_.data());
      for (int n = 0; n < rows; ++n)
        rows_[static_cast<std::size_t>(n) * nx + x] =
            line_[static_cast<std::size_t>(wrap(n - half_y_, ny))];
    }
    const Complex* h = own.kernels.data() + g * orders;
    Lanes<T>* sum = sums_.data();
    for (int n = 0; n < rows; ++n) {
      Complex* row = rows_.data() + static_cast<std::ptrdiff_t>(n) * nx;
      fft_x_.forward(row, scratch_.data());
      for (int m = 0; m < cols; ++m, ++h, sum += 2) {
        const Complex e = row[wrap(m - half_x_, nx)];
        sum[0] += h->re * e.re + h->im * e.im;
        sum[1] += h->re * e.im - h->im * e.re;
      }
    }
  }
  std::complex<T>* out = gradient.data();
  for (std::ptrdiff_t i = 0; i < orders; ++i)
    out[i] += T(2) * std::complex<T>(sum_of_lanes<T>(sums_[static_cast<std::size_t>(2 * i)]),
                                     sum_of_lanes<T>(sums_[static_cast<std::size_t>(2 * i + 1)]));
}

template class SocsFields<float>;
template class SocsFields<double>;

}  // namespace reticle::cpu
