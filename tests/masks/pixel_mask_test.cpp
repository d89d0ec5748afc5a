// SPDX-License-Identifier: Apache-2.0
// Masks as pictures and arrays of other programs: what is taken as what, and what is refused.
#include "masks/pixel_mask.h"

#include <gtest/gtest.h>
#include <png.h>

#include <cmath>
#include <cstring>
#include <limits>

#include "masks/design_file.h"
#include "masks/hdf5/hdf5.h"
#include "masks/mask_file.h"
#include "masks/warnings.h"
#include "tests/masks/scratch.h"

namespace reticle {
namespace {

class PixelMasks : public test::Scratch {
 protected:
  // A picture of one line of numbers, as another program writes it.
  std::filesystem::path png(int bits, int colour, const std::vector<unsigned>& numbers, int width) {
    const auto path = at("mask.png");
    std::FILE* file = std::fopen(path.c_str(), "wb");
    png_structp writer = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
    png_infop info = png_create_info_struct(writer);
    png_init_io(writer, file);
    png_set_IHDR(writer, info, static_cast<unsigned>(width), 1, bits, colour, PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    png_write_info(writer, info);
    std::string row;
    for (const unsigned n : numbers) {
      if (bits == 16) row += static_cast<char>(n >> 8);
      row += static_cast<char>(n);
    }
    png_write_row(writer, reinterpret_cast<png_const_bytep>(row.data()));
    png_write_end(writer, info);
    png_destroy_write_struct(&writer, &info);
    std::fclose(file);
    return path;
  }
  std::vector<float> row(const PixelMask& mask) const { return {mask.inside.row(0), mask.inside.row(0) + mask.inside.cols()}; }
  std::vector<float> read(const std::filesystem::path& path) {
    WarningScope scope;
    const PixelMask mask = read_pixel_mask(path);
    said.clear();
    for (const Warning& warning : scope.log().take()) said += to_string(warning) + "\n";
    return row(mask);
  }
  template <class T>
  std::filesystem::path npy(const char* type, int rows, int cols, const std::vector<T>& values, bool by_columns = false) {
    std::string header = std::string("{'descr': '") + type + "', 'fortran_order': " + (by_columns ? "True" : "False") +
                         ", 'shape': (" + std::to_string(rows) + ", " + std::to_string(cols) + "), }\n";
    std::string bytes = std::string("\x93NUMPY\x01\0", 8) + static_cast<char>(header.size()) + '\0' + header;
    bytes.append(reinterpret_cast<const char*>(values.data()), sizeof(T) * values.size());
    return put("mask.npy", bytes);
  }
  // A file with nothing but `mask` and its grid.
  template <class T>
  std::filesystem::path h5(const std::vector<T>& values, int cols) {
    const hdf5::Session session;
    hdf5::NewFile file(session, at("mask.h5"));
    const auto rows = values.size() / static_cast<std::size_t>(cols);
    file.root().write("mask", {rows, static_cast<std::uint64_t>(cols)}, values.data());
    const double origin[2] = {5.0, 7.0};
    file.root().set_dataset_number("mask", "pixel_nm", 2.0);
    file.root().set_dataset_numbers("mask", "origin_nm", origin);
    file.save();
    return at("mask.h5");
  }
  std::string said;
};

using Row = std::vector<float>;

TEST_F(PixelMasks, PicturesOfZeroAndOneAreNotNothing) {
  EXPECT_EQ(read(png(8, PNG_COLOR_TYPE_GRAY, {0, 1, 1}, 3)), (Row{0, 1, 1}));
  EXPECT_NE(said.find("taken from 8-bit numbers 0 and 1"), std::string::npos) << said;
  EXPECT_EQ(read(png(16, PNG_COLOR_TYPE_GRAY, {0, 1}, 2)), (Row{0, 1}));
  EXPECT_EQ(read(png(16, PNG_COLOR_TYPE_GRAY, {0, 255, 51}, 3)), (Row{0, 1, 0.2f}));
  EXPECT_NE(said.find("parts of 255, not of 65535"), std::string::npos) << said;
}

TEST_F(PixelMasks, PicturesOfLabelsOrFewerBitsAreSaidToBeDark) {
  for (const auto& [bits, top] : {std::pair(8, 7u), std::pair(16, 4095u)}) {
    read(png(bits, PNG_COLOR_TYPE_GRAY, {0, top, 0, top}, 4));
    EXPECT_NE(said.find("above a tenth of white"), std::string::npos) << said;
  }
  read(png(8, PNG_COLOR_TYPE_GRAY, {0, 60, 0, 60}, 4));
  EXPECT_EQ(said, "");
}

TEST_F(PixelMasks, FewBitsAreNumbersToo) {
  // Four pixels of 2 bits: 0, 1, 1, 0; two of 4: 0, 1.
  EXPECT_EQ(read(png(2, PNG_COLOR_TYPE_GRAY, {0b00010100}, 4)), (Row{0, 1, 1, 0}));
  EXPECT_NE(said.find("2-bit numbers 0 and 1"), std::string::npos) << said;
  EXPECT_EQ(read(png(4, PNG_COLOR_TYPE_GRAY, {0x01}, 2)), (Row{0, 1}));
  EXPECT_EQ(read(png(2, PNG_COLOR_TYPE_GRAY, {0b00111100}, 4)), (Row{0, 1, 1, 0}));
  EXPECT_EQ(read(png(1, PNG_COLOR_TYPE_GRAY, {0b01000000}, 2)), (Row{0, 1}));
  EXPECT_EQ(said, "");
}

TEST_F(PixelMasks, OfTwoColoursTheLighterOneIsInside) {
  EXPECT_EQ(read(png(8, PNG_COLOR_TYPE_RGB, {0, 0, 0, 0, 0, 255}, 2)), (Row{0, 1}));
  EXPECT_NE(said.find("two colours, the lighter one inside"), std::string::npos) << said;
  EXPECT_EQ(read(png(8, PNG_COLOR_TYPE_RGB, {0, 0, 0, 0, 0, 1}, 2)), (Row{0, 1}));
  EXPECT_EQ(read(png(8, PNG_COLOR_TYPE_RGB, {255, 255, 255, 0, 255, 0}, 2)), (Row{1, 0}));
  read(png(8, PNG_COLOR_TYPE_RGB, {0, 0, 0, 0, 0, 255, 255, 0, 0}, 3));
  EXPECT_NE(said.find("colours are taken as grey"), std::string::npos) << said;
}

TEST_F(PixelMasks, TransparentOnesAreRefusedAndOpacityOfOneIsFull) {
  EXPECT_NE(test::message_of([&] { read(png(8, PNG_COLOR_TYPE_GRAY_ALPHA, {0, 0, 255, 0}, 2)); }).find("every pixel is transparent"), std::string::npos);
  EXPECT_EQ(read(png(8, PNG_COLOR_TYPE_GRAY_ALPHA, {0, 0, 0, 1}, 2)), (Row{0, 1}));
  EXPECT_NE(said.find("opacity 0 and 1"), std::string::npos) << said;
}

TEST_F(PixelMasks, WhatTheCutLeavesEmptyOrFullIsSaid) {
  const auto said_of = [&](const std::filesystem::path& path) {
    WarningScope scope;
    read_design(path);
    std::string all;
    for (const Warning& warning : scope.log().take()) all += to_string(warning);
    return all;
  };
  EXPECT_NE(said_of(npy<float>("<f4", 1, 2, {0, 0.4f})).find("the mask is empty"), std::string::npos);
  EXPECT_NE(said_of(npy<float>("<f4", 1, 2, {0.9f, 1})).find("the mask is full"), std::string::npos);
  EXPECT_NE(said_of(png(8, PNG_COLOR_TYPE_GRAY, {0, 100}, 2)).find("the mask is empty"), std::string::npos);
}

TEST_F(PixelMasks, PicturesInGreyKeepTheirGrey) {
  EXPECT_EQ(read(png(8, PNG_COLOR_TYPE_GRAY, {0, 51, 255}, 3)), (Row{0, 0.2f, 1}));
  EXPECT_TRUE(said.empty()) << said;
  EXPECT_EQ(read(png(16, PNG_COLOR_TYPE_GRAY, {0, 13107, 65535}, 3)), (Row{0, 0.2f, 1}));
}

TEST_F(PixelMasks, BlackOrWhiteOnTransparentIsWhatIsDrawn) {
  for (const unsigned colour : {0u, 255u})
    EXPECT_EQ(read(png(8, PNG_COLOR_TYPE_GRAY_ALPHA, {colour, 0, colour, 255}, 2)), (Row{0, 1})) << colour;
  EXPECT_NE(said.find("transparent ground"), std::string::npos) << said;
  EXPECT_EQ(read(png(16, PNG_COLOR_TYPE_GRAY_ALPHA, {0, 0, 0, 65535}, 2)), (Row{0, 1}));
}

TEST_F(PixelMasks, EmptyAndFullOnesAreSaid) {
  read(png(8, PNG_COLOR_TYPE_GRAY, {0, 0}, 2));
  EXPECT_NE(said.find("empty"), std::string::npos);
  read(png(8, PNG_COLOR_TYPE_GRAY, {255, 255}, 2));
  EXPECT_NE(said.find("full"), std::string::npos);
}

TEST_F(PixelMasks, ArraysOfNumpyAreReadRowByRowUpwards) {
  EXPECT_EQ(read(npy<std::uint8_t>("|b1", 2, 3, {1, 0, 0, 0, 0, 0})), (Row{1, 0, 0}));
  EXPECT_EQ(read(npy<std::uint8_t>("|u1", 1, 2, {0, 255})), (Row{0, 1}));
  EXPECT_EQ(read(npy<std::int64_t>("<i8", 1, 2, {0, 1})), (Row{0, 1}));
  EXPECT_EQ(read(npy<double>("<f8", 1, 3, {0, 0.25, 1})), (Row{0, 0.25f, 1}));
  EXPECT_EQ(read(npy<std::uint16_t>("<f2", 1, 4, {0x0000, 0x3400, 0x3C00, 0x0001})), (Row{0, 0.25f, 1, 0x1p-24f}));
  EXPECT_THROW(read(npy<std::uint16_t>("<f2", 1, 2, {0x7C00, 0x7E00})), Error);
  EXPECT_EQ(read(npy<float>("<f4", 2, 2, {0, 0.5f, 1, 0.25f}, true)), (Row{0, 1}));
  const PixelMask top = read_pixel_mask(npy<float>("<f4", 2, 1, {0, 1}), {.first_row = FirstRow::top});
  EXPECT_EQ(top.inside(0, 0), 1.0f);
}

TEST_F(PixelMasks, NumbersOutsideZeroToOneAreRefusedByPlace) {
  for (const double bad : {1.9, -0.1, std::numeric_limits<double>::quiet_NaN(), 1e300})
    EXPECT_NE(test::message_of([&] { read(npy<double>("<f8", 1, 2, {0, bad})); }).find("row 0, column 1"), std::string::npos) << bad;
  EXPECT_NE(test::message_of([&] { read(npy<std::uint8_t>("|u1", 1, 2, {0, 2})); }).find("column 1 is 2"), std::string::npos);
  EXPECT_NE(test::message_of([&] { read(npy<std::int32_t>("<i4", 1, 2, {0, 300})); }).find("column 1 is 300"), std::string::npos);
  EXPECT_NE(test::message_of([&] { read(npy<std::int32_t>("<i4", 1, 2, {0, -1})); }).find("column 1 is -1"), std::string::npos);
  EXPECT_THROW(read(npy<float>("<c8", 1, 2, {0, 1})), Error);
  EXPECT_THROW(read(npy<float>("<f4", 9, 9, {0, 1})), Error);
  EXPECT_THROW(read(put("a.npy", "hello")), Error);
}

TEST_F(PixelMasks, ForeignHdf5NeedsTheMaskAndItsGridOnly) {
  EXPECT_EQ(read(h5<std::uint8_t>({0, 1, 1, 0}, 2)), (Row{0, 1}));
  EXPECT_EQ(read(h5<float>({0, 0.9f}, 2)), (Row{0, 0.9f}));
  EXPECT_THROW(read(h5<float>({0, 1.9f}, 2)), Error);
  EXPECT_THROW(read(h5<double>({0, std::numeric_limits<double>::quiet_NaN()}, 2)), Error);
  WarningScope scope;
  const MaskFile file = read_mask(h5<float>({0, 0.9f}, 2));
  EXPECT_EQ(file.grid, (Grid{1, 2, 2.0, 5.0, 7.0}));
  EXPECT_EQ(file.mask(0, 1), 1);
  EXPECT_TRUE(file.target.empty());
  EXPECT_NE(to_string(scope.log().take().at(0)).find("cut at one half"), std::string::npos);
  EXPECT_NE(test::message_of([&] { read_design(at("mask.h5"), {.mask_layer = MaskLayer::target}); }).find("no target"), std::string::npos);
}

}  // namespace
}  // namespace reticle
