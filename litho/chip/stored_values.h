// SPDX-License-Identifier: Apache-2.0
// What tiles store: plain values one after another, as this machine has them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "kernels/base/error.h"

namespace reticle {

class ValueWriter {
 public:
  template <class T>
  void put(const T& value) {
    static_assert(std::is_arithmetic_v<T>);
    put_bytes(std::as_bytes(std::span(&value, 1)));
  }
  void put_bytes(std::span<const std::byte> bytes) { bytes_.insert(bytes_.end(), bytes.begin(), bytes.end()); }
  std::vector<std::byte> take() { return std::move(bytes_); }

 private:
  std::vector<std::byte> bytes_;
};

// Looks at bytes that outlive it. Throws Error(bad_input) where they are not what they should be, `content` in words.
class ValueReader {
 public:
  ValueReader(std::span<const std::byte> bytes, const char* content) : bytes_(bytes), content_(content) {}

  template <class T>
  T get() {
    static_assert(std::is_arithmetic_v<T>);
    T value;
    std::memcpy(&value, get_bytes(sizeof value).data(), sizeof value);
    return value;
  }
  template <class T>
  void get(T& value) {
    value = get<T>();
  }
  std::span<const std::byte> get_bytes(std::size_t count) {
    if (bytes_.size() < count) fail();
    const auto part = bytes_.first(count);
    bytes_ = bytes_.subspan(count);
    return part;
  }
  // A number of things of at least this many bytes each.
  template <class Count>
  std::size_t get_count(std::size_t least_bytes) {
    const auto count = get<Count>();
    const bool fits = count >= Count{0} && count <= static_cast<Count>(bytes_.size() / least_bytes);
    if (!fits || static_cast<Count>(static_cast<std::size_t>(count)) != count) fail();
    return static_cast<std::size_t>(count);
  }
  std::size_t left() const { return bytes_.size(); }
  void end() const {
    if (!bytes_.empty()) fail();
  }
  [[noreturn]] void fail() const {
    throw Error(ErrorCode::bad_input, "what is stored of a tile is not " + std::string(content_) +
                                          "; the job's files were made by another program or are damaged: start the job in a "
                                          "new folder");
  }

 private:
  std::span<const std::byte> bytes_;
  const char* content_;
};

}  // namespace reticle
