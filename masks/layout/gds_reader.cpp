// SPDX-License-Identifier: Apache-2.0
#include "masks/layout/gds_reader.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <span>

#include "kernels/base/error.h"
#include "masks/layout/byte_stream.h"
#include "masks/layout/gds_records.h"
#include "masks/layout/path_outline.h"
#include "masks/layout/placed_names.h"

namespace reticle::layout {

using namespace gds;

namespace {

constexpr int k_absolute = 0x0006;  // bits of STRANS

// Everything an element may say before ENDEL.
struct Element {
  int kind = 0;
  std::optional<int> layer, datatype;
  std::vector<DbPoint> points;
  int width = 0, path_type = 0, begin_extension = 0, end_extension = 0;
  std::string name;  // of the cell placed, or the text
  int columns = 1, rows = 1, flags = 0;
  double magnification = 1.0, angle_deg = 0.0;
  bool styled = false;  // of a text

  // Another one, in the memory that this one took.
  void begin(int other) {
    Element next{.kind = other, .points = std::move(points), .name = std::move(name)};
    next.points.clear();
    next.name.clear();
    *this = std::move(next);
  }
};

class GdsReader {
 public:
  GdsReader(const std::filesystem::path& path, const KeptLayers& kept) : stream_(path), kept_(kept) {}

  Library read() {
    if (stream_.at_end()) stream_.fail("the file is empty");
    next();
    if (record_ != k_header)
      stream_.fail("this is not a GDSII file: it does not begin with HEADER");
    while (true) {
      next();
      if (record_ == k_endlib) break;
      if (record_ == k_bgnlib) library_.dates = dates();
      if (record_ == k_libname) library_.name = text();
      if (record_ == k_units) read_units();
      if (record_ == k_bgnstr) read_structure();
    }
    if (!has_units_) stream_.fail("the library has no UNITS");
    if (absolute_width_ && is_magnified_) warning_log().add(*absolute_width_);
    library_.placed = std::move(placed_.names);
    settle_cells(library_, library_.cells.size());
    return std::move(library_);
  }

 private:
  void next() {
    const unsigned char* head = stream_.take(4);
    const int length = head[0] << 8 | head[1];
    record_ = head[2];
    if (length < 4 || length % 2 != 0)
      stream_.fail("a record of " + std::to_string(length) +
                   " bytes; it must be even and 4 or more");
    const auto rest = static_cast<std::size_t>(length - 4);
    data_ = {stream_.take(rest), rest};
  }

  void want(std::size_t bytes, const char* name) const {
    if (data_.size() < bytes)
      stream_.fail(std::string(name) + " has " + std::to_string(data_.size()) +
                   " bytes; it needs " + std::to_string(bytes));
  }
  int int16(std::size_t i) const {
    return static_cast<std::int16_t>(data_[2 * i] << 8 | data_[2 * i + 1]);
  }
  std::int32_t int32(std::size_t i) const {
    const std::uint32_t value = std::uint32_t{data_[4 * i]} << 24 |
                                std::uint32_t{data_[4 * i + 1]} << 16 |
                                std::uint32_t{data_[4 * i + 2]} << 8 | data_[4 * i + 3];
    return static_cast<std::int32_t>(value);
  }
  // Excess-64, base 16: sign, 7-bit exponent, 56-bit fraction.
  double real8(std::size_t i) const {
    const unsigned char* p = data_.data() + 8 * i;
    double mantissa = 0.0;
    for (int k = 7; k >= 1; --k) mantissa = (mantissa + p[k]) / 256.0;
    const double value = std::ldexp(mantissa, 4 * ((p[0] & 0x7F) - 64));
    return p[0] & 0x80 ? -value : value;
  }
  void read_text(std::string& value) const {
    value.assign(data_.begin(), data_.end());
    while (!value.empty() && value.back() == '\0') value.pop_back();
  }
  std::string text() const {
    std::string value;
    read_text(value);
    return value;
  }

  void read_units() {
    want(16, "UNITS");
    library_.dbu_nm = decimal_dbu_nm(real8(1) * 1e9);
    has_units_ = true;
    if (!(library_.dbu_nm > 1e-6 && library_.dbu_nm < 1e9))
      stream_.fail("UNITS give a database unit of " + std::to_string(library_.dbu_nm) +
                   " nm; it must be positive");
  }

