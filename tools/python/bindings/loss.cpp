// SPDX-License-Identifier: Apache-2.0
// The process window's loss as one function of a mask's parameters.
#include <nanobind/stl/string.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/vector.h>

#include <mutex>
#include <new>

#include "kernels/engine/engine_choice.h"
#include "litho/ilt/engine_loss.h"
#include "litho/ilt/window_loss.h"
#include "tools/python/bindings/arrays.h"
#include "tools/python/bindings/bindings.h"
#include "tools/python/bindings/masks.h"

using namespace nanobind::literals;

namespace reticle::python {

namespace {

using Corners = std::vector<std::tuple<std::string, double, double>>;  // condition, dose, weight
using Bands = std::vector<std::tuple<int, int, double>>;               // outer, inner, weight

template <class T>
pixel::ProcessWindow<T> window_of(const OpticalModel& model, const Corners& corners, const Bands& bands, double slope) {
  if (corners.empty() || corners.size() > static_cast<std::size_t>(pixel::k_max_corners))
    refuse("corners: 1 to " + std::to_string(pixel::k_max_corners) + " are wanted");
  if (bands.size() > static_cast<std::size_t>(pixel::k_max_bands))
    refuse("bands: at most " + std::to_string(pixel::k_max_bands) + " are wanted");
  pixel::ProcessWindow<T> window;
  window.threshold = static_cast<T>(model.resist.threshold);
  window.resist_slope = static_cast<T>(slope);
  for (const auto& [condition, dose, weight] : corners) {
    if (!(dose > 0.0)) refuse("corners: a dose above 0 is wanted");
    window.corner[window.corners++] = {static_cast<int>(&model.condition(condition) - model.conditions.data()),
                                       static_cast<T>(dose), static_cast<T>(weight)};
  }
  for (const auto& [outer, inner, weight] : bands) {
    if (std::min(outer, inner) < 0 || std::max(outer, inner) >= window.corners) refuse("bands: names no corner");
    window.band[window.bands++] = {outer, inner, static_cast<T>(weight)};
  }
  return window;
}

template <class T>
nb::tuple loss_of(Model& model, const Array& parameters, const Array& target, const Corners& corners, const Bands& bands,
                  double mask_slope, double resist_slope) {
  require_image<T>(target, "target", {parameters.shape(0), parameters.shape(1)});
  const auto window = window_of<T>(model.optics, corners, bands, resist_slope);
  const auto view = [](const Array& array) {
    return ImageView<const T>{static_cast<const T*>(array.data()), static_cast<int>(array.shape(0)), static_cast<int>(array.shape(1))};
  };
  const ImageView<const T> from = view(parameters);
  const auto [gradient, to] = new_array<T>({parameters.shape(0), parameters.shape(1)});
  double loss = 0.0;
  {
    const nb::gil_scoped_release released;
    auto images = model.pool<T>().lease();
    loss = window_loss<T>(*images, from, view(target), window, static_cast<T>(mask_slope), ImageView<T>{to, from.rows, from.cols});
  }
  if (!std::isfinite(loss)) refuse("parameters or target: holds NaN or an infinite value");
  return nb::make_tuple(loss, gradient);
}

// An engine's loss, for one thread after another.
struct SharedEngineLoss {
  EngineLoss loss;
  std::mutex mutex;
};

nb::tuple loss_on_engine(SharedEngineLoss& engine, Model& model, const Array& parameters, const Array& target,
                         const Corners& corners, const Bands& bands, double mask_slope, double resist_slope) {
  if (parameters.ndim() != 2 || parameters.size() == 0 || !holds<float>(parameters))
    refuse("parameters: a float32 array (rows, cols) is wanted by an engine, not shape " + shape_of(parameters));
  require_plain(parameters, "parameters");
  require_image<float>(target, "target", {parameters.shape(0), parameters.shape(1)});
  const auto window = window_of<float>(model.optics, corners, bands, resist_slope);
  const int rows = static_cast<int>(parameters.shape(0)), cols = static_cast<int>(parameters.shape(1));
  const auto [gradient, to] = new_array<float>({parameters.shape(0), parameters.shape(1)});
  double loss = 0.0;
  {
    const nb::gil_scoped_release released;
    const std::lock_guard lock(engine.mutex);
    loss = engine.loss.evaluate({static_cast<const float*>(parameters.data()), rows, cols},
                                {static_cast<const float*>(target.data()), rows, cols}, window,
                                static_cast<float>(mask_slope), {to, rows, cols});
  }
  if (!std::isfinite(loss)) refuse("parameters or target: holds NaN or an infinite value");
  return nb::make_tuple(loss, gradient);
}

}  // namespace

void bind_loss(nb::module_& m) {
  nb::class_<SharedEngineLoss>(m, "EngineLoss")
      .def("__init__", [](SharedEngineLoss* self, Model& model, const std::string& kind, int rows, int cols) {
            const EngineChoice choice = choose_engine({.kind = engine_kind(kind), .gpus = {}});
            new (self) SharedEngineLoss{EngineLoss(make_engine(choice, 0), model.optics, rows, cols), {}};
          }, "model"_a, "kind"_a, "rows"_a, "cols"_a)
      .def("evaluate", &loss_on_engine, "model"_a, "parameters"_a, "target"_a, "corners"_a, "bands"_a, "mask_slope"_a,
           "resist_slope"_a);
  m.def("window_loss", [](Model& model, const Array& parameters, const Array& target, const Corners& corners,
                          const Bands& bands, double mask_slope, double resist_slope) {
        if (parameters.ndim() != 2 || parameters.size() == 0 || (!holds<float>(parameters) && !holds<double>(parameters)))
          refuse("parameters: a float32 or float64 array (rows, cols) is wanted, not shape " + shape_of(parameters));
        require_plain(parameters, "parameters");
        return holds<double>(parameters)
                   ? loss_of<double>(model, parameters, target, corners, bands, mask_slope, resist_slope)
                   : loss_of<float>(model, parameters, target, corners, bands, mask_slope, resist_slope);
      }, "model"_a, "parameters"_a, "target"_a, "corners"_a, "bands"_a, "mask_slope"_a, "resist_slope"_a);
}

}  // namespace reticle::python
