// SPDX-License-Identifier: Apache-2.0
#include "litho/optics/socs_builder.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <optional>
#include <span>
#include <sstream>

#include "kernels/base/error.h"
#include "litho/optics/calibration.h"
#include "litho/optics/coherent_rows.h"
#include "litho/optics/film_stack.h"
#include "litho/optics/kernel_basis.h"
#include "litho/optics/model_errors.h"
#include "litho/optics/source_refinement.h"
#include "litho/optics/truncation.h"

namespace reticle {

namespace {

using Complex = std::complex<double>;

constexpr double k_float_will_do = 1e-4;  // errors asked for, of clear field
constexpr double k_error_without_edges = 1e-3;  // of clear field, where no edge says what counts
constexpr int k_first_guess = 48;  // kernels, where nothing is known of others

// Kernels at defocus -d are the conjugates of those at +d, with the same error on a real mask, where
// conjugation is the only thing that turns the sign of the defocus: no aberration, no films, linear
// polarisation, and a source that is its own image through the axis.
bool focus_is_conjugation(const OpticsSettings& s, std::span<const SourcePoint> source) {
  const auto zero = [](double waves) { return waves == 0.0; };
  if (!s.stack.films.empty() || !std::all_of(s.zernikes_waves.begin(), s.zernikes_waves.end(), zero))
    return false;
  const auto linear = [](const SourcePoint& point) {
    return std::all_of(point.states.begin(), point.states.end(), [](const JonesState& state) {
      return state.x.imag() == 0.0 && state.y.imag() == 0.0;
    });
  };
  if (!std::all_of(source.begin(), source.end(), linear)) return false;
  const auto group = mirror_group(s, source);
  return std::any_of(group.begin(), group.end(), [](Flip f) { return f.x < 0 && f.y < 0; });
}

// Largest weights first.
SocsKernels leading_kernels(const KernelBasis& basis, int count) {
  SocsKernels set{.name = {}, .focus_nm = 0.0, .half_x = basis.window().half_x,
                  .half_y = basis.window().half_y, .coefficients = {}, .weights = {}};
  set.coefficients.reserve(static_cast<std::size_t>(count) * basis.window().size());
  std::vector<int> order(static_cast<std::size_t>(count));
  std::iota(order.begin(), order.end(), 0);
  const auto weight = [&](int k) { return basis.weights()[static_cast<std::size_t>(k)]; };
  std::stable_sort(order.begin(), order.end(), [&](int a, int b) { return weight(a) > weight(b); });
  for (const int k : order) {
    const std::vector<Complex> kernel = basis.kernel(k);
    set.coefficients.insert(set.coefficients.end(), kernel.begin(), kernel.end());
    set.weights.push_back(weight(k));
  }
  return set;
}

// What the kernels of a model must reach.
struct Wanted {
  ImageError limit;
  int max_kernels = 0;
};

Wanted wanted_of(const OpticsSettings& settings) {
  constexpr double k_any = std::numeric_limits<double>::infinity();
  if (settings.kernels > 0) return {{0.0, 0.0}, settings.kernels};  // no error is small enough
  if (settings.max_error > 0.0) return {{settings.max_error, k_any}, settings.max_kernels};
  return {{k_any, settings.max_epe_nm}, settings.max_kernels};
}

std::string missed(const FocusCondition& condition, const OpticsSettings& settings, const Truncation& reached) {
  std::ostringstream message;
  message << "optics: condition '" << condition.name << "' has an error of ";
  if (settings.max_error > 0.0)
    message << reached.error.intensity << " with " << reached.kernels << " kernels, above max_error = "
            << settings.max_error;
  else
    message << reached.error.edge_nm << " nm at printed edges with " << reached.kernels
            << " kernels, above max_epe_nm = " << settings.max_epe_nm;
  message << "; raise it or max_kernels, which is " << settings.max_kernels;
  return message.str();
}

// One condition: kernels until the error on the calibration clips is small enough; about as many as `expected`, 0 where
// no other condition says.
SocsKernels build_condition(const OpticsSettings& settings, std::span<const SourcePoint> source,
                            const FocusCondition& condition, const Calibration& calibration, int expected,
                            SocsReport& report, EdgeErrors* others) {
  Wanted wanted = wanted_of(settings);
  const double error = settings.max_error > 0.0 ? settings.max_error : std::min(1e-3, 1e-2 * settings.max_epe_nm);
  const TransmissionMatrix matrix =
      calibration.matrix(source, condition.focus_nm, error >= k_float_will_do ? Precision::single : Precision::full);
  const std::vector<Spectrum<double>> exact = calibration.images(matrix);
  const PrintedEdges edges(calibration.settings(), exact);
  if (edges.count() == 0) wanted.limit.intensity = std::min(wanted.limit.intensity, k_error_without_edges);
  KernelBasis basis(settings, source, condition.focus_nm, expected > 0 ? expected : k_first_guess, error,
                    settings.max_error > 0.0 || calibration.is_of_one_mask() ? KernelBasis::Orders::alike : KernelBasis::Orders::as_in_layouts,
                    KernelBasis::Solver::by_size, calibration.has_tile_period() ? &matrix : nullptr);
  const Truncation truncation = truncate_for(basis, calibration, exact, edges, wanted.limit, wanted.max_kernels, expected,
                                             calibration.is_of_one_mask() ? Tail::none : Tail::fitted);
  if (settings.kernels == 0 && !truncation.error.within(wanted.limit))
    throw Error(ErrorCode::unsupported, missed(condition, settings, truncation));
  SocsKernels set = leading_kernels(basis, std::max(1, truncation.kernels));
  set.tail = truncation.tail;
  double held = 0.0;
  for (const double weight : set.weights) held += weight;
  report.kernels = set.count();
  report.energy = held / basis.trace();
  report.measured = truncation.error.intensity;
  report.edge_nm = truncation.error.edge_nm;
  report.largest_edge_nm = truncation.error.largest_nm;
  report.edges = edges.count();
  report.bound = basis.bound_after(set.count());
  if (others != nullptr) *others = other_edge_errors(settings, calibration, set, exact, edges);
  return set;
}

SocsKernels conjugated(SocsKernels set) {
  for (Complex& value : set.coefficients) value = std::conj(value);
  return set;
}

double weight_of(const std::vector<SourcePoint>& source) {
  double sum = 0.0;
  for (const SourcePoint& point : source) sum += point.weight;
  return sum;
}

// Of the source's zero orders, unpolarised.
double mean_reflectance(const OpticsSettings& settings, const std::vector<SourcePoint>& source) {
  double sum = 0.0;
  for (const SourcePoint& point : source) {
    const double kt = std::min(settings.na * std::hypot(point.sigma_x, point.sigma_y), 0.999999 * settings.immersion_index);
    const StackReflectance r = reflectance(settings.stack, settings.immersion_index, settings.wavelength_nm, kt);
    sum += point.weight * 0.5 * (r.s + r.p);
  }
  return sum / weight_of(source);
}

OpticalModel build(const OpticsSettings& settings, const std::vector<SourcePoint>& source,
                   const Spectrum<double>* mask, std::vector<SocsReport>& reports) {
  const Calibration calibration(settings, order_window(settings, source), mask);
  int expected = 0;
  OpticalModel model;
  model.period_x_nm = settings.period_x_nm();
  model.period_y_nm = settings.period_y_nm();
  model.wavelength_nm = settings.wavelength_nm;
  model.na = settings.na;
  model.stage_blur_nm = settings.stage_blur_nm;
  model.flare = settings.flare;
  model.mask = settings.mask;
  model.resist = resist_of(settings);
  const bool conjugation = focus_is_conjugation(settings, source);
  std::ostringstream provenance;
  provenance << "SOCS of source and pupil; images are divided by " << clear_field(settings, source) / weight_of(source)
             << ", the raw intensity of a clear field;";
  if (!settings.stack.films.empty())
    provenance << " the films reflect " << 100.0 * mean_reflectance(settings, source) << " % of the source's light;";
  for (const FocusCondition& condition : settings.conditions) {
    const auto& built = model.conditions;
    const auto opposite = std::find_if(built.begin(), built.end(), [&](const SocsKernels& other) {
      return conjugation && other.focus_nm == -condition.focus_nm;
    });
    SocsReport report;
    SocsKernels set;
    if (opposite != built.end()) {
      report = reports[static_cast<std::size_t>(opposite - built.begin())];
      set = conjugated(*opposite);
    } else {
      set = build_condition(settings, source, condition, calibration, expected, report,
                            model.conditions.empty() && mask == nullptr ? &model.edge_errors : nullptr);
      expected = report.kernels;
    }
    report.condition = set.name = condition.name;
    set.focus_nm = condition.focus_nm;
    model.conditions.push_back(std::move(set));
    model.truncation_error = std::max(model.truncation_error, report.measured);
    model.truncation_bound = std::max(model.truncation_bound, report.bound);
    provenance << ' ' << report.condition << ": " << report.kernels << " kernels, energy " << report.energy
               << ", error " << report.measured << " of clear field, " << report.edge_nm << " nm at edges;";
    model.edge_errors.truncation_nm = std::max(model.edge_errors.truncation_nm, report.edge_nm);
    model.edge_errors.largest_nm = std::max(model.edge_errors.largest_nm, report.largest_edge_nm);
    reports.push_back(report);
  }
  model.provenance = provenance.str();
  validate(model);
  return model;
}

}  // namespace

ResistModel resist_of(const OpticsSettings& settings) {
  return {.threshold = settings.threshold,
          .diffusion_nm = settings.diffusion_nm,
          .slope_nm = settings.resist_slope_nm,
          .density = settings.resist_density,
          .density_range_nm = settings.resist_density_range_nm,
          .tone = settings.tone};
}

OpticalModel build_optical_model(const OpticsSettings& settings, std::vector<SocsReport>* reports,
                                 const Spectrum<double>* mask) {
  validate(settings);
  const std::vector<SourcePoint> source = refined_source(settings);
  std::vector<SocsReport> made;
  OpticalModel model = build(settings, source, mask, made);
  if (reports != nullptr) *reports = std::move(made);
  return model;
}

}  // namespace reticle
