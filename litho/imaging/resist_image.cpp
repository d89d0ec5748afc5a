// SPDX-License-Identifier: Apache-2.0
#include "litho/imaging/resist_image.h"

#include <cmath>
#include <complex>
#include <numbers>
#include <vector>

#include "litho/imaging/simulator.h"

namespace reticle {

namespace {

struct Period {
  double x, y;
};

// dG/ds over G at a frequency: G = exp(-2 pi^2 s^2 f^2).
double log_derivative(double sigma_nm, double fx, double fy) {
  return -4.0 * std::numbers::pi * std::numbers::pi * sigma_nm * (fx * fx + fy * fy);
}

// work(coefficient index, fx, fy)
template <class T, class Work>
void for_frequencies(const Spectrum<T>& spectrum, Period period, const Work& work) {
  std::size_t i = 0;
  for (int n = -spectrum.half_y(); n <= spectrum.half_y(); ++n)
    for (int m = -spectrum.half_x(); m <= spectrum.half_x(); ++m) work(i++, m / period.x, n / period.y);
}

// sum Re conj(d) v factor(fx, fy): the change of L with a parameter that scales v by factor.
template <class T, class Factor>
double inner_product(const Spectrum<T>& d, const Spectrum<T>& v, Period period, const Factor& factor) {
  double sum = 0.0;
  for_frequencies(d, period, [&](std::size_t i, double fx, double fy) {
    const std::complex<double> a(d.data()[i]), b(v.data()[i]);
    sum += (std::conj(a) * b).real() * factor(fx, fy);
  });
  return sum;
}

// Coefficients times 2 pi i f along an axis, or its transpose, times -2 pi i f.
enum class Axis { x, y };
template <class T>
Spectrum<T> derivative(Spectrum<T> spectrum, Period period, Axis axis, double sign) {
  for_frequencies(spectrum, period, [&](std::size_t i, double fx, double fy) {
    spectrum.data()[i] *=
        std::complex<T>(T(0), static_cast<T>(sign * 2.0 * std::numbers::pi * (axis == Axis::x ? fx : fy)));
  });
  return spectrum;
}

ResistModel without_slope(ResistModel resist) {
  resist.slope_nm = 0.0;
  return resist;
}

// Slopes of the diffused image at the places.
template <class T>
struct Slopes {
  Spectrum<T> diffused;
  std::vector<T> x, y;

