// SPDX-License-Identifier: Apache-2.0
#include "litho/geometry/bit_image.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "litho/geometry/row_runs.h"

namespace reticle {

void unpack_word(std::uint64_t word, std::uint8_t* bytes) {
  typedef std::uint8_t Half __attribute__((vector_size(32)));
  typedef std::uint32_t Words __attribute__((vector_size(32)));
  constexpr Half k_byte = {0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3, 3, 3};
  constexpr Half k_bit = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128,
                          1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
  for (int i = 0; i < 2; ++i) {
    const auto half = static_cast<std::uint32_t>(word >> (32 * i));
    const Half all = __builtin_shuffle(reinterpret_cast<Half>(Words{} + half), k_byte);
    const Half ones = ((all & k_bit) != 0) & 1;
    std::memcpy(bytes + 32 * i, &ones, sizeof ones);
  }
}

namespace {

static_assert(std::endian::native == std::endian::little, "bytes become bits in memory order");

// Bits [begin, end) of a word.
constexpr std::uint64_t bits_between(int begin, int end) {
  const std::uint64_t below_end =
      end >= BitImage::k_word ? ~std::uint64_t{0} : (std::uint64_t{1} << end) - 1;
  return below_end & ~((std::uint64_t{1} << begin) - 1);
}

// A block of 64 x 64 pixels with rows and columns exchanged, by halves [Warren, Hacker's Delight,
// 7-3].
void transpose_block(std::array<std::uint64_t, 64>& block) {
  std::uint64_t mask = 0x00000000ffffffffu;
  for (unsigned step = 32; step != 0; step >>= 1, mask ^= mask << step) {
    for (unsigned i = 0; i < 64; i = ((i | step) + 1) & ~step) {
      const std::uint64_t swapped = ((block[i] >> step) ^ block[i | step]) & mask;
      block[i] ^= swapped << step;
      block[i | step] ^= swapped;
    }
  }
}

// packed_word() of one word after another.
void pack(const std::uint8_t* pixels, int words, std::uint64_t* to) {
#ifdef __AVX2__
  typedef std::uint8_t Half __attribute__((vector_size(32)));
  typedef char Signs __attribute__((vector_size(32)));
  const auto half_word = [](const std::uint8_t* from) {
    Half half;
    std::memcpy(&half, from, sizeof half);
    return static_cast<std::uint64_t>(static_cast<std::uint32_t>(__builtin_ia32_pmovmskb256(reinterpret_cast<Signs>(half != 0))));
  };
  for (int i = 0; i < words; ++i, pixels += BitImage::k_word) to[i] = half_word(pixels) | half_word(pixels + 32) << 32;
#else
  for (int i = 0; i < words; ++i, pixels += BitImage::k_word) to[i] = packed_word(pixels);
#endif
}

}  // namespace

BitImage::BitImage(int rows, int cols)
    : rows_(rows),
      cols_(cols),
      words_((cols + k_word - 1) / k_word + 2),
      bits_(static_cast<std::size_t>(rows + 2 * k_frame) * static_cast<std::size_t>(words_)) {}

BitImage::BitImage(ImageView<const std::uint8_t> mask) : BitImage(mask.rows, mask.cols) {
  for (int y = 0; y < rows_; ++y) {
    const std::uint8_t* in = mask.row(y);
    const int whole = cols_ / k_word, x = whole * k_word;
    pack(in, whole, row(y));
    if (x == cols_) continue;
    std::array<std::uint8_t, k_word> rest{};
    std::copy_n(in + x, cols_ - x, rest.data());
    pack(rest.data(), 1, row(y) + whole);
  }
}

Image<std::uint8_t> BitImage::unpacked() const {
  Image<std::uint8_t> mask(rows_, cols_);
  unpack_into(mask.view());
  return mask;
}

void BitImage::unpack_into(ImageView<std::uint8_t> mask) const {
  for (int y = 0; y < rows_; ++y) {
    const std::uint64_t* in = row(y);
    std::uint8_t* out = mask.row(y);
    int x = 0;
    for (; x + k_word <= cols_; x += k_word) unpack_word(*in++, out + x);
    if (x == cols_) continue;
    std::array<std::uint8_t, k_word> rest;
    unpack_word(*in, rest.data());
    std::copy_n(rest.data(), cols_ - x, out + x);
  }
}

void BitImage::fill(int y, int x0, int x1, bool value) {
  for (int x = x0; x < x1;) {
    const int word = x / k_word, end = std::min(x1, (word + 1) * k_word);
    const std::uint64_t bits = bits_between(x - word * k_word, end - word * k_word);
    if (value)
      row(y)[word] |= bits;
    else
      row(y)[word] &= ~bits;
    x = end;
  }
}

bool BitImage::any_in(int y, int x0, int x1) const {
  for (int x = x0; x < x1;) {
    const int word = x / k_word, end = std::min(x1, (word + 1) * k_word);
    if ((row(y)[word] & bits_between(x - word * k_word, end - word * k_word)) != 0) return true;
    x = end;
  }
  return false;
}

bool BitImage::any() const {
  return std::any_of(bits_.begin(), bits_.end(), [](std::uint64_t word) { return word != 0; });
}

PixelBox BitImage::extent() const {
  PixelBox box{rows_ + k_frame, -k_frame, (words() + 1) * k_word, -k_word};
  std::vector<std::uint64_t> below(static_cast<std::size_t>(words_));  // columns joined
  for (int y = -k_frame; y < rows_ + k_frame; ++y) {
    const std::uint64_t* in = row(y) - 1;
    std::uint64_t any = 0;
    for (int i = 0; i < words_; ++i) {
      any |= in[i];
      below[static_cast<std::size_t>(i)] |= in[i];
    }
    if (any == 0) continue;
    box.y0 = std::min(box.y0, y);
    box.y1 = y + 1;
  }
  for (int i = 0; i < words_; ++i) {
    if (below[static_cast<std::size_t>(i)] == 0) continue;
    box.x0 = std::min(box.x0, (i - 1) * k_word);
    box.x1 = i * k_word;
  }
  return box;
}

PixelBox BitImage::whole_words(const PixelBox& box) const {
  const auto word_of = [](int x) { return x >= 0 ? x / k_word : -((k_word - 1 - x) / k_word); };
  return {std::max(box.y0, -k_frame), std::min(box.y1, rows_ + k_frame),
          std::max(word_of(box.x0), -1) * k_word,
          std::min(word_of(box.x1 + k_word - 1), words() + 1) * k_word};
}

BitImage& BitImage::invert() {
  for (std::uint64_t& word : bits_) word = ~word;
  return *this;
}

BitImage& BitImage::clear_frame() {
  const std::ptrdiff_t frame = static_cast<std::ptrdiff_t>(k_frame) * words_;
  std::fill(bits_.begin(), bits_.begin() + frame, 0);
  std::fill(bits_.end() - frame, bits_.end(), 0);
  const int used = cols_ - (words() - 1) * k_word;  // bits of the last word
  for (int y = 0; y < rows_; ++y) {
    std::uint64_t* words_of_row = row(y);
    words_of_row[-1] = words_of_row[words()] = 0;
    if (words() > 0) words_of_row[words() - 1] &= bits_between(0, used);
  }
  return *this;
}

BitImage& BitImage::clear_where(const BitImage& other) {
  for (std::size_t i = 0; i < bits_.size(); ++i) bits_[i] &= ~other.bits_[i];
  return *this;
}

BitImage part_of(const BitImage& image, const PixelBox& box) {
  BitImage part(box.y1 - box.y0, box.x1 - box.x0);
  const std::uint64_t last = part.cols() % BitImage::k_word == 0 ? ~std::uint64_t{0} : (std::uint64_t{1} << part.cols() % BitImage::k_word) - 1;
  for (int y = 0; y < part.rows(); ++y) {
    std::copy_n(image.row(box.y0 + y) + box.x0 / BitImage::k_word, part.words(), part.row(y));
    part.row(y)[part.words() - 1] &= last;
  }
  return part;
}

BitImage transposed(const BitImage& image) {
  BitImage out(image.cols(), image.rows());
  std::array<std::uint64_t, 64> block;
  for (int y = 0; y < image.rows(); y += BitImage::k_word) {
    for (int word = 0; word < image.words(); ++word) {
      // Rows beyond the image are frame; there are 64 of them.
      std::uint64_t any = 0;
      for (int i = 0; i < 64; ++i)
        any |= block[static_cast<std::size_t>(i)] = image.row(y + i)[word];
      if (any == 0) continue;
      transpose_block(block);
      const int count = std::min(64, image.cols() - word * BitImage::k_word);
      for (int i = 0; i < count; ++i)
        out.row(word * BitImage::k_word + i)[y / BitImage::k_word] =
            block[static_cast<std::size_t>(i)];
    }
  }
  return out;
}

Image<float> mean_of_blocks(const BitImage& image, int n) {
  Image<float> mean(image.rows() / n, image.cols() / n);
  const float share = 1.0f / static_cast<float>(n * n);
  std::vector<int> counts(static_cast<std::size_t>(image.words()) * BitImage::k_word);
  for (int y = 0; y < mean.rows(); ++y) {
    std::fill(counts.begin(), counts.end(), 0);
    for (int j = 0; j < n; ++j) {
      const std::uint64_t* row = image.row(y * n + j);
      if (n == 2) {
        for (int word = 0; word < image.words(); ++word) {
          const std::uint64_t pairs = (row[word] & 0x5555555555555555u) + (row[word] >> 1 & 0x5555555555555555u);
          int* to = counts.data() + word * (BitImage::k_word / 2);
          for (int i = 0; i < BitImage::k_word / 2; ++i) to[i] += static_cast<int>(pairs >> 2 * i & 3);
        }
      } else {
        for_each_run(row, image.words(), [&](int x0, int x1) {
          for (int x = x0; x < x1; ++x) ++counts[static_cast<std::size_t>(x / n)];
        });
      }
    }
    std::transform(counts.begin(), counts.begin() + mean.cols(), mean.row(y), [&](int count) { return share * static_cast<float>(count); });
  }
  return mean;
}

BitImage differing(const BitImage& a, const BitImage& b) {
  BitImage out = a;
  for (int y = -BitImage::k_frame; y < a.rows() + BitImage::k_frame; ++y)
    for (int i = -1; i <= a.words(); ++i) out.row(y)[i] ^= b.row(y)[i];
  return out;
}

std::int64_t count_differing(const BitImage& a, const BitImage& b) {
  return count_differing(a, b, a.everything());
}

std::int64_t count_differing(const BitImage& a, const BitImage& b, const PixelBox& within) {
  const PixelBox whole = a.whole_words(within);
  std::int64_t count = 0;
  for (int y = whole.y0; y < whole.y1; ++y) {
    for (int x = whole.x0; x < whole.x1; x += BitImage::k_word) {
      const int word = x / BitImage::k_word;
      const std::uint64_t inside =
          bits_between(std::max(within.x0 - x, 0), std::min(within.x1 - x, BitImage::k_word));
      count += std::popcount((a.row(y)[word] ^ b.row(y)[word]) & inside);
    }
  }
  return count;
}

}  // namespace reticle
