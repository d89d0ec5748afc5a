#include "masks/npy.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <iterator>
#include <regex>
#include <string>

#include "kernels/base/error.h"

namespace reticle {

namespace {

constexpr std::size_t k_most_numbers = std::size_t{1} << 28;
constexpr std::size_t k_longest_header = 1 << 16;

[[noreturn]] void refuse(const std::filesystem::path& path, const std::string& why) {
  throw Error(ErrorCode::bad_input, path.string() + ": " + why);
}

template <class Number>
float number_at(const char* bytes) {
  Number value;
  std::memcpy(&value, bytes, sizeof value);
  return static_cast<float>(value);
}

float number_of(char kind, std::size_t size, const char* bytes) {
  if (kind == 'f') return size == 4 ? number_at<float>(bytes) : number_at<double>(bytes);
  if (kind == 'i')
    return size == 1   ? number_at<std::int8_t>(bytes)
           : size == 2 ? number_at<std::int16_t>(bytes)
           : size == 4 ? number_at<std::int32_t>(bytes)
                       : number_at<std::int64_t>(bytes);
  return size == 1   ? number_at<std::uint8_t>(bytes)
         : size == 2 ? number_at<std::uint16_t>(bytes)
         : size == 4 ? number_at<std::uint32_t>(bytes)
                     : number_at<std::uint64_t>(bytes);
}

}  // namespace

NpyArray read_npy(const std::filesystem::path& path) {
  if (!std::filesystem::is_regular_file(path)) throw Error(ErrorCode::io, path.string() + ": is not there or no file");
  std::ifstream file(path, std::ios::binary);
  if (!file) throw Error(ErrorCode::io, path.string() + ": cannot be read");
  char start[12] = {};
  if (!file.read(start, 10) || std::memcmp(start, "\x93NUMPY", 6) != 0) refuse(path, "is not a NumPy array (.npy)");
  const bool is_long = start[6] >= 2;
  if (is_long) file.read(start + 10, 2);
  const auto byte = [&](int i) { return static_cast<std::size_t>(static_cast<unsigned char>(start[i])); };
  const std::size_t length = byte(8) | byte(9) << 8 | (is_long ? byte(10) << 16 | byte(11) << 24 : 0);
  if (!file || length > k_longest_header) refuse(path, "is cut short or damaged in its header");
  std::string header(length, '\0');
  if (!file.read(header.data(), static_cast<std::streamsize>(length))) refuse(path, "is cut short in its header");
  std::smatch type, shape;
  const std::regex type_is("'descr': *'([<>|=])([a-zA-Z])([0-9]{1,2})'");
  const std::regex shape_is("'shape': *\\(([0-9]{1,9}), *([0-9]{1,9}),? *\\)");
  if (!std::regex_search(header, type, type_is)) refuse(path, "holds no plain numbers");
  if (!std::regex_search(header, shape, shape_is)) refuse(path, "does not hold rows and columns; a mask has two axes");
  const char kind = type[2].str()[0];
  const std::size_t size = std::stoul(type[3].str());
  const std::size_t rows = std::stoul(shape[1].str()), cols = std::stoul(shape[2].str());
  const bool known = (kind == 'f' && (size == 4 || size == 8)) || ((kind == 'b' || kind == 'i' || kind == 'u') &&
                                                                  (size == 1 || size == 2 || size == 4 || size == 8));
  if (!known) refuse(path, "holds numbers of type '" + type[2].str() + type[3].str() + "'; truth values, integers and floats are read");
  if (rows == 0 || cols == 0 || rows > k_most_numbers / cols) refuse(path, "holds " + std::to_string(rows) + " x " + std::to_string(cols) + " numbers; 1 to 2^28 are read");
  std::error_code code;
  const std::uintmax_t bytes_there = std::filesystem::file_size(path, code);
  if (code || bytes_there < rows * cols * size) refuse(path, "is cut short");
  std::string bytes(rows * cols * size, '\0');
  if (!file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()))) refuse(path, "is cut short");
  if (type[1].str() == ">")
    for (std::size_t i = 0; i < bytes.size(); i += size) std::reverse(bytes.begin() + static_cast<std::ptrdiff_t>(i), bytes.begin() + static_cast<std::ptrdiff_t>(i + size));
  const bool by_columns = header.find("'fortran_order': True") != std::string::npos;
  NpyArray array{Image<float>(static_cast<int>(rows), static_cast<int>(cols)), kind != 'f'};
  for (std::size_t y = 0; y < rows; ++y)
    for (std::size_t x = 0; x < cols; ++x)
      array.values(static_cast<int>(y), static_cast<int>(x)) =
          number_of(kind, size, bytes.data() + size * (by_columns ? x * rows + y : y * cols + x));
  return array;
}

}  // namespace reticle
