// Correcting one layout: a job folder, worked on by threads of this process and, when shared, by
// other processes.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "litho/chip/chip.h"
#include "masks/job/job_file.h"
#include "tools/reticle/engine_options.h"
#include "tools/reticle/layout_input.h"
#include "tools/reticle/layout_mask.h"
#include "tools/reticle/worst_places.h"

namespace reticle::tools {

enum class JobStart { refuse_existing, resume, layout_changed };

enum class TaskOrder { forwards, backwards };  // results do not depend on it

struct LayoutJob {
  std::filesystem::path layout, folder;
  LayoutSelection selection;
  OpticalModel model;
  IltSettings settings;  // resolved
  ChipSettings chip;
  JobDescription description;  // all but what the layout and the tiling say
  MaskLayoutOptions mask_layout;
  std::filesystem::path only;  // JSON list of [x, y] tile places; empty: all tiles
  JobStart start = JobStart::refuse_existing;
  JobAccess access = JobAccess::alone;
  int threads = 1;
  EngineChoice engine;
  TaskOrder order = TaskOrder::forwards;
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
  TilePlan plan;
  double window_um2 = 0.0;
  std::vector<TileIndex> tiles;
  std::vector<std::int32_t> results;  // [tile] place in `measured`, -1 where nothing is drawn
  struct Measured {
    double l2_nm2 = 0.0, band_nm2 = 0.0;
    std::vector<EdgePlacement> sites;  // relative to the core
  };
  std::vector<Measured> measured;
  std::vector<StageSummary> stages;
  std::vector<WorstPlace> worst_places;
  std::map<std::string, double> totals;
};

// Throws Error(bad_input) if the folder holds a job and may not, or one that differs.
LayoutOutcome run_layout_job(const LayoutJob& job);

}  // namespace reticle::tools
