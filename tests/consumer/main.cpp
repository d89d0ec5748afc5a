// SPDX-License-Identifier: Apache-2.0
// What a user of the installed library writes: build a model in memory, check it, look into it; and what is installed
// under share (argument 1): recipes that read, the files' schema, the licence.
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>

#include <reticle/kernels/base/error.h>
#include <reticle/kernels/base/version.h>
#include <reticle/litho/imaging/optical_model.h>
#include <reticle/litho/optics/settings.h>
#include <reticle/masks/recipes/recipes.h>

// Says what is missing there; empty: nothing.
std::string missing_in(const std::filesystem::path& share) {
  for (const char* name : {"LICENSE", "SCHEMA.md"})
    if (std::ifstream(share / name).peek() == std::ifstream::traits_type::eof()) return name;
  int models = 0, corrections = 0;
  for (const auto& entry : std::filesystem::directory_iterator(share / "recipes")) {
    if (entry.path().extension() != ".toml") continue;
    if (entry.path().filename().string().starts_with("correct_")) {
      ++corrections;
      continue;
    }
    const reticle::OpticsSettings optics = reticle::read_model_recipe(entry.path());
    if (!(optics.na > 0.0)) return entry.path().string();
    ++models;
  }
  return models > 0 && corrections > 0 ? "" : "recipes";
}

int main(int count, char** words) {
  if (reticle::version().empty()) return 1;
  if (count < 2) return 2;
  if (const std::string missing = missing_in(words[1]); !missing.empty()) {
    std::cerr << "share/reticle lacks " << missing << '\n';
    return 1;
  }

  reticle::SocsKernels focus;
  focus.name = "focus";
  focus.coefficients = {{1.0, 0.0}};
  focus.weights = {1.0};

  reticle::OpticalModel model;
  model.period_x_nm = model.period_y_nm = 1024.0;
  model.conditions = {focus};
  reticle::validate(model);

  try {
    model.condition("defocus");
  } catch (const reticle::Error& error) {
    std::cout << error.what() << '\n';
    return 0;
  }
  return 1;
}
