// SPDX-License-Identifier: Apache-2.0
#include "litho/verification/region_check.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "litho/geometry/boolean.h"
#include "litho/imaging/simulator.h"
#include "litho/metrology/edge_placement.h"
#include "litho/metrology/line_profile.h"
#include "tests/litho/chip/chip_model.h"

namespace reticle {
namespace {

using test::rectangle;
using Polygons = std::vector<Polygon>;

constexpr double k_period = 1024.0;
const Box k_field{0, 0, k_period, k_period};

// Bars 150 nm wide, two of them in line, and a plate: drawn, and as a mask that prints it within its limits.
Polygons drawn() {
  return {rectangle(80, 120, 230, 900), rectangle(430, 120, 580, 440), rectangle(430, 640, 580, 900),
          rectangle(760, 500, 960, 900), rectangle(760, 120, 910, 300)};
}
Polygons good_mask() {
  Polygons mask = drawn();
  for (Polygon& bar : mask) {
    const double low = bar[0].y;
    for (Point& p : bar) p.y += p.y == low ? -16 : 16;  // line ends pull back
  }
  return mask;
}

struct Verification {
  OpticalModel model = test::annular_model();
  VerifySettings settings;
  Verification() {
    VerifySettings limits;
    limits.epe_run_nm = 15, limits.epe_line_end_nm = 20, limits.epe_corner_nm = 40, limits.pullback_nm = 20;
    limits.band_nm = 45, limits.nils = 0.5, limits.contact_size_nm = 100, limits.pinch_nm = 80;
    limits.line_end_width_nm = 150;
    settings = resolved_limits(limits, model);
  }
  RegionReport operator()(const Polygons& mask, const Polygons& target, Box core = k_field) const {
    Region region{.field = k_field, .core = core};
    region.mask = merge(mask), region.target = merge(target);
    return RegionVerifier(model, settings).verify(region);
  }
};

std::string text_of(const RegionReport& report) {
  std::string text;
  for (const Finding& f : report.findings)
    text += std::string(info(f.check).name) + " (" + std::to_string(f.place.x) + ", " + std::to_string(f.place.y) +
            ") corner " + std::to_string(f.corner) + ": " + std::to_string(f.value) + ", limit " + std::to_string(f.limit) + "\n";
  return text;
}

TEST(RegionVerifier, AGoodMaskPasses) {
  const RegionReport report = Verification()(good_mask(), drawn());
  EXPECT_TRUE(report.findings.empty()) << text_of(report);
  EXPECT_GT(report.measures.all_edges(0).sites, 50);
}

// Beyond the room that rounded corners leave; the errors against the drawing stay what they are.
TEST(RegionVerifier, EdgesAreStatedAgainstRoundedCornersBesideTheDrawnOnes) {
  Verification verify;
  const RegionMeasures sharp = verify(good_mask(), drawn()).measures;
  EXPECT_EQ(sharp.rounded.sites, 0);
  EXPECT_NEAR(sharp.rounded.sum_abs_nm, sharp.all_edges(0).sum_abs_nm, 1e-9);
  verify.settings.corner_radius_nm = 60;
  const RegionMeasures round = verify(good_mask(), drawn()).measures;
  EXPECT_EQ(round.edges, sharp.edges);
  EXPECT_EQ(round.epe_histogram, sharp.epe_histogram);
  // Two of every bar's corners have a site within 60 nm along either edge.
  EXPECT_GT(round.rounded.sites, 4);
  EXPECT_LT(round.rounded.sites, round.all_edges(0).sites);
  EXPECT_LT(round.rounded.sum_abs_nm, sharp.rounded.sum_abs_nm);
  EXPECT_LE(round.rounded.max_abs_nm, sharp.rounded.max_abs_nm);
}

struct Planted {
  const char* name;
  std::function<void(Polygons&)> plant;
  Check check;
  Point place;
};

TEST(RegionVerifier, PlantedFaultsAreFoundWhereTheyAre) {
  const auto cut = [](Polygons& mask, const Box& box) {
    // What remains of the bars beside a box that spans one of them from side to side.
    Polygons rest;
    for (const Polygon& p : mask) {
      const bool meets = p[0].x < box.x1 && p[2].x > box.x0 && p[0].y < box.y0 && p[2].y > box.y1;
      if (!meets) { rest.push_back(p); continue; }
      rest.push_back(rectangle(p[0].x, p[0].y, p[2].x, box.y0));
      rest.push_back(rectangle(p[0].x, box.y1, p[2].x, p[2].y));
      if (box.x0 > p[0].x) rest.push_back(rectangle(p[0].x, box.y0, box.x0, box.y1));
      if (box.x1 < p[2].x) rest.push_back(rectangle(box.x1, box.y0, p[2].x, box.y1));
    }
    mask = rest;
  };
  const std::vector<Planted> faults = {
      {"bridge", [](Polygons& m) { m.push_back(rectangle(230, 250, 430, 350)); }, Check::bridge, {330, 300}},
      {"open", [&](Polygons& m) { cut(m, {70, 450, 240, 550}); }, Check::open, {155, 500}},
      {"missing", [](Polygons& m) { m.erase(m.begin() + 4); }, Check::missing, {835, 210}},
      {"extra", [](Polygons& m) { m.push_back(rectangle(281, 697, 379, 803)); }, Check::extra, {330, 750}},
      {"pinch", [](Polygons& m) {
         m[0] = rectangle(80, 104, 230, 475);
         m.push_back(rectangle(129, 475, 181, 545)), m.push_back(rectangle(80, 545, 230, 916));
       }, Check::pinch, {155, 510}},
      {"pulled line end", [](Polygons& m) { m[1][2].y = m[1][3].y = 420; }, Check::pullback, {505, 440}},
      {"hole", [&](Polygons& m) { cut(m, {815, 650, 905, 750}); }, Check::hole, {860, 700}},
  };
  const Verification verify;
  for (const Planted& fault : faults) {
    Polygons mask = good_mask();
    fault.plant(mask);
    const RegionReport report = verify(mask, drawn());
    bool found = false;
    for (const Finding& f : report.findings) {
      found |= f.check == fault.check && std::hypot(f.place.x - fault.place.x, f.place.y - fault.place.y) < 5.0;
      // What else is found belongs to it.
      EXPECT_LT(std::hypot(f.place.x - fault.place.x, f.place.y - fault.place.y), 260.0) << fault.name << "\n" << text_of(report);
    }
    EXPECT_TRUE(found) << fault.name << "\n" << text_of(report);
  }
}

// A square ring, whose merged polygon has a cut from its hole to its outline.
TEST(RegionVerifier, TheCutOfAHoleIsNoEdge) {
  const Polygons ring = {rectangle(200, 200, 800, 360), rectangle(200, 640, 800, 800), rectangle(200, 360, 360, 640),
                         rectangle(640, 360, 800, 640)};
  Verification verify;
  const RegionReport report = verify(ring, ring);
  for (const Finding& f : report.findings) EXPECT_NE(f.check, Check::epe_run) << text_of(report);
  EXPECT_EQ(report.measures.edges[0][0].violations, 0);
  for (const Finding& f : report.findings) EXPECT_GT(f.check, Check::filled) << text_of(report);
}

// Areas by counting half-nanometre pixels of images in double, edges by the image's own waves.
TEST(RegionVerifier, AgreesWithAnEvaluatorInDouble) {
  const Verification verify;
  const Polygons mask = drawn();  // far from good: figures are large
  const RegionReport report = verify(mask, drawn());
  Simulator<double> simulator(verify.model);
  const Spectrum<double> spectrum = simulator.mask_spectrum(mask, k_field);
  const auto printed = [&](int condition, double dose) {
    const Image<double> image = simulator.image(simulator.intensity_spectrum(spectrum, condition, dose), 2048, 2048);
    Image<std::uint8_t> out(2048, 2048);
    for (std::size_t i = 0; i < out.size(); ++i) out.data()[i] = image.data()[i] >= verify.model.resist.threshold;
    return out;
  };
  const auto nominal = printed(0, 1.0), outer = printed(0, 1.02), inner = printed(1, 0.98);
  const auto is_drawn = [&](double x, double y) {
    return std::any_of(mask.begin(), mask.end(), [&](const Polygon& bar) {
      return x > bar[0].x && x < bar[2].x && y > bar[0].y && y < bar[2].y;
    });
  };
  double l2 = 0.0, band = 0.0;
  for (int y = 0; y < 2048; ++y)
    for (int x = 0; x < 2048; ++x) {
      l2 += 0.25 * ((nominal(y, x) != 0) != is_drawn(0.5 * x + 0.25, 0.5 * y + 0.25));
      band += 0.25 * (outer(y, x) != inner(y, x));
    }
  EXPECT_NEAR(report.measures.l2_nm2, l2, 25.0);
  EXPECT_NEAR(report.measures.pv_band_nm2, band, 25.0);

  const Spectrum<double> intensity = simulator.intensity_spectrum(spectrum, 0);
  double sum = 0.0, largest = 0.0;
  int sites = 0;
  for (const EdgeSite& site : edge_sites(mask, {.spacing_nm = verify.settings.site_spacing_nm,
                                                .short_edge_nm = 2 * verify.settings.site_spacing_nm})) {
    const LineProfile profile(intensity, k_field, site.position,
                              {site.position.x + site.normal.x, site.position.y + site.normal.y});
    const double range = verify.settings.search_range_nm, level = verify.model.resist.threshold;
    const double way = profile.at(0.0) >= level ? 1.0 : -1.0;
    double far = 0.0;
    while (far < range && (profile.at(way * far) >= level) == (way > 0)) far += 0.5;
    double low = std::max(0.0, far - 0.5), high = far;
    for (int i = 0; i < 40 && far < range; ++i) {
      const double middle = 0.5 * (low + high);
      ((profile.at(way * middle) >= level) == (way > 0) ? low : high) = middle;
    }
    const double epe = std::min(high, range);
    sum += epe, largest = std::max(largest, epe);
    ++sites;
  }
  const EdgeStatistics edges = report.measures.all_edges(0);
  EXPECT_EQ(edges.sites, sites);
  EXPECT_NEAR(edges.sum_abs_nm / static_cast<double>(edges.sites), sum / sites, 0.002);
  EXPECT_NEAR(edges.max_abs_nm, largest, 0.01);
}

TEST(RegionVerifier, CoresAddUpToTheWhole) {
  const Verification verify;
  const Polygons mask = drawn();
  const RegionReport whole = verify(mask, drawn());
  RegionMeasures sum;
  std::size_t faults = 0;
  for (const Box& core : {Box{0, 0, 500, 300}, Box{500, 0, 1024, 300}, Box{0, 300, 500, 1024}, Box{500, 300, 1024, 1024}}) {
    const RegionReport part = verify(mask, drawn(), core);
    sum.add(part.measures);
    for (const Finding& f : part.findings) faults += f.check <= Check::filled;
  }
  EXPECT_NEAR(sum.l2_nm2, whole.measures.l2_nm2, 1.0);
  EXPECT_NEAR(sum.pv_band_nm2, whole.measures.pv_band_nm2, 1.0);
  EXPECT_NEAR(sum.printed_nm2, whole.measures.printed_nm2, 1.0);
  std::size_t all = 0;
  for (const Finding& f : whole.findings) all += f.check <= Check::filled;
  EXPECT_EQ(faults, all);
}

TEST(RegionVerifier, EnclosureIsMeasuredToTheContour) {
  Verification verify;
  verify.settings.enclosure_nm = 20.0;
  Region region{.field = k_field, .core = k_field};
  region.mask = merge(good_mask()), region.target = merge(drawn());
  region.enclosed = {rectangle(125, 300, 185, 360)};  // in the middle of the first bar
  RegionVerifier verifier(verify.model, verify.settings);
  EXPECT_TRUE(verifier.verify(region).findings.empty());
  region.enclosed = {rectangle(175, 300, 235, 360)};  // over its edge
  const RegionReport report = verifier.verify(region);
  ASSERT_FALSE(report.findings.empty());
  EXPECT_EQ(report.findings[0].check, Check::enclosure);
  EXPECT_LT(report.findings[0].value, 0.0);
}

}  // namespace
}  // namespace reticle
