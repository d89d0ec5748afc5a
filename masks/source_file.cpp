#include "masks/source_file.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fstream>
#include <string>
#include <vector>

#include "kernels/base/error.h"
#include "masks/file_names.h"
#include "masks/hdf5/hdf5.h"
#include "masks/pictures/png.h"

namespace reticle {

namespace {

constexpr std::uint64_t k_most_pixels = 1024 * 1024;

SourceMap read_hdf5(const std::filesystem::path& path) {
  const hdf5::Session session;
  const hdf5::Group root = hdf5::open_file(session, path, "a source map");
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

SourceMap read_csv(const std::filesystem::path& path) {
  std::ifstream file(path);
  if (!file) throw Error(ErrorCode::io, path.string() + ": cannot be read");
  std::vector<std::vector<double>> rows;
  std::string line;
  for (int number = 1; std::getline(file, line); ++number) {
    const auto fail = [&](const std::string& what) {
      throw Error(ErrorCode::bad_input, path.string() + ":" + std::to_string(number) + ": " + what);
    };
    if (line.find_first_not_of(" \t\r") == std::string::npos || line.front() == '#') continue;
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
          fail("is no text; a source map is HDF5, CSV or a grey PNG, whose name ends with .png");
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
  if (hdf5::is_hdf5(path)) return read_hdf5(path);
  if (lower_extension(path) == ".png") return {.light = read_png_grey(path), .stokes = {}};
  return read_csv(path);
}

}  // namespace reticle
