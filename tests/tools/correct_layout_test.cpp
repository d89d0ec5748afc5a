// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cerrno>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <cstdlib>
#include <random>
#include <set>
#include <sstream>
#include <thread>

#include "litho/geometry/polygon_area.h"
#include "masks/job/job_file.h"
#include "masks/layout/layout.h"
#include "tests/tools/subprocess.h"
#include "tests/tools/test_inputs.h"

namespace reticle::tools {
namespace {

// Bars over 3 x 2.4 um. GLP places its (0, 0) at (512, 512) nm.
std::string bars_glp() {
  std::mt19937 generator(1);
  std::string text = "BEGIN\nCNAME bars\nLEVEL M1\nCELL bars PRIME\n";
  for (int x = 50; x < 3000; x += 250)
    for (int y = 40; y < 2200;) {
      const int height = 200 + 10 * static_cast<int>(generator() % 40);
      text += "RECT N M1 " + std::to_string(x - 512) + " " + std::to_string(y - 512) + " 120 " +
              std::to_string(height) + "\n";
      y += height + 160;
    }
  return text + "ENDMSG\n";
}

class CorrectLayout : public testing::Test {
 protected:
  void SetUp() override {
    write_small_model(folder_ / "model.h5");
    write_text(folder_ / "chip.glp", bars_glp());
    write_text(folder_ / "r.toml", quick_recipe(10));
  }

  std::vector<std::string> command(const std::string& job, std::vector<std::string> more) const {
    std::vector<std::string> words = {"correct",
                                      folder_ / "chip.glp",
                                      "--model",
                                      folder_ / "model.h5",
                                      "--recipe",
                                      folder_ / "r.toml",
                                      "-o",
                                      folder_ / job,
                                      "--halo-nm",
                                      "512",
                                      "--period-nm",
                                      "0",
                                      "--refinement-iterations",
                                      "4",
                                      "--max-faults",
                                      "1e6",
                                      "--max-missing",
                                      "1e6",
                                      "--max-extra",
                                      "1e6"};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }
  Finished run(const std::string& job, std::vector<std::string> more) const {
    return reticle(folder_.path(), command(job, std::move(more)));
  }
  // All that a job leaves of its masks; a killed process may leave an unfinished file beside them.
  std::string masks(const std::string& job) const {
    std::string bytes = read_text(folder_ / (job + "/job.h5")) + read_text(folder_ / (job + "/mask.gds"));
    std::set<std::filesystem::path> blocks;
    for (const auto& entry : std::filesystem::directory_iterator(folder_ / (job + "/blocks")))
      if (entry.path().extension() != ".tmp") blocks.insert(entry.path());
    for (const std::filesystem::path& block : blocks) bytes += block.filename().string() + read_text(block);
    return bytes;
  }

