// SPDX-License-Identifier: Apache-2.0
// Gauges and process windows of a mask.
#include <nanobind/stl/pair.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/vector.h>

#include <algorithm>
#include <numeric>
#include <optional>

#include "litho/metrology/exposure_window.h"
#include "litho/metrology/gauges.h"
#include "tools/python/bindings/arrays.h"
#include "tools/python/bindings/bindings.h"
#include "tools/python/bindings/masks.h"

using namespace nanobind::literals;

namespace reticle::python {

namespace {

using GaugeNumbers = std::tuple<std::string, double, double, double, double, double>;  // name, ends, cd_nm

nb::dict to_dict(const WindowShape& shape) {
  nb::dict result;
  result["focus_nm"] = shape.focus_nm;
  result["exposure"] = shape.exposure;
  result["depth_nm"] = shape.depth_nm;
  result["latitude"] = shape.latitude;
  return result;
}

nb::object slices_array(const std::vector<FocusSlice>& slices) {
  std::vector<double> values;
  for (const FocusSlice& slice : slices) values.insert(values.end(), {slice.focus_nm, slice.low, slice.high});
  return to_numpy(std::move(values), {slices.size(), 3});
}

// Of one gauge at one exposure.
struct Reading {
  double cd_nm, nils;
};

nb::dict window_of(Model& model, const Spectrum<double>& mask, const Box& field, const std::vector<GaugeNumbers>& numbers,
                   const std::vector<double>& exposures, double tolerance, double latitude) {
  std::vector<Gauge> gauges;
  for (const auto& [name, x0, y0, x1, y1, cd] : numbers) {
    gauges.push_back({.name = name, .from = {x0, y0}, .to = {x1, y1}, .cd_nm = cd});
    validate(gauges.back(), field);
  }
  if (gauges.empty()) refuse("gauges: at least one is wanted");
  const OpticalModel& optics = model.optics;
  std::vector<std::size_t> order(optics.conditions.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return optics.conditions[a].focus_nm < optics.conditions[b].focus_nm; });

  std::vector<std::vector<FocusSlice>> slices(gauges.size());
  std::vector<double> focuses, cds, nils, placements;  // [focus][gauge][exposure]
  {
    const nb::gil_scoped_release released;
    auto images = model.exact.lease();
    std::vector<std::optional<Tone>> tones(gauges.size());
    std::vector<double> sizes(gauges.size());
    // The nominal focus says what is measured, and, where a gauge states no CD, how wide it should be.
    const Spectrum<double> nominal = images->simulator().intensity_spectrum(mask, 0);
    for (std::size_t g = 0; g < gauges.size(); ++g) {
      const GaugeProfile profile(nominal, field, optics.resist, gauges[g]);
      tones[g] = profile.tone();
      sizes[g] = gauges[g].cd_nm > 0.0 ? gauges[g].cd_nm : profile.read(*tones[g]).cd_nm;
    }
    std::vector<std::vector<GaugeProfile>> profiles(gauges.size());
    for (const std::size_t c : order) {
      focuses.push_back(optics.conditions[c].focus_nm);
      const Spectrum<double> aerial = images->simulator().intensity_spectrum(mask, static_cast<int>(c));
      for (std::size_t g = 0; g < gauges.size(); ++g) {
        profiles[g].emplace_back(aerial, field, optics.resist, gauges[g]);
        for (const double exposure : exposures) {
          const GaugeReading reading = profiles[g].back().read(*tones[g], exposure);
          cds.push_back(reading.cd_nm);
          nils.push_back(reading.nils);
          placements.push_back(reading.placement_nm);
        }
      }
    }
    const auto nominal_at = static_cast<std::size_t>(std::find(order.begin(), order.end(), std::size_t{0}) - order.begin());
    for (std::size_t g = 0; g < gauges.size(); ++g) {
      std::vector<const GaugeProfile*> through_focus;
      for (const GaugeProfile& profile : profiles[g]) through_focus.push_back(&profile);
      slices[g] = limits_through_focus(focuses, through_focus, nominal_at, *tones[g], (1.0 - tolerance) * sizes[g],
                                       (1.0 + tolerance) * sizes[g]);
    }
  }
  const WindowReport report = measure_window(slices, latitude);
  nb::dict result;
  const std::vector<std::size_t> shape{focuses.size(), gauges.size(), exposures.size()};
  result["focus_nm"] = to_numpy(std::move(focuses), {shape[0]});
  result["cd_nm"] = to_numpy(std::move(cds), shape);
  result["nils"] = to_numpy(std::move(nils), shape);
  result["placement_nm"] = to_numpy(std::move(placements), shape);
  nb::list of_gauges;
  for (const auto& one : slices) of_gauges.append(slices_array(one));
  result["slices"] = of_gauges;
  result["limits"] = slices_array(report.limits);
  result["exposure_latitude"] = report.exposure_latitude;
  result["best_focus_nm"] = report.best_focus_nm;
  result["rectangle"] = to_dict(report.rectangle);
  result["ellipse"] = to_dict(report.ellipse);
  result["rectangle_depth_nm"] = report.rectangle_depth_nm;
  result["ellipse_depth_nm"] = report.ellipse_depth_nm;
  return result;
}

}  // namespace

void bind_metrology(nb::module_& m) {
  m.def("window_of_pixels", [](Model& model, const Array& mask, std::pair<double, double> origin_nm,
                               const std::vector<GaugeNumbers>& gauges, const std::vector<double>& exposures,
                               double tolerance, double latitude) {
        check_pixels(mask);
        const PixelBatch<double> pixels(mask);
        if (pixels.batched() || holds<float>(mask)) refuse("mask: one mask (rows, cols) of float64, uint8 or bool is wanted");
        auto images = model.exact.lease();
        const Spectrum<double> spectrum = images->simulator().mask_spectrum(pixels[0]);
        require_finite(spectrum);
        return window_of(model, spectrum, field_at(model.optics.period_x_nm, model.optics.period_y_nm, origin_nm), gauges,
                         exposures, tolerance, latitude);
      }, "model"_a, "mask"_a, "origin_nm"_a, "gauges"_a, "exposures"_a, "tolerance"_a, "latitude"_a);
  m.def("window_of_polygons", [](Model& model, const Array& corners, const Array& ends, std::pair<double, double> origin_nm,
                                 const std::vector<GaugeNumbers>& gauges, const std::vector<double>& exposures,
                                 double tolerance, double latitude) {
        const Box field = field_at(model.optics.period_x_nm, model.optics.period_y_nm, origin_nm);
        auto images = model.exact.lease();
        const Spectrum<double> spectrum = images->simulator().mask_spectrum(polygons_from(corners, ends), field);
        return window_of(model, spectrum, field, gauges, exposures, tolerance, latitude);
      }, "model"_a, "corners"_a, "ends"_a, "origin_nm"_a, "gauges"_a, "exposures"_a, "tolerance"_a, "latitude"_a);
}

}  // namespace reticle::python
