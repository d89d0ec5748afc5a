// SPDX-License-Identifier: Apache-2.0
// The whole device batch, launch by launch, on the host: against the CPU engine.
#include "kernels/cuda/device_ilt_batch.h"

#include <gtest/gtest.h>

#include <cmath>

#include "kernels/cpu/cpu_ilt_batch.h"
#include "kernels/cpu/cpu_image_batch.h"
#include "kernels/cpu/cpu_pixel_images.h"
#include "kernels/cuda/device_image_batch.h"
#include "kernels/cuda/device_pixel_images.h"
#include "tests/kernels/cuda/emulated_device.h"
#include "tests/kernels/ilt_cases.h"

namespace reticle {
namespace {

using cuda::DeviceIltBatch;
using cuda::EmulatedDevice;
using Batch = DeviceIltBatch<EmulatedDevice>;

class Emulated : public testing::TestWithParam<IltCase> {
 protected:
  EmulatedDevice device_;
};

TEST_P(Emulated, AgreesWithTheCpuEngine) {
  Batch batch(device_, GetParam().problem(), 2);
  cpu::CpuIltBatch expected(GetParam().problem(), 2);
  expect_agreement(batch, expected, GetParam());
}

// The sums over kernels in device memory, then the fields too, block after block.
TEST_P(Emulated, AgreesWithTheCpuEngineWhereverFieldsLie) {
  const cuda::ImagingPlan plan = cuda::plan_imaging(GetParam().problem());
  for (const std::size_t limit : {plan.socs().bytes(cuda::SocsPlace::shared_field), std::size_t{0}}) {
    EmulatedDevice small(limit);
    EXPECT_EQ(cuda::socs_place(plan, limit), limit > 0 ? cuda::SocsPlace::shared_field : cuda::SocsPlace::device);
    Batch batch(small, GetParam().problem(), 2);
    cpu::CpuIltBatch expected(GetParam().problem(), 2);
    expect_agreement(batch, expected, GetParam());
  }
}

TEST_P(Emulated, TakesOutlinesAndCoarserParameters) {
  Batch batch(device_, GetParam().problem(), 2), coarse(device_, GetParam().coarse_problem(), 2);
  cpu::CpuIltBatch expected(GetParam().problem(), 2), expected_coarse(GetParam().coarse_problem(), 2);
  expect_same_inputs(batch, coarse, expected, expected_coarse, GetParam());
}

TEST_P(Emulated, ImagesAgreeWithTheCpuEngines) {
  cuda::DeviceImageBatch<EmulatedDevice> batch(device_, GetParam().problem(), 2);
  cpu::CpuImageBatch expected(GetParam().problem(), 2);
  expect_same_images(batch, expected, GetParam());
}

TEST_P(Emulated, PixelImagesAndGradientsAgreeWithTheCpuEngines) {
  for (const std::size_t condition : {0, 1}) {
    ImagingProblem problem = GetParam().problem();
    problem.stack.conditions = {problem.stack.conditions[condition]};
    cuda::DevicePixelImages<EmulatedDevice> images(device_, problem);
    cpu::CpuPixelImages expected(problem);
    expect_same_pixel_images(images, expected, GetParam());
  }
  EXPECT_THROW(cpu::CpuPixelImages(GetParam().problem()), Error);
}

TEST_P(Emulated, OrderOfBlocksAndItemsDoesNotChangeABit) {
  EmulatedDevice other(100000, 77);
  Batch a(device_, GetParam().problem(), 2), b(other, GetParam().problem(), 2);
  expect_same_bits(a, b, GetParam());
}

TEST_P(Emulated, AClipDoesNotDependOnItsBatch) {
  Batch alone(device_, GetParam().problem(), 1), among(device_, GetParam().problem(), 3);
  expect_clip_independent_of_batch(alone, among, GetParam());
}

TEST_P(Emulated, ClipsComeAndGoByThreads) {
  Batch by_threads(device_, GetParam().problem(), 5), in_turn(device_, GetParam().problem(), 5);
  expect_same_by_threads(by_threads, in_turn, GetParam());
  cpu::CpuIltBatch cpu_by_threads(GetParam().problem(), 5), cpu_in_turn(GetParam().problem(), 5);
  expect_same_by_threads(cpu_by_threads, cpu_in_turn, GetParam());
}

INSTANTIATE_TEST_SUITE_P(Cases, Emulated, testing::ValuesIn(ilt_cases()),
                         [](const auto& tested) { return tested.param.name; });

// Adam's step waits for the next mask or for whoever asks for parameters: the same step.
TEST(DeviceIltBatch, AStepThatWaitedLeadsToTheSameBits) {
  EmulatedDevice device;
  const IltCase tested = ilt_cases()[0];
  Batch waiting(device, tested.problem(), 1), asked(device, tested.problem(), 1);
  Image<float> start(tested.rows, tested.cols), target(tested.rows, tested.cols);
  for (std::size_t i = 0; i < start.size(); ++i) {
    start.data()[i] = static_cast<float>(std::sin(0.37 * static_cast<double>(i)));
    target.data()[i] = i % 3 == 0 ? 1.0f : 0.0f;
  }
  Image<float> at_end[2] = {start, start};
  for (Batch* batch : {&waiting, &asked}) {
    Image<float>& parameters = at_end[batch == &asked];
    batch->set_clip(0, {.parameters = start.view(), .target = target.view()});
    for (int step = 1; step <= 4; ++step) {
      batch->evaluate(tested.terms());
      batch->adam({.step = step});
      if (batch == &asked) batch->get_parameters(0, parameters.view());
    }
    batch->get_parameters(0, parameters.view());
  }
  EXPECT_EQ(at_end[0], at_end[1]);
  EXPECT_NE(at_end[0], start);
  EXPECT_EQ(waiting.losses()[0].total(), asked.losses()[0].total());
}

TEST(DeviceIltBatch, GivesItsMemoryBack) {
  EmulatedDevice device;
  {
    Batch batch(device, ilt_cases()[0].problem(), 1);
    batch.add_vectors(3);
    EXPECT_GT(device.allocations(), 0u);
  }
  EXPECT_EQ(device.allocations(), 0u);
}

TEST(ImagingPlan, FieldOfTheContestsModelHas72Points) {
  ImagingProblem problem{.rows = 256, .cols = 256, .pixel_nm = 8.0};
  problem.stack.half_x = problem.stack.half_y = 17;
  const cuda::ImagingPlan plan = cuda::plan_imaging(problem);
  EXPECT_EQ(plan.x.length, 72);
  EXPECT_EQ(plan.x.stages, 2);
  EXPECT_LT(plan.socs().bytes(cuda::SocsPlace::shared), 99u * 1024);  // of a block on every device since sm_86
}

TEST(ImagingPlan, TakesAsManyClipsAsFit) {
  const cuda::ImagingPlan plan = cuda::plan_imaging(ilt_cases()[0].problem());
  const std::size_t limit = 100000;
  const auto bytes = [&](int clips, int vectors) {
    cuda::IltArrays arrays;
    cuda::Layout layout(nullptr);
    cuda::place(layout, plan, clips, 0, arrays);
    return layout.bytes() * 5 / 4 + static_cast<std::size_t>(vectors) * cuda::vector_bytes(plan, clips);
  };
  for (const int vectors : {0, 20}) {
    const std::size_t ten = bytes(10, vectors) * 16 / 15 + 64;
    EXPECT_EQ(cuda::ilt_clips_that_fit(plan, 5, vectors, {limit, 100 * ten}), 5);
    EXPECT_EQ(cuda::ilt_clips_that_fit(plan, 1000, vectors, {limit, ten}), 10);
  }
  EXPECT_EQ(cuda::image_clips_that_fit(plan, 7, {limit, 1u << 30}), 7);
}

TEST(ImagingPlan, SaysWhatOneClipWantsAndWhatIsFree) {
  const cuda::ImagingPlan plan = cuda::plan_imaging(ilt_cases()[0].problem());
  try {
    cuda::ilt_clips_that_fit(plan, 5, 0, {100000, 12345});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::out_of_memory);
    EXPECT_NE(std::string(error.what()).find("12345 are free"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace reticle