  TestFolder folder_;
};

TEST_F(CorrectLayout, WritesTheJobAndItsReports) {
  const Finished done = run("job", {"--threads", "1"});
  ASSERT_EQ(done.exit_code, 0) << done.err;
  EXPECT_NE(done.out.find("halo of 512 nm as asked for"), std::string::npos) << done.out;
  EXPECT_NE(done.out.find("um2/s"), std::string::npos);
  const auto json = nlohmann::json::parse(read_text(folder_ / "job/report.json"));
  EXPECT_EQ(json["core_share"], 0.25);
  EXPECT_GT(json["totals"]["edge_sites"], 500);
  for (const char* name : {"tiles.csv", "report.html", "violations.lyrdb"})
    EXPECT_FALSE(read_text(folder_ / ("job/" + std::string(name))).empty()) << name;
}

TEST_F(CorrectLayout, ThreadsOrderAndNumberOfProcessesDoNotChangeAByte) {
  ASSERT_EQ(run("one", {"--threads", "1"}).exit_code, 0);
  ASSERT_EQ(run("two", {"--threads", "2", "--backwards"}).exit_code, 0);
  EXPECT_EQ(masks("two"), masks("one"));
  for (const int processes : {2, 4}) {
    const std::string job = "shared" + std::to_string(processes);
    std::vector<std::unique_ptr<Subprocess>> workers;
    for (int i = 0; i < processes; ++i) {
      const std::filesystem::path logs =
          folder_ / ("logs" + std::to_string(processes) + std::to_string(i));
      std::filesystem::create_directory(logs);
      workers.push_back(
          std::make_unique<Subprocess>(logs, command(job, {"--threads", "1", "--share"})));
    }
    for (const auto& worker : workers) {
      const Finished done = worker->wait();
      EXPECT_EQ(done.exit_code, 0) << done.err;
    }
    EXPECT_EQ(masks(job), masks("one")) << processes;
  }
}

TEST_F(CorrectLayout, KilledAtAnyMomentItResumesToTheSameBytes) {
  ASSERT_EQ(run("whole", {"--threads", "1"}).exit_code, 0);
  std::mt19937 generator(7);
  for (int trial = 0; trial < 10; ++trial) {
    Subprocess victim(folder_.path(), command("killed", {"--threads", "1", "--resume"}));
    std::this_thread::sleep_for(std::chrono::milliseconds(5 + generator() % 120));
    victim.kill();
    victim.wait();
  }
  const Finished done = run("killed", {"--threads", "2", "--resume"});
  ASSERT_EQ(done.exit_code, 0) << done.err;
  EXPECT_EQ(masks("killed"), masks("whole"));
}

// Lustre without flock, NFS without lockd, and a file system that knows no locks at all.
TEST_F(CorrectLayout, WithoutFileLocksWorkersFinishWithTheSameBytesAndSaySo) {
  ASSERT_EQ(run("whole", {"--threads", "1"}).exit_code, 0);
  std::filesystem::create_directory(folder_ / "other");
  for (const int problem : {ENOLCK, EACCES}) {
    const std::string job = "job" + std::to_string(problem);
    ::setenv("NO_LOCKS_ERRNO", std::to_string(problem).c_str(), 1);
    ::setenv("LD_PRELOAD", RETICLE_NO_LOCKS, 1);
    Subprocess other(folder_ / "other", command(job, {"--threads", "1", "--share"}));
    const Finished done = run(job, {"--threads", "1", "--share"}), others = other.wait();
    ::unsetenv("LD_PRELOAD");
    ASSERT_EQ(done.exit_code, 0) << done.err;
    ASSERT_EQ(others.exit_code, 0) << others.err;
    EXPECT_NE(done.out.find("no locks on this file system"), std::string::npos) << done.out;
    EXPECT_TRUE(masks(job) == masks("whole")) << problem;
  }
}

// A block's file that a crash of the machine left with half its bytes, and another with a flipped one.
TEST_F(CorrectLayout, DamagedBlocksAreMadeAgain) {
  const std::vector<std::string> blocks = {"--threads", "1", "--block-tiles", "2"};
  ASSERT_EQ(run("whole", blocks).exit_code, 0);
  const std::string good = masks("whole");
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder_ / "whole/blocks")) files.push_back(entry.path());
  ASSERT_GE(files.size(), 2u);
  const std::string first = read_text(files[0]);
  write_text(files[0], first.substr(0, first.size() / 2));
  write_text(files[1], "");
  std::vector<std::string> again = blocks;
  again.push_back("--resume");
  const Finished done = run("whole", again);
  ASSERT_EQ(done.exit_code, 0) << done.err;
  EXPECT_TRUE(masks("whole") == good);
  // Where the file opens and what it holds is wrong, it goes and the run says so.
  std::string flipped = first;
  flipped[flipped.size() * 3 / 4] ^= 1;
  write_text(files[0], flipped);
  const Finished told = run("whole", again);
  if (told.exit_code != 0) {
    EXPECT_NE(told.err.find("run again with --resume"), std::string::npos) << told.err;
    EXPECT_EQ(run("whole", again).exit_code, 0);
    EXPECT_TRUE(masks("whole") == good);
  }
}

TEST_F(CorrectLayout, DamagedIndexIsNamedAndMadeAgain) {
  ASSERT_EQ(reticle(folder_.path(), {"convert", folder_ / "chip.glp", folder_ / "chip.gds"}).exit_code, 0);
  std::vector<std::string> words = command("job", {"--threads", "1"});
  words[1] = folder_ / "chip.gds";
  const Finished first = reticle(folder_.path(), words);
  ASSERT_EQ(first.exit_code, 0) << first.err;
  const std::string good = masks("job"), index = read_text(folder_ / "job/layout.index");
  ASSERT_FALSE(index.empty());
  words.push_back("--resume");
  const Finished quiet = reticle(folder_.path(), words);
  EXPECT_EQ(quiet.out.find("layout.index"), std::string::npos) << quiet.out;
  EXPECT_EQ(read_text(folder_ / "job/layout.index"), index);  // it is used as it is
  std::string damaged = index;
  damaged[damaged.size() / 2] ^= 1;
  write_text(folder_ / "job/layout.index", damaged);
  const Finished told = reticle(folder_.path(), words);
  EXPECT_EQ(told.exit_code, 0) << told.err;
  EXPECT_NE(told.out.find("layout.index: is damaged"), std::string::npos) << told.out << told.err;
  EXPECT_TRUE(masks("job") == good);
  EXPECT_EQ(reticle(folder_.path(), words).out.find("layout.index"), std::string::npos);
}

