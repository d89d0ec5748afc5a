// SPDX-License-Identifier: Apache-2.0
#include "litho/rules/rule_check.h"

#include <algorithm>
#include <cmath>
#include <list>
#include <numbers>
#include <tuple>
#include <utility>

#include "kernels/base/error.h"
#include "litho/geometry/disc_morphology.h"
#include "litho/geometry/distance.h"
#include "litho/geometry/regions.h"

namespace reticle {

namespace {

constexpr double k_corner_depth = std::numbers::sqrt2 - 1.0;  // of a right angle, in radii

struct Pixel {
  int y, x;
};

// A connected part: its runs and the box around them.
struct Part {
  std::vector<Run> runs;
  std::int64_t pixels = 0;
  PixelBox box{1 << 30, 0, 1 << 30, 0};
};

std::vector<Part> parts_of(const Regions& found) {
  std::vector<Part> parts(found.regions.size());
  for (const Run& run : found.runs) {
    Part& part = parts[static_cast<std::size_t>(run.region)];
    part.runs.push_back(run);
    part.pixels += run.x1 - run.x0;
    part.box = {std::min(part.box.y0, run.y), std::max(part.box.y1, run.y + 1),
                std::min(part.box.x0, run.x0), std::max(part.box.x1, run.x1)};
  }
  return parts;
}

// Pixels of the box, which may reach into the frame.
BitImage cropped(const BitImage& image, const PixelBox& box) {
  BitImage out(box.y1 - box.y0, box.x1 - box.x0);
  for (int y = 0; y < out.rows(); ++y)
    for (int x = 0; x < out.cols(); ++x)
      if (image(y + box.y0, x + box.x0)) out.fill(y, x, x + 1, true);
  return out;
}

PixelBox within_frame(const PixelBox& box, const BitImage& image) {
  constexpr int k_frame = BitImage::k_frame;
  return {std::max(box.y0, -k_frame), std::min(box.y1, image.rows() + k_frame),
          std::max(box.x0, -k_frame), std::min(box.x1, image.cols() + k_frame)};
}

class Checker {
 public:
  Checker(const BitImage& mask, const Grid& grid, const MaskRuleSet& rules, const BitImage* drawn)
      : mask_(mask), clear_(mask), grid_(grid), rules_(rules), drawn_(drawn) {
    clear_.invert();
  }

  std::vector<RuleViolation> run() && {
    rolled(mask_, clear_, rules_.minimum_width_nm, MaskRule::width, rules_.convex_radius_nm,
           MaskRule::convex_radius);
    rolled(clear_, mask_, rules_.minimum_space_nm, MaskRule::space, rules_.concave_radius_nm,
           MaskRule::concave_radius);
    areas();
    if (drawn_ != nullptr) assists();
    std::sort(found_.begin(), found_.end(), [](const RuleViolation& a, const RuleViolation& b) {
      return std::tuple(a.rule, a.place.y, a.place.x) < std::tuple(b.rule, b.place.y, b.place.x);
    });
    return std::move(found_);
  }

 private:
  double px(double nm) const { return nm / grid_.pixel_nm; }
  // The digital disc that stands for one of this width.
  double disc(double width_nm) const { return px(width_nm) - 1.0; }

  void add(MaskRule rule, Pixel at, const PixelBox& box, double value, double limit) {
    const auto x = [&](double pixel) { return grid_.origin_x_nm + pixel * grid_.pixel_nm; };
    const auto y = [&](double pixel) { return grid_.origin_y_nm + pixel * grid_.pixel_nm; };
    found_.push_back({rule, {x(at.x + 0.5), y(at.y + 0.5)}, value, limit,
                      {x(box.x0), y(box.y0), x(box.x1), y(box.y1)}});
  }

  // What the disc leaves out of the image, in parts; those that go deeper than a pixel.
  std::vector<Part> left_out(const BitImage& image, double width_nm) const {
    const BitImage reached = opened(image, disc(width_nm));
    BitImage out = image, deep = image;
    deep.clear_where(dilated(reached, 2.0)).clear_frame();
    if (!deep.any()) return {};
    std::vector<Part> parts = parts_of(shape_regions(out.clear_where(reached).clear_frame()));
    std::erase_if(parts, [&](const Part& part) { return !touches(part, deep); });
    return parts;
  }

  // Of the mask or what is clear. The width's disc is rolled in either, and so is the space's, often as wide.
  const std::vector<Part>& left_out_of_side(const BitImage& side, double width_nm) {
    const auto known = std::find_if(rolled_.begin(), rolled_.end(), [&](const Rolled& one) {
      return one.side == &side && one.width_nm == width_nm;
    });
    if (known != rolled_.end()) return known->left_out;
    return rolled_.emplace_back(&side, width_nm, left_out(side, width_nm)).left_out;
  }

