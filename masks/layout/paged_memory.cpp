// SPDX-License-Identifier: Apache-2.0
#include "masks/layout/paged_memory.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <string>

#include "kernels/base/error.h"
#include "masks/scratch_file.h"

namespace reticle::layout {

namespace {

constexpr std::size_t k_part = std::size_t{1} << 26, k_in_memory = std::size_t{1} << 20, k_alignment = 16, k_page = 4096;
constexpr unsigned k_looks = 8;  // of which each touches a tile's surroundings

// Not the system's temporary files: these may lie in memory.
std::filesystem::path folder_of_pages() {
  const char* chosen = std::getenv("TMPDIR");
  return chosen != nullptr && *chosen != '\0' ? chosen : "/var/tmp";
}

}  // namespace

PagedMemory::~PagedMemory() {
  for (const Part& part : parts_) ::munmap(part.begin, part.size);
  if (file_ >= 0) ::close(file_);
}

bool PagedMemory::add_part(std::size_t bytes) {
  const bool in_file = !parts_.empty();
  const std::size_t least = in_file ? k_part : k_in_memory;
  const std::size_t size = std::max(least, (bytes + k_page - 1) / k_page * k_page);
  void* begin = MAP_FAILED;
  if (!in_file) {
    begin = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  } else {
    if (file_ < 0) file_ = open_scratch_file(folder_of_pages());
    // Blocks are there before they are written to: a full disk is noticed here, not by a signal.
    if (file_ < 0 || ::posix_fallocate(file_, static_cast<off_t>(file_size_), static_cast<off_t>(size)) != 0) return false;
    begin = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, file_, static_cast<off_t>(file_size_));
    if (begin != MAP_FAILED) file_size_ += size;
  }
  if (begin == MAP_FAILED) return false;
  parts_.push_back({static_cast<std::byte*>(begin), size, in_file});
  used_ = 0;
  return true;
}

void* PagedMemory::room(std::size_t bytes) {
  if ((parts_.empty() || used_ + bytes > parts_.back().size) && !add_part(bytes)) return nullptr;
  std::byte* at = parts_.back().begin + used_;
  used_ += (bytes + k_alignment - 1) / k_alignment * k_alignment;
  return at;
}

std::span<const std::byte> PagedMemory::map(const std::filesystem::path& path) {
  const auto fail = [&](int reason) { throw Error(ErrorCode::io, path.string() + ": cannot be read: " + std::strerror(reason)); };
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) fail(errno);
  struct stat status {};
  const bool known = ::fstat(file, &status) == 0;
  const auto size = known ? static_cast<std::size_t>(status.st_size) : 0;
  void* begin = size > 0 && S_ISREG(status.st_mode) ? ::mmap(nullptr, size, PROT_READ, MAP_SHARED, file, 0) : MAP_FAILED;
  const int reason = size > 0 ? errno : EINVAL;
  ::close(file);
  if (begin == MAP_FAILED) fail(reason);
  parts_.push_back({static_cast<std::byte*>(begin), size, true});
  used_ = size;
  return {static_cast<const std::byte*>(begin), size};
}

void PagedMemory::looked() const {
  if (++looks_ % k_looks == 0) give_back();
}

void PagedMemory::give_back() const {
  for (const Part& part : parts_)
    if (part.in_file) ::madvise(part.begin, part.size, MADV_DONTNEED);
}

}  // namespace reticle::layout
