// SPDX-License-Identifier: Apache-2.0
// DeviceImaging: the launches that take a batch from masks to images, and back for the adjoint.
#pragma once

#include <algorithm>
#include <cstddef>

#include "kernels/cuda/folded_body.h"
#include "kernels/cuda/imaging_plan.h"
#include "kernels/cuda/pixel_bodies.h"
#include "kernels/cuda/tail_bodies.h"
#include "kernels/cuda/product_body.h"
#include "kernels/cuda/socs_body.h"
#include "kernels/cuda/workspace.h"

namespace reticle::cuda {

// The arrays belong to a batch; Device as in device_memory.h.
template <class Device>
class DeviceImaging {
 public:
  DeviceImaging(Device& device, const ImagingPlan& plan, const ImagingArrays& arrays)
      : device_(device), plan_(plan), place_(socs_place(plan, device.shared_limit())), arrays_(arrays) {}

  void upload_tables(const ImagingProblem& problem) {
    const ImagingTables& tables = device_.tables().of(problem, plan_);
    const auto upload = [&](auto* to, const auto& from) {
      device_.upload(to, from.data(), from.size() * sizeof(from[0]));
    };
    const auto upload_table = [&](const ImagingArrays::Table& to, const TablePair& from) {
      upload(to.plain, from.plain);
      upload(to.transposed, from.transposed);
    };
    upload_table(arrays_.mask_x, tables.mask_x);
    upload_table(arrays_.mask_y, tables.mask_y);
    upload_table(arrays_.image_x, tables.image_x);
    upload_table(arrays_.image_y, tables.image_y);
    upload_table(arrays_.field_x, tables.field_x);
    upload_table(arrays_.field_y, tables.field_y);
    upload(arrays_.filter, tables.filter);
    upload(arrays_.slope_filter, tables.slope_filter);
    upload(arrays_.roots_x, tables.roots_x);
    upload(arrays_.roots_y, tables.roots_y);
    upload(arrays_.kernels, tables.kernels);
    upload(arrays_.groups, plan_.groups);
    upload(arrays_.first_group, plan_.first_group);
  }

  // Orders of the masks of clips first .. first + clips - 1, whose pixels are given.
  template <class Pixel>
  void launch_orders(int first, int clips, const Pixel* pixels) {
    const std::ptrdiff_t place = static_cast<std::ptrdiff_t>(first) * plan_.orders();
    reduce_rows(clips, plan_.half_y, arrays_.mask_y, pixels, arrays_.half_changed);
    multiply_right(clips, 1, plan_.order_rows(), plan_.cols, plan_.order_cols(), arrays_.half_changed,
                   arrays_.mask_x.transposed, arrays_.real_orders + place);
    const OrdersFromReal body{arrays_.real_orders + place, arrays_.orders + place, plan_.half_x,
                              plan_.half_y, clips, 1.0f / static_cast<float>(plan_.pixels()), plan_.mask_offset};
    device_.launch(body, blocks_over(static_cast<long>(clips) * plan_.orders()));
  }

  // Orders of the masks of all clips to images.
  void launch_images(int clips, float* images) {
    const int count = clips * plan_.conditions, conditions = plan_.conditions;
    with_field([&]<class X, class Y, SocsPlace Place>() {
      launch_groups<Place>(clips, SocsIntensity<X, Y, Place>{socs(), arrays_.orders, arrays_.group_points, 0});
    });
    device_.launch(SumGroups{arrays_.group_points, arrays_.first_group, arrays_.field, plan_.points(),
                             static_cast<int>(plan_.groups.size()), conditions, clips},
                   blocks_over(static_cast<long>(count) * plan_.points()));
    multiply_left(count, plan_.image_order_rows(), plan_.y.length, plan_.x.length,
                  arrays_.field_y.plain, arrays_.field, arrays_.half_changed);
    multiply_right(count, conditions, plan_.image_order_rows(), plan_.x.length,
                   plan_.image_order_cols(), arrays_.half_changed, arrays_.field_x.transposed,
                   arrays_.image_orders);
    if (plan_.tails.terms > 0)
      device_.launch(AddTails{plan_.tails, arrays_.orders, arrays_.image_orders, plan_.half_x, plan_.half_y, conditions,
                              clips},
                     blocks_over(static_cast<long>(count) * plan_.image_orders()));
    for (const bool along_x : {true, false}) launch_derivative(count, conditions, along_x);
    device_.launch(FilterImage{filter(count), arrays_.orders, plan_.orders(), conditions, plan_.flare, plan_.flare_offset},
                   blocks_over(static_cast<long>(count) * plan_.image_orders()));
    multiply_right(count, conditions, plan_.image_order_rows(), plan_.image_order_cols(), plan_.cols,
                   arrays_.image_orders, arrays_.image_x.plain, arrays_.half_changed);
    expand_rows(count, 2 * plan_.half_y, arrays_.image_y, arrays_.half_changed, images);
    if (plan_.slope_nm != 0.0f)
      device_.launch(AddSlope{images, arrays_.slope_x, arrays_.slope_y, image_pixels(count), plan_.slope_nm},
                     blocks_over(image_pixels(count)));
  }

