// SPDX-License-Identifier: Apache-2.0
#include "litho/verification/evaluation.h"

#include <gtest/gtest.h>

#include "kernels/cpu/resample.h"
#include "litho/ilt/cleanup.h"
#include "litho/chip/tile_evaluation.h"
#include "litho/geometry/rasterize.h"
#include "litho/imaging/simulator.h"
#include "litho/metrology/print_metrics.h"
#include "litho/metrology/shots.h"
#include "tests/litho/chip/chip_model.h"
#include "tests/litho/random_masks.h"

namespace reticle {
namespace {

struct Case {
  OpticalModel model = test::annular_model();
  IltSettings settings = test::quick_tile_settings(model);
  Design design{.polygons = test::random_bars(1024.0), .window = {0, 0, 1024, 1024}};
  Grid grid{.rows = 512, .cols = 512, .pixel_nm = 2.0};
};

// Images one by one with a new simulator, as pixels of one byte.
Image<float> image_of(const Case& c, const Image<std::uint8_t>& mask, const std::string& name) {
  const ProcessCorner& corner = corner_named(c.settings, name);
  Simulator<float> simulator(c.model);
  Image<float> pixels(mask.rows(), mask.cols());
  std::copy(mask.begin(), mask.end(), pixels.begin());
  const auto condition = &c.model.condition(corner.condition) - c.model.conditions.data();
  Spectrum<float> intensity =
      simulator.intensity_spectrum(simulator.mask_spectrum(pixels.view()),
                                   static_cast<int>(condition), static_cast<float>(corner.dose));
  expose(intensity, c.model.period_x_nm, c.model.period_y_nm, c.model.resist);
  return simulator.image(intensity, mask.rows(), mask.cols());
}

Image<std::uint8_t> printed_by_definition(const Case& c, const Image<float>& image) {
  Image<std::uint8_t> out(image.rows(), image.cols());
  for (std::size_t i = 0; i < image.size(); ++i)
    out.data()[i] = image.data()[i] >= c.model.resist.threshold;
  return out;
}

TEST(MaskEvaluator, GivesWhatTheStepsGiveOneByOneForOneMaskAfterAnother) {
  const Case c;
  MaskEvaluator evaluator(c.model, c.settings);
  const Image<std::uint8_t> bars = rasterize_binary(c.design.polygons, c.grid);
  for (const Image<std::uint8_t>& mask :
       {bars, test::blobs(512, 512, 3, 60), Image<std::uint8_t>(512, 512), bars}) {
    const MaskEvaluation seen = evaluator.evaluate(mask.view(), c.grid, c.design);
    const ProcessBand& band = c.settings.bands.front();
    const Image<float> nominal = image_of(c, mask, "nominal");
    const auto outer = printed_by_definition(c, image_of(c, mask, band.outer));
    const auto inner = printed_by_definition(c, image_of(c, mask, band.inner));
    const auto printed = printed_by_definition(c, nominal);
    std::int64_t l2 = 0, pvb = 0;
    Image<std::uint8_t> differing(512, 512);
    for (std::size_t i = 0; i < printed.size(); ++i) {
      l2 += printed.data()[i] != bars.data()[i];
      differing.data()[i] = outer.data()[i] != inner.data()[i];
      pvb += differing.data()[i];
    }
    EXPECT_EQ(seen.mask, mask);
    EXPECT_EQ(seen.target, bars);
    // Where an outline passes within a hundredth of a pixel of a centre, its curve decides between the two.
    EXPECT_LE(count_differing(seen.nominal().view(), printed.view()), 8);
    EXPECT_LE(count_differing(seen.band().view(), differing.view()), 16);
    // Areas are exact; pixels of 4 nm2 along the outlines count whole.
    EXPECT_NEAR(seen.report.l2_nm2, 4.0 * static_cast<double>(l2), 0.005 * 1024 * 1024);
    EXPECT_NEAR(seen.report.pv_band_nm2, 4.0 * static_cast<double>(pvb), 0.005 * 1024 * 1024);
    EXPECT_EQ(seen.report.l2_nm2, seen.verification.measures.l2_nm2);
    EdgePlacementSettings edges;
    edges.spacing_nm = c.settings.edge_site_spacing_nm;
    edges.tolerance_nm = c.settings.edge_tolerance_nm;
    const EdgePlacementReport epe =
        measure_edge_placement(nominal.view(), c.grid, c.model.resist.level(),
                               edge_sites(bars.view(), c.grid, edges), edges);
    // Between pixels of 2 nm cubic curves stand for the image's own.
    EXPECT_NEAR(seen.report.epe_violations, epe.violations, 2);
    EXPECT_NEAR(seen.report.epe_max_nm, epe.max_abs_nm, 0.2);
    EXPECT_NEAR(seen.report.epe_mean_abs_nm, epe.mean_abs_nm, 0.1);
    EXPECT_EQ(seen.report.shots, count_shots(mask.view()));
    const MaskEvaluation once = evaluate(c.model, c.settings, mask.view(), c.grid, c.design);
    EXPECT_EQ(once.nominal(), seen.nominal());
    EXPECT_EQ(once.report.epe_mean_abs_nm, seen.report.epe_mean_abs_nm);
  }
}

TEST(MaskEvaluator, ASmallerMaskLiesInTheMiddleOfTheField) {
  const Case c;
  const Image<std::uint8_t> small(100, 131, 1);
  const Grid grid{100, 131, 2.0, 412.0, 380.0};
  const MaskEvaluation seen = evaluate(c.model, c.settings, small.view(), grid, c.design);
  ASSERT_EQ(seen.mask.rows(), 512);
  for (int y = 0; y < 512; ++y)
    for (int x = 0; x < 512; ++x)
      ASSERT_EQ(seen.mask(y, x), y >= 206 && y < 306 && x >= 190 && x < 321) << y << " " << x;
}

TEST(TileMeasurer, CountsInTheCoreWhatTheStepsGiveOneByOne) {
  Case c;
  // A core whose edges lie within words of 64 pixels.
  const TilePlan plan{.core_x_nm = 520.0, .core_y_nm = 520.0, .halo_nm = 252.0};
  const Grid grid{
      .rows = 512, .cols = 512, .pixel_nm = 2.0, .origin_x_nm = -252.0, .origin_y_nm = -252.0};
  c.design = {.polygons = test::random_bars(1024.0, -252.0, -252.0), .window = {0, 0, 520, 520}};
  c.settings.assist_dose_margin = -1.0;  // masks of random blobs
  TileFinisher finisher(c.model, c.settings, plan);
  TileMeasurer measurer(c.model, c.settings, plan);
  for (unsigned seed = 1; seed <= 3; ++seed) {
    const Image<std::uint8_t> shapes = test::blobs(128, 128, seed, 20);
    Image<float> parameters(128, 128);
    for (std::size_t i = 0; i < shapes.size(); ++i)
      parameters.data()[i] = shapes.data()[i] ? 1.0f : -1.0f;
    const Image<std::uint8_t> core = finisher.finish(c.design, parameters).pixels;
    ASSERT_EQ(core.rows(), 260);
    const Image<float> fine = cpu::resample(parameters.view(), 512, 512);
    Image<std::uint8_t> mask(512, 512);
    for (std::size_t i = 0; i < fine.size(); ++i) mask.data()[i] = fine.data()[i] > 0.0f;
    BitImage bits(mask);
    clean_mask(bits, grid, c.settings.mask_rules, BitImage(rasterize_binary(c.design.polygons, grid)));
    mask = bits.unpacked();
    const TileMeasures result = measurer.measure(c.design, mask);
    const Image<float> nominal = image_of(c, mask, "nominal"),
                       outer = image_of(c, mask, c.settings.bands.front().outer),
                       inner = image_of(c, mask, c.settings.bands.front().inner);
    const Image<std::uint8_t> target = rasterize_binary(c.design.polygons, grid);
    const float threshold = static_cast<float>(c.model.resist.threshold);
    int l2 = 0, band = 0, wrong = 0;
    for (int y = 126; y < 386; ++y)
      for (int x = 126; x < 386; ++x) {
        l2 += (nominal(y, x) >= threshold) != (target(y, x) != 0);
        band += (outer(y, x) >= threshold) != (inner(y, x) >= threshold);
        wrong += core(y - 126, x - 126) != mask(y, x);
      }
    EXPECT_EQ(wrong, 0);
    EXPECT_EQ(result.l2_nm2, 4.0 * l2);
    EXPECT_EQ(result.pv_band_nm2, 4.0 * band);
    EXPECT_FALSE(result.sites.empty());
  }
}

}  // namespace
}  // namespace reticle
