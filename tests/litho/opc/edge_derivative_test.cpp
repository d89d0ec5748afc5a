// SPDX-License-Identifier: Apache-2.0
// The derivative of a site's edge placement error with respect to a displacement, against central
// differences of the error itself: the contour found on the exact image.
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <random>

#include "litho/imaging/simulator.h"
#include "litho/opc/outline_spectrum.h"
#include "litho/opc/site_imaging.h"
#include "tests/litho/chip/chip_model.h"

namespace reticle {
namespace {

class Print {
 public:
  Print(const OpticalModel& model, const FragmentedDesign& design)
      : model_(model), design_(design), field_{0, 0, model.period_x_nm, model.period_y_nm}, imaging_(model, field_) {}

  Spectrum<double> image(std::span<const double> displacements) {
    const std::vector<Polygon> rings = moved_rings(design_, displacements);
    mask_ = outline_spectrum<double>(rings, field_, imaging_.half_x(), imaging_.half_y());
    return imaging_.intensity(mask_, 0);
  }
  double slope(const Spectrum<double>& image, const ControlSite& site, double at) const {
    const double h = 1e-3;
    return (excess(image, site, at + h) - excess(image, site, at - h)) / (2 * h);
  }
  // Newton from `start`.
  double epe(const Spectrum<double>& image, const ControlSite& site, double start) const {
    double e = start;
    for (int i = 0; i < 30; ++i) e -= excess(image, site, e) / slope(image, site, e);
    return e;
  }
  double excess(const Spectrum<double>& image, const ControlSite& site, double at) const {
    return intensity_at(image, field_, point(site, at)) - model_.resist.threshold;
  }
  static Point point(const ControlSite& site, double at) {
    return {site.position.x + at * site.normal.x, site.position.y + at * site.normal.y};
  }
  const Box& field() const { return field_; }
  SiteImaging<double>& imaging() { return imaging_; }

 private:
  const OpticalModel& model_;
  const FragmentedDesign& design_;
  Box field_;
  SiteImaging<double> imaging_;
  Spectrum<double> mask_;
};

// An L, a slanted bar and a disc of facets.
std::vector<Polygon> shapes() {
  Polygon disc;
  for (int i = 0; i < 48; ++i) {
    const double t = 2 * std::numbers::pi * i / 48;
    disc.push_back({720 + 110 * std::cos(t), 700 + 110 * std::sin(t)});
  }
  return {{{150, 150}, {450, 150}, {450, 270}, {270, 270}, {270, 600}, {150, 600}},
          {{560, 200}, {850, 330}, {800, 440}, {510, 310}},
          disc};
}

TEST(SiteImaging, ImagesAsTheSimulatorDoesBehindAnyMask) {
  OpticalModel model = test::annular_model();
  model.resist.diffusion_nm = 12.0;
  model.flare = 0.03;
  model.stage_blur_nm = 4.0;
  const Box field{0, 0, 1024, 1024};
  for (const DrawnSide side : {DrawnSide::clear, DrawnSide::opaque})
    for (const double phase_deg : {180.0, 90.0}) {
      model.mask.drawn_side = side;
      model.mask.transmission = 0.06;
      model.mask.phase_deg = phase_deg;
      model.mask.blur_x_nm = model.mask.blur_y_nm = 6.0;
      SiteImaging<double> imaging(model, field);
      Simulator<double> simulator(model);
      const std::vector<Polygon> drawn = shapes();
      const Spectrum<double> found = imaging.intensity(
          outline_spectrum<double>(drawn, field, imaging.half_x(), imaging.half_y()), 1);
      Spectrum<double> expected = simulator.intensity_spectrum(simulator.mask_spectrum(drawn, field), 1);
      expose(expected, 1024, 1024, model.resist);
      for (std::size_t i = 0; i < found.size(); ++i)
        EXPECT_NEAR(std::abs(found.data()[i] - expected.data()[i]), 0.0, 1e-12) << i;
    }
}

TEST(EdgeDerivative, OfTheEdgePlacementErrorEqualsCentralDifferences) {
  OpticalModel model = test::annular_model();
  model.resist.diffusion_nm = 12.0;
  model.flare = 0.02;
  model.mask.transmission = 0.06;  // attenuated, 180 degrees
  const OpcSettings settings = resolved(OpcSettings{}, IltSettings{.mask_pixel_nm = 1.0}, model);
  const FragmentedDesign design = fragment(shapes(), {0, 0, 1024, 1024}, settings);
  Print print(model, design);
  std::mt19937 random(7);
  std::vector<double> d;
  for (std::size_t j = 0; j < design.fragments.size(); ++j) d.push_back(0.01 * static_cast<double>(random() % 2000) - 10.0);
  const Spectrum<double> image = print.image(d);
  const EdgeMotion<double> motion(design, d, print.field(), print.imaging().mask_points());
  int checked = 0;
  for (std::size_t i = 0; i < design.sites.size() && checked < 12; i += 7) {
    const ControlSite& site = design.sites[i];
    const double e = print.epe(image, site, 0.0);
    // No contour near, or one that Newton's steps do not settle on.
    if (!(std::abs(e) < 40.0) || std::abs(print.excess(image, site, e)) > 1e-12) continue;
    ++checked;
    const double slope = print.slope(image, site, e);
    const std::vector<Point> at{Print::point(site, e)};
    const auto windows = print.imaging().image_points().windows(at);
    // By the adjoint: all displacements at once.
    print.image(d);
    Spectrum<double> d_mask(print.imaging().half_x(), print.imaging().half_y());
    const double unit = 1.0;
    print.imaging().add_adjoint(print.imaging().image_points().coefficients({&unit, 1}, windows), 0, d_mask);
    const std::vector<double> gradient = motion.gradient(d_mask, print.imaging().mask_points());
    double largest = 0.0;
    for (const double g : gradient) largest = std::max(largest, std::abs(g / slope));
    for (const std::size_t j : {static_cast<std::size_t>(site.fragment), std::size_t{1}, design.fragments.size() - 3}) {
      std::vector<double> step(d.size());
      step[j] = 1.0;
      print.image(d);
      const Spectrum<double> change =
          print.imaging().derivative(motion.change(step, print.imaging().mask_points()), 0);
      const double forward = -print.imaging().image_points().values(change, windows)[0] / slope;
      // Fourth order in h: about 1e-9 of it.
      const double h = 0.05;
      const auto epe_at = [&](double by) {
        std::vector<double> moved = d;
        moved[j] += by;
        return print.epe(print.image(moved), site, e);
      };
      const double numeric = (8 * (epe_at(h) - epe_at(-h)) - (epe_at(2 * h) - epe_at(-2 * h))) / (12 * h);
      EXPECT_NEAR(forward, numeric, 1e-5 * largest) << "site " << i << " displacement " << j;
      EXPECT_NEAR(-gradient[j] / slope, forward, 1e-8 * largest);
    }
  }
  EXPECT_GE(checked, 8);
}

}  // namespace
}  // namespace reticle
