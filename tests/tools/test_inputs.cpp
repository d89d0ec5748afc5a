// SPDX-License-Identifier: Apache-2.0
#include "tests/tools/test_inputs.h"

#include <cmath>
#include <numbers>

#include "litho/imaging/optical_model.h"
#include "masks/model_file.h"

namespace reticle::tools {
namespace {

constexpr double k_period_nm = 2048.0, k_na = 0.9, k_wavelength_nm = 193.0;

// The clear pupil with the phase of paraxial defocus.
SocsKernels coherent(const std::string& name, double focus_nm) {
  const int half = static_cast<int>(k_period_nm * k_na / k_wavelength_nm);
  SocsKernels kernels{.name = name, .focus_nm = focus_nm, .half_x = half, .half_y = half};
  kernels.weights = {1.0};
  for (int n = -half; n <= half; ++n) {
    for (int m = -half; m <= half; ++m) {
      const double f2 = (m * m + n * n) / (k_period_nm * k_period_nm);
      const bool passes = f2 <= std::pow(k_na / k_wavelength_nm, 2);
      const double phase = -std::numbers::pi * focus_nm * k_wavelength_nm * f2;
      kernels.coefficients.push_back(passes ? std::polar(1.0, phase) : 0.0);
    }
  }
  return kernels;
}

}  // namespace

void write_small_model(const std::filesystem::path& path) {
  OpticalModel model;
  model.period_x_nm = model.period_y_nm = k_period_nm;
  model.wavelength_nm = k_wavelength_nm;
  model.na = k_na;
  model.resist.threshold = 0.3;
  model.conditions = {coherent("focus", 0.0), coherent("defocus", 40.0)};
  model.provenance = "test: coherent pupil";
  write_model(path, model);
}

std::string small_clip() {
  return "BEGIN\nCNAME test\nLEVEL M1\nCELL test PRIME\n"
         "RECT N M1 100 100 200 800\n"
         "PGON N M1 400 100 900 100 900 300 600 300 600 900 400 900\n"
         "ENDMSG\n";
}

std::string quick_recipe(int iterations) {
  return "mask_pixel_nm = 8.0\n[[levels]]\ncoarseness = 1\niterations = " +
         std::to_string(iterations) + "\n";
}

}  // namespace reticle::tools
