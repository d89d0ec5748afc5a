#include "masks/hdf5/row_deflate.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "litho/geometry/bit_image.h"
#include "masks/hdf5/huffman.h"

namespace reticle::hdf5 {

namespace {

constexpr std::size_t k_shortest_match = 3, k_longest_match = 258;
constexpr std::size_t k_end_of_block = 256;

// A range of values that share a symbol and differ in the bits that follow it [RFC 1951, 3.2.5].
struct Symbol {
  unsigned first, extra_bits;
};

constexpr auto k_lengths = [] {  // symbols 257..285
  std::array<Symbol, 29> symbols{};
  unsigned first = 3;
  for (unsigned i = 0; i < 28; ++i) {
    symbols[i] = {first, i < 8 ? 0 : i / 4 - 1};
    first += 1u << symbols[i].extra_bits;
  }
  symbols[28] = {258, 0};
  return symbols;
}();

constexpr auto k_distances = [] {  // symbols 0..29
  std::array<Symbol, 30> symbols{};
  unsigned first = 1;
  for (unsigned i = 0; i < 30; ++i) {
    symbols[i] = {first, i < 4 ? 0 : i / 2 - 1};
    first += 1u << symbols[i].extra_bits;
  }
  return symbols;
}();

template <std::size_t Count>
constexpr std::size_t symbol_of(const std::array<Symbol, Count>& symbols, std::size_t value) {
  std::size_t i = Count - 1;
  while (symbols[i].first > value) --i;
  return i;
}

constexpr auto k_symbol_of_length = [] {
  std::array<std::uint8_t, k_longest_match + 1> table{};
  for (std::size_t i = k_shortest_match; i <= k_longest_match; ++i)
    table[i] = static_cast<std::uint8_t>(symbol_of(k_lengths, i));
  return table;
}();

// Place of the first set bit from `begin` on, at most `end`.
std::size_t next_set(const std::vector<std::uint64_t>& bits, std::size_t begin, std::size_t end) {
  if (begin >= end) return end;
  std::uint64_t word = bits[begin / 64] >> (begin % 64);
  if (word != 0) return std::min(end, begin + static_cast<std::size_t>(std::countr_zero(word)));
  for (std::size_t i = begin / 64 + 1; i * 64 < end; ++i)
    if (bits[i] != 0)
      return std::min(end, i * 64 + static_cast<std::size_t>(std::countr_zero(bits[i])));
  return end;
}

}  // namespace

// Bits into bytes, the lowest first.
class RowDeflate::Bits {
 public:
  explicit Bits(PackedBytes& bytes) : bytes_(bytes) {}

  void put(std::uint64_t value, unsigned count) {  // at most 32
    held_ |= value << filled_;
    filled_ += count;
    while (filled_ >= 8) {
      bytes_.push_back(static_cast<std::uint8_t>(held_));
      held_ >>= 8;
      filled_ -= 8;
    }
  }
  void put(const HuffmanCode& code, std::size_t symbol) {
    put(code.codes[symbol], code.lengths[symbol]);
  }
  void to_whole_byte() { put(0, (8 - filled_) % 8); }

