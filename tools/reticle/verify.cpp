// SPDX-License-Identifier: Apache-2.0
// reticle verify: hot spots of any mask through the process window.
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <optional>

#include "kernels/base/error.h"
#include "litho/chip/interaction_range.h"
#include "litho/imaging/model_period.h"
#include "litho/verification/place_view.h"
#include "masks/job/crew.h"
#include "masks/layout/layout_file.h"
#include "masks/recipes/recipes.h"
#include "masks/reports/verification_files.h"
#include "masks/reports/verification_json.h"
#include "masks/reports/verification_tables.h"
#include "tools/reticle/commands.h"
#include "tools/reticle/interrupt.h"
#include "tools/reticle/job_watcher.h"
#include "tools/reticle/mask_verification.h"
#include "tools/reticle/number_range.h"
#include "tools/reticle/quality_gates.h"
#include "tools/reticle/verification_output.h"

namespace reticle::tools {
namespace {

struct Options {
  MaskInputs inputs;
  std::filesystem::path folder;
  std::string format = "table";
  QualityGates gates;
  Existing existing = Existing::refuse;
  JobStart start = JobStart::refuse_existing;
  JobAccess access = JobAccess::alone;
  int threads = 1;
  double period_nm = -1.0;  // of tiles; 0: the model's own, below: whichever costs least
};

ExitCode finish(const Options& options, const VerificationReport& report) {
  if (options.format == "json") fmt::print("{}", verification_json(report));
  else print_verification(report, options.folder);
  return said_misses(options.inputs.mask.string(), options.gates, totals_of(report));
}

// What a tile costs grows as its area: twice the period pays where halos take so much that little is left.
// None: its own.
std::optional<Point> cheapest_period_nm(const OpticalModel& model) {
  constexpr double k_least_share = 0.15;  // of cores in the work
  if (model.period_x_nm != model.period_y_nm) return std::nullopt;
  const double halo = interaction_range(model, k_energy_beyond_halo);
  const double core = std::max(0.0, model.period_x_nm - 2.0 * halo) / model.period_x_nm;
  if (core * core >= k_least_share) return std::nullopt;
  return Point{2.0 * model.period_x_nm, 2.0 * model.period_x_nm};
}

ExitCode verify_layout(const Options& options, OpticalModel model, const VerifySettings& settings) {
  if (options.folder.empty())
    throw Error(ErrorCode::invalid_argument, "-o FOLDER is missing: layouts are verified tile by tile in a job's folder");
  const auto tile_period = options.period_nm < 0.0 ? cheapest_period_nm(model) : std::nullopt;
  if (options.period_nm > 0.0) model = model_at_period(model, options.period_nm, options.period_nm);
  VerifyJob job = verify_job(options.inputs, std::move(model), settings);
  job.tile_period_nm = tile_period;
  job.folder = options.folder;
  job.start = options.start;
  job.access = is_one_of_several() ? JobAccess::shared : options.access;
  job.threads = options.threads;
  job.draws_places = true;
  const std::optional<Correction> correction = correction_of(options.inputs.mask);
  catch_interrupts();
  std::unique_ptr<Progress> shown;
  const JobWatcher watcher = watcher_of(shown, options.format == "json" ? Notes::logged : Notes::printed);
  const VerifyOutcome outcome = run_verify_job(job, watcher);
  shown.reset();
  if (interrupted()) {
    spdlog::warn("interrupted; finished tiles are kept: run again with --resume");
    return k_interrupted;
  }
  if (!outcome.finished) return k_ok;  // another worker writes the results
  write_verification(options.folder, outcome.report, *outcome.model, outcome.places);
  if (correction)
    write_repair_list(options.folder / "repair.json", outcome.report, correction->tiles, resolution_nm(*outcome.model));
  return finish(options, outcome.report);
}

ExitCode run(Options options) {
  options.inputs.mask = mask_file(options.inputs.mask);
  OpticalModel model = open_model(options.inputs.model, options.inputs.optics);
  VerifySettings settings = read_verify_recipe(options.inputs.recipe);
  tools::apply(options.gates, settings.mask_rules);
  settings = resolved_limits(settings, model);
  if (!options.folder.empty()) {
    const bool is_job = std::filesystem::exists(options.folder / "job.h5");
    if (!is_job && options.access == JobAccess::alone && !is_one_of_several()) check_verification_files(options.folder, options.existing);
  }
  if (is_layout_name(options.inputs.mask)) return verify_layout(options, std::move(model), settings);
  const VerifiedClip verified = verify_clip(options.inputs, model, settings);
  if (!options.folder.empty()) {
    make_folder(options.folder);
    write_verification(options.folder, verified.report, model,
                       one_place(PlaceViewer(model).view(verified.clip.region, verified.clip.region.core), model));
  }
  return finish(options, verified.report);
}

}  // namespace

void add_verify_command(CLI::App& app, ExitCode& result) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("verify", "Hot spots of a mask through the process window");
  add_mask_inputs(*command, options->inputs);
  command->add_option("--recipe", options->inputs.recipe, "corners and limits (reticle recipe verify)");
  command->add_option("-o,--output", options->folder, "folder for report.json, findings.csv, findings.lyrdb, report.html");
  command->add_flag_callback("--json", [options] { options->format = "json"; }, "as --format json");
  command->add_option("--format", options->format, "of what is printed")
      ->check(CLI::IsMember({"table", "json"}))
      ->capture_default_str();
  command->add_flag_callback("--force", [options] { options->existing = Existing::replace; }, "of a clip: replace reports");
  command->add_flag_callback(
      "--resume", [options] { options->start = JobStart::resume; }, "of a layout: go on with the folder's job");
  command->add_flag_callback(
      "--share", [options] { options->access = JobAccess::shared; },
      "of a layout: work on the job together with other processes; implied by mpirun and srun");
  command->add_option("--threads", options->threads, "that verify tiles")
      ->check(whole_number_within(1, 4096))
      ->capture_default_str();
  command->add_option("--period-nm", options->period_nm,
                      "of a layout: period of tiles, core and halos, that kernels are moved to; 0: the model's own; default: "
                      "whichever costs least")
      ->check(number_within(0.0, 1e6));
  add_gate_options(*command, options->gates);
  command->footer(
      "Examples:\n"
      "  reticle verify mask.h5 --target clip.glp --model model.h5 -o reports\n"
      "  reticle verify mask.gds --mask-layer 1/0 --target chip.gds --layer 11/0 --model model.h5 -o reports\n"
      "  reticle verify mask.gds --target chip.gds --layer 11/0 --model model.h5 -o reports --max-bridges 0");
  command->callback([options, &result] { result = run(*options); });
}

}  // namespace reticle::tools
