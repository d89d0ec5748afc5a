// SPDX-License-Identifier: Apache-2.0
// How good correction is at tile boundaries: the same layout is corrected in two tile phases, half a
// core apart, and edges within 5 nm of a boundary of the first are compared with edges inside tiles
// and with themselves in the second phase, where they lie in the middle of a tile.
//
//   seams MODEL.h5 [TILES] [THREADS]
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <random>

#include "litho/chip/ilt_tiles.h"
#include "litho/chip/memory_store.h"
#include "litho/chip/pipeline.h"
#include "masks/model_file.h"

namespace reticle {
namespace {

// Metal-like: vertical and horizontal bars, 70 nm wide, at a pitch of 160 nm with random gaps, in
// blocks of 1600 nm.
std::vector<Polygon> metal(double size) {
  std::mt19937 generator(3);
  std::vector<Polygon> bars;
  const auto random = [&](int low, int high) {
    return low + static_cast<int>(generator() % static_cast<unsigned>((high - low) / 10)) * 10;
  };
  for (double by = 0; by < size; by += 1600)
    for (double bx = 0; bx < size; bx += 1600) {
      const bool upright = generator() % 2 == 0;
      for (double u = 50; u + 70 < 1600; u += 160)
        for (double v = random(40, 200); v < 1400;) {
          const double end = std::min(1560.0, v + random(150, 700));
          const double x0 = bx + (upright ? u : v), x1 = bx + (upright ? u + 70 : end);
          const double y0 = by + (upright ? v : u), y1 = by + (upright ? end : u + 70);
          bars.push_back({{x0, y0}, {x1, y0}, {x1, y1}, {x0, y1}});
          v = end + random(90, 200);
        }
    }
  return bars;
}

struct Found {
  double epe = 0.0;
  double boundary_nm = 0.0;  // distance to the nearest tile boundary
};
using SiteKey = std::pair<long, long>;

std::map<SiteKey, Found> correct_all(const OpticalModel& model, const IltSettings& settings,
                                     const ChipSettings& chip_settings,
                                     const std::vector<Polygon>& polygons, double shift, double size,
                                     int threads, MemoryStore& store) {
  const GeometrySource source = [&](const Box& box) {
    std::vector<Polygon> found;
    for (Polygon p : polygons) {
      for (Point& q : p) q = {q.x + shift, q.y + shift};
      if (p[0].x < box.x1 && p[2].x > box.x0 && p[0].y < box.y1 && p[2].y > box.y0)
        found.push_back(std::move(p));
    }
    return found;
  };
  const IltTiles method(model, settings, chip_settings, "seams");
  const TilePipeline pipeline(method, {source});
  const auto tiles = method.plan().tiles_in({shift, shift, size + shift, size + shift});
  const TileKeys keys(method, tiles, pipeline.scan(tiles_that_decide(method, tiles), threads));
  for (int stage = 0; stage < method.stages(); ++stage)
    run_tasks(pipeline, keys, keys.missing(stage, store), store, {.threads = threads});
  std::map<SiteKey, Found> sites;
  for (const TileIndex& tile : tiles) {
    const std::string& key = keys.key(method.measure_stage(), tile);
    if (key.empty()) continue;
    const Box core = method.plan().core(tile);
    const double cx = core.width(), cy = core.height();
    for (const EdgePlacement& place : measures_from_bytes(store.get(key)).sites) {
      const Point& p = place.site.position;
      const double near = std::min({p.x, cx - p.x, p.y, cy - p.y});
      sites[{std::lround(10 * (core.x0 + p.x - shift)), std::lround(10 * (core.y0 + p.y - shift))}] =
          {place.epe_nm, near};
    }
  }
  return sites;
}

struct Statistics {
  double sum = 0.0, worst = 0.0;
  long count = 0;
  void add(double epe) {
    sum += std::abs(epe);
    worst = std::max(worst, std::abs(epe));
    ++count;
  }
  double mean() const { return count ? sum / static_cast<double>(count) : 0.0; }
};

void compare(const std::string& name, const std::map<SiteKey, Found>& a,
             const std::map<SiteKey, Found>& b) {
  Statistics seam, inside, same;
  for (const auto* phase : {&a, &b}) {
    const auto& other = phase == &a ? b : a;
    for (const auto& [key, found] : *phase) {
      const auto twin = other.find(key);
      if (twin == other.end()) continue;
      if (found.boundary_nm <= 5.0) {
        seam.add(found.epe);
        same.add(twin->second.epe);
      } else if (found.boundary_nm > 100.0) {
        inside.add(found.epe);
      }
    }
  }
  std::printf("%-44s seam %7.3f %7.2f (%ld)  inside %7.3f %7.2f (%ld)  same edges inside %7.3f %7.2f"
              "  ratio %.3f %.3f  paired %.3f %.3f\n",
              name.c_str(), seam.mean(), seam.worst, seam.count, inside.mean(), inside.worst,
              inside.count, same.mean(), same.worst, seam.mean() / inside.mean(),
              seam.worst / inside.worst, seam.mean() / same.mean(), seam.worst / same.worst);
  std::fflush(stdout);
}

}  // namespace
}  // namespace reticle

int main(int argc, char** argv) {
  using namespace reticle;
  if (argc < 2) return std::fputs("usage: seams MODEL.h5 [TILES] [THREADS]\n", stderr), 2;
  const OpticalModel model = read_model(argv[1]);
  const int count = argc > 2 ? std::atoi(argv[2]) : 4, threads = argc > 3 ? std::atoi(argv[3]) : 1;
  IltSettings settings;
  settings.edge_site_spacing_nm = 10.0;
  settings = resolved(settings, model);
  std::printf("columns: mean and worst |EPE| in nm (number of edge sites)\n");
  for (const double halo : {512.0}) {
    MemoryStore first, second;
    const auto run = [&](const std::string& name, ChipSettings chip) {
      chip.halo_nm = halo;
      const TilePlan plan = plan_tiles(model, settings, halo);
      const double size = count * plan.core_x_nm;
      const auto polygons = metal(size);
      const double half = 0.5 * plan.core_x_nm;
      compare(name, correct_all(model, settings, chip, polygons, 0.0, size, threads, first),
              correct_all(model, settings, chip, polygons, half, size, threads, second));
    };
    run("independent tiles, cut", {.blend_nm = 0, .free_margin_nm = 0, .refinements = 0});
    run("blend 64, refined 40",
        {.blend_nm = 64, .free_margin_nm = 128, .refinement_iterations = 40, .refinement_rate = 0.05});
    run("blend 64, refined 20",
        {.blend_nm = 64, .free_margin_nm = 128, .refinement_iterations = 20, .refinement_rate = 0.05});
    run("blend 64, refined 10",
        {.blend_nm = 64, .free_margin_nm = 128, .refinement_iterations = 10, .refinement_rate = 0.05});
  }
  return 0;
}
