// SPDX-License-Identifier: Apache-2.0
// What `reticle correct` is told of its clips, what is made of each, and what became of it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "litho/ilt/settings.h"
#include "litho/imaging/optical_model.h"
#include "litho/rules/rule_check.h"
#include "masks/mask_file.h"
#include "masks/pixel_mask.h"
#include "masks/recipes/correction.h"
#include "tools/reticle/exit_code.h"

namespace reticle::tools {

enum class Preview { none, picture };
enum class Finished { refuse, keep, replace };  // masks that are already there

// What is the same for all clips.
struct CorrectionJob {
  OpticalModel model;
  std::string model_hash;
  IltSettings settings;  // resolved
  MaskMethod method = MaskMethod::ilt;
  EdgeSettings edges;  // resolved
  MendSettings mend;   // resolved
  bool keep_grey = false;
  std::string recipe;    // the settings as TOML
  std::string tool_version = RETICLE_VERSION;
  Preview preview = Preview::none;
  Finished finished = Finished::refuse;
  std::optional<FirstRow> first_row;  // of clips as pixels
};

struct Clip {
  std::string name;  // of the design without folder and extension
  std::filesystem::path design, mask, picture, verification;
  std::string sha256;  // of the design's bytes; empty if it cannot be read
};

enum class ClipState { not_started, kept, corrected, failed };
std::string to_string(ClipState state);

struct ClipOutcome {
  ClipState state = ClipState::not_started;
  std::map<std::string, double> metrics;  // of corrected and kept clips
  double seconds = 0.0;                   // reading and writing included
  std::string problem;                    // of a failed clip
  std::string remark;                     // of a corrected one that the user should read
  ExitCode exit_code = k_ok;
};

// What a method makes of a clip.
struct ClipMask {
  Image<std::uint8_t> mask;
  Grid grid;
  Image<float> grey;  // of pixels; empty: none
  Grid grey_grid;
  std::vector<Polygon> outlines;  // of edges: the mask exactly, holes clockwise
  std::vector<RuleViolation> broken_rules;  // of edges
  HistoryTable history;
  std::string remark;  // that the user should read; empty: none
};

}  // namespace reticle::tools
