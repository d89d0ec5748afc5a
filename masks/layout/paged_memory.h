// SPDX-License-Identifier: Apache-2.0
// What is kept of a layout and seldom looked at: arrays in a file without a name, which the system reads page by page
// where they are asked for and need not keep in memory. A few megabytes stay in memory without a file.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstring>
#include <filesystem>
#include <span>
#include <type_traits>
#include <vector>

namespace reticle::layout {

class PagedMemory {
 public:
  // The file lies in $TMPDIR, or in /var/tmp.
  PagedMemory() = default;
  ~PagedMemory();
  PagedMemory(const PagedMemory&) = delete;
  PagedMemory& operator=(const PagedMemory&) = delete;

  // Room for so many bytes, aligned for any number, as long as this object lives; null where the disk has none.
  void* room(std::size_t bytes);
  // A file's bytes, to be read only, as long as this object lives. Throws Error(io) if there are none to be had.
  std::span<const std::byte> map(const std::filesystem::path& path);
  // Of so many looks at the arrays: now and then the process gives their pages back. Threads may look meanwhile.
  void looked() const;
  void give_back() const;

 private:
  struct Part {
    std::byte* begin;
    std::size_t size;
    bool in_file;
  };
  bool add_part(std::size_t bytes);

  std::vector<Part> parts_;
  std::size_t used_ = 0;  // of the last part
  int file_ = -1;
  std::size_t file_size_ = 0;
  mutable std::atomic<unsigned> looks_ = 0;
};

// A vector that can be moved there once it is complete; from then on it is not changed, and copies refer to it.
template <class T>
class PagedArray {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  PagedArray() = default;
  PagedArray(std::vector<T> values) : own_(std::move(values)) {}
  std::vector<T>& building() { return own_; }
  void move_to(PagedMemory& memory) {
    if (own_.empty()) return;
    void* room = memory.room(own_.size() * sizeof(T));
    if (room == nullptr) return;
    std::memcpy(room, own_.data(), own_.size() * sizeof(T));
    paged_ = static_cast<const T*>(room);
    count_ = own_.size();
    std::vector<T>().swap(own_);
  }
  // Lies there already.
  void refer_to(const T* values, std::size_t count) {
    std::vector<T>().swap(own_);
    paged_ = count > 0 ? values : nullptr;
    count_ = count;
  }
  const T* data() const { return paged_ != nullptr ? paged_ : own_.data(); }
  std::size_t size() const { return paged_ != nullptr ? count_ : own_.size(); }
  bool empty() const { return size() == 0; }
  const T* begin() const { return data(); }
  const T* end() const { return data() + size(); }
  const T& operator[](std::size_t i) const { return data()[i]; }

 private:
  std::vector<T> own_;
  const T* paged_ = nullptr;
  std::size_t count_ = 0;
};

}  // namespace reticle::layout
