// SPDX-License-Identifier: Apache-2.0
// reticle correct --method edge: clips and layouts by moving edges.
#include <gtest/gtest.h>

#include "masks/layout/layout.h"
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
