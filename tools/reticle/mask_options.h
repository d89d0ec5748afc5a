// SPDX-License-Identifier: Apache-2.0
// Options that replace what the model's file says about mask and tone.
#pragma once

#include <CLI/CLI.hpp>
#include <filesystem>
#include <optional>
#include <string>

#include "litho/imaging/optical_model.h"
#include "masks/pixel_mask.h"

namespace reticle::tools {

struct MaskOptions {
  std::optional<std::string> kind, drawn, tone;
  std::optional<double> transmission_percent, phase_deg, bias_nm, blur_nm;
};

void add_mask_options(CLI::App& command, MaskOptions& options);
// Throws Error(invalid_argument) naming the first option given, of an input that has these of its own.
void refuse(const MaskOptions& options, const char* input);

// The file's model with what the options say. Throws Error(bad_input) where the two contradict each other.
OpticalModel open_model(const std::filesystem::path& path, const MaskOptions& options);

// How masks of pixels are taken.
struct PixelOptions {
  double pixel_nm = 1.0;  // of files that do not know
  std::string first_row;  // "top", "bottom" or empty: as the format has it
  bool binary = false;
};
void add_pixel_options(CLI::App& command, PixelOptions& options);

// Grey masks are imaged as they are, unless they are to be cut at a half, which is said.
PixelMask read_pixels(const std::filesystem::path& path, const PixelOptions& options);

}  // namespace reticle::tools
