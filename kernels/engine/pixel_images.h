// SPDX-License-Identifier: Apache-2.0
// PixelImages: images of masks whose pixels lie in an engine's memory, and their gradients, for arrays of others.
//
//   I = what the resist sees in the problem's condition, times `exposure` (dose^2)
#pragma once

#include "kernels/base/error.h"
#include "kernels/engine/imaging_problem.h"

namespace reticle {

// Arrays are [rows, cols] of the problem's grid in the engine's memory: a device's, or the host's of the CPU engine. What
// others have launched on the device is waited for, and what is given back is ready.
class PixelImages {
 public:
  virtual ~PixelImages() = default;
  virtual void image(const float* mask, float exposure, float* image) = 0;
  // Of L with dL/dI = d_image, for the mask last imaged: d_mask receives dL/dM. Returns sum d_image I.
  virtual double gradient(const float* d_image, float exposure, float* d_mask) = 0;
};

// Throws Error(invalid_argument).
inline void require_one_condition(const ImagingProblem& problem) {
  if (problem.stack.conditions.size() != 1)
    throw Error(ErrorCode::invalid_argument, "images of pixels in an engine's memory are of one condition");
}

// Memory of an engine, for arrays that outlive a call.
class EngineMemory {
 public:
  virtual ~EngineMemory() = default;
  virtual void* data() const = 0;
};

}  // namespace reticle
