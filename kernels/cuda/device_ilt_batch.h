// DeviceIltBatch: inverse lithography of a batch of clips in one device's memory.
//
// Device is how memory and launches are had: CudaDevice, or in the tests one that runs the bodies on
// the host. It has
//   void* allocate(bytes), release(pointer)          Error(out_of_memory) if there is too little
//   upload(to, from, bytes), download(...), clear(pointer, bytes)   in the order of launches;
//                                                    upload's source may change at once, download waits
//   launch(body, blocks)                             of body.k_threads threads, body.k_shared bytes
//   launch(body, blocks, shared_bytes)
//   replay(Graph&, chain)                            chain() launches; from the second time on as a graph
//   std::size_t shared_limit()                       bytes of shared memory a block can have
#pragma once

#include <cmath>
#include <string>
#include <vector>

#include "kernels/base/error.h"
#include "kernels/cuda/ilt_plan.h"
#include "kernels/cuda/product_body.h"

namespace reticle::cuda {

template <class Device>
class DeviceMemory {
 public:
  DeviceMemory(Device& device, std::size_t bytes) : device_(&device), data_(device.allocate(bytes)) {}
  DeviceMemory(DeviceMemory&& other) noexcept : device_(other.device_), data_(other.data_) {
    other.data_ = nullptr;
  }
  DeviceMemory& operator=(DeviceMemory&&) = delete;
  ~DeviceMemory() {
    if (data_ != nullptr) device_->release(data_);
  }
  char* data() const { return static_cast<char*>(data_); }

 private:
  Device* device_;
  void* data_;
};

template <class Device>
class DeviceIltBatch final : public IltBatch {
 public:
  DeviceIltBatch(Device& device, const IltProblem& problem, int clips)
      : device_(device),
        plan_(plan_ilt(problem)),
        clips_(clips),
        scratch_blocks_(cuda::scratch_blocks(plan_, device.shared_limit())),
        workspace_(device, place(plan_, clips, scratch_blocks_, nullptr, arrays_)) {
    const std::size_t bytes = place(plan_, clips, scratch_blocks_, workspace_.data(), arrays_);
    device_.clear(workspace_.data(), bytes);
    const IltTables tables = ilt_tables(problem, plan_);
    const auto upload = [&](auto* to, const auto& from) {
      device_.upload(to, from.data(), from.size() * sizeof(from[0]));
    };
    upload(arrays_.order_x, tables.order_x);
    upload(arrays_.order_xt, tables.order_xt);
    upload(arrays_.order_y, tables.order_y);
    upload(arrays_.order_yt, tables.order_yt);
    upload(arrays_.image_x, tables.image_x);
    upload(arrays_.image_xt, tables.image_xt);
    upload(arrays_.image_y, tables.image_y);
    upload(arrays_.image_yt, tables.image_yt);
    upload(arrays_.roots_x, tables.roots_x);
    upload(arrays_.roots_y, tables.roots_y);
    upload(arrays_.kernels, tables.kernels);
    upload(arrays_.groups, plan_.groups);
    upload(arrays_.first_group, plan_.first_group);
    vectors_ = {arrays_.parameters, arrays_.gradient};
  }

  int clips() const override { return clips_; }

  void set_clip(int clip, ImageView<const float> parameters, ImageView<const float> target,
                ImageView<const float> free, ImageView<const float> weight) override {
    check_clip(clip);
    for (const auto& view : {parameters, target, free, weight})
      if (view.data != nullptr && (view.rows != plan_.rows || view.cols != plan_.cols))
        throw Error(ErrorCode::invalid_argument, "clip image does not have the working grid's size");
    upload_pixels(arrays_.parameters, clip, parameters);
    upload_pixels(arrays_.target, clip, target);
    upload_factor(arrays_.free, has_free_, clip, free);
    upload_factor(arrays_.weight, has_weight_, clip, weight);
  }

  void evaluate(const IltTerms& terms) override {
    if (terms.window.conditions > plan_.conditions)
      throw Error(ErrorCode::invalid_argument, "the process window has more conditions than the model");
    device_.launch(SetTerms{terms, arrays_.terms}, 1);
    device_.replay(graph_, [&] {
      launch_images();
      launch_gradient();
    });
  }

