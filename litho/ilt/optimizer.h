// SPDX-License-Identifier: Apache-2.0
// Optimisers over an engine's batch: they see losses and vectors, never pixels.
#pragma once

#include <functional>

#include "kernels/engine/ilt_batch.h"

namespace reticle {

// Called after every evaluation with the iteration and the losses of all clips; false stops.
using IltObserver = std::function<bool(int iteration, const std::vector<IltLoss>& losses)>;

// The terms of the loss at an iteration.
using IltTermsAt = std::function<IltTerms(int iteration)>;

struct AdamSettings {
  double rate = 0.1;
  double beta1 = 0.9, beta2 = 0.999;  // of the mean gradient and its mean square
};

// Adam with a step that falls as a half cosine to 0.06 of the rate [Kingma & Ba 2015]. The observer is
// told of `steps_observed` evaluations at once, up to IltBatch::k_losses_kept, and stops only then.
void minimize_adam(IltBatch& batch, int iterations, const AdamSettings& settings, int steps_observed,
                   const IltTermsAt& terms, const IltObserver& observer);

inline constexpr int k_lbfgs_memory = 8;                        // pairs of step and change of gradient
inline constexpr int k_lbfgs_vectors = 2 * k_lbfgs_memory + 4;  // that it adds to a batch

// Limited-memory BFGS with backtracking to a sufficient decrease (Armijo, 1e-4)
// [Nocedal & Wright 2006, alg. 7.4, 3.1]. Every clip of the batch has its own step and history.
// When the terms change between iterations the history is kept: slopes move slowly.
void minimize_lbfgs(IltBatch& batch, int iterations, double first_step, const IltTermsAt& terms,
                    const IltObserver& observer);

}  // namespace reticle
