// reticle verify: hot spots of any mask through the process window.
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <chrono>

#include "kernels/base/error.h"
#include "litho/verification/region_check.h"
#include "masks/design_file.h"
#include "masks/layout/layout.h"
#include "masks/layout/layout_file.h"
#include "masks/job/verify_job.h"
#include "masks/model_file.h"
#include "masks/recipes/recipes.h"
#include "masks/reports/verification_json.h"
#include "masks/reports/verification_report.h"
#include "masks/sha256.h"
#include "tools/reticle/clip_region.h"
#include "masks/job/crew.h"
#include "tools/reticle/commands.h"
#include "tools/reticle/engine_options.h"
#include "tools/reticle/inputs.h"
#include "tools/reticle/interrupt.h"
#include "tools/reticle/job_watcher.h"
#include "tools/reticle/number_range.h"
#include "tools/reticle/verification_output.h"

namespace reticle::tools {
namespace {

struct Options {
  std::filesystem::path mask, target, model, recipe, folder;
  LayoutOptions mask_part, target_part;
  std::vector<std::string> enclosed_layers;
  std::string format = "table";
  std::map<std::string, double> gates;  // largest number of findings, by plural
  Existing existing = Existing::refuse;
  JobStart start = JobStart::refuse_existing;
  JobAccess access = JobAccess::alone;
  int threads = 1;
};

std::string part_text(const LayoutOptions& part) {
  std::string text;
  for (const std::string& layer : part.layers) text += (text.empty() ? "layer " : ", ") + layer;
  if (!part.cell.empty()) text += (text.empty() ? "cell " : ", cell ") + part.cell;
  if (!part.window_um.empty()) text += (text.empty() ? "window " : ", window ") + part.window_um + " um";
  return text;
}

std::string top_cell_of(const Options& options) {
  for (const auto& [path, part] : {std::pair(options.target, options.target_part), std::pair(options.mask, options.mask_part)})
    if (is_layout_name(path)) return part.cell.empty() ? Layout::open(path).top_cells().front() : part.cell;
  return options.target.stem().string();
}

// Without gates, whatever is joined otherwise than drawn fails.
ExitCode judged(const Options& options, const VerificationReport& report) {
  const auto totals = totals_of(report);
  auto gates = options.gates;
  if (gates.empty()) gates["faults"] = 0.0;
  ExitCode result = k_ok;
  for (const auto& [name, most] : gates) {
    const auto found = totals.find(name);
    const double count = found == totals.end() ? 0.0 : found->second;
    if (count <= most) continue;
    spdlog::warn("{}: {} is {:g}; at most {:g} pass", options.mask.string(), name, count, most);
    result = k_quality_gate_missed;
  }
  return result;
}

// The mask of a correction job, or the file itself.
std::filesystem::path mask_file(const std::filesystem::path& path) {
  if (!std::filesystem::is_directory(path)) return path;
  for (const char* name : {"mask.gds", "mask.oas"})
    if (std::filesystem::exists(path / name)) return path / name;
  throw Error(ErrorCode::bad_input, path.string() + ": holds no mask.gds or mask.oas; name the mask's layout itself");
}

ExitCode finish(const Options& options, const VerificationReport& report) {
  if (options.format == "json") fmt::print("{}", verification_json(report));
  else print_verification(report);
  return judged(options, report);
}

ExitCode verify_layout(const Options& options, OpticalModel model, VerificationSubject subject) {
  if (options.folder.empty())
    throw Error(ErrorCode::invalid_argument, "-o FOLDER is missing: layouts are verified tile by tile in a job's folder");
  VerifyJob job;
  job.mask = options.mask, job.target = options.target, job.folder = options.folder;
  job.mask_part = layout_part(options.mask_part), job.target_part = layout_part(options.target_part);
  if (!options.enclosed_layers.empty()) {
    LayoutOptions second = options.target_part;
    second.layers = options.enclosed_layers;
    job.enclosed_part = layout_part(second);
  }
  job.settings = resolved(read_verify_recipe(options.recipe), model);
  job.model = std::move(model);
  job.subject = std::move(subject);
  job.start = options.start;
  job.access = is_one_of_several() ? JobAccess::shared : options.access;
  job.threads = options.threads;
  catch_interrupts();
  std::unique_ptr<Progress> shown;
  JobWatcher watcher = watcher_of(shown);
  if (options.format == "json") watcher.note = [](const std::string&) {};
  const VerifyOutcome outcome = run_verify_job(job, watcher);
  shown.reset();
  if (interrupted()) {
    spdlog::warn("interrupted; finished tiles are kept: run again with --resume");
    return k_interrupted;
  }
  if (!outcome.finished) return k_ok;  // another worker writes the results
  write_verification(options.folder, outcome.report, job.model, outcome.places);
  return finish(options, outcome.report);
}

ExitCode run(Options options) {
  options.mask = mask_file(options.mask);
  OpticalModel model = read_model(options.model);
  VerificationReport report;
  report.settings = resolved(read_verify_recipe(options.recipe), model);
  report.subject = {.mask = options.mask.string(),
                    .target = options.target.string(),
                    .model = options.model.string(),
                    .mask_part = part_text(options.mask_part),
                    .target_part = part_text(options.target_part),
                    .top_cell = top_cell_of(options),
                    .model_hash = model_hash(model),
                    .recipe = print_verify_recipe(report.settings),
                    .tool_version = RETICLE_VERSION,
                    .date = time_of_day()};
  if (!options.folder.empty()) {
    const bool is_job = std::filesystem::exists(options.folder / "job.h5");
    if (!is_job && options.access == JobAccess::alone && !is_one_of_several()) check_verification_files(options.folder, options.existing);
  }
  if (is_layout_name(options.mask)) return verify_layout(options, std::move(model), std::move(report.subject));
  report.subject.mask_sha256 = sha256_of_file(options.mask);
  report.subject.target_sha256 = sha256_of_file(options.target);
  const auto start = std::chrono::steady_clock::now();
  DesignOptions how;
  how.layout = layout_part(options.mask_part);
  const DesignSource mask = read_design(options.mask, how);
  const Design target = read_target(options.target, layout_part(options.target_part));
  std::vector<Polygon> enclosed;
  if (!options.enclosed_layers.empty()) {
    LayoutOptions second = options.target_part;
    second.layers = options.enclosed_layers;
    enclosed = read_target(options.target, layout_part(second)).polygons;
  }
  ClipRegion clip = clip_region(model, mask, target.polygons);
  clip.region.enclosed = std::move(enclosed);
  report.window = clip.region.core;
  RegionReport found = RegionVerifier(model, report.settings).verify(clip.region);
  report.tiles = {tile_of(report.window, found)};
  report.measures = found.measures;
  report.findings = ranked(std::move(found.findings), report.settings, model);
  report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  if (!options.folder.empty()) {
    make_folder(options.folder);
    write_verification(options.folder, report, model, view_places(model, clip.region, {clip.region.core}));
  }
  return finish(options, report);
}

std::string option_of(const std::string& plural) {
  std::string name = "--max-" + plural;
  std::replace(name.begin(), name.end(), '_', '-');
  return name;
}

void add_gates(CLI::App& command, std::map<std::string, double>& gates) {
  const auto add = [&](const std::string& plural, const std::string& doc) {
    command
        .add_option_function<double>(
            option_of(plural), [&gates, plural](const double& most) { gates[plural] = most; }, doc)
        ->check(number_within(0.0))
        ->group("Quality gates");
  };
  add("findings", "exit 1 if there are more findings of all checks");
  add("faults", "exit 1 if more is joined otherwise than drawn; 0 when no gate is given");
  for (std::size_t i = 0; i < k_checks; ++i) {
    const Check check = static_cast<Check>(i);
    add(plural_of(check), fmt::format("exit 1 if there are more: {}", info(check).title));
  }
}

}  // namespace

void add_verify_command(CLI::App& app, ExitCode& result) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("verify", "Hot spots of a mask through the process window");
  command->add_option("MASK", options->mask, "mask: .h5, .gds, .oas, .glp, .png, or the folder of a correction job")->required()->check(CLI::ExistingPath);
  command->add_option("--mask-layer", options->mask_part.layers, "of a mask layout: LAYER/DATATYPE");
  command->add_option("--mask-cell", options->mask_part.cell, "of a mask layout; its only top cell when not given");
  command->add_option("--target", options->target, "what is to be printed")->required()->check(CLI::ExistingFile);
  add_layout_options(*command, options->target_part);
  command->add_option("--enclosed-layer", options->enclosed_layers, "layer of the target that the print has to enclose");
  command->add_option("--model", options->model, "optical model")->required();
  command->add_option("--recipe", options->recipe, "corners and limits (reticle recipe verify)");
  command->add_option("-o,--output", options->folder, "folder for report.json, findings.csv, findings.lyrdb, report.html");
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
  add_gates(*command, options->gates);
  command->footer(
      "Examples:\n"
      "  reticle verify mask.h5 --target clip.glp --model model.h5 -o reports\n"
      "  reticle verify mask.gds --mask-layer 1/0 --target chip.gds --layer 11/0 --model model.h5 -o reports\n"
      "  reticle verify mask.gds --target chip.gds --layer 11/0 --model model.h5 --max-bridges 0");
  command->callback([options, &result] { result = run(*options); });
}

}  // namespace reticle::tools
