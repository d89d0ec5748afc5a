// SPDX-License-Identifier: Apache-2.0
// Patterns: what is refused, and that bias moves edges, and only edges.
#include "litho/optics/pattern.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <random>
#include <span>
#include <string>

#include "kernels/base/error.h"
#include "litho/geometry/polygon_area.h"

namespace reticle {
namespace {

double difference(const Pattern& a, const Pattern& b) {
  const Spectrum<double> x = pattern_spectrum(a, 6, 6), y = pattern_spectrum(b, 6, 6);
  double largest = 0.0;
  for (std::size_t i = 0; i < x.size(); ++i) largest = std::max(largest, std::abs(x.data()[i] - y.data()[i]));
  return largest;
}

PatternShape rectangle(double x0, double y0, double x1, double y1, std::complex<double> t = 1.0) {
  return {{{x0, y0}, {x1, y0}, {x1, y1}, {x0, y1}}, t};
}

PatternShape polygon(Polygon points, std::complex<double> t = 1.0) { return {std::move(points), t}; }

std::string refusal(const std::function<Pattern()>& make) {
  try {
    pattern_spectrum(make(), 2, 2);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::bad_input);
    return error.what();
  }
  return "accepted";
}

std::string refusal(std::vector<PatternShape> shapes) {
  return refusal([&] { return Pattern{200, 100, 0.0, shapes}; });
}

#define EXPECT_SAYS(text, part) EXPECT_NE((text).find(part), std::string::npos) << (text)

TEST(PatternCheck, OverlapsAreRefusedByShapeAndPlace) {
  const PatternShape a = rectangle(10, 10, 60, 50), far = rectangle(150, 10, 160, 20);
  EXPECT_SAYS(refusal({a, far, rectangle(50, 40, 90, 80)}),
              "shapes 1 and 3 overlap at x 50 .. 60, y 40 .. 50 nm");
  EXPECT_SAYS(refusal({a, a}), "shapes 1 and 2 overlap at x 10 .. 60, y 10 .. 50 nm");
  EXPECT_SAYS(refusal({a, rectangle(20, 20, 30, 30, -1.0)}), "x 20 .. 30, y 20 .. 30 nm");
  EXPECT_SAYS(refusal({a, rectangle(205, 110, 215, 120)}), "the latter (-1, -1) periods away, overlap");
  // A diamond that lies across a corner of the period meets the rectangle at its other side.
  EXPECT_SAYS(refusal({rectangle(195, 45, 199, 55), polygon({{-20, 50}, {0, 30}, {20, 50}, {0, 70}})}),
              "overlap at x 195 .. 199");
  EXPECT_SAYS(refusal({a, a}), "draw shapes of one transmission as one polygon");
}

TEST(PatternCheck, ShapesThatMeetTheirOwnCopiesAreRefused) {
  EXPECT_SAYS(refusal({rectangle(0, 0, 200.01, 50)}),
              "shape 1 overlaps its own copy (1, 0) periods away at x 200 .. 200.01, y 0 .. 50 nm");
  EXPECT_SAYS(refusal({rectangle(0, -60, 20, 50)}), "own copy (0, 1)");
  // A slanted stripe as long as the period, too thick for its rise of half a period.
  EXPECT_SAYS(refusal({polygon({{0, 0}, {400, 100}, {400, 160}, {0, 60}})}), "own copy");
}

TEST(PatternCheck, OutlinesThatCrossThemselvesOrHoldNothingAreRefused) {
  EXPECT_SAYS(refusal({polygon({{0, 0}, {80, 80}, {80, 0}, {0, 80}})}), "shape 1 crosses or covers itself");
  EXPECT_SAYS(refusal({polygon({{0, 0}, {80, 0}, {80, 80}, {40, -20}, {0, 80}})}), "crosses");
  EXPECT_SAYS(refusal({polygon({{0, 0}, {9, 0}, {9, 9}, {0, 9}, {0, 0}, {9, 0}, {9, 9}, {0, 9}})}),
              "covers itself at x 0 .. 9, y 0 .. 9 nm");
  EXPECT_SAYS(refusal({rectangle(0, 0, 9, 9), polygon({{10, 0}, {50, 40}, {90, 80}})}),
              "shape 2 has no area");
  EXPECT_SAYS(refusal({polygon({{10, 0}, {50, 40}})}), "shape 1 has 2 points");
  EXPECT_SAYS(refusal({polygon({{10, 0}, {50, 40}, {0, NAN}})}), "not a finite number");
}

TEST(PatternCheck, WhatTouchesIsLegal) {
  const double third = 200.0 / 3.0;
  const std::vector<std::vector<PatternShape>> legal = {
      {rectangle(0, 0, 100, 50), rectangle(100, 0, 200, 50, -1.0), rectangle(30, 50, 90, 100)},
      {rectangle(0, 0, 200, 50)},
      {rectangle(-30, 20, 170, 120)},
      {rectangle(150, 70, 320, 150), rectangle(-80, -30, -50, 50)},
      {rectangle(0, 0, third, 1), rectangle(third, 0, 2 * third, 1), rectangle(2 * third, 0, 200, 1)},
      // Slanted neighbours across the border; corners that touch; a hole joined by a cut, and filled.
      {polygon({{0, 0}, {400, 100}, {400, 150}, {0, 50}})},
      {rectangle(0, 0, 50, 50), rectangle(50, 50, 100, 100)},
      {polygon({{0, 0}, {90, 0}, {90, 90}, {0, 90}, {0, 30}, {30, 30}, {30, 60}, {60, 60}, {60, 30}, {0, 30}}),
       rectangle(30, 30, 60, 60, -1.0)},
      // Rounding of coordinates.
      {rectangle(0, 0, 100 + 9e-7, 50), rectangle(100, 0, 200, 50)}};
  for (std::size_t i = 0; i < legal.size(); ++i) EXPECT_EQ(refusal(legal[i]), "accepted") << i;
}

// A T of two rectangles at ninety angles: their common edges are not exact.
TEST(PatternCheck, TurnedNeighboursAreLegalAndTurnedOverlapsAreNot) {
  for (int degree = 0; degree < 90; ++degree) {
    const double c = std::cos(degree * 0.017), s = std::sin(degree * 0.017);
    const auto turned = [&](double x0, double y0, double x1, double y1) {
      PatternShape shape = rectangle(x0, y0, x1, y1);
      for (Point& p : shape.polygon) p = {c * p.x - s * p.y, s * p.x + c * p.y};
      return shape;
    };
    EXPECT_EQ(refusal({turned(0, 0, 60, 20), turned(20, 20, 33, 50)}), "accepted") << degree;
    EXPECT_SAYS(refusal({turned(0, 0, 60, 20), turned(20, 19.999, 33, 50)}), "overlap") << degree;
  }
}

TEST(PatternCheck, NamedPatternsThatDoNotFitTheirPitchAreRefused) {
  EXPECT_SAYS(refusal([] { return line_space(100, 250); }), "line_space with width_nm 250 and pitch_nm 100");
  EXPECT_SAYS(refusal([] { return isolated_line(1001, 1000); }), "at most pitch_nm");
  EXPECT_SAYS(refusal([] { return contact_array(200, 100, 90, 110); }), "height_nm 110 and pitch_nm[1] 100");
  EXPECT_SAYS(refusal([] { return dense_to_isolated(100, 110, 3); }), "width_nm 110");
  EXPECT_SAYS(refusal([] { return tip_to_tip(40, 250, 100, 200); }), "gap_nm 250");
  EXPECT_EQ(refusal([] { return line_space(100, 100); }), "accepted");
  EXPECT_EQ(refusal([] { return contact_array(200, 100, 200, 100); }), "accepted");
}

TEST(BiasedPattern, LinesThatGoOnInTheNextPeriodGrowInWidthOnly) {
  for (const double bias : {6.0, -4.0}) {
    EXPECT_LT(difference(biased(line_space(200, 80), bias), line_space(200, 80 + bias)), 1e-14);
    EXPECT_LT(difference(biased(contact_array(200, 150, 80, 60), bias), contact_array(200, 150, 80 + bias, 60 + bias)),
              1e-14);
    EXPECT_LT(difference(biased(tip_to_tip(60, 50, 180, 400), bias), tip_to_tip(60 + bias, 50 - bias, 180, 400)), 1e-14);
    EXPECT_LT(difference(biased(dense_to_isolated(150, 70, 3), bias), dense_to_isolated(150, 70 + bias, 3)), 1e-14);
  }
}

TEST(BiasedPattern, NeighboursOfAnotherKindKeepTheirEdge) {
  // Two halves of one shape act as the whole; of different phase the boundary between them stays.
  for (const double bias : {6.0, -6.0}) {
    Pattern halves{200, 200, 0.0, {rectangle(50, 0, 100, 200), rectangle(100, 0, 150, 200)}};
    EXPECT_LT(difference(biased(halves, bias), line_space(200, 100 + bias)), 1e-14);
    halves.shapes[1].transmission = -1.0;
    const Pattern moved{200, 200, 0.0, {rectangle(50 - bias / 2, 0, 100, 200), rectangle(100, 0, 150 + bias / 2, 200, -1.0)}};
    EXPECT_LT(difference(biased(halves, bias), moved), 1e-14);
  }
}

TEST(BiasedPattern, WhatIsNarrowerThanTheBiasVanishes) {
  const Pattern dots{400, 300, 0.0, {rectangle(50, 50, 150, 150), rectangle(200, 50, 320, 250)}};
  EXPECT_LT(difference(biased(dots, -110), {400, 300, 0.0, {rectangle(255, 105, 265, 195)}}), 1e-14);
  for (const double bias : {-120.0, -200.0, -1e4}) {
    EXPECT_TRUE(mask_shapes(biased(dots, bias)).empty()) << bias;
    EXPECT_EQ(mean_transmission(biased(dots, bias)), 0.0) << bias;
  }
}

TEST(BiasedPattern, WhatGrowsTogetherIsTheUnion) {
  const Pattern near{200, 100, 0.0, {rectangle(20, 10, 60, 90), rectangle(70, 10, 120, 50)}};
  const Pattern grown{200, 100, 0.0, {polygon({{14, 4}, {126, 4}, {126, 56}, {66, 56}, {66, 96}, {14, 96}})}};
  EXPECT_LT(difference(biased(near, 12.0), grown), 1e-14);
  // With its own copy, across the border too, and until nothing is left between.
  EXPECT_LT(difference(biased({200, 100, 0.0, {rectangle(20, -30, 60, 60)}}, 12.0),
                       {200, 100, 0.0, {rectangle(14, 0, 66, 100)}}), 1e-14);
  EXPECT_LT(difference(biased(near, 120.0), {200, 100, 0.0, {rectangle(0, 0, 200, 100)}}), 1e-14);
  EXPECT_LT(difference(biased(near, 1e4), {200, 100, 0.0, {rectangle(0, 0, 200, 100)}}), 1e-14);
}

TEST(BiasedPattern, GrowingShapesOfDifferentTransmissionShareAGapHalfway) {
  const Pattern near{200, 100, 0.0, {rectangle(20, 0, 60, 100), rectangle(70, 0, 120, 100, -1.0)}};
  EXPECT_LT(difference(biased(near, 12.0),
                       {200, 100, 0.0, {rectangle(14, 0, 65, 100), rectangle(65, 0, 126, 100, -1.0)}}), 1e-14);
  // A shape stops at a thin one that it could reach beyond, and does not come out on its other side.
  const Pattern thin{200, 100, 0.0, {rectangle(20, 0, 60, 100), rectangle(62, 0, 63, 100, -1.0)}};
  EXPECT_LT(difference(biased(thin, 20.0),
                       {200, 100, 0.0, {rectangle(10, 0, 61, 100), rectangle(61, 0, 73, 100, -1.0)}}), 1e-14);
}

TEST(BiasedPattern, LargePeriodsKeepAllDigits) {
  const double pitch = 1e5 / 3.0, width = 1e4 / 7.0, bias = 100.0 / 3.0;
  EXPECT_LT(difference(biased(line_space(pitch, width), bias), line_space(pitch, width + bias)), 1e-14);
  EXPECT_LT(difference(biased(contact_array(1e6, 5e5, width, width), bias),
                       contact_array(1e6, 5e5, width + bias, width + bias)), 1e-14);
}

TEST(BiasedPattern, AddsUp) {
  const Pattern lines = line_space(200, 80);
  EXPECT_LT(difference(biased(biased(lines, 4.5), 3.5), biased(lines, 8.0)), 1e-15);
  EXPECT_EQ(difference(biased(biased(lines, -300.0), 300.0), lines), 0.0);
}

// A T, an L around a corner of the period and a frame, each as one polygon and in parts that share only
// pieces of their edges.
struct Drawings {
  Pattern whole, parts;
};

std::vector<Drawings> drawings() {
  const std::complex<double> t(0.3, -0.9);
  const Polygon frame = {{20, 20}, {170, 20}, {170, 130}, {20, 130}, {20, 60},
                         {60, 60}, {60, 100}, {120, 100}, {120, 60}, {20, 60}};
  return {{{200, 150, 0.0, {polygon({{10, 100}, {70, 100}, {70, 20}, {100, 20}, {100, 100}, {160, 100}, {160, 130}, {10, 130}}, t)}},
           {200, 150, 0.0, {rectangle(10, 100, 160, 130, t), rectangle(70, 20, 100, 100, t)}}},
          {{200, 150, 1.0, {polygon({{-50, -20}, {30, -20}, {30, 60}, {0, 60}, {0, 10}, {-50, 10}}, t)}},
           {200, 150, 1.0, {rectangle(150, 130, 230, 150, t), rectangle(-50, 0, 30, 10, t), rectangle(200, 10, 230, 60, t)}}},
          {{200, 150, -0.2, {polygon(frame, t)}},
           {200, 150, -0.2, {rectangle(20, 20, 170, 60, t), rectangle(20, 100, 170, 130, t),
                             rectangle(20, 60, 60, 100, t), rectangle(120, 60, 170, 100, t)}}}};
}

TEST(Pattern, ShapesInPartsActAsTheWhole) {
  for (Drawings drawn : drawings())
    for (const double width : {0.0, 7.0})
      for (const double bias : {0.0, 9.0, -9.0, 24.0}) {
        for (Pattern* pattern : {&drawn.whole, &drawn.parts}) {
          pattern->edges = {.width_nm = width, .along_x = {0.7, 0.4}, .along_y = {0.5, -0.3}};
          pattern->bias_nm = bias;
        }
        EXPECT_LT(difference(drawn.whole, drawn.parts), 1e-14) << width << ' ' << bias;
        EXPECT_NEAR(mean_transmission(drawn.whole), mean_transmission(drawn.parts), 1e-14);
      }
}

// Random coordinates that are no decimals.
class Random {
 public:
  explicit Random(unsigned seed) : generator_(seed) {}
  double operator()(double low, double high) {
    return std::uniform_real_distribution<double>(low, high)(generator_);
  }
  int whole(int low, int high) { return std::uniform_int_distribution<int>(low, high)(generator_); }

