// SPDX-License-Identifier: Apache-2.0
#include "masks/layout/layout_index.h"

#include <sys/stat.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <set>

#include "kernels/base/error.h"
#include "kernels/base/version.h"
#include "masks/layout/index_file.h"
#include "masks/sha256.h"

namespace reticle::layout {

namespace {

constexpr std::size_t k_cells_at_once = 256;
constexpr std::size_t k_deepest = 1000;
// Of two writes within the least step of a file system's clock (two seconds at most) the times are equal; file systems'
// clocks may differ by some seconds more.
constexpr std::int64_t k_settled_ns = 10'000'000'000;

// Numbers lie in the arrays as this program has them.
std::string program() {
  return "reticle " + std::string(version()) + ", placements of " + std::to_string(sizeof(Placement)) + " bytes";
}

std::set<LayerId> set_of(const std::vector<LayerId>& layers) { return {layers.begin(), layers.end()}; }

template <class Id, class File>
void describe_layer(Id& id, File& file) {
  file.number(id.layer);
  file.number(id.datatype);
}

void write_cell(const Cell& cell, IndexWriter& file) {
  file.text(cell.name);
  file.array(cell.placements);
  file.number(std::uint64_t{cell.layers.size()});
  for (const auto& [layer, shapes] : cell.layers) {
    describe_layer(layer, file);
    ShapeSet::describe(shapes, file);
  }
}

void read_cell(Cell& cell, IndexReader& file) {
  file.text(cell.name);
  file.array(cell.placements);
  std::uint64_t layers = 0;
  file.number(layers);
  for (std::uint64_t i = 0; i < layers; ++i) {
    LayerId layer;
    describe_layer(layer, file);
    ShapeSet::describe(cell.layers[layer], file);
  }
}

bool is_sound(const Placement& placement, std::size_t cell) {
  unsigned char mirror = 0;
  std::memcpy(&mirror, reinterpret_cast<const char*>(&placement) + offsetof(Placement, mirror), 1);
  const double numbers[] = {placement.x, placement.y, placement.angle_deg, placement.column_x, placement.column_y, placement.row_x, placement.row_y};
  return placement.target < cell && mirror <= 1 && placement.columns >= 1 && placement.rows >= 1 && placement.magnification > 0.0 &&
         std::isfinite(placement.magnification) && std::all_of(std::begin(numbers), std::end(numbers), [](double v) { return std::isfinite(v); });
}

// Whether windows can be looked up: whoever wrote the arrays.
bool is_sound(const Library& library) {
  std::vector<std::size_t> depth(library.cells.size());
  for (std::size_t i = 0; i < library.cells.size(); ++i) {
    const Cell& cell = library.cells[i];
    for (const Placement& placement : cell.placements) {
      if (!is_sound(placement, i)) return false;
      depth[i] = std::max(depth[i], depth[placement.target] + 1);
    }
    if (depth[i] > k_deepest) return false;
    for (const auto& [layer, shapes] : cell.layers)
      if (!shapes.is_sound()) return false;
    if (i % k_cells_at_once == 0) library.paged->give_back();
  }
  return library.dbu_nm > 0.0 && std::isfinite(library.dbu_nm);
}

void write_layers(const std::vector<LayerId>& layers, IndexWriter& file) {
  file.count(layers);
  for (const LayerId& layer : layers) describe_layer(layer, file);
}

std::vector<LayerId> read_layers(IndexReader& file) {
  std::vector<LayerId> layers;
  file.count(layers);
  for (LayerId& layer : layers) describe_layer(layer, file);
  return layers;
}

void write_stamp(const FileStamp& stamp, IndexWriter& file) {
  file.number(stamp.inode);
  file.number(stamp.size);
  file.number(stamp.modified_ns);
  file.number(stamp.changed_ns);
}

FileStamp read_stamp(IndexReader& file) {
  FileStamp stamp;
  file.number(stamp.inode);
  file.number(stamp.size);
  file.number(stamp.modified_ns);
  file.number(stamp.changed_ns);
  return stamp;
}

// What an index says of its file.
struct Table {
  FileStamp stamp;
  std::int64_t written_ns = 0;  // by the clock of the index's file system
  std::string sha256;
  std::vector<LayerId> kept;
  std::vector<Warning> warnings;
};

Table read_table(IndexReader& file) {
  std::string made_by;
  file.text(made_by);
  if (made_by != program()) throw UnusableIndex{"is of another version"};
  Table table;
  table.stamp = read_stamp(file);
  file.number(table.written_ns);
  file.text(table.sha256);
  table.kept = read_layers(file);
  file.count(table.warnings);
  for (Warning& warning : table.warnings) {
    file.text(warning.what);
    file.text(warning.first_place);
    std::uint64_t count = 0;
    file.number(count);
    warning.count = count;
  }
  return table;
}

void require_same_file(const Table& table, const std::filesystem::path& layout) {
  const bool is_settled = table.written_ns - std::max(table.stamp.modified_ns, table.stamp.changed_ns) > k_settled_ns;
  const FileStamp now = FileStamp::of(layout);
  if (is_settled && now == table.stamp) return;
  if (now.size != table.stamp.size || sha256_of_file(layout) != table.sha256) throw UnusableIndex{"is of another layout than " + layout.string()};
}

Layout read_cells(IndexReader& file, std::shared_ptr<Library> library, const std::filesystem::path& layout) {
  SettledCells settled{.library = library, .top_cells = {}, .layers = read_layers(file)};
  file.count(settled.top_cells);
  for (std::string& name : settled.top_cells) file.text(name);
  file.number(library->dbu_nm);
  file.count(library->cells);
  for (Cell& cell : library->cells) read_cell(cell, file);
  file.check_arrays();
  if (!is_sound(*library)) throw UnusableIndex{"does not hold together"};
  return {std::move(settled), layout.string()};
}

}  // namespace

FileStamp FileStamp::of(const std::filesystem::path& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return {};
  const auto ns = [](const timespec& time) { return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec; };
  return {.inode = status.st_ino, .size = static_cast<std::uint64_t>(status.st_size), .modified_ns = ns(status.st_mtim), .changed_ns = ns(status.st_ctim)};
}

void write_layout_index(const std::filesystem::path& index, const Layout& layout, const IndexedFile& of) {
  IndexWriter file(index);
  file.text(program());
  write_stamp(of.stamp, file);
  file.number(FileStamp::of(file.temporary()).modified_ns);
  file.text(of.sha256);
  write_layers(of.kept.layers, file);
  file.count(of.warnings);
  for (const Warning& warning : of.warnings) {
    file.text(warning.what);
    file.text(warning.first_place);
    file.number(std::uint64_t{warning.count});
  }
  const SettledCells& settled = layout.settled();
  write_layers(settled.layers, file);
  file.count(settled.top_cells);
  for (const std::string& name : settled.top_cells) file.text(name);
  file.number(settled.library->dbu_nm);
  file.count(settled.library->cells);
  for (std::size_t i = 0; i < settled.library->cells.size(); ++i) {
    write_cell(settled.library->cells[i], file);
    if (i % k_cells_at_once == 0) settled.library->paged->give_back();
  }
  file.commit();
}

FoundIndex find_layout_index(const std::filesystem::path& index, const std::filesystem::path& layout, const KeptLayers& kept) {
  FoundIndex found;
  if (std::error_code none; !std::filesystem::exists(index, none)) return found;
  Table table;
  try {
    auto library = std::make_shared<Library>();
    library->paged = std::make_shared<PagedMemory>();
    IndexReader file(index, *library->paged);
    table = read_table(file);
    if (set_of(table.kept) != set_of(kept.layers)) throw UnusableIndex{"is of other layers"};
    require_same_file(table, layout);
    found.layout = read_cells(file, library, layout);
    library->paged->give_back();
  } catch (const UnusableIndex& problem) {
    found.why_not = index.string() + ": " + problem.why;
    return found;
  } catch (const Error& problem) {
    if (problem.code() != ErrorCode::io) throw;
    found.why_not = problem.what();
    return found;
  }
  found.sha256 = table.sha256;
  for (Warning& warning : table.warnings) {
    warning.file = layout.string();
    warning_log().add(warning);
  }
  return found;
}

}  // namespace reticle::layout
