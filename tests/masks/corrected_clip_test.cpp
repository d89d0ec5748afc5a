// SPDX-License-Identifier: Apache-2.0
// A clip of the contest, corrected by the default recipe on the device's launches: as good as on the CPU.
#include <gtest/gtest.h>

#include <filesystem>

#include "litho/verification/evaluation.h"
#include "litho/ilt/ilt.h"
#include "masks/glp.h"
#include "masks/model_file.h"
#include "tests/kernels/test_engines.h"

namespace reticle {
namespace {

class CorrectedClip : public testing::TestWithParam<TestEngine> {};

TEST_P(CorrectedClip, IsAsGoodAsTheCpuEngines) {
  const std::filesystem::path folder = std::filesystem::path(RETICLE_DATA_DIR) / "iccad13";
  if (!std::filesystem::exists(folder / "M1_test1.glp"))
    GTEST_SKIP() << "the ICCAD-2013 clips are not in " << folder;
  std::string reason;
  const auto engine = make_test_engine(GetParam(), reason);
  if (!engine) GTEST_SKIP() << reason;
  const OpticalModel model = read_model(folder / "kernels.h5");
  const Design design = read_glp(folder / "M1_test1.glp");
  const IltSettings settings = resolved({}, model);
  const auto report_of = [&](Engine& on) {
    const Correction result = correct(on, model, settings, {&design, 1}).front();
    return evaluate(model, settings, result.mask.view(), result.grid, design).report;
  };
  const MaskReport expected = report_of(*make_cpu_engine()), report = report_of(*engine);
  const auto near = [](double value, double wanted) { EXPECT_NEAR(value, wanted, 0.005 * wanted); };
  near(report.l2_nm2, expected.l2_nm2);
  near(report.pv_band_nm2, expected.pv_band_nm2);
  near(report.epe_mean_abs_nm, expected.epe_mean_abs_nm);
}

INSTANTIATE_TEST_SUITE_P(Engines, CorrectedClip, testing::Values(TestEngine::emulated, TestEngine::gpu),
                         [](const auto& tested) { return name_of(tested.param); });

}  // namespace
}  // namespace reticle
