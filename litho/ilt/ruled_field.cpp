// SPDX-License-Identifier: Apache-2.0
#include "litho/ilt/ruled_field.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "litho/geometry/disc_morphology.h"
#include "litho/geometry/pixel_boxes.h"
#include "litho/geometry/regions.h"
#include "litho/geometry/row_runs.h"
#include "litho/ilt/interpolate.h"

namespace reticle {

namespace {

// What cleaning changes of masks that obey the rules, at outlines and corners, is thinner.
constexpr double k_broken_px = 4.0;

double blur_px(const Grid& grid, const EdgeFreedom& freedom) { return 0.5 * freedom.band_nm / grid.pixel_nm; }
double reach_px(const Grid& grid, const EdgeFreedom& freedom) { return 2.0 * freedom.band_nm / grid.pixel_nm; }

// As far as a pixel of the field depends on the mask, in pixels of the grid.
int support_px(const Grid& grid, const EdgeFreedom& freedom) {
  return static_cast<int>(std::ceil(4.0 * blur_px(grid, freedom))) + disc_reach(reach_px(grid, freedom)) + 1;
}

// Whole words of the grid's pixels, and of finer ones.
PixelBox whole_words(const PixelBox& box, const Grid& grid) {
  constexpr int k_word = BitImage::k_word;
  return {std::max(0, box.y0), std::min(grid.rows, box.y1), std::max(0, box.x0) / k_word * k_word,
          std::min(grid.cols, (box.x1 + k_word - 1) / k_word * k_word)};
}

void clear_border(BitImage& image, int width) {
  for (int y = 0; y < image.rows(); ++y) {
    const bool inside = y >= width && y < image.rows() - width;
    image.fill(y, 0, inside ? std::min(width, image.cols()) : image.cols(), false);
    if (inside) image.fill(y, std::max(0, image.cols() - width), image.cols(), false);
  }
}

Grid part_of(const Grid& grid, const PixelBox& box) {
  return {.rows = box.y1 - box.y0, .cols = box.x1 - box.x0, .pixel_nm = grid.pixel_nm,
          .origin_x_nm = grid.origin_x_nm + box.x0 * grid.pixel_nm, .origin_y_nm = grid.origin_y_nm + box.y0 * grid.pixel_nm};
}

}  // namespace

Image<float> free_within(const std::optional<Box>& box, const Grid& grid) {
  if (!box) return {};
  Image<float> free(grid.rows, grid.cols);
  for (int y = 0; y < grid.rows; ++y)
    for (int x = 0; x < grid.cols; ++x) {
      const double px = grid.origin_x_nm + (x + 0.5) * grid.pixel_nm;
      const double py = grid.origin_y_nm + (y + 0.5) * grid.pixel_nm;
      free(y, x) = px > box->x0 && px < box->x1 && py > box->y0 && py < box->y1;
    }
  return free;
}

RuledField ruled_field(const BitImage& mask, const Grid& grid, const EdgeFreedom& freedom) {
  RuledField field{gaussian_blur(mean_of_blocks(mask, mask.rows() / grid.rows), blur_px(grid, freedom)),
                   free_within(freedom.box, grid)};
  if (field.free.empty()) field.free = Image<float>(grid.rows, grid.cols, 1.0f);
  const BitImage inside =
      bits_where(grid.rows, grid.cols, [&](int y, int x) { return field.parameters(y, x) >= 0.5f; });
  BitImage far = eroded(inside, reach_px(grid, freedom));
  for_words(far, dilated(inside, reach_px(grid, freedom)), [](std::uint64_t& far_in, std::uint64_t near) { far_in |= ~near; });
  far.clear_frame();
  for (float& p : field.parameters) p -= 0.5f;
  for (int y = 0; y < grid.rows; ++y)
    for_each_run(far.row(y), far.words(), [&](int x0, int x1) { std::fill(field.free.row(y) + x0, field.free.row(y) + x1, 0.0f); });
  return field;
}

BitImage broken_parts(BitImage before, const BitImage& cleaned) {
  before.clear_frame();
  BitImage broken = eroded(differing(before, cleaned), k_broken_px);
  const auto add_lost = [&](const Regions& found, const auto& left_in) {
    std::vector<char> left(found.regions.size(), 0);
    for (const Run& run : found.runs) left[static_cast<std::size_t>(run.region)] |= left_in(run);
    for (const Run& run : found.runs)
      if (!left[static_cast<std::size_t>(run.region)]) broken.fill(run.y, run.x0, run.x1, true);
  };
  add_lost(shape_regions(before), [&](const Run& run) { return cleaned.any_in(run.y, run.x0, run.x1); });
  BitImage clear = cleaned;
  clear.invert();
  add_lost(clear_regions(before), [&](const Run& run) { return clear.any_in(run.y, run.x0, run.x1); });
  broken.clear_frame();
  return broken;
}

void take_ruled(const BitImage& mask, BitImage broken, const Grid& grid, const EdgeFreedom& freedom, RuledField& field) {
  const int finer = mask.rows() / grid.rows;
  const double near_px = reach_px(grid, freedom) * finer;
  const int support = support_px(grid, freedom);
  BitImage near(mask.rows(), mask.cols());
  clear_border(broken, finer * (support + 1) + disc_reach(near_px));
  std::vector<PixelBox> boxes = boxes_around(broken);
  for (PixelBox& box : boxes) {
    box = box.grown(disc_reach(near_px));
    dilate_within(box, broken, near_px, near);
  }
  near.clear_frame();
  for (const PixelBox& fine : boxes) {
    const PixelBox box{fine.y0 / finer, fine.y1 / finer + 1, fine.x0 / finer, fine.x1 / finer + 1};
    const PixelBox seen = whole_words(box.grown(support), grid), taken = whole_words(box, grid);
    const RuledField ruled =
        ruled_field(part_of(mask, {seen.y0 * finer, seen.y1 * finer, seen.x0 * finer, seen.x1 * finer}), part_of(grid, seen), freedom);
    const auto copy = [&](const Image<float>& from, Image<float>& to, int y, int begin, int end) {
      std::copy(from.row(y - seen.y0) + begin - seen.x0, from.row(y - seen.y0) + end - seen.x0, to.row(y) + begin);
    };
    for (int y = box.y0; y < box.y1; ++y) {
      const int first = taken.x0 * finer / BitImage::k_word;
      const int words = (taken.x1 * finer + BitImage::k_word - 1) / BitImage::k_word - first;
      std::vector<std::uint64_t> row(near.row(y * finer) + first, near.row(y * finer) + first + words);
      row.push_back(0);
      for_each_run(row.data(), words, [&](int x0, int x1) {
        // Beyond the box another one's, of whose surroundings this one may see too little.
        const int begin = std::max(box.x0, taken.x0 + x0 / finer), end = std::min(box.x1, taken.x0 + (x1 + finer - 1) / finer);
        if (begin >= end) return;
        copy(ruled.parameters, field.parameters, y, begin, end);
        copy(ruled.free, field.free, y, begin, end);
      });
    }
  }
}

}  // namespace reticle
