// SPDX-License-Identifier: Apache-2.0
#include "masks/pictures/png.h"

#include <png.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <limits>
#include <set>
#include <string>
#include <string_view>
#include <type_traits>

#include "kernels/base/error.h"
#include "masks/output_file.h"

namespace reticle {

namespace {

constexpr std::uint64_t k_most_pixels = 1ull << 28;
constexpr std::uint64_t k_most_bytes = 1ull << 30;

// libpng's state of one picture, freed however the function ends.
struct Picture {
  png_image png{};
  Picture() { png.version = PNG_IMAGE_VERSION; }
  Picture(const Picture&) = delete;
  Picture& operator=(const Picture&) = delete;
  ~Picture() { png_image_free(&png); }
};

void write(const std::filesystem::path& path, int rows, int cols, png_uint_32 format,
           const void* pixels) {
  if (rows <= 0 || cols <= 0)
    throw Error(ErrorCode::invalid_argument, path.string() + ": a picture without pixels");
  OutputFile output(path);
  Picture picture;
  picture.png.width = static_cast<png_uint_32>(cols);
  picture.png.height = static_cast<png_uint_32>(rows);
  picture.png.format = format;
  if (png_image_write_to_file(&picture.png, output.temporary().c_str(), 0, pixels, 0, nullptr) == 0)
    throw Error(ErrorCode::io, path.string() + ": cannot be written: " + picture.png.message);
  output.commit();
}

[[noreturn]] void refuse(const std::filesystem::path& path, const std::string& why) {
  throw Error(ErrorCode::bad_input, path.string() + ": " + why);
}

std::string bytes_of(const std::filesystem::path& path) {
  if (std::filesystem::is_directory(path))
    throw Error(ErrorCode::io, path.string() + ": is a folder, not a picture");
  std::ifstream file(path, std::ios::binary);
  if (!file)
    throw Error(ErrorCode::io, path.string() + ": cannot be read: " + std::strerror(errno));
  if (std::filesystem::file_size(path) > k_most_bytes)
    refuse(path, "is larger than 1 GiB; cut it into clips");
  return {std::istreambuf_iterator<char>(file), {}};
}

// The file without the chunks that tell how to show its numbers on a screen. With none, libpng
// hands out the numbers themselves: 8 bits as sRGB for sRGB, 16 bits as linear for linear light
// [png.h, "simplified API"]. A chunk is a length of 4 bytes, a name, its data and 4 bytes of CRC;
// what is not whole is left as it is, for libpng to refuse.
std::string without_colour_spaces(const std::string& file) {
  constexpr std::size_t k_signature = 8, k_frame = 12;
  std::string plain = file.substr(0, k_signature);
  std::size_t at = plain.size();
  while (at + k_frame <= file.size()) {
    std::size_t length = 0;
    for (std::size_t i = 0; i < 4; ++i)
      length = length << 8 | static_cast<unsigned char>(file[at + i]);
    if (length > file.size() - at - k_frame) break;
    const std::string_view name(&file[at + 4], 4);
    if (name != "gAMA" && name != "cHRM" && name != "sRGB" && name != "iCCP" && name != "cICP")
      plain.append(file, at, length + k_frame);
    at += length + k_frame;
  }
  return plain.append(file, at);
}

template <class Stored>
Image<Stored> finish_read(Picture& picture, png_uint_32 format, const std::filesystem::path& path,
                          int channels = 1) {
  picture.png.format = format;
  Image<Stored> top_down(static_cast<int>(picture.png.height), channels * static_cast<int>(picture.png.width));
  const png_color black{};
  // A warning (1) is something libpng mended; an error (2) leaves the picture incomplete.
  if (png_image_finish_read(&picture.png, &black, top_down.data(), 0, nullptr) == 0)
    refuse(path, std::string("is cut short or damaged: ") + picture.png.message);
  return top_down;
}

// The file opened for reading: its size is one we take.
struct OpenPicture {
  std::string bytes;
  Picture picture;
  explicit OpenPicture(const std::filesystem::path& path) : bytes(without_colour_spaces(bytes_of(path))) {
    if (png_image_begin_read_from_memory(&picture.png, bytes.data(), bytes.size()) == 0)
      refuse(path, std::string("is not a sound PNG: ") + picture.png.message);
    const std::uint64_t width = picture.png.width, height = picture.png.height;
    if (width * height > k_most_pixels)
      refuse(path, "has " + std::to_string(width) + " x " + std::to_string(height) +
                       " pixels; at most 2^28 are read, cut it into clips");
  }
};

// What `value_of` makes of the stored numbers, std::uint8_t or std::uint16_t, rows in +y.
template <class ValueOf>
auto read(const std::filesystem::path& path, const ValueOf& value_of) {
  OpenPicture open(path);
  Picture& picture = open.picture;
  const auto upwards = [&](const auto& top_down) {
    Image<decltype(value_of(*top_down.data()))> pixels(top_down.rows(), top_down.cols());
    for (int y = 0; y < pixels.rows(); ++y) {
      const auto* line = top_down.row(pixels.rows() - 1 - y);
      std::transform(line, line + pixels.cols(), pixels.row(y), value_of);
    }
    return pixels;
  };
  return (picture.png.format & PNG_FORMAT_FLAG_LINEAR) != 0
             ? upwards(finish_read<std::uint16_t>(picture, PNG_FORMAT_LINEAR_Y, path))
             : upwards(finish_read<std::uint8_t>(picture, PNG_FORMAT_GRAY, path));
}

}  // namespace

void write_png(const std::filesystem::path& path, const Image<std::uint8_t>& picture) {
  write(path, picture.rows(), picture.cols(), PNG_FORMAT_GRAY, picture.data());
}

void write_png(const std::filesystem::path& path, const Image<Rgb>& picture) {
  static_assert(sizeof(Rgb) == 3);
  write(path, picture.rows(), picture.cols(), PNG_FORMAT_RGB, picture.data());
}

std::vector<std::uint8_t> png_bytes(const Image<Rgb>& picture) {
  Picture file;
  file.png.width = static_cast<png_uint_32>(picture.cols());
  file.png.height = static_cast<png_uint_32>(picture.rows());
  file.png.format = PNG_FORMAT_RGB;
  png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(file.png);
  std::vector<std::uint8_t> bytes(size);
  if (png_image_write_to_memory(&file.png, bytes.data(), &size, 0, picture.data(), 0, nullptr) == 0)
    throw Error(ErrorCode::out_of_memory, std::string("a picture cannot be packed: ") + file.png.message);
  bytes.resize(size);
  return bytes;
}

namespace {

// Of 8 bits a channel, whatever the file holds: colours that differ there are seen as two.
void take_colours(const std::filesystem::path& path, StoredPicture& stored) {
  OpenPicture open(path);
  const Image<std::uint8_t> rgb = finish_read<std::uint8_t>(open.picture, PNG_FORMAT_RGBA, path, 4);
  std::set<std::uint32_t> colours;
  const auto colour_at = [&](std::size_t i) {
    const std::uint8_t* p = rgb.data() + 4 * i;
    return std::uint32_t{p[0]} << 16 | std::uint32_t{p[1]} << 8 | p[2];
  };
  const std::size_t count = rgb.size() / 4;
  for (std::size_t i = 0; i < count && colours.size() < 3; ++i) colours.insert(colour_at(i));
  const auto is_grey = [](std::uint32_t c) { return (c & 0xFF) == (c >> 8 & 0xFF) && (c & 0xFF) == c >> 16; };
  for (const std::uint32_t c : colours) stored.has_colours = stored.has_colours || !is_grey(c);
  if (!stored.has_colours || colours.size() != 2) return;
  // Luminance of ITU-R BT.709, of the numbers as they stand.
  const auto light = [](std::uint32_t c) { return 2126 * (c >> 16) + 7152 * (c >> 8 & 0xFF) + 722 * (c & 0xFF); };
  const std::uint32_t one = *colours.begin(), other = *colours.rbegin(), lighter = light(one) > light(other) ? one : other;
  stored.drawn = Image<float>(stored.grey.rows(), stored.grey.cols());
  for (std::size_t i = 0; i < count; ++i) stored.drawn.data()[i] = colour_at(i) == lighter ? 1.0f : 0.0f;
}

}  // namespace

StoredPicture read_png_stored(const std::filesystem::path& path) {
  OpenPicture open(path);
  png_image& png = open.picture.png;
  const bool has_alpha = (png.format & PNG_FORMAT_FLAG_ALPHA) != 0;
  const bool is_wide = (png.format & PNG_FORMAT_FLAG_LINEAR) != 0;
  const bool has_colour = (png.format & PNG_FORMAT_FLAG_COLOR) != 0;
  const int channels = has_alpha ? 2 : 1;
  StoredPicture stored{.bits = is_wide ? 16 : 8};
  constexpr std::size_t k_depth = 24, k_colour_type = 25;  // in IHDR, the first chunk
  if (open.bytes.size() > k_colour_type && open.bytes[k_colour_type] == 0) stored.bits = open.bytes[k_depth];
  const auto take = [&](const auto& numbers) {
    using Stored = std::remove_cvref_t<decltype(*numbers.data())>;
    constexpr auto k_full = static_cast<float>(std::numeric_limits<Stored>::max());
    stored.grey = Image<float>(numbers.rows(), numbers.cols() / channels);
    if (has_alpha) stored.alpha = stored.grey;
    for (std::size_t i = 0; i < stored.grey.size(); ++i) {
      const auto n = static_cast<std::size_t>(channels) * i;
      stored.grey.data()[i] = static_cast<float>(numbers.data()[n]) / k_full;
      if (!has_alpha) continue;
      const float opacity = static_cast<float>(numbers.data()[n + 1]) / k_full;
      stored.alpha.data()[i] = opacity;
      if (is_wide && opacity > 0.0f) stored.grey.data()[i] = std::min(1.0f, stored.grey.data()[i] / opacity);  // libpng multiplies
    }
  };
  if (is_wide)
    take(finish_read<std::uint16_t>(open.picture, has_alpha ? PNG_FORMAT_LINEAR_Y_ALPHA : PNG_FORMAT_LINEAR_Y, path, channels));
  else
    take(finish_read<std::uint8_t>(open.picture, has_alpha ? PNG_FORMAT_GA : PNG_FORMAT_GRAY, path, channels));
  if (has_colour) take_colours(path, stored);
  return stored;
}

Image<double> read_png_grey(const std::filesystem::path& path) {
  return read(path, [](auto value) {
    return static_cast<double>(value) / std::numeric_limits<decltype(value)>::max();
  });
}

Image<std::uint8_t> read_png_mask(const std::filesystem::path& path) {
  return read(path, [](auto value) -> std::uint8_t {
    return value > std::numeric_limits<decltype(value)>::max() / 2;
  });
}

}  // namespace reticle
