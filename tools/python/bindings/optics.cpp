// SPDX-License-Identifier: Apache-2.0
// Optics: a scanner's settings from a recipe's text and a source map.
#include <nanobind/stl/filesystem.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <filesystem>
#include <optional>

#include "litho/optics/projection.h"
#include "litho/optics/source.h"
#include "masks/recipes/recipes.h"
#include "tools/python/bindings/arrays.h"
#include "tools/python/bindings/bindings.h"

using namespace nanobind::literals;

namespace reticle::python {

void bind_optics(nb::module_& m) {
  nb::class_<Optics>(m, "Optics", "A scanner: everything a model recipe says.")
      .def_static("from_text", [](const std::string& text, const std::string& name, std::optional<Array> source) {
            Optics optics{model_recipe_from_text(text, name)};
            SourceSettings& settings = optics.settings.source;
            if (source) {
              require_doubles(*source, "source", 2);
              const ImageView<const double> map{static_cast<const double*>(source->data()),
                                                static_cast<int>(source->shape(0)), static_cast<int>(source->shape(1))};
              settings.shape = SourceShape::freeform;
              settings.map = Image<double>(map.rows, map.cols);
              std::copy_n(map.data, map.size(), settings.map.data());
            } else if (settings.shape == SourceShape::freeform) {
              refuse(name + ": source.shape is \"freeform\": give the source as an array of pixels over sigma -1..1");
            }
            validate(optics.settings);
            return optics;
          }, "text"_a, "name"_a, "source"_a.none())
      .def_static("from_file", [](const std::filesystem::path& path) { return Optics{read_model_recipe(path)}; }, "path"_a)
      .def_prop_ro("recipe", [](const Optics& self) { return print_model_recipe(self.settings); },
                   "Every value, as a recipe's TOML.")
      .def_prop_ro("period_nm", [](const Optics& self) {
            return std::pair(self.settings.period_x_nm(), self.settings.period_y_nm());
          })
      .def_prop_ro("wavelength_nm", [](const Optics& self) { return self.settings.wavelength_nm; })
      .def_prop_ro("na", [](const Optics& self) { return self.settings.na; })
      .def_prop_ro("zernikes_waves", [](const Optics& self) { return self.settings.zernikes_waves; })
      .def_prop_ro("conditions", [](const Optics& self) {
            std::vector<std::pair<std::string, double>> result;
            for (const FocusCondition& c : self.settings.conditions) result.emplace_back(c.name, c.focus_nm);
            return result;
          })
      .def("source_points", [](const Optics& self) {
            std::vector<double> values;
            const auto points = sample_source(self.settings.source);
            for (const SourcePoint& p : points) values.insert(values.end(), {p.sigma_x, p.sigma_y, p.weight});
            return to_numpy(std::move(values), {points.size(), 3});
          }, "(points, 3) float64: sigma_x, sigma_y and weight of every source pixel that carries light; weights sum to 1.")
      .def("pupil", [](const Optics& self, int size, double focus_nm) {
            // The scalar phase and amplitude: x light's x field of a pupil without vector effects.
            OpticsSettings scalar = self.settings;
            scalar.vector_imaging = false;
            const Projection projection(scalar, focus_nm, 0.0, Surroundings::medium_only);
            std::vector<std::complex<double>> values;
            for (int y = 0; y < size; ++y)
              for (int x = 0; x < size; ++x)
                values.push_back(projection.at((2 * x + 1 - size) / double(size), (2 * y + 1 - size) / double(size))[0][0]);
            return to_numpy(std::move(values), {static_cast<std::size_t>(size), static_cast<std::size_t>(size)});
          }, "size"_a = 128, "focus_nm"_a = 0.0,
          "(size, size) complex128: the scalar pupil over rho -1..1, [row = rho_y, col = rho_x].");
}

}  // namespace reticle::python
