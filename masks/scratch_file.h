// SPDX-License-Identifier: Apache-2.0
// A file without a name, for what does not fit into memory: gone with its holder, however the process ends.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>

namespace reticle {

// The descriptor of such a file, to be closed by the caller; negative, with errno, where none can be made.
int open_scratch_file(const std::filesystem::path& folder);

class ScratchFile {
 public:
  // In this folder; where it is empty, among the system's temporary files. Throws Error(io), naming folder and reason.
  explicit ScratchFile(const std::filesystem::path& folder);
  ~ScratchFile();
  ScratchFile(const ScratchFile&) = delete;
  ScratchFile& operator=(const ScratchFile&) = delete;

  // Throws Error(io) if the disk is full.
  void append(std::span<const std::byte> bytes);
  void read(std::uint64_t at, std::span<std::byte> to) const;

 private:
  std::filesystem::path folder_;
  int descriptor_ = -1;
  std::uint64_t end_ = 0;
};

}  // namespace reticle
