// SPDX-License-Identifier: Apache-2.0
// Adam's step of one number [Kingma & Ba 2015, algorithm 1].
#pragma once

#include <cmath>

#include "kernels/pixel/host_device.h"

namespace reticle::pixel {

struct AdamFactors {
  float rate;
  float beta1;
  float beta2;
  float correction1;  // 1 / (1 - beta1^step)
  float correction2;
};

// step counts from 1.
inline AdamFactors adam_factors(int step, float rate, float beta1, float beta2) {
  return {rate, beta1, beta2, 1.0f / (1.0f - std::pow(beta1, static_cast<float>(step))),
          1.0f / (1.0f - std::pow(beta2, static_cast<float>(step)))};
}

RETICLE_HD void adam(const AdamFactors& factors, float gradient, float& parameter, float& moment1,
                     float& moment2) {
  moment1 = factors.beta1 * moment1 + (1.0f - factors.beta1) * gradient;
  moment2 = factors.beta2 * moment2 + (1.0f - factors.beta2) * gradient * gradient;
  parameter -= factors.rate * (moment1 * factors.correction1) /
               (sqrtf(moment2 * factors.correction2) + 1e-8f);
}

}  // namespace reticle::pixel
