// SPDX-License-Identifier: Apache-2.0
// Layouts corrected tile by tile: the resumable job of `reticle correct LAYOUT`.
#include <nanobind/stl/array.h>
#include <nanobind/stl/filesystem.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <array>
#include <atomic>
#include <chrono>
#include <exception>
#include <filesystem>
#include <future>
#include <optional>

#include "masks/correction/layout_correction.h"
#include "masks/correction/layout_request.h"
#include "masks/layout/layout.h"
#include "masks/recipes/correction.h"
#include "tools/python/bindings/arrays.h"
#include "tools/python/bindings/bindings.h"

using namespace nanobind::literals;

namespace reticle::python {

namespace {

constexpr auto k_signal_interval = std::chrono::milliseconds(50);

// Corrects beside the calling thread, which hears Python's signals meanwhile. Nothing: stopped.
std::optional<LayoutCorrection> run_beside(const LayoutRequest& request, LayoutJob& job, const nb::object& progress) {
  std::atomic<bool> stop = false;
  std::optional<nb::python_error> raised;
  JobWatcher watcher;
  watcher.interrupted = [&] { return stop.load(); };
  if (!progress.is_none())
    watcher.progress = [&](const std::string& work, std::size_t done, std::size_t total) {
      const nb::gil_scoped_acquire held;
      try {
        const nb::object answer = progress(work, done, total);
        if (!answer.is_none() && !nb::cast<bool>(nb::bool_(answer))) stop = true;
      } catch (nb::python_error& error) {
        if (!raised) raised.emplace(std::move(error));
        stop = true;
      }
    };
  std::optional<LayoutCorrection> correction;
  {
    const nb::gil_scoped_release released;
    auto running = std::async(std::launch::async, [&] { return correct_layout(job, request.model, verification_of(job), watcher); });
    while (running.wait_for(k_signal_interval) != std::future_status::ready) {
      const nb::gil_scoped_acquire held;
      if (PyErr_CheckSignals() == 0) continue;
      if (!raised) raised.emplace();
      else PyErr_Clear();
      stop = true;
    }
    try {
      correction = running.get();
    } catch (...) {
      if (!stop) throw;  // what stopping makes of it is no news
    }
  }
  if (raised) throw std::move(*raised);
  if (stop) correction.reset();
  return correction;
}

nb::dict to_dict(const std::optional<LayoutCorrection>& correction, const LayoutJob& job, const std::vector<std::string>& notes) {
  nb::dict result, totals;
  nb::list stages, said;
  const LayoutOutcome outcome = correction ? correction->outcome : LayoutOutcome{};
  if (correction)
    for (const auto& [name, value] : correction->totals) totals[name.c_str()] = value;
  for (const StageSummary& stage : outcome.stages) {
    nb::dict entry;
    entry["name"] = stage.name;
    entry["tiles"] = stage.tiles;
    entry["distinct"] = stage.distinct;
    entry["here"] = stage.here;
    entry["seconds"] = stage.seconds;
    stages.append(entry);
  }
  for (const std::string& note : notes) said.append(note);
  result["finished"] = outcome.finished;
  result["mask_path"] = job.mask_layout.path.empty() ? job.folder / "mask.gds" : job.mask_layout.path;
  result["metrics"] = totals;
  result["stages"] = stages;
  result["tiles"] = outcome.tiles;
  result["window_um2"] = outcome.window_um2;
  result["halo_nm"] = outcome.plan.halo_nm;
  result["core_nm"] = nb::make_tuple(outcome.plan.core_x_nm, outcome.plan.core_y_nm);
  result["notes"] = said;
  return result;
}

}  // namespace

void bind_jobs(nb::module_& m) {
  m.def("correct_layout", [](const std::filesystem::path& layout, const std::filesystem::path& folder, const Model& model,
                             const std::string& recipe, const std::string& recipe_name,
                             const std::vector<std::string>& layers, const std::string& cell,
                             std::optional<std::array<double, 4>> window_nm, std::optional<double> halo_nm,
                             std::optional<double> period_nm, int refinements, const std::filesystem::path& mask_path,
                             const std::string& output_layer, std::optional<double> tolerance_nm, bool keep_input,
                             bool keep_hierarchy, const std::string& start, int threads, const std::string& engine,
                             nb::object progress) {
        if (threads < 1) refuse("threads: at least 1 is wanted");
        if (refinements < 0 || refinements > 10) refuse("refinements: 0 to 10 are wanted");
        LayoutRequest request;
        request.layout = layout;
        request.folder = folder;
        for (const std::string& layer : layers) request.part.layers.push_back(layer_from_text(layer));
        request.part.cell = cell;
        if (window_nm) request.part.window = Box{(*window_nm)[0], (*window_nm)[1], (*window_nm)[2], (*window_nm)[3]};
        request.model = model.optics;
        request.settings = correction_from_text(recipe, recipe_name, request.model);
        request.recipe_name = recipe_name;
        request.chip.halo_nm = halo_nm;
        request.chip.refinements = refinements;
        request.period_nm = period_nm;
        request.mask_layout.path = mask_path;
        request.mask_layout.layer = layer_from_text(output_layer);
        request.mask_layout.tolerance_nm = tolerance_nm;
        if (keep_input) request.mask_layout.input = InputLayers::kept;
        if (keep_hierarchy) request.mask_layout.cells = MaskCells::drawn;
        std::vector<std::string> notes;
        LayoutJob job;
        {
          const nb::gil_scoped_release released;
          job = layout_job(request, [&](const std::string& sentence) { notes.push_back(sentence); });
          for (const std::string& sentence : remarks(job)) notes.push_back(sentence);
        }
        if (start == "resume") job.start = JobStart::resume;
        else if (start == "layout_changed") job.start = JobStart::layout_changed;
        else if (start == "share") job.start = JobStart::resume, job.access = JobAccess::shared;
        else if (start != "new")
          refuse("start: \"new\", \"resume\", \"layout_changed\" or \"share\" is wanted, not \"" + start + "\"");
        job.threads = threads;
        job.engine = choose_engine({.kind = engine_kind(engine), .gpus = {}});
        const auto correction = run_beside(request, job, progress);
        return to_dict(correction, job, notes);
      }, "layout"_a, "folder"_a, "model"_a, "recipe"_a, "recipe_name"_a, "layers"_a, "cell"_a, "window_nm"_a.none(),
      "halo_nm"_a.none(), "period_nm"_a.none(), "refinements"_a, "mask_path"_a, "output_layer"_a, "tolerance_nm"_a.none(),
      "keep_input"_a, "keep_hierarchy"_a, "start"_a, "threads"_a, "engine"_a, "progress"_a.none());
}

}  // namespace reticle::python
