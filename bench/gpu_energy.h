// SPDX-License-Identifier: Apache-2.0
// GpuEnergy: joules that a GPU has used, by NVIDIA's management library, opened at run time. Where the
// library, the GPU or its counter is missing there is no figure, and missing() says why.
//
// The counter moves in steps of about 0.1 s: measure over a second or more.
#pragma once

#include <dlfcn.h>

#include <optional>
#include <string>

namespace reticle::bench {

class GpuEnergy {
 public:
  // The GPU with that PCI address, as cudaDeviceGetPCIBusId() names it; empty: NVML's first.
  explicit GpuEnergy(const std::string& pci_address = "") {
    library_ = dlopen("libnvidia-ml.so.1", RTLD_NOW | RTLD_LOCAL);
    if (library_ == nullptr) {
      missing_ = "libnvidia-ml.so.1 does not load";
      return;
    }
    const auto start = function<int()>("nvmlInit_v2");
    started_ = start != nullptr && start() == k_success;
    if (!started_) {
      missing_ = "nvmlInit fails: there is no NVIDIA driver";
      return;
    }
    const auto by_address = function<int(const char*, Device*)>("nvmlDeviceGetHandleByPciBusId_v2");
    const auto by_index = function<int(unsigned, Device*)>("nvmlDeviceGetHandleByIndex_v2");
    read_ = function<int(Device, unsigned long long*)>("nvmlDeviceGetTotalEnergyConsumption");
    const bool found = pci_address.empty()
                           ? by_index != nullptr && by_index(0, &device_) == k_success
                           : by_address != nullptr && by_address(pci_address.c_str(), &device_) == k_success;
    if (!found)
      missing_ = "NVML finds no GPU " + pci_address;
    else if (!joules())
      missing_ = "this GPU has no energy counter";
  }
  GpuEnergy(const GpuEnergy&) = delete;
  GpuEnergy& operator=(const GpuEnergy&) = delete;
  ~GpuEnergy() {
    if (started_)
      if (const auto stop = function<int()>("nvmlShutdown")) stop();
    if (library_ != nullptr) dlclose(library_);
  }

  // Since the driver was loaded; differences count.
  std::optional<double> joules() const {
    unsigned long long millijoules = 0;
    if (device_ == nullptr || read_ == nullptr || read_(device_, &millijoules) != k_success) return {};
    return 1e-3 * static_cast<double>(millijoules);
  }
  // Why joules() has no figure; empty if it has.
  const std::string& missing() const { return missing_; }
  // "not available" without NVML.
  std::string driver_version() const {
    char text[96] = "";
    const auto version = started_ ? function<int(char*, unsigned)>("nvmlSystemGetDriverVersion") : nullptr;
    return version != nullptr && version(text, sizeof text) == k_success ? text : "not available";
  }

 private:
  using Device = struct nvmlDevice_st*;
  static constexpr int k_success = 0;

  template <class Function>
  Function* function(const char* name) const {
    return reinterpret_cast<Function*>(dlsym(library_, name));
  }

  void* library_ = nullptr;
  bool started_ = false;
  Device device_ = nullptr;
  int (*read_)(Device, unsigned long long*) = nullptr;
  std::string missing_;
};

}  // namespace reticle::bench
