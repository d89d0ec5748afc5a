// SPDX-License-Identifier: Apache-2.0
#include "litho/ilt/edge_emphasis.h"

#include <algorithm>
#include <cmath>

#include "litho/assist/print_check.h"
#include "litho/geometry/disc_morphology.h"
#include "litho/geometry/rasterize.h"
#include "litho/geometry/rings.h"

namespace reticle {

namespace {

constexpr double k_aim = 0.9;          // of the tolerance: room for what cut and rules still move
constexpr double k_most_beyond = 2.0;  // tolerances that one look counts at most
constexpr double k_lost_bound = 4.0;   // of the bound, where all of a ring is lost
constexpr double k_fine_reach = 2.0;   // fine tolerances, beyond which an edge is not pulled within
constexpr double k_fine_gain = 0.5;    // of the gain

}  // namespace

EdgeEmphasis::EdgeEmphasis(std::span<const Polygon> polygons, const Grid& grid,
                           const EdgePlacementSettings& settings, double fine_tolerance_nm)
    : settings_(settings), fine_nm_(fine_tolerance_nm) {
  const double margin = settings.search_range_nm;
  int rings = 0;
  for (const Polygon& ring : rings_of(polygons)) {
    for (std::size_t i = 0; i < ring.size(); ++i) {
      const Point a = ring[i], b = ring[(i + 1) % ring.size()];
      const double half = 0.5 * std::min(settings.spacing_nm, std::hypot(b.x - a.x, b.y - a.y));
      for (const EdgeSite& site : edge_sites(a, b, settings)) {
        const double x = site.position.x - grid.origin_x_nm;
        const double y = site.position.y - grid.origin_y_nm;
        if (std::min(x, y) < margin || x > grid.width_nm() - margin ||
            y > grid.height_nm() - margin)
          continue;
        sites_.push_back(site);
        pulls_.push_back({.half_nm = half, .ring = rings});
      }
    }
    ++rings;
  }
  set_grid(polygons, grid);
}

void EdgeEmphasis::set_grid(std::span<const Polygon> polygons, const Grid& grid) {
  grid_ = grid;
  drawn_part_ = rasterize(polygons, grid);
  drawn_ = BitImage(rasterize_binary(polygons, grid));
  apart_ = drawn_part_;
  sum_of_extra_ = 0.0;
  add_pulls();
}

void EdgeEmphasis::look(ImageView<const float> intensity, const PrintLevel& level) {
  find(intensity, level, settings_.tolerance_nm);
}

void EdgeEmphasis::look_for_lost(ImageView<const float> intensity, const PrintLevel& level) {
  find(intensity, level, settings_.search_range_nm);
}

void EdgeEmphasis::find(ImageView<const float> intensity, const PrintLevel& level,
                        double allowed_nm) {
  const EdgePlacementReport report =
      measure_edge_placement(intensity, grid_, level, sites_, settings_);
  found_.resize(sites_.size());
  for (std::size_t i = 0; i < sites_.size(); ++i) {
    const double error = report.sites[i].epe_nm, aim = k_aim * allowed_nm;
    Found& found = found_[i];
    found.missing = std::max(found.missing, (-error - aim) / settings_.tolerance_nm);
    found.excess = std::max(found.excess, (error - aim) / settings_.tolerance_nm);
    if (allowed_nm < settings_.search_range_nm) found.error_nm = error;
    found.lost |= allowed_nm < settings_.search_range_nm && report.sites[i].missing;
    found.depth_nm = std::max(found.depth_nm, std::abs(error) + settings_.tolerance_nm);
  }
}

bool EdgeEmphasis::step(const EmphasisStep& step) {
  bool changed = false;
  const auto moved = [&](double from, double beyond, bool lost) {
    const double to = from + step.gain * std::min(beyond, k_most_beyond);
    if (lost) return std::clamp(to, 0.0, std::max(from, k_lost_bound * step.most));
    const double within = step.reach > 0.0 ? std::clamp((step.reach - beyond - k_aim) / (step.reach - 1.0), 0.0, 1.0) : 1.0;
    const double bound = within * step.most;
    return std::clamp(to, 0.0, std::max(bound, step.reach > 0.0 ? from - step.gain : from));
  };
  // A ring is lost if all of its sites are.
  for (std::size_t first = 0, end; first < found_.size(); first = end) {
    bool lost = true;
    for (end = first; end < found_.size() && pulls_[end].ring == pulls_[first].ring; ++end) lost &= found_[end].lost;
    for (std::size_t i = first; i < end; ++i) found_[i].lost = lost;
  }
  for (std::size_t i = 0; i < found_.size(); ++i) {
    Pull& pull = pulls_[i];
    const Pull before = pull;
    pull.under = moved(pull.under, found_[i].missing, found_[i].lost);
    pull.over = moved(pull.over, found_[i].excess, found_[i].lost);
    pull.fine_under = fine_pull(pull.fine_under, -found_[i].error_nm, step);
    pull.fine_over = fine_pull(pull.fine_over, found_[i].error_nm, step);
    pull.depth_nm = found_[i].depth_nm;
    changed |= pull.under != before.under || pull.over != before.over || pull.fine_under != before.fine_under ||
               pull.fine_over != before.fine_over;
  }
  found_.clear();
  if (changed) add_pulls();
  return changed;
}

double EdgeEmphasis::fine_pull(double from, double beyond_nm, const EmphasisStep& step) const {
  if (fine_nm_ <= 0.0) return 0.0;
  const double off = beyond_nm / fine_nm_;
  const double by = std::clamp(std::min(off - k_aim, k_fine_reach - off), -1.0, 1.0);
  return std::clamp(from + k_fine_gain * step.gain * by, 0.0, step.fine);
}

void EdgeEmphasis::add_pulls() {
  target_ = apart_;
  for (std::size_t i = 0; i < sites_.size(); ++i) {
    const Pull& pull = pulls_[i];
    const double under = pull.under + pull.fine_under, over = pull.over + pull.fine_over;
    if (under > 0.0) add_pull(sites_[i], pull.half_nm, -pull.depth_nm, under);
    if (over > 0.0) add_pull(sites_[i], pull.half_nm, pull.depth_nm, -over);
  }
}

void EdgeEmphasis::add_pull(const EdgeSite& site, double half_nm, double depth_nm, double by) {
  const double reach = std::hypot(half_nm, depth_nm);
  const double px = (site.position.x - grid_.origin_x_nm) / grid_.pixel_nm - 0.5;
  const double py = (site.position.y - grid_.origin_y_nm) / grid_.pixel_nm - 0.5,
               r = reach / grid_.pixel_nm;
  const int y0 = std::max(0, static_cast<int>(std::ceil(py - r))),
            y1 = std::min(grid_.rows - 1, static_cast<int>(std::floor(py + r)));
  const int x0 = std::max(0, static_cast<int>(std::ceil(px - r))),
            x1 = std::min(grid_.cols - 1, static_cast<int>(std::floor(px + r)));
  const bool inside = depth_nm < 0.0;
  constexpr double k_rounding = 1e-6;
  for (int y = y0; y <= y1; ++y)
    for (int x = x0; x <= x1; ++x) {
      const double dx = (x - px) * grid_.pixel_nm, dy = (y - py) * grid_.pixel_nm;
      const double across = dx * site.normal.x + dy * site.normal.y,
                   along = dx * site.normal.y - dy * site.normal.x;
      if (std::abs(along) > half_nm + k_rounding ||
          std::abs(across) > std::abs(depth_nm) + k_rounding)
        continue;
      if (inside ? across > k_rounding : across < -k_rounding) continue;
      if ((drawn_part_(y, x) >= 0.5f) != inside) continue;
      target_(y, x) += static_cast<float>(by);
    }
}

double PrintSlope::flatness(double intensity) const {
  constexpr double k_most = 3000.0;  // of losses in single precision
  if (resist_slope == 0.0) return 1.0;
  return std::min(k_most, 0.5 * (1.0 + std::cosh(resist_slope * nominal.excess(intensity) / nominal.threshold)));
}

bool EdgeEmphasis::look_for_extra(ImageView<const float> intensity, const PrintLevel& level, double gain, const PrintSlope& slope) {
  const BitImage extra = printed_apart(intensity, level, drawn_);
  if (!extra.any()) return false;
  const BitImage around = dilated(extra, 2.0 * settings_.tolerance_nm / grid_.pixel_nm + 1.0);
  const double most = slope.flatness(level.threshold);
  for (int y = 0; y < target_.rows(); ++y)
    for (int x = 0; x < target_.cols(); ++x)
      if (around.row(y)[x >> 6] == 0)
        x |= 63;
      else if (around(y, x)) {
        const double before = apart_(y, x);
        const auto taken = static_cast<float>(gain * std::min(most, slope.flatness(static_cast<double>(intensity(y, x)))));
        apart_(y, x) -= taken;
        sum_of_extra_ += (apart_(y, x) - before) * (apart_(y, x) + before);
        target_(y, x) -= taken;
      }
  return true;
}

}  // namespace reticle
