// SPDX-License-Identifier: Apache-2.0
#include "masks/hdf5/outlines.h"

#include <cstdint>

namespace reticle::hdf5 {

namespace {

constexpr std::uint64_t k_most_outline_values = 1 << 27;

}  // namespace

std::vector<Polygon> read_outlines(const Group& parent, const std::string& name) {
  const Group group = parent.group(name);
  const Extents shape = group.extents("points", 2, k_most_outline_values);
  const Extents rings = group.extents("ends", 1, k_most_outline_values);
  if (shape[1] != 2) group.fail("points", "does not have two columns, x and y");
  const std::vector<double> points = group.read<double>("points", shape);
  const std::vector<std::int32_t> ends = group.read<std::int32_t>("ends", rings);
  std::vector<Polygon> outlines;
  std::int32_t from = 0;
  for (const std::int32_t end : ends) {
    if (end < from || static_cast<std::uint64_t>(end) > shape[0])
      group.fail("ends", "does not count up within the points");
    Polygon& ring = outlines.emplace_back();
    for (std::int32_t i = from; i < end; ++i)
      ring.push_back({points[2 * static_cast<std::size_t>(i)], points[2 * static_cast<std::size_t>(i) + 1]});
    from = end;
  }
  return outlines;
}

void write_outlines(Group& parent, const std::string& name, const std::vector<Polygon>& outlines) {
  std::vector<double> points;
  std::vector<std::int32_t> ends;
  for (const Polygon& ring : outlines) {
    for (const Point& p : ring) points.insert(points.end(), {p.x, p.y});
    ends.push_back(static_cast<std::int32_t>(points.size() / 2));
  }
  if (points.empty()) return;
  Group group = parent.create_group(name);
  group.write("points", {points.size() / 2, 2}, points.data());
  group.write("ends", {ends.size()}, ends.data());
}

}  // namespace reticle::hdf5
