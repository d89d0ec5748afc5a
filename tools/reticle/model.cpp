// SPDX-License-Identifier: Apache-2.0
// reticle model: an optical model from a recipe, or from kernels that others keep.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "litho/optics/socs_builder.h"
#include "masks/kernel_import.h"
#include "masks/model_file.h"
#include "masks/pictures/png.h"
#include "masks/sha256.h"
#include "tools/reticle/commands.h"
#include "tools/reticle/inputs.h"
#include "tools/reticle/model_plot.h"
#include "masks/recipes/recipes.h"

namespace reticle::tools {
namespace {

struct Options {
  std::filesystem::path recipe, output, plot;
  std::vector<std::filesystem::path> imported;
  KernelImport import_as;
  Existing existing = Existing::refuse;
  bool json = false;
};

void import_model(const Options& options) {
  check_output(options.output, options.existing, {".h5", ".hdf5"});
  const OpticalModel model = import_kernels(options.imported, options.import_as);
  write_model(options.output, model);
  nlohmann::ordered_json json = {{"hash", model_hash(model)}, {"conditions", nlohmann::ordered_json::array()}};
  for (const SocsKernels& kernels : model.conditions) {
    double clear = 0.0;
    for (int k = 0; k < kernels.count(); ++k)
      clear += kernels.weights[static_cast<std::size_t>(k)] *
               std::norm(kernels.kernel(k)[kernels.half_y * kernels.cols() + kernels.half_x]);
    json["conditions"].push_back({{"name", kernels.name}, {"kernels", kernels.count()}, {"orders", {kernels.cols(), kernels.rows()}}, {"clear", clear}});
    if (!options.json)
      fmt::print("{}: {} kernels of {} x {} orders on a period of {:g} nm; a clear mask gives {:.4f}\n", kernels.name,
                 kernels.count(), kernels.cols(), kernels.rows(), model.period_x_nm, clear);
  }
  if (options.json) fmt::print("{}\n", json.dump(2));
}

// Errors in nm that are not known are left out.
nlohmann::ordered_json summary(const OpticalModel& model, const std::vector<SocsReport>& reports) {
  nlohmann::ordered_json json = {{"hash", model_hash(model)}, {"conditions", nlohmann::ordered_json::array()}};
  for (const SocsReport& report : reports)
    json["conditions"].push_back({{"name", report.condition},
                                  {"kernels", report.kernels},
                                  {"energy", report.energy},
                                  {"edge_rms_nm", report.edge_nm},
                                  {"edge_largest_nm", report.largest_edge_nm},
                                  {"intensity_error", report.measured}});
  const EdgeErrors& errors = model.edge_errors;
  for (const auto& [name, value] : {std::pair{"source_nm", errors.source_nm}, std::pair{"precision_nm", errors.precision_nm},
                                    std::pair{"pixels_nm", errors.pixels_nm}, std::pair{"mask_pixel_nm", errors.mask_pixel_nm}})
    if (value >= 0.0) json[name] = value;
  return json;
}

void make_model(const Options& options) {
  if (!options.imported.empty()) return import_model(options);
  check_output(options.output, options.existing, {".h5", ".hdf5"});
  if (!options.plot.empty()) check_output(options.plot, options.existing, {".png", ".svg"});
  const OpticsSettings optics = read_model_recipe(options.recipe);
  std::vector<SocsReport> reports;
  OpticalModel model = build_optical_model(optics, &reports);
  model.recipe = print_model_recipe(optics);
  const std::string& map = optics.source.map_file;
  if (!map.empty())
    model.provenance +=
        fmt::format("\nsource map {}, SHA-256 {}", map, sha256_of_file(options.recipe.parent_path() / map));
  write_model(options.output, model);
  if (!options.plot.empty()) write_drawing(options.plot, model_picture(optics, model));
  if (options.json) {
    fmt::print("{}\n", summary(model, reports).dump(2));
    return;
  }
  for (const SocsReport& report : reports)
    fmt::print("{}: {} kernels, which hold {:.1f} % of the energy; edges of the calibration clips are off by {:.2g} nm rms, "
               "{:.2g} nm at most; intensity by {:.2g} of clear field\n",
               report.condition, report.kernels, 100 * report.energy, report.edge_nm, report.largest_edge_nm, report.measured);
  const EdgeErrors& errors = model.edge_errors;
  if (errors.precision_nm >= 0.0)
    fmt::print("at nominal focus also by {} for the source as points, {:.2g} nm for sums in float, {:.2g} nm for mask pixels "
               "of {:.2g} nm\n",
               errors.source_nm >= 0.0 ? fmt::format("{:.2g} nm", errors.source_nm) : "nothing", errors.precision_nm,
               errors.pixels_nm, errors.mask_pixel_nm);
}

}  // namespace

void add_model_command(CLI::App& app) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("model", "Make an optical model from a recipe");
  CLI::Option* recipe =
      command->add_option("RECIPE", options->recipe, "optics (TOML), see 'reticle recipe model'");
  command->add_option("-o,--output", options->output, "model to write (HDF5)")->required();
  CLI::Option* import = command->add_option("--import", options->imported,
      "kernels of the ICCAD-2013 contest instead of a recipe: folders of fh0.bin, ... and scales.txt, focus first, or "
      "the folder that holds both; or two .npy files, kernels [condition][kernel][y][x] and weights")->expected(1, 2);
  command->add_option("--period-nm", options->import_as.period_nm, "field that the imported orders belong to")
      ->needs(import)->check(CLI::PositiveNumber)->capture_default_str();
  command->add_option("--threshold", options->import_as.threshold, "intensity at which imported models print")
      ->needs(import)->check(CLI::PositiveNumber)->capture_default_str();
  CLI::Option* plot = command->add_option("--plot", options->plot, "picture to write (.png, .svg): source, pupil, leading kernels, weights");
  command->add_flag_callback(
      "--force", [options] { options->existing = Existing::replace; }, "replace an existing file");
  import->excludes(recipe)->excludes(plot);
  command->add_flag("--json", options->json, "print the model's figures as JSON");
  command->footer(
      "Examples:\n"
      "  reticle recipe model > optics.toml   then edit, and:\n"
      "  reticle model optics.toml -o model.h5 --plot model.png\n"
      "  reticle model --import kernel/M1OPC kernel/M1OPC_def -o contest.h5");
  command->callback([options] {
    if (options->recipe.empty() && options->imported.empty())
      throw CLI::RequiredError("RECIPE, or --import with kernels,");
    make_model(*options);
  });
}

}  // namespace reticle::tools
