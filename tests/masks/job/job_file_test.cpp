// SPDX-License-Identifier: Apache-2.0
#include "masks/job/job_file.h"

#include <hdf5.h>

#include <array>

#include "masks/job/block_grid.h"
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

// What is only measured may change; a tolerance by which edges gain weight makes other masks.
TEST_F(JobFolder, KeysThatOnlyMeasureMayChange) {
  const auto changed = [](const std::string& key, double gain) {
    JobDescription before = example(), after = example();
    const std::string level = "emphasis_gain = " + std::to_string(gain) + "\n";
    before.recipe = key + " = 1.0\n" + level, after.recipe = key + " = 2.0\n" + level;
    return differences(before, after).size();
  };
  for (const char* key : {"edge_site_spacing_nm", "edge_short_nm", "edge_search_nm"})
    for (const double gain : {0.0, 0.3}) EXPECT_EQ(changed(key, gain), 0u) << key;
  EXPECT_EQ(changed("edge_tolerance_nm", 0.0), 0u);
  EXPECT_EQ(changed("edge_tolerance_nm", 0.3), 1u);
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

// One mask in two tiles and an empty one.
BlockResults small_block() {
  BlockResults block{.key = "k", .tiles = {{0, 0}, {0, 1}, {1, 0}}, .masks = {0, -1, 0}};
  block.mask_keys = {PackKey{7}};
  block.outlines = {{{{0, 0}, {5, 0}, {5, 9}}, {{7, 7}, {8, 7}, {8, 8}, {7, 8}}}};
  block.pixel_rows = 6, block.pixel_cols = 8;
  TileMeasures measures{.l2_nm2 = 3};
  measures.sites = {{.epe_nm = 2.5}, {.epe_nm = -20.0, .missing = true}};
  for (const TileIndex tile : {TileIndex{0, 0}, TileIndex{1, 0}}) {
    block.rows.push_back(row_of(tile, measures, 30.0, 15.0));
    block.summary.add(block.rows.back(), measures, {100.0 * tile.x, 100.0 * tile.y}, 15.0);
  }
  return block;
}

Image<std::uint8_t> small_mask(std::size_t) {
  Image<std::uint8_t> mask(6, 8);
  mask(2, 3) = 1;
  return mask;
}

TEST_F(JobFolder, BlockComesBackFromDisk) {
  const BlockResults block = small_block();
  write_block(at("b.h5"), block, small_mask);
  EXPECT_EQ(key_of_block(at("b.h5")), "k");
  EXPECT_EQ(key_of_block(at("none.h5")), "");
  const BlockResults read = read_block(at("b.h5"));
  EXPECT_EQ(read.tiles, block.tiles);
  EXPECT_EQ(read.masks, block.masks);
  EXPECT_EQ(read.mask_keys, block.mask_keys);
  ASSERT_EQ(read.outlines[0].size(), 2u);
  EXPECT_EQ(read.outlines[0][1][2].x, 8);
  EXPECT_EQ(read.rows[1].tile, (TileIndex{1, 0}));
  EXPECT_EQ(read.summary.totals(), block.summary.totals());
  EXPECT_EQ(read.summary.epe_histogram, block.summary.epe_histogram);
  EXPECT_EQ(read.summary.violations.size(), 2u);
  EXPECT_EQ(read.summary.worst_tiles.size(), 1u);  // equal ones once
}

TEST_F(JobFolder, FinishedJobIsTheSameBytesEachTimeAndShowsItsBlocks) {
  const TilePlan plan{.core_x_nm = 8, .core_y_nm = 6, .halo_nm = 2};
  std::filesystem::create_directory(at("blocks"));
  const BlockResults block = small_block();
  for (const BlockIndex place : {BlockIndex{0, 0}, BlockIndex{0, 1}})
    write_block(folder_ / block_file_name(place), block, small_mask);
  for (const char* name : {"a.h5", "b.h5"}) {
    JobFile file(at(name), example(), plan, 1.0);
    for (const BlockIndex place : {BlockIndex{0, 0}, BlockIndex{0, 1}}) file.add(place, block);
    file.finish({{"l2_nm2", 3.0}});
  }
  EXPECT_EQ(bytes_of(at("a.h5")), bytes_of(at("b.h5")));
  EXPECT_TRUE(has_totals(at("a.h5")));
  write_job(at("begun.h5"), example());
  EXPECT_FALSE(has_totals(at("begun.h5")));
  EXPECT_TRUE(differences(read_job(at("a.h5")), example()).empty());
  const hid_t file = H5Fopen(at("a.h5").c_str(), H5F_ACC_RDONLY, H5P_DEFAULT);
  const hid_t masks = H5Dopen2(file, "masks", H5P_DEFAULT), tiles = H5Dopen2(file, "tiles/mask", H5P_DEFAULT);
  std::array<std::uint8_t, 2 * 6 * 8> pixels{};
  std::array<std::int32_t, 6> of_tile{};
  EXPECT_GE(H5Dread(masks, H5T_NATIVE_UINT8, H5S_ALL, H5S_ALL, H5P_DEFAULT, pixels.data()), 0);
  EXPECT_GE(H5Dread(tiles, H5T_NATIVE_INT32, H5S_ALL, H5S_ALL, H5P_DEFAULT, of_tile.data()), 0);
  H5Dclose(masks), H5Dclose(tiles), H5Fclose(file);
  EXPECT_EQ(pixels[2 * 8 + 3] + pixels[48 + 2 * 8 + 3], 2);
  EXPECT_EQ(of_tile, (std::array<std::int32_t, 6>{0, -1, 0, 0, -1, 0}));
}

TEST_F(JobFolder, SummariesOfPartsAreThatOfTheWhole) {
  JobSummary twice;
  for (int i = 0; i < 2; ++i) twice.add(small_block().summary);
  EXPECT_EQ(twice.edge_sites, 8);
  EXPECT_EQ(twice.epe_histogram[2], 4);
  EXPECT_EQ(twice.epe_histogram[20], 4);
  EXPECT_EQ(twice.totals().at("epe_mean_abs_nm"), 11.25);
  EXPECT_EQ(twice.violations.size(), 4u);
}

TEST(BlockGrid, TilesBelongToOneBlockWhateverTheWindow) {
  const BlockGrid grid({-3, -1, 4, 2}, 2);
  EXPECT_EQ(grid.count(), 8u);
  std::size_t tiles = 0;
  for (std::size_t i = 0; i < grid.count(); ++i)
    for (const TileIndex& tile : grid.wanted_of(grid.block(i)).tiles()) {
      ++tiles;
      EXPECT_EQ(grid.block_of(tile), grid.block(i));
    }
  EXPECT_EQ(tiles, 21u);
  EXPECT_EQ(BlockGrid({0, 0, 9, 9}, 2).block_of({-1, -3}), (BlockIndex{-1, -2}));
}

TEST_F(JobFolder, AnotherFileIsNoJob) {
  EXPECT_NE(message_of([&] { read_job(put("x.h5", "text")); }), "");
}

}  // namespace
}  // namespace reticle