  Slopes(ImageReader<T>& reader, Spectrum<T> aerial, Period period, double diffusion_nm,
         const ImagePlaces& places)
      : diffused(std::move(aerial)), x(count(places)), y(count(places)) {
    diffuse(diffused, period.x, period.y, diffusion_nm);
    reader.read(derivative(diffused, period, Axis::x, 1.0), places, std::span<T>(x));
    reader.read(derivative(diffused, period, Axis::y, 1.0), places, std::span<T>(y));
  }
};

}  // namespace

template <class T>
void resist_image(ImageReader<T>& reader, const Spectrum<T>& aerial, double period_x_nm, double period_y_nm,
                  const ResistModel& resist, const ImagePlaces& places, std::span<T> out) {
  Spectrum<T> linear = aerial;
  expose(linear, period_x_nm, period_y_nm, without_slope(resist));
  reader.read(linear, places, out);
  if (resist.slope_nm == 0.0) return;
  const Slopes<T> slopes(reader, aerial, {period_x_nm, period_y_nm}, resist.diffusion_nm, places);
  for (std::size_t i = 0; i < out.size(); ++i)
    out[i] += static_cast<T>(resist.slope_nm) * std::hypot(slopes.x[i], slopes.y[i]);
}

template <class T>
void resist_image(Simulator<T>& simulator, const OpticalModel& model, Spectrum<T> aerial, ImageView<T> out) {
  if (model.resist.slope_nm == 0.0) {
    expose(aerial, model.period_x_nm, model.period_y_nm, model.resist);
    simulator.image(aerial, out);
    return;
  }
  ImageReader<T> reader;
  resist_image(reader, aerial, model.period_x_nm, model.period_y_nm, model.resist, FieldPixels{out.rows, out.cols},
               std::span<T>(out.data, out.size()));
}

template <class T>
AerialGradient<T> resist_gradient(ImageReader<T>& reader, const Spectrum<T>& aerial, double period_x_nm,
                                  double period_y_nm, const ResistModel& resist, const ImagePlaces& places,
                                  std::span<const T> d_resist, ResistDerivatives wanted) {
  const Period period{period_x_nm, period_y_nm};
  AerialGradient<T> result;
  Spectrum<T>& d_aerial = result.aerial;
  const Spectrum<T> d_linear = reader.gradient(places, d_resist, aerial.half_x(), aerial.half_y());
  const auto gaussian = [](double sigma_nm, double fx, double fy) {
    const double s = std::numbers::pi * sigma_nm;
    return std::exp(-2.0 * s * s * (fx * fx + fy * fy));
  };
  d_aerial = d_linear;
  expose(d_aerial, period.x, period.y, without_slope(resist));
  if (wanted == ResistDerivatives::none && resist.slope_nm == 0.0) return result;
  result.resist.diffusion_nm = inner_product(d_linear, aerial, period, [&](double fx, double fy) {
    return log_derivative(resist.diffusion_nm, fx, fy) * gaussian(resist.diffusion_nm, fx, fy);
  });
  result.resist.density = inner_product(d_linear, aerial, period, [&](double fx, double fy) {
    return gaussian(resist.density_range_nm, fx, fy);
  });
  if (resist.density != 0.0)
    result.resist.density_range_nm = inner_product(d_linear, aerial, period, [&](double fx, double fy) {
      return resist.density * log_derivative(resist.density_range_nm, fx, fy) *
             gaussian(resist.density_range_nm, fx, fy);
    });

  const Slopes<T> slopes(reader, aerial, period, resist.diffusion_nm, places);
  std::vector<T> d_x(slopes.x.size()), d_y(slopes.y.size());
  for (std::size_t i = 0; i < d_x.size(); ++i) {
    const T size = std::hypot(slopes.x[i], slopes.y[i]);
    result.resist.slope_nm += static_cast<double>(d_resist[i] * size);
    if (size == T(0)) continue;
    d_x[i] = static_cast<T>(resist.slope_nm) * d_resist[i] * slopes.x[i] / size;
    d_y[i] = static_cast<T>(resist.slope_nm) * d_resist[i] * slopes.y[i] / size;
  }
  if (resist.slope_nm == 0.0) return result;
  const int half_x = aerial.half_x(), half_y = aerial.half_y();
  Spectrum<T> d_diffused =
      derivative(reader.gradient(places, std::span<const T>(d_x), half_x, half_y), period, Axis::x, -1.0);
  const Spectrum<T> of_y =
      derivative(reader.gradient(places, std::span<const T>(d_y), half_x, half_y), period, Axis::y, -1.0);
  for (std::size_t i = 0; i < d_diffused.size(); ++i) d_diffused.data()[i] += of_y.data()[i];
  result.resist.diffusion_nm += inner_product(d_diffused, slopes.diffused, period, [&](double fx, double fy) {
    return log_derivative(resist.diffusion_nm, fx, fy);
  });
  diffuse(d_diffused, period.x, period.y, resist.diffusion_nm);
  for (std::size_t i = 0; i < d_aerial.size(); ++i) d_aerial.data()[i] += d_diffused.data()[i];
  return result;
}

template void resist_image(ImageReader<float>&, const Spectrum<float>&, double, double, const ResistModel&,
                           const ImagePlaces&, std::span<float>);
template void resist_image(ImageReader<double>&, const Spectrum<double>&, double, double, const ResistModel&,
                           const ImagePlaces&, std::span<double>);
template void resist_image(Simulator<float>&, const OpticalModel&, Spectrum<float>, ImageView<float>);
template void resist_image(Simulator<double>&, const OpticalModel&, Spectrum<double>, ImageView<double>);
template AerialGradient<float> resist_gradient(ImageReader<float>&, const Spectrum<float>&, double, double,
                                               const ResistModel&, const ImagePlaces&, std::span<const float>,
                                               ResistDerivatives);
template AerialGradient<double> resist_gradient(ImageReader<double>&, const Spectrum<double>&, double, double,
                                                const ResistModel&, const ImagePlaces&, std::span<const double>,
                                                ResistDerivatives);

}  // namespace reticle
