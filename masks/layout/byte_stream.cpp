// SPDX-License-Identifier: Apache-2.0
#include "masks/layout/byte_stream.h"

#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "kernels/base/error.h"

namespace reticle::layout {

struct ByteStream::Gzip {
  gzFile handle = nullptr;
  ~Gzip() {
    if (handle != nullptr) gzclose(handle);
  }
};

ByteStream::ByteStream(const std::filesystem::path& path)
    : path_(path), file_(std::make_unique<Gzip>()), buffer_(1 << 18) {
  if (std::filesystem::is_directory(path))
    throw Error(ErrorCode::io, path.string() + ": is a folder, not a layout");
  file_->handle = gzopen(path.c_str(), "rb");
  if (file_->handle == nullptr)
    throw Error(ErrorCode::io, path.string() + ": cannot be opened: " + std::strerror(errno));
  gzbuffer(file_->handle, 1 << 18);
}

ByteStream::~ByteStream() = default;

void ByteStream::fail(const std::string& what) const {
  throw Error(ErrorCode::bad_input,
              path_.string() + ": byte " + std::to_string(place_) + ": " + what);
}

Warning ByteStream::warning(const std::string& what, const std::string& cell) const {
  const std::string where = "byte " + std::to_string(place_);
  return {path_.string(), what, cell.empty() ? where : where + ", cell '" + cell + "'"};
}

void ByteStream::warn(const std::string& what, const std::string& cell) const {
  warning_log().add(warning(what, cell));
}

bool ByteStream::fill() {
  const int got = gzread(file_->handle, buffer_.data(), static_cast<unsigned>(buffer_.size()));
  if (got < 0) fail("the gzip data is damaged");
  next_ = 0;
  end_ = static_cast<std::size_t>(got);
  return got > 0;
}

bool ByteStream::at_end() { return next_ == end_ && !fill(); }

const unsigned char* ByteStream::take(std::size_t count) {
  if (count <= end_ - next_) {
    const unsigned char* at = buffer_.data() + next_;
    next_ += count;
    place_ += count;
    return at;
  }
  joined_.resize(count);
  read(joined_.data(), count);
  return joined_.data();
}

void ByteStream::read(void* to, std::size_t count) {
  auto* out = static_cast<unsigned char*>(to);
  while (count > 0) {
    if (at_end()) fail("the file ends in the middle of a record: it is truncated");
    const std::size_t part = std::min(count, end_ - next_);
    std::memcpy(out, buffer_.data() + next_, part);
    out += part;
    next_ += part;
    place_ += part;
    count -= part;
  }
}

}  // namespace reticle::layout
