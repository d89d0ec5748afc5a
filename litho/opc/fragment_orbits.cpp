// SPDX-License-Identifier: Apache-2.0
#include "litho/opc/fragment_orbits.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <optional>
#include <tuple>
#include <utility>

namespace reticle {

namespace {

// Middle and normal, in whole steps from the field's middle.
using Place = std::tuple<long long, long long, long long, long long>;

Place place_of(Point middle, Point normal) {
  constexpr double k_steps = 1e3;
  return {std::llround(middle.x * k_steps), std::llround(middle.y * k_steps), std::llround(normal.x * k_steps),
          std::llround(normal.y * k_steps)};
}

Point mapped(const FieldMap& map, Point p) {
  if (map.exchanges) std::swap(p.x, p.y);
  return {map.mirrors_x ? -p.x : p.x, map.mirrors_y ? -p.y : p.y};
}

// Where each fragment goes; none if one goes nowhere.
std::optional<std::vector<std::size_t>> images_of(const std::vector<Fragment>& fragments, Point centre, const FieldMap& map) {
  std::map<Place, std::size_t> at;
  const auto from_centre = [&](Point p) { return Point{p.x - centre.x, p.y - centre.y}; };
  for (std::size_t i = 0; i < fragments.size(); ++i) at.emplace(place_of(from_centre(fragments[i].middle()), fragments[i].normal), i);
  std::vector<std::size_t> images;
  for (const Fragment& fragment : fragments) {
    const auto found = at.find(place_of(mapped(map, from_centre(fragment.middle())), mapped(map, fragment.normal)));
    if (found == at.end() || std::abs(fragments[found->second].length() - fragment.length()) > 1e-3) return {};
    images.push_back(found->second);
  }
  return images;
}

}  // namespace

FragmentOrbits::FragmentOrbits(const FragmentedDesign& design, const Box& field, std::span<const FieldMap> maps) {
  const std::size_t count = design.fragments.size();
  const Point centre{0.5 * (field.x0 + field.x1), 0.5 * (field.y0 + field.y1)};
  std::vector<std::size_t> first(count);
  std::iota(first.begin(), first.end(), std::size_t{0});
  const auto root = [&](std::size_t i) {
    while (first[i] != i) i = first[i] = first[first[i]];
    return i;
  };
  for (const FieldMap& map : maps)
    if (const auto images = images_of(design.fragments, centre, map))
      for (std::size_t i = 0; i < count; ++i) {
        const std::size_t a = root(i), b = root((*images)[i]);
        first[std::max(a, b)] = std::min(a, b);
      }
  std::map<std::size_t, std::vector<std::size_t>> orbits;
  for (std::size_t i = 0; i < count; ++i) orbits[root(i)].push_back(i);
  for (auto& [least, orbit] : orbits)
    if (orbit.size() > 1) orbits_.push_back(std::move(orbit));
}

void FragmentOrbits::average(std::vector<double>& displacements) const {
  for (const std::vector<std::size_t>& orbit : orbits_) {
    double sum = 0.0;
    for (const std::size_t i : orbit) sum += displacements[i];
    for (const std::size_t i : orbit) displacements[i] = sum / static_cast<double>(orbit.size());
  }
}

void FragmentOrbits::join(std::vector<bool>& flags) const {
  for (const std::vector<std::size_t>& orbit : orbits_) {
    bool any = false;
    for (const std::size_t i : orbit) any = any || flags[i];
    for (const std::size_t i : orbit) flags[i] = any;
  }
}

void FragmentOrbits::join_rings(const FragmentedDesign& design, std::vector<bool>& rings) const {
  std::vector<bool> fragments;
  for (const Fragment& fragment : design.fragments) fragments.push_back(rings[static_cast<std::size_t>(fragment.ring)]);
  join(fragments);
  for (std::size_t i = 0; i < fragments.size(); ++i)
    if (fragments[i]) rings[static_cast<std::size_t>(design.fragments[i].ring)] = true;
}

}  // namespace reticle
