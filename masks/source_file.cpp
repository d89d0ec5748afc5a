// SPDX-License-Identifier: Apache-2.0
#include "masks/source_file.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <fstream>
#include <string>
#include <vector>

#include "kernels/base/error.h"
#include "masks/file_names.h"
#include "masks/hdf5/hdf5.h"
#include "masks/pictures/grey_picture.h"
#include "masks/pictures/png.h"

namespace reticle {

namespace {

constexpr std::uint64_t k_most_pixels = 1024 * 1024;

SourceMap read_root(const hdf5::Group& root) {
  const hdf5::Extents size = root.extents("source", 2, k_most_pixels);
  SourceMap map;
  const auto image = [&](const double* from) {
    Image<double> pixels(static_cast<int>(size[0]), static_cast<int>(size[1]));
    std::copy_n(from, pixels.size(), pixels.data());
    return pixels;
  };
  map.light = image(root.read<double>("source", size).data());
  if (!root.has("stokes")) return map;
  const std::vector<double> stokes = root.read<double>("stokes", {3, size[0], size[1]});
  for (std::size_t i = 0; i < 3; ++i) map.stokes[i] = image(stokes.data() + i * map.light.size());
  return map;
}

// sigma_x, sigma_y, intensity of points on a square grid about the axis.
SourceMap map_of_points(const std::vector<std::vector<double>>& points, const std::string& name) {
  constexpr double k_same = 1e-6;  // sigma
  const auto fail = [&](const std::string& what) {
    throw Error(ErrorCode::bad_input, name + ": " + what + "; a list of points is sigma_x, sigma_y, intensity on a square grid "
                                                           "about the axis");
  };
  double step = 0.0, farthest = 0.0;
  for (const std::size_t axis : {0, 1}) {
    std::vector<double> places;
    for (const auto& point : points) {
      places.push_back(point[axis]);
      farthest = std::max(farthest, std::abs(point[axis]));
    }
    std::sort(places.begin(), places.end());
    for (std::size_t i = 1; i < places.size(); ++i)
      if (const double gap = places[i] - places[i - 1]; gap > k_same && (step == 0.0 || gap < step)) step = gap;
  }
  if (step == 0.0 || farthest > 2.0 || farthest / step > 512.0) fail("its points are all one, beyond sigma 2, or closer than sigma 1/256");
  // Centres lie at whole steps from the axis, or at halves.
  const double turn = std::abs(std::remainder(points[0][0], step));
  const int count = turn < 0.25 * step ? 2 * static_cast<int>(std::lround(farthest / step)) + 1
                                       : 2 * static_cast<int>(std::lround(farthest / step + 0.5));
  SourceMap map{.reach = 0.5 * count * step, .light = Image<double>(count, count), .stokes = {}};
  std::vector<char> taken(map.light.size());
  for (const auto& point : points) {
    const double x = point[0] / step + 0.5 * (count - 1), y = point[1] / step + 0.5 * (count - 1);
    const int col = static_cast<int>(std::lround(x)), row = static_cast<int>(std::lround(y));
    if (std::abs(x - col) > 0.05 || std::abs(y - row) > 0.05 || col < 0 || row < 0 || col >= count || row >= count)
      fail("the point at sigma (" + std::to_string(point[0]) + ", " + std::to_string(point[1]) + ") lies on no grid of step " +
           std::to_string(step));
    char& seen = taken[static_cast<std::size_t>(row) * static_cast<std::size_t>(count) + static_cast<std::size_t>(col)];
    if (seen != 0) fail("two points lie at sigma (" + std::to_string(point[0]) + ", " + std::to_string(point[1]) + ")");
    seen = 1;
    map.light(row, col) = point[2];
  }
  return map;
}

bool is_list_heading(std::string line) {
  std::transform(line.begin(), line.end(), line.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  line.erase(0, line.find_first_not_of(" \t\"\xef\xbb\xbf"));
  return line.starts_with("sigma_x") || line.starts_with("sigmax") || line.starts_with("sx") || line.starts_with("x");
}

SourceMap read_csv(const std::filesystem::path& path) {
  std::ifstream file(path);
  if (!file) throw Error(ErrorCode::io, path.string() + ": cannot be read");
  std::vector<std::vector<double>> rows;
  std::string line;
  bool is_list = false;
  for (int number = 1; std::getline(file, line); ++number) {
    const auto fail = [&](const std::string& what) {
      throw Error(ErrorCode::bad_input, path.string() + ":" + std::to_string(number) + ": " + what);
    };
    if (line.find_first_not_of(" \t\r") == std::string::npos || line.front() == '#') continue;
    if (rows.empty() && !is_list && is_list_heading(line)) {
      is_list = true;
      continue;
    }
    rows.emplace_back();
    const char* at = line.data();
    const char* const end = at + line.size();
    while (at < end) {
      while (at < end && (*at == ' ' || *at == ',' || *at == '\t' || *at == '\r')) ++at;
      if (at == end) break;
      double value = 0.0;
      const auto [after, code] = std::from_chars(at, end, value);
      if (code != std::errc{}) {
        const auto printable = [](char c) { return c >= ' ' && c <= '~'; };
        const std::string shown(at, std::min(end, at + 24));
        if (!std::all_of(shown.begin(), shown.end(), printable))
          fail("is no text; a source map is HDF5, CSV or a grey picture, whose name ends with .png, .tif, .tiff, .jpg or "
               ".jpeg");
        fail("a source map is rows of numbers; '" + shown + "' is none");
      }
      rows.back().push_back(value);
      at = after;
    }
    if (rows.back().size() != rows.front().size())
      fail("has " + std::to_string(rows.back().size()) + " numbers, the rows above " +
           std::to_string(rows.front().size()));
    if (rows.size() * rows.front().size() > k_most_pixels) fail("more than 2^20 pixels");
  }
  if (rows.empty()) throw Error(ErrorCode::bad_input, path.string() + ": holds no row of numbers");
  // Light is not negative, sigma is.
  const bool negative = std::any_of(rows.begin(), rows.end(), [](const auto& row) {
    return row.size() == 3 && (row[0] < 0.0 || row[1] < 0.0);
  });
  if (is_list && rows.front().size() < 3)
    throw Error(ErrorCode::bad_input, path.string() + ": a list of points has three columns: sigma_x, sigma_y, intensity");
  if (is_list || negative) return map_of_points(rows, path.string());
  SourceMap map;
  map.light = Image<double>(static_cast<int>(rows.size()), static_cast<int>(rows.front().size()));
  for (std::size_t y = 0; y < rows.size(); ++y)
    std::copy(rows[y].begin(), rows[y].end(), map.light.row(static_cast<int>(y)));
  return map;
}

}  // namespace

SourceMap read_source_map(const std::filesystem::path& path) {
  if (!std::filesystem::is_regular_file(path))
    throw Error(ErrorCode::io, path.string() + ": is not there or no file");
  if (hdf5::is_hdf5(path)) return hdf5::read_file(path, "a source map", read_root);
  if (lower_extension(path) == ".png") return {.reach = 1.0, .light = read_png_grey(path), .stokes = {}};
  if (is_tiff_or_jpeg_name(path)) return {.reach = 1.0, .light = read_grey_picture(path), .stokes = {}};
  return read_csv(path);
}

}  // namespace reticle
