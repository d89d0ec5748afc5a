// SPDX-License-Identifier: Apache-2.0
#include "litho/ilt/optimizer.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace reticle {

namespace {

constexpr int k_backtracks = 8;

using PerClip = std::vector<double>;

// The vectors L-BFGS keeps in the engine's memory, and the numbers it keeps here.
class LbfgsHistory {
 public:
  explicit LbfgsHistory(IltBatch& batch)
      : batch_(batch), clips_(static_cast<std::size_t>(batch.clips())),
        first_(batch.add_vectors(2 * k_lbfgs_memory)) {}

  // Takes s = step, y = change of gradient; pairs without positive curvature count as absent.
  void push(int s, int y) {
    const int slot = next_;
    next_ = (next_ + 1) % k_lbfgs_memory;
    size_ = std::min(size_ + 1, k_lbfgs_memory);
    const PerClip one(clips_, 1.0), zero(clips_, 0.0);
    batch_.combine(step(slot), one, s, zero, s);
    batch_.combine(change(slot), one, y, zero, y);
    const PerClip sy = batch_.dot(s, y), yy = batch_.dot(y, y), ss = batch_.dot(s, s);
    auto& inverse = inverse_curvature_[slot];
    inverse.assign(clips_, 0.0);
    scale_.resize(clips_, 0.0);
    for (std::size_t c = 0; c < clips_; ++c) {
      if (sy[c] <= 1e-10 * std::sqrt(ss[c] * yy[c])) continue;
      inverse[c] = 1.0 / sy[c];
      scale_[c] = sy[c] / yy[c];
    }
  }

  // target = -H gradient, the two-loop recursion; without history the scaled steepest descent.
  void descend(int target, double first_scale) {
    const PerClip zero(clips_, 0.0);
    batch_.combine(target, PerClip(clips_, -1.0), IltBatch::k_gradient, zero, IltBatch::k_gradient);
    const PerClip one(clips_, 1.0);
    std::vector<PerClip> alphas(static_cast<std::size_t>(size_));
    for (int i = 0; i < size_; ++i) {
      const int slot = (next_ - 1 - i + 2 * k_lbfgs_memory) % k_lbfgs_memory;
      PerClip alpha = batch_.dot(step(slot), target);
      for (std::size_t c = 0; c < clips_; ++c) alpha[c] *= inverse_curvature_[slot][c];
      alphas[static_cast<std::size_t>(i)] = alpha;
      for (double& a : alpha) a = -a;
      batch_.combine(target, one, target, alpha, change(slot));
    }
    PerClip scale(clips_, first_scale);
    for (std::size_t c = 0; c < scale_.size(); ++c)
      if (scale_[c] > 0.0) scale[c] = scale_[c];
    batch_.combine(target, scale, target, zero, target);
    for (int i = size_ - 1; i >= 0; --i) {
      const int slot = (next_ - 1 - i + 2 * k_lbfgs_memory) % k_lbfgs_memory;
      PerClip beta = batch_.dot(change(slot), target);
      for (std::size_t c = 0; c < clips_; ++c)
        beta[c] = alphas[static_cast<std::size_t>(i)][c] - beta[c] * inverse_curvature_[slot][c];
      batch_.combine(target, one, target, beta, step(slot));
    }
  }

 private:
  int step(int slot) const { return first_ + 2 * slot; }
  int change(int slot) const { return first_ + 2 * slot + 1; }

  IltBatch& batch_;
  std::size_t clips_;
  int first_;
  int next_ = 0, size_ = 0;
  PerClip inverse_curvature_[k_lbfgs_memory];
  PerClip scale_;
};

}  // namespace

void minimize_adam(IltBatch& batch, int iterations, const AdamSettings& settings, int steps_observed,
                   const IltTermsAt& terms, const IltObserver& observer) {
  int observed = 0;
  for (int i = 0; i < iterations; ++i) {
    batch.evaluate(terms(i));
    if (observer && (i + 1 - observed == steps_observed || i + 1 == iterations))
      for (const std::vector<IltLoss>& losses : batch.take_losses())
        if (!observer(observed++, losses)) return;
    const double fraction = iterations > 1 ? static_cast<double>(i) / (iterations - 1) : 0.0;
    const double fall = 0.53 + 0.47 * std::cos(std::numbers::pi * fraction);
    batch.adam({.step = i + 1,
                .rate = static_cast<float>(settings.rate * fall),
                .beta1 = static_cast<float>(settings.beta1),
                .beta2 = static_cast<float>(settings.beta2)});
  }
}

void minimize_lbfgs(IltBatch& batch, int iterations, double first_step, const IltTermsAt& terms,
                    const IltObserver& observer) {
  const std::size_t clips = static_cast<std::size_t>(batch.clips());
  const PerClip one(clips, 1.0), zero(clips, 0.0), minus_one(clips, -1.0);
  LbfgsHistory history(batch);
  const int start = batch.add_vectors(4);  // parameters at the start of the step
  const int direction = start + 1, old_gradient = start + 2, change = start + 3;
  for (int i = 0; i < iterations; ++i) {
    const IltTerms now = terms(i);
    batch.evaluate(now);
    const std::vector<IltLoss> before = batch.losses();
    if (observer && !observer(i, before)) return;
    const PerClip gradient_square = batch.dot(IltBatch::k_gradient, IltBatch::k_gradient);
    const double norm = *std::max_element(gradient_square.begin(), gradient_square.end());
    if (norm == 0.0) return;
    history.descend(direction, first_step / std::sqrt(norm));
    PerClip slope = batch.dot(IltBatch::k_gradient, direction);
    batch.combine(start, one, IltBatch::k_parameters, zero, IltBatch::k_parameters);
    batch.combine(old_gradient, one, IltBatch::k_gradient, zero, IltBatch::k_gradient);

    PerClip step(clips, 1.0);
    for (std::size_t c = 0; c < clips; ++c)
      if (slope[c] >= 0.0) step[c] = 0.0;
    for (int trial = 0; trial <= k_backtracks; ++trial) {
      batch.combine(IltBatch::k_parameters, one, start, step, direction);
      batch.evaluate(now);
      const std::vector<IltLoss> after = batch.losses();
      bool all_decrease = true;
      for (std::size_t c = 0; c < clips; ++c) {
        if (after[c].total() <= before[c].total() + 1e-4 * step[c] * slope[c]) continue;
        all_decrease = false;
        step[c] = trial == k_backtracks ? 0.0 : 0.4 * step[c];
      }
      if (all_decrease) break;
      if (trial == k_backtracks) {
        batch.combine(IltBatch::k_parameters, one, start, step, direction);
        batch.evaluate(now);
      }
    }
    batch.combine(change, one, IltBatch::k_gradient, minus_one, old_gradient);
    batch.combine(direction, step, direction, zero, direction);
    history.push(direction, change);
  }
}

}  // namespace reticle