  static bool touches(const Part& part, const BitImage& image) {
    for (const Run& run : part.runs)
      for (int x = run.x0; x < run.x1; ++x)
        if (image(run.y, x)) return true;
    return false;
  }

  struct Judged {
    Pixel deepest;
    bool is_corner;
  };

  Judged judge(const BitImage& image, const Part& part, double width_nm) const {
    const int reach = static_cast<int>(px(width_nm)) + 4;
    const PixelBox box = within_frame(part.box.grown(reach), image);
    const BitImage near = cropped(image, box);
    const Image<float> depth = squared_distance(opened(near, disc(width_nm)));
    Judged judged{{part.runs.front().y, part.runs.front().x0}, false};
    float deepest = -1.0f;
    for (const Run& run : part.runs)
      for (int x = run.x0; x < run.x1; ++x)
        if (const float d = depth(run.y - box.y0, x - box.x0); d > deepest) {
          deepest = d;
          judged.deepest = {run.y, x};
        }
    const double radius = 0.5 * px(width_nm);
    if (std::sqrt(deepest) > k_corner_depth * radius + 1.5) return judged;
    judged.is_corner = filled_around(image, judged.deepest, 0.5 * radius + 1.0) < 0.5;
    return judged;
  }

  static double filled_around(const BitImage& image, Pixel at, double radius) {
    const int reach = static_cast<int>(radius);
    int all = 0, set = 0;
    for (int dy = -reach; dy <= reach; ++dy)
      for (int dx = -reach; dx <= reach; ++dx) {
        if (dy * dy + dx * dx > radius * radius) continue;
        ++all;
        set += image(std::clamp(at.y + dy, -BitImage::k_frame, image.rows() + BitImage::k_frame - 1),
                     std::clamp(at.x + dx, -BitImage::k_frame, image.cols() + BitImage::k_frame - 1));
      }
    return static_cast<double>(set) / all;
  }

  // Of the widest disc in the image that comes within a pixel of the place.
  double width_at(const BitImage& image, Pixel place, double below_nm) const {
    const int reach = 2 * static_cast<int>(px(below_nm)) + 4;
    const PixelBox box = within_frame(PixelBox{place.y, place.y + 1, place.x, place.x + 1}.grown(reach), image);
    const BitImage near = cropped(image, box);
    double fits = 0.0, fails = below_nm;
    while (fails - fits > 0.5 * grid_.pixel_nm) {
      const double width = 0.5 * (fits + fails);
      const bool comes = dilated(opened(near, disc(width)), 2.0)(place.y - box.y0, place.x - box.x0);
      (comes ? fits : fails) = width;
    }
    return fits;
  }

  void rolled(const BitImage& image, const BitImage& others, double width_nm, MaskRule width,
              double radius_nm, MaskRule radius) {
    if (disc(width_nm) >= 1.0)
      for (const Part& part : left_out_of_side(image, width_nm))
        if (const Judged judged = judge(image, part, width_nm); !judged.is_corner)
          add(width, judged.deepest, part.box, width_at(image, judged.deepest, width_nm), width_nm);
    if (disc(width_nm) >= 1.0) corners_across(image, others, width_nm, width);
    if (disc(2.0 * radius_nm) < 1.0) return;
    for (const Part& part : left_out_of_side(image, 2.0 * radius_nm))
      if (const Judged judged = judge(image, part, 2.0 * radius_nm); judged.is_corner)
        add(radius, judged.deepest, part.box, 0.5 * width_at(image, judged.deepest, 2.0 * radius_nm),
            radius_nm);
  }

  // Rolled discs pass a sharp corner on either side of it, however close what it points at is. From
  // such a corner a straight line across the image to the outline is as wide as it is there if the disc
  // around it lies in the image.
  void corners_across(const BitImage& image, const BitImage& others, double width_nm, MaskRule rule) {
    for (const Part& part : left_out_of_side(others, width_nm)) {
      const Pixel tip = judge(others, part, width_nm).deepest;
      const double width = width_across(image, tip, px(width_nm) - 1.0);
      if (width > 0.0 && !is_known(rule, tip, width_nm))
        add(rule, tip, part.box, width * grid_.pixel_nm, width_nm);
    }
  }

