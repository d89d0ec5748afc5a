// SPDX-License-Identifier: Apache-2.0
// The contest's clips from files to files: every clip of a folder is read, corrected, measured and
// written, one after another on one core; quality and time of each and of their mean.
//
//   iccad13 DIR [--model MODEL.h5] [--recipe R.toml] [--masks DIR] [--json F.json] [--repetitions N]
//
// DIR holds *.glp, and kernels.h5 unless a model is given. --masks keeps the mask files. Times are medians over the repetitions.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "bench/options.h"
#include "litho/verification/evaluation.h"
#include "litho/ilt/ilt.h"
#include "litho/rules/rule_check.h"
#include "masks/glp.h"
#include "masks/mask_file.h"
#include "masks/model_file.h"
#include "masks/recipes/recipes.h"

namespace reticle {
namespace {

struct Arguments {
  std::filesystem::path folder, model, recipe, masks, json;
  int repetitions = 3;
};

// Figures of one clip, in the order of the table.
struct Row {
  std::string clip;
  double l2_nm2 = 0, pv_band_nm2 = 0, epe_violations = 0, epe_max_nm = 0, epe_mean_abs_nm = 0, shots = 0,
         components = 0, min_width_nm = 0, min_space_nm = 0, rule_violations = 0, seconds = 0,
         um2_per_s = 0;
};

constexpr std::pair<const char*, double Row::*> k_columns[] = {
    {"l2_nm2", &Row::l2_nm2},
    {"pv_band_nm2", &Row::pv_band_nm2},
    {"epe_violations", &Row::epe_violations},
    {"epe_max_nm", &Row::epe_max_nm},
    {"epe_mean_abs_nm", &Row::epe_mean_abs_nm},
    {"shots", &Row::shots},
    {"components", &Row::components},
    {"min_width_nm", &Row::min_width_nm},
    {"min_space_nm", &Row::min_space_nm},
    {"rule_violations", &Row::rule_violations},
    {"seconds", &Row::seconds},
    {"um2_per_s", &Row::um2_per_s},
};

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t middle = values.size() / 2;
  return values.size() % 2 ? values[middle] : 0.5 * (values[middle - 1] + values[middle]);
}

// The contest draws in the middle 1024 x 1024 nm: the core that a time is worth.
constexpr double k_core_um2 = 1.024 * 1.024;

Row correct_clip(const Arguments& arguments, const OpticalModel& model, const IltSettings& settings,
                 const std::filesystem::path& path, const std::filesystem::path& out) {
  Row row{.clip = path.stem().string()};
  std::vector<double> seconds;
  double violations = 0;
  for (int i = 0; i < arguments.repetitions; ++i) {
    const auto start = std::chrono::steady_clock::now();
    const Design design = read_glp(path);
    const auto engine = make_cpu_engine();
    const Correction result = std::move(correct(*engine, model, settings, {&design, 1})[0]);
    const MaskEvaluation evaluation =
        evaluate(model, settings, result.mask.view(), result.grid, design);
    MaskFile file{.grid = result.grid, .mask = result.mask, .target = evaluation.target};
    write_mask(out, file);
    seconds.push_back(
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
    violations = static_cast<double>(check_mask(BitImage(result.mask), result.grid, settings.mask_rules).size());
    const MaskReport& report = evaluation.report;
    row.l2_nm2 = report.l2_nm2;
    row.pv_band_nm2 = report.pv_band_nm2;
    row.epe_violations = report.epe_violations;
    row.epe_max_nm = report.epe_max_nm;
    row.epe_mean_abs_nm = report.epe_mean_abs_nm;
    row.shots = static_cast<double>(report.shots);
    row.components = report.rules.components;
    row.min_width_nm = report.rules.min_width ? report.rules.min_width->distance_nm : 0.0;
    row.min_space_nm = report.rules.min_space ? report.rules.min_space->distance_nm : 0.0;
  }
  row.rule_violations = violations;
  row.seconds = median(seconds);
  row.um2_per_s = k_core_um2 / row.seconds;
  return row;
}

Row mean_of(const std::vector<Row>& rows) {
  Row mean{.clip = "mean"};
  for (const auto& [name, member] : k_columns) {
    for (const Row& row : rows) mean.*member += row.*member;
    mean.*member /= static_cast<double>(rows.size());
  }
  mean.um2_per_s = k_core_um2 / mean.seconds;
  return mean;
}

void print(const Row& row) {
  std::printf("%-12s", row.clip.c_str());
  for (const auto& [name, member] : k_columns) {
    const double value = row.*member;
    const bool whole = value == static_cast<double>(static_cast<long long>(value));
    std::printf("  %*.*f", static_cast<int>(std::max<std::size_t>(8, std::string(name).size())),
                whole ? 0 : 2, value);
  }
  std::printf("\n");
}

nlohmann::ordered_json json_of(const Row& row) {
  nlohmann::ordered_json json = {{"clip", row.clip}};
  for (const auto& [name, member] : k_columns) json[name] = row.*member;
  return json;
}

void run(const Arguments& arguments) {
  const OpticalModel model = read_model(arguments.model);
  const IltSettings settings = resolved(read_correct_recipe(arguments.recipe, model), model);
  std::vector<std::filesystem::path> clips;
  for (const auto& entry : std::filesystem::directory_iterator(arguments.folder))
    if (entry.path().extension() == ".glp") clips.push_back(entry.path());
  if (clips.empty()) throw std::invalid_argument(arguments.folder.string() + ": holds no .glp clip");
  std::sort(clips.begin(), clips.end(), [](const auto& a, const auto& b) {
    return std::make_pair(a.string().size(), a) < std::make_pair(b.string().size(), b);
  });

  std::printf("%-12s", "clip");
  for (const auto& [name, member] : k_columns) std::printf("  %8s", name);
  std::printf("\n");
  const std::filesystem::path scratch =
      std::filesystem::temp_directory_path() / ("reticle_iccad13_" + std::to_string(std::rand()) + ".h5");
  std::vector<Row> rows;
  for (const auto& clip : clips) {
    const std::filesystem::path out =
        arguments.masks.empty() ? scratch : arguments.masks / (clip.stem().string() + ".h5");
    rows.push_back(correct_clip(arguments, model, settings, clip, out));
    print(rows.back());
    std::fflush(stdout);
  }
  std::filesystem::remove(scratch);
  rows.push_back(mean_of(rows));
  print(rows.back());
  if (arguments.json.empty()) return;
  auto json = nlohmann::ordered_json::array();
  for (const Row& row : rows) json.push_back(json_of(row));
  std::ofstream file(arguments.json);
  file << json.dump(2) << "\n";
  if (!file.flush()) throw std::runtime_error(arguments.json.string() + ": cannot be written");
}

Arguments read_arguments(int argc, char** argv) {
  Arguments arguments;
  const std::string usage =
      "usage: iccad13 DIR [--model MODEL.h5] [--recipe R.toml] [--masks DIR] [--json F.json] [--repetitions N]";
  const std::vector<std::string> words = bench::read_options(argc, argv, usage, {
      {"model", [&](const std::string& value) { arguments.model = value; }},
      {"recipe", [&](const std::string& value) { arguments.recipe = value; }},
      {"masks", [&](const std::string& value) { arguments.masks = value; }},
      {"json", [&](const std::string& value) { arguments.json = value; }},
      {"repetitions", [&](const std::string& value) { arguments.repetitions = std::stoi(value); }},
  });
  if (words.size() != 1) throw std::invalid_argument(usage);
  arguments.folder = words[0];
  if (arguments.model.empty()) arguments.model = arguments.folder / "kernels.h5";
  return arguments;
}

}  // namespace
}  // namespace reticle

int main(int argc, char** argv) {
  try {
    reticle::run(reticle::read_arguments(argc, argv));
    return 0;
  } catch (const std::invalid_argument& error) {
    return std::fprintf(stderr, "%s\n", error.what()), 2;
  } catch (const std::exception& error) {
    return std::fprintf(stderr, "iccad13: %s\n", error.what()), 3;
  }
}