  void read_structure() {
    Cell cell{.dates = dates()};
    while (true) {
      next();
      if (record_ == k_endstr) break;
      if (record_ == k_endlib) stream_.fail("ENDLIB within a structure");
      if (record_ == k_strname) cell_name_ = cell.name = text();
      if (record_ == k_boundary || record_ == k_path || record_ == k_sref || record_ == k_aref ||
          record_ == k_text || record_ == k_node || record_ == k_box)
        read_element(record_), finish(element_, cell);
    }
    if (cell.name.empty()) stream_.fail("a structure has no name");
    library_.cells.push_back(std::move(cell));
    settle_cells(library_, library_.cells.size() - 1);
    cell_name_.clear();
  }

  // Dates that make sense; some writers leave them zero.
  GdsDates dates() const {
    if (data_.size() < 24) return k_some_date;
    GdsDates read;
    for (std::size_t i = 0; i < read.size(); ++i) read[i] = static_cast<std::int16_t>(int16(i));
    for (const std::size_t i : {std::size_t{0}, std::size_t{6}}) {
      const bool good = read[i] >= 0 && read[i + 1] >= 1 && read[i + 1] <= 12 && read[i + 2] >= 1 &&
                        read[i + 2] <= 31 && read[i + 3] >= 0 && read[i + 3] < 24 && read[i + 4] >= 0 &&
                        read[i + 4] < 60 && read[i + 5] >= 0 && read[i + 5] < 60;
      if (!good) return k_some_date;
    }
    return read;
  }
  void warn(const std::string& what) const {
    if (cell_name_ != k_context_cell) stream_.warn(what, cell_name_);
  }
  void not_kept(const std::string& what) { count(library_.not_kept, stream_.warning(what, cell_name_)); }

  void read_element(int kind) {
    Element& e = element_;
    e.begin(kind);
    while (true) {
      next();
      switch (record_) {
        case k_endel:
          return;
        case k_layer:
          want(2, "LAYER");
          e.layer = int16(0) & 0xFFFF;
          break;
        case k_datatype:
          want(2, "DATATYPE");
          e.datatype = int16(0) & 0xFFFF;
          break;
        case k_boxtype:
          want(2, "BOXTYPE");
          e.datatype = int16(0) & 0xFFFF;
          break;
        case k_width:
          want(4, "WIDTH");
          e.width = int32(0);
          break;
        case k_pathtype:
          want(2, "PATHTYPE");
          e.path_type = int16(0);
          break;
        case k_bgnextn:
          want(4, "BGNEXTN");
          e.begin_extension = int32(0);
          break;
        case k_endextn:
          want(4, "ENDEXTN");
          e.end_extension = int32(0);
          break;
        case k_texttype:
          want(2, "TEXTTYPE");
          e.datatype = int16(0) & 0xFFFF;
          break;
        case k_sname:
        case k_string:
          read_text(e.name);
          break;
        case k_presentation:
          e.styled = true;
          break;
        case k_propattr:
          not_kept("properties of shapes and references are not kept");
          break;
        case k_strans:
          want(2, "STRANS");
          e.flags = int16(0);
          break;
        case k_mag:
          want(8, "MAG");
          e.magnification = real8(0);
          break;
        case k_angle:
          want(8, "ANGLE");
          e.angle_deg = real8(0);
          break;
        case k_colrow:
          want(4, "COLROW");
          e.columns = int16(0) & 0xFFFF;
          e.rows = int16(1) & 0xFFFF;
          break;
        case k_xy:
          if (data_.size() % 8 != 0) stream_.fail("XY has an odd number of coordinates");
          for (std::size_t i = 0; i < data_.size() / 8; ++i)
            e.points.push_back({int32(2 * i), int32(2 * i + 1)});
          break;
        case k_bgnstr:
        case k_endstr:
        case k_endlib:
        case k_boundary:
        case k_path:
        case k_sref:
        case k_aref:
        case k_text:
        case k_node:
        case k_box:
          stream_.fail("an element is not closed by ENDEL");
        default:
          break;
      }
    }
  }

  void finish(Element& e, Cell& cell) {
    switch (e.kind) {
      case k_boundary:
      case k_box:
        add_polygon(e, cell);
        break;
      case k_path:
        add_path(e, cell);
        break;
      case k_sref:
      case k_aref:
        add_reference(e, cell);
        break;
      case k_text:
        if (e.points.empty()) stream_.fail("a text has no place");
        if (e.points.size() > 1) warn("texts of more than one point stand at their first");
        if (e.styled || e.width != 0 || e.flags != 0 || e.magnification != 1.0 || e.angle_deg != 0.0)
          not_kept("size, rotation and alignment of texts are not kept");
        if (kept_.texts && kept_.keeps(layer_of(e))) cell.labels.push_back({layer_of(e), e.points[0], e.name});
        break;
      case k_node:
        not_kept("nodes are not kept");
        break;
      default:
        break;
    }
  }

