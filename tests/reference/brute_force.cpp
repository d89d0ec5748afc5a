// SPDX-License-Identifier: Apache-2.0
#include "tests/reference/brute_force.h"

#include <cmath>
#include <numbers>
#include <random>
#include <string>

namespace reticle::reference {

namespace {

using Complex = std::complex<double>;

Complex phase(int order, int sample, int size) {
  return std::polar(1.0, 2.0 * std::numbers::pi * order * (sample + 0.5) / size);
}

// c(m, n) of the mask, [n + half_y][m + half_x].
std::vector<Complex> coefficients(const Image<double>& mask, int half_x, int half_y) {
  std::vector<Complex> c;
  for (int n = -half_y; n <= half_y; ++n)
    for (int m = -half_x; m <= half_x; ++m) {
      Complex sum = 0.0;
      for (int y = 0; y < mask.rows(); ++y) {
        Complex row = 0.0;
        for (int x = 0; x < mask.cols(); ++x)
          row += mask(y, x) * std::conj(phase(m, x, mask.cols()));
        sum += row * std::conj(phase(n, y, mask.rows()));
      }
      c.push_back(sum / static_cast<double>(mask.size()));
    }
  return c;
}

}  // namespace

Image<double> aerial_image(const Image<double>& mask, const SocsKernels& kernels) {
  const std::vector<Complex> c = coefficients(mask, kernels.half_x, kernels.half_y);
  Image<double> intensity(mask.rows(), mask.cols());
  for (int k = 0; k < kernels.count(); ++k) {
    for (int y = 0; y < mask.rows(); ++y) {
      // Sum over n first, at this y: what is left depends on m and x only.
      std::vector<Complex> along_x(static_cast<std::size_t>(kernels.cols()));
      for (int n = 0; n < kernels.rows(); ++n)
        for (int m = 0; m < kernels.cols(); ++m) {
          const std::size_t i = static_cast<std::size_t>(n * kernels.cols() + m);
          along_x[static_cast<std::size_t>(m)] +=
              kernels.kernel(k)[i] * c[i] * phase(n - kernels.half_y, y, mask.rows());
        }
      for (int x = 0; x < mask.cols(); ++x) {
        Complex field = 0.0;
        for (int m = 0; m < kernels.cols(); ++m)
          field += along_x[static_cast<std::size_t>(m)] * phase(m - kernels.half_x, x, mask.cols());
        intensity(y, x) += kernels.weights[static_cast<std::size_t>(k)] * std::norm(field);
      }
    }
  }
  return intensity;
}

OpticalModel random_model(int half_x, int half_y, int kernels, int conditions, unsigned seed) {
  std::mt19937 generator(seed);
  std::normal_distribution<double> normal;
  OpticalModel model;
  model.period_x_nm = 640.0;
  model.period_y_nm = 512.0;
  for (int i = 0; i < conditions; ++i) {
    SocsKernels set{.name = "condition" + std::to_string(i), .half_x = half_x, .half_y = half_y};
    for (int k = 0; k < kernels; ++k) {
      set.weights.push_back(std::exp(-0.3 * k) / (set.rows() * set.cols()));
      for (int j = 0; j < set.rows() * set.cols(); ++j)
        set.coefficients.emplace_back(normal(generator), normal(generator));
    }
    model.conditions.push_back(std::move(set));
  }
  return model;
}

Image<double> random_mask(int rows, int cols, unsigned seed) {
  std::mt19937 generator(seed);
  std::uniform_real_distribution<double> uniform;
  Image<double> mask(rows, cols);
  for (double& value : mask) value = uniform(generator);
  return mask;
}

}  // namespace reticle::reference
