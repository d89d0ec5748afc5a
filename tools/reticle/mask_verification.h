// SPDX-License-Identifier: Apache-2.0
// What verify, evaluate and correct share: a mask and its target as the command line names them, judged.
#pragma once

#include <CLI/CLI.hpp>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "litho/imaging/optical_model.h"
#include "litho/verification/verify_settings.h"
#include "masks/job/verify_job.h"
#include "masks/reports/verification_report.h"
#include "tools/reticle/clip_region.h"
#include "tools/reticle/inputs.h"
#include "tools/reticle/mask_options.h"

namespace reticle::tools {

struct MaskInputs {
  std::filesystem::path mask, target, model, recipe;
  LayoutOptions mask_part, target_part;
  std::vector<std::string> enclosed_layers;
  PixelOptions pixels;
  MaskOptions optics;
};

// MASK, --target, --model, --recipe, --mask-layer and all others that say what is judged by which model.
void add_mask_inputs(CLI::App& command, MaskInputs& inputs);

// The mask of a correction job where its folder is named.
std::filesystem::path mask_file(const std::filesystem::path& path);

// What the report of a finished job says of its mask.
struct Correction {
  TilePlan tiles;  // cores and where they begin
  std::optional<Box> extent;  // that was corrected
};
// Of the job that a mask lies in; none if it lies in no finished one.
std::optional<Correction> correction_of(const std::filesystem::path& mask);

VerificationSubject subject_of(const MaskInputs& inputs, const OpticalModel& model, const VerifySettings& settings);

struct VerifiedClip {
  ClipRegion clip;
  VerificationReport report;
  double drawn_features = 0.0;
};
VerifiedClip verify_clip(const MaskInputs& inputs, const OpticalModel& model, const VerifySettings& settings);

// Whether mask and target lie within one period of the model.
bool is_clip(const MaskInputs& inputs, const OpticalModel& model);

// All but folder, start and threads.
VerifyJob verify_job(const MaskInputs& inputs, OpticalModel model, const VerifySettings& settings);

// Outer outlines of polygons that do not overlap.
double feature_count(const std::vector<Polygon>& polygons);

}  // namespace reticle::tools
