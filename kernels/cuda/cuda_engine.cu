// SPDX-License-Identifier: Apache-2.0
// The CUDA engine and what its plugin exports.
#include <array>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <memory>

#include "kernels/cuda/cuda_device.h"
#include "kernels/cuda/device_ilt_batch.h"
#include "kernels/cuda/device_image_batch.h"
#include "kernels/cuda/device_pixel_images.h"
#include "kernels/engine/plugin_interface.h"

namespace reticle::cuda {
namespace {

constexpr int k_most_devices = 64;

// Engines of this process on each device: they size their batches for a share of its memory each.
std::atomic<int>& engines_on(int index) {
  static std::array<std::atomic<int>, k_most_devices> counts{};
  return counts.at(static_cast<std::size_t>(index));
}

class CudaEngine final : public Engine {
 public:
  explicit CudaEngine(int index) : index_(index), device_(index) {
    ++engines_on(index);
    cudaDeviceProp properties;
    check(cudaGetDeviceProperties(&properties, index), "cudaGetDeviceProperties");
    name_ = "CUDA, GPU " + std::to_string(index) + ": " + properties.name;
  }
  ~CudaEngine() override { --engines_on(index_); }
  std::string description() const override { return name_; }
  int batch_size(const ImagingProblem& problem, int wanted, int added_vectors) const override {
    return ilt_clips_that_fit(plan_imaging(problem), wanted, added_vectors, device_.room(engines_on(index_)));
  }
  std::unique_ptr<IltBatch> make_ilt(const ImagingProblem& problem, int clips) override {
    return std::make_unique<DeviceIltBatch<CudaDevice>>(device_, problem, clips);
  }
  int image_batch_size(const ImagingProblem& problem, int wanted) const override {
    return image_clips_that_fit(plan_imaging(problem), wanted, device_.room(engines_on(index_)));
  }
  std::unique_ptr<ImageBatch> make_images(const ImagingProblem& problem, int clips) override {
    return std::make_unique<DeviceImageBatch<CudaDevice>>(device_, problem, clips);
  }
  std::unique_ptr<PixelImages> make_pixel_images(const ImagingProblem& problem) override {
    return std::make_unique<DevicePixelImages<CudaDevice>>(device_, problem);
  }
  std::unique_ptr<EngineMemory> allocate(std::size_t bytes) override {
    return std::make_unique<DeviceEngineMemory<CudaDevice>>(device_, bytes);
  }

 private:
  int index_;
  CudaDevice device_;
  std::string name_;
};

// Driver and devices, or why there are none.
int count_devices() {
  // Numbers as nvidia-smi's, unless the user has chosen; CUDA reads it once, at its first call.
  ::setenv("CUDA_DEVICE_ORDER", "PCI_BUS_ID", 0);
  int driver = 0;
  check(cudaDriverGetVersion(&driver), "cudaDriverGetVersion");
  if (driver == 0) throw Error(ErrorCode::device_failure, "this machine has no NVIDIA driver");
  int count = 0;
  const cudaError_t status = cudaGetDeviceCount(&count);
  if (status == cudaErrorInsufficientDriver) {
    char text[160];
    std::snprintf(text, sizeof text, "the NVIDIA driver is for CUDA %d.%d, older than the plugin's %d.%d",
                  driver / 1000, driver % 1000 / 10, CUDART_VERSION / 1000, CUDART_VERSION % 1000 / 10);
    throw Error(ErrorCode::device_failure, text);
  }
  if (status == cudaErrorNoDevice || (status == cudaSuccess && count == 0))
    throw Error(ErrorCode::device_failure, "no GPU is present");
  check(status, "cudaGetDeviceCount");
  return count;
}

// Exceptions do not cross the plugin's entry points: function()'s result, or `failed` and the reason.
template <class Result, class Function>
Result guarded(char* message, std::size_t size, Result failed, Function function) {
  try {
    return function();
  } catch (const std::exception& error) {
    std::snprintf(message, size, "%s", error.what());
    return failed;
  }
}

}  // namespace
}  // namespace reticle::cuda

extern "C" {

int reticle_plugin_version() { return reticle::k_plugin_version; }

int reticle_cuda_device_count(char* message, std::size_t size) {
  return reticle::cuda::guarded(message, size, 0, [] { return reticle::cuda::count_devices(); });
}

reticle::Engine* reticle_make_cuda_engine(int device, char* message, std::size_t size) {
  return reticle::cuda::guarded(message, size, static_cast<reticle::Engine*>(nullptr), [&] {
    reticle::cuda::count_devices();
    return static_cast<reticle::Engine*>(new reticle::cuda::CudaEngine(device));
  });
}

}  // extern "C"
