// SPDX-License-Identifier: Apache-2.0
#include "tools/reticle/clip_region.h"

#include <variant>

#include "litho/imaging/pixel_field.h"
#include "litho/imaging/socs.h"
#include "tools/reticle/inputs.h"

namespace reticle::tools {

ClipRegion clip_region(const OpticalModel& model, const DesignSource& mask, const std::vector<Polygon>& target) {
  ClipRegion clip;
  Region& region = clip.region;
  if (const auto* drawn = std::get_if<Design>(&mask)) {
    region.field = field_around(model, drawn->window);
    region.mask = polygons_within(drawn->polygons, region.field);
  } else {
    const PixelDesign& held = std::get<PixelDesign>(mask);
    const Grid grid = field_grid(model, held.grid);
    region.field = box_of(grid);
    clip.pixels = held.grey.size() > 0 ? in_field<float>(held.grey.view(), held.grid, grid)
                                       : in_field<float>(held.pixels.view(), held.grid, grid);
    region.pixels = clip.pixels.view();
  }
  region.target = target;
  region.core = region.field;
  return clip;
}

}  // namespace reticle::tools
