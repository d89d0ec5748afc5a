// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <thread>

#include "masks/mask_file.h"
#include "tests/tools/subprocess.h"
#include "tests/tools/test_inputs.h"

namespace reticle::tools {
namespace {

class CorrectCommand : public testing::Test {
 protected:
  void SetUp() override {
    write_small_model(folder_ / "model.h5");
    write_text(folder_ / "a.glp", small_clip());
    write_text(folder_ / "b.glp", small_clip());
    write_text(folder_ / "r.toml", quick_recipe(5));
  }

  std::vector<std::string> command(std::vector<std::string> more) const {
    std::vector<std::string> words = {"correct",         folder_ / "a.glp",    folder_ / "b.glp",
                                      "--model",         folder_ / "model.h5", "--recipe",
                                      folder_ / "r.toml"};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }
  Finished correct(std::vector<std::string> more) const {
    return reticle(folder_.path(), command(std::move(more)));
  }
  nlohmann::json report(const std::string& name) const {
    return nlohmann::json::parse(read_text(folder_ / name));
  }

  TestFolder folder_;
};

TEST_F(CorrectCommand, WritesMasksPicturesAndReport) {
  const Finished run =
      correct({"-o", folder_ / "out", "--preview", "--report", folder_ / "report.json"});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  for (const char* name : {"out/a.h5", "out/b.h5", "out/a.png", "out/b.png"}) {
    EXPECT_TRUE(std::filesystem::exists(folder_ / name)) << name;
  }
  EXPECT_NE(run.out.find("l2_nm2"), std::string::npos);
  const auto json = report("report.json");
  ASSERT_EQ(json["clips"].size(), 2u);
  EXPECT_EQ(json["clips"][0]["metrics"], json["clips"][1]["metrics"]);  // the same design
  EXPECT_EQ(json["clips"][0]["state"], "corrected");
}

TEST_F(CorrectCommand, NumberOfThreadsDoesNotChangeAByte) {
  EXPECT_EQ(correct({"-o", folder_ / "one", "--threads", "1"}).exit_code, 0);
  EXPECT_EQ(correct({"-o", folder_ / "two", "--threads", "2"}).exit_code, 0);
  EXPECT_EQ(read_text(folder_ / "one/a.h5"), read_text(folder_ / "two/a.h5"));
  EXPECT_EQ(read_text(folder_ / "one/b.h5"), read_text(folder_ / "two/b.h5"));
}

// Two workers with batches of clips, whose masks threads of one pool finish.
TEST_F(CorrectCommand, WorkersOfAGpuThatShareThreadsWriteTheSameBytes) {
  std::vector<std::string> names;
  for (int i = 0; i < 5; ++i) names.push_back("clip" + std::to_string(i));
  const auto run = [&](const std::string& out, std::vector<std::string> more) {
    std::vector<std::string> words = {"correct"};
    for (const std::string& name : names) words.push_back(folder_ / (name + ".glp"));
    for (const std::string& word : {std::string("--model"), std::string(folder_ / "model.h5"), std::string("--recipe"),
                                    std::string(folder_ / "r.toml"), std::string("-o"), std::string(folder_ / out)})
      words.push_back(word);
    words.insert(words.end(), more.begin(), more.end());
    return reticle(folder_.path(), words);
  };
  for (const std::string& name : names) write_text(folder_ / (name + ".glp"), small_clip());
  EXPECT_EQ(run("host", {"--engine", "cpu"}).exit_code, 0);
  ASSERT_EQ(::setenv("RETICLE_ENGINE_PATH", RETICLE_ONE_GPU, 1), 0);
  const Finished on_gpu = run("gpu", {"--engine", "cuda", "--threads", "3"});
  ::unsetenv("RETICLE_ENGINE_PATH");
  EXPECT_EQ(on_gpu.exit_code, 0) << on_gpu.err;
  for (const std::string& name : names)
    EXPECT_EQ(read_text(folder_ / ("gpu/" + name + ".h5")), read_text(folder_ / ("host/" + name + ".h5"))) << name;
}

TEST_F(CorrectCommand, TheOptimisedFieldIsInTheFileWhereTheRecipeKeepsIt) {
  ASSERT_EQ(correct({"-o", folder_ / "plain"}).exit_code, 0);
  write_text(folder_ / "r.toml", "keep_grey = true\n" + quick_recipe(5));
  const Finished other = correct({"-o", folder_ / "plain", "--resume"});
  EXPECT_NE(other.err.find("another recipe"), std::string::npos) << other.err;
  ASSERT_EQ(correct({"-o", folder_ / "kept"}).exit_code, 0);
  const MaskFile plain = read_mask(folder_ / "plain/a.h5"), kept = read_mask(folder_ / "kept/a.h5");
  EXPECT_TRUE(plain.grey.empty());
  EXPECT_FALSE(kept.grey.empty());
  EXPECT_EQ(plain.mask, kept.mask);
}

TEST_F(CorrectCommand, ExistingMasksAreReplacedByForceOnly) {
  ASSERT_EQ(correct({"-o", folder_ / "out"}).exit_code, 0);
  const std::string before = read_text(folder_ / "out/a.h5");
  write_text(folder_ / "r.toml", quick_recipe(9));
  const Finished refused = correct({"-o", folder_ / "out"});
  EXPECT_EQ(refused.exit_code, 3);
  EXPECT_NE(refused.err.find("--force"), std::string::npos) << refused.err;
  EXPECT_EQ(read_text(folder_ / "out/a.h5"), before);
  EXPECT_EQ(correct({"-o", folder_ / "out", "--force"}).exit_code, 0);
  EXPECT_NE(read_text(folder_ / "out/a.h5"), before);
}

TEST_F(CorrectCommand, ResumeKeepsWhatIsUpToDateAndDoesTheRest) {
  ASSERT_EQ(correct({"-o", folder_ / "out", "--report", folder_ / "first.json"}).exit_code, 0);
  std::filesystem::remove(folder_ / "out/b.h5");
  const Finished resumed =
      correct({"-o", folder_ / "out", "--resume", "--report", folder_ / "second.json"});
  EXPECT_EQ(resumed.exit_code, 0) << resumed.err;
  const auto first = report("first.json"), second = report("second.json");
  EXPECT_EQ(second["clips"][0]["state"], "kept");
  EXPECT_EQ(second["clips"][1]["state"], "corrected");
  EXPECT_EQ(second["clips"][0]["metrics"], first["clips"][0]["metrics"]);
}

TEST_F(CorrectCommand, ResumeRefusesMasksOfAnotherRecipeOrDesign) {
  ASSERT_EQ(correct({"-o", folder_ / "out"}).exit_code, 0);
  write_text(folder_ / "r.toml", quick_recipe(6));
  const Finished recipe = correct({"-o", folder_ / "out", "--resume"});
  EXPECT_EQ(recipe.exit_code, 3);
  EXPECT_NE(recipe.err.find("another recipe"), std::string::npos) << recipe.err;
  write_text(folder_ / "r.toml", quick_recipe(5));
  write_text(folder_ / "a.glp", small_clip() + "\n");
  const Finished design = correct({"-o", folder_ / "out", "--resume"});
  EXPECT_EQ(design.exit_code, 3);
  EXPECT_NE(design.err.find("another version of the design"), std::string::npos) << design.err;
}

TEST_F(CorrectCommand, MissedGateIsExitCodeOne) {
  const Finished run = correct({"-o", folder_ / "out", "--max-l2-nm2", "0"});
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_NE(run.err.find("l2_nm2"), std::string::npos) << run.err;
  EXPECT_TRUE(std::filesystem::exists(folder_ / "out/a.h5"));
}

TEST_F(CorrectCommand, GatesInPixelsAreRefusedWithTheirNewNames) {
  const Finished run = correct({"-o", folder_ / "out", "--max-pvb-px", "0"});
  EXPECT_EQ(run.exit_code, 2);
  EXPECT_NE(run.err.find("--max-pv-band-nm2"), std::string::npos) << run.err;
}

// The mask, its evaluation and its verification say the same of the same clip.
TEST_F(CorrectCommand, EndsWithTheVerificationThatEvaluateAndVerifyMake) {
  ASSERT_LT(correct({"-o", folder_ / "out", "--report", folder_ / "report.json", "--max-faults", "100"}).exit_code, 1);
  const auto corrected = report("report.json")["clips"][0]["metrics"];
  const auto page = nlohmann::json::parse(read_text(folder_ / "out/verification/a/report.json"));
  const Finished evaluated = reticle(folder_.path(), {"evaluate", folder_ / "out/a.h5", "--target", folder_ / "a.glp", "--model",
                                                      folder_ / "model.h5", "--format", "json", "--max-faults", "100"});
  ASSERT_EQ(evaluated.exit_code, 0) << evaluated.err;
  const auto evaluation = nlohmann::json::parse(evaluated.out);
  const Finished verified = reticle(folder_.path(), {"verify", folder_ / "out/a.h5", "--target", folder_ / "a.glp", "--model",
                                                     folder_ / "model.h5", "--format", "json", "--max-faults", "100"});
  ASSERT_EQ(verified.exit_code, 0) << verified.err;
  const auto totals = nlohmann::json::parse(verified.out)["totals"];
  for (const char* name : {"l2_nm2", "pv_band_nm2", "epe_max_nm", "epe_mean_abs_nm", "epe_violations", "faults", "missing",
                           "extra", "bridges", "opens", "holes", "filled"}) {
    EXPECT_NEAR(corrected[name].get<double>(), totals[name].get<double>(), 1e-6) << name;
    EXPECT_EQ(evaluation[name], corrected[name]) << name;
    EXPECT_NEAR(page["totals"][name].get<double>(), totals[name].get<double>(), 1e-6) << name;
  }
  for (const char* name : {"report.html", "findings.lyrdb", "findings.csv"})
    EXPECT_TRUE(std::filesystem::exists(folder_ / "out/verification/a" / name)) << name;
}

TEST_F(CorrectCommand, OneBadClipDoesNotStopTheOthers) {
  write_text(folder_ / "a.glp", "BEGIN\nPGON N M1 0 0 100 0 100\nENDMSG\n");
  const Finished run = correct({"-o", folder_ / "out"});
  EXPECT_EQ(run.exit_code, 3);
  EXPECT_NE(run.err.find("a.glp:2"), std::string::npos) << run.err;
  EXPECT_FALSE(std::filesystem::exists(folder_ / "out/a.h5"));
  EXPECT_TRUE(std::filesystem::exists(folder_ / "out/b.h5"));
}

TEST_F(CorrectCommand, TwoDesignsOfOneNameAreRefused) {
  std::filesystem::create_directory(folder_ / "other");
  write_text(folder_ / "other/a.glp", small_clip());
  const Finished run = correct({folder_ / "other/a.glp", "-o", folder_ / "out"});
  EXPECT_EQ(run.exit_code, 2);
}

TEST_F(CorrectCommand, InterruptLeavesFinishedClipsWholeAndResumeDoesTheRest) {
  constexpr int k_clips = 40;
  write_text(folder_ / "r.toml", quick_recipe(60));
  std::vector<std::string> words = command({"-o", folder_ / "out", "--threads", "1"});
  for (int i = 0; i < k_clips; ++i) {
    const std::string name = std::to_string(i) + ".glp";
    write_text(folder_ / name, small_clip());
    words.push_back(folder_ / name);
  }
  Subprocess running(folder_.path(), words);
  while (!std::filesystem::exists(folder_ / "out/a.h5")) {
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  running.interrupt();
  const Finished stopped = running.wait();
  EXPECT_EQ(stopped.exit_code, 130) << stopped.err;
  int finished = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder_ / "out")) {
    if (entry.path().filename() == "verification") continue;
    EXPECT_EQ(entry.path().extension(), ".h5") << entry.path();  // no temporary is left
    EXPECT_EQ(reticle(folder_.path(), {"info", entry.path()}).exit_code, 0);
    ++finished;
  }
  EXPECT_LT(finished, k_clips + 2);
  words.push_back("--resume");
  EXPECT_EQ(reticle(folder_.path(), words).exit_code, 0);
  EXPECT_TRUE(std::filesystem::exists(folder_ / "out/39.h5"));
}

}  // namespace
}  // namespace reticle::tools
