// SPDX-License-Identifier: Apache-2.0
#include "litho/optics/coherent_rows.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "kernels/base/error.h"

namespace reticle {

namespace {

// Gauss-Hermite nodes of the standard normal distribution, 5 points.
constexpr std::array<std::pair<double, double>, 5> k_normal_nodes = {{
    {-2.8569700138728056, 0.011257411327720691},
    {-1.3556261799742659, 0.22207592200561263},
    {0.0, 0.53333333333333333},
    {1.3556261799742659, 0.22207592200561263},
    {2.8569700138728056, 0.011257411327720691},
}};

std::vector<JonesState> states_of(const OpticsSettings& settings, const SourcePoint& point) {
  return settings.vector_imaging ? point.states : std::vector<JonesState>{{1.0, 0.0, 1.0}};
}

bool is_unpolarised(const std::vector<JonesState>& states) {
  const auto is = [](const JonesState& state, double x, double y) {
    return state.x == x && state.y == y && state.weight == 0.5;
  };
  return states.size() == 2 && is(states[0], 1.0, 0.0) && is(states[1], 0.0, 1.0);
}

}  // namespace

OrderWindow order_window(const OpticsSettings& settings, std::span<const SourcePoint> source) {
  double reach_x = 0.0, reach_y = 0.0;
  for (const SourcePoint& point : source) {
    reach_x = std::max(reach_x, std::abs(point.sigma_x));
    reach_y = std::max(reach_y, std::abs(point.sigma_y));
  }
  const double cutoff = settings.na / settings.wavelength_nm;
  return {static_cast<int>(std::floor((1.0 + reach_x) * cutoff * settings.period_x_nm() + 1e-9)),
          static_cast<int>(std::floor((1.0 + reach_y) * cutoff * settings.period_y_nm() + 1e-9))};
}

double clear_intensity(const OpticsSettings& settings, const SourcePoint& point) {
  const OrderResponse response =
      Projection(settings, 0.0, 0.0, Surroundings::medium_only).at(point.sigma_x, point.sigma_y);
  double sum = 0.0;
  for (const JonesState& state : states_of(settings, point))
    for (const auto& component : response)
      sum += state.weight * std::norm(component[0] * state.x + component[1] * state.y);
  return sum;
}

double clear_field(const OpticsSettings& settings, std::span<const SourcePoint> source) {
  double sum = 0.0;
  for (const SourcePoint& point : source) sum += point.weight * clear_intensity(settings, point);
  if (sum <= 0.0)
    throw Error(ErrorCode::bad_input,
                "source: all light of the zero order misses the pupil (sigma above 1 or inside "
                "obscuration); clear field = 1 needs some of it inside");
  return sum;
}

CoherentRows::CoherentRows(const OpticsSettings& settings, std::span<const SourcePoint> source,
                           double focus_nm)
    : settings_(settings), source_(source), window_(order_window(settings, source)),
      scale_(1.0 / std::sqrt(clear_field(settings, source))) {
  const auto& depths = settings.stack.depths_nm;
  for (const double depth : depths) {
    const double part = 1.0 / static_cast<double>(depths.size());
    if (settings.focus_blur_nm == 0.0) {
      layers_.push_back({Projection(settings, focus_nm, depth), part});
      continue;
    }
    for (const auto& [node, weight] : k_normal_nodes)
      layers_.push_back(
          {Projection(settings, focus_nm + node * settings.focus_blur_nm, depth), part * weight});
  }
}

void CoherentRows::rows_of(const SourcePoint& point, const Use& use) const {
  const double step_x = settings_.wavelength_nm / (settings_.na * settings_.period_x_nm());
  const double step_y = settings_.wavelength_nm / (settings_.na * settings_.period_y_nm());
  // Orders that pass, and what happens to them.
  std::vector<std::size_t> orders;
  std::vector<std::array<double, 2>> pupil;
  std::size_t i = 0;
  for (int n = -window_.half_y; n <= window_.half_y; ++n)
    for (int m = -window_.half_x; m <= window_.half_x; ++m, ++i) {
      const std::array<double, 2> rho{point.sigma_x + m * step_x, point.sigma_y + n * step_y};
      if (!layers_[0].projection.passes(rho[0], rho[1])) continue;
      orders.push_back(i);
      pupil.push_back(rho);
    }
  if (orders.empty()) return;
  const std::vector<JonesState> states = states_of(settings_, point);
  const bool unpolarised = is_unpolarised(states);
  std::vector<OrderResponse> responses(orders.size());
  std::vector<std::complex<double>> row(static_cast<std::size_t>(window_.size()));
  for (const Layer& layer : layers_) {
    for (std::size_t k = 0; k < orders.size(); ++k)
      responses[k] = layer.projection.at(pupil[k][0], pupil[k][1]);
    const auto use_component = [&](int component, int jones, double root) {
      for (std::size_t k = 0; k < orders.size(); ++k)
        row[orders[k]] = root * responses[k][static_cast<std::size_t>(component)][static_cast<std::size_t>(jones)];
      use(row);
    };
    if (unpolarised) {
      // Both states at once: the x field of y light equals the y field of x light and stands once, doubled.
      const double root = scale_ * std::sqrt(0.5 * layer.weight * point.weight);
      use_component(0, 0, root);
      use_component(1, 1, root);
      use_component(0, 1, std::numbers::sqrt2 * root);
      use_component(2, 0, root);
      use_component(2, 1, root);
      continue;
    }
    for (const JonesState& state : states) {
      const double root = scale_ * std::sqrt(layer.weight * point.weight * state.weight);
      for (int c = 0; c < layer.projection.components(); ++c) {
        for (std::size_t k = 0; k < orders.size(); ++k) {
          const auto& component = responses[k][static_cast<std::size_t>(c)];
          row[orders[k]] = root * (component[0] * state.x + component[1] * state.y);
        }
        use(row);
      }
    }
  }
}

int CoherentRows::count_of(const SourcePoint& point) const {
  const std::vector<JonesState> states = states_of(settings_, point);
  const int components = layers_[0].projection.components();
  const int rows = is_unpolarised(states) ? 5 : static_cast<int>(states.size()) * components;
  return static_cast<int>(layers_.size()) * rows;
}

int CoherentRows::orders_of(const SourcePoint& point) const {
  const double step_x = settings_.wavelength_nm / (settings_.na * settings_.period_x_nm());
  const double step_y = settings_.wavelength_nm / (settings_.na * settings_.period_y_nm());
  int count = 0;
  for (int n = -window_.half_y; n <= window_.half_y; ++n)
    for (int m = -window_.half_x; m <= window_.half_x; ++m)
      count += layers_[0].projection.passes(point.sigma_x + m * step_x, point.sigma_y + n * step_y);
  return count;
}

void CoherentRows::for_each(const Use& use) const {
  for (const SourcePoint& point : source_) rows_of(point, use);
}

}  // namespace reticle
