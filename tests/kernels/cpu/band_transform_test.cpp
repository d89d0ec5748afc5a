// SPDX-License-Identifier: Apache-2.0
#include "kernels/cpu/band_transform.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <complex>
#include <numbers>
#include <random>
#include <vector>

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

}  // namespace
}  // namespace reticle::cpu
