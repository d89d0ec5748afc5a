// SPDX-License-Identifier: Apache-2.0
// DevicePixelImages: images of masks that lie in one device's memory, and their gradients, there.
#pragma once

#include "kernels/cuda/device_imaging.h"
#include "kernels/cuda/device_memory.h"
#include "kernels/engine/pixel_images.h"

namespace reticle::cuda {

template <class Device>
class DevicePixelImages final : public PixelImages {
 public:
  DevicePixelImages(Device& device, const ImagingProblem& problem)
      : device_(device),
        plan_(plan_imaging(problem)),
        workspace_(device, [&](Layout layout) { return placed(layout); }),
        imaging_(device, plan_, arrays_.imaging) {
    require_one_condition(problem);
    imaging_.upload_tables(problem);
  }

  void image(const float* mask, float exposure, float* image) override {
    device_.join();
    imaging_.launch_orders(0, 1, mask);
    imaging_.launch_images(1, arrays_.images);
    scale(arrays_.images, exposure, image);
    device_.wait();
  }

  double gradient(const float* d_image, float exposure, float* d_mask) override {
    device_.join();
    const ClipPixels pixels{plan_.pixels(), plan_.shares};
    device_.launch(Dot{pixels, d_image, arrays_.images, arrays_.share_sums}, plan_.shares);
    double* sum = arrays_.share_sums + plan_.shares;
    device_.launch(SumShares{arrays_.share_sums, sum, plan_.shares}, 1);
    scale(d_image, exposure, arrays_.d_images);
    imaging_.launch_adjoint(1, arrays_.d_images, d_mask);
    double result = 0.0;
    device_.download(&result, sum, sizeof result);  // waits
    return exposure * result;
  }

 private:
  std::size_t placed(Layout& layout) {
    place(layout, plan_, scratch_blocks(plan_, device_.shared_limit()), arrays_);
    return layout.bytes();
  }
  void scale(const float* from, float factor, float* to) {
    device_.launch(Scaled{from, to, factor, plan_.pixels()}, blocks_over(plan_.pixels()));
  }

  Device& device_;
  ImagingPlan plan_;
  PixelImageArrays arrays_{};
  DeviceArrays<Device> workspace_;
  DeviceImaging<Device> imaging_;
};

// Memory that goes back to the device; the device lives longer.
template <class Device>
class DeviceEngineMemory final : public EngineMemory {
 public:
  DeviceEngineMemory(Device& device, std::size_t bytes) : memory_(device, bytes) {}
  void* data() const override { return memory_.data(); }

 private:
  DeviceMemory<Device> memory_;
};

}  // namespace reticle::cuda
