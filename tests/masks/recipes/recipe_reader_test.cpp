// SPDX-License-Identifier: Apache-2.0
#include "masks/recipes/recipe_reader.h"

#include <gtest/gtest.h>

#include <fstream>

#include "kernels/base/error.h"

namespace reticle {
namespace {

enum class Optimizer { adam, lbfgs };
struct Stage {
  double pixel_nm = 8.0;
};
struct Settings {
  int iterations = 100;
  double rate = 0.1;
  Optimizer optimizer = Optimizer::adam;
  std::string title = "plain \"title\"";
  bool preview = false;
  std::vector<double> doses = {0.98, 1.0, 1.02};
  std::vector<Stage> stages = {{16.0}, {8.0}};
  double tone_slope = 4.0;
};

void describe(RecipeKeys& keys, Settings& s) {
  keys.number("iterations", s.iterations, {1, 10000}, "steps");
  keys.number("rate", s.rate, {0.0}, "step length");
  keys.choice("optimizer", s.optimizer, {{"adam", Optimizer::adam}, {"lbfgs", Optimizer::lbfgs}},
              "how to step");
  keys.text("title", s.title, "shown in the report");
  keys.flag("preview", s.preview, "draw a picture");
  keys.numbers("doses", s.doses, {0.5, 2.0}, "relative doses");
  keys.tables("stages", s.stages, "grids, coarse to fine", [](RecipeKeys& k, Stage& stage) {
    k.number("pixel_nm", stage.pixel_nm, {0.5, 64}, "pixel");
  });
  keys.table("tone", "resist", [&](RecipeKeys& k) {
    k.number("slope", s.tone_slope, {0.1, 1000}, "slope");
  });
}

Settings read(const std::string& text) {
  Settings settings;
  read_recipe_text(text, "recipe.toml", [&](RecipeKeys& keys) { describe(keys, settings); });
  return settings;
}

std::string message_of(const std::string& text) {
  try {
    read(text);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::bad_input);
    return error.what();
  }
  return "no error";
}

TEST(Recipe, OneNumberOfAListNeedsNoBrackets) {
  EXPECT_EQ(read("doses = 1.1\n").doses, std::vector<double>{1.1});
  EXPECT_EQ(read("doses = 1\n").doses, std::vector<double>{1.0});
  EXPECT_NE(message_of("doses = 3.0\n").find("outside"), std::string::npos);
}

TEST(Recipe, KeysNotGivenKeepTheirDefaults) {
  const Settings settings = read("iterations = 7\n[tone]\nslope = 50\n");
  EXPECT_EQ(settings.iterations, 7);
  EXPECT_EQ(settings.tone_slope, 50.0);
  EXPECT_EQ(settings.rate, 0.1);
  EXPECT_EQ(settings.stages.size(), 2u);
}

TEST(Recipe, ListOfTablesReplacesTheDefaultList) {
  const Settings settings =
      read("[[stages]]\npixel_nm = 4\n[[stages]]\n[[stages]]\npixel_nm = 1\n");
  ASSERT_EQ(settings.stages.size(), 3u);
  EXPECT_EQ(settings.stages[0].pixel_nm, 4.0);
  EXPECT_EQ(settings.stages[1].pixel_nm, Stage{}.pixel_nm);
  EXPECT_EQ(settings.stages[2].pixel_nm, 1.0);
}

TEST(Recipe, UnknownKeyIsNamedWithItsLineAndTheNearestKnownKey) {
  EXPECT_EQ(message_of("rate = 0.5\n\niteratons = 7\n"),
            "recipe.toml:3: unknown key 'iteratons'; did you mean 'iterations'?");
  EXPECT_EQ(message_of("[tone]\nslop = 7\n"),
            "recipe.toml:2: unknown key 'tone.slop'; did you mean 'tone.slope'?");
}

TEST(Recipe, WrongTypesAreNamedWithTheTypeWanted) {
  EXPECT_EQ(message_of("iterations = 3.5"),
            "recipe.toml:1: 'iterations' is a number; it has to be an integer");
  EXPECT_EQ(message_of("\nrate = \"fast\""),
            "recipe.toml:2: 'rate' is a string; it has to be a number");
  EXPECT_EQ(message_of("doses = [1.0, true]"),
            "recipe.toml:1: 'doses' is true or false; it has to be a number");
  EXPECT_EQ(message_of("tone = 4"),
            "recipe.toml:1: 'tone' is an integer; it has to be a table [tone]");
  EXPECT_EQ(message_of("stages = 4"),
            "recipe.toml:1: 'stages' is an integer; it has to be an array of tables [[stages]]");
}

TEST(Recipe, NumbersOutOfRangeAreNamedWithTheRange) {
  EXPECT_EQ(message_of("iterations = 0"), "recipe.toml:1: 'iterations' = 0 is outside 1 .. 10000");
  EXPECT_EQ(message_of("rate = -1"), "recipe.toml:1: 'rate' = -1 is outside 0 and above");
  EXPECT_EQ(message_of("rate = nan"), "recipe.toml:1: 'rate' = nan is outside 0 and above");
  EXPECT_EQ(message_of("rate = inf"), "recipe.toml:1: 'rate' = inf is outside 0 and above");
  EXPECT_EQ(message_of("optimizer = \"newton\""),
            "recipe.toml:1: 'optimizer' = \"newton\" is not one of adam, lbfgs");
}

TEST(Recipe, BrokenTomlIsNamedWithItsLine) {
  EXPECT_EQ(message_of("rate = 1\niterations = = 3\n").substr(0, 35),
            "recipe.toml:2: not valid TOML: Erro");
}

TEST(Recipe, PrintedRecipeReadsBackToTheSameValues) {
  Settings settings;
  settings.rate = 0.1 + 0.2;  // needs all 17 digits
  settings.optimizer = Optimizer::lbfgs;
  settings.title = "a \"quoted\" \\ path\n";
  settings.doses = {1.0, 2e0};
  for (const RecipeStyle style : {RecipeStyle::values, RecipeStyle::documented}) {
    const Settings back =
        read(print_recipe([&](RecipeKeys& keys) { describe(keys, settings); }, style));
    EXPECT_EQ(back.rate, settings.rate);
    EXPECT_EQ(back.optimizer, settings.optimizer);
    EXPECT_EQ(back.title, settings.title);
    EXPECT_EQ(back.doses, settings.doses);
    EXPECT_EQ(back.stages.size(), settings.stages.size());
  }
}

TEST(Recipe, MissingFileIsNamed) {
  try {
    read_recipe("/nonexistent/recipe.toml", [](RecipeKeys&) {});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::io);
    EXPECT_NE(std::string(error.what()).find("/nonexistent/recipe.toml"), std::string::npos);
  }
}

