// SPDX-License-Identifier: Apache-2.0
#include "litho/ilt/cleanup.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <vector>

#include "litho/geometry/disc_morphology.h"
#include "litho/geometry/specks.h"

namespace reticle {

namespace {

constexpr int k_rounds = 16;

void add(BitImage& image, const BitImage& more) {
  for_words(image, more, [](std::uint64_t& a, std::uint64_t b) { a |= b; });
}

void keep(BitImage& image, const BitImage& within) {
  for_words(image, within, [](std::uint64_t& a, std::uint64_t b) { a &= b; });
}

// Opening by the width and closing by the space, until both leave the mask as it is. Necks that
// closing makes and opening would break again are cut back, by a little more every round, so that
// gaps become hardly wider than they must; within what is drawn they are made wider instead.
//
// A round after the first does work only around what the one before cut back. Its mask is the last
// `wide_` without the cuts and with what was added; far from them wide_ = apart_, and since an opened image erodes as the
// image itself does, and a closed one dilates as the image itself does,
//
//   erode(mask) = eroded_,  dilate(erode(mask)) = wide_,  and, closed by the space, = dilated_,
//   apart_:
//
// what the images hold already. Every step below is done as far from the cuts as they can be felt.
class SpacedMask {
 public:
  SpacedMask(BitImage mask, double width_px, double space_px, const BitImage* drawn)
      : width_px_(width_px), space_px_(space_px), drawn_(drawn), wide_(std::move(mask)) {}

  BitImage result() {
    const int width = disc_reach(width_px_), space = disc_reach(space_px_);
    std::vector<PixelBox> touched{wide_.extent()};
    for (int round = 0; round < k_rounds; ++round) {
      int reach = 0;
      const auto grow = [&](int by) { return reach += by; };
      erode(touched, grow(width), wide_, width_px_, eroded_);
      dilate(touched, grow(width), eroded_, width_px_, wide_);
      dilate(touched, grow(space), wide_, space_px_, dilated_);
      erode(touched, grow(space), dilated_, space_px_, apart_);
      erode(touched, grow(width), apart_, width_px_, eroded_);
      dilate(touched, grow(width), eroded_, width_px_, wide_);
      const std::vector<PixelBox> necks = find_necks(touched, reach);
      if (necks.empty()) return std::move(apart_);
      touched = cut_back(necks, space_px_ * (1.0 + 0.5 * round) / 4.0);
    }
    erode(touched, width, wide_, width_px_, eroded_);
    dilate(touched, 2 * width, eroded_, width_px_, wide_);
    return std::move(wide_);
  }

 private:
  static void erode(const std::vector<PixelBox>& boxes, int margin, const BitImage& in,
                    double diameter_px, BitImage& out) {
    for (const PixelBox& box : boxes) erode_within(box.grown(margin), in, diameter_px, out);
  }
  static void dilate(const std::vector<PixelBox>& boxes, int margin, const BitImage& in,
                     double diameter_px, BitImage& out) {
    for (const PixelBox& box : boxes) dilate_within(box.grown(margin), in, diameter_px, out);
  }

  // Boxes around the pixels of apart_ that are not in wide_; necks_ holds them.
  std::vector<PixelBox> find_necks(const std::vector<PixelBox>& boxes, int margin) {
    std::vector<PixelBox> found;
    clear(necks_, found_);
    for (const PixelBox& box : boxes) {
      const PixelBox whole = wide_.whole_words(box.grown(margin));
      for (int y = whole.y0; y < whole.y1; ++y) {
        for (int x = whole.x0; x < whole.x1; x += BitImage::k_word) {
          const int word = x / BitImage::k_word;
          const std::uint64_t bits = apart_.row(y)[word] & ~wide_.row(y)[word];
          if (bits == 0 || necks_.row(y)[word] != 0) continue;  // seen from another box
          necks_.row(y)[word] = bits;
          join({y, y + 1, x + std::countr_zero(bits), x + 64 - std::countl_zero(bits)}, found);
        }
      }
    }
    found_ = found;
    return found;
  }

  static void clear(BitImage& image, const std::vector<PixelBox>& boxes) {
    for (const PixelBox& box : boxes) {
      const PixelBox whole = image.whole_words(box);
      for (int y = whole.y0; y < whole.y1; ++y)
        std::fill(image.row(y) + whole.x0 / BitImage::k_word, image.row(y) + whole.x1 / BitImage::k_word, 0);
    }
  }

  // One box for what lies close together, so that most necks make one.
  static void join(const PixelBox& part, std::vector<PixelBox>& boxes) {
    constexpr int k_close = 8;
    for (PixelBox& box : boxes) {
      const PixelBox near = box.grown(k_close);
      if (part.y0 >= near.y1 || part.y1 <= near.y0 || part.x0 >= near.x1 || part.x1 <= near.x0)
        continue;
      box = {std::min(box.y0, part.y0), std::max(box.y1, part.y1), std::min(box.x0, part.x0),
             std::max(box.x1, part.x1)};
      return;
    }
    boxes.push_back(part);
  }

