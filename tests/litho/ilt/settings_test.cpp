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

TEST(IltSettings, EdgesArePulledHarderWhereMasksObeyCoarserRules) {
  const IltSettings usual = resolved({}, two_focus_model());
  const auto ruled = [&](double factor, std::vector<IltLevel> levels = {}) {
    return resolved({.levels = std::move(levels), .mask_rules = {.minimum_width_nm = usual.mask_rules.minimum_width_nm,
                                                                 .minimum_space_nm = factor * usual.mask_rules.minimum_space_nm}},
                    two_focus_model());
  };
  const IltSettings coarser = ruled(1.5), finer = ruled(0.5), own = ruled(1.5, usual.levels);
  for (std::size_t i = 0; i < usual.levels.size(); ++i) {
    const double most = usual.levels[i].emphasis_most;
    EXPECT_DOUBLE_EQ(coarser.levels[i].emphasis_most, 2.25 * most);
    EXPECT_DOUBLE_EQ(finer.levels[i].emphasis_most, most);
    EXPECT_DOUBLE_EQ(own.levels[i].emphasis_most, most);
  }
}

TEST(Ramp, IsGeometric) {
  const Ramp ramp{2.0, 8.0};
  EXPECT_DOUBLE_EQ(ramp.at(0.0), 2.0);
  EXPECT_DOUBLE_EQ(ramp.at(0.5), 4.0);
  EXPECT_DOUBLE_EQ(ramp.at(1.0), 8.0);
}

}  // namespace
}  // namespace reticle
