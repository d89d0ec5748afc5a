// SPDX-License-Identifier: Apache-2.0
#include "masks/job/job_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <sstream>

#include "kernels/base/error.h"
#include "masks/hdf5/hdf5.h"

namespace reticle {

namespace {

constexpr const char* k_schema = "reticle-job";
constexpr int k_schema_version = 1;

void write_description(hdf5::Group& root, const JobDescription& job) {
  root.set_text("schema", k_schema);
  root.set_number("schema_version", k_schema_version);
  root.set_text("tool_version", job.tool_version);
  root.set_text("model_hash", job.model_hash);
  root.set_text("input_sha256", job.input_sha256);
  root.set_text("selection", job.selection);
  root.set_text("tiling", job.tiling);
  root.write_text("recipe", job.recipe);
}

void compare(const std::string& name, const std::string& stored, const std::string& wanted,
             std::vector<std::string>& found) {
  if (stored != wanted) found.push_back(name + " is '" + wanted + "', was '" + stored + "'");
}

// Whether levels weigh edges by how far beyond the tolerance they print.
bool weighs_misplaced_edges(const std::string& recipe) {
  constexpr std::string_view k_gain = "emphasis_gain = ";
  std::istringstream lines(recipe);
  for (std::string line; std::getline(lines, line);)
    if (line.starts_with(k_gain) && std::strtod(line.c_str() + k_gain.size(), nullptr) != 0.0) return true;
  return false;
}

// Keys that change what is measured of a finished mask, not the mask (without_measuring()).
bool only_measures(std::string_view line, const std::string& recipe) {
  for (const char* key : {"edge_site_spacing_nm ", "edge_short_nm ", "edge_search_nm "})
    if (line.starts_with(key)) return true;
  return line.starts_with("edge_tolerance_nm ") && !weighs_misplaced_edges(recipe);
}

}  // namespace

std::vector<std::string> differences(const JobDescription& stored, const JobDescription& wanted) {
  std::vector<std::string> found;
  compare("the model (its hash)", stored.model_hash, wanted.model_hash, found);
  compare("the layout (its SHA-256)", stored.input_sha256, wanted.input_sha256, found);
  compare("the selection", stored.selection, wanted.selection, found);
  compare("the tiling", stored.tiling, wanted.tiling, found);
  std::istringstream before(stored.recipe), after(wanted.recipe);
  std::string old_line, new_line;
  while (static_cast<bool>(std::getline(before, old_line)) |
         static_cast<bool>(std::getline(after, new_line))) {
    if (!(only_measures(old_line, stored.recipe) && only_measures(new_line, wanted.recipe)))
      compare("a line of the recipe", old_line, new_line, found);
    old_line.clear();
    new_line.clear();
  }
  return found;
}

namespace {

JobDescription read_root(const hdf5::Group& root) {
  if (!root.has_attribute("schema") || root.text("schema") != k_schema)
    root.fail("@schema", std::string("is not '") + k_schema + "'; this is no correction job");
  if (root.number("schema_version") != k_schema_version)
    root.fail("@schema_version", "is one that this program does not know");
  return {.tool_version = root.text("tool_version"),
          .recipe = root.text_dataset("recipe"),
          .model_hash = root.text("model_hash"),
          .input_sha256 = root.text("input_sha256"),
          .selection = root.text("selection"),
          .tiling = root.text("tiling")};
}

}  // namespace

JobDescription read_job(const std::filesystem::path& path) {
  return hdf5::read_file(path, "a correction job", read_root);
}

bool has_totals(const std::filesystem::path& path) {
  return hdf5::read_file(path, "a correction job", [](const hdf5::Group& root) { return root.has("metrics"); });
}

void write_job(const std::filesystem::path& path, const JobDescription& job) {
  const hdf5::Session session;
  hdf5::NewFile file(session, path);
  write_description(file.root(), job);
  file.save();
}

struct JobFile::Contents {
  std::filesystem::path path;
  JobDescription job;
  std::array<double, 2> core, origin;
  double halo_nm, pixel_nm;
  std::vector<hdf5::VirtualPart> place, mask, masks;
  std::vector<std::int32_t> blocks;    // [block] x, y
  std::vector<double> firsts;          // [block] first tile, first mask
  double tiles_so_far = 0.0, masks_so_far = 0.0;
  std::uint64_t rows = 0, cols = 0;
};

JobFile::JobFile(std::filesystem::path path, const JobDescription& job, const TilePlan& plan,
                 double pixel_nm)
    : contents_(std::make_unique<Contents>(Contents{.path = std::move(path),
                                                    .job = job,
                                                    .core = {plan.core_x_nm, plan.core_y_nm},
                                                    .origin = {plan.origin.x, plan.origin.y},
                                                    .halo_nm = plan.halo_nm,
                                                    .pixel_nm = pixel_nm})) {}

JobFile::~JobFile() = default;

void JobFile::add(BlockIndex block, const BlockResults& results) {
  Contents& c = *contents_;
  const std::string file = block_file_name(block).string();
  c.place.push_back({file, "tiles/place", results.tiles.size()});
  c.mask.push_back({file, "tiles/mask", results.tiles.size()});
  c.blocks.insert(c.blocks.end(), {block.x, block.y});
  c.firsts.insert(c.firsts.end(), {c.tiles_so_far, c.masks_so_far});
  c.tiles_so_far += static_cast<double>(results.tiles.size());
  if (results.mask_keys.empty() || results.pixel_rows == 0) return;
  c.masks.push_back({file, "masks", results.mask_keys.size()});
  c.masks_so_far += static_cast<double>(results.mask_keys.size());
  c.rows = static_cast<std::uint64_t>(results.pixel_rows);
  c.cols = static_cast<std::uint64_t>(results.pixel_cols);
}

void JobFile::finish(const std::map<std::string, double>& totals) {
  Contents& c = *contents_;
  const hdf5::Session session;
  hdf5::NewFile file(session, c.path);
  hdf5::Group& root = file.root();
  write_description(root, c.job);
  root.set_numbers("core_nm", c.core);
  root.set_numbers("tiles_from_nm", c.origin);
  root.set_number("halo_nm", c.halo_nm);
  root.set_number("pixel_nm", c.pixel_nm);
  if (!c.blocks.empty()) {
    hdf5::Group tiles = root.create_group("tiles"), blocks = root.create_group("blocks");
    tiles.write_virtual<std::int32_t>("place", c.place, {2});
    tiles.write_virtual<std::int32_t>("mask", c.mask, {1});
    blocks.write("place", {c.blocks.size() / 2, 2}, c.blocks.data());
    blocks.write("first", {c.firsts.size() / 2, 2}, c.firsts.data());
  }
  if (!c.masks.empty()) root.write_virtual<std::uint8_t>("masks", c.masks, {c.rows, c.cols});
  hdf5::Group metrics = root.create_group("metrics");
  for (const auto& [name, value] : totals) metrics.set_number(name, value);
  file.save();
}

JobLock::JobLock(const std::filesystem::path& folder, JobAccess access) {
  const std::filesystem::path path = folder / "lock";
  descriptor_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (descriptor_ < 0)
    throw Error(ErrorCode::io, path.string() + ": cannot be opened (" + std::strerror(errno) + ")");
  const int kind = access == JobAccess::alone ? LOCK_EX : LOCK_SH;
  const bool refused = ::flock(descriptor_, kind | LOCK_NB) != 0 && errno == EWOULDBLOCK;
  if (!refused) return;  // also where the file system has no locks: workers only do double work there
  ::close(descriptor_);
  throw Error(ErrorCode::bad_input,
              folder.string() + ": another run works on this job; wait for it to end, or start all "
                                "of them with --share to work together");
}

JobLock::~JobLock() { ::close(descriptor_); }

}  // namespace reticle
