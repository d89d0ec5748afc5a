// SPDX-License-Identifier: Apache-2.0
// What each file of bindings adds to the module, and what they share.
#pragma once

#include <nanobind/nanobind.h>

#include <memory>
#include <string>
#include <utility>

#include "litho/imaging/mask_images.h"
#include "litho/imaging/optical_model.h"
#include "litho/optics/settings.h"

namespace reticle::python {

void bind_optics(nanobind::module_& m);
void bind_model(nanobind::module_& m);
void bind_abbe(nanobind::module_& m);
void bind_correction(nanobind::module_& m);
void bind_device(nanobind::module_& m);
void bind_files(nanobind::module_& m);
void bind_jobs(nanobind::module_& m);
void bind_loss(nanobind::module_& m);
void bind_metrology(nanobind::module_& m);
void bind_verification(nanobind::module_& m);

// A model and the plans of its threads.
struct Model {
  explicit Model(OpticalModel given) : optics(std::move(given)), fast(optics), exact(optics) {}
  template <class T>
  MaskImagePool<T>& pool() {
    if constexpr (sizeof(T) == sizeof(float)) return fast;
    else return exact;
  }

  const OpticalModel optics;
  MaskImagePool<float> fast;
  MaskImagePool<double> exact;
};

// The settings of a model's recipe, with its source map where it has one.
struct Optics {
  OpticsSettings settings;
};

// Where an image is wanted, and the shape of its array.
struct Places {
  ImagePlaces places;
  std::vector<std::size_t> shape;
};

// The field of one period from this corner.
Box field_at(double period_x_nm, double period_y_nm, std::pair<double, double> origin_nm);

}  // namespace reticle::python
