// SPDX-License-Identifier: Apache-2.0
#include "litho/opc/fragment_orbits.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "litho/geometry/rasterize.h"

namespace reticle {
namespace {

constexpr Box k_field{-24.0, 8.0, 1000.0, 1032.0};

OpcSettings settings() {
  OpcSettings settings;
  settings.line_end_nm = settings.corner_nm = settings.run_nm = 60.0;
  settings.site_spacing_nm = 30.0;
  settings.max_move_nm = 20.0;
  settings.mask_grid_nm = 1.0;
  return settings;
}

Polygon rectangle(double x0, double y0, double x1, double y1) {
  return {{488 + x0, 520 + y0}, {488 + x1, 520 + y0}, {488 + x1, 520 + y1}, {488 + x0, 520 + y1}};
}

struct Kind {
  const char* name;
  std::vector<Polygon> rings;
  std::vector<FieldMap> maps;
};

std::vector<Kind> kinds() {
  const FieldMap mirror_x{.mirrors_x = true}, mirror_y{.mirrors_y = true}, half_turn{.mirrors_x = true, .mirrors_y = true};
  const FieldMap quarter{.exchanges = true, .mirrors_x = true}, three_quarters{.exchanges = true, .mirrors_y = true};
  return {{"mirror", {rectangle(-40, -300, 40, 100), rectangle(100, -50, 190, 210), rectangle(-190, -50, -100, 210)}, {mirror_x}},
          {"half turn", {rectangle(60, -200, 140, 70), rectangle(-140, -70, -60, 200)}, {half_turn}},
          {"pinwheel",
           {rectangle(50, 60, 130, 320), rectangle(-320, 50, -60, 130), rectangle(-130, -320, -50, -60), rectangle(60, -130, 320, -50)},
           {half_turn, quarter, three_quarters}},
          {"square", {rectangle(-150, -150, 150, 150)},
           {mirror_x, mirror_y, half_turn, quarter, three_quarters, {.exchanges = true}, {.exchanges = true, .mirrors_x = true, .mirrors_y = true}}}};
}

TEST(FragmentOrbits, AveragedMovesMakeMasksThatTheMapsBringToThemselves) {
  std::mt19937 random(17);
  std::uniform_real_distribution<double> move(-15.0, 15.0);
  const Grid grid = pixel_grid(k_field, 2.0);
  for (const Kind& kind : kinds()) {
    SCOPED_TRACE(kind.name);
    const FragmentedDesign design = fragment(kind.rings, k_field, settings());
    const FragmentOrbits orbits(design, k_field, kind.maps);
    std::vector<double> d(design.fragments.size());
    for (double& one : d) one = move(random);
    Image<std::uint8_t> before = rasterize_rings_binary(moved_rings(design, d), grid);
    orbits.average(d);
    for (double& one : d) one = std::round(one / 2.0) * 2.0;  // to whole pixels: pixels' centres lie on no edge
    const Image<std::uint8_t> mask = rasterize_rings_binary(moved_rings(design, d), grid);
    Image<std::uint8_t> symmetric = mask;
    symmetrize(symmetric, kind.maps);
    EXPECT_EQ(mask, symmetric);
    EXPECT_NE(mask, before);
  }
}

TEST(FragmentOrbits, FlagsOfOneAreThoseOfAll) {
  const Kind pinwheel = kinds()[2];
  const FragmentedDesign design = fragment(pinwheel.rings, k_field, settings());
  const FragmentOrbits orbits(design, k_field, pinwheel.maps);
  std::vector<bool> flags(design.fragments.size()), rings(design.rings.size());
  flags[3] = true, rings[1] = true;
  orbits.join(flags);
  EXPECT_EQ(std::count(flags.begin(), flags.end(), true), 4);
  orbits.join_rings(design, rings);
  EXPECT_EQ(std::count(rings.begin(), rings.end(), true), 4);
}

TEST(FragmentOrbits, AMapThatTheDesignDoesNotFollowIsLeftOut) {
  const Kind pinwheel = kinds()[2];
  const FragmentedDesign design = fragment(pinwheel.rings, k_field, settings());
  const FieldMap mirror{.mirrors_x = true};
  std::vector<double> d(design.fragments.size());
  for (std::size_t i = 0; i < d.size(); ++i) d[i] = static_cast<double>(i);
  const std::vector<double> before = d;
  FragmentOrbits(design, k_field, {&mirror, 1}).average(d);
  EXPECT_EQ(d, before);
}

}  // namespace
}  // namespace reticle
