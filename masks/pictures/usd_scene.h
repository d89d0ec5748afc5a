// SPDX-License-Identifier: Apache-2.0
// A printed place as a scene in USD's text form (.usda), for usdview, Omniverse and other programs that
// read it: the resist as a surface through focus, with what is drawn and what prints as curves.
//
// One unit is a nm (metersPerUnit = 1e-9), z is up, x and y are the layout's. Frames are the model's
// conditions: time code 0 is the first.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "kernels/base/image.h"
#include "litho/geometry/polygon.h"

namespace reticle {

struct UsdFrame {
  std::string condition;
  double focus_nm = 0.0;
  Image<float> height_nm;                 // of the resist at the samples
  std::vector<Polygon> printed;           // rings
};

struct UsdScene {
  std::string name;
  Point first, pitch;                     // of the samples, nm
  std::vector<Polygon> target, mask;      // rings
  std::vector<UsdFrame> frames;           // of one size
  double mask_height_nm = 0.0;            // where the mask's outlines are drawn
};

// Throws Error(io) if it cannot be written.
void write_usd(const std::filesystem::path& path, const UsdScene& scene);

}  // namespace reticle
