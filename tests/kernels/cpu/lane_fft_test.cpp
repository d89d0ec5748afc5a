// SPDX-License-Identifier: Apache-2.0
#include "kernels/cpu/lane_fft.h"

#include <gtest/gtest.h>

#include <cmath>
#include <complex>
#include <numbers>
#include <random>

#include "kernels/base/error.h"
#include "kernels/cpu/aligned.h"

namespace reticle::cpu {
namespace {

template <class T>
AlignedVector<ComplexLanes<T>> random_signals(int n) {
  std::mt19937 generator(7);
  std::normal_distribution<double> normal;
  AlignedVector<ComplexLanes<T>> data(static_cast<std::size_t>(n));
  for (auto& value : data)
    for (int lane = 0; lane < k_lanes; ++lane) {
      value.re[lane] = static_cast<T>(normal(generator));
      value.im[lane] = static_cast<T>(normal(generator));
    }
  return data;
}

// Largest difference from the defining sum over all lanes, relative to sqrt(n).
template <class T>
double error_against_definition(int n, int sign) {
  const auto input = random_signals<T>(n);
  auto data = input;
  auto scratch = input;
  const LaneFft<T> fft(n);
  sign < 0 ? fft.forward(data.data(), scratch.data()) : fft.backward(data.data(), scratch.data());
  double worst = 0.0;
  for (int lane = 0; lane < k_lanes; ++lane)
    for (int k = 0; k < n; ++k) {
      std::complex<double> sum = 0.0;
      for (int j = 0; j < n; ++j) {
        const auto& in = input[static_cast<std::size_t>(j)];
        sum += std::complex<double>(in.re[lane], in.im[lane]) *
               std::polar(1.0, sign * 2.0 * std::numbers::pi * ((j * k) % n) / n);
      }
      const auto& out = data[static_cast<std::size_t>(k)];
      worst = std::max(worst, std::abs(sum - std::complex<double>(out.re[lane], out.im[lane])));
    }
  return worst / std::sqrt(n);
}

class LaneFftLengths : public testing::TestWithParam<int> {};

TEST_P(LaneFftLengths, MatchesTheDefinition) {
  // A few roundings per stage: 1e-15 in double, 1e-6 in float.
  for (int sign : {-1, 1}) {
    EXPECT_LT(error_against_definition<double>(GetParam(), sign), 2e-14);
    EXPECT_LT(error_against_definition<float>(GetParam(), sign), 4e-6);
  }
}

INSTANTIATE_TEST_SUITE_P(AllRadices, LaneFftLengths,
                         testing::Values(1, 2, 3, 4, 5, 6, 8, 10, 15, 16, 30, 36, 60, 72, 90, 144));

TEST(LaneFft, FastLengthsAreEvenAndLargeEnough) {
  EXPECT_EQ(fast_fft_length(69), 72);
  EXPECT_EQ(fast_fft_length(72), 72);
  EXPECT_EQ(fast_fft_length(1), 2);
  EXPECT_EQ(fast_fft_length(97), 100);
}

TEST(LaneFft, LargePrimeFactorIsRefused) { EXPECT_THROW(LaneFft<float>(14), Error); }

}  // namespace
}  // namespace reticle::cpu
