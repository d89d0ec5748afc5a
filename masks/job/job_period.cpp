// SPDX-License-Identifier: Apache-2.0
#include "masks/job/job_period.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "litho/chip/tiling.h"
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

JobPeriod stored_period(const std::filesystem::path& job_file) {
  double x = 0.0, y = 0.0, halo = 0.0;
  const std::string tiling = read_job(job_file).tiling;
  if (std::sscanf(tiling.c_str(), "core %lf x %lf nm, halo %lf nm", &x, &y, &halo) != 3) return {};
  return {x + 2 * halo, y + 2 * halo, "as the job in this folder has them"};
}

}  // namespace

JobPeriod period_for_job(const OpticalModel& model, const CorrectionSettings& settings, std::optional<double> halo_nm,
                         const Box& extent, const std::filesystem::path& folder) {
  const JobPeriod own{model.period_x_nm, model.period_y_nm, ""};
  if (settings.method != MaskMethod::ilt) return own;  // edges take a multiple of the model's own
  if (const auto file = folder / "job.h5"; std::filesystem::exists(file)) {
    const JobPeriod stored = stored_period(file);
    return stored.x_nm > 0.0 && (stored.x_nm != own.x_nm || stored.y_nm != own.y_nm) ? stored : own;
  }
  const IltSettings ilt = resolved(settings, model).ilt;
  const double step = step_of(ilt);
  if (step == 0.0) return own;
  const double halo = tile_halo(model, ilt, halo_nm);
  const TilePeriod found = cheapest_period(model, step, halo, extent);
  if (found.x_nm == own.x_nm && found.y_nm == own.y_nm) return own;
  const std::string saved = std::isinf(found.work_saved)
                                ? fmt::format("the model's own {:g} x {:g} nm leave no core", own.x_nm, own.y_nm)
                                : fmt::format("{:.3g} times less work than the model's own {:g} x {:g} nm, most of which "
                                              "goes into halos of {:g} nm",
                                              found.work_saved, own.x_nm, own.y_nm, halo);
  return {found.x_nm, found.y_nm, "the cheapest for this layout: " + saved + " (--period-nm chooses)"};
}

void keep_pixels(const OpticalModel& model, const JobPeriod& period, CorrectionSettings& settings) {
  const IltSettings ilt = resolved(settings, model).ilt;
  const double step = step_of(ilt);
  const auto divides = [step](double length) { return step > 0.0 && std::fmod(length, step) == 0.0; };
  if (divides(period.x_nm) && divides(period.y_nm)) settings.ilt.mask_pixel_nm = ilt.mask_pixel_nm;
}

}  // namespace reticle
