// SPDX-License-Identifier: Apache-2.0
// Who of several workers computes what. Claims only save double work: results are content-addressed and
// files appear whole, so that a claim that lies costs time, never a byte.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace reticle {

// Called from several threads at once. Keys are hexadecimal digits, 15 at least.
class WorkClaims {
 public:
  virtual ~WorkClaims() = default;
  // False while another worker holds the key. Ends with the process.
  virtual bool claim(const std::string& key) = 0;
  virtual void release(const std::string& key) = 0;
  // Likewise a block of tiles, for long; whoever has none to claim helps in those of others.
  virtual bool claim_block(std::uint64_t number) = 0;
  virtual void release_block(std::uint64_t number) = 0;
};

// Workers that share a folder: every key locks a byte of its own in a file (open file description locks).
//
// NFS and Lustre pass them to a lock server (with a round trip for each), or have none: Lustre mounted
// without "flock", NFS without lockd. Where errno says so, claims are all granted.
class FileClaims final : public WorkClaims {
 public:
  // Throws Error(io) if the folder cannot be written to.
  explicit FileClaims(const std::filesystem::path& folder);
  ~FileClaims() override;
  FileClaims(const FileClaims&) = delete;
  FileClaims& operator=(const FileClaims&) = delete;

  bool claim(const std::string& key) override;
  void release(const std::string& key) override;
  bool claim_block(std::uint64_t number) override;
  void release_block(std::uint64_t number) override;
  // Why there are no locks here; empty where they work.
  std::string problem() const;

 private:
  bool lock(std::uint64_t byte, short type);
  bool is_held(std::uint64_t byte) const;
  int descriptor_ = -1;
};

}  // namespace reticle
