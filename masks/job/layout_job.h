// SPDX-License-Identifier: Apache-2.0
// Correcting one layout: a job folder, worked on by threads of this process and, when shared, by
// other processes. Nothing is printed here: a watcher hears how far it is and may stop it.
//
// The layout is a grid of blocks; memory is that of the layout's cells and of a few blocks. Workers take
// blocks as they become free, and help in those of others when none is left.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "kernels/engine/engine_choice.h"
#include "litho/chip/edge_tiles.h"
#include "litho/chip/hybrid_tiles.h"
#include "litho/chip/ilt_tiles.h"
#include "masks/design_file.h"
#include "masks/job/block_file.h"
#include "masks/job/crew.h"
#include "masks/job/job_file.h"
#include "masks/job/job_summary.h"
#include "masks/job/layout_input.h"
#include "masks/job/mask_layout.h"
#include "masks/recipes/correction.h"

namespace reticle {

enum class JobStart { refuse_existing, resume, layout_changed };

enum class TaskOrder { forwards, backwards };  // results do not depend on it

struct LayoutJob {
  std::filesystem::path layout, folder;
  LayoutPart part;
  std::shared_ptr<const LayoutInput> input;  // the layout, where it is open already
  OpticalModel model;
  IltSettings settings;  // resolved
  ChipSettings chip;
  std::string tiles_reason;  // where tiles follow an array, why they are as large as they are, for reports
  MaskMethod method = MaskMethod::ilt;
  MendSettings mend;   // resolved
  EdgeSettings edges;  // resolved; the halo and the number of refinements are those of `chip`
  JobDescription description;  // all but what the layout and the tiling say
  MaskLayoutOptions mask_layout;
  std::vector<TileIndex> only;  // of the tiles; empty: all
  JobStart start = JobStart::refuse_existing;
  JobAccess access = JobAccess::alone;
  int threads = 1;
  EngineChoice engine;
  TaskOrder order = TaskOrder::forwards;
  int block_tiles = 64;  // side of a block
  std::shared_ptr<Crew> crew;  // of ranks started together; none: this process, or the shared folder
};

// Called from any thread, one call at a time.
struct JobWatcher {
  std::function<void(const std::string& sentence)> note = [](const std::string&) {};
  // Of the work named, how much is done; called at its start with 0.
  std::function<void(const std::string& work, std::size_t done, std::size_t total)> progress =
      [](const std::string&, std::size_t, std::size_t) {};
  // Asked between tiles: whether to stop, with everything finished on disk.
  std::function<bool()> interrupted = [] { return false; };
};

struct StageSummary {
  std::string name;
  std::size_t tiles = 0;     // that need a result, equal ones counted each
  std::size_t distinct = 0;  // results
  std::size_t here = 0;      // of them, computed by this run and process
  double seconds = 0.0;
};

// What became of a job, for reports.
struct LayoutOutcome {
  bool finished = false;  // false: interrupted, or another worker writes the results
  bool by_another = false;  // which has written them: there is a mask to verify together
  std::string top_cell;   // of the layout: what reports show it under
  TilePlan plan;
  double window_um2 = 0.0;
  std::size_t tiles = 0;
  std::size_t distinct_masks = 0;  // of all tiles; where more than 2^20, some are counted twice
  std::vector<StageSummary> stages;
  std::vector<BlockIndex> blocks;  // in order
  JobSummary summary;
  TileRange range;
};

// The blocks of a finished job, read one at a time.
void for_each_block(const LayoutJob& job, const LayoutOutcome& outcome,
                    const std::function<void(const BlockResults&)>& use);

// The description of a job with these settings, resolved.
JobDescription describe_job(const OpticalModel& model, const CorrectionSettings& settings,
                            const std::string& tool_version);

// Throws Error(bad_input) if the folder holds a job and may not, or one that differs. Ranks of a crew meet at its
// end; whoever gave the crew has it leave.
LayoutOutcome run_layout_job(const LayoutJob& job, const JobWatcher& watcher = {});

}  // namespace reticle
