// SPDX-License-Identifier: Apache-2.0
// reticle window: what lithographers measure at gauges, through focus and exposure.
#include <fmt/format.h>

#include <span>

#include "kernels/base/error.h"
#include "masks/gauge_file.h"
#include "masks/output_file.h"
#include "masks/pictures/png.h"
#include "tools/reticle/commands.h"
#include "tools/reticle/number_range.h"
#include "tools/reticle/window_report.h"

namespace reticle::tools {
namespace {

struct Options {
  SceneOptions scene;
  std::filesystem::path gauges, output;
  WindowSettings settings;
  std::string format = "table";
  Existing existing = Existing::refuse;
};

void write_text_file(const std::filesystem::path& path, const std::string& text) {
  OutputFile file(path);
  file.write(std::span(text));
  file.commit();
}

void run(const Options& options) {
  const std::filesystem::path& folder = options.output;
  if (!folder.empty()) {
    make_folder(folder);
    for (const char* name : {"window.json", "bossung.csv", "bossung.png", "process_window.png"})
      check_output(folder / name, options.existing);
  }
  std::vector<Gauge> gauges = read_gauges(options.gauges);
  for (const Gauge& gauge : gauges)
    if (gauge.focus_nm || gauge.exposure != 1.0 || !gauge.pattern.empty())
      throw Error(ErrorCode::bad_input,
                  fmt::format("{}: gauge '{}' states a focus, an exposure or a pattern, which are for 'reticle calibrate'; "
                              "a window goes through focus and exposure itself", options.gauges.string(), gauge.name));
  const auto scene = open_scene(options.scene);
  WindowResult result;
  try {
    result = measure(*scene, std::move(gauges), options.settings);
  } catch (const Error& error) {
    throw Error(error.code(), options.gauges.string() + ": " + error.what());
  }
  if (options.format == "json")
    fmt::print("{}\n", window_json(result).dump(2));
  else
    fmt::print("{}", options.format == "csv" ? window_csv(result) : window_table(result));
  if (folder.empty()) return;
  write_text_file(folder / "window.json", window_json(result).dump(2) + "\n");
  write_text_file(folder / "bossung.csv", window_csv(result));
  for (const char* kind : {".png", ".svg"}) {
    write_drawing((folder / "bossung").replace_extension(kind), bossung_picture(result));
    write_drawing((folder / "process_window").replace_extension(kind), window_picture(result));
  }
}

}  // namespace

void add_window_command(CLI::App& app) {
  auto options = std::make_shared<Options>();
  CLI::App* command =
      app.add_subcommand("window", "CD, NILS, MEEF, Bossung curves and process window at gauges");
  command->add_option("INPUT", options->scene.input, k_scene_input)->required();
  add_scene_options(*command, options->scene);
  command->add_option("--gauges", options->gauges, "CSV: name,x0,y0,x1,y1[,cd_nm[,weight]], layout nm")
      ->required();
  command->add_option("-o,--output", options->output,
                      "folder for window.json, bossung.csv, bossung.png and process_window.png");
  command
      ->add_option("--exposures", options->settings.exposures,
                   "of the Bossung curves, relative, comma-separated; 90 to 110 % of the dose to "
                   "size when not given")
      ->delimiter(',')
      ->check(number_within(0.07, 15.0));
  command
      ->add_option("--tolerance", options->settings.tolerance_percent,
                   "of the CD, percent either way")
      ->check(number_within(0.01, 90.0))
      ->capture_default_str();
  command
      ->add_option("--latitude", options->settings.latitude_percent,
                   "exposure latitude at which depth of focus is stated, percent")
      ->check(number_within(0.0, 100.0))
      ->capture_default_str();
  command
      ->add_option("--meef-bias-nm", options->settings.meef_bias_nm,
                   "by which mask CDs are changed for MEEF, either way")
      ->check(number_within(1e-3, 20.0))
      ->capture_default_str();
  command->add_flag_callback("--json", [options] { options->format = "json"; }, "as --format json");
  command->add_option("--format", options->format, "of what is printed")
      ->check(CLI::IsMember({"table", "json", "csv"}))
      ->capture_default_str();
  command->add_flag_callback(
      "--force", [options] { options->existing = Existing::replace; }, "replace existing files");
  command->footer(
      "A gauge cuts across one line or space: its ends lie outside the feature, its middle "
      "inside.\n"
      "Without cd_nm the CD printed at nominal is aimed at: its dose to size is 1. Exposure "
      "multiplies the intensity;\n"
      "the dose of 'simulate' and 'correct' multiplies the amplitude, and is its square root.\n"
      "Examples:\n"
      "  reticle window clip.glp --model model.h5 --gauges gauges.csv -o window\n"
      "  reticle window chip.gds --layer 11/0 --model model.h5 --gauges g.csv --format json\n"
      "  reticle window pattern.toml --exact --focus -80,-40,0,40,80 --gauges g.csv --tolerance 8");
  command->callback([options] { run(*options); });
}

}  // namespace reticle::tools
