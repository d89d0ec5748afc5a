// SPDX-License-Identifier: Apache-2.0
#include "masks/npy.h"

#include <algorithm>
#include <cmath>
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
double number_at(const char* bytes) {
  Number value;
  std::memcpy(&value, bytes, sizeof value);
  return static_cast<double>(value);
}

// IEEE 754 binary16: sign, 5 bits of exponent, 10 of fraction.
double half_at(const char* bytes) {
  std::uint16_t bits = 0;
  std::memcpy(&bits, bytes, sizeof bits);
  const int exponent = bits >> 10 & 0x1F, fraction = bits & 0x3FF;
  const double size = exponent == 0x1F ? (fraction == 0 ? HUGE_VAL : std::nan(""))
                      : exponent == 0  ? std::ldexp(fraction, -24)
                                       : std::ldexp(1024 + fraction, exponent - 25);
  return bits & 0x8000 ? -size : size;
}

double number_of(char kind, std::size_t size, const char* bytes) {
  if (kind == 'f' && size == 2) return half_at(bytes);
  if (kind == 'f' || kind == 'c') return size == 4 ? number_at<float>(bytes) : number_at<double>(bytes);
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

bool is_known(char kind, std::size_t size) {
  if (kind == 'c') return size == 8 || size == 16;
  if (kind == 'f') return size == 2 || size == 4 || size == 8;
  return (kind == 'b' || kind == 'i' || kind == 'u') && (size == 1 || size == 2 || size == 4 || size == 8);
}

// What a file says of itself, and its numbers in this machine's byte order, as they lie in the file.
struct Stored {
  std::vector<std::size_t> shape;
  char kind = 'f';
  std::size_t part = 4;  // bytes of a number, of half a complex one
  bool by_columns = false;
  std::string bytes;

  double part_at(std::size_t i) const { return number_of(kind, part, bytes.data() + part * i); }
};

std::string read_header(const std::filesystem::path& path, std::ifstream& file) {
  char start[12] = {};
  if (!file.read(start, 10) || std::memcmp(start, "\x93NUMPY", 6) != 0) refuse(path, "is not a NumPy array (.npy)");
  const bool is_long = start[6] >= 2;
  if (is_long) file.read(start + 10, 2);
  const auto byte = [&](int i) { return static_cast<std::size_t>(static_cast<unsigned char>(start[i])); };
  const std::size_t length = byte(8) | byte(9) << 8 | (is_long ? byte(10) << 16 | byte(11) << 24 : 0);
  if (!file || length > k_longest_header) refuse(path, "is cut short or damaged in its header");
  std::string header(length, '\0');
  if (!file.read(header.data(), static_cast<std::streamsize>(length))) refuse(path, "is cut short in its header");
  return header;
}

std::vector<std::size_t> shape_of(const std::filesystem::path& path, const std::string& header) {
  const std::regex shape_is("'shape': *\\(([0-9, ]*)\\)"), length_is("[0-9]{1,9}");
  std::smatch shape;
  if (!std::regex_search(header, shape, shape_is)) refuse(path, "states no shape");
  const std::string text = shape[1].str();
  std::vector<std::size_t> lengths;
  for (std::sregex_iterator i(text.begin(), text.end(), length_is), end; i != end; ++i)
    lengths.push_back(std::stoul(i->str()));
  return lengths;
}

Stored read_stored(const std::filesystem::path& path) {
  if (!std::filesystem::is_regular_file(path)) throw Error(ErrorCode::io, path.string() + ": is not there or no file");
  std::ifstream file(path, std::ios::binary);
  if (!file) throw Error(ErrorCode::io, path.string() + ": cannot be read");
  const std::string header = read_header(path, file);
  std::smatch type;
  const std::regex type_is("'descr': *'([<>|=])([a-zA-Z])([0-9]{1,2})'");
  if (!std::regex_search(header, type, type_is)) refuse(path, "holds no plain numbers");
  Stored stored{.shape = shape_of(path, header), .kind = type[2].str()[0], .bytes = {}};
  const std::size_t size = std::stoul(type[3].str());
  if (!is_known(stored.kind, size))
    refuse(path, "holds numbers of type '" + type[2].str() + type[3].str() + "'; truth values, integers and floats are read");
  stored.part = stored.kind == 'c' ? size / 2 : size;
  stored.by_columns = header.find("'fortran_order': True") != std::string::npos;
  std::size_t count = 1;
  std::string extent;
  for (const std::size_t length : stored.shape) {
    extent += (extent.empty() ? "" : " x ") + std::to_string(length);
    count = length == 0 || count > k_most_numbers / length ? 0 : count * length;
  }
  if (count == 0) refuse(path, "holds " + extent + " numbers; 1 to 2^28 are read");
  std::error_code code;
  const std::uintmax_t bytes_there = std::filesystem::file_size(path, code);
  if (code || bytes_there < count * size) refuse(path, "is cut short");
  stored.bytes.resize(count * size);
  if (!file.read(stored.bytes.data(), static_cast<std::streamsize>(stored.bytes.size()))) refuse(path, "is cut short");
  if (type[1].str() == ">")
    for (auto at = stored.bytes.begin(); at != stored.bytes.end(); at += static_cast<std::ptrdiff_t>(stored.part))
      std::reverse(at, at + static_cast<std::ptrdiff_t>(stored.part));
  return stored;
}

}  // namespace

NpyArray read_npy(const std::filesystem::path& path) {
  const Stored stored = read_stored(path);
  if (stored.shape.size() != 2) refuse(path, "does not hold rows and columns; a mask has two axes");
  if (stored.kind == 'c') refuse(path, "holds complex numbers; truth values, integers and floats are read");
  const std::size_t rows = stored.shape[0], cols = stored.shape[1];
  NpyArray array{Image<float>(static_cast<int>(rows), static_cast<int>(cols)), stored.kind != 'f'};
  for (std::size_t y = 0; y < rows; ++y)
    for (std::size_t x = 0; x < cols; ++x)
      array.values(static_cast<int>(y), static_cast<int>(x)) =
          static_cast<float>(stored.part_at(stored.by_columns ? x * rows + y : y * cols + x));
  return array;
}

NpyNumbers read_npy_numbers(const std::filesystem::path& path) {
  const Stored stored = read_stored(path);
  NpyNumbers numbers{stored.shape, {}, stored.kind == 'c'};
  const std::size_t parts = numbers.is_complex ? 2 : 1, count = stored.bytes.size() / (parts * stored.part);
  numbers.values.resize(count);
  std::vector<std::size_t> at(stored.shape.size(), 0);
  for (std::size_t i = 0; i < count; ++i) {
    std::size_t place = i;
    if (stored.by_columns) {
      place = 0;
      for (std::size_t axis = at.size(); axis-- > 0;) place = place * stored.shape[axis] + at[axis];
    }
    numbers.values[i] = {stored.part_at(parts * place), numbers.is_complex ? stored.part_at(parts * place + 1) : 0.0};
    for (std::size_t axis = at.size(); axis-- > 0 && ++at[axis] == stored.shape[axis];) at[axis] = 0;
  }
  return numbers;
}

}  // namespace reticle
