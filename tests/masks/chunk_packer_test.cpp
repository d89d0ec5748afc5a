// SPDX-License-Identifier: Apache-2.0
#include "masks/hdf5/chunk_packer.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <random>

namespace reticle::hdf5 {
namespace {

using Plain = std::vector<std::uint8_t>;

TEST(ChunkPacker, ZlibGivesTheBytesBackAndTheChecksumFollows) {
  ChunkPacker packer(1);
  for (unsigned seed = 1; seed <= 50; ++seed) {
    std::mt19937 random(seed);
    const auto repeats = random() % 100;
    Plain bytes(1 + random() % 100000);
    for (std::size_t i = 0; i < bytes.size(); ++i)
      bytes[i] = i > 0 && random() % 100 < repeats ? bytes[i - 1] : static_cast<std::uint8_t>(random());
    Plain packed = packer.pack(bytes);
    std::uint32_t sum = 0;
    for (int i = 3; i >= 0; --i) sum = sum << 8 | packed[packed.size() - 4 + static_cast<std::size_t>(i)];
    packed.resize(packed.size() - 4);
    EXPECT_EQ(sum, fletcher32(packed));
    Plain plain(bytes.size());
    uLongf length = plain.size();
    ASSERT_EQ(uncompress(plain.data(), &length, packed.data(), packed.size()), Z_OK) << "seed " << seed;
    EXPECT_EQ(length, bytes.size());
    EXPECT_EQ(plain, bytes);
  }
}

Plain unpacked(const Plain& packed, std::size_t size) {
  Plain plain(size);
  uLongf length = size;
  EXPECT_EQ(uncompress(plain.data(), &length, packed.data(), packed.size() - 4), Z_OK);
  EXPECT_EQ(length, size);
  return plain;
}

// Shapes whose outlines lean by up to three pixels a row, noise, and nothing at all; widths of one to four words.
TEST(ChunkPacker, ZlibGivesMasksBackFromRuns) {
  ChunkPacker packer(1);
  for (unsigned seed = 1; seed <= 200; ++seed) {
    std::mt19937 random(seed);
    const std::size_t width = 64 * (1 + random() % 4), rows = 1 + random() % 256;
    Plain mask(width * rows);
    const auto noise = random() % 3 == 0 ? random() % 100 : 0;
    std::vector<int> ends(2 * (random() % 4), 0);
    for (int& end : ends) end = static_cast<int>(random() % width);
    for (std::size_t y = 0; y < rows; ++y) {
      for (std::size_t i = 0; i + 1 < ends.size(); i += 2)
        for (int x = std::max(0, ends[i]); x < std::min(ends[i + 1], static_cast<int>(width)); ++x)
          mask[y * width + static_cast<std::size_t>(x)] = 1;
      for (int& end : ends)
        if (random() % 3 == 0) end += static_cast<int>(random() % 7) - 3;
      for (std::size_t x = 0; x < width; ++x)
        if (random() % 400 < noise) mask[y * width + x] ^= 1;
    }
    EXPECT_EQ(unpacked(packer.pack_rows(mask, width), mask.size()), mask) << "seed " << seed;
  }
}

TEST(ChunkPacker, MasksAreSmallerThanTheLibraryMakesThem) {
  Plain mask(256 * 256);  // a ring
  for (int y = 0; y < 256; ++y)
    for (int x = 0; x < 256; ++x) {
      const int square = (x - 130) * (x - 130) + (y - 120) * (y - 120);
      mask[static_cast<std::size_t>(256 * y + x)] = square < 100 * 100 && square > 60 * 60;
    }
  ChunkPacker packer(1);
  const std::size_t by_library = packer.pack(mask).size();
  EXPECT_LT(packer.pack_rows(mask, 256).size(), by_library);
}

// As the HDF5 library sums, pair by pair (H5checksum.c).
TEST(Fletcher32, IsTheSumOfSumsOfPairs) {
  std::mt19937 random(9);
  for (const std::size_t size : {1u, 2u, 3u, 719u, 720u, 721u, 1441u, 70000u}) {
    for (const bool all_ones : {false, true}) {  // where the library's sums pass 2^32
      Plain bytes(size, 0xff);
      if (!all_ones)
        for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random());
      std::uint32_t a = 0, b = 0;
      const auto fold = [&] {
        a = (a & 0xffff) + (a >> 16);
        b = (b & 0xffff) + (b >> 16);
      };
      for (std::size_t i = 0; i < size; i += 2) {
        a += static_cast<std::uint32_t>(bytes[i] << 8 | (i + 1 < size ? bytes[i + 1] : 0));
        b += a;
        const bool odd_one = i + 1 == size;  // summed after the pairs before it are folded
        if ((i / 2 + 1) % 360 == 0 || odd_one || i + 2 >= (size & ~std::size_t{1})) fold();
      }
      fold();
      EXPECT_EQ(fletcher32(bytes), b << 16 | a) << size << " " << all_ones;
    }
  }
}

}  // namespace
}  // namespace reticle::hdf5
