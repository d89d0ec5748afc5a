// SPDX-License-Identifier: Apache-2.0
#include "kernels/cpu/socs_fields.h"

#include <algorithm>
#include <type_traits>

#include "kernels/base/error.h"
#include "kernels/cpu/socs_loops.h"

namespace reticle::cpu {

template <class T>
SocsFields<T>::SocsFields(const SocsStack& stack, Width width)
    : width_(width),
      half_x_(stack.half_x),
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
  rows_.assign(static_cast<std::size_t>(stack.rows()) * static_cast<std::size_t>(field_cols() | 1), Complex{});
  column_.assign(static_cast<std::size_t>(field_rows()), Lanes<T>{});
  points_.assign(points, T{});
  sums_.assign(2 * orders, Lanes<T>{});
}

template <class T>
SocsArrays<T> SocsFields<T>::arrays(Condition& own) {
  return {fft_x_.passes(), fft_y_.passes(),  own.groups,    own.kernels.data(), own.fields.data(),
          rows_.data(),    column_.data(), points_.data(), sums_.data()};
}

template <class T>
void SocsFields<T>::transform_rows(const SocsArrays<T>& own, int group, const Spectrum<T>& mask) {
  const T* orders = reinterpret_cast<const T*>(mask.data());  // [n][m] {re, im}
  if constexpr (std::is_same_v<T, float>)
    if (width_ == Width::sixteen) return wide::socs_rows(own, group, orders);
  socs_rows<Lanes<T>>(own, group, orders);
}

template <class T>
void SocsFields<T>::copy_points(ImageView<T> image) const {
  const int nx = field_cols(), ny = field_rows();
  for (int y = 0; y < ny; ++y)
    for (int x = 0; x < nx; ++x) image(y, x) = points_[static_cast<std::size_t>(x) * ny + y];
}

template <class T>
void SocsFields<T>::intensity(const Spectrum<T>& mask, int condition, ImageView<T> intensity) {
  const SocsArrays<T> own = arrays(conditions_[static_cast<std::size_t>(condition)]);
  std::fill(points_.begin(), points_.end(), T{});
  for (int g = 0; g < own.groups; ++g) {
    transform_rows(own, g, mask);
    add_intensity(own, g);  // bound by its stores: no quicker with sixteen
  }
  copy_points(intensity);
}

template <class T>
void SocsFields<T>::derivative(const Spectrum<T>& d_mask, int condition, ImageView<T> d_intensity) {
  const SocsArrays<T> own = arrays(conditions_[static_cast<std::size_t>(condition)]);
  const int nx = field_cols(), ny = field_rows();
  std::fill(points_.begin(), points_.end(), T{});
  Lanes<T>* sum = column_.data();
  const Complex* field = own.fields;
  for (int g = 0; g < own.groups; ++g) {
    transform_rows(own, g, d_mask);
    for (int x = 0; x < nx; ++x, field += ny) {
      socs_column(own, x, [field, sum](int y, const Complex& change) {
        sum[y] = T(2) * (field[y].re * change.re + field[y].im * change.im);
      });
      add_sums(sum, ny, points_.data() + static_cast<std::size_t>(x) * ny);
    }
  }
  copy_points(d_intensity);
}

template <class T>
void SocsFields<T>::add_adjoint(int condition, ImageView<const T> d_intensity, Spectrum<T>& gradient) {
  const SocsArrays<T> own = arrays(conditions_[static_cast<std::size_t>(condition)]);
  const int nx = field_cols(), ny = field_rows();
  for (int x = 0; x < nx; ++x)
    for (int y = 0; y < ny; ++y) points_[static_cast<std::size_t>(x) * ny + y] = d_intensity(y, x);
  const auto adjoint = [&] {
    if constexpr (std::is_same_v<T, float>)
      if (width_ == Width::sixteen) return wide::socs_adjoint(own);
    socs_adjoint<Lanes<T>>(own);
  };
  adjoint();
  std::complex<T>* out = gradient.data();
  for (std::size_t i = 0; i < gradient.size(); ++i)
    out[i] += T(2) * std::complex<T>(sum_of_lanes<T>(sums_[2 * i]), sum_of_lanes<T>(sums_[2 * i + 1]));
}

template class SocsFields<float>;
template class SocsFields<double>;

}  // namespace reticle::cpu
