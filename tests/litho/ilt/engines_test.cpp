// SPDX-License-Identifier: Apache-2.0
// Whole stages on every engine: images against the double reference, corrections against the CPU's.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "litho/verification/evaluation.h"
#include "litho/ilt/ilt.h"
#include "litho/imaging/simulator.h"
#include "litho/imaging/socs.h"
#include "tests/kernels/test_engines.h"
#include "tests/litho/chip/chip_model.h"

namespace reticle {
namespace {

class OnEngine : public testing::TestWithParam<TestEngine> {
 protected:
  void SetUp() override {
    std::string reason;
    engine_ = make_test_engine(GetParam(), reason);
    if (!engine_) GTEST_SKIP() << reason;
  }
  std::unique_ptr<Engine> engine_;
};

Design bars() {
  return {.polygons = test::random_bars(1024.0), .window = {0.0, 0.0, 1024.0, 1024.0}};
}

TEST_P(OnEngine, ImagesEqualTheDoubleReference) {
  OpticalModel model = test::annular_model();
  model.flare = 0.03;
  model.stage_blur_nm = 10.0;
  constexpr int k_size = 256;
  const double pixel_nm = 1024.0 / k_size;
  const auto images = engine_->make_images(
      imaging_problem(model, k_size, k_size, pixel_nm), 1);
  Simulator<double> reference(model);
  const Spectrum<double> mask = reference.mask_spectrum(bars().polygons, {0.0, 0.0, 1024.0, 1024.0});
  Spectrum<float> orders(mask.half_x(), mask.half_y());
  std::transform(mask.data(), mask.data() + mask.size(), orders.data(),
                 [](const std::complex<double>& c) { return std::complex<float>(c); });
  images->set_mask(0, orders);
  images->run();
  for (int condition = 0; condition < 2; ++condition) {
    const Image<double> expected = reference.image(reference.intensity_spectrum(mask, condition), k_size, k_size);
    Image<float> image(k_size, k_size);
    images->get_image(0, condition, image.view());
    double worst = 0.0;
    for (std::size_t i = 0; i < image.size(); ++i)
      worst = std::max(worst, std::abs(image.data()[i] - expected.data()[i]));
    EXPECT_LT(worst, 2e-5) << "of clear field";  // single precision; measured 1e-6
    RecordProperty("largest_error_of_clear_field", std::to_string(worst));
  }
}

TEST_P(OnEngine, CorrectionIsAsGoodAsTheCpuEngines) {
  const OpticalModel model = test::annular_model();
  IltSettings settings{.mask_pixel_nm = 2.0};
  settings.levels = {{.coarseness = 8, .iterations = 30, .rate = 0.1, .resist_slope = {6, 12}},
                     {.coarseness = 4, .iterations = 15, .rate = 0.05, .resist_slope = {12, 24}}};
  settings = resolved(settings, model);
  const Design design = bars();
  const auto report_of = [&](Engine& engine) {
    const Correction result = correct(engine, model, settings, {&design, 1}).front();
    return evaluate(model, settings, result.mask.view(), result.grid, design).report;
  };
  const MaskReport expected = report_of(*make_cpu_engine()), report = report_of(*engine_);
  EXPECT_NEAR(report.l2_nm2, expected.l2_nm2,
              0.005 * expected.l2_nm2);
  EXPECT_NEAR(report.pv_band_nm2, expected.pv_band_nm2,
              0.005 * expected.pv_band_nm2);
  EXPECT_NEAR(report.epe_mean_abs_nm, expected.epe_mean_abs_nm, 0.005 * expected.epe_mean_abs_nm);
}

INSTANTIATE_TEST_SUITE_P(Engines, OnEngine, testing::ValuesIn(k_test_engines),
                         [](const auto& tested) { return name_of(tested.param); });

}  // namespace
}  // namespace reticle
