// SPDX-License-Identifier: Apache-2.0
#include "masks/warnings.h"

#include <gtest/gtest.h>

#include <thread>

#include "kernels/base/error.h"

namespace reticle {
namespace {

TEST(Warnings, ComeOnceAKindAndFileWithCountAndFirstPlace) {
  WarningScope scope;
  for (int i = 0; i < 3; ++i)
    warning_log().add("a.gds", "has spikes", "byte " + std::to_string(10 + i));
  warning_log().add("b.gds", "has spikes");
  const std::vector<Warning> found = scope.log().take();
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0], (Warning{"a.gds", "has spikes", "byte 10", 3}));
  EXPECT_EQ(to_string(found[0]), "a.gds: has spikes (3 times, first at byte 10)");
  EXPECT_EQ(to_string(found[1]), "b.gds: has spikes");
  EXPECT_TRUE(scope.log().take().empty());
}

TEST(Warnings, OfAScopeDoNotReachTheProcess) {
  warning_log().take();
  {
    WarningScope outer;
    {
      WarningScope inner;
      warning_log().add("a.gds", "inner");
    }
    warning_log().add("a.gds", "outer");
    std::thread([] { warning_log().add("a.gds", "of another thread"); }).join();
    ASSERT_EQ(outer.log().take().size(), 1u);
  }
  const std::vector<Warning> left = warning_log().take();
  ASSERT_EQ(left.size(), 1u);
  EXPECT_EQ(left[0].what, "of another thread");
}

TEST(Warnings, AreErrorsWhereTheImperfectIsRefused) {
  WarningScope scope;
  scope.log().refuse_imperfect();
  EXPECT_THROW(warning_log().add("a.gds", "has spikes", "byte 7"), Error);
}

}  // namespace
}  // namespace reticle
