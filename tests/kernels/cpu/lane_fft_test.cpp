// SPDX-License-Identifier: Apache-2.0
#include "kernels/cpu/lane_fft.h"

#include <gtest/gtest.h>

#include <cmath>
#include <complex>
#include <numbers>
#include <random>

#include "kernels/base/error.h"
#include "kernels/cpu/aligned.h"
#include "kernels/cpu/band_fft.h"

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

class BandFftHalves : public testing::TestWithParam<int> {};

// Every radix comes first and last in one of the lengths.
TEST_P(BandFftHalves, MatchesTheDefinitionBothWays) {
  const int half = GetParam(), orders = 2 * half + 1;
  BandFft<double> fft(half);
  const int n = fft.length();
  ASSERT_GE(n, 4 * half + 1);
  const auto band = random_signals<double>(orders), grid = random_signals<double>(n);
  AlignedVector<ComplexLanes<double>> samples(grid.size()), back(band.size());
  fft.to_samples([&](int m) { return band[static_cast<std::size_t>(m + half)]; },
                 [&](int j, const ComplexLanes<double>& v) { samples[static_cast<std::size_t>(j)] = v; });
  fft.to_orders([&](int j) { return grid[static_cast<std::size_t>(j)]; },
                [&](int m, const ComplexLanes<double>& v) { back[static_cast<std::size_t>(m + half)] = v; });
  const auto number = [](const ComplexLanes<double>& v, int lane) { return std::complex<double>(v.re[lane], v.im[lane]); };
  for (int lane = 0; lane < k_lanes; lane += 7) {
    for (int j = 0; j < n; ++j) {
      std::complex<double> sum = 0.0;
      for (int m = -half; m <= half; ++m)
        sum += number(band[static_cast<std::size_t>(m + half)], lane) * std::polar(1.0, 2.0 * std::numbers::pi * ((j * m) % n) / n);
      EXPECT_LT(std::abs(sum - number(samples[static_cast<std::size_t>(j)], lane)), 2e-14 * n);
    }
    for (int m = -half; m <= half; ++m) {
      std::complex<double> sum = 0.0;
      for (int j = 0; j < n; ++j)
        sum += number(grid[static_cast<std::size_t>(j)], lane) * std::polar(1.0, -2.0 * std::numbers::pi * ((j * m) % n) / n);
      EXPECT_LT(std::abs(sum - number(back[static_cast<std::size_t>(m + half)], lane)), 2e-14 * n);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Widths, BandFftHalves, testing::Values(0, 1, 2, 3, 4, 6, 7, 11, 12, 15, 17, 22, 24, 31));

}  // namespace
}  // namespace reticle::cpu
