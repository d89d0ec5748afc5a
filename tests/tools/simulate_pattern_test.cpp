// SPDX-License-Identifier: Apache-2.0
// `reticle simulate RECIPE.toml` against a closed form, and the shipped recipes.
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <numbers>

#include "kernels/base/error.h"
#include "litho/imaging/simulator.h"
#include "litho/optics/abbe.h"
#include "tests/masks/scratch.h"
#include "masks/recipes/correction.h"
#include "masks/recipes/pattern_recipe.h"
#include "masks/recipes/recipes.h"

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
  EXPECT_NE(message_of("[pattern]\nperiod_nm = [100.0]\n").find("recipe.toml:2: 'pattern.period_nm' holds 1 number; it takes 2"),
            std::string::npos);
  EXPECT_NE(message_of("[pattern]\nperiod_nm = [100.0, 90.0]\n[[pattern.polygons]]\n"
                       "points_nm = [1.0, 2.0, 3.0]\n").find("3 numbers"),
            std::string::npos);
  EXPECT_NE(message_of("[source]\npolarisation = \"up\"\n").find("polarisation"), std::string::npos);
  EXPECT_EQ(message_of("[pattern]\nname = \"line_space\"\npitch_nm = []\n"),
            "recipe.toml:3: 'pattern.pitch_nm' is an empty list; it takes 1 to 2");
}

TEST_F(PatternRecipeFile, ShapesThatAreWrongAreCountedAndShown) {
  const std::string head = "[pattern]\nperiod_nm = [100.0, 90.0]\n[[pattern.rectangles]]\n"
                           "corners_nm = [0.0, 0.0, 10.0, 10.0]\n";
  EXPECT_EQ(message_of(head + "[[pattern.rectangles]]\ncorners_nm = [50.0, 0.0, 20.0, 10.0]\n"),
            "recipe.toml:6: 'pattern.rectangles.corners_nm' (2 of 2) = [50, 0, 20, 10]; it takes "
            "[x0, y0, x1, y1] with x0 < x1 and y0 < y1");
  EXPECT_EQ(message_of(head + "[[pattern.rectangles]]\n"),
            "recipe.toml:5: 'pattern.rectangles.corners_nm' (2 of 2) is missing; it takes [x0, y0, x1, y1]");
  EXPECT_EQ(message_of(head + "[[pattern.polygons]]\npoints_nm = [1.0, 2.0, 3.0]\n"),
            "recipe.toml:6: 'pattern.polygons.points_nm' (1 of 1) holds 3 numbers, [1, 2, 3]; coordinates come "
            "in pairs, at least three");
}

// What cannot both hold is not settled silently.
TEST_F(PatternRecipeFile, ConflictsAreRefusedWithTheirLineAndBothKeys) {
  const std::string named = "[pattern]\nname = \"line_space\"\n";
  const auto expect = [&](const std::string& text, const std::vector<std::string>& parts) {
    const std::string message = message_of(text);
    for (const std::string& part : parts)
      EXPECT_NE(message.find(part), std::string::npos) << part << " is not in: " << message;
  };
  expect(named + "period_nm = [100.0, 100.0]\n",
         {"recipe.toml:3: 'pattern.period_nm'", "name = \"line_space\"", "remove"});
  expect(named + "[[pattern.rectangles]]\ncorners_nm = [0.0, 0.0, 9.0, 9.0]\n",
         {"recipe.toml:3: 'pattern.rectangles'", "name = \"line_space\"", "remove"});
  expect(named + "[[pattern.polygons]]\npoints_nm = [0.0, 0.0, 9.0, 9.0, 0.0, 9.0]\n",
         {"recipe.toml:3: 'pattern.polygons'", "name = \"line_space\"", "remove"});
  for (const char* other : {"amplitude = 0.5", "phase_deg = 180.0"})
    expect(named + "[pattern.inside]\n" + other + "\ntransmission = [0.5, 0.0]\n",
           {"recipe.toml:5: 'pattern.inside.transmission'", std::string(other).substr(0, 9), "remove"});
  expect("[pattern]\nperiod_nm = [100.0, 90.0]\n[[pattern.rectangles]]\ncorners_nm = [0.0, 0.0, 9.0, 9.0]\n"
         "transmission = [0.5, 0.0]\namplitude = 1.0\n",
         {"recipe.toml:5: 'pattern.rectangles.transmission' (1 of 1)", "'amplitude'", "remove"});
}

TEST_F(PatternRecipeFile, NamedPatternsFitTheirPitch) {
  const auto named = [&](const std::string& keys) { return message_of("[pattern]\n" + keys); };
  EXPECT_EQ(named("name = \"line_space\"\nwidth_nm = 300.0\n"),
            "recipe.toml:3: 'pattern.width_nm' = 300 is outside 0 .. pitch_nm = 200 of name = "
            "\"line_space\"");
  EXPECT_EQ(named("name = \"line_space\"\nwidth_nm = 200.0\n"), "accepted");
  EXPECT_NE(named("name = \"line_space\"\nbias_nm = -120.0\n").find("= 100 with a bias of -120"),
            std::string::npos);
  EXPECT_NE(named("name = \"contact_array\"\npitch_nm = [200.0, 90.0]\n")
                .find("'pattern.height_nm' = 100"),
            std::string::npos);
  EXPECT_NE(named("name = \"tip_to_tip\"\ngap_nm = 201.0\n")
                .find("recipe.toml:3: 'pattern.gap_nm' = 201"),
            std::string::npos);
}

