// SPDX-License-Identifier: Apache-2.0
#include "litho/optics/source_refinement.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace reticle {

namespace {

constexpr double k_most_point_orders = 2e6;  // one or two seconds of imaging
constexpr double k_smallest_side = 1e-4;     // in sigma: errors are far below 1e-5 by then

struct Order {
  double x, y;  // lambda / (NA P) times the order
};

// Orders whose pupil edge, |s + f| = 1 or the obscuration, lies across some of the source.
std::vector<Order> edge_orders(const OpticsSettings& s, double reach) {
  const double step_x = s.wavelength_nm / (s.na * s.period_x_nm());
  const double step_y = s.wavelength_nm / (s.na * s.period_y_nm());
  const int half_x = static_cast<int>((1.0 + reach) / step_x), half_y = static_cast<int>((1.0 + reach) / step_y);
  std::vector<Order> orders;
  for (int n = -half_y; n <= half_y; ++n)
    for (int m = -half_x; m <= half_x; ++m) {
      const Order order{m * step_x, n * step_y};
      const double radius = std::hypot(order.x, order.y);
      const auto across = [&](double edge) { return radius <= edge + reach && edge <= radius + reach; };
      if (across(1.0) || (s.obscuration > 0.0 && across(s.obscuration))) orders.push_back(order);
    }
  return orders;
}

bool is_cut(const OpticsSettings& s, const std::vector<Order>& orders, const SourceCell& cell) {
  const double reach = cell.side * std::numbers::sqrt2 / 2;
  return std::any_of(orders.begin(), orders.end(), [&](const Order& order) {
    const double radius = std::hypot(cell.sigma_x + order.x, cell.sigma_y + order.y);
    return std::abs(radius - 1.0) < reach || (s.obscuration > 0.0 && std::abs(radius - s.obscuration) < reach);
  });
}

std::vector<SourceCell> divided(const SourceSettings& source, const std::vector<SourceCell>& cells) {
  std::vector<SourceCell> parts;
  for (const SourceCell& cell : cells)
    for (const SourceCell& part : quarters(source, cell))
      if (part.weight > 0.0) parts.push_back(part);
  return parts;
}

}  // namespace

std::vector<SourcePoint> refined_source(const OpticsSettings& settings) {
  const SourceSettings& source = settings.source;
  if (source.sampling != SourceSampling::adaptive || source.shape == SourceShape::freeform)
    return sample_source(source);
  std::vector<SourceCell> cells = source_cells(source), whole;

  double reach = 0.0;
  for (const SourceCell& cell : cells)
    reach = std::max(reach, std::hypot(cell.sigma_x, cell.sigma_y) + cell.side);
  const std::vector<Order> orders = edge_orders(settings, reach);
  const double cutoff = settings.na / settings.wavelength_nm;
  const double passing =
      std::max(1.0, std::numbers::pi * cutoff * cutoff * settings.period_x_nm() * settings.period_y_nm());
  const double most = k_most_point_orders / passing;
  // Cells of one size, until all are whole or dividing them would be too many.
  while (cells.front().side > k_smallest_side && static_cast<double>(whole.size() + cells.size()) < most) {
    const auto uncut = std::partition(cells.begin(), cells.end(), [&](const SourceCell& cell) {
      return is_cut(settings, orders, cell);
    });
    whole.insert(whole.end(), uncut, cells.end());
    cells.erase(uncut, cells.end());
    if (cells.empty() || static_cast<double>(whole.size() + 4 * cells.size()) > most) break;
    cells = divided(source, cells);
  }
  whole.insert(whole.end(), cells.begin(), cells.end());
  std::sort(whole.begin(), whole.end(), [](const SourceCell& a, const SourceCell& b) {
    return std::pair(a.sigma_y, a.sigma_x) < std::pair(b.sigma_y, b.sigma_x);
  });
  std::vector<SourcePoint> points;
  for (const SourceCell& cell : whole) points.push_back(point_of(source, cell));
  return points;
}

}  // namespace reticle