TEST(Recipe, LengthsMayBeGivenInPartsOfLambdaOverNa) {
  double nm = -1.0;
  const auto describe_length = [&](RecipeKeys& keys) {
    keys.length("width_nm", nm, {0.0, 100.0}, "of a line", "0.3 lambda/NA");
  };
  read_recipe_text("width_nm = \"0.25 lambda/NA\"", "r.toml", describe_length, 40.0);
  EXPECT_DOUBLE_EQ(nm, 10.0);
  read_recipe_text("width_nm = 12", "r.toml", describe_length, 40.0);
  EXPECT_DOUBLE_EQ(nm, 12.0);
  for (const char* bad : {"width_nm = \"0.25\"", "width_nm = \"x lambda/NA\"", "width_nm = \"0.2 lambda/NA nm\"",
                          "width_nm = \"9 lambda/NA\"", "width_nm = true"})
    EXPECT_THROW(read_recipe_text(bad, "r.toml", describe_length, 40.0), Error) << bad;
  EXPECT_THROW(read_recipe_text("width_nm = \"0.25 lambda/NA\"", "r.toml", describe_length), Error);
  nm = -1.0;
  EXPECT_NE(print_recipe(describe_length, RecipeStyle::documented).find("# width_nm =  # default: 0.3 lambda/NA"),
            std::string::npos);
}

}  // namespace
}  // namespace reticle
