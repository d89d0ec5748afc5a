// SPDX-License-Identifier: Apache-2.0
// CufftLibrary: the three functions of cuFFT that the naive method needs, opened at run time, so that a
// program without them still starts and says so. Declared here as cuFFT's header does, for its types.
#pragma once

#include <cufft.h>
#include <dlfcn.h>

#include <cstdlib>
#include <string>

namespace reticle::bench {

class CufftLibrary {
 public:
  // The library named by RETICLE_CUFFT, or the first that the loader finds. It stays loaded.
  CufftLibrary() {
    const char* named = std::getenv("RETICLE_CUFFT");
    for (const char* name : {named, "libcufft.so.12", "libcufft.so.11", "libcufft.so.10", "libcufft.so"}) {
      if (name == nullptr) continue;
      library_ = dlopen(name, RTLD_NOW | RTLD_LOCAL);
      if (library_ != nullptr) break;
      if (missing_.empty()) missing_ = dlerror();
    }
    if (library_ == nullptr) {
      missing_ = "libcufft cannot be loaded (" + missing_ +
                 "): install CUDA's runtime libraries, put their folder into LD_LIBRARY_PATH, or name the "
                 "file in RETICLE_CUFFT";
      return;
    }
    missing_.clear();
    bind(plan_many, "cufftPlanMany");
    bind(execute, "cufftExecC2C");
    bind(destroy, "cufftDestroy");
  }

  // Why the functions are not there; empty if they are.
  const std::string& missing() const { return missing_; }

  decltype(&cufftPlanMany) plan_many = nullptr;
  decltype(&cufftExecC2C) execute = nullptr;
  decltype(&cufftDestroy) destroy = nullptr;

 private:
  template <class Function>
  void bind(Function& function, const char* name) {
    function = reinterpret_cast<Function>(dlsym(library_, name));
    if (function == nullptr) missing_ = std::string("libcufft lacks ") + name;
  }

  void* library_ = nullptr;
  std::string missing_;
};

}  // namespace reticle::bench
