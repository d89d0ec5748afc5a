#include "litho/optics/socs_builder.h"

#include <cblas.h>
#include <lapacke.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <sstream>

#include "kernels/base/error.h"
#include "litho/imaging/polygon_spectrum.h"
#include "litho/imaging/simulator.h"
#include "litho/optics/abbe.h"
#include "litho/optics/coherent_rows.h"

extern "C" void openblas_set_num_threads(int);

namespace reticle {

namespace {

using Complex = std::complex<double>;
using ComplexF = std::complex<float>;

// Row-major complex matrices in single precision: range finding needs no more.
struct Matrix {
  int rows = 0, cols = 0;
  std::vector<ComplexF> data;
};

Matrix product(const Matrix& a, CBLAS_TRANSPOSE op_a, const Matrix& b) {
  const bool flip = op_a != CblasNoTrans;
  Matrix c{flip ? a.cols : a.rows, b.cols, {}};
  c.data.resize(static_cast<std::size_t>(c.rows) * c.cols);
  const ComplexF one = 1.0f, zero = 0.0f;
  cblas_cgemm(CblasRowMajor, op_a, CblasNoTrans, c.rows, c.cols, flip ? a.rows : a.cols, &one,
              a.data.data(), a.cols, b.data.data(), b.cols, &zero, c.data.data(), c.cols);
  return c;
}

void orthonormalise(Matrix& a) {
  std::vector<ComplexF> tau(static_cast<std::size_t>(std::min(a.rows, a.cols)));
  auto* data = reinterpret_cast<lapack_complex_float*>(a.data.data());
  auto* factors = reinterpret_cast<lapack_complex_float*>(tau.data());
  LAPACKE_cgeqrf(LAPACK_ROW_MAJOR, a.rows, a.cols, data, a.cols, factors);
  LAPACKE_cungqr(LAPACK_ROW_MAJOR, a.rows, a.cols, a.cols, data, a.cols, factors);
}

Matrix random_matrix(int rows, int cols) {
  std::mt19937 generator(20260101);
  Matrix m{rows, cols, {}};
  m.data.resize(static_cast<std::size_t>(rows) * cols);
  const auto uniform = [&] { return static_cast<float>(generator()) / 4294967296.0f - 0.5f; };
  for (ComplexF& v : m.data) {
    const float re = uniform();
    v = {re, uniform()};
  }
  return m;
}

// The leading right singular vectors of the rows, each times its singular value: kernels of unit
// weight. Randomised range finder with two power steps [Halko, Martinsson & Tropp 2011].
std::vector<std::vector<Complex>> leading_kernels(const Matrix& a, int count) {
  const int size = std::min({count + 12, a.rows, a.cols});
  Matrix range = product(a, CblasNoTrans, random_matrix(a.cols, size));
  for (int step = 0; step < 2; ++step) {
    orthonormalise(range);
    Matrix back = product(a, CblasConjTrans, range);
    orthonormalise(back);
    range = product(a, CblasNoTrans, back);
  }
  orthonormalise(range);
  const Matrix b = product(range, CblasConjTrans, a);  // [size][cols], a = range b within the tail
  std::vector<Complex> small(b.data.begin(), b.data.end());
  std::vector<double> values(static_cast<std::size_t>(size));
  std::vector<Complex> u(static_cast<std::size_t>(size) * size);
  std::vector<Complex> vt(static_cast<std::size_t>(size) * b.cols);
  const auto info = LAPACKE_zgesdd(LAPACK_ROW_MAJOR, 'S', size, b.cols,
                                   reinterpret_cast<lapack_complex_double*>(small.data()), b.cols,
                                   values.data(), reinterpret_cast<lapack_complex_double*>(u.data()),
                                   size, reinterpret_cast<lapack_complex_double*>(vt.data()), b.cols);
  if (info != 0)
    throw Error(ErrorCode::unsupported, "the singular value decomposition of the source-by-pupil "
                                        "matrix did not converge");
  std::vector<std::vector<Complex>> kernels;
  for (int k = 0; k < std::min(count, size); ++k) {
    const auto begin = vt.begin() + static_cast<std::ptrdiff_t>(k) * b.cols;
    std::vector<Complex> kernel(begin, begin + b.cols);
    for (Complex& v : kernel) v *= values[static_cast<std::size_t>(k)];
    kernels.push_back(std::move(kernel));
  }
  return kernels;
}

// Random Manhattan clip: squares of 0.6 lambda / NA, each open with probability 0.4, so that lines,
// corners, blocks and gaps of all sizes from the resolution upwards occur, without any symmetry.
std::vector<Polygon> calibration_pattern(const OpticsSettings& s) {
  const double size = 0.6 * s.wavelength_nm / s.na;
  const int cols = std::max(2, static_cast<int>(s.period_x_nm() / size));
  const int rows = std::max(2, static_cast<int>(s.period_y_nm() / size));
  const double w = s.period_x_nm() / cols, h = s.period_y_nm() / rows;
  std::mt19937 generator(20260102);
  std::vector<Polygon> shapes;
  for (int y = 0; y < rows; ++y)
    for (int x = 0; x < cols; ++x) {
      const bool first = x == 0 && y == 0;
      if (generator() % 10 >= 4 && !first) continue;
      const double x0 = x * w, y0 = y * h;
      shapes.push_back({{x0, y0}, {x0 + w, y0}, {x0 + w, y0 + h}, {x0, y0 + h}});
    }
  return shapes;
}

Image<double> image_of(const Spectrum<double>& intensity, const OpticsSettings& s) {
  const Box field{0.0, 0.0, s.period_x_nm(), s.period_y_nm()};
  const double pixel = std::min(s.period_x_nm() / (2 * intensity.cols()),
                                s.period_y_nm() / (2 * intensity.rows()));
  return intensity_on(intensity, field,
                      Grid{.rows = static_cast<int>(s.period_y_nm() / pixel),
                           .cols = static_cast<int>(s.period_x_nm() / pixel), .pixel_nm = pixel});
}

// One condition: the matrix once, then kernels until the measured error is small enough.
class ConditionBuilder {
 public:
  ConditionBuilder(const OpticsSettings& settings, const FocusCondition& condition)
      : settings_(settings), condition_(condition), rows_(settings, condition.focus_nm) {
    const int cols = rows_.window().size();
    matrix_ = {rows_.count(), cols, {}};
    matrix_.data.reserve(static_cast<std::size_t>(matrix_.rows) * cols);
    rows_.for_each([&](std::span<const Complex> row) {
      for (const Complex& v : row) {
        matrix_.data.push_back(ComplexF(v));
        trace_ += std::norm(v);
      }
    });
    mask_ = polygon_spectrum(calibration_pattern(settings),
                             {0.0, 0.0, settings.period_x_nm(), settings.period_y_nm()},
                             rows_.window().half_x, rows_.window().half_y);
    exact_ = image_of(abbe_intensity(settings, condition.focus_nm, mask_), settings);
  }

