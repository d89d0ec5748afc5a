// SPDX-License-Identifier: Apache-2.0
// The module reticle._core: thin bindings of the library; the package around it is Python.
#include <nanobind/nanobind.h>
#include <nanobind/stl/string.h>

#include <cstdint>
#include <exception>

#include "kernels/base/error.h"
#include "kernels/base/version.h"
#include "tools/python/bindings/arrays.h"
#include "tools/python/bindings/bindings.h"

namespace nb = nanobind;

namespace {

const char* exception_name(reticle::ErrorCode code) {
  switch (code) {
    case reticle::ErrorCode::invalid_argument: return "ArgumentError";
    case reticle::ErrorCode::bad_input: return "InputError";
    case reticle::ErrorCode::unsupported: return "UnsupportedError";
    case reticle::ErrorCode::out_of_memory: return "OutOfMemoryError";
    case reticle::ErrorCode::device_failure: return "DeviceError";
    case reticle::ErrorCode::io: return "FileError";
  }
  return "Error";
}

}  // namespace

NB_MODULE(_core, m) {
  nb::set_leak_warnings(false);  // what a framework's graph still holds when Python ends is no leak
  m.doc() = "Bindings of the C++ library. Use the package reticle.";
  nb::register_exception_translator([](const std::exception_ptr& raised, void*) {
    try {
      std::rethrow_exception(raised);
    } catch (const reticle::Error& error) {
      const nb::object type = nb::module_::import_("reticle.errors").attr(exception_name(error.code()));
      PyErr_SetString(type.ptr(), error.what());
    }
  });
  m.def("version", [] { return std::string(reticle::version()); });
  m.def("_address", [](const reticle::python::Array& array) { return reinterpret_cast<std::uintptr_t>(array.data()); },
        nb::arg("array"), "Where an argument's numbers are read: tests show by it that nothing is copied.");
  reticle::python::bind_optics(m);
  reticle::python::bind_model(m);
  reticle::python::bind_abbe(m);
  reticle::python::bind_correction(m);
  reticle::python::bind_device(m);
  reticle::python::bind_files(m);
  reticle::python::bind_jobs(m);
  reticle::python::bind_loss(m);
  reticle::python::bind_metrology(m);
  reticle::python::bind_verification(m);
}
