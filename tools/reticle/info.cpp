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

void print_grid(const Grid& grid) {
  print_row("pixels",
            fmt::format("{} rows x {} columns of {:g} nm", grid.rows, grid.cols, grid.pixel_nm));
  print_row("origin", fmt::format("({:g}, {:g}) nm", grid.origin_x_nm, grid.origin_y_nm));
}

// How far the model's approximations move printed edges.
void print_errors(const OpticalModel& model) {
  const EdgeErrors& errors = model.edge_errors;
  const auto nm = [](double value) { return value >= 0.0 ? fmt::format("{:.2g} nm", value) : std::string("not known"); };
  print_row("edges are off by", nm(errors.truncation_nm) + " rms for the kernels left out, " + nm(errors.largest_nm) + " at most");
  print_row("  and by", fmt::format("{} for the source's points, {} for sums in float, {} for mask pixels of {:.2g} nm",
                                    nm(errors.source_nm), nm(errors.precision_nm), nm(errors.pixels_nm),
                                    errors.mask_pixel_nm));
  print_row("  in intensity", known(model.truncation_error, " of clear field at most, on the calibration clips"));
}

void print_model(const OpticalModel& model, const std::string& remark) {
  print_row("kind", "optical model");
  print_row("period", fmt::format("{:g} x {:g} nm", model.period_x_nm, model.period_y_nm));
  print_row("wavelength", known(model.wavelength_nm, " nm"));
  print_row("numerical aperture", known(model.na, ""));
  print_row("resist threshold", fmt::format("{:g}", model.resist.threshold));
  print_row("mask", description(model.mask) + remark);
  print_row("printed feature", model.resist.tone == PrintTone::exposed ? "where the resist is exposed"
                                                                       : "where the resist is not exposed");
  print_row("stage blur, flare", fmt::format("{:g} nm, {:g}", model.stage_blur_nm, model.flare));
  print_row("resist diffusion", fmt::format("{:g} nm", model.resist.diffusion_nm));
  if (model.resist.slope_nm != 0.0)
    print_row("resist slope", fmt::format("{:g} nm", model.resist.slope_nm));
  if (model.resist.density != 0.0)
    print_row("resist density", fmt::format("{:g} over {:g} nm", model.resist.density,
                                            model.resist.density_range_nm));
  print_errors(model);
  for (const SocsKernels& condition : model.conditions) {
    double sum = 0.0;
    for (const double weight : condition.weights) sum += weight;
    print_row(
        "condition",
        fmt::format("{}: focus {:g} nm, {} kernels of {} x {} orders and a tail of {:.3g} over {:.0f} nm, weights "
                    "{:g} .. {:g}, sum {:g}",
                    condition.name, condition.focus_nm, condition.count(), condition.rows(),
                    condition.cols(), condition.tail_weight, condition.tail_range_nm, condition.weights.front(), condition.weights.back(), sum));
  }
  print_row("hash", model_hash(model));
  print_text("provenance", model.provenance);
  print_text("recipe", model.recipe);
}

void print_mask(const MaskFile& mask) {
  print_row("kind", "mask");
  print_grid(mask.grid);
  const auto inside = std::count(mask.mask.begin(), mask.mask.end(), 1);
  print_row("inside",
            fmt::format("{:.2f} % of the area", 100.0 * static_cast<double>(inside) /
                                                    static_cast<double>(mask.mask.size())));
  print_row("made by", mask.tool_version.empty() ? "" : "reticle " + mask.tool_version);
  print_row("model hash", mask.model_hash);
  print_row("input SHA-256", mask.input_sha256);
  for (const auto& [name, value] : mask.metrics) print_row(name, fmt::format("{:g}", value));
  print_text("recipe", mask.recipe);
}

void print_image(const ImageFile& image) {
  print_row("kind", "aerial image");
  print_grid(image.grid);
  const auto [low, high] = std::minmax_element(image.aerial.begin(), image.aerial.end());
  print_row("intensity", fmt::format("{:g} .. {:g}", *low, *high));
  print_row("condition", image.condition);
  print_row("dose", fmt::format("{:g}", image.dose));
  print_row("model hash", image.model_hash);
}

void print_design(const Design& design) {
  std::size_t points = 0;
  for (const Polygon& polygon : design.polygons) points += polygon.size();
  print_row("kind", "design");
  print_row("polygons", fmt::format("{} with {} points", design.polygons.size(), points));
  print_row("window", fmt::format("({:g}, {:g}) .. ({:g}, {:g}) nm", design.window.x0,
                                  design.window.y0, design.window.x1, design.window.y1));
}

// Names in a row, many shortened.
std::string some_of(const std::vector<std::string>& names) {
  constexpr std::size_t k_shown = 12;
  const std::vector<std::string> shown(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(std::min(names.size(), k_shown)));
  return fmt::format("{}: {}{}", names.size(), fmt::join(shown, ", "),
                     names.size() > k_shown ? fmt::format(" and {} more", names.size() - k_shown) : "");
}

void print_layout(const Layout& layout) {
  print_row("kind", "layout");
  print_row("database unit", fmt::format("{:g} nm", layout.dbu_nm()));
  print_row("cells", some_of(layout.cells()));
  print_row("top cells", some_of(layout.top_cells()));
  const std::vector<LayerSummary> layers = layout.summary();
  if (layers.empty()) print_row("layers", "none: no cell holds a shape");
  for (const LayerSummary& layer : layers)
    print_row("layer " + to_string(layer.layer),
              fmt::format("{} shapes drawn, in {:.10g},{:.10g},{:.10g},{:.10g} um", layer.shapes, layer.extent.x0 * 1e-3,
                          layer.extent.y0 * 1e-3, layer.extent.x1 * 1e-3, layer.extent.y1 * 1e-3));
}

void print_source(const DesignSource& source) {
  if (const auto* design = std::get_if<Design>(&source)) return print_design(*design);
  print_row("kind", "pixels");
  print_grid(std::get<PixelDesign>(source).grid);
  print_row("taken as", std::get<PixelDesign>(source).taken_as);
}

void print_info(const std::filesystem::path& path) {
  print_row("file", path.string());
  if (std::filesystem::is_directory(path)) return print_job(path);
  switch (kind_of(path)) {
    case FileKind::model:
      return print_model(read_model(path), states_mask(path) ? "" : " (not stated in the file: the default)");
    case FileKind::mask:
      return print_mask(read_mask(path));
    case FileKind::image:
      return print_image(read_image(path));
    case FileKind::job:
      return print_job(path);
    case FileKind::job_block:
      print_row("kind", "block of a correction job");
      return print_job(std::filesystem::absolute(path).parent_path().parent_path());
    case FileKind::other:
      if (print_report(path)) return;
      if (is_layout_name(path)) return print_layout(Layout::open(path));
      return print_source(read_design(path));
  }
}

}  // namespace

void add_info_command(CLI::App& app) {
  auto path = std::make_shared<std::filesystem::path>();
  CLI::App* command = app.add_subcommand("info", "What a model, mask, image, design, report or job holds");
  command->add_option("FILE", *path, "file, or folder of a job, to look into")->required();
  command->footer("Examples:\n  reticle info model.h5\n  reticle info masks/clip.h5\n  reticle info job");
  command->callback([path] { print_info(*path); });
}

}  // namespace reticle::tools
