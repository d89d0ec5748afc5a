// SPDX-License-Identifier: Apache-2.0
#include "litho/verification/print_outline.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstring>

namespace reticle {

namespace {

// Lengths of outlines: neither tiny nor huge, so without the care of std::hypot.
double length_of(double x, double y) { return std::sqrt(x * x + y * y); }

constexpr double k_chord_nm = 0.004;
constexpr double k_once = 2.0;            // times k_chord_nm: halving once is enough
constexpr double k_on_contour_nm = 1e-4;  // how near a corner lies to its contour
constexpr double k_bend = 0.25;           // |I''| / |2 I'| times the pitch of samples, 14 of which are the shortest wave: pi / 14
constexpr int k_deepest = 4;  // halvings of a chord

// A zero between 0 and 1 of a function with values of different sign there.
template <class Function>
double zero_between(double at_0, double at_1, const Function& value) {
  double a = 0.0, b = 1.0, fa = at_0, fb = at_1;
  for (int i = 0; i < 60 && b - a > 1e-7; ++i) {
    // False position, halving the weight of an end that stays (Illinois).
    double middle = a + (b - a) * fa / (fa - fb);
    if (!(middle > a && middle < b)) middle = 0.5 * (a + b);
    const double f = value(middle);
    if (f == 0.0) return middle;
    if ((f < 0.0) == (fb < 0.0)) {
      b = middle, fb = f, fa *= 0.5;
    } else {
      a = middle, fa = f, fb *= 0.5;
    }
    if (std::abs(f) < 1e-8) return middle;
  }
  return 0.5 * (a + b);
}

// Marching squares over samples first_y.. and first_x.., within a frame where nothing prints.
class Tracer {
 public:
  Tracer(const Print& print, int y0, int y1, int x0, int x1)
      : print_(print), y0_(y0 - 1), x0_(x0 - 1), rows_(y1 - y0 + 2), cols_(x1 - x0 + 2),
        below_(static_cast<std::size_t>(cols_), -1), above_(below_) {}

  std::vector<Polygon> rings() {
    std::vector<std::uint8_t> lower(static_cast<std::size_t>(cols_)), upper(lower);
    for (int y = 0; y + 1 < rows_; ++y) {
      fill_inside(y + 1, upper);
      cells(y, lower, upper);
      std::swap(lower, upper);
      std::swap(below_, above_);
    }
    return linked();
  }

 private:
  bool in_frame(int y, int x) const { return y == 0 || x == 0 || y == rows_ - 1 || x == cols_ - 1; }
  double excess(int y, int x) const {
    return in_frame(y, x) ? -1.0 : print_.of(static_cast<double>(print_.image->sample(y + y0_, x + x0_)));
  }
  void fill_inside(int y, std::vector<std::uint8_t>& inside) const {
    if (y == 0 || y == rows_ - 1) {
      std::fill(inside.begin(), inside.end(), std::uint8_t(0));
      return;
    }
    const float* row = print_.image->row(y + y0_) + x0_ + 1;
    std::transform(row, row + cols_ - 2, inside.begin() + 1,
                   [&](float value) { return static_cast<std::uint8_t>(print_.of(static_cast<double>(value)) >= 0.0); });
  }
  // Whether the cells from x on, as many as a word holds, lie all inside or all outside.
  static bool plain(const std::uint8_t* lower, const std::uint8_t* upper) {
    std::uint64_t a, b;
    std::memcpy(&a, lower, sizeof a), std::memcpy(&b, upper, sizeof b);
    return a == b && (a == 0 || a == 0x0101010101010101u) && lower[sizeof a] == lower[0] && upper[sizeof a] == lower[0];
  }

