// Patterns: bias moves edges, and only edges.
#include "litho/optics/pattern.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace reticle {
namespace {

double difference(const Pattern& a, const Pattern& b) {
  const Spectrum<double> x = pattern_spectrum(a, 6, 6), y = pattern_spectrum(b, 6, 6);
  double largest = 0.0;
  for (std::size_t i = 0; i < x.size(); ++i) largest = std::max(largest, std::abs(x.data()[i] - y.data()[i]));
  return largest;
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
  // Two halves of one shape act as the whole; of different phase each has its edge.
  Pattern halves{200, 200, 0.0, {{{{50, 0}, {100, 0}, {100, 200}, {50, 200}}, 1.0},
                                 {{{100, 0}, {150, 0}, {150, 200}, {100, 200}}, 1.0}}};
  EXPECT_LT(difference(biased(halves, 6.0), line_space(200, 106)), 1e-14);
  halves.shapes[1].transmission = -1.0;
  const Pattern moved = biased(halves, 6.0);
  EXPECT_NEAR(moved.shapes[0].polygon[1].x, 103.0, 1e-12);
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
