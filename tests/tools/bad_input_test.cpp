// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <nlohmann/json.hpp>

#include "tests/tools/subprocess.h"
#include "tests/tools/test_inputs.h"

namespace reticle::tools {
namespace {

class BadInput : public testing::Test {
 protected:
  void SetUp() override {
    write_small_model(folder_ / "model.h5");
    write_text(folder_ / "clip.glp", small_clip());
    write_text(folder_ / "r.toml", quick_recipe(3));
  }

  // The command ends with code 3, says `expected` and leaves no output.
  void expect_refusal(const std::vector<std::string>& words, const std::string& expected) const {
    const Finished run = reticle(folder_.path(), words);
    EXPECT_EQ(run.exit_code, 3) << run.err;
    EXPECT_NE(run.err.find(expected), std::string::npos)
        << "wanted: " << expected << "\ngot: " << run.err;
    EXPECT_FALSE(std::filesystem::exists(folder_ / "image.h5"));
  }
  std::vector<std::string> simulate(const std::string& input, const std::string& model) const {
    return {"simulate", folder_ / input,      "--model",    folder_ / model,
            "-o",       folder_ / "image.h5", "--pixel-nm", "16"};
  }

  TestFolder folder_;
};

TEST_F(BadInput, FilesThatAreNotThereAreNamed) {
  expect_refusal(simulate("absent.glp", "model.h5"), "absent.glp");
  expect_refusal(simulate("clip.glp", "absent.h5"), "absent.h5");
}

TEST_F(BadInput, EmptyTruncatedAndCorruptModelsAreNamed) {
  const std::string whole = read_text(folder_ / "model.h5");
  write_text(folder_ / "empty.h5", "");
  write_text(folder_ / "half.h5", whole.substr(0, whole.size() / 2));
  std::string corrupt = whole;
  for (std::size_t i = 0; i < corrupt.size(); i += 7) corrupt[i] = static_cast<char>(~corrupt[i]);
  write_text(folder_ / "corrupt.h5", corrupt);
  for (const char* name : {"empty.h5", "half.h5", "corrupt.h5"}) {
    expect_refusal(simulate("clip.glp", name), name);
  }
}

TEST_F(BadInput, BrokenMasksAreNamed) {
  ASSERT_EQ(reticle(folder_.path(),
                    {"convert", folder_ / "clip.glp", folder_ / "mask.h5", "--pixel-nm", "8"})
                .exit_code,
            0);
  const std::string whole = read_text(folder_ / "mask.h5");
  write_text(folder_ / "half.h5", whole.substr(0, whole.size() / 2));
  expect_refusal(simulate("half.h5", "model.h5"), "half.h5");
  expect_refusal(simulate("model.h5", "model.h5"), "model.h5");
}

TEST_F(BadInput, BrokenPicturesAreNamed) {
  ASSERT_EQ(reticle(folder_.path(),
                    {"convert", folder_ / "clip.glp", folder_ / "clip.png", "--pixel-nm", "8"})
                .exit_code,
            0);
  write_text(folder_ / "half.png", read_text(folder_ / "clip.png").substr(0, 100));
  write_text(folder_ / "empty.png", "");
  expect_refusal(simulate("half.png", "model.h5"), "half.png");
  expect_refusal(simulate("empty.png", "model.h5"), "empty.png");
}

// Whatever the command, an output is a new regular file of the right kind, with the mode umask leaves.
TEST_F(BadInput, OutputsAreNewRegularFilesOfTheirKind) {
  const auto png = [&](const std::string& name, bool force) {
    std::vector<std::string> words = {"simulate", folder_ / "clip.glp", "--model", folder_ / "model.h5", "--pixel-nm", "16", "--png", name};
    if (force) words.push_back("--force");
    return reticle(folder_.path(), words);
  };
  EXPECT_EQ(png(folder_ / "x.jpg", false).exit_code, 2);
  EXPECT_EQ(png("-", false).exit_code, 2);
  ASSERT_EQ(::mkfifo((folder_ / "pipe.png").c_str(), 0600), 0);
  EXPECT_EQ(png(folder_ / "pipe.png", true).exit_code, 3);
  EXPECT_TRUE(std::filesystem::is_fifo(folder_ / "pipe.png"));
  const mode_t before = ::umask(027);
  EXPECT_EQ(png(folder_ / "x.png", false).exit_code, 0);
  ::umask(before);
  EXPECT_EQ(std::filesystem::status(folder_ / "x.png").permissions(), std::filesystem::perms{0640});
  EXPECT_EQ(png(folder_ / "x.png", false).exit_code, 3);
  EXPECT_EQ(png(folder_ / "x.png", true).exit_code, 0);
}

// Those that a folder of results takes too, before any work.
TEST_F(BadInput, WhatStandsInAFolderOfResultsIsKept) {
  const std::filesystem::path clip = folder_ / "clip.glp", model = folder_ / "model.h5";
  const auto refused = [&](const std::string& name, const std::vector<std::string>& words) {
    std::filesystem::remove_all(folder_ / "out");
    std::filesystem::create_directory(folder_ / "out");
    write_text(folder_ / "out" / name, "mine");
    const Finished run = reticle(folder_.path(), words);
    EXPECT_EQ(run.exit_code, 3) << run.err;
    EXPECT_NE(run.err.find(name + " is there already"), std::string::npos) << run.err;
  };
  for (const char* name : {"clip.h5", "clip.png", "clip.svg"})
    if (std::string(name) == "clip.h5")
      refused("clip.h5", {"correct", clip, "--model", model, "-o", folder_ / "out"});
    else
      refused(name, {"correct", clip, "--model", model, "-o", folder_ / "out", "--preview"});
  for (const char* name : {"report.json", "findings.csv", "tiles.csv", "findings.lyrdb", "report.html"})
    refused(name, {"verify", clip, "--target", clip, "--model", model, "-o", folder_ / "out"});
  EXPECT_EQ(reticle(folder_.path(), {"correct", clip, "--model", model, "-o", "-"}).exit_code, 2);
  EXPECT_EQ(reticle(folder_.path(), {"view", clip, "--model", model, "--usd", folder_ / "x.png"}).exit_code, 2);
  std::filesystem::create_symlink(folder_ / "there.png", folder_ / "link.png");
  EXPECT_EQ(reticle(folder_.path(), {"convert", clip, folder_ / "link.png"}).exit_code, 0);
  EXPECT_TRUE(std::filesystem::is_symlink(folder_ / "link.png") && std::filesystem::is_regular_file(folder_ / "there.png"));
}

TEST_F(BadInput, ImperfectFilesAreSaidOnceAndRefusedIfStrict) {
  write_text(folder_ / "bits.npy", std::string("\x93NUMPY\x01\0\x40\0", 10) +
                                       "{'descr': '|u1', 'fortran_order': False, 'shape': (2, 2), }    \n" + std::string("\0\xff\xff\0", 4));
  const std::vector<std::string> words = {"convert", folder_ / "bits.npy", folder_ / "bits.h5"};
  std::vector<std::string> strict = words;
  strict.push_back("--strict");
  EXPECT_EQ(reticle(folder_.path(), strict).exit_code, 3);
  EXPECT_FALSE(std::filesystem::exists(folder_ / "bits.h5"));
  const Finished run = reticle(folder_.path(), words);
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_NE(run.err.find("0 and 255 as 0 and 1"), std::string::npos) << run.err;
}

TEST_F(BadInput, BrokenLayoutsAreNamedWithTheirLine) {
  write_text(folder_ / "odd.glp", "BEGIN\nPGON N M1 0 0 100 0 100\nENDMSG\n");
  write_text(folder_ / "flat.glp", "BEGIN\nPGON N M1 0 0 100 0 200 0\nENDMSG\n");
  write_text(folder_ / "noise.glp", std::string("\x00\xff\x7f GLP?", 8));
  write_text(folder_ / "empty.glp", "");
  expect_refusal(simulate("odd.glp", "model.h5"), "odd.glp:2");
  expect_refusal(simulate("flat.glp", "model.h5"), "flat.glp:2");
  expect_refusal(simulate("noise.glp", "model.h5"), "noise.glp");
  expect_refusal(simulate("empty.glp", "model.h5"), "empty.glp");
}

TEST_F(BadInput, MaskLargerThanTheModelsTileIsRefused) {
  ASSERT_EQ(reticle(folder_.path(),
                    {"convert", folder_ / "clip.glp", folder_ / "clip.png", "--pixel-nm", "4"})
                .exit_code,
            0);
  ASSERT_EQ(reticle(folder_.path(),
                    {"convert", folder_ / "clip.png", folder_ / "large.h5", "--pixel-nm", "8"})
                .exit_code,
            0);
  expect_refusal(simulate("large.h5", "model.h5"), "larger than the model's tile");
}

TEST_F(BadInput, UnknownRecipeKeyIsNamedWithTheNearestOne) {
  write_text(folder_ / "bad.toml", "mask_pixel_nm = 8.0\n[[levels]]\niteratons = 3\n");
  expect_refusal({"correct", folder_ / "clip.glp", "--model", folder_ / "model.h5", "-o",
                  folder_ / "out", "--recipe", folder_ / "bad.toml"},
                 "bad.toml:3: unknown key 'levels.iteratons'; did you mean 'levels.iterations'?");
}

TEST_F(BadInput, MissingConditionIsNamedWithThoseThereAre) {
  std::vector<std::string> words = simulate("clip.glp", "model.h5");
  words.insert(words.end(), {"--condition", "best"});
  expect_refusal(words, "defocus");
}

TEST_F(BadInput, ExistingImageIsRefusedWithoutForce) {
  write_text(folder_ / "there.h5", "mine");
  const Finished run = reticle(folder_.path(), {"simulate", folder_ / "clip.glp", "--model",
                                                folder_ / "model.h5", "-o", folder_ / "there.h5"});
  EXPECT_EQ(run.exit_code, 3);
  EXPECT_EQ(read_text(folder_ / "there.h5"), "mine");
}

TEST_F(BadInput, OutputFolderThatCannotBeMadeIsNamed) {
  write_text(folder_ / "file", "");
  expect_refusal({"correct", folder_ / "clip.glp", "--model", folder_ / "model.h5", "-o",
                  folder_ / "file/out"},
                 "file/out");
  std::vector<std::string> words = {"convert", folder_ / "clip.glp", folder_ / "absent/mask.h5"};
  expect_refusal(words, "absent");
}

TEST_F(BadInput, FoldersInPlaceOfFilesAndFilesInPlaceOfFoldersAreNamed) {
  for (const char* name : {"folder", "folder.png", "folder.toml", "folder.csv"})
    std::filesystem::create_directory(folder_ / name);
  write_text(folder_ / "file", "mine");
  write_text(folder_ / "g.csv", "bar,532,912,892,912\n");
  const std::vector<std::string> window = {"window",   folder_ / "clip.glp", "--model", folder_ / "model.h5",
                                           "--gauges", folder_ / "g.csv"};
  const auto with = [](std::vector<std::string> words, const std::vector<std::string>& more) {
    words.insert(words.end(), more.begin(), more.end());
    return words;
  };
  expect_refusal(with(window, {"-o", folder_ / "file"}), "this is a file; name a folder");
  expect_refusal(with(window, {"-o", folder_ / "file/more", "--force"}), "file is a file; name a folder");
  expect_refusal(with(window, {"-o", "/proc/none"}), "/proc/none: this folder cannot be made");
  expect_refusal({"window", folder_ / "clip.glp", "--model", folder_ / "model.h5", "--gauges", folder_ / "folder.csv"},
                 "folder.csv: is a folder");
  expect_refusal({"correct", folder_ / "clip.glp", "--model", folder_ / "model.h5", "-o", folder_ / "file"},
                 "this is a file; name a folder");
  expect_refusal({"convert", folder_ / "clip.glp", folder_ / "folder.png", "--force"},
                 "is a folder; name a file to write");
  std::vector<std::string> cut = simulate("clip.glp", "model.h5");
  expect_refusal(with(cut, {"--png", folder_ / "folder.png", "--force"}), "is a folder; name a file to write");
  expect_refusal(simulate("folder.png", "model.h5"), "is a folder, not a picture");
  expect_refusal({"model", folder_ / "folder.toml", "-o", folder_ / "m.h5"}, "folder.toml: cannot read this recipe");
  EXPECT_EQ(read_text(folder_ / "file"), "mine");
}

TEST_F(BadInput, EmptyListsInARecipeAreNamed) {
  write_text(folder_ / "empty.toml", "[pattern]\nname = \"line_space\"\npitch_nm = []\n");
  expect_refusal({"simulate", folder_ / "empty.toml", "--cut", "0,0,1,1,2"},
                 "empty.toml:3: 'pattern.pitch_nm' is an empty list");
}

TEST(Usage, MistakesOnTheCommandLineAreExitCodeTwo) {
  const TestFolder folder;
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{},
        {"corect"},
        {"simulate"},
        {"info", "a", "b"},
        {"simulate", "a.glp", "--model", "m.h5"},
        {"simulate", "a.glp", "--model", "m.h5", "--cut", "0,0,1,1"},
        {"simulate", "a.glp", "--model", "m.h5", "-o", "i.h5", "--dose", "-1"}}) {
    const Finished run = reticle(folder.path(), words);
    EXPECT_EQ(run.exit_code, 2) << run.err;
    EXPECT_FALSE(run.err.empty());
  }
}

