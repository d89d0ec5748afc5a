// SPDX-License-Identifier: Apache-2.0
#include "masks/pictures/usd_scene.h"

#include <fmt/format.h>

#include "masks/output_file.h"

namespace reticle {

namespace {

// Of a string in quotes.
std::string in_quotes(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  }
  return out + "\"";
}

std::string points_of(const UsdScene& scene, const Image<float>& height) {
  std::string text = "[";
  for (int y = 0; y < height.rows(); ++y)
    for (int x = 0; x < height.cols(); ++x)
      text += fmt::format("{}({:.2f}, {:.2f}, {:.2f})", x + y > 0 ? ", " : "", scene.first.x + x * scene.pitch.x,
                          scene.first.y + y * scene.pitch.y, height(y, x));
  return text + "]";
}

std::string surface(const UsdScene& scene) {
  const Image<float>& first = scene.frames.front().height_nm;
  const int rows = first.rows(), cols = first.cols();
  std::string counts, corners;
  for (int y = 0; y + 1 < rows; ++y)
    for (int x = 0; x + 1 < cols; ++x) {
      const int i = y * cols + x;
      counts += i == 0 ? "4" : ", 4";
      corners += fmt::format("{}{}, {}, {}, {}", i == 0 ? "" : ", ", i, i + 1, i + cols + 1, i + cols);
    }
  std::string samples;
  for (std::size_t f = 0; f < scene.frames.size(); ++f)
    samples += fmt::format("            {}: {},\n", f, points_of(scene, scene.frames[f].height_nm));
  return fmt::format(
      "    def Mesh \"Resist\"\n    {{\n"
      "        uniform token subdivisionScheme = \"none\"\n"
      "        uniform bool doubleSided = true\n"
      "        color3f[] primvars:displayColor = [(0.84, 0.37, 0.0)]\n"
      "        int[] faceVertexCounts = [{}]\n        int[] faceVertexIndices = [{}]\n"
      "        point3f[] points.timeSamples = {{\n{}        }}\n    }}\n",
      counts, corners, samples);
}

struct Curves {
  std::string counts, points;
};

Curves curves_of(const std::vector<Polygon>& rings, double height_nm) {
  Curves curves;
  for (const Polygon& ring : rings) {
    curves.counts += fmt::format("{}{}", curves.counts.empty() ? "" : ", ", ring.size());
    for (const Point& p : ring)
      curves.points += fmt::format("{}({:.2f}, {:.2f}, {:.2f})", curves.points.empty() ? "" : ", ", p.x, p.y, height_nm);
  }
  return curves;
}

std::string outlines(const char* name, const std::string& counts, const std::string& points, const char* colour) {
  return fmt::format(
      "    def BasisCurves \"{}\"\n    {{\n        uniform token type = \"linear\"\n"
      "        uniform token wrap = \"periodic\"\n        color3f[] primvars:displayColor = [({})]\n"
      "        float[] widths = [2] (\n            interpolation = \"constant\"\n        )\n"
      "        int[] curveVertexCounts{}\n        point3f[] points{}\n    }}\n",
      name, colour, counts, points);
}

std::string still(const char* name, const std::vector<Polygon>& rings, double height_nm, const char* colour) {
  if (rings.empty()) return "";
  const Curves curves = curves_of(rings, height_nm);
  return outlines(name, " = [" + curves.counts + "]", " = [" + curves.points + "]", colour);
}

std::string printed(const UsdScene& scene, double height_nm) {
  std::string counts = ".timeSamples = {\n", points = counts;
  for (std::size_t f = 0; f < scene.frames.size(); ++f) {
    const Curves curves = curves_of(scene.frames[f].printed, height_nm);
    counts += fmt::format("            {}: [{}],\n", f, curves.counts);
    points += fmt::format("            {}: [{}],\n", f, curves.points);
  }
  return outlines("Printed", counts + "        }", points + "        }", "0.74, 0.2, 0.0");
}

}  // namespace

void write_usd(const std::filesystem::path& path, const UsdScene& scene) {
  std::string conditions;
  for (std::size_t f = 0; f < scene.frames.size(); ++f)
    conditions += fmt::format("{}{}: {}, focus {:g} nm", f == 0 ? "" : "; ", f, scene.frames[f].condition,
                              scene.frames[f].focus_nm);
  std::string text = fmt::format(
      "#usda 1.0\n(\n    defaultPrim = \"Place\"\n    doc = {}\n    metersPerUnit = 1e-9\n    upAxis = \"Z\"\n"
      "    startTimeCode = 0\n    endTimeCode = {}\n    timeCodesPerSecond = 1\n    framesPerSecond = 1\n)\n\n"
      "def Xform \"Place\"\n{{\n    custom string conditions = {}\n",
      in_quotes(scene.name), scene.frames.size() - 1, in_quotes(conditions));
  text += surface(scene);
  text += printed(scene, 1.0);
  text += still("Target", scene.target, 0.5, "0.35, 0.35, 0.35");
  text += still("Mask", scene.mask, scene.mask_height_nm, "0.34, 0.71, 0.91");
  text += "}\n";
  OutputFile output(path);
  output.write(text);
  output.commit();
}

}  // namespace reticle
