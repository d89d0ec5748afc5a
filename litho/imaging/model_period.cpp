// SPDX-License-Identifier: Apache-2.0
#include "litho/imaging/model_period.h"

#include <algorithm>
#include <cmath>
#include <complex>
#include <numbers>
#include <random>
#include <sstream>

#include "kernels/base/error.h"
#include "litho/imaging/polygon_spectrum.h"
#include "litho/imaging/simulator.h"

namespace reticle {

namespace {

using Complex = std::complex<double>;

double sinc(double x) {
  const double t = std::numbers::pi * x;
  return std::abs(t) < 1e-12 ? 1.0 : std::sin(t) / t;
}

// Orders at 1 / to_nm from those at 1 / from_nm, of a kernel of this spatial extent: [m'][m].
struct Axis {
  Axis(int from_half, double from_nm, double to_nm, double extent_nm)
      : old_half(from_half), half(static_cast<int>(std::ceil((from_half + 1) * to_nm / from_nm - 1e-9)) - 1) {
    for (int to = -half; to <= half; ++to)
      for (int from = -old_half; from <= old_half; ++from)
        factors.push_back(extent_nm / from_nm * sinc(extent_nm * (to / to_nm - from / from_nm)));
  }
  int rows() const { return 2 * half + 1; }
  int cols() const { return 2 * old_half + 1; }
  double at(int to, int from) const { return factors[static_cast<std::size_t>(to) * cols() + from]; }

