// SPDX-License-Identifier: Apache-2.0
#include "masks/hdf5/chunk_packer.h"

#include <libdeflate.h>

#include <cstring>
#include <new>

#include "masks/hdf5/binary_deflate.h"

namespace reticle::hdf5 {

ChunkPacker::ChunkPacker(int level) : compressor_(libdeflate_alloc_compressor(level)) {
  if (compressor_ == nullptr) throw std::bad_alloc();
}
ChunkPacker::~ChunkPacker() { libdeflate_free_compressor(compressor_); }

const std::vector<std::uint8_t>& ChunkPacker::pack(std::span<const std::uint8_t> bytes) {
  packed_.resize(libdeflate_zlib_compress_bound(compressor_, bytes.size()));
  packed_.resize(libdeflate_zlib_compress(compressor_, bytes.data(), bytes.size(), packed_.data(), packed_.size()));
  return with_checksum();
}

const std::vector<std::uint8_t>& ChunkPacker::pack_rows(std::span<const std::uint8_t> bytes, std::size_t width) {
  if (!is_binary(bytes, width)) return pack(bytes);
  deflate_binary(bytes, width, packed_);
  return with_checksum();
}

const std::vector<std::uint8_t>& ChunkPacker::with_checksum() {
  const std::uint32_t sum = fletcher32(packed_);
  for (int shift = 0; shift < 32; shift += 8) packed_.push_back(static_cast<std::uint8_t>(sum >> shift));
  return packed_;
}

namespace {

// Sums of a block of pairs of bytes, and of all its partial sums, as if one after another: modulo
// 2^32 the order does not matter.
struct FletcherSums {
  std::uint32_t sum = 0, sum_of_sums = 0;

  void add(const std::uint8_t* bytes, std::uint32_t pairs) {
    std::uint32_t plain = 0, weighted = 0;
    for (std::uint32_t i = 0; i < pairs; ++i) {
      std::uint16_t pair;
      std::memcpy(&pair, bytes + 2 * i, sizeof pair);
      const std::uint32_t value = static_cast<std::uint16_t>(pair << 8 | pair >> 8);
      plain += value;
      weighted += (pairs - i) * value;
    }
    sum_of_sums += pairs * sum + weighted;
    sum += plain;
    fold();
  }
  void fold() {
    sum = (sum & 0xffff) + (sum >> 16);
    sum_of_sums = (sum_of_sums & 0xffff) + (sum_of_sums >> 16);
  }
};

}  // namespace

std::uint32_t fletcher32(std::span<const std::uint8_t> bytes) {
  constexpr std::uint32_t k_pairs = 360;  // that the library sums before it folds
  FletcherSums sums;
  std::size_t i = 0;
  for (; i + 2 * k_pairs <= bytes.size(); i += 2 * k_pairs) sums.add(bytes.data() + i, k_pairs);
  if (const std::size_t pairs = (bytes.size() - i) / 2; pairs > 0) {
    sums.add(bytes.data() + i, static_cast<std::uint32_t>(pairs));
    i += 2 * pairs;
  }
  if (i < bytes.size()) {
    const std::uint8_t last[2] = {bytes[i], 0};
    sums.add(last, 1);
  }
  sums.fold();
  return sums.sum_of_sums << 16 | sums.sum;
}

}  // namespace reticle::hdf5
