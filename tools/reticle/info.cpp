// SPDX-License-Identifier: Apache-2.0
// reticle info: what a file holds.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <variant>

#include "kernels/base/error.h"
#include "masks/design_file.h"
#include "masks/file_kind.h"
#include "masks/pictures/image_file.h"
#include "masks/layout/layout.h"
#include "masks/layout/layout_file.h"
#include "masks/mask_file.h"
#include "masks/model_file.h"
#include "tools/reticle/commands.h"
#include "tools/reticle/report.h"
#include "tools/reticle/report_info.h"

namespace reticle::tools {
namespace {

std::string known(double value, std::string_view unit) {
  return value > 0.0 ? fmt::format("{:g}{}", value, unit) : "not known";
}

void add_grid(InfoRows& rows, const Grid& grid) {
  rows.row("pixels",
            fmt::format("{} rows x {} columns of {:g} nm", grid.rows, grid.cols, grid.pixel_nm));
  rows.row("origin", fmt::format("({:g}, {:g}) nm", grid.origin_x_nm, grid.origin_y_nm));
}

// How far the model's approximations move printed edges.
void add_errors(InfoRows& rows, const OpticalModel& model) {
  const EdgeErrors& errors = model.edge_errors;
  const auto nm = [](double value) { return value >= 0.0 ? fmt::format("{:.2g} nm", value) : std::string("not known"); };
  rows.row("edges are off by", nm(errors.truncation_nm) + " rms for the kernels left out, " + nm(errors.largest_nm) + " at most");
  rows.row("  and by", fmt::format("{} for the source's points, {} for sums in float, {} for mask pixels of {:.2g} nm",
                                    nm(errors.source_nm), nm(errors.precision_nm), nm(errors.pixels_nm),
                                    errors.mask_pixel_nm));
  rows.row("  in intensity", known(model.truncation_error, " of clear field at most, on the calibration clips"));
}

void add_model(InfoRows& rows, const OpticalModel& model, const std::string& remark) {
  rows.row("kind", "optical model");
  rows.row("period", fmt::format("{:g} x {:g} nm", model.period_x_nm, model.period_y_nm));
  rows.row("wavelength", known(model.wavelength_nm, " nm"));
  rows.row("numerical aperture", known(model.na, ""));
  rows.row("resist threshold", fmt::format("{:g}", model.resist.threshold));
  rows.row("mask", description(model.mask) + remark);
  rows.row("printed feature", model.resist.tone == PrintTone::exposed ? "where the resist is exposed"
                                                                       : "where the resist is not exposed");
  rows.row("stage blur, flare", fmt::format("{:g} nm, {:g}", model.stage_blur_nm, model.flare));
  rows.row("resist diffusion", fmt::format("{:g} nm", model.resist.diffusion_nm));
  if (model.resist.slope_nm != 0.0)
    rows.row("resist slope", fmt::format("{:g} nm", model.resist.slope_nm));
  if (model.resist.density != 0.0)
    rows.row("resist density", fmt::format("{:g} over {:g} nm", model.resist.density,
                                            model.resist.density_range_nm));
  add_errors(rows, model);
  for (const SocsKernels& condition : model.conditions) {
    double sum = 0.0, tail = 0.0;
    for (const double weight : condition.weights) sum += weight;
    for (const TailTerm& term : condition.tail) tail += term.weight;
    rows.row(
        "condition",
        fmt::format("{}: focus {:g} nm, {} kernels of {} x {} orders and a tail of {} terms, {:.3g} in all, weights "
                    "{:g} .. {:g}, sum {:g}",
                    condition.name, condition.focus_nm, condition.count(), condition.rows(), condition.cols(),
                    condition.tail.size(), tail, condition.weights.front(), condition.weights.back(), sum));
  }
  rows.row("hash", model_hash(model));
  rows.row("provenance", model.provenance);
  rows.row("recipe", model.recipe);
}

void add_mask(InfoRows& rows, const MaskFile& mask) {
  rows.row("kind", "mask");
  add_grid(rows, mask.grid);
  const auto inside = std::count(mask.mask.begin(), mask.mask.end(), 1);
  rows.row("inside",
            fmt::format("{:.2f} % of the area", 100.0 * static_cast<double>(inside) /
                                                    static_cast<double>(mask.mask.size())));
  rows.row("made by", mask.tool_version.empty() ? "" : "reticle " + mask.tool_version);
  rows.row("model hash", mask.model_hash);
  rows.row("input SHA-256", mask.input_sha256);
  for (const auto& [name, value] : mask.metrics) rows.row(name, fmt::format("{:g}", value));
  rows.row("recipe", mask.recipe);
}

void add_image(InfoRows& rows, const ImageFile& image) {
  rows.row("kind", "aerial image");
  add_grid(rows, image.grid);
  const auto [low, high] = std::minmax_element(image.aerial.begin(), image.aerial.end());
  rows.row("intensity", fmt::format("{:g} .. {:g}", *low, *high));
  rows.row("condition", image.condition);
  rows.row("dose", fmt::format("{:g}", image.dose));
  rows.row("model hash", image.model_hash);
}

void add_design(InfoRows& rows, const Design& design) {
  std::size_t points = 0;
  for (const Polygon& polygon : design.polygons) points += polygon.size();
  rows.row("kind", "design");
  rows.row("polygons", fmt::format("{} with {} points", design.polygons.size(), points));
  rows.row("window", fmt::format("({:g}, {:g}) .. ({:g}, {:g}) nm", design.window.x0,
                                  design.window.y0, design.window.x1, design.window.y1));
}

// Names in a row, many shortened.
std::string some_of(const std::vector<std::string>& names) {
  constexpr std::size_t k_shown = 12;
  const std::vector<std::string> shown(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(std::min(names.size(), k_shown)));
  return fmt::format("{}: {}{}", names.size(), fmt::join(shown, ", "),
                     names.size() > k_shown ? fmt::format(" and {} more", names.size() - k_shown) : "");
}

void add_layout(InfoRows& rows, const Layout& layout) {
  rows.row("kind", "layout");
  rows.row("database unit", fmt::format("{:g} nm", layout.dbu_nm()));
  rows.row("cells", some_of(layout.cells()));
  rows.row("top cells", some_of(layout.top_cells()));
  const std::vector<LayerSummary> layers = layout.summary();
  if (layers.empty()) rows.row("layers", "none: no cell holds a shape");
  for (const LayerSummary& layer : layers)
    rows.row("layer " + to_string(layer.layer),
              fmt::format("{} shapes drawn, in {:.10g},{:.10g},{:.10g},{:.10g} um", layer.shapes, layer.extent.x0 * 1e-3,
                          layer.extent.y0 * 1e-3, layer.extent.x1 * 1e-3, layer.extent.y1 * 1e-3));
}

void add_source(InfoRows& rows, const DesignSource& source) {
  if (const auto* design = std::get_if<Design>(&source)) return add_design(rows, *design);
  rows.row("kind", "pixels");
  add_grid(rows, std::get<PixelDesign>(source).grid);
  rows.row("taken as", std::get<PixelDesign>(source).taken_as);
}

void add_file(InfoRows& rows, const std::filesystem::path& path) {
  rows.row("file", path.string());
  if (std::filesystem::is_directory(path)) return add_job(rows, path);
  switch (kind_of(path)) {
    case FileKind::model:
      return add_model(rows, read_model(path), states_mask(path) ? "" : " (not stated in the file: the default)");
    case FileKind::mask:
      return add_mask(rows, read_mask(path));
    case FileKind::image:
      return add_image(rows, read_image(path));
    case FileKind::job:
      return add_job(rows, path);
    case FileKind::job_block:
      rows.row("kind", "block of a correction job");
      return add_job(rows, std::filesystem::absolute(path).parent_path().parent_path());
    case FileKind::other:
      if (add_report(rows, path)) return;
      if (is_layout_name(path)) return add_layout(rows, Layout::open(path));
      return add_source(rows, read_design(path));
  }
}

}  // namespace

void add_info_command(CLI::App& app) {
  auto path = std::make_shared<std::filesystem::path>();
  auto json = std::make_shared<bool>(false);
  CLI::App* command = app.add_subcommand("info", "What a model, mask, image, design, report or job holds");
  command->add_option("FILE", *path, "file, or folder of a job, to look into")->required();
  command->add_flag("--json", *json, "print it as JSON");
  command->footer("Examples:\n  reticle info model.h5\n  reticle info masks/clip.h5\n  reticle info job --json");
  command->callback([path, json] {
    InfoRows rows;
    add_file(rows, *path);
    fmt::print("{}", *json ? rows.json() : rows.table());
  });
}

}  // namespace reticle::tools
