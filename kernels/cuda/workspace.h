// SPDX-License-Identifier: Apache-2.0
// The places of a batch's arrays in one allocation of device memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "kernels/cuda/imaging_plan.h"
#include "kernels/cuda/pixel_bodies.h"

namespace reticle::cuda {

// Gives out places from `base` on, or of an allocation each, or only counts when base is nullptr.
class Layout {
 public:
  using Allocate = std::function<char*(std::size_t bytes)>;
  explicit Layout(char* base) : base_(base) {}
  explicit Layout(Allocate allocate) : allocate_(std::move(allocate)) {}
  template <class T>
  void give(T*& array, std::size_t count) {
    const std::size_t bytes = (count * sizeof(T) + k_alignment - 1) / k_alignment * k_alignment;
    char* place = base_ == nullptr ? nullptr : base_ + bytes_;
    if (allocate_ && count > 0) place = allocate_(count * sizeof(T));
    array = reinterpret_cast<T*>(place);
    bytes_ += bytes;
  }
  std::size_t bytes() const { return bytes_; }

 private:
  static constexpr std::size_t k_alignment = 256;
  char* base_ = nullptr;
  Allocate allocate_;
  std::size_t bytes_ = 0;
};

// The comments give what one clip has of each array.
struct ImagingArrays {
  struct Table {
    float *plain, *transposed;
  };
  Table mask_x, mask_y, image_x, image_y, field_x, field_y;
  float* filter;
  Complex<float>*roots_x, *roots_y, *kernels;
  SocsGroup* groups;
  int* first_group;
  char* socs_scratch;  // of the blocks of a launch, where shared memory is too small

  float* half_changed;           // one of two products done
  float* real_orders;            // [order]
  Complex<float>* orders;        // [order], of the mask
  float* group_points;           // [group][point]
  Complex<float>* group_orders;  // [group][order]; shares memory with group_points
  float* field;                  // [condition][point]: intensity, then its gradient
  float* image_orders;           // [condition][image order]
  float* image_sums;             // [condition]: dL/dI summed over the pixels
  // Of a resist with a slope term, else empty.
  float* slope_filter;
  float* slope_orders;      // [condition][image order]
  float *slope_x, *slope_y;  // [condition][pixel]: the derivatives, then the direction of the gradient
};

struct IltArrays {
  ImagingArrays imaging;
  StepTerms* terms;
  float *parameters, *gradient, *moment1, *moment2, *target, *free, *weight, *unresolved, *mask;  // [pixel]
  float* images;       // [condition][pixel]
  double* share_sums;  // [share][k_pixel_sums]
  double* losses;      // [evaluation][clip][k_pixel_sums], the last k_losses_kept evaluations
  float* factors;      // of Combine, 2
};

struct ImageArrays {
  ImagingArrays imaging;
  std::uint8_t* pixels;  // of one clip: its mask, or its print
  float* images;         // [condition][pixel]
};

struct PixelImageArrays {  // of one clip and condition
  ImagingArrays imaging;
  float *images, *d_images;  // [pixel]
  double* share_sums;        // [share], then their sum
};

void place(Layout& layout, const ImagingPlan& plan, int scratch_blocks, PixelImageArrays& arrays);
void place(Layout& layout, const ImagingPlan& plan, int clips, int scratch_blocks, IltArrays& arrays);
void place(Layout& layout, const ImagingPlan& plan, int clips, int scratch_blocks, ImageArrays& arrays);

// Where a block's field lies on a device with that much shared memory for a block.
SocsPlace socs_place(const ImagingPlan& plan, std::size_t shared_limit);
// Blocks that run at once on a scratch in device memory: as many as leave the fields in a device's cache.
// 0: shared memory holds a field.
int scratch_blocks(const ImagingPlan& plan, std::size_t shared_limit);

// Bytes of one vector of the batch's pixels, as optimisers add them.
inline std::size_t vector_bytes(const ImagingPlan& plan, int clips) {
  return sizeof(float) * static_cast<std::size_t>(plan.pixels()) * static_cast<std::size_t>(clips);
}

// What a device offers a batch.
struct DeviceRoom {
  std::size_t shared_limit = 0;  // bytes of a block
  std::size_t free_bytes = 0;
};

// How many of `wanted` clips fit. Both throw Error(out_of_memory) with the bytes wanted and free if not
// even one does.
int ilt_clips_that_fit(const ImagingPlan& plan, int wanted, int added_vectors, const DeviceRoom& room);
int image_clips_that_fit(const ImagingPlan& plan, int wanted, const DeviceRoom& room);

}  // namespace reticle::cuda
