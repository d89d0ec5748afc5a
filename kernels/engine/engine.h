// SPDX-License-Identifier: Apache-2.0
// Engine: a device that runs stages over batches. One per worker thread; it owns plans and memory.
#pragma once

#include <memory>
#include <string>

#include "kernels/engine/ilt_batch.h"
#include "kernels/engine/image_batch.h"
#include "kernels/engine/pixel_images.h"

namespace reticle {

class Engine {
 public:
  virtual ~Engine() = default;
  // One line for people: which device.
  virtual std::string description() const = 0;

  // How many of `wanted` clips to hand to one IltBatch: as many as the device's memory holds beside a
  // batch on a grid of half as many rows and columns (continue_from()), with what add_vectors() adds.
  // Throws Error(out_of_memory), naming the bytes wanted and free, if not even one fits.
  virtual int batch_size(const ImagingProblem& problem, int wanted, int added_vectors) const = 0;
  virtual std::unique_ptr<IltBatch> make_ilt(const ImagingProblem& problem, int clips) = 0;

  // The same for images.
  virtual int image_batch_size(const ImagingProblem& problem, int wanted) const = 0;
  virtual std::unique_ptr<ImageBatch> make_images(const ImagingProblem& problem, int clips) = 0;

  // Of one mask of pixels in the engine's memory.
  virtual std::unique_ptr<PixelImages> make_pixel_images(const ImagingProblem& problem) = 0;
  // Throws Error(out_of_memory). The engine lives longer.
  virtual std::unique_ptr<EngineMemory> allocate(std::size_t bytes) = 0;
};

// The engine on one core of the host.
std::unique_ptr<Engine> make_cpu_engine();

}  // namespace reticle
