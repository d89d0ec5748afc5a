// SPDX-License-Identifier: Apache-2.0
#include "tests/kernels/ilt_cases.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "kernels/base/host_threads.h"

namespace reticle {
namespace {

Image<float> random_image(const IltCase& tested, float low, float high, unsigned seed) {
  std::mt19937 generator(seed);
  std::uniform_real_distribution<float> uniform(low, high);
  Image<float> image(tested.rows, tested.cols);
  for (float& v : image) v = uniform(generator);
  return image;
}

// Clip number `seed`: its images depend on nothing else.
void set_random_clip(IltBatch& batch, int clip, const IltCase& tested, unsigned seed) {
  const Image<float> parameters = random_image(tested, -1, 1, 100 + seed);
  const Image<float> target = random_image(tested, 0, 1, 200 + seed);
  Image<float> free = random_image(tested, 0, 1, 300 + seed);
  for (float& f : free) f = f < 0.8f;
  const Image<float> weight = random_image(tested, 0, 2, 400 + seed);
  const Image<float> unresolved = random_image(tested, -0.2f, 0.2f, 500 + seed);
  const bool weighted = tested.weighted && seed % 2 == 1;  // not of all clips
  batch.set_clip(clip, {.parameters = parameters.view(),
                        .target = target.view(),
                        .free = weighted ? free.view() : ImageView<const float>{},
                        .weight = weighted ? weight.view() : ImageView<const float>{},
                        .unresolved = weighted ? unresolved.view() : ImageView<const float>{}});
}

Image<float> parameters_of(IltBatch& batch, int clip, const IltCase& tested) {
  Image<float> parameters(tested.rows, tested.cols);
  batch.get_parameters(clip, parameters.view());
  return parameters;
}

// A vector of a clip, by way of the parameters, which are left as they were.
Image<float> vector_of(IltBatch& batch, int vector, int clip, const IltCase& tested) {
  const std::vector<double> one(static_cast<std::size_t>(batch.clips()), 1.0), zero(one.size(), 0.0);
  const int kept = batch.add_vectors(1);
  batch.combine(kept, one, IltBatch::k_parameters, zero, kept);
  batch.combine(IltBatch::k_parameters, one, vector, zero, vector);
  const Image<float> result = parameters_of(batch, clip, tested);
  batch.combine(IltBatch::k_parameters, one, kept, zero, kept);
  return result;
}

// Largest difference over the largest value.
double difference(const Image<float>& a, const Image<float>& b) {
  double worst = 0.0, largest = 1e-30;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double gap = std::abs(static_cast<double>(a.data()[i]) - b.data()[i]);
    worst = std::isnan(gap) ? INFINITY : std::max(worst, gap);
    largest = std::max(largest, std::abs(static_cast<double>(b.data()[i])));
  }
  return worst / largest;
}

}  // namespace

ImagingProblem IltCase::problem() const {
  std::mt19937 generator(3);
  std::normal_distribution<double> normal;
  ImagingProblem problem{.rows = rows, .cols = cols, .pixel_nm = 8.0, .flare = flare,
                     .diffusion_nm = diffusion_nm, .density = density, .density_range_nm = 40.0,
                     .slope_nm = slope_nm, .mask_offset = mask_offset, .power_offset = 0.3, .power_step = 0.7};
  problem.stack.half_x = half_x;
  problem.stack.half_y = half_y;
  const int orders = problem.stack.rows() * problem.stack.cols();
  for (const int count : kernels) {
    SocsStack::Condition set{.count = count};
    if (flare > 0.0) set.tail = {{0.01 * count, 25.0 + 5.0 * count}, {-0.002, 0.0}};
    const double size = 1.0 / std::sqrt(count * orders * 0.4);  // images of about 1
    for (int i = 0; i < count * orders; ++i)
      set.coefficients.emplace_back(size * normal(generator), size * normal(generator));
    for (int k = 0; k < count; ++k) set.coefficients[static_cast<std::size_t>(k * orders + orders / 2)] += 1.5 / count;
    problem.stack.conditions.push_back(set);
  }
  return problem;
}

ImagingProblem IltCase::coarse_problem() const {
  ImagingProblem coarse = problem();
  coarse.rows = rows / 2 + 1;
  coarse.cols = cols / 2;
  return coarse;
}

