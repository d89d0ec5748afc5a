// SPDX-License-Identifier: Apache-2.0
// Images of one mask after another at the corners of a process window, in memory taken once.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "kernels/base/image.h"
#include "kernels/base/spectrum.h"
#include "litho/ilt/settings.h"
#include "litho/geometry/bit_image.h"
#include "litho/imaging/optical_model.h"
#include "litho/imaging/resist_image.h"
#include "litho/imaging/simulator.h"

namespace reticle {

// The corner of that name, or the first.
const ProcessCorner& corner_named(const IltSettings& settings, const std::string& name);

// Holds the simulator's plans and one image, 4 bytes a pixel. Not thread-safe: one per thread. The
// model outlives it.
class CornerImages {
 public:
  explicit CornerImages(const OpticalModel& model);
  // Of corners whose masks may have errors of their CD.
  CornerImages(const OpticalModel& model, const IltSettings& settings);

  // Pixels that together cover the field, 1 where drawn. Ends the use of an image from at().
  void set_mask(ImageView<const std::uint8_t> mask);
  void set_mask(ImageView<const float> mask);  // grey
  // The image in resist on the mask's pixels at a corner's focus and dose 1, until the next call for
  // another focus or error of the mask's CD.
  ImageView<const float> at_focus_of(const ProcessCorner& corner);
  // What prints there, of an image at dose 1.
  PrintLevel level(const ProcessCorner& corner) const { return model_.resist.level().at_dose(corner.dose); }
  // Where at_focus_of() prints at level().
  BitImage print(const ProcessCorner& corner);

 private:
  template <class Pixel>
  void take(ImageView<const Pixel> mask);

  const OpticalModel& model_;
  Simulator<float> simulator_;
  ImageReader<float> reader_;
  struct MaskSpectrum {
    double bias_nm = 0.0;
    Spectrum<float> spectrum;
  };
  std::vector<MaskSpectrum> spectra_;  // of the mask, and of those with errors of its CD
  Image<float> pixels_;       // the mask's, then an image's
  const SocsKernels* focus_ = nullptr;  // of the image; none: the mask
  double bias_nm_ = 0.0;
};

}  // namespace reticle
