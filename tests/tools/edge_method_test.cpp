// SPDX-License-Identifier: Apache-2.0
// reticle correct --method edge: clips and layouts by moving edges.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "masks/layout/layout.h"
#include "masks/layout/layout_file.h"
#include "masks/mask_file.h"
#include "tests/tools/subprocess.h"
#include "tests/tools/test_inputs.h"

namespace reticle::tools {
namespace {

class EdgeMethod : public testing::Test {
 protected:
  void SetUp() override {
    write_small_model(folder_ / "model.h5");
    write_text(folder_ / "a.glp", small_clip());
    write_text(folder_ / "edge.toml", "method = \"edge\"\n[opc]\niterations = 3\n");
  }
  Finished correct(const std::string& design, std::vector<std::string> more) const {
    std::vector<std::string> words{"correct", folder_ / design, "--model", folder_ / "model.h5"};
    words.insert(words.end(), more.begin(), more.end());
    return reticle(folder_.path(), words);
  }
  // Bars in a row of one cell, and two of it turned.
  void write_cells() const {
    layout::Cell bars{.name = "BARS"}, top{.name = "TOP"};
    for (const auto& [x, width] : {std::pair{0, 120}, std::pair{260, 100}})
      bars.layers[{11, 0}].add({{x, 0}, {x + width, 0}, {x + width, 420}, {x, 420}});
    top.references = {{.cell = "BARS", .columns = 3, .column_x = 600},
                      {.cell = "BARS", .x = 1600, .y = 700, .angle_deg = 90.0, .mirror = true},
                      {.cell = "BARS", .x = 420, .y = 700, .angle_deg = 90.0}};
    write_library(folder_ / "cells.oas", {.cells = {bars, top}});
  }
  TestFolder folder_;
};

TEST_F(EdgeMethod, WritesOutlinesThatAreTheMask) {
  const Finished run = correct("a.glp", {"-o", folder_ / "out", "--recipe", folder_ / "edge.toml"});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  const MaskFile file = read_mask(folder_ / "out/a.h5");
  EXPECT_GE(file.outlines.size(), 2u);
  EXPECT_NE(file.recipe.find("method = \"edge\""), std::string::npos);
  EXPECT_EQ(file.history.columns.front(), "iteration");
  // The same through the option, and kept by --resume.
  EXPECT_EQ(correct("a.glp", {"-o", folder_ / "out", "--recipe", folder_ / "edge.toml", "--resume"}).exit_code, 0);
  EXPECT_NE(correct("a.glp", {"-o", folder_ / "out", "--method", "ilt", "--resume"}).exit_code, 0);
  // As a layout: no more corners than the outlines have, none less than the drawing.
  ASSERT_EQ(reticle(folder_.path(), {"convert", folder_ / "out/a.h5", folder_ / "mask.gds"}).exit_code, 0);
  const Layout layout = Layout::open(folder_ / "mask.gds");
  const LayoutView view(layout, "", layout.layers());
  std::size_t drawn = 0, written = 0;
  for (const Polygon& ring : file.outlines) drawn += ring.size();
  for (const Polygon& polygon : view.query(view.bounding_box())) written += polygon.size();
  EXPECT_EQ(written, drawn);
}

// The drawing's own gap is 100 nm wide: no edge may give way so far.
TEST_F(EdgeMethod, RulesThatMovedEdgesDoNotKeepAreSaid) {
  write_text(folder_ / "wide.toml", "method = \"edge\"\n[opc]\niterations = 1\n[mask_rules]\nminimum_width_nm = 130\nminimum_space_nm = 130\n");
  const Finished wide = correct("a.glp", {"-o", folder_ / "wide", "--recipe", folder_ / "wide.toml"});
  EXPECT_NE(wide.err.find("mask rule not kept: minimum space 130"), std::string::npos) << wide.err;
  const Finished kept = correct("a.glp", {"-o", folder_ / "kept", "--recipe", folder_ / "edge.toml"});
  EXPECT_EQ(kept.err.find("not kept"), std::string::npos) << kept.err;
}

TEST_F(EdgeMethod, CorrectsALayout) {
  ASSERT_EQ(reticle(folder_.path(), {"convert", folder_ / "a.glp", folder_ / "a.gds"}).exit_code, 0);
  for (const char* threads : {"1", "2"}) {
    const Finished run = correct("a.gds", {"-o", folder_ / ("job" + std::string(threads)), "--recipe",
                                           folder_ / "edge.toml", "--threads", threads});
    ASSERT_EQ(run.exit_code, 0) << run.err;
    EXPECT_NE(run.out.find("epe_mean_abs_nm"), std::string::npos);
  }
  EXPECT_EQ(read_text(folder_ / "job1/mask.gds"), read_text(folder_ / "job2/mask.gds"));
}

// What is written in drawn cells is what is written in cells of tiles, by every method, however many work on it.
TEST_F(EdgeMethod, MasksInDrawnCellsAreTheSameMasks) {
  write_text(folder_ / "ilt.toml", quick_recipe(4));
  write_text(folder_ / "hybrid.toml", "method = \"hybrid\"\n[opc]\niterations = 2\nmax_move_nm = 8\n[hybrid]\niterations = 4\n");
  write_cells();
  const std::vector<std::string> ends{"--max-faults", "1e6", "--max-missing", "1e6", "--max-extra", "1e6"};
  for (const std::string recipe : {"edge", "hybrid", "ilt"}) {
    const auto run = [&](const std::string& name, std::vector<std::string> more) {
      more.insert(more.end(), {"-o", folder_ / (recipe + name), "--recipe", folder_ / (recipe + ".toml"), "--mask-layout", folder_ / (recipe + name + ".oas")});
      more.insert(more.end(), ends.begin(), ends.end());
      const Finished done = correct("cells.oas", more);
      ASSERT_EQ(done.exit_code, 0) << recipe << done.err;
    };
    run("tiles", {});
    run("drawn", {"--keep-hierarchy", "--threads", "1"});
    run("again", {"--keep-hierarchy", "--threads", "2", "--backwards"});
    EXPECT_TRUE(read_text(folder_ / (recipe + "drawn.oas")) == read_text(folder_ / (recipe + "again.oas"))) << recipe;
    const auto flat = [&](const std::string& name) {
      const Layout mask = Layout::open(folder_ / (recipe + name + ".oas"));
      return LayoutView(mask, "", {{1, 0}}).query({-1e5, -1e5, 1e5, 1e5});
    };
    EXPECT_FALSE(flat("drawn").empty());
    EXPECT_TRUE(flat("drawn") == flat("tiles")) << recipe;
    const std::vector<std::string> cells = Layout::open(folder_ / (recipe + "drawn.oas")).cells();
    EXPECT_NE(std::find(cells.begin(), cells.end(), "BARS"), cells.end()) << recipe;
    EXPECT_EQ(Layout::open(folder_ / (recipe + "drawn.oas")).top_cells(), std::vector<std::string>{"TOP"});
  }
}

// Ranks of which one is killed, a worker of the folder that is killed, one more, and ranks again: of one block and of several.
TEST_F(EdgeMethod, MasksInDrawnCellsDoNotDependOnRanksWorkersAndKills) {
  if (std::system("mpirun --version >/dev/null 2>&1") != 0) GTEST_SKIP() << "no mpirun on this machine";
  write_cells();
  write_text(folder_ / "ilt.toml", quick_recipe(10));
  for (const std::string side : {"64", "2"}) {
    const auto command = [&](const std::string& job) {
      return std::vector<std::string>{"correct", folder_ / "cells.oas", "--model", folder_ / "model.h5", "--recipe", folder_ / "ilt.toml",
                                      "-o", folder_ / job, "--halo-nm", "512", "--period-nm", "0", "--block-tiles", side, "--threads", "1",
                                      "--keep-hierarchy", "--max-faults", "1e6", "--max-missing", "1e6", "--max-extra", "1e6", "--resume"};
    };
    const std::string whole = "whole" + side, job = "job" + side;
    ASSERT_EQ(reticle(folder_.path(), command(whole)).exit_code, 0);
    std::string words;
    for (const std::string& word : command(job)) words += " '" + word + "'";
    write_text(folder_ / "run.sh",
               "export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1\n"
               "ranks() { mpirun --oversubscribe -n 3 " + reticle_binary() + words + " >ranks.out 2>&1; }\n"
               "ranks & all=$!; sleep 0.9\n"
               "victim=$(ps -eo pid,args | awk -v f=$PWD/" + job + " '$2 ~ /reticle$/ && index($0, f) {print $1}' | tail -1)\n"
               "[ -n \"$victim\" ] && kill -9 $victim; wait $all\n" +
               reticle_binary() + words + " --share >worker.out 2>&1 & worker=$!\n"
               "sleep 0.1; kill -9 $worker; wait $worker 2>/dev/null\n" +
               reticle_binary() + words + " --share >worker.out 2>&1\n"
               "cp " + job + "/mask.gds worker.gds && rm " + job + "/mask.gds && ranks\n");
    const std::string script = "cd '" + folder_.path().string() + "' && bash run.sh";
    ASSERT_EQ(std::system(script.c_str()), 0) << read_text(folder_ / "ranks.out") << read_text(folder_ / "worker.out");
    for (const std::string& mask : {job + "/mask.gds", std::string("worker.gds")})
      EXPECT_TRUE(read_text(folder_ / mask) == read_text(folder_ / (whole + "/mask.gds"))) << mask << " of blocks of " << side;
    const std::vector<std::string> cells = Layout::open(folder_ / (job + "/mask.gds")).cells();
    EXPECT_NE(std::find(cells.begin(), cells.end(), "BARS"), cells.end());
  }
}

TEST_F(EdgeMethod, HierarchyThatIsNotThereIsSaid) {
  const Finished clip = correct("a.glp", {"-o", folder_ / "clip", "--recipe", folder_ / "edge.toml", "--keep-hierarchy"});
  EXPECT_EQ(clip.exit_code, 2);
  EXPECT_NE(clip.err.find("clips have no cells"), std::string::npos) << clip.err;
  EXPECT_FALSE(std::filesystem::exists(folder_ / "clip"));
  ASSERT_EQ(reticle(folder_.path(), {"convert", folder_ / "a.glp", folder_ / "a.gds"}).exit_code, 0);
  const Finished flat = correct("a.gds", {"-o", folder_ / "flat", "--recipe", folder_ / "edge.toml", "--keep-hierarchy"});
  EXPECT_EQ(flat.exit_code, 0) << flat.err;
  EXPECT_NE(flat.out.find("places no others"), std::string::npos) << flat.out;
  EXPECT_GT(std::filesystem::file_size(folder_ / "flat/mask.gds"), 0u);
}

// Pixels mend where edges that hardly move leave faults behind.
TEST_F(EdgeMethod, HybridMasksDoNotDependOnTheWorkers) {
  write_text(folder_ / "hybrid.toml", "method = \"hybrid\"\n[opc]\niterations = 2\nmax_move_nm = 8\n[hybrid]\niterations = 4\n");
  const std::vector<std::string> recipe{"--recipe", folder_ / "hybrid.toml"};
  ASSERT_EQ(reticle(folder_.path(), {"convert", folder_ / "a.glp", folder_ / "a.gds"}).exit_code, 0);
  for (const char* threads : {"1", "2", "4"}) {
    const std::string clips = folder_ / ("clips" + std::string(threads)), job = folder_ / ("job" + std::string(threads));
    const Finished clip = correct("a.glp", {"-o", clips, recipe[0], recipe[1], "--threads", threads});
    ASSERT_EQ(clip.exit_code, 0) << clip.err;
    const Finished layout = correct("a.gds", {"-o", job, recipe[0], recipe[1], "--threads", threads});
    ASSERT_EQ(layout.exit_code, 0) << layout.err;
    EXPECT_EQ(read_mask(clips + "/a.h5").outlines, read_mask(folder_ / "clips1/a.h5").outlines) << threads;
    EXPECT_EQ(read_text(job + "/mask.gds"), read_text(folder_ / "job1/mask.gds")) << threads;
  }
}

// What corners that may round leave is stated beside the errors against the drawing.
TEST_F(EdgeMethod, RoundedCornersAreStatedWhereTheRecipeAllowsThem) {
  write_text(folder_ / "round.toml", "method = \"edge\"\n[opc]\niterations = 3\ncorner_radius_nm = 40\n");
  ASSERT_EQ(reticle(folder_.path(), {"convert", folder_ / "a.glp", folder_ / "a.gds"}).exit_code, 0);
  for (const char* design : {"a.gds", "a.glp"}) {
    const std::string out = folder_ / ("round_" + std::string(design));
    const Finished round = correct(design, {"-o", out, "--recipe", folder_ / "round.toml"});
    ASSERT_EQ(round.exit_code, 0) << round.err;
    const std::string report = read_text(std::string(design) == "a.gds" ? out + "/verification/report.json"
                                                                        : out + "/verification/a/report.json");
    EXPECT_NE(report.find("epe_rounded_sites"), std::string::npos) << design;
    EXPECT_NE(report.find("epe_mean_abs_nm"), std::string::npos) << design;
  }
  const Finished sharp = correct("a.gds", {"-o", folder_ / "sharp", "--recipe", folder_ / "edge.toml"});
  EXPECT_EQ(sharp.out.find("epe_rounded"), std::string::npos) << sharp.out;
}

TEST_F(EdgeMethod, ContradictionsOfTheRecipeAreNamed) {
  write_text(folder_ / "bad.toml", "method = \"edge\"\n[opc]\nmask_grid_nm = 50\nrun_nm = 20\n");
  const Finished run = correct("a.glp", {"-o", folder_ / "out", "--recipe", folder_ / "bad.toml"});
  EXPECT_EQ(run.exit_code, 3);
  EXPECT_NE(run.err.find("run_nm"), std::string::npos) << run.err;
  EXPECT_FALSE(std::filesystem::exists(folder_ / "out/a.h5"));
}

}  // namespace
}  // namespace reticle::tools
