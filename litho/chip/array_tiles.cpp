// SPDX-License-Identifier: Apache-2.0
#include "litho/chip/array_tiles.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <span>
#include <sstream>

#include "litho/chip/tiling.h"

namespace reticle {

namespace {

// Lengths are compared in whole units, far below any database's.
constexpr double k_unit_nm = 1e-4;
constexpr double k_work_of_pixels = 0.15;  // of a tile at the coarsest pixel: what grows with their number
constexpr std::size_t k_steps_tried = 8;
constexpr double k_least_gain = 0.1;  // over tiles that follow no array
constexpr double k_same_work = 0.02;  // what estimates of work do not tell apart

std::int64_t units(double nm) { return std::llround(nm / k_unit_nm); }

// A core in one direction: whole steps of an array, or one of the parts of a step.
struct Core {
  double nm = 0.0;
  const ArrayStep* step = nullptr;
  std::string text() const {
    return step->step_nm > nm ? "1/" + std::to_string(std::llround(step->step_nm / nm)) : std::to_string(std::llround(nm / step->step_nm));
  }
};

// Of the layout's area: what lies in an array, and what of it in tiles that are not the first whole one of their kind.
struct Repeated {
  double in_array = 0.0, again = 0.0;
  double anew() const { return in_array > 0.0 ? 1.0 - again / in_array : 1.0; }
};

// In an array whose steps are whole cores, or parts of one, tiles are again what those were that stand a step or a core before.
Repeated repeated(const Core& core, double period_nm, std::span<const ArrayStep> steps, double extent_nm) {
  Repeated most;
  for (const ArrayStep& step : steps) {
    if (units(core.nm) % units(step.step_nm) != 0 && units(step.step_nm) % units(core.nm) != 0) continue;
    const double apart = std::max(core.nm, step.step_nm);
    const auto again = [&](double length_nm) { return std::max(0.0, 1.0 - (period_nm + apart) / length_nm); };
    Repeated found{step.share, step.runs.empty() ? step.share * again(extent_nm) : 0.0};
    double all = 0.0;
    for (const ArrayRun& run : step.runs) {
      all += run.share;
      found.again += run.share * again(run.length_nm);
    }
    if (all > 0.0) found.again *= step.share / all;
    if (found.again > most.again) most = found;
  }
  return most;
}

std::span<const ArrayStep> tried(const std::vector<ArrayStep>& steps) { return std::span(steps).first(std::min(steps.size(), k_steps_tried)); }

// Parts of steps are whole nm, so that their borders lie on any database's units.
std::vector<Core> cores_of(std::span<const ArrayStep> steps, double least_nm, double most_nm) {
  std::vector<Core> cores;
  const auto add = [&](double nm, const ArrayStep& step) {
    if (std::none_of(cores.begin(), cores.end(), [&](const Core& core) { return units(core.nm) == units(nm); })) cores.push_back({nm, &step});
  };
  least_nm = std::max(1.0, least_nm);
  for (const ArrayStep& step : steps) {
    for (int n = 1; n * step.step_nm <= most_nm; ++n) add(n * step.step_nm, step);
    for (int n = 2; step.step_nm / n >= least_nm; ++n)
      if (step.step_nm / n <= most_nm && units(step.step_nm) % (n * units(1.0)) == 0) add(step.step_nm / n, step);
  }
  return cores;
}

struct Pixels {
  double mask_nm = 0.0, working_nm = 0.0, coarsest_nm = 0.0;
};

Pixels with_levels(double mask_nm, const std::vector<IltLevel>& levels) {
  int coarsest = 1;
  for (const IltLevel& level : levels) coarsest = std::max(coarsest, coarseness_of(level, mask_nm));
  return {mask_nm, mask_nm * coarseness_of(levels.back(), mask_nm), mask_nm * coarsest};
}

// The largest mask pixel whose working grids divide both cores.
std::optional<Pixels> pixels_for(double core_x_nm, double core_y_nm, const IltSettings& recipe, double most_nm,
                                 const std::vector<IltLevel>& levels) {
  const std::int64_t common = std::gcd(units(core_x_nm), units(core_y_nm));
  const auto fits = [&](const Pixels& pixels) {
    const double count = static_cast<double>(common) * k_unit_nm / pixels.coarsest_nm;
    return std::abs(count - std::round(count)) < 1e-6 && std::round(count) >= 1.0;
  };
  if (recipe.mask_pixel_nm > 0.0) {
    const Pixels pixels = with_levels(recipe.mask_pixel_nm, levels);
    return fits(pixels) ? std::optional(pixels) : std::nullopt;
  }
  const double whole = static_cast<double>(common) * k_unit_nm;
  for (double parts = std::max(1.0, std::ceil(whole / most_nm - 1e-9)); whole / parts > 0.3 * most_nm; parts += 1.0)
    if (const Pixels pixels = with_levels(whole / parts, levels); fits(pixels)) return pixels;
  return {};
}

// In whole nm, as fields are placed, whole working pixels, and such that the period is whole coarsest pixels.
std::optional<double> halo_for(double range_nm, const Pixels& pixels) {
  constexpr double k_most_steps = 64;  // beyond the range
  const double step = std::max(pixels.working_nm, 0.5 * pixels.coarsest_nm);
  return whole_nm_of_steps(range_nm, step, range_nm + k_most_steps * step);
}

// What repeats along one direction only lies apart from what does along both.
double share_of(const Repeated& x, const Repeated& y) {
  const double both = std::min(x.in_array, y.in_array);
  return both * (1.0 - x.anew() * y.anew()) + (x.in_array - both) * (1.0 - x.anew()) + (y.in_array - both) * (1.0 - y.anew());
}

std::string reason_of(const Core& x, const Core& y, double share) {
  std::ostringstream text;
  text << "cores of " << x.text() << " x " << y.text() << " steps of " << x.step->step_nm << " x " << y.step->step_nm << " nm, at which " << std::round(100 * share)
       << " % of the layout's area repeats";
  return text.str();
}

}  // namespace

std::optional<ArrayTiles> tiles_for_arrays(const OpticalModel& model, const IltSettings& recipe, double range_nm,
                                           const Box& extent, const LayoutArrays& arrays) {
  const Scale scale = scale_of(model);
  const std::vector<IltLevel> levels = recipe.levels.empty() ? default_levels(scale.resolution_nm) : recipe.levels;
  const double most_pixel_nm = recipe.mask_pixel_nm > 0.0           ? recipe.mask_pixel_nm
                               : recipe.mask_pixel_at_most_nm > 0.0 ? recipe.mask_pixel_at_most_nm
                                                                    : tidy(scale.nm(k_pixel_resolutions));
  const PeriodBounds bounds = period_bounds(model, range_nm);
  const double free_step = with_levels(most_pixel_nm, levels).coarsest_nm;
  const TilePeriod any = cheapest_period(model, free_step, range_nm, extent, std::max(bounds.most_x_nm, bounds.most_y_nm));
  const double most_work = (1.0 - k_least_gain) * tile_work(model, any.x_nm, any.y_nm, range_nm, extent);
  const double own = tile_work(model, model.period_x_nm, model.period_y_nm, range_nm, extent);
  std::vector<ArrayTiles> found;
  double most_saved = 0.0;
  const std::span<const ArrayStep> steps_x = tried(arrays.x), steps_y = tried(arrays.y);
  for (const Core& x : cores_of(steps_x, bounds.least_x_nm - 2 * range_nm, bounds.most_x_nm - 2 * range_nm))
    for (const Core& y : cores_of(steps_y, bounds.least_y_nm - 2 * range_nm, bounds.most_y_nm - 2 * range_nm)) {
      const std::optional<Pixels> pixels = pixels_for(x.nm, y.nm, recipe, most_pixel_nm, levels);
      if (!pixels) continue;
      const std::optional<double> halo = halo_for(range_nm, *pixels);
      if (!halo) continue;
      const double period_x = x.nm + 2 * *halo, period_y = y.nm + 2 * *halo;
      if (period_x < bounds.least_x_nm || period_y < bounds.least_y_nm || period_x > bounds.most_x_nm ||
          period_y > bounds.most_y_nm)
        continue;
      const Repeated along_x = repeated(x, period_x, steps_x, extent.width()), along_y = repeated(y, period_y, steps_y, extent.height());
      const double share = share_of(along_x, along_y);
      const double finer = most_pixel_nm / pixels->mask_nm;
      const double work = tile_work(model, period_x, period_y, *halo, extent) * (1.0 - share) *
                          (1.0 - k_work_of_pixels + k_work_of_pixels * finer * finer);
      if (!(work < most_work)) continue;
      most_saved = std::max(most_saved, own / work);
      found.push_back({.period = {period_x, period_y, own / work}, .core_x_nm = x.nm, .core_y_nm = y.nm, .halo_nm = *halo,
                       .mask_pixel_nm = pixels->mask_nm, .asked_pixel_nm = most_pixel_nm, .share = share,
                       .reason = reason_of(x, y, share)});
    }
  const ArrayTiles* best = nullptr;
  for (const ArrayTiles& tiles : found)
    if (tiles.period.work_saved >= (1.0 - k_same_work) * most_saved &&
        (best == nullptr || units(tiles.core_x_nm) * units(tiles.core_y_nm) < units(best->core_x_nm) * units(best->core_y_nm)))
      best = &tiles;
  return best == nullptr ? std::nullopt : std::optional(*best);
}

}  // namespace reticle
