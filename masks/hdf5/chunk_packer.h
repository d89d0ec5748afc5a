// SPDX-License-Identifier: Apache-2.0
// Chunks as HDF5's filters deflate and fletcher32 leave them, packed by libdeflate: several times faster
// than the library's own way through zlib, which reads them all the same.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

struct libdeflate_compressor;

namespace reticle::hdf5 {

class ChunkPacker {
 public:
  explicit ChunkPacker(int level);  // of deflate, 0 to 12
  ChunkPacker(const ChunkPacker&) = delete;
  ChunkPacker& operator=(const ChunkPacker&) = delete;
  ~ChunkPacker();

  // A zlib stream [RFC 1950] and its checksum. Valid until the next call.
  const std::vector<std::uint8_t>& pack(std::span<const std::uint8_t> bytes);
  // The same of bytes in rows; those of 0 and 1 by what is known of masks (binary_deflate.h).
  const std::vector<std::uint8_t>& pack_rows(std::span<const std::uint8_t> bytes, std::size_t width);

 private:
  const std::vector<std::uint8_t>& with_checksum();
  libdeflate_compressor* compressor_;
  std::vector<std::uint8_t> packed_;
};

// The checksum that HDF5's filter of that name appends, as the library computes it.
std::uint32_t fletcher32(std::span<const std::uint8_t> bytes);

}  // namespace reticle::hdf5
