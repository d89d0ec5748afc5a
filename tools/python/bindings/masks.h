// SPDX-License-Identifier: Apache-2.0
// A batch of masks as Python gives them: pixels or polygons, to spectra and back.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "kernels/base/on_threads.h"
#include "kernels/base/spectrum.h"
#include "litho/imaging/image_places.h"
#include "litho/imaging/polygon_gradient.h"
#include "litho/imaging/resist_image.h"
#include "tools/python/bindings/arrays.h"
#include "tools/python/bindings/bindings.h"

namespace reticle::python {

// Derivatives by the resist's terms, summed over a batch.
struct ResistSum {
  ResistGradient sum;
  void add(const ResistGradient& one) {
    sum.diffusion_nm += one.diffusion_nm;
    sum.slope_nm += one.slope_nm;
    sum.density += one.density;
    sum.density_range_nm += one.density_range_nm;
  }
  nb::dict to_dict() const {
    nb::dict result;
    result["diffusion_nm"] = sum.diffusion_nm;
    result["slope_nm"] = sum.slope_nm;
    result["density"] = sum.density;
    result["density_range_nm"] = sum.density_range_nm;
    return result;
  }
};

// Views of [rows, cols] or [batch, rows, cols] pixels; bytes and booleans are widened once.
template <class T>
class PixelBatch {
 public:
  explicit PixelBatch(const Array& array) : shape_(array.ndim()) {
    for (std::size_t i = 0; i < shape_.size(); ++i) shape_[i] = array.shape(i);
    if (holds<T>(array)) {
      data_ = static_cast<const T*>(array.data());
      return;
    }
    const auto* bytes = static_cast<const std::uint8_t*>(array.data());
    widened_.assign(bytes, bytes + array.size());
    data_ = widened_.data();
  }

  bool batched() const { return shape_.size() == 3; }
  std::size_t count() const { return batched() ? shape_[0] : 1; }
  int rows() const { return static_cast<int>(shape_[shape_.size() - 2]); }
  int cols() const { return static_cast<int>(shape_[shape_.size() - 1]); }
  ImageView<const T> operator[](std::size_t i) const {
    const ImageView<const T> all{data_, rows(), cols()};
    return {data_ + i * all.size(), rows(), cols()};
  }
  const std::vector<std::size_t>& shape() const { return shape_; }

 private:
  std::vector<std::size_t> shape_;
  std::vector<T> widened_;
  const T* data_ = nullptr;
};

// Throws Error(invalid_argument), naming what is wrong with `mask`.
inline void check_pixels(const Array& mask) {
  if (mask.ndim() != 2 && mask.ndim() != 3)
    refuse("mask: pixels have the shape (rows, cols) or (batch, rows, cols), not " + shape_of(mask));
  if (mask.size() == 0) refuse("mask: an array without pixels, of shape " + shape_of(mask));
  if (!holds<float>(mask) && !holds<double>(mask) && !holds<std::uint8_t>(mask) && !holds<bool>(mask))
    refuse("mask: pixels are float32, float64, uint8 or bool; pass mask.astype(numpy.float32)");
  require_plain(mask, "mask");
}

// A pixel that is no number is in the mean of all, and in the gradient that a cotangent gives.
template <class T>
void require_finite(const Spectrum<T>& spectrum, const char* name = "mask") {
  const auto mean = spectrum.at(0, 0);
  if (!std::isfinite(mean.real()) || !std::isfinite(mean.imag()))
    refuse(std::string(name) + ": holds NaN or an infinite value");
}
template <class T>
void require_finite(std::span<const T> numbers, const char* name) {
  T sum = 0;
  for (const T number : numbers) sum += number * T(0);
  if (sum != T(0)) refuse(std::string(name) + ": holds NaN or an infinite value");
}

// work(i) for all of a batch, each on a thread's own tools; work = make() by each thread.
template <class Make>
void for_batch(std::size_t count, int threads, const Make& make) {
  if (threads < 1) refuse("threads: at least 1 is wanted");
  on_threads(count, threads, [&](int) -> std::function<bool(std::size_t)> {
    auto work = std::make_shared<decltype(make())>(make());
    return [work](std::size_t i) {
      (*work)(i);
      return true;
    };
  });
}

// The shape of an image: a batch's number before that of the places.
inline std::vector<std::size_t> batch_shape(bool batched, std::size_t count, const Places& places) {
  std::vector<std::size_t> shape;
  if (batched) shape.push_back(count);
  shape.insert(shape.end(), places.shape.begin(), places.shape.end());
  return shape;
}

// Throws Error(invalid_argument) unless the array has this shape and T.
template <class T, class A>
void require_image(const A& array, const char* name, const std::vector<std::size_t>& shape) {
  bool same = array.ndim() == shape.size() && holds<T>(array);
  for (std::size_t i = 0; same && i < shape.size(); ++i) same = array.shape(i) == shape[i];
  if (!same) {
    std::string wanted;
    for (const std::size_t n : shape) wanted += (wanted.empty() ? "" : ", ") + std::to_string(n);
    refuse(std::string(name) + ": a " + (sizeof(T) == 4 ? "float32" : "float64") + " array of shape (" + wanted +
           ") is wanted, as the image's; given is shape " + shape_of(array));
  }
  require_plain(array, name);
}

}  // namespace reticle::python