  SocsKernels build(SocsReport& report) {
    int count = std::min(32, settings_.max_kernels);
    while (true) {
      const auto kernels = leading_kernels(matrix_, count);
      const int wanted = smallest_count(kernels);
      if (wanted > 0) return finished(kernels, wanted, report);
      if (count >= settings_.max_kernels || static_cast<int>(kernels.size()) < count) {
        std::ostringstream message;
        message << "optics: condition '" << condition_.name << "' does not reach max_error = "
                << settings_.max_error << " with " << kernels.size()
                << " kernels; raise max_kernels or max_error";
        throw Error(ErrorCode::unsupported, message.str());
      }
      count = std::min(2 * count, settings_.max_kernels);
    }
  }

 private:
  // The image of the first `count` kernels against Abbe's on the calibration pattern.
  double error_of(const std::vector<std::vector<Complex>>& kernels, int count) const {
    OpticalModel model;
    model.stage_blur_nm = settings_.stage_blur_nm;
    model.flare = settings_.flare;
    model.period_x_nm = settings_.period_x_nm();
    model.period_y_nm = settings_.period_y_nm();
    model.conditions.push_back(socs_kernels(kernels, count));
    Simulator<double> simulator(model);
    const Image<double> image = image_of(simulator.intensity_spectrum(mask_, 0), settings_);
    double worst = 0.0;
    for (std::size_t i = 0; i < image.size(); ++i)
      worst = std::max(worst, std::abs(image.data()[i] - exact_.data()[i]));
    return worst;
  }

