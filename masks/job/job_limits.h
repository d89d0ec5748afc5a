// SPDX-License-Identifier: Apache-2.0
// What running a job and planning it have in common.
#pragma once

#include <memory>

#include "litho/chip/ilt_tiles.h"
#include "masks/job/layout_job.h"

namespace reticle {

// Of results that only the next stage reads, so much is kept on disk.
double passing_limit_bytes(double window_um2);

// A window as asked for; a whole layout with what surrounds it, where its assist features stand.
Box corrected_box(const LayoutJob& job, const TilePlan& plan, const Box& window);

std::unique_ptr<CorrectionMethod> method_of(const LayoutJob& job);

}  // namespace reticle
