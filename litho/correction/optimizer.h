// Optimisers over an engine's batch: they see losses and vectors, never pixels.
#pragma once

#include <functional>

#include "kernels/engine/ilt_batch.h"

namespace reticle {

// Called after every evaluation with the iteration and the losses of all clips; false stops.
using IltObserver = std::function<bool(int iteration, const std::vector<IltLoss>& losses)>;

// The terms of the loss at an iteration.
using IltTermsAt = std::function<IltTerms(int iteration)>;

// Adam with a step that falls as a half cosine to 0.06 of `rate` [Kingma & Ba 2015]. Losses are
// fetched every iteration only if there is an observer.
void minimize_adam(IltBatch& batch, int iterations, double rate, const IltTermsAt& terms,
                   const IltObserver& observer);

// Limited-memory BFGS with `memory` pairs and backtracking to a sufficient decrease (Armijo, 1e-4)
// [Nocedal & Wright 2006, alg. 7.4, 3.1]. Every clip of the batch has its own step and history.
// When the terms change between iterations the history is kept: slopes move slowly.
void minimize_lbfgs(IltBatch& batch, int iterations, double first_step, const IltTermsAt& terms,
                    const IltObserver& observer);

}  // namespace reticle
