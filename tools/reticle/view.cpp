// SPDX-License-Identifier: Apache-2.0
// reticle view: what a mask prints, as a scene for programs that show and animate it.
#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "kernels/base/error.h"
#include "litho/geometry/boolean.h"
#include "litho/verification/place_view.h"
#include "litho/verification/region_images.h"
#include "litho/verification/verify_settings.h"
#include "masks/model_file.h"
#include "masks/pictures/usd_scene.h"
#include "tools/reticle/clip_region.h"
#include "tools/reticle/commands.h"
#include "tools/reticle/inputs.h"
#include "tools/reticle/number_range.h"

namespace reticle::tools {
namespace {

struct Options {
  std::filesystem::path mask, target, model, usd;
  LayoutOptions mask_part, target_part;
  double thickness_nm = 0.0;  // 0: half of lambda / NA
  bool json = false;
  Existing existing = Existing::refuse;
};

// The printed feature stands as high as the resist is thick; its walls follow the image's slope.
Image<float> heights(const Image<float>& image, const PrintLevel& level, double thickness_nm) {
  constexpr double k_wall = 0.1;  // of the threshold, over which the height changes
  const double wall = (level.tone == PrintTone::exposed ? k_wall : -k_wall) * level.threshold;
  Image<float> height(image.rows(), image.cols());
  for (std::size_t i = 0; i < image.size(); ++i)
    height.data()[i] = static_cast<float>(
        thickness_nm / (1.0 + std::exp((level.threshold - static_cast<double>(image.data()[i])) / wall)));
  return height;
}

void view(const Options& options) {
  if (options.usd.empty()) throw Error(ErrorCode::invalid_argument, "nothing to do: give --usd OUT.usda");
  check_output(options.usd, options.existing, {".usda", ".usd"});
  const OpticalModel model = read_model(options.model);
  DesignOptions how;
  how.layout = layout_part(options.mask_part);
  const DesignSource mask = read_design(options.mask, how);
  std::vector<Polygon> target;
  if (!options.target.empty()) target = read_target(options.target, layout_part(options.target_part)).polygons;
  const ClipRegion clip = clip_region(model, mask, target);
  const Box window = window_of(mask);
  const PlaceView place = PlaceViewer(model).view(clip.region, window);
  const double thickness = options.thickness_nm > 0.0 ? options.thickness_nm : 0.5 * resolution_nm(model);

  UsdScene scene{.name = options.mask.filename().string(), .first = place.first, .pitch = place.pitch,
                 .target = place.target, .mask = place.mask, .mask_height_nm = 3.0 * thickness};
  RegionImages images(model);
  if (clip.region.pixels.size() > 0) images.set_mask(clip.region.pixels, clip.region.field);
  else images.set_mask(clip.region.mask, clip.region.field);
  for (std::size_t c = 0; c < model.conditions.size(); ++c) {
    const SocsKernels& condition = model.conditions[c];
    scene.frames.push_back({condition.name, condition.focus_nm,
                            heights(place.images[c], model.resist.level(), thickness),
                            print_outline(images.print({.name = condition.name, .condition = condition.name}), window)});
  }
  write_usd(options.usd, scene);
  if (options.json) {
    nlohmann::ordered_json json = {{"scene", options.usd.string()},
                                   {"pitch_nm", {scene.pitch.x, scene.pitch.y}},
                                   {"columns", scene.frames.front().height_nm.cols()},
                                   {"rows", scene.frames.front().height_nm.rows()},
                                   {"frames", nlohmann::ordered_json::array()}};
    for (const auto& frame : scene.frames) json["frames"].push_back({{"condition", frame.condition}, {"focus_nm", frame.focus_nm}});
    fmt::print("{}\n", json.dump(2));
    return;
  }
  fmt::print("{}: {} frames of {} x {} points\n", options.usd.string(), scene.frames.size(),
             scene.frames.front().height_nm.cols(), scene.frames.front().height_nm.rows());
}

}  // namespace

void add_view_command(CLI::App& app) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("view", "The resist's surface through focus, as a USD scene");
  command->add_option("MASK", options->mask, "mask or design: .h5, .gds, .oas, .glp, .png")->required();
  command->add_option("--model", options->model, "optical model")->required();
  command->add_option("--usd", options->usd, "scene to write (.usda)");
  add_layout_options(*command, options->mask_part);
  command->add_option("--target", options->target, "drawn shapes, shown as outlines");
  command->add_option("--target-layer", options->target_part.layers, "of a layout");
  command->add_option("--target-first-row", options->target_part.first_row, "of a target of pixels: top or bottom")
      ->check(CLI::IsMember({"top", "bottom"}));
  command->add_option("--thickness-nm", options->thickness_nm, "of the resist; default: half of lambda / NA")
      ->check(number_within(0.0, 1e5));
  command->add_flag("--json", options->json, "print what was written as JSON");
  command->add_flag_callback("--force", [options] { options->existing = Existing::replace; }, "replace an existing file");
  command->footer(
      "Frames are the model's conditions: build a model with several focuses to see the surface through focus.\n"
      "Example:\n"
      "  reticle view mask.h5 --model model.h5 --target clip.glp --usd place.usda   then: usdview place.usda");
  command->callback([options] { view(*options); });
}

}  // namespace reticle::tools
