// SPDX-License-Identifier: Apache-2.0
// Masks for comparing fast paths with plain ones: sizes that are no multiples of 64 among them,
// empty, full, noise and blobs; and regions of a mask, found by flooding.
#pragma once

#include <algorithm>
#include <cstdint>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "kernels/base/image.h"

namespace reticle::test {

struct MaskCase {
  std::string name;  // with the seed, so that a failure can be repeated
  Image<std::uint8_t> mask;
};

// Rectangles and discs of many sizes, some clear within others, some cut by the border.
inline Image<std::uint8_t> blobs(int rows, int cols, unsigned seed, int largest) {
  std::mt19937 random(seed);
  const auto below = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
  Image<std::uint8_t> mask(rows, cols);
  const int count = 3 + rows * cols / (largest * largest);
  for (int i = 0; i < count; ++i) {
    const int cy = below(rows), cx = below(cols), h = 1 + below(largest), w = 1 + below(largest);
    const bool round = below(2) == 0;
    const std::uint8_t tone = below(4) != 0;
    for (int y = std::max(0, cy - h); y < std::min(rows, cy + h); ++y)
      for (int x = std::max(0, cx - w); x < std::min(cols, cx + w); ++x)
        if (!round || (x - cx) * (x - cx) * h * h + (y - cy) * (y - cy) * w * w < h * h * w * w)
          mask(y, x) = tone;
  }
  return mask;
}

inline std::vector<MaskCase> mask_cases(const std::vector<std::pair<int, int>>& sizes) {
  std::vector<MaskCase> cases;
  unsigned seed = 1;
  for (const auto& [rows, cols] : sizes) {
    const std::string size = std::to_string(rows) + " x " + std::to_string(cols);
    cases.push_back({size + " empty", Image<std::uint8_t>(rows, cols)});
    cases.push_back({size + " full", Image<std::uint8_t>(rows, cols, 1)});
    for (const unsigned share : {1u, 8u, 15u}) {  // of 16
      std::mt19937 random(++seed);
      Image<std::uint8_t> noise(rows, cols);
      for (auto& pixel : noise) pixel = random() % 16 < share ? 1 : 0;
      cases.push_back({size + " noise, seed " + std::to_string(seed), std::move(noise)});
    }
    for (const int largest : {6, 30}) {
      ++seed;
      cases.push_back(
          {size + " blobs, seed " + std::to_string(seed), blobs(rows, cols, seed, largest)});
    }
  }
  return cases;
}

inline std::vector<MaskCase> small_mask_cases() {
  return mask_cases({{1, 1}, {1, 65}, {64, 64}, {63, 130}, {130, 63}, {97, 200}});
}

struct Flooded {
  std::vector<std::pair<int, int>> pixels;  // y, x
  bool touches_border = false;
};

// Regions of pixels of a tone, in the order of their first pixel.
inline std::vector<Flooded> flooded(const Image<std::uint8_t>& mask, int tone, bool over_corners) {
  Image<std::uint8_t> seen(mask.rows(), mask.cols());
  std::vector<Flooded> regions;
  for (int y = 0; y < mask.rows(); ++y)
    for (int x = 0; x < mask.cols(); ++x) {
      if ((mask(y, x) != 0) != (tone != 0) || seen(y, x)) continue;
      Flooded region;
      region.pixels.emplace_back(y, x);
      seen(y, x) = 1;
      for (std::size_t i = 0; i < region.pixels.size(); ++i) {
        const auto [cy, cx] = region.pixels[i];
        region.touches_border |=
            cy == 0 || cx == 0 || cy == mask.rows() - 1 || cx == mask.cols() - 1;
        for (int dy = -1; dy <= 1; ++dy)
          for (int dx = -1; dx <= 1; ++dx) {
            if (!over_corners && dx != 0 && dy != 0) continue;
            const int v = cy + dy, u = cx + dx;
            if (v < 0 || u < 0 || v >= mask.rows() || u >= mask.cols() || seen(v, u)) continue;
            if ((mask(v, u) != 0) != (tone != 0)) continue;
            seen(v, u) = 1;
            region.pixels.emplace_back(v, u);
          }
      }
      regions.push_back(std::move(region));
    }
  return regions;
}

// Holes filled, then shapes cleared, until none is too small.
inline Image<std::uint8_t> without_specks(Image<std::uint8_t> mask, double min_pixels) {
  for (bool changed = true; changed;) {
    changed = false;
    for (const int tone : {0, 1})
      for (const Flooded& region : flooded(mask, tone, tone == 0)) {
        if (static_cast<double>(region.pixels.size()) >= min_pixels) continue;
        if (tone == 0 && region.touches_border) continue;
        for (const auto& [y, x] : region.pixels) mask(y, x) = static_cast<std::uint8_t>(1 - tone);
        changed = true;
      }
  }
  return mask;
}

}  // namespace reticle::test
