// SPDX-License-Identifier: Apache-2.0
#include "masks/layout/oasis_reader.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>
#include <map>
#include <optional>

#include "kernels/base/error.h"
#include "masks/layout/oasis_names.h"
#include "masks/layout/oasis_properties.h"
#include "masks/layout/oasis_records.h"
#include "masks/layout/oasis_shapes.h"
#include "masks/layout/oasis_stream.h"
#include "masks/layout/path_outline.h"

namespace reticle::layout {

namespace {

using namespace oasis;

constexpr char k_magic[] = "%SEMI-OASIS\r\n";
constexpr std::uint64_t k_array_worth_a_cell = 256;
constexpr std::uint64_t k_free_points = 400'000, k_points_per_byte = 4000, k_points_per_unpacked_byte = 16;
constexpr double k_span = 4294967296.0;

class OasisReader {
 public:
  OasisReader(const std::filesystem::path& path, const KeptLayers& kept) : path_(path), stream_(path), kept_(kept) {}

  Library read() {
    std::array<char, sizeof k_magic - 1> magic{};
    if (stream_.at_end()) stream_.fail("the file is empty");
    stream_.bytes(magic.data(), magic.size());
    if (!std::equal(magic.begin(), magic.end(), k_magic))
      stream_.fail("this is not an OASIS file: it does not begin with %SEMI-OASIS");
    if (stream_.unsigned_integer() != k_start) stream_.fail("the first record is not START");
    read_start();
    for (std::uint64_t record = stream_.unsigned_integer(); record != k_end;
         record = stream_.unsigned_integer())
      read_record(record);
    read_end();
    names_.give(library_, stream_);
    properties_.lose(library_.not_kept);
    settle_cells(library_, settled_);
    return std::move(library_);
  }

 private:
  void read_start() {
    const std::string version = stream_.text();
    if (version != "1.0") stream_.fail("OASIS version '" + version + "'; 1.0 is read");
    const double steps_per_um = stream_.real();
    library_.dbu_nm = decimal_dbu_nm(1000.0 / steps_per_um);
    if (!(library_.dbu_nm > 1e-6 && library_.dbu_nm < 1e9))
      stream_.fail("START gives " + std::to_string(steps_per_um) +
                   " database units a micrometre; it must be positive");
    offsets_at_end_ = stream_.unsigned_integer() != 0;
    if (!offsets_at_end_) skip_offsets();
  }
  void skip_offsets() {
    for (int i = 0; i < 12; ++i) stream_.unsigned_integer();
  }

  void read_record(std::uint64_t record) {
    switch (record) {
      case k_pad:
        break;
      case k_cellname:
        names_.cells.add(stream_.text());
        break;
      case k_cellname_numbered: {
        const std::string name = stream_.text();
        names_.cells.add(name, stream_.unsigned_integer());
        break;
      }
      case k_textstring:
        names_.texts.add(stream_.text());
        break;
      case k_textstring_numbered: {
        const std::string text = stream_.text();
        names_.texts.add(text, stream_.unsigned_integer());
        break;
      }
      case k_propname:
        properties_.names.add(stream_.text());
        break;
      case k_propname_numbered: {
        const std::string name = stream_.text();
        properties_.names.add(name, stream_.unsigned_integer());
        break;
      }
      case k_propstring:
        stream_.skip_text();
        break;
      case k_propstring_numbered:
        stream_.skip_text();
        stream_.unsigned_integer();
        break;
      case k_layername:
      case k_layername_text:
        not_kept("names of layers are not kept");
        stream_.skip_text();
        skip_interval();
        skip_interval();
        break;
      case k_cell_numbered:
        begin_cell("", stream_.unsigned_integer());
        break;
      case k_cell:
        begin_cell(stream_.text(), std::nullopt);
        break;
      case k_absolute:
        modal_.relative = false;
        break;
      case k_relative:
        modal_.relative = true;
        break;
      case k_placement:
      case k_placement_turned:
        read_placement(record);
        break;
      case k_text:
        read_text();
        break;
      case k_rectangle:
        read_rectangle();
        break;
      case k_polygon:
        read_polygon();
        break;
      case k_path:
        read_path();
        break;
      case k_trapezoid_ab:
      case k_trapezoid_a:
      case k_trapezoid_b:
        read_trapezoid(record);
        break;
      case k_compact_trapezoid:
        read_compact_trapezoid();
        break;
      case k_circle:
        read_circle();
        break;
      case k_property:
        properties_.read(stream_, cell_name());
        break;
      case k_last_property:
        properties_.repeat(stream_, cell_name());
        break;
      case k_xname:
        stream_.unsigned_integer();
        stream_.skip_text();
        break;
      case k_xname_numbered:
        stream_.unsigned_integer();
        stream_.skip_text();
        stream_.unsigned_integer();
        break;
      case k_xelement:
        stream_.unsigned_integer();
        stream_.skip_text();
        break;
      case k_xgeometry:
        read_xgeometry();
        break;
      case k_block:
        stream_.enter_block();
        break;
      default:
        stream_.fail("a record of unknown type " + std::to_string(record));
    }
  }