  bool is_known(MaskRule rule, Pixel at, double within_nm) const {
    const double x = grid_.origin_x_nm + (at.x + 0.5) * grid_.pixel_nm;
    const double y = grid_.origin_y_nm + (at.y + 0.5) * grid_.pixel_nm;
    return std::any_of(found_.begin(), found_.end(), [&](const RuleViolation& v) {
      return v.rule == rule && x > v.box.x0 - within_nm && x < v.box.x1 + within_nm &&
             y > v.box.y0 - within_nm && y < v.box.y1 + within_nm;
    });
  }

  // The shortest below a width in pixels; 0: none is.
  static double width_across(const BitImage& image, Pixel from, double below) {
    const int reach = static_cast<int>(below) + 1;
    const auto at = [&](int y, int x) {
      return image(std::clamp(y, -BitImage::k_frame, image.rows() + BitImage::k_frame - 1),
                   std::clamp(x, -BitImage::k_frame, image.cols() + BitImage::k_frame - 1));
    };
    const auto free_around = [&](double y, double x, double radius) {
      for (int v = static_cast<int>(std::ceil(y - radius)); v <= y + radius; ++v)
        for (int u = static_cast<int>(std::ceil(x - radius)); u <= x + radius; ++u)
          if ((v - y) * (v - y) + (u - x) * (u - x) <= radius * radius && !at(v, u)) return false;
      return true;
    };
    // What the corner points at lies ahead of it; beside it a step of the outline comes close, which is no width.
    constexpr int k_near = 3;
    double ahead_y = 0.0, ahead_x = 0.0;
    for (int dy = -k_near; dy <= k_near; ++dy)
      for (int dx = -k_near; dx <= k_near; ++dx)
        if (dy * dy + dx * dx <= k_near * k_near && at(from.y + dy, from.x + dx)) ahead_y += dy, ahead_x += dx;
    const double least_ahead = 0.5 * std::hypot(ahead_y, ahead_x);
    double shortest = 0.0;
    for (int dy = -reach; dy <= reach; ++dy)
      for (int dx = -reach; dx <= reach; ++dx) {
        const double width = std::hypot(dy, dx) - 1.0;
        if (dy * ahead_y + dx * ahead_x < least_ahead * (width + 1.0)) continue;
        if (width < 3.0 || width >= below || (shortest > 0.0 && width >= shortest)) continue;
        if (at(from.y + dy, from.x + dx)) continue;
        if (free_around(from.y + 0.5 * dy, from.x + 0.5 * dx, 0.5 * (width - 1.0))) shortest = width;
      }
    return shortest;
  }

  void areas() {
    const double pixel_nm2 = grid_.pixel_nm * grid_.pixel_nm;
    const auto small = [&](const Regions& regions, MaskRule rule, double limit) {
      const std::vector<Part> parts = parts_of(regions);
      for (std::size_t i = 0; i < parts.size(); ++i) {
        const double area = static_cast<double>(parts[i].pixels) * pixel_nm2;
        if (area >= limit || (rule == MaskRule::hole_area && regions.regions[i].touches_border)) continue;
        const Run& first = parts[i].runs[parts[i].runs.size() / 2];
        add(rule, {first.y, (first.x0 + first.x1) / 2}, parts[i].box, area, limit);
      }
    };
    if (rules_.minimum_area_nm2 > 0.0)
      small(shape_regions(mask_), MaskRule::area, rules_.minimum_area_nm2);
    if (rules_.minimum_hole_area_nm2 > 0.0)
      small(clear_regions(mask_), MaskRule::hole_area, rules_.minimum_hole_area_nm2);
  }

  static void paint(const Part& part, BitImage& into, const PixelBox& box) {
    for (const Run& run : part.runs) {
      if (run.y < box.y0 || run.y >= box.y1) continue;
      const int x0 = std::max(run.x0, box.x0), x1 = std::min(run.x1, box.x1);
      if (x0 < x1) into.fill(run.y - box.y0, x0 - box.x0, x1 - box.x0, true);
    }
  }

