// SPDX-License-Identifier: Apache-2.0
// Correction and evaluation of masks.
#include <nanobind/stl/array.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/vector.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <optional>

#include "kernels/engine/engine_choice.h"
#include "litho/geometry/contour.h"
#include "litho/ilt/ilt.h"
#include "litho/verification/evaluation.h"
#include "masks/recipes/recipes.h"
#include "tools/python/bindings/arrays.h"
#include "tools/python/bindings/bindings.h"

using namespace nanobind::literals;

namespace reticle::python {

namespace {

// A recipe resolved for a model.
struct Recipe {
  IltSettings settings;
};

nb::tuple grid_tuple(const Grid& grid) {
  return nb::make_tuple(grid.rows, grid.cols, grid.pixel_nm, grid.origin_x_nm, grid.origin_y_nm);
}

nb::dict history_of(const std::vector<IltHistoryRow>& history) {
  std::vector<std::int32_t> level, iteration;
  std::vector<double> pixel, fidelity, band, regularity;
  for (const IltHistoryRow& row : history) {
    level.push_back(row.level);
    iteration.push_back(row.iteration);
    pixel.push_back(row.pixel_nm);
    fidelity.push_back(row.loss.fidelity);
    band.push_back(row.loss.band);
    regularity.push_back(row.loss.regularity);
  }
  nb::dict result;
  result["level"] = to_numpy(std::move(level), {history.size()});
  result["iteration"] = to_numpy(std::move(iteration), {history.size()});
  result["pixel_nm"] = to_numpy(std::move(pixel), {history.size()});
  result["fidelity_nm2"] = to_numpy(std::move(fidelity), {history.size()});
  result["band_nm2"] = to_numpy(std::move(band), {history.size()});
  result["regularity_nm2"] = to_numpy(std::move(regularity), {history.size()});
  return result;
}

nb::dict to_dict(const MaskReport& report) {
  nb::dict result;
  result["l2_nm2"] = report.l2_nm2;
  result["pv_band_nm2"] = report.pv_band_nm2;
  result["epe_violations"] = report.epe_violations;
  result["epe_max_nm"] = report.epe_max_nm;
  result["epe_mean_abs_nm"] = report.epe_mean_abs_nm;
  result["shots"] = report.shots;
  result["components"] = report.rules.components;
  if (report.rules.min_width) result["min_width_nm"] = report.rules.min_width->distance_nm;
  if (report.rules.min_space) result["min_space_nm"] = report.rules.min_space->distance_nm;
  return result;
}

Design design_of(const Array& corners, const Array& ends, const std::array<double, 4>& window) {
  Design design{polygons_from(corners, ends), {window[0], window[1], window[2], window[3]}};
  if (!(design.window.x1 > design.window.x0) || !(design.window.y1 > design.window.y0))
    refuse("window_nm: (x0, y0, x1, y1) with x0 < x1 and y0 < y1 is wanted");
  for (const Polygon& polygon : design.polygons)
    for (const Point& point : polygon)
      if (!std::isfinite(point.x) || !std::isfinite(point.y)) refuse("polygons: a coordinate is NaN or infinite");
  return design;
}

// Asks Python, between iterations, whether to go on: its progress function and its signals.
class Watch {
 public:
  explicit Watch(nb::object progress) : progress_(std::move(progress)) {}
  bool operator()(double part) {
    const nb::gil_scoped_acquire held;
    if (PyErr_CheckSignals() != 0) {
      raised_.emplace();
      return false;
    }
    if (progress_.is_none()) return true;
    try {
      const nb::object answer = progress_(part);
      return answer.is_none() || nb::cast<bool>(nb::bool_(answer));
    } catch (nb::python_error& error) {
      raised_.emplace(std::move(error));
      return false;
    }
  }
  // What Python raised meanwhile.
  void raise() {
    if (raised_) throw std::move(*raised_);
  }

