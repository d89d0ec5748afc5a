// SPDX-License-Identifier: Apache-2.0
// One recipe for every wavelength: what lengths follow from a model and a design.
#include "litho/ilt/scale.h"

#include <gtest/gtest.h>

#include <cmath>

#include "litho/ilt/settings.h"

namespace reticle {
namespace {

OpticalModel scanner(double wavelength_nm, double na, double period_nm) {
  OpticalModel model;
  model.period_x_nm = model.period_y_nm = period_nm;
  model.wavelength_nm = wavelength_nm;
  model.na = na;
  model.conditions = {{.name = "focus", .coefficients = {1.0}, .weights = {1.0}}};
  return model;
}

// Kernels that pass orders up to 16 of a period of 2048 nm, as those of the contest.
OpticalModel imported() {
  OpticalModel model = scanner(0.0, 0.0, 2048.0);
  SocsKernels kernels{.name = "focus", .half_x = 17, .half_y = 17, .coefficients = {}, .weights = {1.0}};
  for (int n = -17; n <= 17; ++n)
    for (int m = -17; m <= 17; ++m) kernels.coefficients.emplace_back(std::hypot(m, n) < 16.5 ? 1.0 : 1e-3, 0.0);
  model.conditions = {kernels};
  return model;
}

TEST(Scale, ImportedKernelsAreMeasuredByTheirBand) {
  EXPECT_NEAR(scale_of(imported()).resolution_nm, 2.0 * 2048.0 / 16.5, 2.0);
}

TEST(Scale, TheContestsModelHasTheContestsRules) {
  const IltSettings s = resolved({}, imported());
  EXPECT_EQ(s.edge_site_spacing_nm, 40.0);
  EXPECT_EQ(s.edge_short_nm, 80.0);
  EXPECT_EQ(s.edge_tolerance_nm, 15.0);
  EXPECT_EQ(s.edge_search_nm, 60.0);
  EXPECT_EQ(s.mask_rules.minimum_width_nm, 20.0);
  EXPECT_EQ(s.mask_rules.minimum_space_nm, 20.0);
  EXPECT_EQ(s.mask_rules.minimum_area_nm2, 400.0);
  EXPECT_EQ(s.mask_pixel_nm, 1.0);
  const std::vector<double> grids{16.0, 8.0, 4.0, 4.0, 4.0, 2.0};
  ASSERT_EQ(s.levels.size(), grids.size());
  for (std::size_t i = 0; i < grids.size(); ++i) EXPECT_EQ(s.levels[i].pixel_nm, grids[i]);
}

TEST(Scale, LengthsGrowWithTheResolution) {
  // The same system at a tenth of the wavelength in a tenth of the period: a tenth of every length.
  const IltSettings large = resolved({}, scanner(193.0, 1.0, 2048.0)), small = resolved({}, scanner(19.3, 1.0, 204.8));
  EXPECT_NEAR(small.mask_pixel_nm, 0.1 * large.mask_pixel_nm, 1e-9);
  for (const DefaultLength& length : default_lengths())
    EXPECT_NEAR(small.*length.place, 0.1 * large.*length.place, 1e-9) << length.key;
  for (std::size_t i = 0; i < large.levels.size(); ++i)
    EXPECT_NEAR(small.levels[i].pixel_nm, 0.1 * large.levels[i].pixel_nm, 1e-9);
}

TEST(Scale, PixelsDivideThePeriodAndAreRound) {
  for (const double period : {512.0, 640.0, 1000.0, 2048.0, 2560.0, 3072.0, 4096.0, 700.0})
    for (const double most : {0.17, 0.29, 1.0, 1.7, 4.6}) {
      const double pixel = tidy_pixel(scanner(193.0, 1.0, period), most, 16);
      EXPECT_LE(pixel, most * (1.0 + 1e-9)) << period;
      EXPECT_GT(pixel, 0.2 * most) << period;
      EXPECT_NEAR(std::remainder(period / (16.0 * pixel), 1.0), 0.0, 1e-6) << period << ' ' << most;
    }
}

TEST(Scale, SmallestWidthLooksAcrossTheInsideOnly) {
  const Polygon u{{0, 0}, {100, 0}, {100, 80}, {70, 80}, {70, 20}, {40, 20}, {40, 80}, {0, 80}};
  EXPECT_DOUBLE_EQ(smallest_width({{u}}), 20.0);  // the 30 nm between its arms are outside
  const Polygon clockwise(u.rbegin(), u.rend());
  EXPECT_DOUBLE_EQ(smallest_width({{clockwise}}), 20.0);
}

TEST(Scale, WhatCannotWorkIsNamed) {
  const OpticalModel euv = scanner(13.5, 0.33, 512.0);
  IltSettings s = resolved({.mask_pixel_nm = 2.0, .levels = {{.coarseness = 8, .iterations = 10}}}, euv);
  const std::vector<std::string> lines = remarks(s, euv, 18.0, 0.0);
  ASSERT_FALSE(lines.empty());
  EXPECT_NE(lines.front().find("levels (1 of 1): a working grid of 16 nm"), std::string::npos) << lines.front();
  s = resolved({}, euv);
  s.mask_rules.minimum_width_nm = 20.0;
  EXPECT_NE(remarks(s, euv, 18.0, 0.0).front().find("mask_rules.minimum_width_nm = 20"), std::string::npos);
  EXPECT_TRUE(remarks(resolved({}, euv), euv, 18.0, 14.0).empty());
  s = resolved({}, euv);
  s.mask_rules.minimum_space_nm = 12.0;
  EXPECT_NE(remarks(s, euv, 18.0, 14.0).front().find("minimum_space_nm = 12 nm is a mask rule hardly narrower than the design's narrowest space, 14 nm"),
            std::string::npos);
}

}  // namespace
}  // namespace reticle
