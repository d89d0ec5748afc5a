// SPDX-License-Identifier: Apache-2.0
// Area coverage of an outline on a pixel grid, row by row: each row sums the signed area its edges leave
// on their right, then a running sum along the row gives the coverage (kernels/pixel/coverage.h).
#pragma once

#include <cstdint>
#include <vector>

#include "kernels/base/image.h"
#include "kernels/pixel/coverage.h"

namespace reticle::cpu {

// Covered fraction of each of rows x cols pixels.
Image<float> coverage(std::vector<pixel::OutlineEdge> outline, int rows, int cols);

// 1 where at least half of a pixel is covered, else 0.
Image<std::uint8_t> half_covered(std::vector<pixel::OutlineEdge> outline, int rows, int cols);

}  // namespace reticle::cpu
