// SPDX-License-Identifier: Apache-2.0
#include "litho/metrology/resist_fit.h"

#include <lapacke.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "kernels/base/error.h"

namespace reticle {

namespace {

constexpr int k_most_iterations = 60;

void require(bool ok, const std::string& message) {
  if (!ok) throw Error(ErrorCode::bad_input, "resist fit: " + message);
}

// The terms as numbers to search over. Diffusion goes by its square, on which images depend smoothly
// down to none.
double get(const ResistModel& resist, ResistTerm term) {
  switch (term) {
    case ResistTerm::threshold: return resist.threshold;
    case ResistTerm::diffusion: return resist.diffusion_nm * resist.diffusion_nm;
    case ResistTerm::slope: return resist.slope_nm;
    case ResistTerm::density: return resist.density;
  }
  return 0.0;
}

void set(ResistModel& resist, ResistTerm term, double value) {
  switch (term) {
    case ResistTerm::threshold: resist.threshold = std::max(value, 1e-6); break;
    case ResistTerm::diffusion: resist.diffusion_nm = std::sqrt(std::max(value, 0.0)); break;
    case ResistTerm::slope: resist.slope_nm = value; break;
    case ResistTerm::density: resist.density = std::max(value, -0.99); break;
  }
}

double difference_step(const ResistModel& resist, ResistTerm term) {
  switch (term) {
    case ResistTerm::threshold: return 1e-5 * resist.threshold;
    case ResistTerm::diffusion: return 1e-2;
    case ResistTerm::slope: return 1e-3;
    case ResistTerm::density: return 1e-5;
  }
  return 0.0;
}

class Fit {
 public:
  Fit(std::span<const GaugeMeasurement> measurements, std::span<const ResistTerm> terms)
      : measurements_(measurements), terms_(terms) {}

  // Of a resist, and at other thresholds for the price of one: they act as exposures.
  std::vector<std::vector<double>> widths(const ResistModel& resist,
                                          const std::vector<double>& thresholds) const {
    std::vector<std::vector<double>> cd(thresholds.size(), std::vector<double>(measurements_.size()));
    const auto count = static_cast<std::ptrdiff_t>(measurements_.size());
#pragma omp parallel for schedule(dynamic)
    for (std::ptrdiff_t i = 0; i < count; ++i) {
      const GaugeMeasurement& m = measurements_[static_cast<std::size_t>(i)];
      const GaugeProfile profile(*m.aerial, m.field, resist, m.gauge);
      const Tone tone = profile.tone();
      for (std::size_t t = 0; t < thresholds.size(); ++t)
        cd[t][static_cast<std::size_t>(i)] = profile.read(tone, m.gauge.exposure * resist.threshold / thresholds[t]).cd_nm;
    }
    return cd;
  }

  std::vector<double> widths(const ResistModel& resist) const {
    return widths(resist, {resist.threshold}).front();
  }

  std::vector<double> residuals(const std::vector<double>& cd) const {
    std::vector<double> r;
    for (std::size_t i = 0; i < cd.size(); ++i)
      r.push_back(std::sqrt(measurements_[i].gauge.weight) * (cd[i] - measurements_[i].gauge.cd_nm));
    return r;
  }

  double sum_of_squares(const std::vector<double>& cd) const {
    double sum = 0.0;
    for (const double r : residuals(cd)) sum += r * r;
    return sum;
  }

  // [term][measurement]
  std::vector<std::vector<double>> jacobian(const ResistModel& resist,
                                            const std::vector<double>& at) const {
    std::vector<std::vector<double>> columns;
    const std::vector<double> here = residuals(at);
    for (const ResistTerm term : terms_) {
      ResistModel moved = resist;
      const double step = difference_step(resist, term);
      set(moved, term, get(resist, term) + step);
      std::vector<double> column = residuals(widths(moved));
      for (std::size_t i = 0; i < column.size(); ++i) column[i] = (column[i] - here[i]) / step;
      columns.push_back(std::move(column));
    }
    return columns;
  }

 private:
  std::span<const GaugeMeasurement> measurements_;
  std::span<const ResistTerm> terms_;
};

// J^T J, row by row.
std::vector<double> normal_matrix(const std::vector<std::vector<double>>& jacobian) {
  std::vector<double> matrix;
  for (const auto& a : jacobian)
    for (const auto& b : jacobian) {
      double sum = 0.0;
      for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
      matrix.push_back(sum);
    }
  return matrix;
}

// The step of damping `lambda`; empty if the matrix is singular.
std::vector<double> damped_step(std::vector<double> matrix, const std::vector<std::vector<double>>& jacobian,
                                const std::vector<double>& residuals, double lambda) {
  const std::size_t n = jacobian.size();
  std::vector<double> step(n);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t k = 0; k < residuals.size(); ++k) step[i] -= jacobian[i][k] * residuals[k];
    matrix[i * n + i] *= 1.0 + lambda;
  }
  const auto order = static_cast<lapack_int>(n);
  if (LAPACKE_dposv(LAPACK_ROW_MAJOR, 'U', order, 1, matrix.data(), order, step.data(), 1) != 0) return {};
  return step;
}

