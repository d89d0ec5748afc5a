// `reticle simulate RECIPE.toml` against a closed form, and the shipped recipes.
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <numbers>

#include "kernels/base/error.h"
#include "litho/imaging/simulator.h"
#include "litho/optics/abbe.h"
#include "tests/masks/scratch.h"
#include "tools/reticle/pattern_recipe.h"
#include "tools/reticle/recipes.h"

namespace reticle::tools {
namespace {

class PatternRecipeFile : public test::Scratch {
 protected:
  std::filesystem::path write(const std::string& text) const { return put("recipe.toml", text); }
  std::string message_of(const std::string& text) {
    try {
      read_pattern_recipe(write(text));
    } catch (const Error& error) {
      return error.what();
    }
    return "accepted";
  }
};

TEST_F(PatternRecipeFile, ThreeBeamLinesHaveTheirClosedForm) {
  const PatternRecipe recipe = read_pattern_recipe(write(R"(
wavelength_nm = 193.0
na = 0.93
immersion_index = 1.0
vector_imaging = false
radiometric = false
[source]
shape = "conventional"
sigma_out = 0.01
grid = 3
sampling = "pixel_centre"
[pattern]
period_nm = [240.0, 240.0]
[[pattern.rectangles]]
corners_nm = [60.0, 0.0, 180.0, 240.0]
)"));
  const SpectrumSize size = mask_orders(recipe.optics);
  const auto image = abbe_intensity(recipe.optics, 0.0,
                                    pattern_spectrum(recipe.pattern, size.half_x, size.half_y));
  const double peak = std::pow(0.5 + 2.0 / std::numbers::pi, 2);
  EXPECT_NEAR(intensity_at(image, {0, 0, 240, 240}, {120, 7}), peak, 1e-12);
}

TEST_F(PatternRecipeFile, AttenuatedBackgroundByAmplitudeAndPhaseOrByParts) {
  const char* text = R"(
[pattern]
period_nm = [300.0, 200.0]
background = { amplitude = 0.245, phase_deg = 180.0 }
[[pattern.polygons]]
points_nm = [10.0, 10.0, 90.0, 10.0, 50.0, 80.0]
transmission = [0.0, 1.0]
)";
  const Pattern pattern = read_pattern_recipe(write(text)).pattern;
  EXPECT_NEAR(std::abs(pattern.background + 0.245), 0.0, 1e-15);
  EXPECT_EQ(pattern.shapes.at(0).transmission, std::complex<double>(0.0, 1.0));
}

TEST_F(PatternRecipeFile, NamedPatternsTakeTransmissionsAndEdges) {
  const Pattern pattern = read_pattern_recipe(write(R"(
[pattern]
name = "line_space"
background = { amplitude = 1.0 }
inside = { amplitude = 0.245, phase_deg = 180.0 }
[pattern.edges]
width_nm = 4.0
along_y = { transmission = [0.6, 0.3] }
)")).pattern;
  EXPECT_NEAR(std::abs(pattern.shapes.at(0).transmission + 0.245), 0.0, 1e-15);
  EXPECT_EQ(pattern.background, 1.0);
  EXPECT_EQ(pattern.edges.along_y, std::complex<double>(0.6, 0.3));
}

TEST_F(PatternRecipeFile, WhatIsWrongIsNamed) {
  EXPECT_NE(message_of("na = 1.2\n").find("[pattern]"), std::string::npos);
  EXPECT_NE(message_of("[pattern]\nperiod_nm = [100.0]\n").find("two lengths"), std::string::npos);
  EXPECT_NE(message_of("[pattern]\nperiod_nm = [100.0, 90.0]\n[[pattern.polygons]]\n"
                       "points_nm = [1.0, 2.0, 3.0]\n").find("3 numbers"),
            std::string::npos);
  EXPECT_NE(message_of("[source]\npolarisation = \"up\"\n").find("polarisation"), std::string::npos);
}

TEST_F(PatternRecipeFile, PatternsThatAreNoneAreRefusedWhenRead) {
  const std::string period = "[pattern]\nperiod_nm = [100.0, 90.0]\n";
  const std::string box = "[[pattern.rectangles]]\ncorners_nm = [10.0, 10.0, 50.0, 40.0]\n";
  EXPECT_EQ(message_of(period + box), "accepted");
  EXPECT_NE(message_of(period + box + box).find("shapes 1 and 2 overlap at x 10 .. 50, y 10 .. 40 nm"),
            std::string::npos);
  // Rectangles are counted before polygons.
  EXPECT_NE(message_of(period + "[[pattern.polygons]]\npoints_nm = [60, 60, 90, 80, 90, 60, 60, 80]\n" + box)
                .find("shape 2 crosses"),
            std::string::npos);
  EXPECT_NE(message_of("[pattern]\nname = \"line_space\"\npitch_nm = [100]\nwidth_nm = 250\n")
                .find("width_nm 250 and pitch_nm 100"),
            std::string::npos);
}

TEST_F(PatternRecipeFile, BiasOfARecipeMovesEdgesUntilNothingIsLeft) {
  const auto clear_nm2 = [&](const std::string& bias) {
    return 4e4 * mean_transmission(read_pattern_recipe(write(
                     "[pattern]\nperiod_nm = [200, 200]\nbias_nm = " + bias +
                     "\n[[pattern.rectangles]]\ncorners_nm = [50, 50, 150, 130]\n")).pattern);
  };
  EXPECT_NEAR(clear_nm2("10"), 110 * 90, 1e-9);
  EXPECT_NEAR(clear_nm2("-10"), 90 * 70, 1e-9);
  EXPECT_EQ(clear_nm2("-200"), 0.0);
}

TEST(ShippedRecipes, AllReadAndAreValid) {
  int count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(RETICLE_RECIPES_DIR)) {
    if (entry.path().filename().string().starts_with("correct")) continue;
    EXPECT_NO_THROW(read_model_recipe(entry.path())) << entry.path();
    ++count;
  }
  EXPECT_GE(count, 9);
}

}  // namespace
}  // namespace reticle::tools
