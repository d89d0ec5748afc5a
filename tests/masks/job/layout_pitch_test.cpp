// SPDX-License-Identifier: Apache-2.0
#include "masks/job/layout_pitch.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace reticle {
namespace {

// Lines of 12 nm at a pitch of 24 nm, on either side of squares whatever their size and the database unit.
TEST(LayoutPitch, SquaresOfAnySideSeeThePitchThatIsDrawn) {
  for (const double dbu_nm : {1.0, 0.25, 2.0})
    for (const double side_nm : {409.09, 190.5, 333.333}) {
      LayoutInput layout;
      layout.extent = {0.0, 0.0, 4800.0, 4800.0};
      layout.dbu_nm = dbu_nm;
      layout.geometry = [](const Box& box) {
        std::vector<Polygon> lines;
        for (int i = 0; i < 200; ++i)
          if (24.0 * i < box.x1 && 24.0 * i + 12.0 > box.x0) lines.push_back({{24.0 * i, 0}, {24.0 * i + 12, 0}, {24.0 * i + 12, 4800}, {24.0 * i, 4800}});
        return lines;
      };
      EXPECT_NEAR(sampled_lines(layout, side_nm).pitch_nm, 24.0, 1e-6) << dbu_nm << ", " << side_nm;
    }
}

}  // namespace
}  // namespace reticle
