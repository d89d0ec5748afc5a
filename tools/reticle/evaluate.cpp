// SPDX-License-Identifier: Apache-2.0
// reticle evaluate: the short form of a verification: its totals and the mask's own figures.
#include <fmt/format.h>

#include <cstdlib>

#include "kernels/base/error.h"
#include "litho/geometry/rasterize.h"
#include "litho/ilt/settings.h"
#include "litho/imaging/pixel_field.h"
#include "litho/metrology/mask_rules.h"
#include "litho/metrology/shots.h"
#include "masks/recipes/recipes.h"
#include "tools/reticle/commands.h"
#include "tools/reticle/mask_verification.h"
#include "tools/reticle/quality_gates.h"
#include "tools/reticle/report.h"

namespace reticle::tools {
namespace {

struct Options {
  MaskInputs inputs;
  std::string format = "table";
  QualityGates gates;
};

// A folder that goes with its holder.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "reticle-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr)
      throw Error(ErrorCode::io, name + ": this folder for tiles cannot be made; set TMPDIR to a place that can be written");
    path_ = name;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

// Shots, widths and spaces of the mask on its pixels; outlines on those a correction would have.
void add_mask_figures(const ClipRegion& clip, const OpticalModel& model, double pixel_nm, Metrics& metrics) {
  const Region& region = clip.region;
  Grid grid;
  Image<std::uint8_t> drawn;
  if (region.pixels.size() > 0) {
    grid = {region.pixels.rows, region.pixels.cols, region.field.width() / region.pixels.cols, region.field.x0, region.field.y0};
    drawn = cut_at_half(clip.pixels);
  } else {
    grid = {static_cast<int>(std::lround(model.period_y_nm / pixel_nm)), static_cast<int>(std::lround(model.period_x_nm / pixel_nm)),
            pixel_nm, region.field.x0, region.field.y0};
    drawn = rasterize_binary(region.mask, grid);
  }
  add_mask_metrics(BitImage(drawn), grid, metrics);
}

ExitCode run(Options options) {
  MaskInputs& inputs = options.inputs;
  inputs.mask = mask_file(inputs.mask);
  const OpticalModel model = open_model(inputs.model, inputs.optics);
  const IltSettings correction = resolved(read_correct_recipe(inputs.recipe, model), model);
  VerifySettings settings = verify_settings(correction, model);
  Metrics metrics;
  if (is_clip(inputs, model)) {
    const VerifiedClip verified = verify_clip(inputs, model, settings);
    metrics = totals_of(verified.report);
    metrics["features"] = verified.drawn_features;
    add_mask_figures(verified.clip, model, correction.mask_pixel_nm, metrics);
  } else {
    tools::apply(options.gates, settings.mask_rules);
    const TemporaryFolder folder;
    VerifyJob job = verify_job(inputs, model, settings);
    job.folder = folder.path();
    metrics = totals_of(run_verify_job(job).report);
  }
  if (options.format == "json") fmt::print("{}\n", metrics_json(metrics).dump(2));
  else fmt::print("{}", report_table({{inputs.mask.stem().string(), metrics}}));
  return said_misses(inputs.mask.string(), options.gates, metrics);
}

}  // namespace

void add_evaluate_command(CLI::App& app, ExitCode& result) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("evaluate", "Metrics of a mask against its target: a verification's totals");
  add_mask_inputs(*command, options->inputs);
  command->add_option("--recipe", options->inputs.recipe,
                      "of a correction: its process corners, edge sites and tolerance count");
  command->add_flag_callback("--json", [options] { options->format = "json"; }, "as --format json");
  command->add_option("--format", options->format, "of the result")
      ->check(CLI::IsMember({"table", "json"}))
      ->capture_default_str();
  add_gate_options(*command, options->gates);
  command->footer(
      "Where 'reticle verify' tells which places are wrong, this prints its totals.\n"
      "Examples:\n"
      "  reticle evaluate mask.h5 --target clip.glp --model model.h5\n"
      "  reticle evaluate mask.h5 --target clip.glp --model model.h5 --format json --max-epe-nm "
      "10\n"
      "  reticle evaluate mask.gds --mask-layer 1/0 --target chip.gds --layer 11/0 --model model.h5");
  command->callback([options, &result] { result = run(*options); });
}

}  // namespace reticle::tools
