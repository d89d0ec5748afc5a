// SPDX-License-Identifier: Apache-2.0
// Images with a closed form: Abbe's sum must give them to rounding, in double.
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "litho/imaging/simulator.h"
#include "litho/optics/abbe.h"
#include "litho/optics/mirror_sectors.h"
#include "litho/optics/pattern.h"
#include "litho/optics/source_refinement.h"

namespace reticle {
namespace {

constexpr double k_pi = std::numbers::pi;

// One point of light at (sx, sy) on a 3 x 3 map: each coordinate -2/3, 0 or 2/3.
SourceSettings point_source(int column, int row, Polarisation polarisation = Polarisation::unpolarised) {
  SourceSettings source{.shape = SourceShape::freeform, .polarisation = polarisation,
                        .map = Image<double>(3, 3)};
  source.map(row, column) = 1.0;
  return source;
}

// Coherent dry light of 193 nm, NA 0.93, scalar, without the radiometric factor.
OpticsSettings coherent(double period_nm) {
  return {.wavelength_nm = 193.0, .na = 0.93, .immersion_index = 1.0, .vector_imaging = false,
          .radiometric = false, .source = point_source(1, 1), .period_nm = {period_nm, period_nm}};
}

double image_at(const OpticsSettings& settings, double focus_nm, const Pattern& pattern, Point point) {
  const SpectrumSize size = mask_orders(settings);
  const Spectrum<double> mask = pattern_spectrum(pattern, size.half_x, size.half_y);
  return intensity_at(abbe_intensity(settings, focus_nm, mask),
                      {0, 0, settings.period_x_nm(), settings.period_y_nm()}, point);
}

TEST(ClosedForms, CoherentThreeBeamLines) {
  // 240 nm lines and spaces: orders 0, +-1 of amplitude 1/2, 1/pi.
  const OpticsSettings optics = coherent(240.0);
  const Pattern lines = line_space(240.0, 120.0);
  for (const double x : {120.0, 0.0, 60.0, 77.7}) {
    const double field = 0.5 + 2.0 / k_pi * std::cos(2.0 * k_pi * (x - 120.0) / 240.0);
    EXPECT_NEAR(image_at(optics, 0.0, lines, {x, 33.0}), field * field, 1e-12);
  }
  EXPECT_NEAR(image_at(optics, 0.0, lines, {120, 0}), 1.291904507, 1e-9);
  EXPECT_NEAR(image_at(optics, 0.0, lines, {0, 0}), 0.018664962, 1e-9);
}

TEST(ClosedForms, ExactDefocusRepeatsAtTheTalbotDistance) {
  const OpticsSettings optics = coherent(240.0);
  const Pattern lines = line_space(240.0, 120.0);
  const double talbot = 193.0 / (1.0 - std::sqrt(1.0 - std::pow(193.0 / 240.0, 2)));
  EXPECT_NEAR(talbot, 475.842816, 1e-6);
  EXPECT_NEAR(image_at(optics, talbot, lines, {90, 0}), image_at(optics, 0.0, lines, {90, 0}), 1e-12);
  const double phase = 2.0 * k_pi * 60.0 / 193.0 * (std::sqrt(1.0 - std::pow(193.0 / 240.0, 2)) - 1.0);
  const auto field = 0.5 + 2.0 / k_pi * std::cos(2.0 * k_pi * (90.0 - 120.0) / 240.0) *
                               std::polar(1.0, phase);
  EXPECT_NEAR(image_at(optics, 60.0, lines, {90, 0}), std::norm(field), 1e-12);
}

// Two beams at sin = +-2/3 NA / n: lines of period 3 lambda / (4 NA) under light from sigma_x = 2/3.
double two_beam_contrast(Polarisation polarisation) {
  OpticsSettings optics{.wavelength_nm = 193.0, .na = 1.2, .immersion_index = 1.44,
                        .radiometric = false, .source = point_source(2, 1, polarisation)};
  const double pitch = 0.75 * 193.0 / 1.2;
  optics.period_nm = {pitch, pitch};
  const Pattern lines = line_space(optics.period_x_nm(), 0.5 * optics.period_x_nm());
  const double bright = image_at(optics, 0.0, lines, {0.5 * optics.period_x_nm(), 0});
  const double dark = image_at(optics, 0.0, lines, {0.0, 0});
  const double visibility = (bright - dark) / (bright + dark);
  // Amplitudes 1/2 and 1/pi alone would give this.
  return visibility / (2.0 * 0.5 / k_pi / (0.25 + 1.0 / (k_pi * k_pi)));
}

TEST(ClosedForms, TwoBeamContrastIsOneInTeAndCosTwoThetaInTm) {
  const double theta = std::asin(1.2 * 2.0 / 3.0 / 1.44);
  EXPECT_NEAR(two_beam_contrast(Polarisation::te), 1.0, 1e-12);
  EXPECT_NEAR(two_beam_contrast(Polarisation::y), 1.0, 1e-12);
  EXPECT_NEAR(two_beam_contrast(Polarisation::tm), std::cos(2.0 * theta), 1e-12);
  EXPECT_NEAR(two_beam_contrast(Polarisation::unpolarised), 0.5 * (1.0 + std::cos(2.0 * theta)), 1e-12);
}

TEST(ClosedForms, TwoSymmetricBeamsDoNotDefocus) {
  OpticsSettings optics = coherent(0.75 * 193.0 / 0.93);
  optics.source = point_source(2, 1);
  const Pattern lines = line_space(optics.period_x_nm(), 40.0);
  EXPECT_NEAR(image_at(optics, 300.0, lines, {10, 0}), image_at(optics, 0.0, lines, {10, 0}), 1e-12);
}

TEST(ClosedForms, ClearDarkAndAttenuatedFields) {
  for (const Polarisation polarisation : {Polarisation::unpolarised, Polarisation::te, Polarisation::tm}) {
    OpticsSettings optics{.zernikes_waves = {0, 0, 0, 0.03, 0.02, 0, 0.05, 0, 0.04},
                          .source = {.polarisation = polarisation, .sampling = SourceSampling::covered_area, .grid = 16},
                          .period_nm = {300.0, 200.0}};
    const auto field_of = [&](std::complex<double> t) {
      return image_at(optics, 40.0, {300.0, 200.0, t, {}}, {12, 34});
    };
    EXPECT_NEAR(field_of(1.0), 1.0, 1e-12);
    EXPECT_NEAR(field_of(0.0), 0.0, 1e-15);
    EXPECT_NEAR(field_of(attenuated(0.06)), 0.06, 1e-13);
  }
}

TEST(ClosedForms, TiltShiftsTheImage) {
  // Z2 = w shifts by -w lambda / NA.
  OpticsSettings optics = coherent(400.0);
  const Pattern lines = line_space(400.0, 150.0);
  const double still = image_at(optics, 0.0, lines, {120.0, 0});
  optics.zernikes_waves = {0.0, 0.1};
  EXPECT_NEAR(image_at(optics, 0.0, lines, {120.0 - 0.1 * 193.0 / 0.93, 0}), still, 1e-12);
}

TEST(ClosedForms, FocusIsSymmetricWithoutAberrationAndFollowsItsSignWith) {
  OpticsSettings optics{.source = {.sampling = SourceSampling::covered_area, .grid = 12}, .period_nm = {260.0, 240.0}};
  const Pattern contact = contact_array(260, 240, 90, 70);
  EXPECT_NEAR(image_at(optics, 50.0, contact, {100, 90}), image_at(optics, -50.0, contact, {100, 90}), 1e-12);
  optics.zernikes_waves = {0, 0, 0, 0, 0, 0, 0, 0, 0.05};
  const double there = image_at(optics, 50.0, contact, {100, 90});
  optics.zernikes_waves[8] = -0.05;
  EXPECT_NEAR(image_at(optics, -50.0, contact, {100, 90}), there, 1e-12);
  EXPECT_GT(std::abs(image_at(optics, 50.0, contact, {100, 90}) - there), 1e-4);
}

TEST(ClosedForms, ImageDoesNotDependOnTheTile) {
  // The same lines in a tile of one and of three pitches: the source is not snapped to the orders.
  OpticsSettings optics{.source = {.sampling = SourceSampling::covered_area, .grid = 16}, .period_nm = {150.0, 150.0}};
  const Pattern one = line_space(150.0, 70.0);
  Pattern three{450.0, 150.0, 0.0, {}};
  for (int i = 0; i < 3; ++i) {
    Polygon line = one.shapes[0].polygon;
    for (Point& p : line) p.x += 150.0 * i;
    three.shapes.push_back({line, 1.0});
  }
  const double in_one = image_at(optics, 30.0, one, {60, 10});
  optics.period_nm[0] = 450.0;
  EXPECT_NEAR(image_at(optics, 30.0, three, {210, 10}), in_one, 1e-12);
}

// Common area of a disc of radius r about the origin and the unit disc about a point at distance d.
double lens_area(double r, double d) {
  if (d >= 1.0 + r) return 0.0;
  if (d + r <= 1.0) return k_pi * r * r;
  const double at_r = std::acos((d * d + r * r - 1.0) / (2.0 * d * r));
  const double at_1 = std::acos((d * d + 1.0 - r * r) / (2.0 * d));
  return r * r * (at_r - 0.5 * std::sin(2.0 * at_r)) + at_1 - 0.5 * std::sin(2.0 * at_1);
}

TEST(ClosedForms, TransferOfAnOrderIsTheOverlapOfSourceAndPupil) {
  // A weak grating: its order passes with the overlap of the source and the pupil about the order. The
  // pupil's edge cuts the source, in the middle or nearly tangent.
  for (const double sigma : {1.0, 0.3, 0.05})
    for (const double offset : {0.0, 0.4, -0.97}) {
      const double distance = sigma == 1.0 ? 1.0 + 0.3 * offset : 1.0 + offset * sigma;
      OpticsSettings optics = coherent(193.0 / (0.93 * distance));
      optics.source = {.shape = SourceShape::conventional, .sigma_out = sigma};
      const SpectrumSize size = mask_orders(optics);
      Spectrum<double> mask(size.half_x, size.half_y);
      const double weak = 1e-4;
      mask.at(0, 0) = 1.0;
      mask.at(1, 0) = mask.at(-1, 0) = weak;
      const Spectrum<double> image = abbe_intensity(optics, 0.0, mask);
      // Divided pixels leave 1e-4 of the source at most.
      EXPECT_NEAR(image.at(1, 0).real() / (2.0 * weak), lens_area(sigma, distance) / (k_pi * sigma * sigma), 1e-4)
          << sigma << " " << distance;
    }
}

TEST(ClosedForms, AdaptiveSourceKeepsItsLightAndItsMirrors) {
  OpticsSettings optics{.source = {.shape = SourceShape::poles, .poles = 4, .rotation_deg = 45.0},
                        .period_nm = {180.0, 150.0}};
  const std::vector<SourcePoint> points = refined_source(optics);
  EXPECT_GT(points.size(), 3 * sample_source(optics.source).size());
  double light = 0.0;
  for (const SourcePoint& point : points) light += point.weight;
  EXPECT_NEAR(light, 1.0, 1e-11);  // 240,000 roundings
  EXPECT_EQ(mirror_group(optics, points).size(), 4u);
}

TEST(ClosedForms, BlurAndFlareActOnHarmonics) {
  OpticsSettings optics = coherent(240.0);
  const SpectrumSize size = mask_orders(optics);
  const Spectrum<double> mask = pattern_spectrum(line_space(240.0, 120.0), size.half_x, size.half_y);
  const Spectrum<double> sharp = abbe_intensity(optics, 0.0, mask);
  optics.stage_blur_nm = 15.0;
  optics.flare = 0.1;
  const Spectrum<double> soft = abbe_intensity(optics, 0.0, mask);
  EXPECT_NEAR(soft.at(1, 0).real(),
              0.9 * sharp.at(1, 0).real() * std::exp(-2.0 * std::pow(k_pi * 15.0 / 240.0, 2)), 1e-13);
  EXPECT_NEAR(soft.at(0, 0).real(), 0.9 * sharp.at(0, 0).real() + 0.1 * 0.5, 1e-13);
}

TEST(ClosedForms, FlareOfAnAttenuatedFieldIsItsIntensity) {
  OpticsSettings optics = coherent(240.0);
  optics.flare = 0.1;
  const Pattern field{240.0, 240.0, attenuated(0.06), {}};
  const SpectrumSize size = mask_orders(optics);
  const auto image = abbe_intensity(optics, 0.0, pattern_spectrum(field, size.half_x, size.half_y),
                                    mean_transmission(field));
  EXPECT_NEAR(image.at(0, 0).real(), 0.06, 1e-13);
}

TEST(ClosedForms, FilmOfTheMediumChangesNothing) {
  OpticsSettings optics{.source = {.sampling = SourceSampling::covered_area, .grid = 8}, .period_nm = {260.0, 240.0}};
  const Pattern contact = contact_array(260, 240, 90, 70);
  const double free = image_at(optics, 0.0, contact, {100, 90});
  optics.stack = {.films = {{80.0, optics.immersion_index}}, .substrate = optics.immersion_index};
  EXPECT_NEAR(image_at(optics, 0.0, contact, {100, 90}), free, 1e-12);
  // Going 35 nm into it is defocus by 35 nm.
  optics.stack.depths_nm = {35.0};
  const double deep = image_at(optics, 0.0, contact, {100, 90});
  optics.stack = {};
  EXPECT_NEAR(image_at(optics, 35.0, contact, {100, 90}), deep, 1e-12);
}

TEST(ClosedForms, PinholeIsTheAiryPattern) {
  // A hole far smaller than the resolution, alone in a wide period: (2 J1(v) / v)^2, v = 2 pi NA r /
  // lambda. The pupil holds 600 orders, so its sums are within 5e-3 of the peak of its integrals.
  const double period = 3000.0;
  const Pattern hole = contact_array(period, period, 10.0, 10.0);
  const double peak = image_at(coherent(period), 0.0, hole, {period / 2, period / 2});
  for (const double r : {40.0, 80.0, 126.55, 160.0, 200.0, 231.6, 300.0}) {
    const double v = 2.0 * k_pi * 0.93 * r / 193.0;
    const double airy = std::pow(2.0 * std::cyl_bessel_j(1.0, v) / v, 2);
    for (const Point& step : {Point{r, 0}, Point{0, -r}, Point{r * std::sqrt(0.5), r * std::sqrt(0.5)}}) {
      const double image = image_at(coherent(period), 0.0, hole,
                                    {period / 2 + step.x, period / 2 + step.y});
      EXPECT_NEAR(image / peak, airy, 5e-3) << r;
    }
  }
}

TEST(ClosedForms, CoherentKnifeEdge) {
  // (1/2 + Si(2 pi NA x / lambda) / pi)^2; the next edges, 6 um away, are felt by 5e-3.
  const double period = 12000.0;
  OpticsSettings optics = coherent(period);
  optics.period_nm = {period, 200.0};
  const Pattern edge{period, 200.0, 0.0,
                     {{{{0, 0}, {period / 2, 0}, {period / 2, 200}, {0, 200}}, {1.0}}}};
  const auto sine_integral = [](double v) {
    const int steps = 2000;  // Simpson
    double sum = 0.0;
    for (int i = 0; i <= steps; ++i) {
      const double t = v * i / steps;
      sum += (i == 0 || i == steps ? 1 : i % 2 ? 4 : 2) * (t == 0.0 ? 1.0 : std::sin(t) / t);
    }
    return sum * v / (3.0 * steps);
  };
  for (const double x : {-300.0, -100.0, -30.0, 0.0, 30.0, 100.0, 163.0, 400.0}) {
    const double field = 0.5 + sine_integral(2.0 * k_pi * 0.93 * x / 193.0) / k_pi;
    EXPECT_NEAR(image_at(optics, 0.0, edge, {x < 0 ? period + x : x, 50}), field * field, 5e-3) << x;
  }
}

// An L of two rectangles, moved, turned by quarter turns and mirrored about the period's centre.
Pattern placed(double period, int quarter_turns, bool mirrored, Point by = {}) {
  Pattern pattern{period, period, {-0.245, 0.0}, {}};
  for (const Box& b : {Box{60, 90, 130.5, 310}, Box{200, 140.25, 330, 205}}) {
    Polygon polygon = {{b.x0, b.y0}, {b.x1, b.y0}, {b.x1, b.y1}, {b.x0, b.y1}};
    for (Point& p : polygon) {
      Point q{p.x - period / 2, p.y - period / 2};
      if (mirrored) q.x = -q.x;
      for (int i = 0; i < quarter_turns; ++i) q = {-q.y, q.x};
      p = {q.x + period / 2 + by.x, q.y + period / 2 + by.y};
    }
    pattern.shapes.push_back({polygon, {1.0}});
  }
  return pattern;
}

TEST(ClosedForms, ImagesMoveTurnAndMirrorWithTheMask) {
  const double period = 420.0;
  const OpticsSettings optics{.source = {.sampling = SourceSampling::covered_area, .grid = 24}, .period_nm = {period, period}};
  const Pattern straight = placed(period, 0, false);
  for (const Point& p : {Point{95, 200}, Point{265, 170}, Point{10, 400}}) {
    const double expected = image_at(optics, 35.0, straight, p);
    const Point q{p.x - period / 2, p.y - period / 2};
    EXPECT_NEAR(image_at(optics, 35.0, placed(period, 0, false, {17.3, -41.9}), {p.x + 17.3, p.y - 41.9}),
                expected, 1e-10);
    EXPECT_NEAR(image_at(optics, 35.0, placed(period, 1, false), {period / 2 - q.y, period / 2 + q.x}),
                expected, 1e-10);
    EXPECT_NEAR(image_at(optics, 35.0, placed(period, 2, false), {period / 2 - q.x, period / 2 - q.y}),
                expected, 1e-10);
    EXPECT_NEAR(image_at(optics, 35.0, placed(period, 0, true), {period / 2 - q.x, p.y}), expected, 1e-10);
  }
}

TEST(ClosedForms, TurnedDipoleWithTurnedLightSeesTheTurnedMask) {
  const double period = 420.0;
  OpticsSettings optics{.source = {.shape = SourceShape::poles, .sigma_in = 0.5, .sigma_out = 0.9,
                                   .poles = 2, .polarisation = Polarisation::y, .sampling = SourceSampling::covered_area, .grid = 24},
                        .period_nm = {period, period}};
  OpticsSettings turned = optics;
  turned.source.rotation_deg = 90.0;
  turned.source.polarisation = Polarisation::x;
  for (const Point& p : {Point{95, 200}, Point{265, 170}}) {
    const Point q{p.x - period / 2, p.y - period / 2};
    EXPECT_NEAR(image_at(turned, 20.0, placed(period, 1, false), {period / 2 - q.y, period / 2 + q.x}),
                image_at(optics, 20.0, placed(period, 0, false), p), 1e-10);
  }
}

}  // namespace
}  // namespace reticle
