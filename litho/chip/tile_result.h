// SPDX-License-Identifier: Apache-2.0
// What is kept of a tile: bytes for the stages between, the finished core and its measures.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "kernels/base/image.h"
#include "litho/geometry/polygon.h"
#include "litho/metrology/edge_placement.h"
#include "litho/verification/printed_features.h"

namespace reticle {

using Bytes = std::vector<std::byte>;

// Parameters as 16-bit numbers, steps of 2^-10: far below what moves a contour by a mask pixel.
Bytes patch_bytes(const Image<float>& patch);
// Throws Error(bad_input) if the bytes are not a patch of this size.
Image<float> patch_from_bytes(std::span<const std::byte> bytes, int rows, int cols);

// The corrected core of a tile: pixels, or outlines where a method works with edges. Positions are
// relative to the core's lower left corner.
struct TileMask {
  Image<std::uint8_t> pixels;     // core pixels, 1 inside; empty where there are outlines
  std::vector<Polygon> outlines;  // nm, without overlaps, within the core
  std::int64_t assists_trimmed = 0;  // prints of assist features in the core before these were made smaller
};

Bytes mask_bytes(const TileMask& mask);
// Throws Error(bad_input) if the bytes are not a mask.
TileMask mask_from_bytes(std::span<const std::byte> bytes);

// Prints apart from the drawn shapes at the assist features' dose, of all focuses, before assist features were made
// smaller and after.
struct AssistPrints {
  std::int64_t before = 0, after = 0;
  bool operator==(const AssistPrints&) const = default;
};

// What the masks print in a core. Positions are relative to it; they and errors are kept to a thousandth of a nm.
struct TileMeasures {
  double l2_nm2 = 0.0;               // nominal print XOR target, in the core
  double pv_band_nm2 = 0.0;             // outer print XOR inner print, in the core
  PrintedFeatures features;          // of the nominal print, in the core; tiles add up
  std::optional<AssistPrints> assists;  // with their middle in the core; empty: not looked for
  std::vector<EdgePlacement> sites;  // in the core
};

Bytes measures_bytes(const TileMeasures& measures);
// Throws Error(bad_input) if the bytes are not measures.
TileMeasures measures_from_bytes(std::span<const std::byte> bytes);

}  // namespace reticle