// NaN compares false with both ends of any range.
TEST(Usage, NumbersThatAreNotFiniteOrOutOfRangeAreNamedWithTheRange) {
  const TestFolder folder;
  write_small_model(folder / "model.h5");
  write_text(folder / "clip.glp", small_clip());
  write_text(folder / "g.csv", "bar,532,912,892,912\n");
  const std::vector<std::string> clip = {folder / "clip.glp", "--model", folder / "model.h5"};
  const std::vector<std::string> gauges = {"--gauges", folder / "g.csv"};
  const std::vector<std::string> target = {folder / "model.h5", "--target", folder / "clip.glp",
                                           "--model", folder / "model.h5"};
  struct Case {
    const char* command;
    std::vector<std::string> words;
    const char* option;
    const char* before;  // of the number in the option's value
    const char* after;
    const char* range;
  };
  std::vector<Case> cases = {{"simulate", clip, "--cut", "", ",0,1,1,2", "from -1e+09 to 1e+09"},
                             {"simulate", clip, "--cut", "0,0,1,", ",2", "from -1e+09 to 1e+09"},
                             {"simulate", clip, "--cut", "0,0,1,1,", "", "from -1e+09 to 1e+09"},
                             {"simulate", clip, "--dose", "", "", "from 0.01 to 100"},
                             {"simulate", clip, "--pixel-nm", "", "", "from 0.01 to 1000"},
                             {"simulate", clip, "--window", "0,0,1,", "", "-1e6 to 1e6"},
                             {"window", clip, "--exposures", "1,", "", "from 0.07 to 15"},
                             {"window", clip, "--tolerance", "", "", "from 0.01 to 90"},
                             {"window", clip, "--latitude", "", "", "from 0 to 100"},
                             {"window", clip, "--meef-bias-nm", "", "", "from 0.001 to 20"},
                             {"window", clip, "--focus", "0,", "", "from -100000 to 100000"},
                             {"calibrate", clip, "--density-range-nm", "", "", "from 1 to 100000"},
                             {"convert",
                              {folder / "clip.glp", folder / "clip.h5"},
                              "--pixel-nm",
                              "",
                              "",
                              "from 0.01 to 1000"},
                             {"convert",
                              {folder / "clip.glp", folder / "clip.gds"},
                              "--dbu-nm",
                              "",
                              "",
                              "from 0.001 to 1000"},
                             {"evaluate", target, "--max-epe-nm", "", "", "0 or more"},
                             {"evaluate", target, "--min-width-nm", "", "", "0 or more"}};
  std::vector<std::string> correct = clip;
  correct.insert(correct.end(), {"-o", folder / "masks"});
  for (const char* option : {"--threads", "--gpus", "--max-l2-nm2", "--halo-nm", "--blend-nm",
                             "--refinements", "--refinement-iterations", "--tolerance-nm"})
    cases.push_back({"correct", correct, option, "", "", "0"});
  for (const Case& c : cases)
    for (const char* number : {"nan", "-inf", "1e400"}) {
      std::vector<std::string> words = {c.command};
      words.insert(words.end(), c.words.begin(), c.words.end());
      if (words[0] == "window" || words[0] == "calibrate")
        words.insert(words.end(), gauges.begin(), gauges.end());
      if (words[0] == "simulate") words.insert(words.end(), {"-o", folder / "image.h5"});
      words.push_back(std::string(c.option) + "=" + c.before + number + c.after);
      const Finished run = reticle(folder.path(), words);
      EXPECT_EQ(run.exit_code, 2) << words.back() << "\n" << run.err;
      for (const char* part : {c.option, number, c.range})
        EXPECT_NE(run.err.find(part), std::string::npos) << part << " is not in: " << run.err;
      EXPECT_TRUE(run.out.empty()) << run.out;
    }
  EXPECT_FALSE(std::filesystem::exists(folder / "image.h5"));
  EXPECT_FALSE(std::filesystem::exists(folder / "masks"));
}

