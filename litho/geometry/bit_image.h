// SPDX-License-Identifier: Apache-2.0
// A binary image of 64 pixels a word: pixel x of a row is bit x % 64 of its word x / 64.
#pragma once

#include <cstdint>
#include <cstring>
#include <vector>

#include "kernels/base/image.h"

namespace reticle {

// Pixels [y0, y1) x [x0, x1); a frame may be part of it.
struct PixelBox {
  int y0 = 0, y1 = 0, x0 = 0, x1 = 0;
  bool empty() const { return y0 >= y1 || x0 >= x1; }
  PixelBox grown(int by) const { return {y0 - by, y1 + by, x0 - by, x1 + by}; }
};

// Lies within a frame, 64 pixels wide at least, of what is beyond the image: all clear (0) when
// packed. Morphology writes into the frame; everything else sees the image within it.
class BitImage {
 public:
  static constexpr int k_word = 64;   // pixels
  static constexpr int k_frame = 64;  // pixels on every side, a word in x

  BitImage(int rows, int cols);                           // all clear
  explicit BitImage(ImageView<const std::uint8_t> mask);  // 1 where the mask is not 0
  explicit BitImage(const Image<std::uint8_t>& mask) : BitImage(mask.view()) {}
  Image<std::uint8_t> unpacked() const;  // 0 and 1
  void unpack_into(ImageView<std::uint8_t> mask) const;

  int rows() const { return rows_; }
  int cols() const { return cols_; }
  int words() const { return words_ - 2; }  // that hold a row of the image, frame not counted

  // The words of row y, -k_frame <= y < rows + k_frame. Words [-1] and [words()] are frame, and so
  // are the bits from cols on in the last word.
  const std::uint64_t* row(int y) const {
    return bits_.data() + static_cast<std::ptrdiff_t>(y + k_frame) * words_ + 1;
  }
  std::uint64_t* row(int y) {
    return bits_.data() + static_cast<std::ptrdiff_t>(y + k_frame) * words_ + 1;
  }
  // Pixel (x, y), up to k_frame pixels outside the image.
  bool operator()(int y, int x) const { return row(y)[x >> 6] >> (x & 63) & 1; }
  // Pixels of row y from x0 to x1 - 1.
  void fill(int y, int x0, int x1, bool value);
  bool any_in(int y, int x0, int x1) const;

  bool any() const;              // of the frame too
  PixelBox everything() const {  // the frame too
    return {-k_frame, rows_ + k_frame, -k_word, (words() + 1) * k_word};
  }
  PixelBox extent() const;  // of the set pixels, in x to whole words; of the frame too
  // Rows and words that the box touches, as much of them as there is with the frame.
  PixelBox whole_words(const PixelBox& box) const;
  BitImage& invert();  // of the frame too
  BitImage& clear_frame();
  BitImage& clear_where(const BitImage& other);  // of the same size
  // Of the same size, the frame too.
  bool operator==(const BitImage&) const = default;

 private:
  int rows_, cols_;  // without frame
  int words_;        // a row, frame included
  std::vector<std::uint64_t> bits_;
};

// Bit i is set where pixel i of the 64 is not 0.
inline std::uint64_t packed_word(const std::uint8_t* pixels) {
  typedef std::uint8_t Half __attribute__((vector_size(32)));
  std::uint64_t eights[8];
  for (int i = 0; i < 2; ++i) {
    Half half;
    std::memcpy(&half, pixels + i * 32, sizeof half);
    const Half ones = (half != 0) & 1;
    std::memcpy(eights + i * 4, &ones, sizeof ones);
  }
  std::uint64_t word = 0;
  // The product brings the lowest bit of byte i to bit 56 + i; no two partial products meet.
  for (int i = 0; i < 8; ++i) word |= (eights[i] * 0x0102040810204080u >> 56) << (8 * i);
  return word;
}

// The way back: byte i of 64 is bit i of the word, 0 or 1.
void unpack_word(std::uint64_t word, std::uint8_t* pixels);

// Set where fits(y, x), a comparison of numbers in rows.
template <class Fits>
BitImage bits_where(int rows, int cols, Fits fits) {
  BitImage bits(rows, cols);
  std::uint8_t pixels[BitImage::k_word];
  for (int y = 0; y < rows; ++y)
    for (int word = 0; word < bits.words(); ++word) {
      const int x0 = word * BitImage::k_word;
      if (x0 + BitImage::k_word <= cols) {
        for (int i = 0; i < BitImage::k_word; ++i) pixels[i] = fits(y, x0 + i);
      } else {
        for (int i = 0; i < BitImage::k_word; ++i) pixels[i] = x0 + i < cols && fits(y, x0 + i);
      }
      bits.row(y)[word] = packed_word(pixels);
    }
  return bits;
}

// out(word of the first, word of the second) over the words of two images of the same size, frames included.
template <class Bits, class Out>
void for_words(Bits& image, const BitImage& with, Out out) {
  for (int y = -BitImage::k_frame; y < image.rows() + BitImage::k_frame; ++y)
    for (int i = -1; i <= image.words(); ++i) out(image.row(y)[i], with.row(y)[i]);
}

// The pixels of a box within the image that begins at a whole word; their frame is clear.
BitImage part_of(const BitImage& image, const PixelBox& box);

// Rows become columns. The frame of the result is clear, as that of `image` must be.
BitImage transposed(const BitImage& image);

// The part of every block of n x n pixels that is set; n divides both sides.
Image<float> mean_of_blocks(const BitImage& image, int n);

// Of two images of the same size, frames included: where they differ, and in how many pixels.
BitImage differing(const BitImage& a, const BitImage& b);
std::int64_t count_differing(const BitImage& a, const BitImage& b);
std::int64_t count_differing(const BitImage& a, const BitImage& b, const PixelBox& within);

}  // namespace reticle
