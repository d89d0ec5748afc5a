// SPDX-License-Identifier: Apache-2.0
#include "kernels/cpu/band_transform.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <complex>
#include <numbers>
#include <random>
#include <vector>

#include "kernels/base/error.h"

namespace reticle::cpu {
namespace {

struct Size {
  int rows, cols, half_x, half_y;
  Samples samples;
};

class BandTransformSizes : public testing::TestWithParam<Size> {
 protected:
  Image<double> random_image() const {
    std::mt19937 generator(11);
    std::normal_distribution<double> normal;
    Image<double> image(GetParam().rows, GetParam().cols);
    for (double& v : image) v = normal(generator);
    return image;
  }
  Spectrum<double> random_spectrum() const {
    std::mt19937 generator(12);
    std::normal_distribution<double> normal;
    Spectrum<double> spectrum(GetParam().half_x, GetParam().half_y);
    for (std::size_t i = 0; i < spectrum.size(); ++i)
      spectrum.data()[i] = {normal(generator), normal(generator)};
    return spectrum;
  }
  std::complex<double> wave(int m, int n, int y, int x) const {
    const double offset = GetParam().samples == Samples::at_centres ? 0.5 : 0.0;
    return std::polar(1.0, 2.0 * std::numbers::pi *
                               (m * (x + offset) / GetParam().cols + n * (y + offset) / GetParam().rows));
  }
  BandTransform<double> transform() const {
    const Size s = GetParam();
    return {s.rows, s.cols, s.half_x, s.half_y, s.samples};
  }
};

TEST_P(BandTransformSizes, AnalysisMatchesTheDefinition) {
  const Image<double> image = random_image();
  Spectrum<double> spectrum(GetParam().half_x, GetParam().half_y);
  transform().analyze(image.view(), spectrum);
  for (int n = -spectrum.half_y(); n <= spectrum.half_y(); ++n)
    for (int m = -spectrum.half_x(); m <= spectrum.half_x(); ++m) {
      std::complex<double> sum = 0.0;
      for (int y = 0; y < image.rows(); ++y)
        for (int x = 0; x < image.cols(); ++x) sum += image(y, x) * std::conj(wave(m, n, y, x));
      EXPECT_LT(std::abs(spectrum.at(m, n) - sum / static_cast<double>(image.size())), 1e-14);
    }
}

TEST_P(BandTransformSizes, SynthesisMatchesTheDefinition) {
  const Spectrum<double> spectrum = random_spectrum();
  Image<double> image(GetParam().rows, GetParam().cols);
  transform().synthesize(spectrum, image.view());
  for (int y = 0; y < image.rows(); ++y)
    for (int x = 0; x < image.cols(); ++x) {
      std::complex<double> sum = 0.0;
      for (int n = -spectrum.half_y(); n <= spectrum.half_y(); ++n)
        for (int m = -spectrum.half_x(); m <= spectrum.half_x(); ++m)
          sum += spectrum.at(m, n) * wave(m, n, y, x);
      EXPECT_NEAR(image(y, x), sum.real(), 1e-12);
    }
}

TEST_P(BandTransformSizes, SynthesisIsTheTransposeOfAnalysis) {
  const Image<double> image = random_image();
  const Spectrum<double> s = random_spectrum();
  BandTransform<double> band = transform();
  Spectrum<double> analysed(GetParam().half_x, GetParam().half_y);
  Image<double> synthesised(image.rows(), image.cols());
  band.analyze(image.view(), analysed);
  band.synthesize(s, synthesised.view());
  double left = 0.0, right = 0.0;
  for (std::size_t i = 0; i < s.size(); ++i)
    left += (std::conj(s.data()[i]) * analysed.data()[i]).real() * static_cast<double>(image.size());
  for (int y = 0; y < image.rows(); ++y)
    for (int x = 0; x < image.cols(); ++x) right += image(y, x) * synthesised(y, x);
  EXPECT_NEAR(left, right, 1e-10 * std::abs(left) + 1e-9);
}

TEST_P(BandTransformSizes, PiecesHoldEachPixelOnceAndZerosElsewhere) {
  const Image<double> image = random_image();
  const BandTransform<double> band = transform();
  auto pieces = band.by_pieces(image.view());
  Image<double> back(image.rows(), image.cols());
  band.to_image(pieces, back.view());
  EXPECT_EQ(back, image);
  const auto values = [&](const auto& lanes) {
    const auto* first = reinterpret_cast<const double*>(lanes.data());
    return std::vector<double>(first, first + lanes.size() * k_lanes);
  };
  const std::vector<double> all = values(pieces);
  EXPECT_EQ(static_cast<std::size_t>(std::count_if(all.begin(), all.end(), [](double v) { return v != 0.0; })), image.size());
  // What is written beside the image goes, and nothing else.
  for (auto& lanes : pieces) lanes += 1.0;
  band.for_pieces([&](const BandTransform<double>::Piece& piece) { band.clear_padding(piece, pieces.data() + piece.place); });
  const std::vector<double> cleared = values(pieces);
  for (std::size_t i = 0; i < all.size(); ++i) EXPECT_EQ(cleared[i], all[i] == 0.0 ? 0.0 : all[i] + 1.0);
}

INSTANTIATE_TEST_SUITE_P(OddEvenAndPadded, BandTransformSizes,
                         testing::Values(Size{16, 16, 3, 3, Samples::at_centres},
                                         Size{16, 16, 3, 3, Samples::at_corners},
                                         Size{21, 37, 5, 4, Samples::at_centres},
                                         Size{21, 37, 5, 4, Samples::at_corners},
                                         Size{50, 12, 2, 7, Samples::at_centres},
                                         Size{20, 24, 10, 9, Samples::at_corners},
                                         Size{9, 8, 0, 0, Samples::at_centres}));

class RowsByWayOfAGrid : public testing::TestWithParam<Size> {
 protected:
  BandTransform<float> grid() const {
    const Size s = GetParam();
    return {s.rows, s.cols, s.half_x, s.half_y, s.samples, widest(), AlongY::grid};
  }
  BandTransform<double> sums() const {
    const Size s = GetParam();
    return {s.rows, s.cols, s.half_x, s.half_y, s.samples};
  }
  double number() { return normal_(generator_); }

