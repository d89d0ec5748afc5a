// SPDX-License-Identifier: Apache-2.0
// How good edge-based correction is at the seams of its tiles: a layout is corrected several times, each time moved by another
// part of a core beneath the tiles, and sites near a seam in one phase are compared with themselves in the phases in
// which they lie inside.
//
//   edge_seams LAYOUT LAYER/DATATYPE MODEL.h5 [--window x0,y0,x1,y1 in um] [--recipe R.toml]
//     [--refinements 1] [--phases 4] [--near 20 nm] [--threads 1] [--sites SITES.csv]
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <exception>
#include <fstream>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include "bench/options.h"
#include "litho/chip/memory_store.h"
#include "litho/chip/pipeline.h"
#include "masks/job/job_limits.h"
#include "masks/job/job_period.h"
#include "masks/job/layout_job.h"
#include "masks/layout/layout.h"
#include "masks/model_file.h"
#include "masks/recipes/correction.h"

namespace reticle {
namespace {

constexpr double k_inside_nm = 100.0;  // further from all seams than this

struct Arguments {
  std::vector<std::string> words;
  std::string recipe, sites, window_um;
  int refinements = 1, phases = 4, threads = 1;
  double near_nm = 20.0;
};

struct Found {
  double epe_nm = 0.0;
  double seam_nm = 0.0;  // distance to the nearest seam
};
using SiteKey = std::array<long, 4>;  // place and normal
using Sites = std::map<SiteKey, Found>;

Box window_of(const std::string& um) {
  Box box{};
  if (std::sscanf(um.c_str(), "%lf,%lf,%lf,%lf", &box.x0, &box.y0, &box.x1, &box.y1) != 4)
    throw std::invalid_argument("--window " + um + ": four numbers in um are wanted, x0,y0,x1,y1");
  constexpr double k_nm = 1e3;
  return {k_nm * box.x0, k_nm * box.y0, k_nm * box.x1, k_nm * box.y1};
}

// The job that `reticle correct --method edge` would run.
LayoutJob job_of(const Arguments& arguments) {
  LayoutJob job;
  job.layout = arguments.words[0];
  job.part.layers = {layer_from_text(arguments.words[1])};
  job.model = read_model(arguments.words[2]);
  if (!arguments.window_um.empty()) job.part.window = window_of(arguments.window_um);
  job.input = std::make_shared<const LayoutInput>(open_layout(job.layout, job.part));
  CorrectionSettings settings = read_correction(arguments.recipe, job.model);
  settings.method = job.method = MaskMethod::edge;
  take_tiles_for_arrays(job, settings);
  move_on_database_units(job, settings);
  settings.ilt.edge_site_spacing_nm = 10.0;
  settings = resolved(settings, job.model);
  job.settings = settings.ilt;
  job.edges = settings.edges;
  job.chip.refinements = arguments.refinements;
  job.chip = resolved(job.chip, job.model);
  job.description = describe_job(job.model, settings, "edge_seams");
  return job;
}

Sites corrected_at(const LayoutJob& job, Point shift, int threads) {
  const std::unique_ptr<CorrectionMethod> method = method_of(job);
  const TilePlan& plan = method->plan();
  const GeometrySource source = [&](const Box& box) {
    std::vector<Polygon> found = job.input->geometry({box.x0 - shift.x, box.y0 - shift.y, box.x1 - shift.x, box.y1 - shift.y});
    for (Polygon& polygon : found)
      for (Point& p : polygon) p = {p.x + shift.x, p.y + shift.y};
    return found;
  };
  const Box& window = job.input->window;
  const TilePipeline pipeline(*method, {source});
  const auto tiles = plan.tiles_in({window.x0 + shift.x, window.y0 + shift.y, window.x1 + shift.x, window.y1 + shift.y});
  const TileKeys keys(*method, tiles, pipeline.scan(tiles_that_decide(*method, tiles), threads));
  MemoryStore store;
  for (int stage = 0; stage < method->stages(); ++stage)
    run_tasks(pipeline, keys, keys.missing(stage, store), store, {.threads = threads});
  Sites sites;
  for (const TileIndex& tile : tiles) {
    const std::string& key = keys.key(method->measure_stage(), tile);
    if (key.empty()) continue;
    const Box core = plan.core(tile);
    for (const EdgePlacement& place : measures_from_bytes(store.get(key)).sites) {
      const Point &p = place.site.position, &n = place.site.normal;
      sites[{std::lround(10 * (core.x0 + p.x - shift.x)), std::lround(10 * (core.y0 + p.y - shift.y)), std::lround(10 * n.x),
             std::lround(10 * n.y)}] = {place.epe_nm, std::min({p.x, core.width() - p.x, p.y, core.height() - p.y})};
    }
  }
  return sites;
}

struct Mean {
  double sum = 0.0, squares = 0.0;
  long count = 0;
  void add(double value) { sum += value, squares += value * value, ++count; }
  double value() const { return count ? sum / static_cast<double>(count) : 0.0; }
  double error() const {
    const double n = static_cast<double>(count);
    return count > 1 ? std::sqrt(std::max(0.0, squares / n - value() * value()) / n) : 0.0;
  }
};

void compare(const std::vector<Sites>& phases, double near_nm) {
  Mean seam, same, difference, inside;
  for (const Sites& phase : phases)
    for (const auto& [key, found] : phase) {
      if (found.seam_nm > k_inside_nm) inside.add(std::abs(found.epe_nm));
      if (found.seam_nm > near_nm) continue;
      Mean others;
      for (const Sites& other : phases)
        if (const auto twin = other.find(key); twin != other.end() && twin->second.seam_nm > k_inside_nm) others.add(std::abs(twin->second.epe_nm));
      if (others.count == 0) continue;
      seam.add(std::abs(found.epe_nm));
      same.add(others.value());
      difference.add(std::abs(found.epe_nm) - others.value());
    }
  std::printf("mean |EPE| in nm: within %g nm of a seam %.3f (%ld sites), the same sites inside %.3f, all sites inside %.3f\n", near_nm,
              seam.value(), seam.count, same.value(), inside.value());
  std::printf("at seams / the same inside: %.4f +- %.4f\n", seam.value() / same.value(), difference.error() / same.value());
}

void write(const std::string& path, const std::vector<Sites>& phases) {
  std::ofstream file(path);
  file << "phase,x_nm,y_nm,normal_x,normal_y,epe_nm,seam_nm\n";
  for (std::size_t k = 0; k < phases.size(); ++k)
    for (const auto& [key, found] : phases[k])
      file << k << ',' << 0.1 * static_cast<double>(key[0]) << ',' << 0.1 * static_cast<double>(key[1]) << ',' << 0.1 * static_cast<double>(key[2])
           << ',' << 0.1 * static_cast<double>(key[3]) << ',' << found.epe_nm << ',' << found.seam_nm << '\n';
}

int run(const Arguments& arguments) {
  const LayoutJob job = job_of(arguments);
  const std::unique_ptr<CorrectionMethod> method = method_of(job);
  const double grid = job.edges.opc.mask_grid_nm;
  std::printf("cores of %g x %g nm, halo %g nm\n", method->plan().core_x_nm, method->plan().core_y_nm, method->plan().halo_nm);
  std::vector<Sites> phases;
  for (int k = 0; k < arguments.phases; ++k) {
    const auto part = [&](double core) { return std::round(core * k / arguments.phases / grid) * grid; };
    const Point shift{part(method->plan().core_x_nm), part(method->plan().core_y_nm)};
    phases.push_back(corrected_at(job, shift, arguments.threads));
    Mean all;
    for (const auto& [key, found] : phases.back()) all.add(std::abs(found.epe_nm));
    std::printf("moved by (%g, %g) nm: mean |EPE| %.3f nm of %ld sites\n", shift.x, shift.y, all.value(), all.count);
    std::fflush(stdout);
  }
  compare(phases, arguments.near_nm);
  if (!arguments.sites.empty()) write(arguments.sites, phases);
  return 0;
}

}  // namespace
}  // namespace reticle

int main(int argc, char** argv) {
  using namespace reticle;
  try {
    Arguments arguments;
    const std::string usage =
        "usage: edge_seams LAYOUT LAYER/DATATYPE MODEL.h5 [--window x0,y0,x1,y1] [--recipe R.toml] [--refinements N] [--phases N] [--near NM] "
        "[--threads N] [--sites F.csv]";
    arguments.words = bench::read_options(argc, argv, usage,
                                          {{"window", [&](const std::string& text) { arguments.window_um = text; }},
                                           {"recipe", [&](const std::string& text) { arguments.recipe = text; }},
                                           {"refinements", [&](const std::string& text) { arguments.refinements = std::stoi(text); }},
                                           {"phases", [&](const std::string& text) { arguments.phases = std::stoi(text); }},
                                           {"near", [&](const std::string& text) { arguments.near_nm = std::stod(text); }},
                                           {"threads", [&](const std::string& text) { arguments.threads = std::stoi(text); }},
                                           {"sites", [&](const std::string& text) { arguments.sites = text; }}});
    if (arguments.words.size() != 3) throw std::invalid_argument(usage);
    return run(arguments);
  } catch (const std::exception& error) {
    return std::fprintf(stderr, "%s\n", error.what()), 2;
  }
}
