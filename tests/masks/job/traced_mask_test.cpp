// SPDX-License-Identifier: Apache-2.0
#include "masks/job/traced_mask.h"

#include <gtest/gtest.h>

#include "kernels/base/error.h"

namespace reticle {
namespace {

const MaskTracing k_how{.plan = {.core_x_nm = 40.0, .core_y_nm = 24.0}, .pixel_nm = 2.0, .tolerance_nm = 0.0, .dbu_nm = 0.5};

// A bar of 12 x 8 nm at (8, 6) nm.
TileMask bar() {
  TileMask mask{.pixels = Image<std::uint8_t>(12, 20)};
  for (int y = 3; y < 7; ++y)
    for (int x = 4; x < 10; ++x) mask.pixels(y, x) = 1;
  return mask;
}

TEST(TracedMask, ComesBackFromItsBytesWithOutlinesOfItsArea) {
  const TracedMask made = traced(bar(), k_how), read = traced_from_bytes(traced_bytes(made));
  EXPECT_EQ(read.outlines, made.outlines);
  EXPECT_EQ(read.area_nm2, 12.0 * 8.0);
  EXPECT_EQ(read.pixel_rows, 12);
  EXPECT_EQ(read.pixel_cols, 20);
  ASSERT_EQ(read.outlines.size(), 1u);
  for (const layout::DbPoint& corner : read.outlines[0]) {
    EXPECT_TRUE(corner.x == 16 || corner.x == 40) << corner.x;  // half nm
    EXPECT_TRUE(corner.y == 12 || corner.y == 28) << corner.y;
  }
  const TracedMask none = traced_from_bytes(traced_bytes(traced({.outlines = {}}, k_how)));
  EXPECT_TRUE(none.outlines.empty());
  EXPECT_EQ(none.pixel_rows, 0);
}

TEST(TracedMask, DamagedBytesAreAnError) {
  const Bytes whole = traced_bytes(traced(bar(), k_how));
  for (std::size_t size = 0; size < whole.size(); ++size)
    EXPECT_THROW(traced_from_bytes(std::span(whole).first(size)), Error) << size;
}

TEST(TracedMask, KeysTellApartAllThatDecidesIt) {
  const std::string mask(64, 'a');
  MaskTracing finer = k_how, larger = k_how, other = k_how;
  finer.tolerance_nm = 0.25, larger.pixel_nm = 4.0, other.dbu_nm = 1.0;
  for (const MaskTracing& how : {finer, larger, other}) EXPECT_NE(traced_key(mask, how), traced_key(mask, k_how));
  EXPECT_NE(traced_key(std::string(64, 'b'), k_how), traced_key(mask, k_how));
  EXPECT_EQ(traced_key(mask, k_how).size(), 64u);
}

}  // namespace
}  // namespace reticle
