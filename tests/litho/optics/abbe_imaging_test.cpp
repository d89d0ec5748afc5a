// SPDX-License-Identifier: Apache-2.0
#include "litho/optics/abbe_imaging.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <random>

#include "litho/imaging/image_places.h"
#include "litho/optics/abbe.h"

namespace reticle {
namespace {

constexpr unsigned k_seed = 7;

OpticsSettings small_optics(Polarisation polarisation) {
  OpticsSettings optics{.zernikes_waves = {0.0, 0.01, -0.02, 0.03, 0.02, 0.0, 0.04, 0.01, 0.05},
                        .focus_blur_nm = 12.0, .stage_blur_nm = 4.0, .flare = 0.03,
                        .period_nm = {520.0, 430.0}};
  optics.source.shape = SourceShape::freeform;
  optics.source.allow_sigma_above_one = true;  // random maps have light in their corners
  optics.source.polarisation = polarisation;
  optics.source.map = Image<double>(9, 9);
  std::mt19937 random(k_seed);
  for (double& pixel : optics.source.map)
    pixel = random() % 3 == 0 ? 0.0 : 0.1 + 0.02 * static_cast<double>(random() % 100);
  optics.stack = {.films = {{60.0, {1.7, 0.02}}, {30.0, {1.8, 0.3}}}, .substrate = {0.9, 2.6}, .depths_nm = {10.0, 40.0}};
  return optics;
}

std::vector<Spectrum<double>> random_masks(int count, int half_x, int half_y) {
  std::mt19937 random(k_seed + 1);
  std::normal_distribution<double> normal;
  std::vector<Spectrum<double>> masks(static_cast<std::size_t>(count), Spectrum<double>(half_x, half_y));
  for (auto& mask : masks)
    for (std::size_t i = 0; i < mask.size(); ++i) mask.data()[i] = {0.2 * normal(random), 0.2 * normal(random)};
  return masks;
}

// L = sum_masks sum_points g I, g random; and the same g as a gradient of the coefficients.
struct Functional {
  FieldPixels places{11, 13};
  std::vector<std::vector<double>> g;

