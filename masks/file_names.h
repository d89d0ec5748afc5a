// SPDX-License-Identifier: Apache-2.0
// What a file's name says about its kind.
#pragma once

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <string>

namespace reticle {

// ".png" of "MASK.PNG".
inline std::string lower_extension(const std::filesystem::path& path) {
  std::string text = path.extension().string();
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

inline bool is_hdf5_name(const std::filesystem::path& path) {
  const std::string extension = lower_extension(path);
  return extension == ".h5" || extension == ".hdf5";
}

// A mask as pixels (masks/pixel_mask.h).
inline bool is_pixel_name(const std::filesystem::path& path) {
  const std::string extension = lower_extension(path);
  return is_hdf5_name(path) || extension == ".npy" || extension == ".png";
}

}  // namespace reticle
