#include "masks/glp.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <fstream>
#include <sstream>
#include <string_view>

#include "kernels/base/error.h"
#include "litho/geometry/boolean.h"

namespace reticle {

namespace {

constexpr std::uintmax_t k_largest_file_bytes = 256u << 20;
constexpr int k_farthest_nm = 1'000'000;  // from the origin; the merge's range, with a margin
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
  if (value < -k_farthest_nm || value > k_farthest_nm)
    place.fail("coordinate " + word + " nm is farther than 1 mm from the origin");
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
  if (signed_area(polygon) == 0.0) place.fail("PGON has no area");
  if (!is_simple(polygon)) place.fail("PGON crosses itself; split it into simple polygons");
  return polygon;
}

std::vector<Polygon> shapes_of(std::istream& stream, Place& place) {
  std::vector<Polygon> shapes;
  bool ended = false;
  for (std::string line; !ended && std::getline(stream, line);) {
    ++place.line;
    const std::vector<std::string> words = words_of(line);
    if (words.empty()) continue;
    if (words[0] == "RECT")
      shapes.push_back(rectangle(numbers_of(words, place), place));
    else if (words[0] == "PGON")
      shapes.push_back(outline(numbers_of(words, place), place));
    else if (words[0] == "ENDMSG")
      ended = true;
    else if (std::find(k_header_words.begin(), k_header_words.end(), words[0]) ==
             k_header_words.end())
      place.fail("unknown word '" + words[0].substr(0, 40) + "'; expected RECT, PGON or a header");
  }
  if (!ended) place.fail("the file ends without ENDMSG; it may be cut short");
  if (shapes.empty()) place.fail("the file holds no RECT and no PGON");
  return shapes;
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
  return design;
}

}  // namespace reticle
