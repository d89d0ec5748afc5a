// SPDX-License-Identifier: Apache-2.0
// The C interface as a C program sees it: what it computes, and that bad input is an error and never a crash.
#include <gtest/gtest.h>
#include <reticle.h>

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <limits>
#include <string>
#include <thread>
#include <vector>

namespace {

constexpr const char* k_optics =
    "na = 0.93\nimmersion_index = 1.0\nperiod_nm = [640.0, 512.0]\nmax_error = 5e-3\nthreshold = 0.3\n"
    "[source]\nshape = \"conventional\"\nsigma_out = 0.6\ngrid = 16\nsampling = \"covered_area\"\n"
    "[[conditions]]\nname = \"focus\"\nfocus_nm = 0.0\n[[conditions]]\nname = \"defocus\"\nfocus_nm = 50.0\n";
constexpr const char* k_recipe = "mask_pixel_nm = 4.0\n[[levels]]\ncoarseness = 4\niterations = 10\n";
constexpr reticle_query k_aerial{0, 1.0, RETICLE_AERIAL};
constexpr std::size_t k_rows = 32, k_cols = 40;

class CLibrary : public testing::Test {
 protected:
  static void SetUpTestSuite() { ASSERT_EQ(reticle_model_build(k_optics, &model), RETICLE_OK) << reticle_error(); }
  static void TearDownTestSuite() { EXPECT_EQ(reticle_model_free(model), RETICLE_OK); }

  static std::vector<double> bar() {
    std::vector<double> mask(k_rows * k_cols);
    for (std::size_t y = 8; y < 24; ++y)
      for (std::size_t x = 16; x < 22; ++x) mask[y * k_cols + x] = 1.0;
    return mask;
  }
  // Status and a word that the message must hold.
  static void expect_error(reticle_status status, reticle_status wanted, const std::string& word) {
    EXPECT_EQ(status, wanted);
    EXPECT_NE(std::string(reticle_error()).find(word), std::string::npos) << reticle_error();
  }