ResistModel best_start(const Fit& fit, const ResistModel& start, std::span<const ResistTerm> terms) {
  const auto fits = [&](ResistTerm term) { return std::find(terms.begin(), terms.end(), term) != terms.end(); };
  std::vector<double> diffusions = {start.diffusion_nm}, thresholds = {start.threshold};
  if (fits(ResistTerm::diffusion))
    for (const double nm : {3.0, 10.0, 20.0, 35.0}) diffusions.push_back(nm);
  if (fits(ResistTerm::threshold))
    for (int i = 1; i <= 32; ++i) thresholds.push_back(0.025 * i);
  ResistModel best = start;
  double least = fit.sum_of_squares(fit.widths(start));
  for (const double diffusion : diffusions) {
    ResistModel trial = start;
    trial.diffusion_nm = diffusion;
    const auto cd = fit.widths(trial, thresholds);
    for (std::size_t t = 0; t < thresholds.size(); ++t) {
      const double sum = fit.sum_of_squares(cd[t]);
      if (sum >= least) continue;
      least = sum;
      best = trial;
      best.threshold = thresholds[t];
    }
  }
  return best;
}

std::vector<double> standard_errors(const ResistModel& resist, std::vector<double> matrix,
                                    std::span<const ResistTerm> terms, double sum_of_squares,
                                    double degrees_of_freedom) {
  const auto n = static_cast<lapack_int>(terms.size());
  const bool inverted = LAPACKE_dpotrf(LAPACK_ROW_MAJOR, 'U', n, matrix.data(), n) == 0 &&
                        LAPACKE_dpotri(LAPACK_ROW_MAJOR, 'U', n, matrix.data(), n) == 0;
  require(inverted, "the gauges do not tell the fitted terms apart; fit fewer, or add other pitches");
  std::vector<double> errors;
  for (std::size_t i = 0; i < terms.size(); ++i) {
    double error = std::sqrt(matrix[i * terms.size() + i] * sum_of_squares / std::max(degrees_of_freedom, 1.0));
    if (terms[i] == ResistTerm::diffusion) error /= 2.0 * std::max(resist.diffusion_nm, 0.5);
    errors.push_back(error);
  }
  return errors;
}

}  // namespace

const char* name_of(ResistTerm term) {
  switch (term) {
    case ResistTerm::threshold: return "threshold";
    case ResistTerm::diffusion: return "diffusion";
    case ResistTerm::slope: return "slope";
    case ResistTerm::density: return "density";
  }
  return "";
}

ResistFit fit_resist(std::span<const GaugeMeasurement> measurements, const ResistModel& start,
                     std::span<const ResistTerm> terms) {
  double total_weight = 0.0;
  std::size_t weighted = 0;
  for (const GaugeMeasurement& m : measurements) {
    require(m.gauge.weight == 0.0 || m.gauge.cd_nm > 0.0,
            "gauge '" + m.gauge.name + "' has no measured CD; give it one, or a weight of 0");
    total_weight += m.gauge.weight;
    weighted += m.gauge.weight > 0.0;
  }
  require(!terms.empty(), "no term to fit");
  require(weighted >= terms.size(), std::to_string(weighted) + " gauges with weight do not determine " +
                                        std::to_string(terms.size()) + " terms");
  require(std::find(terms.begin(), terms.end(), ResistTerm::density) == terms.end() ||
              start.density_range_nm > 0.0,
          "the density term needs a range; state density_range_nm");

  const Fit fit(measurements, terms);
  ResistFit result;
  result.start_rms_nm = std::sqrt(fit.sum_of_squares(fit.widths(start)) / total_weight);
  ResistModel resist = best_start(fit, start, terms);
  std::vector<double> cd = fit.widths(resist);
  double sum = fit.sum_of_squares(cd), lambda = 1e-3;
  std::vector<std::vector<double>> jacobian = fit.jacobian(resist, cd);
  while (result.iterations < k_most_iterations && lambda < 1e9) {
    ++result.iterations;
    const std::vector<double> step = damped_step(normal_matrix(jacobian), jacobian, fit.residuals(cd), lambda);
    require(!step.empty(), "the gauges do not tell the fitted terms apart; fit fewer, or add other pitches");
    ResistModel trial = resist;
    for (std::size_t i = 0; i < terms.size(); ++i) set(trial, terms[i], get(resist, terms[i]) + step[i]);
    std::vector<double> trial_cd = fit.widths(trial);
    const double trial_sum = fit.sum_of_squares(trial_cd);
    if (!(trial_sum < sum)) {
      lambda *= 10.0;
      continue;
    }
    const bool settled = sum - trial_sum <= 1e-12 * sum;
    resist = trial;
    cd = std::move(trial_cd);
    sum = trial_sum;
    lambda = std::max(0.1 * lambda, 1e-12);
    if (settled) break;
    jacobian = fit.jacobian(resist, cd);
  }
  result.resist = resist;
  result.cd_nm = cd;
  result.rms_nm = std::sqrt(sum / total_weight);
  for (std::size_t i = 0; i < cd.size(); ++i)
    if (measurements[i].gauge.weight > 0.0)
      result.max_abs_nm = std::max(result.max_abs_nm, std::abs(cd[i] - measurements[i].gauge.cd_nm));
  result.standard_error =
      standard_errors(resist, normal_matrix(jacobian), terms, sum,
                      static_cast<double>(weighted) - static_cast<double>(terms.size()));
  return result;
}

}  // namespace reticle
