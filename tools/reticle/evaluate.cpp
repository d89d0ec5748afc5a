// reticle evaluate: the metrics of a mask.
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "litho/verification/evaluation.h"
#include "litho/ilt/settings.h"
#include "tools/reticle/commands.h"
#include "tools/reticle/inputs.h"
#include "tools/reticle/mask_options.h"
#include "tools/reticle/quality_gates.h"
#include "masks/recipes/recipes.h"
#include "tools/reticle/report.h"

namespace reticle::tools {
namespace {

struct Options {
  std::filesystem::path mask, target, model, recipe;
  std::string format = "table";
  LayoutOptions layout;
  MaskOptions mask_options;
  PixelOptions pixels;
  QualityGates gates;
};

ExitCode run(const Options& options) {
  const OpticalModel model = open_model(options.model, options.mask_options);
  const IltSettings settings = resolved(read_correct_recipe(options.recipe, model), model);
  const PixelMask mask = read_pixels(options.mask, options.pixels);
  const Design target = read_target(options.target, layout_part(options.layout));
  const MaskEvaluation evaluation = MaskEvaluator(model, settings).evaluate(mask.inside.view(), mask.grid, target);
  const Metrics metrics = metrics_of(evaluation);

  ExitCode result = k_ok;
  for (const std::string& miss : missed_gates(options.gates, metrics)) {
    spdlog::warn("{}: {}", options.mask.string(), miss);
    result = k_quality_gate_missed;
  }
  if (options.format == "json") {
    fmt::print("{}\n", metrics_json(metrics).dump(2));
  } else {
    fmt::print("{}", report_table({{options.mask.stem().string(), metrics}}));
  }
  return result;
}

}  // namespace

void add_evaluate_command(CLI::App& app, ExitCode& result) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("evaluate", "Metrics of a mask against its target");
  command->add_option("MASK", options->mask, "mask (.h5, .npy, .png), binary or grey")->required();
  command->add_option("--target", options->target, "what is to be printed (.glp, .gds, .oas)")
      ->required();
  command->add_option("--model", options->model, "optical model")->required();
  command->add_option("--recipe", options->recipe,
                      "recipe whose process corners and edge sites count");
  command->add_option("--format", options->format, "of the result")
      ->check(CLI::IsMember({"table", "json"}))
      ->capture_default_str();
  add_layout_options(*command, options->layout);
  add_pixel_options(*command, options->pixels);
  add_mask_options(*command, options->mask_options);
  add_gate_options(*command, options->gates);
  command->footer(
      "Examples:\n"
      "  reticle evaluate mask.h5 --target clip.glp --model model.h5\n"
      "  reticle evaluate mask.h5 --target clip.glp --model model.h5 --format json --max-epe-nm "
      "10\n"
      "  reticle evaluate mask.h5 --target chip.gds --layer 11/0 --model model.h5");
  command->callback([options, &result] { result = run(*options); });
}

}  // namespace reticle::tools
