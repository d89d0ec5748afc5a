// Engine: a device that runs stages over batches. One per worker thread; it owns plans and memory.
#pragma once

#include <memory>
#include <string>

#include "kernels/engine/ilt_batch.h"

namespace reticle {

class Engine {
 public:
  virtual ~Engine() = default;
  // One line for people: which device.
  virtual std::string description() const = 0;
  // How many of `wanted` clips to hand to one IltBatch: as many as the device's memory holds.
  // Throws Error(out_of_memory), naming the bytes wanted and free, if not even one fits.
  virtual int batch_size(const IltProblem& problem, int wanted) const = 0;
  virtual std::unique_ptr<IltBatch> make_ilt(const IltProblem& problem, int clips) = 0;
};

// The engine on one core of the host.
std::unique_ptr<Engine> make_cpu_engine();

}  // namespace reticle
