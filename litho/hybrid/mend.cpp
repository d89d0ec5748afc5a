// SPDX-License-Identifier: Apache-2.0
#include "litho/hybrid/mend.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "litho/geometry/bit_image.h"
#include "litho/geometry/boolean.h"
#include "litho/geometry/box.h"
#include "litho/geometry/disc_morphology.h"
#include "litho/geometry/pixel_polygons.h"
#include "litho/geometry/rasterize.h"
#include "litho/geometry/regions.h"
#include "litho/ilt/cleanup.h"
#include "litho/ilt/ilt.h"
#include "litho/ilt/interpolate.h"
#include "litho/imaging/socs.h"
#include "litho/rules/rule_check.h"
#include "litho/verification/verify_settings.h"

namespace reticle {

namespace {

// Times lambda/NA.
constexpr double k_reach = 1.0;
constexpr double k_blend = 0.25;        // over which changes fade out
constexpr double k_band = 0.2;          // how far outlines may move
constexpr double k_pixel = 1.0 / 34.0;  // of the optimisation, at most

// Parameters of clear and opaque mask: with the slopes below transmission is within 4e-4 of 1 and
// 0.
constexpr float k_clear = 1.0f;

IltLevel mending_level(const OpticalModel& model, const IltSettings& settings, int iterations) {
  IltLevel level{.pixel_nm = k_pixel * scale_of(model).resolution_nm,
                 .iterations = iterations,
                 .rate = 0.06,
                 .mask_slope = {8.0, 16.0},
                 .resist_slope = {20.0, 60.0},
                 .band_weight = 1.4,
                 .corner_weight = 1.0};
  level.coarseness = coarseness_of(level, settings.mask_pixel_nm);
  level.pixel_nm = level.coarseness * settings.mask_pixel_nm;
  return level;
}

IltSettings mending_settings(IltSettings settings, const IltLevel& level) {
  settings.levels = {level};
  settings.free_margin_nm = -1.0;
  settings.assist_reach_nm = 0.0;
  return settings;
}

// Those that name places; nothing else is looked for.
VerifySettings naming_limits(const IltSettings& settings, const OpticalModel& model) {
  VerifySettings limits = verify_settings(settings, model);
  limits.epe_corner_nm = limits.pullback_nm = 0.0;
  limits.pinch_nm = limits.pinch_part = limits.space_nm = limits.space_part = 0.0;
  limits.contact_area_part = limits.roundness = limits.band_nm = limits.nils = 0.0;
  return limits;
}

double ramp(double from_border_nm, double blend_nm) {
  const double t = std::clamp(from_border_nm / blend_nm, 0.0, 1.0);
  return 0.5 - 0.5 * std::cos(std::numbers::pi * t);
}

// What of the optimised parameters a place takes: 0 on the box's border and beyond.
float weight_at(const Box& box, Point p, double blend_nm) {
  return static_cast<float>(ramp(p.x - box.x0, blend_nm) * ramp(box.x1 - p.x, blend_nm) *
                            ramp(p.y - box.y0, blend_nm) * ramp(box.y1 - p.y, blend_nm));
}

Point pixel_centre(const Grid& grid, int y, int x) {
  return {grid.origin_x_nm + (x + 0.5) * grid.pixel_nm,
          grid.origin_y_nm + (y + 0.5) * grid.pixel_nm};
}

PixelBox pixels_of(const Box& box, const Grid& grid) {
  const auto at = [&](double nm, double origin) {
    return static_cast<int>(std::lround((nm - origin) / grid.pixel_nm));
  };
  return {at(box.y0, grid.origin_y_nm), at(box.y1, grid.origin_y_nm), at(box.x0, grid.origin_x_nm),
          at(box.x1, grid.origin_x_nm)};
}

using Counts = std::array<std::size_t, k_checks>;

Counts counts_in(std::span<const Finding> findings, const Box& zone) {
  Counts counts{};
  for (const Finding& finding : findings)
    if (Mender::is_named(finding) && holds(zone, finding.place))
      ++counts[static_cast<std::size_t>(finding.check)];
  return counts;
}

bool is_better(const Counts& before, const Counts& after) {
  bool fewer = false;
  for (std::size_t i = 0; i < before.size(); ++i) {
    if (after[i] > before[i]) return false;
    fewer = fewer || after[i] < before[i];
  }
  return fewer;
}

}  // namespace

MendSettings resolved(MendSettings settings, const OpticalModel& model) {
  if (settings.reach_nm == 0.0) settings.reach_nm = tidy(k_reach * scale_of(model).resolution_nm);
  return settings;
}

Mender::Mender(Engine& engine, const OpticalModel& model, const IltSettings& settings,
               const MendSettings& mend)
    : engine_(engine),
      model_(model),
      settings_(settings),
      optimization_(mending_settings(settings, mending_level(model, settings, mend.iterations))),
      mend_(mend),
      blend_nm_(std::min(k_blend * scale_of(model).resolution_nm, 0.5 * mend.reach_nm)),
      band_nm_(k_band * scale_of(model).resolution_nm),
      limits_(naming_limits(settings, model)),
      verifier_(model, limits_) {}

bool Mender::is_named(const Finding& finding) {
  switch (finding.check) {
    case Check::missing:
    case Check::extra:
    case Check::bridge:
    case Check::open:
    case Check::hole:
    case Check::filled:
      return true;
    case Check::epe_run:
    case Check::epe_line_end:
      return finding.corner == 0;
    default:
      return false;
  }
}

std::vector<Finding> Mender::judge(const MendProblem& problem, std::span<const Polygon> mask) {
  const Box field = field_around(model_, problem.drawn.window);
  return verifier_
      .verify({.mask = {mask.begin(), mask.end()},
               .pixels = {},
               .binary = {},
               .target = problem.drawn.polygons,
               .enclosed = {},
               .field = field,
               .core = problem.judged})
      .findings;
}

// Boxes on whole pixels; those that touch become one.
std::vector<Mender::Group> Mender::groups_of(const MendProblem& problem,
                                             std::span<const Finding> named,
                                             const Grid& grid) const {
  const Box field = field_around(model_, problem.drawn.window);
  std::vector<Group> groups;
  for (const Finding& finding : named) {
    if (!holds(problem.owned, finding.place)) continue;
    Box box = common(around(finding.place, mend_.reach_nm), field);
    const auto snapped = [&](double nm, double origin) {
      return origin + std::round((nm - origin) / grid.pixel_nm) * grid.pixel_nm;
    };
    box = {snapped(box.x0, field.x0), snapped(box.y0, field.y0), snapped(box.x1, field.x0),
           snapped(box.y1, field.y0)};
    for (std::size_t i = 0; i < groups.size();) {
      if (overlap(groups[i].box, box)) {
        box = joined(groups[i].box, box);
        groups.erase(groups.begin() + static_cast<std::ptrdiff_t>(i));
        i = 0;
      } else {
        ++i;
      }
    }
    groups.push_back({box});
  }
  std::sort(groups.begin(), groups.end(), [](const Group& a, const Group& b) {
    return std::pair(a.box.y0, a.box.x0) < std::pair(b.box.y0, b.box.x0);
  });
  return groups;
}

// The mask with what inverse lithography makes of the groups, on the grid.
Image<std::uint8_t> Mender::optimized(const MendProblem& problem, std::span<const Group> groups,
                                      const Grid& grid) {
  const IltLevel& level = optimization_.levels.front();
  const Grid coarse = pixel_grid(field_around(model_, problem.drawn.window), level.pixel_nm);
  // A blur of a pixel lets the sigmoid place edges between pixels.
  Image<float> start = gaussian_blur(rasterize(problem.mask, coarse), 1.25);
  for (float& p : start) p = 2.0f * k_clear * (p - 0.5f);
  const BitImage inside =
      bits_where(coarse.rows, coarse.cols, [&](int y, int x) { return start(y, x) > 0.0f; });
  const double band_px = 2.0 * band_nm_ / coarse.pixel_nm;
  const BitImage deep = eroded(inside, band_px), near = dilated(inside, band_px);
  Image<float> weights(coarse.rows, coarse.cols), free(coarse.rows, coarse.cols);
  for (const Group& group : groups) {
    const PixelBox box = pixels_of(group.box, coarse);
    for (int y = std::max(0, box.y0 - 1); y < std::min(coarse.rows, box.y1 + 1); ++y)
      for (int x = std::max(0, box.x0 - 1); x < std::min(coarse.cols, box.x1 + 1); ++x) {
        weights(y, x) =
            std::max(weights(y, x), weight_at(group.box, pixel_centre(coarse, y, x), blend_nm_));
        if (weights(y, x) > 0.0f && near(y, x) && !deep(y, x)) free(y, x) = 1.0f;
      }
  }
  const ClipStart clip{problem.drawn, start, std::move(free)};
  Image<float> parameters =
      std::move(optimize(engine_, model_, optimization_, {&clip, 1}).front().parameters);
  for (std::size_t i = 0; i < parameters.size(); ++i)
    parameters.data()[i] =
        start.data()[i] + weights.data()[i] * (parameters.data()[i] - start.data()[i]);

  const BitImage moved = positive_where_resampled(parameters, grid.rows, grid.cols);
  const Image<std::uint8_t> edges = rasterize_binary(problem.mask, grid);
  Image<std::uint8_t> mask = edges;
  for (const Group& group : groups) {
    const PixelBox box = pixels_of(group.box, grid);
    for (int y = box.y0; y < box.y1; ++y)
      for (int x = box.x0; x < box.x1; ++x) mask(y, x) = moved(y, x);
  }
  BitImage clean(mask);
  clean_mask(clean, grid, settings_.mask_rules,
             BitImage(rasterize_binary(problem.drawn.polygons, grid)));
  // Parameters round corners and cleaning does; what reaches the border of a box stays as edges
  // have it.
  Image<std::uint8_t> out = edges;
  for (const Group& group : groups) {
    const PixelBox box = pixels_of(group.box, grid);
    const Regions changes = clear_regions(bits_where(box.y1 - box.y0, box.x1 - box.x0, [&](int y, int x) {
      return clean(box.y0 + y, box.x0 + x) == (edges(box.y0 + y, box.x0 + x) != 0);
    }));
    for (const Run& run : changes.runs)
      if (!changes.regions[static_cast<std::size_t>(run.region)].touches_border)
        for (int x = run.x0; x < run.x1; ++x) out(box.y0 + run.y, box.x0 + x) ^= 1;
  }
  return out;
}

std::vector<MaskPatch> Mender::cut_out(const Image<std::uint8_t>& mask,
                                       std::span<const Group> groups, const Grid& grid) {
  std::vector<MaskPatch> patches;
  for (const Group& group : groups) {
    const PixelBox box = pixels_of(group.box, grid);
    Image<std::uint8_t> part(box.y1 - box.y0, box.x1 - box.x0);
    for (int y = 0; y < part.rows(); ++y)
      std::copy_n(mask.row(box.y0 + y) + box.x0, part.cols(), part.row(y));
    const Grid own{.rows = part.rows(),
                   .cols = part.cols(),
                   .pixel_nm = grid.pixel_nm,
                   .origin_x_nm = group.box.x0,
                   .origin_y_nm = group.box.y0};
    patches.push_back({group.box, polygons_of(part.view(), own)});
  }
  return patches;
}

// As edges are checked: widths, spaces and areas, no radii.
std::size_t Mender::broken_rules(std::span<const Polygon> mask, const Box& box) const {
  MaskRuleSet rules = settings_.mask_rules;
  rules.convex_radius_nm = rules.concave_radius_nm = 0.0;
  if (rule_lines(rules).empty()) return 0;
  return check_mask(mask, box, rules,
                    std::max(rule_pixel_nm(rules), 0.25 * settings_.mask_pixel_nm))
      .size();
}

std::vector<MaskPatch> Mender::mend(const MendProblem& problem) {
  const Grid grid = pixel_grid(field_around(model_, problem.drawn.window), settings_.mask_pixel_nm);
  const std::vector<Finding> before = judge(problem, problem.mask);
  std::vector<Finding> named;
  std::copy_if(before.begin(), before.end(), std::back_inserter(named), is_named);
  const std::vector<Group> groups = groups_of(problem, named, grid);
  if (groups.empty()) return {};
  std::vector<MaskPatch> patches = cut_out(optimized(problem, groups, grid), groups, grid);
  const auto keeps_rules = [&](const MaskPatch& patch, std::span<const Polygon> mask) {
    const Box zone = grown(patch.box, settings_.mask_rules.minimum_space_nm);
    return broken_rules(mask, zone) <= broken_rules(problem.mask, zone);
  };
  // What is taken out changes what is left: until all that is left helps.
  const double felt = scale_of(model_).resolution_nm;
  while (!patches.empty()) {
    const std::vector<Polygon> mask = patched({problem.mask.begin(), problem.mask.end()}, patches);
    const std::vector<Finding> after = judge(problem, mask);
    const std::size_t all = patches.size();
    std::erase_if(patches, [&](const MaskPatch& patch) {
      const Box zone = grown(patch.box, felt);
      return !is_better(counts_in(before, zone), counts_in(after, zone)) ||
             !keeps_rules(patch, mask);
    });
    if (patches.size() == all) break;
  }
  return patches;
}

}  // namespace reticle
