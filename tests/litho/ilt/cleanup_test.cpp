// SPDX-License-Identifier: Apache-2.0
#include "litho/ilt/cleanup.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "litho/geometry/disc_morphology.h"
#include "litho/geometry/regions.h"
#include "litho/metrology/mask_rules.h"
#include "litho/rules/rule_check.h"
#include "tests/litho/random_masks.h"

namespace reticle {
namespace {

// Discs and bars of all sizes, many too thin, too small or too close.
Image<std::uint8_t> unruly_mask(unsigned seed) {
  std::mt19937 generator(seed);
  std::uniform_int_distribution<int> place(0, 511), radius(2, 40), length(5, 120);
  Image<std::uint8_t> mask(512, 512);
  for (int i = 0; i < 40; ++i) {
    const int cx = place(generator), cy = place(generator), r = radius(generator);
    for (int y = std::max(0, cy - r); y < std::min(512, cy + r); ++y)
      for (int x = std::max(0, cx - r); x < std::min(512, cx + r); ++x)
        if ((x - cx) * (x - cx) + (y - cy) * (y - cy) < r * r) mask(y, x) = 1;
    const int x0 = place(generator), y0 = place(generator), w = length(generator) / 4, h = length(generator);
    for (int y = y0; y < std::min(512, y0 + h); ++y)
      for (int x = x0; x < std::min(512, x0 + w); ++x) mask(y, x) = 1;
  }
  return mask;
}

class CleanMask : public testing::TestWithParam<unsigned> {};

TEST_P(CleanMask, KeepsEveryRule) {
  const Grid grid{.rows = 512, .cols = 512, .pixel_nm = 1.0};
  Image<std::uint8_t> mask = unruly_mask(GetParam());
  clean_mask(mask, grid, {});
  const MaskRules rules = measure_mask_rules(mask.view(), grid);
  // The ruler's own staircase error is up to a pixel.
  const auto width = rules.min_width.value_or(RulerDistance{1e9}).distance_nm;
  const auto space = rules.min_space.value_or(RulerDistance{1e9}).distance_nm;
  EXPECT_GE(width, 19.5);
  EXPECT_GE(space, 19.5);
  EXPECT_GE(rules.smallest_component_nm2.value_or(1e9), 400.0);
  EXPECT_GE(rules.smallest_hole_nm2.value_or(1e9), 400.0);
}

INSTANTIATE_TEST_SUITE_P(RandomMasks, CleanMask, testing::Range(1u, 9u));

MaskRuleSet limits(double area_nm2, double width_nm, double space_nm) {
  return {.minimum_width_nm = width_nm, .minimum_space_nm = space_nm, .minimum_area_nm2 = area_nm2,
          .minimum_hole_area_nm2 = area_nm2};
}

BitImage common(BitImage a, const BitImage& b) {
  for_words(a, b, [](std::uint64_t& to, std::uint64_t with) { to &= with; });
  return a;
}

BitImage joined(BitImage a, const BitImage& b) {
  for_words(a, b, [](std::uint64_t& to, std::uint64_t with) { to |= with; });
  return a;
}

BitImage without(BitImage a, const BitImage& b) { return a.clear_where(b); }

// Thin parts of what is drawn as wide as drawn, filled gaps of it as wide as drawn, on the whole mask.
BitImage plainly_restored(const BitImage& mask, const BitImage& drawn, double width, double space) {
  const BitImage thin = common(without(mask, dilated(opened(mask, width), 0.2 * width)), drawn);
  const BitImage restored = joined(mask, common(dilated(thin, width), drawn));
  const BitImage gaps = without(closed(drawn, 1.5 * space), drawn);
  const BitImage filled = common(without(closed(restored, space), dilated(restored, 0.2 * space)), gaps);
  return without(restored, without(dilated(filled, space), drawn));
}

// Every round on the whole mask, without knowledge of the one before.
Image<std::uint8_t> plainly_cleaned(const Image<std::uint8_t>& raw, const MaskRuleSet& rules, const BitImage* drawn = nullptr) {
  const double width = rules.minimum_width_nm + 2.0, space = rules.minimum_space_nm + 2.0;
  const BitImage given(raw);
  const BitImage restored = drawn != nullptr ? plainly_restored(given, *drawn, width, space) : given;
  BitImage mask(test::without_specks(restored.unpacked(), rules.minimum_area_nm2));
  const auto spaced = [&] {
    for (int round = 0; round < 16; ++round) {
      const BitImage apart = closed(opened(mask, width), space), wide = opened(apart, width);
      BitImage necks = apart;
      necks.clear_where(wide);
      if (!necks.any()) return apart;
      const double cut = space * (1.0 + 0.5 * round) / 4.0;
      const BitImage own = drawn != nullptr ? common(necks, *drawn) : BitImage(mask.rows(), mask.cols());
      mask = joined(without(wide, dilated(without(necks, own), cut)), dilated(own, cut));
    }
    return opened(mask, width);
  };
  return test::without_specks(spaced().unpacked(), rules.minimum_area_nm2);
}

TEST(CleanMaskOnce, WorkAroundTheCutsGivesWhatTheWholeGives) {
  std::vector<test::MaskCase> cases = test::mask_cases({{1, 1}, {64, 64}, {97, 200}, {301, 333}});
  for (unsigned seed = 1; seed <= 6; ++seed)
    cases.push_back({"unruly, seed " + std::to_string(seed), unruly_mask(seed)});
  for (const test::MaskCase& c : cases) {
    for (const MaskRuleSet& rules : {limits(400.0, 20.0, 20.0), limits(50.0, 4.0, 9.0),
                                     limits(0.0, 17.0, -2.0), limits(0.0, -2.0, 12.0)}) {
      Image<std::uint8_t> mask = c.mask;
      clean_mask(mask, {.rows = mask.rows(), .cols = mask.cols(), .pixel_nm = 1.0}, rules);
      EXPECT_EQ(mask, plainly_cleaned(c.mask, rules))
          << c.name << ", " << rules.minimum_width_nm << ", " << rules.minimum_space_nm;
    }
  }
}

// The drawn shapes are another such mask: parts of either lie within, across and beside the other's.
TEST(CleanMaskOnce, RestoringDrawnShapesWhereTheyAreGivesWhatTheWholeGives) {
  for (unsigned seed = 1; seed <= 8; ++seed) {
    const Image<std::uint8_t> raw = unruly_mask(seed);
    const BitImage drawn(unruly_mask(seed % 2 == 0 ? seed : seed + 20));
    for (const MaskRuleSet& rules : {limits(400.0, 20.0, 20.0), limits(50.0, 4.0, 9.0), limits(0.0, 17.0, -2.0)}) {
      BitImage mask(raw);
      clean_mask(mask, {.rows = mask.rows(), .cols = mask.cols(), .pixel_nm = 1.0}, rules, drawn);
      EXPECT_EQ(mask.unpacked(), plainly_cleaned(raw, rules, &drawn)) << seed << ", " << rules.minimum_width_nm;
    }
  }
}

TEST(CleanMaskOnce, AMaskThatKeepsTheRulesIsLeftAlone) {
  Image<std::uint8_t> mask(200, 200);
  for (int y = 0; y < 200; ++y)
    for (int x = 0; x < 200; ++x) mask(y, x) = (x - 60) * (x - 60) + (y - 90) * (y - 90) < 40 * 40;
  const Image<std::uint8_t> before = mask;
  clean_mask(mask, {.rows = 200, .cols = 200, .pixel_nm = 1.0}, {});
  EXPECT_EQ(mask, before);
}

// Two discs joined by a neck of their own shape, and two bars beside each other.
TEST(CleanMaskOfDrawnShapes, NeitherBreaksNorBridgesThem) {
  const Grid grid{.rows = 300, .cols = 300, .pixel_nm = 1.0};
  Image<std::uint8_t> drawn(300, 300), mask(300, 300);
  for (int y = 0; y < 300; ++y)
    for (int x = 0; x < 300; ++x) {
      drawn(y, x) = (y >= 60 && y < 120 && x >= 40 && x < 260) ||
                    (y >= 160 && y < 280 && ((x >= 60 && x < 120) || (x >= 166 && x < 230)));
      const double waist = 8.0 + 0.003 * (x - 150) * (x - 150);  // 16 to 90 nm wide
      const bool bar = std::abs(y - 90) < std::min(waist, 40.0) && x >= 40 && x < 260;
      const bool pair = y >= 160 && y < 280 && ((x >= 60 && x < 137) || (x >= 150 && x < 230));
      mask(y, x) = bar || pair;
    }
  BitImage bits(mask);
  const MaskRuleSet rules{.minimum_width_nm = 30.0, .minimum_space_nm = 30.0};
  clean_mask(bits, grid, rules, BitImage(drawn));
  EXPECT_TRUE(check_mask(bits, grid, rules).empty());
  for (int x = 60; x < 240; ++x) EXPECT_TRUE(bits(90, x)) << x;
  EXPECT_EQ(shape_regions(bits).regions.size(), 3u);
}

}  // namespace
}  // namespace reticle
