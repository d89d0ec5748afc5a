// SPDX-License-Identifier: Apache-2.0
// Arrays of any library, through DLPack or the buffer protocol, as views of ours and back, never copied.
#pragma once

#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>

#include <algorithm>
#include <complex>
#include <cstdint>
#include <memory>
#include <new>
#include <string>
#include <utility>
#include <vector>

#include "kernels/base/error.h"
#include "kernels/base/image.h"
#include "litho/geometry/polygon.h"

namespace reticle::python {

namespace nb = nanobind;

using Array = nb::ndarray<nb::ro>;
using WritableArray = nb::ndarray<>;

[[noreturn]] inline void refuse(const std::string& what) { throw Error(ErrorCode::invalid_argument, what); }

template <class A>
std::string shape_of(const A& array) {
  std::string text = "(";
  for (std::size_t i = 0; i < array.ndim(); ++i) text += (i == 0 ? "" : ", ") + std::to_string(array.shape(i));
  return text + ")";
}

// Throws Error(invalid_argument), naming the argument, unless the array lies row by row.
template <class A>
void require_contiguous(const A& array, const char* name) {
  if (array.size() == 0) return;
  std::int64_t stride = 1;
  for (std::size_t i = array.ndim(); i-- > 0;) {
    if (array.shape(i) != 1 && array.stride(i) != stride)
      refuse(std::string(name) + ": rows of the array are not contiguous; pass numpy.ascontiguousarray(" + name + ")");
    stride *= static_cast<std::int64_t>(array.shape(i));
  }
}

// Throws Error(invalid_argument), naming the argument, unless the array lies in host memory row by row.
template <class A>
void require_plain(const A& array, const char* name) {
  if (array.device_type() != nb::device::cpu::value)
    refuse(std::string(name) + ": the array lies on a device; images are taken from host memory (array.cpu())");
  require_contiguous(array, name);
}

template <class T, class A>
bool holds(const A& array) {
  return array.dtype() == nb::dtype<T>();
}

// A double array of known width; -1: any. Throws Error(invalid_argument) naming the argument.
inline void require_doubles(const Array& array, const char* name, std::size_t ndim, std::int64_t width = -1) {
  if (!holds<double>(array) || array.ndim() != ndim ||
      (width >= 0 && array.shape(ndim - 1) != static_cast<std::size_t>(width)))
    refuse(std::string(name) + ": a float64 array of " + std::to_string(ndim) + " dimensions" +
           (width >= 0 ? ", the last " + std::to_string(width) + " long," : "") + " is wanted, not shape " +
           shape_of(array));
  require_plain(array, name);
}

// A numpy array and its memory, not set, on a cache line: what JAX takes without a copy.
template <class T>
std::pair<nb::object, T*> new_array(const std::vector<std::size_t>& shape) {
  std::size_t size = 1;
  for (const std::size_t n : shape) size *= n;
  constexpr std::align_val_t k_line{64};
  T* data = static_cast<T*>(::operator new(std::max<std::size_t>(size, 1) * sizeof(T), k_line));
  const nb::capsule owner(data, [](void* p) noexcept { ::operator delete(p, std::align_val_t{64}); });
  return {nb::ndarray<nb::numpy, T>(data, shape.size(), shape.data(), owner).cast(nb::rv_policy::reference), data};
}

// Numbers of ours as a numpy array that owns them.
template <class T>
nb::object to_numpy(std::vector<T> values, const std::vector<std::size_t>& shape) {
  auto* kept = new std::vector<T>(std::move(values));
  const nb::capsule owner(kept, [](void* p) noexcept { delete static_cast<std::vector<T>*>(p); });
  return nb::ndarray<nb::numpy, T>(kept->data(), shape.size(), shape.data(), owner).cast(nb::rv_policy::reference);
}

template <class T>
nb::object to_numpy(Image<T> image) {
  auto* kept = new Image<T>(std::move(image));
  const nb::capsule owner(kept, [](void* p) noexcept { delete static_cast<Image<T>*>(p); });
  const std::size_t shape[2] = {static_cast<std::size_t>(kept->rows()), static_cast<std::size_t>(kept->cols())};
  return nb::ndarray<nb::numpy, T>(kept->data(), 2, shape, owner).cast(nb::rv_policy::reference);
}

// Numbers that another Python object keeps alive.
template <class T>
nb::object view_of(const T* data, const std::vector<std::size_t>& shape, nb::handle owner) {
  return nb::ndarray<nb::numpy, const T>(data, shape.size(), shape.data(), owner).cast(nb::rv_policy::reference);
}

// Polygons as their corners, (n, 2) in nm, and where each ends.
inline std::vector<Polygon> polygons_from(const Array& corners, const Array& ends) {
  require_doubles(corners, "polygons", 2, 2);
  if (!holds<std::int64_t>(ends) || ends.ndim() != 1) refuse("polygons: ends is an int64 array of one dimension");
  require_plain(ends, "polygons");
  const auto* xy = static_cast<const double*>(corners.data());
  const auto* end = static_cast<const std::int64_t*>(ends.data());
  std::vector<Polygon> polygons;
  std::int64_t next = 0;
  for (std::size_t p = 0; p < ends.shape(0); ++p) {
    if (end[p] < next || end[p] > static_cast<std::int64_t>(corners.shape(0))) refuse("polygons: ends out of order");
    Polygon& polygon = polygons.emplace_back();
    for (; next < end[p]; ++next) polygon.push_back({xy[2 * next], xy[2 * next + 1]});
  }
  return polygons;
}

// The same way back: a list of (n, 2) arrays.
inline nb::list to_arrays(const std::vector<Polygon>& polygons) {
  nb::list result;
  for (const Polygon& polygon : polygons) {
    std::vector<double> corners;
    for (const Point& point : polygon) corners.insert(corners.end(), {point.x, point.y});
    result.append(to_numpy(std::move(corners), {polygon.size(), 2}));
  }
  return result;
}

}  // namespace reticle::python
