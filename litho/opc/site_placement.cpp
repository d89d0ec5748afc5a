// SPDX-License-Identifier: Apache-2.0
#include "litho/opc/site_placement.h"

#include <algorithm>
#include <cmath>

#include "litho/opc/settings.h"

namespace reticle {

namespace {

// In shortest waves of the mask.
constexpr double k_probe = 0.02, k_cap = 0.25, k_unit = 0.02;

}  // namespace

SitePlacement::SitePlacement(std::span<const ControlSite> sites, const OpticalModel& model, PointTransform<float>& image)
    : probe_nm_(k_probe * shortest_wave_nm(model)),
      cap_nm_(k_cap * shortest_wave_nm(model)),
      unit_nm_(k_unit * shortest_wave_nm(model)),
      least_slope_(model.resist.threshold / shortest_wave_nm(model)),
      image_(image) {
  std::vector<Point> places;
  for (const double off : {0.0, probe_nm_, -probe_nm_})
    for (const ControlSite& site : sites)
      places.push_back({site.position.x + off * site.normal.x, site.position.y + off * site.normal.y});
  for (const ControlSite& site : sites) sites_.push_back({site.weight, site.outside_nm, site.inside_nm});
  points_ = image.windows(places);
}

double SitePlacement::add(const Spectrum<float>& resist, const PrintLevel& level, double weight,
                          Spectrum<float>& d_resist) const {
  const std::size_t n = sites_.size();
  const std::vector<float> values = image_.values(resist, points_);
  std::vector<float> derivative(values.size());
  double sum = 0.0;
  for (std::size_t i = 0; i < n; ++i) {
    const double rise = level.sign() * static_cast<double>(values[2 * n + i] - values[n + i]) / (2.0 * probe_nm_);
    const double slope = std::max(rise, least_slope_);
    const double error = level.excess(static_cast<double>(values[i])) / slope;
    const double off = error > sites_[i].outside_nm  ? error - sites_[i].outside_nm
                       : error < -sites_[i].inside_nm ? error + sites_[i].inside_nm
                                                      : 0.0;
    const double near = std::clamp(off, -cap_nm_, cap_nm_);
    const double scale = sites_[i].weight / unit_nm_;
    sum += scale * near * (2.0 * off - near);
    const double d_error = weight * scale * 2.0 * near;
    derivative[i] = static_cast<float>(level.sign() * d_error / slope);
    if (rise <= least_slope_) continue;
    const double d_rise = -d_error * error / slope * level.sign() / (2.0 * probe_nm_);
    derivative[n + i] = static_cast<float>(-d_rise);
    derivative[2 * n + i] = static_cast<float>(d_rise);
  }
  const Spectrum<float> change = image_.coefficients(std::span<const float>(derivative), points_);
  for (std::size_t i = 0; i < d_resist.size(); ++i) d_resist.data()[i] += change.data()[i];
  return weight * sum;
}

}  // namespace reticle