  std::vector<IltLoss> losses() override {
    std::vector<PixelSums> sums(static_cast<std::size_t>(clips_));
    device_.download(sums.data(), arrays_.clip_sums, sums.size() * sizeof(PixelSums));
    std::vector<IltLoss> losses;
    for (const PixelSums& sum : sums) losses.push_back({sum.fidelity, sum.band, sum.regularity});
    return losses;
  }

  void adam(const AdamStep& step) override {
    if (step.step == 1) {
      device_.clear(arrays_.moment1, vector_bytes(plan_, clips_));
      device_.clear(arrays_.moment2, vector_bytes(plan_, clips_));
    }
    const pixel::AdamFactors factors = pixel::adam_factors(step.step, step.rate, step.beta1, step.beta2);
    share_out(AdamUpdate{factors, arrays_.gradient, arrays_.parameters, arrays_.moment1,
                         arrays_.moment2, pixels()},
              pixels());
  }

  int add_vectors(int count) override {
    const int first = static_cast<int>(vectors_.size());
    const std::size_t bytes = vector_bytes(plan_, clips_);
    added_.emplace_back(device_, bytes * static_cast<std::size_t>(count));
    char* memory = added_.back().data();
    device_.clear(memory, bytes * static_cast<std::size_t>(count));
    for (int i = 0; i < count; ++i, memory += bytes)
      vectors_.push_back(reinterpret_cast<float*>(memory));
    return first;
  }

  void combine(int target, const std::vector<double>& a, int x, const std::vector<double>& b,
               int y) override {
    std::vector<float> factors;
    for (const auto* values : {&a, &b})
      for (int c = 0; c < clips_; ++c)
        factors.push_back(static_cast<float>(values->at(static_cast<std::size_t>(c))));
    device_.upload(arrays_.factors, factors.data(), factors.size() * sizeof(float));
    share_out(Combine{arrays_.factors, vector(target), vector(x), vector(y), plan_.pixels(), clips_},
              pixels());
  }

  std::vector<double> dot(int x, int y) override {
    device_.launch(Dot{clip_pixels(), vector(x), vector(y), arrays_.share_sums},
                   static_cast<long>(clips_) * plan_.shares);
    // Not into clip_sums, which holds the losses: behind the sums of the shares.
    double* sums = arrays_.share_sums + static_cast<std::ptrdiff_t>(clips_) * plan_.shares;
    share_out(SumShares{arrays_.share_sums, sums, 1, plan_.shares, clips_}, clips_);
    std::vector<double> result(static_cast<std::size_t>(clips_));
    device_.download(result.data(), sums, result.size() * sizeof(double));
    return result;
  }

  void get_parameters(int clip, ImageView<float> parameters) override {
    check_clip(clip);
    device_.download(parameters.data, of_clip(arrays_.parameters, clip), vector_bytes(plan_, 1));
  }

  // Rows at a time, through memory that only evaluate() needs.
  void cut_mask(int clip, int factor, ImageView<std::uint8_t> mask) override {
    check_clip(clip);
    std::uint8_t* scratch = reinterpret_cast<std::uint8_t*>(arrays_.images);
    const std::size_t room = vector_bytes(plan_, clips_) * static_cast<std::size_t>(plan_.conditions);
    const std::size_t width = static_cast<std::size_t>(plan_.cols) * static_cast<std::size_t>(factor);
    const int rows = plan_.rows * factor, at_once = static_cast<int>(std::min<std::size_t>(
                                              static_cast<std::size_t>(rows), room / width));
    if (at_once < 1)
      throw Error(ErrorCode::unsupported,
                  "a mask " + std::to_string(factor) + " times finer than its grid is too fine");
    for (int row = 0; row < rows; row += at_once) {
      const CutMask body{of_clip(arrays_.parameters, clip), plan_.rows, plan_.cols, factor, row,
                         std::min(at_once, rows - row), scratch};
      share_out(body, body.size());
      device_.download(mask.row(row), scratch, static_cast<std::size_t>(body.size()));
    }
  }

