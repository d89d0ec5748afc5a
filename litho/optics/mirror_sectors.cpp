// SPDX-License-Identifier: Apache-2.0
#include "litho/optics/mirror_sectors.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "litho/optics/zernike.h"

namespace reticle {

namespace {

constexpr std::array<Flip, 4> k_flips = {{{1, 1}, {-1, 1}, {1, -1}, {-1, -1}}};

// cos m t and sin m t under t -> pi - t (x turned round) and t -> -t (y turned round).
bool even_under(const ZernikeOrder& order, Flip flip) {
  const bool odd_x = flip.x < 0 && (order.m % 2 == 1) != order.sine;
  const bool odd_y = flip.y < 0 && order.sine;
  return odd_x == odd_y;
}

bool pupil_allows(const OpticsSettings& settings, Flip flip) {
  for (std::size_t j = 0; j < settings.zernikes_waves.size(); ++j)
    if (settings.zernikes_waves[j] != 0.0 && !even_under(fringe_order(static_cast<int>(j) + 1), flip))
      return false;
  return true;
}

// Weight times the coherency matrix <J J^H>: xx, xy, yy.
std::array<std::complex<double>, 3> coherency(const SourcePoint& point, bool vector_imaging) {
  if (!vector_imaging) return {point.weight, 0.0, 0.0};
  std::array<std::complex<double>, 3> sum{};
  for (const JonesState& state : point.states) {
    const double weight = point.weight * state.weight;
    sum[0] += weight * std::norm(state.x);
    sum[1] += weight * state.x * std::conj(state.y);
    sum[2] += weight * std::norm(state.y);
  }
  return sum;
}

// Source positions lie on grids of more than 1e-5, so that rounding them to 1e-9 tells them apart.
using Place = std::pair<long long, long long>;
Place place_of(const SourcePoint& point, Flip flip) {
  return {std::llround(flip.x * point.sigma_x * 1e9), std::llround(flip.y * point.sigma_y * 1e9)};
}

// Points by their places, in order.
using Placed = std::vector<std::pair<Place, const SourcePoint*>>;
Placed placed(std::span<const SourcePoint> source) {
  Placed places;
  for (const SourcePoint& point : source) places.emplace_back(place_of(point, {}), &point);
  std::sort(places.begin(), places.end());
  return places;
}

bool source_allows(const OpticsSettings& settings, const Placed& source, Flip flip) {
  double brightest = 0.0;
  for (const auto& [place, point] : source) brightest = std::max(brightest, point->weight);
  return std::all_of(source.begin(), source.end(), [&](const auto& item) {
    const SourcePoint& point = *item.second;
    const Place wanted = place_of(point, flip);
    const auto image = std::lower_bound(source.begin(), source.end(), wanted,
                                        [](const auto& a, const Place& b) { return a.first < b; });
    if (image == source.end() || image->first != wanted) return false;
    const auto here = coherency(point, settings.vector_imaging);
    auto there = coherency(*image->second, settings.vector_imaging);
    there[1] *= flip.x * flip.y;
    for (std::size_t i = 0; i < here.size(); ++i)
      if (std::abs(here[i] - there[i]) > 1e-10 * brightest) return false;
    return true;
  });
}

}  // namespace

std::vector<Flip> mirror_group(const OpticsSettings& settings, std::span<const SourcePoint> source) {
  const Placed places = placed(source);
  std::vector<Flip> group;
  for (const Flip flip : k_flips)
    if (pupil_allows(settings, flip) && source_allows(settings, places, flip)) group.push_back(flip);
  return group;
}

std::vector<SourcePoint> one_of_each_orbit(std::span<const SourcePoint> source,
                                           std::span<const Flip> group) {
  std::vector<SourcePoint> kept;
  for (const SourcePoint& point : source) {
    std::vector<Place> orbit;
    for (const Flip flip : group) orbit.push_back(place_of(point, flip));
    if (orbit[0] != *std::max_element(orbit.begin(), orbit.end())) continue;
    std::sort(orbit.begin(), orbit.end());
    const auto members = std::unique(orbit.begin(), orbit.end()) - orbit.begin();
    kept.push_back(point);
    kept.back().weight *= static_cast<double>(members);
  }
  return kept;
}

void OrderSector::unfold(const std::complex<double>* components,
                         std::span<std::complex<double>> row) const {
  for (const Vector& vector : basis_) {
    for (std::size_t i = 0; i < static_cast<std::size_t>(vector.count); ++i)
      row[static_cast<std::size_t>(vector.orders[i])] += vector.parts[i] * *components;
    ++components;
  }
}

namespace {

// sum_g chi(g) |g f>, normalised; nothing if it cancels.
OrderSector::Vector symmetric_vector(const OrderWindow& window, int m, int n,
                                     std::span<const Flip> group, std::span<const int> signs) {
  std::map<int, double> parts;
  for (std::size_t g = 0; g < group.size(); ++g)
    parts[(n * group[g].y + window.half_y) * window.cols() + m * group[g].x + window.half_x] += signs[g];
  double norm = 0.0;
  for (const auto& [order, part] : parts) norm += part * part;
  OrderSector::Vector vector{};
  for (const auto& [order, part] : parts) {
    if (part == 0.0) continue;
    const auto i = static_cast<std::size_t>(vector.count++);
    vector.orders[i] = order;
    vector.parts[i] = part / std::sqrt(norm);
  }
  return vector;
}

// The characters of the group: every choice of signs for its generators.
std::vector<std::vector<int>> characters(std::span<const Flip> group) {
  if (group.size() == 1) return {{1}};
  if (group.size() == 2) return {{1, 1}, {1, -1}};
  return {{1, 1, 1, 1}, {1, -1, 1, -1}, {1, 1, -1, -1}, {1, -1, -1, 1}};
}

}  // namespace

std::vector<OrderSector> order_sectors(const OpticsSettings& settings,
                                       std::span<const SourcePoint> source,
                                       std::span<const Flip> group) {
  const OrderWindow window = order_window(settings, source);
  double reach = 0.0;
  for (const SourcePoint& point : source)
    reach = std::max(reach, std::hypot(point.sigma_x, point.sigma_y));
  const double step_x = settings.wavelength_nm / (settings.na * settings.period_x_nm());
  const double step_y = settings.wavelength_nm / (settings.na * settings.period_y_nm());
  std::vector<OrderSector> sectors;
  for (const std::vector<int>& signs : characters(group)) {
    std::vector<OrderSector::Vector> basis;
    for (int n = -window.half_y; n <= window.half_y; ++n)
      for (int m = -window.half_x; m <= window.half_x; ++m) {
        if (std::hypot(m * step_x, n * step_y) > 1.0 + reach + 1e-9) continue;
        const bool first = std::all_of(group.begin(), group.end(), [&](Flip flip) {
          return std::pair(n, m) >= std::pair(n * flip.y, m * flip.x);
        });
        if (!first) continue;
        const auto vector = symmetric_vector(window, m, n, group, signs);
        if (vector.count > 0) basis.push_back(vector);
      }
    if (!basis.empty()) sectors.emplace_back(std::move(basis));
  }
  return sectors;
}

}  // namespace reticle
