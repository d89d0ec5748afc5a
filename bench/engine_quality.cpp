// SPDX-License-Identifier: Apache-2.0
// How far an engine is from the references: its image and gradient from those in double, and the masks it
// makes from those of the CPU engine. One table, and exit code 1 where a figure misses its bound.
//
//   engine_quality [DIR] [--model MODEL.h5] [--engine cpu|cuda] [--quick] [--json F.json]
//
// DIR holds clips (*.glp), and kernels.h5 unless a model is given; without it the clips and kernels are
// those of bench/synthetic.h. Exit code 3: the engine cannot be had.
#include <algorithm>
#include <cmath>
#include <complex>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "bench/double_objective.h"
#include "bench/synthetic.h"
#include "kernels/base/error.h"
#include "kernels/engine/engine_choice.h"
#include "litho/verification/evaluation.h"
#include "litho/ilt/ilt.h"
#include "litho/geometry/rasterize.h"
#include "litho/imaging/socs.h"
#include "masks/glp.h"
#include "masks/model_file.h"

namespace reticle {
namespace {

struct Arguments {
  std::filesystem::path folder, model, json;
  EngineKind engine = EngineKind::cuda;
  bool quick = false;
};

// A figure against its bound; no value: not measured, and the remark says why.
struct Row {
  std::string name;
  std::optional<double> value;
  double bound = 0.0;
  std::string unit, remark;
  bool passed() const { return !value || *value <= bound; }
};

struct Inputs {
  OpticalModel model;
  std::vector<std::string> names;
  std::vector<Design> designs;
};

Design mirrored(Design design) {
  for (Polygon& polygon : design.polygons) {
    for (Point& p : polygon) p.x = design.window.x0 + design.window.x1 - p.x;
    std::reverse(polygon.begin(), polygon.end());
  }
  return design;
}

Inputs read_inputs(const Arguments& arguments) {
  Inputs inputs;
  if (arguments.folder.empty()) {
    inputs.model = arguments.model.empty() ? bench::contest_sized_model() : read_model(arguments.model);
    inputs.names = {"synthetic", "synthetic mirrored"};
    inputs.designs = {bench::metal_clip(), mirrored(bench::metal_clip())};
    return inputs;
  }
  inputs.model = read_model(arguments.model.empty() ? arguments.folder / "kernels.h5" : arguments.model);
  std::vector<std::filesystem::path> clips;
  for (const auto& entry : std::filesystem::directory_iterator(arguments.folder))
    if (entry.path().extension() == ".glp") clips.push_back(entry.path());
  if (clips.empty()) throw std::invalid_argument(arguments.folder.string() + ": holds no .glp clip");
  std::sort(clips.begin(), clips.end());
  for (const auto& clip : clips) {
    inputs.names.push_back(clip.stem().string());
    inputs.designs.push_back(read_glp(clip));
  }
  return inputs;
}

// Without flare, blur and resist, which the objective in double does not have.
OpticalModel aerial(OpticalModel model) {
  model.flare = model.stage_blur_nm = 0.0;
  model.resist = {.threshold = model.resist.threshold};
  return model;
}

template <class S>
pixel::ProcessWindow<S> process_window(const OpticalModel& model) {
  pixel::ProcessWindow<S> window;
  window.conditions = static_cast<int>(model.conditions.size());
  const int last = window.conditions - 1;
  window.threshold = static_cast<S>(model.resist.threshold);
  window.resist_slope = S(50);
  window.corners = 3;
  window.corner[0] = {0, S(1.0), S(1.0)};
  window.corner[1] = {0, S(1.02), S(0.0)};
  window.corner[2] = {last, S(0.98), S(0.0)};
  window.bands = 1;
  window.band[0] = {1, 2, S(2.0)};
  return window;
}

// Images of the clip's target at 4 nm against Simulator<double>, in all conditions.
Row image_row(Engine& engine, const Inputs& inputs) {
  constexpr double k_pixel_nm = 4.0;
  const OpticalModel model = aerial(inputs.model);
  const Design& design = inputs.designs.front();
  const Box field = field_around(model, design.window);
  const Grid grid = pixel_grid(field, k_pixel_nm);
  const int rows = grid.rows, cols = grid.cols;
  Simulator<double> simulator(model);
  const Spectrum<double> mask = simulator.mask_spectrum(design.polygons, field);
  Spectrum<float> orders(mask.half_x(), mask.half_y());
  std::transform(mask.data(), mask.data() + mask.size(), orders.data(),
                 [](const std::complex<double>& c) { return std::complex<float>(c); });
  const auto images = engine.make_images(
      {.stack = socs_stack(model), .rows = rows, .cols = cols, .pixel_nm = k_pixel_nm}, 1);
  images->set_mask(0, orders);
  images->run();
  double worst = 0.0;
  for (int condition = 0; condition < static_cast<int>(model.conditions.size()); ++condition) {
    const Image<double> expected = simulator.image(simulator.intensity_spectrum(mask, condition), rows, cols);
    Image<float> image(rows, cols);
    images->get_image(0, condition, image.view());
    for (std::size_t i = 0; i < image.size(); ++i)
      worst = std::max(worst, std::abs(image.data()[i] - expected.data()[i]));
  }
  return {"image, largest difference", worst, 2e-5, "of clear field", "against double"};
}

// |g - g_double| / |g_double| of the start of a clip, on a grid of that pixel; and g_double itself
// against a central difference along a smooth direction.
std::vector<Row> gradient_rows(Engine& engine, const Inputs& inputs, double pixel_nm) {
  constexpr double k_mask_slope = 4.0;
  const OpticalModel model = aerial(inputs.model);
  const Design& design = inputs.designs.front();
  const Box field = field_around(model, design.window);
  const Grid grid = pixel_grid(field, pixel_nm);
  const Image<float> target = rasterize(design.polygons, grid);
  Image<float> parameters = target, gradient(grid.rows, grid.cols);
  for (float& p : parameters) p -= 0.5f;
  Image<double> double_parameters(grid.rows, grid.cols), double_target(grid.rows, grid.cols);
  std::copy(parameters.begin(), parameters.end(), double_parameters.begin());
  std::copy(target.begin(), target.end(), double_target.begin());

  Simulator<double> simulator(model);
  const auto window = process_window<double>(model);
  const auto objective_at = [&](double step) {
    Image<double> moved = double_parameters;
    for (int y = 0; y < grid.rows; ++y)
      for (int x = 0; x < grid.cols; ++x) moved(y, x) += step * std::sin(0.1 * x + 0.07 * y);
    return bench::double_objective(simulator, window, k_mask_slope, pixel_nm, moved, double_target);
  };
  const bench::DoubleObjective expected = objective_at(0.0);
  // Fourth order: the truncation error is of order h^4, rounding of order 1e-16 / h.
  constexpr double h = 1e-3;
  const double numeric = (8 * (objective_at(h).loss - objective_at(-h).loss) -
                          (objective_at(2 * h).loss - objective_at(-2 * h).loss)) / (12 * h);
  double analytic = 0.0;
  for (int y = 0; y < grid.rows; ++y)
    for (int x = 0; x < grid.cols; ++x) analytic += expected.gradient(y, x) * std::sin(0.1 * x + 0.07 * y);

  const auto batch = engine.make_ilt({.stack = socs_stack(model), .rows = grid.rows, .cols = grid.cols,
                                      .pixel_nm = pixel_nm}, 1);
  batch->set_clip(0, {.parameters = parameters.view(), .target = target.view()});
  batch->evaluate({.window = process_window<float>(model), .mask_slope = static_cast<float>(k_mask_slope)});
  const double loss = batch->losses()[0].total();
  batch->combine(IltBatch::k_parameters, {1.0}, IltBatch::k_gradient, {0.0}, IltBatch::k_gradient);
  batch->get_parameters(0, gradient.view());
  double difference = 0.0, size = 0.0;
  for (std::size_t i = 0; i < gradient.size(); ++i) {
    difference += std::pow(gradient.data()[i] - expected.gradient.data()[i], 2);
    size += std::pow(expected.gradient.data()[i], 2);
  }
  const std::string grid_name = " on " + std::to_string(static_cast<int>(pixel_nm)) + " nm pixels";
  return {{"gradient" + grid_name, std::sqrt(difference / size), 1e-4, "relative", "against double"},
          {"loss" + grid_name, std::abs(loss / expected.loss - 1.0), 1e-4, "relative", "against double"},
          {"double gradient" + grid_name, std::abs(analytic / numeric - 1.0), 1e-5, "relative",
           "against a central difference: the reference's own check"}};
}

struct Figures {
  double l2 = 0, pvb = 0, epe = 0;
};

// Masks of both engines, each measured by the same code; percent of the CPU engine's mean over the clips.
std::vector<Row> correction_rows(Engine& engine, const Inputs& inputs, bool quick, nlohmann::ordered_json& clips) {
  IltSettings wanted;
  if (quick) {
    wanted.mask_pixel_nm = 8.0;
    wanted.levels = {{.coarseness = 2, .iterations = 10}};
  }
  const IltSettings settings = resolved(wanted, inputs.model);
  const auto cpu = make_cpu_engine();
  const std::vector<Correction> masks = correct(engine, inputs.model, settings, inputs.designs);
  Figures sum, expected_sum;
  std::vector<double> worst(3);
  std::size_t differing = 0, pixels = 0;
  for (std::size_t i = 0; i < masks.size(); ++i) {
    const Design& design = inputs.designs[i];
    const Correction expected = std::move(correct(*cpu, inputs.model, settings, {&design, 1})[0]);
    const auto figures = [&](const Correction& mask) {
      const MaskReport report = evaluate(inputs.model, settings, mask.mask.view(), mask.grid, design).report;
      return Figures{report.l2_nm2, report.pv_band_nm2, report.epe_mean_abs_nm};
    };
    const Figures got = figures(masks[i]), want = figures(expected);
    double Figures::* const members[] = {&Figures::l2, &Figures::pvb, &Figures::epe};
    for (std::size_t m = 0; m < 3; ++m) {
      sum.*members[m] += got.*members[m];
      expected_sum.*members[m] += want.*members[m];
      if (want.*members[m] > 0.0)
        worst[m] = std::max(worst[m], 100.0 * std::abs(got.*members[m] / (want.*members[m]) - 1.0));
    }
    for (std::size_t p = 0; p < expected.mask.size(); ++p) differing += masks[i].mask.data()[p] != expected.mask.data()[p];
    pixels += expected.mask.size();
    clips.push_back({{"clip", inputs.names[i]}, {"l2_nm2", got.l2}, {"l2_nm2_cpu", want.l2}, {"pv_band_nm2", got.pvb},
                     {"pv_band_nm2_cpu", want.pvb}, {"epe_mean_abs_nm", got.epe}, {"epe_mean_abs_nm_cpu", want.epe}});
  }
  const auto row = [&](const char* name, double Figures::*member, std::size_t index) {
    char remark[80];
    std::snprintf(remark, sizeof remark, "mean over %zu clips; of one clip at most %.3g %%", masks.size(), worst[index]);
    return Row{name, 100.0 * std::abs(sum.*member / (expected_sum.*member) - 1.0), 0.5, "% of the CPU engine's", remark};
  };
  std::vector<Row> rows = {row("final L2", &Figures::l2, 0), row("final PV band", &Figures::pvb, 1),
                           row("final mean absolute EPE", &Figures::epe, 2)};
  rows.push_back({"pixels of the final masks that differ", 100.0 * static_cast<double>(differing) / static_cast<double>(pixels),
                  100.0, "%", "no bound: edges move by roundings"});
  return rows;
}

Arguments read_arguments(int argc, char** argv) {
  Arguments arguments;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    const auto value = [&] {
      if (++i >= argc) throw std::invalid_argument(word + " takes a value");
      return std::string(argv[i]);
    };
    if (word == "--model") arguments.model = value();
    else if (word == "--json") arguments.json = value();
    else if (word == "--engine") arguments.engine = engine_kind(value());
    else if (word == "--quick") arguments.quick = true;
    else if (arguments.folder.empty() && !word.starts_with("--")) arguments.folder = word;
    else throw std::invalid_argument("usage: engine_quality [DIR] [--model MODEL.h5] [--engine cpu|cuda] "
                                     "[--quick] [--json F.json]");
  }
  return arguments;
}

void write_json(const std::filesystem::path& path, const std::string& engine, const std::vector<Row>& rows,
                const nlohmann::ordered_json& clips) {
  nlohmann::ordered_json json = {{"engine", engine}, {"rows", nlohmann::ordered_json::array()}, {"clips", clips}};
  for (const Row& row : rows) {
    nlohmann::ordered_json entry = {{"name", row.name}, {"value", nullptr}, {"bound", row.bound},
                                    {"unit", row.unit}, {"passed", row.passed()}, {"remark", row.remark}};
    if (row.value) entry["value"] = *row.value;
    json["rows"].push_back(std::move(entry));
  }
  std::ofstream file(path);
  file << json.dump(2) << "\n";
  if (!file.flush()) throw std::runtime_error(path.string() + ": cannot be written");
}

// Whether every figure is within its bound.
bool run(const Arguments& arguments) {
  const EngineChoice choice = choose_engine({.kind = arguments.engine});
  const auto engine = make_engine(choice, 0);
  Inputs inputs = read_inputs(arguments);
  if (arguments.quick) inputs.designs.resize(1);
  std::vector<Row> rows = {image_row(*engine, inputs)};
  const auto append = [&](std::vector<Row> more) { rows.insert(rows.end(), more.begin(), more.end()); };
  for (const double pixel_nm : arguments.quick ? std::vector{16.0} : std::vector{16.0, 8.0, 4.0})
    append(gradient_rows(*engine, inputs, pixel_nm));
  auto clips = nlohmann::ordered_json::array();
  append(correction_rows(*engine, inputs, arguments.quick, clips));

  std::printf("%s\n\n| figure | measured | bound | | |\n|---|---|---|---|---|\n", choice.description.c_str());
  bool good = true;
  for (const Row& row : rows) {
    good = good && row.passed();
    char value[32] = "";
    if (row.value) std::snprintf(value, sizeof value, "%.3g", *row.value);
    std::printf("| %s | %s | %g %s | %s | %s |\n", row.name.c_str(), value, row.bound, row.unit.c_str(),
                !row.value ? "" : row.passed() ? "good" : "MISSED", row.remark.c_str());
  }
  if (!arguments.json.empty()) write_json(arguments.json, choice.description, rows, clips);
  return good;
}

}  // namespace
}  // namespace reticle

int main(int argc, char** argv) {
  try {
    return reticle::run(reticle::read_arguments(argc, argv)) ? 0 : 1;
  } catch (const std::invalid_argument& error) {
    return std::fprintf(stderr, "%s\n", error.what()), 2;
  } catch (const reticle::Error& error) {
    const bool absent = error.code() == reticle::ErrorCode::device_failure;
    return std::fprintf(stderr, "engine_quality: %s\n", error.what()), absent ? 3 : 4;
  } catch (const std::exception& error) {
    return std::fprintf(stderr, "engine_quality: %s\n", error.what()), 4;
  }
}
