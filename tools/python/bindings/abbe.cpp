// SPDX-License-Identifier: Apache-2.0
// Abbe imaging: exact images source point by source point, and gradients in source, pupil, focus and mask.
#include <nanobind/stl/optional.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <algorithm>
#include <optional>

#include "litho/imaging/polygon_spectrum.h"
#include "litho/imaging/resist_image.h"
#include "litho/optics/abbe_imaging.h"
#include "litho/optics/socs_builder.h"
#include "litho/optics/source_refinement.h"
#include "tools/python/bindings/arrays.h"
#include "tools/python/bindings/bindings.h"
#include "tools/python/bindings/masks.h"

using namespace nanobind::literals;

namespace reticle::python {

namespace {

// What an image of these optics is asked for; None leaves a value as the recipe has it.
struct AbbeQuery {
  std::optional<Array> source;     // map over sigma -1..1
  std::optional<Array> zernikes;   // waves, fringe Z1..
  double focus_nm = 0.0;
  double dose = 1.0;
  bool resist = false;
};

struct AbbeCase {
  OpticsSettings settings;
  std::vector<SourcePoint> points;
  std::vector<int> pixels;  // [point] place in the map; empty: no map
};

AbbeCase case_of(const Optics& optics, const AbbeQuery& query) {
  AbbeCase result{optics.settings, {}, {}};
  if (query.zernikes) {
    require_doubles(*query.zernikes, "zernikes_waves", 1);
    const auto* waves = static_cast<const double*>(query.zernikes->data());
    result.settings.zernikes_waves.assign(waves, waves + query.zernikes->size());
  }
  if (query.source) {
    require_doubles(*query.source, "source", 2);
    SourceSettings& source = result.settings.source;
    source.shape = SourceShape::freeform;
    source.allow_sigma_above_one = true;  // the array is the caller's, corners and all
    source.map_reach = 1.0;
    source.map = Image<double>(static_cast<int>(query.source->shape(0)), static_cast<int>(query.source->shape(1)));
    std::copy_n(static_cast<const double*>(query.source->data()), query.source->size(), source.map.data());
  }
  if (!(query.dose > 0.0)) refuse("dose: a number above 0 is wanted");
  if (!std::isfinite(query.focus_nm)) refuse("focus_nm: a finite number is wanted");
  validate(result.settings);
  if (result.settings.source.shape == SourceShape::freeform && result.settings.source.blur_sigma == 0.0) {
    MapPoints map = points_of_map(result.settings);
    result.points = std::move(map.points);
    result.pixels = std::move(map.pixels);
  } else {
    result.points = refined_source(result.settings);
  }
  return result;
}

template <class T>
std::vector<Spectrum<T>> spectra_of(const PixelBatch<T>& masks, const AbbeImaging<T>& imaging, ImageReader<T>& reader) {
  std::vector<Spectrum<T>> spectra;
  for (std::size_t i = 0; i < masks.count(); ++i) {
    spectra.emplace_back(imaging.half_x(), imaging.half_y());
    reader.band(masks.rows(), masks.cols(), imaging.half_x(), imaging.half_y()).analyze(masks[i], spectra.back());
    require_finite(spectra.back());
  }
  return spectra;
}

template <class T>
nb::object image_of(const Optics& optics, const Array& mask, const AbbeQuery& query, const Places& places) {
  const PixelBatch<T> masks(mask);
  const std::size_t size = count(places.places);
  std::vector<T> out(masks.count() * size);
  {
    const nb::gil_scoped_release released;
    const AbbeCase at = case_of(optics, query);
    const AbbeImaging<T> imaging(at.settings, at.points, query.focus_nm);
    ImageReader<T> reader;
    std::vector<Spectrum<T>> images = imaging.intensity(spectra_of(masks, imaging, reader));
    const T dose_squared = static_cast<T>(query.dose * query.dose);
    for (std::size_t i = 0; i < images.size(); ++i) {
      for (std::size_t f = 0; f < images[i].size(); ++f) images[i].data()[f] *= dose_squared;
      const std::span<T> to(out.data() + i * size, size);
      if (query.resist)
        resist_image(reader, images[i], at.settings.period_x_nm(), at.settings.period_y_nm(), resist_of(at.settings),
                     places.places, to);
      else
        reader.read(images[i], places.places, to);
    }
  }
  return to_numpy(std::move(out), batch_shape(masks.batched(), masks.count(), places));
}

template <class T>
nb::dict vjp_of(const Optics& optics, const Array& mask, const Array& cotangent, const AbbeQuery& query,
                const Places& places, const AbbeWanted& wanted) {
  const PixelBatch<T> masks(mask);
  require_image<T>(cotangent, "cotangent", batch_shape(masks.batched(), masks.count(), places));
  const std::size_t size = count(places.places);
  AbbeGradient<T> gradient;
  std::vector<double> d_source;
  std::vector<T> d_masks;
  std::vector<std::size_t> source_shape;
  double d_dose = 0.0;
  ResistSum d_resist;
  {
    const nb::gil_scoped_release released;
    const AbbeCase at = case_of(optics, query);
    if (wanted.source && at.pixels.empty())
      throw Error(ErrorCode::unsupported,
                  "source: gradients are taken in the pixels of a source array; give one as source=");
    const AbbeImaging<T> imaging(at.settings, at.points, query.focus_nm);
    ImageReader<T> reader;
    const std::vector<Spectrum<T>> spectra = spectra_of(masks, imaging, reader);
    const T dose_squared = static_cast<T>(query.dose * query.dose);
    // The aerial images are needed by the resist's slope only; dL/d(dose) follows from the images' own derivative.
    std::vector<Spectrum<T>> d_images, images;
    if (query.resist) images = imaging.intensity(spectra);
    for (std::size_t i = 0; i < masks.count(); ++i) {
      const std::span<const T> g(static_cast<const T*>(cotangent.data()) + i * size, size);
      require_finite(g, "cotangent");
      if (query.resist) {
        for (std::size_t f = 0; f < images[i].size(); ++f) images[i].data()[f] *= dose_squared;
        auto back = resist_gradient(reader, images[i], at.settings.period_x_nm(), at.settings.period_y_nm(),
                                    resist_of(at.settings), places.places, g);
        d_images.push_back(std::move(back.aerial));
        d_resist.add(back.resist);
      } else {
        d_images.push_back(reader.gradient(places.places, g, imaging.image_half_x(), imaging.image_half_y()));
      }
      for (std::size_t f = 0; f < d_images[i].size(); ++f) d_images[i].data()[f] *= dose_squared;
    }
    gradient = imaging.gradient(spectra, d_images, wanted);
    if (wanted.source) {
      const Image<double>& map = at.settings.source.map;
      source_shape = {static_cast<std::size_t>(map.rows()), static_cast<std::size_t>(map.cols())};
      d_source.resize(map.size());
      for (std::size_t p = 0; p < at.pixels.size(); ++p)
        d_source[static_cast<std::size_t>(at.pixels[p])] = gradient.weights[p];
    }
    if (wanted.masks) {
      d_masks.resize(mask.size());
      Image<T> pixels(masks.rows(), masks.cols());
      for (std::size_t i = 0; i < masks.count(); ++i) {
        reader.band(masks.rows(), masks.cols(), imaging.half_x(), imaging.half_y())
            .synthesize(gradient.masks[i], pixels.view());
        for (std::size_t p = 0; p < pixels.size(); ++p)
          d_masks[i * pixels.size() + p] = pixels.data()[p] / static_cast<T>(pixels.size());
        // The image without flare is a quadratic form of the mask, and flare's part is linear in it.
        double sum = 0.0;
        for (std::size_t f = 0; f < spectra[i].size(); ++f)
          sum += static_cast<double>((std::conj(gradient.masks[i].data()[f]) * spectra[i].data()[f]).real());
        const double flare = at.settings.flare * static_cast<double>(d_images[i].at(0, 0).real()) *
                             static_cast<double>(spectra[i].at(0, 0).real());
        d_dose += (sum + flare) / query.dose;
      }
    }
  }
  nb::dict result;
  if (query.resist) result["resist"] = d_resist.to_dict();
  if (wanted.source) result["source"] = to_numpy(std::move(d_source), source_shape);
  if (wanted.pupil) {
    result["zernikes_waves"] = to_numpy(
        std::vector<double>(gradient.zernikes_waves.begin(), gradient.zernikes_waves.end()), {k_fringe_zernikes});
    result["focus_nm"] = gradient.focus_nm;
  }
  if (wanted.masks) {
    result["mask"] = to_numpy(std::move(d_masks), masks.shape());
    result["dose"] = d_dose;
  }
  return result;
}

Places places_or_default(const Places* places, const Array& mask) {
  if (places != nullptr) return *places;
  const std::size_t rows = mask.shape(mask.ndim() - 2), cols = mask.shape(mask.ndim() - 1);
  return {FieldPixels{static_cast<int>(rows), static_cast<int>(cols)}, {rows, cols}};
}

}  // namespace

void bind_abbe(nb::module_& m) {
  m.def("abbe_image", [](const Optics& optics, const Array& mask, std::optional<Array> source,
                         std::optional<Array> zernikes, double focus_nm, double dose, bool resist, const Places* places) {
          check_pixels(mask);
          const AbbeQuery query{source, zernikes, focus_nm, dose, resist};
          const Places where = places_or_default(places, mask);
          return holds<double>(mask) ? image_of<double>(optics, mask, query, where)
                                     : image_of<float>(optics, mask, query, where);
        }, "optics"_a, "mask"_a, "source"_a.none(), "zernikes"_a.none(), "focus_nm"_a, "dose"_a, "resist"_a,
        "places"_a.none());
  m.def("abbe_vjp", [](const Optics& optics, const Array& mask, const Array& cotangent, std::optional<Array> source,
                       std::optional<Array> zernikes, double focus_nm, double dose, bool resist, const Places* places,
                       bool want_source, bool want_pupil, bool want_mask) {
          check_pixels(mask);
          const AbbeQuery query{source, zernikes, focus_nm, dose, resist};
          const AbbeWanted wanted{want_source, want_pupil, want_mask};
          const Places where = places_or_default(places, mask);
          return holds<double>(mask) ? vjp_of<double>(optics, mask, cotangent, query, where, wanted)
                                     : vjp_of<float>(optics, mask, cotangent, query, where, wanted);
        }, "optics"_a, "mask"_a, "cotangent"_a, "source"_a.none(), "zernikes"_a.none(), "focus_nm"_a, "dose"_a,
        "resist"_a, "places"_a.none(), "want_source"_a, "want_pupil"_a, "want_mask"_a);
}

}  // namespace reticle::python