TEST(Usage, HelpShowsExamplesAndVersionIsPrinted) {
  const TestFolder folder;
  for (const char* command :
       {"correct", "simulate", "evaluate", "info", "model", "convert", "recipe"}) {
    const Finished help = reticle(folder.path(), {command, "--help"});
    EXPECT_EQ(help.exit_code, 0);
    EXPECT_NE(help.out.find("Examples:"), std::string::npos) << command;
  }
  const std::string version = reticle(folder.path(), {"--version"}).out;
  EXPECT_EQ(version.find("reticle " RETICLE_VERSION), 0u) << version;
  EXPECT_NE(version.find("engine"), std::string::npos) << version;
}

TEST(Usage, RecipesComeThroughPipes) {
  const TestFolder folder;
  write_small_model(folder / "model.h5");
  const auto problem = [&](const std::string& recipe) {
    const std::string command = "cd '" + folder.path().string() + "' && printf 'levles = 1' | " RETICLE_BINARY
                                " correct no.glp --model model.h5 -o masks --recipe " + recipe + " 2> said";
    EXPECT_NE(std::system(command.c_str()), 0);
    return read_text(folder / "said");
  };
  EXPECT_NE(problem("-").find("did you mean 'levels'"), std::string::npos) << problem("-");
  EXPECT_NE(problem("/dev/stdin").find("did you mean 'levels'"), std::string::npos) << problem("/dev/stdin");
  EXPECT_NE(problem(".").find("cannot read this recipe"), std::string::npos) << problem(".");
}

