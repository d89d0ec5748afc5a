// SPDX-License-Identifier: Apache-2.0
// Freeform sources from files: the same light by any way in.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <string>

#include "kernels/base/error.h"
#include "litho/optics/source.h"
#include "masks/hdf5/hdf5.h"
#include "masks/pictures/png.h"
#include "masks/source_file.h"
#include "tests/masks/scratch.h"
#include "masks/recipes/recipes.h"

namespace reticle {
namespace {

class SourceMapFile : public test::Scratch {
 protected:
  static Image<double> ramp() {
    Image<double> map(3, 5);
    for (int y = 0; y < 3; ++y)
      for (int x = 0; x < 5; ++x) map(y, x) = 10.0 * y + x;
    return map;
  }
  OpticsSettings recipe(const std::string& map, const std::string& polarisation = "unpolarised") const {
    return read_model_recipe(put("r.toml", "[source]\nshape = \"freeform\"\nmap_file = \"" + map +
                                               "\"\npolarisation = \"" + polarisation + "\"\n"));
  }
};

TEST_F(SourceMapFile, HdfCsvAndPictureAgree) {
  const Image<double> map = ramp();
  {
    const hdf5::Session session;
    hdf5::NewFile file(session, at("s.h5"));
    file.root().write("source", {3, 5}, map.data());
    file.save();
  }
  put("s.csv", "# lowest sigma_y first\n0,1,2,3,4\n10,11,12,13,14\n20, 21, 22, 23, 24\n");
  Image<std::uint8_t> picture(3, 5);
  for (int y = 0; y < 3; ++y)
    for (int x = 0; x < 5; ++x) picture(2 - y, x) = static_cast<std::uint8_t>(map(y, x));
  write_png(at("s.png"), picture);
  Image<double> of_white = map;
  for (double& value : of_white) value /= 255.0;
  for (const char* name : {"s.h5", "s.csv", "s.png"}) {
    const Image<double>& expected = std::string(name) == "s.png" ? of_white : map;
    EXPECT_EQ(read_source_map(at(name)).light, expected) << name;
    EXPECT_EQ(recipe(name).source.map, expected) << name;
  }
}

std::string big_endian(std::uint32_t value) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(value >> shift & 255);
  return bytes;
}

std::string chunk(const std::string& name, const std::string& data) {
  std::uint32_t crc = ~0u;  // PNG, annex D
  for (const char c : name + data) {
    crc ^= static_cast<unsigned char>(c);
    for (int bit = 0; bit < 8; ++bit) crc = crc & 1 ? crc >> 1 ^ 0xedb88320u : crc >> 1;
  }
  return big_endian(static_cast<std::uint32_t>(data.size())) + name + data + big_endian(~crc);
}

// A grey picture of 16 bits, one stored deflate block for each line, with further chunks before the
// data.
std::string grey_16(const Image<std::uint16_t>& picture, const std::string& chunks) {
  std::uint32_t a = 1, b = 0;  // Adler-32
  std::string data = "\x78\x01";
  for (int y = 0; y < picture.rows(); ++y) {
    std::string line(1, '\0');
    for (int x = 0; x < picture.cols(); ++x) {
      line += static_cast<char>(picture(y, x) >> 8);
      line += static_cast<char>(picture(y, x) & 255);
    }
    const auto length = static_cast<unsigned>(line.size());
    data += static_cast<char>(y + 1 == picture.rows());
    for (const unsigned n : {length, ~length}) {
      data += static_cast<char>(n & 255);
      data += static_cast<char>(n >> 8 & 255);
    }
    data += line;
    for (const char c : line) {
      a = (a + static_cast<unsigned char>(c)) % 65521;
      b = (b + a) % 65521;
    }
  }
  data += big_endian(b << 16 | a);
  const std::string header = big_endian(static_cast<std::uint32_t>(picture.cols())) +
                             big_endian(static_cast<std::uint32_t>(picture.rows())) +
                             std::string("\x10\0\0\0\0", 5);
  return "\x89PNG\r\n\x1a\n" + chunk("IHDR", header) + chunks + chunk("IDAT", data) +
         chunk("IEND", "");
}

// Light is what is stored, whatever the file says about screens: every one of the 65536 values.
TEST_F(SourceMapFile, PicturesOfSixteenBitsAreReadWithoutGamma) {
  Image<std::uint16_t> picture(256, 256);
  for (int y = 0; y < 256; ++y)
    for (int x = 0; x < 256; ++x) picture(y, x) = static_cast<std::uint16_t>(256 * y + x);
  for (const std::string& chunks :
       {std::string(), chunk("gAMA", big_endian(45455)), chunk("gAMA", big_endian(100000)),
        chunk("sRGB", std::string(1, '\0'))}) {
    put("s.png", grey_16(picture, chunks));
    const Image<double> light = read_source_map(at("s.png")).light;
    ASSERT_EQ(light.rows(), 256);
    int wrong = 0;
    for (int y = 0; y < 256; ++y)
      for (int x = 0; x < 256; ++x) wrong += light(255 - y, x) != picture(y, x) / 65535.0;
    EXPECT_EQ(wrong, 0) << chunks;
    const Image<std::uint8_t> mask = read_png_mask(at("s.png"));
    EXPECT_EQ(mask(127, 0), 1);  // 0x8000, just above half of white
    EXPECT_EQ(mask(128, 255), 0);
  }
}

// The same of 8 bits.
TEST_F(SourceMapFile, GammaOfAPictureOfEightBitsChangesNothing) {
  Image<std::uint8_t> picture(1, 256);
  for (int x = 0; x < 256; ++x) picture(0, x) = static_cast<std::uint8_t>(x);
  write_png(at("s.png"), picture);
  std::string bytes = bytes_of(at("s.png"));
  const Image<double> plain = read_source_map(at("s.png")).light;
  bytes.insert(33, chunk("gAMA", big_endian(100000)));  // after signature and IHDR
  EXPECT_EQ(read_source_map(put("g.png", bytes)).light, plain);
  EXPECT_EQ(plain(0, 100), 100 / 255.0);
}

// TE light as Stokes parameters of each pixel is TE light.
TEST_F(SourceMapFile, StokesMapOfTangentialLightIsTe) {
  constexpr int n = 9;
  Image<double> light(n, n);
  std::vector<double> stokes(3 * n * n);
  for (int y = 0; y < n; ++y)
    for (int x = 0; x < n; ++x) {
      const double sx = (2 * x + 1 - n) / double(n), sy = (2 * y + 1 - n) / double(n), r2 = sx * sx + sy * sy;
      if (r2 > 1.0 || r2 < 0.1) continue;
      light(y, x) = 1.0;
      const double ex = -sy / std::sqrt(r2), ey = sx / std::sqrt(r2);
      stokes[static_cast<std::size_t>(y * n + x)] = ex * ex - ey * ey;
      stokes[static_cast<std::size_t>(n * n + y * n + x)] = 2.0 * ex * ey;
    }
  {
    const hdf5::Session session;
    hdf5::NewFile file(session, at("te.h5"));
    file.root().write("source", {n, n}, light.data());
    file.root().write("stokes", {3, n, n}, stokes.data());
    file.save();
  }
  const auto by_map = sample_source(recipe("te.h5", "stokes").source);
  const auto by_name = sample_source(recipe("te.h5", "te").source);
  ASSERT_EQ(by_map.size(), by_name.size());
  for (std::size_t i = 0; i < by_map.size(); ++i) {
    const JonesState &a = by_map[i].states.at(0), &b = by_name[i].states.at(0);
    EXPECT_NEAR(std::abs(std::conj(a.x) * b.x + std::conj(a.y) * b.y), 1.0, 1e-12);
  }
}

TEST_F(SourceMapFile, WhatIsWrongIsNamed) {
  const auto message = [&](const std::string& map, const std::string& polarisation) {
    return test::message_of([&] { recipe(map, polarisation); });
  };
  EXPECT_NE(message("absent.csv", "te").find("absent.csv"), std::string::npos);
  put("words.csv", "1,2\n3,four\n");
  EXPECT_NE(message("words.csv", "te").find("words.csv:2"), std::string::npos);
  put("ragged.csv", "1,2\n3\n");
  EXPECT_NE(message("ragged.csv", "te").find("ragged.csv:2"), std::string::npos);
  put("dark.csv", "0,0\n0,0\n");
  EXPECT_NE(message("dark.csv", "te").find("source.map"), std::string::npos);
  put("fine.csv", "1,1\n1,1\n");
  EXPECT_NE(message("fine.csv", "stokes").find("stokes"), std::string::npos);
  EXPECT_NE(message("", "te").find("map_file"), std::string::npos);
  EXPECT_NE(test::message_of([&] { read_model_recipe(put("m.toml", "[source]\nmap_file = \"fine.csv\"\n")); })
                .find("freeform"),
            std::string::npos);
}

}  // namespace
}  // namespace reticle