  explicit Functional(std::size_t masks) {
    std::mt19937 random(k_seed + 2);
    std::normal_distribution<double> normal;
    g.assign(masks, std::vector<double>(count(places)));
    for (auto& part : g)
      for (double& value : part) value = normal(random);
  }
  double of(const std::vector<Spectrum<double>>& images) const {
    ImageReader<double> reader;
    double sum = 0.0;
    for (std::size_t i = 0; i < images.size(); ++i) {
      std::vector<double> values(count(places));
      reader.read(images[i], places, std::span<double>(values));
      for (std::size_t p = 0; p < values.size(); ++p) sum += g[i][p] * values[p];
    }
    return sum;
  }
  std::vector<Spectrum<double>> gradient(const AbbeImaging<double>& imaging) const {
    ImageReader<double> reader;
    std::vector<Spectrum<double>> result;
    for (const auto& part : g)
      result.push_back(reader.gradient(places, std::span<const double>(part), imaging.image_half_x(), imaging.image_half_y()));
    return result;
  }
};

// Central difference over 2h; h chosen so that truncation and rounding are both below 1e-7.
double difference(const std::function<double(double)>& f, double h) { return (f(h) - f(-h)) / (2.0 * h); }

class AbbeImages : public testing::TestWithParam<Polarisation> {};
INSTANTIATE_TEST_SUITE_P(Polarisations, AbbeImages,
                         testing::Values(Polarisation::unpolarised, Polarisation::te, Polarisation::y));

TEST_P(AbbeImages, EqualTheReference) {
  const OpticsSettings optics = small_optics(GetParam());
  const AbbeImaging<double> imaging(optics, sample_source(optics.source), 25.0);
  const auto masks = random_masks(2, imaging.half_x(), imaging.half_y());
  const auto images = imaging.intensity(masks);
  for (std::size_t i = 0; i < masks.size(); ++i) {
    const Spectrum<double> expected = abbe_intensity(optics, 25.0, masks[i]);
    for (int n = -expected.half_y(); n <= expected.half_y(); ++n)
      for (int m = -expected.half_x(); m <= expected.half_x(); ++m) {
        const bool held = std::abs(m) <= images[i].half_x() && std::abs(n) <= images[i].half_y();
        // Rounding of sums of a few hundred terms of order 1.
        EXPECT_LT(std::abs(expected.at(m, n) - (held ? images[i].at(m, n) : std::complex<double>())), 1e-12) << m << ' ' << n;
      }
  }
}

TEST_P(AbbeImages, GradientsEqualCentralDifferences) {
  OpticsSettings optics = small_optics(GetParam());
  const double focus = 25.0;
  const MapPoints map = points_of_map(optics);
  const AbbeImaging<double> imaging(optics, map.points, focus);
  const auto masks = random_masks(2, imaging.half_x(), imaging.half_y());
  const Functional loss(masks.size());
  const auto gradient = imaging.gradient(masks, loss.gradient(imaging));
  const auto close = [](double analytic, double numeric, double scale, const char* what) {
    EXPECT_LT(std::abs(analytic - numeric), 1e-6 * scale) << what << ": " << analytic << " and " << numeric;
  };

  double largest = 0.0;
  for (const double g : gradient.weights) largest = std::max(largest, std::abs(g));
  for (std::size_t p = 0; p < map.points.size(); p += 5) {  // dark points among them
    const auto moved = [&](double h) {
      std::vector<SourcePoint> points = map.points;
      points[p].weight += h;
      return loss.of(AbbeImaging<double>(optics, points, focus).intensity(masks));
    };
    // A dark point's weight cannot fall below 0: the one-sided difference, extrapolated.
    const double numeric = map.points[p].weight > 0.0
                               ? difference(moved, 1e-5)
                               : (4.0 * (moved(1e-5) - moved(0.0)) / 1e-5 - (moved(2e-5) - moved(0.0)) / 1e-5) / 2.0;
    close(gradient.weights[p], numeric, largest, "a source point");
  }
  const auto images_with = [&](const OpticsSettings& other, double at) {
    return loss.of(AbbeImaging<double>(other, map.points, at).intensity(masks));
  };
  largest = 0.0;
  for (const double g : gradient.zernikes_waves) largest = std::max(largest, std::abs(g));
  for (const std::size_t j : {1u, 3u, 6u, 8u, 15u, 36u}) {
    const double numeric = difference(
        [&](double h) {
          OpticsSettings other = optics;
          other.zernikes_waves.resize(37, 0.0);
          other.zernikes_waves[j] += h;
          return images_with(other, focus);
        },
        1e-5);
    close(gradient.zernikes_waves[j], numeric, largest, "a Zernike");
  }
  close(gradient.focus_nm, difference([&](double h) { return images_with(optics, focus + h); }, 1e-3),
        std::abs(gradient.focus_nm), "focus");
  for (const auto& [m, n] : {std::pair{0, 0}, {2, -1}, {-3, 1}}) {
    const auto along = [&](std::complex<double> direction) {
      return difference(
          [&](double h) {
            auto moved = masks;
            moved[1].at(m, n) += h * direction;
            return loss.of(imaging.intensity(moved));
          },
          1e-4);
    };
    const std::complex<double> numeric(along(1.0), along({0.0, 1.0})), g = gradient.masks[1].at(m, n);
    EXPECT_LT(std::abs(g - numeric), 1e-6 * std::max(std::abs(g), 1.0)) << m << ' ' << n;
  }
}

// I is linear in w / C: sum_s w_s dL/dw_s = 0, as only ratios count; and L = <g, I> for any scaling.
TEST(AbbeImages, DoNotChangeAsAllSourcePointsBrighten) {
  const OpticsSettings optics = small_optics(Polarisation::te);
  const MapPoints map = points_of_map(optics);
  const AbbeImaging<double> imaging(optics, map.points, 0.0);
  const auto masks = random_masks(1, imaging.half_x(), imaging.half_y());
  const auto gradient = imaging.gradient(masks, Functional(1).gradient(imaging));
  double sum = 0.0, size = 0.0;
  for (std::size_t p = 0; p < map.points.size(); ++p) {
    sum += map.points[p].weight * gradient.weights[p];
    size += std::abs(map.points[p].weight * gradient.weights[p]);
  }
  EXPECT_LT(std::abs(sum), 1e-12 * size);
}

// The image is a quadratic form of the mask without flare: <dL/dc, c> = 2 L exactly.
TEST(AbbeImages, AdjointIdentityHolds) {
  OpticsSettings optics = small_optics(Polarisation::unpolarised);
  optics.flare = 0.0;
  const AbbeImaging<double> imaging(optics, sample_source(optics.source), -10.0);
  const auto masks = random_masks(1, imaging.half_x(), imaging.half_y());
  const Functional loss(1);
  const auto gradient = imaging.gradient(masks, loss.gradient(imaging), {.source = false, .pupil = false});
  double inner = 0.0, size = 0.0;
  for (std::size_t i = 0; i < masks[0].size(); ++i) {
    const double term = (std::conj(gradient.masks[0].data()[i]) * masks[0].data()[i]).real();
    inner += term;
    size += std::abs(term);
  }
  EXPECT_LT(std::abs(inner - 2.0 * loss.of(imaging.intensity(masks))), 1e-12 * size);
}

TEST(AbbeImages, AreTheSameInSinglePrecision) {
  const OpticsSettings optics = small_optics(Polarisation::te);
  const MapPoints map = points_of_map(optics);
  const AbbeImaging<double> exact(optics, map.points, 25.0);
  const AbbeImaging<float> fast(optics, map.points, 25.0);
  const auto masks = random_masks(1, exact.half_x(), exact.half_y());
  std::vector<Spectrum<float>> rounded(1, Spectrum<float>(exact.half_x(), exact.half_y()));
  for (std::size_t i = 0; i < masks[0].size(); ++i) rounded[0].data()[i] = std::complex<float>(masks[0].data()[i]);
  const auto d = Functional(1).gradient(exact);
  std::vector<Spectrum<float>> d_rounded(1, Spectrum<float>(d[0].half_x(), d[0].half_y()));
  for (std::size_t i = 0; i < d[0].size(); ++i) d_rounded[0].data()[i] = std::complex<float>(d[0].data()[i]);
  const auto a = exact.gradient(masks, d);
  const auto b = fast.gradient(rounded, d_rounded);
  double largest = 0.0;
  for (const double g : a.weights) largest = std::max(largest, std::abs(g));
  for (std::size_t p = 0; p < a.weights.size(); ++p) EXPECT_NEAR(b.weights[p], a.weights[p], 1e-4 * largest);
  EXPECT_NEAR(b.focus_nm, a.focus_nm, 1e-3 * std::abs(a.focus_nm));
}

}  // namespace
}  // namespace reticle