 private:
  long pixels() const { return static_cast<long>(clips_) * plan_.pixels(); }
  ClipPixels clip_pixels() const { return {plan_.pixels(), plan_.shares}; }
  float* of_clip(float* array, int clip) const {
    return array + static_cast<std::ptrdiff_t>(clip) * plan_.pixels();
  }
  float* vector(int index) const { return vectors_.at(static_cast<std::size_t>(index)); }
  void check_clip(int clip) const {
    if (clip < 0 || clip >= clips_)
      throw Error(ErrorCode::invalid_argument, "clip " + std::to_string(clip) + " of a batch of " +
                                                   std::to_string(clips_));
  }

  template <class Body>
  void share_out(const Body& body, long items) {
    device_.launch(body, blocks_over(items));
  }

  void upload_pixels(float* array, int clip, ImageView<const float> pixels) {
    device_.upload(of_clip(array, clip), pixels.data, vector_bytes(plan_, 1));
  }

  // A factor that no clip has is not read at all; where one has it, the others' is one.
  void upload_factor(float* array, bool& any, int clip, ImageView<const float> pixels) {
    if (pixels.data == nullptr && !any) return;
    const std::vector<float> ones(static_cast<std::size_t>(plan_.pixels()), 1.0f);
    const ImageView<const float> one{ones.data(), plan_.rows, plan_.cols};
    if (!any) {
      for (int c = 0; c < clips_; ++c) upload_pixels(array, c, one);
      any = true;
      graph_ = {};
    }
    upload_pixels(array, clip, pixels.data == nullptr ? one : pixels);
  }

  // C = A B for each of a batch. The tile is picked by one clip's share of the rows, so that a clip's
  // sums are taken in one way in batches of any size.
  void multiply(const ProductShape& shape, int rows_of_clip, const float* a, const float* b, float* c) {
    const auto area = [&](int tile) {
      const auto padded = [&](int size) { return static_cast<double>((size + tile - 1) / tile * tile); };
      return padded(rows_of_clip) * padded(shape.cols);
    };
    if (area(40) < 0.9 * area(64)) {
      const Product<40, 40> product{shape, a, b, c};
      device_.launch(product, product.blocks());
    } else {
      const Product<64, 64> product{shape, a, b, c};
      device_.launch(product, product.blocks());
    }
  }
  // C = [image][rows][inner] B, all images' rows as one matrix.
  void multiply_right(int images, int images_of_clip, int rows, int inner, int cols, const float* a,
                      const float* b, float* c) {
    multiply({.rows = images * rows, .cols = cols, .inner = inner}, images_of_clip * rows, a, b, c);
  }
  // C = A [image][inner][cols].
  void multiply_left(int images, int rows, int inner, int cols, const float* a, const float* b,
                     float* c) {
    multiply({.rows = rows,
              .cols = cols,
              .inner = inner,
              .batch = images,
              .stride_b = static_cast<std::ptrdiff_t>(inner) * cols,
              .stride_c = static_cast<std::ptrdiff_t>(rows) * cols},
             rows, a, b, c);
  }

  SocsPlan socs() const {
    SocsPlan socs = plan_.socs();
    socs.group = arrays_.groups;
    socs.kernels = arrays_.kernels;
    socs.roots_x = arrays_.roots_x;
    socs.roots_y = arrays_.roots_y;
    socs.workspace = scratch_blocks_ > 0 ? arrays_.socs_scratch : nullptr;
    return socs;
  }
  // body.first: of the launch; all at once where a block's field lies in shared memory.
  template <class Body>
  void launch_groups(Body body) {
    const long blocks = static_cast<long>(clips_) * body.plan.groups;
    const long at_once = scratch_blocks_ > 0 ? scratch_blocks_ : blocks;
    const std::size_t shared = scratch_blocks_ > 0 ? 0 : body.plan.bytes();
    for (long first = 0; first < blocks; first += at_once) {
      body.first = static_cast<int>(first);
      device_.launch(body, std::min(at_once, blocks - first), shared);
    }
  }

