#include "masks/layout/gds_writer.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <fstream>

#include "kernels/base/error.h"
#include "litho/geometry/boolean.h"
#include "masks/output_file.h"

namespace reticle {

namespace {

constexpr std::size_t k_most_points = 8190;

class GdsStream {
 public:
  explicit GdsStream(const std::filesystem::path& path) : file_(path, std::ios::binary) {}

  void record(int type, int data_type, const std::vector<unsigned char>& data = {}) {
    const std::size_t length = data.size() + 4;
    const char head[4] = {static_cast<char>(length >> 8), static_cast<char>(length & 0xFF),
                          static_cast<char>(type), static_cast<char>(data_type)};
    file_.write(head, 4);
    file_.write(reinterpret_cast<const char*>(data.data()), static_cast<std::streamsize>(data.size()));
  }
  void int16(int type, std::initializer_list<int> values) {
    std::vector<unsigned char> data;
    for (const int v : values) {
      data.push_back(static_cast<unsigned char>(v >> 8));
      data.push_back(static_cast<unsigned char>(v));
    }
    record(type, 2, data);
  }
  void text(int type, std::string value) {
    if (value.size() % 2 != 0) value.push_back('\0');
    record(type, 6, {value.begin(), value.end()});
  }
  void points(const std::vector<layout::DbPoint>& polygon) {
    std::vector<unsigned char> data;
    const auto put = [&](std::int32_t v) {
      for (const int shift : {24, 16, 8, 0}) data.push_back(static_cast<unsigned char>(v >> shift));
    };
    for (const auto& p : polygon) put(p.x), put(p.y);
    put(polygon.front().x), put(polygon.front().y);
    record(0x10, 3, data);
  }
  bool good() {
    file_.flush();
    return file_.good();
  }

 private:
  std::ofstream file_;
};

// Excess-64, base 16.
void put_real8(double value, std::vector<unsigned char>& data) {
  int exponent = 64;
  while (value >= 1.0) value /= 16.0, ++exponent;
  while (value != 0.0 && value < 1.0 / 16.0) value *= 16.0, --exponent;
  data.push_back(static_cast<unsigned char>(exponent));
  for (int i = 0; i < 7; ++i) {
    value *= 256.0;
    const double digit = std::floor(value);
    data.push_back(static_cast<unsigned char>(digit));
    value -= digit;
  }
}

std::vector<layout::DbPoint> rounded(const Polygon& polygon, double dbu_nm,
                                     const std::filesystem::path& path) {
  std::vector<layout::DbPoint> points;
  for (const Point& p : polygon) {
    const double x = std::round(p.x / dbu_nm), y = std::round(p.y / dbu_nm);
    if (!(std::abs(x) < 2147483648.0 && std::abs(y) < 2147483648.0))
      throw Error(ErrorCode::bad_input, path.string() + ": coordinate (" + std::to_string(p.x) + ", " +
                                            std::to_string(p.y) + ") nm is beyond 32 bits of " +
                                            std::to_string(dbu_nm) + " nm; use a larger database unit");
    const layout::DbPoint point{static_cast<std::int32_t>(x), static_cast<std::int32_t>(y)};
    if (points.empty() || point.x != points.back().x || point.y != points.back().y)
      points.push_back(point);
  }
  while (points.size() > 1 && points.front().x == points.back().x && points.front().y == points.back().y)
    points.pop_back();
  return points;
}

void write_polygon(GdsStream& stream, const layout::LayerId& layer, const Polygon& polygon,
                   const GdsOptions& options, const std::filesystem::path& path) {
  const std::vector<layout::DbPoint> points = rounded(polygon, options.dbu_nm, path);
  if (points.size() < 3) return;  // rounded away
  if (points.size() <= k_most_points) {
    stream.record(0x08, 0);
    stream.int16(0x0D, {layer.layer});
    stream.int16(0x0E, {layer.datatype});
    stream.points(points);
    stream.record(0x11, 0);
    return;
  }
  Box box{points[0].x * options.dbu_nm, points[0].y * options.dbu_nm, points[0].x * options.dbu_nm,
          points[0].y * options.dbu_nm};
  for (const auto& p : points) {
    box.x0 = std::min(box.x0, p.x * options.dbu_nm), box.x1 = std::max(box.x1, p.x * options.dbu_nm);
    box.y0 = std::min(box.y0, p.y * options.dbu_nm), box.y1 = std::max(box.y1, p.y * options.dbu_nm);
  }
  Box low = box, high = box;
  const auto middle = [&](double a, double b) {
    return std::round(0.5 * (a + b) / options.dbu_nm) * options.dbu_nm;
  };
  if (box.width() > box.height())
    low.x1 = high.x0 = middle(box.x0, box.x1);
  else
    low.y1 = high.y0 = middle(box.y0, box.y1);
  for (const Box& half : {low, high})
    for (const Polygon& piece : clip({&polygon, 1}, half, options.dbu_nm))
      write_polygon(stream, layer, piece, options, path);
}

}  // namespace

void write_gds(const std::filesystem::path& path, const std::vector<LayerPolygons>& layers,
               const GdsOptions& options) {
  if (!(options.dbu_nm > 0.0 && std::isfinite(options.dbu_nm)))
    throw Error(ErrorCode::bad_input, path.string() + ": the database unit must be positive");
  OutputFile file(path);
  GdsStream stream(file.temporary());
  stream.int16(0x00, {600});
  const std::initializer_list<int> no_time = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
  stream.int16(0x01, no_time);
  stream.text(0x02, "RETICLE");
  std::vector<unsigned char> units;
  put_real8(options.dbu_nm * 1e-3, units);  // in user units, um
  put_real8(options.dbu_nm * 1e-9, units);  // in metres
  stream.record(0x03, 5, units);
  stream.int16(0x05, no_time);
  stream.text(0x06, options.cell);
  for (const LayerPolygons& layer : layers)
    for (const Polygon& polygon : layer.polygons)
      write_polygon(stream, layer.layer, polygon, options, path);
  stream.record(0x07, 0);
  stream.record(0x04, 0);
  if (!stream.good())
    throw Error(ErrorCode::io, path.string() + ": cannot be written: the disk may be full");
  file.commit();
}

}  // namespace reticle
