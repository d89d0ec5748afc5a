// SPDX-License-Identifier: Apache-2.0
// --json: nothing but JSON on standard output.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/tools/subprocess.h"
#include "tests/tools/test_inputs.h"

namespace reticle::tools {
namespace {

class JsonOutput : public testing::Test {
 protected:
  nlohmann::json of(std::vector<std::string> words) {
    words.push_back("--json");
    const Finished run = reticle(folder_.path(), words);
    EXPECT_EQ(run.exit_code, 0) << run.err;
    const auto json = nlohmann::json::parse(run.out, nullptr, false);
    EXPECT_FALSE(json.is_discarded()) << run.out;
    return json;
  }

  TestFolder folder_;
};

TEST_F(JsonOutput, EveryCommandHasIt) {
  for (const char* command : {"correct", "simulate", "evaluate", "info", "model", "window", "verify", "view", "calibrate", "convert", "recipe"})
    EXPECT_NE(reticle(folder_.path(), {command, "--help"}).out.find("--json"), std::string::npos) << command;
}

TEST_F(JsonOutput, OfCorrectionsIsTheReportThatIsWritten) {
  write_small_model(folder_ / "model.h5");
  write_text(folder_ / "a.glp", small_clip());
  write_text(folder_ / "r.toml", quick_recipe(2));
  const auto json = of({"correct", folder_ / "a.glp", "--model", folder_ / "model.h5", "--recipe", folder_ / "r.toml", "-o",
                        folder_ / "out", "--report", folder_ / "report.json", "--max-faults", "100"});
  EXPECT_EQ(json, nlohmann::json::parse(read_text(folder_ / "report.json")));
  EXPECT_EQ(json["clips"][0]["state"], "corrected");
  EXPECT_EQ(json["mask_rules"][0]["name"], "minimum width");
}

TEST_F(JsonOutput, OfConversionsSaysWhatWasWritten) {
  write_text(folder_ / "a.glp", small_clip());
  const auto layout = of({"convert", folder_ / "a.glp", folder_ / "a.oas"});
  EXPECT_EQ(layout["cells"], 1);
  EXPECT_EQ(layout["sha256"].get<std::string>().size(), 64u);
  const auto pixels = of({"convert", folder_ / "a.glp", folder_ / "a.png", "--pixel-nm", "4"});
  EXPECT_EQ(pixels["pixel_nm"], 4.0);
  EXPECT_GT(pixels["columns"], 0);
}

TEST_F(JsonOutput, OfRecipesHoldsTheirValues) {
  EXPECT_EQ(of({"recipe", "model"})["na"], 1.35);
  EXPECT_TRUE(of({"recipe", "correct"})["mask_rules"].is_object());
  EXPECT_TRUE(of({"recipe", "simulate"}).is_object());
  EXPECT_TRUE(of({"recipe", "verify"}).is_object());
}

}  // namespace
}  // namespace reticle::tools
