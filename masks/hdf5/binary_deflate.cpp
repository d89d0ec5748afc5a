// SPDX-License-Identifier: Apache-2.0
#include "masks/hdf5/binary_deflate.h"

#include <libdeflate.h>

#include <algorithm>
#include <array>
#include <bit>

#include "litho/geometry/bit_image.h"

namespace reticle::hdf5 {

namespace {

constexpr std::size_t k_word = BitImage::k_word;
constexpr std::size_t k_least_match = 3, k_longest_match = 258, k_farthest = 32768;
constexpr std::size_t k_end = 256, k_first_length = 257, k_symbols = 286;
constexpr unsigned k_longest_code = 13;

// A length or distance as its code and what follows it.
struct Coded {
  std::uint16_t code, extra_bits, extra;
};

// Codes for numbers from `least` on: `plain` without extra bits, then 2^steps codes for each number of them [RFC 1951, 3.2.5].
constexpr Coded coded(std::size_t number, std::size_t least, unsigned plain, unsigned steps) {
  std::size_t base = least + plain;
  unsigned code = plain, bits = 1;
  if (number < base) return {static_cast<std::uint16_t>(number - least), 0, 0};
  for (;; ++bits)
    for (unsigned i = 0; i < 1u << steps; ++i, ++code, base += std::size_t{1} << bits)
      if (number < base + (std::size_t{1} << bits))
        return {static_cast<std::uint16_t>(code), static_cast<std::uint16_t>(bits), static_cast<std::uint16_t>(number - base)};
}

constexpr Coded coded_distance(std::size_t distance) { return coded(distance, 1, 4, 1); }

constexpr std::array<Coded, k_longest_match + 1> k_lengths = [] {
  std::array<Coded, k_longest_match + 1> table{};
  for (std::size_t length = k_least_match; length < k_longest_match; ++length) table[length] = coded(length, k_least_match, 8, 2);
  table[k_longest_match] = {28, 0, 0};
  return table;
}();

class BitWriter {
 public:
  explicit BitWriter(std::vector<std::uint8_t>& bytes) : bytes_(bytes) {}
  void put(std::uint64_t bits, unsigned count) {
    held_ |= bits << count_;
    for (count_ += count; count_ >= 8; count_ -= 8, held_ >>= 8) bytes_.push_back(static_cast<std::uint8_t>(held_));
  }
  void finish() {
    if (count_ > 0) bytes_.push_back(static_cast<std::uint8_t>(held_));
    held_ = 0, count_ = 0;
  }

 private:
  std::vector<std::uint8_t>& bytes_;
  std::uint64_t held_ = 0;
  unsigned count_ = 0;
};

// A prefix code as deflate has it, canonical, its bits in the order in which they are written.
struct Code {
  std::array<std::uint8_t, k_symbols> length{};
  std::array<std::uint16_t, k_symbols> bits{};
};

// Lengths by joining the two rarest again and again [Huffman 1952]; rarely used symbols count for more
// until no length is beyond the limit.
Code code_for(std::array<std::uint32_t, k_symbols> counts) {
  Code code;
  struct Node {
    std::uint32_t count;
    int parent;
    std::size_t symbol;
  };
  std::vector<Node> nodes;
  for (;;) {
    nodes.clear();
    for (std::size_t symbol = 0; symbol < k_symbols; ++symbol)
      if (counts[symbol] > 0) nodes.push_back({counts[symbol], -1, symbol});
    const std::size_t leaves = nodes.size();
    for (std::size_t joined = 0; joined + 1 < leaves; ++joined) {
      std::array<std::size_t, 2> rarest{};
      for (std::size_t& rare : rarest) {
        rare = nodes.size();
        for (std::size_t i = 0; i < nodes.size(); ++i)
          if (nodes[i].parent < 0 && (rare == nodes.size() || nodes[i].count < nodes[rare].count)) rare = i;
        nodes[rare].parent = static_cast<int>(leaves + joined);
      }
      nodes.push_back({nodes[rarest[0]].count + nodes[rarest[1]].count, -1, 0});
    }
    unsigned longest = 0;
    for (std::size_t i = 0; i < leaves; ++i) {
      unsigned length = 0;
      for (int at = nodes[i].parent; at >= 0; at = nodes[static_cast<std::size_t>(at)].parent) ++length;
      code.length[nodes[i].symbol] = static_cast<std::uint8_t>(std::max(length, 1u));
      longest = std::max(longest, length);
    }
    if (longest <= k_longest_code) break;
    for (std::uint32_t& count : counts)
      if (count > 0) count = count / 2 + 1;
  }
  unsigned next = 0;
  for (unsigned length = 1; length <= k_longest_code; ++length, next <<= 1)
    for (std::size_t symbol = 0; symbol < k_symbols; ++symbol) {
      if (code.length[symbol] != length) continue;
      for (unsigned i = 0; i < length; ++i) code.bits[symbol] |= static_cast<std::uint16_t>((next >> i & 1) << (length - 1 - i));
      ++next;
    }
  return code;
}

// Header of a block: the lengths of its codes, by a code of 16 symbols of four bits: lengths 0 to 13, and runs of zeros.
class Header {
 public:
  explicit Header(BitWriter& out) : out_(out) {}
  void put(const Code& code, std::uint16_t far_distance) {
    out_.put(1, 1), out_.put(2, 2);  // the last block; codes of its own
    out_.put(k_symbols - k_first_length, 5), out_.put(far_distance, 5), out_.put(19 - 4, 4);
    for (const unsigned symbol : {16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15})
      out_.put(symbol == 14 || symbol == 15 || symbol == 16 ? 0 : 4, 3);
    for (std::size_t symbol = 0; symbol < k_symbols; ++symbol) add(code.length[symbol]);
    for (std::uint16_t distance = 0; distance <= far_distance; ++distance) add(distance == 0 || distance == far_distance);
    end_zeros();
  }

