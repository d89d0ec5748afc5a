// SPDX-License-Identifier: Apache-2.0
#include "masks/pictures/usd_scene.h"

#include <gtest/gtest.h>

#include "tests/masks/scratch.h"

namespace reticle {
namespace {

class UsdSceneFile : public test::Scratch {};

TEST_F(UsdSceneFile, SaysUnitAxisAndEveryFrame) {
  UsdScene scene{.name = "a \"clip\"", .first = {10, 20}, .pitch = {8, 8}, .target = {{{0, 0}, {50, 0}, {50, 30}}}};
  for (const double focus : {0.0, 40.0})
    scene.frames.push_back({"focus", focus, Image<float>(3, 4, 12.5f), {{{1, 1}, {9, 1}, {9, 9}, {1, 9}}}});
  write_usd(at("s.usda"), scene);
  const std::string text = bytes_of(at("s.usda"));
  EXPECT_EQ(text.substr(0, 10), "#usda 1.0\n");
  for (const char* part : {"metersPerUnit = 1e-9", "upAxis = \"Z\"", "endTimeCode = 1", "doc = \"a \\\"clip\\\"\"",
                           "faceVertexCounts = [4, 4, 4, 4, 4, 4]", "faceVertexIndices = [0, 1, 5, 4, ",
                           "(34.00, 36.00, 12.50)", "curveVertexCounts = [3]"})
    EXPECT_NE(text.find(part), std::string::npos) << part;
}

}  // namespace
}  // namespace reticle