  // By bisection: the error falls with the count but for ripples. 0: none is enough.
  int smallest_count(const std::vector<std::vector<Complex>>& kernels) const {
    int high = static_cast<int>(kernels.size());
    if (error_of(kernels, high) > settings_.max_error) return 0;
    int low = 0;
    while (high - low > 1) {
      const int middle = (low + high) / 2;
      (error_of(kernels, middle) > settings_.max_error ? low : high) = middle;
    }
    return high;
  }

  SocsKernels socs_kernels(const std::vector<std::vector<Complex>>& kernels, int count) const {
    SocsKernels set{.name = condition_.name, .focus_nm = condition_.focus_nm,
                    .half_x = rows_.window().half_x, .half_y = rows_.window().half_y};
    for (int k = 0; k < count; ++k) {
      const auto& kernel = kernels[static_cast<std::size_t>(k)];
      double weight = 0.0;
      for (const Complex& v : kernel) weight += std::norm(v);
      set.weights.push_back(weight);
      const double root = weight > 0.0 ? std::sqrt(weight) : 1.0;
      for (const Complex& v : kernel) set.coefficients.push_back(v / root);
    }
    return set;
  }

  SocsKernels finished(const std::vector<std::vector<Complex>>& kernels, int count,
                       SocsReport& report) const {
    SocsKernels set = socs_kernels(kernels, count);
    double held = 0.0, energy = 0.0;
    for (const double weight : set.weights) held += weight;
    for (std::size_t i = 0; i < mask_.size(); ++i) energy += std::norm(mask_.data()[i]);
    // |I - I_K|(x) <= sum_{k > K} lambda_k sum |c|^2, by Cauchy and Schwarz; the first factor cannot
    // exceed the trace that is left.
    report = {condition_.name, count, held / trace_,
              std::max(0.0, trace_ - held) * energy, error_of(kernels, count)};
    return set;
  }

  const OpticsSettings& settings_;
  const FocusCondition& condition_;
  CoherentRows rows_;
  Matrix matrix_;
  double trace_ = 0.0;
  Spectrum<double> mask_;
  Image<double> exact_;
};

}  // namespace

OpticalModel build_optical_model(const OpticsSettings& settings, std::vector<SocsReport>* reports) {
  validate(settings);
  openblas_set_num_threads(1);
  OpticalModel model;
  model.period_x_nm = settings.period_x_nm();
  model.period_y_nm = settings.period_y_nm();
  model.wavelength_nm = settings.wavelength_nm;
  model.na = settings.na;
  model.stage_blur_nm = settings.stage_blur_nm;
  model.flare = settings.flare;
  model.resist = {settings.threshold, settings.diffusion_nm};
  std::ostringstream provenance;
  provenance << "SOCS of source and pupil;";
  for (const FocusCondition& condition : settings.conditions) {
    SocsReport report;
    model.conditions.push_back(ConditionBuilder(settings, condition).build(report));
    model.truncation_error = std::max(model.truncation_error, report.measured);
    model.truncation_bound = std::max(model.truncation_bound, report.bound);
    provenance << ' ' << report.condition << ": " << report.kernels << " kernels, energy "
               << report.energy << ", error " << report.measured << " of clear field;";
    if (reports != nullptr) reports->push_back(report);
  }
  model.provenance = provenance.str();
  validate(model);
  return model;
}

}  // namespace reticle