  const std::int32_t corners_[8] = {256, 128, 352, 128, 352, 384, 256, 384};
  const std::size_t ends_[1] = {4};
  const reticle_polygons polygons_{corners_, ends_, 1, 1.0};
  const double window_[4] = {0, 0, 640, 512};
  static reticle_model* model;
};
reticle_model* CLibrary::model = nullptr;

TEST_F(CLibrary, PolygonsInDatabaseUnitsImageAsPixelsDo) {
  std::vector<double> of_pixels(k_rows * k_cols), of_polygons(of_pixels.size());
  ASSERT_EQ(reticle_image_double(model, bar().data(), k_rows, k_cols, &k_aerial, of_pixels.data(), k_rows, k_cols), RETICLE_OK);
  const std::int32_t halves[8] = {512, 256, 704, 256, 704, 768, 512, 768};
  const reticle_polygons fine{halves, ends_, 1, 0.5};
  ASSERT_EQ(reticle_image_of_polygons(model, &fine, 0, 0, &k_aerial, of_polygons.data(), k_rows, k_cols), RETICLE_OK);
  // Pixels of 16 nm alias what the optics passes.
  for (std::size_t i = 0; i < of_pixels.size(); ++i) EXPECT_NEAR(of_pixels[i], of_polygons[i], 0.02);
}

TEST_F(CLibrary, GradientEqualsTheCentralDifference) {
  std::vector<double> mask = bar(), image(mask.size()), d_image(mask.size()), d_mask(mask.size());
  for (std::size_t i = 0; i < d_image.size(); ++i) d_image[i] = std::sin(0.37 * static_cast<double>(i));
  const reticle_query query{1, 1.1, RETICLE_RESIST};
  double d_dose = 0.0;
  ASSERT_EQ(reticle_gradient_double(model, mask.data(), k_rows, k_cols, &query, d_image.data(), k_rows, k_cols,
                                    d_mask.data(), &d_dose), RETICLE_OK);
  const std::size_t pixel = 12 * k_cols + 18;
  const auto loss = [&](double change, double dose) {
    std::vector<double> moved = mask;
    moved[pixel] += change;
    const reticle_query at{1, dose, RETICLE_RESIST};
    EXPECT_EQ(reticle_image_double(model, moved.data(), k_rows, k_cols, &at, image.data(), k_rows, k_cols), RETICLE_OK);
    double sum = 0.0;
    for (std::size_t i = 0; i < image.size(); ++i) sum += d_image[i] * image[i];
    return sum;
  };
  const double numeric = (loss(1e-4, 1.1) - loss(-1e-4, 1.1)) / 2e-4;
  EXPECT_NEAR(d_mask[pixel], numeric, 1e-6 * std::abs(numeric));
  EXPECT_NEAR(d_dose, (loss(0, 1.1 + 1e-5) - loss(0, 1.1 - 1e-5)) / 2e-5, 1e-6 * std::abs(d_dose));
}

TEST_F(CLibrary, CorrectsReportsProgressAndGivesPolygons) {
  int calls = 0;
  reticle_correction* correction = nullptr;
  ASSERT_EQ(reticle_correct(model, &polygons_, window_, k_recipe,
                            [](double part, void* user) { return part >= 0.0 && ++*static_cast<int*>(user) < 1000 ? 1 : 0; },
                            &calls, &correction), RETICLE_OK) << reticle_error();
  EXPECT_EQ(calls, 10);
  reticle_grid grid;
  ASSERT_EQ(reticle_correction_grid(correction, &grid), RETICLE_OK);
  std::vector<std::uint8_t> mask(grid.rows * grid.cols);
  ASSERT_EQ(reticle_correction_mask(correction, mask.data()), RETICLE_OK);
  reticle_metrics metrics;
  ASSERT_EQ(reticle_verify(model, mask.data(), &grid, &polygons_, window_, k_recipe, &metrics), RETICLE_OK) << reticle_error();
  EXPECT_GT(metrics.components, 0);
  std::size_t corner_count = 0, polygon_count = 0;
  ASSERT_EQ(reticle_correction_polygons(correction, 0.5, &corner_count, &polygon_count, nullptr, nullptr), RETICLE_OK);
  std::vector<std::int32_t> corners(2 * corner_count);
  std::vector<std::size_t> ends(polygon_count);
  ASSERT_EQ(reticle_correction_polygons(correction, 0.5, &corner_count, &polygon_count, corners.data(), ends.data()), RETICLE_OK);
  double area = 0.0;  // of the polygons, in pixels
  for (std::size_t p = 0, first = 0; p < polygon_count; first = ends[p++])
    for (std::size_t i = first, j = ends[p] - 1; i < ends[p]; j = i++)
      area += 0.5 * 0.25 / 16.0 * (1.0 * corners[2 * j] * corners[2 * i + 1] - 1.0 * corners[2 * i] * corners[2 * j + 1]);
  EXPECT_DOUBLE_EQ(std::abs(area), static_cast<double>(std::count(mask.begin(), mask.end(), 1)));
  EXPECT_EQ(reticle_correction_free(correction), RETICLE_OK);
  expect_error(reticle_correct(model, &polygons_, window_, k_recipe, [](double, void*) { return 0; }, nullptr, &correction),
               RETICLE_STOPPED, "stopped");
}

TEST_F(CLibrary, ModelsSurviveFiles) {
  const std::string path = testing::TempDir() + "capi_model." + std::to_string(getpid()) + ".h5";
  ASSERT_EQ(reticle_model_write(model, path.c_str()), RETICLE_OK) << reticle_error();
  reticle_model* again = nullptr;
  ASSERT_EQ(reticle_model_read(path.c_str(), &again), RETICLE_OK) << reticle_error();
  double x = 0, y = 0;
  std::size_t conditions = 0;
  ASSERT_EQ(reticle_model_period_nm(again, &x, &y), RETICLE_OK);
  ASSERT_EQ(reticle_model_conditions(again, &conditions), RETICLE_OK);
  EXPECT_EQ(x, 640.0);
  EXPECT_EQ(y, 512.0);
  EXPECT_EQ(conditions, 2u);
  EXPECT_EQ(reticle_model_free(again), RETICLE_OK);
  std::filesystem::remove(path);
}

TEST_F(CLibrary, BadInputIsAnErrorThatNamesTheArgument) {
  std::vector<float> mask(k_rows * k_cols), image(mask.size());
  const auto imaged = [&](const float* pixels, std::size_t rows, const reticle_query* query, float* out) {
    return reticle_image(model, pixels, rows, k_cols, query, out, k_rows, k_cols);
  };
  expect_error(imaged(nullptr, k_rows, &k_aerial, image.data()), RETICLE_INVALID_ARGUMENT, "mask");
  expect_error(imaged(mask.data(), 0, &k_aerial, image.data()), RETICLE_INVALID_ARGUMENT, "rows");
  expect_error(imaged(mask.data(), k_rows, nullptr, image.data()), RETICLE_INVALID_ARGUMENT, "query");
  expect_error(imaged(mask.data(), k_rows, &k_aerial, nullptr), RETICLE_INVALID_ARGUMENT, "image");
  const reticle_query no_condition{2, 1.0, RETICLE_AERIAL}, no_dose{0, 0.0, RETICLE_AERIAL};
  expect_error(imaged(mask.data(), k_rows, &no_condition, image.data()), RETICLE_INVALID_ARGUMENT, "conditions");
  expect_error(imaged(mask.data(), k_rows, &no_dose, image.data()), RETICLE_INVALID_ARGUMENT, "dose");
  mask[7] = std::numeric_limits<float>::quiet_NaN();
  expect_error(imaged(mask.data(), k_rows, &k_aerial, image.data()), RETICLE_INVALID_ARGUMENT, "NaN");

  std::vector<float> d_mask(mask.size()), d_image(mask.size(), 1.0f);
  std::fill(mask.begin(), mask.end(), 0.5f);
  const auto gradient = [&](const float* d, float* to) {
    return reticle_gradient(model, mask.data(), k_rows, k_cols, &k_aerial, d, k_rows, k_cols, to, nullptr);
  };
  expect_error(gradient(nullptr, d_mask.data()), RETICLE_INVALID_ARGUMENT, "d_image");
  expect_error(gradient(d_image.data(), nullptr), RETICLE_INVALID_ARGUMENT, "d_mask");
  d_image[3] = std::numeric_limits<float>::infinity();
  expect_error(gradient(d_image.data(), d_mask.data()), RETICLE_INVALID_ARGUMENT, "d_image");
  reticle_query no_stage{0, 1.0, RETICLE_AERIAL};
  const int seven = 7;
  std::memcpy(&no_stage.stage, &seven, sizeof seven);
  const reticle_query no_number{0, std::numeric_limits<double>::quiet_NaN(), RETICLE_AERIAL};
  expect_error(imaged(mask.data(), k_rows, &no_stage, image.data()), RETICLE_INVALID_ARGUMENT, "stage");
  expect_error(imaged(mask.data(), k_rows, &no_number, image.data()), RETICLE_INVALID_ARGUMENT, "dose");
  expect_error(imaged(mask.data(), SIZE_MAX / 2, &k_aerial, image.data()), RETICLE_INVALID_ARGUMENT, "mask");
  expect_error(reticle_image_of_polygons(model, nullptr, 0, 0, &k_aerial, nullptr, k_rows, k_cols), RETICLE_INVALID_ARGUMENT, "mask");
  double number = 0.0;
  std::size_t count = 0;
  expect_error(reticle_model_period_nm(model, nullptr, &number), RETICLE_INVALID_ARGUMENT, "x");
  expect_error(reticle_model_threshold(nullptr, &number), RETICLE_INVALID_ARGUMENT, "model");
  expect_error(reticle_model_conditions(model, nullptr), RETICLE_INVALID_ARGUMENT, "count");
  expect_error(reticle_correction_mask(nullptr, nullptr), RETICLE_INVALID_ARGUMENT, "correction");
  expect_error(reticle_correction_polygons(nullptr, 1.0, &count, &count, nullptr, nullptr), RETICLE_INVALID_ARGUMENT, "correction");

  reticle_model* other = nullptr;
  expect_error(reticle_model_read("/nowhere/model.h5", &other), RETICLE_IO, "/nowhere/model.h5");
  expect_error(reticle_model_read(nullptr, &other), RETICLE_INVALID_ARGUMENT, "path");
  expect_error(reticle_model_build("nna = 1.0\n", &other), RETICLE_BAD_INPUT, "na");
  expect_error(reticle_model_build("na = 1.0\n", nullptr), RETICLE_INVALID_ARGUMENT, "model");
  EXPECT_EQ(other, nullptr);

  reticle_correction* correction = nullptr;
  const reticle_polygons broken{corners_, ends_, 1, -1.0};
  const std::size_t falling[2] = {4, 2};
  const reticle_polygons unordered{corners_, falling, 2, 1.0};
  const double wide[4] = {0, 0, 6400, 512}, inverted[4] = {640, 0, 0, 512};
  const auto corrected = [&](const reticle_polygons* design, const double* window, const char* recipe) {
    return reticle_correct(model, design, window, recipe, nullptr, nullptr, &correction);
  };
  expect_error(corrected(&broken, window_, k_recipe), RETICLE_INVALID_ARGUMENT, "dbu_nm");
  expect_error(corrected(&unordered, window_, k_recipe), RETICLE_INVALID_ARGUMENT, "ends");
  expect_error(corrected(&polygons_, wide, k_recipe), RETICLE_BAD_INPUT, "6400");
  expect_error(corrected(&polygons_, inverted, k_recipe), RETICLE_INVALID_ARGUMENT, "window_nm");
  expect_error(corrected(&polygons_, nullptr, k_recipe), RETICLE_INVALID_ARGUMENT, "window_nm");
  expect_error(corrected(&polygons_, window_, "levls = 3"), RETICLE_BAD_INPUT, "recipe_toml");
}

TEST_F(CLibrary, FreedHandlesAreErrors) {
  reticle_model* other = nullptr;
  ASSERT_EQ(reticle_model_build(k_optics, &other), RETICLE_OK);
  std::vector<float> mask(k_rows * k_cols, 0.5f), image(mask.size());
  // Freed while another thread images with it: each call either succeeds or says so.
  std::thread user([&] {
    for (int i = 0; i < 20; ++i) {
      const reticle_status status = reticle_image(other, mask.data(), k_rows, k_cols, &k_aerial, image.data(), k_rows, k_cols);
      EXPECT_TRUE(status == RETICLE_OK || status == RETICLE_INVALID_ARGUMENT);
    }
  });
  EXPECT_EQ(reticle_model_free(other), RETICLE_OK);
  user.join();
  expect_error(reticle_model_free(other), RETICLE_INVALID_ARGUMENT, "live");
  expect_error(reticle_model_free(nullptr), RETICLE_INVALID_ARGUMENT, "NULL");
  expect_error(reticle_model_free(reinterpret_cast<reticle_model*>(0x1234)), RETICLE_INVALID_ARGUMENT, "live");
  // A handle of another kind is none of this one.
  expect_error(reticle_correction_free(reinterpret_cast<reticle_correction*>(model)), RETICLE_INVALID_ARGUMENT, "correction");
}

TEST_F(CLibrary, SaysWhichItIs) {
  EXPECT_EQ(reticle_abi_version(), RETICLE_ABI_VERSION);
  EXPECT_STREQ(reticle_version(), RETICLE_VERSION);
}

}  // namespace
