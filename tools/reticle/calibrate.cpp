// SPDX-License-Identifier: Apache-2.0
// reticle calibrate: a compact resist fitted to measured CDs.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <list>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>

#include "kernels/base/error.h"
#include "litho/metrology/resist_fit.h"
#include "masks/pictures/chart.h"
#include "masks/gauge_file.h"
#include "masks/model_file.h"
#include "masks/output_file.h"
#include "masks/pictures/png.h"
#include "tools/reticle/commands.h"
#include "tools/reticle/gauge_scene.h"
#include "tools/reticle/number_range.h"

namespace reticle::tools {
namespace {

struct Options {
  std::vector<std::filesystem::path> inputs;
  SceneOptions scene;  // of each input
  std::filesystem::path gauges, output, report, plot;
  std::vector<std::string> terms{"threshold", "diffusion"};
  double density_range_nm = 0.0;
  bool json = false;  // on standard output, instead of a table
  Existing existing = Existing::refuse;
};

std::vector<ResistTerm> terms_of(const std::vector<std::string>& names) {
  std::vector<ResistTerm> terms;
  for (const ResistTerm term :
       {ResistTerm::threshold, ResistTerm::diffusion, ResistTerm::slope, ResistTerm::density})
    if (std::find(names.begin(), names.end(), name_of(term)) != names.end()) terms.push_back(term);
  return terms;
}

double value_of(const ResistModel& resist, ResistTerm term) {
  switch (term) {
    case ResistTerm::threshold: return resist.threshold;
    case ResistTerm::diffusion: return resist.diffusion_nm;
    case ResistTerm::slope: return resist.slope_nm;
    case ResistTerm::density: return resist.density;
  }
  return 0.0;
}

// As the key is called in recipes of `reticle model`.
const char* key_of(ResistTerm term) {
  switch (term) {
    case ResistTerm::threshold: return "threshold";
    case ResistTerm::diffusion: return "diffusion_nm";
    case ResistTerm::slope: return "resist_slope_nm";
    case ResistTerm::density: return "resist_density";
  }
  return "";
}

// Whether any gauge was measured elsewhere than at the nominal exposure of the only pattern.
bool has_conditions(const std::vector<Gauge>& gauges) {
  return std::any_of(gauges.begin(), gauges.end(),
                     [](const Gauge& g) { return g.focus_nm || g.exposure != 1.0 || !g.pattern.empty(); });
}

nlohmann::ordered_json report_json(const ResistFit& fit, const std::vector<ResistTerm>& terms,
                                   const std::vector<Gauge>& gauges) {
  nlohmann::ordered_json json = {{"rms_nm", fit.rms_nm}, {"rms_before_nm", fit.start_rms_nm},
                                 {"max_abs_nm", fit.max_abs_nm}, {"iterations", fit.iterations}};
  for (std::size_t i = 0; i < terms.size(); ++i)
    json["resist"][key_of(terms[i])] = {{"value", value_of(fit.resist, terms[i])},
                                        {"standard_error", fit.standard_error[i]}};
  json["gauges"] = nlohmann::ordered_json::array();
  for (std::size_t i = 0; i < gauges.size(); ++i) {
    json["gauges"].push_back({{"name", gauges[i].name}, {"weight", gauges[i].weight},
                              {"measured_nm", gauges[i].cd_nm}, {"model_nm", fit.cd_nm[i]},
                              {"residual_nm", fit.cd_nm[i] - gauges[i].cd_nm}});
    nlohmann::ordered_json& gauge = json["gauges"].back();
    if (!gauges[i].pattern.empty()) gauge["pattern"] = gauges[i].pattern;
    if (gauges[i].focus_nm) gauge["focus_nm"] = *gauges[i].focus_nm;
    if (gauges[i].exposure != 1.0) gauge["exposure"] = gauges[i].exposure;
  }
  return json;
}

Drawing residual_picture(const ResistFit& fit, const std::vector<Gauge>& gauges) {
  ChartSeries residuals{.points = {}, .style = ChartSeries::Style::dots}, model = residuals;
  ChartSeries equal{"", {}, ChartSeries::Style::dashes, chart_colour(7)};
  double low = 1e300, high = 0.0;
  for (std::size_t i = 0; i < gauges.size(); ++i) {
    if (gauges[i].weight == 0.0) continue;
    residuals.points.push_back({gauges[i].cd_nm, fit.cd_nm[i] - gauges[i].cd_nm});
    model.points.push_back({gauges[i].cd_nm, fit.cd_nm[i]});
    low = std::min(low, gauges[i].cd_nm);
    high = std::max(high, gauges[i].cd_nm);
  }
  equal.points = {{low, low}, {high, high}};
  const std::vector<Panel> panels = {
      Chart{"Residuals", "measured CD (nm)", "model - measured (nm)",
            {residuals, {"", {{low, 0.0}, {high, 0.0}}, ChartSeries::Style::dashes, chart_colour(7)}}},
      Chart{"Model against measurement", "measured CD (nm)", "model CD (nm)", {model, equal}}};
  return draw_page(fmt::format("Resist fit: {} gauges, rms {:.3f} nm, largest {:.3f} nm",
                               residuals.points.size(), fit.rms_nm, fit.max_abs_nm),
                   panels, 2);
}

void print(const ResistFit& fit, const std::vector<ResistTerm>& terms, const std::vector<Gauge>& gauges) {
  const bool conditions = has_conditions(gauges);
  fmt::print("{:<24} {:>11} {:>11} {:>11}{}\n", "gauge", "measured_nm", "model_nm", "residual_nm",
             conditions ? fmt::format(" {:>9} {:>9}  {}", "focus_nm", "exposure", "pattern") : "");
  for (std::size_t i = 0; i < gauges.size(); ++i) {
    const Gauge& gauge = gauges[i];
    fmt::print("{:<24} {:>11.3f} {:>11.3f} {:>11.3f}{}\n", gauge.name, gauge.cd_nm, fit.cd_nm[i], fit.cd_nm[i] - gauge.cd_nm,
               conditions ? fmt::format(" {:>9} {:>9.4g}  {}", gauge.focus_nm ? fmt::format("{:g}", *gauge.focus_nm) : "nominal",
                                        gauge.exposure, gauge.pattern)
                          : "");
  }
  fmt::print("\nrms {:.4f} nm (before {:.4f} nm), largest {:.4f} nm\n", fit.rms_nm, fit.start_rms_nm,
             fit.max_abs_nm);
  for (std::size_t i = 0; i < terms.size(); ++i)
    fmt::print("{} = {:.6g}  # +- {:.2g}\n", key_of(terms[i]), value_of(fit.resist, terms[i]),
               fit.standard_error[i]);
  if (fit.resist.density != 0.0) fmt::print("resist_density_range_nm = {:g}\n", fit.resist.density_range_nm);
}

std::string names(const std::vector<std::filesystem::path>& paths) {
  std::string all;
  for (const auto& path : paths) all += (all.empty() ? "" : ", ") + path.filename().string();
  return all;
}

// Which input each gauge lies in.
std::vector<std::size_t> inputs_of(const std::vector<Gauge>& gauges, const std::vector<std::filesystem::path>& inputs) {
  std::vector<std::size_t> of_gauge;
  for (const Gauge& gauge : gauges) {
    if (gauge.pattern.empty() && inputs.size() > 1)
      throw Error(ErrorCode::bad_input, fmt::format("gauge '{}' names no pattern and there are {} inputs; give it the name of "
                                                    "one of {} in a column 'pattern'", gauge.name, inputs.size(), names(inputs)));
    std::vector<std::size_t> found;
    for (std::size_t i = 0; i < inputs.size(); ++i)
      if (gauge.pattern.empty() || gauge.pattern == inputs[i].filename().string() || gauge.pattern == inputs[i].stem().string() ||
          gauge.pattern == inputs[i].string())
        found.push_back(i);
    if (found.size() != 1)
      throw Error(ErrorCode::bad_input, fmt::format("gauge '{}' lies in pattern '{}', which is {} of the inputs {}", gauge.name,
                                                    gauge.pattern, found.empty() ? "none" : "more than one", names(inputs)));
    of_gauge.push_back(found.front());
  }
  return of_gauge;
}

// The images that gauges were measured in, each once.
class Measured {
 public:
  explicit Measured(const std::vector<Gauge>& gauges) : gauges_(gauges), measurements_(gauges.size()) {}

