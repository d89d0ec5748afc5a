// SPDX-License-Identifier: Apache-2.0
// The part of `reticle correct` that takes a layout instead of clips.
#pragma once

#include <CLI/CLI.hpp>
#include <filesystem>
#include <optional>
#include <string>

#include "litho/chip/ilt_tiles.h"
#include "masks/job/job_plan.h"
#include "masks/job/layout_job.h"
#include "tools/reticle/clip_correction.h"
#include "tools/reticle/engine_options.h"
#include "tools/reticle/exit_code.h"
#include "tools/reticle/inputs.h"
#include "tools/reticle/mask_options.h"
#include "tools/reticle/quality_gates.h"

namespace reticle::tools {

struct ChipOptions {
  LayoutOptions part;
  ChipSettings chip;
  std::optional<double> period_nm;  // of tiles; empty: the cheapest, 0: the model's own
  MaskLayoutOptions mask_layout;
  std::string output_layer = "1/0";
  std::filesystem::path only;
  JobStart start = JobStart::refuse_existing;
  JobAccess access = JobAccess::alone;
  TaskOrder order = TaskOrder::forwards;
  int block_tiles = LayoutJob{}.block_tiles;
  bool plan = false;
  PlanDepth plan_depth = PlanDepth::sample;
  int given = 0;  // how many of the options that only layouts have
};

void add_chip_options(CLI::App& command, ChipOptions& options);

// What clips and layouts have in common on the command line.
struct LayoutRun {
  std::filesystem::path layout, model, folder, recipe;
  std::optional<MaskMethod> method;  // over the recipe's
  int threads = 0;
  EngineOptions engine;
  bool json = false;  // on standard output, instead of tables
  Finished finished = Finished::refuse;
  QualityGates gates;
  MaskOptions mask;
};

ExitCode correct_layout(const LayoutRun& run, const ChipOptions& options);

}  // namespace reticle::tools
