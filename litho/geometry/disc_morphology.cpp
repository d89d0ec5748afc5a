// SPDX-License-Identifier: Apache-2.0
#include "litho/geometry/disc_morphology.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "kernels/base/error.h"
#include "kernels/cpu/aligned.h"
#include "kernels/cpu/pixel_rows.h"

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

std::vector<cpu::DiscStep> steps_of_disc(double diameter_px) {
  const std::vector<int> widths = half_widths(diameter_px);
  std::vector<cpu::DiscStep> steps;
  const int reach = static_cast<int>(widths.size()) - 1;
  for (int dy = 0; dy <= reach; ++dy) {
    const int width = widths[static_cast<std::size_t>(dy)];
    const int next = dy < reach ? widths[static_cast<std::size_t>(dy + 1)] : 0;
    if (next == width && dy < reach) continue;
    if (next == width) steps.push_back({dy, 0});
    for (int done = 0; done < width - next; done += steps.back().shift)
      steps.push_back({dy, std::min(done + 1, width - next - done)});
  }
  return steps;
}

// Words [first, first + count) of the rows [y0, y1), then the word before them and the one behind
// (DiscStrip). Beyond the frame its outermost pixels go on along rows; rows beyond it are neutral:
// they would repeat its outermost one, with narrower rows of the disc.
void cut_out(const BitImage& image, int y0, int y1, int first, int count, std::uint64_t neutral,
             std::uint64_t* to) {
  const int last = image.words();
  for (int y = y0; y < y1; ++y, to += 2 * count) {
    if (y < -BitImage::k_frame || y >= image.rows() + BitImage::k_frame) {
      std::fill_n(to, count + 2, neutral);
      continue;
    }
    const std::uint64_t* row = image.row(y);
    const auto word = [&](int i) {
      return i < -1 ? 0 - (row[-1] & 1) : i > last ? 0 - (row[last] >> (k_word - 1)) : row[i];
    };
    if (first + count - 1 <= last) {
      std::copy_n(row + first, count, to);
    } else {
      for (int i = 0; i < count; ++i) to[i] = word(first + i);
    }
    to[count] = word(first - 1);
    to[count + 1] = word(first + count);
  }
}

void spread_within(const PixelBox& box, const BitImage& image, double diameter_px,
                   cpu::Spread spread, BitImage& out) {
  const std::vector<cpu::DiscStep> steps = steps_of_disc(diameter_px);
  const PixelBox whole = image.whole_words(box);
  if (whole.empty()) return;
  const int begin = whole.x0 / k_word, end = whole.x1 / k_word;
  if (diameter_px < 1.0) {
    for (int y = whole.y0; y < whole.y1; ++y)
      std::copy(image.row(y) + begin, image.row(y) + end, out.row(y) + begin);
    return;
  }
  // A narrow box is less than one wide strip.
  const cpu::Width width =
      end - begin > cpu::strip_words(cpu::Width::eight) ? cpu::widest() : cpu::Width::eight;
  const int reach = disc_reach(diameter_px), rows = whole.y1 - whole.y0;
  const int words = cpu::strip_words(width);
  const std::uint64_t neutral = spread == cpu::Spread::dilate ? 0 : ~std::uint64_t{0};
  cpu::AlignedVector<std::uint64_t> strip(static_cast<std::size_t>(rows + 2 * reach) * 2 *
                                          static_cast<std::size_t>(words));
  for (int word = begin; word < end; word += words) {
    cut_out(image, whole.y0 - reach, whole.y1 + reach, word, words, neutral, strip.data());
    cpu::spread_strip(width, spread,
                      {.rows = strip.data(),
                       .count = rows,
                       .reach = reach,
                       .steps = steps.data(),
                       .step_count = static_cast<int>(steps.size()),
                       .out = out.row(whole.y0) + word,
                       .out_pitch = out.row(1) - out.row(0),
                       .out_words = std::min(words, end - word)});
  }
}

}  // namespace

int disc_reach(double diameter_px) {
  return diameter_px < 1.0 ? 0 : static_cast<int>(0.5 * diameter_px);
}

void dilate_within(const PixelBox& box, const BitImage& in, double diameter_px, BitImage& out) {
  spread_within(box, in, diameter_px, cpu::Spread::dilate, out);
}

void erode_within(const PixelBox& box, const BitImage& in, double diameter_px, BitImage& out) {
  spread_within(box, in, diameter_px, cpu::Spread::erode, out);
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
