// SPDX-License-Identifier: Apache-2.0
// How a layout is cut into tiles: a core that is kept, a halo of context around it, one model period
// in all. Tiles lie at multiples of the core's size from one place, whatever the window.
#pragma once

#include <cmath>
#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "litho/ilt/settings.h"
#include "litho/geometry/polygon.h"
#include "litho/imaging/optical_model.h"

namespace reticle {

struct TileIndex {
  std::int32_t y = 0;
  std::int32_t x = 0;
  auto operator<=>(const TileIndex&) const = default;  // rows from below, each from the left
};

// Tiles from (x0, y0) to before (x1, y1).
struct TileRange {
  std::int32_t x0 = 0, y0 = 0, x1 = 0, y1 = 0;
  bool empty() const { return x0 >= x1 || y0 >= y1; }
  std::size_t count() const;
  bool contains(TileIndex tile) const {
    return tile.x >= x0 && tile.x < x1 && tile.y >= y0 && tile.y < y1;
  }
  TileRange grown(int by) const { return {x0 - by, y0 - by, x1 + by, y1 + by}; }
  TileRange intersection(const TileRange& other) const;
  std::vector<TileIndex> tiles() const;  // in order
};

struct TilePlan {
  double core_x_nm = 0.0;
  double core_y_nm = 0.0;
  double halo_nm = 0.0;
  std::string reason;  // of the halo, for people
  Point origin{};      // of the layout: the lower left corner of the core of tile (0, 0)

  // The same tiles in the coordinates of one of them, whose core begins at zero.
  TilePlan local() const;
  Box core(TileIndex tile) const;
  Box field(TileIndex tile) const;
  double core_share() const;  // of the area that is optimised
  int tiles_within(double reach_nm) const;  // of a core, so many tiles to either side
  // Tiles whose core overlaps the box.
  // Throws Error(bad_input) if there are more than 2^31 to a side.
  TileRange range_in(const Box& box) const;
  // The same, in order.
  std::vector<TileIndex> tiles_in(const Box& box) const;
};

// Part of the point-spread functions' energy that may lie beyond the halo.
inline constexpr double k_energy_beyond_halo = 0.01;

// The halo is the model's interaction range, or as given (whence, for people), rounded up to working pixels of the last
// level so that the grids of neighbours agree. Settings as from resolved().
// Throws Error(bad_input), naming the model's period and the halo, if the tile is not larger than
// twice the halo.
TilePlan plan_tiles(const OpticalModel& model, const IltSettings& settings,
                    std::optional<double> halo_nm = {}, const std::string& halo_source = "as asked for");

// Tiles in one direction that cover a length with as much beyond it on one side as on the other, to a step; they begin at
// whole steps, so that grids with pixels that divide it stay where they are.
struct CoveringTiles {
  double from_nm = 0.0;
  double count = 0.0;
};
CoveringTiles tiles_along(double from_nm, double to_nm, double core_nm, double step_nm);

// The least length of whole steps that is a whole nm too, within these bounds. Steps such as 130/28 nm are no numbers in
// binary: a millionth of a nm is taken for none.
std::optional<double> whole_nm_of_steps(double least_nm, double step_nm, double most_nm);

// The halo that plan_tiles() gives tiles, whether or not it leaves them a core.
double tile_halo(const OpticalModel& model, const IltSettings& settings, std::optional<double> halo_nm = {});

// The polygons that reach into a box, in layout coordinates; may overlap and reach beyond it. Called
// from several threads at once.
using GeometrySource = std::function<std::vector<Polygon>(const Box&)>;

// The same with a look ahead: boxes of equal hash and size have equal polygons, to the last bit, where those are taken relative to
// corners that lie on whole multiples of k_exact_step_nm. No hash: it is not known which do.
struct DrawnWindow {
  std::string hash;
  std::function<std::vector<Polygon>()> polygons;  // while the source lives
};
using DrawnSource = std::function<DrawnWindow(const Box&)>;
inline constexpr double k_exact_step_nm = 1.0 / 4096;
inline bool is_exact(double nm) { return std::abs(nm) < 1e12 && nm / k_exact_step_nm == std::floor(nm / k_exact_step_nm); }

// The geometry of a tile's field, merged and cut, relative to the lower left corner of its core,
// which is the window. Equal surroundings give equal designs wherever the tile lies.
Design tile_design(const GeometrySource& source, const TilePlan& plan, TileIndex tile);

// SHA-256 of a design as from tile_design().
std::string content_hash(const Design& design);

}  // namespace reticle
