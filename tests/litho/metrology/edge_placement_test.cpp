// SPDX-License-Identifier: Apache-2.0
#include "litho/metrology/edge_placement.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "kernels/base/error.h"

namespace reticle {
namespace {

// I = 0.5 + 0.5 cos(2 pi (x - 128) / 256): at threshold 0.5 the print is 64 < x < 192.
Image<float> cosine_line() {
  Image<float> image(256, 256);
  for (int y = 0; y < 256; ++y) {
    for (int x = 0; x < 256; ++x) {
      image(y, x) =
          static_cast<float>(0.5 + 0.5 * std::cos((x + 0.5 - 128) * 3.14159265358979 / 128));
    }
  }
  return image;
}

TEST(EdgePlacement, AnalyticContourIsFoundToAThousandthOfANanometre) {
  const Image<float> image = cosine_line();
  const Polygon target{{67.3, 20}, {190.6, 20}, {190.6, 220}, {67.3, 220}};
  for (const Polygon& polygon : {target, Polygon(target.rbegin(), target.rend())}) {
    const EdgePlacementSettings settings;
    const auto sites = edge_sites(std::vector<Polygon>{polygon}, settings);
    const auto report = measure_edge_placement(image.view(), {256, 256}, {0.5}, sites, settings);
    int upright = 0;
    for (const EdgePlacement& found : report.sites) {
      if (std::abs(found.site.normal.x) < 0.5) continue;
      ++upright;
      EXPECT_FALSE(found.missing);
      EXPECT_NEAR(found.epe_nm, found.site.normal.x < 0 ? 3.3 : 1.4, 1e-3);
    }
    EXPECT_EQ(upright, 8);  // 200 nm: sites at 40, 80, 120, 160 on each side
  }
}

TEST(EdgePlacement, ContourOutOfReachIsMissingAndAViolation) {
  const Image<float> dark(128, 128, 0.0f);
  Image<std::uint8_t> target(128, 128);
  for (int y = 30; y < 100; ++y) {
    for (int x = 30; x < 100; ++x) target(y, x) = 1;
  }
  const EdgePlacementSettings settings;
  const Grid grid{128, 128};
  const auto sites = edge_sites(target.view(), grid, settings);
  ASSERT_EQ(sites.size(), 4u);
  const auto report = measure_edge_placement(dark.view(), grid, {0.2}, sites, settings);
  EXPECT_EQ(report.missing, 4);
  EXPECT_EQ(report.violations, 4);
  EXPECT_EQ(report.mean_signed_nm, -settings.search_range_nm);
}

TEST(EdgePlacement, EmptyTargetHasNoSitesAndNoViolations) {
  const Image<std::uint8_t> target(64, 64);
  const auto sites = edge_sites(target.view(), {64, 64}, {});
  const Image<float> image(64, 64);
  const auto report = measure_edge_placement(image.view(), {64, 64}, {0.2}, sites, {});
  EXPECT_EQ(report.violations, 0);
  EXPECT_EQ(report.mean_abs_nm, 0.0);
}

TEST(EdgePlacement, BadInputIsRefused) {
  Image<float> image(64, 64);
  EXPECT_THROW(measure_edge_placement(image.view(), {64, 32}, {0.2}, {}, {}), Error);
  EXPECT_THROW(edge_sites(std::vector<Polygon>{}, {.spacing_nm = 0.0}), Error);
  image(3, 3) = std::numeric_limits<float>::quiet_NaN();
  EXPECT_THROW(measure_edge_placement(image.view(), {64, 64}, {0.2}, {}, {}), Error);
}

}  // namespace
}  // namespace reticle
