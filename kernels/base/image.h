// SPDX-License-Identifier: Apache-2.0
// Grids and images: rows of pixels, contiguous, index [y][x], y up.
#pragma once

#include <cstddef>
#include <vector>

namespace reticle {

// Where pixels lie on the wafer. Pixel [row, col] covers
// [origin_x_nm + col * pixel_nm, + pixel_nm) x [origin_y_nm + row * pixel_nm, + pixel_nm).
struct Grid {
  int rows = 0;
  int cols = 0;
  double pixel_nm = 1.0;
  double origin_x_nm = 0.0;  // outer corner of pixel [0, 0]
  double origin_y_nm = 0.0;

  double width_nm() const { return cols * pixel_nm; }
  double height_nm() const { return rows * pixel_nm; }
  std::size_t size() const { return static_cast<std::size_t>(rows) * static_cast<std::size_t>(cols); }
  bool operator==(const Grid&) const = default;
};

// Non-owning rows of pixels; trivially copyable, host or device memory.
template <class T>
struct ImageView {
  T* data = nullptr;
  int rows = 0;
  int cols = 0;

  T* row(int y) const { return data + static_cast<std::ptrdiff_t>(y) * cols; }
  T& operator()(int y, int x) const { return row(y)[x]; }
  std::size_t size() const { return static_cast<std::size_t>(rows) * static_cast<std::size_t>(cols); }
  operator ImageView<const T>() const { return {data, rows, cols}; }
};

// Owning image in host memory, zero-initialised.
template <class T>
class Image {
 public:
  Image() = default;
  Image(int rows, int cols, T value = T{})
      : rows_(rows), cols_(cols),
        data_(static_cast<std::size_t>(rows) * static_cast<std::size_t>(cols), value) {}

  int rows() const { return rows_; }
  int cols() const { return cols_; }
  std::size_t size() const { return data_.size(); }
  bool empty() const { return data_.empty(); }
  T* data() { return data_.data(); }
  const T* data() const { return data_.data(); }
  T* row(int y) { return data_.data() + static_cast<std::ptrdiff_t>(y) * cols_; }
  const T* row(int y) const { return data_.data() + static_cast<std::ptrdiff_t>(y) * cols_; }
  T& operator()(int y, int x) { return row(y)[x]; }
  const T& operator()(int y, int x) const { return row(y)[x]; }
  auto begin() { return data_.begin(); }
  auto end() { return data_.end(); }
  auto begin() const { return data_.begin(); }
  auto end() const { return data_.end(); }
  ImageView<T> view() { return {data_.data(), rows_, cols_}; }
  ImageView<const T> view() const { return {data_.data(), rows_, cols_}; }
  bool operator==(const Image&) const = default;

 private:
  int rows_ = 0;
  int cols_ = 0;
  std::vector<T> data_;
};

}  // namespace reticle
