// SPDX-License-Identifier: Apache-2.0
#include "litho/opc/fault_guards.h"

#include <algorithm>
#include <cmath>

namespace reticle {

namespace {

constexpr double k_fault_margin = 0.01;   // a guard with less of the threshold's at a corner of the window tells a fault
constexpr double k_raised_margin = 0.05;  // what is asked of it there: moves have the mask's grid yet before them

}  // namespace

FaultGuards::FaultGuards(std::span<const ControlSite> sites, std::span<const SiteRoom> rooms, double guard_nm,
                         std::vector<WindowCorner> corners)
    : corners_(std::move(corners)), faces_(2 * sites.size()), raised_(2 * sites.size()), places_(2 * sites.size()) {
  const std::size_t n = sites.size();
  for (std::size_t i = 0; i < n; ++i) {
    faces_[i] = rooms[i].space_nm < 2.0 * guard_nm - 1e-6 && sites[i].tells_bridge;
    faces_[n + i] = rooms[i].width_nm < 2.0 * guard_nm - 1e-6 && sites[i].tells_open;
    const auto moved = [&](double nm) {
      return Point{sites[i].position.x + nm * sites[i].normal.x, sites[i].position.y + nm * sites[i].normal.y};
    };
    places_[i] = moved(0.5 * rooms[i].space_nm);
    places_[n + i] = moved(-0.5 * rooms[i].width_nm);
  }
}

std::vector<bool> FaultGuards::near(std::span<const Fragment> fragments, double reach_nm) const {
  const FragmentBins bins(fragments, reach_nm);
  std::vector<bool> near(fragments.size());
  for (std::size_t i = 0; i < raised_.size(); ++i) {
    if (raised_[i] <= 0.0) continue;
    const Point& p = places_[i];
    for (const int k : bins.near({p.x - reach_nm, p.y - reach_nm, p.x + reach_nm, p.y + reach_nm})) {
      const Point q = fragments[static_cast<std::size_t>(k)].middle();
      if (std::hypot(q.x - p.x, q.y - p.y) <= reach_nm) near[static_cast<std::size_t>(k)] = true;
    }
  }
  return near;
}

bool FaultGuards::raise(const OpticalModel& model, const std::function<std::vector<float>(int condition)>& image) {
  const std::size_t guards = raised_.size(), n = guards / 2;
  const double tone = model.resist.level().sign();
  std::vector<std::vector<float>> images(model.conditions.size());
  const WindowCorner& nominal = corners_.front();
  bool any = false;
  for (const WindowCorner& corner : corners_) {
    std::vector<float>& own = images[static_cast<std::size_t>(corner.condition)];
    if (own.empty()) own = image(corner.condition);
    const std::vector<float>& at_nominal = images[static_cast<std::size_t>(nominal.condition)];
    for (std::size_t i = 0; i < guards; ++i) {
      if (!faces_[i]) continue;
      const double sign = tone * (i < n ? -1.0 : 1.0);
      const auto margin = [&](float intensity, double dose) {
        return sign * (dose * dose * static_cast<double>(intensity) / model.resist.threshold - 1.0);
      };
      const double there = margin(own[n + i], corner.dose);
      if (there >= k_fault_margin) continue;
      raised_[i] = std::max(raised_[i], margin(at_nominal[n + i], nominal.dose) + k_raised_margin - there);
      any = true;
    }
  }
  return any;
}

}  // namespace reticle
