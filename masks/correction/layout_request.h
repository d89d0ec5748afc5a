// SPDX-License-Identifier: Apache-2.0
// A layout's correction as it is asked for, and the job that follows from it: the same by the command as from Python, so
// that their workers share a folder.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "litho/chip/ilt_tiles.h"
#include "litho/imaging/optical_model.h"
#include "masks/design_file.h"
#include "masks/job/layout_job.h"
#include "masks/job/mask_layout.h"
#include "masks/recipes/correction.h"

namespace reticle {

struct LayoutRequest {
  std::filesystem::path layout, folder;
  LayoutPart part;
  OpticalModel model;           // its kernels at their own period
  CorrectionSettings settings;  // as read, not resolved
  std::string recipe_name;      // for messages
  ChipSettings chip;
  std::optional<double> period_nm;  // of tiles; none: what arrays ask for, or the cheapest; 0: the model's own
  MaskLayoutOptions mask_layout;
};

// Opens the layout and chooses its tiles; start, access, threads, engine and crew are the caller's to set. `note` hears how
// the tiles were chosen. Throws Error(unsupported) for what a recipe asks of clips alone, and as open_layout() and
// resolved().
LayoutJob layout_job(const LayoutRequest& request, const std::function<void(const std::string& sentence)>& note);

// What to say before hours of work: sentences on lines finer than the model prints and rules that the design breaks.
std::vector<std::string> remarks(const LayoutJob& job);

}  // namespace reticle
