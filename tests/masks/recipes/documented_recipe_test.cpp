// SPDX-License-Identifier: Apache-2.0
// What `reticle recipe` prints is the defaults: work by it, unchanged, is the same to the byte.
#include <gtest/gtest.h>

#include "masks/recipes/correction.h"
#include "masks/recipes/recipes.h"
#include "tests/litho/chip/chip_model.h"
#include "tests/masks/scratch.h"

namespace reticle {
namespace {

class DocumentedRecipe : public test::Scratch {
 protected:
  static std::string of(const std::filesystem::path& recipe, const OpticalModel& model) {
    return print_correction(resolved(read_correction(recipe, model), model));
  }
};

TEST_F(DocumentedRecipe, IsTheDefaultsForEveryModel) {
  const auto recipe = put("recipe.toml", documented_correct_recipe());
  for (const auto& [wavelength_nm, na] : {std::pair{193.0, 1.35}, {193.0, 0.93}, {248.0, 0.8}, {365.0, 0.57}, {13.5, 0.33}, {13.5, 0.55}, {0.0, 0.0}}) {
    OpticalModel model = test::annular_model();
    model.wavelength_nm = wavelength_nm, model.na = na;
    EXPECT_EQ(of(recipe, model), of({}, model)) << wavelength_nm << " nm / " << na;
    EXPECT_EQ(of(put("resolved.toml", documented_correct_recipe(model)), model), of({}, model)) << wavelength_nm << " nm / " << na;
  }
}

TEST_F(DocumentedRecipe, EdgesToo) {
  for (const char* method : {"edge", "hybrid"}) {
    std::string text = documented_correct_recipe();
    const std::string given = "method = \"ilt\"";
    text.replace(text.find(given), given.size(), std::string("method = \"") + method + "\"");
    const OpticalModel model = test::annular_model();
    EXPECT_EQ(of(put("recipe.toml", text), model), of(put("short.toml", std::string("method = \"") + method + "\"\n"), model)) << method;
  }
}

TEST_F(DocumentedRecipe, OfModelsAndVerification) {
  OpticsSettings documented = model_recipe_from_text(documented_model_recipe(), "recipe.toml");
  const OpticsSettings none = model_recipe_from_text("", "empty.toml");
  documented.conditions = none.conditions;  // it shows how defocus is given
  EXPECT_EQ(print_model_recipe(documented), print_model_recipe(none));
  EXPECT_EQ(print_verify_recipe(verify_recipe_from_text(documented_verify_recipe(), "recipe.toml")),
            print_verify_recipe(verify_recipe_from_text("", "empty.toml")));
}

// What results carry: by it the work can be done again.
TEST_F(DocumentedRecipe, PrintedValuesReadBackToTheSame) {
  const OpticalModel model = test::annular_model();
  int models = 0, corrections = 0;
  for (const auto& entry : std::filesystem::directory_iterator(RETICLE_RECIPES_DIR)) {
    if (entry.path().filename().string().starts_with("correct_")) {
      const std::string printed = of(entry.path(), model);
      EXPECT_EQ(of(put("printed.toml", printed), model), printed) << entry.path();
      ++corrections;
    } else {
      const std::string printed = print_model_recipe(read_model_recipe(entry.path()));
      EXPECT_EQ(print_model_recipe(model_recipe_from_text(printed, "printed.toml")), printed) << entry.path();
      ++models;
    }
  }
  EXPECT_GE(models, 8);
  EXPECT_GE(corrections, 5);
  for (const char* mask : {"kind = \"attenuated\"\ntransmission_percent = 6.0\nphase_deg = 170.0\nscale = \"mask\"\nbias_nm = 8.0\nblur_nm = 3",
                           "kind = \"layers\"\n[[mask.layers]]\nname = \"1/0\"\nphase_deg = 0.0\n[[mask.layers]]\nname = \"2/0\"\nphase_deg = 180.0"}) {
    const std::string printed = print_model_recipe(model_recipe_from_text(std::string("[mask]\n") + mask, "mask.toml"));
    EXPECT_EQ(print_model_recipe(model_recipe_from_text(printed, "printed.toml")), printed) << mask;
  }
}

}  // namespace
}  // namespace reticle
