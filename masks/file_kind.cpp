// SPDX-License-Identifier: Apache-2.0
#include "masks/file_kind.h"

#include <fstream>
#include <string>

#include "kernels/base/error.h"
#include "masks/hdf5/hdf5.h"

namespace reticle {

namespace {

FileKind kind_of_root(const hdf5::Group& root) {
  if (!root.has_attribute("schema")) {
    if (root.has_attribute("period_nm")) return FileKind::model;
    if (root.has("mask")) return FileKind::mask;
    root.fail("@schema", "is missing; the file is no model, mask or aerial image");
  }
  const std::string schema = root.text("schema");
  if (schema == "reticle-model") return FileKind::model;
  if (schema == "reticle-mask") return FileKind::mask;
  if (schema == "reticle-image") return FileKind::image;
  if (schema == "reticle-job") return FileKind::job;
  if (schema == "reticle-job-block") return FileKind::job_block;
  root.fail("@schema", "is '" + schema.substr(0, 40) + "', which this program does not know");
}

}  // namespace

FileKind kind_of(const std::filesystem::path& path) {
  if (std::filesystem::is_directory(path) || !std::ifstream(path)) {
    throw Error(ErrorCode::io, path.string() + ": there is no such file, or it cannot be read");
  }
  if (!hdf5::is_hdf5(path)) return FileKind::other;
  return hdf5::read_file(path, "a model, a mask or an aerial image", kind_of_root);
}

}  // namespace reticle
