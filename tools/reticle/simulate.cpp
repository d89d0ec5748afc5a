// SPDX-License-Identifier: Apache-2.0
// reticle simulate: the aerial image of a design or a mask.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>
#include <variant>

#include "kernels/base/error.h"
#include "litho/imaging/mask_spectrum.h"
#include "litho/imaging/pixel_field.h"
#include "litho/imaging/simulator.h"
#include "litho/imaging/socs.h"
#include "litho/optics/abbe.h"
#include "litho/optics/socs_builder.h"
#include "masks/pictures/image_file.h"
#include "masks/file_names.h"
#include "masks/layout/layout_file.h"
#include "masks/model_file.h"
#include "masks/pictures/chart.h"
#include "tools/reticle/commands.h"
#include "tools/reticle/gauge_scene.h"
#include "tools/reticle/inputs.h"
#include "tools/reticle/mask_options.h"
#include "tools/reticle/number_range.h"
#include "masks/recipes/pattern_recipe.h"

namespace reticle::tools {
namespace {

constexpr double k_farthest_nm = 1e9;  // of a cut's ends: a metre

struct Options {
  LayoutOptions layout;
  MaskOptions mask_options;
  PixelOptions pixels;
  Formation formation = Formation::socs;
  std::filesystem::path input, model, output, png;
  std::string condition;
  double dose = 1.0;
  double pixel_nm = 1.0;
  std::vector<std::string> cuts;  // each x0,y0,x1,y1,N
  std::string format = "table";
  Existing existing = Existing::refuse;
};

// The image of a mask as its Fourier coefficients, and the field they belong to.
struct ImageSpectrum {
  Spectrum<double> intensity;
  Box field;
};

struct LayeredMask {
  Box window;
  std::vector<DrawnLayer> layers;
};

using SimulatedMask = std::variant<Design, PixelMask, LayeredMask>;

SimulatedMask read_input(const Options& options) {
  if (is_pixel_name(options.input)) return read_pixels(options.input, options.pixels);
  DesignOptions how;
  how.layout = layout_part(options.layout);
  DesignSource source = read_design(options.input, how);
  if (auto* design = std::get_if<Design>(&source)) return std::move(*design);
  const PixelDesign& pixels = std::get<PixelDesign>(source);
  return PixelMask{in_field<float>(pixels.pixels.view(), pixels.grid, pixels.grid), pixels.grid};
}

// The layers of a mask of layers, each on its own, within the window of all together.
LayeredMask read_layers(const Options& options, const MaskModel& mask) {
  if (!is_layout_name(options.input))
    throw Error(ErrorCode::bad_input, options.input.string() + ": the model's mask is one of layers (" +
                                          description(mask) + "); give a layout with --layer for each");
  LayoutOptions all = options.layout;
  if (all.layers.empty())
    for (const TransmissionLayer& layer : mask.layers) all.layers.push_back(layer.name);
  DesignOptions how;
  how.layout = layout_part(all);
  LayeredMask layered{std::get<Design>(read_design(options.input, how)).window, {}};
  for (const std::string& name : all.layers) {
    LayoutOptions one = all;
    one.layers = {name};
    how.layout = layout_part(one);
    how.layout.window = layered.window;
    layer_amplitude(mask, name);
    layered.layers.push_back({name, std::get<Design>(read_design(options.input, how)).polygons});
  }
  return layered;
}

Box window_of(const SimulatedMask& source) {
  if (const auto* design = std::get_if<Design>(&source)) return design->window;
  if (const auto* layered = std::get_if<LayeredMask>(&source)) return layered->window;
  return box_of(std::get<PixelMask>(source).grid);
}

ImageSpectrum image_of(const SimulatedMask& source, const OpticalModel& model, int condition,
                       double dose) {
  Simulator<double> simulator(model);
  Spectrum<double> mask;
  Box field;
  if (const auto* design = std::get_if<Design>(&source)) {
    field = field_around(model, design->window);
    mask = simulator.mask_spectrum(polygons_within(design->polygons, field), field);
  } else if (const auto* layered = std::get_if<LayeredMask>(&source)) {
    field = field_around(model, layered->window);
    std::vector<DrawnLayer> layers = layered->layers;
    for (DrawnLayer& layer : layers) layer.polygons = polygons_within(layer.polygons, field);
    mask = amplitude_spectrum(model.mask, layers, field, simulator.half_x(), simulator.half_y());
    return {simulator.intensity_spectrum(mask, condition, dose, mean_transmission(model.mask, layers, field)), field};
  } else {
    const auto& pixels = std::get<PixelMask>(source);
    const Grid grid = field_grid(model, pixels.grid);
    field = box_of(grid);
    mask =
        simulator.mask_spectrum(in_field<double>(pixels.inside.view(), pixels.grid, grid).view());
  }
  return {simulator.intensity_spectrum(mask, condition, dose), field};
}

// What is simulated: the image, where it is looked at, and what goes into the result's description.
struct Simulated {
  ImageSpectrum image;
  Box window;
  std::string condition;
  std::string model_hash;
};

Simulated simulate_design(const Options& options) {
  if (options.model.empty()) {
    throw Error(ErrorCode::invalid_argument, "--model is missing: a design or mask needs one");
  }
  if (options.formation == Formation::abbe) {
    throw Error(ErrorCode::invalid_argument,
                "--exact needs the optics, not kernels: give a recipe with a [pattern] as INPUT");
  }
  const OpticalModel model = open_model(options.model, options.mask_options);
  const int condition = condition_index(model, options.condition);
  const SimulatedMask source =
      model.mask.layers.empty() ? read_input(options) : SimulatedMask(read_layers(options, model.mask));
  return {image_of(source, model, condition, options.dose), window_of(source),
          model.conditions[static_cast<std::size_t>(condition)].name, model_hash(model)};
}

// A recipe's pattern through its own optics, one condition only.
Simulated simulate_pattern(const Options& options) {
  if (!options.model.empty())
    throw Error(ErrorCode::invalid_argument, "--model is for designs and masks; a recipe with a [pattern] brings its own optics");
  refuse(options.mask_options, "a [pattern]");
  PatternRecipe recipe = read_pattern_recipe(options.input);
  OpticsSettings& optics = recipe.optics;
  const auto wanted = std::find_if(
      optics.conditions.begin(), optics.conditions.end(), [&](const FocusCondition& condition) {
        return options.condition.empty() || condition.name == options.condition;
      });
  if (wanted == optics.conditions.end()) {
    throw Error(ErrorCode::bad_input, options.input.string() + ": the recipe holds no condition '" +
                                          options.condition + "'");
  }
  optics.conditions = {FocusCondition(*wanted)};
  const SpectrumSize orders = mask_orders(optics);
  const Spectrum<double> mask = pattern_spectrum(recipe.pattern, orders.half_x, orders.half_y);
  const double mean = mean_transmission(recipe.pattern);
  const Box field{0.0, 0.0, optics.period_x_nm(), optics.period_y_nm()};
  const std::string name = optics.conditions[0].name;
  if (options.formation == Formation::abbe) {
    Spectrum<double> image = abbe_intensity(optics, optics.conditions[0].focus_nm, mask, mean);
    for (std::size_t i = 0; i < image.size(); ++i) image.data()[i] *= options.dose * options.dose;
    return {{std::move(image), field}, field, name, "Abbe"};
  }
  // Truncated for this very pattern: its image is within max_error.
  const OpticalModel model = build_optical_model(optics, nullptr, &mask);
  return {{Simulator<double>(model).intensity_spectrum(mask, 0, options.dose, mean), field}, field, name,
          model_hash(model)};
}

struct CutPoint {
  Point at;
  double intensity;
};

struct Cut {
  Point from, to;
  int count = 1;
};

Cut cut_of(const std::string& text) {
  std::vector<double> numbers;
  std::istringstream words(text);
  for (std::string word; std::getline(words, word, ',');) {
    std::istringstream one(word);
    double number = 0.0;
    if (!(one >> number) || !(one >> std::ws).eof() || !(std::abs(number) <= k_farthest_nm))
      throw Error(ErrorCode::invalid_argument, fmt::format("--cut {}: '{}' is not a number from {:g} to {:g}", text, word, -k_farthest_nm, k_farthest_nm));
    numbers.push_back(number);
  }
  if (numbers.size() != 5)
    throw Error(ErrorCode::invalid_argument,
                fmt::format("--cut {}: has {} numbers; it is x0,y0,x1,y1,N", text, numbers.size()));
  if (numbers[4] < 1 || numbers[4] > 1e7 || numbers[4] != std::floor(numbers[4]))
    throw Error(ErrorCode::invalid_argument,
                fmt::format("--cut ends in {}; the number of points is a whole number from 1 to 1e7", numbers[4]));
  return {{numbers[0], numbers[1]}, {numbers[2], numbers[3]}, static_cast<int>(numbers[4])};
}

// Points from one end of the cut to the other, both included.
std::vector<CutPoint> along_cut(const ImageSpectrum& image, const Cut& cut) {
  std::vector<CutPoint> points;
  for (int i = 0; i < cut.count; ++i) {
    const double t = cut.count == 1 ? 0.0 : static_cast<double>(i) / (cut.count - 1);
    const Point at{cut.from.x + t * (cut.to.x - cut.from.x), cut.from.y + t * (cut.to.y - cut.from.y)};
    points.push_back({at, intensity_at(image.intensity, image.field, at)});
  }
  return points;
}

nlohmann::ordered_json points_json(const std::vector<CutPoint>& points) {
  auto json = nlohmann::ordered_json::array();
  for (const CutPoint& point : points)
    json.push_back({{"x_nm", point.at.x}, {"y_nm", point.at.y}, {"intensity", point.intensity}});
  return json;
}

// One cut as its "points", several as "cuts" of points.
void print_cuts(const std::vector<std::vector<CutPoint>>& cuts, const Options& options, const std::string& condition) {
  if (options.format == "json") {
    nlohmann::ordered_json json = {{"condition", condition}, {"dose", options.dose}};
    if (cuts.size() == 1) json["points"] = points_json(cuts.front());
    else
      for (std::size_t i = 0; i < cuts.size(); ++i)
        json["cuts"].push_back({{"cut", options.cuts[i]}, {"points", points_json(cuts[i])}});
    fmt::print("{}\n", json.dump(2));
    return;
  }
  for (std::size_t i = 0; i < cuts.size(); ++i) {
    if (cuts.size() > 1) fmt::print("{}cut {}\n", i > 0 ? "\n" : "", options.cuts[i]);
    fmt::print("{:>12} {:>12} {:>14}\n", "x_nm", "y_nm", "intensity");
    for (const CutPoint& point : cuts[i])
      fmt::print("{:12.4f} {:12.4f} {:14.10f}\n", point.at.x, point.at.y, point.intensity);
  }
}

// The intensity over the window, in um.
Drawing intensity_picture(const Image<float>& image, const Grid& grid, const std::string& title) {
  ColourMap map{title, "intensity, fraction of the clear field", Image<double>(image.rows(), image.cols()), 0.0,
                std::max(1e-6, static_cast<double>(*std::max_element(image.begin(), image.end()))),
                ColourMap::Scale::sequential};
  std::copy(image.begin(), image.end(), map.values.begin());
  map.x0 = grid.origin_x_nm / 1e3, map.x1 = map.x0 + grid.width_nm() / 1e3;
  map.y0 = grid.origin_y_nm / 1e3, map.y1 = map.y0 + grid.height_nm() / 1e3;
  map.x_label = "x, um", map.y_label = "y, um";
  const std::vector<Panel> panels = {map};
  return scaled(draw_page("Aerial image", panels, 1), 1.8);
}

void check_options(const Options& options) {
  if (options.output.empty() && options.png.empty() && options.cuts.empty()) {
    throw Error(ErrorCode::invalid_argument,
                "nothing to do: give -o IMAGE.h5, --png FILE or --cut x0,y0,x1,y1,N");
  }
  for (const std::string& cut : options.cuts) cut_of(cut);
  if (!options.output.empty()) check_output(options.output, options.existing, {".h5", ".hdf5"});
  if (!options.png.empty()) check_output(options.png, options.existing, {".png", ".svg"});
}

void simulate(const Options& options) {
  check_options(options);
  const bool is_recipe = options.input.extension() == ".toml";
  const Simulated result = is_recipe ? simulate_pattern(options) : simulate_design(options);

  if (!options.cuts.empty()) {
    std::vector<std::vector<CutPoint>> cuts;
    for (const std::string& cut : options.cuts) cuts.push_back(along_cut(result.image, cut_of(cut)));
    print_cuts(cuts, options, result.condition);
  }
  if (options.output.empty() && options.png.empty()) return;
  const Grid grid = grid_over(result.window, options.pixel_nm);
  const Image<double> exact = intensity_on(result.image.intensity, result.image.field, grid);
  Image<float> aerial(grid.rows, grid.cols);
  std::transform(exact.begin(), exact.end(), aerial.begin(),
                 [](double value) { return static_cast<float>(value); });
  if (!options.png.empty()) write_drawing(options.png, intensity_picture(aerial, grid,
                                                 fmt::format("{}, condition {}, dose {:g}", options.input.filename().string(),
                                                             result.condition, options.dose)));
  if (options.output.empty()) return;
  write_image(options.output, {.grid = grid,
                               .aerial = std::move(aerial),
                               .condition = result.condition,
                               .dose = options.dose,
                               .model_hash = result.model_hash,
                               .tool_version = RETICLE_VERSION});
}

}  // namespace

void add_simulate_command(CLI::App& app) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("simulate", "Aerial image of a design or a mask");
  command->add_option("INPUT", options->input, "design (.glp, .gds, .oas), mask, binary or grey (.h5, .npy, .png), or recipe with a [pattern] (.toml)")
      ->required();
  add_layout_options(*command, options->layout);
  add_pixel_options(*command, options->pixels);
  add_mask_options(*command, options->mask_options);
  command->add_option("--model", options->model, "optical model, see 'reticle model'; not for recipes");
  command->add_flag_callback(
      "--exact", [options] { options->formation = Formation::abbe; },
      "recipes only: Abbe's sum over all source points instead of truncated kernels");
  command->add_option("-o,--output", options->output, "image file to write (HDF5)");
  command->add_option("--condition", options->condition,
                      "process condition of the model; its first one when not given");
  command->add_option("--dose", options->dose, "relative dose; multiplies the mask's amplitude")
      ->check(number_within(0.01, 100.0))
      ->capture_default_str();
  command->add_option("--pixel-nm", options->pixel_nm, "pixel size of the image")
      ->check(number_within(0.01, 1000.0))
      ->capture_default_str();
  command->add_option("--png", options->png, "picture of the image to write (.png, .svg)");
  command
      ->add_option("--cut", options->cuts,
                   "x0,y0,x1,y1,N: print the intensity at N points of a line (layout nm); may be given several times")
      ->expected(1)
      ->take_all();
  command->add_flag_callback("--json", [options] { options->format = "json"; }, "as --format json");
  command->add_option("--format", options->format, "of the cut")
      ->check(CLI::IsMember({"table", "json"}))
      ->capture_default_str();
  command->add_flag_callback(
      "--force", [options] { options->existing = Existing::replace; }, "replace existing files");
  command->footer(
      "Intensities are fractions of the clear field. Points of a cut are exact, not interpolated.\n"
      "Examples:\n"
      "  reticle simulate clip.glp --model model.h5 -o image.h5 --png image.png\n"
      "  reticle simulate mask.h5 --model model.h5 --condition defocus --dose 0.98 -o image.h5\n"
      "  reticle simulate clip.glp --model model.h5 --cut 0,512,1024,512,101 --format json\n"
      "  reticle recipe simulate > pattern.toml   then edit, and:\n"
      "  reticle simulate pattern.toml --exact --cut 0,0,200,0,201 --format json");
  command->callback([options] { simulate(*options); });
}

}  // namespace reticle::tools
