// SPDX-License-Identifier: Apache-2.0
#include "masks/pixel_mask.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "kernels/base/error.h"
#include "masks/file_names.h"
#include "masks/hdf5/pixels.h"
#include "masks/npy.h"
#include "masks/pictures/png.h"
#include "masks/warnings.h"

namespace reticle {

namespace {

Image<float> upside_down(const Image<float>& image) {
  Image<float> turned(image.rows(), image.cols());
  for (int y = 0; y < image.rows(); ++y)
    std::copy_n(image.row(y), image.cols(), turned.row(image.rows() - 1 - y));
  return turned;
}

void scale(Image<float>& image, float by) {
  for (float& value : image) value *= by;
}

[[noreturn]] void refuse(const std::string& file, const Image<float>& image, const float* at) {
  const auto place = static_cast<int>(at - image.data());
  throw Error(ErrorCode::bad_input, file + ": row " + std::to_string(place / image.cols()) + ", column " +
                                        std::to_string(place % image.cols()) + " is " + std::to_string(*at) +
                                        "; a mask is truth values, 0 and 1, whole numbers up to 255, or fractions from 0 to 1");
}

// Whole numbers as they stand in a file.
std::string interpret_levels(Image<float>& image, const std::string& file) {
  const auto top = std::max_element(image.begin(), image.end());
  for (const float& value : image)
    if (!(value >= 0.0f)) refuse(file, image, &value);
  if (*top <= 1.0f) return "0 and 1";
  const bool ends_only = std::all_of(image.begin(), image.end(), [&](float v) { return v == 0.0f || v == 255.0f; });
  const float white = *top > 255.0f ? 65535.0f : 255.0f;
  if (*top > white || *top <= 16.0f || (*top > 255.0f && *top <= 4096.0f)) refuse(file, image, &*top);
  scale(image, 1.0f / white);
  const std::string taken = ends_only ? "0 and 255 as 0 and 1" : white == 255.0f ? "whole numbers as parts of 255" : "whole numbers as parts of 65535";
  warning_log().add(file, "the mask is taken from " + taken);
  return taken;
}

std::string interpret_fractions(const Image<float>& image, const std::string& file) {
  for (const float& value : image)
    if (!(value >= 0.0f && value <= 1.0f)) refuse(file, image, &value);
  return "fractions from 0 to 1";
}

void finish(PixelMask& mask, const std::string& file) {
  mask.is_binary = std::all_of(mask.inside.begin(), mask.inside.end(), [](float v) { return v == 0.0f || v == 1.0f; });
  const auto [low, high] = std::minmax_element(mask.inside.begin(), mask.inside.end());
  if (*high == 0.0f) warning_log().add(file, "the mask is empty: every pixel is 0");
  if (*low == 1.0f) warning_log().add(file, "the mask is full: every pixel is 1");
}

PixelMask from_picture(const std::filesystem::path& path) {
  StoredPicture picture = read_png_stored(path);
  const std::string file = path.string();
  PixelMask mask{.inside = picture.grey};
  const float one = 1.0f / static_cast<float>((1 << picture.bits) - 1);
  const auto varies = [](const Image<float>& image) {
    return !image.empty() && std::any_of(image.begin(), image.end(), [&](float v) { return v != *image.begin(); });
  };
  if (!picture.alpha.empty()) {
    const float most = *std::max_element(picture.alpha.begin(), picture.alpha.end());
    if (most == 0.0f)
      throw Error(ErrorCode::bad_input, file + ": every pixel is transparent; save the mask without an alpha channel");
    if (varies(picture.alpha) && most < 1.5f * one) {
      scale(picture.alpha, 1.0f / most);
      warning_log().add(file, "opacity 0 and 1 is taken as 0 and full");
    }
  }
  bool one_colour = true;
  float colour = -1.0f;
  for (std::size_t i = 0; varies(picture.alpha) && i < picture.grey.size(); ++i) {
    if (picture.alpha.data()[i] == 0.0f) continue;
    if (colour < 0.0f) colour = picture.grey.data()[i];
    one_colour = one_colour && std::abs(picture.grey.data()[i] - colour) < 1e-3f;
  }
  const float top = *std::max_element(mask.inside.begin(), mask.inside.end());
  const std::string bits = std::to_string(picture.bits) + "-bit numbers";
  mask.taken_as = bits + " as parts of white";
  if (varies(picture.alpha) && one_colour) {
    mask.inside = picture.alpha;
    mask.taken_as = "what is drawn on a transparent ground";
    warning_log().add(file, "the mask is taken as " + mask.taken_as);
  } else if (varies(picture.alpha)) {
    for (std::size_t i = 0; i < mask.inside.size(); ++i) mask.inside.data()[i] *= picture.alpha.data()[i];
    warning_log().add(file, "what is transparent is taken as black");
  } else if (!picture.drawn.empty()) {
    mask.inside = picture.drawn;
    mask.taken_as = "two colours, the lighter one inside";
    warning_log().add(file, "the mask is taken from " + mask.taken_as);
  } else if (picture.bits > 1 && top > 0.0f && top < 1.5f * one) {
    scale(mask.inside, 1.0f / top);
    mask.taken_as = bits + " 0 and 1";
    warning_log().add(file, "the mask is taken from " + mask.taken_as + ", not as parts of white");
  } else if (picture.bits == 16 && top > 0.0f && top <= 255.5f / 65535.0f) {
    scale(mask.inside, 65535.0f / 255.0f);
    mask.taken_as = bits + " as parts of 255";
    warning_log().add(file, "the mask is taken from " + mask.taken_as + ", not of 65535");
  } else if (picture.has_colours) {
    warning_log().add(file, "colours are taken as grey, by how light they are");
  }
  for (float& value : mask.inside) value = std::clamp(value, 0.0f, 1.0f);
  constexpr float k_dark = 0.1f;
  if (const float most = *std::max_element(mask.inside.begin(), mask.inside.end()); most > 0.0f && most < k_dark)
    warning_log().add(file, "no pixel is above a tenth of white: numbers that are labels or of fewer bits are taken as shades");
  return mask;
}

PixelMask from_array(const std::filesystem::path& path) {
  NpyArray array = read_npy(path);
  PixelMask mask{.inside = std::move(array.values)};
  mask.taken_as = array.is_whole ? interpret_levels(mask.inside, path.string())
                                 : interpret_fractions(mask.inside, path.string());
  return mask;
}

}  // namespace

Image<std::uint8_t> cut_at_half(const Image<float>& inside) {
  Image<std::uint8_t> cut(inside.rows(), inside.cols());
  std::transform(inside.begin(), inside.end(), cut.begin(), [](float v) -> std::uint8_t { return v > 0.5f; });
  return cut;
}

Image<std::uint8_t> cut_at_half(const PixelMask& mask, const std::string& file) {
  Image<std::uint8_t> cut = cut_at_half(mask.inside);
  if (mask.is_binary) return cut;
  warning_log().add(file, "holds grey values; where a mask of 0 and 1 is wanted they are cut at one half");
  const auto inside = std::count(cut.begin(), cut.end(), 1);
  if (inside == 0) warning_log().add(file, "no grey value is above one half: cut there, the mask is empty");
  if (inside == static_cast<std::ptrdiff_t>(cut.size())) warning_log().add(file, "all grey values are above one half: cut there, the mask is full");
  return cut;
}

PixelMask read_pixel_mask(const hdf5::Group& group, const std::string& dataset, const std::string& file) {
  PixelMask mask;
  mask.grid = hdf5::read_grid(group, dataset);
  mask.inside = hdf5::read_pixels<float>(group, dataset, mask.grid);
  const std::string place = file + ", /" + dataset;
  mask.taken_as = group.holds_whole_numbers(dataset) ? interpret_levels(mask.inside, place)
                                                     : interpret_fractions(mask.inside, place);
  finish(mask, place);
  return mask;
}

PixelMask read_pixel_mask(const std::filesystem::path& path, const PixelMaskOptions& options) {
  if (!(std::isfinite(options.pixel_nm) && options.pixel_nm > 0.0))
    throw Error(ErrorCode::invalid_argument, path.string() + ": the pixel size must be positive");
  const std::string extension = lower_extension(path);
  const bool is_picture = extension == ".png";
  PixelMask mask;
  if (is_picture || extension == ".npy") {
    mask = is_picture ? from_picture(path) : from_array(path);
    mask.grid = {mask.inside.rows(), mask.inside.cols(), options.pixel_nm, 0.0, 0.0};
    finish(mask, path.string());
  } else {
    mask = hdf5::read_file(path, "a mask: a dataset 'mask' with pixel_nm and origin_nm", [&](const hdf5::Group& root) {
      return read_pixel_mask(root, "mask", path.string());
    });
  }
  const FirstRow first = options.first_row.value_or(is_picture ? FirstRow::top : FirstRow::bottom);
  if (first == FirstRow::top) mask.inside = upside_down(mask.inside);
  return mask;
}

}  // namespace reticle
