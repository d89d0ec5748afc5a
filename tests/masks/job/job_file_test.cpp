#include "masks/job/job_file.h"

#include "masks/hdf5/hdf5.h"
#include "tests/masks/scratch.h"

namespace reticle {
namespace {

using test::message_of;
using test::Scratch;

class JobFolder : public Scratch {};

JobDescription example() {
  return {.tool_version = "1", .recipe = "a = 1\nb = 2\n", .model_hash = "m", .input_sha256 = "i",
          .selection = "layer 11/0", .tiling = "core 1024"};
}

TEST_F(JobFolder, DescriptionComesBackFromDisk) {
  write_job(at("job.h5"), example());
  EXPECT_TRUE(differences(read_job(at("job.h5")), example()).empty());
  EXPECT_EQ(read_job(at("job.h5")).recipe, example().recipe);
}

TEST_F(JobFolder, DifferencesAreNamed) {
  JobDescription other = example();
  other.recipe = "a = 1\nb = 3\nc = 4\n";
  other.model_hash = std::string("n");
  const std::vector<std::string> found = differences(example(), other);
  ASSERT_EQ(found.size(), 3u);
  EXPECT_EQ(found[0], "the model (its hash) is 'n', was 'm'");
  EXPECT_EQ(found[1], "a line of the recipe is 'b = 3', was 'b = 2'");
  EXPECT_EQ(found[2], "a line of the recipe is 'c = 4', was ''");
}

TEST_F(JobFolder, SecondRunRefusesWhileTheFirstHasTheJobForItself) {
  const JobLock first(folder_, JobAccess::alone);
  for (const JobAccess access : {JobAccess::alone, JobAccess::shared})
    EXPECT_NE(message_of([&] { JobLock second(folder_, access); }).find("another run"),
              std::string::npos);
}

TEST_F(JobFolder, SharedRunsWorkTogetherAndKeepOthersOut) {
  const JobLock first(folder_, JobAccess::shared), second(folder_, JobAccess::shared);
  EXPECT_NE(message_of([&] { JobLock third(folder_, JobAccess::alone); }), "");
}

TEST_F(JobFolder, FinishedJobIsTheSameBytesEachTimeAndStillAJob) {
  const TilePlan plan{.core_x_nm = 8, .core_y_nm = 6, .halo_nm = 4, .reason = ""};
  TileMask mask{.pixels = Image<std::uint8_t>(6, 8)};
  mask.pixels(2, 3) = 1;
  for (const char* name : {"a.h5", "b.h5"}) {
    JobFile file(at(name), example(), plan, 1.0);
    file.add_result(mask);
    file.finish({{0, 0}, {0, 1}}, {0, -1}, {{"l2_nm2", 3.0}});
  }
  EXPECT_EQ(bytes_of(at("a.h5")), bytes_of(at("b.h5")));
  EXPECT_TRUE(differences(read_job(at("a.h5")), example()).empty());
  const hdf5::Session session;
  const hdf5::Group root = hdf5::open_file(session, at("a.h5"), "a job");
  EXPECT_EQ(root.group("masks").read<std::uint8_t>("00000000", {6, 8})[2 * 8 + 3], 1);
  EXPECT_EQ(root.group("tiles").read<std::int32_t>("mask", {2}), (std::vector<std::int32_t>{0, -1}));
}

TEST_F(JobFolder, AnotherFileIsNoJob) {
  EXPECT_NE(message_of([&] { read_job(put("x.h5", "text")); }), "");
}

}  // namespace
}  // namespace reticle