  LayerId layer_of(const Element& e) const {
    if (!e.layer || !e.datatype) stream_.fail("a shape has no LAYER or no DATATYPE");
    return {*e.layer, *e.datatype};
  }

  void add_polygon(Element& e, Cell& cell) {
    std::vector<DbPoint>& points = e.points;
    if (points.size() > 1 && points.front().x == points.back().x &&
        points.front().y == points.back().y)
      points.pop_back();
    const LayerId layer = layer_of(e);
    if (points.size() < 3) return warn("boundaries of fewer than three points are left out");
    if (is_flat(points)) return warn("boundaries without area are left out");
    add_shape(layer, points, cell);
  }

  void add_path(const Element& e, Cell& cell) {
    // A negative width is absolute: not scaled by magnified placements.
    if (e.width < 0 && !absolute_width_)
      absolute_width_ = stream_.warning("absolute widths of paths are scaled by magnified placements", cell_name_);
    const double width = std::abs(static_cast<double>(e.width));
    PathEnds ends;
    if (e.path_type < 0 || e.path_type == 3 || e.path_type > 4)
      warn("paths of unknown type end flat");
    if (e.path_type == 1) ends.round = true;
    if (e.path_type == 2) ends.before = ends.after = 0.5 * width;
    if (e.path_type == 4) {
      ends.before = e.begin_extension;
      ends.after = e.end_extension;
    }
    const LayerId layer = layer_of(e);
    std::vector<DbPoint> outline;
    try {
      outline = path_outline(e.points, width, ends);
    } catch (const Error& beyond) {
      stream_.fail(beyond.what());
    }
    if (outline.empty() || is_flat(outline)) return warn("paths without width or length are left out");
    add_shape(layer, outline, cell);
  }

  void add_shape(LayerId layer, const std::vector<DbPoint>& outline, Cell& cell) {
    if (kept_.keeps(layer)) cell.layers[layer].add(outline);
    else library_.left_out.insert(layer);
  }

  void add_reference(const Element& e, Cell& cell) {
    if (e.name.empty()) stream_.fail("a reference has no SNAME");
    const std::size_t wanted = e.kind == k_aref ? 3 : 1;
    if (e.points.size() < wanted)
      stream_.fail("a reference has " + std::to_string(e.points.size()) + " points; it takes " +
                   std::to_string(wanted));
    if (e.points.size() > wanted) warn("points that references do not need are ignored");
    if (!(std::isfinite(e.magnification) && e.magnification > 0.0 && std::isfinite(e.angle_deg)))
      stream_.fail("a reference's magnification must be positive and its angle finite");
    if (e.flags & k_absolute) warn("absolute magnifications and angles are taken as relative ones");
    is_magnified_ = is_magnified_ || e.magnification != 1.0;
    Placement placement{.target = placed_.number(e.name),
                        .x = static_cast<double>(e.points[0].x),
                        .y = static_cast<double>(e.points[0].y),
                        .angle_deg = e.angle_deg,
                        .magnification = e.magnification,
                        .mirror = (e.flags & 0x8000) != 0};
    if (e.kind == k_aref) {
      const int columns = std::max(e.columns, 1), rows = std::max(e.rows, 1);
      if (columns != e.columns || rows != e.rows) warn("arrays of 0 columns or rows are taken as 1");
      const auto step = [&](const DbPoint& to, int count, double& x, double& y) {
        x = (static_cast<double>(to.x) - e.points[0].x) / count;
        y = (static_cast<double>(to.y) - e.points[0].y) / count;
      };
      placement.columns = columns;
      placement.rows = rows;
      step(e.points[1], columns, placement.column_x, placement.column_y);
      step(e.points[2], rows, placement.row_x, placement.row_y);
    }
    cell.placements.building().push_back(placement);
  }

  ByteStream stream_;
  const KeptLayers& kept_;
  Library library_;
  PlacedNames placed_;
  bool has_units_ = false, is_magnified_ = false;
  std::optional<Warning> absolute_width_;
  std::string cell_name_;  // of the structure that is read
  int record_ = 0;
  std::span<const unsigned char> data_;
  Element element_;
};

}  // namespace

Library read_gds(const std::filesystem::path& path, const KeptLayers& kept) { return GdsReader(path, kept).read(); }

}  // namespace reticle::layout
