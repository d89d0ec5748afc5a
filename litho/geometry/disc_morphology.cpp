// SPDX-License-Identifier: Apache-2.0
#include "litho/geometry/disc_morphology.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <functional>
#include <string>
#include <vector>

#include "kernels/base/error.h"

namespace reticle {

namespace {

constexpr int k_word = BitImage::k_word;

// A disc as rows: row dy of it reaches half_width[dy] pixels to either side.
std::vector<int> half_widths(double diameter_px) {
  if (diameter_px > 120.0)
    throw Error(ErrorCode::invalid_argument, "a disc of " + std::to_string(diameter_px) +
                                                 " pixels; at most 120: use larger pixels");
  const double radius = 0.5 * diameter_px;
  std::vector<int> widths;
  for (int dy = 0; dy <= static_cast<int>(radius); ++dy)
    widths.push_back(static_cast<int>(std::sqrt(radius * radius - dy * dy)));
  return widths;
}

// Four words side by side; unaligned in memory.
constexpr int k_block = 4;
typedef std::uint64_t Block __attribute__((vector_size(k_block * sizeof(std::uint64_t))));

Block load(const std::uint64_t* from) {
  Block block;
  std::memcpy(&block, from, sizeof block);
  return block;
}

void store(const Block& block, std::uint64_t* to) { std::memcpy(to, &block, sizeof block); }

// Words of a row [begin - 1, begin + words + 1) of an image, widened step by step. The word on
// either side lacks what comes from further out, which does not reach the words between.
class WideRow {
 public:
  WideRow(const BitImage& image, int begin, int words)
      : image_(image),
        begin_(begin),
        words_(words),
        blocks_((words + 2 + k_block - 1) / k_block),
        now_(static_cast<std::size_t>(blocks_ + 2) * k_block),
        next_(now_) {}

  int blocks() const { return blocks_; }
  const std::uint64_t* data() const { return now_.data() + k_block; }

  void load_row(int y) {
    const std::uint64_t* row = image_.row(y);
    std::uint64_t* to = now_.data() + k_block;
    std::copy_n(row + begin_, words_, to + 1);
    // Beyond the frame its outermost pixels go on.
    to[0] = begin_ > -1 ? row[begin_ - 1] : 0 - (row[begin_] & 1);
    const int end = begin_ + words_;
    to[words_ + 1] = end <= image_.words() ? row[end] : 0 - (row[end - 1] >> (k_word - 1));
    half_width_ = 0;
  }

  bool holds_only(std::uint64_t value) const {
    return std::all_of(data(), data() + words_ + 2,
                       [&](std::uint64_t word) { return word == value; });
  }

  // Each pixel becomes what Join makes of it and of all within half_width.
  template <class Join>
  void widen_to(int half_width, Join join) {
    while (half_width_ < half_width) {
      // Pixels are runs of 2 half_width_ + 1 now: moved by so much they still touch.
      const int shift = std::min(half_width - half_width_, 2 * half_width_ + 1);
      const int back = k_word - shift;
      const std::uint64_t* in = now_.data() + k_block;
      std::uint64_t* out = next_.data() + k_block;
      for (int i = 0; i < blocks_ * k_block; i += k_block) {
        const Block here = load(in + i), left = load(in + i - 1), right = load(in + i + 1);
        store(join(here, join(here << shift | left >> back, here >> shift | right << back)),
              out + i);
      }
      now_.swap(next_);
      half_width_ += shift;
    }
  }

 private:
  const BitImage& image_;
  int begin_, words_, blocks_, half_width_ = 0;
  std::vector<std::uint64_t> now_, next_;  // with a block on either side
};

// Rows being written, one for each row that the disc reaches from where the reading is: they stay
// in the first cache.
class OpenRows {
 public:
  OpenRows(int reach, int blocks, std::uint64_t neutral)
      : pitch_(blocks * k_block),
        mask_(std::bit_ceil(static_cast<unsigned>(2 * reach + 1)) - 1),
        neutral_(neutral),
        words_(static_cast<std::size_t>(pitch_) * (mask_ + 1), neutral) {}

  template <class Join>
  void join(int y, const std::uint64_t* with, Join join) {
    std::uint64_t* out = at(y);
    for (int i = 0; i < pitch_; i += k_block) store(join(load(out + i), load(with + i)), out + i);
  }

  void copy_to(int y, std::uint64_t* out, int words) { std::copy_n(at(y) + 1, words, out); }
  void reuse(int y) { std::fill_n(at(y), pitch_, neutral_); }

 private:
  std::uint64_t* at(int y) {
    return words_.data() + static_cast<std::size_t>(static_cast<unsigned>(y) & mask_) * pitch_;
  }

  int pitch_;
  unsigned mask_;
  std::uint64_t neutral_;
  std::vector<std::uint64_t> words_;
};

// Every row, widened, is joined to the rows of `out` that its disc reaches. `neutral` words change
// nothing.
template <class Join>
void spread_within(const PixelBox& box, const BitImage& image, double diameter_px, Join join,
                   std::uint64_t neutral, BitImage& out) {
  const PixelBox whole = image.whole_words(box);
  if (whole.empty()) return;
  const int begin = whole.x0 / k_word, words = (whole.x1 - whole.x0) / k_word;
  if (diameter_px < 1.0) {
    for (int y = whole.y0; y < whole.y1; ++y)
      std::copy_n(image.row(y) + begin, words, out.row(y) + begin);
    return;
  }
  const std::vector<int> widths = half_widths(diameter_px);
  const int reach = static_cast<int>(widths.size()) - 1;
  WideRow wide(image, begin, words);
  OpenRows rows(reach, wide.blocks(), neutral);
  // Rows beyond the frame would repeat its outermost one, with narrower rows of the disc.
  const int first = -BitImage::k_frame, end = image.rows() + BitImage::k_frame;
  for (int y = whole.y0 - reach; y < whole.y1 + reach; ++y) {
    if (y >= first && y < end) {
      wide.load_row(y);
      if (!wide.holds_only(neutral)) {
        for (int dy = reach; dy >= 0; --dy) {
          wide.widen_to(widths[static_cast<std::size_t>(dy)], join);
          rows.join(y - dy, wide.data(), join);
          if (dy > 0) rows.join(y + dy, wide.data(), join);
        }
      }
    }
    const int done = y - reach;
    if (done >= whole.y0) rows.copy_to(done, out.row(done) + begin, words);
    rows.reuse(done);
  }
}

}  // namespace

int disc_reach(double diameter_px) {
  return diameter_px < 1.0 ? 0 : static_cast<int>(0.5 * diameter_px);
}

void dilate_within(const PixelBox& box, const BitImage& in, double diameter_px, BitImage& out) {
  spread_within(box, in, diameter_px, std::bit_or<>(), 0, out);
}

void erode_within(const PixelBox& box, const BitImage& in, double diameter_px, BitImage& out) {
  spread_within(box, in, diameter_px, std::bit_and<>(), ~std::uint64_t{0}, out);
}

BitImage dilated(const BitImage& image, double diameter_px) {
  BitImage out = image;
  dilate_within(image.everything(), image, diameter_px, out);
  return out;
}

BitImage eroded(const BitImage& image, double diameter_px) {
  BitImage out = image;
  erode_within(image.everything(), image, diameter_px, out);
  return out;
}

BitImage opened(const BitImage& image, double diameter_px) {
  return dilated(eroded(image, diameter_px), diameter_px);
}

BitImage closed(const BitImage& image, double diameter_px) {
  return eroded(dilated(image, diameter_px), diameter_px);
}

}  // namespace reticle
