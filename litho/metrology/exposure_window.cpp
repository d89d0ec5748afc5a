// SPDX-License-Identifier: Apache-2.0
#include "litho/metrology/exposure_window.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "kernels/base/error.h"

namespace reticle {

namespace {

// Features grow with exposure if bright and shrink if dark, so that one crossing is all there is.
// Returns the least exposure, in the logarithm, at which `beyond` holds: at one end if it always or
// never does.
template <class Beyond>
double first_exposure(const Beyond& beyond) {
  double low = -std::log(k_exposure_reach), high = -low;
  if (beyond(std::exp(low))) return std::exp(low);
  while (high - low > 1e-10) {
    const double middle = 0.5 * (low + high);
    (beyond(std::exp(middle)) ? high : low) = middle;
  }
  return std::exp(high);
}

double extended_cd(const GaugeProfile& profile, Tone tone, double exposure) {
  const GaugeReading reading = profile.read(tone, exposure);
  return reading.status == GaugeStatus::unbounded ? std::numeric_limits<double>::infinity()
                                                  : reading.cd_nm;
}

constexpr int k_fine_focuses = 81;

constexpr std::size_t k_most_nodes = 6;

// The polynomial through the nodes, by Neville's scheme. [Press et al. 2007, sec. 3.2]
double polynomial_at(double at, std::span<const double> x, std::span<const double> y) {
  std::vector<double> p(y.begin(), y.end());
  for (std::size_t span = 1; span < p.size(); ++span)
    for (std::size_t i = 0; i + span < p.size(); ++i)
      p[i] = ((at - x[i + span]) * p[i] + (x[i] - at) * p[i + 1]) / (x[i] - x[i + span]);
  return p.front();
}

// One limit at a focus between planes `right - 1` and `right`, see measure_window().
double limit_at(double focus, std::span<const FocusSlice> slices, std::size_t right,
                double FocusSlice::*side) {
  const auto reached = [&](const FocusSlice& slice) {
    return slice.*side > 1.000001 / k_exposure_reach && slice.*side < 0.999999 * k_exposure_reach;
  };
  // As many planes on either side as there are, up to three.
  const std::size_t half = k_most_nodes / 2, count = std::min(k_most_nodes, slices.size());
  const std::size_t first = std::min(right > half ? right - half : 0, slices.size() - count);
  std::span<const FocusSlice> nodes = slices.subspan(first, count);
  if (!std::all_of(nodes.begin(), nodes.end(), reached)) nodes = slices.subspan(right - 1, 2);
  std::vector<double> x, y;
  for (const FocusSlice& slice : nodes) {
    x.push_back(slice.focus_nm);
    y.push_back(1.0 / (slice.*side));
  }
  const double value = polynomial_at(focus, x, y);
  return 1.0 / std::clamp(value, 1.0 / k_exposure_reach, k_exposure_reach);
}

std::vector<FocusSlice> interpolated(std::span<const FocusSlice> slices) {
  if (slices.size() == 1) return {slices.front()};
  std::vector<FocusSlice> fine;
  const double first = slices.front().focus_nm, range = slices.back().focus_nm - first;
  std::size_t right = 1;
  for (int i = 0; i < k_fine_focuses; ++i) {
    const double focus = first + range * i / (k_fine_focuses - 1);
    while (right + 1 < slices.size() && slices[right].focus_nm < focus) ++right;
    fine.push_back({focus, limit_at(focus, slices, right, &FocusSlice::low),
                    limit_at(focus, slices, right, &FocusSlice::high)});
  }
  return fine;
}

WindowShape rectangle_over(std::span<const FocusSlice> part) {
  double low = 0.0, high = std::numeric_limits<double>::infinity();
  for (const FocusSlice& slice : part) {
    low = std::max(low, slice.low);
    high = std::min(high, slice.high);
  }
  const double centre = 0.5 * (low + high);
  return {0.5 * (part.front().focus_nm + part.back().focus_nm), centre,
          part.back().focus_nm - part.front().focus_nm, std::max(high - low, 0.0) / centre};
}

WindowShape ellipse_over(std::span<const FocusSlice> part) {
  const double focus = 0.5 * (part.front().focus_nm + part.back().focus_nm);
  const double half_depth = 0.5 * (part.back().focus_nm - part.front().focus_nm);
  // The ends have no height of their own: there the centre's exposure itself must do.
  double low = std::max(part.front().low, part.back().low);
  double high = std::min(part.front().high, part.back().high);
  WindowShape shape{focus, 0.0, 2.0 * half_depth, 0.0};
  if (!(low < high)) return shape;
  const FocusSlice &left = part[(part.size() - 1) / 2], &right = part[part.size() / 2];
  const double middle_low = 0.5 * (left.low + right.low), middle_high = 0.5 * (left.high + right.high);
  const auto latitude = [&](double centre) {
    double half_height = std::min(middle_high - centre, centre - middle_low);
    for (const FocusSlice& slice : part) {
      const double u = half_depth > 0.0 ? (slice.focus_nm - focus) / half_depth : 0.0;
      const double height = std::sqrt(std::max(1.0 - u * u, 0.0));
      const double room = std::min(slice.high - centre, centre - slice.low);
      if (height > 1e-9) half_height = std::min(half_height, room / height);
    }
    return 2.0 * half_height / centre;
  };
  // The least of straight lines over a straight line has one maximum.
  while (high - low > 1e-9) {
    const double a = low + (high - low) / 3.0, b = high - (high - low) / 3.0;
    (latitude(a) < latitude(b) ? low : high) = latitude(a) < latitude(b) ? a : b;
  }
  shape.exposure = 0.5 * (low + high);
  shape.latitude = std::max(latitude(shape.exposure), 0.0);
  return shape;
}

// For every depth the shape with the most latitude. Depths of an even number of steps: these can stand
// about any fine focus.
template <class ShapeOver>
std::vector<WindowShape> best_shapes(const std::vector<FocusSlice>& fine, const ShapeOver& shape_over) {
  std::vector<WindowShape> best;
  for (std::size_t width = 0; width < fine.size(); width += 2) {
    WindowShape widest;
    for (std::size_t first = 0; first + width < fine.size(); ++first) {
      const WindowShape shape = shape_over(std::span(fine).subspan(first, width + 1));
      if (shape.latitude > widest.latitude) widest = shape;
    }
    if (widest.latitude <= 0.0) break;
    best.push_back(widest);
  }
  return best;
}

// The top of the parabola through the largest area and its neighbours: areas are flat about their
// maximum, and the depth of the largest alone would jump from one fine focus to the next.
WindowShape largest(const std::vector<WindowShape>& shapes) {
  const auto best =
      std::max_element(shapes.begin(), shapes.end(),
                       [](const auto& a, const auto& b) { return a.area() < b.area(); });
  if (best == shapes.begin() || best + 1 == shapes.end()) return *best;
  const double before = best[-1].area(), at = best->area(), after = best[1].area();
  const double curvature = before - 2.0 * at + after;
  if (!(curvature < 0.0)) return *best;
  const double t = 0.5 * (before - after) / curvature;  // -1/2 .. 1/2, in steps of depth
  const WindowShape& next = t < 0.0 ? best[-1] : best[1];
  const auto between = [&](double WindowShape::*part) {
    return *best.*part + std::abs(t) * (next.*part - *best.*part);
  };
  return {between(&WindowShape::focus_nm), between(&WindowShape::exposure),
          between(&WindowShape::depth_nm), between(&WindowShape::latitude)};
}

double depth_at(const std::vector<WindowShape>& shapes, double latitude) {
  double depth = 0.0;
  for (std::size_t i = 0; i < shapes.size(); ++i) {
    if (shapes[i].latitude >= latitude) {
      depth = shapes[i].depth_nm;
    } else if (i > 0 && shapes[i - 1].latitude >= latitude) {
      const double drop = shapes[i - 1].latitude - shapes[i].latitude;
      const double t = (shapes[i - 1].latitude - latitude) / drop;
      depth = shapes[i - 1].depth_nm + t * (shapes[i].depth_nm - shapes[i - 1].depth_nm);
    }
  }
  return depth;
}

}  // namespace

FocusSlice exposure_limits(const GaugeProfile& profile, Tone tone, double cd_low_nm,
                           double cd_high_nm) {
  const auto cd = [&](double exposure) { return extended_cd(profile, tone, exposure); };
  if (tone == Tone::bright)
    return {0.0, first_exposure([&](double e) { return cd(e) >= cd_low_nm; }),
            first_exposure([&](double e) { return cd(e) > cd_high_nm; })};
  return {0.0, first_exposure([&](double e) { return cd(e) <= cd_high_nm; }),
          first_exposure([&](double e) { return cd(e) < cd_low_nm; })};
}

std::vector<FocusSlice> limits_through_focus(std::span<const double> focuses_nm, std::span<const GaugeProfile* const> profiles,
                                             std::size_t nominal, Tone tone, double cd_low_nm, double cd_high_nm) {
  std::vector<FocusSlice> slices(profiles.size());
  const auto fill = [&](std::size_t i, bool& kept) {
    kept = kept && profiles[i]->tone() == tone;
    slices[i] = kept ? exposure_limits(*profiles[i], tone, cd_low_nm, cd_high_nm)
                     : FocusSlice{0.0, k_exposure_reach, 1.0 / k_exposure_reach};
    slices[i].focus_nm = focuses_nm[i];
  };
  bool kept = true;
  for (std::size_t i = nominal; i < profiles.size(); ++i) fill(i, kept);
  kept = true;
  for (std::size_t i = nominal; i-- > 0;) fill(i, kept);
  return slices;
}

double exposure_to_size(const GaugeProfile& profile, Tone tone, double cd_nm) {
  const double exposure = first_exposure([&](double e) {
    const double cd = extended_cd(profile, tone, e);
    return tone == Tone::bright ? cd >= cd_nm : cd <= cd_nm;
  });
  const bool reached = std::abs(extended_cd(profile, tone, exposure) - cd_nm) < 1e-3;
  return reached ? exposure : 0.0;
}

std::vector<FocusSlice> common_window(std::span<const std::vector<FocusSlice>> windows) {
  if (windows.empty()) return {};
  std::vector<FocusSlice> common = windows.front();
  for (const std::vector<FocusSlice>& window : windows.subspan(1)) {
    if (window.size() != common.size())
      throw Error(ErrorCode::invalid_argument, "common_window: windows of different length");
    for (std::size_t i = 0; i < common.size(); ++i) {
      if (window[i].focus_nm != common[i].focus_nm)
        throw Error(ErrorCode::invalid_argument, "common_window: windows at different focuses");
      common[i].low = std::max(common[i].low, window[i].low);
      common[i].high = std::min(common[i].high, window[i].high);
    }
  }
  return common;
}

WindowReport measure_window(std::span<const std::vector<FocusSlice>> gauges,
                            double latitude_asked) {
  std::vector<std::vector<FocusSlice>> through_focus;
  for (const std::vector<FocusSlice>& slices : gauges) {
    if (slices.empty()) throw Error(ErrorCode::invalid_argument, "measure_window: no focus");
    for (std::size_t i = 1; i < slices.size(); ++i)
      if (!(slices[i - 1].focus_nm < slices[i].focus_nm))
        throw Error(ErrorCode::invalid_argument, "measure_window: focuses do not rise");
    through_focus.push_back(interpolated(slices));
  }
  WindowReport report{.limits = common_window(through_focus)};
  report.rectangles = best_shapes(report.limits, rectangle_over);
  report.ellipses = best_shapes(report.limits, ellipse_over);
  if (report.rectangles.empty()) return report;
  report.exposure_latitude = report.rectangles.front().latitude;
  report.best_focus_nm = report.rectangles.front().focus_nm;
  report.rectangle = largest(report.rectangles);
  report.ellipse = largest(report.ellipses);
  report.rectangle_depth_nm = depth_at(report.rectangles, latitude_asked);
  report.ellipse_depth_nm = depth_at(report.ellipses, latitude_asked);
  return report;
}

}  // namespace reticle