  // Takes necks_ and what is near them out of wide_, or adds it where drawn; returns where.
  std::vector<PixelBox> cut_back(const std::vector<PixelBox>& necks, double diameter_px) {
    std::vector<PixelBox> cuts;
    for (const PixelBox& box : necks) cuts.push_back(box.grown(disc_reach(diameter_px)));
    BitImage widened(drawn_ != nullptr ? wide_.rows() : 0, drawn_ != nullptr ? wide_.cols() : 0);
    if (drawn_ != nullptr) {
      BitImage own = necks_;
      keep(own, *drawn_);
      necks_.clear_where(own);
      for (const PixelBox& box : cuts) dilate_within(box, own, diameter_px, widened);
    }
    for (const PixelBox& box : cuts) dilate_within(box, necks_, diameter_px, cuts_);
    wide_.clear_where(cuts_);
    clear(cuts_, cuts);
    if (drawn_ != nullptr) add(wide_, widened);
    return cuts;
  }

  double width_px_, space_px_;
  const BitImage* drawn_;  // or null
  BitImage wide_;  // the mask of a round, then opened by the width
  BitImage eroded_{wide_.rows(), wide_.cols()};
  BitImage dilated_{eroded_}, apart_{eroded_};
  BitImage necks_{eroded_}, cuts_{eroded_};  // clear but for found_, and but for while they are used
  std::vector<PixelBox> found_;              // around necks_
};

// In diameters of the discs; corners as round as they are in optimised masks are left out by less.
constexpr double k_deeper_than_corners = 0.1;

void restore_drawn(BitImage& mask, const BitImage& drawn, double width_px, double space_px) {
  BitImage thin = mask;
  thin.clear_where(dilated(opened(mask, width_px), 2.0 * k_deeper_than_corners * width_px));
  keep(thin, drawn);
  if (thin.any()) {
    BitImage wide = dilated(thin, width_px);
    keep(wide, drawn);
    add(mask, wide);
  }
  BitImage filled = closed(mask, space_px), gaps = closed(drawn, 1.5 * space_px);
  filled.clear_where(dilated(mask, 2.0 * k_deeper_than_corners * space_px));
  gaps.clear_where(drawn);
  keep(filled, gaps);
  if (!filled.any()) return;
  BitImage apart = dilated(filled, space_px);
  apart.clear_where(drawn);
  mask.clear_where(apart);
}

// The outline of a digital disc lies half a pixel inside it on either side; the rest is for rulers that
// read slanted edges to within half a pixel.
double disc_px(double length_nm, const Grid& grid) { return length_nm / grid.pixel_nm + 2.0; }

void clean(BitImage& mask, const Grid& grid, const MaskRuleSet& rules, const BitImage* drawn) {
  const double width_px = disc_px(rules.minimum_width_nm, grid);
  const double space_px = disc_px(rules.minimum_space_nm, grid);
  const double min_pixels = std::max(rules.minimum_area_nm2, rules.minimum_hole_area_nm2) /
                            (grid.pixel_nm * grid.pixel_nm);
  if (drawn != nullptr) restore_drawn(mask, *drawn, width_px, space_px);
  remove_specks(mask, min_pixels);
  mask = SpacedMask(std::move(mask), width_px, space_px, drawn).result();
  mask.clear_frame();
  remove_specks(mask, min_pixels);
}

}  // namespace

void clean_mask(Image<std::uint8_t>& mask, const Grid& grid, const MaskRuleSet& rules) {
  BitImage bits(mask);
  clean(bits, grid, rules, nullptr);
  bits.unpack_into(mask.view());
}

void clean_mask(BitImage& mask, const Grid& grid, const MaskRuleSet& rules) {
  clean(mask, grid, rules, nullptr);
}

void clean_mask(BitImage& mask, const Grid& grid, const MaskRuleSet& rules, const BitImage& drawn) {
  clean(mask, grid, rules, &drawn);
}

void draw_back(Image<std::uint8_t>& mask, const Grid& grid, double bias_nm) {
  if (bias_nm == 0.0) return;
  BitImage bits(mask);
  draw_back(bits, grid, bias_nm);
  bits.unpack_into(mask.view());
}

void draw_back(BitImage& mask, const Grid& grid, double bias_nm) {
  const double diameter_px = std::abs(bias_nm) / grid.pixel_nm + 1.0;  // of a digital disc
  if (bias_nm > 0.0) mask = eroded(mask, diameter_px);
  if (bias_nm < 0.0) mask = dilated(mask, diameter_px);
  mask.clear_frame();
}

}  // namespace reticle
