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
  for (const double depth : settings.stack.depths_nm) depths_.emplace_back(settings, focus_nm, depth);
  if (settings.focus_blur_nm == 0.0) {
    focuses_ = {{0.0, 1.0}};
    return;
  }
  for (const auto& [node, weight] : k_normal_nodes) focuses_.push_back({node * settings.focus_blur_nm, weight});
}

CoherentRows::Passed CoherentRows::passed(const SourcePoint& point) const {
  const double step_x = settings_.wavelength_nm / (settings_.na * settings_.period_x_nm());
  const double step_y = settings_.wavelength_nm / (settings_.na * settings_.period_y_nm());
  Passed passed;
  for (int n = -window_.half_y; n <= window_.half_y; ++n) {
    const double rho_y = point.sigma_y + n * step_y;
    // The pupil's chord, and an order more on either side for rounding.
    const double chord = std::sqrt(std::max(1.0 - rho_y * rho_y, 0.0));
    const int first = std::max(-window_.half_x, static_cast<int>(std::floor((-chord - point.sigma_x) / step_x)) - 1);
    const int last = std::min(window_.half_x, static_cast<int>(std::ceil((chord - point.sigma_x) / step_x)) + 1);
    for (int m = first; m <= last; ++m) {
      const std::array<double, 2> rho{point.sigma_x + m * step_x, rho_y};
      if (!depths_[0].passes(rho[0], rho[1])) continue;
      passed.places.push_back((n + window_.half_y) * window_.cols() + m + window_.half_x);
      passed.pupil.push_back(rho);
    }
  }
  return passed;
}

void CoherentRows::rows_of(const SourcePoint& point, const Use& use) const {
  std::vector<std::complex<double>> row(static_cast<std::size_t>(window_.size()));
  passed_rows_of(point, [&](std::span<const int> places, std::span<const std::complex<double>> values) {
    for (std::size_t k = 0; k < places.size(); ++k) row[static_cast<std::size_t>(places[k])] = values[k];
    use(row);
  });
}

void CoherentRows::passed_rows_of(const SourcePoint& point, const UsePassed& use) const {
  const Passed orders = passed(point);
  const std::size_t count = orders.places.size();
  if (count == 0) return;
  const std::vector<JonesState> states = states_of(settings_, point);
  const bool unpolarised = is_unpolarised(states);
  std::vector<OrderResponse> in_focus(count), blurred;
  std::vector<std::complex<double>> row(count);
  const double depth_part = 1.0 / static_cast<double>(depths_.size());
  for (const Projection& depth : depths_) {
    for (std::size_t k = 0; k < count; ++k) in_focus[k] = depth.at(orders.pupil[k][0], orders.pupil[k][1]);
    for (const Focus& focus : focuses_) {
      const std::vector<OrderResponse>* responses = &in_focus;
      if (focus.offset_nm != 0.0) {
        blurred = in_focus;
        for (std::size_t k = 0; k < count; ++k) {
          const std::complex<double> turn = depth.defocus(orders.pupil[k][0], orders.pupil[k][1], focus.offset_nm);
          for (auto& component : blurred[k])
            for (auto& value : component) value *= turn;
        }
        responses = &blurred;
      }
      const double weight = depth_part * focus.weight * point.weight;
      const auto use_component = [&](std::size_t component, std::size_t jones, double root) {
        for (std::size_t k = 0; k < count; ++k) row[k] = root * (*responses)[k][component][jones];
        use(orders.places, row);
      };
      if (unpolarised) {
        // Both states at once: the x field of y light equals the y field of x light and stands once, doubled.
        const double root = scale_ * std::sqrt(0.5 * weight);
        use_component(0, 0, root);
        use_component(1, 1, root);
        use_component(0, 1, std::numbers::sqrt2 * root);
        use_component(2, 0, root);
        use_component(2, 1, root);
        continue;
      }
      for (const JonesState& state : states) {
        const double root = scale_ * std::sqrt(weight * state.weight);
        for (std::size_t c = 0; c < static_cast<std::size_t>(depth.components()); ++c) {
          for (std::size_t k = 0; k < count; ++k) {
            const auto& component = (*responses)[k][c];
            row[k] = root * (component[0] * state.x + component[1] * state.y);
          }
          use(orders.places, row);
        }
      }
    }
  }
}

int CoherentRows::count_of(const SourcePoint& point) const {
  const std::vector<JonesState> states = states_of(settings_, point);
  const int components = depths_[0].components();
  const int rows = is_unpolarised(states) ? 5 : static_cast<int>(states.size()) * components;
  return static_cast<int>(depths_.size() * focuses_.size()) * rows;
}

int CoherentRows::orders_of(const SourcePoint& point) const { return static_cast<int>(passed(point).places.size()); }

void CoherentRows::for_each(const Use& use) const {
  for (const SourcePoint& point : source_) rows_of(point, use);
}

}  // namespace reticle