 private:
  std::mt19937 generator_;
};

bool holds(const Polygon& polygon, Point p) {
  bool inside = false;
  for (std::size_t i = 0, j = polygon.size() - 1; i < polygon.size(); j = i++) {
    const Point &a = polygon[i], &b = polygon[j];
    if ((a.y > p.y) != (b.y > p.y) && p.x < a.x + (p.y - a.y) / (b.y - a.y) * (b.x - a.x)) inside = !inside;
  }
  return inside;
}

// Sum of what shapes within the period put on a point: more than one of them would show.
std::complex<double> transmission_at(std::span<const PatternShape> shapes, Point p) {
  std::complex<double> sum = 0.0;
  for (const PatternShape& shape : shapes)
    if (holds(shape.polygon, p)) sum += shape.transmission;
  return sum;
}

bool is_legal(const Pattern& pattern) {
  try {
    validate(pattern);
  } catch (const Error&) {
    return false;
  }
  return true;
}

constexpr std::complex<double> k_kinds[] = {1.0, -1.0, {0.0, 0.5}};

// Pixels of a periodic raster: background -1, else the index of a transmission.
struct Raster {
  static constexpr int k_width = 24, k_height = 18;
  int kind[k_height][k_width];

  // To the nearest pixel of the kinds that count: distance in the larger of both directions, then in the
  // smaller. In pixels.
  template <class Counts>
  std::pair<double, double> distance(Point p, Counts counts) const {
    std::pair<double, double> nearest{1e9, 1e9};
    for (int y = -k_height; y < 2 * k_height; ++y)
      for (int x = -k_width; x < 2 * k_width; ++x) {
        if (!counts(kind[(y + k_height) % k_height][(x + k_width) % k_width])) continue;
        const double dx = std::max({0.0, x - p.x, p.x - x - 1}), dy = std::max({0.0, y - p.y, p.y - y - 1});
        nearest = std::min(nearest, {std::max(dx, dy), std::min(dx, dy)});
      }
    return nearest;
  }
};

// Random rectangles that may touch and wrap, on pixels of a size that is no decimal.
TEST(BiasedPattern, AgreesWithARasterOfThePeriodicPlane) {
  constexpr double k_pixel_nm = 3.141592653589793, k_undecided = 1e-5;
  int points = 0;
  for (unsigned seed = 0; seed < 150; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Random random(seed);
    Pattern pattern{Raster::k_width * k_pixel_nm, Raster::k_height * k_pixel_nm, 0.0, {}};
    Raster raster;
    for (auto& row : raster.kind) std::fill(std::begin(row), std::end(row), -1);
    for (int i = 0; i < 12; ++i) {
      const int x = random.whole(-10, 30), y = random.whole(-10, 30), w = random.whole(1, 9), h = random.whole(1, 9);
      const int kind = random.whole(0, seed % 3);
      Pattern more = pattern;
      more.shapes.push_back(rectangle(x * k_pixel_nm, y * k_pixel_nm, (x + w) * k_pixel_nm, (y + h) * k_pixel_nm, k_kinds[kind]));
      if (!is_legal(more)) continue;
      pattern = more;
      for (int v = y; v < y + h; ++v)
        for (int u = x; u < x + w; ++u)
          raster.kind[(v + 36) % Raster::k_height][(u + 48) % Raster::k_width] = kind;
    }
    const double move = random(-2.5, 3.5);  // pixels
    const std::vector<PatternShape> shapes = mask_shapes(biased(pattern, 2.0 * move * k_pixel_nm));
    for (int i = 0; i < 60; ++i) {
      const Point p{random(0, Raster::k_width), random(0, Raster::k_height)};
      int expected = raster.kind[static_cast<int>(p.y)][static_cast<int>(p.x)];
      bool decided = true;
      if (move < 0.0) {
        const double away = raster.distance(p, [](int kind) { return kind < 0; }).first;
        if (away < -move) expected = -1;
        decided = std::abs(away + move) > k_undecided;
      } else if (expected < 0) {
        std::pair<double, double> best{move, 0.0};
        for (int kind = 0; kind < 3; ++kind) {
          const auto d = raster.distance(p, [&](int other) { return other == kind; });
          if (std::abs(d.first - best.first) < k_undecided && std::abs(d.second - best.second) < k_undecided)
            decided = false;
          if (std::abs(d.first - move) < k_undecided) decided = false;
          const bool tie = std::abs(d.first - best.first) < k_undecided;
          if (tie ? expected >= 0 && d.second < best.second : d.first < best.first) {
            best = d;
            expected = kind;
          }
        }
      }
      if (!decided) continue;
      ++points;
      const std::complex<double> t = expected < 0 ? 0.0 : k_kinds[expected];
      EXPECT_EQ(transmission_at(shapes, {p.x * k_pixel_nm, p.y * k_pixel_nm}), t) << p.x << ' ' << p.y << ' ' << move;
    }
  }
  EXPECT_GT(points, 8500);
}

// A convex shape's edges move over a point when the farthest of them does.
double reach(const Polygon& polygon, Point p) {
  double farthest = -1e9;
  for (std::size_t i = 0; i < polygon.size(); ++i) {
    const Point &a = polygon[i], &b = polygon[(i + 1) % polygon.size()];
    farthest = std::max(farthest, ((b.y - a.y) * (p.x - a.x) - (b.x - a.x) * (p.y - a.y)) / std::hypot(b.x - a.x, b.y - a.y));
  }
  return farthest;
}

// Triangles and turned rectangles that stand apart, by their edges' equations.
TEST(BiasedPattern, AgreesWithTheEdgesOfSlantedShapes) {
  int points = 0;
  for (unsigned seed = 0; seed < 150; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Random random(seed);
    Pattern pattern{random(150, 250), random(150, 250), 0.0, {}};
    for (int i = 0; i < 12; ++i) {
      const double x = random(-200, 400), y = random(-200, 400), angle = random(0, 7), size = random(5, 60);
      const double c = size * std::cos(angle), s = size * std::sin(angle), flat = random(0.3, 1.0);
      Polygon points_nm = {{x, y}, {x + c, y + s}, {x + c - flat * s, y + s + flat * c}, {x - flat * s, y + flat * c}};
      if (i % 2) points_nm.pop_back();
      Pattern more = pattern;
      more.shapes.push_back({points_nm, k_kinds[random.whole(0, seed % 3)]});
      if (is_legal(more)) pattern = more;
    }
    const double move = random(-8, 25);
    const std::vector<PatternShape> shapes = mask_shapes(biased(pattern, 2.0 * move));
    for (int i = 0; i < 60; ++i) {
      const Point p{random(0, pattern.period_x_nm), random(0, pattern.period_y_nm)};
      double best = 1e9, second = 1e9;
      std::complex<double> expected;
      for (const PatternShape& shape : pattern.shapes)
        for (int ky = -4; ky <= 4; ++ky)
          for (int kx = -4; kx <= 4; ++kx) {
            const double d = reach(shape.polygon, {p.x + kx * pattern.period_x_nm, p.y + ky * pattern.period_y_nm});
            if (d < best) {
              if (shape.transmission != expected) second = best;
              best = d;
              expected = shape.transmission;
            } else if (shape.transmission != expected) {
              second = std::min(second, d);
            }
          }
      if (std::abs(best - move) < 1e-4 || std::abs(second - best) < 1e-4) continue;
      ++points;
      EXPECT_EQ(transmission_at(shapes, p), best < move ? expected : 0.0) << p.x << ' ' << p.y << ' ' << move;
    }
  }
  EXPECT_GT(points, 8500);
}

// Cut up at random, drawn whole periods away, either way round.
TEST(Pattern, CutsShiftsAndOrientationDoNotMatter) {
  for (unsigned seed = 0; seed < 40; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Random random(seed);
    const double angle = seed % 2 ? random(0, 7) : 0.0, c = std::cos(angle), s = std::sin(angle);
    const double px = random(300, 400), py = random(300, 400), x0 = random(-500, 500), y0 = random(-500, 500);
    const auto turned = [&](double x, double y) { return Point{x0 + c * x - s * y, y0 + s * x + c * y}; };
    // A rectangle and one beside it of another kind; the first in columns, each in boxes.
    const double w = random(60, 120), h = random(60, 120);
    Pattern whole{px, py, 0.2, {{{turned(0, 0), turned(w, 0), turned(w, h), turned(0, h)}, 1.0},
                                {{turned(w, 10), turned(w + 30, 10), turned(w + 30, h + 20), turned(w, h + 20)}, -1.0}}};
    Pattern parts{px, py, 0.2, {whole.shapes[1]}};
    for (double left = 0.0; left < w;) {
      const double right = std::min(left + random(10, 60), w);
      for (double low = 0.0; low < h;) {
        const double high = std::min(low + random(10, 60), h);
        PatternShape part{{turned(left, low), turned(right, low), turned(right, high), turned(left, high)}, 1.0};
        const double kx = random.whole(-2, 2) * px, ky = random.whole(-2, 2) * py;
        for (Point& p : part.polygon) p = {p.x + kx, p.y + ky};
        if (random.whole(0, 1)) std::reverse(part.polygon.begin(), part.polygon.end());
        parts.shapes.push_back(part);
        low = high;
      }
      left = right;
    }
    for (const double width : {0.0, 6.0})
      for (const double bias : {0.0, random(0.1, 20), -random(0.1, 20)}) {
        for (Pattern* pattern : {&whole, &parts}) {
          pattern->edges = {.width_nm = width, .along_x = {0.7, 0.4}, .along_y = {0.5, -0.3}};
          pattern->bias_nm = bias;
        }
        // Bias may move outlines of about 1 um in 1e5 nm2 by 1e-9 nm.
        EXPECT_LT(difference(whole, parts), bias == 0.0 ? 1e-13 : 1e-11) << width << ' ' << bias;
      }
  }
}

TEST(BiasedPattern, SlantedCornersMeetWhereMovedEdgesDo) {
  // A triangle of inradius 10, a circle's polygon, and a diamond of two transmissions whose boundary stays.
  const Pattern triangle{200, 200, 0.0, {polygon({{50, 50}, {80, 50}, {50, 90}})}};
  EXPECT_NEAR(mean_transmission(biased(triangle, 4.0)) * 4e4, 600 * 1.44, 1e-9);
  EXPECT_NEAR(mean_transmission(biased(triangle, -4.0)) * 4e4, 600 * 0.64, 1e-9);
  const auto round = [](double radius) {
    Pattern pattern{200, 200, 0.0, {{}}};
    for (int i = 0; i < 64; ++i)
      pattern.shapes[0].polygon.push_back({radius * std::cos(i * 0.03125 * M_PI), radius * std::sin(i * 0.03125 * M_PI)});
    return pattern;
  };
  for (const double bias : {-5.0, 5.0})
    EXPECT_LT(difference(biased(round(60), bias), round(60 + 0.5 * bias / std::cos(M_PI / 64))), 1e-13);
  const auto diamond = [](double r) {
    return Pattern{200, 200, 0.0, {polygon({{100, 100 - r}, {100, 100 + r}, {100 - r, 100}}),
                                   polygon({{100, 100 - r}, {100 + r, 100}, {100, 100 + r}}, -1.0)}};
  };
  for (const double bias : {-8.0, 8.0})
    EXPECT_LT(difference(biased(diamond(50), bias), diamond(50 + bias / std::sqrt(2.0))), 1e-13);
  // A needle of 0.1 degrees is cut off ten times the distance from its tip.
  const Pattern needle{400, 200, 0.0, {polygon({{100, 100}, {200, 99.9}, {200, 100.1}})}};
  double left = 1e9;
  for (const PatternShape& shape : mask_shapes(biased(needle, 4.0)))
    for (const Point& p : shape.polygon) left = std::min(left, p.x);
  EXPECT_NEAR(left, 100.0 - 20.0, 1e-9);
}

// A line with strips along its two sides is three rectangles; of a dark line the strips lie beside it.
TEST(EdgeLayer, StripsOfLinesAreRectangles) {
  const std::complex<double> factor(0.7, 0.4);
  const auto bar = [](double x0, double x1, std::complex<double> t) {
    return PatternShape{{{x0, 0}, {x1, 0}, {x1, 200}, {x0, 200}}, t};
  };
  Pattern clear = line_space(200, 80);  // 60 .. 140
  clear.edges = {.width_nm = 5.0, .along_x = 0.1, .along_y = factor};
  const Pattern parts{200, 200, 0.0, {bar(60, 65, factor), bar(65, 135, 1.0), bar(135, 140, factor)}};
  EXPECT_LT(difference(clear, parts), 1e-14);
  EXPECT_NEAR(mean_transmission(clear), mean_transmission(parts), 1e-14);

  Pattern dark{200, 200, 1.0, {bar(60, 140, 0.0)}};
  dark.edges = clear.edges;
  const Pattern around{200, 200, 1.0, {bar(55, 60, factor), bar(60, 140, 0.0), bar(140, 145, factor)}};
  EXPECT_LT(difference(dark, around), 1e-14);
  EXPECT_NEAR(mean_transmission(dark), mean_transmission(around), 1e-14);
}

// Lines of opposite phase side by side, one of them drawn as background or not.
TEST(EdgeLayer, EquallyClearSidesBothHaveAStrip) {
  Pattern both{200, 100, 0.0, {rectangle(20, 0, 120, 100), rectangle(120, 0, 220, 100, -1.0)}};
  Pattern one{200, 100, -1.0, {rectangle(20, 0, 120, 100)}}, other{200, 100, 1.0, {rectangle(120, 0, 220, 100, -1.0)}};
  for (Pattern* pattern : {&both, &one, &other}) pattern->edges = {.width_nm = 5.0, .along_y = {0.7, 0.4}};
  EXPECT_LT(difference(both, one), 1e-14);
  EXPECT_LT(difference(both, other), 1e-14);
  // A shape no clearer than its neighbour has none there.
  Pattern grey{200, 100, 0.0, {rectangle(20, 0, 120, 100), rectangle(120, 0, 220, 100, -0.5)}};
  grey.edges = both.edges;
  const std::complex<double> strip(0.7, 0.4);
  const Pattern parts{200, 100, -0.5, {rectangle(20, 0, 25, 100, strip), rectangle(25, 0, 115, 100), rectangle(115, 0, 120, 100, strip)}};
  EXPECT_LT(difference(grey, parts), 1e-14);
}

TEST(EdgeLayer, TurnsWithThePatternAndItsDirections) {
  Pattern contacts = contact_array(200, 200, 80, 60);
  contacts.edges = {.width_nm = 4.0, .along_x = {0.5, 0.2}, .along_y = {0.8, -0.1}};
  Pattern turned = contact_array(200, 200, 60, 80);
  turned.edges = {.width_nm = 4.0, .along_x = contacts.edges.along_y, .along_y = contacts.edges.along_x};
  const Spectrum<double> a = pattern_spectrum(contacts, 6, 6), b = pattern_spectrum(turned, 6, 6);
  for (int m = -6; m <= 6; ++m)
    for (int n = -6; n <= 6; ++n) EXPECT_LT(std::abs(a.at(m, n) - b.at(n, m)), 1e-14);
}

}  // namespace
}  // namespace reticle