TEST_F(CorrectLayout, WorkerThatDiesCostsItsTileOnly) {
  ASSERT_EQ(run("whole", {"--threads", "1"}).exit_code, 0);
  const TestFolder log;
  Subprocess victim(log.path(), command("job", {"--threads", "1", "--share"}));
  Subprocess survivor(folder_.path(), command("job", {"--threads", "1", "--share"}));
  std::this_thread::sleep_for(std::chrono::milliseconds(60));
  victim.kill();
  victim.wait();
  EXPECT_EQ(survivor.wait().exit_code, 0);
  EXPECT_EQ(masks("job"), masks("whole"));
}

// Ranks over several blocks, two of them killed, then a worker of the folder, then ranks again.
TEST_F(CorrectLayout, RanksAndWorkersGoOnWithEachOthersJobToTheSameBytes) {
  if (std::system("mpirun --version >/dev/null 2>&1") != 0) GTEST_SKIP() << "no mpirun on this machine";
  const std::vector<std::string> blocks = {"--threads", "1", "--block-tiles", "2"};
  ASSERT_EQ(run("whole", blocks).exit_code, 0);
  std::string words;
  for (const std::string& word : command("job", {"--threads", "1", "--block-tiles", "2", "--resume"}))
    words += " '" + word + "'";
  write_text(folder_ / "run.sh",
             "export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1\n"
             "ranks() { mpirun --oversubscribe -n 4 " + reticle_binary() + words + " >ranks.out 2>&1; }\n"
             "for wait in 0.7 1.1; do\n"
             "  ranks & all=$!; sleep $wait\n"
             "  victim=$(ps -eo pid,args | awk -v f=$PWD/job '$2 ~ /reticle$/ && index($0, f) {print $1}' | tail -1)\n"
             "  [ -n \"$victim\" ] && kill -9 $victim; wait $all\n"
             "done\n" + reticle_binary() + words + " --share >worker.out 2>&1 & worker=$!\n"
             "sleep 0.05; kill -9 $worker; wait $worker 2>/dev/null\n"
             "ranks\n");
  const std::string script = "cd '" + folder_.path().string() + "' && bash run.sh";
  ASSERT_EQ(std::system(script.c_str()), 0) << read_text(folder_ / "ranks.out");
  EXPECT_NE(read_text(folder_ / "ranks.out").find("MPI: 4 ranks"), std::string::npos)
      << read_text(folder_ / "ranks.out");
  EXPECT_EQ(masks("job"), masks("whole"));
  // They verify it together, and one of them reports.
  EXPECT_NE(read_text(folder_ / "ranks.out").find("verification of the mask"), std::string::npos)
      << read_text(folder_ / "ranks.out");
  for (const char* table : {"findings.csv", "tiles.csv"})
    EXPECT_EQ(read_text(folder_ / "job/verification" / table), read_text(folder_ / "whole/verification" / table));
}

// One of them writes the mask and reports; the others wait for it and take their part of the verification.
TEST_F(CorrectLayout, WorkersOfAFolderVerifyTogether) {
  ASSERT_EQ(run("whole", {"--threads", "1"}).exit_code, 0);
  std::string words;
  for (const std::string& word : command("job", {"--threads", "1", "--share"})) words += " '" + word + "'";
  const std::string script = "cd '" + folder_.path().string() + "' && for n in 1 2 3; do " + reticle_binary() + words +
                             " >out$n 2>&1 & pids=\"$pids $!\"; done; for pid in $pids; do wait $pid || exit 1; done";
  ASSERT_EQ(std::system(script.c_str()), 0) << read_text(folder_ / "out1") << read_text(folder_ / "out2");
  int reports = 0;
  for (const char* name : {"out1", "out2", "out3"})
    reports += read_text(folder_ / name).find("verification of the mask that was written") != std::string::npos;
  EXPECT_EQ(reports, 1);
  EXPECT_EQ(masks("job"), masks("whole"));
  for (const char* table : {"findings.csv", "tiles.csv"})
    EXPECT_EQ(read_text(folder_ / "job/verification" / table), read_text(folder_ / "whole/verification" / table));
}

