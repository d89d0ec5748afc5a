// SPDX-License-Identifier: Apache-2.0
// A disk that fills up, as a small tmpfs in a mount namespace of its own. Skipped where a user may
// not make one.
#include <gtest/gtest.h>

#include <cstdlib>

#include "tests/tools/subprocess.h"
#include "tests/tools/test_inputs.h"

namespace reticle::tools {
namespace {

class DiskFull : public testing::Test {
 protected:
  void SetUp() override {
    if (std::system("unshare -rm sh -c 'd=$(mktemp -d) && mount -t tmpfs -o size=64k t $d; "
                    "r=$?; umount $d; rmdir $d; exit $r' >/dev/null 2>&1") != 0)
      GTEST_SKIP() << "this machine lets us make no mount namespace (unshare -rm)";
    std::filesystem::create_directory(folder_ / "disk");
    write_small_model(folder_ / "model.h5");
    write_text(folder_ / "clip.glp", small_clip());
    write_text(folder_ / "r.toml", quick_recipe(5));
  }

  // Runs a script where $disk is a tmpfs of `size`, in the test's folder.
  void on_a_small_disk(const std::string& size, const std::string& script) const {
    write_text(folder_ / "run.sh", "set -u\ncd " + folder_.path().string() +
                                       "\ndisk=$PWD/disk\nreticle=" + reticle_binary() +
                                       "\nmount -t tmpfs -o size=" +
                                       size + " t $disk || exit 9\n" + script);
    const std::string command = "unshare -rm sh " + (folder_ / "run.sh").string();
    ASSERT_EQ(std::system(command.c_str()), 0);
  }

  TestFolder folder_;
};

TEST_F(DiskFull, ImageAndMaskLeaveNothingBehind) {
  on_a_small_disk("64k",
                  "$reticle simulate clip.glp --model model.h5 -o $disk/image.h5 2>image.err\n"
                  "echo $? >image.rc\n"
                  "$reticle correct clip.glp --model model.h5 --recipe r.toml -o $disk/out "
                  "--preview >mask.out 2>mask.err\n"
                  "echo $? >mask.rc\n"
                  "cd $disk && find . -type f >../left\n"
                  "for size in 4k 16k 128k 192k; do\n"
                  "  mount -o remount,size=$size $disk && $reticle simulate ../clip.glp --model ../model.h5 -o image.h5 2>/dev/null\n"
                  "  echo $? >>../image.rc\n"
                  "done\n");
  // Wherever the disk is full: as the file is made, and as it is closed.
  EXPECT_EQ(read_text(folder_ / "image.rc"), "3\n3\n3\n3\n3\n");
  EXPECT_NE(read_text(folder_ / "image.err").find("image.h5"), std::string::npos)
      << read_text(folder_ / "image.err");
  EXPECT_EQ(read_text(folder_ / "left").find("image.h5"), std::string::npos);
  // The small clip's mask may fit; what is there is whole.
  EXPECT_EQ(read_text(folder_ / "left").find("tmp"), std::string::npos)
      << read_text(folder_ / "left");
}

TEST_F(DiskFull, LayoutJobStopsCleanlyAndResumesOnceThereIsSpace) {
  on_a_small_disk("240k",
                  "$reticle convert clip.glp clip.gds\n"
                  "job='correct clip.gds --model model.h5 --recipe r.toml --halo-nm 512 "
                  "--refinement-iterations 3 --threads 2 --max-faults 1e6 --max-missing 1e6 --max-extra 1e6'\n"
                  "$reticle $job -o whole >whole.out 2>whole.err || exit 8\n"
                  "head -c 160k /dev/zero >$disk/filler\n"
                  "$reticle $job -o $disk/job >full.out 2>full.err\n"
                  "echo $? >full.rc\n"
                  "rm $disk/filler && mount -o remount,size=64m $disk\n"
                  "$reticle $job -o $disk/job --resume >resumed.out 2>resumed.err\n"
                  "echo $? >resumed.rc\n"
                  "cp $disk/job/job.h5 resumed.h5; cp $disk/job/blocks/0_0.h5 resumed_0_0.h5; cp $disk/job/mask.gds resumed.gds\n");
  EXPECT_EQ(read_text(folder_ / "full.rc"), "3\n") << read_text(folder_ / "full.err");
  EXPECT_NE(read_text(folder_ / "full.err").find("No space left"), std::string::npos)
      << read_text(folder_ / "full.err");
  EXPECT_EQ(read_text(folder_ / "resumed.rc"), "0\n") << read_text(folder_ / "resumed.err");
  EXPECT_EQ(read_text(folder_ / "resumed.h5"), read_text(folder_ / "whole/job.h5"));
  EXPECT_EQ(read_text(folder_ / "resumed_0_0.h5"), read_text(folder_ / "whole/blocks/0_0.h5"));
  EXPECT_EQ(read_text(folder_ / "resumed.gds"), read_text(folder_ / "whole/mask.gds"));
}

}  // namespace
}  // namespace reticle::tools
