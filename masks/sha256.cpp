// SPDX-License-Identifier: Apache-2.0
#include "masks/sha256.h"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <vector>

#include "kernels/base/error.h"

namespace reticle {

std::string sha256_of_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::vector<char> buffer(1 << 16);
  Sha256 hash;
  while (file) {
    file.read(buffer.data(), static_cast<std::streamsize>(buffer.size()));
    hash.add(std::string_view(buffer.data(), static_cast<std::size_t>(file.gcount())));
  }
  if (!file.eof())
    throw Error(ErrorCode::io, path.string() + ": cannot be read: " + std::strerror(errno));
  return hash.finish();
}

}  // namespace reticle
