// reticle model: an optical model from a recipe.
#include <fmt/format.h>

#include "litho/optics/socs_builder.h"
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
  Existing existing = Existing::refuse;
};

void make_model(const Options& options) {
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
  command->add_option("RECIPE", options->recipe, "optics (TOML), see 'reticle recipe model'")
      ->required();
  command->add_option("-o,--output", options->output, "model to write (HDF5)")->required();
  command->add_option("--plot", options->plot, "picture to write (.png, .svg): source, pupil, leading kernels, weights");
  command->add_flag_callback(
      "--force", [options] { options->existing = Existing::replace; }, "replace an existing file");
  command->footer(
      "Examples:\n"
      "  reticle recipe model > optics.toml   then edit, and:\n"
      "  reticle model optics.toml -o model.h5 --plot model.png");
  command->callback([options] { make_model(*options); });
}

}  // namespace reticle::tools
