// SPDX-License-Identifier: Apache-2.0
#include "masks/layout/gds_writer.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <fstream>
#include <initializer_list>
#include <map>
#include <set>

#include "kernels/base/error.h"
#include "litho/geometry/boolean.h"
#include "masks/layout/gds_records.h"
#include "masks/output_file.h"

namespace reticle::layout {

using namespace gds;

namespace {

constexpr std::size_t k_most_points = 8190;
constexpr int k_most_steps = 32767;
constexpr std::size_t k_longest_text = 65530;  // a record has 16 bits of length

enum DataType : int { k_none = 0, k_bits = 1, k_int16 = 2, k_int32 = 3, k_real8 = 5, k_ascii = 6 };

// Excess-64, base 16: sign, 7-bit exponent, 56-bit fraction.
void put_real8(double value, std::vector<unsigned char>& data) {
  const unsigned sign = value < 0.0 ? 0x80 : 0;
  value = std::abs(value);
  int exponent = 64;
  while (value >= 1.0) value /= 16.0, ++exponent;
  while (value != 0.0 && value < 1.0 / 16.0) value *= 16.0, --exponent;
  data.push_back(static_cast<unsigned char>(sign | static_cast<unsigned>(exponent)));
  for (int i = 0; i < 7; ++i) {
    value *= 256.0;
    const double digit = std::floor(value);
    data.push_back(static_cast<unsigned char>(digit));
    value -= digit;
  }
}

class GdsStream {
 public:
  explicit GdsStream(const std::filesystem::path& path) : file_(path, std::ios::binary) {}

  void record(Record type) { put(type, k_none, {}); }
  void int16(Record type, std::initializer_list<int> values, DataType data_type = k_int16) {
    std::vector<unsigned char> data;
    for (const int v : values) {
      data.push_back(static_cast<unsigned char>(v >> 8));
      data.push_back(static_cast<unsigned char>(v));
    }
    put(type, data_type, data);
  }
  void dates(Record type, const GdsDates& dates) {
    std::vector<unsigned char> data;
    for (const std::int16_t v : dates) {
      data.push_back(static_cast<unsigned char>(v >> 8));
      data.push_back(static_cast<unsigned char>(v));
    }
    put(type, k_int16, data);
  }
  void real8(Record type, std::initializer_list<double> values) {
    std::vector<unsigned char> data;
    for (const double v : values) put_real8(v, data);
    put(type, k_real8, data);
  }
  void text(Record type, std::string value) {
    if (value.size() % 2 != 0) value.push_back('\0');
    put(type, k_ascii, {value.begin(), value.end()});
  }
  void points(const std::vector<DbPoint>& points) {
    std::vector<unsigned char> data;
    const auto add = [&](std::int32_t v) {
      for (const int shift : {24, 16, 8, 0}) data.push_back(static_cast<unsigned char>(v >> shift));
    };
    for (const DbPoint& p : points) add(p.x), add(p.y);
    put(k_xy, k_int32, data);
  }
  bool flushed() {
    file_.flush();
    return file_.good();
  }

 private:
  void put(Record type, DataType data_type, const std::vector<unsigned char>& data) {
    const std::size_t length = data.size() + 4;
    const char head[4] = {static_cast<char>(length >> 8), static_cast<char>(length & 0xFF),
                          static_cast<char>(type), static_cast<char>(data_type)};
    file_.write(head, 4);
    file_.write(reinterpret_cast<const char*>(data.data()),
                static_cast<std::streamsize>(data.size()));
  }

  std::ofstream file_;
};

class GdsWriter final : public CellSink {
 public:
  GdsWriter(const std::filesystem::path& path, double dbu_nm, const std::string& name, const GdsDates& dates)
      : path_(path), file_(path), stream_(file_.temporary()) {
    stream_.int16(k_header, {600});
    stream_.dates(k_bgnlib, dates);
    stream_.text(k_libname, name.empty() || name.size() > k_longest_text ? "RETICLE" : name);
    stream_.real8(k_units, {dbu_nm / 1e3, dbu_nm / 1e9});  // in um and in m
  }

  void add(const Cell& cell) override {
    if (cell.name.empty() || cell.name.size() > k_longest_text)
      throw Error(ErrorCode::bad_input, path_.string() + ": a cell name of " + std::to_string(cell.name.size()) +
                                            " bytes does not fit GDSII; write OASIS instead");
    stream_.dates(k_bgnstr, cell.dates);
    stream_.text(k_strname, name_of(cell.name));
    for (const auto& [layer, shapes] : cell.layers) write_shapes(layer, shapes);
    for (const Label& label : cell.labels) write_label(label);
    for (const Reference& reference : cell.references)
      for (const Reference& part : whole_placements(reference, k_most_steps)) write_reference(part);
    stream_.record(k_endstr);
  }

  void finish() override {
    stream_.record(k_endlib);
    if (!stream_.flushed())
      throw Error(ErrorCode::io, path_.string() + ": cannot be written: the disk may be full");
    file_.commit();
  }

