// SPDX-License-Identifier: Apache-2.0
#include "litho/opc/site_imaging.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <complex>

#include "kernels/cpu/lanes.h"
#include "litho/imaging/simulator.h"
#include "litho/imaging/socs.h"

namespace reticle {

namespace {

ImagingProblem strongest(const OpticalModel& model, int kernels) {
  ImagingProblem problem = imaging_problem(model, 1, 1, 1.0);  // no pixels here
  if (kernels <= 0) return problem;
  const SocsStack& stack = problem.stack;
  for (SocsStack::Condition& condition : problem.stack.conditions) {
    condition.count = std::min(condition.count, kernels);
    condition.coefficients.resize(static_cast<std::size_t>(condition.count) * stack.rows() * stack.cols());
  }
  return problem;
}

// What the resist and the stage make of each coefficient.
template <class T>
std::vector<T> filter_of(const OpticalModel& model, int half_x, int half_y) {
  Spectrum<double> ones(2 * half_x, 2 * half_y);
  std::fill_n(ones.data(), ones.size(), 1.0);
  diffuse(ones, model.period_x_nm, model.period_y_nm, model.stage_blur_nm);
  expose(ones, model.period_x_nm, model.period_y_nm, model.resist);
  std::vector<T> filter;
  for (std::size_t i = 0; i < ones.size(); ++i)
    filter.push_back(static_cast<T>((1.0 - model.flare) * ones.data()[i].real()));
  return filter;
}

// Gauss-Legendre nodes and weights on [0, 1].
struct Rule {
  int count;
  std::array<double, 6> at, weight;
};
constexpr Rule k_rules[] = {
    {2, {0.21132486540518713, 0.78867513459481287}, {0.5, 0.5}},
    {3, {0.11270166537925831, 0.5, 0.88729833462074169},
     {0.27777777777777778, 0.44444444444444444, 0.27777777777777778}},
    {5, {0.046910077030668004, 0.23076534494715846, 0.5, 0.76923465505284154, 0.95308992296933200},
     {0.11846344252809454, 0.23931433524968324, 0.28444444444444444, 0.23931433524968324,
      0.11846344252809454}}};

// For an edge that is `share` of the shortest wave of the mask's band long, half a wave at most.
const Rule& rule_for(double share, PointAccuracy accuracy) {
  if (accuracy == PointAccuracy::rough) return k_rules[share < 0.2 ? 0 : 1];  // 1e-3
  return k_rules[share < 0.05 ? 0 : share < 0.15 ? 1 : 2];
}

PointAccuracy accuracy_for(int kernels) { return kernels > 0 ? PointAccuracy::rough : PointAccuracy::full; }

}  // namespace

template <class T>
SiteImaging<T>::SiteImaging(const OpticalModel& model, const Box& field, int kernels)
    : SiteImaging(model, strongest(model, kernels), field, accuracy_for(kernels)) {}

template <class T>
SiteImaging<T>::SiteImaging(const OpticalModel& model, const ImagingProblem& problem, const Box& field,
                            PointAccuracy accuracy)
    : fields_(problem.stack),
      grid_(fields_.field_rows(), fields_.field_cols()),
      band_(fields_.field_rows(), fields_.field_cols(), 2 * fields_.half_x(), 2 * fields_.half_y(),
            cpu::Samples::at_corners),
      filter_(filter_of<T>(model, fields_.half_x(), fields_.half_y())),
      mask_offset_(problem.mask_offset),
      power_step_(static_cast<T>(problem.power_step)),
      power_at_0_(static_cast<T>(power_at_0(problem))),
      flare_(static_cast<T>(flare_factors(problem).step)),
      flare_offset_(static_cast<T>(flare_factors(problem).offset)),
      mask_points_(fields_.half_x(), fields_.half_y(), field, accuracy),
      image_points_(2 * fields_.half_x(), 2 * fields_.half_y(), field, accuracy) {
  for (const SocsStack::Condition& condition : problem.stack.conditions)
    tails_.emplace_back(problem.stack, condition, model.period_x_nm, model.period_y_nm);
}

template <class T>
void SiteImaging<T>::add_tail(const Spectrum<T>& mask, int condition, Spectrum<T>& intensity) const {
  tails_[static_cast<std::size_t>(condition)].for_each([&](int m, int n, float factor) {
    const std::complex<T> order = power_step_ * mask.at(m, n);
    // The image is real: so is its order 0, whatever the phase of the background.
    intensity.at(m, n) += static_cast<T>(factor) * (m == 0 && n == 0 ? std::complex<T>(order.real()) : order);
  });
}

template <class T>
Spectrum<T> SiteImaging<T>::intensity(const Spectrum<T>& mask, int condition) {
  Spectrum<T> shifted = mask;
  shifted.at(0, 0) += mask_offset_;
  fields_.intensity(shifted, condition, grid_.view());
  Spectrum<T> out(2 * half_x(), 2 * half_y());
  band_.analyze(grid_.view(), out);
  add_tail(shifted, condition, out);
  tails_[static_cast<std::size_t>(condition)].for_each([&](int m, int n, float factor) {
    if (m == 0 && n == 0) out.at(0, 0) += static_cast<T>(factor) * power_at_0_;
  });
  for (std::size_t i = 0; i < out.size(); ++i) out.data()[i] *= filter_[i];
  out.at(0, 0) += flare_ * shifted.at(0, 0).real() + flare_offset_;
  return out;
}

template <class T>
Spectrum<T> SiteImaging<T>::derivative(const Spectrum<T>& d_mask, int condition) {
  fields_.derivative(d_mask, condition, grid_.view());
  Spectrum<T> out(2 * half_x(), 2 * half_y());
  band_.analyze(grid_.view(), out);
  add_tail(d_mask, condition, out);
  for (std::size_t i = 0; i < out.size(); ++i) out.data()[i] *= filter_[i];
  out.at(0, 0) += flare_ * d_mask.at(0, 0).real();
  return out;
}

template <class T>
void SiteImaging<T>::add_adjoint(const Spectrum<T>& d_intensity, int condition, Spectrum<T>& gradient) {
  Spectrum<T> filtered(2 * half_x(), 2 * half_y());
  for (std::size_t i = 0; i < filtered.size(); ++i) filtered.data()[i] = d_intensity.data()[i] * filter_[i];
  tails_[static_cast<std::size_t>(condition)].for_each([&](int m, int n, float factor) {
    gradient.at(m, n) += static_cast<T>(factor) * power_step_ * filtered.at(m, n);
  });
  const T scale = T(1) / static_cast<T>(grid_.size());  // analyze() divides by its samples
  for (std::size_t i = 0; i < filtered.size(); ++i) filtered.data()[i] *= scale;
  band_.synthesize(filtered, grid_.view());
  fields_.add_adjoint(condition, grid_.view(), gradient);
  gradient.at(0, 0) += flare_ * d_intensity.at(0, 0).real();
}

template <class T>
EdgeMotion<T>::EdgeMotion(const FragmentedDesign& design, std::span<const double> displacements,
                          const Box& field, const PointTransform<T>& transform, const std::vector<bool>& free)
    : displacements_(displacements.size()) {
  const double wave = std::min(field.width() / std::max(1, transform.half_x()),
                               field.height() / std::max(1, transform.half_y()));
  const double per_area = 1.0 / (field.width() * field.height());
  const auto is_still = [&](const MovableCorner& corner) {
    return std::all_of(corner.parts.begin(), corner.parts.begin() + corner.count, [&](const MovableCorner::Part& part) {
      return !free.empty() && !free[static_cast<std::size_t>(part.index)];
    });
  };
  std::vector<Point> points;
  for (const MovableRing& ring : design.rings) {
    for (std::size_t i = 0, j = ring.size() - 1; i < ring.size(); j = i++) {
      if (is_still(ring[j]) && is_still(ring[i])) continue;
      const Point a = ring[j].at(displacements), b = ring[i].at(displacements);
      const Point normal{b.y - a.y, a.x - b.x};  // outwards, as long as the edge
      const double length = std::hypot(normal.x, normal.y);
      if (length == 0.0) continue;
      const int spans = std::max(1, static_cast<int>(std::ceil(length / (0.5 * wave))));
      const Rule& rule = rule_for(length / (spans * wave), transform.accuracy());
      for (int span = 0; span < spans; ++span)
        for (int q = 0; q < rule.count; ++q) {
          const double t = (span + rule.at[static_cast<std::size_t>(q)]) / spans;
          const double weight = rule.weight[static_cast<std::size_t>(q)] / spans * per_area;
          const int point = static_cast<int>(points.size());
          const auto add = [&](const MovableCorner& corner, double share) {
            for (int k = 0; k < corner.count; ++k) {
              const auto& [index, direction] = corner.parts[static_cast<std::size_t>(k)];
              const double speed = direction.x * normal.x + direction.y * normal.y;
              if (std::abs(speed) > 1e-12 * length) terms_.push_back({point, index, weight * share * speed});
            }
          };
          const std::size_t before = terms_.size();
          add(ring[j], 1.0 - t);
          add(ring[i], t);
          if (terms_.size() > before) points.push_back({a.x + t * (b.x - a.x), a.y + t * (b.y - a.y)});
        }
    }
  }
  points_ = transform.windows(points);
}

template <class T>
Spectrum<T> EdgeMotion<T>::change(std::span<const double> steps, PointTransform<T>& transform) const {
  std::vector<T> amounts(points_.count());
  for (const Term& term : terms_)
    amounts[static_cast<std::size_t>(term.point)] +=
        static_cast<T>(term.speed * steps[static_cast<std::size_t>(term.index)]);
  return transform.coefficients(std::span<const T>(amounts), points_);
}

template <class T>
std::vector<double> EdgeMotion<T>::gradient(const Spectrum<T>& d_mask, PointTransform<T>& transform) const {
  // dL/dd = sum_mn Re(conj(g) dc/dd) with dc = speed exp(-i k.r): the real part of sum g exp(+i k.r).
  const std::vector<T> values = transform.values(d_mask, points_);
  std::vector<double> out(displacements_);
  for (const Term& term : terms_)
    out[static_cast<std::size_t>(term.index)] +=
        term.speed * static_cast<double>(values[static_cast<std::size_t>(term.point)]);
  return out;
}

int strongest_kernels(const OpticalModel& model, double energy_part) {
  int most = cpu::k_lanes;
  for (const SocsKernels& kernels : model.conditions) {
    std::vector<double> energy;
    double all = 0.0, sum = 0.0;
    for (int k = 0; k < kernels.count(); ++k) {
      double own = 0.0;
      for (int i = 0; i < kernels.rows() * kernels.cols(); ++i) own += std::norm(kernels.kernel(k)[i]);
      energy.push_back(kernels.weights[static_cast<std::size_t>(k)] * own);
      all += energy.back();
    }
    int count = 0;
    while (count < kernels.count() && sum < energy_part * all) sum += energy[static_cast<std::size_t>(count++)];
    most = std::max(most, (count + cpu::k_lanes - 1) / cpu::k_lanes * cpu::k_lanes);
  }
  return most;
}

template class SiteImaging<float>;
template class SiteImaging<double>;
template class EdgeMotion<float>;
template class EdgeMotion<double>;

}  // namespace reticle
