// SPDX-License-Identifier: Apache-2.0
// HDF5 types of our element types; private to masks/hdf5.
#pragma once

#include <hdf5.h>

#include <complex>
#include <cstdint>

#include "masks/hdf5/hdf5.h"

namespace reticle::hdf5 {

static_assert(sizeof(hid_t) == sizeof(std::int64_t));

inline Handle owned(hid_t id, herr_t (*close)(hid_t)) { return Handle(id, close); }

template <class T>
inline constexpr bool is_complex = false;
template <class T>
inline constexpr bool is_complex<std::complex<T>> = true;

template <class T>
Handle memory_type();
template <>
inline Handle memory_type<std::uint8_t>() {
  return owned(H5Tcopy(H5T_NATIVE_UINT8), H5Tclose);
}
template <>
inline Handle memory_type<std::int32_t>() {
  return owned(H5Tcopy(H5T_NATIVE_INT32), H5Tclose);
}
template <>
inline Handle memory_type<float>() {
  return owned(H5Tcopy(H5T_NATIVE_FLOAT), H5Tclose);
}
template <>
inline Handle memory_type<double>() {
  return owned(H5Tcopy(H5T_NATIVE_DOUBLE), H5Tclose);
}

template <class T>
Handle complex_type() {
  Handle type = owned(H5Tcreate(H5T_COMPOUND, 2 * sizeof(T)), H5Tclose);
  const Handle part = memory_type<T>();
  H5Tinsert(type.id(), "r", 0, part.id());
  H5Tinsert(type.id(), "i", sizeof(T), part.id());
  return type;
}
template <>
inline Handle memory_type<std::complex<float>>() {
  return complex_type<float>();
}
template <>
inline Handle memory_type<std::complex<double>>() {
  return complex_type<double>();
}

}  // namespace reticle::hdf5
