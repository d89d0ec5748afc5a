// SPDX-License-Identifier: Apache-2.0
// Built with ThreadSanitizer: no two items of a phase, and no two blocks of a launch, touch one place.
#include <gtest/gtest.h>

#include "kernels/cuda/device_ilt_batch.h"
#include "kernels/cuda/device_image_batch.h"
#include "tests/kernels/cuda/emulated_device.h"
#include "tests/kernels/cuda/threaded_device.h"
#include "tests/kernels/ilt_cases.h"

namespace reticle {
namespace {

using cuda::ThreadedDevice;

class Races : public testing::TestWithParam<IltCase> {};

// The one-thread device's bits: the split decides nothing.
TEST_P(Races, TwoThreadsABlockAndTwoBlocksAtATimeGiveTheSameBits) {
  cuda::EmulatedDevice one;
  for (const std::size_t shared_limit : {std::size_t{100000}, std::size_t{0}}) {
    ThreadedDevice two(shared_limit);
    cuda::DeviceIltBatch<ThreadedDevice> batch(two, GetParam().problem(), 2);
    cuda::DeviceIltBatch<cuda::EmulatedDevice> expected(one, GetParam().problem(), 2);
    if (shared_limit > 0)
      expect_same_bits(batch, expected, GetParam());
    else
      expect_agreement(batch, expected, GetParam());
  }
}

TEST_P(Races, ImagesToo) {
  ThreadedDevice two;
  cuda::EmulatedDevice one;
  cuda::DeviceImageBatch<ThreadedDevice> batch(two, GetParam().problem(), 2);
  cuda::DeviceImageBatch<cuda::EmulatedDevice> expected(one, GetParam().problem(), 2);
  expect_same_images(batch, expected, GetParam());
}

// Each device's own launches one after another, what clips need besides at once.
TEST_P(Races, ClipsComeAndGoByThreads) {
  cuda::EmulatedDevice device;
  cuda::DeviceIltBatch<cuda::EmulatedDevice> by_threads(device, GetParam().problem(), 5), in_turn(device, GetParam().problem(), 5);
  expect_same_by_threads(by_threads, in_turn, GetParam());
}

// Of the others the small ones: each phase costs a meeting of threads.
std::vector<IltCase> raced_cases() {
  std::vector<IltCase> cases;
  for (const IltCase& tested : ilt_cases())
    if (tested.name != "contest_sized_field" && tested.name != "large_radices") cases.push_back(tested);
  return cases;
}
INSTANTIATE_TEST_SUITE_P(Cases, Races, testing::ValuesIn(raced_cases()),
                         [](const auto& tested) { return tested.param.name; });

}  // namespace
}  // namespace reticle
