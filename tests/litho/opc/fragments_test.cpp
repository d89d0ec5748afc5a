// SPDX-License-Identifier: Apache-2.0
#include "litho/opc/fragments.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <random>

#include "litho/geometry/polygon_area.h"
#include "litho/opc/limits.h"
#include "litho/opc/rule_repair.h"
#include "tests/litho/chip/chip_model.h"

namespace reticle {
namespace {

const Box k_field{0, 0, 1024, 1024};

OpcSettings settings() {
  return resolved({.line_end_nm = 90, .corner_nm = 40, .run_nm = 60, .max_move_nm = 30},
                  {.mask_pixel_nm = 1.0, .mask_rules = {.minimum_width_nm = 30, .minimum_space_nm = 30}}, test::annular_model());
}

TEST(Fragments, CoverTheOutlineAndAreClassedByTheirCorners) {
  // A bar 80 nm wide with a step of 25 nm on its upper edge.
  const std::vector<Polygon> rings{{{100, 100}, {700, 100}, {700, 205}, {400, 205}, {400, 180}, {100, 180}}};
  const FragmentedDesign design = fragment(rings, k_field, settings());
  double length = 0.0;
  int ends = 0, jogs = 0, concave = 0;
  for (const Fragment& f : design.fragments) {
    length += f.length();
    ends += f.kind == FragmentKind::line_end;
    jogs += f.kind == FragmentKind::jog;
    concave += f.kind == FragmentKind::concave_corner;
  }
  EXPECT_NEAR(length, 600 + 105 + 300 + 25 + 300 + 80, 1e-9);
  EXPECT_EQ(ends, 1);
  EXPECT_EQ(jogs, 1);
  EXPECT_EQ(concave, 1);
  const std::vector<double> none(design.fragments.size());
  EXPECT_EQ(moved_rings(design, none)[0].size(), 6u);  // cuts that do not move leave no corner
}

TEST(Fragments, CornersMayRoundWithinTheRadiusToTheirSideOnly) {
  OpcSettings with = settings();
  with.corner_radius_nm = 40;
  // An L: its inner corner is concave.
  const std::vector<Polygon> rings{{{100, 100}, {700, 100}, {700, 300}, {400, 300}, {400, 700}, {100, 700}}};
  int inside = 0, outside = 0;
  for (const ControlSite& site : fragment(rings, k_field, with).sites) {
    double nearest = 1e9;
    bool convex = true;
    for (const Point& corner : rings[0])
      if (const double away = std::hypot(site.position.x - corner.x, site.position.y - corner.y); away < nearest)
        nearest = away, convex = !(corner == Point{400, 300});
    // The arc of the radius around the corner, seen from the site along the edge's normal.
    const double left = std::max(0.0, 40.0 - nearest), arc = 40.0 - std::sqrt(40.0 * 40.0 - left * left);
    EXPECT_NEAR(site.inside_nm, convex ? arc : 0.0, 1e-9);
    EXPECT_NEAR(site.outside_nm, convex ? 0.0 : arc, 1e-9);
    inside += site.inside_nm > 0.0, outside += site.outside_nm > 0.0;
  }
  EXPECT_GT(inside, 5 * outside - 1);
  EXPECT_GT(outside, 0);
}

TEST(Fragments, EqualDisplacementsMoveWholeEdges) {
  const std::vector<Polygon> rings{{{100, 100}, {700, 100}, {700, 300}, {100, 300}}};
  const FragmentedDesign design = fragment(rings, k_field, settings());
  const std::vector<double> all(design.fragments.size(), 7.0);
  const Polygon grown = moved_rings(design, all)[0];
  ASSERT_EQ(grown.size(), 4u);
  EXPECT_NEAR(signed_area(grown), 614.0 * 214.0, 1e-9);
}

// Each corner of a mask is rounded to its grid when it is written.
TEST(Fragments, CurvesStaySmoothOnTheMasksGrid) {
  Polygon disc;
  constexpr int k_facets = 30;
  for (int i = 0; i < k_facets; ++i) {
    const double angle = 2.0 * std::numbers::pi * i / k_facets;
    disc.push_back({512.0 + 300.0 * std::cos(angle), 512.0 + 300.0 * std::sin(angle)});
  }
  const FragmentedDesign design = fragment(std::vector<Polygon>{disc}, k_field, settings());
  Polygon mask = moved_rings(design, std::vector<double>(design.fragments.size(), 3.3)).front();
  for (Point& p : mask) p = {std::round(p.x), std::round(p.y)};
  double most = 0.0;
  for (std::size_t i = 0; i < mask.size(); ++i) {
    const Point &a = mask[i], &b = mask[(i + 1) % mask.size()], &c = mask[(i + 2) % mask.size()];
    const double turn = std::atan2((b.x - a.x) * (c.y - b.y) - (b.y - a.y) * (c.x - b.x),
                                   (b.x - a.x) * (c.x - b.x) + (b.y - a.y) * (c.y - b.y));
    most = std::max(most, std::abs(turn) * 180.0 / std::numbers::pi);
  }
  EXPECT_LT(most, 360.0 / k_facets + 10.0);
}

TEST(Fragments, TilesThatSeeDifferentLengthsOfALongEdgeCutItAlike) {
  const FragmentAnchor anchor{.pitch_x_nm = 64, .pitch_y_nm = 64, .reach_nm = 200};
  const auto cuts = [&](double x0, double x1) {
    const std::vector<Polygon> rings{{{x0, 500}, {x1, 500}, {x1, 600}, {x0, 600}}};
    std::vector<double> places;
    for (const Fragment& f : fragment(rings, {-4000, 0, 4000, 1024}, settings(), anchor).fragments)
      if (f.normal.y < 0 && f.a.x > -300 && f.a.x < 300) places.push_back(std::round(f.a.x * 1e6) / 1e6 + 0.0);
    return places;
  };
  const std::vector<double> left = cuts(-3000, 700), right = cuts(-801, 2900);
  EXPECT_EQ(left, right);
  EXPECT_GE(left.size(), 9u);
}

TEST(Fragments, CornersBesideALongEdgeCutItWhereTheyStand) {
  // A line end 30 nm below a long edge, its corners at x = 331 and 401; one farther away than the edge looks; each moved along.
  for (const double shift : {0.0, 7.0, 23.0}) {
    const double x = 331 + shift;
    const std::vector<Polygon> rings{{{100, 500}, {900, 500}, {900, 600}, {100, 600}},
                                     {{x, 300}, {x + 70, 300}, {x + 70, 470}, {x, 470}},
                                     {{x + 247, 300}, {x + 317, 300}, {x + 317, 380}, {x + 247, 380}}};
    OpcSettings with = settings();
    with.facing_nm = 60;
    std::vector<double> cuts;
    double longest = 0.0, shortest = 1e9;
    for (const Fragment& f : fragment(rings, k_field, with).fragments) {
      if (f.ring != 0 || f.normal.y > -0.5) continue;
      cuts.push_back(f.a.x);
      longest = std::max(longest, f.length()), shortest = std::min(shortest, f.length());
    }
    const auto is_cut = [&](double at) {
      return std::any_of(cuts.begin(), cuts.end(), [&](double cut) { return std::abs(cut - at) < 1e-6; });
    };
    EXPECT_TRUE(is_cut(x)) << shift;
    EXPECT_TRUE(is_cut(x + 70)) << shift;
    EXPECT_FALSE(is_cut(x + 247) && is_cut(x + 317)) << shift;
    EXPECT_LE(longest, 1.5 * with.run_nm);
    EXPECT_GE(shortest, 0.5 * with.run_nm);
  }
}

TEST(Fragments, EqualSurroundingsAreCutAlikeWhereverTheAnchorsLie) {
  const auto cuts = [&](double pitch, double shift) {
    const std::vector<Polygon> rings{{{-2000 + shift, 500}, {2000 + shift, 500}, {2000 + shift, 600}, {-2000 + shift, 600}},
                                     {{-150 + shift, 300}, {-80 + shift, 300}, {-80 + shift, 470}, {-150 + shift, 470}},
                                     {{120 + shift, 200}, {190 + shift, 200}, {190 + shift, 460}, {120 + shift, 460}}};
    std::vector<double> places;
    for (const Fragment& f : fragment(rings, {-4000, 0, 4000, 1024}, settings(), FragmentAnchor{pitch, pitch, 200}).fragments)
      if (f.ring == 0 && f.normal.y < -0.5 && std::abs(f.a.x - shift) < 250) places.push_back(std::round((f.a.x - shift) * 1e6) / 1e6 + 0.0);
    return places;
  };
  const std::vector<double> here = cuts(64, 0);
  EXPECT_GE(here.size(), 7u);
  EXPECT_EQ(here, cuts(64, 13));
  EXPECT_EQ(here, cuts(57, 0));
}

TEST(Limits, KeepWidthAndSpaceAndStayOnTheGrid) {
  // Two bars 70 nm apart: displacements of 30 nm would leave 10 nm.
  const std::vector<Polygon> rings{{{100, 100}, {600, 100}, {600, 170}, {100, 170}},
                                   {{100, 240}, {600, 240}, {600, 310}, {100, 310}}};
  const FragmentedDesign design = fragment(rings, k_field, settings());
  const MoveLimits limits(design, settings());
  for (const double by : {80.0, -80.0, 17.3}) {
    std::vector<double> d(design.fragments.size(), by);
    limits.hold_on_grid(d);
    const std::vector<Polygon> moved = moved_rings(design, d);
    double top = 0, bottom = 1e9, low_top = 0, low = 1e9;
    for (const Point& p : moved[0]) low_top = std::max(low_top, p.y), low = std::min(low, p.y);
    for (const Point& p : moved[1]) top = std::max(top, p.y), bottom = std::min(bottom, p.y);
    EXPECT_GE(bottom - low_top, 30.0);
    EXPECT_GE(low_top - low, 30.0);
    EXPECT_GE(top - bottom, 30.0);
    for (const double v : d) EXPECT_NEAR(v, std::round(v), 1e-9);
  }
}

TEST(Limits, JogsOfLessThanAStepAreNone) {
  const std::vector<Polygon> rings{{{100, 100}, {600, 100}, {600, 170}, {100, 170}}};
  const FragmentedDesign design = fragment(rings, k_field, settings());
  const MoveLimits limits(design, settings());
  std::mt19937 generator(11);
  for (const double spread : {0.45, 8.0}) {
    std::vector<double> asked;
    for (std::size_t i = 0; i < design.fragments.size(); ++i)
      asked.push_back(4.0 + spread * (2.0 * static_cast<double>(generator()) / static_cast<double>(generator.max()) - 1.0));
    std::vector<double> d = asked;
    limits.hold_joined(d);
    for (std::size_t i = 0; i < d.size(); ++i) {
      EXPECT_NEAR(d[i], std::round(d[i]), 1e-9);
      EXPECT_LE(std::abs(d[i] - asked[i]), 1.5);  // within a step of a mean that lies within half a step of the grid
    }
    std::vector<double> again = d;
    limits.hold_joined(again);
    EXPECT_EQ(again, d);
    const std::size_t corners = moved_rings(design, d).front().size();
    if (spread < 0.5) EXPECT_EQ(corners, 4u);
    else EXPECT_GT(corners, 12u);
  }
}

double distance(const Polygon& p, const Polygon& q) {
  const auto to_edge = [](Point at, Point a, Point b) {
    const double ex = b.x - a.x, ey = b.y - a.y;
    const double t = std::clamp(((at.x - a.x) * ex + (at.y - a.y) * ey) / (ex * ex + ey * ey), 0.0, 1.0);
    return std::hypot(a.x + t * ex - at.x, a.y + t * ey - at.y);
  };
  double least = 1e9;
  for (std::size_t i = 0, j = p.size() - 1; i < p.size(); j = i++)
    for (std::size_t k = 0, l = q.size() - 1; k < q.size(); l = k++)
      least = std::min({least, to_edge(p[i], q[l], q[k]), to_edge(q[k], p[j], p[i])});
  return least;
}

// A corner of one box and a corner of another near by: as drawn their edges pass one another, and moves make them face.
std::vector<std::vector<Polygon>> passing_boxes(std::mt19937& random) {
  std::uniform_int_distribution<int> offset(-90, 110);
  std::vector<std::vector<Polygon>> cases;
  while (cases.size() < 200) {
    const double x = 400 + offset(random), y = 400 + offset(random);
    if (std::max(x, y) <= 400) continue;
    cases.push_back({{{250, 250}, {400, 250}, {400, 400}, {250, 400}}, {{x, y}, {x + 150, y}, {x + 150, y + 450}, {x, y + 450}}});
  }
  return cases;
}

std::vector<double> any_moves(std::mt19937& random, std::size_t count, int most) {
  std::uniform_int_distribution<int> move(-most, most);
  std::vector<double> d(count);
  for (double& v : d) v = move(random);
  return d;
}

TEST(Limits, KeepSpaceBetweenShapesThatPassEachOtherAsDrawn) {
  std::mt19937 random(7);
  for (const std::vector<Polygon>& rings : passing_boxes(random)) {
    const FragmentedDesign design = fragment(rings, k_field, settings());
    std::vector<double> d = any_moves(random, design.fragments.size(), 50);
    MoveLimits(design, settings()).hold_on_grid(d);
    const std::vector<Polygon> moved = moved_rings(design, d);
    EXPECT_GE(distance(moved[0], moved[1]), std::min(30.0, distance(rings[0], rings[1])) - 1e-6) << rings[1][0].x << ", " << rings[1][0].y;
  }
}

TEST(GiveWay, LeavesNothingThatTheDrawingKeeps) {
  const MaskRuleSet rules{.minimum_width_nm = 30, .minimum_space_nm = 30, .minimum_area_nm2 = 500, .minimum_hole_area_nm2 = 500};
  std::mt19937 random(8);
  for (const std::vector<Polygon>& rings : passing_boxes(random)) {
    if (distance(rings[0], rings[1]) < 30.0) continue;
    EdgeCorrection mask{.design = fragment(rings, k_field, settings())};
    mask.displacements = any_moves(random, mask.design.fragments.size(), 30);
    mask.rings = moved_rings(mask.design, mask.displacements);
    give_way(mask, rules, k_field, 1.0);
    EXPECT_TRUE(broken_rules(mask, rules, k_field, 1.0).empty()) << rings[1][0].x << ", " << rings[1][0].y;
  }
}

// A straight guide that widens: what a tile sees of it may be its straight part alone. Pieces within what both see are the
// same, and their moves bend the outline alike.
TEST(Fragments, StraightsThatBendMeetCurvesSmoothlyInAnyTile) {
  const auto upper = [](double x) { return x <= 600.0 ? 420.0 : 420.0 + 1e-4 * (x - 600.0) * (x - 600.0); };
  const auto guide = [&](double from) {
    Polygon ring{{from, 300.0}, {1000.0, 300.0}};
    for (double x = 1000.0; x >= 600.0; x -= 20.0) ring.push_back({x, upper(x)});
    ring.push_back({from, 420.0});
    return ring;
  };
  Polygon straight{{0.0, 300.0}, {560.0, 300.0}, {560.0, 420.0}, {0.0, 420.0}};
  OpcSettings bending = settings();
  bending.bend_straights = true;
  const FragmentAnchor anchor{.pitch_x_nm = 64.0, .pitch_y_nm = 64.0, .reach_nm = 200.0};
  const auto outline = [&](const Polygon& ring, const Box& field) {
    const FragmentedDesign design = fragment(std::vector<Polygon>{ring}, field, bending, anchor);
    std::vector<double> d;
    for (const Fragment& f : design.fragments) d.push_back(8.0 * std::sin(0.02 * f.middle().x));
    return moved_rings(design, d)[0];
  };
  // Heights of the upper edge; without one where x is not met.
  const auto height = [](const Polygon& ring, double x) {
    double found = 0.0;
    for (std::size_t i = 0; i < ring.size(); ++i) {
      const Point &a = ring[i], &b = ring[(i + 1) % ring.size()];
      if (a.x > b.x && b.x <= x && x < a.x) found = a.y + (b.y - a.y) * (x - a.x) / (b.x - a.x);
    }
    return found;
  };
  const Polygon all = outline(guide(0.0), {0, 0, 1000, 1000}), part = outline(straight, {0, 0, 560, 1000});
  double steepest = 0.0;
  for (double x = 200.0; x <= 360.0; x += 5.0) {
    EXPECT_NEAR(height(all, x), height(part, x), 1e-6) << x;
    steepest = std::max(steepest, std::abs(height(all, x + 5.0) - height(all, x)) / 5.0);
  }
  EXPECT_GT(steepest, 0.05);  // the moves do bend it
  EXPECT_LT(steepest, 0.25);  // and have no step
  for (double x = 500.0; x <= 700.0; x += 5.0)
    EXPECT_LT(std::abs(height(all, x + 5.0) - 2.0 * height(all, x) + height(all, x - 5.0)) / 5.0, std::tan(10.0 * std::numbers::pi / 180.0)) << x;
}

TEST(Fragments, ASmoothOutlineStaysSmooth) {
  Polygon disc;
  for (int i = 0; i < 96; ++i) {
    const double t = 2 * std::numbers::pi * i / 96;
    disc.push_back({500 + 200 * std::cos(t), 500 + 200 * std::sin(t)});
  }
  const std::vector<Polygon> rings{disc};
  const FragmentedDesign design = fragment(rings, k_field, settings());
  std::vector<double> d;
  for (std::size_t j = 0; j < design.fragments.size(); ++j) d.push_back(j % 4 < 2 ? 3.0 : -3.0);
  const Polygon moved = moved_rings(design, d)[0];
  for (std::size_t i = 0; i < moved.size(); ++i) {
    const Point &a = moved[i], &b = moved[(i + 1) % moved.size()], &c = moved[(i + 2) % moved.size()];
    const double turn = std::atan2((b.x - a.x) * (c.y - b.y) - (b.y - a.y) * (c.x - b.x),
                                   (b.x - a.x) * (c.x - b.x) + (b.y - a.y) * (c.y - b.y));
    EXPECT_LT(std::abs(turn), (10.0 + 360.0 / 96) * std::numbers::pi / 180.0);
  }
}

}  // namespace
}  // namespace reticle
