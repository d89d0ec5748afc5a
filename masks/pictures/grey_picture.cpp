// SPDX-License-Identifier: Apache-2.0
#include "masks/pictures/grey_picture.h"

#include <algorithm>
#include <csetjmp>
#include <cstdint>
#include <cstdio>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#ifdef RETICLE_HAS_TIFF_AND_JPEG
#include <jpeglib.h>
#include <tiffio.h>
#endif

#include "kernels/base/error.h"
#include "masks/file_names.h"

namespace reticle {

namespace {

[[noreturn]] void refuse(const std::filesystem::path& path, const std::string& what) {
  throw Error(ErrorCode::bad_input, path.string() + ": " + what);
}

bool is_jpeg_name(const std::filesystem::path& path) {
  const std::string extension = lower_extension(path);
  return extension == ".jpg" || extension == ".jpeg";
}

}  // namespace

bool is_tiff_or_jpeg_name(const std::filesystem::path& path) {
  const std::string extension = lower_extension(path);
  return extension == ".tif" || extension == ".tiff" || is_jpeg_name(path);
}

#ifdef RETICLE_HAS_TIFF_AND_JPEG

namespace {

constexpr std::uint64_t k_most_pixels = 1 << 20;

void check_size(const std::filesystem::path& path, std::uint64_t width, std::uint64_t height, int channels) {
  if (channels != 1) refuse(path, "has " + std::to_string(channels) + " channels; a grey picture has one");
  if (width == 0 || height == 0 || width * height > k_most_pixels)
    refuse(path, "has " + std::to_string(width) + " x " + std::to_string(height) + " pixels; 1 to 2^20 are read");
}

template <class Stored>
void take_row(const std::uint8_t* bytes, int cols, double scale, double* out) {
  const auto* values = reinterpret_cast<const Stored*>(bytes);
  for (int x = 0; x < cols; ++x) out[x] = scale * static_cast<double>(values[x]);
}

Image<double> read_tiff(const std::filesystem::path& path) {
  TIFFSetErrorHandler(nullptr);
  TIFFSetWarningHandler(nullptr);
  const std::unique_ptr<TIFF, decltype(&TIFFClose)> file(TIFFOpen(path.c_str(), "r"), &TIFFClose);
  if (!file) refuse(path, "is not a sound TIFF");
  std::uint32_t width = 0, height = 0;
  std::uint16_t bits = 1, channels = 1, format = SAMPLEFORMAT_UINT, photometric = PHOTOMETRIC_MINISBLACK;
  TIFFGetField(file.get(), TIFFTAG_IMAGEWIDTH, &width);
  TIFFGetField(file.get(), TIFFTAG_IMAGELENGTH, &height);
  TIFFGetFieldDefaulted(file.get(), TIFFTAG_BITSPERSAMPLE, &bits);
  TIFFGetFieldDefaulted(file.get(), TIFFTAG_SAMPLESPERPIXEL, &channels);
  TIFFGetFieldDefaulted(file.get(), TIFFTAG_SAMPLEFORMAT, &format);
  TIFFGetField(file.get(), TIFFTAG_PHOTOMETRIC, &photometric);
  check_size(path, width, height, channels);
  if (photometric == PHOTOMETRIC_PALETTE) refuse(path, "has a palette; save it as grey");
  if (TIFFIsTiled(file.get()) != 0) refuse(path, "is stored in tiles; save it in strips");
  const bool whole = format == SAMPLEFORMAT_UINT && (bits == 8 || bits == 16 || bits == 32);
  const bool floating = format == SAMPLEFORMAT_IEEEFP && (bits == 32 || bits == 64);
  if (!whole && !floating)
    refuse(path, "has numbers of " + std::to_string(bits) + " bits; whole ones of 8, 16 or 32 bits and floating ones are read");
  const int rows = static_cast<int>(height), cols = static_cast<int>(width);
  Image<double> pixels(rows, cols);
  std::vector<std::uint8_t> line(static_cast<std::size_t>(TIFFScanlineSize(file.get())));
  if (line.size() < static_cast<std::size_t>(cols) * bits / 8) refuse(path, "is not a sound TIFF");
  for (int y = 0; y < rows; ++y) {
    if (TIFFReadScanline(file.get(), line.data(), static_cast<std::uint32_t>(y), 0) != 1)
      refuse(path, "is cut short or damaged in line " + std::to_string(y));
    double* out = pixels.row(rows - 1 - y);
    if (floating && bits == 32) take_row<float>(line.data(), cols, 1.0, out);
    if (floating && bits == 64) take_row<double>(line.data(), cols, 1.0, out);
    if (whole && bits == 8) take_row<std::uint8_t>(line.data(), cols, 1.0 / 255.0, out);
    if (whole && bits == 16) take_row<std::uint16_t>(line.data(), cols, 1.0 / 65535.0, out);
    if (whole && bits == 32) take_row<std::uint32_t>(line.data(), cols, 1.0 / std::numeric_limits<std::uint32_t>::max(), out);
    if (whole && photometric == PHOTOMETRIC_MINISWHITE) std::transform(out, out + cols, out, [](double v) { return 1.0 - v; });
  }
  return pixels;
}

struct JpegErrors {
  jpeg_error_mgr base;
  std::jmp_buf leave;
};

// libjpeg leaves by longjmp: nothing here has a destructor.
bool decode_jpeg(std::FILE* file, std::uint8_t* out, std::size_t room, unsigned& width, unsigned& height, int& channels) {
  jpeg_decompress_struct jpeg;
  JpegErrors errors;
  jpeg.err = jpeg_std_error(&errors.base);
  errors.base.error_exit = [](j_common_ptr info) { std::longjmp(reinterpret_cast<JpegErrors*>(info->err)->leave, 1); };
  errors.base.emit_message = [](j_common_ptr info, int level) {
    if (level < 0) std::longjmp(reinterpret_cast<JpegErrors*>(info->err)->leave, 1);  // damaged data
  };
  if (setjmp(errors.leave) != 0) {
    jpeg_destroy_decompress(&jpeg);
    return false;
  }
  jpeg_create_decompress(&jpeg);
  jpeg_stdio_src(&jpeg, file);
  jpeg_read_header(&jpeg, TRUE);
  width = jpeg.image_width, height = jpeg.image_height, channels = jpeg.num_components;
  if (channels == 1 && static_cast<std::size_t>(width) * height <= room) {
    jpeg_start_decompress(&jpeg);
    while (jpeg.output_scanline < height) {
      JSAMPROW row = out + static_cast<std::size_t>(jpeg.output_scanline) * width;
      jpeg_read_scanlines(&jpeg, &row, 1);
    }
    jpeg_finish_decompress(&jpeg);
  }
  jpeg_destroy_decompress(&jpeg);
  return true;
}

Image<double> read_jpeg(const std::filesystem::path& path) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"), &std::fclose);
  if (!file) throw Error(ErrorCode::io, path.string() + ": cannot be read");
  std::vector<std::uint8_t> bytes(k_most_pixels);
  unsigned width = 0, height = 0;
  int channels = 0;
  if (!decode_jpeg(file.get(), bytes.data(), bytes.size(), width, height, channels))
    refuse(path, "is not a sound JPEG");
  check_size(path, width, height, channels);
  const int rows = static_cast<int>(height), cols = static_cast<int>(width);
  Image<double> pixels(rows, cols);
  for (int y = 0; y < rows; ++y)
    take_row<std::uint8_t>(bytes.data() + static_cast<std::size_t>(y) * width, cols, 1.0 / 255.0, pixels.row(rows - 1 - y));
  return pixels;
}

}  // namespace

Image<double> read_grey_picture(const std::filesystem::path& path) {
  return is_jpeg_name(path) ? read_jpeg(path) : read_tiff(path);
}

#else

Image<double> read_grey_picture(const std::filesystem::path& path) {
  throw Error(ErrorCode::unsupported, path.string() + ": this build reads no TIFF or JPEG; give PNG, HDF5 or CSV");
}

#endif

}  // namespace reticle