TEST_F(CorrectLayout, BlocksOfAnySizeGiveTheSameMasks) {
  const auto area = [&](const std::string& job, const std::vector<std::string>& more) {
    EXPECT_EQ(run(job, more).exit_code, 0);
    return nlohmann::json::parse(read_text(folder_ / (job + "/report.json")))["totals"]["mask_area_um2"]
        .get<double>();
  };
  EXPECT_NEAR(area("small", {"--block-tiles", "1"}), area("large", {}), 1e-12);
  const auto csv = [&](const std::string& job) {
    std::istringstream text(read_text(folder_ / (job + "/tiles.csv")));
    std::multiset<std::string> rows;
    for (std::string row; std::getline(text, row);) rows.insert(row);
    return rows;
  };
  EXPECT_EQ(csv("small"), csv("large"));
}

TEST_F(CorrectLayout, MeasuringAnewKeepsTheMasks) {
  ASSERT_EQ(run("job", {"--threads", "1"}).exit_code, 0);
  write_text(folder_ / "r.toml", "edge_site_spacing_nm = 20.0\nedge_tolerance_nm = 5.0\n" + quick_recipe(10));
  const Finished again = run("job", {"--threads", "1", "--resume"});
  ASSERT_EQ(again.exit_code, 0) << again.err;
  const auto json = nlohmann::json::parse(read_text(folder_ / "job/report.json"));
  for (const auto& stage : json["stages"]) {
    const bool measured = stage["name"] == "measure", masks = stage["name"] == "optimise" || stage["name"] == "finish";
    EXPECT_TRUE(!masks || stage["done_here"] == 0) << stage;
    EXPECT_TRUE(!measured || stage["done_here"] > 0) << stage;
  }
}

TEST_F(CorrectLayout, AWorkerOfAnotherVersionIsRefused) {
  ASSERT_EQ(run("job", {"--threads", "1"}).exit_code, 0);
  JobDescription job = read_job(folder_ / "job/job.h5");
  job.tool_version = "0.0.1";
  write_job(folder_ / "job/job.h5", job);
  const Finished worker = run("job", {"--share"});
  EXPECT_EQ(worker.exit_code, 3);
  EXPECT_NE(worker.err.find("version 0.0.1"), std::string::npos) << worker.err;
}

TEST_F(CorrectLayout, ResumeOfADifferentJobNamesTheDifference) {
  ASSERT_EQ(run("job", {"--threads", "1"}).exit_code, 0);
  const Finished again = run("job", {});
  EXPECT_EQ(again.exit_code, 3);
  EXPECT_NE(again.err.find("--resume"), std::string::npos);
  write_text(folder_ / "r.toml", quick_recipe(11));
  const Finished recipe = run("job", {"--resume"});
  EXPECT_EQ(recipe.exit_code, 3);
  EXPECT_NE(recipe.err.find("'iterations = 11', was 'iterations = 10'"), std::string::npos)
      << recipe.err;
  write_text(folder_ / "r.toml", quick_recipe(10));
  write_text(folder_ / "chip.glp", bars_glp() + "\n");
  const Finished layout = run("job", {"--resume"});
  EXPECT_EQ(layout.exit_code, 3);
  EXPECT_NE(layout.err.find("--layout-changed"), std::string::npos) << layout.err;
}

TEST_F(CorrectLayout, ChangedLayoutRedoesOnlyWhatTheChangeReaches) {
  ASSERT_EQ(run("job", {"--threads", "1"}).exit_code, 0);
  const auto distinct = [&](const char* field) {
    int count = 0;
    const auto json = nlohmann::json::parse(read_text(folder_ / "job/report.json"));
    for (const auto& stage : json["stages"])
      if (stage["name"] == "optimise") count = stage[field];
    return count;
  };
  const int all = distinct("done_here");
  std::string changed = bars_glp();
  changed.replace(changed.find("ENDMSG"), 6, "RECT N M1 2438 1700 100 100\nENDMSG");
  write_text(folder_ / "chip.glp", changed);
  const Finished eco = run("job", {"--threads", "1", "--layout-changed"});
  ASSERT_EQ(eco.exit_code, 0) << eco.err;
  EXPECT_GT(distinct("done_here"), 0);
  EXPECT_LT(distinct("done_here"), all);
  ASSERT_EQ(run("fresh", {"--threads", "1"}).exit_code, 0);
  EXPECT_EQ(masks("job"), masks("fresh"));
}