  int old_half, half;
  std::vector<double> factors;
};

std::vector<Complex> moved(const Complex* kernel, const Axis& x, const Axis& y) {
  std::vector<Complex> along_x(static_cast<std::size_t>(y.cols()) * x.rows());
  for (int n = 0; n < y.cols(); ++n)
    for (int to = 0; to < x.rows(); ++to)
      for (int m = 0; m < x.cols(); ++m)
        along_x[static_cast<std::size_t>(n) * x.rows() + to] += x.at(to, m) * kernel[n * x.cols() + m];
  std::vector<Complex> out(static_cast<std::size_t>(y.rows()) * x.rows());
  for (int to = 0; to < y.rows(); ++to)
    for (int n = 0; n < y.cols(); ++n)
      for (int m = 0; m < x.rows(); ++m)
        out[static_cast<std::size_t>(to) * x.rows() + m] +=
            y.at(to, n) * along_x[static_cast<std::size_t>(n) * x.rows() + m];
  return out;
}

SocsKernels moved(const SocsKernels& set, const Axis& x, const Axis& y) {
  SocsKernels out{.name = set.name, .focus_nm = set.focus_nm, .half_x = x.half, .half_y = y.half,
                  .coefficients = {}, .weights = set.weights, .tail = set.tail};
  for (int k = 0; k < set.count(); ++k) {
    const std::vector<Complex> kernel = moved(set.kernel(k), x, y);
    out.coefficients.insert(out.coefficients.end(), kernel.begin(), kernel.end());
  }
  return out;
}

// Orders kept when the outermost ones, all together, may hold this part of the energy.
void trim(SocsKernels& set, double part) {
  std::vector<double> of_x(static_cast<std::size_t>(set.half_x) + 1), of_y(static_cast<std::size_t>(set.half_y) + 1);
  double total = 0.0;
  for (int k = 0; k < set.count(); ++k)
    for (int n = -set.half_y; n <= set.half_y; ++n)
      for (int m = -set.half_x; m <= set.half_x; ++m) {
        const double energy = set.weights[static_cast<std::size_t>(k)] *
                              std::norm(set.kernel(k)[(n + set.half_y) * set.cols() + m + set.half_x]);
        of_x[static_cast<std::size_t>(std::abs(m))] += energy;
        of_y[static_cast<std::size_t>(std::abs(n))] += energy;
        total += energy;
      }
  const auto kept = [&](const std::vector<double>& energies) {
    double beyond = 0.0;
    auto half = energies.size();
    while (half > 1 && beyond + energies[half - 1] <= part * total) beyond += energies[--half];
    return static_cast<int>(half) - 1;
  };
  SocsKernels out{.name = set.name, .focus_nm = set.focus_nm, .half_x = kept(of_x), .half_y = kept(of_y),
                  .coefficients = {}, .weights = set.weights, .tail = set.tail};
  for (int k = 0; k < set.count(); ++k)
    for (int n = -out.half_y; n <= out.half_y; ++n)
      for (int m = -out.half_x; m <= out.half_x; ++m)
        out.coefficients.push_back(set.kernel(k)[(n + set.half_y) * set.cols() + m + set.half_x]);
  set = std::move(out);
}

// Kernels cut to part of their extent, on the orders of a period.
OpticalModel moved_within(const OpticalModel& model, double period_x_nm, double period_y_nm, double part) {
  OpticalModel out = model;
  out.period_x_nm = period_x_nm;
  out.period_y_nm = period_y_nm;
  for (SocsKernels& set : out.conditions)
    set = moved(set, Axis(set.half_x, model.period_x_nm, period_x_nm, part * model.period_x_nm),
                Axis(set.half_y, model.period_y_nm, period_y_nm, part * model.period_y_nm));
  return out;
}

void require_period(double period_nm, double own_nm, const char* axis) {
  if (period_nm > 0.0 && period_nm <= 64.0 * own_nm) return;
  std::ostringstream message;
  message << "a model of period " << own_nm << " nm cannot be moved to " << period_nm << " nm in " << axis
          << "; allowed is above 0, up to 64 times as much";
  throw Error(ErrorCode::bad_input, message.str());
}

// Squares of the kernels' own resolution, each open or not.
std::vector<Polygon> random_clip(const OpticalModel& model) {
  const SocsKernels& set = model.conditions.front();
  const int cols = std::max(1, set.half_x), rows = std::max(1, set.half_y);
  const double w = model.period_x_nm / cols, h = model.period_y_nm / rows;
  std::mt19937 generator(20261125);
  std::vector<Polygon> shapes;
  for (int y = 0; y < rows; ++y)
    for (int x = 0; x < cols; ++x)
      if (generator() % 10 < 4)
        shapes.push_back({{x * w, y * h}, {(x + 1) * w, y * h}, {(x + 1) * w, (y + 1) * h}, {x * w, (y + 1) * h}});
  return shapes;
}

// In every condition.
std::vector<Image<double>> images_of(const OpticalModel& model, const std::vector<Polygon>& clip) {
  Simulator<double> simulator(model);
  const Spectrum<double> mask = simulator.mask_spectrum(clip, {0.0, 0.0, model.period_x_nm, model.period_y_nm});
  std::vector<Image<double>> images;
  for (int c = 0; c < static_cast<int>(model.conditions.size()); ++c)
    images.push_back(simulator.image(simulator.intensity_spectrum(mask, c), 4 * simulator.half_y() + 2, 4 * simulator.half_x() + 2));
  return images;
}

}  // namespace

OpticalModel model_at_period(const OpticalModel& model, double period_x_nm, double period_y_nm) {
  constexpr double k_left_out = 1e-6;
  require_period(period_x_nm, model.period_x_nm, "x");
  require_period(period_y_nm, model.period_y_nm, "y");
  if (period_x_nm == model.period_x_nm && period_y_nm == model.period_y_nm) return model;
  OpticalModel out = moved_within(model, period_x_nm, period_y_nm, 1.0);
  for (SocsKernels& set : out.conditions) trim(set, k_left_out);
  std::ostringstream note;
  note << "; kernels moved from a period of " << model.period_x_nm << " x " << model.period_y_nm << " nm";
  out.provenance += note.str();
  return out;
}

double period_error(const OpticalModel& model, double period_x_nm, double period_y_nm) {
  if (period_x_nm <= model.period_x_nm && period_y_nm <= model.period_y_nm) return 0.0;
  const double px = std::max(period_x_nm, model.period_x_nm), py = std::max(period_y_nm, model.period_y_nm);
  const std::vector<Polygon> clip = random_clip(model);
  const std::vector<Image<double>> whole = images_of(moved_within(model, px, py, 1.0), clip);
  const std::vector<Image<double>> cut = images_of(moved_within(model, px, py, 0.75), clip);
  double worst = 0.0;
  for (std::size_t c = 0; c < whole.size(); ++c)
    for (std::size_t i = 0; i < whole[c].size(); ++i) worst = std::max(worst, std::abs(whole[c].data()[i] - cut[c].data()[i]));
  return worst;
}

}  // namespace reticle