  // dL/dI of all images to dL/dM of the masks' pixels.
  void launch_adjoint(int clips, const float* d_images, float* d_masks) {
    const int count = clips * plan_.conditions, conditions = plan_.conditions;
    const int groups = static_cast<int>(plan_.groups.size());
    if (plan_.slope_nm != 0.0f)
      device_.launch(WeightSlope{d_images, arrays_.slope_x, arrays_.slope_y, image_pixels(count), plan_.slope_nm},
                     blocks_over(image_pixels(count)));
    reduce_rows(count, 2 * plan_.half_y, arrays_.image_y, d_images, arrays_.half_changed);
    multiply_right(count, conditions, plan_.image_order_rows(), plan_.cols, plan_.image_order_cols(),
                   arrays_.half_changed, arrays_.image_x.transposed, arrays_.image_orders);
    device_.launch(FilterGradient{filter(count), arrays_.image_sums},
                   blocks_over(static_cast<long>(count) * plan_.image_orders()));
    for (const bool along_x : {true, false}) launch_derivative_adjoint(count, conditions, along_x);
    multiply_right(count, conditions, plan_.image_order_rows(), plan_.image_order_cols(),
                   plan_.x.length, arrays_.image_orders, arrays_.field_x.plain, arrays_.half_changed);
    multiply_left(count, plan_.y.length, plan_.image_order_rows(), plan_.x.length,
                  arrays_.field_y.transposed, arrays_.half_changed, arrays_.field);
    with_field([&]<class X, class Y, SocsPlace Place>() {
      launch_groups<Place>(
          clips, SocsAdjoint<X, Y, Place>{socs(), arrays_.orders, arrays_.field, arrays_.group_orders, 0});
    });
    device_.launch(RealFromGroups{arrays_.group_orders, arrays_.real_orders, plan_.half_x, plan_.half_y,
                                  groups, clips, 1.0f / static_cast<float>(plan_.pixels()),
                                  arrays_.image_sums, conditions, plan_.flare},
                   blocks_over(static_cast<long>(clips) * plan_.orders()));
    if (plan_.tails.terms > 0)
      device_.launch(AddTailGradient{plan_.tails, arrays_.image_orders, arrays_.real_orders, plan_.half_x, plan_.half_y,
                                     conditions, clips, 1.0f / static_cast<float>(plan_.pixels())},
                     blocks_over(static_cast<long>(clips) * plan_.orders()));
    multiply_right(clips, 1, plan_.order_rows(), plan_.order_cols(), plan_.cols, arrays_.real_orders,
                   arrays_.mask_x.plain, arrays_.half_changed);
    expand_rows(clips, plan_.half_y, arrays_.mask_y, arrays_.half_changed, d_masks);
  }

 private:
  long image_pixels(int images) const { return static_cast<long>(images) * plan_.pixels(); }
  DerivativeOrders derivative(int images, bool along_x) const {
    const double period_nm = static_cast<double>(plan_.pixel_nm) * (along_x ? plan_.cols : plan_.rows);
    return {arrays_.slope_filter, nullptr, nullptr, plan_.image_order_rows(), plan_.image_order_cols(), images,
            along_x ? 1 : 0, static_cast<float>(6.283185307179586 / period_nm), 0};
  }
  // A derivative of the images, whose orders are not yet filtered.
  void launch_derivative(int count, int conditions, bool along_x) {
    if (plan_.slope_nm == 0.0f) return;
    DerivativeOrders body = derivative(count, along_x);
    body.from = arrays_.image_orders;
    body.to = arrays_.slope_orders;
    device_.launch(body, blocks_over(static_cast<long>(count) * plan_.image_orders()));
    multiply_right(count, conditions, plan_.image_order_rows(), plan_.image_order_cols(), plan_.cols,
                   arrays_.slope_orders, arrays_.image_x.plain, arrays_.half_changed);
    expand_rows(count, 2 * plan_.half_y, arrays_.image_y, arrays_.half_changed,
                along_x ? arrays_.slope_x : arrays_.slope_y);
  }
  // Its transpose, added to the gradient by the images' orders.
  void launch_derivative_adjoint(int count, int conditions, bool along_x) {
    if (plan_.slope_nm == 0.0f) return;
    reduce_rows(count, 2 * plan_.half_y, arrays_.image_y, along_x ? arrays_.slope_x : arrays_.slope_y,
                arrays_.half_changed);
    multiply_right(count, conditions, plan_.image_order_rows(), plan_.cols, plan_.image_order_cols(),
                   arrays_.half_changed, arrays_.image_x.transposed, arrays_.slope_orders);
    DerivativeOrders body = derivative(count, along_x);
    body.from = arrays_.slope_orders;
    body.to = arrays_.image_orders;
    body.add = 1;
    device_.launch(body, blocks_over(static_cast<long>(count) * plan_.image_orders()));
  }

