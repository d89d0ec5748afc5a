// SPDX-License-Identifier: Apache-2.0
#include "masks/job/whole_polygons.h"

#include <cmath>
#include <map>
#include <numeric>

#include "kernels/base/error.h"
#include "litho/geometry/boolean.h"

namespace reticle {
namespace {

using layout::DbBox;
using layout::DbPoint;
using Outline = MaskOutlines::value_type;

std::int32_t coordinate(double v) {
  if (!(v >= INT32_MIN && v <= INT32_MAX)) throw Error(ErrorCode::bad_input, "a mask's polygon reaches beyond 32-bit coordinates");
  return static_cast<std::int32_t>(v);
}

// Outlines that touch a border of their tile, and which of them may touch each other there.
class CutOutlines {
 public:
  void add(TileIndex tile, const DbBox& box, Outline outline) {
    of_tile_[tile].push_back(outlines_.size());
    boxes_.push_back(box);
    outlines_.push_back(std::move(outline));
  }

  void unite_into(std::vector<Outline>& whole) {
    group_.resize(outlines_.size());
    std::iota(group_.begin(), group_.end(), std::size_t{0});
    for (const auto& [tile, own] : of_tile_)
      for (const TileIndex step : {TileIndex{0, 1}, TileIndex{1, -1}, TileIndex{1, 0}, TileIndex{1, 1}}) {
        const auto beside = of_tile_.find({tile.y + step.y, tile.x + step.x});
        if (beside == of_tile_.end()) continue;
        for (const std::size_t a : own)
          for (const std::size_t b : beside->second)
            if (boxes_[a].touches(boxes_[b])) group_[root(a)] = root(b);
      }
    std::map<std::size_t, std::vector<std::size_t>> groups;  // by their first member
    std::map<std::size_t, std::size_t> first;
    for (std::size_t i = 0; i < outlines_.size(); ++i) groups[first.try_emplace(root(i), i).first->second].push_back(i);
    for (const auto& [at, members] : groups) {
      if (members.size() == 1) {
        whole.push_back(std::move(outlines_[at]));
        continue;
      }
      std::vector<Polygon> parts;
      for (const std::size_t i : members) {
        Polygon& part = parts.emplace_back();
        for (const DbPoint& p : outlines_[i]) part.push_back({static_cast<double>(p.x), static_cast<double>(p.y)});
      }
      for (const Polygon& united : merge(parts, 1.0)) {
        Outline& outline = whole.emplace_back();
        for (const Point& p : united) outline.push_back({coordinate(std::round(p.x)), coordinate(std::round(p.y))});
      }
    }
  }

 private:
  std::size_t root(std::size_t i) {
    while (group_[i] != i) i = group_[i] = group_[group_[i]];
    return i;
  }

  std::vector<Outline> outlines_;
  std::vector<DbBox> boxes_;
  std::map<TileIndex, std::vector<std::size_t>> of_tile_;
  std::vector<std::size_t> group_;
};

}  // namespace

std::vector<Outline> whole_polygons(const BlockResults& results, const TilePlan& plan, double dbu_nm) {
  std::vector<Outline> whole;
  CutOutlines cut;
  // Cores may end between database units.
  const auto right = static_cast<std::int64_t>(std::floor(plan.core_x_nm / dbu_nm)) - 1,
             top = static_cast<std::int64_t>(std::floor(plan.core_y_nm / dbu_nm)) - 1;
  for (std::size_t i = 0; i < results.tiles.size(); ++i) {
    if (results.masks[i] < 0) continue;
    const Box core = plan.core(results.tiles[i]);
    const double x0 = std::round(core.x0 / dbu_nm), y0 = std::round(core.y0 / dbu_nm);
    for (const Outline& outline : results.outlines[static_cast<std::size_t>(results.masks[i])]) {
      DbBox local, box;
      Outline placed;
      for (const DbPoint& p : outline) {
        local.add(p);
        placed.push_back({coordinate(x0 + p.x), coordinate(y0 + p.y)});
        box.add(placed.back());
      }
      if (local.x0 <= 1 || local.y0 <= 1 || local.x1 >= right || local.y1 >= top) cut.add(results.tiles[i], box, std::move(placed));
      else whole.push_back(std::move(placed));
    }
  }
  cut.unite_into(whole);
  return whole;
}

}  // namespace reticle
