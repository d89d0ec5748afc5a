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

#include "kernels/base/version.h"
#include "masks/job/layout_job.h"
#include "masks/layout/layout.h"
#include "masks/recipes/recipes.h"
#include "tools/python/bindings/arrays.h"
#include "tools/python/bindings/bindings.h"

using namespace nanobind::literals;

namespace reticle::python {

namespace {

constexpr auto k_signal_interval = std::chrono::milliseconds(50);

// Runs the job beside the calling thread, which hears Python's signals meanwhile.
LayoutOutcome run_beside(const LayoutJob& job, const nb::object& progress) {
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
  LayoutOutcome outcome;
  {
    const nb::gil_scoped_release released;
    auto running = std::async(std::launch::async, [&] { return run_layout_job(job, watcher); });
    while (running.wait_for(k_signal_interval) != std::future_status::ready) {
      const nb::gil_scoped_acquire held;
      if (PyErr_CheckSignals() == 0) continue;
      if (!raised) raised.emplace();
      else PyErr_Clear();
      stop = true;
    }
    try {
      outcome = running.get();
    } catch (...) {
      if (!stop) throw;  // what stopping makes of it is no news
    }
  }
  if (raised) throw std::move(*raised);
  return outcome;
}

nb::dict to_dict(const LayoutOutcome& outcome) {
  nb::dict result, totals;
  for (const auto& [name, value] : outcome.summary.totals()) totals[name.c_str()] = value;
  nb::list stages;
  for (const StageSummary& stage : outcome.stages) {
    nb::dict entry;
    entry["name"] = stage.name;
    entry["tiles"] = stage.tiles;
    entry["distinct"] = stage.distinct;
    entry["here"] = stage.here;
    entry["seconds"] = stage.seconds;
    stages.append(entry);
  }
  result["finished"] = outcome.finished;
  result["metrics"] = totals;
  result["stages"] = stages;
  result["tiles"] = outcome.tiles;
  result["window_um2"] = outcome.window_um2;
  result["halo_nm"] = outcome.plan.halo_nm;
  result["core_nm"] = nb::make_tuple(outcome.plan.core_x_nm, outcome.plan.core_y_nm);
  return result;
}

}  // namespace

void bind_jobs(nb::module_& m) {
  m.def("correct_layout", [](const std::filesystem::path& layout, const std::filesystem::path& folder, const Model& model,
                             const std::string& recipe, const std::string& recipe_name,
                             const std::vector<std::string>& layers, const std::string& cell,
                             std::optional<std::array<double, 4>> window_nm, std::optional<double> halo_nm,
                             const std::string& output_layer, const std::string& start, int threads,
                             const std::string& engine, nb::object progress) {
        if (threads < 1) refuse("threads: at least 1 is wanted");
        LayoutJob job;
        job.layout = layout;
        job.folder = folder;
        for (const std::string& layer : layers) job.part.layers.push_back(layer_from_text(layer));
        job.part.cell = cell;
        if (window_nm) job.part.window = Box{(*window_nm)[0], (*window_nm)[1], (*window_nm)[2], (*window_nm)[3]};
        job.model = model.optics;
        job.settings = resolved(correct_recipe_from_text(recipe, recipe_name, job.model), job.model);
        job.chip.halo_nm = halo_nm;
        job.description = describe_job(job.model, job.settings, std::string(version()));
        job.mask_layout.layer = layer_from_text(output_layer);
        if (start == "resume") job.start = JobStart::resume;
        else if (start == "layout_changed") job.start = JobStart::layout_changed;
        else if (start == "share") job.start = JobStart::resume, job.access = JobAccess::shared;
        else if (start != "new")
          refuse("start: \"new\", \"resume\", \"layout_changed\" or \"share\" is wanted, not \"" + start + "\"");
        job.threads = threads;
        job.engine = choose_engine({.kind = engine_kind(engine), .gpus = {}});
        return to_dict(run_beside(job, progress));
      }, "layout"_a, "folder"_a, "model"_a, "recipe"_a, "recipe_name"_a, "layers"_a, "cell"_a, "window_nm"_a.none(),
      "halo_nm"_a.none(), "output_layer"_a, "start"_a, "threads"_a, "engine"_a, "progress"_a.none());
}

}  // namespace reticle::python
