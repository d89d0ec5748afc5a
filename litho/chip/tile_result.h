// What is kept of a tile: bytes for the stages between, and the finished core.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "kernels/base/image.h"
#include "litho/metrology/edge_placement.h"

namespace reticle {

using Bytes = std::vector<std::byte>;

// Parameters as 16-bit numbers, steps of 2^-10: far below what moves a contour by a mask pixel.
Bytes patch_bytes(const Image<float>& patch);
// Throws Error(bad_input) if the bytes are not a patch of this size.
Image<float> patch_from_bytes(std::span<const std::byte> bytes, int rows, int cols);

// The corrected core of a tile and what it prints. Positions are relative to the core.
struct TileResult {
  Image<std::uint8_t> mask;          // core pixels, 1 inside
  double l2_nm2 = 0.0;               // nominal print XOR target, in the core
  double band_nm2 = 0.0;             // outer print XOR inner print, in the core
  std::vector<EdgePlacement> sites;  // in the core
};

Bytes result_bytes(const TileResult& result);
// Throws Error(bad_input) if the bytes are not a result.
TileResult result_from_bytes(std::span<const std::byte> bytes);

}  // namespace reticle