TEST(Usage, UnknownCommandsAndOptionsAreAnsweredWithTheNearest) {
  const TestFolder folder;
  const auto said = [&](std::vector<std::string> arguments, const char* part) {
    const Finished run = reticle(folder.path(), arguments);
    EXPECT_EQ(run.exit_code, 2);
    EXPECT_EQ(run.err.find("reticle: error: "), 0u) << run.err;
    EXPECT_NE(run.err.find(part), std::string::npos) << run.err;
  };
  said({"corect", "clip.glp"}, "did you mean 'correct'?");
  said({"correct", "clip.glp", "--modle", "m.h5"}, "has no option --modle; did you mean --model?");
  said({"model", "r.toml", "--plto=x.png", "-o", "m.h5"}, "did you mean --plot?");
  said({"--frobnicate"}, "options follow a command");
  said({}, "which command?");
  said({"simulate", "clip.glp", "--model", "m.h5", "--dose", "-x"}, "has no option -x");
}

TEST(Usage, BashCompletesCommandsOptionsAndChoices) {
  const TestFolder folder;
  write_text(folder / "complete.sh", reticle(folder.path(), {"reference", "bash"}).out +
                                         "ask() { COMP_WORDS=(\"$@\"); COMP_CWORD=$(($# - 1)); _reticle; echo \"${COMPREPLY[*]}\"; }\n"
                                         "ask reticle cor\nask reticle correct --eng\nask reticle correct --engine c\nask reticle recipe ver\n");
  ASSERT_EQ(std::system(("cd '" + folder.path().string() + "' && bash complete.sh > answers").c_str()), 0);
  EXPECT_EQ(read_text(folder / "answers"), "correct\n--engine\ncpu cuda\nverify\n");
}

