// SPDX-License-Identifier: Apache-2.0
#include "masks/job/work_claims.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "kernels/base/error.h"

namespace reticle {

namespace {

constexpr std::uint64_t k_blocks = std::uint64_t{1} << 60;  // blocks lie beyond all keys

// 60 bits of the hash: two keys of one job never meet.
std::uint64_t byte_of(const std::string& key) { return std::stoull(key.substr(0, 15), nullptr, 16); }

}  // namespace

FileClaims::FileClaims(const std::filesystem::path& folder) {
  descriptor_ = ::open((folder / "claims").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (descriptor_ < 0)
    throw Error(ErrorCode::io,
                folder.string() + ": cannot be written to (" + std::strerror(errno) + ")");
}

FileClaims::~FileClaims() { ::close(descriptor_); }

bool FileClaims::lock(std::uint64_t byte, short type) {
  struct flock lock {};
  lock.l_type = type;
  lock.l_whence = SEEK_SET;
  lock.l_start = static_cast<off_t>(byte);
  lock.l_len = 1;
  while (::fcntl(descriptor_, F_OFD_SETLK, &lock) != 0) {
    if (errno == EINTR) continue;
    if (errno == EAGAIN) return false;
    // POSIX lets EACCES mean the same, and a file system without locks may say it as well.
    return errno != EACCES || !is_held(byte);
  }
  return true;
}

bool FileClaims::is_held(std::uint64_t byte) const {
  struct flock lock {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  lock.l_start = static_cast<off_t>(byte);
  lock.l_len = 1;
  return ::fcntl(descriptor_, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}

std::string FileClaims::problem() const {
  constexpr std::uint64_t k_last = (std::uint64_t{1} << 62) - 1;  // nobody's
  struct flock lock {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  lock.l_start = static_cast<off_t>(k_last);
  lock.l_len = 1;
  if (::fcntl(descriptor_, F_OFD_SETLK, &lock) == 0) {
    lock.l_type = F_UNLCK;
    ::fcntl(descriptor_, F_OFD_SETLK, &lock);
    return "";
  }
  if (errno == EAGAIN || (errno == EACCES && is_held(k_last))) return "";
  return std::strerror(errno);
}

bool FileClaims::claim(const std::string& key) { return lock(byte_of(key), F_WRLCK); }

void FileClaims::release(const std::string& key) { lock(byte_of(key), F_UNLCK); }

bool FileClaims::claim_block(std::uint64_t number) { return lock(k_blocks + number, F_WRLCK); }

void FileClaims::release_block(std::uint64_t number) { lock(k_blocks + number, F_UNLCK); }

}  // namespace reticle
