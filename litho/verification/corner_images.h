// Images of one mask after another at the corners of a process window, in memory taken once.
#pragma once

#include <cstdint>
#include <string>

#include "kernels/base/image.h"
#include "kernels/base/spectrum.h"
#include "litho/ilt/settings.h"
#include "litho/geometry/bit_image.h"
#include "litho/imaging/optical_model.h"
#include "litho/imaging/simulator.h"

namespace reticle {

// The corner of that name, or the first.
const ProcessCorner& corner_named(const IltSettings& settings, const std::string& name);

// Holds the simulator's plans and one image, 4 bytes a pixel. Not thread-safe: one per thread. The
// model outlives it.
class CornerImages {
 public:
  explicit CornerImages(const OpticalModel& model);

  // Pixels that together cover the field: transmissions. Ends the use of an image from at().
  void set_mask(ImageView<const std::uint8_t> mask);
  // The image in resist on the mask's pixels at a corner's focus and dose 1, until the next call for
  // another focus.
  ImageView<const float> at_focus_of(const ProcessCorner& corner);
  // What prints there: the resist's threshold over dose^2.
  double threshold(const ProcessCorner& corner) const {
    return model_.resist.threshold / (corner.dose * corner.dose);
  }
  // at_focus_of() where it reaches threshold().
  BitImage print(const ProcessCorner& corner);

 private:
  const OpticalModel& model_;
  Simulator<float> simulator_;
  Spectrum<float> spectrum_;  // of the mask
  Image<float> pixels_;       // the mask's, then an image's
  const SocsKernels* focus_ = nullptr;  // of the image; none: the mask
};

}  // namespace reticle
