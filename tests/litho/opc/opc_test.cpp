// SPDX-License-Identifier: Apache-2.0
#include "litho/opc/opc.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "kernels/base/error.h"
#include "litho/assist/model_assists.h"
#include "litho/assist/rule_assists.h"
#include "litho/opc/edge_clip.h"
#include "litho/opc/outline.h"
#include "litho/verification/evaluation.h"
#include "tests/litho/chip/chip_model.h"

namespace reticle {
namespace {

const Box k_field{0, 0, 1024, 1024};

struct Case {
  OpticalModel model = test::annular_model();
  IltSettings window = resolved(IltSettings{}, model);
  OpcSettings settings = resolved(OpcSettings{}, window, model);

  EdgeCorrection correct(const std::vector<Polygon>& shapes, OpcSettings with) const {
    EdgeCorrector corrector(model, window, with);
    return corrector.correct({.design = fragment(outlines(shapes), k_field, with), .start = {}, .free = {}, .assists = {}},
                             k_field);
  }
  EdgeCorrection correct(const std::vector<Polygon>& shapes) const { return correct(shapes, settings); }
};

// Lines with a jog and a line end, all wider than the resolution.
std::vector<Polygon> lines(double dx = 0.0, double dy = 0.0) {
  std::vector<Polygon> out{{{150, 200}, {290, 200}, {290, 800}, {150, 800}},
                           {{450, 200}, {590, 200}, {590, 520}, {640, 520}, {640, 820}, {500, 820}, {500, 560}, {450, 560}},
                           {{760, 300}, {900, 300}, {900, 700}, {760, 700}}};
  for (Polygon& p : out)
    for (Point& q : p) q = {q.x + dx, q.y + dy};
  return out;
}

std::vector<Point> corners(const std::vector<Polygon>& rings) {
  std::vector<Point> out;
  for (const Polygon& ring : rings) out.insert(out.end(), ring.begin(), ring.end());
  std::sort(out.begin(), out.end(), [](Point a, Point b) { return std::pair(a.x, a.y) < std::pair(b.x, b.y); });
  return out;
}

void expect_same(const std::vector<Point>& a, const std::vector<Point>& b) {
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    EXPECT_NEAR(a[i].x, b[i].x, 1e-6);
    EXPECT_NEAR(a[i].y, b[i].y, 1e-6);
  }
}

TEST(EdgeCorrection, BringsThePrintToTheDrawing) {
  Case c;
  for (const OpcSolver solver : {OpcSolver::gauss_newton, OpcSolver::feedback}) {
    OpcSettings settings = c.settings;
    settings.solver = solver;
    settings.guard_weight = 0.0;
    settings.window_weight = 0.0;
    settings.iterations = solver == OpcSolver::feedback ? 30 : 8;
    const EdgeCorrection result = c.correct(lines(), settings);
    EXPECT_GT(result.history.front().mean_abs_nm, 5.0);
    EXPECT_LT(result.history.back().mean_abs_nm, 2.5) << to_string(result.end);
  }
}

TEST(EdgeCorrection, CorrectsLinesThatAreTheFilm) {
  Case c;
  c.model.mask.drawn_side = DrawnSide::opaque;
  c.model.resist.tone = PrintTone::unexposed;
  OpcSettings settings = c.settings;
  settings.guard_weight = 0.0;
  const EdgeCorrection result = c.correct(lines(), settings);
  EXPECT_GT(result.history.front().mean_abs_nm, 4.0);
  EXPECT_LT(result.history.back().mean_abs_nm, 2.5) << to_string(result.end);
}

TEST(EdgeCorrection, ShiftedDesignsHaveShiftedMasks) {
  Case c;
  std::vector<Point> here = corners(c.correct(lines()).rings);
  const std::vector<Point> there = corners(c.correct(lines(32, -64)).rings);
  for (Point& p : here) p = {p.x + 32, p.y - 64};
  expect_same(here, there);
}

TEST(EdgeCorrection, MirroredDesignsHaveMirroredMasks) {
  // The model's source has seven points, symmetric about x.
  Case c;
  const auto mirrored = [](std::vector<Polygon> shapes) {
    for (Polygon& p : shapes) {
      for (Point& q : p) q.y = 1024.0 - q.y;
      std::reverse(p.begin(), p.end());
    }
    return shapes;
  };
  expect_same(corners(mirrored(c.correct(lines()).rings)), corners(c.correct(mirrored(lines())).rings));
}

TEST(EdgeCorrection, GapsThatWouldBridgeAtTheWindowsOuterCornerAreSolvedAgain) {
  // Long sides of lines face each other across gaps of 0.35 shortest waves; guards alone ask for next to nothing.
  Case c;
  c.window = resolved(IltSettings{.dose_latitude = 0.08}, c.model);
  const double gap = std::round(0.35 * shortest_wave_nm(c.model)), width = 2.0 * gap;
  std::vector<Polygon> shapes;
  std::vector<Point> middles;
  for (int k = 0; k < 3; ++k) {
    const double x = 300.0 + k * (width + gap);
    shapes.push_back({{x, 250}, {x + width, 250}, {x + width, 770}, {x, 770}});
    for (double y = 350.0; k < 2 && y <= 670.0; y += 20.0) middles.push_back({x + width + 0.5 * gap, y});
  }
  const auto bridges = [&](int rounds) {
    OpcSettings settings = c.settings;
    settings.guard_margin = 0.02;
    settings.fault_rounds = rounds;
    const EdgeCorrection result = c.correct(shapes, settings);
    EdgeCorrector corrector(c.model, c.window, settings);
    const std::vector<double> near = corrector.nearness(result.rings, middles, k_field);
    return std::count_if(near.begin(), near.end(), [](double share) { return share >= 0.0; });
  };
  EXPECT_GT(bridges(0), 0);
  EXPECT_EQ(bridges(4), 0);
}

TEST(EdgeCorrection, WhatLiesFarFromAFaultStaysAsItWas) {
  Case c;
  c.window = resolved(IltSettings{.dose_latitude = 0.08}, c.model);
  const double wave = shortest_wave_nm(c.model), gap = std::round(0.35 * wave);
  // Two lines that bridge, and one further off than anything moves for them.
  const double far = 300.0 + 4.0 * gap + std::round(3.0 * wave);
  const std::vector<Polygon> shapes{{{200, 250}, {200 + 2 * gap, 250}, {200 + 2 * gap, 770}, {200, 770}},
                                    {{200 + 3 * gap, 250}, {200 + 5 * gap, 250}, {200 + 5 * gap, 770}, {200 + 3 * gap, 770}},
                                    {{far, 300}, {far + 2 * gap, 300}, {far + 2 * gap, 700}, {far, 700}}};
  OpcSettings settings = c.settings;
  settings.guard_margin = 0.02;
  settings.fault_rounds = 0;
  const EdgeCorrection without = c.correct(shapes, settings);
  settings.fault_rounds = 4;
  const EdgeCorrection with = c.correct(shapes, settings);
  EXPECT_EQ(with.rings[2], without.rings[2]);
  EXPECT_NE(with.displacements, without.displacements);
}

// What two tiles make of a seam's surroundings differs by what the print hardly tells.
TEST(EdgeCorrection, ARefinedCorrectionMovesWhatThePrintTellsAndLittleElse) {
  const Case c;
  OpcSettings settings = c.settings;
  settings.fault_rounds = 0;
  const EdgeCorrection first = c.correct(lines(), settings);
  const auto again = [&](bool refines) {
    EdgeCorrector corrector(c.model, c.window, settings);
    return corrector.correct({.design = first.design, .start = first.displacements, .free = {}, .assists = {}, .refines = refines}, k_field);
  };
  const auto moved = [&](const EdgeCorrection& to) {
    double sum = 0.0;
    for (std::size_t i = 0; i < to.displacements.size(); ++i) sum += std::abs(to.displacements[i] - first.displacements[i]);
    return sum;
  };
  const EdgeCorrection refined = again(true), solved = again(false);
  EXPECT_LT(moved(refined), moved(solved));
  EXPECT_LT(refined.history.back().mean_abs_nm, 1.02 * first.history.back().mean_abs_nm);
}

TEST(EdgeCorrection, SaysWhenItStalls) {
  Case c;
  OpcSettings settings = c.settings;
  settings.solver = OpcSolver::feedback;
  settings.gain = 2.0;  // overshoots
  settings.iterations = 40;
  settings.smoothness = 0.0;
  EXPECT_EQ(c.correct(lines(), settings).end, OpcEnd::stalled);
}

TEST(OpcSettings, ContradictionsAreNamed) {
  Case c;
  const auto refused = [&](OpcSettings settings, const char* key) {
    try {
      resolved(settings, c.window, c.model);
      return false;
    } catch (const Error& error) {
      return error.code() == ErrorCode::bad_input && std::string(error.what()).find(key) != std::string::npos;
    }
  };
  EXPECT_TRUE(refused({.run_nm = 2.0, .mask_grid_nm = 5.0}, "run_nm"));
  EXPECT_TRUE(refused({.max_move_nm = 10.0, .bias_nm = 12.0}, "bias_nm"));
  EXPECT_TRUE(refused({.iterations = -1}, "iterations"));
}

TEST(EdgeCorrection, SaysWhichEdgesCannotPrint) {
  Case c;
  std::vector<Polygon> shapes = lines();
  shapes.push_back({{480, 60}, {500, 60}, {500, 80}, {480, 80}});  // a sixth of the resolution
  OpcSettings settings = c.settings;
  settings.max_move_nm = 10.0;  // farther, and it would be large enough
  const EdgeCorrection result = c.correct(shapes, settings);
  EXPECT_NE(result.remark.find("line end"), std::string::npos) << result.remark;
  EXPECT_EQ(c.correct(lines()).remark.find("resolution"), std::string::npos);
}

TEST(RuleAssists, FollowTheTableAndKeepTheirDistance) {
  // A line alone, and two lines whose space takes one bar.
  const std::vector<Polygon> shapes{{{100, 100}, {170, 100}, {170, 900}, {100, 900}},
                                    {{370, 100}, {440, 100}, {440, 900}, {370, 900}}};
  const AssistSettings settings{.method = AssistMethod::rules, .rules = {{150, 1, 40, 0}, {300, 2, 30, 80}},
                                .minimum_length_nm = 100, .spacing_nm = 40, .end_gap_nm = 60};
  const std::vector<Polygon> bars = rule_assists(outlines(shapes), settings, 1.0);
  std::vector<std::pair<double, double>> upright;
  for (const Polygon& bar : bars)
    if (bar[2].y - bar[0].y > bar[2].x - bar[0].x) upright.push_back({bar[0].x, bar[2].x});
  std::sort(upright.begin(), upright.end());
  EXPECT_EQ(upright, (std::vector<std::pair<double, double>>{{-10, 20}, {250, 290}, {520, 550}}));
}

TEST(RuleAssists, AreNotPutBesideFacetsOfCurvesThatHappenToBeLevel) {
  const AssistSettings settings{.method = AssistMethod::rules, .rules = {{300, 2, 30, 80}},
                                .minimum_length_nm = 100, .spacing_nm = 40, .end_gap_nm = 60};
  const auto polygon = [](int sides) {  // of edges 150 nm long, four of them level
    const double radius = 75.0 / std::sin(std::numbers::pi / sides);
    Polygon ring;
    for (int i = 0; i < sides; ++i) {
      const double angle = 2.0 * std::numbers::pi * (i + 0.5) / sides;
      ring.push_back({std::round(radius * std::cos(angle)), std::round(radius * std::sin(angle))});
    }
    return ring;
  };
  EXPECT_TRUE(rule_assists(outlines(std::vector<Polygon>{polygon(64)}), settings, 1.0).empty());
  EXPECT_EQ(rule_assists(outlines(std::vector<Polygon>{polygon(4)}), settings, 1.0).size(), 4u);
}

// A gain that rises at a distance all around a line.
std::vector<Polygon> bars_of_gain(const std::vector<Polygon>& shapes, double dx, double dy) {
  const Grid grid{.rows = 128, .cols = 128, .pixel_nm = 8.0};
  Image<float> gain(grid.rows, grid.cols);
  for (int y = 0; y < grid.rows; ++y)
    for (int x = 0; x < grid.cols; ++x) {
      const double from_x = 8.0 * x + 4.0 - dx - 500.0, from_y = 8.0 * y + 4.0 - dy - 480.0;
      const double away = std::max(std::abs(from_x) - 40.0, std::abs(from_y) - 200.0);
      gain(y, x) = static_cast<float>(std::exp(-std::pow((away - 140.0) / 30.0, 2)) - 0.2);
    }
  const AssistSettings settings{.method = AssistMethod::model, .width_nm = 40, .least_gain = 0.5, .minimum_length_nm = 80,
                                .spacing_nm = 50, .end_gap_nm = 60};
  return model_assists(outlines(shapes), gain.view(), grid, settings, 1.0);
}

TEST(ModelAssists, LieWhereTheGainIsAndMoveWithIt) {
  const auto line = [](double dx, double dy) {
    return std::vector<Polygon>{{{460 + dx, 280 + dy}, {540 + dx, 280 + dy}, {540 + dx, 680 + dy}, {460 + dx, 680 + dy}}};
  };
  const std::vector<Polygon> bars = bars_of_gain(line(0, 0), 0, 0);
  ASSERT_EQ(bars.size(), 4u);
  for (std::size_t i = 0; i < bars.size(); ++i) {
    const double x = 0.5 * (bars[i][0].x + bars[i][2].x), y = 0.5 * (bars[i][0].y + bars[i][2].y);
    EXPECT_NEAR(std::max(std::abs(x - 500.0) - 40.0, std::abs(y - 480.0) - 200.0), 140.0, 8.0);
    for (std::size_t k = 0; k < i; ++k) {  // apart by the spacing
      const double gap_x = std::max(bars[i][0].x - bars[k][2].x, bars[k][0].x - bars[i][2].x);
      const double gap_y = std::max(bars[i][0].y - bars[k][2].y, bars[k][0].y - bars[i][2].y);
      EXPECT_GE(std::max(gap_x, gap_y), 50.0);
    }
  }
  std::vector<Polygon> moved = bars;
  for (Polygon& bar : moved)
    for (Point& p : bar) p = {p.x + 80.0, p.y - 32.0};
  EXPECT_EQ(bars_of_gain(line(80, -32), 80, -32), moved);
}

TEST(ModelAssists, OfAnIsolatedLineNarrowTheBandAndDoNotPrint) {
  Case c;
  const Design design{.polygons = {{{470, 200}, {570, 200}, {570, 824}, {470, 824}}}, .window = k_field};
  const auto corrected = [&](AssistMethod method) {
    EdgeSettings settings;
    settings.assists.method = method;
    settings = resolved(settings, c.window, c.model);
    EdgeCorrector corrector(c.model, c.window, settings.opc);
    const EdgeClip clip = correct_clip(corrector, c.model, c.window, settings, design);
    const std::vector<Polygon> bars(clip.correction.rings.begin() + 1, clip.correction.rings.end());
    std::vector<Point> middles;
    for (const BarPoint& point : bar_points(bars, 20.0)) middles.push_back(point.place);
    for (const double near : corrector.nearness(clip.correction.rings, middles, k_field)) EXPECT_LT(near, 0.0);
    return std::pair(bars.size(), evaluate(c.model, c.window, clip.mask.view(), clip.grid, design).report.pv_band_nm2);
  };
  const auto [bars, guided] = corrected(AssistMethod::model);
  const auto [none, alone] = corrected(AssistMethod::none);
  EXPECT_EQ(none, 0u);
  EXPECT_GE(bars, 2u);
  EXPECT_LT(guided, 0.95 * alone);
}

}  // namespace
}  // namespace reticle
