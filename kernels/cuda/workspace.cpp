// SPDX-License-Identifier: Apache-2.0
#include "kernels/cuda/workspace.h"

#include <algorithm>
#include <string>

#include "kernels/base/error.h"

namespace reticle::cuda {

namespace {

constexpr int k_most_scratch_blocks = 256, k_least_scratch_blocks = 32;
constexpr std::size_t k_cached_bytes = std::size_t{32} << 20;  // of an L2 cache of 40 MB and more

template <class... Factors>
std::size_t product(Factors... factors) {
  return (static_cast<std::size_t>(factors) * ...);
}

void place_imaging(Layout& layout, const ImagingPlan& plan, int clips, int scratch_blocks,
                   ImagingArrays& arrays) {
  const int nx = plan.x.length, ny = plan.y.length, images = clips * plan.conditions;
  const auto give_table = [&](ImagingArrays::Table& table, int orders, int size) {
    layout.give(table.plain, product(orders, size));
    layout.give(table.transposed, product(orders, size));
  };
  give_table(arrays.mask_x, plan.order_cols(), plan.cols);
  give_table(arrays.mask_y, plan.order_rows(), plan.rows);
  give_table(arrays.image_x, plan.image_order_cols(), plan.cols);
  give_table(arrays.image_y, plan.image_order_rows(), plan.rows);
  give_table(arrays.field_x, plan.image_order_cols(), nx);
  give_table(arrays.field_y, plan.image_order_rows(), ny);
  layout.give(arrays.filter, product(plan.image_orders()));
  layout.give(arrays.roots_x, product(nx));
  layout.give(arrays.roots_y, product(ny));
  layout.give(arrays.kernels, product(plan.kernels, plan.orders()));
  layout.give(arrays.groups, plan.groups.size());
  layout.give(arrays.first_group, plan.first_group.size());
  layout.give(arrays.socs_scratch, product(scratch_blocks, plan.socs().bytes(SocsPlace::device)));
  layout.give(arrays.half_changed, std::max(product(clips, plan.order_rows(), plan.cols),
                                            product(images, plan.image_order_rows(), std::max(plan.cols, nx))));
  layout.give(arrays.real_orders, product(clips, plan.orders()));
  layout.give(arrays.orders, product(clips, plan.orders()));
  layout.give(arrays.group_points, product(clips, plan.groups.size(), std::max(plan.points(), 2 * plan.orders())));
  arrays.group_orders = reinterpret_cast<Complex<float>*>(arrays.group_points);
  layout.give(arrays.field, product(images, plan.points()));
  layout.give(arrays.image_orders, product(images, plan.image_orders()));
  layout.give(arrays.image_sums, product(images));
  const bool slope = plan.slope_nm != 0.0f;
  layout.give(arrays.slope_filter, slope ? product(plan.image_orders()) : 0);
  layout.give(arrays.slope_orders, slope ? product(images, plan.image_orders()) : 0);
  for (float** array : {&arrays.slope_x, &arrays.slope_y})
    layout.give(*array, slope ? product(images, plan.pixels()) : 0);
}

// Of `wanted` clips, as many as bytes(clips) leaves room for.
template <class Bytes>
int most_that_fit(const ImagingPlan& plan, int wanted, std::size_t free_bytes, Bytes bytes) {
  // The driver and the other allocations of the process want a little too.
  const std::size_t usable = free_bytes - free_bytes / 16;
  if (bytes(1) > usable)
    throw Error(ErrorCode::out_of_memory,
                "one clip of " + std::to_string(plan.rows) + " x " + std::to_string(plan.cols) +
                    " pixels wants " + std::to_string(bytes(1)) + " bytes on the device, " +
                    std::to_string(free_bytes) + " are free");
  int fits = 1, too_many = std::max(wanted, 1) + 1;
  while (too_many - fits > 1) {
    const int middle = fits + (too_many - fits) / 2;
    (bytes(middle) <= usable ? fits : too_many) = middle;
  }
  return fits;
}

}  // namespace

void place(Layout& layout, const ImagingPlan& plan, int clips, int scratch_blocks, IltArrays& arrays) {
  place_imaging(layout, plan, clips, scratch_blocks, arrays.imaging);
  layout.give(arrays.terms, 1);
  for (float** array : {&arrays.parameters, &arrays.gradient, &arrays.moment1, &arrays.moment2,
                        &arrays.target, &arrays.free, &arrays.weight, &arrays.unresolved, &arrays.mask})
    layout.give(*array, product(clips, plan.pixels()));
  layout.give(arrays.images, product(clips, plan.conditions, plan.pixels()));
  layout.give(arrays.share_sums, product(clips, plan.shares, k_pixel_sums));
  layout.give(arrays.losses, product(IltBatch::k_losses_kept, clips, k_pixel_sums));
  layout.give(arrays.factors, product(clips, 2));
}

void place(Layout& layout, const ImagingPlan& plan, int clips, int scratch_blocks, ImageArrays& arrays) {
  place_imaging(layout, plan, clips, scratch_blocks, arrays.imaging);
  layout.give(arrays.pixels, product(plan.pixels()));
  layout.give(arrays.images, product(clips, plan.conditions, plan.pixels()));
}

void place(Layout& layout, const ImagingPlan& plan, int scratch_blocks, PixelImageArrays& arrays) {
  place_imaging(layout, plan, 1, scratch_blocks, arrays.imaging);
  layout.give(arrays.images, product(plan.pixels()));
  layout.give(arrays.d_images, product(plan.pixels()));
  layout.give(arrays.share_sums, product(plan.shares) + 1);
}

SocsPlace socs_place(const ImagingPlan& plan, std::size_t shared_limit) {
  for (const SocsPlace place : {SocsPlace::shared, SocsPlace::shared_field})
    if (plan.socs().bytes(place) <= shared_limit) return place;
  return SocsPlace::device;
}

int scratch_blocks(const ImagingPlan& plan, std::size_t shared_limit) {
  if (socs_place(plan, shared_limit) != SocsPlace::device) return 0;
  const std::size_t cached = k_cached_bytes / plan.socs().bytes(SocsPlace::device);
  return static_cast<int>(std::clamp<std::size_t>(cached, k_least_scratch_blocks, k_most_scratch_blocks));
}

int ilt_clips_that_fit(const ImagingPlan& plan, int wanted, int added_vectors, const DeviceRoom& room) {
  const int blocks = scratch_blocks(plan, room.shared_limit);
  return most_that_fit(plan, wanted, room.free_bytes, [&](int clips) {
    IltArrays arrays;
    Layout layout(nullptr);
    place(layout, plan, clips, blocks, arrays);
    // A coarser batch with a quarter of the pixels lives until this one has taken its parameters.
    return layout.bytes() + layout.bytes() / 4 +
           static_cast<std::size_t>(added_vectors) * vector_bytes(plan, clips);
  });
}

int image_clips_that_fit(const ImagingPlan& plan, int wanted, const DeviceRoom& room) {
  const int blocks = scratch_blocks(plan, room.shared_limit);
  return most_that_fit(plan, wanted, room.free_bytes, [&](int clips) {
    ImageArrays arrays;
    Layout layout(nullptr);
    place(layout, plan, clips, blocks, arrays);
    return layout.bytes();
  });
}

}  // namespace reticle::cuda
