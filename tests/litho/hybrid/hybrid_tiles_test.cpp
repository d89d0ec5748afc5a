// SPDX-License-Identifier: Apache-2.0
#include "litho/chip/hybrid_tiles.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "kernels/base/error.h"
#include "litho/chip/memory_store.h"
#include "litho/chip/pipeline.h"
#include "tests/litho/chip/chip_model.h"

namespace reticle {
namespace {

using test::rectangle;

struct Corrected {
  TilePlan plan;
  std::map<TileIndex, Bytes> masks, measures;
  std::size_t patches = 0;
};

enum class Order { forwards, backwards };

Corrected run(const CorrectionMethod& method, const std::vector<Polygon>& polygons,
              const Box& window, Order order) {
  const TilePipeline pipeline(method, {test::source_of(polygons)});
  const std::vector<TileIndex> tiles = method.plan().tiles_in(window);
  MemoryStore store;
  const TileKeys keys(method, tiles, pipeline.scan(tiles_that_decide(method, tiles), 1));
  Corrected out{.plan = method.plan(), .masks = {}, .measures = {}};
  for (int stage = 0; stage < method.stages(); ++stage) {
    std::vector<TileTask> tasks = keys.missing(stage, store);
    if (order == Order::backwards) std::reverse(tasks.begin(), tasks.end());
    run_tasks(pipeline, keys, tasks, store, {.threads = order == Order::backwards ? 2 : 1});
    if (method.stage_name(stage) != "mend") continue;
    for (const TileTask& task : tasks)
      out.patches += mended_from_bytes(store.get(task.key)).patches.size();
  }
  for (const TileIndex& tile : tiles) {
    const std::string &mask = keys.key(method.mask_stage(), tile),
                      &measured = keys.key(method.measure_stage(), tile);
    out.masks[tile] = mask.empty() ? Bytes{} : store.get(mask);
    out.measures[tile] = measured.empty() ? Bytes{} : store.get(measured);
  }
  return out;
}

struct Methods {
  OpticalModel model = test::annular_model();
  IltSettings settings = resolved(IltSettings{.mask_pixel_nm = 2.0}, model);
  EdgeSettings edges = too_stiff();
  // Edges that hardly move leave faults behind.
  static EdgeSettings too_stiff() {
    EdgeSettings settings;
    settings.opc.max_move_nm = 4.0;
    return settings;
  }
  EdgeTiles of_edges() const {
    return {model, settings, resolved(edges, settings, model), {.halo_nm = 256.0}, "test"};
  }
  HybridTiles of_both() const {
    return {model,
            settings,
            resolved(edges, settings, model),
            {.halo_nm = 256.0},
            resolved(MendSettings{.iterations = 40}, model),
            "test"};
  }
};

// Lines far wider than the resolution.
std::vector<Polygon> easy() {
  return {rectangle(-600, -100, 1500, 140), rectangle(-600, 440, 1500, 700)};
}

// Lines whose ends face each other and a line across, nearer than the resolution, moved.
std::vector<Polygon> hard(double dx = 0.0, double dy = 0.0, double pitch = 210.0) {
  std::vector<Polygon> shapes{rectangle(-300 + dx, 300 + dy, 1000 + dx, 390 + dy)};
  for (double x = -250; x < 950; x += pitch) {
    const double gap = 50 + 0.02 * (x + 250);
    shapes.push_back(rectangle(x + dx, -200 + dy, x + 100 + dx, 300 - gap + dy));
    shapes.push_back(rectangle(x + dx, 390 + gap + dy, x + 100 + dx, 640 + dy));
    shapes.push_back(rectangle(x + dx, 640 + gap + dy, x + 100 + dx, 1000 + dy));
  }
  return shapes;
}

const Box k_window{0, 0, 600, 600};

void expect_same(const Corrected& a, const Corrected& b) {
  EXPECT_EQ(a.masks, b.masks);
  EXPECT_EQ(a.measures, b.measures);
}

TEST(HybridTiles, WhereNoPlaceIsNamedMasksAreThoseOfEdges) {
  const Methods methods;
  const Corrected edges = run(methods.of_edges(), easy(), k_window, Order::forwards);
  const Corrected both = run(methods.of_both(), easy(), k_window, Order::forwards);
  ASSERT_EQ(both.patches, 0u);
  expect_same(edges, both);
}

TEST(HybridTiles, ThreadsAndOrderDoNotChangeAByte) {
  const Methods methods;
  const Corrected a = run(methods.of_both(), hard(), k_window, Order::forwards);
  const Corrected b = run(methods.of_both(), hard(), k_window, Order::backwards);
  EXPECT_GT(a.patches, 0u);
  expect_same(a, b);
}

TEST(HybridTiles, LayoutMovedByWholeTilesGivesTheSameMasks) {
  const Methods methods;
  const Corrected here = run(methods.of_both(), hard(), k_window, Order::forwards);
  const double x = 2 * here.plan.core_x_nm, y = -here.plan.core_y_nm;
  const Corrected there =
      run(methods.of_both(), hard(x, y), {x, y, x + 600, y + 600}, Order::forwards);
  for (const auto& [tile, mask] : here.masks)
    EXPECT_EQ(mask, there.masks.at({tile.y - 1, tile.x + 2}));
}

// Seams lie elsewhere in the drawing: other tiles see and mend its places, ends of lines at the limit of resolution.
// On the mean a site prints within the mask's grid, 2 nm, of where it printed, and they are off as far, to a tenth.
TEST(HybridTiles, LayoutMovedByAPartOfATilePrintsAlike) {
  const Methods methods;
  const Box judged{100, 0, 700, 600};
  const auto placement = [&](double dx, double dy) {
    const Corrected found = run(methods.of_both(), hard(dx, dy, 420.0), {judged.x0 + dx, judged.y0 + dy, judged.x1 + dx, judged.y1 + dy}, Order::forwards);
    EXPECT_GT(found.patches, 0u);
    std::map<std::pair<long, long>, double> at;  // [place in the drawing, nm]
    for (const auto& [tile, bytes] : found.measures) {
      if (bytes.empty()) continue;
      const Box core = found.plan.core(tile);
      for (const EdgePlacement& place : measures_from_bytes(bytes).sites) {
        const Point p{place.site.position.x + core.x0 - dx, place.site.position.y + core.y0 - dy};
        if (holds(judged, p)) at[{std::lround(p.x), std::lround(p.y)}] = place.epe_nm;
      }
    }
    return at;
  };
  const auto here = placement(0.0, 0.0), there = placement(176.0, -112.0);
  double sum = 0.0, all_here = 0.0, all_there = 0.0;
  int same = 0;
  for (const auto& [place, epe] : here) {
    const auto other = there.find(place);
    if (other == there.end()) continue;  // of an edge longer than tiles see: counted from where it is cut
    sum += std::abs(other->second - epe);
    all_here += std::abs(epe);
    all_there += std::abs(other->second);
    ++same;
  }
  ASSERT_GE(same, 40);
  ASSERT_GT(same, static_cast<int>(0.6 * static_cast<double>(here.size())));
  EXPECT_LT(sum / same, 2.0);
  EXPECT_LT(std::abs(all_there - all_here), 0.1 * all_here);
}

TEST(HybridTiles, DamagedTilesAreRefused) {
  Bytes bytes = mended_bytes({easy(), {{{0, 0, 10, 10}, {rectangle(0, 0, 5, 5)}}}});
  const MendedTile tile = mended_from_bytes(bytes);
  EXPECT_EQ(tile.patches.size(), 1u);
  bytes.pop_back();
  EXPECT_THROW(mended_from_bytes(bytes), Error);
}

}  // namespace
}  // namespace reticle
