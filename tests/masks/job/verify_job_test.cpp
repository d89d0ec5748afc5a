// SPDX-License-Identifier: Apache-2.0
#include "masks/job/verify_job.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <thread>

#include "litho/geometry/boolean.h"
#include "litho/imaging/model_period.h"
#include "litho/verification/verification_tiles.h"
#include "masks/layout/layout_file.h"
#include "tests/litho/chip/chip_model.h"
#include "tests/masks/scratch.h"

namespace reticle {
namespace {

using test::rectangle;

// An array of bars, its period half a tile of the verification, so that seams run through middles of bars
// and of gaps; a mask that prints it; and 60 faults of six kinds planted in the mask.
struct Planted {
  Check check;
  Point place;
};

struct Array {
  static constexpr int k_cells = 44;
  double pitch;
  std::vector<Polygon> target, mask;
  std::vector<Planted> faults;

  explicit Array(double cell_pitch, bool with_faults) : pitch(cell_pitch) {
    for (int y = 0; y < k_cells; ++y)
      for (int x = 0; x < k_cells; ++x) {
        // Every fifth cell of a row, shifted from row to row, every fourth row.
        const bool planted = with_faults && y % 4 == 1 && (x + y / 4) % 5 == 2 && faults.size() < 60 && x > 0 && x + 1 < k_cells;
        cell(x * pitch, y * pitch, planted ? static_cast<int>(faults.size() % 6) : -1);
      }
  }

 private:
  void bar(double x, double y0, double y1) { mask.push_back(rectangle(x - 75, y0 - 16, x + 75, y1 + 16)); }

  void cell(double x, double y, int fault) {
    const double other = x + pitch / 2, low = y + 100, high = y + pitch - 100, middle = y + pitch / 2;
    target.push_back(rectangle(x - 75, low, x + 75, high));
    target.push_back(rectangle(other - 75, low, other + 75, high));
    const double gap = x + pitch / 4;  // middle of the gap to the right
    switch (fault) {
      case 0:
        mask.push_back(rectangle(x + 75, middle - 50, other - 75, middle + 50));
        faults.push_back({Check::bridge, {gap, middle}});
        break;
      case 1:
        mask.push_back(rectangle(x - 75, low - 16, x + 75, middle - 35));
        mask.push_back(rectangle(x - 26, middle - 35, x + 26, middle + 35));
        mask.push_back(rectangle(x - 75, middle + 35, x + 75, high + 16));
        bar(other, low, high);
        faults.push_back({Check::pinch, {x, middle}});
        return;
      case 2:
        bar(x, low, high);
        faults.push_back({Check::missing, {other, middle}});
        return;
      case 3:
        mask.push_back(rectangle(gap - 72, y - 72, gap + 72, y + 72));
        faults.push_back({Check::extra, {gap, y}});
        break;
      case 4:
        bar(x, low, high - 36);
        bar(other, low, high);
        faults.push_back({Check::pullback, {x, high}});
        return;
      case 5:
        mask.push_back(rectangle(gap - 3.5, middle - 3.5, gap + 3.5, middle + 3.5));
        faults.push_back({Check::mask_width, {gap, middle}});
        break;
    }
    bar(x, low, high);
    bar(other, low, high);
  }
};

class VerifyLayout : public test::Scratch {
 protected:
  VerifyLayout() : model_(model_at_period(test::annular_model(), 2048, 2048)) {
    VerifySettings limits;
    limits.epe_run_nm = 18, limits.epe_line_end_nm = 25, limits.epe_corner_nm = 40, limits.pullback_nm = 20;
    limits.band_nm = 50, limits.nils = 0.4, limits.contact_size_nm = 100, limits.pinch_nm = 80;
    limits.mask_rules.minimum_width_nm = 40;
    settings_ = resolved_limits(limits, model_);
    pitch_ = VerificationTiles(model_, settings_, "").plan().core_x_nm / 2;
  }
  void write(const char* name, const std::vector<Polygon>& polygons) const {
    write_library(at(name), library_of({{{1, 0}, polygons}}, {.cell = "ARRAY", .dbu_nm = 0.5}));
  }
  VerifyJob job(const char* mask, const char* folder) const {
    VerifyJob job{.mask = at(mask), .target = at("target.gds"), .folder = at(folder), .model = model_, .settings = settings_};
    job.subject.model_hash = "m", job.subject.recipe = "r", job.subject.top_cell = "ARRAY";
    job.threads = 2;
    return job;
  }

