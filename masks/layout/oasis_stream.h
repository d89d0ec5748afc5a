// SPDX-License-Identifier: Apache-2.0
// The basic data types of an OASIS file, plain or within compressed blocks. [SEMI P39-0416, section
// 7]
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "masks/layout/byte_stream.h"

namespace reticle::layout {

// Offsets beyond what any coordinate may reach are refused where they are read, so sums of a few
// never overflow.
struct Delta {
  std::int64_t x = 0;
  std::int64_t y = 0;
};

class OasisStream {
 public:
  explicit OasisStream(const std::filesystem::path& path) : file_(path) {}

  bool at_end();
  std::uint8_t byte();
  void bytes(void* to, std::size_t count);
  std::uint64_t unsigned_integer();
  // Up to `most`; anything above fails, naming `what`.
  std::uint64_t unsigned_integer(std::uint64_t most, const char* what);
  std::int64_t signed_integer();
  double real();
  double real(std::uint64_t type);
  std::string text();
  void skip_text();
  Delta delta_1(bool horizontal);
  Delta delta_2();
  Delta delta_3();
  Delta g_delta();

  // The body of a CBLOCK record: what follows is read from within it until it ends.
  void enter_block();
  // How many bytes the file itself has given.
  std::uint64_t place() const { return file_.place(); }
  // How many bytes compressed blocks have given.
  std::uint64_t unpacked() const { return unpacked_; }
  void warn(const std::string& what) const { file_.warn(what); }
  Warning warning(const std::string& what, const std::string& cell) const { return file_.warning(what, cell); }
  [[noreturn]] void fail(const std::string& what) const { file_.fail(what); }

 private:
  std::int64_t checked(std::uint64_t magnitude, bool negative) const;

  ByteStream file_;
  std::vector<unsigned char> block_;
  std::size_t next_ = 0;
  std::uint64_t unpacked_ = 0;
};

}  // namespace reticle::layout
