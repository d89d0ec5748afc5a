// SPDX-License-Identifier: Apache-2.0
// What bench/naive_ilt.py starts from, so that it corrects the same clips with the same kernels for the
// same loss as the engines, without HDF5 or a reader of layouts:
//
//   naive_inputs OUT [DIR] [--model MODEL.h5] [--pixel NM] [--clips N]
//
// OUT receives kernels.npy [condition][kernel][n][m] (complex64, weights folded in), targets.npy
// [clip][y][x] (float32) and inputs.json with the loss's settings and its value at the start by the CPU engine.
#include <algorithm>
#include <cmath>
#include <complex>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <vector>

#include "bench/synthetic.h"
#include "kernels/engine/engine.h"
#include "litho/geometry/rasterize.h"
#include "litho/imaging/socs.h"
#include "masks/glp.h"
#include "masks/model_file.h"

namespace reticle {
namespace {

struct Arguments {
  std::filesystem::path out, folder, model;
  double pixel_nm = 1.0;
  std::size_t clips = 4;
};

constexpr double k_mask_slope = 4.0, k_resist_slope = 50.0, k_outer_dose = 1.02, k_inner_dose = 0.98,
                 k_band_weight = 2.0;

// NumPy's format, version 1.0: a header of a multiple of 64 bytes, then the array in C order.
template <class T>
void write_npy(const std::filesystem::path& path, const std::string& type, const std::vector<std::size_t>& shape,
               const std::vector<T>& values) {
  std::string header = "{'descr': '" + type + "', 'fortran_order': False, 'shape': (";
  for (const std::size_t n : shape) header += std::to_string(n) + ", ";
  header += "), }";
  header.resize((10 + header.size() + 1 + 63) / 64 * 64 - 10 - 1, ' ');
  header += '\n';
  std::ofstream file(path, std::ios::binary);
  file.write("\x93NUMPY\x01\x00", 8);
  file.put(static_cast<char>(header.size() & 0xff)).put(static_cast<char>(header.size() >> 8));
  file << header;
  file.write(reinterpret_cast<const char*>(values.data()), static_cast<std::streamsize>(values.size() * sizeof(T)));
  if (!file.flush()) throw std::runtime_error(path.string() + ": cannot be written");
}

void write_kernels(const std::filesystem::path& path, const SocsStack& stack) {
  int most = 0;
  for (const auto& condition : stack.conditions) most = std::max(most, condition.count);
  const std::size_t orders = static_cast<std::size_t>(stack.rows()) * static_cast<std::size_t>(stack.cols());
  std::vector<std::complex<float>> values;
  for (const auto& condition : stack.conditions) {  // those with fewer kernels get empty ones
    values.insert(values.end(), condition.coefficients.begin(), condition.coefficients.end());
    values.resize(values.size() + static_cast<std::size_t>(most - condition.count) * orders);
  }
  write_npy(path, "<c8", {stack.conditions.size(), static_cast<std::size_t>(most),
                          static_cast<std::size_t>(stack.rows()), static_cast<std::size_t>(stack.cols())}, values);
}

std::vector<Design> read_designs(const Arguments& arguments) {
  if (arguments.folder.empty()) return std::vector<Design>(1, bench::metal_clip());
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(arguments.folder))
    if (entry.path().extension() == ".glp") paths.push_back(entry.path());
  if (paths.empty()) throw std::invalid_argument(arguments.folder.string() + ": holds no .glp clip");
  std::sort(paths.begin(), paths.end());
  paths.resize(std::min(paths.size(), arguments.clips));
  std::vector<Design> designs;
  for (const auto& path : paths) designs.push_back(read_glp(path));
  return designs;
}

OpticalModel read_kernels(const Arguments& arguments) {
  const auto path = arguments.model.empty() && !arguments.folder.empty() ? arguments.folder / "kernels.h5" : arguments.model;
  OpticalModel model = path.empty() ? bench::contest_sized_model() : read_model(path);
  // The naive script images without flare and resist.
  model.flare = model.stage_blur_nm = 0.0;
  model.resist = {.threshold = model.resist.threshold};
  return model;
}

void run(const Arguments& arguments) {
  const OpticalModel model = read_kernels(arguments);
  const std::vector<Design> designs = read_designs(arguments);
  const SocsStack stack = socs_stack(model);
  const int rows = static_cast<int>(std::lround(model.period_y_nm / arguments.pixel_nm)),
            cols = static_cast<int>(std::lround(model.period_x_nm / arguments.pixel_nm));
  const int last = static_cast<int>(model.conditions.size()) - 1;
  const auto single = [](double value) { return static_cast<float>(value); };
  IltTerms terms{.mask_slope = single(k_mask_slope)};
  terms.window.conditions = last + 1;
  terms.window.threshold = single(model.resist.threshold);
  terms.window.resist_slope = single(k_resist_slope);
  terms.window.corners = 3;
  terms.window.corner[0] = {0, 1.0f, 1.0f};
  terms.window.corner[1] = {0, single(k_outer_dose), 0.0f};
  terms.window.corner[2] = {last, single(k_inner_dose), 0.0f};
  terms.window.bands = 1;
  terms.window.band[0] = {1, 2, single(k_band_weight)};

  const auto engine = make_cpu_engine();
  const auto batch = engine->make_ilt({.stack = stack, .rows = rows, .cols = cols, .pixel_nm = arguments.pixel_nm}, 1);
  std::vector<float> targets;
  std::vector<double> losses;
  for (const Design& design : designs) {
    const Box field = field_around(model, design.window);
    const Image<float> target = rasterize(design.polygons, {.rows = rows, .cols = cols, .pixel_nm = arguments.pixel_nm,
                                                            .origin_x_nm = field.x0, .origin_y_nm = field.y0});
    Image<float> start = target;
    for (float& p : start) p -= 0.5f;
    batch->set_clip(0, {.parameters = start.view(), .target = target.view()});
    batch->evaluate(terms);
    losses.push_back(batch->losses()[0].total());
    targets.insert(targets.end(), target.begin(), target.end());
  }

  std::filesystem::create_directories(arguments.out);
  write_kernels(arguments.out / "kernels.npy", stack);
  write_npy(arguments.out / "targets.npy", "<f4",
            {designs.size(), static_cast<std::size_t>(rows), static_cast<std::size_t>(cols)}, targets);
  const nlohmann::ordered_json json = {
      {"pixel_nm", arguments.pixel_nm}, {"threshold", model.resist.threshold}, {"mask_slope", k_mask_slope},
      {"resist_slope", k_resist_slope}, {"outer_dose", k_outer_dose}, {"inner_dose", k_inner_dose},
      {"band_weight", k_band_weight}, {"start_losses", losses}};
  std::ofstream file(arguments.out / "inputs.json");
  file << json.dump(2) << "\n";
  if (!file.flush()) throw std::runtime_error((arguments.out / "inputs.json").string() + ": cannot be written");
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
    else if (word == "--pixel") arguments.pixel_nm = std::max(1.0, std::atof(value().c_str()));
    else if (word == "--clips") arguments.clips = static_cast<std::size_t>(std::max(1, std::atoi(value().c_str())));
    else if (arguments.out.empty() && !word.starts_with("--")) arguments.out = word;
    else if (arguments.folder.empty() && !word.starts_with("--")) arguments.folder = word;
    else throw std::invalid_argument(word + " is not known");
  }
  if (arguments.out.empty())
    throw std::invalid_argument("usage: naive_inputs OUT [DIR] [--model MODEL.h5] [--pixel NM] [--clips N]");
  return arguments;
}

}  // namespace
}  // namespace reticle

int main(int argc, char** argv) {
  try {
    reticle::run(reticle::read_arguments(argc, argv));
  } catch (const std::invalid_argument& error) {
    return std::fprintf(stderr, "%s\n", error.what()), 2;
  } catch (const std::exception& error) {
    return std::fprintf(stderr, "naive_inputs: %s\n", error.what()), 3;
  }
  return 0;
}
