// SPDX-License-Identifier: Apache-2.0
#include "litho/optics/kernel_basis.h"

#include <gtest/gtest.h>

#include <cmath>
#include <complex>

#include "litho/optics/socs_builder.h"
#include "litho/optics/source_refinement.h"

namespace reticle {
namespace {

OpticsSettings annular(double period_nm, std::vector<double> zernikes = {}) {
  return {.zernikes_waves = std::move(zernikes),
          .source = {.polarisation = Polarisation::te, .sampling = SourceSampling::covered_area, .grid = 40},
          .period_nm = {period_nm, period_nm}};
}

// Part of a kernel of unit norm that lies outside the space of the first `count` of another basis.
double outside(const KernelBasis& basis, int count, const std::vector<std::complex<double>>& kernel) {
  double inside = 0.0;
  for (int k = 0; k < count; ++k) {
    const auto other = basis.kernel(k);
    std::complex<double> product = 0.0;
    for (std::size_t i = 0; i < other.size(); ++i) product += std::conj(other[i]) * kernel[i];
    inside += std::norm(product);
  }
  return 1.0 - inside;
}

void expect_equal_leading(const OpticsSettings& settings, double focus_nm, double error) {
  const auto source = refined_source(settings);
  const KernelBasis whole(settings, source, focus_nm, 0, error, KernelBasis::Orders::alike,
                          KernelBasis::Solver::whole);
  const KernelBasis leading(settings, source, focus_nm, 40, error, KernelBasis::Orders::alike,
                            KernelBasis::Solver::leading);
  EXPECT_NEAR(leading.trace(), whole.trace(), 1e-9 * whole.trace());
  ASSERT_GE(leading.count(), 40);
  for (int k = 0; k < 40; ++k) {
    const double weight = whole.weights()[static_cast<std::size_t>(k)];
    // Approximations never exceed the matrix, and converge from the strongest system on.
    EXPECT_LT(leading.weights()[static_cast<std::size_t>(k)], weight * (1 + 1e-5)) << k;
    EXPECT_NEAR(leading.weights()[static_cast<std::size_t>(k)], weight, (k < 20 ? 2e-3 : 3e-2) * weight) << k;
  }
  // Kernels of equal weights may turn among themselves: the space counts.
  for (const int k : {0, 7, 20}) EXPECT_LT(outside(whole, 50, leading.kernel(k)), 1e-2) << k;
}

TEST(KernelBasis, LeadingSystemsAreThoseOfTheWholeMatrix) {
  expect_equal_leading(annular(900), 0.0, 1e-3);                                   // four sectors
  expect_equal_leading(annular(800, {0, 0, 0, 0, 0.02, 0.02, 0.03}), 40.0, 1e-3);  // one, complex
}

// The intensity of the zero order of the image: sum_k w_k |h_k c|^2.
double energy(const KernelBasis& basis, int count, const std::vector<std::complex<double>>& orders) {
  double sum = 0.0;
  for (int k = 0; k < count; ++k) {
    const auto kernel = basis.kernel(k);
    std::complex<double> field = 0.0;
    double square = 0.0;
    for (std::size_t i = 0; i < kernel.size(); ++i) {
      field += kernel[i] * orders[i];
      square += std::norm(kernel[i]);
    }
    EXPECT_NEAR(square, 1.0, 1e-9) << k;
    sum += basis.weights()[static_cast<std::size_t>(k)] * std::norm(field);
  }
  return sum;
}

TEST(KernelBasis, SystemsForLayoutsAddUpToTheSameMatrixAndServeLinesSooner) {
  const OpticsSettings settings = annular(800, {0, 0, 0, 0, 0.02, 0.02, 0.03});
  const auto source = refined_source(settings);
  const KernelBasis alike(settings, source, 40.0, 0, 1e-9, KernelBasis::Orders::alike, KernelBasis::Solver::whole);
  const KernelBasis layouts(settings, source, 40.0, 0, 1e-9, KernelBasis::Orders::as_in_layouts, KernelBasis::Solver::whole);
  EXPECT_NEAR(alike.trace(), layouts.trace(), 1e-9 * alike.trace());
  std::vector<std::complex<double>> any, lines(static_cast<std::size_t>(alike.window().size()));
  for (int i = 0; i < alike.window().size(); ++i) any.push_back(std::polar(0.1, 1.7 * i * i));
  for (int m = -alike.window().half_x; m <= alike.window().half_x; ++m)
    lines[static_cast<std::size_t>(alike.window().half_y * alike.window().cols() + m + alike.window().half_x)] = 1.0 / (1.0 + m * m);
  for (const auto& orders : {any, lines}) {
    const double all = energy(alike, alike.count(), orders);
    EXPECT_NEAR(energy(layouts, layouts.count(), orders), all, 1e-9 * all);
  }
  const double all = energy(alike, alike.count(), lines);
  EXPECT_LT(all - energy(layouts, 20, lines), 0.8 * (all - energy(alike, 20, lines)));
  EXPECT_GE(layouts.bound_after(20), all - energy(layouts, 20, lines));
}

TEST(KernelBasis, IsTheSameWheneverItIsMadeAndGrowsOnDemand) {
  const OpticsSettings settings = annular(700);
  const auto source = refined_source(settings);
  KernelBasis first(settings, source, 0.0, 10, 1e-3, KernelBasis::Orders::as_in_layouts,
                     KernelBasis::Solver::leading);
  KernelBasis second(settings, source, 0.0, 10, 1e-3, KernelBasis::Orders::as_in_layouts,
                     KernelBasis::Solver::leading);
  for (const int k : {0, 5, 9}) EXPECT_EQ(first.kernel(k), second.kernel(k));
  const int before = first.count();
  first.extend();
  EXPECT_GT(first.count(), before);
}

TEST(KernelBasis, AModelThatPrintsNothingIsNoLessExact) {
  OpticsSettings settings = annular(700);
  const int printing = build_optical_model(settings).conditions[0].count();
  settings.threshold = 5.0;
  EXPECT_GT(build_optical_model(settings).conditions[0].count(), printing / 2);
}

TEST(KernelBasis, ACoherentSourceHasAsManySystemsAsFieldComponents) {
  OpticsSettings settings = annular(1500);
  settings.source = {.shape = SourceShape::freeform, .polarisation = Polarisation::x, .map = Image<double>(1, 1, 1.0)};
  settings.max_error = 1e-6;
  const OpticalModel model = build_optical_model(settings);
  EXPECT_GE(model.conditions[0].count(), 1);
  EXPECT_LE(model.conditions[0].count(), 3);
  settings.vector_imaging = false;
  EXPECT_EQ(build_optical_model(settings).conditions[0].count(), 1);
}

}  // namespace
}  // namespace reticle