 private:
  // Readers end names at control characters or refuse them: these become '_', and names that then are equal
  // get a number.
  const std::string& name_of(const std::string& given) {
    const auto [known, is_new] = names_.try_emplace(given, given);
    if (!is_new) return known->second;
    std::string& name = known->second;
    const auto bad = [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7F'; };
    std::replace_if(name.begin(), name.end(), bad, '_');
    const std::string stem = name;
    for (int n = 1; !taken_.insert(name).second; ++n) name = stem + std::to_string(n);
    if (name != given)
      warning_log().add(path_.string(), "cell names with control characters are changed", "now '" + name + "'");
    return name;
  }

  void check(const LayerId& layer) const {
    if (layer.layer > UINT16_MAX || layer.datatype > UINT16_MAX)
      throw Error(ErrorCode::bad_input, path_.string() + ": layer " + std::to_string(layer.layer) +
                                            "/" + std::to_string(layer.datatype) +
                                            " does not fit GDSII's 16 bits; write OASIS instead");
  }

  void write_shapes(const LayerId& layer, const ShapeSet& shapes) {
    check(layer);
    for (std::size_t i = 0; i < shapes.count(); ++i)
      write_polygon(layer, {shapes.begin_of(i), shapes.end_of(i)});
  }

  void write_label(const Label& label) {
    check(label.layer);
    stream_.record(k_text);
    stream_.int16(k_layer, {label.layer.layer});
    stream_.int16(k_texttype, {label.layer.datatype});
    stream_.points({label.at});
    if (label.text.size() > k_longest_text)
      warning_log().add(path_.string(), "texts longer than GDSII's records are cut short");
    stream_.text(k_string, label.text.substr(0, k_longest_text));
    stream_.record(k_endel);
  }

  void write_polygon(const LayerId& layer, std::vector<DbPoint> points) {
    if (points.size() > k_most_points) return write_halves(layer, points);
    points.push_back(points.front());
    stream_.record(k_boundary);
    stream_.int16(k_layer, {layer.layer});
    stream_.int16(k_datatype, {layer.datatype});
    stream_.points(points);
    stream_.record(k_endel);
  }

  // Cut in the middle of its longer side, at a whole database unit.
  void write_halves(const LayerId& layer, const std::vector<DbPoint>& points) {
    Polygon polygon;
    DbBox bounds;
    for (const DbPoint& p : points) {
      bounds.add(p);
      polygon.push_back({static_cast<double>(p.x), static_cast<double>(p.y)});
    }
    const Box box{static_cast<double>(bounds.x0), static_cast<double>(bounds.y0),
                  static_cast<double>(bounds.x1), static_cast<double>(bounds.y1)};
    Box low = box, high = box;
    if (box.width() > box.height())
      low.x1 = high.x0 = std::round(0.5 * (box.x0 + box.x1));
    else
      low.y1 = high.y0 = std::round(0.5 * (box.y0 + box.y1));
    for (const Box& half : {low, high})
      for (const Polygon& piece : clip({&polygon, 1}, half, 1.0)) {
        std::vector<DbPoint> part;
        for (const Point& p : piece)
          part.push_back({static_cast<std::int32_t>(p.x), static_cast<std::int32_t>(p.y)});
        write_polygon(layer, std::move(part));
      }
  }

  void write_reference(const Reference& r) {
    const bool array = r.columns > 1 || r.rows > 1;
    stream_.record(array ? k_aref : k_sref);
    stream_.text(k_sname, name_of(r.cell));
    if (r.mirror || r.magnification != 1.0 || r.angle_deg != 0.0) {
      stream_.int16(k_strans, {r.mirror ? 0x8000 : 0}, k_bits);
      if (r.magnification != 1.0) stream_.real8(k_mag, {r.magnification});
      if (r.angle_deg != 0.0) stream_.real8(k_angle, {r.angle_deg});
    }
    std::vector<DbPoint> corners{point(r.x, r.y)};
    if (array) {
      stream_.int16(k_colrow, {r.columns, r.rows});
      corners.push_back(point(r.x + r.columns * r.column_x, r.y + r.columns * r.column_y));
      corners.push_back(point(r.x + r.rows * r.row_x, r.y + r.rows * r.row_y));
    }
    stream_.points(corners);
    stream_.record(k_endel);
  }
  DbPoint point(double x, double y) const {
    const auto fits = [](double v) { return v >= INT32_MIN && v <= INT32_MAX; };
    if (!(fits(x) && fits(y)))
      throw Error(ErrorCode::bad_input,
                  path_.string() + ": a placement reaches beyond 32-bit coordinates");
    return {static_cast<std::int32_t>(x), static_cast<std::int32_t>(y)};
  }

  std::filesystem::path path_;
  OutputFile file_;
  GdsStream stream_;
  std::map<std::string, std::string> names_;  // as given, as written
  std::set<std::string> taken_;
};

}  // namespace

void write_gds(const std::filesystem::path& path, const Library& library) {
  GdsWriter writer(path, library.dbu_nm, library.name, library.dates);
  for (const Cell& cell : library.cells) writer.add(cell);
  writer.finish();
}

std::unique_ptr<CellSink> open_gds_sink(const std::filesystem::path& path, double dbu_nm) {
  return std::make_unique<GdsWriter>(path, dbu_nm, "", k_some_date);
}

}  // namespace reticle::layout
