// SPDX-License-Identifier: Apache-2.0
#include "litho/verification/finding_groups.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

namespace reticle {
namespace {

constexpr double k_radius = 40.0, k_side = 1000.0;
constexpr int k_regions = 12;

// Findings so dense that most have neighbours, in chains across many regions.
std::vector<Finding> dense_findings(unsigned seed) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<double> place(0.0, k_regions * k_side), size(0.0, 150.0);
  std::vector<Finding> findings;
  for (int i = 0; i < 12000; ++i) {
    Finding f{.check = static_cast<Check>(random() % 2 == 0 ? Check::extra : Check::epe_run)};
    f.place = {std::round(place(random)), std::round(place(random))};
    f.box = {f.place.x - size(random), f.place.y - size(random), f.place.x + size(random), f.place.y + size(random)};
    f.severity = 1.0 + static_cast<double>(random() % 4);
    findings.push_back(f);
  }
  return findings;
}

bool are_one(const Finding& a, const Finding& b) {
  if (a.check != b.check) return false;
  if (a.check == Check::extra)
    return a.box.x0 <= b.box.x1 && b.box.x0 <= a.box.x1 && a.box.y0 <= b.box.y1 && b.box.y0 <= a.box.y1;
  return std::hypot(a.place.x - b.place.x, a.place.y - b.place.y) <= k_radius;
}

TEST(FindingMerger, KeepsByRankWhatNoKeptOneStandsFor) {
  std::vector<Finding> findings = dense_findings(1), kept;
  findings.resize(2000);
  for (Finding& f : findings) f.place = {f.place.x / 2, f.place.y / 2};
  const std::vector<Finding> merged_ones = merged(findings, k_radius);
  std::sort(findings.begin(), findings.end(), ranks_before);
  for (const Finding& f : findings)
    if (std::none_of(kept.begin(), kept.end(), [&](const Finding& k) { return are_one(k, f); })) kept.push_back(f);
  EXPECT_EQ(merged_ones, kept);
  EXPECT_LT(kept.size(), findings.size());
}

TEST(FindingMerger, RegionByRegionItKeepsTheSameAndHoldsFew) {
  const std::vector<Finding> findings = dense_findings(2);
  FindingMerger merger(k_radius);
  std::vector<Finding> kept;
  std::size_t most_held = 0;
  for (int y = 0; y < k_regions; ++y)
    for (int x = 0; x < k_regions; ++x) {
      const auto region = [](double nm) { return std::clamp(static_cast<int>(std::floor(nm / k_side)), 0, k_regions - 1); };
      for (const Finding& f : findings)
        if (region(f.place.x) == x && region(f.place.y) == y) merger.add(f);
      // Boxes reach 150 nm beyond the region of their place.
      const auto complete = [&](const Box& box) {
        return std::pair(region(box.y1 + 150), region(box.x1 + 150)) <= std::pair(y, x);
      };
      merger.settle(complete, [&](const Finding& f) { kept.push_back(f); });
      most_held = std::max(most_held, merger.held());
    }
  EXPECT_EQ(merger.held(), 0u);
  EXPECT_LT(most_held, findings.size() / 4);
  std::sort(kept.begin(), kept.end(), ranks_before);
  EXPECT_EQ(kept, merged(findings, k_radius));
}

}  // namespace
}  // namespace reticle
