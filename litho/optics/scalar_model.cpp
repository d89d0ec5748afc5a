#include "litho/optics/scalar_model.h"

#include <algorithm>
#include <cmath>
#include <complex>
#include <numbers>

#define lapack_complex_float std::complex<float>
#define lapack_complex_double std::complex<double>
#include <lapacke.h>

#include "kernels/base/error.h"

namespace reticle {
namespace {

using Complex = std::complex<double>;

void require(bool holds, const std::string& what) {
  if (!holds) throw Error(ErrorCode::invalid_argument, "optical model: " + what);
}

void check(const ScalarOptics& o) {
  require(o.wavelength_nm > 0.0, "wavelength_nm has to be above 0");
  require(o.na > 0.0 && o.na < o.immersion_index,
          "na is " + std::to_string(o.na) + "; it has to be above 0 and below immersion_index");
  require(o.sigma_inner >= 0.0 && o.sigma_inner < o.sigma_outer && o.sigma_outer <= 1.0,
          "the source needs 0 <= sigma_inner < sigma_outer <= 1");
  require(o.source_pixels > 0, "source_pixels has to be above 0");
  require(o.period_nm > 0.0, "period_nm has to be above 0");
  require(o.kernels > 0, "kernels has to be above 0");
  require(!o.conditions.empty(), "there has to be a condition");
}

struct SourcePoint {
  double x, y;  // sigma units
};

std::vector<SourcePoint> source_points(const ScalarOptics& o) {
  std::vector<SourcePoint> points;
  for (int j = 0; j < o.source_pixels; ++j) {
    for (int i = 0; i < o.source_pixels; ++i) {
      const double x = (2.0 * i + 1.0 - o.source_pixels) / o.source_pixels;
      const double y = (2.0 * j + 1.0 - o.source_pixels) / o.source_pixels;
      const double r = std::hypot(x, y);
      if (r >= o.sigma_inner && r <= o.sigma_outer) points.push_back({x, y});
    }
  }
  require(!points.empty(), "the source has no point; use more source_pixels");
  return points;
}

Complex pupil(const ScalarOptics& o, double rho2, double focus_nm) {
  if (rho2 > 1.0) return 0.0;
  const double n = o.immersion_index;
  const double path = std::sqrt(n * n - o.na * o.na * rho2) - n;
  return std::polar(1.0, 2.0 * std::numbers::pi * focus_nm / o.wavelength_nm * path);
}

// [source point][n + half][m + half], scaled so that the clear field is 1.
std::vector<Complex> shifted_pupils(const ScalarOptics& o, const std::vector<SourcePoint>& source,
                                    int half, double focus_nm) {
  const double step = o.wavelength_nm / (o.na * o.period_nm);
  const double scale = 1.0 / std::sqrt(static_cast<double>(source.size()));
  std::vector<Complex> rows;
  for (const SourcePoint& s : source) {
    for (int n = -half; n <= half; ++n) {
      for (int m = -half; m <= half; ++m) {
        const double x = s.x + m * step, y = s.y + n * step;
        rows.push_back(scale * pupil(o, x * x + y * y, focus_nm));
      }
    }
  }
  return rows;
}

// Eigenvalues, smallest first, of A A^H, whose eigenvectors replace it (columns).
std::vector<double> eigensystem(std::vector<Complex>& gram, int size) {
  std::vector<double> values(static_cast<std::size_t>(size));
  if (LAPACKE_zheevd(LAPACK_COL_MAJOR, 'V', 'U', size, gram.data(), size, values.data()) != 0) {
    throw Error(ErrorCode::invalid_argument,
                "optical model: the eigenvalues of the source's overlap matrix were not found");
  }
  return values;
}

// gram(i, j) = sum_f A(i, f) conj(A(j, f)), column major.
std::vector<Complex> gram_of(const std::vector<Complex>& a, std::size_t rows) {
  const std::size_t cols = a.size() / rows;
  std::vector<Complex> gram(rows * rows);
#pragma omp parallel for schedule(dynamic)
  for (std::size_t j = 0; j < rows; ++j) {
    for (std::size_t i = 0; i <= j; ++i) {
      double re = 0.0, im = 0.0;
      for (std::size_t f = 0; f < cols; ++f) {
        const Complex p = a[i * cols + f], q = a[j * cols + f];
        re += p.real() * q.real() + p.imag() * q.imag();
        im += p.imag() * q.real() - p.real() * q.imag();
      }
      gram[j * rows + i] = {re, im};
    }
  }
  return gram;
}

SocsKernels make_condition(const ScalarOptics& o, const std::vector<SourcePoint>& source,
                           const FocusCondition& condition) {
  const int half =
      static_cast<int>(std::floor(o.period_nm * o.na * (1.0 + o.sigma_outer) / o.wavelength_nm));
  const std::vector<Complex> a = shifted_pupils(o, source, half, condition.focus_nm);
  const std::size_t points = source.size(), orders = a.size() / points;
  std::vector<Complex> vectors = gram_of(a, points);
  const std::vector<double> values = eigensystem(vectors, static_cast<int>(points));

  SocsKernels kernels{
      .name = condition.name, .focus_nm = condition.focus_nm, .half_x = half, .half_y = half};
  const std::size_t count = std::min(points, static_cast<std::size_t>(o.kernels));
  for (std::size_t k = 0; k < count; ++k) {
    const std::size_t column = points - 1 - k;
    const double weight = std::max(values[column], 0.0);
    std::vector<Complex> kernel(orders);
    for (std::size_t s = 0; s < points; ++s) {
      const Complex u = std::conj(vectors[column * points + s]);
      for (std::size_t f = 0; f < orders; ++f) kernel[f] += u * a[s * orders + f];
    }
    const double scale = weight > 0.0 ? 1.0 / std::sqrt(weight) : 0.0;
    for (const Complex& value : kernel) kernels.coefficients.push_back(scale * value);
    kernels.weights.push_back(weight);
  }
  return kernels;
}

}  // namespace

OpticalModel make_scalar_model(const ScalarOptics& optics) {
  check(optics);
  const std::vector<SourcePoint> source = source_points(optics);
  OpticalModel model;
  model.period_x_nm = model.period_y_nm = optics.period_nm;
  model.wavelength_nm = optics.wavelength_nm;
  model.na = optics.na;
  model.resist = optics.resist;
  for (const FocusCondition& condition : optics.conditions) {
    model.conditions.push_back(make_condition(optics, source, condition));
  }
  model.provenance =
      "scalar imaging, annular source of " + std::to_string(source.size()) + " points";
  validate(model);
  return model;
}

}  // namespace reticle
