// SPDX-License-Identifier: Apache-2.0
// Loops over sixteen numbers at once give the bits of those over eight: masks do not depend on the processor.
#include "kernels/cpu/wide.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <random>
#include <vector>

#include "kernels/cpu/band_transform.h"
#include "kernels/cpu/mask_parameters.h"
#include "kernels/cpu/socs_fields.h"
#include "kernels/cpu/window_pass.h"

namespace reticle::cpu {
namespace {

class WideLoops : public testing::Test {
 protected:
  void SetUp() override {
    if (widest() != Width::sixteen) GTEST_SKIP() << "SKIPPED: this processor or build has no AVX-512";
  }
  float number() { return normal_(generator_); }
  Spectrum<float> spectrum(int half_x, int half_y, float size) {
    Spectrum<float> orders(half_x, half_y);
    for (std::size_t i = 0; i < orders.size(); ++i) orders.data()[i] = {size * number(), size * number()};
    return orders;
  }
  template <class A>
  static bool same_bits(const A& a, const A& b) {
    return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(a.data()[0])) == 0;
  }

  std::mt19937 generator_{5};
  std::normal_distribution<float> normal_;
};

TEST_F(WideLoops, FieldsAndAdjointsHaveTheBitsOfEight) {
  for (const auto& [half_x, half_y, kernels] : {std::array{17, 17, 24}, {3, 0, 5}, {6, 11, 9}}) {
    SocsStack stack;
    stack.half_x = half_x;
    stack.half_y = half_y;
    SocsStack::Condition& condition = stack.conditions.emplace_back();
    condition.count = kernels;
    for (int i = 0; i < kernels * stack.rows() * stack.cols(); ++i) condition.coefficients.emplace_back(number(), number());
    const Spectrum<float> mask = spectrum(half_x, half_y, 1.0f);
    std::vector<Image<float>> intensity;
    std::vector<Spectrum<float>> gradient;
    for (const Width width : {Width::eight, Width::sixteen}) {
      SocsFields<float> fields(stack, width);
      Image<float>& image = intensity.emplace_back(fields.field_rows(), fields.field_cols());
      fields.intensity(mask, 0, image.view());
      fields.add_adjoint(0, image.view(), gradient.emplace_back(half_x, half_y));
    }
    EXPECT_TRUE(same_bits(intensity[0], intensity[1])) << half_x;
    EXPECT_TRUE(same_bits(gradient[0], gradient[1])) << half_x;
  }
}

TEST_F(WideLoops, RowsByWayOfAGridHaveTheBitsOfEight) {
  const Spectrum<float> orders = spectrum(5, 40, 1.0f);
  std::vector<Image<float>> images;
  std::vector<Spectrum<float>> analysed;
  for (const Width width : {Width::eight, Width::sixteen}) {
    BandTransform<float> band(333, 41, 5, 40, Samples::at_centres, width, AlongY::grid);
    Image<float>& image = images.emplace_back(333, 41);
    band.synthesize(orders, image.view());
    band.analyze(image.view(), analysed.emplace_back(5, 40));
  }
  EXPECT_TRUE(same_bits(images[0], images[1]));
  EXPECT_TRUE(same_bits(analysed[0], analysed[1]));
}

TEST_F(WideLoops, StepsOfParametersHaveTheBitsOfEight) {
  constexpr std::size_t k_count = 4 * k_tile_cols;
  const pixel::AdamFactors factors = pixel::adam_factors(3, 0.1f, 0.9f, 0.999f);
  std::vector<float> start(k_count), free(k_count), gradient(k_count), moment1(k_count), moment2(k_count);
  for (std::size_t i = 0; i < k_count; ++i) {
    start[i] = 3.0f * number();
    free[i] = i % 3 == 0 || i / k_tile_cols == 2 ? 0.0f : 1.0f;
    gradient[i] = number();
    moment1[i] = number();
    moment2[i] = std::abs(number());
  }
  std::vector<std::vector<float>> results;
  for (const Width width : {Width::eight, Width::sixteen}) {
    std::vector<float> p = start, d = gradient, m1 = moment1, m2 = moment2;
    slopes_of_parameters(width, p.data(), free.data(), k_count, 7.0f, d.data());
    adam_steps(width, factors, d.data(), free.data(), k_count, p.data(), m1.data(), m2.data());
    results.push_back(p);
  }
  EXPECT_TRUE(same_bits(results[0], results[1]));
}

TEST_F(WideLoops, WindowsHaveTheBitsOfEight) {
  // Drawn, usual, one condition, nominal alone, any; soft and not.
  const std::vector<std::vector<std::array<float, 3>>> corners = {
      {{0, 1, 1}, {0, 1.02f, 0}, {1, 0.98f, 0}}, {{0, 1, 1}, {0, 1.02f, 0.5f}, {1, 0.98f, 0.5f}},
      {{0, 1, 1}, {0, 1.02f, 0.5f}, {0, 0.98f, 0}}, {{0, 1, 1}}, {{1, 1, 1}, {0, 1.1f, 2}}};
  for (const auto& [rows, cols] : {std::pair{64, 64}, {37, 53}})
    for (const auto& own : corners)
      for (const float slope : {50.0f, 300.0f}) {
        pixel::ProcessWindow<float> window{.threshold = 0.3f, .resist_slope = slope};
        for (const auto& [condition, dose, weight] : own)
          window.corner[window.corners++] = {static_cast<int>(condition), dose, weight};
        if (own.size() > 2) window.band[window.bands++] = {1, 2, 1.5f, 0.6f};
        const bool one = own.size() == 1 || own.back()[0] == 0.0f;
        const int conditions = one && own.size() != 2 ? 1 : 2;
        Image<float> target(rows, cols), weight(rows, cols);
        for (float& t : target) t = number() > 0 ? 1.0f : 0.0f;
        for (float& w : weight) w = 1.0f + 0.1f * number();
        std::vector<Spectrum<float>> images;
        for (int c = 0; c < conditions; ++c) images.push_back(spectrum(7, 9, 0.01f)), images.back().at(0, 0) = 0.3f;
        std::vector<std::vector<Spectrum<float>>> derivatives;
        std::vector<typename WindowPass<float>::Sums> sums;
        for (const Width width : {Width::eight, Width::sixteen}) {
          WindowPass<float> pass(rows, cols, 7, 9, conditions, width);
          sums.push_back(pass.run(window, target.view(), weight.view(), derivatives.emplace_back(images)));
        }
        EXPECT_EQ(sums[0].fidelity, sums[1].fidelity) << cols << " " << own.size() << " " << slope;
        EXPECT_EQ(sums[0].band, sums[1].band) << cols << " " << own.size() << " " << slope;
        for (int c = 0; c < conditions; ++c)
          EXPECT_TRUE(same_bits(derivatives[0][static_cast<std::size_t>(c)], derivatives[1][static_cast<std::size_t>(c)]))
              << cols << " " << own.size() << " " << slope;
      }
}

}  // namespace
}  // namespace reticle::cpu
