// SPDX-License-Identifier: Apache-2.0
#include "masks/layout/layout_file.h"

#include <cmath>
#include <set>

#include "kernels/base/error.h"
#include "litho/geometry/boolean.h"
#include "masks/file_names.h"
#include "masks/layout/byte_stream.h"
#include "masks/layout/gds_reader.h"
#include "masks/layout/gds_writer.h"
#include "masks/layout/oasis_reader.h"
#include "masks/layout/oasis_writer.h"

namespace reticle {

using layout::DbPoint;

namespace {

bool is_gds(const std::string& extension) {
  return extension == ".gds" || extension == ".gds2" || extension == ".gdsii";
}
bool is_oasis(const std::string& extension) { return extension == ".oas" || extension == ".oasis"; }

std::vector<DbPoint> rounded(const Polygon& polygon, double dbu_nm) {
  std::vector<DbPoint> points;
  const auto same = [](const DbPoint& a, const DbPoint& b) { return a.x == b.x && a.y == b.y; };
  for (const Point& p : polygon) {
    const double x = std::round(p.x / dbu_nm), y = std::round(p.y / dbu_nm);
    const auto fits = [](double v) { return v >= INT32_MIN && v <= INT32_MAX; };
    if (!(fits(x) && fits(y)))
      throw Error(ErrorCode::bad_input, "a corner at (" + std::to_string(p.x) + ", " +
                                            std::to_string(p.y) + ") nm is beyond 32 bits of " +
                                            std::to_string(dbu_nm) +
                                            " nm; use a larger database unit");
    const DbPoint point{static_cast<std::int32_t>(x), static_cast<std::int32_t>(y)};
    if (points.empty() || !same(point, points.back())) points.push_back(point);
  }
  while (points.size() > 1 && same(points.front(), points.back())) points.pop_back();
  return points;
}

}  // namespace

std::unique_ptr<layout::CellSink> layout::open_cell_sink(const std::filesystem::path& path, double dbu_nm) {
  const std::string extension = lower_extension(path);
  if (is_gds(extension)) return open_gds_sink(path, dbu_nm);
  if (is_oasis(extension)) return open_oasis_sink(path, dbu_nm);
  throw Error(ErrorCode::unsupported, path.string() + ": layouts are written as .gds or .oas");
}

layout::Library read_placements(const std::filesystem::path& path, const layout::KeptLayers& kept) {
  unsigned char first = 0;
  {
    layout::ByteStream stream(path);
    if (!stream.at_end()) stream.read(&first, 1);
  }
  layout::Library library = first == '%' ? layout::read_oasis(path, kept) : layout::read_gds(path, kept);
  const auto removed =
      std::erase_if(library.cells, [](const layout::Cell& cell) { return cell.name == layout::k_context_cell; });
  if (removed > 0)
    count(library.not_kept, {path.string(), "the context of KLayout's PCells is not kept; they stay as drawn"});
  std::set<std::string> names;
  for (const layout::Cell& cell : library.cells)
    if (!names.insert(cell.name).second)
      throw Error(ErrorCode::bad_input, path.string() + ": cell '" + cell.name +
                                            "' is defined twice; rename one of them");
  return library;
}

layout::Library read_library(const std::filesystem::path& path, const layout::KeptLayers& kept) {
  layout::Library library = read_placements(path, kept);
  for (layout::Cell& cell : library.cells) {
    for (const layout::Placement& p : cell.placements) cell.references.push_back(reference_to(library.placed[p.target], p));
    cell.placements = {};
  }
  library.placed = {};
  return library;
}

void write_library(const std::filesystem::path& path, const layout::Library& library) {
  const std::string extension = lower_extension(path);
  if (is_gds(extension) || is_oasis(extension))
    for (const Warning& warning : library.not_kept) warning_log().add(warning);
  if (is_gds(extension)) return layout::write_gds(path, library);
  if (is_oasis(extension)) return layout::write_oasis(path, library);
  throw Error(ErrorCode::unsupported, path.string() + ": layouts are written as .gds or .oas");
}

bool is_layout_name(const std::filesystem::path& path) {
  const std::string extension = lower_extension(lower_extension(path) == ".gz" ? path.stem() : path);
  return is_gds(extension) || is_oasis(extension);
}

layout::Library library_of(const std::vector<LayerPolygons>& layers, const CellOptions& options) {
  if (!(options.dbu_nm > 0.0 && std::isfinite(options.dbu_nm)))
    throw Error(ErrorCode::bad_input, "a database unit of " + std::to_string(options.dbu_nm) +
                                          " nm; it must be positive");
  layout::Library library{.dbu_nm = options.dbu_nm};
  layout::Cell cell{.name = options.cell};
  for (const LayerPolygons& layer : layers) {
    layout::ShapeSet& shapes = cell.layers[layer.layer];
    for (const Polygon& polygon : layer.polygons) {
      // Rounding may make an outline cross itself; the union of its parts does not.
      const std::vector<DbPoint> points = rounded(polygon, options.dbu_nm);
      Polygon whole;
      for (const DbPoint& p : points)
        whole.push_back({static_cast<double>(p.x), static_cast<double>(p.y)});
      if (points.size() < 3) continue;
      if (is_simple(whole, 1.0)) {
        shapes.add(points);
      } else {
        for (const Polygon& part : merge({&whole, 1}, 1.0)) shapes.add(rounded(part, 1.0));
      }
    }
  }
  library.cells.push_back(std::move(cell));
  return library;
}

}  // namespace reticle
