// SPDX-License-Identifier: Apache-2.0
#include "tests/kernels/test_engines.h"

#include "kernels/cuda/device_ilt_batch.h"
#include "kernels/cuda/device_image_batch.h"
#include "kernels/cuda/device_pixel_images.h"
#include "kernels/engine/engine_choice.h"
#include "tests/kernels/cuda/emulated_device.h"

namespace reticle {
namespace {

class EmulatedEngine final : public Engine {
 public:
  std::string description() const override { return "CUDA, emulated"; }
  int batch_size(const ImagingProblem&, int wanted, int) const override { return wanted; }
  std::unique_ptr<IltBatch> make_ilt(const ImagingProblem& problem, int clips) override {
    return std::make_unique<cuda::DeviceIltBatch<cuda::EmulatedDevice>>(device_, problem, clips);
  }
  int image_batch_size(const ImagingProblem&, int wanted) const override { return wanted; }
  std::unique_ptr<ImageBatch> make_images(const ImagingProblem& problem, int clips) override {
    return std::make_unique<cuda::DeviceImageBatch<cuda::EmulatedDevice>>(device_, problem, clips);
  }
  std::unique_ptr<PixelImages> make_pixel_images(const ImagingProblem& problem) override {
    return std::make_unique<cuda::DevicePixelImages<cuda::EmulatedDevice>>(device_, problem);
  }
  std::unique_ptr<EngineMemory> allocate(std::size_t bytes) override {
    return std::make_unique<cuda::DeviceEngineMemory<cuda::EmulatedDevice>>(device_, bytes);
  }

 private:
  cuda::EmulatedDevice device_;
};

}  // namespace

std::string name_of(TestEngine engine) {
  switch (engine) {
    case TestEngine::cpu: return "cpu";
    case TestEngine::emulated: return "emulated";
    case TestEngine::gpu: return "gpu";
  }
  return "";
}

std::unique_ptr<Engine> make_test_engine(TestEngine engine, std::string& reason) {
  if (engine == TestEngine::cpu) return make_cpu_engine();
  if (engine == TestEngine::emulated) return std::make_unique<EmulatedEngine>();
  const EngineChoice choice = choose_engine({});
  reason = choice.description;
  return choice.gpus.empty() ? nullptr : make_engine(choice, 0);
}

}  // namespace reticle
