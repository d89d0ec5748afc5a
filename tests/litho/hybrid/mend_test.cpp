// SPDX-License-Identifier: Apache-2.0
#include "litho/hybrid/mend.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "litho/geometry/boolean.h"
#include "litho/geometry/box.h"
#include "litho/geometry/polygon_area.h"
#include "litho/hybrid/mend_clip.h"
#include "litho/rules/rule_check.h"
#include "litho/verification/verify_settings.h"
#include "tests/litho/chip/chip_model.h"

namespace reticle {
namespace {

using test::rectangle;

double area_of(std::span<const Polygon> polygons) {
  double area = 0.0;
  for (const Polygon& polygon : polygons) area += std::abs(signed_area(polygon));
  return area;
}

struct Case {
  OpticalModel model = test::annular_model();
  IltSettings window = resolved(IltSettings{.mask_pixel_nm = 2.0}, model);
  std::unique_ptr<Engine> engine = make_cpu_engine();
  Box field{0, 0, 1024, 1024};

  std::vector<MaskPatch> mend(const std::vector<Polygon>& drawn, const std::vector<Polygon>& mask,
                              Box owned) const {
    Mender mender(*engine, model, window, resolved(MendSettings{.iterations = 60}, model));
    return mender.mend({.drawn = {drawn, field}, .mask = mask, .judged = field, .owned = owned});
  }
  std::vector<MaskPatch> mend(const std::vector<Polygon>& drawn,
                              const std::vector<Polygon>& mask) const {
    return mend(drawn, mask, field);
  }
  // Named places.
  std::size_t faults(const std::vector<Polygon>& drawn, const std::vector<Polygon>& mask) const {
    const VerifySettings limits = verify_settings(window, model);
    RegionVerifier verifier(model, limits);
    const auto findings = verifier
                              .verify({.mask = mask,
                                       .pixels = {},
                                       .binary = {},
                                       .target = drawn,
                                       .enclosed = {},
                                       .field = field,
                                       .core = field})
                              .findings;
    return static_cast<std::size_t>(
        std::count_if(findings.begin(), findings.end(), Mender::is_named));
  }
};

// Two wide bars end to end.
std::vector<Polygon> bars(double gap) {
  return {rectangle(412, 112, 612, 512 - 0.5 * gap), rectangle(412, 512 + 0.5 * gap, 612, 912)};
}

TEST(MaskPatch, TakesThePlaceOfWhatIsInItsBox) {
  const std::vector<Polygon> mask{rectangle(0, 0, 100, 100), rectangle(150, 0, 250, 100)};
  const std::vector<MaskPatch> patches{{{80, 20, 170, 60}, {rectangle(90, 30, 160, 50)}}};
  const std::vector<Polygon> result = patched(mask, patches);
  EXPECT_DOUBLE_EQ(area_of(result), 20000.0 - 40 * 40 + 70 * 20);
  EXPECT_DOUBLE_EQ(area_of(clip(result, patches[0].box)), 70.0 * 20.0);
  EXPECT_EQ(patched(mask, {}), mask);
}

TEST(MaskPatch, OfWhatIsThereChangesNothing) {
  const std::vector<Polygon> mask{rectangle(0, 0, 100, 100), rectangle(150, 0, 250, 100)};
  const Box box{80, 20, 170, 60};
  const std::vector<MaskPatch> patches{{box, clip(mask, box)}};
  EXPECT_EQ(merge(patched(mask, patches)), merge(mask));
}

// A mask whose ends are too near to each other prints as one.
TEST(Mender, PlantedBridgeOpens) {
  const Case c;
  const std::vector<Polygon> drawn = bars(120), mask = bars(40);
  ASSERT_GT(c.faults(drawn, mask), 0u);
  const std::vector<MaskPatch> patches = c.mend(drawn, mask);
  ASSERT_FALSE(patches.empty());
  EXPECT_LT(c.faults(drawn, patched(mask, patches)), c.faults(drawn, mask));
}

TEST(Mender, BeyondItsReachTheMaskStays) {
  const Case c;
  const std::vector<Polygon> drawn = bars(120), mask = bars(40);
  for (const MaskPatch& patch : c.mend(drawn, mask)) {
    EXPECT_LE(patch.box.height(), 4.0 * resolved(MendSettings{}, c.model).reach_nm + 2.0);
    // On the border of its box a patch is the mask that was there.
    for (const double inner : {0.0, 2.0}) {
      const Box box = patch.box;
      const Box strip{box.x0 + inner, box.y0 + inner, box.x0 + inner + 2.0, box.y1 - inner};
      EXPECT_NEAR(area_of(clip(patch.outlines, strip)), area_of(clip(mask, strip)),
                  inner == 0.0 ? 1e-6 : 20.0);
    }
  }
}

TEST(Mender, MendedMasksKeepTheRules) {
  Case c;
  c.window.mask_rules.minimum_width_nm = c.window.mask_rules.minimum_space_nm = 24.0;
  const std::vector<Polygon> drawn = bars(120), mask = bars(40);
  const std::vector<Polygon> mended = patched(mask, c.mend(drawn, mask));
  EXPECT_TRUE(
      check_mask(mended, c.field, c.window.mask_rules, rule_pixel_nm(c.window.mask_rules)).empty());
}

TEST(Mender, WhereNothingIsNamedThereIsNothingToMend) {
  const Case c;
  const std::vector<Polygon> drawn = bars(200);
  const OpcSettings settings = resolved(OpcSettings{}, c.window, c.model);
  EdgeClip clip;
  EdgeCorrector corrector(c.model, c.window, settings);
  EdgeSettings edges;
  edges.opc = settings;
  const Design design{drawn, c.field};
  clip = correct_clip(corrector, c.model, c.window, resolved(edges, c.window, c.model), design);
  ASSERT_EQ(c.faults(drawn, fill(clip.correction.rings)), 0u);
  const std::vector<Polygon> rings = clip.correction.rings;
  Mender mender(*c.engine, c.model, c.window, resolved(MendSettings{}, c.model));
  mend(clip, mender, c.window, edges, design);
  EXPECT_EQ(clip.correction.rings, rings);
}

TEST(Mender, PlacesOfOthersAreLeft) {
  const Case c;
  EXPECT_TRUE(c.mend(bars(120), bars(40), {0, 0, 1024, 200}).empty());
}

}  // namespace
}  // namespace reticle
