// SPDX-License-Identifier: Apache-2.0
#include "tools/reticle/mask_options.h"

#include <spdlog/spdlog.h>

#include "kernels/base/error.h"
#include "masks/model_file.h"
#include "tools/reticle/number_range.h"

namespace reticle::tools {
namespace {

template <class Value>
CLI::Option* add(CLI::App& command, const char* name, std::optional<Value>& value, const char* doc) {
  return command
      .add_option_function<Value>(name, [&value](const Value& given) { value = given; }, doc)
      ->group("Mask and tone, instead of the model's");
}

void apply_film(const MaskOptions& options, MaskModel& mask) {
  const bool binary = options.kind ? *options.kind == "binary" : !options.transmission_percent && mask.transmission == 0.0;
  if (binary && (options.transmission_percent || options.phase_deg))
    throw Error(ErrorCode::invalid_argument,
                "--mask binary lets no light through its film: --transmission-percent and --phase-deg go with "
                "--mask attenuated");
  if (options.kind) {
    mask.layers.clear();
    if (binary)
      mask.transmission = 0.0;
    else if (mask.transmission == 0.0)
      mask.transmission = 0.06;
  }
  if (options.transmission_percent) mask.transmission = *options.transmission_percent / 100.0;
  if (options.phase_deg) mask.phase_deg = *options.phase_deg;
}

}  // namespace

void add_mask_options(CLI::App& command, MaskOptions& options) {
  add(command, "--mask", options.kind, "binary or attenuated")->check(CLI::IsMember({"binary", "attenuated"}));
  add(command, "--transmission-percent", options.transmission_percent,
      "intensity through the film of an attenuated mask; 6 when not given")
      ->check(number_within(0.0, 100.0));
  add(command, "--phase-deg", options.phase_deg, "of the film against clear glass");
  add(command, "--drawn", options.drawn, "clear: glass where something is drawn; opaque: the film")
      ->check(CLI::IsMember({"clear", "opaque"}));
  add(command, "--tone", options.tone, "the drawn feature is where the resist is exposed, or unexposed")
      ->check(CLI::IsMember({"exposed", "unexposed"}));
  add(command, "--mask-bias-nm", options.bias_nm, "what is drawn is wider by this on the mask, wafer scale");
  add(command, "--mask-blur-nm", options.blur_nm, "standard deviation of the mask writer's blur, wafer scale")
      ->check(number_within(0.0, 1e4));
}

void refuse(const MaskOptions& o, const char* input) {
  const std::pair<const char*, bool> given[] = {
      {"--mask", o.kind.has_value()}, {"--transmission-percent", o.transmission_percent.has_value()},
      {"--phase-deg", o.phase_deg.has_value()}, {"--drawn", o.drawn.has_value()}, {"--tone", o.tone.has_value()},
      {"--mask-bias-nm", o.bias_nm.has_value()}, {"--mask-blur-nm", o.blur_nm.has_value()}};
  for (const auto& [name, is_given] : given)
    if (is_given)
      throw Error(ErrorCode::invalid_argument,
                  std::string(name) + " takes the place of what a model says; " + input + " in a recipe says it itself");
}

void add_pixel_options(CLI::App& command, PixelOptions& options) {
  command.add_option("--mask-pixel-nm", options.pixel_nm, "pixel of a mask given as .npy or .png, which do not know")
      ->check(number_within(1e-3, 1000.0))
      ->capture_default_str();
  command.add_option("--mask-first-row", options.first_row, "top or bottom: where the first row of a mask of pixels lies")
      ->check(CLI::IsMember({"top", "bottom"}));
  command.add_flag("--binary", options.binary, "cut a grey mask at a half instead of imaging what it is");
}

PixelMask read_pixels(const std::filesystem::path& path, const PixelOptions& options) {
  PixelMaskOptions how{.pixel_nm = options.pixel_nm};
  if (!options.first_row.empty()) how.first_row = options.first_row == "top" ? FirstRow::top : FirstRow::bottom;
  PixelMask mask = read_pixel_mask(path, how);
  if (mask.is_binary) return mask;
  if (!options.binary) {
    spdlog::info("{}: a grey mask, imaged as it is; --binary cuts it at a half", path.string());
    return mask;
  }
  spdlog::warn("{}: a grey mask, cut at a half (--binary)", path.string());
  for (float& value : mask.inside) value = value > 0.5f ? 1.0f : 0.0f;
  mask.is_binary = true;
  return mask;
}

OpticalModel open_model(const std::filesystem::path& path, const MaskOptions& options) {
  OpticalModel model = reticle::read_model(path);
  apply_film(options, model.mask);
  if (options.drawn) model.mask.drawn_side = *options.drawn == "clear" ? DrawnSide::clear : DrawnSide::opaque;
  if (options.tone)
    model.resist.tone = *options.tone == "exposed" ? PrintTone::exposed : PrintTone::unexposed;
  if (options.bias_nm) model.mask.bias_nm = *options.bias_nm;
  if (options.blur_nm) model.mask.blur_x_nm = model.mask.blur_y_nm = *options.blur_nm;
  validate(model);
  return model;
}

}  // namespace reticle::tools
