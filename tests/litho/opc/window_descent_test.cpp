// SPDX-License-Identifier: Apache-2.0
#include "litho/opc/window_descent.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "litho/assist/print_check.h"
#include "litho/geometry/rasterize.h"
#include "litho/opc/edge_clip.h"
#include "litho/opc/outline.h"
#include "litho/opc/rectilinear.h"
#include "litho/rules/rule_check.h"
#include "litho/verification/evaluation.h"
#include "tests/litho/chip/chip_model.h"

namespace reticle {
namespace {

const Box k_field{0, 0, 1024, 1024};

// Symmetric about both middles of the field.
std::vector<Polygon> crossed() {
  return {{{300, 452}, {452, 452}, {452, 300}, {572, 300}, {572, 452}, {724, 452}, {724, 572}, {572, 572}, {572, 724}, {452, 724},
           {452, 572}, {300, 572}}};
}

struct Case {
  OpticalModel model = test::annular_model();
  IltSettings window = resolved(IltSettings{}, model);
  EdgeSettings edges;

  explicit Case(int iterations = 40) {
    edges.opc.descent.iterations = iterations;
    edges.opc.descent.band_weight = 1.0;
    edges.rectilinear_nm = 30.0;
    edges = resolved(edges, window, model);
  }
  double loss(const std::vector<Polygon>& rings, const Design& design) {
    const Grid grid{.rows = 1024, .cols = 1024, .pixel_nm = 1.0};
    const Image<std::uint8_t> mask = rasterize_rings_binary(rings, grid);
    const MaskReport report = evaluate(model, window, mask.view(), grid, design).report;
    return report.l2_nm2 + report.pv_band_nm2;
  }
};

class WindowDescentOf : public testing::TestWithParam<double> {};
INSTANTIATE_TEST_SUITE_P(Placement, WindowDescentOf, testing::Values(0.0, 0.2));

TEST_P(WindowDescentOf, DerivativeIsThatOfTheLoss) {
  Case c;
  c.edges.opc.descent.placement_weight = GetParam();
  WindowDescent descent(c.model, c.window, c.edges.opc.descent);
  const FragmentedDesign design = fragment(outlines(crossed()), k_field, c.edges.opc);
  const Image<float> target = rasterize(crossed(), descent.grid(k_field));
  std::vector<double> d(design.fragments.size()), derivative, unused;
  for (std::size_t j = 0; j < d.size(); ++j) d[j] = 4.0 * std::sin(1.7 * static_cast<double>(j));
  descent.loss(design, d, target, 0.0, derivative);
  // Each part of the derivative adds up in the first direction; in the second most cancel.
  std::vector<double> up(d.size()), along(d.size());
  for (std::size_t j = 0; j < d.size(); ++j) up[j] = derivative[j] < 0.0 ? -1.0 : 1.0, along[j] = std::cos(2.3 * static_cast<double>(j));
  for (const std::vector<double>& direction : {up, along}) {
    double expected = 0.0, parts = 0.0;
    for (std::size_t j = 0; j < d.size(); ++j) expected += derivative[j] * direction[j], parts += std::abs(derivative[j] * direction[j]);
    const auto at = [&](double t) {
      std::vector<double> moved = d;
      for (std::size_t j = 0; j < d.size(); ++j) moved[j] += t * direction[j];
      return descent.loss(design, moved, target, 0.0, unused);
    };
    constexpr double h = 0.05;  // the loss is in single precision
    const double slope = (8.0 * (at(h) - at(-h)) - (at(2 * h) - at(-2 * h))) / (12.0 * h);
    EXPECT_NEAR(slope, expected, 1e-4 * parts);
  }
}

TEST(WindowDescent, LowersWhatIsMeasuredBelowTheSolvers) {
  Case with, without(0);
  const Design design{.polygons = crossed(), .window = k_field};
  const auto measured = [&](Case& c) {
    EdgeCorrector corrector(c.model, c.window, c.edges.opc);
    const EdgeClip clip = correct_clip(corrector, c.model, c.window, c.edges, design);
    return c.loss(clip.correction.rings, design);
  };
  EXPECT_LT(measured(with), 0.99 * measured(without));
}

TEST(WindowDescent, WeightOfPlacementLeavesSmallerSquaresOfErrors) {
  Case with(120), without(120);
  with.edges.opc.descent.placement_weight = 2.0;
  WindowDescent weighed(with.model, with.window, with.edges.opc.descent), other(without.model, without.window, without.edges.opc.descent);
  const FragmentedDesign design = fragment(outlines(crossed()), k_field, with.edges.opc);
  const Image<float> target = rasterize(crossed(), other.grid(k_field));
  const MoveLimits limits(design, with.edges.opc);
  const std::vector<bool> free(design.fragments.size(), true);
  const auto squares = [&](WindowDescent& descent) {
    const std::vector<double> d = descent.run(design, std::vector<double>(free.size()), free, limits, target);
    std::vector<double> unused;
    return weighed.loss(design, d, target, 1.0, unused) - other.loss(design, d, target, 1.0, unused);
  };
  EXPECT_LT(squares(weighed), squares(other));
}

void expect_level_and_upright(const std::vector<Polygon>& rings) {
  for (const Polygon& ring : rings)
    for (std::size_t i = 0, j = ring.size() - 1; i < ring.size(); j = i++)
      EXPECT_TRUE(ring[i].x == ring[j].x || ring[i].y == ring[j].y);
}

TEST(Rectilinear, SquaresAreThoseMostlyCovered) {
  const Grid grid{.rows = 64, .cols = 64, .pixel_nm = 2.0, .origin_x_nm = 10.0, .origin_y_nm = 0.0};
  Image<std::uint8_t> mask(64, 64);
  for (int y = 17; y < 49; ++y)
    for (int x = 17; x < 30; ++x) mask(y, x) = 1;  // squares of eight pixels: a third of one, then two wholly, less than half
  const std::vector<Polygon> rings = rectilinear_rings(mask.view(), grid, 16.0);
  ASSERT_EQ(rings.size(), 1u);
  const std::vector<Polygon> expected = {{{42, 32}, {74, 32}, {74, 96}, {42, 96}}};
  const Grid fine{.rows = 128, .cols = 128, .pixel_nm = 1.0, .origin_x_nm = 10.0, .origin_y_nm = 0.0};
  EXPECT_EQ(rasterize_binary(rings, fine), rasterize_binary(expected, fine));
}

TEST(Rectilinear, MasksHaveLevelAndUprightEdgesObeyTheRulesAndPrintBetterThanTheirSquares) {
  Case c;
  const Design design{.polygons = crossed(), .window = k_field};
  const Grid grid{.rows = 1024, .cols = 1024, .pixel_nm = 1.0};
  Image<std::uint8_t> round(1024, 1024);  // a curved mask: a disc between two assist features
  for (int y = 0; y < 1024; ++y)
    for (int x = 0; x < 1024; ++x) round(y, x) = std::hypot(x - 511.5, y - 511.5) < 200 || std::hypot(x - 511.5, std::abs(y - 511.5) - 349) < 30;
  const EdgeClip clip = rectilinear_clip(c.model, c.window, c.edges, design, round.view(), grid);
  expect_level_and_upright(clip.correction.rings);
  EXPECT_TRUE(check_mask(BitImage(clip.mask), clip.grid, c.window.mask_rules).empty());
  EXPECT_LT(c.loss(clip.correction.rings, design), 0.8 * c.loss(rectilinear_rings(round.view(), grid, 30.0), design));
  // The model is symmetric about x.
  for (int y = 0; y < 512; ++y)
    for (int x = 0; x < 1024; ++x) ASSERT_EQ(clip.mask(y, x), clip.mask(1023 - y, x)) << x << ", " << y;
}

std::vector<PrintedAssist> printed_beside(const OpticalModel& model, const std::vector<Polygon>& rings, const Design& design, double dose) {
  const Grid mask{.rows = 1024, .cols = 1024, .pixel_nm = 1.0}, coarse{.rows = 256, .cols = 256, .pixel_nm = 4.0};
  Simulator<float> simulator(model);
  const Image<float> cover = rasterize_rings(rings, mask);
  return printed_assists(model, simulator, simulator.mask_spectrum(cover.view()), BitImage(rasterize_binary(design.polygons, coarse)), coarse, dose);
}

// Two assist features beside the cross, all of whose squares print at 5 %. Edges that give way to rules bring prints back: of
// some shapes others can move instead, others have to go.
TEST(Rectilinear, NoAssistFeaturePrintsAtTheMargin) {
  struct Kind {
    const char* name;
    bool (*covers)(double x, double y);  // from the middle
    double margin;
    std::size_t rings;
  };
  const auto arc = [](double x, double y) { return std::hypot(x, y) > 320 && std::hypot(x, y) < 395 && x < 220; };
  const auto stepped = [](double x, double y) { return std::abs(y - 370) < 40 && x < (y > 370 ? 90 : 150); };
  const auto bar = [](double x, double y) { return std::abs(y - 370) < 70 && x < 150; };
  const Design design{.polygons = crossed(), .window = k_field};
  const Grid grid{.rows = 1024, .cols = 1024, .pixel_nm = 1.0};
  for (const Kind& kind : {Kind{"arc", arc, 0.05, 3}, Kind{"arc", arc, 0.5, 3}, Kind{"stepped", stepped, 0.5, 3},
                           Kind{"bar", bar, 0.05, 3}, Kind{"bar", bar, 0.5, 1}}) {
    SCOPED_TRACE(testing::Message() << kind.name << ", " << kind.margin);
    Case c;
    c.window.assist_dose_margin = kind.margin;
    Image<std::uint8_t> mask(1024, 1024);
    for (int y = 0; y < 1024; ++y)
      for (int x = 0; x < 1024; ++x) {
        const double dx = std::abs(x - 511.5), dy = std::abs(y - 511.5);
        mask(y, x) = std::hypot(dx, dy) < 200 || kind.covers(dx, dy);
      }
    EXPECT_FALSE(printed_beside(c.model, rectilinear_rings(mask.view(), grid, 30.0), design, 1.05).empty());
    const EdgeClip clip = rectilinear_clip(c.model, c.window, c.edges, design, mask.view(), grid);
    const EdgeCorrection& result = clip.correction;
    EXPECT_TRUE(printed_beside(c.model, result.rings, design, 1.0 + kind.margin).empty());
    EXPECT_EQ(result.rings.size(), kind.rings);
    expect_level_and_upright(result.rings);
    EXPECT_TRUE(check_mask(BitImage(clip.mask), clip.grid, c.window.mask_rules).empty());
    EXPECT_TRUE(clip.broken_rules.empty());
    EXPECT_EQ(moved_rings(result.design, result.displacements), result.rings);
    for (int y = 0; y < 512; ++y)  // the model is symmetric about x
      for (int x = 0; x < 1024; ++x) ASSERT_EQ(clip.mask(y, x), clip.mask(1023 - y, x)) << x << ", " << y;
  }
}

}  // namespace
}  // namespace reticle
