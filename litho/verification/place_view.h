// SPDX-License-Identifier: Apache-2.0
// What a place of a verified region looks like: outlines, and its images at all focuses, to be shown at
// any dose and focus.
#pragma once

#include <vector>

#include "kernels/base/image.h"
#include "litho/imaging/optical_model.h"
#include "litho/verification/region_check.h"
#include "litho/verification/region_images.h"

namespace reticle {

struct PlaceView {
  Box box;                            // nm
  std::vector<Polygon> target, mask;  // rings, cut to the box
  Point first, pitch;                 // of the samples
  std::vector<Image<float>> images;   // in resist, of each condition of the model; a little beyond the box
};

// Of images that hold the region's mask.
PlaceView view_of(RegionImages& images, const Region& region, const Box& box);

// Views one place after another. Not thread-safe. The model outlives it.
class PlaceViewer {
 public:
  explicit PlaceViewer(const OpticalModel& model) : images_(model) {}
  // Part of a region.
  PlaceView view(const Region& region, const Box& box);

 private:
  RegionImages images_;
};

}  // namespace reticle
