// SPDX-License-Identifier: Apache-2.0
// A clip's mask of edges, mended.
#pragma once

#include "litho/hybrid/mend.h"
#include "litho/opc/edge_clip.h"

namespace reticle {

// Mends the named places of a clip as from correct_clip(): its rings, pixels and broken rules
// become those of the mended mask. Unchanged where none is mended.
void mend(EdgeClip& clip, Mender& mender, const IltSettings& window, const EdgeSettings& settings,
          const Design& design);

}  // namespace reticle
