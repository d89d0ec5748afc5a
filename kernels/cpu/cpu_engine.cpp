// SPDX-License-Identifier: Apache-2.0
#include "kernels/cpu/cpu_ilt_batch.h"
#include "kernels/cpu/cpu_image_batch.h"
#include "kernels/cpu/cpu_pixel_images.h"
#include "kernels/engine/engine.h"

namespace reticle {

namespace {

class CpuEngine final : public Engine {
 public:
  std::string description() const override { return "CPU, one core per clip"; }
  // One clip at a time keeps its fields in the cache; threads work on different clips.
  int batch_size(const ImagingProblem&, int, int) const override { return 1; }
  std::unique_ptr<IltBatch> make_ilt(const ImagingProblem& problem, int clips) override {
    return std::make_unique<cpu::CpuIltBatch>(problem, clips);
  }
  int image_batch_size(const ImagingProblem&, int) const override { return 1; }
  std::unique_ptr<ImageBatch> make_images(const ImagingProblem& problem, int clips) override {
    return std::make_unique<cpu::CpuImageBatch>(problem, clips);
  }
  std::unique_ptr<PixelImages> make_pixel_images(const ImagingProblem& problem) override {
    return std::make_unique<cpu::CpuPixelImages>(problem);
  }
  std::unique_ptr<EngineMemory> allocate(std::size_t bytes) override {
    return std::make_unique<cpu::HostMemory>(bytes);
  }
};

}  // namespace

std::unique_ptr<Engine> make_cpu_engine() { return std::make_unique<CpuEngine>(); }

}  // namespace reticle
