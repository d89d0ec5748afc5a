// SPDX-License-Identifier: Apache-2.0
// Bytes of a file, plain or gzip, in order and with their place for messages.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "masks/warnings.h"

namespace reticle::layout {

class ByteStream {
 public:
  // Throws Error(io) if the file cannot be opened.
  explicit ByteStream(const std::filesystem::path& path);
  ~ByteStream();
  ByteStream(const ByteStream&) = delete;
  ByteStream& operator=(const ByteStream&) = delete;

  // Reads exactly `count` bytes. Throws Error(bad_input), naming the place, where the file ends.
  void read(void* to, std::size_t count);
  // The same bytes where they lie, until the next call.
  const unsigned char* take(std::size_t count);
  // Whether no byte is left.
  bool at_end();
  std::uint64_t place() const { return place_; }
  // A warning about this place (masks/warnings.h); `cell` may be empty.
  void warn(const std::string& what, const std::string& cell = {}) const;
  Warning warning(const std::string& what, const std::string& cell = {}) const;
  // Throws Error(bad_input): "<file>: byte <place>: <what>".
  [[noreturn]] void fail(const std::string& what) const;

 private:
  bool fill();

  std::filesystem::path path_;
  struct Gzip;
  std::unique_ptr<Gzip> file_;
  std::vector<unsigned char> buffer_, joined_;  // joined: what was asked for, over the end of the buffer
  std::size_t next_ = 0, end_ = 0;
  std::uint64_t place_ = 0;
};

}  // namespace reticle::layout
