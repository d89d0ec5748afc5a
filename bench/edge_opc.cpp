// SPDX-License-Identifier: Apache-2.0
// Edge-based correction beside pixel ILT on the same windows: quality by the same evaluator, and what a core
// corrects in a second of its own time.
//
//   edge_opc MODEL.h5 DESIGN... [--layer L/D] [--window x0,y0,x1,y1 in um] [--recipe R.toml] [--no-ilt] [--svg F.svg]
//
// The area that counts is the window that is drawn in, at most the model's tile. --svg draws the last design: drawn,
// mask and print.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <exception>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "bench/options.h"
#include "litho/ilt/ilt.h"
#include "litho/geometry/box.h"
#include "litho/opc/edge_clip.h"
#include "litho/verification/evaluation.h"
#include "masks/design_file.h"
#include "masks/layout/layout.h"
#include "masks/model_file.h"
#include "masks/recipes/correction.h"

namespace reticle {
namespace {

struct Arguments {
  std::filesystem::path model, recipe, svg;
  std::vector<std::filesystem::path> designs;
  DesignOptions how;
  bool ilt = true;
};

double cpu_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

Box bounds_of_all(const std::vector<Polygon>& polygons) {
  Box box = bounds_of(polygons.front());
  for (const Polygon& polygon : polygons) box = joined(box, bounds_of(polygon));
  return box;
}

double drawn_um2(const Design& design) {
  const Box box = common(bounds_of_all(design.polygons), design.window);
  return box.width() * box.height() * 1e-6;
}

void print(const std::string& name, const char* method, const MaskReport& r, double seconds, double um2) {
  std::printf("%-14s %-5s %8.0f %11.0f %6d %8.2f %8.1f %6lld %7.1f %7.1f %8.3f %8.1f\n", name.c_str(), method,
              r.l2_nm2, r.pv_band_nm2, r.epe_violations,
              r.epe_mean_abs_nm, r.epe_max_nm, static_cast<long long>(r.shots),
              r.rules.min_width ? r.rules.min_width->distance_nm : 0.0,
              r.rules.min_space ? r.rules.min_space->distance_nm : 0.0, seconds, um2 / seconds);
}

std::string path_of(const std::vector<Polygon>& rings, const Box& box) {
  std::string text;
  char number[64];
  for (const Polygon& ring : rings) {
    for (std::size_t i = 0; i < ring.size(); ++i) {
      std::snprintf(number, sizeof number, "%s%.1f %.1f", i == 0 ? "M" : "L", ring[i].x - box.x0, box.y1 - ring[i].y);
      text += number;
    }
    text += "Z";
  }
  return text;
}

void draw(const std::filesystem::path& path, const Design& design, const EdgeClip& clip, const MaskEvaluation& evaluation) {
  const Box box = grown(bounds_of_all(clip.correction.rings), 20);
  std::ofstream file(path);
  file << "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " << box.width() << " " << box.height()
       << "\" width=\"" << 0.6 * box.width() << "\"><rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>"
       << "<path d=\"" << path_of(clip.correction.rings, box) << "\" fill=\"#bcd0ea\" fill-rule=\"evenodd\"/>"
       << "<path d=\"" << path_of(design.polygons, box) << "\" fill=\"none\" stroke=\"#000\" stroke-width=\"2\"/>"
       << "<path d=\"" << path_of(evaluation.prints.nominal, box) << "\" fill=\"none\" stroke=\"#d2691e\" stroke-width=\"3\"/></svg>\n";
  if (!file.flush()) throw std::runtime_error(path.string() + ": cannot be written");
}

void run(const Arguments& arguments) {
  const OpticalModel model = read_model(arguments.model);
  const CorrectionSettings settings = resolved(read_correction(arguments.recipe, model), model);
  EdgeCorrector corrector(model, settings.ilt, settings.edges.opc);
  const auto engine = make_cpu_engine();
  MaskEvaluator evaluator(model, settings.ilt);
  std::printf("%-14s %-5s %8s %11s %6s %8s %8s %6s %7s %7s %8s %8s\n", "design", "by", "l2_nm2", "pv_band_nm2", "epe",
              "mean_nm", "max_nm", "shots", "width", "space", "cpu_s", "um2/s");
  for (const auto& path : arguments.designs) {
    const DesignSource source = read_design(path, arguments.how);
    const Design& design = std::get<Design>(source);
    const std::string name = path.stem().string();
    double start = cpu_seconds();
    const EdgeClip clip = correct_clip(corrector, model, settings.ilt, settings.edges, design);
    const double by_edges = cpu_seconds() - start;
    const MaskEvaluation found = evaluator.evaluate(clip.mask.view(), clip.grid, design);
    print(name, "edge", found.report, by_edges, drawn_um2(design));
    if (!clip.correction.remark.empty()) std::printf("  %s\n", clip.correction.remark.c_str());
    if (!arguments.svg.empty()) draw(arguments.svg, design, clip, found);
    if (!arguments.ilt) continue;
    start = cpu_seconds();
    const Correction pixels = std::move(correct(*engine, model, settings.ilt, {&design, 1})[0]);
    const double by_ilt = cpu_seconds() - start;
    print(name, "ilt", evaluator.evaluate(pixels.mask.view(), pixels.grid, design).report, by_ilt, drawn_um2(design));
  }
}

Arguments read_arguments(int argc, char** argv) {
  Arguments arguments;
  const std::string usage = "usage: edge_opc MODEL.h5 DESIGN... [--layer L/D] [--window x0,y0,x1,y1] [--recipe R.toml] [--no-ilt] [--svg F.svg]";
  const std::vector<std::string> words = bench::read_options(argc, argv, usage, {
      {"layer", [&](const std::string& value) { arguments.how.layout.layers.push_back(layer_from_text(value)); }},
      {"window", [&](const std::string& value) {
         Box box;
         if (std::sscanf(value.c_str(), "%lf,%lf,%lf,%lf", &box.x0, &box.y0, &box.x1, &box.y1) != 4)
           throw std::invalid_argument("--window takes x0,y0,x1,y1 in um");
         arguments.how.layout.window = Box{1e3 * box.x0, 1e3 * box.y0, 1e3 * box.x1, 1e3 * box.y1};
       }},
      {"recipe", [&](const std::string& value) { arguments.recipe = value; }},
      {"svg", [&](const std::string& value) { arguments.svg = value; }},
      {"no-ilt", [&](const std::string&) { arguments.ilt = false; }, false},
  });
  if (words.size() < 2) throw std::invalid_argument(usage);
  arguments.model = words[0];
  arguments.designs.assign(words.begin() + 1, words.end());
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
    return std::fprintf(stderr, "edge_opc: %s\n", error.what()), 3;
  }
}
