// SPDX-License-Identifier: Apache-2.0
#include "tools/reticle/mask_verification.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <nlohmann/json.hpp>
#include <utility>

#include "kernels/base/error.h"
#include "litho/geometry/polygon_area.h"
#include "litho/geometry/rings.h"
#include "masks/file_names.h"
#include "masks/job/layout_input.h"
#include "masks/layout/layout.h"
#include "masks/layout/layout_file.h"
#include "masks/mask_file.h"
#include "masks/model_file.h"
#include "masks/recipes/recipes.h"
#include "masks/reports/verification_files.h"
#include "masks/sha256.h"
#include "masks/warnings.h"

namespace reticle::tools {
namespace {

std::string part_text(const LayoutOptions& part) {
  std::string text;
  for (const std::string& layer : part.layers) text += (text.empty() ? "layer " : ", ") + layer;
  if (!part.cell.empty()) text += (text.empty() ? "cell " : ", cell ") + part.cell;
  if (!part.window_um.empty()) text += (text.empty() ? "window " : ", window ") + part.window_um + " um";
  return text;
}

std::string top_cell_of(const MaskInputs& inputs) {
  for (const auto& [path, part] : {std::pair(inputs.target, inputs.target_part), std::pair(inputs.mask, inputs.mask_part)})
    if (is_layout_name(path)) return part.cell.empty() ? Layout::open(path, {layout_part(part).layers}).top_cells().front() : part.cell;
  return inputs.target.stem().string();
}

LayoutPart enclosed_part(const MaskInputs& inputs) {
  LayoutOptions second = inputs.target_part;
  second.layers = inputs.enclosed_layers;
  return layout_part(second);
}

// Grey masks as grey, those made of edges as these.
DesignSource read_mask_source(const MaskInputs& inputs) {
  DesignOptions how;
  how.layout = layout_part(inputs.mask_part);
  if (is_layout_name(inputs.mask) || lower_extension(inputs.mask) == ".glp") return read_design(inputs.mask, how);
  if (is_hdf5_name(inputs.mask))
    if (std::optional<Design> edges = read_edge_mask(inputs.mask)) return std::move(*edges);
  PixelMask held = read_pixels(inputs.mask, inputs.pixels);
  PixelDesign pixels{.pixels = cut_at_half(held.inside), .grid = held.grid, .taken_as = held.taken_as};
  if (!held.is_binary) pixels.grey = std::move(held.inside);
  return pixels;
}

// A clip's mask speaks of its field only.
void warn_of_unjudged(const std::filesystem::path& target, const Region& region) {
  const Box& field = region.field;
  const auto is_outside = [&](const Point& p) { return p.x < field.x0 || p.x > field.x1 || p.y < field.y0 || p.y > field.y1; };
  const auto beyond = std::count_if(region.target.begin(), region.target.end(), [&](const Polygon& polygon) {
    return std::any_of(polygon.begin(), polygon.end(), is_outside);
  });
  if (beyond > 0)
    warning_log().add({.file = target.string(),
                       .what = fmt::format("shapes beyond the mask's field of {:g},{:g} to {:g},{:g} nm are not judged", field.x0,
                                           field.y0, field.x1, field.y1),
                       .first_place = {},
                       .count = static_cast<std::size_t>(beyond)});
}

}  // namespace

void add_mask_inputs(CLI::App& command, MaskInputs& inputs) {
  command.add_option("MASK", inputs.mask, "mask: .h5, .gds, .oas, .glp, .png, .npy, or the folder of a correction job")
      ->required()
      ->check(CLI::ExistingPath);
  command.add_option("--mask-layer", inputs.mask_part.layers, "of a mask layout: LAYER/DATATYPE");
  command.add_option("--mask-cell", inputs.mask_part.cell, "of a mask layout; its only top cell when not given");
  command.add_option("--target", inputs.target, "what is to be printed")->required()->check(CLI::ExistingFile);
  add_layout_options(command, inputs.target_part);
  command.add_option("--enclosed-layer", inputs.enclosed_layers, "layer of the target that the print has to enclose");
  command.add_option("--model", inputs.model, "optical model")->required();
  command.add_option("--pixel-nm", inputs.pixels.pixel_nm, "of a mask's pixels where the file does not say (PNG, .npy)")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  command.add_flag("--binary", inputs.pixels.binary, "cut a grey mask at a half");
  add_mask_options(command, inputs.optics);
}

std::filesystem::path mask_file(const std::filesystem::path& path) {
  if (!std::filesystem::is_directory(path)) return path;
  for (const char* name : {"mask.gds", "mask.oas"})
    if (std::filesystem::exists(path / name)) return path / name;
  throw Error(ErrorCode::bad_input, path.string() + ": holds no mask.gds or mask.oas; name the mask's layout itself");
}

std::optional<Correction> correction_of(const std::filesystem::path& mask) {
  std::ifstream file(mask.parent_path() / "report.json");
  const auto json = nlohmann::json::parse(file, nullptr, false);
  if (json.is_discarded() || !json.is_object() || !json.contains("core_nm")) return std::nullopt;
  const auto number = [&](const char* name, std::size_t i) { return json.at(name).at(i).get<double>(); };
  try {
    Correction found{{.core_x_nm = number("core_nm", 0), .core_y_nm = number("core_nm", 1)}, {}};
    if (json.contains("tiles_from_nm")) found.tiles.origin = {number("tiles_from_nm", 0), number("tiles_from_nm", 1)};
    if (json.contains("corrected_nm"))
      found.extent = Box{number("corrected_nm", 0), number("corrected_nm", 1), number("corrected_nm", 2), number("corrected_nm", 3)};
    return found;
  } catch (const nlohmann::json::exception&) {  // a report of something else
    return std::nullopt;
  }
}

VerificationSubject subject_of(const MaskInputs& inputs, const OpticalModel& model, const VerifySettings& settings) {
  return {.mask = inputs.mask.string(),
          .target = inputs.target.string(),
          .model = inputs.model.string(),
          .mask_part = part_text(inputs.mask_part),
          .target_part = part_text(inputs.target_part),
          .model_hash = model_hash(model),
          .recipe = print_verify_recipe(settings),
          .tool_version = RETICLE_VERSION,
          .date = time_of_day()};
}

VerifiedClip verify_clip(const MaskInputs& inputs, const OpticalModel& model, const VerifySettings& settings) {
  const auto start = std::chrono::steady_clock::now();
  VerificationSubject subject = subject_of(inputs, model, settings);
  subject.top_cell = top_cell_of(inputs);
  subject.mask_sha256 = sha256_of_file(inputs.mask);
  subject.target_sha256 = sha256_of_file(inputs.target);
  const DesignSource mask = read_mask_source(inputs);
  const Design target = read_target(inputs.target, layout_part(inputs.target_part));
  VerifiedClip verified;
  verified.clip = clip_region(model, mask, target.polygons);
  Region& region = verified.clip.region;
  warn_of_unjudged(inputs.target, region);
  if (!inputs.enclosed_layers.empty()) region.enclosed = read_target(inputs.target, enclosed_part(inputs)).polygons;
  verified.report = report_of_clip(std::move(subject), settings, model, region.core,
                                   RegionVerifier(model, settings).verify(region));
  verified.drawn_features = feature_count(region.target);
  verified.report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return verified;
}

bool is_clip(const MaskInputs& inputs, const OpticalModel& model) {
  if (!is_layout_name(inputs.mask)) return true;
  const auto fits = [&](const Box& box) {
    return box.width() <= model.period_x_nm && box.height() <= model.period_y_nm;
  };
  const auto box_of_part = [](const std::filesystem::path& path, const LayoutOptions& options) {
    const LayoutPart part = layout_part(options);
    return part.window ? *part.window : open_layout(path, part).window;
  };
  const Box mask = box_of_part(inputs.mask, inputs.mask_part);
  if (!is_layout_name(inputs.target)) return fits(mask);
  const Box target = box_of_part(inputs.target, inputs.target_part);
  return fits({std::min(mask.x0, target.x0), std::min(mask.y0, target.y0), std::max(mask.x1, target.x1),
               std::max(mask.y1, target.y1)});
}

VerifyJob verify_job(const MaskInputs& inputs, OpticalModel model, const VerifySettings& settings) {
  VerifyJob job;
  job.mask = inputs.mask, job.target = inputs.target;
  job.mask_part = layout_part(inputs.mask_part), job.target_part = layout_part(inputs.target_part);
  if (!inputs.enclosed_layers.empty()) job.enclosed_part = enclosed_part(inputs);
  if (const auto correction = correction_of(inputs.mask)) job.mask_extent = correction->extent;
  job.settings = settings;
  job.subject = subject_of(inputs, model, settings);
  job.model = std::move(model);
  return job;
}

double feature_count(const std::vector<Polygon>& polygons) {
  const std::vector<Polygon> rings = rings_of(polygons);
  return static_cast<double>(std::count_if(rings.begin(), rings.end(), [](const Polygon& ring) { return signed_area(ring) > 0.0; }));
}

}  // namespace reticle::tools
