// SPDX-License-Identifier: Apache-2.0
// Layouts, masks and polygons: what is on disk as arrays, and back.
#include <nanobind/stl/array.h>
#include <nanobind/stl/filesystem.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/vector.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <optional>

#include "kernels/base/version.h"
#include "litho/geometry/boolean.h"
#include "litho/geometry/contour_lines.h"
#include "litho/geometry/pixel_polygons.h"
#include "litho/geometry/rasterize.h"
#include "litho/geometry/simplify.h"
#include "litho/geometry/contour.h"
#include "masks/design_file.h"
#include "masks/layout/layout.h"
#include "masks/layout/layout_file.h"
#include "masks/mask_file.h"
#include "masks/pictures/image_file.h"
#include "masks/sha256.h"
#include "tools/python/bindings/arrays.h"
#include "tools/python/bindings/bindings.h"

using namespace nanobind::literals;

namespace reticle::python {

namespace {

using GridNumbers = std::tuple<double, double, double>;  // pixel_nm, x0, y0

Grid grid_of(const Array& pixels, const GridNumbers& numbers) {
  const auto [pixel_nm, x0, y0] = numbers;
  if (!(pixel_nm > 0.0)) refuse("pixel_nm: a number above 0 is wanted");
  return {.rows = static_cast<int>(pixels.shape(0)), .cols = static_cast<int>(pixels.shape(1)), .pixel_nm = pixel_nm,
          .origin_x_nm = x0, .origin_y_nm = y0};
}

ImageView<const std::uint8_t> binary(const Array& mask) {
  if (mask.ndim() != 2 || (!holds<std::uint8_t>(mask) && !holds<bool>(mask)))
    refuse("mask: an array (rows, cols) of uint8 or bool is wanted, not shape " + shape_of(mask));
  require_plain(mask, "mask");
  return {static_cast<const std::uint8_t*>(mask.data()), static_cast<int>(mask.shape(0)), static_cast<int>(mask.shape(1))};
}

nb::object read_design_file(const std::filesystem::path& path, const std::vector<std::string>& layers,
                            const std::string& cell, std::optional<std::array<double, 4>> window, double pixel_nm) {
  DesignOptions options{.png_pixel_nm = pixel_nm};
  for (const std::string& layer : layers) options.layout.layers.push_back(layer_from_text(layer));
  options.layout.cell = cell;
  if (window) options.layout.window = Box{(*window)[0], (*window)[1], (*window)[2], (*window)[3]};
  DesignSource source;
  {
    const nb::gil_scoped_release released;
    source = read_design(path, options);
  }
  if (const auto* design = std::get_if<Design>(&source))
    return nb::make_tuple(to_arrays(design->polygons), design->window.x0, design->window.y0, design->window.x1,
                          design->window.y1);
  PixelDesign pixels = std::get<PixelDesign>(std::move(source));
  const Grid& grid = pixels.grid;
  return nb::make_tuple(to_arrays(polygons_of(pixels.pixels.view(), grid)), grid.origin_x_nm, grid.origin_y_nm,
                        grid.origin_x_nm + grid.width_nm(), grid.origin_y_nm + grid.height_nm());
}

}  // namespace

void bind_files(nb::module_& m) {
  m.def("read_design", &read_design_file, "path"_a, "layers"_a, "cell"_a, "window"_a.none(), "pixel_nm"_a);
  m.def("write_layout", [](const std::filesystem::path& path,
                           const std::vector<std::tuple<std::string, Array, Array>>& layers, const std::string& cell,
                           double dbu_nm) {
        std::vector<LayerPolygons> polygons;
        for (const auto& [layer, corners, ends] : layers)
          polygons.push_back({layer_from_text(layer), polygons_from(corners, ends)});
        const nb::gil_scoped_release released;
        write_library(path, library_of(polygons, {.cell = cell, .dbu_nm = dbu_nm}));
      }, "path"_a, "layers"_a, "cell"_a, "dbu_nm"_a);
  m.def("merge", [](const Array& corners, const Array& ends) { return to_arrays(merge(polygons_from(corners, ends))); },
        "corners"_a, "ends"_a);
  m.def("clip", [](const Array& corners, const Array& ends, const std::array<double, 4>& box) {
        return to_arrays(clip(polygons_from(corners, ends), {box[0], box[1], box[2], box[3]}));
      }, "corners"_a, "ends"_a, "box"_a);
  m.def("rasterize", [](const Array& corners, const Array& ends, int rows, int cols, const GridNumbers& grid) {
        return to_numpy(rasterize(polygons_from(corners, ends),
                                  {.rows = rows, .cols = cols, .pixel_nm = std::get<0>(grid),
                                   .origin_x_nm = std::get<1>(grid), .origin_y_nm = std::get<2>(grid)}));
      }, "corners"_a, "ends"_a, "rows"_a, "cols"_a, "grid"_a);
  m.def("mask_polygons", [](const Array& mask, const GridNumbers& grid) {
        return to_arrays(polygons_of(binary(mask), grid_of(mask, grid)));
      }, "mask"_a, "grid"_a);
  m.def("contours", [](const Array& image, double level, const GridNumbers& grid) {
        if (image.ndim() != 2 || !holds<float>(image)) refuse("image: a float32 array (rows, cols) is wanted");
        require_plain(image, "image");
        const ImageView<const float> view{static_cast<const float*>(image.data()), static_cast<int>(image.shape(0)),
                                          static_cast<int>(image.shape(1))};
        std::vector<Polygon> lines;
        nb::list closed;
        for (const ContourLine& line : contour_lines(view, level, grid_of(image, grid))) {
          lines.push_back(line.points);
          closed.append(line.closed);
        }
        return nb::make_tuple(to_arrays(lines), closed);
      }, "image"_a, "level"_a, "grid"_a);
  m.def("read_mask", [](const std::filesystem::path& path) {
        MaskFile file = read_mask(path);
        nb::dict result;
        result["grid"] = nb::make_tuple(file.grid.pixel_nm, file.grid.origin_x_nm, file.grid.origin_y_nm);
        result["mask"] = to_numpy(std::move(file.mask));
        result["target"] = to_numpy(std::move(file.target));
        nb::dict metrics;
        for (const auto& [name, value] : file.metrics) metrics[name.c_str()] = value;
        result["metrics"] = metrics;
        result["recipe"] = file.recipe;
        result["model_hash"] = file.model_hash;
        return result;
      }, "path"_a);
  m.def("write_image", [](const std::filesystem::path& path, const Array& image, const GridNumbers& grid,
                          const std::string& condition, double dose, const std::string& model_hash) {
        if (image.ndim() != 2 || !holds<float>(image)) refuse("image: a float32 array (rows, cols) is wanted, not shape " + shape_of(image));
        require_plain(image, "image");
        ImageFile file{.grid = grid_of(image, grid), .aerial = Image<float>(static_cast<int>(image.shape(0)), static_cast<int>(image.shape(1))),
                       .condition = condition, .dose = dose, .model_hash = model_hash, .tool_version = std::string(version())};
        std::copy_n(static_cast<const float*>(image.data()), file.aerial.size(), file.aerial.data());
        const nb::gil_scoped_release released;
        write_image(path, file);
      }, "path"_a, "image"_a, "grid"_a, "condition"_a, "dose"_a, "model_hash"_a);
  m.def("write_mask", [](const std::filesystem::path& path, const Array& mask, const Array& target, const GridNumbers& grid,
                         const std::vector<std::pair<std::string, double>>& metrics, const std::string& recipe,
                         const std::string& model_hash) {
        const auto copy = [](ImageView<const std::uint8_t> view) {
          Image<std::uint8_t> image(view.rows, view.cols);
          std::copy_n(view.data, view.size(), image.data());
          return image;
        };
        MaskFile file;
        file.grid = grid_of(mask, grid);
        file.mask = copy(binary(mask));
        file.target = copy(binary(target));
        for (const auto& [name, value] : metrics) file.metrics[name] = value;
        file.recipe = recipe;
        file.model_hash = model_hash;
        file.tool_version = std::string(version());
        const nb::gil_scoped_release released;
        write_mask(path, file);
      }, "path"_a, "mask"_a, "target"_a, "grid"_a, "metrics"_a, "recipe"_a, "model_hash"_a);
}

}  // namespace reticle::python
