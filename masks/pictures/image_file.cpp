// SPDX-License-Identifier: Apache-2.0
#include "masks/pictures/image_file.h"

#include "masks/hdf5/hdf5.h"
#include "masks/hdf5/pixels.h"

namespace reticle {

namespace {

constexpr const char* k_schema = "reticle-image";
constexpr double k_schema_version = 1.0;

ImageFile read_root(const hdf5::Group& root) {
  if (root.text("schema") != k_schema)
    root.fail("@schema", std::string("is not '") + k_schema + "'; give an aerial image");
  if (root.number("schema_version") != k_schema_version)
    root.fail("@schema_version", "is a version this program does not know; it reads version 1");
  ImageFile file;
  file.grid = hdf5::read_grid(root, "aerial");
  file.aerial = hdf5::read_pixels<float>(root, "aerial", file.grid);
  file.condition = root.text("condition");
  file.dose = root.number("dose");
  file.model_hash = root.text("model_hash");
  file.tool_version = root.text("tool_version");
  return file;
}

}  // namespace

ImageFile read_image(const std::filesystem::path& path) {
  return hdf5::read_file(path, "an image of 'reticle simulate'", read_root);
}

void write_image(const std::filesystem::path& path, const ImageFile& file) {
  const hdf5::Session session;
  hdf5::NewFile output(session, path);
  hdf5::Group& root = output.root();
  root.set_text("schema", k_schema);
  root.set_number("schema_version", k_schema_version);
  root.set_text("condition", file.condition);
  root.set_number("dose", file.dose);
  root.set_text("model_hash", file.model_hash);
  root.set_text("tool_version", file.tool_version);
  hdf5::write_pixels(root, "aerial", file.aerial, file.grid);
  output.save();
}

}  // namespace reticle
