// SPDX-License-Identifier: Apache-2.0
// DeviceIltBatch: inverse lithography of a batch of clips in one device's memory.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "kernels/base/error.h"
#include "kernels/cuda/device_imaging.h"
#include "kernels/cuda/device_memory.h"
#include "kernels/cuda/device_outline.h"
#include "kernels/cuda/grid_bodies.h"
#include "kernels/engine/ilt_batch.h"

namespace reticle::cuda {

template <class Device>
class DeviceIltBatch final : public IltBatch {
 public:
  DeviceIltBatch(Device& device, const ImagingProblem& problem, int clips)
      : device_(device),
        plan_(plan_imaging(problem)),
        clips_(clips),
        workspace_(device, [&](Layout layout) { return placed(layout); }),
        outline_(device),
        imaging_(device, plan_, arrays_.imaging) {
    imaging_.upload_tables(problem);
    vectors_ = {arrays_.parameters, arrays_.gradient};
  }

  int clips() const override { return clips_; }

  void set_clip(int clip, const IltClip& content) override {
    check_clip(clip);
    for (const auto& view : {content.parameters, content.target, content.free, content.weight, content.unresolved})
      if (view.data != nullptr && (view.rows != plan_.rows || view.cols != plan_.cols))
        throw Error(ErrorCode::invalid_argument, "clip image does not have the working grid's size");
    {
      const std::lock_guard lock(calls_);
      move();
      if (!content.outline.empty())
        outline_.launch_coverage(content.outline, plan_.rows, plan_.cols, of_clip(arrays_.target, clip));
      if (content.free.data != nullptr) require(has_free_, arrays_.free, 1.0f);
      if (content.weight.data != nullptr) require(has_weight_, arrays_.weight, 1.0f);
      if (content.unresolved.data != nullptr) require(has_unresolved_, arrays_.unresolved, 0.0f);
    }
    // Which take most of the time: of several threads at once.
    upload_pixels(arrays_.parameters, clip, content.parameters);
    upload_pixels(arrays_.target, clip, content.target);
    upload_pixels(arrays_.free, clip, content.free);
    upload_pixels(arrays_.weight, clip, content.weight);
    upload_pixels(arrays_.unresolved, clip, content.unresolved);
  }

  void continue_from(const IltBatch& before) override {
    const auto& other = dynamic_cast<const DeviceIltBatch&>(before);
    if (other.clips_ != clips_)
      throw Error(ErrorCode::invalid_argument, "a batch continues from one of as many clips");
    other.move();
    move();
    share_out(Resample{other.arrays_.parameters, other.plan_.rows, other.plan_.cols, arrays_.parameters,
                       plan_.rows, plan_.cols, clips_},
              pixels());
  }

  void evaluate(const IltTerms& terms) override {
    if (terms.window.conditions > plan_.conditions)
      throw Error(ErrorCode::invalid_argument, "the process window has more conditions than the model");
    if (const WindowKind kind = kind_of(terms.window); kind != kind_) {
      kind_ = kind;
      graph_ = {};
    }
    const int slot = evaluations_++ % k_losses_kept;
    device_.launch(SetTerms{{terms, slot, step_.has_value(), step_.value_or(pixel::AdamFactors{})}, arrays_.terms}, 1);
    step_.reset();
    device_.replay(graph_, [&] { launch_evaluation(); });
  }

  std::vector<IltLoss> losses() override { return losses_of(std::max(evaluations_ - 1, 0)); }

  std::vector<std::vector<IltLoss>> take_losses() override {
    std::vector<std::vector<IltLoss>> taken;
    for (int i = std::max(taken_, evaluations_ - k_losses_kept); i < evaluations_; ++i)
      taken.push_back(losses_of(i));
    taken_ = evaluations_;
    return taken;
  }

  // The step waits for the next evaluation, whose mask is made with it, or for whoever asks for parameters.
  void adam(const AdamStep& step) override {
    move();
    if (step.step == 1) {
      device_.clear(arrays_.moment1, vector_bytes(plan_, clips_));
      device_.clear(arrays_.moment2, vector_bytes(plan_, clips_));
    }
    step_ = pixel::adam_factors(step.step, step.rate, step.beta1, step.beta2);
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
    move();
    std::vector<float> factors;
    for (const auto* values : {&a, &b})
      for (int c = 0; c < clips_; ++c)
        factors.push_back(static_cast<float>(values->at(static_cast<std::size_t>(c))));
    device_.upload(arrays_.factors, factors.data(), factors.size() * sizeof(float));
    share_out(Combine{arrays_.factors, vector(target), vector(x), vector(y), plan_.pixels(), clips_},
              pixels());
  }

  std::vector<double> dot(int x, int y) override {
    move();
    device_.launch(Dot{clip_pixels(), vector(x), vector(y), arrays_.share_sums},
                   static_cast<long>(clips_) * plan_.shares);
    // Behind the sums of the shares; the array has room for k_pixel_sums of each.
    double* sums = arrays_.share_sums + static_cast<std::ptrdiff_t>(clips_) * plan_.shares;
    device_.launch(SumShares{arrays_.share_sums, sums, plan_.shares}, clips_);
    std::vector<double> result(static_cast<std::size_t>(clips_));
    device_.download(result.data(), sums, result.size() * sizeof(double));
    return result;
  }

  void get_parameters(int clip, ImageView<float> parameters) const override {
    check_clip(clip);
    move_once();
    device_.download(parameters.data, of_clip(arrays_.parameters, clip), vector_bytes(plan_, 1));
  }

