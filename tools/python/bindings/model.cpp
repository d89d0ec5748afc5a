// SPDX-License-Identifier: Apache-2.0
// Model: images of masks by SOCS kernels, and their gradients.
#include <nanobind/stl/filesystem.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/unique_ptr.h>
#include <nanobind/stl/vector.h>

#include <filesystem>
#include <optional>
#include <tuple>

#include "litho/optics/socs_builder.h"
#include "masks/model_file.h"
#include "tools/python/bindings/arrays.h"
#include "tools/python/bindings/bindings.h"
#include "tools/python/bindings/masks.h"

using namespace nanobind::literals;

namespace reticle::python {

Box field_at(double period_x_nm, double period_y_nm, std::pair<double, double> origin_nm) {
  return {origin_nm.first, origin_nm.second, origin_nm.first + period_x_nm, origin_nm.second + period_y_nm};
}

namespace {

ImageQuery query_of(const Model& model, const std::optional<std::string>& condition, double dose, bool resist) {
  if (!(dose > 0.0) || !std::isfinite(dose)) refuse("dose: a number above 0 is wanted, not " + std::to_string(dose));
  ImageQuery query{.dose = dose, .stage = resist ? ImageStage::resist : ImageStage::aerial};
  if (condition)
    query.condition = static_cast<int>(&model.optics.condition(*condition) - model.optics.conditions.data());
  return query;
}

// Images of a batch; spectrum(images, i) is mask i.
template <class T, class SpectrumOf>
nb::object images_of(Model& model, bool batched, std::size_t count, const ImageQuery& query, const Places& places,
                     int threads, const std::optional<WritableArray>& out, const SpectrumOf& spectrum) {
  const std::vector<std::size_t> shape = batch_shape(batched, count, places);
  const std::size_t size = reticle::count(places.places);
  T* to = nullptr;
  nb::object result;
  if (out) {
    require_image<T>(*out, "out", shape);
    to = static_cast<T*>(out->data());
    result = nb::cast(*out);
  } else {
    std::tie(result, to) = new_array<T>(shape);
  }
  const nb::gil_scoped_release released;
  for_batch(count, threads, [&] {
    return [&, images = std::make_shared<typename MaskImagePool<T>::Lease>(model.pool<T>())](std::size_t i) {
      const Spectrum<T> mask = spectrum(**images, i);
      require_finite(mask);
      (*images)->image(mask, query, places.places, {to + i * size, size});
    };
  });
  return result;
}

struct Summed {
  double dose = 0.0;
  ResistSum resist;
  template <class T>
  void add(const ImageGradient<T>& gradient) {
    dose += gradient.dose;
    resist.add(gradient.resist);
  }
};

// Gradients of a batch, in order; take(images, i, d_mask) keeps that of mask i.
template <class T, class SpectrumOf, class Take>
Summed gradients_of(Model& model, std::size_t count, const ImageQuery& query, const Places& places,
                    const T* cotangent, int threads, const SpectrumOf& spectrum, const Take& take) {
  const std::size_t size = reticle::count(places.places);
  std::vector<ImageGradient<T>> gradients(count);
  for_batch(count, threads, [&] {
    return [&, images = std::make_shared<typename MaskImagePool<T>::Lease>(model.pool<T>())](std::size_t i) {
      const Spectrum<T> mask = spectrum(**images, i);
      require_finite(mask);
      gradients[i] = (*images)->gradient(mask, query, places.places, {cotangent + i * size, size});
      require_finite(gradients[i].mask, "cotangent");
      take(**images, i, gradients[i].mask);
    };
  });
  Summed sum;
  for (const auto& gradient : gradients) sum.add(gradient);
  return sum;
}

template <class T>
nb::object pixel_images(Model& model, const Array& mask, const ImageQuery& query, const Places& places, int threads,
                        const std::optional<WritableArray>& out) {
  const PixelBatch<T> masks(mask);
  return images_of<T>(model, masks.batched(), masks.count(), query, places, threads, out,
                      [&](MaskImages<T>& images, std::size_t i) { return images.simulator().mask_spectrum(masks[i]); });
}

template <class T>
nb::tuple pixel_gradients(Model& model, const Array& mask, const Array& cotangent, const ImageQuery& query,
                          const Places& places, int threads) {
  const PixelBatch<T> masks(mask);
  require_image<T>(cotangent, "cotangent", batch_shape(masks.batched(), masks.count(), places));
  const auto [d_masks, to] = new_array<T>(masks.shape());
  Summed sum;
  {
    const nb::gil_scoped_release released;
    sum = gradients_of<T>(
        model, masks.count(), query, places, static_cast<const T*>(cotangent.data()), threads,
        [&](MaskImages<T>& images, std::size_t i) { return images.simulator().mask_spectrum(masks[i]); },
        [&](MaskImages<T>& images, std::size_t i, const Spectrum<T>& d_mask) {
          const ImageView<T> pixels{to + i * masks[i].size(), masks.rows(), masks.cols()};
          images.simulator().pixel_gradient(d_mask, pixels);
        });
  }
  return nb::make_tuple(d_masks, sum.dose, sum.resist.to_dict());
}

Places default_places(const Array& mask) {
  const std::size_t rows = mask.shape(mask.ndim() - 2), cols = mask.shape(mask.ndim() - 1);
  return {FieldPixels{static_cast<int>(rows), static_cast<int>(cols)}, {rows, cols}};
}

template <class T>
nb::tuple polygon_gradients(Model& model, const std::vector<Polygon>& polygons, const Box& field,
                            const Array& cotangent, const ImageQuery& query, const Places& places) {
  require_image<T>(cotangent, "cotangent", places.shape);
  std::vector<std::vector<Point>> corners;
  Summed sum;
  {
    const nb::gil_scoped_release released;
    sum = gradients_of<T>(
        model, 1, query, places, static_cast<const T*>(cotangent.data()), 1,
        [&](MaskImages<T>& images, std::size_t) { return images.simulator().mask_spectrum(polygons, field); },
        [&](MaskImages<T>& images, std::size_t, const Spectrum<T>& d_mask) {
          const Spectrum<T> d_drawn = images.simulator().drawn_gradient(d_mask);
          Spectrum<double> exact(d_drawn.half_x(), d_drawn.half_y());
          for (std::size_t i = 0; i < exact.size(); ++i) exact.data()[i] = std::complex<double>(d_drawn.data()[i]);
          corners = polygon_gradient(polygons, field, exact);
        });
  }
  return nb::make_tuple(to_arrays(corners), sum.dose, sum.resist.to_dict());
}

void bind_places(nb::module_& m) {
  nb::class_<Places>(m, "Places", "Where an image is wanted.")
      .def_static("pixels", [](int rows, int cols) {
            if (rows < 1 || cols < 1) refuse("shape: rows and columns of at least 1 are wanted");
            return Places{FieldPixels{rows, cols}, {static_cast<std::size_t>(rows), static_cast<std::size_t>(cols)}};
          }, "rows"_a, "cols"_a, "Centres of pixels that together cover the model's period.")
      .def_static("grid", [](std::pair<double, double> period_nm, int rows, int cols, double pixel_nm,
                             std::pair<double, double> grid_origin_nm, std::pair<double, double> origin_nm) {
            if (rows < 1 || cols < 1 || !(pixel_nm > 0.0)) refuse("grid: rows, cols and pixel_nm are to be above 0");
            return Places{GridPixels{field_at(period_nm.first, period_nm.second, origin_nm),
                                     {.rows = rows, .cols = cols, .pixel_nm = pixel_nm,
                                      .origin_x_nm = grid_origin_nm.first, .origin_y_nm = grid_origin_nm.second}},
                          {static_cast<std::size_t>(rows), static_cast<std::size_t>(cols)}};
          }, "period_nm"_a, "rows"_a, "cols"_a, "pixel_nm"_a, "grid_origin_nm"_a, "origin_nm"_a)
      .def_static("points", [](std::pair<double, double> period_nm, const Array& points, std::pair<double, double> origin_nm) {
            require_doubles(points, "points", 2, 2);
            LayoutPoints places{field_at(period_nm.first, period_nm.second, origin_nm), {}};
            const auto* xy = static_cast<const double*>(points.data());
            for (std::size_t i = 0; i < points.shape(0); ++i) {
              if (!std::isfinite(xy[2 * i]) || !std::isfinite(xy[2 * i + 1])) refuse("points: not a number");
              places.points.push_back({xy[2 * i], xy[2 * i + 1]});
            }
            const std::size_t count = places.points.size();
            return Places{std::move(places), {count}};
          }, "period_nm"_a, "points"_a, "origin_nm"_a)
      .def_ro("shape", &Places::shape);
}

void bind_conditions(nb::class_<Model>& model) {
  model
      .def_prop_ro("_conditions", [](const Model& self) {
            nb::list result;
            for (const SocsKernels& set : self.optics.conditions) result.append(nb::make_tuple(set.name, set.focus_nm));
            return result;
          })
      .def("_weights", [](nb::handle_t<Model> self, int condition) {
            const SocsKernels& set = nb::cast<Model&>(self).optics.conditions.at(static_cast<std::size_t>(condition));
            return view_of(set.weights.data(), {set.weights.size()}, self);
          })
      .def("_kernels", [](nb::handle_t<Model> self, int condition) {
            const SocsKernels& set = nb::cast<Model&>(self).optics.conditions.at(static_cast<std::size_t>(condition));
            return view_of(set.coefficients.data(),
                           {set.weights.size(), static_cast<std::size_t>(set.rows()), static_cast<std::size_t>(set.cols())},
                           self);
          });
}

}  // namespace

void bind_model(nb::module_& m) {
  nb::class_<Model> model(m, "Model", "Optics as coherent systems, with the resist. Immutable.");
  model
      .def_static("load", [](const std::filesystem::path& path) {
            const nb::gil_scoped_release released;
            return std::make_unique<Model>(read_model(path));
          }, "path"_a)
      .def_static("build", [](const Optics& optics) {
            const nb::gil_scoped_release released;
            return std::make_unique<Model>(build_optical_model(optics.settings));
          }, "optics"_a)
      .def_static("from_kernels", [](const std::vector<std::tuple<std::string, double, Array, Array>>& conditions,
                                     std::pair<double, double> period_nm, double threshold) {
            OpticalModel built{.period_x_nm = period_nm.first, .period_y_nm = period_nm.second,
                               .resist = {.threshold = threshold}, .conditions = {}, .provenance = "arrays", .recipe = {}};
            for (const auto& [name, focus_nm, kernels, weights] : conditions) {
              if (!holds<std::complex<double>>(kernels) || kernels.ndim() != 3 || kernels.shape(1) % 2 == 0 ||
                  kernels.shape(2) % 2 == 0)
                refuse("kernels: a complex128 array [kernels, rows, cols] of odd rows and cols is wanted, not shape " +
                       shape_of(kernels));
              require_plain(kernels, "kernels");
              require_doubles(weights, "weights", 1, static_cast<std::int64_t>(kernels.shape(0)));
              SocsKernels set{.name = name, .focus_nm = focus_nm, .half_x = static_cast<int>(kernels.shape(2) / 2),
                              .half_y = static_cast<int>(kernels.shape(1) / 2), .coefficients = {}, .weights = {}};
              const auto* from = static_cast<const std::complex<double>*>(kernels.data());
              set.coefficients.assign(from, from + kernels.size());
              const auto* w = static_cast<const double*>(weights.data());
              set.weights.assign(w, w + weights.size());
              built.conditions.push_back(std::move(set));
            }
            validate(built);
            return std::make_unique<Model>(std::move(built));
          }, "conditions"_a, "period_nm"_a, "threshold"_a)
      .def("save", [](const Model& self, const std::filesystem::path& path) {
            const nb::gil_scoped_release released;
            write_model(path, self.optics);
          }, "path"_a, "Writes the model as HDF5 (masks/SCHEMA.md).")
      .def_prop_ro("period_nm", [](const Model& self) { return std::pair(self.optics.period_x_nm, self.optics.period_y_nm); },
                   "Period of the mask in x and y, nm.")
      .def_prop_ro("wavelength_nm", [](const Model& self) { return self.optics.wavelength_nm; }, "In vacuum; 0: not known.")
      .def_prop_ro("na", [](const Model& self) { return self.optics.na; }, "Numerical aperture; 0: not known.")
      .def_prop_ro("truncation_error", [](const Model& self) { return self.optics.truncation_error; },
                   "Largest intensity error of the kernels, clear fields, on the calibration pattern; below 0: not known.")
      .def_prop_ro("recipe", [](const Model& self) { return self.optics.recipe; }, "TOML the model was built from.")
      .def_prop_ro("hash", [](const Model& self) { return model_hash(self.optics); }, "SHA-256 of what decides images.")
      .def_prop_ro("_resist", [](const Model& self) {
            const ResistModel& r = self.optics.resist;
            nb::dict result;
            result["threshold"] = r.threshold;
            result["diffusion_nm"] = r.diffusion_nm;
            result["slope_nm"] = r.slope_nm;
            result["density"] = r.density;
            result["density_range_nm"] = r.density_range_nm;
            return result;
          })
      .def("_with_resist", [](const Model& self, double threshold, double diffusion_nm, double slope_nm, double density,
                              double density_range_nm) {
            OpticalModel changed = self.optics;
            changed.resist = {threshold, diffusion_nm, slope_nm, density, density_range_nm, self.optics.resist.tone};
            validate(changed);
            return std::make_unique<Model>(std::move(changed));
          })
      .def("_image", [](Model& self, const Array& mask, std::optional<std::string> condition, double dose, bool resist,
                        const Places* places, int threads, std::optional<WritableArray> out) {
            check_pixels(mask);
            const ImageQuery query = query_of(self, condition, dose, resist);
            const Places where = places != nullptr ? *places : default_places(mask);
            if (holds<double>(mask)) return pixel_images<double>(self, mask, query, where, threads, out);
            return pixel_images<float>(self, mask, query, where, threads, out);
          }, "mask"_a, "condition"_a.none(), "dose"_a, "resist"_a, "places"_a.none(), "threads"_a, "out"_a.none())
      .def("_vjp", [](Model& self, const Array& mask, const Array& cotangent, std::optional<std::string> condition,
                      double dose, bool resist, const Places* places, int threads) {
            check_pixels(mask);
            const ImageQuery query = query_of(self, condition, dose, resist);
            const Places where = places != nullptr ? *places : default_places(mask);
            if (holds<double>(mask)) return pixel_gradients<double>(self, mask, cotangent, query, where, threads);
            return pixel_gradients<float>(self, mask, cotangent, query, where, threads);
          }, "mask"_a, "cotangent"_a, "condition"_a.none(), "dose"_a, "resist"_a, "places"_a.none(), "threads"_a)
      .def("_polygon_image", [](Model& self, const Array& corners, const Array& ends,
                                std::optional<std::string> condition, double dose, bool resist, const Places& places,
                                std::pair<double, double> origin_nm, bool single, std::optional<WritableArray> out) {
            const std::vector<Polygon> polygons = polygons_from(corners, ends);
            const Box field = field_at(self.optics.period_x_nm, self.optics.period_y_nm, origin_nm);
            const ImageQuery query = query_of(self, condition, dose, resist);
            const auto image = [&]<class T>(T) {
              return images_of<T>(self, false, 1, query, places, 1, out, [&](MaskImages<T>& images, std::size_t) {
                return images.simulator().mask_spectrum(polygons, field);
              });
            };
            return single ? image(float{}) : image(double{});
          }, "corners"_a, "ends"_a, "condition"_a.none(), "dose"_a, "resist"_a, "places"_a, "origin_nm"_a, "single"_a,
          "out"_a.none())
      .def("_polygon_vjp", [](Model& self, const Array& corners, const Array& ends, const Array& cotangent,
                              std::optional<std::string> condition, double dose, bool resist, const Places& places,
                              std::pair<double, double> origin_nm) {
            const std::vector<Polygon> polygons = polygons_from(corners, ends);
            const Box field = field_at(self.optics.period_x_nm, self.optics.period_y_nm, origin_nm);
            const ImageQuery query = query_of(self, condition, dose, resist);
            if (holds<float>(cotangent)) return polygon_gradients<float>(self, polygons, field, cotangent, query, places);
            return polygon_gradients<double>(self, polygons, field, cotangent, query, places);
          }, "corners"_a, "ends"_a, "cotangent"_a, "condition"_a.none(), "dose"_a, "resist"_a, "places"_a, "origin_nm"_a);
  bind_conditions(model);
  bind_places(m);
}

}  // namespace reticle::python
