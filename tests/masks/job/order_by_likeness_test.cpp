// SPDX-License-Identifier: Apache-2.0
#include "masks/job/order_by_likeness.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <random>

#include "masks/job/mask_layout.h"
#include "tests/masks/scratch.h"

namespace reticle {
namespace {

// Three shapes at each of these places, of a form of the place's own.
MaskOutlines shapes_at(std::initializer_list<int> places) {
  MaskOutlines outlines;
  for (const int place : places)
    for (int k = 0; k < 3; ++k) {
      std::minstd_rand random(static_cast<unsigned>(3 * place + k + 1));
      const auto off = [&] { return static_cast<std::int32_t>(random() % 29); };
      const int x = 1000 * k, y = 100 * place;
      outlines.push_back({{x, y}, {x + 60 + off(), y + off()}, {x + 55 - off(), y + 60 - off()}, {x - off(), y + 50 + off()}});
    }
  return outlines;
}

TEST(OrderByLikeness, EachMaskIsFollowedByThatWhichSharesMostWithIt) {
  const std::vector<MaskOutlines> masks{shapes_at({1, 2, 3}), shapes_at({7, 8, 9}), {}, shapes_at({3, 4, 5}),
                                        shapes_at({8, 9, 1}), shapes_at({2, 3, 4})};
  EXPECT_EQ(order_by_likeness(masks), (std::vector<std::size_t>{0, 5, 3, 1, 4, 2}));
  EXPECT_TRUE(order_by_likeness({}).empty());
}

using OrderOfCells = test::Scratch;

// Masks that differ in one of forty rows each, met in an order that parts those that are alike by more than deflate looks back.
TEST_F(OrderOfCells, MakesTheFileSmaller) {
  const auto masks_of = [](int rows) {
    BlockResults block;
    for (int n = 0; n < 80; ++n) {
      const int kind = n % 20, change = n / 20;
      MaskOutlines mask;
      for (int row = 0; row < rows; ++row) {
        const MaskOutlines more = shapes_at({1000 * kind + (row == change ? 500 + row : row)});
        mask.insert(mask.end(), more.begin(), more.end());
      }
      block.tiles.push_back({0, n});
      block.masks.push_back(n);
      block.mask_keys.push_back(PackKey{static_cast<std::uint8_t>(n)});
      block.outlines.push_back(mask);
    }
    return block;
  };
  const auto bytes_of = [&](const BlockResults& block, const char* name) {
    MaskLayoutWriter writer(at(name), {.core_x_nm = 1e5, .core_y_nm = 1e5}, 1.0, {.path = at(name)}, "", "");
    writer.add({0, 0}, block);
    writer.finish();
    return static_cast<double>(std::filesystem::file_size(at(name)));
  };
  // The same tile by tile, each in a block of its own.
  const auto bytes_by_blocks = [&](const BlockResults& block, const char* name) {
    MaskLayoutWriter writer(at(name), {.core_x_nm = 1e5, .core_y_nm = 1e5}, 1.0, {.path = at(name)}, "", "");
    for (std::size_t i = 0; i < block.tiles.size(); ++i)
      writer.add({0, static_cast<std::int32_t>(i)}, {.tiles = {block.tiles[i]}, .masks = {0}, .mask_keys = {block.mask_keys[i]}, .outlines = {block.outlines[i]}});
    writer.finish();
    return static_cast<double>(std::filesystem::file_size(at(name)));
  };
  const double one_of_each = bytes_of(masks_of(40), "mask.oas") / 20;
  // Each kind in full, and of its three others little more than the row that differs.
  BlockResults first = masks_of(40);
  first.tiles.resize(20), first.masks.resize(20), first.mask_keys.resize(20), first.outlines.resize(20);
  EXPECT_LT(one_of_each, 1.4 * bytes_of(first, "first.oas") / 20);
  EXPECT_LT(bytes_by_blocks(masks_of(40), "blocks.oas"), 1.1 * 20 * one_of_each);
}

}  // namespace
}  // namespace reticle