  OpticalModel model_;
  VerifySettings settings_;
  double pitch_ = 0.0;
};

TEST_F(VerifyLayout, PageIsTheSameForAnyThreadsAndWorkers) {
  const Array planted(pitch_, true);
  write("target.gds", planted.target);
  write("planted.gds", planted.mask);
  const auto page_of = [&](VerifyJob job) {
    job.draws_places = true;
    VerifyOutcome outcome = run_verify_job(job);
    EXPECT_TRUE(outcome.finished);
    EXPECT_GT(outcome.places.boxes.size(), 6u);
    outcome.report.seconds = 0.0;
    write_verification_page(at("page.html"), outcome.report, *outcome.model, outcome.places);
    return bytes_of(at("page.html"));
  };
  VerifyJob one = job("planted.gds", "one"), many = job("planted.gds", "many"), shared = job("planted.gds", "shared");
  one.threads = 1, many.threads = 8;
  shared.threads = 1, shared.access = JobAccess::shared, shared.start = JobStart::resume;
  VerifyJob helping = shared;
  helping.draws_places = true, helping.collects = false;
  const std::string page = page_of(one);
  EXPECT_EQ(page_of(many), page);
  bool helper_has_results = true;
  std::thread helper([&] { helper_has_results = run_verify_job(helping).finished; });
  EXPECT_EQ(page_of(shared), page);
  helper.join();
  EXPECT_FALSE(helper_has_results);
}

TEST_F(VerifyLayout, SixtyPlantedFaultsAreFoundAndNothingElse) {
  const Array planted(pitch_, true), good(pitch_, false);
  ASSERT_EQ(planted.faults.size(), 60u);
  write("target.gds", planted.target);
  write("good.gds", good.mask);
  write("planted.gds", planted.mask);

  const VerifyOutcome clean = run_verify_job(job("good.gds", "clean"));
  ASSERT_TRUE(clean.finished);
  // The array's border prints otherwise than its inside: shapes there have no neighbours to one side.
  const auto at_border = [&](Point p) {
    const double far = Array::k_cells * pitch_;
    return p.x < 0.6 * pitch_ || p.y < 0.6 * pitch_ || p.x > far - 0.9 * pitch_ || p.y > far - 0.6 * pitch_;
  };
  for (const Finding& f : clean.report.findings)
    EXPECT_TRUE(at_border(f.place)) << info(f.check).name << " " << f.place.x << " " << f.place.y << " " << f.value;

  const VerifyOutcome found = run_verify_job(job("planted.gds", "faults"));
  ASSERT_TRUE(found.finished);
  std::size_t hits = 0;
  for (const Planted& fault : planted.faults) {
    int times = 0;
    std::string near;
    for (const Finding& f : found.report.findings) {
      const double distance = std::hypot(f.place.x - fault.place.x, f.place.y - fault.place.y);
      times += f.check == fault.check && distance < 5.0;
      if (distance < 300.0) near += fmt::format("{} {:.1f} nm away: {:.4g}; ", info(f.check).name, distance, f.value);
    }
    EXPECT_EQ(times, 1) << info(fault.check).name << " at " << fault.place.x << " " << fault.place.y << ": " << near;
    hits += times == 1;
  }
  EXPECT_EQ(hits, 60u);
  for (const Finding& f : found.report.findings) {
    double nearest = 1e9;
    for (const Planted& fault : planted.faults)
      nearest = std::min(nearest, std::hypot(f.place.x - fault.place.x, f.place.y - fault.place.y));
    EXPECT_TRUE(at_border(f.place) || nearest < 330.0)
        << info(f.check).name << " " << f.place.x << " " << f.place.y << " " << f.value;
  }
  // Equal faults in equal surroundings are one row: ten bridges, all within the array.
  for (const HotSpotGroup& group : found.report.findings.groups()) {
    if (group.check == Check::bridge) {
      EXPECT_EQ(group.count, 10u);
    }
  }
  EXPECT_TRUE(found.places.boxes.empty());  // nobody asked for them
}

TEST_F(VerifyLayout, ResumedAndOnMoreThreadsItIsTheSame) {
  const auto few = [&](std::vector<Polygon> all) {
    std::erase_if(all, [&](const Polygon& p) { return p[0].x > 6 * pitch_ || p[0].y > 6 * pitch_; });
    return all;
  };
  const Array planted(pitch_, true);
  write("target.gds", few(planted.target));
  write("mask.gds", few(planted.mask));
  VerifyJob one = job("mask.gds", "one"), two = job("mask.gds", "two");
  one.threads = 1;
  const VerifyOutcome whole = run_verify_job(one);
  int left = 5;  // tiles until it is stopped
  JobWatcher watcher;
  watcher.progress = [&](const std::string& work, std::size_t, std::size_t) { left -= work.starts_with("tiles to verify"); };
  watcher.interrupted = [&] { return left < 0; };
  EXPECT_FALSE(run_verify_job(two, watcher).finished);
  two.start = JobStart::resume;
  const VerifyOutcome resumed = run_verify_job(two);
  ASSERT_TRUE(resumed.finished);
  EXPECT_EQ(resumed.report.findings, whole.report.findings);
  EXPECT_EQ(resumed.report.measures.l2_nm2, whole.report.measures.l2_nm2);
  EXPECT_GT(whole.report.findings.size(), 0u);
}

const std::vector<Polygon> k_ring = {{{0, 0}, {700, 0}, {700, 700}, {0, 700}, {0, 200}, {200, 200}, {200, 500}, {500, 500}, {500, 200}, {0, 200}}};

TEST_F(VerifyLayout, AnIsolatedShapeIsJudgedAsTheClipThatHoldsIt) {
  write("target.gds", k_ring);
  const VerifyOutcome layout = run_verify_job(job("target.gds", "ring"));
  EXPECT_EQ(layout.report.tiles.size(), 1u);
  Region region{.mask = k_ring, .target = k_ring, .field = {-700, -650, 1348, 1398}};
  region.core = region.field;
  const RegionReport clip = RegionVerifier(model_, settings_).verify(region);
  EXPECT_GT(clip.measures.l2_nm2, 1000.0);
  EXPECT_NEAR(layout.report.measures.l2_nm2, clip.measures.l2_nm2, 1.0);
  EXPECT_NEAR(layout.report.measures.pv_band_nm2, clip.measures.pv_band_nm2, 1.0);
  EXPECT_NEAR(layout.report.measures.all_edges(0).mean_abs_nm(), clip.measures.all_edges(0).mean_abs_nm(), 1e-3);
  EXPECT_EQ(layout.report.findings.size(), clip.findings.size());
}

// A clip is imaged with copies of itself around it: a tile says the same where the layout has them too.
TEST_F(VerifyLayout, ATileOfAnArrayIsJudgedAsTheClipOfOnePeriod) {
  const double pitch = model_.period_x_nm / 4;
  std::vector<Polygon> array;
  for (int y = 0; y < 16; ++y)
    for (int x = 0; x < 16; ++x) array.push_back(rectangle(x * pitch + 100, y * pitch + 60, x * pitch + 260, y * pitch + 440));
  write("target.gds", array);
  VerifyJob verify = job("target.gds", "array");
  verify.halo_nm = pitch;
  const VerifyOutcome layout = run_verify_job(verify);
  Region region{.mask = {}, .target = {}, .field = {0, 0, 4 * pitch, 4 * pitch}};
  for (int y = 0; y < 4; ++y)
    for (int x = 0; x < 4; ++x) region.target.push_back(array[static_cast<std::size_t>(16 * y + x)]);
  region.mask = region.target, region.core = region.field;
  const RegionMeasures clip = RegionVerifier(model_, settings_).verify(region).measures;
  int inside = 0;
  for (const VerifiedTile& tile : layout.report.tiles) {
    if (tile.core.x0 < 3 * pitch || tile.core.y0 < 3 * pitch || tile.core.x1 > 13 * pitch || tile.core.y1 > 13 * pitch) continue;
    EXPECT_NEAR(tile.l2_nm2, clip.l2_nm2 / 4, 1.0);
    EXPECT_NEAR(tile.pv_band_nm2, clip.pv_band_nm2 / 4, 1.0);
    EXPECT_NEAR(tile.epe_max_nm, clip.all_edges(0).max_abs_nm, 1e-3);
    ++inside;
  }
  EXPECT_GE(inside, 9);
}

// Contacts under the bars, one over an edge of its bar, and one far from all that is drawn.
TEST_F(VerifyLayout, ASecondLayerHasToBeEnclosedWhereverItLies) {
  const double far = 12 * pitch_;
  std::vector<Polygon> bars, contacts;
  for (int i = 0; i < 6; ++i) {
    bars.push_back(rectangle(i * pitch_, 0, i * pitch_ + 200, 1500));
    contacts.push_back(rectangle(i * pitch_ + 60, 700, i * pitch_ + 140, 780));
  }
  contacts[2] = rectangle(2 * pitch_ + 150, 700, 2 * pitch_ + 230, 780);
  contacts.push_back(rectangle(far, far, far + 80, far + 80));
  write_library(at("target.gds"), library_of({{{1, 0}, bars}, {{2, 0}, contacts}}, {.cell = "ARRAY", .dbu_nm = 0.5}));
  VerifyJob verify = job("target.gds", "enclosed");
  verify.mask_part.layers = verify.target_part.layers = {{1, 0}};
  verify.enclosed_part = LayoutPart{.layers = {{2, 0}}};
  int over = 0, alone = 0;
  for (const Finding& f : run_verify_job(verify).report.findings) {
    if (f.check != Check::enclosure) continue;
    over += std::abs(f.place.x - (2 * pitch_ + 190)) < 41 && std::abs(f.place.y - 740) < 41;
    alone += std::abs(f.place.x - far - 40) < 41 && std::abs(f.place.y - far - 40) < 41;
    EXPECT_TRUE(f.place.x > far - 1 || std::abs(f.place.x - (2 * pitch_ + 190)) < 41) << f.place.x << " " << f.place.y;
  }
  EXPECT_GE(over, 1);
  EXPECT_GE(alone, 1);
}

// Nothing but the window is judged, wherever tiles end.
TEST_F(VerifyLayout, TotalsOfAWindowAreThoseOfItsPartsWhateverTheTiles) {
  write("target.gds", Array(pitch_, false).target);
  const auto within = [&](const char* folder, double x0, double x1, double halo_nm) {
    VerifyJob one = job("target.gds", folder);
    one.target_part.window = Box{x0, 4.3 * pitch_, x1, 6.6 * pitch_};
    one.halo_nm = halo_nm;
    return run_verify_job(one).report.measures;
  };
  const double halo = 0.5 * (2048 - 2 * pitch_);
  const RegionMeasures whole = within("whole", 5.2 * pitch_, 8.4 * pitch_, halo), other = within("other", 5.2 * pitch_, 8.4 * pitch_, halo + 60),
                       left = within("left", 5.2 * pitch_, 6.7 * pitch_, halo), right = within("right", 6.7 * pitch_, 8.4 * pitch_, halo);
  EXPECT_GT(whole.all_edges(0).sites, 20);
  EXPECT_EQ(whole.all_edges(0).sites, left.all_edges(0).sites + right.all_edges(0).sites);
  // Where a field ends an edge is cut, which sets its sites anew.
  EXPECT_NEAR(static_cast<double>(whole.all_edges(0).sites), static_cast<double>(other.all_edges(0).sites), 0.06 * static_cast<double>(whole.all_edges(0).sites));
  EXPECT_NEAR(whole.target_nm2, other.target_nm2, 1e-3);
  EXPECT_NEAR(whole.l2_nm2, left.l2_nm2 + right.l2_nm2, 1e-4 * whole.l2_nm2);
  EXPECT_NEAR(whole.target_nm2, left.target_nm2 + right.target_nm2, 1e-3);
  EXPECT_NEAR(whole.l2_nm2, other.l2_nm2, 5e-3 * whole.l2_nm2);
}

TEST_F(VerifyLayout, BeyondWhatWasCorrectedTheMaskIsAsDrawn) {
  const Array drawn(pitch_, false);
  write("target.gds", drawn.target);
  const Box window{6 * pitch_, 6 * pitch_, 10 * pitch_, 9 * pitch_}, extent{5.5 * pitch_, 5.5 * pitch_, 10.25 * pitch_, 9.5 * pitch_};
  write("part.gds", clip(drawn.target, extent));
  VerifyJob whole = job("target.gds", "whole"), part = job("part.gds", "part");
  for (VerifyJob* one : {&whole, &part}) one->target_part.window = window;
  part.mask_extent = extent;
  const RegionMeasures a = run_verify_job(whole).report.measures, b = run_verify_job(part).report.measures;
  EXPECT_GT(a.all_edges(0).sites, 50);
  EXPECT_NEAR(a.l2_nm2, b.l2_nm2, 1e-3 * a.l2_nm2);
  EXPECT_NEAR(a.all_edges(0).max_abs_nm, b.all_edges(0).max_abs_nm, 1e-3);
}

}  // namespace
}  // namespace reticle
