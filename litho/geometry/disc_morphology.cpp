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

// The disc as a nest: from the column through its middle outwards, each column reaches less far up
// and down. With V(h) what lies within h rows of a pixel and W(s) what lies within s columns, a
// disc of columns w1 > w2 > .. of heights h1 < h2 < .. is
//
//   W(wn)(V(hn) + W(w(n-1) - wn)(V(h(n-1)) + .. W(w1 - w2)(V(h1)))).
struct Ring {
  int height;               // joins what lies within so many rows,
  std::vector<int> shifts;  // then moves so far to either side, one after another
};

std::vector<Ring> rings_of_disc(double diameter_px) {
  const std::vector<int> widths = half_widths(diameter_px);
  std::vector<Ring> rings;
  for (int dy = 0; dy < static_cast<int>(widths.size()); ++dy) {
    const int width = widths[static_cast<std::size_t>(dy)];
    const int next =
        dy + 1 < static_cast<int>(widths.size()) ? widths[static_cast<std::size_t>(dy + 1)] : 0;
    if (next == width && dy + 1 < static_cast<int>(widths.size())) continue;
    Ring ring{.height = dy, .shifts = {}};
    // To one side alone, too, every distance is a sum of some of the shifts.
    for (int done = 0; done < width - next; done += ring.shifts.back())
      ring.shifts.push_back(std::min(done + 1, width - next - done));
    rings.push_back(std::move(ring));
  }
  return rings;
}

// Rows of a strip of k_block words and one on either side.
class Strip {
 public:
  static constexpr int k_words = k_block + 2;

  Strip(int first_row, int rows)
      : first_(first_row), words_(static_cast<std::size_t>(rows) * k_words) {}

  // Beyond the frame its outermost pixels go on along rows; rows beyond it are neutral: they would
  // repeat its outermost one, with narrower rows of the disc.
  void load_from(const BitImage& image, int word, std::uint64_t neutral) {
    const int rows = static_cast<int>(words_.size()) / k_words;
    for (int y = first_; y < first_ + rows; ++y) {
      std::uint64_t* to = at(y);
      if (y < -BitImage::k_frame || y >= image.rows() + BitImage::k_frame) {
        std::fill_n(to, k_words, neutral);
        continue;
      }
      const std::uint64_t* row = image.row(y);
      const int last = image.words();
      if (word >= 0 && word + k_block <= last) {
        std::memcpy(to, row + word - 1, k_words * sizeof *to);
        continue;
      }
      for (int i = 0; i < k_words; ++i) {
        const int w = word - 1 + i;
        to[i] = w < -1 ? 0 - (row[-1] & 1) : w > last ? 0 - (row[last] >> (k_word - 1)) : row[w];
      }
    }
  }

  const std::uint64_t* row(int y) const { return const_cast<Strip*>(this)->at(y); }

 private:
  std::uint64_t* at(int y) {
    return words_.data() + static_cast<std::size_t>(y - first_) * k_words;
  }
  int first_;
  std::vector<std::uint64_t> words_;
};

// Words of a row, those to their left and those to their right.
struct Neighbourhood {
  Block left, here, right;

  template <class Join>
  void join(const std::uint64_t* row, Join join) {
    left = join(left, load(row));
    here = join(here, load(row + 1));
    right = join(right, load(row + 2));
  }
  // Pixels on the left and right need go only towards the middle. What comes in from further out
  // does not get there.
  template <class Join>
  void widen(int shift, Join join) {
    const int back = k_word - shift;
    here = join(join(here, here << shift | left >> back), here >> shift | right << back);
    left = join(left, left << shift);
    right = join(right, right >> shift);
  }
};

bool is_all(const Block& words, std::uint64_t value) {
  const Block differs = words ^ value;
  return (differs[0] | differs[1] | differs[2] | differs[3]) == 0;
}

// Every pixel becomes what Join makes of those that the disc reaches. `neutral` words change
// nothing.
template <class Join>
void spread_within(const PixelBox& box, const BitImage& image, double diameter_px, Join join,
                   std::uint64_t neutral, BitImage& out) {
  const std::vector<Ring> rings = rings_of_disc(diameter_px);
  const PixelBox whole = image.whole_words(box);
  if (whole.empty()) return;
  const int begin = whole.x0 / k_word, end = whole.x1 / k_word;
  if (diameter_px < 1.0) {
    for (int y = whole.y0; y < whole.y1; ++y)
      std::copy(image.row(y) + begin, image.row(y) + end, out.row(y) + begin);
    return;
  }
  const int reach = disc_reach(diameter_px);
  Strip strip(whole.y0 - reach, whole.y1 - whole.y0 + 2 * reach);
  for (int word = begin; word < end; word += k_block) {
    strip.load_from(image, word, neutral);
    const std::size_t written =
        static_cast<std::size_t>(std::min(k_block, end - word)) * sizeof(std::uint64_t);
    const auto all = [&](int y, int first, int words, std::uint64_t value) {
      const std::uint64_t* row = strip.row(y) + first;
      std::uint64_t differs = 0;
      for (int i = 0; i < words; ++i) differs |= row[i] ^ value;
      return differs == 0;
    };
    const auto is_neutral = [&](int y) { return all(y, 0, Strip::k_words, neutral); };
    int neutral_rows = 0;  // the last ones read
    for (int y = whole.y0 - reach; y < whole.y0 + reach; ++y)
      neutral_rows = is_neutral(y) ? neutral_rows + 1 : 0;
    for (int y = whole.y0; y < whole.y1; ++y) {
      neutral_rows = is_neutral(y + reach) ? neutral_rows + 1 : 0;
      if (neutral_rows > 2 * reach || all(y, 1, k_block, ~neutral)) {
        std::memcpy(out.row(y) + word, strip.row(y) + 1, written);
        continue;
      }
      Neighbourhood spread{load(strip.row(y)), load(strip.row(y) + 1), load(strip.row(y) + 2)};
      Neighbourhood within = spread;
      int height = 0;
      for (const Ring& ring : rings) {
        while (height < ring.height) {
          ++height;
          within.join(strip.row(y - height), join);
          within.join(strip.row(y + height), join);
        }
        spread.left = join(spread.left, within.left);
        spread.here = join(spread.here, within.here);
        spread.right = join(spread.right, within.right);
        for (const int shift : ring.shifts) spread.widen(shift, join);
        if (is_all(spread.here, ~neutral)) break;  // and stays so
      }
      std::memcpy(out.row(y) + word, &spread.here, written);
    }
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
  BitImage out(image.rows(), image.cols());
  dilate_within(image.extent().grown(disc_reach(diameter_px)), image, diameter_px, out);
  return out;
}

BitImage eroded(const BitImage& image, double diameter_px) {
  BitImage out(image.rows(), image.cols());
  erode_within(image.extent(), image, diameter_px, out);
  return out;
}

BitImage opened(const BitImage& image, double diameter_px) {
  return dilated(eroded(image, diameter_px), diameter_px);
}

BitImage closed(const BitImage& image, double diameter_px) {
  return eroded(dilated(image, diameter_px), diameter_px);
}

}  // namespace reticle