IltTerms IltCase::terms() const {
  IltTerms terms{.mask_slope = 2.0f,
                 .total_variation = total_variation,
                 .curvature = curvature,
                 .discreteness = discreteness};
  auto& window = terms.window;
  window.conditions = 2;
  window.corners = 3;
  window.corner[0] = {0, 1.0f, 1.0f};
  window.corner[1] = {0, 1.02f, outer_weight};
  window.corner[2] = {1, 0.98f, 0.0f};
  window.bands = 1;
  window.band[0] = {band_outer, band_inner, 2.0f, band_grey};
  window.threshold = 0.4f;
  window.resist_slope = 3.0f;
  return terms;
}

std::vector<IltCase> ilt_cases() {
  return {
      {.name = "small", .rows = 30, .cols = 36, .half_x = 4, .half_y = 3, .kernels = {5, 4}, .band_grey = 1.0f},
      {.name = "diffusion_and_flare", .rows = 36, .cols = 30, .half_x = 3, .half_y = 4,
       .kernels = {5, 9}, .diffusion_nm = 12.0, .flare = 0.05},
      {.name = "density", .rows = 32, .cols = 30, .half_x = 3, .half_y = 4,
       .kernels = {5, 6}, .diffusion_nm = 12.0, .flare = 0.05, .density = -0.2, .band_outer = 0, .band_grey = 0.5f},
      {.name = "slope_and_bright_background", .rows = 32, .cols = 30, .half_x = 3, .half_y = 4,
       .kernels = {5, 6}, .diffusion_nm = 12.0, .flare = 0.05, .slope_nm = 6.0, .mask_offset = {-0.8, 0.2}},
      {.name = "regular_and_weighted", .rows = 30, .cols = 47, .half_x = 5, .half_y = 3,
       .kernels = {1, 2}, .total_variation = 3.0f, .curvature = 0.5f, .discreteness = 0.7f,
       .weighted = true},
      {.name = "coarse_field", .rows = 40, .cols = 40, .half_x = 1, .half_y = 0, .kernels = {3, 3}},
      {.name = "contest_sized_field", .rows = 128, .cols = 128, .half_x = 17, .half_y = 17,
       .kernels = {6, 5}, .outer_weight = 0.0f, .band_grey = 1.0f},
      {.name = "rows_by_way_of_a_grid", .rows = 300, .cols = 40, .half_x = 4, .half_y = 18, .kernels = {3, 2}},
      {.name = "large_radices", .rows = 96, .cols = 100, .half_x = 18, .half_y = 22,
       .kernels = {4, 1}, .flare = 0.02},
  };
}

void expect_agreement(IltBatch& batch, IltBatch& expected, const IltCase& tested) {
  const IltTerms terms = tested.terms();
  for (IltBatch* each : {&batch, &expected}) {
    for (int clip = 0; clip < 2; ++clip)
      set_random_clip(*each, clip, tested, static_cast<unsigned>(clip));
    each->evaluate(terms);
  }
  // Single precision on both sides, sums in another order.
  for (int clip = 0; clip < 2; ++clip) {
    const IltLoss loss = batch.losses()[static_cast<std::size_t>(clip)];
    const IltLoss other = expected.losses()[static_cast<std::size_t>(clip)];
    EXPECT_NEAR(loss.fidelity, other.fidelity, 2e-5 * other.fidelity);
    EXPECT_NEAR(loss.band, other.band, 1e-4 * other.band + 1e-6 * other.fidelity);
    EXPECT_NEAR(loss.regularity, other.regularity, 1e-5 * other.regularity);
    EXPECT_LT(difference(vector_of(batch, IltBatch::k_gradient, clip, tested),
                         vector_of(expected, IltBatch::k_gradient, clip, tested)),
              1e-4);
  }
  const double square = batch.dot(IltBatch::k_gradient, IltBatch::k_gradient)[1];
  const double other_square = expected.dot(IltBatch::k_gradient, IltBatch::k_gradient)[1];
  EXPECT_NEAR(square, other_square, 1e-4 * other_square);
  EXPECT_NEAR(batch.dot(IltBatch::k_parameters, IltBatch::k_parameters)[0],
              expected.dot(IltBatch::k_parameters, IltBatch::k_parameters)[0], 1e-8 * square + 1e-6);

  const int vector = batch.add_vectors(2), other_vector = expected.add_vectors(2);
  batch.combine(vector + 1, {2.0, -1.0}, IltBatch::k_parameters, {0.0, 0.5}, IltBatch::k_parameters);
  expected.combine(other_vector + 1, {2.0, -1.0}, IltBatch::k_parameters, {0.0, 0.5},
                   IltBatch::k_parameters);
  for (int clip = 0; clip < 2; ++clip) {
    EXPECT_LT(difference(vector_of(batch, vector + 1, clip, tested),
                         vector_of(expected, other_vector + 1, clip, tested)),
              1e-7);
    Image<std::uint8_t> mask(tested.rows * 3, tested.cols * 3), other(tested.rows * 3, tested.cols * 3);
    batch.cut_mask(clip, 3, mask.view());
    expected.cut_mask(clip, 3, other.view());
    int differing = 0;
    for (std::size_t i = 0; i < mask.size(); ++i) differing += mask.data()[i] != other.data()[i];
    EXPECT_LE(differing, 1) << "pixels of the cut mask";  // one on the edge may round either way
  }

  // Plain descent: Adam's first steps only follow the gradient's signs, which rounding decides where
  // it is next to nothing.
  for (IltBatch* each : {&batch, &expected}) {
    const double step = 0.3 / std::sqrt(other_square / (tested.rows * tested.cols));
    for (int i = 0; i < 3; ++i) {
      each->combine(IltBatch::k_parameters, {1, 1}, IltBatch::k_parameters, {-step, -step},
                    IltBatch::k_gradient);
      each->evaluate(terms);
    }
  }
  for (int clip = 0; clip < 2; ++clip)
    EXPECT_LT(difference(parameters_of(batch, clip, tested), parameters_of(expected, clip, tested)), 1e-4);

  const double before = batch.losses()[0].total();
  for (int step = 1; step <= 10; ++step) {
    batch.adam({.step = step, .rate = 0.02f});
    batch.evaluate(terms);
  }
  EXPECT_LT(batch.losses()[0].total(), before);
}

