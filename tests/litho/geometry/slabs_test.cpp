// SPDX-License-Identifier: Apache-2.0
#include "litho/geometry/slabs.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace reticle {
namespace {

TEST(Slabs, EndAtCornersAndCrossingsAndHoldTheLinesUpwards) {
  std::vector<SlabLine> lines;
  add_slab_line({0, 0}, {10, 10}, 1, lines);
  add_slab_line({10, 0}, {0, 10}, 2, lines);  // turned: -2
  add_slab_line({7, -5}, {7, 20}, 3, lines);  // upright: ends slabs only
  std::vector<double> ends;
  std::vector<int> tags;
  for_each_slab(lines, 2.0, 9.0, [&](const Slab& slab) {
    ends.push_back(slab.x1);
    for (const SlabLine* line : slab.lines) tags.push_back(line->tag);
  });
  EXPECT_EQ(ends, (std::vector<double>{5.0, 7.0, 9.0}));
  EXPECT_EQ(tags, (std::vector<int>{1, -2, -2, 1, -2, 1}));
}

TEST(Slabs, RandomLinesDoNotCrossWithinOne) {
  for (unsigned seed = 0; seed < 50; ++seed) {
    std::mt19937 generator(seed);
    std::uniform_real_distribution<double> random(0.0, 100.0);
    std::vector<SlabLine> lines;
    for (int i = 0; i < 30; ++i)
      add_slab_line({random(generator), random(generator)}, {random(generator), random(generator)}, i, lines);
    double covered = 0.0;
    for_each_slab(lines, 10.0, 90.0, [&](const Slab& slab) {
      covered += slab.x1 - slab.x0;
      for (std::size_t i = 1; i < slab.lines.size(); ++i)
        for (const double x : {slab.x0, slab.x1})
          EXPECT_LT(slab.lines[i - 1]->at(x), slab.lines[i]->at(x) + 1e-6) << seed;
    });
    EXPECT_NEAR(covered, 80.0, 1e-9) << seed;
  }
}

}  // namespace
}  // namespace reticle
