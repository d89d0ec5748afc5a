// SPDX-License-Identifier: Apache-2.0
// The CUDA engine on a real GPU, through its plugin: what the emulated device is tested for, and its faults.
#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>

#include "kernels/base/error.h"
#include "kernels/cpu/cpu_ilt_batch.h"
#include "kernels/cpu/cpu_image_batch.h"
#include "kernels/engine/engine_choice.h"
#include "tests/kernels/ilt_cases.h"

namespace reticle {
namespace {

// Each test says why it is skipped where there is no GPU.
std::unique_ptr<Engine> gpu_engine(std::string& reason) {
  const EngineChoice choice = choose_engine({});
  reason = choice.description;
  return choice.gpus.empty() ? nullptr : make_engine(choice, 0);
}

class Gpu : public testing::TestWithParam<IltCase> {
 protected:
  void SetUp() override {
    std::string reason;
    engine_ = gpu_engine(reason);
    if (!engine_) GTEST_SKIP() << reason;
  }
  std::unique_ptr<IltBatch> batch(int clips) { return engine_->make_ilt(GetParam().problem(), clips); }
  std::unique_ptr<Engine> engine_;
};

TEST_P(Gpu, AgreesWithTheCpuEngine) {
  cpu::CpuIltBatch expected(GetParam().problem(), 2);
  expect_agreement(*batch(2), expected, GetParam());
}

TEST_P(Gpu, TakesOutlinesAndCoarserParameters) {
  const auto coarse = engine_->make_ilt(GetParam().coarse_problem(), 2);
  cpu::CpuIltBatch expected(GetParam().problem(), 2), expected_coarse(GetParam().coarse_problem(), 2);
  expect_same_inputs(*batch(2), *coarse, expected, expected_coarse, GetParam());
}

TEST_P(Gpu, ImagesAgreeWithTheCpuEngines) {
  cpu::CpuImageBatch expected(GetParam().problem(), 2);
  expect_same_images(*engine_->make_images(GetParam().problem(), 2), expected, GetParam());
}

TEST_P(Gpu, TwoRunsGiveTheSameBits) { expect_same_bits(*batch(2), *batch(2), GetParam()); }

TEST_P(Gpu, AClipDoesNotDependOnItsBatch) {
  expect_clip_independent_of_batch(*batch(1), *batch(3), GetParam());
}

TEST_P(Gpu, ClipsComeAndGoByThreads) { expect_same_by_threads(*batch(9), *batch(9), GetParam()); }

// Fields and sums in device memory, as those of large tiles are.
TEST_P(Gpu, AgreesWithTheCpuEngineWithoutSharedFields) {
  ::setenv("RETICLE_CUDA_FIELD_BYTES", "0", 1);
  std::string reason;
  const auto engine = gpu_engine(reason);
  ::unsetenv("RETICLE_CUDA_FIELD_BYTES");
  cpu::CpuIltBatch expected(GetParam().problem(), 2);
  expect_agreement(*engine->make_ilt(GetParam().problem(), 2), expected, GetParam());
}

INSTANTIATE_TEST_SUITE_P(Cases, Gpu, testing::ValuesIn(ilt_cases()),
                         [](const auto& tested) { return tested.param.name; });

TEST(GpuFaults, MoreClipsThanMemoryAreCountedOrRefused) {
  std::string reason;
  const auto engine = gpu_engine(reason);
  if (!engine) GTEST_SKIP() << reason;
  ImagingProblem problem = ilt_cases()[0].problem();
  problem.rows = problem.cols = 4096;
  const int fits = engine->batch_size(problem, 1 << 20, 0);
  EXPECT_GE(fits, 1);
  EXPECT_LT(fits, 1 << 20);
  try {
    engine->make_ilt(problem, 1 << 14);
    ADD_FAILURE() << "a batch of 16,384 clips of 4096 x 4096 pixels fits?";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::out_of_memory) << error.what();
  }
  // The engine works on after the refusal.
  cpu::CpuIltBatch expected(ilt_cases()[0].problem(), 2);
  expect_agreement(*engine->make_ilt(ilt_cases()[0].problem(), 2), expected, ilt_cases()[0]);
}

}  // namespace
}  // namespace reticle