  int add(Point p) {
    points_.push_back(p);
    next_.push_back(-1);
    return static_cast<int>(points_.size()) - 1;
  }
  double crossing(double a, double b, const LineOfImage& line) const {
    // Newton's steps from where the chord crosses, within the ends that still hold the zero.
    double low = 0.0, high = 1.0, part = a / (a - b);
    for (int i = 0; i < 30; ++i) {
      const ValueOnLine here = line.value_and_slope(part);
      const double f = print_.of(here.value);
      if (std::abs(f) < 1e-9) break;
      ((f < 0.0) == (a < 0.0) ? low : high) = part;
      const double next = part - f / (print_.sign * here.slope);
      if (std::abs(next - part) < 1e-8) return std::clamp(next, low, high);
      part = next > low && next < high ? next : 0.5 * (low + high);
    }
    return part;
  }
  int level_crossing(int y, int x) {  // between (y, x) and (y, x + 1)
    const double a = excess(y, x), b = excess(y, x + 1);
    const double part = in_frame(y, x) || in_frame(y, x + 1)
                            ? a / (a - b)
                            : crossing(a, b, print_.image->along_row(y + y0_, x + x0_));
    return add(print_.image->place(y + y0_, x + x0_ + part));
  }
  int upright_crossing(int y, int x) {  // between (y, x) and (y + 1, x)
    const double a = excess(y, x), b = excess(y + 1, x);
    const double part = in_frame(y, x) || in_frame(y + 1, x)
                            ? a / (a - b)
                            : crossing(a, b, print_.image->along_column(y + y0_, x + x0_));
    return add(print_.image->place(y + y0_ + part, x + x0_));
  }

  void cells(int y, const std::vector<std::uint8_t>& lower, const std::vector<std::uint8_t>& upper) {
    int left = -1;  // crossing of the cell's left side
    constexpr int k_word = 8;
    for (int x = 0; x + 1 < cols_; ++x) {
      const std::size_t i = static_cast<std::size_t>(x);
      if (x + k_word < cols_ && plain(&lower[i], &upper[i])) {
        x += k_word - 1, left = -1;
        continue;
      }
      const bool a = lower[i], b = lower[i + 1], c = upper[i + 1], d = upper[i];
      if (a == b && a == c && a == d) {
        left = -1;
        continue;
      }
      const int right = b != c ? upright_crossing(y, x + 1) : -1;
      if (a != d && left < 0) left = upright_crossing(y, x);
      above_[i] = c != d ? level_crossing(y + 1, x) : -1;
      // Counterclockwise from the lower left corner; a side is left where it goes from inside to outside.
      struct Side {
        int crossing;
        bool leaves;
      };
      std::array<Side, 4> sides;
      std::size_t count = 0;
      if (a != b) sides[count++] = {below_[i], a};
      if (b != c) sides[count++] = {right, b};
      if (c != d) sides[count++] = {above_[i], c};
      if (d != a) sides[count++] = {left, d};
      // In a saddle the middle decides whether the corners inside are joined.
      const bool joined =
          count == 2 || print_.excess(print_.image->place(y + y0_ + 0.5, x + x0_ + 0.5)) >= 0.0;
      for (std::size_t k = 0; k < count; ++k)
        if (sides[k].leaves)
          next_[static_cast<std::size_t>(sides[k].crossing)] =
              sides[(k + (joined ? 1 : count - 1)) % count].crossing;
      left = right;
    }
  }

  std::vector<Polygon> linked() const {
    std::vector<char> done(points_.size(), 0);
    std::vector<Polygon> rings;
    for (std::size_t first = 0; first < points_.size(); ++first) {
      if (done[first]) continue;
      Polygon ring;
      for (std::size_t at = first; !done[at]; at = static_cast<std::size_t>(next_[at])) {
        done[at] = 1;
        ring.push_back(points_[at]);
      }
      if (ring.size() >= 3) rings.push_back(std::move(ring));
    }
    return rings;
  }