  std::mt19937 generator_{13};
  std::normal_distribution<double> normal_;
};

// Orders are off by up to 2e-7 of their own size, and sums by rounding: 1e-6 of the root of all orders' energy is room for
// both.
TEST_P(RowsByWayOfAGrid, AreTheSumsInDoublePrecision) {
  const Size s = GetParam();
  Spectrum<float> orders(s.half_x, s.half_y);
  Spectrum<double> exact(s.half_x, s.half_y);
  double energy = 0.0;
  for (std::size_t i = 0; i < orders.size(); ++i) {
    orders.data()[i] = {static_cast<float>(number()), static_cast<float>(number())};
    exact.data()[i] = orders.data()[i];
    energy += std::norm(exact.data()[i]);
  }
  Image<float> image(s.rows, s.cols);
  Image<double> expected(s.rows, s.cols);
  grid().synthesize(orders, image.view());
  sums().synthesize(exact, expected.view());
  for (std::size_t i = 0; i < image.size(); ++i)
    ASSERT_NEAR(image.data()[i], expected.data()[i], 1e-6 * std::sqrt(energy)) << i;
}

TEST_P(RowsByWayOfAGrid, GiveTheOrdersOfSumsInDoublePrecision) {
  const Size s = GetParam();
  Image<float> image(s.rows, s.cols);
  Image<double> same(s.rows, s.cols);
  for (std::size_t i = 0; i < image.size(); ++i) same.data()[i] = image.data()[i] = static_cast<float>(number());
  Spectrum<float> orders(s.half_x, s.half_y);
  Spectrum<double> expected(s.half_x, s.half_y);
  grid().analyze(image.view(), orders);
  sums().analyze(same.view(), expected);
  const double size = 1.0 / std::sqrt(static_cast<double>(image.size()));  // of an order
  for (std::size_t i = 0; i < orders.size(); ++i)
    ASSERT_LT(std::abs(std::complex<double>(orders.data()[i]) - expected.data()[i]), 2e-6 * size) << i;
}

TEST_P(RowsByWayOfAGrid, OneValueStays) {
  const Size s = GetParam();
  Spectrum<float> orders(s.half_x, s.half_y);
  orders.at(0, 0) = 0.75f;
  Image<float> image(s.rows, s.cols);
  grid().synthesize(orders, image.view());
  for (const float value : image) ASSERT_NEAR(value, 0.75f, 2e-7);
}

TEST_P(RowsByWayOfAGrid, PiecesHoldEachPixelOnce) {
  const Size s = GetParam();
  Image<float> image(s.rows, s.cols), back(s.rows, s.cols);
  for (float& v : image) v = static_cast<float>(number());
  const BandTransform<float> band = grid();
  band.to_image(band.by_pieces(image.view()), back.view());
  EXPECT_EQ(back, image);
}

INSTANTIATE_TEST_SUITE_P(OddEvenAndPadded, RowsByWayOfAGrid,
                         testing::Values(Size{64, 16, 3, 7, Samples::at_centres}, Size{300, 37, 5, 34, Samples::at_centres},
                                         Size{301, 37, 5, 34, Samples::at_corners}, Size{1592, 20, 2, 53, Samples::at_centres},
                                         Size{2048, 24, 4, 139, Samples::at_centres}));

TEST(BandTransform, ManyOrdersAndRowsTakeTheGridInSinglePrecision) {
  EXPECT_EQ(cheapest_along_y<float>(2048, 69), AlongY::grid);
  EXPECT_EQ(cheapest_along_y<float>(128, 34), AlongY::sums);
  EXPECT_EQ(cheapest_along_y<double>(2048, 69), AlongY::sums);
  EXPECT_THROW(BandTransform<double>(64, 16, 3, 7, Samples::at_centres, widest(), AlongY::grid), Error);
}

}  // namespace
}  // namespace reticle::cpu
