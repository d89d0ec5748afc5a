// The images of one mask at the focuses of a process window, sampled over one period and a little beyond.
#pragma once

#include <map>
#include <span>

#include "kernels/base/spectrum.h"
#include "litho/ilt/settings.h"
#include "litho/imaging/optical_model.h"
#include "litho/imaging/simulator.h"
#include "litho/verification/print_outline.h"
#include "litho/verification/sampled_image.h"

namespace reticle {

// Not thread-safe: one per thread. The model outlives it.
class RegionImages {
 public:
  explicit RegionImages(const OpticalModel& model);

  void set_mask(std::span<const Polygon> polygons, const Box& field);
  void set_mask(ImageView<const float> pixels, const Box& field);
  // What prints at a corner; until the next mask.
  Print print(const ProcessCorner& corner);
  // In resist, at dose 1, of a condition of the model; until the next mask.
  const SampledImage& image(int condition);
  Point pitch() const { return pitch_; }

 private:
  const OpticalModel& model_;
  Simulator<float> simulator_;
  int rows_, cols_;
  Point pitch_;
  Spectrum<float> spectrum_;
  Box field_;
  std::map<int, SampledImage> images_;  // by condition
};

}  // namespace reticle
