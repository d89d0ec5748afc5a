// SPDX-License-Identifier: Apache-2.0
#include "litho/chip/tiling.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <sstream>

#include "kernels/base/error.h"
#include "kernels/base/sha256.h"
#include "litho/chip/interaction_range.h"
#include "litho/geometry/boolean.h"

namespace reticle {

namespace {

constexpr double k_slack_nm = 1e-6;

std::int32_t tile_number(double position_nm, double core_nm) {
  const double number = std::floor(position_nm / core_nm);
  if (!(std::abs(number) < std::numeric_limits<std::int32_t>::max()))
    throw Error(ErrorCode::bad_input, "a window that reaches to " + std::to_string(position_nm) +
                                          " nm holds more tiles than can be counted; give a smaller "
                                          "window");
  return static_cast<std::int32_t>(number);
}

}  // namespace

TilePlan TilePlan::local() const {
  TilePlan plan = *this;
  plan.origin = {};
  return plan;
}

Box TilePlan::core(TileIndex tile) const {
  return {origin.x + tile.x * core_x_nm, origin.y + tile.y * core_y_nm, origin.x + (tile.x + 1.0) * core_x_nm,
          origin.y + (tile.y + 1.0) * core_y_nm};
}

Box TilePlan::field(TileIndex tile) const {
  const Box box = core(tile);
  return {box.x0 - halo_nm, box.y0 - halo_nm, box.x1 + halo_nm, box.y1 + halo_nm};
}

double TilePlan::core_share() const {
  return core_x_nm * core_y_nm / ((core_x_nm + 2 * halo_nm) * (core_y_nm + 2 * halo_nm));
}

std::size_t TileRange::count() const {
  return empty() ? 0 : static_cast<std::size_t>(std::int64_t{x1} - x0) *
                           static_cast<std::size_t>(std::int64_t{y1} - y0);
}

TileRange TileRange::intersection(const TileRange& other) const {
  return {std::max(x0, other.x0), std::max(y0, other.y0), std::min(x1, other.x1),
          std::min(y1, other.y1)};
}

std::vector<TileIndex> TileRange::tiles() const {
  std::vector<TileIndex> tiles;
  tiles.reserve(count());
  for (std::int32_t y = y0; y < y1; ++y)
    for (std::int32_t x = x0; x < x1; ++x) tiles.push_back({y, x});
  return tiles;
}

int TilePlan::tiles_within(double reach_nm) const {
  return static_cast<int>(std::ceil(reach_nm / std::min(core_x_nm, core_y_nm)));
}

TileRange TilePlan::range_in(const Box& box) const {
  return {tile_number(box.x0 - origin.x + k_slack_nm, core_x_nm), tile_number(box.y0 - origin.y + k_slack_nm, core_y_nm),
          tile_number(box.x1 - origin.x - k_slack_nm, core_x_nm) + 1,
          tile_number(box.y1 - origin.y - k_slack_nm, core_y_nm) + 1};
}

std::vector<TileIndex> TilePlan::tiles_in(const Box& box) const { return range_in(box).tiles(); }

namespace {

// The range in whole working pixels of the last level, and on a whole nm, as field_around() places fields; where there is
// no such halo, more than the tile has.
double halo_for(double range_nm, const OpticalModel& model, const IltSettings& settings) {
  const double pixel_nm = settings.mask_pixel_nm * settings.levels.back().coarseness;
  return whole_nm_of_steps(range_nm, pixel_nm, model.period_x_nm).value_or(model.period_x_nm);
}

double range_for(const OpticalModel& model, std::optional<double> halo_nm) {
  return halo_nm ? *halo_nm : interaction_range(model, k_energy_beyond_halo);
}

}  // namespace

CoveringTiles tiles_along(double from_nm, double to_nm, double core_nm, double step_nm) {
  const double first = std::floor(from_nm / step_nm + k_slack_nm) * step_nm;
  const double last = std::ceil(to_nm / step_nm - k_slack_nm) * step_nm;
  const double count = std::max(1.0, std::ceil((last - first) / core_nm - k_slack_nm));
  const double beyond = std::max(0.0, count * core_nm - (last - first));
  return {first - std::floor(0.5 * beyond / step_nm + k_slack_nm) * step_nm, count};
}

std::optional<double> whole_nm_of_steps(double least_nm, double step_nm, double most_nm) {
  for (double n = std::ceil(least_nm / step_nm - k_slack_nm); n * step_nm <= most_nm; ++n)
    if (const double length = n * step_nm; std::abs(length - std::round(length)) < k_slack_nm) return std::round(length);
  return {};
}

double tile_halo(const OpticalModel& model, const IltSettings& settings, std::optional<double> halo_nm) {
  return halo_for(range_for(model, halo_nm), model, settings);
}

TilePlan plan_tiles(const OpticalModel& model, const IltSettings& settings,
                    std::optional<double> halo_nm, const std::string& halo_source) {
  const double range = range_for(model, halo_nm);
  const double pixel_nm = settings.mask_pixel_nm * settings.levels.back().coarseness;
  TilePlan plan;
  plan.halo_nm = halo_for(range, model, settings);
  plan.core_x_nm = model.period_x_nm - 2 * plan.halo_nm;
  plan.core_y_nm = model.period_y_nm - 2 * plan.halo_nm;
  std::ostringstream reason;
  if (halo_nm)
    reason << "halo of " << plan.halo_nm << " nm " << halo_source;
  else
    reason << "halo of " << plan.halo_nm << " nm: "
           << 100 * (1 - k_energy_beyond_halo) << " % of the energy of the model's point-spread "
           << "functions lies within " << std::round(range) << " nm";
  plan.reason = reason.str();
  if (!(plan.halo_nm >= 0.0) || std::min(plan.core_x_nm, plan.core_y_nm) < pixel_nm) {
    std::ostringstream message;
    message << "the model's tile of " << model.period_x_nm << " x " << model.period_y_nm
            << " nm is not larger than twice the " << plan.reason
            << "; use a model with a larger period, or set a smaller halo";
    throw Error(ErrorCode::bad_input, message.str());
  }
  return plan;
}

Design tile_design(const GeometrySource& source, const TilePlan& plan, TileIndex tile) {
  const Box core = plan.core(tile);
  std::vector<Polygon> polygons = source(plan.field(tile));
  for (Polygon& polygon : polygons)
    for (Point& point : polygon) point = {point.x - core.x0, point.y - core.y0};
  const TilePlan local = plan.local();
  const TileIndex first{0, 0};
  return {.polygons = clip(polygons, local.field(first)), .window = local.core(first)};
}

std::string content_hash(const Design& design) {
  Sha256 hash;
  const auto add = [&](std::int64_t number) {
    std::array<std::byte, 8> bytes;
    for (std::size_t i = 0; i < 8; ++i)
      bytes[i] = static_cast<std::byte>(static_cast<std::uint64_t>(number) >> (8 * i));
    hash.add(bytes);
  };
  for (const Polygon& polygon : design.polygons) {
    add(static_cast<std::int64_t>(polygon.size()));
    for (const Point& point : polygon) {
      add(std::llround(point.x / k_boolean_dbu_nm));
      add(std::llround(point.y / k_boolean_dbu_nm));
    }
  }
  return hash.finish();
}

}  // namespace reticle
