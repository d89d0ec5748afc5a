// SPDX-License-Identifier: Apache-2.0
// DeviceMemory: an allocation that gives itself back.
//
// Device is how memory and launches are had: CudaDevice, or in the tests one that runs the bodies on
// the host. It has
//   void* allocate(bytes), release(pointer)          Error(out_of_memory) if there is too little
//   upload(to, from, bytes), download(...), clear(pointer, bytes)   in the order of launches;
//                                                    upload's source may change at once, download waits
//   wait()                                           until all launches are done
//   join()                                           until those of others are, whose memory is read
//   launch(body, blocks)                             of body.k_threads threads, body.k_shared bytes
//   launch(body, blocks, shared_bytes)
//   replay(Graph&, chain)                            chain() launches; from the second time on as a graph
//   std::size_t shared_limit()                       bytes of shared memory a block's field can have
//   TableCache& tables()
//   bool separate_arrays()                           whether each array is an allocation of its own
#pragma once

#include <cstddef>
#include <vector>

#include "kernels/cuda/workspace.h"

namespace reticle::cuda {

template <class Device>
class DeviceMemory {
 public:
  DeviceMemory(Device& device, std::size_t bytes)
      : device_(&device), data_(device.allocate(bytes)), bytes_(bytes) {}
  DeviceMemory(DeviceMemory&& other) noexcept
      : device_(other.device_), data_(other.data_), bytes_(other.bytes_) {
    other.data_ = nullptr;
  }
  DeviceMemory& operator=(DeviceMemory&&) = delete;
  ~DeviceMemory() {
    if (data_ != nullptr) device_->release(data_);
  }
  char* data() const { return static_cast<char*>(data_); }
  std::size_t bytes() const { return bytes_; }

 private:
  Device* device_;
  void* data_;
  std::size_t bytes_;
};

// The arrays of a batch, zero: in one allocation, or, where the device wants it, each in its own.
template <class Device>
class DeviceArrays {
 public:
  // place(layout) gives out the arrays of `Layout` (workspace.h).
  template <class Place>
  DeviceArrays(Device& device, Place place) {
    const auto allocate = [&](std::size_t bytes) {
      memory_.emplace_back(device, bytes);
      device.clear(memory_.back().data(), bytes);
      return memory_.back().data();
    };
    if (device.separate_arrays()) {
      place(Layout(allocate));
      return;
    }
    const std::size_t bytes = place(Layout(nullptr));
    place(Layout(allocate(bytes)));
  }

 private:
  std::vector<DeviceMemory<Device>> memory_;
};

}  // namespace reticle::cuda
