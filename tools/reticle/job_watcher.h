// SPDX-License-Identifier: Apache-2.0
// What a job says and how far it is, on a terminal.
#pragma once

#include <memory>

#include "masks/job/layout_job.h"
#include "tools/reticle/progress.h"

namespace reticle::tools {

// Where sentences go: to standard output, or, where that is for JSON, to the log.
enum class Notes { printed, logged };

// Progress as a bar of the work at hand; Ctrl-C stops. `shown` outlives it.
JobWatcher watcher_of(std::unique_ptr<Progress>& shown, Notes notes = Notes::printed);

}  // namespace reticle::tools