void expect_same_inputs(IltBatch& batch, IltBatch& coarse, IltBatch& expected, IltBatch& expected_coarse,
                        const IltCase& tested) {
  std::mt19937 generator(11);
  std::uniform_real_distribution<double> x(-3.0, tested.cols + 3.0), y(-3.0, tested.rows + 3.0);
  const IltCase coarse_case = [&] {
    IltCase other = tested;
    other.rows = tested.coarse_problem().rows;
    other.cols = tested.coarse_problem().cols;
    return other;
  }();
  for (int clip = 0; clip < 2; ++clip) {
    // A rectangle and, above it, a triangle, reaching out of the field.
    const double x0 = x(generator), x1 = x(generator), y0 = y(generator) / 2;
    const std::vector<pixel::OutlineEdge> outline = {
        {std::min(x0, x1), y0, std::min(x0, x1), y0 + 5.3, 1.0},
        {std::max(x0, x1), y0, std::max(x0, x1), y0 + 5.3, -1.0},
        {std::min(x0, x1), y0 + 6, 0.5 * (x0 + x1), y0 + 14.6, 1.0},
        {std::max(x0, x1), y0 + 6, 0.5 * (x0 + x1), y0 + 14.6, -1.0}};
    for (IltBatch* each : {&coarse, &expected_coarse})
      set_random_clip(*each, clip, coarse_case, static_cast<unsigned>(40 + clip));
    for (IltBatch* each : {&batch, &expected}) each->set_clip(clip, {.outline = outline});
  }
  batch.continue_from(coarse);
  expected.continue_from(expected_coarse);
  for (IltBatch* each : {&batch, &expected}) {
    each->take_losses();
    for (int i = 0; i < 3; ++i) {
      each->evaluate(tested.terms());
      each->combine(IltBatch::k_parameters, {0.5, 0.9}, IltBatch::k_parameters, {0, 0}, IltBatch::k_parameters);
    }
  }
  // Single precision on both sides, in one order but for fused operations.
  for (int clip = 0; clip < 2; ++clip)
    EXPECT_LT(difference(parameters_of(batch, clip, tested), parameters_of(expected, clip, tested)), 1e-6);
  const auto losses = batch.take_losses(), others = expected.take_losses();
  ASSERT_EQ(losses.size(), 3u);
  ASSERT_EQ(others.size(), 3u);
  for (std::size_t i = 0; i < 3; ++i)
    for (std::size_t clip = 0; clip < 2; ++clip)
      EXPECT_NEAR(losses[i][clip].fidelity, others[i][clip].fidelity, 2e-5 * others[i][clip].fidelity);
  EXPECT_EQ(losses.back()[1].fidelity, batch.losses()[1].fidelity);
  EXPECT_TRUE(batch.take_losses().empty());
  for (int i = 0; i < IltBatch::k_losses_kept + 3; ++i) batch.evaluate(tested.terms());
  EXPECT_EQ(batch.take_losses().size(), static_cast<std::size_t>(IltBatch::k_losses_kept));
}