  // Parameters to images on the working grid.
  void launch_images() {
    const int rows = plan_.rows, cols = plan_.cols, nx = plan_.x.length, ny = plan_.y.length;
    const int images = clips_ * plan_.conditions;
    share_out(MaskOfParameters{arrays_.terms, arrays_.parameters, arrays_.mask, pixels()}, pixels());
    multiply_right(clips_, 1, rows, cols, plan_.order_cols(), arrays_.mask, arrays_.order_xt,
                   arrays_.half_changed);
    multiply_left(clips_, plan_.order_rows(), rows, plan_.order_cols(), arrays_.order_y,
                  arrays_.half_changed, arrays_.real_orders);
    const float scale = 1.0f / static_cast<float>(plan_.pixels());
    share_out(OrdersFromReal{arrays_.real_orders, arrays_.orders, plan_.half_x, plan_.half_y, clips_,
                             scale},
              static_cast<long>(clips_) * plan_.orders());
    launch_groups(SocsIntensity{socs(), arrays_.orders, arrays_.group_points, 0});
    share_out(SumGroups{arrays_.group_points, arrays_.first_group, arrays_.field, plan_.points(),
                        static_cast<int>(plan_.groups.size()), plan_.conditions, clips_},
              static_cast<long>(images) * plan_.points());
    multiply_right(images, plan_.conditions, ny, nx, cols, arrays_.field, arrays_.image_xt,
                   arrays_.half_changed);
    multiply_left(images, rows, ny, cols, arrays_.image_y, arrays_.half_changed, arrays_.images);
  }

  // Images to losses and the gradient.
  void launch_gradient() {
    const int rows = plan_.rows, cols = plan_.cols, nx = plan_.x.length, ny = plan_.y.length;
    const int images = clips_ * plan_.conditions;
    const long pixel_blocks = static_cast<long>(clips_) * plan_.shares;
    PixelSums* sums = reinterpret_cast<PixelSums*>(arrays_.share_sums);
    device_.launch(
        WindowLoss{arrays_.terms, clip_pixels(), plan_.conditions, plan_.pixel_nm * plan_.pixel_nm,
                   plan_.flare, arrays_.orders, plan_.orders(), arrays_.images, arrays_.target,
                   has_weight_ ? arrays_.weight : nullptr, sums},
        pixel_blocks);
    multiply_left(images, ny, rows, cols, arrays_.image_yt, arrays_.images, arrays_.half_changed);
    multiply_right(images, plan_.conditions, ny, cols, nx, arrays_.half_changed, arrays_.image_x,
                   arrays_.field);
    launch_groups(SocsAdjoint{socs(), arrays_.orders, arrays_.field, arrays_.group_orders, 0});
    share_out(RealFromGroups{arrays_.group_orders, arrays_.real_orders, plan_.half_x, plan_.half_y,
                             static_cast<int>(plan_.groups.size()), clips_,
                             1.0f / static_cast<float>(plan_.pixels())},
              static_cast<long>(clips_) * plan_.orders());
    multiply_right(clips_, 1, plan_.order_rows(), plan_.order_cols(), cols, arrays_.real_orders,
                   arrays_.order_x, arrays_.half_changed);
    multiply_left(clips_, rows, plan_.order_rows(), cols, arrays_.order_yt, arrays_.half_changed,
                  arrays_.gradient);
    device_.launch(ParameterGradient{arrays_.terms, clip_pixels(), rows, cols, plan_.pixel_nm,
                                     plan_.flare, arrays_.mask, has_free_ ? arrays_.free : nullptr,
                                     arrays_.gradient, sums},
                   pixel_blocks);
    share_out(SumShares{arrays_.share_sums, arrays_.clip_sums, k_pixel_sums, plan_.shares, clips_},
              static_cast<long>(clips_) * k_pixel_sums);
  }

  Device& device_;
  IltPlan plan_;
  int clips_;
  int scratch_blocks_;
  IltArrays arrays_{};
  DeviceMemory<Device> workspace_;
  std::vector<float*> vectors_;
  std::vector<DeviceMemory<Device>> added_;
  bool has_free_ = false, has_weight_ = false;  // of any clip
  typename Device::Graph graph_;
};

}  // namespace reticle::cuda
