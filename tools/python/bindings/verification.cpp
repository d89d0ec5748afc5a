// SPDX-License-Identifier: Apache-2.0
// Verification of a clip's mask through the process window.
#include <nanobind/stl/array.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/tuple.h>

#include <algorithm>
#include <array>
#include <optional>

#include "litho/geometry/boolean.h"
#include "litho/imaging/pixel_field.h"
#include "litho/imaging/socs.h"
#include "litho/verification/region_check.h"
#include "masks/recipes/recipes.h"
#include "masks/reports/verification_report.h"
#include "tools/python/bindings/arrays.h"
#include "tools/python/bindings/bindings.h"

using namespace nanobind::literals;

namespace reticle::python {

namespace {

nb::dict to_dict(const VerificationReport& report) {
  nb::dict result, metrics;
  for (const auto& [name, value] : totals_of(report)) metrics[name.c_str()] = value;
  nb::list findings;
  for (const Finding& found : report.findings)
    findings.append(nb::make_tuple(
        std::string(info(found.check).name), nb::make_tuple(found.place.x, found.place.y),
        nb::make_tuple(found.box.x0, found.box.y0, found.box.x1, found.box.y1), found.value, found.limit, found.severity,
        found.corner < 0 ? std::string() : report.settings.corners[static_cast<std::size_t>(found.corner)].name));
  result["metrics"] = metrics;
  result["findings"] = findings;
  return result;
}

VerificationReport verified(const OpticalModel& model, const std::string& recipe, const std::string& name, Region region) {
  VerificationReport report;
  report.settings = resolved_limits(verify_recipe_from_text(recipe, name), model);
  region.core = report.window = region.field;
  RegionReport found = RegionVerifier(model, report.settings).verify(region);
  report.measures = found.measures;
  report.findings = ranked(std::move(found.findings), model);
  return report;
}

}  // namespace

void bind_verification(nb::module_& m) {
  m.def("documented_verify_recipe", &documented_verify_recipe, "Every key of verification with its default and meaning, as TOML.");
  m.def("verify_pixels", [](const Model& model, const std::string& recipe, const std::string& name, const Array& mask,
                            const std::tuple<double, double, double>& numbers, const Array& corners, const Array& ends) {
        if (mask.ndim() != 2 || (!holds<std::uint8_t>(mask) && !holds<bool>(mask)))
          refuse("mask: an array (rows, cols) of uint8 or bool is wanted, not shape " + shape_of(mask));
        require_plain(mask, "mask");
        const auto [pixel_nm, x0, y0] = numbers;
        const Grid grid{.rows = static_cast<int>(mask.shape(0)), .cols = static_cast<int>(mask.shape(1)),
                        .pixel_nm = pixel_nm, .origin_x_nm = x0, .origin_y_nm = y0};
        const ImageView<const std::uint8_t> view{static_cast<const std::uint8_t*>(mask.data()), grid.rows, grid.cols};
        Region region;
        region.target = polygons_from(corners, ends);
        VerificationReport report;
        {
          const nb::gil_scoped_release released;
          const Grid field = field_grid(model.optics, grid);
          const Image<float> pixels = in_field<float>(view, grid, field);
          region.pixels = pixels.view();
          region.field = box_of(field);
          report = verified(model.optics, recipe, name, region);
        }
        return to_dict(report);
      }, "model"_a, "recipe"_a, "name"_a, "mask"_a, "grid"_a, "corners"_a, "ends"_a);
  m.def("verify_polygons", [](const Model& model, const std::string& recipe, const std::string& name,
                              const Array& mask_corners, const Array& mask_ends, const Array& corners, const Array& ends,
                              const std::array<double, 4>& window) {
        Region region;
        region.mask = polygons_from(mask_corners, mask_ends);
        region.target = polygons_from(corners, ends);
        VerificationReport report;
        {
          const nb::gil_scoped_release released;
          region.field = field_around(model.optics, {window[0], window[1], window[2], window[3]});
          region.mask = clip(region.mask, region.field);
          report = verified(model.optics, recipe, name, region);
        }
        return to_dict(report);
      }, "model"_a, "recipe"_a, "name"_a, "mask_corners"_a, "mask_ends"_a, "corners"_a, "ends"_a, "window"_a);
}

}  // namespace reticle::python
