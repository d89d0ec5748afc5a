// SPDX-License-Identifier: Apache-2.0
#include "kernels/pixel/window_terms.h"

#include <gtest/gtest.h>

#include <cmath>

namespace reticle {
namespace {

// The band term along a line across an edge where intensity falls evenly, w being the width of the
// prints' sigmoids and d the way that the edge goes between them.
double band_of_an_edge(double width_nm, double move_nm, double grey) {
  constexpr double k_step_nm = 0.01, k_range_nm = 200.0;
  pixel::ProcessWindow<double> window{
      .corners = 3, .bands = 1, .conditions = 2, .resist_slope = 1.0 / width_nm};
  window.corner[0] = {0, 1.0, 0.0};
  window.corner[1] = {0, 1.0, 0.0};
  window.corner[2] = {1, 1.0, 0.0};
  window.band[0] = {1, 2, 1.0, grey};
  double sum = 0.0;
  for (double x = -k_range_nm; x < k_range_nm; x += k_step_nm) {
    const double intensity[2] = {move_nm - x, -x};
    double slope[2];
    sum += pixel::window_terms(window, intensity, 0.0, slope).band * k_step_nm;
  }
  return sum;
}

double coth(double x) { return 1.0 / std::tanh(x); }

TEST(WindowTerms, BandOfGreyPrintsIsTheWayOfTheEdge) {
  for (const double width : {0.5, 1.0, 3.0})
    for (const double move : {2.0, 10.0, 20.0}) {
      const double closed = move * coth(move / (2.0 * width));
      EXPECT_NEAR(band_of_an_edge(width, move, 1.0), closed, 1e-6);
      EXPECT_NEAR(band_of_an_edge(width, move, 0.0), closed - 2.0 * width, 1e-6);
    }
  EXPECT_NEAR(band_of_an_edge(1.0, 10.0, 1.0), 10.0, 1e-3);
}

}  // namespace
}  // namespace reticle