TEST_F(CorrectLayout, PeriodAndPlaceOfTilesFollowFromTheWholeCellAndAJobKeepsItsOwn) {
  const auto words = [&](std::vector<std::string> more) {
    std::vector<std::string> all = {"correct", folder_ / "chip.glp", "--model", folder_ / "model.h5", "--recipe",
                                    folder_ / "r.toml", "--halo-nm", "512"};
    all.insert(all.end(), more.begin(), more.end());
    return reticle(folder_.path(), all).out;
  };
  const auto chosen = [](const std::string& out) { return out.substr(0, out.find(':')); };  // "tiles of X x Y nm"
  const std::string whole = words({"-o", folder_ / "plan", "--plan"});
  EXPECT_NE(whole.find("the cheapest for this layout"), std::string::npos) << whole;
  EXPECT_EQ(chosen(words({"-o", folder_ / "plan", "--plan", "--window", "0,0,1,1"})), chosen(whole));
  const auto from = [&](const std::string& job) {
    const auto json = nlohmann::json::parse(read_text(folder_ / (job + "/report.json")));
    return std::pair(json["tiles_from_nm"][0].get<double>(), json["tiles_from_nm"][1].get<double>());
  };
  words({"-o", folder_ / "all", "--threads", "2"});
  words({"-o", folder_ / "job", "--window", "0,0,1,1", "--threads", "1"});
  EXPECT_EQ(from("job"), from("all"));
  EXPECT_LT(from("all").first, -300.0);  // not the layout's origin: a halo beside what is drawn
  // Another extent alone would have another period.
  std::string changed = bars_glp();
  changed.replace(changed.find("ENDMSG"), 6, "RECT N M1 9000 9000 100 100\nENDMSG");
  write_text(folder_ / "chip.glp", changed);
  EXPECT_NE(chosen(words({"-o", folder_ / "plan", "--plan"})), chosen(whole));
  const std::string kept = words({"-o", folder_ / "job", "--plan", "--layout-changed"});
  EXPECT_NE(kept.find(chosen(whole) + ": as the job in this folder has them"), std::string::npos) << kept;
  words({"-o", folder_ / "job", "--window", "0,0,1,1", "--layout-changed", "--threads", "1"});
  EXPECT_EQ(from("job"), from("all"));
}

TEST_F(CorrectLayout, SecondRunOnTheSameJobRefuses) {
  write_text(folder_ / "r.toml", quick_recipe(400));
  const TestFolder log;
  Subprocess first(log.path(), command("job", {"--threads", "1"}));
  while (!std::filesystem::exists(folder_ / "job/job.h5"))
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  const Finished second = run("job", {"--resume"});
  EXPECT_EQ(second.exit_code, 3);
  EXPECT_NE(second.err.find("another run works on this job"), std::string::npos) << second.err;
  first.kill();
  first.wait();
}

TEST_F(CorrectLayout, WindowOutsideAndTileSmallerThanTwiceTheHaloAreRefused) {
  const Finished outside = run("job", {"--window", "10,10,20,20"});
  EXPECT_EQ(outside.exit_code, 3);
  EXPECT_NE(outside.err.find("holds nothing there"), std::string::npos) << outside.err;
  std::vector<std::string> words = command("job", {});
  for (std::string& word : words)
    if (word == "512") word = "1024";
  const Finished halo = reticle(folder_.path(), words);
  EXPECT_EQ(halo.exit_code, 3);
  EXPECT_NE(halo.err.find("twice the halo"), std::string::npos) << halo.err;
}

TEST_F(CorrectLayout, OnlyListedTilesAreCorrected) {
  write_text(folder_ / "tiles.json", "[[1, 1]]");
  ASSERT_EQ(run("job", {"--threads", "1", "--only", folder_ / "tiles.json"}).exit_code, 0);
  const auto json = nlohmann::json::parse(read_text(folder_ / "job/report.json"));
  EXPECT_EQ(json["tiles"], 1);
  write_text(folder_ / "tiles.json", "[[1]]");
  const Finished bad = run("other", {"--only", folder_ / "tiles.json"});
  EXPECT_EQ(bad.exit_code, 3);
  EXPECT_NE(bad.err.find("tiles.json"), std::string::npos) << bad.err;
}

