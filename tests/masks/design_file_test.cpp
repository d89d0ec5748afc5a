// SPDX-License-Identifier: Apache-2.0
#include "masks/design_file.h"

#include "masks/mask_file.h"
#include "masks/pictures/png.h"
#include "tests/masks/scratch.h"

namespace reticle {
namespace {

using DesignFile = test::Scratch;

TEST_F(DesignFile, TopOfAPictureIsTheLastRow) {
  Image<std::uint8_t> picture(2, 3);
  picture(0, 1) = 128;
  picture(1, 2) = 127;
  write_png(at("a.png"), picture);
  const auto design = std::get<PixelDesign>(read_design(at("a.png"), {.png_pixel_nm = 4.0}));
  EXPECT_EQ(design.grid, (Grid{2, 3, 4.0, 0.0, 0.0}));
  EXPECT_EQ(design.pixels(1, 1), 1);
  EXPECT_EQ(design.pixels(0, 2), 0);
}

TEST_F(DesignFile, ColourPicturesAreReadAsGrey) {
  write_png(at("c.png"), Image<Rgb>(4, 4, Rgb{255, 255, 255}));
  EXPECT_EQ(read_png_mask(at("c.png")), Image<std::uint8_t>(4, 4, 1));
}

TEST_F(DesignFile, MissingTruncatedOrDamagedPngIsAnErrorNotACrash) {
  Image<std::uint8_t> picture(64, 64);
  for (int i = 0; i < 64; ++i) picture(i, (i * 37) % 64) = 255;
  write_png(at("p.png"), picture);
  const std::string bytes = bytes_of(at("p.png"));
  EXPECT_THROW(read_png_mask(at("none.png")), Error);
  for (std::size_t n = 0; n + 16 < bytes.size(); n += 3)  // the last 12 bytes say only 'end'
    EXPECT_THROW(read_png_mask(put("cut.png", bytes.substr(0, n))), Error) << n;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    std::string damaged = bytes;
    damaged[i] = static_cast<char>(damaged[i] ^ 0x55);
    try {
      read_png_mask(put("damaged.png", damaged));
    } catch (const Error&) {
    }
  }
}

TEST_F(DesignFile, MaskFilesGiveTheLayerAskedFor) {
  MaskFile file;
  file.grid = {4, 5, 2.0, -1.0, 3.0};
  file.mask = Image<std::uint8_t>(4, 5, 1);
  file.target = Image<std::uint8_t>(4, 5);
  write_mask(at("m.h5"), file);
  EXPECT_EQ(std::get<PixelDesign>(read_design(at("m.h5"))).pixels, file.mask);
  const auto target =
      std::get<PixelDesign>(read_design(at("m.h5"), {.mask_layer = MaskLayer::target}));
  EXPECT_EQ(target.pixels, file.target);
  EXPECT_EQ(target.grid, file.grid);
}

TEST_F(DesignFile, UnknownKindsAreRefusedByName) {
  const std::string message = test::message_of([&] { read_design(put("a.txt", "hello")); });
  EXPECT_NE(message.find(".glp"), std::string::npos) << message;
}

}  // namespace
}  // namespace reticle
