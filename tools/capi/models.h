// SPDX-License-Identifier: Apache-2.0
// What the handles of models stand for.
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "litho/geometry/polygon.h"
#include "litho/imaging/mask_images.h"
#include "litho/imaging/optical_model.h"
#include "tools/capi/handles.h"

namespace reticle::capi {

// A model and the plans of its threads.
struct Model {
  explicit Model(OpticalModel given) : optics(std::move(given)), fast(optics), exact(optics) {}
  const OpticalModel optics;
  MaskImagePool<float> fast;
  MaskImagePool<double> exact;
};

Registry<Model, reticle_model>& models();

// In nm. Throws Error(invalid_argument) naming `name`.
std::vector<Polygon> polygons_from(const reticle_polygons* polygons, const char* name);

}  // namespace reticle::capi
