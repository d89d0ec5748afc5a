// SPDX-License-Identifier: Apache-2.0
#include "masks/glp.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <fstream>
#include <sstream>
#include <string_view>
#include <utility>

#include "kernels/base/error.h"
#include "litho/geometry/boolean.h"

namespace reticle {

namespace {

constexpr std::uintmax_t k_largest_file_bytes = 256u << 20;
constexpr int k_farthest = 500'000'000;  // from the origin: half a metre of nm
constexpr std::size_t k_shape_words_before_numbers = 3;  // RECT N M1
constexpr std::array<std::string_view, 6> k_header_words = {"BEGIN", "EQUIV", "CNAME",
                                                            "LEVEL", "CELL",  "ENDCELL"};

struct Place {
  std::string file;
  int line = 0;
  [[noreturn]] void fail(const std::string& what) const {
    throw Error(ErrorCode::bad_input, file + ":" + std::to_string(line) + ": " + what);
  }
};

std::vector<std::string> words_of(const std::string& line) {
  std::istringstream stream(line);
  std::vector<std::string> words;
  for (std::string word; stream >> word;) words.push_back(word);
  return words;
}

double whole_nm(const std::string& word, const Place& place) {
  int value = 0;
  const auto [end, code] = std::from_chars(word.data(), word.data() + word.size(), value);
  if (code != std::errc() || end != word.data() + word.size())
    place.fail("coordinate '" + word.substr(0, 40) +
               "' is not a whole number; GLP holds whole numbers of nm");
  if (value < -k_farthest || value > k_farthest)
    place.fail("coordinate " + word + " is farther than half a metre from the origin");
  return value;
}

std::vector<double> numbers_of(const std::vector<std::string>& words, const Place& place) {
  std::vector<double> numbers;
  for (std::size_t i = k_shape_words_before_numbers; i < words.size(); ++i)
    numbers.push_back(whole_nm(words[i], place));
  return numbers;
}

Polygon rectangle(const std::vector<double>& v, const Place& place) {
  if (v.size() != 4)
    place.fail("RECT has " + std::to_string(v.size()) + " numbers; it takes x, y, width, height");
  if (v[2] <= 0.0 || v[3] <= 0.0) place.fail("RECT has no area; width and height must be positive");
  return {{v[0], v[1]}, {v[0] + v[2], v[1]}, {v[0] + v[2], v[1] + v[3]}, {v[0], v[1] + v[3]}};
}

Polygon outline(const std::vector<double>& v, const Place& place) {
  if (v.size() % 2 != 0)
    place.fail("PGON has " + std::to_string(v.size()) + " numbers; coordinates come in pairs");
  Polygon polygon;
  for (std::size_t i = 0; i < v.size(); i += 2) polygon.push_back({v[i], v[i + 1]});
  if (polygon.size() > 1 && polygon.front() == polygon.back()) polygon.pop_back();
  if (polygon.size() < 3)
    place.fail("PGON has " + std::to_string(polygon.size()) + " points; it takes 3 or more");
  if (merge({&polygon, 1}).empty()) place.fail("PGON has no area");
  return polygon;
}

// EQUIV 1 1000 MICRON +X,+Y: how many units are how many um, and which way the axes point.
double unit_nm_of(const std::vector<std::string>& words, const Place& place) {
  const auto number = [&](const std::string& word) {
    double value = 0.0;
    const auto [end, code] = std::from_chars(word.data(), word.data() + word.size(), value);
    if (code != std::errc() || end != word.data() + word.size() || !(value > 0.0)) place.fail("EQUIV takes two numbers above 0, a unit and axes, as in EQUIV 1 1000 MICRON +X,+Y");
    return value;
  };
  if (words.size() < 4) place.fail("EQUIV takes two numbers, a unit and axes, as in EQUIV 1 1000 MICRON +X,+Y");
  const double micrometres = number(words[1]), units = number(words[2]);
  if (words[3] != "MICRON") place.fail("EQUIV names the unit '" + words[3].substr(0, 40) + "'; MICRON is read");
  if (words.size() > 4 && words[4] != "+X,+Y") place.fail("EQUIV names the axes '" + words[4].substr(0, 40) + "'; +X,+Y are read");
  return 1000.0 * micrometres / units;
}

// One name of a level or cell for all shapes of a file.
class OnlyOne {
 public:
  explicit OnlyOne(const char* what) : what_(what) {}
  void use(const std::string& name, const Place& place) {
    if (first_.empty()) first_ = name;
    if (!name.empty() && name != first_)
      place.fail(std::string("holds shapes of two ") + what_ + "s, '" + first_ + "' and '" + name.substr(0, 40) + "'; keep one of them in a file");
  }