  void skip_interval() {
    const std::uint64_t type = stream_.unsigned_integer(4, "the type of an interval");
    if (type > 0) stream_.unsigned_integer();
    if (type == 4) stream_.unsigned_integer();
  }

  void begin_cell(std::string name, std::optional<std::uint64_t> number) {
    modal_ = {};
    settle_cells(library_, settled_);
    settled_ = cell_ = library_.cells.size();
    library_.cells.emplace_back();
    library_.cells.back().name = std::move(name);
    if (number) names_.numbered_cells.push_back({cell_, 0, *number});
    in_cell_ = true;
  }
  std::string cell_name() const { return in_cell_ ? library_.cells[cell_].name : ""; }
  Cell& cell() {
    if (!in_cell_) stream_.fail("a shape or placement before the first cell");
    return library_.cells[cell_];
  }

  // The parts that most records share, in their order.
  void layer(bool given_layer, bool given_datatype) {
    if (given_layer)
      modal_.layer = static_cast<int>(stream_.unsigned_integer(INT32_MAX, "a layer"));
    if (given_datatype)
      modal_.datatype = static_cast<int>(stream_.unsigned_integer(INT32_MAX, "a datatype"));
  }
  void size(std::optional<std::int64_t>& modal, bool given) {
    if (given) modal = static_cast<std::int64_t>(stream_.unsigned_integer(UINT32_MAX, "a size"));
  }
  Delta position(Delta& modal, bool given_x, bool given_y) {
    const auto read = [&](std::int64_t& value) {
      const std::int64_t v = stream_.signed_integer();
      value = modal_.relative ? value + v : v;
      if (std::abs(value) > (std::int64_t{1} << 33)) stream_.fail("a coordinate is beyond 32 bits");
    };
    if (given_x) read(modal.x);
    if (given_y) read(modal.y);
    return modal;
  }
  Repetition repetition(bool given) {
    if (!given) return {};
    modal_.repetition = read_repetition(stream_, modal_.repetition);
    const Repetition& r = modal_.repetition;
    const auto span = [](std::uint64_t count, const Delta& step) {
      return static_cast<double>(count) *
             static_cast<double>(std::max(std::abs(step.x), std::abs(step.y)));
    };
    if (r.offsets.empty() &&
        (r.columns > INT32_MAX || r.rows > INT32_MAX || span(r.columns - 1, r.column) > k_span ||
         span(r.rows - 1, r.row) > k_span))
      stream_.fail("an array of " + std::to_string(r.columns) + " x " + std::to_string(r.rows) +
                   " does not fit into 32-bit coordinates");
    return r;
  }
  template <typename T>
  T said(const std::optional<T>& modal, const char* what) const {
    if (!modal)
      stream_.fail(std::string("a record leaves out ") + what + ", which no earlier one gave");
    return *modal;
  }

  void not_kept(const std::string& what) {
    count(library_.not_kept, stream_.warning(what, in_cell_ ? library_.cells[cell_].name : ""));
  }

  // Repetitions and repeated outlines take memory of their own; it stays in proportion to the file.
  void count_points(std::uint64_t points) {
    points_ += points;
    if (points_ > k_free_points + k_points_per_byte * stream_.place() +
                      k_points_per_unpacked_byte * stream_.unpacked())
      stream_.fail("repetitions of more than " + std::to_string(k_points_per_byte) +
                   " points a byte of the file");
  }

  DbPoint narrow(const Delta& p) const {
    if (p.x != static_cast<std::int32_t>(p.x) || p.y != static_cast<std::int32_t>(p.y))
      stream_.fail("a coordinate is beyond 32 bits");
    return {static_cast<std::int32_t>(p.x), static_cast<std::int32_t>(p.y)};
  }