// The same chip as GLP and as GDSII, and the mask's layout against the mask's pixels.
TEST_F(CorrectLayout, LayoutInAndOut) {
  ASSERT_EQ(
      run("job", {"--threads", "1", "--tolerance-nm", "0", "--output-layer", "111/7"}).exit_code,
      0);
  ASSERT_EQ(reticle(folder_.path(), {"convert", folder_ / "chip.glp", folder_ / "chip.gds",
                                     "--output-layer", "11/0"})
                .exit_code,
            0);
  std::vector<std::string> words =
      command("layout", {"--threads", "1", "--layer", "11/0", "--tolerance-nm", "0",
                         "--output-layer", "111/7", "--keep-input"});
  words[1] = folder_ / "chip.gds";
  const Finished done = reticle(folder_.path(), words);
  ASSERT_EQ(done.exit_code, 0) << done.err;

  const auto totals = [&](const char* job) {
    return nlohmann::json::parse(
        read_text(folder_ / (std::string(job) + "/report.json")))["totals"];
  };
  EXPECT_EQ(totals("layout"), totals("job"));
  const auto area_um2 = [&](const char* job, LayerId layer) {
    const Layout mask = Layout::open(folder_ / (std::string(job) + "/mask.gds"));
    double sum = 0.0;
    for (const Polygon& polygon : LayoutView(mask, "TOP", {layer}).query({-1e5, -1e5, 1e5, 1e5}))
      sum += std::abs(signed_area(polygon)) * 1e-6;
    return sum;
  };
  const double pixels = totals("job")["mask_area_um2"];
  EXPECT_NEAR(area_um2("job", {111, 7}), pixels, 1e-9);
  EXPECT_NEAR(area_um2("layout", {111, 7}), pixels, 1e-9);
  EXPECT_GT(area_um2("layout", {11, 0}), 0.1);
}

TEST_F(CorrectLayout, SimplifiedMaskKeepsItsAreaWithinTheToleranceOfItsOutline) {
  const Finished done =
      run("job", {"--threads", "1", "--mask-layout", folder_ / "mask.oas", "--tolerance-nm", "4"});
  ASSERT_EQ(done.exit_code, 0) << done.err;
  const Layout mask = Layout::open(folder_ / "mask.oas");
  double area = 0.0, perimeter = 0.0;
  for (const Polygon& polygon : LayoutView(mask, "", {{1, 0}}).query({-1e5, -1e5, 1e5, 1e5})) {
    area += std::abs(signed_area(polygon));
    for (std::size_t i = 0; i < polygon.size(); ++i) {
      const Point &a = polygon[i], &b = polygon[(i + 1) % polygon.size()];
      perimeter += std::hypot(a.x - b.x, a.y - b.y);
    }
  }
  const double pixels =
      1e6 * nlohmann::json::parse(read_text(folder_ / "job/report.json"))["totals"]["mask_area_um2"]
                .get<double>();
  EXPECT_NEAR(area, pixels, 4.0 * perimeter);
  EXPECT_NEAR(area, pixels, 0.02 * pixels);  // errors of both signs
}

// Keys that only the reports read: a mistake in them is said before any tile is touched, and one that is mended costs no tile
// (MeasuringAnewKeepsTheMasks).
TEST_F(CorrectLayout, WhatTheReportsRefuseIsSaidBeforeTheWork) {
  const std::string recipe = quick_recipe(10);
  for (const char* keys : {"edge_search_nm = 0.0\nedge_tolerance_nm = 0.0\n", "edge_site_spacing_nm = -1.0\n"}) {
    write_text(folder_ / "r.toml", keys + recipe);
    const Finished done = run("job", {"--threads", "1"});
    EXPECT_EQ(done.exit_code, 3) << keys << done.err;
    EXPECT_FALSE(std::filesystem::exists(folder_ / "job/tiles")) << keys;
  }
  write_text(folder_ / "r.toml", recipe);
  EXPECT_NE(run("job", {"--threads", "1", "--max-narrow", "-1"}).exit_code, 0);
  EXPECT_FALSE(std::filesystem::exists(folder_ / "job/tiles"));
}

TEST_F(CorrectLayout, WhatTheLastFileNeedsIsCheckedFirst) {
  EXPECT_NE(run("job", {"--mask-layout", "mask.dxf"}).err.find(".gds"), std::string::npos);
  EXPECT_NE(run("job", {"--keep-input"}).err.find("needs a GDSII or OASIS layout"),
            std::string::npos);
  EXPECT_NE(run("job", {"--output-layer", "x"}).err.find("LAYER/DATATYPE"), std::string::npos);
  EXPECT_FALSE(std::filesystem::exists(folder_ / "job"));
}

}  // namespace
}  // namespace reticle::tools
