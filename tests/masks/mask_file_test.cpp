// SPDX-License-Identifier: Apache-2.0
#include "masks/mask_file.h"

#include <cmath>
#include <random>

#include "masks/hdf5/hdf5.h"
#include "masks/pictures/image_file.h"
#include "masks/sha256.h"
#include "tests/litho/random_masks.h"
#include "tests/masks/scratch.h"

namespace reticle {
namespace {

MaskFile small_mask() {
  MaskFile file;
  file.grid = {300, 520, 0.5, -100.0, 37.25};
  file.mask = Image<std::uint8_t>(300, 520);
  file.target = Image<std::uint8_t>(300, 520, 1);
  file.grey = Image<float>(75, 130, 0.25f);
  file.grey_grid = {75, 130, 4.0 * file.grid.pixel_nm, file.grid.origin_x_nm, file.grid.origin_y_nm};
  file.mask(299, 519) = 1;
  file.metrics = {{"l2_nm2", 12.0}, {"epe_max_nm", -0.125}};
  file.history = {{"iteration", "grid_nm", "loss"}, {0, 8, 2.5, 1, 4, 1.5}};
  file.recipe = "steps = 3\n";
  file.model_hash = "abc";
  file.tool_version = "0.1.0";
  return file;
}

using MaskFileTest = test::Scratch;

TEST_F(MaskFileTest, RoundTripKeepsEverything) {
  const MaskFile file = small_mask();
  write_mask(at("m.h5"), file);
  const MaskFile read = read_mask(at("m.h5"));
  EXPECT_EQ(read.grid, file.grid);
  EXPECT_EQ(read.mask, file.mask);
  EXPECT_EQ(read.target, file.target);
  EXPECT_EQ(read.grey, file.grey);
  EXPECT_EQ(read.grey_grid, file.grey_grid);
  EXPECT_EQ(read.metrics, file.metrics);
  EXPECT_EQ(read.history, file.history);
  EXPECT_EQ(read.recipe, file.recipe);
  EXPECT_EQ(read.input_sha256, "");
}

// Chunks are packed here and unpacked, and their checksums verified, by the HDF5 library.
TEST_F(MaskFileTest, MasksAndFieldsOfAnySizeAndKindRoundTrip) {
  for (const test::MaskCase& c : test::mask_cases({{1, 1}, {3, 700}, {256, 256}, {257, 511}})) {
    SCOPED_TRACE(c.name);
    MaskFile file = small_mask();
    file.grid = file.grey_grid = {c.mask.rows(), c.mask.cols(), 1.0, 0.0, 0.0};
    file.mask = c.mask;
    file.target = Image<std::uint8_t>(c.mask.rows(), c.mask.cols(), 1);
    file.grey = Image<float>(c.mask.rows(), c.mask.cols());
    std::mt19937 random(4);
    for (std::size_t i = 0; i < file.grey.size(); ++i)  // numbers of all sizes; here and there 0
      file.grey.data()[i] = c.mask.data()[i] == 0 ? std::ldexp(static_cast<float>(random()), -40) : 0.0f;
    write_mask(at("m.h5"), file);
    const MaskFile read = read_mask(at("m.h5"));
    EXPECT_EQ(read.mask, file.mask);
    EXPECT_EQ(read.target, file.target);
    for (std::size_t i = 0; i < file.grey.size(); ++i)  // 12 significant bits
      ASSERT_NEAR(read.grey.data()[i], file.grey.data()[i], 0x1p-12 * file.grey.data()[i]);
  }
}

TEST_F(MaskFileTest, SameContentsGiveSameBytes) {
  write_mask(at("a.h5"), small_mask());
  write_mask(at("b.h5"), small_mask());
  EXPECT_EQ(sha256_of_file(at("a.h5")), sha256_of_file(at("b.h5")));
}

TEST_F(MaskFileTest, ImageRoundTrip) {
  ImageFile image{{2, 3, 4.0, 1.0, 2.0}, Image<float>(2, 3, 0.5f), "focus", 1.02, "h", "v"};
  image.aerial(1, 2) = 0.125f;
  write_image(at("i.h5"), image);
  const ImageFile read = read_image(at("i.h5"));
  EXPECT_EQ(read.aerial, image.aerial);
  EXPECT_EQ(read.grid, image.grid);
  EXPECT_EQ(read.condition, "focus");
  EXPECT_EQ(read.dose, 1.02);
  EXPECT_NE(test::message_of([&] { read_mask(at("i.h5")); }).find("schema"), std::string::npos);
}

TEST_F(MaskFileTest, TruncatedOrDamagedIsAnErrorNotACrash) {
  write_mask(at("m.h5"), small_mask());
  const std::string bytes = bytes_of(at("m.h5"));
  for (std::size_t i = 0; i < 64; ++i)
    EXPECT_THROW(read_mask(put("cut.h5", bytes.substr(0, i * bytes.size() / 64))), Error) << i;
  std::mt19937 random(7);  // fixed, so that a failure can be repeated
  for (int i = 0; i < 400; ++i) {
    std::string damaged = bytes;
    damaged[random() % bytes.size()] ^= static_cast<char>(1 + random() % 255);
    try {
      EXPECT_EQ(read_mask(put("damaged.h5", damaged)).mask, small_mask().mask);
    } catch (const Error&) {
    }
  }
}

TEST_F(MaskFileTest, FolderThatIsNotThereIsNamed) {
  const std::string message =
      test::message_of([&] { write_mask(at("no/such/m.h5"), small_mask()); });
  EXPECT_NE(message.find("no/such/m.h5"), std::string::npos);
}

TEST_F(MaskFileTest, SizeMismatchLeavesNoFile) {
  MaskFile file = small_mask();
  file.target = Image<std::uint8_t>(2, 2);
  EXPECT_THROW(write_mask(at("m.h5"), file), Error);
  EXPECT_TRUE(std::filesystem::is_empty(folder_));
}

}  // namespace
}  // namespace reticle
