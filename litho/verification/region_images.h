// SPDX-License-Identifier: Apache-2.0
// The images of one mask at the focuses of a process window, sampled over one period and a little beyond.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <utility>

#include "kernels/base/image.h"
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

  // What is given is looked at until the next mask.
  void set_mask(std::span<const Polygon> polygons, const Box& field);
  void set_mask(ImageView<const float> pixels, const Box& field);
  void set_mask(ImageView<const std::uint8_t> pixels, const Box& field);  // of 0 and 1
  // What prints at a corner; until the next mask.
  Print print(const ProcessCorner& corner);
  // In resist, at dose 1, of a condition of the model, what is drawn wider by an error of the mask's CD; until
  // the next mask.
  const SampledImage& image(int condition, double cd_error_nm = 0.0);
  int conditions() const { return static_cast<int>(model_.conditions.size()); }
  Point pitch() const { return pitch_; }

 private:
  void begin(const Box& field);
  const OpticalModel& model_;
  Simulator<float> simulator_;
  int rows_, cols_;
  Point pitch_;
  Image<float> period_;  // of the image being made
  Spectrum<float> spectrum_of(double cd_error_nm);

  std::span<const Polygon> polygons_;  // the mask's, or its pixels
  ImageView<const float> pixels_;
  ImageView<const std::uint8_t> binary_;
  Image<std::uint8_t> given_;  // of 0 and 1, as float
  Box field_;
  std::map<double, Spectrum<float>> spectra_;                      // by error of the CD
  std::map<std::pair<int, double>, SampledImage> images_;  // by condition and error of the CD
};

}  // namespace reticle
