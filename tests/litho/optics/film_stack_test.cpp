// SPDX-License-Identifier: Apache-2.0
#include "litho/optics/film_stack.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

namespace reticle {
namespace {

using Complex = std::complex<double>;

TEST(FilmStack, BareSubstrateIsFresnel) {
  const FilmStackSettings glass{.films = {}, .substrate = 1.5};
  const double theta = 0.7, kt = std::sin(theta), inside = std::asin(kt / 1.5);
  const StackReflectance r = reflectance(glass, 1.0, 193.0, kt);
  EXPECT_NEAR(r.s, std::pow(std::sin(theta - inside) / std::sin(theta + inside), 2), 1e-13);
  EXPECT_NEAR(r.p, std::pow(std::tan(theta - inside) / std::tan(theta + inside), 2), 1e-13);
}

TEST(FilmStack, BrewsterAngleReflectsNoP) {
  const FilmStackSettings glass{.films = {}, .substrate = 1.5};
  EXPECT_NEAR(reflectance(glass, 1.0, 193.0, std::sin(std::atan(1.5))).p, 0.0, 1e-15);
}

TEST(FilmStack, SingleAbsorbingFilmIsAiry) {
  const Complex n1(1.7, 0.05), n2(0.9, 2.5);
  const double d = 57.0, lambda = 193.0;
  const FilmStackSettings stack{.films = {{d, n1}}, .substrate = n2};
  const Complex r01 = (1.0 - n1) / (1.0 + n1), r12 = (n1 - n2) / (n1 + n2);
  const Complex turn = std::exp(Complex(0, 4.0 * std::numbers::pi * d / lambda) * n1);
  const Complex r = (r01 + r12 * turn) / (1.0 + r01 * r12 * turn);
  EXPECT_NEAR(reflectance(stack, 1.0, lambda, 0.0).s, std::norm(r), 1e-13);
  EXPECT_NEAR(reflectance(stack, 1.0, lambda, 0.0).p, std::norm(r), 1e-13);
}

TEST(FilmStack, TangentialFieldIsContinuousAcrossInterfaces) {
  const FilmStackSettings stack{.films = {{60.0, {1.7, 0.02}}, {35.0, {1.82, 0.34}}},
                                .substrate = {0.88, 2.78}};
  for (const double kt : {0.0, 0.6, 1.2}) {
    const StackField above = field_in_stack(stack, 1.44, 193.0, kt, 60.0 - 1e-9);
    const StackField below = field_in_stack(stack, 1.44, 193.0, kt, 60.0 + 1e-9);
    // The field changes by its slope times 2e-9 nm.
    EXPECT_LT(std::abs(above.s - below.s), 1e-9);
    EXPECT_LT(std::abs(above.p - below.p), 1e-9);
    // So is n^2 E_z.
    EXPECT_LT(std::abs(above.z * Complex(1.7, 0.02) * Complex(1.7, 0.02) -
                       below.z * Complex(1.82, 0.34) * Complex(1.82, 0.34)), 1e-8);
  }
}

TEST(FilmStack, QuarterWaveCoatingOfTheRightIndexReflectsNothing) {
  const double n1 = std::sqrt(1.5);
  const FilmStackSettings stack{.films = {{193.0 / (4.0 * n1), n1}}, .substrate = 1.5};
  EXPECT_NEAR(reflectance(stack, 1.0, 193.0, 0.0).s, 0.0, 1e-15);
}

TEST(FilmStack, ThickAbsorbingFilmStaysFinite) {
  const FilmStackSettings stack{.films = {{50000.0, {1.5, 1.0}}, {100.0, {1.7, 0.0}}}, .substrate = 1.5};
  const StackField field = field_in_stack(stack, 1.0, 193.0, 0.3, 20.0);
  EXPECT_TRUE(std::isfinite(std::abs(field.s)) && std::isfinite(std::abs(field.p)));
}

}  // namespace
}  // namespace reticle