  void add_polygon(Cell& to, const std::vector<Delta>& outline, const Delta& at) {
    count_points(outline.size());
    scratch_.clear();
    for (const Delta& p : outline) scratch_.push_back(narrow({at.x + p.x, at.y + p.y}));
    const LayerId layer{said(modal_.layer, "the layer"), said(modal_.datatype, "the datatype")};
    if (kept_.keeps(layer)) to.layers[layer].add(scratch_);
    else library_.left_out.insert(layer);
  }

  // Copies of a shape: few are spelled out, a large lattice becomes an array of a cell.
  template <typename Add>
  void repeat(const Repetition& r, const Add& add) {
    if (!r.offsets.empty()) {
      for (const Delta& offset : r.offsets) add(cell(), offset);
    } else if (r.count() > k_array_worth_a_cell) {
      cell();
      const std::size_t parent = cell_, child = library_.cells.size();
      library_.cells.emplace_back();
      add(library_.cells.back(), Delta{});
      const std::size_t target = names_.placed.number();
      names_.children.push_back({parent, target, child});
      place(lattice({.target = target}, r));
    } else {
      for (std::uint64_t j = 0; j < r.rows; ++j)
        for (std::uint64_t i = 0; i < r.columns; ++i) {
          const auto a = static_cast<std::int64_t>(i), b = static_cast<std::int64_t>(j);
          add(cell(), Delta{a * r.column.x + b * r.row.x, a * r.column.y + b * r.row.y});
        }
    }
  }
  void warn(const std::string& what) const {
    const std::string name = in_cell_ ? library_.cells[cell_].name : "";
    if (name != k_context_cell) warning_log().add(stream_.warning(what, name));
  }
  static bool has_area(const std::vector<Delta>& outline) {
    for (std::size_t i = 2; i < outline.size(); ++i) {
      const Delta &a = outline[0], &b = outline[i - 1], &c = outline[i];
      __extension__ using Wide = __int128;
      if (Wide{b.x - a.x} * (c.y - a.y) != Wide{b.y - a.y} * (c.x - a.x)) return true;
    }
    return false;
  }
  void add_shape(const std::vector<Delta>& outline, const Delta& at, const Repetition& r) {
    if (!has_area(outline)) return warn("shapes without area are left out");
    repeat(r, [&](Cell& to, const Delta& offset) {
      add_polygon(to, outline, {at.x + offset.x, at.y + offset.y});
    });
  }

  static Placement lattice(Placement placement, const Repetition& r) {
    placement.columns = static_cast<int>(r.columns);
    placement.rows = static_cast<int>(r.rows);
    placement.column_x = static_cast<double>(r.column.x);
    placement.column_y = static_cast<double>(r.column.y);
    placement.row_x = static_cast<double>(r.row.x);
    placement.row_y = static_cast<double>(r.row.y);
    return placement;
  }

  void place(const Placement& placement) { library_.cells[cell_].placements.building().push_back(placement); }

  void read_placement(std::uint64_t record) {
    const std::uint8_t info = stream_.byte();
    if (info & 0x80) {
      if (info & 0x40)
        modal_.cell = names_.placed_by(stream_.unsigned_integer());
      else
        modal_.cell = names_.placed.number(stream_.text());
    }
    if (!modal_.cell) stream_.fail("a placement names no cell, and no earlier one did");
    Placement placement{.target = *modal_.cell, .mirror = (info & 1) != 0};
    if (record == k_placement) {
      placement.angle_deg = 90.0 * ((info >> 1) & 3);
    } else {
      if (info & 4) placement.magnification = stream_.real();
      if (info & 2) placement.angle_deg = stream_.real();
      if (!(std::isfinite(placement.magnification) && placement.magnification > 0.0 &&
            std::isfinite(placement.angle_deg)))
        stream_.fail("a placement's magnification must be positive and its angle finite");
    }
    const Delta at = position(modal_.placement, info & 0x20, info & 0x10);
    const Repetition r = repetition(info & 8);
    placement.x = static_cast<double>(at.x);
    placement.y = static_cast<double>(at.y);
    cell();
    if (r.offsets.empty()) return place(lattice(placement, r));
    count_points(16 * r.offsets.size());
    for (const Delta& offset : r.offsets) {
      Placement one = placement;
      one.x += static_cast<double>(offset.x);
      one.y += static_cast<double>(offset.y);
      place(one);
    }
  }