 private:
  const char* what_;
  std::string first_;
};

std::vector<Polygon> shapes_of(std::istream& stream, Place& place) {
  std::vector<Polygon> shapes;
  bool ended = false;
  double unit_nm = 1.0;
  std::string level, cell;
  OnlyOne levels("level"), layers("layer"), cells("cell");
  bool has_unit = false;
  for (std::string line; std::getline(stream, line);) {
    ++place.line;
    if (place.line == 1 && line.starts_with("\xEF\xBB\xBF")) line.erase(0, 3);  // a mark of UTF-8
    const std::vector<std::string> words = words_of(line);
    if (words.empty()) continue;
    if (ended) place.fail("goes on after ENDMSG with '" + words[0].substr(0, 40) + "'; keep one message in a file");
    const bool is_shape = words[0] == "RECT" || words[0] == "PGON";
    if (is_shape) {
      levels.use(level, place);
      cells.use(cell, place);
      if (words.size() >= k_shape_words_before_numbers) layers.use(words[2], place);
      const std::vector<double> numbers = numbers_of(words, place);
      shapes.push_back(words[0] == "RECT" ? rectangle(numbers, place) : outline(numbers, place));
      for (Point& p : shapes.back()) p = {p.x * unit_nm, p.y * unit_nm};
    } else if (words[0] == "EQUIV") {
      if (!shapes.empty()) place.fail("EQUIV after the first shape");
      if (std::exchange(has_unit, true)) place.fail("a second EQUIV; a file has one");
      unit_nm = unit_nm_of(words, place);
    } else if (words[0] == "LEVEL" && words.size() > 1) {
      level = words[1];
    } else if (words[0] == "CELL" && words.size() > 1) {
      cell = words[1];
    } else if (words[0] == "ENDMSG") {
      ended = true;
    } else if (std::find(k_header_words.begin(), k_header_words.end(), words[0]) == k_header_words.end()) {
      place.fail("unknown word '" + words[0].substr(0, 40) + "'; expected RECT, PGON or a header");
    }
  }
  if (!ended) place.fail("the file ends without ENDMSG; it may be cut short");
  if (shapes.empty()) place.fail("the file holds no RECT and no PGON");
  return shapes;
}

void require_within(const Design& design, const std::string& file) {
  for (const Polygon& polygon : design.polygons)
    for (const Point& p : polygon)
      if (p.x < design.window.x0 || p.x > design.window.x1 || p.y < design.window.y0 || p.y > design.window.y1)
        throw Error(ErrorCode::bad_input,
                    file + ": a shape reaches (" + std::to_string(p.x) + ", " + std::to_string(p.y) + ") nm, beyond the clip of 0 to " +
                        std::to_string(design.window.x1) + " x " + std::to_string(design.window.y1) +
                        " nm (coordinates are shifted by the contest's offset); convert it to .gds to correct it as a layout");
}

}  // namespace

Design read_glp(const std::filesystem::path& path, const GlpOptions& options) {
  std::error_code code;
  const std::uintmax_t bytes = std::filesystem::file_size(path, code);
  std::ifstream stream(path);
  if (code || !stream)
    throw Error(ErrorCode::io, path.string() + ": cannot be read: " +
                                   (code ? code.message() : std::strerror(errno)));
  Place place{path.string()};
  if (bytes > k_largest_file_bytes)
    place.fail("the file is larger than 256 MiB; cut it into clips");
  std::vector<Polygon> shapes = shapes_of(stream, place);
  Design design{merge(shapes), {0.0, 0.0, options.window_width_nm, options.window_height_nm}};
  for (Polygon& polygon : design.polygons)
    for (Point& point : polygon) {
      point.x += options.offset_x_nm;
      point.y += options.offset_y_nm;
    }
  if (options.beyond == BeyondWindow::refuse) require_within(design, path.string());
  return design;
}

}  // namespace reticle
