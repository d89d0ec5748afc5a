// SPDX-License-Identifier: Apache-2.0
// DeviceOutline: outlines of targets in device memory, turned into covered pixels there.
#pragma once

#include <algorithm>
#include <cmath>
#include <optional>
#include <span>
#include <vector>

#include "kernels/cuda/device_memory.h"
#include "kernels/cuda/grid_bodies.h"

namespace reticle::cuda {

// The edges that each band of rows meets, in the order given.
struct OutlineBands {
  std::vector<pixel::OutlineEdge> edges;
  std::vector<int> first_edge;  // [band + 1]
};
inline OutlineBands outline_bands(std::span<const pixel::OutlineEdge> outline, int rows) {
  OutlineBands bands;
  bands.first_edge.push_back(0);
  for (int row = 0; row < rows; row += k_band_rows) {
    for (const pixel::OutlineEdge& edge : outline)
      if (edge.y0 < row + k_band_rows && edge.y1 > row) bands.edges.push_back(edge);
    bands.first_edge.push_back(static_cast<int>(bands.edges.size()));
  }
  return bands;
}

// Device as in device_memory.h.
template <class Device>
class DeviceOutline {
 public:
  explicit DeviceOutline(Device& device) : device_(device) {}

  // The memory of the edges is reused by the next call, whose upload waits for this launch.
  void launch_coverage(std::span<const pixel::OutlineEdge> outline, int rows, int cols, float* target) {
    const OutlineBands bands = outline_bands(outline, rows);
    const std::size_t edge_bytes = bands.edges.size() * sizeof(pixel::OutlineEdge);
    const std::size_t list_bytes = bands.first_edge.size() * sizeof(int);
    if (!memory_ || memory_->bytes() < edge_bytes + list_bytes) {
      memory_.reset();
      memory_.emplace(device_, 2 * (edge_bytes + list_bytes));
    }
    char* list = memory_->data() + edge_bytes;
    device_.upload(memory_->data(), bands.edges.data(), edge_bytes);
    device_.upload(list, bands.first_edge.data(), list_bytes);
    const Coverage body{reinterpret_cast<const pixel::OutlineEdge*>(memory_->data()),
                        reinterpret_cast<const int*>(list), rows, cols, target};
    device_.launch(body, blocks_over(body.size()));
  }

 private:
  Device& device_;
  std::optional<DeviceMemory<Device>> memory_;
};

}  // namespace reticle::cuda