  void read_text() {
    const std::uint8_t info = stream_.byte();
    if (info & 0x40) {
      modal_.string.clear();
      modal_.string_number.reset();
      if (info & 0x20)
        modal_.string_number = stream_.unsigned_integer();
      else
        modal_.string = stream_.text();
    }
    if (info & 1)
      modal_.text_layer = static_cast<int>(stream_.unsigned_integer(INT32_MAX, "a text layer"));
    if (info & 2)
      modal_.text_type = static_cast<int>(stream_.unsigned_integer(INT32_MAX, "a text type"));
    if (modal_.string.empty() && !modal_.string_number && !(info & 0x40))
      stream_.fail("a text leaves out its string, which no earlier one gave");
    const Delta at = position(modal_.text, info & 0x10, info & 8);
    const LayerId layer{said(modal_.text_layer, "the text layer"),
                        said(modal_.text_type, "the text type")};
    repeat(repetition(info & 4), [&](Cell& to, const Delta& offset) {
      count_points(8 + modal_.string.size() / 8);
      if (!(kept_.texts && kept_.keeps(layer))) return;
      if (modal_.string_number) {
        const std::size_t index = static_cast<std::size_t>(&to - library_.cells.data());
        names_.numbered_labels.push_back({index, to.labels.size(), *modal_.string_number});
      }
      to.labels.push_back({layer, narrow({at.x + offset.x, at.y + offset.y}), modal_.string});
    });
  }

  void read_rectangle() {
    const std::uint8_t info = stream_.byte();
    layer(info & 1, info & 2);
    size(modal_.width, info & 0x40);
    if (info & 0x80)
      modal_.height = said(modal_.width, "the width");
    else
      size(modal_.height, info & 0x20);
    const Delta at = position(modal_.geometry, info & 0x10, info & 8);
    const std::int64_t w = said(modal_.width, "the width"), h = said(modal_.height, "the height");
    const Repetition r = repetition(info & 4);
    add_shape({{0, 0}, {0, h}, {w, h}, {w, 0}}, at, r);
  }

  void read_polygon() {
    const std::uint8_t info = stream_.byte();
    layer(info & 1, info & 2);
    if (info & 0x20) modal_.polygon = read_point_list(stream_, Outline::closed);
    if (modal_.polygon.empty())
      stream_.fail("a polygon leaves out its points, which no earlier one gave");
    const Delta at = position(modal_.geometry, info & 0x10, info & 8);
    add_shape(modal_.polygon, at, repetition(info & 4));
  }

  void read_extension(std::uint64_t scheme, std::optional<std::int64_t>& extension) {
    if (scheme == 1) extension = 0;
    if (scheme == 2) extension = said(modal_.half_width, "the half-width");
    if (scheme == 3) extension = stream_.signed_integer();
  }
  void read_path() {
    const std::uint8_t info = stream_.byte();
    layer(info & 1, info & 2);
    size(modal_.half_width, info & 0x40);
    if (info & 0x80) {
      const std::uint64_t scheme = stream_.unsigned_integer(15, "the extension scheme of a path");
      read_extension(scheme >> 2, modal_.start_extension);
      read_extension(scheme & 3, modal_.end_extension);
    }
    if (info & 0x20) modal_.path = read_point_list(stream_, Outline::open);
    if (modal_.path.empty())
      stream_.fail("a path leaves out its points, which no earlier one gave");
    const Delta at = position(modal_.geometry, info & 0x10, info & 8);
    const Repetition r = repetition(info & 4);
    PathEnds ends;
    ends.before = static_cast<double>(said(modal_.start_extension, "its start extension"));
    ends.after = static_cast<double>(said(modal_.end_extension, "its end extension"));
    const double width = 2.0 * static_cast<double>(said(modal_.half_width, "the half-width"));
    std::vector<DbPoint> centre;
    for (const Delta& p : modal_.path) centre.push_back(narrow(p));
    std::vector<Delta> outline;
    try {
      for (const DbPoint& p : path_outline(centre, width, ends)) outline.push_back({p.x, p.y});
    } catch (const Error& beyond) {
      stream_.fail(beyond.what());
    }
    add_shape(outline, at, r);
  }

