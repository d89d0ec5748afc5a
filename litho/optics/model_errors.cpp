// SPDX-License-Identifier: Apache-2.0
#include "litho/optics/model_errors.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include "litho/imaging/simulator.h"
#include "litho/optics/source_refinement.h"

namespace reticle {

namespace {

double sinc(double x) {
  const double t = std::numbers::pi * x;
  return std::abs(t) < 1e-12 ? 1.0 : std::sin(t) / t;
}

template <class A, class B>
Spectrum<double> difference(const Spectrum<A>& a, const Spectrum<B>& b) {
  Spectrum<double> out(a.half_x(), a.half_y());
  for (std::size_t i = 0; i < out.size(); ++i)
    out.data()[i] = std::complex<double>(a.data()[i]) - std::complex<double>(b.data()[i]);
  return out;
}

// The kernels on the clips' orders, as a model without blur and flare, which weighing edges adds.
OpticalModel on_clips(const Calibration& calibration, const SocsKernels& kernels) {
  OpticalModel model;
  model.period_x_nm = calibration.settings().period_x_nm();
  model.period_y_nm = calibration.settings().period_y_nm();
  SocsKernels set = kernels;
  set.half_x = calibration.window().half_x;
  set.half_y = calibration.window().half_y;
  set.coefficients.clear();
  const auto size = static_cast<std::size_t>(kernels.rows()) * static_cast<std::size_t>(kernels.cols());
  for (int k = 0; k < kernels.count(); ++k) {
    const auto kernel = calibration.on_clips({kernels.kernel(k), size});
    set.coefficients.insert(set.coefficients.end(), kernel.begin(), kernel.end());
  }
  model.conditions = {std::move(set)};
  return model;
}

}  // namespace

EdgeErrors other_edge_errors(const OpticsSettings& settings, const Calibration& calibration, const SocsKernels& kernels,
                             std::span<const Spectrum<double>> exact, const PrintedEdges& edges) {
  EdgeErrors errors;
  if (settings.source.shape != SourceShape::freeform && settings.source.grid >= 16) {
    OpticsSettings coarse = settings;
    coarse.source.grid /= 2;
    coarse.source.sampling = SourceSampling::covered_area;  // dividing its cells would make the same points
    const auto images = calibration.images(calibration.matrix(refined_source(coarse), settings.conditions[0].focus_nm, Precision::single));
    errors.source_nm = 0.0;
    for (std::size_t clip = 0; clip < images.size(); ++clip)
      errors.source_nm = std::max(errors.source_nm, edges.error(clip, difference(images[clip], exact[clip])).edge_nm /
                                                        (std::pow(2.0, 1.5) - 1.0));
  }
  errors.mask_pixel_nm = 0.007 * settings.wavelength_nm / settings.na;
  errors.precision_nm = errors.pixels_nm = 0.0;
  const OpticalModel model = on_clips(calibration, kernels);
  Simulator<double> exactly(model);
  Simulator<float> quickly(model);
  for (std::size_t clip = 0; clip < calibration.masks().size(); ++clip) {
    const Spectrum<double>& mask = calibration.masks()[clip];
    Spectrum<double> drawn = mask;
    Spectrum<float> single(mask.half_x(), mask.half_y());
    for (std::size_t i = 0; i < mask.size(); ++i) single.data()[i] = std::complex<float>(mask.data()[i]);
    for (int n = -mask.half_y(); n <= mask.half_y(); ++n)
      for (int m = -mask.half_x(); m <= mask.half_x(); ++m)
        drawn.at(m, n) *= sinc(m * errors.mask_pixel_nm / model.period_x_nm) * sinc(n * errors.mask_pixel_nm / model.period_y_nm);
    const Spectrum<double> image = exactly.intensity_spectrum(mask, 0);
    const auto error = [&](const auto& other) { return edges.error(clip, difference(image, other)).edge_nm; };
    errors.precision_nm = std::max(errors.precision_nm, error(quickly.intensity_spectrum(single, 0)));
    errors.pixels_nm = std::max(errors.pixels_nm, error(exactly.intensity_spectrum(drawn, 0)));
  }
  return errors;
}

}  // namespace reticle
