// SPDX-License-Identifier: Apache-2.0
// ImageBatch: images of a batch of masks at the centres of a grid's pixels, in an engine's memory.
#pragma once

#include <cstdint>

#include "kernels/base/image.h"
#include "kernels/base/spectrum.h"
#include "kernels/engine/imaging_problem.h"

namespace reticle {

class ImageBatch {
 public:
  virtual ~ImageBatch() = default;
  virtual int clips() const = 0;

  // A mask as pixels of the problem's grid, 1 where drawn.
  // Throws Error(invalid_argument) for an image of another size.
  virtual void set_mask(int clip, ImageView<const std::uint8_t> mask) = 0;
  // A mask as the Fourier coefficients of what is drawn, of the stack's half widths; else Error(invalid_argument).
  virtual void set_mask(int clip, const Spectrum<float>& orders) = 0;

  // The images of all clips and conditions at dose 1, as the resist sees them.
  virtual void run() = 0;
  // Waits until run() is done.
  virtual void finish() = 0;

  // Image of the last run(), [rows, cols].
  virtual void get_image(int clip, int condition, ImageView<float> image) = 0;
  // 1 where dose^2 times the image reaches the threshold, else 0.
  virtual void get_print(int clip, int condition, float dose, float threshold,
                         ImageView<std::uint8_t> print) = 0;
};

}  // namespace reticle
