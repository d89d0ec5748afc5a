// SPDX-License-Identifier: Apache-2.0
// The bytes of a layout's index: numbers and texts in a table, arrays before it, checksums over all. Private to masks/layout.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <type_traits>
#include <vector>

#include "masks/layout/paged_memory.h"
#include "masks/layout/shape_set.h"
#include "masks/output_file.h"

namespace reticle::layout {

inline constexpr std::size_t k_index_alignment = 16;  // of arrays

class IndexWriter {
 public:
  // Throws as OutputFile.
  explicit IndexWriter(const std::filesystem::path& path);

  const std::filesystem::path& temporary() const { return output_.temporary(); }
  template <class T>
  void number(const T& value) {
    static_assert(std::is_arithmetic_v<T>);
    table_.append(reinterpret_cast<const char*>(&value), sizeof value);
  }
  void text(const std::string& value);
  void box(const DbBox& box);
  template <class T>
  void array(const PagedArray<T>& values) {
    static_assert(alignof(T) <= k_index_alignment);
    number(at_);
    number(std::uint64_t{values.size()});
    append(values.data(), values.size() * sizeof(T));
  }
  template <class T>
  void count(const std::vector<T>& values) {
    number(std::uint64_t{values.size()});
  }
  // Throws Error(io) if not all of it is on disk.
  void commit();

 private:
  void append(const void* bytes, std::size_t size);
  void write_piece();

  std::filesystem::path path_;
  OutputFile output_;
  std::ofstream file_;
  std::string table_, piece_;
  std::vector<std::uint32_t> sums_;  // of the pieces
  std::uint64_t at_;                 // in the file, of what comes next
};

// What is wrong with an index, in words that follow its name.
struct UnusableIndex {
  std::string why;
};

// All calls throw UnusableIndex where bytes are not as they were written, or not enough.
class IndexReader {
 public:
  // Maps the file; its table is sound then. Throws Error(io) if there is no such file.
  IndexReader(const std::filesystem::path& path, PagedMemory& memory);
  // Reads all arrays once.
  void check_arrays() const;

  template <class T>
  void number(T& value) {
    static_assert(std::is_arithmetic_v<T> && !std::is_same_v<T, bool>);
    std::memcpy(&value, take(sizeof value), sizeof value);
  }
  void text(std::string& value);
  void box(DbBox& box);
  template <class T>
  void array(PagedArray<T>& values) {
    std::uint64_t at = 0, count = 0;
    number(at);
    number(count);
    if (at % k_index_alignment != 0 || at > arrays_end_ || count > (arrays_end_ - at) / sizeof(T)) throw UnusableIndex{"is damaged"};
    values.refer_to(reinterpret_cast<const T*>(file_.data() + at), count);
  }
  // Makes room for as many as follow in the table, each of which takes a byte at least.
  template <class T>
  void count(std::vector<T>& values) {
    std::uint64_t count = 0;
    number(count);
    if (count > table_.size()) throw UnusableIndex{"is damaged"};
    values.resize(count);
  }

 private:
  const std::byte* take(std::size_t bytes);

  const PagedMemory& memory_;
  std::span<const std::byte> file_, table_;  // the table: what is left of it
  std::uint64_t arrays_end_ = 0;
  std::vector<std::uint32_t> sums_;
};

}  // namespace reticle::layout