  void assists() {
    if (std::max({rules_.assist_width_nm, rules_.assist_length_nm, rules_.assist_to_main_nm,
                  rules_.assist_to_assist_nm}) <= 0.0)
      return;
    const PixelBox all{0, mask_.rows(), 0, mask_.cols()};
    std::vector<Part> helpers;
    BitImage main(mask_.rows(), mask_.cols()), assist(main);
    for (Part& part : parts_of(shape_regions(mask_))) {
      const bool is_main = touches(part, *drawn_);
      paint(part, is_main ? main : assist, all);
      if (!is_main) helpers.push_back(std::move(part));
    }
    if (disc(rules_.assist_width_nm) >= 1.0)
      for (const Part& part : left_out(assist, rules_.assist_width_nm))
        if (const Judged judged = judge(assist, part, rules_.assist_width_nm); !judged.is_corner)
          add(MaskRule::assist_width, judged.deepest, part.box,
              width_at(assist, judged.deepest, rules_.assist_width_nm), rules_.assist_width_nm);
    for (const Part& part : helpers) {
      const double length = grid_.pixel_nm * length_px(part);
      if (length < rules_.assist_length_nm - grid_.pixel_nm)
        add(MaskRule::assist_length, {part.runs.front().y, part.runs.front().x0}, part.box, length,
            rules_.assist_length_nm);
    }
    for (std::size_t i = 0; i < helpers.size(); ++i) {
      near(helpers[i], main, rules_.assist_to_main_nm, MaskRule::assist_to_main);
      if (rules_.assist_to_assist_nm <= 0.0) continue;
      // Each pair once: those before this one.
      BitImage before(mask_.rows(), mask_.cols());
      const PixelBox reach = helpers[i].box.grown(static_cast<int>(px(rules_.assist_to_assist_nm)) + 2);
      for (std::size_t j = 0; j < i; ++j)
        if (const PixelBox& b = helpers[j].box;
            b.y0 < reach.y1 && b.y1 > reach.y0 && b.x0 < reach.x1 && b.x1 > reach.x0)
          paint(helpers[j], before, all);
      near(helpers[i], before, rules_.assist_to_assist_nm, MaskRule::assist_to_assist);
    }
  }

  // The longest extent along rows, columns and diagonals.
  static double length_px(const Part& part) {
    double up = -1e9, down = -1e9, low_up = 1e9, low_down = 1e9;
    for (const Run& run : part.runs)
      for (const int x : {run.x0, run.x1})
        for (const int y : {run.y, run.y + 1}) {
          up = std::max<double>(up, x + y), low_up = std::min<double>(low_up, x + y);
          down = std::max<double>(down, x - y), low_down = std::min<double>(low_down, x - y);
        }
    const double slanted = std::max(up - low_up, down - low_down) / std::numbers::sqrt2;
    return std::max<double>({slanted, double(part.box.x1 - part.box.x0), double(part.box.y1 - part.box.y0)});
  }

  // The gap between a part and other shapes: one pixel less than the distance of centres.
  void near(const Part& part, const BitImage& others, double distance_nm, MaskRule rule) {
    if (distance_nm <= 0.0) return;
    const PixelBox wide = part.box.grown(static_cast<int>(px(distance_nm)) + 3);
    const PixelBox box{std::max(wide.y0, 0), std::min(wide.y1, mask_.rows()), std::max(wide.x0, 0),
                       std::min(wide.x1, mask_.cols())};
    const Image<float> distance = squared_distance(cropped(others, box));
    float least = k_no_distance;
    Pixel at{0, 0};
    for (const Run& run : part.runs)
      for (int x = run.x0; x < run.x1; ++x)
        if (const float d = distance(run.y - box.y0, x - box.x0); d < least) {
          least = d;
          at = {run.y, x};
        }
    const double gap = grid_.pixel_nm * (std::sqrt(static_cast<double>(least)) - 1.0);
    if (gap < distance_nm - grid_.pixel_nm) add(rule, at, part.box, gap, distance_nm);
  }

  struct Rolled {
    const BitImage* side;
    double width_nm;
    std::vector<Part> left_out;
  };

  const BitImage& mask_;
  BitImage clear_;
  const Grid& grid_;
  const MaskRuleSet& rules_;
  const BitImage* drawn_;
  std::list<Rolled> rolled_;
  std::vector<RuleViolation> found_;
};

}  // namespace

const char* name_of(MaskRule rule) {
  switch (rule) {
    case MaskRule::width: return "width";
    case MaskRule::space: return "space";
    case MaskRule::area: return "area";
    case MaskRule::hole_area: return "hole area";
    case MaskRule::convex_radius: return "convex radius";
    case MaskRule::concave_radius: return "concave radius";
    case MaskRule::assist_width: return "assist width";
    case MaskRule::assist_length: return "assist length";
    case MaskRule::assist_to_main: return "assist to main";
    case MaskRule::assist_to_assist: return "assist to assist";
  }
  return "";
}

std::vector<RuleViolation> check_mask(const BitImage& mask, const Grid& grid,
                                      const MaskRuleSet& rules, const BitImage* drawn) {
  const auto lies_on = [&](const BitImage& image) {
    return image.rows() == grid.rows && image.cols() == grid.cols;
  };
  if (!lies_on(mask) || (drawn != nullptr && !lies_on(*drawn)))
    throw Error(ErrorCode::invalid_argument,
                "check_mask: give mask and drawn shapes on the same grid.");
  return Checker(mask, grid, rules, drawn).run();
}

}  // namespace reticle