  SocsPlan socs() const {
    SocsPlan socs = plan_.socs();
    socs.group = arrays_.groups;
    socs.kernels = arrays_.kernels;
    socs.roots_x = arrays_.roots_x;
    socs.roots_y = arrays_.roots_y;
    socs.workspace = arrays_.socs_scratch;
    return socs;
  }
  OrderFilter filter(int images) const {
    return {arrays_.filter, arrays_.image_orders, plan_.image_orders(), images};
  }

  // Calls run<AxisX, AxisY, Place>() with the axes and the place of the plan's field.
  template <class Run>
  void with_field(Run run) {
    using Contest = FixedAxis<9, 8>;  // 17 or 18 orders
    if (place_ == SocsPlace::shared && Contest::is(plan_.x) && Contest::is(plan_.y))
      run.template operator()<Contest, Contest, SocsPlace::shared>();
    else if (place_ == SocsPlace::shared)
      run.template operator()<RunAxis, RunAxis, SocsPlace::shared>();
    else if (place_ == SocsPlace::shared_field)
      run.template operator()<RunAxis, RunAxis, SocsPlace::shared_field>();
    else
      run.template operator()<RunAxis, RunAxis, SocsPlace::device>();
  }
  // body.first: of the launch; all at once where a block's field lies in shared memory.
  template <SocsPlace Place, class Body>
  void launch_groups(int clips, Body body) {
    const long blocks = static_cast<long>(clips) * body.plan.groups;
    const long at_once = Place == SocsPlace::device ? scratch_blocks(plan_, device_.shared_limit()) : blocks;
    const std::size_t shared = Place == SocsPlace::device ? 0 : body.plan.bytes(Place);
    for (long first = 0; first < blocks; first += at_once) {
      body.first = static_cast<int>(first);
      device_.launch(body, std::min(at_once, blocks - first), shared);
    }
  }

  // C = A B for each of a batch. The tile is picked by one clip's share of the rows, so that a clip's
  // sums are taken in one way in batches of any size.
  template <class B>
  void multiply(const ProductShape& shape, int rows_of_clip, const float* a, const B* b, float* c) {
    const auto area = [&](int tile) {
      const auto padded = [&](int size) { return static_cast<double>((size + tile - 1) / tile * tile); };
      return padded(rows_of_clip) * padded(shape.cols);
    };
    const auto launch = [&](const auto& product) { device_.launch(product, product.blocks()); };
    // A small tile has a tenth more to load for what it multiplies; 72 fits the contest's 69 orders and 72 points.
    if (0.9 * std::min(area(64), area(72)) > area(40))
      launch(Product<40, B>{shape, a, b, c});
    else if (area(72) < area(64))
      launch(Product<72, B>{shape, a, b, c});
    else
      launch(Product<64, B>{shape, a, b, c});
  }
  // C = [image][rows][inner] B, all images' rows as one matrix.
  void multiply_right(int images, int images_of_clip, int rows, int inner, int cols, const float* a,
                      const float* b, float* c) {
    multiply({.rows = images * rows, .cols = cols, .inner = inner}, images_of_clip * rows, a, b, c);
  }
  // C = A [image][inner][cols].
  template <class B>
  void multiply_left(int images, int rows, int inner, int cols, const float* a, const B* b, float* c) {
    multiply({.rows = rows,
              .cols = cols,
              .inner = inner,
              .batch = images,
              .stride_b = static_cast<std::ptrdiff_t>(inner) * cols,
              .stride_c = static_cast<std::ptrdiff_t>(rows) * cols},
             rows, a, b, c);
  }

  // [image][row][col] to [image][order][col], and back: folded where the rows come in quads.
  template <class Pixel>
  void reduce_rows(int images, int half, const ImagingArrays::Table& table, const Pixel* pixels, float* orders) {
    const FoldedShape shape{plan_.rows, half, plan_.cols, images};
    if (!folds(plan_.rows)) {
      multiply_left(images, shape.orders(), plan_.rows, plan_.cols, table.plain, pixels, orders);
    } else if (half / 2 + 1 <= FoldedReduce<3, Pixel>::k_rows) {
      const FoldedReduce<3, Pixel> body{shape, table.plain, pixels, orders};
      device_.launch(body, body.blocks());
    } else {
      const FoldedReduce<5, Pixel> body{shape, table.plain, pixels, orders};
      device_.launch(body, body.blocks());
    }
  }
  void expand_rows(int images, int half, const ImagingArrays::Table& table, const float* orders, float* pixels) {
    const FoldedShape shape{plan_.rows, half, plan_.cols, images};
    if (!folds(plan_.rows)) {
      multiply_left(images, plan_.rows, shape.orders(), plan_.cols, table.transposed, orders, pixels);
    } else {
      const auto launch = [&](const auto& body) { device_.launch(body, body.blocks()); };
      if (expands_whole(shape))
        launch(FoldedExpand<true>{shape, table.plain, orders, pixels});
      else
        launch(FoldedExpand<false>{shape, table.plain, orders, pixels});
    }
  }

  Device& device_;
  const ImagingPlan& plan_;
  SocsPlace place_;
  const ImagingArrays& arrays_;
};

}  // namespace reticle::cuda
