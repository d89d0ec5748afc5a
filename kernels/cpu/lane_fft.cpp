// SPDX-License-Identifier: Apache-2.0
#include "kernels/cpu/lane_fft.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <string>

#include "kernels/base/error.h"

namespace reticle::cpu {

namespace {

bool has_small_factors_only(int n) {
  for (int factor : {2, 3, 5})
    while (n % factor == 0) n /= factor;
  return n == 1;
}

}  // namespace

int fast_fft_length(int minimum) {
  int n = std::max(minimum, 2);
  while (!has_small_factors_only(n) || n % 2 != 0) ++n;
  return n;
}

template <class T>
LaneFft<T>::LaneFft(int n) : n_(n) {
  if (n < 1 || !has_small_factors_only(n))
    throw Error(ErrorCode::invalid_argument,
                "FFT length " + std::to_string(n) + " has a prime factor above 5");
  int length = n, stride = 1;
  while (length > 1) {
    int radix = 4;
    while (length % radix != 0) radix = radix == 4 ? 5 : radix == 5 ? 3 : 2;
    if (length == 6) radix = 6;
    stages_.push_back({radix, length, stride, twiddles_.size()});
    for (int p = 0; p < length / radix; ++p) {
      for (int j = 1; j < radix; ++j) {
        const double angle = 2.0 * std::numbers::pi * ((p * j) % length) / length;
        twiddles_.push_back(static_cast<T>(std::cos(angle)));
        twiddles_.push_back(static_cast<T>(std::sin(angle)));
      }
    }
    length /= radix;
    stride *= radix;
  }
}

template void copy_pass<-1>(const LanePass<float>&, const ComplexLanes<float>*, ComplexLanes<float>*);
template void copy_pass<1>(const LanePass<float>&, const ComplexLanes<float>*, ComplexLanes<float>*);
template void copy_pass<-1>(const LanePass<double>&, const ComplexLanes<double>*, ComplexLanes<double>*);
template void copy_pass<1>(const LanePass<double>&, const ComplexLanes<double>*, ComplexLanes<double>*);

template <class T>
template <int Sign>
void LaneFft<T>::transform(ComplexLanes<T>* data, ComplexLanes<T>* scratch) const {
  ComplexLanes<T>* from = data;
  ComplexLanes<T>* to = scratch;
  for (std::size_t i = 0; i < stages_.size(); ++i) {
    copy_pass<Sign>(pass(i), from, to);
    std::swap(from, to);
  }
  if (from != data) std::copy(from, from + n_, data);
}

template <class T>
void LaneFft<T>::forward(ComplexLanes<T>* data, ComplexLanes<T>* scratch) const {
  transform<-1>(data, scratch);
}
template <class T>
void LaneFft<T>::backward(ComplexLanes<T>* data, ComplexLanes<T>* scratch) const {
  transform<1>(data, scratch);
}

template class LaneFft<float>;
template class LaneFft<double>;

}  // namespace reticle::cpu
