#include "masks/grey_mask.h"

#include <algorithm>
#include <bit>
#include <cctype>
#include <cmath>
#include <cstring>
#include <fstream>
#include <regex>
#include <sstream>
#include <string>

#include "kernels/base/error.h"
#include "masks/hdf5/hdf5.h"
#include "masks/hdf5/pixels.h"
#include "masks/pictures/png.h"

namespace reticle {

namespace {

constexpr long k_most_pixels = 1l << 28;

std::string extension_of(const std::filesystem::path& path) {
  std::string text = path.extension().string();
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

[[noreturn]] void refuse(const std::filesystem::path& path, const std::string& why) {
  throw Error(ErrorCode::bad_input, path.string() + ": " + why);
}

template <class T>
void take(const std::string& bytes, std::size_t at, Image<float>& image) {
  for (std::size_t i = 0; i < image.size(); ++i) {
    T value;
    std::memcpy(&value, bytes.data() + at + i * sizeof(T), sizeof(T));
    image.data()[i] = static_cast<float>(value);
  }
}

// NumPy's format, versions 1 and 2: magic, length of the header, header, numbers.
Image<float> read_npy(const std::filesystem::path& path) {
  static_assert(std::endian::native == std::endian::little);
  std::ifstream file(path, std::ios::binary);
  if (!file) throw Error(ErrorCode::io, path.string() + ": cannot be read");
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  if (bytes.size() < 12 || bytes.compare(0, 6, "\x93NUMPY") != 0) refuse(path, "is not an npy file");
  const auto byte = [&](std::size_t i) { return static_cast<std::size_t>(static_cast<unsigned char>(bytes[i])); };
  const bool first_version = byte(6) == 1;
  const std::size_t length = first_version ? byte(8) | byte(9) << 8
                                           : byte(8) | byte(9) << 8 | byte(10) << 16 | byte(11) << 24;
  const std::size_t start = first_version ? 10 : 12;
  if (length > bytes.size() - start) refuse(path, "is cut short within its header");
  const std::string header = bytes.substr(start, length);
  std::smatch type, shape;
  if (!std::regex_search(header, type, std::regex("'descr': *'([<|=])([fu])([0-9]+)'")) ||
      !std::regex_search(header, shape, std::regex("'shape': *\\(([0-9]{1,9}), *([0-9]{1,9})\\)")) ||
      header.find("'fortran_order': False") == std::string::npos)
    refuse(path, "holds " + header.substr(0, 80) +
                     "; a mask is an array of two axes in C order of float32, float64, uint8 or uint16: "
                     "numpy.save(path, numpy.ascontiguousarray(mask, numpy.float32))");
  const long rows = std::stol(shape[1]), cols = std::stol(shape[2]);
  const std::string kind = type[2].str() + type[3].str();
  const std::size_t size = kind == "f8" ? 8 : kind == "f4" ? 4 : kind == "u2" ? 2 : kind == "u1" ? 1 : 0;
  if (size == 0) refuse(path, "holds numbers of type " + kind + "; give float32, float64, uint8 or uint16");
  if (rows < 1 || cols < 1 || rows > k_most_pixels / cols) refuse(path, "has no pixels, or more than 2^28");
  Image<float> image(static_cast<int>(rows), static_cast<int>(cols));
  if (bytes.size() - start - length != image.size() * size) refuse(path, "does not hold as many bytes as its header says");
  const std::size_t at = start + length;
  if (kind == "f8") take<double>(bytes, at, image);
  if (kind == "f4") take<float>(bytes, at, image);
  if (kind == "u2") take<std::uint16_t>(bytes, at, image);
  if (kind == "u1") take<std::uint8_t>(bytes, at, image);
  // Whole numbers are parts of the type's white, unless they are 0 and 1.
  const float most = *std::max_element(image.begin(), image.end());
  if (kind[0] == 'u' && most > 1.0f)
    for (float& value : image) value /= kind == "u1" ? 255.0f : 65535.0f;
  return image;
}

MaskPixels read_hdf5(const std::filesystem::path& path) {
  const hdf5::Session session;
  const hdf5::Group root = hdf5::open_file(session, path, "a mask file");
  if (!root.has("mask")) root.fail("mask", "is missing; a mask file has a dataset [rows, cols] of that name");
  const Grid grid = hdf5::read_grid(root, "mask");
  return {hdf5::read_pixels<float>(root, "mask", grid), grid};
}

}  // namespace

bool is_pixel_name(const std::filesystem::path& path) {
  const std::string extension = extension_of(path);
  return extension == ".h5" || extension == ".hdf5" || extension == ".npy" || extension == ".png";
}

MaskPixels read_mask_pixels(const std::filesystem::path& path, double pixel_nm) {
  const std::string extension = extension_of(path);
  MaskPixels mask;
  if (extension == ".h5" || extension == ".hdf5") {
    mask = read_hdf5(path);
  } else if (extension == ".npy" || extension == ".png") {
    if (extension == ".npy") {
      mask.drawn = read_npy(path);
    } else {
      const Image<double> grey = read_png_grey(path);
      mask.drawn = Image<float>(grey.rows(), grey.cols());
      std::transform(grey.begin(), grey.end(), mask.drawn.begin(), [](double v) { return static_cast<float>(v); });
    }
    mask.grid = {mask.drawn.rows(), mask.drawn.cols(), pixel_nm, 0.0, 0.0};
  } else {
    throw Error(ErrorCode::unsupported, path.string() + ": is not a mask of pixels; give .h5, .npy or .png");
  }
  for (int y = 0; y < mask.drawn.rows(); ++y)
    for (int x = 0; x < mask.drawn.cols(); ++x) {
      const float value = mask.drawn(y, x);
      if (!(value >= 0.0f && value <= 1.0f)) {
        std::ostringstream text;
        text << "pixel (row " << y << ", column " << x << ") is " << value
             << "; a mask holds 0 (not drawn) to 1 (drawn), and its transmission is the model's";
        refuse(path, text.str());
      }
      mask.is_grey = mask.is_grey || (value != 0.0f && value != 1.0f);
    }
  return mask;
}

Image<std::uint8_t> cut_at_half(const Image<float>& drawn) {
  Image<std::uint8_t> cut(drawn.rows(), drawn.cols());
  std::transform(drawn.begin(), drawn.end(), cut.begin(), [](float v) { return static_cast<std::uint8_t>(v > 0.5f); });
  return cut;
}

}  // namespace reticle