TEST(Usage, ManualPagesHoldEveryOptionOfHelp) {
  const TestFolder folder;
  ASSERT_EQ(reticle(folder.path(), {"reference", "man", "-o", folder / "man"}).exit_code, 0);
  const std::string page = reticle(folder.path(), {"reference"}).out;
  for (const char* command : {"correct", "simulate", "verify", "window"}) {
    const std::string help = reticle(folder.path(), {command, "--help"}).out;
    const std::string manual = read_text(folder / (std::string("man/reticle-") + command + ".1"));
    for (std::size_t at = 0; (at = help.find("\n  --", at)) != std::string::npos; ++at) {
      const std::size_t from = at + 3;
      std::string option = help.substr(from, help.find_first_of(" \n", from) - from);
      EXPECT_NE(page.find("`" + option + "`"), std::string::npos) << option;
      for (std::size_t dash = 0; (dash = option.find('-', dash)) != std::string::npos; dash += 2) option.insert(dash, "\\");
      EXPECT_NE(manual.find(option), std::string::npos) << option << " of " << command ;
    }
  }
}

TEST(Simulate, CutOfAClearMaskIsTheClearField) {
  const TestFolder folder;
  write_small_model(folder / "model.h5");
  write_text(folder / "clear.glp", "BEGIN\nRECT N M1 -512 -512 2048 2048\nENDMSG\n");
  const Finished run =
      reticle(folder.path(), {"simulate", folder / "clear.glp", "--model", folder / "model.h5",
                              "--dose", "1.1", "--cut", "0,0,300,400,5", "--format", "json"});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  const auto json = nlohmann::json::parse(run.out);
  ASSERT_EQ(json["points"].size(), 5u);
  EXPECT_EQ(json["points"][4]["x_nm"], 300.0);
  // The coherent pupil passes the mean alone; rounding of a few sums in double.
  for (const auto& point : json["points"]) EXPECT_NEAR(point["intensity"], 1.21, 1e-12);
}

}  // namespace
}  // namespace reticle::tools
