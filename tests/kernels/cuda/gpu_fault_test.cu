// SPDX-License-Identifier: Apache-2.0
// A kernel that fails on a real GPU: CUDA keeps its error for the process, which must report it and end.
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <vector>

#include "kernels/base/error.h"
#include "kernels/engine/engine_choice.h"

namespace reticle {
namespace {

// Writes where no memory is.
__global__ void stray_write(float* to) { *to = 1.0f; }

ImagingProblem small_problem() {
  ImagingProblem problem;
  problem.rows = problem.cols = 32;
  problem.pixel_nm = 8.0;
  problem.stack.half_x = problem.stack.half_y = 2;
  SocsStack::Condition condition;
  condition.count = 1;
  condition.coefficients.assign(25, {0.2, 0.0});
  problem.stack.conditions = {condition};
  return problem;
}

// Ends the process: with 4, as the command does, once everything is given back after the failure.
[[noreturn]] void fail_and_report() {
  try {
    const std::unique_ptr<Engine> engine = make_engine(choose_engine({.kind = EngineKind::cuda, .gpus = {0}}), 0);
    const std::unique_ptr<IltBatch> batch = engine->make_ilt(small_problem(), 1);
    const std::vector<float> pixels(32 * 32, 0.5f);
    const ImageView<const float> view{pixels.data(), 32, 32};
    IltClip clip;
    clip.parameters = clip.target = view;
    batch->set_clip(0, clip);
    stray_write<<<1, 1>>>(reinterpret_cast<float*>(64));  // in the engine's context, which is the device's
    for (int i = 0; i < 3; ++i) batch->evaluate({});
    batch->losses();
    std::fprintf(stderr, "the failure went unnoticed\n");
    std::exit(0);
  } catch (const Error& error) {
    std::fprintf(stderr, "%s\n", error.what());
    std::exit(error.code() == ErrorCode::device_failure ? 4 : 5);
  }
}

TEST(GpuFaults, AFailedKernelIsNamedAndTheProcessEndsCleanly) {
  testing::GTEST_FLAG(death_test_style) = "threadsafe";
  int devices = 0;
  if (cudaGetDeviceCount(&devices) != cudaSuccess || devices == 0) {
    cudaGetLastError();
    GTEST_SKIP() << "no GPU is present";
  }
  EXPECT_EXIT(fail_and_report(), testing::ExitedWithCode(4), "CUDA: .*illegal memory access");
}

}  // namespace
}  // namespace reticle
