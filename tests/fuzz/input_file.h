// SPDX-License-Identifier: Apache-2.0
// Any bytes as a file: one for the whole run, in memory where the system has such a place.
#pragma once

#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>

namespace reticle::fuzz {

inline std::filesystem::path file_of(const std::uint8_t* data, std::size_t size, const char* extension) {
  static const std::filesystem::path folder = [] {
    const std::filesystem::path memory = "/dev/shm";
    return std::filesystem::exists(memory) ? memory : std::filesystem::temp_directory_path();
  }();
  const std::filesystem::path path = folder / ("reticle_fuzz." + std::to_string(::getpid()) + extension);
  std::FILE* file = std::fopen(path.c_str(), "wb");
  if (file == nullptr) std::abort();
  std::fwrite(data, 1, size, file);
  std::fclose(file);
  return path;
}

}  // namespace reticle::fuzz
