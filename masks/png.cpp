#include "masks/png.h"

#include <png.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <string>

#include "kernels/base/error.h"
#include "masks/output_file.h"

namespace reticle {

namespace {

constexpr std::uint64_t k_most_pixels = 1ull << 28;
constexpr std::uint8_t k_inside = 128;

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

Image<std::uint8_t> read_png_grey(const std::filesystem::path& path) {
  if (std::filesystem::is_directory(path))
    throw Error(ErrorCode::io, path.string() + ": is a folder, not a picture");
  if (!std::ifstream(path))
    throw Error(ErrorCode::io, path.string() + ": cannot be read: " + std::strerror(errno));
  Picture picture;
  if (png_image_begin_read_from_file(&picture.png, path.c_str()) == 0)
    refuse(path, std::string("is not a sound PNG: ") + picture.png.message);
  const std::uint64_t width = picture.png.width, height = picture.png.height;
  if (width * height > k_most_pixels)
    refuse(path, "has " + std::to_string(width) + " x " + std::to_string(height) +
                     " pixels; at most 2^28 are read, cut it into clips");
  picture.png.format = PNG_FORMAT_GRAY;
  Image<std::uint8_t> top_down(static_cast<int>(height), static_cast<int>(width));
  const png_color black{};
  // A warning (1) is something libpng mended; an error (2) leaves the picture incomplete.
  if (png_image_finish_read(&picture.png, &black, top_down.data(), 0, nullptr) == 0)
    refuse(path, std::string("is cut short or damaged: ") + picture.png.message);
  Image<std::uint8_t> pixels(top_down.rows(), top_down.cols());
  for (int y = 0; y < pixels.rows(); ++y)
    std::copy_n(top_down.row(pixels.rows() - 1 - y), pixels.cols(), pixels.row(y));
  return pixels;
}

Image<std::uint8_t> read_png_mask(const std::filesystem::path& path) {
  Image<std::uint8_t> pixels = read_png_grey(path);
  for (std::uint8_t& pixel : pixels) pixel = pixel >= k_inside ? 1 : 0;
  return pixels;
}

}  // namespace reticle
