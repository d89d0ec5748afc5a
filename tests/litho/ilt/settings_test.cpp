// SPDX-License-Identifier: Apache-2.0
#include "litho/ilt/settings.h"

#include <gtest/gtest.h>

#include "kernels/base/error.h"

namespace reticle {
namespace {

OpticalModel two_focus_model() {
  OpticalModel model;
  model.period_x_nm = model.period_y_nm = 1024.0;
  model.conditions = {{.name = "focus", .coefficients = {1.0}, .weights = {1.0}},
                      {.name = "defocus", .coefficients = {1.0}, .weights = {1.0}}};
  return model;
}

std::string message_of(const IltSettings& settings) {
  try {
    resolved(settings, two_focus_model());
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::bad_input);
    return error.what();
  }
  return "";
}

TEST(IltSettings, DefaultsAreTheContestsCorners) {
  const IltSettings settings = resolved({}, two_focus_model());
  ASSERT_EQ(settings.corners.size(), 3u);
  EXPECT_EQ(settings.corners[0].condition, "focus");
  EXPECT_EQ(settings.corners[1].dose, 1.02);
  EXPECT_EQ(settings.corners[2].condition, "defocus");
  EXPECT_EQ(settings.corners[2].dose, 0.98);
  EXPECT_FALSE(settings.levels.empty());
}

TEST(IltSettings, ErrorsNameKeyValueAndRange) {
  EXPECT_NE(message_of({.mask_pixel_nm = 3.0}).find("mask_pixel_nm = 3"), std::string::npos);
  EXPECT_NE(message_of({.dose_latitude = -1.0}).find("0 to 1"), std::string::npos);
  EXPECT_NE(message_of({.levels = {{.rate = 0.0}}}).find("levels.rate = 0"), std::string::npos);
  EXPECT_NE(message_of({.corners = {{"nominal", "focus"}}, .bands = {{"outer", "nominal"}}})
                .find("bands.outer = outer"),
            std::string::npos);
  EXPECT_NE(message_of({.corners = {{"nominal", "far"}}}).find("'defocus'"), std::string::npos);
}

TEST(Ramp, IsGeometric) {
  const Ramp ramp{2.0, 8.0};
  EXPECT_DOUBLE_EQ(ramp.at(0.0), 2.0);
  EXPECT_DOUBLE_EQ(ramp.at(0.5), 4.0);
  EXPECT_DOUBLE_EQ(ramp.at(1.0), 8.0);
}

}  // namespace
}  // namespace reticle