  // Rows at a time, through memory of the clip that only evaluate() needs.
  void cut_mask(int clip, int factor, ImageView<std::uint8_t> mask) override {
    check_clip(clip);
    move_once();
    const std::size_t room = vector_bytes(plan_, 1) * static_cast<std::size_t>(plan_.conditions);
    std::uint8_t* scratch = reinterpret_cast<std::uint8_t*>(arrays_.images) + static_cast<std::size_t>(clip) * room;
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
  // Windows that the loss has code of its own for: the usual ones, an outer and an inner corner beside the nominal one and
  // the band between them, whose prints are all compared with the target, or the nominal one only.
  enum class WindowKind { any, nominal_target, all_targets, three_conditions };
  WindowKind kind_of(const pixel::ProcessWindow<float>& window) const {
    if (plan_.conditions == 2 && pixel::UsualCounts<1>::is(window)) return WindowKind::nominal_target;
    if (plan_.conditions == 2 && pixel::UsualCounts<3>::is(window)) return WindowKind::all_targets;
    const bool three = window.conditions == 3 && window.corners == 3 && window.bands == 1;
    return plan_.conditions == 3 && three ? WindowKind::three_conditions : WindowKind::any;
  }
  std::size_t placed(Layout& layout) {
    place(layout, plan_, clips_, scratch_blocks(plan_, device_.shared_limit()), arrays_);
    return layout.bytes();
  }
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

  Moved moved() const { return {arrays_.gradient, arrays_.parameters, arrays_.moment1, arrays_.moment2}; }
  // The step that waits.
  void move() const {
    if (!step_) return;
    share_out(AdamUpdate{*step_, moved(), pixels()}, pixels());
    step_.reset();
  }
  // Of several threads at once.
  void move_once() const {
    const std::lock_guard lock(calls_);
    move();
  }

  template <class Body>
  void share_out(const Body& body, long items) const {
    device_.launch(body, blocks_over(items));
  }

  void upload_pixels(float* array, int clip, ImageView<const float> given) {
    if (given.data != nullptr) device_.upload(of_clip(array, clip), given.data, vector_bytes(plan_, 1));
  }

  // What no clip has is not read at all; where one has it, the others' is `otherwise`.
  void require(bool& any, float* array, float otherwise) {
    if (any) return;
    share_out(Fill{array, otherwise, pixels()}, pixels());
    any = true;
    graph_ = {};
  }

  std::vector<IltLoss> losses_of(int evaluation) {
    std::vector<PixelSums> sums(static_cast<std::size_t>(clips_));
    device_.download(sums.data(),
                     arrays_.losses + static_cast<std::ptrdiff_t>(evaluation % k_losses_kept) * clips_ * k_pixel_sums,
                     sums.size() * sizeof(PixelSums));
    std::vector<IltLoss> losses;
    for (const PixelSums& sum : sums) losses.push_back({sum.fidelity, sum.band, sum.regularity});
    return losses;
  }

  // Parameters to losses and the gradient.
  void launch_evaluation() {
    const long pixel_blocks = static_cast<long>(clips_) * plan_.shares;
    PixelSums* sums = reinterpret_cast<PixelSums*>(arrays_.share_sums);
    const float* unresolved = has_unresolved_ ? arrays_.unresolved : nullptr;
    share_out(MaskOfParameters{arrays_.terms, moved(), unresolved, arrays_.mask, pixels()}, pixels());
    imaging_.launch_orders(0, clips_, arrays_.mask);
    imaging_.launch_images(clips_, arrays_.images);
    const auto launch_loss = [&]<class Counts>(std::type_identity<Counts>) {
      device_.launch(
          WindowLoss<Counts>{arrays_.terms, clip_pixels(), plan_.conditions, plan_.pixel_nm * plan_.pixel_nm,
                             arrays_.images, arrays_.target, has_weight_ ? arrays_.weight : nullptr, sums},
          pixel_blocks);
    };
    switch (kind_) {
      case WindowKind::nominal_target: launch_loss(std::type_identity<pixel::UsualCounts<1>>{}); break;
      case WindowKind::all_targets: launch_loss(std::type_identity<pixel::UsualCounts<3>>{}); break;
      case WindowKind::three_conditions: launch_loss(std::type_identity<pixel::FixedCounts<3, 3, 1>>{}); break;
      case WindowKind::any: launch_loss(std::type_identity<pixel::AnyCounts>{}); break;
    }
    imaging_.launch_adjoint(clips_, arrays_.images, arrays_.gradient);
    device_.launch(ParameterGradient{arrays_.terms, clip_pixels(), plan_.rows, plan_.cols, plan_.pixel_nm,
                                     arrays_.mask, unresolved, has_free_ ? arrays_.free : nullptr, arrays_.gradient, sums},
                   pixel_blocks);
    device_.launch(KeepLosses{arrays_.terms, arrays_.share_sums, arrays_.losses, plan_.shares, clips_}, clips_);
  }

  Device& device_;
  ImagingPlan plan_;
  int clips_;
  IltArrays arrays_{};
  DeviceArrays<Device> workspace_;
  DeviceOutline<Device> outline_;
  DeviceImaging<Device> imaging_;
  std::vector<float*> vectors_;
  std::vector<DeviceMemory<Device>> added_;
  mutable std::mutex calls_;  // of threads that bring and fetch clips
  bool has_free_ = false, has_weight_ = false, has_unresolved_ = false;  // of any clip
  WindowKind kind_ = WindowKind::any;           // of the last evaluation's window
  mutable std::optional<pixel::AdamFactors> step_;  // that waits
  int evaluations_ = 0, taken_ = 0;
  typename Device::Graph graph_;
};

}  // namespace reticle::cuda
