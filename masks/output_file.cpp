// SPDX-License-Identifier: Apache-2.0
#include "masks/output_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <mutex>
#include <random>
#include <set>
#include <string>
#include <utility>

#include "kernels/base/error.h"

namespace reticle {

namespace {

[[noreturn]] void fail(const std::filesystem::path& path, const char* what, int code) {
  throw Error(ErrorCode::io, path.string() + ": " + what + ": " + std::strerror(code));
}

// The temporaries that are there.
struct Open {
  std::mutex mutex;
  std::set<std::filesystem::path> temporaries;
};

// Files may be open while the process ends.
Open& open_now() {
  static Open* const one = new Open;
  return *one;
}

}  // namespace

OutputFile::OutputFile(std::filesystem::path path) : path_(std::move(path)) {
  std::error_code code;
  // A link stays one: what it points to is replaced.
  for (int link = 0; link < 40 && std::filesystem::is_symlink(path_, code); ++link)
    path_ = path_.parent_path() / std::filesystem::read_symlink(path_, code);
  const auto status = std::filesystem::status(path_, code);
  if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status))
    throw Error(ErrorCode::io, path_.string() + ": is no regular file; name a file to write");
  // Created with the mode that umask leaves, under a name no other file has.
  std::random_device random;
  const std::lock_guard lock(open_now().mutex);
  for (int attempt = 0; attempt < 100; ++attempt) {
    temporary_ = path_.string() + "." + std::to_string(random()) + ".tmp";
    const int descriptor = ::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL, 0666);
    if (descriptor < 0 && errno == EEXIST) continue;
    if (descriptor < 0) fail(path_, "cannot be written", errno);
    ::close(descriptor);
    open_now().temporaries.insert(temporary_);
    return;
  }
  fail(path_, "cannot be written", EEXIST);
}

OutputFile::~OutputFile() {
  const std::lock_guard lock(open_now().mutex);
  std::error_code ignored;
  if (!committed_) std::filesystem::remove(temporary_, ignored);
  open_now().temporaries.erase(temporary_);
}

void OutputFile::abandon_all() noexcept {
  open_now().mutex.lock();  // for good
  std::error_code ignored;
  for (const auto& temporary : open_now().temporaries) std::filesystem::remove(temporary, ignored);
}

void OutputFile::write(std::span<const char> bytes) {
  const int descriptor = ::open(temporary_.c_str(), O_WRONLY | O_TRUNC);
  if (descriptor < 0) fail(path_, "cannot be written", errno);
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) {
      const int code = errno;
      ::close(descriptor);
      fail(path_, "cannot be written", code);
    }
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  if (::close(descriptor) != 0) fail(path_, "cannot be written", errno);
}

void OutputFile::commit() {
  const int descriptor = ::open(temporary_.c_str(), O_RDWR);
  if (descriptor < 0) fail(path_, "cannot be written", errno);
  const int synced = ::fsync(descriptor);
  const int code = errno;
  ::close(descriptor);
  if (synced != 0) fail(path_, "cannot be brought to disk", code);
  std::error_code renamed;
  std::filesystem::rename(temporary_, path_, renamed);
  if (renamed) fail(path_, "cannot be renamed into place", renamed.value());
  committed_ = true;
}

OutputText::OutputText(std::filesystem::path path)
    : path_(std::move(path)), output_(path_), file_(output_.temporary(), std::ios::binary) {}

void OutputText::commit() {
  file_.close();
  if (!file_) throw Error(ErrorCode::io, path_.string() + ": cannot be written; the disk may be full");
  output_.commit();
}

}  // namespace reticle
