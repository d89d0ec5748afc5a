// SPDX-License-Identifier: Apache-2.0
#include "masks/scratch_file.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

#include "kernels/base/error.h"

namespace reticle {

namespace {

[[noreturn]] void fail(const std::filesystem::path& folder, const char* what, int code) {
  throw Error(ErrorCode::io, folder.string() + ": " + what + ": " + std::strerror(code));
}

}  // namespace

// Without a name from the start, where the file system knows such files.
int open_scratch_file(const std::filesystem::path& folder) {
  if (const int file = ::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600); file >= 0) return file;
  std::string name = (folder / ".scratch.XXXXXX").string();
  const int file = ::mkostemp(name.data(), O_CLOEXEC);
  if (file >= 0) ::unlink(name.c_str());
  return file;
}

ScratchFile::ScratchFile(const std::filesystem::path& folder)
    : folder_(folder.empty() ? std::filesystem::temp_directory_path() : folder), descriptor_(open_scratch_file(folder_)) {
  if (descriptor_ < 0) fail(folder_, "no file for what does not fit into memory can be made", errno);
}

ScratchFile::~ScratchFile() { ::close(descriptor_); }

void ScratchFile::append(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::pwrite(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(end_));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail(folder_, "what does not fit into memory cannot be written", errno);
    end_ += static_cast<std::uint64_t>(written);
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
}

void ScratchFile::read(std::uint64_t at, std::span<std::byte> to) const {
  while (!to.empty()) {
    const ssize_t read = ::pread(descriptor_, to.data(), to.size(), static_cast<off_t>(at));
    if (read < 0 && errno == EINTR) continue;
    if (read <= 0) fail(folder_, "what was written there cannot be read", read < 0 ? errno : EIO);
    at += static_cast<std::uint64_t>(read);
    to = to.subspan(static_cast<std::size_t>(read));
  }
}

}  // namespace reticle
