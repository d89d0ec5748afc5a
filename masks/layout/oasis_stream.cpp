// SPDX-License-Identifier: Apache-2.0
#include "masks/layout/oasis_stream.h"

#include <zlib.h>

#include <algorithm>
#include <bit>
#include <cstring>

namespace reticle::layout {

namespace {

constexpr std::uint64_t k_largest_block = 256u << 20;
constexpr std::uint64_t k_longest_text = 1u << 20;
constexpr std::uint64_t k_largest_offset = std::uint64_t{1} << 33;

// The eight directions of a 3-delta: east, north, west, south, then the diagonals between.
constexpr Delta k_direction[8] = {{1, 0}, {0, 1},  {-1, 0},  {0, -1},
                                  {1, 1}, {-1, 1}, {-1, -1}, {1, -1}};

// Ends a decompression however it is left.
struct Inflation {
  z_stream stream{};
  ~Inflation() { inflateEnd(&stream); }
};

}  // namespace

bool OasisStream::at_end() { return next_ == block_.size() && file_.at_end(); }

std::uint8_t OasisStream::byte() {
  std::uint8_t value = 0;
  bytes(&value, 1);
  return value;
}

void OasisStream::bytes(void* to, std::size_t count) {
  if (block_.empty()) return file_.read(to, count);
  if (block_.size() - next_ < count) fail("a compressed block ends in the middle of a record");
  std::memcpy(to, block_.data() + next_, count);
  next_ += count;
  if (next_ == block_.size()) {
    block_.clear();
    next_ = 0;
  }
}

std::uint64_t OasisStream::unsigned_integer() {
  std::uint64_t value = 0;
  for (int shift = 0;; shift = std::min(shift + 7, 70)) {
    const std::uint64_t part = byte();
    // Writers pad with leading zeros: the digits beyond 64 bits must be.
    const std::uint64_t digit = part & 0x7F;
    if (shift == 63 ? digit > 1 : shift > 63 && digit != 0) fail("an integer of more than 64 bits");
    if (shift < 64) value |= digit << shift;
    if ((part & 0x80) == 0) return value;
  }
}

std::uint64_t OasisStream::unsigned_integer(std::uint64_t most, const char* what) {
  const std::uint64_t value = unsigned_integer();
  if (value > most)
    fail(std::string(what) + " is " + std::to_string(value) + "; at most " + std::to_string(most) +
         " is taken");
  return value;
}

std::int64_t OasisStream::checked(std::uint64_t magnitude, bool negative) const {
  if (magnitude > k_largest_offset)
    fail("an offset of " + std::to_string(magnitude) + " database units; coordinates have 32 bits");
  const auto value = static_cast<std::int64_t>(magnitude);
  return negative ? -value : value;
}

std::int64_t OasisStream::signed_integer() {
  const std::uint64_t value = unsigned_integer();
  return checked(value >> 1, value & 1);
}

double OasisStream::real() { return real(unsigned_integer()); }

double OasisStream::real(std::uint64_t type) {
  const auto number = [&] { return static_cast<double>(unsigned_integer()); };
  const auto ieee = [&](auto bits) {
    unsigned char raw[sizeof bits];
    bytes(raw, sizeof raw);
    bits = 0;
    for (std::size_t i = 0; i < sizeof raw; ++i)
      bits |= static_cast<decltype(bits)>(raw[i]) << (8 * i);
    return bits;
  };
  switch (type) {
    case 0:
      return number();
    case 1:
      return -number();
    case 2:
      return 1.0 / number();
    case 3:
      return -1.0 / number();
    case 4: {
      const double numerator = number();
      return numerator / number();
    }
    case 5: {
      const double numerator = number();
      return -numerator / number();
    }
    case 6:
      return std::bit_cast<float>(ieee(std::uint32_t{}));
    case 7:
      return std::bit_cast<double>(ieee(std::uint64_t{}));
    default:
      fail("a real number of type " + std::to_string(type) + "; types are 0 to 7");
  }
}

std::string OasisStream::text() {
  std::string value(unsigned_integer(k_longest_text, "the length of a string"), '\0');
  bytes(value.data(), value.size());
  return value;
}

// Property values may be of any length, and are never kept.
void OasisStream::skip_text() {
  char passed[4096];
  for (std::uint64_t left = unsigned_integer(); left > 0;) {
    const std::size_t part = static_cast<std::size_t>(std::min<std::uint64_t>(left, sizeof passed));
    bytes(passed, part);
    left -= part;
  }
}

Delta OasisStream::delta_1(bool horizontal) {
  const std::int64_t value = signed_integer();
  return horizontal ? Delta{value, 0} : Delta{0, value};
}

Delta OasisStream::delta_2() {
  const std::uint64_t value = unsigned_integer();
  const std::int64_t size = checked(value >> 2, false);
  const Delta d = k_direction[value & 3];
  return {d.x * size, d.y * size};
}

Delta OasisStream::delta_3() {
  const std::uint64_t value = unsigned_integer();
  const std::int64_t size = checked(value >> 3, false);
  const Delta d = k_direction[value & 7];
  return {d.x * size, d.y * size};
}

Delta OasisStream::g_delta() {
  const std::uint64_t value = unsigned_integer();
  if ((value & 1) == 0) {
    const std::int64_t size = checked(value >> 4, false);
    const Delta d = k_direction[(value >> 1) & 7];
    return {d.x * size, d.y * size};
  }
  const std::int64_t x = checked(value >> 2, value & 2);
  return {x, signed_integer()};
}

void OasisStream::enter_block() {
  if (!block_.empty()) fail("a compressed block within another");
  if (unsigned_integer() != 0) fail("a compression other than DEFLATE");
  const std::uint64_t size = unsigned_integer(k_largest_block, "the size of a compressed block");
  std::uint64_t left = unsigned_integer(k_largest_block, "the size of a compressed block");
  Inflation inflation;
  if (inflateInit2(&inflation.stream, -15) != Z_OK) fail("no memory to decompress a block");
  std::vector<unsigned char> in(1 << 14), out;
  int state = Z_OK;
  while (left > 0) {
    const std::size_t part = static_cast<std::size_t>(std::min<std::uint64_t>(left, in.size()));
    file_.read(in.data(), part);
    left -= part;
    inflation.stream.next_in = in.data();
    inflation.stream.avail_in = static_cast<uInt>(part);
    do {
      // The room grows with what arrives, not with what is promised; one byte more than promised
      // shows an excess.
      const std::size_t have = out.size();
      const std::size_t room = static_cast<std::size_t>(
          std::min<std::uint64_t>(size + 1 - std::min<std::uint64_t>(have, size), 1 << 16));
      out.resize(have + room);
      inflation.stream.next_out = out.data() + have;
      inflation.stream.avail_out = static_cast<uInt>(room);
      state = inflate(&inflation.stream, Z_NO_FLUSH);
      out.resize(have + room - inflation.stream.avail_out);
      if (out.size() > size) fail("a compressed block holds more than it says");
      if (state == Z_BUF_ERROR) state = Z_OK;  // nothing left to give until more arrives
    } while (state == Z_OK && (inflation.stream.avail_in > 0 || inflation.stream.avail_out == 0));
    if (state != Z_OK && state != Z_STREAM_END) fail("a compressed block is damaged");
  }
  if (out.size() != size) fail("a compressed block holds less than it says");
  unpacked_ += size;
  block_ = std::move(out);
  next_ = 0;
}

}  // namespace reticle::layout
