// SPDX-License-Identifier: Apache-2.0
#include "litho/ilt/pitch_limit.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace reticle {
namespace {

Polygon rectangle(double x0, double y0, double x1, double y1) { return {{x0, y0}, {x1, y0}, {x1, y1}, {x0, y1}}; }

// Coherent light on the axis: orders up to `half` pass.
OpticalModel coherent(int half) {
  OpticalModel model{.period_x_nm = 1200.0, .period_y_nm = 1200.0};
  SocsKernels set{.name = "focus", .half_x = half, .half_y = half, .weights = {1.0}};
  for (int n = -half; n <= half; ++n)
    for (int m = -half; m <= half; ++m) set.coefficients.push_back(m * m + n * n <= half * half ? 1.0 : 0.0);
  model.conditions.push_back(std::move(set));
  return model;
}

TEST(PitchLimit, FinestLinesAreWidthAndSpaceSideBySide) {
  const Box box{0, 0, 1000, 1000};
  std::vector<Polygon> lines;
  for (int i = 0; i < 5; ++i) lines.push_back(rectangle(100.0 + 100 * i, 100, 160.0 + 100 * i, 900));
  lines.push_back(rectangle(800, 100, 815, 900));  // narrow, and alone
  EXPECT_NEAR(finest_lines(lines, box).pitch_nm, 100.0, 1e-9);
  EXPECT_NEAR(finest_lines(lines, box).width_nm, 15.0, 1e-9);
  EXPECT_NEAR(finest_lines(lines, box).space_nm, 40.0, 1e-9);
  // What the box cuts has no edge there.
  EXPECT_NEAR(finest_lines(std::vector<Polygon>{rectangle(0, 0, 5, 1000), rectangle(300, 0, 380, 1000)}, box).pitch_nm, 375.0, 1e-9);
  EXPECT_EQ(finest_lines(std::vector<Polygon>{rectangle(300, 300, 400, 400)}, box).pitch_nm, 0.0);
}

TEST(PitchLimit, ContrastOfThreeBeamsIsTheirClosedForm) {
  // E = 1/2 + 2/pi cos(2 pi (x/240 - 1/4)) when five orders of 1200 nm pass, at 16 places; with four, light alone.
  double least = 1.0, most = 0.0;
  for (int i = 0; i < 16; ++i) {
    const double field = 0.5 + 2.0 / std::numbers::pi * std::cos(2.0 * std::numbers::pi * (i / 16.0 - 0.25));
    least = std::min(least, field * field), most = std::max(most, field * field);
  }
  EXPECT_NEAR(line_contrast(coherent(5), 240.0), (most - least) / (most + least), 1e-9);
  EXPECT_NEAR(line_contrast(coherent(4), 240.0), 0.0, 1e-9);
}

TEST(PitchLimit, LinesBelowTheLimitAreNamed) {
  EXPECT_FALSE(pitch_remark(coherent(5), 240.0));
  const auto said = pitch_remark(coherent(4), 240.0);
  ASSERT_TRUE(said);
  EXPECT_NE(said->find("a pitch of 240 nm, as drawn, are below the model's limit"), std::string::npos) << *said;
  EXPECT_FALSE(pitch_remark(coherent(4), 0.0));
}

}  // namespace
}  // namespace reticle
