// SPDX-License-Identifier: Apache-2.0
// A correction job on disk: a folder with what the job is ("job.h5", schema "reticle-job" in
// masks/SCHEMA.md), its finished blocks (block_file.h), its stage results (pack_store.h) and a lock.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "litho/chip/tiling.h"
#include "masks/job/block_file.h"

namespace reticle {

// What decides a job's results.
struct JobDescription {
  std::string tool_version;
  std::string recipe;        // TOML, every value
  std::string model_hash;
  std::string input_sha256;  // of the layout file
  std::string selection;     // layers, cell and window
  std::string tiling;        // core, halo and seams
};

// Names of what differs, with both values: "the recipe's line '...' is '...'". The tool's version
// does not count, nor do keys that only concern measuring.
std::vector<std::string> differences(const JobDescription& stored, const JobDescription& wanted);

// Throws Error(bad_input) or Error(io), naming the file.
JobDescription read_job(const std::filesystem::path& path);
// Whether the job was finished, all its blocks collected. Throws likewise.
bool has_totals(const std::filesystem::path& path);

// Puts a job without results at the path, whole or not at all.
void write_job(const std::filesystem::path& path, const JobDescription& job);

// The finished job, whole or not at all: what it is, its totals, and views of the blocks' files beside it.
class JobFile {
 public:
  JobFile(std::filesystem::path path, const JobDescription& job, const TilePlan& plan,
          double pixel_nm);
  ~JobFile();
  JobFile(const JobFile&) = delete;
  JobFile& operator=(const JobFile&) = delete;
  void add(BlockIndex block, const BlockResults& results);
  void finish(const std::map<std::string, double>& totals);

 private:
  struct Contents;
  std::unique_ptr<Contents> contents_;
};

enum class JobAccess { alone, shared };

// Held while a process works on a job. Throws Error(bad_input) if another has the job for itself, or
// if it is wanted alone and others work on it. Without effect where the file system has no locks.
class JobLock {
 public:
  JobLock(const std::filesystem::path& folder, JobAccess access);
  ~JobLock();
  JobLock(const JobLock&) = delete;
  JobLock& operator=(const JobLock&) = delete;

 private:
  int descriptor_ = -1;
};

}  // namespace reticle
