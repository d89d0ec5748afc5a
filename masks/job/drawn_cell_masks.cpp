// SPDX-License-Identifier: Apache-2.0
#include "masks/job/drawn_cell_masks.h"

#include <algorithm>
#include <span>
#include <tuple>

#include "kernels/base/sha256.h"
#include "masks/job/mask_owners.h"
#include "masks/job/order_by_likeness.h"
#include "masks/layout/lattices.h"

namespace reticle {
namespace {

using layout::DbPoint;
using layout::Frame;
using Outline = MaskOutlines::value_type;

// Cells remembered to be placed again; on layouts with more of them, later ones are written anew.
constexpr std::size_t k_most_known = 1 << 20;

double twice_area(const Outline& outline) {
  double sum = 0.0;
  for (std::size_t i = 0, before = outline.size() - 1; i < outline.size(); before = i++)
    sum += static_cast<double>(outline[before].x) * outline[i].y - static_cast<double>(outline[i].x) * outline[before].y;
  return sum;
}

// As the frame maps it; counterclockwise from its lowest point, of those the leftmost.
Outline mapped(const Outline& outline, const Frame& frame) {
  Outline to;
  for (const DbPoint& p : outline) to.push_back(frame(p));
  if (twice_area(to) < 0.0) std::ranges::reverse(to);
  const auto start = std::ranges::min_element(to, {}, [](DbPoint p) { return std::pair(p.y, p.x); });
  std::ranges::rotate(to, start);
  return to;
}

void sort_by_place(MaskOutlines& outlines) {
  std::ranges::sort(outlines, [](const Outline& a, const Outline& b) {
    return std::tie(a.front().y, a.front().x, a) < std::tie(b.front().y, b.front().x, b);
  });
}

}  // namespace

DrawnCellMasks::DrawnCellMasks(layout::CellSink& sink, layout::LayerId layer, const std::vector<std::string>& taken)
    : sink_(sink), layer_(layer), taken_(taken.begin(), taken.end()) {}

std::string DrawnCellMasks::free_name(const std::string& wanted) {
  std::size_t& number = numbers_[wanted];
  for (std::string name = wanted;; name = wanted + "$" + std::to_string(++number))
    if (!taken_.contains(name) && used_.insert(name).second) return name;
}

layout::Cell DrawnCellMasks::add(std::vector<Outline> polygons, const layout::DrawnInstances& drawn) {
  std::vector<Contents> of_instance(drawn.instances.size());
  const std::vector<std::uint32_t> owners = mask_owners(polygons, drawn);
  for (std::size_t i = 0; i < polygons.size(); ++i) {
    of_instance[owners[i]].outlines.push_back(mapped(polygons[i], drawn.instances[owners[i]].frame.inverse()));
    Outline().swap(polygons[i]);
  }
  for (std::size_t i = drawn.instances.size(); i-- > 1;) {
    Contents& contents = of_instance[i];
    if (contents.outlines.empty() && contents.references.empty()) continue;
    const layout::DrawnInstance& instance = drawn.instances[i];
    of_instance[instance.parent].references.emplace_back(
        number_of(instance.cell, std::move(contents)), drawn.instances[instance.parent].frame.inverse().after(instance.frame));
    contents = {};
  }
  Contents& top = of_instance.front();
  sort_by_place(top.outlines);
  for (const auto& [number, frame] : top.references) ++uses_[number];
  write_new(drawn);
  return cell_of("", top);
}

std::size_t DrawnCellMasks::number_of(std::size_t drawn, Contents contents) {
  sort_by_place(contents.outlines);
  std::ranges::sort(contents.references);
  Sha256 hash;
  hash.add(std::to_string(drawn));
  for (const Outline& outline : contents.outlines) {
    hash.add(std::to_string(outline.size()) + ":");
    hash.add(std::as_bytes(std::span(outline)));
  }
  for (const auto& [number, f] : contents.references) {
    const std::int64_t bytes[] = {static_cast<std::int64_t>(number), f.xx, f.xy, f.yx, f.yy, f.x0, f.y0};
    hash.add(std::as_bytes(std::span(bytes)));
  }
  const std::string key = hash.finish();
  if (const auto found = known_.find(key); found != known_.end()) return found->second;
  const std::size_t number = names_.size();
  names_.emplace_back();
  uses_.push_back(0);
  if (known_.size() < k_most_known) known_.emplace(key, number);
  for (const auto& [placed, frame] : contents.references) ++uses_[placed];
  new_.push_back({drawn, number, std::move(contents)});
  return number;
}

// All of one drawn cell together, those that are alike beside each other.
void DrawnCellMasks::write_new(const layout::DrawnInstances& drawn) {
  std::ranges::sort(new_, {}, [&](const NewCell& c) { return std::tuple(c.drawn, -static_cast<std::ptrdiff_t>(uses_[c.number]), c.number); });
  for (const NewCell& cell : new_) names_[cell.number] = free_name(drawn.cells[cell.drawn]);
  for (auto first = new_.begin(); first != new_.end();) {
    const auto last = std::find_if(first, new_.end(), [&](const NewCell& c) { return c.drawn != first->drawn; });
    std::vector<MaskOutlines> outlines;
    for (auto at = first; at != last; ++at) outlines.push_back(at->contents.outlines);
    for (const std::size_t i : order_by_likeness(outlines)) {
      const NewCell& cell = first[static_cast<std::ptrdiff_t>(i)];
      sink_.add(cell_of(names_[cell.number], cell.contents));
    }
    first = last;
  }
  new_.clear();
}

layout::Cell DrawnCellMasks::cell_of(const std::string& name, const Contents& contents) const {
  layout::Cell cell{.name = name};
  if (!contents.outlines.empty()) {
    layout::ShapeSet& shapes = cell.layers[layer_];
    for (const Outline& outline : contents.outlines) shapes.add(outline);
  }
  std::vector<layout::Placement> placements;
  for (const auto& [number, frame] : contents.references) placements.push_back(frame.placement_of(number));
  layout::join_lattices(placements);
  for (const layout::Placement& p : placements) cell.references.push_back(reference_to(names_[p.target], p));
  return cell;
}

}  // namespace reticle
