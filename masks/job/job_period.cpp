// SPDX-License-Identifier: Apache-2.0
#include "masks/job/job_period.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "litho/chip/array_tiles.h"
#include "litho/chip/edge_tiles.h"
#include "litho/chip/interaction_range.h"
#include "litho/chip/tiling.h"
#include "litho/imaging/model_period.h"
#include "masks/job/job_file.h"

namespace reticle {

namespace {

// Of the coarsest working grid, so that all grids keep their pixels; whole nm, as fields lie on them.
double step_of(const IltSettings& settings) {
  constexpr int k_most = 64;
  int coarsest = 1;
  for (const IltLevel& level : settings.levels) coarsest = std::max(coarsest, level.coarseness);
  const double grid = coarsest * settings.mask_pixel_nm;
  for (int times = 1; times <= k_most; ++times)
    if (std::abs(times * grid - std::round(times * grid)) < 1e-6) return std::round(times * grid);
  return 0.0;
}

// A worker holds some twenty images on the finest grid: 0.6 GB with so many points.
double most_period(const IltSettings& settings) {
  constexpr double k_most_points = 1 << 23;
  int finest = settings.levels.front().coarseness;
  for (const IltLevel& level : settings.levels) finest = std::min(finest, level.coarseness);
  return std::sqrt(k_most_points) * finest * settings.mask_pixel_nm;
}

struct StoredTiling {
  double core_x_nm = 0.0, core_y_nm = 0.0, halo_nm = 0.0;
  Point origin{};
};

std::optional<StoredTiling> stored_tiling(const std::filesystem::path& folder) {
  const auto file = folder / "job.h5";
  if (!std::filesystem::exists(file)) return {};
  StoredTiling found;
  const std::string tiling = read_job(file).tiling;
  if (std::sscanf(tiling.c_str(), "core %lf x %lf nm from %lf, %lf nm, halo %lf nm", &found.core_x_nm, &found.core_y_nm,
                  &found.origin.x, &found.origin.y, &found.halo_nm) == 5)
    return found;
  found.origin = {};
  std::sscanf(tiling.c_str(), "core %lf x %lf nm, halo %lf nm", &found.core_x_nm, &found.core_y_nm, &found.halo_nm);
  return found;
}

}  // namespace

JobPeriod period_for_job(const OpticalModel& model, const CorrectionSettings& settings, std::optional<double> halo_nm,
                         const Box& extent, const std::filesystem::path& folder) {
  const JobPeriod own{model.period_x_nm, model.period_y_nm, ""};
  if (settings.method != MaskMethod::ilt) return own;  // edges take a multiple of the model's own
  if (const auto stored = stored_tiling(folder)) {
    const double x = stored->core_x_nm + 2 * stored->halo_nm, y = stored->core_y_nm + 2 * stored->halo_nm;
    return x == 0.0 || (x == own.x_nm && y == own.y_nm) ? own : JobPeriod{x, y, "as the job in this folder has them"};
  }
  const IltSettings ilt = resolved(settings, model).ilt;
  const double step = step_of(ilt);
  if (step == 0.0) return own;
  const double halo = tile_halo(model, ilt, halo_nm);
  const TilePeriod found = cheapest_period(model, step, halo, extent, most_period(ilt));
  if (found.x_nm == own.x_nm && found.y_nm == own.y_nm) return own;
  const std::string saved = std::isinf(found.work_saved)
                                ? fmt::format("the model's own {:g} x {:g} nm leave no core", own.x_nm, own.y_nm)
                                : fmt::format("{:.3g} times less work than the model's own {:g} x {:g} nm, most of which "
                                              "goes into halos of {:g} nm",
                                              found.work_saved, own.x_nm, own.y_nm, halo);
  return {found.x_nm, found.y_nm, "the cheapest for this layout: " + saved + " (--period-nm chooses)"};
}

Point origin_for_job(const OpticalModel& model, const CorrectionSettings& settings, std::optional<double> halo_nm,
                     const Box& extent, const std::filesystem::path& folder) {
  if (settings.method != MaskMethod::ilt) return {};
  if (const auto stored = stored_tiling(folder)) return stored->origin;
  const TilePlan plan = plan_tiles(model, settings.ilt, halo_nm);
  const double grid = step_of(settings.ilt), step = grid > 0.0 ? grid : 1.0;
  return {tiles_along(extent.x0 - plan.halo_nm, extent.x1 + plan.halo_nm, plan.core_x_nm, step).from_nm,
          tiles_along(extent.y0 - plan.halo_nm, extent.y1 + plan.halo_nm, plan.core_y_nm, step).from_nm};
}

void keep_pixels(const OpticalModel& model, const JobPeriod& period, CorrectionSettings& settings) {
  const IltSettings ilt = resolved(settings, model).ilt;
  const double step = step_of(ilt);
  const auto divides = [step](double length) { return step > 0.0 && std::fmod(length, step) == 0.0; };
  if (divides(period.x_nm) && divides(period.y_nm)) settings.ilt.mask_pixel_nm = ilt.mask_pixel_nm;
}

void take_tiles_for_arrays(LayoutJob& job, CorrectionSettings& settings) {
  const double beyond = settings.method == MaskMethod::ilt ? k_energy_beyond_halo : k_energy_beyond_edges;
  const double range = job.chip.halo_nm.value_or(interaction_range(job.model, beyond));
  IltSettings recipe = settings.ilt;
  if (settings.method == MaskMethod::edge) recipe.levels = {{.coarseness = 1}};  // edges move on no coarser grid
  const std::optional<ArrayTiles> tiles =
      tiles_for_arrays(job.model, recipe, range, job.input->extent, job.input->arrays());
  if (!tiles) return;
  settings.ilt.levels = recipe.levels;
  job.tiles_reason = tiles->reason;
  job.chip.halo_nm = tiles->halo_nm;
  job.chip.halo_source = fmt::format("for {:.0f} nm of interaction", range);
  job.model = model_at_period(job.model, tiles->period.x_nm, tiles->period.y_nm);
  settings.ilt.mask_pixel_nm = tiles->mask_pixel_nm;
  if (!job.mask_layout.tolerance_nm) job.mask_layout.tolerance_nm = k_outline_pixels * tiles->asked_pixel_nm;
}

void move_on_database_units(const LayoutJob& job, CorrectionSettings& settings) {
  double& grid = settings.edges.opc.mask_grid_nm;
  if (settings.method == MaskMethod::ilt || grid > 0.0) return;
  const double unit = job.input->dbu_nm, whole = std::floor(resolved(settings, job.model).ilt.mask_pixel_nm / unit + 1e-6);
  if (whole >= 1.0) grid = whole * unit;
}

}  // namespace reticle
