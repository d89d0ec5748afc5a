// SPDX-License-Identifier: Apache-2.0
// The way from mask to aerial and resist image at any places, against its transposes.
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <random>

#include "litho/imaging/image_places.h"
#include "litho/imaging/polygon_gradient.h"
#include "litho/imaging/polygon_spectrum.h"
#include "litho/imaging/resist_image.h"
#include "litho/imaging/simulator.h"
#include "tests/reference/brute_force.h"

namespace reticle {
namespace {

using reference::random_mask;
using reference::random_model;

const Box k_field{-20.0, 35.0, 620.0, 547.0};

std::vector<ImagePlaces> all_places() {
  return {FieldPixels{24, 30},
          GridPixels{k_field, {.rows = 7, .cols = 9, .pixel_nm = 13.7, .origin_x_nm = 31.0, .origin_y_nm = 64.0}},
          LayoutPoints{k_field, {{10.0, 50.0}, {333.3, 77.7}, {600.0, 500.0}}}};
}

std::vector<double> noise(std::size_t size, unsigned seed) {
  std::mt19937 random(seed);
  std::normal_distribution<double> normal;
  std::vector<double> values(size);
  for (double& value : values) value = normal(random);
  return values;
}

double dot(const std::vector<double>& a, const std::vector<double>& b) {
  double sum = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

double dot(const Spectrum<double>& a, const Spectrum<double>& b) {
  double sum = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += (std::conj(a.data()[i]) * b.data()[i]).real();
  return sum;
}

double difference(const std::function<double(double)>& f, double h) { return (f(h) - f(-h)) / (2.0 * h); }

TEST(ImagePlaces, GradientIsTheTransposeOfReading) {
  ImageReader<double> reader;
  for (const ImagePlaces& places : all_places()) {
    Spectrum<double> image(5, 4);
    const auto parts = noise(2 * image.size(), 1);
    for (std::size_t i = 0; i < image.size(); ++i) image.data()[i] = {parts[2 * i], parts[2 * i + 1]};
    std::vector<double> values(count(places));
    reader.read(image, places, std::span<double>(values));
    const std::vector<double> g = noise(values.size(), 2);
    const double expected = dot(g, values);
    const double found = dot(reader.gradient(places, std::span<const double>(g), 5, 4), image);
    EXPECT_LT(std::abs(found - expected), 1e-12 * std::sqrt(dot(g, g) * dot(values, values)));
  }
}

// Aerial image of some mask, and the resist terms switched on one after another.
class ResistImages : public testing::TestWithParam<ResistModel> {};
INSTANTIATE_TEST_SUITE_P(Terms, ResistImages,
                         testing::Values(ResistModel{.diffusion_nm = 12.0},
                                         ResistModel{.diffusion_nm = 12.0, .density = 0.3, .density_range_nm = 60.0},
                                         ResistModel{.diffusion_nm = 12.0, .slope_nm = 5.0, .density = 0.3,
                                                     .density_range_nm = 60.0}));

TEST_P(ResistImages, GradientsEqualCentralDifferences) {
  const OpticalModel model = random_model(4, 3, 6, 1, 3);
  Simulator<double> simulator(model);
  const auto aerial = simulator.intensity_spectrum(simulator.mask_spectrum(random_mask(24, 30, 4).view()), 0);
  ImageReader<double> reader;
  for (const ImagePlaces& places : all_places()) {
    const std::vector<double> g = noise(count(places), 5);
    const auto loss = [&](const Spectrum<double>& image, const ResistModel& resist) {
      std::vector<double> values(count(places));
      resist_image(reader, image, model.period_x_nm, model.period_y_nm, resist, places, std::span<double>(values));
      return dot(g, values);
    };
    const auto gradient = resist_gradient(reader, aerial, model.period_x_nm, model.period_y_nm, GetParam(),
                                          places, std::span<const double>(g));
    const auto check = [&](double analytic, double ResistModel::* term, double h) {
      const double numeric = difference(
          [&](double step) {
            ResistModel moved = GetParam();
            moved.*term += step;
            return loss(aerial, moved);
          },
          h);
      EXPECT_LT(std::abs(analytic - numeric), 1e-6 * std::max(std::abs(numeric), 1e-3)) << analytic << ' ' << numeric;
    };
    check(gradient.resist.diffusion_nm, &ResistModel::diffusion_nm, 1e-3);
    check(gradient.resist.density, &ResistModel::density, 1e-4);
    check(gradient.resist.density_range_nm, &ResistModel::density_range_nm, 1e-3);
    check(gradient.resist.slope_nm, &ResistModel::slope_nm, 1e-3);
    // Towards another mask's image: smooth, so that the slope term's kink is far away.
    const auto direction = simulator.intensity_spectrum(simulator.mask_spectrum(random_mask(24, 30, 6).view()), 0);
    const double numeric = difference(
        [&](double step) {
          Spectrum<double> moved = aerial;
          for (std::size_t i = 0; i < moved.size(); ++i) moved.data()[i] += step * direction.data()[i];
          return loss(moved, GetParam());
        },
        1e-5);
    EXPECT_LT(std::abs(dot(gradient.aerial, direction) - numeric), 1e-6 * std::abs(numeric));
  }
}

TEST(PolygonGradient, EqualsCentralDifferencesOfTheImage) {
  const OpticalModel model = random_model(5, 4, 8, 1, 7);
  const Box field{-20.0, 35.0, -20.0 + model.period_x_nm, 35.0 + model.period_y_nm};
  const std::vector<Polygon> mask = {{{100, 90}, {300, 90}, {300, 140}, {150, 400}},       // slanted
                                     {{400, 200}, {400, 300}, {450, 300}, {450, 200}}};    // clockwise
  Simulator<double> simulator(model);
  ImageReader<double> reader;
  const ImagePlaces places = LayoutPoints{field, {{120, 100}, {210, 140}, {420, 260}}};
  const std::vector<double> g = {1.0, -0.7, 2.0};
  const auto loss = [&](const std::vector<Polygon>& polygons) {
    std::vector<double> values(3);
    reader.read(simulator.intensity_spectrum(simulator.mask_spectrum(polygons, field), 0, 1.03), places, std::span<double>(values));
    return dot(g, values);
  };
  loss(mask);
  const Spectrum<double> d_intensity =
      reader.gradient(places, std::span<const double>(g), 2 * simulator.half_x(), 2 * simulator.half_y());
  const auto gradient = polygon_gradient(mask, field, simulator.spectrum_gradient(0, 1.03, d_intensity));
  double largest = 0.0;
  for (const auto& corners : gradient)
    for (const Point& corner : corners) largest = std::max({largest, std::abs(corner.x), std::abs(corner.y)});
  for (std::size_t p = 0; p < mask.size(); ++p)
    for (std::size_t i = 0; i < mask[p].size(); ++i)
      for (double Point::* axis : {&Point::x, &Point::y}) {
        const double numeric = difference(
            [&](double step) {
              std::vector<Polygon> moved = mask;
              moved[p][i].*axis += step;
              return loss(moved);
            },
            1e-3);
        EXPECT_LT(std::abs(gradient[p][i].*axis - numeric), 1e-6 * largest) << p << ' ' << i;
      }
}

}  // namespace
}  // namespace reticle
