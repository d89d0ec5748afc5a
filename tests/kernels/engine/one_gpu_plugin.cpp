// SPDX-License-Identifier: Apache-2.0
// A plugin that says it has one GPU and computes on the host: what runs only where a GPU is can be rehearsed
// without one. With RETICLE_WRONG_NUMBERS set its kernels are one part in a hundred too strong, which no
// check may let pass.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <memory>

#include "kernels/cuda/device_pixel_images.h"
#include "kernels/engine/plugin_interface.h"
#include "tests/kernels/cuda/emulated_device.h"

namespace reticle {
namespace {

ImagingProblem as_computed(ImagingProblem problem) {
  if (std::getenv("RETICLE_WRONG_NUMBERS") != nullptr)
    for (SocsStack::Condition& condition : problem.stack.conditions)
      for (auto& coefficient : condition.coefficients) coefficient *= 1.01;
  return problem;
}

class OneGpu final : public Engine {
 public:
  std::string description() const override { return "rehearsal, GPU 0: none, the host's core"; }
  int batch_size(const ImagingProblem&, int wanted, int) const override { return std::min(wanted, k_clips_at_once); }
  std::unique_ptr<IltBatch> make_ilt(const ImagingProblem& problem, int clips) override {
    return host_->make_ilt(as_computed(problem), clips);
  }
  int image_batch_size(const ImagingProblem& problem, int wanted) const override {
    return host_->image_batch_size(problem, wanted);
  }
  std::unique_ptr<ImageBatch> make_images(const ImagingProblem& problem, int clips) override {
    return host_->make_images(as_computed(problem), clips);
  }
  std::unique_ptr<PixelImages> make_pixel_images(const ImagingProblem& problem) override {
    return std::make_unique<cuda::DevicePixelImages<cuda::EmulatedDevice>>(device_, as_computed(problem));
  }
  std::unique_ptr<EngineMemory> allocate(std::size_t bytes) override {
    return std::make_unique<cuda::DeviceEngineMemory<cuda::EmulatedDevice>>(device_, bytes);
  }

 private:
  static constexpr int k_clips_at_once = 2;
  cuda::EmulatedDevice device_;  // of arrays of others
  std::unique_ptr<Engine> host_ = make_cpu_engine();
};

}  // namespace
}  // namespace reticle

extern "C" {

int reticle_plugin_version() { return reticle::k_plugin_version; }

int reticle_cuda_device_count(char*, std::size_t) { return 1; }

reticle::Engine* reticle_make_cuda_engine(int, char* message, std::size_t size) {
  try {
    return new reticle::OneGpu;
  } catch (const std::exception& error) {
    std::snprintf(message, size, "%s", error.what());
    return nullptr;
  }
}

}  // extern "C"