void expect_same_images(ImageBatch& batch, ImageBatch& expected, const IltCase& tested) {
  Image<std::uint8_t> pixels(tested.rows, tested.cols);
  std::mt19937 generator(21);
  for (std::uint8_t& p : pixels) p = generator() % 3 == 0;
  Spectrum<float> orders(tested.half_x, tested.half_y);
  for (int m = -tested.half_x; m <= tested.half_x; ++m)
    for (int n = -tested.half_y; n <= tested.half_y; ++n)
      orders.at(m, n) = {std::exp(-0.1f * static_cast<float>(m * m + n * n)), 0.05f * static_cast<float>(m - n)};
  for (int first : {0, 1}) {
    for (ImageBatch* each : {&batch, &expected}) {
      each->set_mask(first, pixels.view());
      each->set_mask(1 - first, orders);
      each->run();
      each->finish();
    }
    for (int clip = 0; clip < 2; ++clip)
      for (int condition = 0; condition < 2; ++condition) {
        Image<float> image(tested.rows, tested.cols), other(tested.rows, tested.cols);
        batch.get_image(clip, condition, image.view());
        expected.get_image(clip, condition, other.view());
        EXPECT_LT(difference(image, other), 5e-6) << clip << " " << condition;
        const float threshold = other(tested.rows / 2, tested.cols / 2) * 0.97f;
        Image<std::uint8_t> print(tested.rows, tested.cols), other_print(tested.rows, tested.cols);
        batch.get_print(clip, condition, 1.02f, threshold, print.view());
        expected.get_print(clip, condition, 1.02f, threshold, other_print.view());
        int differing = 0;
        for (std::size_t i = 0; i < print.size(); ++i) differing += print.data()[i] != other_print.data()[i];
        EXPECT_LE(differing, 1);
      }
  }
  EXPECT_THROW(batch.set_mask(2, orders), std::exception);
  EXPECT_THROW(batch.set_mask(0, Spectrum<float>(tested.half_x + 1, tested.half_y)), std::exception);
}

void expect_same_pixel_images(PixelImages& images, PixelImages& expected, const IltCase& tested) {
  std::mt19937 generator(31);
  std::uniform_real_distribution<float> grey;
  Image<float> mask(tested.rows, tested.cols), direction(tested.rows, tested.cols), weight(tested.rows, tested.cols);
  for (float& m : mask) m = grey(generator);
  for (float& d : direction) d = grey(generator) - 0.5f;
  for (float& w : weight) w = grey(generator) - 0.5f;
  const float exposure = 1.21f;
  Image<float> image(tested.rows, tested.cols), other = image, d_mask = image, other_d_mask = image;
  images.image(mask.data(), exposure, image.data());
  expected.image(mask.data(), exposure, other.data());
  EXPECT_LT(difference(image, other), 5e-6);
  const double sum = images.gradient(weight.data(), exposure, d_mask.data());
  EXPECT_NEAR(expected.gradient(weight.data(), exposure, other_d_mask.data()), sum, 1e-4 * std::abs(sum) + 1e-4);
  double largest = 0.0, own = 0.0, along = 0.0;
  for (std::size_t i = 0; i < mask.size(); ++i) {
    own += static_cast<double>(weight.data()[i]) * image.data()[i];
    along += static_cast<double>(other_d_mask.data()[i]) * direction.data()[i];
    largest = std::max(largest, std::abs(static_cast<double>(other_d_mask.data()[i])));
  }
  EXPECT_NEAR(own, sum, 1e-4 * std::abs(sum) + 1e-4);
  for (std::size_t i = 0; i < mask.size(); ++i)
    EXPECT_NEAR(d_mask.data()[i], other_d_mask.data()[i], 1e-4 * largest) << i;
  // Central differences of single precision's images: a step of a tenth leaves their third order, which is 0 but for a slope.
  double loss[2] = {0.0, 0.0};
  for (const int side : {0, 1}) {
    Image<float> moved = mask;
    for (std::size_t i = 0; i < mask.size(); ++i) moved.data()[i] += (side == 0 ? 0.1f : -0.1f) * direction.data()[i];
    expected.image(moved.data(), exposure, other.data());
    for (std::size_t i = 0; i < mask.size(); ++i) loss[side] += static_cast<double>(weight.data()[i]) * other.data()[i];
  }
  if (tested.slope_nm == 0.0) {
    EXPECT_NEAR((loss[0] - loss[1]) / 0.2, along, 1e-3 * std::abs(along) + 1e-3);
  }
}

