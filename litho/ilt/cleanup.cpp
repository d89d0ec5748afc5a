// SPDX-License-Identifier: Apache-2.0
#include "litho/ilt/cleanup.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <vector>

#include "litho/geometry/disc_morphology.h"
#include "litho/geometry/pixel_boxes.h"
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

void erode(const std::vector<PixelBox>& boxes, int margin, const BitImage& in, double diameter_px, BitImage& out) {
  for (const PixelBox& box : boxes) erode_within(box.grown(margin), in, diameter_px, out);
}

void dilate(const std::vector<PixelBox>& boxes, int margin, const BitImage& in, double diameter_px, BitImage& out) {
  for (const PixelBox& box : boxes) dilate_within(box.grown(margin), in, diameter_px, out);
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
  // Of a mask that is eroded and opened by the width already.
  SpacedMask(BitImage eroded, BitImage opened, double width_px, double space_px, const BitImage* drawn)
      : width_px_(width_px), space_px_(space_px), drawn_(drawn), wide_(std::move(opened)), eroded_(std::move(eroded)) {}

  BitImage result() {
    const int width = disc_reach(width_px_), space = disc_reach(space_px_);
    std::vector<PixelBox> touched{wide_.extent()};
    for (int round = 0; round < k_rounds; ++round) {
      int reach = 0;
      const auto grow = [&](int by) { return reach += by; };
      if (round > 0) {
        erode(touched, grow(width), wide_, width_px_, eroded_);
        dilate(touched, grow(width), eroded_, width_px_, wide_);
      }
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
          join_boxes(box_of_word(bits, y, word), found);
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
  BitImage eroded_;
  BitImage dilated_{wide_.rows(), wide_.cols()}, apart_{dilated_};
  BitImage necks_{dilated_}, cuts_{dilated_};  // clear but for found_, and but for while they are used
  std::vector<PixelBox> found_;              // around necks_
};

// In diameters of the discs; corners as round as they are in optimised masks are left out by less.
constexpr double k_deeper_than_corners = 0.1;

// The outline of a digital disc lies half a pixel inside it on either side; the rest is for rulers that
// read slanted edges to within half a pixel.
double disc_px(double length_nm, const Grid& grid) { return length_nm / grid.pixel_nm + 2.0; }

}  // namespace

// A mask eroded, and opened.
struct MaskCleaning::Opening {
  BitImage eroded, opened;
};

MaskCleaning::MaskCleaning(const Grid& grid, const MaskRuleSet& rules)
    : width_px_(disc_px(rules.minimum_width_nm, grid)),
      space_px_(disc_px(rules.minimum_space_nm, grid)),
      min_pixels_(std::max(rules.minimum_area_nm2, rules.minimum_hole_area_nm2) / (grid.pixel_nm * grid.pixel_nm)) {}

MaskCleaning::MaskCleaning(const Grid& grid, const MaskRuleSet& rules, BitImage drawn) : MaskCleaning(grid, rules) {
  gaps_ = closed(drawn, 1.5 * space_px_);
  gaps_->clear_where(drawn);
  drawn_ = std::move(drawn);
  drawn_boxes_ = boxes_around(*drawn_);
  gap_boxes_ = boxes_around(*gaps_);
}

void MaskCleaning::restore_drawn(BitImage& mask, const Opening& opening) const {
  const double far_from_thick = 2.0 * k_deeper_than_corners * width_px_, far_from_mask = 2.0 * k_deeper_than_corners * space_px_;
  const BitImage none(mask.rows(), mask.cols());
  BitImage thick = none, thin = mask;
  dilate(drawn_boxes_, 0, opening.opened, far_from_thick, thick);
  thin.clear_where(thick);
  keep(thin, *drawn_);
  if (thin.any()) {
    BitImage wide = dilated(thin, width_px_);
    keep(wide, *drawn_);
    add(mask, wide);
  }
  BitImage grown = none, filled = none;
  dilate(gap_boxes_, disc_reach(space_px_), mask, space_px_, grown);
  erode(gap_boxes_, 0, grown, space_px_, filled);
  keep(filled, *gaps_);
  BitImage around = none;
  dilate(gap_boxes_, 0, mask, far_from_mask, around);
  filled.clear_where(around);
  if (!filled.any()) return;
  BitImage apart = dilated(filled, space_px_);
  apart.clear_where(*drawn_);
  mask.clear_where(apart);
}

void MaskCleaning::clean(BitImage& mask) const {
  Opening opening{eroded(mask, width_px_), BitImage(0, 0)};
  opening.opened = dilated(opening.eroded, width_px_);
  const BitImage before = mask;
  if (drawn_) restore_drawn(mask, opening);
  remove_specks(mask, min_pixels_);
  // What was restored and removed is opened again, as far as that is felt.
  const std::vector<PixelBox> changed = boxes_around(differing(before, mask));
  const int reach = disc_reach(width_px_);
  erode(changed, reach, mask, width_px_, opening.eroded);
  dilate(changed, 2 * reach, opening.eroded, width_px_, opening.opened);
  mask = SpacedMask(std::move(opening.eroded), std::move(opening.opened), width_px_, space_px_, drawn_ ? &*drawn_ : nullptr)
             .result();
  mask.clear_frame();
  remove_specks(mask, min_pixels_);
}

void clean_mask(Image<std::uint8_t>& mask, const Grid& grid, const MaskRuleSet& rules) {
  BitImage bits(mask);
  clean_mask(bits, grid, rules);
  bits.unpack_into(mask.view());
}

void clean_mask(BitImage& mask, const Grid& grid, const MaskRuleSet& rules) { MaskCleaning(grid, rules).clean(mask); }

void clean_mask(BitImage& mask, const Grid& grid, const MaskRuleSet& rules, const BitImage& drawn) {
  MaskCleaning(grid, rules, drawn).clean(mask);
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
