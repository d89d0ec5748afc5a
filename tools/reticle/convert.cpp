// SPDX-License-Identifier: Apache-2.0
// reticle convert: the same mask or design in another format.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>
#include <variant>

#include "kernels/base/error.h"
#include "litho/geometry/boolean.h"
#include "litho/geometry/pixel_polygons.h"
#include "litho/geometry/rasterize.h"
#include "masks/design_file.h"
#include "masks/file_names.h"
#include "masks/layout/layout.h"
#include "masks/layout/layout_file.h"
#include "masks/mask_file.h"
#include "masks/pictures/png.h"
#include "masks/warnings.h"
#include "masks/sha256.h"
#include "tools/reticle/commands.h"
#include "tools/reticle/inputs.h"
#include "tools/reticle/number_range.h"

namespace reticle::tools {
namespace {

struct Options {
  std::filesystem::path input, output;
  double pixel_nm = 1.0;
  LayoutOptions layout;
  std::optional<double> dbu_nm;
  std::optional<std::string> output_layer;  // 1/0 where shapes are merged
  bool json = false;
  Existing existing = Existing::refuse;
};

MaskFile read_as_mask(const Options& options) {
  if (is_hdf5_name(options.input) && options.layout.first_row.empty()) return read_mask(options.input);
  DesignOptions how;
  how.png_pixel_nm = options.pixel_nm;
  how.layout = layout_part(options.layout);
  DesignSource source = read_design(options.input, how);
  MaskFile file;
  if (auto* pixels = std::get_if<PixelDesign>(&source)) {
    file.grid = pixels->grid;
    file.mask = std::move(pixels->pixels);
  } else {
    file.grid = grid_over(window_of(source), options.pixel_nm);
    file.mask = rasterize_binary(std::get<Design>(source).polygons, file.grid);
  }
  file.target = file.mask;
  file.input_sha256 = sha256_of_file(options.input);
  file.tool_version = RETICLE_VERSION;
  return file;
}

// The top row first, as pictures have it; white inside.
Image<std::uint8_t> picture_of(const Image<std::uint8_t>& mask) {
  Image<std::uint8_t> picture(mask.rows(), mask.cols());
  for (int y = 0; y < mask.rows(); ++y) {
    const std::uint8_t* row = mask.row(mask.rows() - 1 - y);
    std::transform(row, row + mask.cols(), picture.row(y),
                   [](auto value) { return static_cast<std::uint8_t>(value ? 255 : 0); });
  }
  return picture;
}

// The coarsest usual unit of which every corner of the pixels is a multiple.
double dbu_for(const Grid& grid) {
  for (const double dbu_nm : {1.0, 0.5, 0.25, 0.1, 0.05, 0.025, 0.01, 0.005}) {
    const auto whole = [&](double nm) {
      return std::abs(nm / dbu_nm - std::round(nm / dbu_nm)) < 1e-6;
    };
    if (whole(grid.pixel_nm) && whole(grid.origin_x_nm) && whole(grid.origin_y_nm)) return dbu_nm;
  }
  return 0.001;
}

bool takes_part(const LayoutOptions& options) {
  return !options.layers.empty() || !options.cell.empty() || !options.window_um.empty();
}

// One cell with the merged shapes as drawn, or with the outlines of a mask's pixels: exact for
// Manhattan masks.
layout::Library flat_library(const Options& options) {
  DesignOptions how;
  how.png_pixel_nm = options.pixel_nm;
  how.layout = layout_part(options.layout);
  how.glp.beyond = BeyondWindow::keep;  // a layout has no window
  CellOptions cell{.cell = options.layout.cell.empty() ? "TOP" : options.layout.cell};
  LayerPolygons shapes{layer_from_text(options.output_layer.value_or("1/0")), {}};
  if (is_hdf5_name(options.input)) {
    const MaskFile mask = read_mask(options.input);
    if (!mask.outlines.empty()) {  // made of edges: the outlines themselves
      cell.dbu_nm = options.dbu_nm.value_or(dbu_for(mask.grid));
      shapes.polygons = fill(mask.outlines, cell.dbu_nm);
      return library_of({shapes}, cell);
    }
  }
  const DesignSource source = read_design(options.input, how);
  if (const auto* pixels = std::get_if<PixelDesign>(&source)) {
    shapes.polygons = polygons_of(pixels->pixels.view(), pixels->grid);
    cell.dbu_nm = dbu_for(pixels->grid);
  } else {
    shapes.polygons = std::get<Design>(source).polygons;
    if (is_layout_name(options.input)) {
      const WarningScope said_already;
      cell.dbu_nm = Layout::open(options.input).dbu_nm();
    }
  }
  cell.dbu_nm = options.dbu_nm.value_or(cell.dbu_nm);
  return library_of({shapes}, cell);
}

// Writes the output; what it holds.
nlohmann::ordered_json write_layout(const Options& options) {
  const bool whole =
      is_layout_name(options.input) && !takes_part(options.layout) && !options.dbu_nm;
  if (whole && options.output_layer)
    throw Error(ErrorCode::invalid_argument, "--output-layer is for shapes that are merged into one layer; a whole layout keeps its "
                                             "layers: say which to merge by --layer");
  const layout::Library library = whole ? read_library(options.input) : flat_library(options);
  write_library(options.output, library);
  return {{"dbu_nm", library.dbu_nm}, {"cells", library.cells.size()}};
}

nlohmann::ordered_json write_pixels(const Options& options) {
  const MaskFile mask = read_as_mask(options);
  if (is_hdf5_name(options.output)) write_mask(options.output, mask);
  else write_png(options.output, picture_of(mask.mask));
  return {{"pixel_nm", mask.grid.pixel_nm},
          {"columns", mask.mask.cols()},
          {"rows", mask.mask.rows()},
          {"origin_nm", {mask.grid.origin_x_nm, mask.grid.origin_y_nm}}};
}

void convert(const Options& options) {
  check_output(options.output, options.existing);
  const bool is_layout = is_layout_name(options.output);
  if (!is_layout && !is_hdf5_name(options.output) && lower_extension(options.output) != ".png")
    throw Error(
        ErrorCode::unsupported,
        fmt::format("{}: masks are written as .h5, .png, .gds or .oas", options.output.string()));
  const nlohmann::ordered_json holds = is_layout ? write_layout(options) : write_pixels(options);
  if (!options.json) return;
  nlohmann::ordered_json json = {{"input", options.input.string()},
                                 {"output", options.output.string()},
                                 {"sha256", sha256_of_file(options.output)}};
  json.update(holds);
  fmt::print("{}\n", json.dump(2));
}

}  // namespace

void add_convert_command(CLI::App& app) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("convert", "A mask or design in another format");
  command->add_option("IN", options->input, "mask (.h5, .png) or design (.glp, .gds, .oas)")
      ->required();
  command->add_option("OUT", options->output, "what to write (.h5, .png, .gds, .oas)")->required();
  command->add_option("--pixel-nm", options->pixel_nm, "pixel of a PNG read or a design drawn")
      ->check(number_within(0.01, 1000.0))
      ->capture_default_str();
  add_layout_options(*command, options->layout);
  command
      ->add_option("--dbu-nm", options->dbu_nm,
                   "database unit of a layout written; that of the input when not given")
      ->check(number_within(0.001, 1000.0));
  command->add_option("--output-layer", options->output_layer, "of a layout written from pixels, GLP or a part; 1/0 when not given");
  command->add_flag("--json", options->json, "print what was written as JSON");
  command->add_flag_callback(
      "--force", [options] { options->existing = Existing::replace; }, "replace an existing file");
  command->footer(
      "The format is told by the extension. A layout to a layout keeps all cells and layers "
      "unless\n"
      "--layer, --cell or --window takes a part, which is merged into one cell.\n"
      "Examples:\n"
      "  reticle convert clip.glp clip.png\n"
      "  reticle convert mask.png mask.h5 --pixel-nm 2\n"
      "  reticle convert chip.gds chip.oas\n"
      "  reticle convert mask.h5 mask.gds --output-layer 111/0\n"
      "  reticle convert chip.gds clip.h5 --layer 11/0 --window 10,10,12,12");
  command->callback([options] { convert(*options); });
}

}  // namespace reticle::tools