 private:
  nb::object progress_;
  std::optional<nb::python_error> raised_;
};

nb::object corrected(const Model& model, const Recipe& recipe, const std::vector<Design>& designs,
                     std::vector<Image<float>> starts, nb::object progress, int threads, const std::string& engine) {
  if (threads < 1) refuse("threads: at least 1 is wanted");
  Watch watch(std::move(progress));
  std::vector<Correction> corrections;
  {
    const nb::gil_scoped_release released;
    const EngineChoice choice = choose_engine({.kind = engine_kind(engine), .gpus = {}});
    const std::unique_ptr<Engine> runs = make_engine(choice, 0);
    std::vector<ClipStart> clips;
    for (std::size_t i = 0; i < designs.size(); ++i) {
      clips.push_back({designs[i], starts.empty() ? Image<float>{} : std::move(starts[i])});
      check_clip(model.optics, designs[i]);
    }
    for (std::size_t first = 0; first < clips.size();) {
      const int batch = batch_size(*runs, model.optics, recipe.settings, static_cast<int>(clips.size() - first));
      const double before = static_cast<double>(first), all = static_cast<double>(clips.size());
      bool stopped = false;
      auto part = correct(*runs, model.optics, recipe.settings,
                          std::span<const ClipStart>(clips).subspan(first, static_cast<std::size_t>(batch)),
                          [&](double done) {
                            stopped = !watch((before + done * batch) / all);
                            return !stopped;
                          },
                          threads);
      std::move(part.begin(), part.end(), std::back_inserter(corrections));
      first += static_cast<std::size_t>(batch);
      if (stopped) break;
    }
  }
  watch.raise();
  nb::list result;
  for (Correction& one : corrections) {
    nb::dict entry;
    entry["grid"] = grid_tuple(one.grid);
    entry["grey_grid"] = grid_tuple(one.grey_grid);
    entry["history"] = history_of(one.history);
    entry["mask"] = to_numpy(std::move(one.mask));
    entry["parameters"] = to_numpy(std::move(one.grey));
    result.append(entry);
  }
  return result;
}

ImageView<const std::uint8_t> mask_view(const Array& mask) {
  if (mask.ndim() != 2 || (!holds<std::uint8_t>(mask) && !holds<bool>(mask)))
    refuse("mask: an array (rows, cols) of uint8 or bool is wanted, not shape " + shape_of(mask));
  require_plain(mask, "mask");
  return {static_cast<const std::uint8_t*>(mask.data()), static_cast<int>(mask.shape(0)), static_cast<int>(mask.shape(1))};
}

}  // namespace

void bind_correction(nb::module_& m) {
  nb::class_<Recipe>(m, "Recipe", "Settings of correction, resolved for a model.")
      .def_static("from_text", [](const std::string& text, const std::string& name, const Model& model) {
            return Recipe{resolved(correct_recipe_from_text(text, name, model.optics), model.optics)};
          }, "text"_a, "name"_a, "model"_a)
      .def_prop_ro("text", [](const Recipe& self) { return print_correct_recipe(self.settings); },
                   "Every value, as TOML.")
      .def_prop_ro("start_contrast", [](const Recipe& self) { return self.settings.start_contrast; });
  m.def("documented_recipe", [] { return documented_correct_recipe(); }, "Every key of correction with its default and meaning, as TOML.");
  m.def("documented_model_recipe", &documented_model_recipe, "Every key of a model with its default and meaning, as TOML.");
  m.def("engine", [](const std::string& word) {
        return choose_engine({.kind = engine_kind(word), .gpus = {}}).description;
      }, "word"_a = "auto", "One line: which engine runs, and why.");
  m.def("correct", [](const Model& model, const Recipe& recipe,
                      const std::vector<std::tuple<Array, Array, std::array<double, 4>>>& designs,
                      const std::vector<Array>& starts, nb::object progress, int threads, const std::string& engine) {
        std::vector<Design> clips;
        for (const auto& [corners, ends, window] : designs) clips.push_back(design_of(corners, ends, window));
        std::vector<Image<float>> parameters;
        for (const Array& start : starts) {
          if (start.ndim() != 2 || !holds<float>(start)) refuse("start: a float32 array (rows, cols) is wanted");
          require_plain(start, "start");
          Image<float>& image = parameters.emplace_back(static_cast<int>(start.shape(0)), static_cast<int>(start.shape(1)));
          std::copy_n(static_cast<const float*>(start.data()), image.size(), image.data());
          for (const float value : image)
            if (!std::isfinite(value)) refuse("start: holds NaN or an infinite value");
        }
        return corrected(model, recipe, clips, std::move(parameters), std::move(progress), threads, engine);
      }, "model"_a, "recipe"_a, "designs"_a, "starts"_a, "progress"_a.none(), "threads"_a, "engine"_a);
  m.def("evaluate", [](const Model& model, const Recipe& recipe, const Array& mask,
                       const std::tuple<double, double, double>& grid, const Array& corners, const Array& ends,
                       const std::array<double, 4>& window) {
        const ImageView<const std::uint8_t> pixels = mask_view(mask);
        const Design design = design_of(corners, ends, window);
        const auto [pixel_nm, x0, y0] = grid;
        MaskEvaluation evaluation;
        {
          const nb::gil_scoped_release released;
          evaluation = evaluate(model.optics, recipe.settings, pixels,
                                {.rows = pixels.rows, .cols = pixels.cols, .pixel_nm = pixel_nm, .origin_x_nm = x0, .origin_y_nm = y0},
                                design);
        }
        nb::dict result = to_dict(evaluation.report);
        result["grid"] = grid_tuple(evaluation.grid);
        result["target"] = to_numpy(std::move(evaluation.target));
        result["nominal"] = to_numpy(evaluation.nominal());
        result["band"] = to_numpy(evaluation.band());
        return result;
      }, "model"_a, "recipe"_a, "mask"_a, "grid"_a, "corners"_a, "ends"_a, "window"_a);
}

}  // namespace reticle::python