void expect_same_bits(IltBatch& a, IltBatch& b, const IltCase& tested) {
  for (IltBatch* each : {&a, &b}) {
    for (int clip = 0; clip < a.clips(); ++clip)
      set_random_clip(*each, clip, tested, static_cast<unsigned>(clip));
    for (int step = 1; step <= 5; ++step) {
      each->evaluate(tested.terms());
      each->adam({.step = step});
    }
  }
  for (int clip = 0; clip < a.clips(); ++clip) {
    EXPECT_TRUE(parameters_of(a, clip, tested) == parameters_of(b, clip, tested));
    EXPECT_EQ(a.losses()[static_cast<std::size_t>(clip)].total(),
              b.losses()[static_cast<std::size_t>(clip)].total());
  }
}

void expect_clip_independent_of_batch(IltBatch& alone, IltBatch& among, const IltCase& tested) {
  const int last = among.clips() - 1;
  set_random_clip(alone, 0, tested, 1);
  for (int clip = 0; clip < last; ++clip)
    set_random_clip(among, clip, tested, static_cast<unsigned>(10 + clip));
  set_random_clip(among, last, tested, 1);
  for (int step = 1; step <= 3; ++step)
    for (IltBatch* each : {&alone, &among}) {
      each->evaluate(tested.terms());
      each->adam({.step = step});
    }
  EXPECT_TRUE(parameters_of(alone, 0, tested) == parameters_of(among, last, tested));
  EXPECT_EQ(alone.losses()[0].total(), among.losses()[static_cast<std::size_t>(last)].total());
}

void expect_same_by_threads(IltBatch& by_threads, IltBatch& in_turn, const IltCase& tested) {
  const std::size_t clips = static_cast<std::size_t>(in_turn.clips());
  const IltTerms terms = tested.terms();
  const auto images = [&](unsigned seed, float low, float high) {
    std::vector<Image<float>> all;
    for (std::size_t c = 0; c < clips; ++c) all.push_back(random_image(tested, low, high, seed + static_cast<unsigned>(c)));
    return all;
  };
  for (IltBatch* each : {&by_threads, &in_turn}) {
    for (int clip = 0; clip < each->clips(); ++clip) set_random_clip(*each, clip, tested, static_cast<unsigned>(2 * clip));
    each->evaluate(terms);
    each->adam({.step = 1, .rate = 0.1f});  // which parameters that are fetched have taken
  }
  const std::vector<Image<float>> parameters = images(700, -1, 1), target = images(800, 0, 1), free = images(900, 0, 1),
                                  weight = images(1000, 0, 2), unresolved = images(1100, -0.2f, 0.2f);
  struct Fetched {
    Image<float> parameters;
    Image<std::uint8_t> mask;
  };
  std::vector<Fetched> fetched[2];
  for (std::vector<Fetched>& each : fetched)
    each.assign(clips, {Image<float>(tested.rows, tested.cols), Image<std::uint8_t>(2 * tested.rows, 2 * tested.cols)});
  const auto fetch = [](IltBatch& batch, std::size_t c, Fetched& into) {
    batch.get_parameters(static_cast<int>(c), into.parameters.view());
    batch.cut_mask(static_cast<int>(c), 2, into.mask.view());
  };
  HostThreads(4).each(clips, [&](std::size_t c, int) {
    const int clip = static_cast<int>(c);
    fetch(by_threads, c, fetched[0][c]);
    by_threads.set_clip(clip, {.free = free[c].view()});
    by_threads.set_clip(clip, {.parameters = parameters[c].view(), .unresolved = unresolved[c].view()});
    by_threads.set_clip(clip, {.target = target[c].view()});
    by_threads.set_clip(clip, {.weight = weight[c].view()});
  });
  for (std::size_t c = 0; c < clips; ++c) {
    fetch(in_turn, c, fetched[1][c]);
    in_turn.set_clip(static_cast<int>(c), {.parameters = parameters[c].view(), .target = target[c].view(), .free = free[c].view(),
                                           .weight = weight[c].view(), .unresolved = unresolved[c].view()});
  }
  for (IltBatch* each : {&by_threads, &in_turn}) {
    each->evaluate(terms);
    each->adam({.step = 2, .rate = 0.1f});
  }
  for (std::size_t c = 0; c < clips; ++c) {
    EXPECT_EQ(difference(fetched[0][c].parameters, fetched[1][c].parameters), 0.0);
    EXPECT_TRUE(std::equal(fetched[0][c].mask.begin(), fetched[0][c].mask.end(), fetched[1][c].mask.begin()));
    EXPECT_EQ(by_threads.losses()[c].total(), in_turn.losses()[c].total());
    const int clip = static_cast<int>(c);
    EXPECT_EQ(difference(parameters_of(by_threads, clip, tested), parameters_of(in_turn, clip, tested)), 0.0);
  }
}

}  // namespace reticle