  const Print& print_;
  int y0_, x0_, rows_, cols_;  // of the frame's lower left corner, in samples; of frame and samples
  std::vector<int> below_, above_;  // crossings of level lines, by their left sample
  std::vector<Point> points_;
  std::vector<int> next_;
};

// How far the contour leaves the middle of a chord, to its left; nothing near: 0.
double sagitta(const Print& print, Point middle, Point left, double most) {
  const double curved = k_bend / std::min(print.image->pitch().x, print.image->pitch().y);
  double s = 0.0;
  for (int i = 0; i < 3; ++i) {
    const ValueAndSlope here = print.image->value_and_slope({middle.x + s * left.x, middle.y + s * left.y});
    const double along = here.slope.x * left.x + here.slope.y * left.y;
    if (along == 0.0) return 0.0;
    const double step = (print.threshold - here.value) / along;
    s += step;
    if (!(std::abs(s) < most)) return 0.0;
    if (curved * step * step < k_on_contour_nm) break;  // what Newton's step leaves
  }
  return s;
}

void append_refined(const Print& print, Point a, Point b, int depth, Polygon& out) {
  const double length = length_of(b.x - a.x, b.y - a.y);
  if (depth < k_deepest && length > 1e-3) {
    const Point left{-(b.y - a.y) / length, (b.x - a.x) / length};
    const Point middle{0.5 * (a.x + b.x), 0.5 * (a.y + b.y)};
    const double s = sagitta(print, middle, left, 0.5 * length);
    if (std::abs(s) > k_chord_nm) {
      const Point on_contour{middle.x + s * left.x, middle.y + s * left.y};
      if (std::abs(s) < k_once * k_chord_nm) {  // halves of an arc leave their chords by a quarter
        out.push_back(a), out.push_back(on_contour);
        return;
      }
      append_refined(print, a, on_contour, depth + 1, out);
      append_refined(print, on_contour, b, depth + 1, out);
      return;
    }
  }
  out.push_back(a);
}

Polygon refined(const Print& print, const Polygon& ring, const Box& samples) {
  const auto at_border = [&](const Point& p) {
    return p.x <= samples.x0 || p.x >= samples.x1 || p.y <= samples.y0 || p.y >= samples.y1;
  };
  Polygon out;
  out.reserve(2 * ring.size());
  for (std::size_t i = 0; i < ring.size(); ++i) {
    const Point &a = ring[i], &b = ring[(i + 1) % ring.size()];
    if (at_border(a) || at_border(b)) {
      out.push_back(a);
    } else {
      append_refined(print, a, b, 0, out);
    }
  }
  return out;
}

}  // namespace

std::vector<Polygon> print_outline(const Print& print, const Box& box) {
  const SampledImage& image = *print.image;
  const Point first = image.place(0, 0), pitch = image.pitch();
  const auto from = [](double at, int count) { return std::clamp(static_cast<int>(std::ceil(at)), 0, count); };
  const int x0 = from((box.x0 - first.x) / pitch.x, image.cols()), y0 = from((box.y0 - first.y) / pitch.y, image.rows());
  const int x1 = from((box.x1 - first.x) / pitch.x, image.cols()), y1 = from((box.y1 - first.y) / pitch.y, image.rows());
  if (x0 >= x1 || y0 >= y1) return {};
  const Point low = image.place(y0, x0), high = image.place(y1 - 1, x1 - 1);
  std::vector<Polygon> rings;
  for (const Polygon& ring : Tracer(print, y0, y1, x0, x1).rings())
    rings.push_back(refined(print, ring, {low.x, low.y, high.x, high.y}));
  return rings;
}

ContourDistance distance_to_contour(const Print& print, Point from, Point direction, double range) {
  const auto excess = [&](double s) {
    return print.excess({from.x + s * direction.x, from.y + s * direction.y});
  };
  const double step = 0.5 * std::min(print.image->pitch().x, print.image->pitch().y);
  const double at_site = excess(0.0);
  const double way = at_site >= 0.0 ? 1.0 : -1.0;
  double near = 0.0, near_excess = at_site;
  while (near < range) {
    const double far = std::min(near + step, range);
    const double far_excess = excess(way * far);
    if ((far_excess >= 0.0) != (at_site >= 0.0)) {
      const double part = zero_between(near_excess, far_excess, [&](double t) {
        return excess(way * (near + t * (far - near)));
      });
      return {way * (near + part * (far - near)), true};
    }
    near = far, near_excess = far_excess;
  }
  return {way * range, false};
}

}  // namespace reticle