// It lists every key once, and alternatives without a choice among them.
TEST_F(PatternRecipeFile, DocumentedRecipeReadsOnceItsPatternIsNamed) {
  std::string text = documented_pattern_recipe();
  for (const char* place : {"line along y about x = pitch/2", "period of its own from (0, 0)"})
    EXPECT_NE(text.find(place), std::string::npos) << place;
  const std::string none = "name = \"none\"";
  text.replace(text.find(none), none.size(), "name = \"tip_to_tip\"");
  EXPECT_EQ(message_of(text), "accepted");
}

// Where the documented recipe says they are.
TEST_F(PatternRecipeFile, NamedPatternsSitInTheMiddleOfTheirPeriod) {
  const auto named = [&](const std::string& name) {
    return read_pattern_recipe(write("[pattern]\nname = \"" + name +
                                     "\"\npitch_nm = [300.0, 400.0]\nlines = 3\n")).pattern;
  };
  const auto middle = [](const PatternShape& shape) {
    return Point{0.5 * (shape.polygon[0].x + shape.polygon[2].x), 0.5 * (shape.polygon[0].y + shape.polygon[2].y)};
  };
  for (const char* name : {"line_space", "isolated_line"}) {
    EXPECT_EQ(middle(named(name).shapes.at(0)).x, 150.0);
    EXPECT_EQ(named(name).period_y_nm, 300.0);
  }
  EXPECT_EQ(middle(named("contact_array").shapes.at(0)).y, 200.0);
  EXPECT_EQ(middle(named("dense_to_isolated").shapes.at(1)).x, (1.5 + 0.5 + 1.0) * 300.0);
  EXPECT_EQ(named("dense_to_isolated").period_x_nm, 1800.0);
  const Pattern tips = named("tip_to_tip");
  EXPECT_EQ(tips.shapes.at(0).polygon[2].y + tips.shapes.at(1).polygon[0].y, 400.0);
}

TEST_F(PatternRecipeFile, ModelRecipeSaysWherePatternsBelong) {
  const std::string message = test::message_of([&] { read_model_recipe(write("\n[pattern]\nname = \"line_space\"\n")); });
  EXPECT_NE(message.find("recipe.toml:2: 'pattern' belongs to recipes of 'reticle simulate'"), std::string::npos)
      << message;
}

TEST_F(PatternRecipeFile, OpticsThatCannotBeAreNamedWithWhatBoundsThem) {
  const auto message = [&](const std::string& text) {
    return test::message_of([&] { read_model_recipe(write(text)); });
  };
  EXPECT_EQ(message("na = 1.2\nimmersion_index = 1.0\n"),
            "recipe.toml: optics: na = 1.2; allowed is above 0, below immersion_index, which is 1");
  EXPECT_EQ(message("[stack]\ndepths_nm = []\n"),
            "recipe.toml:2: 'stack.depths_nm' is an empty list; it takes 1 to 100");
  std::string zernikes = "0.0";
  for (int i = 1; i < 38; ++i) zernikes += ", 0.0";
  EXPECT_EQ(message("zernikes_waves = [" + zernikes + "]\n"),
            "recipe.toml:1: 'zernikes_waves' holds 38 numbers; it takes at most 37");
  EXPECT_EQ(message("conditions = []\n"), "recipe.toml: optics: conditions is an empty list; it takes 1 to 1000");
  // The same of settings that come from code.
  OpticsSettings settings;
  settings.stack.depths_nm.clear();
  EXPECT_EQ(test::message_of([&] { validate(settings); }),
            "optics: stack.depths_nm is an empty list; it takes 1 to 100");
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
                .find("'pattern.width_nm' = 250 is outside 0 .. pitch_nm = 100"),
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

TEST(ShippedRecipes, ThePatternAmongTheExamplesIsOne) {
  const PatternRecipe recipe = read_pattern_recipe(std::filesystem::path(RETICLE_RECIPES_DIR) / "../examples/lines_240.toml");
  EXPECT_EQ(recipe.optics.conditions.size(), 5u);
  EXPECT_EQ(recipe.optics.conditions.front().focus_nm, 0.0);
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

// Where masks are pixels, recipes of edges are not read as if they asked for less.
TEST(ShippedRecipes, OfEdgesAreRefusedWhereMasksArePixels) {
  OpticalModel model{.period_x_nm = 1200.0, .period_y_nm = 1200.0, .wavelength_nm = 193.0, .na = 1.0};
  int edges = 0, pixels = 0;
  for (const auto& entry : std::filesystem::directory_iterator(RETICLE_RECIPES_DIR)) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with("correct")) continue;
    std::ifstream file(entry.path());
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    const CorrectionSettings settings = read_correction(entry.path(), model);
    if (settings.method != MaskMethod::ilt || settings.edges.rectilinear_nm > 0.0) {
      EXPECT_THROW(correct_recipe_from_text(text, name, model), Error) << name;
      ++edges;
    } else {
      EXPECT_NO_THROW(correct_recipe_from_text(text, name, model)) << name;
      ++pixels;
    }
  }
  EXPECT_GE(edges, 3);
  EXPECT_GE(pixels, 2);
}

}  // namespace
}  // namespace reticle::tools
