// SPDX-License-Identifier: Apache-2.0
#include "litho/hybrid/mend_clip.h"

#include "litho/geometry/boolean.h"
#include "litho/geometry/rasterize.h"
#include "litho/imaging/socs.h"
#include "litho/opc/outline.h"
#include "litho/opc/rule_repair.h"

namespace reticle {

void mend(EdgeClip& clip, Mender& mender, const IltSettings& window, const EdgeSettings& settings,
          const Design& design) {
  const Box field{clip.grid.origin_x_nm, clip.grid.origin_y_nm,
                  clip.grid.origin_x_nm + clip.grid.cols * clip.grid.pixel_nm,
                  clip.grid.origin_y_nm + clip.grid.rows * clip.grid.pixel_nm};
  Design drawn = design;
  drawn.polygons = reticle::clip(design.polygons, field);
  const std::vector<Polygon> edges = fill(clip.correction.rings);
  const std::vector<MaskPatch> patches =
      mender.mend({.drawn = drawn, .mask = edges, .judged = field, .owned = field});
  if (patches.empty()) return;
  clip.correction.rings = outlines(patched(edges, patches));
  clip.mask = rasterize_rings_binary(clip.correction.rings, clip.grid);
  clip.broken_rules =
      broken_rules(clip.correction, window.mask_rules, field, settings.opc.mask_grid_nm);
}

}  // namespace reticle
