// SPDX-License-Identifier: Apache-2.0
// reticle correct: clips in, masks out.
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <atomic>
#include <map>
#include <mutex>
#include <optional>
#include <span>
#include <thread>

#include "kernels/base/error.h"
#include "kernels/base/host_threads.h"
#include "kernels/base/on_threads.h"
#include "litho/ilt/pitch_limit.h"
#include "litho/ilt/settings.h"
#include "litho/rules/mask_rule_set.h"
#include "masks/layout/layout_file.h"
#include "masks/model_file.h"
#include "masks/output_file.h"
#include "tools/reticle/clip_correction.h"
#include "tools/reticle/commands.h"
#include "tools/reticle/correct_layout.h"
#include "tools/reticle/engine_options.h"
#include "tools/reticle/freed_memory.h"
#include "tools/reticle/inputs.h"
#include "tools/reticle/interrupt.h"
#include "tools/reticle/number_range.h"
#include "tools/reticle/progress.h"
#include "tools/reticle/quality_gates.h"
#include "masks/recipes/recipes.h"
#include "tools/reticle/report.h"

namespace reticle::tools {
namespace {

struct Options {
  std::vector<std::filesystem::path> designs;
  std::filesystem::path model, folder, recipe, report;
  std::optional<MaskMethod> method;  // over the recipe's
  int threads = 0;
  bool json = false;  // on standard output, instead of tables
  Preview preview = Preview::none;
  Finished finished = Finished::refuse;
  QualityGates gates;
  MaskOptions mask;
  ChipOptions layout;
  EngineOptions engine;
  std::optional<FirstRow> first_row;
};

int worker_count(int wanted, std::size_t clips) {
  const int cores = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  return std::clamp(wanted > 0 ? wanted : cores, 1, std::max(1, static_cast<int>(clips)));
}

// What became of each clip, in the order of the command line. Each GPU has two workers, which take
// batches of clips: while one's masks are measured and written by the host's threads, which all workers share, the
// other optimises. Without GPUs each thread takes one clip.
std::vector<ClipOutcome> correct_all(const CorrectionJob& job, const EngineChoice& engine,
                                     const std::vector<Clip>& clips, int threads) {
  constexpr std::size_t k_most_at_once = 64;
  std::vector<ClipOutcome> outcomes(clips.size());
  Progress progress("clips", static_cast<int>(clips.size()));
  std::mutex progress_mutex;
  std::atomic<std::size_t> next = 0;
  const int gpus = static_cast<int>(engine.gpus.size());
  const int workers = gpus > 0 ? std::min(k_workers_per_gpu * gpus, static_cast<int>(clips.size())) : threads;
  std::optional<ThreadPool> pool;
  std::optional<ClipFinisher> shared;
  if (gpus > 0) shared.emplace(job, pool.emplace(threads));
  const std::size_t share = (clips.size() + static_cast<std::size_t>(workers) - 1) / static_cast<std::size_t>(workers);
  on_threads(static_cast<std::size_t>(workers), workers, [&](int number) {
    return [&, number](std::size_t) {
      ClipFinisher own(job, 1);
      ClipWorker worker(job, make_engine(engine, number), shared ? *shared : own);
      const auto batch = static_cast<std::size_t>(
          worker.batch_size(static_cast<int>(std::min(share, k_most_at_once))));
      for (std::size_t i = next.fetch_add(batch); i < clips.size() && !interrupted();
           i = next.fetch_add(batch)) {
        const std::size_t count = std::min(batch, clips.size() - i);
        std::vector<ClipOutcome> done = worker.correct(std::span(clips).subspan(i, count));
        std::move(done.begin(), done.end(), outcomes.begin() + static_cast<std::ptrdiff_t>(i));
        const std::lock_guard lock(progress_mutex);
        for (std::size_t k = 0; k < count; ++k) progress.one_done();
      }
      return true;
    };
  });
  return outcomes;
}

void print_rules(const MaskRuleSet& rules) {
  for (const RuleLine& line : rule_lines(rules))
    fmt::print("mask rule: {} {:g} {} on the wafer, {:g} {} on the mask\n", line.name, line.wafer, line.unit,
               line.mask, line.unit);
}

nlohmann::ordered_json report_of(const CorrectionJob& job, const std::vector<Clip>& clips, const std::vector<ClipOutcome>& outcomes) {
  nlohmann::ordered_json json = {
      {"tool_version", job.tool_version}, {"model_hash", job.model_hash}, {"recipe", job.recipe}, {"mask_rules", rules_json(job.settings.mask_rules)}};
  json["clips"] = nlohmann::ordered_json::array();
  for (std::size_t i = 0; i < clips.size(); ++i) {
    nlohmann::ordered_json clip = {{"name", clips[i].name},
                                   {"design", clips[i].design.string()},
                                   {"input_sha256", clips[i].sha256},
                                   {"state", to_string(outcomes[i].state)}};
    if (outcomes[i].metrics.empty()) {
      clip["error"] = outcomes[i].problem;
    } else {
      clip["mask"] = clips[i].mask.string();
      clip["verification"] = (clips[i].verification / "report.json").string();
      clip["seconds"] = outcomes[i].seconds;
      if (!outcomes[i].remark.empty()) clip["remark"] = outcomes[i].remark;
      clip["metrics"] = metrics_json(outcomes[i].metrics);
    }
    json["clips"].push_back(std::move(clip));
  }
  return json;
}

ExitCode summarize(const Options& options, const std::vector<Clip>& clips,
                   const std::vector<ClipOutcome>& outcomes) {
  std::vector<ReportRow> rows;
  ExitCode result = k_ok;
  for (std::size_t i = 0; i < clips.size(); ++i) {
    const ClipOutcome& outcome = outcomes[i];
    if (outcome.state == ClipState::failed) {
      spdlog::error("{}: {}", clips[i].name, outcome.problem);
      result = outcome.exit_code;
    }
    if (!outcome.remark.empty()) spdlog::warn("{}: {}", clips[i].name, outcome.remark);
    if (!outcome.metrics.empty()) rows.push_back({clips[i].name, outcome.metrics, outcome.seconds});
  }
  ExitCode gates = k_ok;  // first of all whether everything prints
  for (const ReportRow& row : rows) gates = std::max(gates, said_misses(row.name, options.gates, row.metrics));
  if (!options.json) fmt::print("{}", report_table(rows));
  if (result != k_ok) return result;
  if (interrupted()) {
    spdlog::warn("interrupted after {} of {} clips; run again with --resume", rows.size(),
                 clips.size());
    return k_interrupted;
  }
  return gates;
}

// The finest lines of all clips that can be read; the others are reported when their turn comes.
FinestLines finest_of(const std::vector<Clip>& clips) {
  FinestLines finest;
  for (const Clip& clip : clips) {
    if (clip.design.extension() == ".png") continue;  // its steps are no parts
    try {
      const std::vector<Polygon> polygons = read_target(clip.design).polygons;
      finest = finer_of(finest, {.width_nm = smallest_width(polygons), .space_nm = finest_lines(polygons).space_nm});
    } catch (const Error&) {
    }
  }
  return finest;
}

ExitCode correct(const Options& options) {
  CorrectionJob job;
  job.model = open_model(options.model, options.mask);
  job.model_hash = model_hash(job.model);
  CorrectionSettings settings = read_correction(options.recipe, job.model);
  if (options.method) settings.method = *options.method;
  settings = resolved(settings, job.model);
  job.settings = settings.ilt;
  if (!options.json) print_rules(job.settings.mask_rules);
  job.method = settings.method;
  job.edges = settings.edges;
  job.mend = settings.mend;
  job.keep_grey = settings.keep_grey;
  job.recipe = print_correction(settings);
  job.preview = options.preview;
  job.finished = options.finished;
  job.first_row = options.first_row;

  const std::vector<Clip> clips = plan_clips(options.designs, options.folder);
  const FinestLines drawn = finest_of(clips);
  for (const std::string& line : remarks(job.settings, job.model, drawn.width_nm, drawn.space_nm)) spdlog::warn("{}", line);
  make_folder(options.folder);
  check_finished_clips(job, clips);
  if (!options.report.empty()) check_output(options.report, options.finished == Finished::refuse ? Existing::refuse : Existing::replace, {".json"});

  const EngineChoice engine = chosen_engine(options.engine);
  catch_interrupts();
  keep_freed_memory(k_freed_of_clips);
  // A GPU's threads also share the work on one clip's batch.
  const int threads = worker_count(options.threads, engine.gpus.empty() ? clips.size() : 1 << 20);
  const std::vector<ClipOutcome> outcomes = correct_all(job, engine, clips, threads);
  if (options.json || !options.report.empty()) {
    const std::string report = report_of(job, clips, outcomes).dump(2) + "\n";
    if (options.json) fmt::print("{}", report);
    if (!options.report.empty()) {
      OutputFile file(options.report);
      file.write(report);
      file.commit();
    }
  }
  return summarize(options, clips, outcomes);
}

bool takes_a_layout(const Options& options) {
  return options.layout.given > 0 ||
         (options.designs.size() == 1 && is_layout_name(options.designs[0]));
}

ExitCode correct_layout(const Options& options) {
  if (options.designs.size() != 1)
    throw Error(ErrorCode::invalid_argument,
                "options of layouts were given, but several designs; correct one layout at a time");
  if (options.preview != Preview::none || !options.report.empty())
    throw Error(ErrorCode::invalid_argument,
                "--preview and --report are for clips; a layout's reports go into its folder");
  return tools::correct_layout({.layout = options.designs[0],
                                .model = options.model,
                                .folder = options.folder,
                                .recipe = options.recipe,
                                .method = options.method,
                                .threads = worker_count(options.threads, 1 << 20),
                                .engine = options.engine,
                                .json = options.json,
                                .finished = options.finished,
                                .gates = options.gates,
                                .mask = options.mask},
                               options.layout);
}

}  // namespace

void add_correct_command(CLI::App& app, ExitCode& result) {
  auto options = std::make_shared<Options>();
  CLI::App* command =
      app.add_subcommand("correct", "Correct clips or a layout by inverse lithography");
  command
      ->add_option("DESIGN", options->designs, "clips (.glp, .png, .h5) or one layout (.gds, .oas)")
      ->required();
  command->add_option("--model", options->model, "optical model, see 'reticle model'")->required();
  command->add_option("-o,--output", options->folder, "folder for <clip>.h5 and pictures")
      ->required();
  command
      ->add_option_function<MaskMethod>(
          "--method", [options](MaskMethod method) { options->method = method; },
          "ilt: pixels; edge: edges that move; hybrid: edges, and pixels where they do not print; default: the recipe's")
      ->transform(CLI::CheckedTransformer(
                      std::map<std::string, MaskMethod>{{"ilt", MaskMethod::ilt}, {"edge", MaskMethod::edge}, {"hybrid", MaskMethod::hybrid}})
                      .description("{ilt,edge,hybrid}"))
      ->type_name("");
  command->add_option("--recipe", options->recipe, "settings (TOML), see 'reticle recipe correct'");
  command->add_option("--threads", options->threads, "clips at a time; 0: one for each core")
      ->check(whole_number_within(0, 1024))
      ->capture_default_str();
  add_engine_options(*command, options->engine);
  command->add_option("--report", options->report, "JSON report to write");
  command->add_flag("--json", options->json, "print the report as JSON instead of tables");
  command->add_flag_callback(
      "--preview", [options] { options->preview = Preview::picture; },
      "write <clip>.png: target, mask, printed contour, process variation band");
  auto* force = command->add_flag_callback(
      "--force", [options] { options->finished = Finished::replace; }, "replace existing masks");
  command
      ->add_flag_callback(
          "--resume", [options] { options->finished = Finished::keep; },
          "keep masks made from the same design, model and recipe; do the rest")
      ->excludes(force);
  add_mask_options(*command, options->mask);
  command
      ->add_option_function<std::string>(
          "--first-row", [options](const std::string& row) { options->first_row = row == "top" ? FirstRow::top : FirstRow::bottom; },
          "where the first row of a clip's pixels lies: top (a picture's, when not given) or bottom (row = y; an array's)")
      ->check(CLI::IsMember({"top", "bottom"}));
  add_gate_options(*command, options->gates);
  command->footer(
      "Ctrl-C keeps finished clips. Results do not depend on the number of threads.\n"
      "Examples:\n"
      "  reticle correct clips/*.glp --model model.h5 -o masks --preview\n"
      "  reticle correct clips/*.glp --model model.h5 -o masks --recipe my.toml --report r.json\n"
      "  reticle correct clips/*.glp --model model.h5 -o masks --resume --max-epe-nm 10\n"
      "  reticle correct chip.gds --layer 11/0 --model model.h5 -o job --threads 8\n"
      "  mpirun -n 4 reticle correct chip.gds --layer 11/0 --model model.h5 -o job");
  add_chip_options(*command, options->layout);
  command->callback([options, &result] {
    result = takes_a_layout(*options) ? correct_layout(*options) : correct(*options);
  });
}

}  // namespace reticle::tools
