// SPDX-License-Identifier: Apache-2.0
// What `reticle correct` does: the method, and the settings of each.
#pragma once

#include <filesystem>
#include <string>

#include "litho/hybrid/mend.h"
#include "litho/ilt/settings.h"
#include "litho/opc/edge_clip.h"
#include "masks/recipes/recipe_reader.h"

namespace reticle {

enum class MaskMethod { ilt, edge, hybrid };

struct CorrectionSettings {
  MaskMethod method = MaskMethod::ilt;
  IltSettings ilt;     // the process window and the mask are those of every method
  EdgeSettings edges;
  MendSettings mend;  // of method hybrid
  bool keep_grey = false;  // of clips: the optimised field goes into the file beside the mask
};

void describe(RecipeKeys& keys, CorrectionSettings& settings);

// The defaults where the recipe says nothing or the path is empty; lengths may be parts of the model's lambda/NA.
CorrectionSettings read_correction(const std::filesystem::path& path, const OpticalModel& model);
// From TOML text; `name` stands for the file in messages.
CorrectionSettings correction_from_text(const std::string& text, const std::string& name, const OpticalModel& model);
// Every list and length filled in for the model. Throws Error(bad_input) as those of the methods.
CorrectionSettings resolved(CorrectionSettings settings, const OpticalModel& model);
// Every value that the method reads, as it goes into results.
std::string print_correction(CorrectionSettings settings);

}  // namespace reticle