  void read_trapezoid(std::uint64_t record) {
    const std::uint8_t info = stream_.byte();
    layer(info & 1, info & 2);
    size(modal_.width, info & 0x40);
    size(modal_.height, info & 0x20);
    Trapezoid t{.vertical = (info & 0x80) != 0};
    if (record != k_trapezoid_b) t.delta_a = stream_.signed_integer();
    if (record != k_trapezoid_a) t.delta_b = stream_.signed_integer();
    t.width = said(modal_.width, "the width");
    t.height = said(modal_.height, "the height");
    const Delta at = position(modal_.geometry, info & 0x10, info & 8);
    add_shape(outline_of(t), at, repetition(info & 4));
  }

  void read_compact_trapezoid() {
    const std::uint8_t info = stream_.byte();
    layer(info & 1, info & 2);
    if (info & 0x80) modal_.compact_type = stream_.unsigned_integer();
    size(modal_.width, info & 0x40);
    size(modal_.height, info & 0x20);
    const std::uint64_t type = said(modal_.compact_type, "its type");
    // Some types are given by one side alone.
    const bool by_width = (type >= 16 && type <= 19) || type == 22 || type == 23 || type == 25;
    const bool by_height = type == 20 || type == 21;
    const std::int64_t w = by_height ? 0 : said(modal_.width, "the width");
    const std::int64_t h = by_width ? 0 : said(modal_.height, "the height");
    const std::vector<Delta> outline = compact_trapezoid(stream_, type, w, h);
    // The side that is not given follows from the other, for later records too.
    if (type == 20 || type == 21) modal_.width = 2 * h;
    if (by_width) modal_.height = type == 22 || type == 23 ? 2 * w : w;
    const Delta at = position(modal_.geometry, info & 0x10, info & 8);
    add_shape(outline, at, repetition(info & 4));
  }

  void read_circle() {
    const std::uint8_t info = stream_.byte();
    layer(info & 1, info & 2);
    size(modal_.radius, info & 0x20);
    const std::int64_t radius = said(modal_.radius, "the radius");
    const Delta at = position(modal_.geometry, info & 0x10, info & 8);
    add_shape(circle(radius), at, repetition(info & 4));
  }

  void read_xgeometry() {
    warn("shapes of extensions to OASIS (XGEOMETRY) are left out");
    const std::uint8_t info = stream_.byte();
    stream_.unsigned_integer();
    layer(info & 1, info & 2);
    stream_.skip_text();
    position(modal_.geometry, info & 0x10, info & 8);
    repetition(info & 4);
  }

  void read_end() {
    if (offsets_at_end_) skip_offsets();
    stream_.skip_text();
    const std::uint64_t scheme = stream_.unsigned_integer(2, "the validation scheme");
    if (scheme == 0) return;
    const std::uint64_t end = stream_.place();
    unsigned char raw[4];
    stream_.bytes(raw, 4);
    const std::uint32_t stored = std::uint32_t{raw[0]} | std::uint32_t{raw[1]} << 8 |
                                 std::uint32_t{raw[2]} << 16 | std::uint32_t{raw[3]} << 24;
    ByteStream again(path_);
    std::vector<unsigned char> part(1 << 16);
    uLong sum = 0;
    for (std::uint64_t left = end; left > 0;) {
      const std::size_t size = static_cast<std::size_t>(std::min<std::uint64_t>(left, part.size()));
      again.read(part.data(), size);
      if (scheme == 1)
        sum = crc32(sum, part.data(), static_cast<uInt>(size));
      else
        for (std::size_t i = 0; i < size; ++i) sum = (sum + part[i]) & 0xFFFFFFFF;
      left -= size;
    }
    if (sum != stored) stream_.fail("the checksum does not match: the file is damaged");
  }

  std::filesystem::path path_;
  OasisStream stream_;
  const KeptLayers& kept_;
  Library library_;
  Modal modal_;
  bool offsets_at_end_ = false, in_cell_ = false;
  std::size_t cell_ = 0, settled_ = 0;
  std::uint64_t points_ = 0;
  OasisNames names_;
  OasisProperties properties_;
  std::vector<DbPoint> scratch_;
};

}  // namespace

Library read_oasis(const std::filesystem::path& path, const KeptLayers& kept) { return OasisReader(path, kept).read(); }

}  // namespace reticle::layout
