// SPDX-License-Identifier: Apache-2.0
// IltBatch: the state of inverse lithography for a batch of clips on one grid, in an engine's memory.
//
//   mask M = sigmoid(mask_slope p) + unresolved,  images I = SOCS(M),  L = A (window terms summed over pixels)
//                                                            + regularity(M)
//
// A is the pixel's area in nm2, so that losses on different grids compare. Optimisers live in
// litho/correction and steer through the vector operations below; pixels never leave the engine
// between set_clip() and the final result.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "kernels/base/image.h"
#include "kernels/engine/imaging_problem.h"
#include "kernels/pixel/coverage.h"
#include "kernels/pixel/process_window.h"

namespace reticle {

// What a schedule may change from one iteration to the next.
struct IltTerms {
  pixel::ProcessWindow<float> window;
  float mask_slope = 4.0f;
  float total_variation = 0.0f;  // weight per nm of contour length: sum |grad M| pixel_nm
  float curvature = 0.0f;        // weight of sum (laplacian M)^2, in nm2 per pixel
  float discreteness = 0.0f;     // weight of 4 M (1 - M), in nm2
};

// Sums over one clip, in nm2.
struct IltLoss {
  double fidelity = 0.0;
  double band = 0.0;
  double regularity = 0.0;
  double total() const { return fidelity + band + regularity; }
};

// What a clip is corrected to, and from what. Images are [rows, cols] of the working grid. What is empty stays as it is.
struct IltClip {
  ImageView<const float> parameters;
  ImageView<const float> target;                  // covered fraction of each pixel; or
  std::span<const pixel::OutlineEdge> outline;    // the edges of what is drawn, in pixels
  ImageView<const float> free;                    // 1 where the mask may change, 0 where not; at first 1
  ImageView<const float> weight;                  // of each pixel in the loss; at first 1
  ImageView<const float> unresolved;              // added to the mask of the parameters; at first 0
};

// Adam [Kingma & Ba 2015]; step counts from 1.
struct AdamStep {
  int step = 1;
  float rate = 0.05f;
  float beta1 = 0.9f;
  float beta2 = 0.999f;
};

class IltBatch {
 public:
  // Vectors of one number per pixel and clip. Further ones come from add_vectors().
  static constexpr int k_parameters = 0;
  static constexpr int k_gradient = 1;

  virtual ~IltBatch() = default;
  virtual int clips() const = 0;

  // This, get_parameters() and cut_mask() may be called of different clips by several threads at once. Throws
  // Error(invalid_argument) for an image of another size.
  virtual void set_clip(int clip, const IltClip& content) = 0;
  // Takes the parameters of another batch of this engine with as many clips, on any grid over the same
  // field, by cubic convolution [Keys 1981].
  virtual void continue_from(const IltBatch& before) = 0;

  // Losses of the parameters, and their gradient into k_gradient.
  virtual void evaluate(const IltTerms& terms) = 0;
  // Of the last evaluate(), one per clip. Waits for the engine.
  virtual std::vector<IltLoss> losses() = 0;
  // [evaluation][clip] of the evaluations since the last call, at most the last k_losses_kept, oldest
  // first: so that the engine need not be waited for at every step.
  static constexpr int k_losses_kept = 32;
  virtual std::vector<std::vector<IltLoss>> take_losses() = 0;

  // parameters -= Adam's step along k_gradient, which holds nothing of use until the next evaluate(); keeps its own moments,
  // cleared by step 1.
  virtual void adam(const AdamStep& step) = 0;

  // Index of the first of `count` new vectors, zero.
  virtual int add_vectors(int count) = 0;
  // target = a[clip] x + b[clip] y; any of them may be the same vector.
  virtual void combine(int target, const std::vector<double>& a, int x,
                       const std::vector<double>& b, int y) = 0;
  // Sum over the pixels of x y, per clip, in double and in a fixed order.
  virtual std::vector<double> dot(int x, int y) = 0;

  virtual void get_parameters(int clip, ImageView<float> parameters) const = 0;
  // The parameters, interpolated by cubic convolution [Keys 1981] onto a grid `factor` times finer
  // and cut at zero: 1 where positive. mask: [rows * factor, cols * factor].
  virtual void cut_mask(int clip, int factor, ImageView<std::uint8_t> mask) = 0;
};

}  // namespace reticle
