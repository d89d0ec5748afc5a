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

}  // namespace
}  // namespace reticle
