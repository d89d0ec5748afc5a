// Canonical Huffman codes of at most 15 bits, as deflate has them [RFC 1951, 3.2.2].
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace reticle::hdf5 {

struct HuffmanCode {
  std::vector<std::uint8_t> lengths;  // bits of each symbol, 0 for one that does not occur
  std::vector<std::uint16_t> codes;   // first bit lowest, as deflate writes them
};

// A complete code, or one symbol of a single bit.
HuffmanCode huffman_code(std::span<const std::uint32_t> counts);
HuffmanCode huffman_code_of(std::vector<std::uint8_t> lengths);

}  // namespace reticle::hdf5
