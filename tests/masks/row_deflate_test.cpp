#include "masks/hdf5/row_deflate.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <numeric>
#include <random>
#include <string>

#include "masks/hdf5/huffman.h"
#include "tests/litho/random_masks.h"

namespace reticle::hdf5 {
namespace {

using Plain = std::vector<std::uint8_t>;

Plain inflated(const PackedBytes& packed, std::size_t size) {
  Plain plain(size);
  uLongf length = size;
  const int code = uncompress(plain.data(), &length, packed.data(), packed.size());
  EXPECT_EQ(code, Z_OK);
  EXPECT_EQ(length, size);
  return plain;
}

TEST(RowDeflate, ZlibGivesMasksBack) {
  RowDeflate deflate;
  for (const test::MaskCase& c :
       test::mask_cases({{1, 1}, {1, 65}, {63, 130}, {256, 256}, {130, 2}})) {
    const Plain bytes(c.mask.begin(), c.mask.end());
    const auto width = static_cast<std::size_t>(c.mask.cols());
    EXPECT_EQ(inflated(deflate.pack(bytes, 1, width), bytes.size()), bytes) << c.name;
  }
}

TEST(RowDeflate, ZlibGivesAnyBytesBackHoweverMuchTheyRepeat) {
  RowDeflate deflate;
  for (unsigned seed = 1; seed <= 200; ++seed) {
    std::mt19937 random(seed);
    const std::size_t planes = 1 + random() % 4, width = 1 + random() % 300;
    const std::size_t rows = 1 + random() % 40;
    const std::size_t values = 1 + random() % 256, repeats = random() % 100;
    Plain bytes(planes * rows * width);
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      const std::size_t choice = random() % 200;
      bytes[i] = i > 0 && choice < repeats ? bytes[i - 1]
                 : i >= width && choice < 2 * repeats
                     ? bytes[i - width]
                     : static_cast<std::uint8_t>(random() % values);
    }
    ASSERT_EQ(inflated(deflate.pack(bytes, planes, width), bytes.size()), bytes) << "seed " << seed;
  }
}

TEST(RowDeflate, LargeStoredPlanesAreCutIntoBlocks) {
  std::mt19937 random(5);
  Plain bytes(300000);
  for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random());
  RowDeflate deflate;
  const PackedBytes& packed = deflate.pack(bytes, 1, 256);
  EXPECT_EQ(inflated(packed, bytes.size()), bytes);
  EXPECT_LT(packed.size(), bytes.size() + 100);
}

TEST(RowDeflate, AMaskTakesLessRoomThanByZlibsFastestLevel) {
  const Image<std::uint8_t> mask = test::blobs(256, 256, 7, 60);
  const Plain bytes(mask.begin(), mask.end());
  uLongf length = compressBound(bytes.size());
  Plain by_zlib(length);
  ASSERT_EQ(compress2(by_zlib.data(), &length, bytes.data(), bytes.size(), 1), Z_OK);
  RowDeflate deflate;
  EXPECT_LT(deflate.pack(bytes, 1, 256).size(), length);
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

TEST(Huffman, CodesAreCompleteAndAtMost15BitsLong) {
  std::mt19937 random(6);
  for (int i = 0; i < 200; ++i) {
    std::vector<std::uint32_t> counts(2 + random() % 285);
    for (auto& count : counts) count = random() % 3 == 0 ? 0 : 1u << (random() % 30);
    counts[0] = counts[1] = 1;
    if (i % 2 == 0)  // Fibonacci's numbers make the longest codes
      for (std::size_t k = 2; k < std::min<std::size_t>(counts.size(), 40); ++k)
        counts[k] = counts[k - 1] + counts[k - 2];
    const HuffmanCode code = huffman_code(counts);
    std::uint32_t share = 0;  // of all words of 15 bits
    for (std::size_t k = 0; k < counts.size(); ++k) {
      ASSERT_EQ(code.lengths[k] > 0, counts[k] > 0);
      ASSERT_LE(code.lengths[k], 15);
      if (counts[k] > 0) share += 1u << (15 - code.lengths[k]);
    }
    EXPECT_EQ(share, 1u << 15);
  }
}

}  // namespace
}  // namespace reticle::hdf5