 private:
  PackedBytes& bytes_;
  std::uint64_t held_ = 0;
  unsigned filled_ = 0;
};

namespace {

// The lengths of both codes, themselves coded: with a code for lengths of 4 and 5 bits whatever
// they are, as there are too few to be worth better [RFC 1951, 3.2.7].
template <class Bits>
void write_lengths(Bits& bits, std::span<const std::uint8_t> lengths) {
  static const HuffmanCode code = huffman_code_of({4, 4, 4, 4, 4, 4, 4, 4, 4, 4,  // 0..9
                                                   4, 5, 5, 5, 5, 5, 5, 4, 4});   // 10..18
  for (const unsigned symbol : {16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15})
    bits.put(code.lengths[symbol], 3);
  for (std::size_t i = 0; i < lengths.size();) {
    std::size_t zeros = 0;
    while (i + zeros < lengths.size() && lengths[i + zeros] == 0 && zeros < 138) ++zeros;
    if (zeros >= 11) {
      bits.put(code, 18);
      bits.put(zeros - 11, 7);
      i += zeros;
    } else {
      bits.put(code, lengths[i++]);
    }
  }
}

template <class Bits>
void write_stored(Bits& bits, std::span<const std::uint8_t> bytes, PackedBytes& packed, bool last) {
  constexpr std::size_t k_most = 0xffff;
  for (std::size_t begin = 0; begin < bytes.size(); begin += k_most) {
    const auto part = bytes.subspan(begin, std::min(k_most, bytes.size() - begin));
    bits.put(last && begin + part.size() == bytes.size() ? 1 : 0, 3);
    bits.to_whole_byte();
    bits.put(part.size(), 16);
    bits.put(~part.size() & k_most, 16);
    packed.insert(packed.end(), part.begin(), part.end());
  }
}

}  // namespace

std::uint64_t RowDeflate::differing(std::span<const std::uint8_t> bytes, std::size_t begin,
                                    std::size_t distance) {
  std::array<std::uint8_t, 64> difference;
  if (begin >= distance && begin + 64 <= bytes.size()) {
    for (std::size_t i = 0; i < 64; ++i)
      difference[i] = bytes[begin + i] ^ bytes[begin + i - distance];
  } else {  // before the first byte is nothing that is equal
    for (std::size_t i = 0; i < 64; ++i) {
      const std::size_t at = begin + i;
      difference[i] = at >= bytes.size() || at < distance || bytes[at] != bytes[at - distance];
    }
  }
  return packed_word(difference.data());
}

void RowDeflate::compare(std::span<const std::uint8_t> bytes, std::size_t width) {
  const std::size_t words = (bytes.size() + 63) / 64;
  from_left_.resize(words);
  from_below_.resize(words);
  for (std::size_t i = 0; i < words; ++i) {
    from_left_[i] = differing(bytes, 64 * i, 1);
    from_below_[i] = differing(bytes, 64 * i, width);
  }
}

// Whether half of the bytes are those on their left or below, as far as a sample tells.
bool RowDeflate::repeats(std::span<const std::uint8_t> bytes, std::size_t width) {
  constexpr std::size_t k_step = 7 * 64;  // of every seventh word, so that all columns are seen
  std::size_t seen = 0, neither = 0;
  for (std::size_t i = 0; i < bytes.size(); i += k_step) {
    seen += std::min<std::size_t>(64, bytes.size() - i);
    const std::uint64_t fresh = differing(bytes, i, 1) & differing(bytes, i, width);
    neither += static_cast<std::size_t>(std::popcount(fresh));
  }
  return 2 * neither < seen;
}

// Adler-32 [RFC 1950] of the bytes after those of `sum`, a run of equal bytes at a time.
std::uint32_t RowDeflate::adler_of_runs(std::uint32_t sum,
                                        std::span<const std::uint8_t> bytes) const {
  constexpr std::uint64_t k_prime = 65521;
  std::uint64_t a = sum & 0xffff, b = sum >> 16;
  for (std::size_t i = 0; i < bytes.size();) {
    const std::uint64_t value = bytes[i];
    const std::size_t end = next_set(from_left_, i + 1, std::min(i + 4096, bytes.size()));
    const std::uint64_t length = end - i;
    b = (b + length * a + value * (length * (length + 1) / 2)) % k_prime;
    a = (a + length * value) % k_prime;
    i = end;
  }
  return static_cast<std::uint32_t>(b << 16 | a);
}

// Takes the longer match wherever there is one.
void RowDeflate::find_tokens(std::span<const std::uint8_t> bytes, std::size_t width) {
  tokens_.clear();
  for (std::size_t i = 0; i < bytes.size();) {
    const std::size_t end = std::min(i + k_longest_match, bytes.size());
    const std::size_t left = next_set(from_left_, i, end) - i;
    const std::size_t below = next_set(from_below_, i, end) - i;
    const std::size_t length = std::max(left, below);
    if (length >= k_shortest_match) {
      tokens_.push_back({static_cast<std::uint16_t>(length), 0, below > left && width > 1});
      i += length;
    } else {
      tokens_.push_back({0, bytes[i], false});
      ++i;
    }
  }
}

void RowDeflate::write_block(Bits& bits, std::size_t width, bool last) const {
  std::array<std::uint32_t, 286> literals{};
  std::array<std::uint32_t, 30> distances{};
  const std::size_t below = symbol_of(k_distances, width);
  literals[k_end_of_block] = 1;
  for (const Token& token : tokens_) {
    ++literals[token.length == 0 ? token.byte : 257u + k_symbol_of_length[token.length]];
    if (token.length > 0) ++distances[token.below ? below : 0];
  }
  if (distances[0] == 0) distances[0] = 1;  // one code at least
  const HuffmanCode literal_code = huffman_code(literals), distance_code = huffman_code(distances);

  bits.put(last ? 1 : 0, 1);
  bits.put(2, 2);  // codes of its own
  bits.put(286 - 257, 5);
  bits.put(30 - 1, 5);
  bits.put(19 - 4, 4);
  std::vector<std::uint8_t> lengths = literal_code.lengths;
  lengths.insert(lengths.end(), distance_code.lengths.begin(), distance_code.lengths.end());
  write_lengths(bits, lengths);
  for (const Token& token : tokens_) {
    if (token.length == 0) {
      bits.put(literal_code, token.byte);
      continue;
    }
    const std::size_t symbol = k_symbol_of_length[token.length];
    bits.put(literal_code, 257 + symbol);
    bits.put(token.length - k_lengths[symbol].first, k_lengths[symbol].extra_bits);
    bits.put(distance_code, token.below ? below : 0);
    if (token.below) bits.put(width - k_distances[below].first, k_distances[below].extra_bits);
  }
  bits.put(literal_code, k_end_of_block);
}

PackedBytes& RowDeflate::pack(std::span<const std::uint8_t> bytes, std::size_t planes,
                              std::size_t width) {
  packed_.assign({0x78, 0x01});  // window of 32 KiB, fastest
  Bits bits(packed_);
  const std::size_t size = bytes.size() / planes;
  std::uint32_t sum = 1;
  for (std::size_t i = 0; i < planes; ++i) {
    const auto plane = bytes.subspan(i * size, size);
    const bool last = i + 1 == planes;
    if (repeats(plane, width)) {
      compare(plane, width);
      find_tokens(plane, width);
      sum = adler_of_runs(sum, plane);
      write_block(bits, width, last);
    } else {
      write_stored(bits, plane, packed_, last);
      sum = static_cast<std::uint32_t>(adler32(sum, plane.data(), static_cast<uInt>(size)));
    }
  }
  bits.to_whole_byte();
  for (int shift = 24; shift >= 0; shift -= 8)
    packed_.push_back(static_cast<std::uint8_t>(sum >> shift));
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