  // Those at `places` lie in this scene.
  void add(GaugeScene& scene, const std::vector<std::size_t>& places) {
    std::vector<Gauge> own;
    std::vector<std::size_t> conditions;
    for (const std::size_t place : places) {
      own.push_back(gauges_[place]);
      validate(own.back(), scene.window());
      conditions.push_back(own.back().focus_nm ? condition_at(scene, *own.back().focus_nm) : scene.nominal());
    }
    std::map<std::size_t, const GaugeMeasurement*> last;  // of a condition
    scene.images(own, 0.0, [&](std::size_t g, std::size_t c, const auto& aerial, const Box& field) {
      if (c != conditions[g]) return;
      const auto before = last.find(c);
      const bool is_known = before != last.end() && field == before->second->field;
      if (!is_known) images_.push_back(aerial);
      GaugeMeasurement& measurement = measurements_[places[g]];
      measurement = {own[g], is_known ? before->second->aerial : &images_.back(), field};
      last[c] = &measurement;
    });
  }
  const std::vector<GaugeMeasurement>& measurements() const { return measurements_; }

 private:
  const std::vector<Gauge>& gauges_;
  std::list<Spectrum<double>> images_;  // one for all gauges of a clip, one for each in a layout
  std::vector<GaugeMeasurement> measurements_;
};

std::unique_ptr<GaugeScene> scene_of(const Options& options, std::size_t input, std::vector<double> focuses_nm) {
  SceneOptions scene = options.scene;
  scene.input = options.inputs[input];
  scene.needed_focuses_nm = std::move(focuses_nm);
  const auto is_recipe = [](const std::filesystem::path& path) { return path.extension() == ".toml"; };
  // Beside designs, recipes do without the model, which is for those.
  if (is_recipe(scene.input) && !std::all_of(options.inputs.begin(), options.inputs.end(), is_recipe)) scene.model.clear();
  return open_scene(scene);
}

// Errors within name the file of gauges.
template <class Work>
auto about_gauges(const Options& options, const Work& work) {
  try {
    return work();
  } catch (const Error& error) {
    throw Error(error.code(), options.gauges.string() + ": " + error.what());
  }
}

ResistFit fitted(const Options& options, const std::vector<Gauge>& gauges, const std::vector<ResistTerm>& terms) {
  const std::vector<std::size_t> inputs = about_gauges(options, [&] { return inputs_of(gauges, options.inputs); });
  Measured measured(gauges);
  std::optional<ResistModel> start;
  for (std::size_t i = 0; i < options.inputs.size(); ++i) {
    std::vector<std::size_t> places;
    std::vector<double> focuses_nm;
    for (std::size_t g = 0; g < gauges.size(); ++g) {
      if (inputs[g] != i) continue;
      places.push_back(g);
      if (gauges[g].focus_nm) focuses_nm.push_back(*gauges[g].focus_nm);
    }
    if (places.empty())
      throw Error(ErrorCode::bad_input, fmt::format("{}: no gauge lies in {}", options.gauges.string(), options.inputs[i].string()));
    const auto scene = scene_of(options, i, std::move(focuses_nm));
    if (!start) start = scene->resist();
    if (start->tone != scene->resist().tone)
      throw Error(ErrorCode::bad_input, fmt::format("{} and {} differ in the tone of their resist; one fit is of one resist",
                                                    options.inputs.front().string(), options.inputs[i].string()));
    about_gauges(options, [&] { measured.add(*scene, places); });
  }
  if (options.density_range_nm > 0.0) start->density_range_nm = options.density_range_nm;
  return about_gauges(options, [&] { return fit_resist(measured.measurements(), *start, terms); });
}

void run(const Options& options) {
  if (!options.output.empty()) check_output(options.output, options.existing, {".h5", ".hdf5"});
  if (!options.report.empty()) check_output(options.report, options.existing, {".json"});
  if (!options.plot.empty()) check_output(options.plot, options.existing, {".png", ".svg"});
  if (!options.output.empty() && options.scene.model.empty())
    throw Error(ErrorCode::invalid_argument,
                "-o writes the model of --model with its new resist; a recipe takes the values printed");
  const std::vector<Gauge> gauges = read_gauges(options.gauges);
  const std::vector<ResistTerm> terms = terms_of(options.terms);
  const ResistFit fit = fitted(options, gauges, terms);
  const std::string text = report_json(fit, terms, gauges).dump(2) + "\n";
  if (options.json) fmt::print("{}", text);
  else print(fit, terms, gauges);
  if (!options.report.empty()) {
    OutputFile file(options.report);
    file.write(std::span(text));
    file.commit();
  }
  if (!options.plot.empty()) write_drawing(options.plot, residual_picture(fit, gauges));
  if (options.output.empty()) return;
  OpticalModel model = reticle::read_model(options.scene.model);
  model.resist = fit.resist;
  model.provenance += fmt::format("\nresist fitted to {} gauges of {}: rms {:.4f} nm", gauges.size(),
                                  options.gauges.filename().string(), fit.rms_nm);
  write_model(options.output, model);
}

}  // namespace

void add_calibrate_command(CLI::App& app) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("calibrate", "Fit the resist to CDs measured at gauges");
  command->add_option("INPUT", options->inputs, fmt::format("{}; several take one fit", k_scene_input))->required();
  add_scene_options(*command, options->scene);
  command->add_option("--gauges", options->gauges, "CSV: name,x0,y0,x1,y1,cd_nm[,weight], cd_nm measured")
      ->required();
  command->add_option("-o,--output", options->output, "model to write: that of --model, the resist replaced");
  command->add_option("--fit", options->terms, "terms to fit, comma-separated; others stay as they are")
      ->delimiter(',')
      ->check(CLI::IsMember({"threshold", "diffusion", "slope", "density"}))
      ->capture_default_str();
  command->add_option("--density-range-nm", options->density_range_nm, "of the density term")
      ->check(number_within(1.0, 1e5));
  command->add_option("--report", options->report, "JSON to write: terms, errors, residuals");
  command->add_flag("--json", options->json, "print the report as JSON instead of a table");
  command->add_option("--plot", options->plot, "PNG to write: residuals");
  command->add_flag_callback(
      "--force", [options] { options->existing = Existing::replace; }, "replace existing files");
  command->footer(
      "The resist prints where G(diffusion) I + density G(density_range) I + slope |grad G(diffusion) I|\n"
      "reaches the threshold. A heading line of the gauges may add columns: focus_nm, exposure (multiplies the intensity)\n"
      "or dose (the amplitude), and pattern (file name of the INPUT a gauge lies in).\n"
      "Examples:\n"
      "  reticle calibrate testchip.gds --layer 11/0 --model model.h5 --gauges measured.csv -o fitted.h5\n"
      "  reticle calibrate dense.toml isolated.toml --gauges focus_exposure.csv --fit threshold,diffusion\n"
      "  reticle calibrate pattern.toml --gauges measured.csv --fit threshold,diffusion,density \\\n"
      "    --density-range-nm 300 --report fit.json --plot fit.png");
  command->callback([options] { run(*options); });
}

}  // namespace reticle::tools
