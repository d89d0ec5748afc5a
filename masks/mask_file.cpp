// SPDX-License-Identifier: Apache-2.0
#include "masks/mask_file.h"

#include <algorithm>
#include <bit>
#include <cstdint>

#include "kernels/base/error.h"
#include "litho/geometry/boolean.h"
#include "masks/hdf5/hdf5.h"
#include "masks/hdf5/outlines.h"
#include "masks/hdf5/pixels.h"
#include "masks/pixel_mask.h"
#include "masks/warnings.h"

namespace reticle {

namespace {

constexpr const char* k_schema = "reticle-mask";
constexpr double k_schema_version = 1.0;
constexpr std::uint64_t k_most_history_values = 1 << 24;

Image<std::uint8_t> read_binary(const hdf5::Group& root, const std::string& name, const Grid& grid,
                                const std::filesystem::path& path) {
  const PixelMask pixels = read_pixel_mask(root, name, path.string());
  if (pixels.grid.rows != grid.rows || pixels.grid.cols != grid.cols)
    root.fail(name, "has another size than the mask");
  return cut_at_half(pixels, path.string() + ", /" + name);
}

// A mask of another program: `mask` with its grid, and nothing more.
MaskFile read_foreign(const hdf5::Group& root, const std::filesystem::path& path) {
  MaskFile file;
  file.grid = hdf5::read_grid(root, "mask");
  file.mask = read_binary(root, "mask", file.grid, path);
  if (root.has("target")) file.target = read_binary(root, "target", file.grid, path);
  return file;
}

HistoryTable read_history(const hdf5::Group& root) {
  HistoryTable history;
  const hdf5::Group group = root.group("history");
  history.columns = group.texts("columns");
  if (history.columns.empty()) return history;
  const hdf5::Extents shape = group.extents("values", 2, k_most_history_values);
  if (shape[1] != history.columns.size()) group.fail("values", "does not fit the named columns");
  history.values = group.read<double>("values", shape);
  return history;
}

// To 12 significant bits: contours of a field whose zero is the mask's edge move by less than a thousandth
// of its pixel, and the file is a third as large.
Image<float> rounded(const Image<float>& field) {
  constexpr std::uint32_t k_dropped = 12;  // of the 24 bits of a float
  Image<float> result = field;
  for (float& value : result) {
    const auto bits = std::bit_cast<std::uint32_t>(value);
    const std::uint32_t half = (1u << (k_dropped - 1)) - 1 + (bits >> k_dropped & 1);  // ties to even
    value = std::bit_cast<float>((bits + half) >> k_dropped << k_dropped);
  }
  return result;
}

void write_history(hdf5::Group& root, const HistoryTable& history) {
  const std::size_t columns = history.columns.size();
  if (columns == 0 || history.values.empty()) return;
  if (history.values.size() % columns != 0)
    throw Error(ErrorCode::invalid_argument, "the history's values do not fill whole rows");
  hdf5::Group group = root.create_group("history");
  group.set_texts("columns", history.columns);
  group.write("values", {history.values.size() / columns, columns}, history.values.data());
}

MaskFile read_root(const hdf5::Group& root, const std::filesystem::path& path) {
  if (!root.has_attribute("schema") && root.has("mask")) return read_foreign(root, path);
  if (root.text("schema") != k_schema)
    root.fail("@schema", std::string("is not '") + k_schema + "'; give a mask file");
  if (root.number("schema_version") != k_schema_version)
    root.fail("@schema_version", "is a version this program does not know; it reads version 1");
  MaskFile file;
  file.grid = hdf5::read_grid(root, "mask");
  file.mask = read_binary(root, "mask", file.grid, path);
  file.target = read_binary(root, "target", file.grid, path);
  if (root.has("grey")) {
    file.grey_grid = hdf5::read_grid(root, "grey");
    file.grey = hdf5::read_pixels<float>(root, "grey", file.grey_grid);
  }
  const hdf5::Group metrics = root.group("metrics");
  for (const std::string& name : metrics.attribute_names())
    file.metrics[name] = metrics.number(name);
  if (root.has("outlines")) file.outlines = hdf5::read_outlines(root, "outlines");
  if (root.has("history")) file.history = read_history(root);
  file.recipe = root.text_dataset("recipe");
  file.model_hash = root.text("model_hash");
  file.input_sha256 = root.text("input_sha256");
  file.tool_version = root.text("tool_version");
  return file;
}

}  // namespace

MaskFile read_mask(const std::filesystem::path& path) {
  return hdf5::read_file(path, "a mask file of 'reticle correct'", [&](const hdf5::Group& root) { return read_root(root, path); });
}

std::optional<Design> read_edge_mask(const std::filesystem::path& path) {
  return hdf5::read_file(path, "a mask file", [](const hdf5::Group& root) -> std::optional<Design> {
    if (!root.has_attribute("schema") || root.text("schema") != k_schema || !root.has("outlines")) return std::nullopt;
    const Grid grid = hdf5::read_grid(root, "mask");
    return Design{.polygons = fill(hdf5::read_outlines(root, "outlines")),
                  .window = {grid.origin_x_nm, grid.origin_y_nm, grid.origin_x_nm + grid.width_nm(), grid.origin_y_nm + grid.height_nm()}};
  });
}

void write_mask(const std::filesystem::path& path, const MaskFile& file) {
  const hdf5::Session session;
  hdf5::NewFile output(session, path);
  hdf5::Group& root = output.root();
  root.set_text("schema", k_schema);
  root.set_number("schema_version", k_schema_version);
  root.set_text("tool_version", file.tool_version);
  root.set_text("model_hash", file.model_hash);
  root.set_text("input_sha256", file.input_sha256);
  root.write_text("recipe", file.recipe);
  hdf5::write_pixels(root, "mask", file.mask, file.grid);
  hdf5::write_pixels(root, "target", file.target.empty() ? file.mask : file.target, file.grid);
  if (!file.grey.empty()) hdf5::write_pixels(root, "grey", rounded(file.grey), file.grey_grid);
  hdf5::Group metrics = root.create_group("metrics");
  for (const auto& [name, value] : file.metrics) metrics.set_number(name, value);
  hdf5::write_outlines(root, "outlines", file.outlines);
  write_history(root, file.history);
  output.save();
}

}  // namespace reticle
