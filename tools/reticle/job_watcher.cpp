// SPDX-License-Identifier: Apache-2.0
#include "tools/reticle/job_watcher.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "tools/reticle/interrupt.h"

namespace reticle::tools {

JobWatcher watcher_of(std::unique_ptr<Progress>& shown, Notes notes) {
  return {.note =
              [notes](const std::string& sentence) {
                if (notes == Notes::printed) fmt::print("{}\n", sentence);
                else spdlog::info("{}", sentence);
              },
          .progress =
              [&shown, of = std::string()](const std::string& work, std::size_t done,
                                           std::size_t total) mutable {
                if (of != work || !shown) {
                  shown.reset();
                  shown = std::make_unique<Progress>(work, static_cast<int>(total));
                  of = work;
                }
                shown->set_done(static_cast<int>(done));
              },
          .interrupted = [] { return interrupted(); }};
}

}  // namespace reticle::tools