 private:
  static constexpr unsigned k_few_zeros = 14, k_many_zeros = 15;  // places of symbols 17 and 18
  void add(unsigned length) {
    if (length == 0) return void(++zeros_);
    end_zeros();
    place(length);
  }
  void end_zeros() {
    while (zeros_ > 0) {
      const unsigned here = std::min(zeros_, 138u);
      if (here >= 11) place(k_many_zeros), out_.put(here - 11, 7), zeros_ -= here;
      else if (here >= 3) place(k_few_zeros), out_.put(here - 3, 3), zeros_ -= here;
      else place(0), --zeros_;
    }
  }
  void place(unsigned number) {  // highest bit first
    for (unsigned bit = 4; bit-- > 0;) out_.put(number >> bit & 1, 1);
  }
  BitWriter& out_;
  unsigned zeros_ = 0;
};

// First set bit from `from` on, or the end.
std::size_t next_set(const std::vector<std::uint64_t>& bits, std::size_t from, std::size_t end) {
  std::size_t word = from / k_word;
  std::uint64_t rest = bits[word] & ~std::uint64_t{0} << (from % k_word);
  while (rest == 0) {
    if (++word == bits.size()) return end;
    rest = bits[word];
  }
  return word * k_word + static_cast<std::size_t>(std::countr_zero(rest));
}

struct Token {
  std::uint16_t length;  // 0: a pixel as it is
  bool far;              // a row back, else a pixel; or the pixel
};

std::vector<Token> tokens_of(const std::vector<std::uint64_t>& pixels, std::size_t width) {
  const std::size_t end = pixels.size() * k_word, row_words = width / k_word;
  // Where a pixel is unlike that a row back, and that before it.
  std::vector<std::uint64_t> from_row, from_pixel;
  from_row.reserve(pixels.size()), from_pixel.reserve(pixels.size());
  std::uint64_t before = pixels[0] & 1 ? 0 : ~std::uint64_t{0};  // nothing is like the first pixel
  for (std::size_t i = 0; i < pixels.size(); ++i) {
    from_row.push_back(i < row_words ? ~std::uint64_t{0} : pixels[i] ^ pixels[i - row_words]);
    from_pixel.push_back(pixels[i] ^ (pixels[i] << 1 | before >> (k_word - 1)));
    before = pixels[i];
  }
  std::vector<Token> tokens;
  for (std::size_t at = 0; at < end;) {
    const std::size_t row_ends = next_set(from_row, at, end);
    const std::size_t pixel_ends = next_set(from_pixel, at, end);
    const bool far = row_ends > pixel_ends;
    std::size_t length = (far ? row_ends : pixel_ends) - at;
    if (length < k_least_match) {
      tokens.push_back({0, (pixels[at / k_word] >> (at % k_word) & 1) != 0});
      ++at;
      continue;
    }
    at += length;
    while (length > 0) {
      std::size_t piece = std::min(length, k_longest_match);
      if (length > piece && length - piece < k_least_match) piece = length - k_least_match;
      tokens.push_back({static_cast<std::uint16_t>(piece), far});
      length -= piece;
    }
  }
  return tokens;
}

}  // namespace

bool is_binary(std::span<const std::uint8_t> pixels, std::size_t width) {
  if (width == 0 || width % k_word != 0 || width > k_farthest || pixels.empty() || pixels.size() % width != 0) return false;
  std::uint8_t any = 0;
  for (const std::uint8_t pixel : pixels) any |= pixel;
  return any <= 1;
}

void deflate_binary(std::span<const std::uint8_t> pixels, std::size_t width, std::vector<std::uint8_t>& packed) {
  std::vector<std::uint64_t> words(pixels.size() / k_word);
  for (std::size_t i = 0; i < words.size(); ++i) words[i] = packed_word(pixels.data() + i * k_word);
  const std::vector<Token> tokens = tokens_of(words, width);
  const Coded far = coded_distance(width);
  std::array<std::uint32_t, k_symbols> counts{};
  for (const Token& token : tokens) ++counts[token.length == 0 ? token.far : k_first_length + k_lengths[token.length].code];
  counts[k_end] = 1;
  const Code code = code_for(counts);

  packed.clear();
  packed.reserve(pixels.size() / 8 + 256);
  BitWriter out(packed);
  out.put(0x0178, 16);  // deflate, a window of 32 kB; fastest
  Header(out).put(code, far.code);
  for (const Token& token : tokens) {
    if (token.length == 0) {
      out.put(code.bits[token.far], code.length[token.far]);
      continue;
    }
    const Coded length = k_lengths[token.length];
    const std::size_t symbol = k_first_length + length.code;
    out.put(code.bits[symbol], code.length[symbol]);
    out.put(length.extra, length.extra_bits);
    out.put(token.far ? 1 : 0, 1);  // two distances, a bit each
    if (token.far) out.put(far.extra, far.extra_bits);
  }
  out.put(code.bits[k_end], code.length[k_end]);
  out.finish();
  const std::uint32_t sum = libdeflate_adler32(1, pixels.data(), pixels.size());
  for (int shift = 24; shift >= 0; shift -= 8) packed.push_back(static_cast<std::uint8_t>(sum >> shift));
}

}  // namespace reticle::hdf5
