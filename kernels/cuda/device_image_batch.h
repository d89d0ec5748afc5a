// SPDX-License-Identifier: Apache-2.0
// DeviceImageBatch: images of a batch of masks in one device's memory.
#pragma once

#include <cstdint>
#include <string>

#include "kernels/base/error.h"
#include "kernels/cuda/device_imaging.h"
#include "kernels/cuda/device_memory.h"
#include "kernels/cuda/grid_bodies.h"
#include "kernels/engine/image_batch.h"

namespace reticle::cuda {

template <class Device>
class DeviceImageBatch final : public ImageBatch {
 public:
  DeviceImageBatch(Device& device, const ImagingProblem& problem, int clips)
      : device_(device),
        plan_(plan_imaging(problem)),
        clips_(clips),
        workspace_(device, [&](Layout layout) { return placed(layout); }),
        imaging_(device, plan_, arrays_.imaging) {
    imaging_.upload_tables(problem);
  }

  int clips() const override { return clips_; }

  // The pixels' memory is reused by the next call, whose upload waits for these launches.
  void set_mask(int clip, ImageView<const std::uint8_t> mask) override {
    check(clip, 0);
    if (mask.rows != plan_.rows || mask.cols != plan_.cols)
      throw Error(ErrorCode::invalid_argument, "mask does not have the size of the images' grid");
    device_.upload(arrays_.pixels, mask.data, mask.size());
    imaging_.launch_orders(clip, 1, arrays_.pixels);
  }

  void set_mask(int clip, const Spectrum<float>& orders) override {
    check(clip, 0);
    if (orders.half_x() != plan_.half_x || orders.half_y() != plan_.half_y)
      throw Error(ErrorCode::invalid_argument, "mask spectrum does not have the model's orders");
    static_assert(sizeof(std::complex<float>) == sizeof(Complex<float>));
    Spectrum<float> amplitude = orders;
    amplitude.at(0, 0) += std::complex<float>(plan_.mask_offset.re, plan_.mask_offset.im);
    device_.upload(arrays_.imaging.orders + static_cast<std::ptrdiff_t>(clip) * plan_.orders(),
                   amplitude.data(), amplitude.size() * sizeof(Complex<float>));
  }

  void run() override {
    device_.replay(graph_, [&] { imaging_.launch_images(clips_, arrays_.images); });
  }
  void finish() override { device_.wait(); }

  void get_image(int clip, int condition, ImageView<float> image) override {
    check(clip, condition);
    device_.download(image.data, image_of(clip, condition), vector_bytes(plan_, 1));
  }

  void get_print(int clip, int condition, float dose, float threshold,
                 ImageView<std::uint8_t> print) override {
    check(clip, condition);
    device_.launch(Print{image_of(clip, condition), dose * dose, threshold, arrays_.pixels, plan_.pixels()},
                   blocks_over(plan_.pixels()));
    device_.download(print.data, arrays_.pixels, print.size());
  }

 private:
  std::size_t placed(Layout& layout) {
    place(layout, plan_, clips_, scratch_blocks(plan_, device_.shared_limit()), arrays_);
    return layout.bytes();
  }
  const float* image_of(int clip, int condition) const {
    return arrays_.images + (static_cast<std::ptrdiff_t>(clip) * plan_.conditions + condition) * plan_.pixels();
  }
  void check(int clip, int condition) const {
    if (clip < 0 || clip >= clips_ || condition < 0 || condition >= plan_.conditions)
      throw Error(ErrorCode::invalid_argument,
                  "there is no clip " + std::to_string(clip) + " with a condition " +
                      std::to_string(condition) + " in this batch");
  }

  Device& device_;
  ImagingPlan plan_;
  int clips_;
  ImageArrays arrays_{};
  DeviceArrays<Device> workspace_;
  DeviceImaging<Device> imaging_;
  typename Device::Graph graph_;
};

}  // namespace reticle::cuda
