// SPDX-License-Identifier: Apache-2.0
// The contest's clips printed without correction, against the figures published with them.
#include <gtest/gtest.h>

#include <filesystem>

#include "litho/verification/evaluation.h"
#include "litho/geometry/rasterize.h"
#include "masks/glp.h"
#include "masks/model_file.h"

namespace reticle {
namespace {

struct Published {
  int clip;
  int l2_nm2, pv_band_nm2;
};

class UncorrectedClip : public testing::TestWithParam<Published> {};

TEST_P(UncorrectedClip, PrintsAsPublished) {
  const std::filesystem::path folder = std::filesystem::path(RETICLE_DATA_DIR) / "iccad13";
  if (!std::filesystem::exists(folder))
    GTEST_SKIP() << folder << " is not there: the contest's clips do not come with the project";
  const OpticalModel model = read_model(folder / "kernels.h5");
  const Design clip =
      read_glp(folder / ("M1_test" + std::to_string(GetParam().clip) + ".glp"));
  const Grid grid{.rows = 2048, .cols = 2048, .pixel_nm = 1.0};
  const Image<std::uint8_t> drawn = rasterize_binary(clip.polygons, grid);
  const MaskReport report = evaluate(model, resolved({}, model), drawn.view(), grid, clip).report;
  // Published are counts of pixels of 1 nm; areas here are exact, and differ from counts by what 10 um of outline
  // cut off whole pixels. On pixels of 1/4 nm in double, M1_test5 has a band of 58,604.
  EXPECT_NEAR(report.l2_nm2, GetParam().l2_nm2, 120);
  EXPECT_NEAR(report.pv_band_nm2, GetParam().pv_band_nm2, 120);
}

INSTANTIATE_TEST_SUITE_P(Iccad13, UncorrectedClip,
                         testing::Values(Published{1, 116661, 42918}, Published{3, 159150, 30526},
                                         Published{5, 122712, 58492}, Published{7, 108484, 57348},
                                         Published{9, 124753, 62984}),
                         [](const auto& tested) {
                           return "M1_test" + std::to_string(tested.param.clip);
                         });

}  // namespace
}  // namespace reticle
