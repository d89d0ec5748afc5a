// Deflate [RFC 1951] for rows of bytes that repeat the byte on the left or the one below over long
// runs, as binary masks do: every match has one of two distances, found by comparing 64 bytes at a
// time. Readers need nothing but zlib.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace reticle::hdf5 {

using PackedBytes = std::vector<std::uint8_t>;

// One zlib stream [RFC 1950] after another into the same memory.
class RowDeflate {
 public:
  // Rows of `width` bytes, one after another, as one stream: `planes` of equal size, which are byte
  // planes of numbers. Planes with few repetitions are stored as they are. Valid until the next
  // call; the caller may append.
  PackedBytes& pack(std::span<const std::uint8_t> bytes, std::size_t planes, std::size_t width);

 private:
  class Bits;
  // A byte, or a match of `length` bytes with those `distance` before.
  struct Token {
    std::uint16_t length;  // 0: one byte
    std::uint8_t byte;
    bool below;  // else left
  };
  // Of the 64 bytes from `begin` on, those that differ from the ones `distance` before.
  static std::uint64_t differing(std::span<const std::uint8_t> bytes, std::size_t begin,
                                 std::size_t distance);
  static bool repeats(std::span<const std::uint8_t> bytes, std::size_t width);
  void compare(std::span<const std::uint8_t> bytes, std::size_t width);
  std::uint32_t adler_of_runs(std::uint32_t sum, std::span<const std::uint8_t> bytes) const;
  void find_tokens(std::span<const std::uint8_t> bytes, std::size_t width);
  void write_block(Bits& bits, std::size_t width, bool last) const;

  PackedBytes packed_;
  std::vector<std::uint64_t> from_left_, from_below_;  // bit i: byte i differs
  std::vector<Token> tokens_;
};

// The checksum that HDF5's filter of that name appends, as the library computes it.
std::uint32_t fletcher32(std::span<const std::uint8_t> bytes);

}  // namespace reticle::hdf5
