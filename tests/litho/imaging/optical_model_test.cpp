// SPDX-License-Identifier: Apache-2.0
#include "litho/imaging/optical_model.h"

#include <gtest/gtest.h>

#include <limits>

#include "kernels/base/error.h"

namespace reticle {
namespace {

OpticalModel pinhole_model() {
  OpticalModel model;
  model.period_x_nm = model.period_y_nm = 1000.0;
  model.conditions.push_back({.name = "focus", .coefficients = {1.0}, .weights = {1.0}});
  return model;
}

TEST(OpticalModel, ValidModelPasses) { EXPECT_NO_THROW(validate(pinhole_model())); }

TEST(OpticalModel, NotANumberIsNamedWithItsCondition) {
  OpticalModel model = pinhole_model();
  model.conditions[0].coefficients[0] = std::numeric_limits<double>::quiet_NaN();
  try {
    validate(model);
    FAIL() << "accepted a NaN";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::bad_input);
    EXPECT_NE(std::string(error.what()).find("'focus'"), std::string::npos);
  }
}

TEST(OpticalModel, MissingConditionNamesThoseHeld) {
  const OpticalModel model = pinhole_model();
  try {
    model.condition("defocus");
    FAIL() << "found a condition that is not there";
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("'focus'"), std::string::npos);
  }
}

}  // namespace
}  // namespace reticle
