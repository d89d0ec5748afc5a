// SPDX-License-Identifier: Apache-2.0
#include "litho/chip/tile_period.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "litho/chip/tiling.h"

namespace reticle {

namespace {

constexpr double k_orders_that_double_work = 60.0;
constexpr double k_whole_nm = 1.0;
constexpr double k_most_orders = 160.0;  // of a direction: fields of 640 points

// A layout in one direction, and what tiles of it have around their core.
struct Span {
  double from_nm, to_nm, halo_nm, step_nm;

  // Tiles with something drawn in their field.
  double tiles(double period_nm) const {
    const double core = period_nm - 2 * halo_nm;
    if (core <= 0.0) return std::numeric_limits<double>::infinity();
    return tiles_along(from_nm - halo_nm, to_nm + halo_nm, core, step_nm).count;
  }
};

// Work in one direction; that of a tile is nearly their product.
double work(double period_nm, double orders_per_nm, const Span& span) {
  return span.tiles(period_nm) * period_nm * std::sqrt(1.0 + orders_per_nm * period_nm / k_orders_that_double_work);
}

struct Orders {
  double x_per_nm = 0.0, y_per_nm = 0.0;
};

Orders orders_of(const OpticalModel& model) {
  int half_x = 1, half_y = 1;
  for (const SocsKernels& set : model.conditions) {
    half_x = std::max(half_x, set.half_x);
    half_y = std::max(half_y, set.half_y);
  }
  return {(half_x + 0.5) / model.period_x_nm, (half_y + 0.5) / model.period_y_nm};
}

// A core smaller than the halo is mostly waste; blends and margins need room too.
double least_period(double own_nm, double halo_nm) { return std::min(own_nm, std::max(0.25 * own_nm, 3.0 * halo_nm)); }
double most_period(double own_nm, double orders_per_nm) {
  return std::max(own_nm, std::min(4.0 * own_nm, k_most_orders / orders_per_nm));
}

struct Choice {
  double period_nm, work, own_work;
};

Choice cheapest(double own_nm, double orders_per_nm, double step_nm, double most_nm, const Span& span) {
  const auto work_of = [&](double period) { return work(period, orders_per_nm, span); };
  const double least = least_period(own_nm, span.halo_nm);
  const double most = std::max(own_nm, std::min(most_period(own_nm, orders_per_nm), most_nm));
  Choice best{own_nm, work_of(own_nm), work_of(own_nm)};
  for (double period = std::ceil(least / step_nm - 1e-9) * step_nm; period <= most; period += step_nm)
    if (const double found = work_of(period); found < (1.0 - 1e-9) * best.work) best = {period, found, best.own_work};
  return best;
}

}  // namespace

TilePeriod cheapest_period(const OpticalModel& model, double step_nm, double halo_nm, const Box& extent, double most_nm) {
  const Orders orders = orders_of(model);
  const Choice x = cheapest(model.period_x_nm, orders.x_per_nm, step_nm, most_nm, {extent.x0, extent.x1, halo_nm, step_nm});
  const Choice y = cheapest(model.period_y_nm, orders.y_per_nm, step_nm, most_nm, {extent.y0, extent.y1, halo_nm, step_nm});
  return {x.period_nm, y.period_nm, x.own_work / x.work * y.own_work / y.work};
}

double tile_work(const OpticalModel& model, double period_x_nm, double period_y_nm, double halo_nm, const Box& extent) {
  const Orders orders = orders_of(model);
  return work(period_x_nm, orders.x_per_nm, {extent.x0, extent.x1, halo_nm, k_whole_nm}) *
         work(period_y_nm, orders.y_per_nm, {extent.y0, extent.y1, halo_nm, k_whole_nm});
}

PeriodBounds period_bounds(const OpticalModel& model, double halo_nm) {
  const Orders orders = orders_of(model);
  return {least_period(model.period_x_nm, halo_nm), least_period(model.period_y_nm, halo_nm),
          most_period(model.period_x_nm, orders.x_per_nm), most_period(model.period_y_nm, orders.y_per_nm)};
}

}  // namespace reticle
