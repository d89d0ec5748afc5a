// SPDX-License-Identifier: Apache-2.0
// Stage results of a job on disk: packs (tile_pack.h) of one folder. Workers are processes, on one machine
// or several, that share the folder and nothing else; each writes packs of its own and reads all.
//
// Memory and open files are bounded: what a worker keeps of a full pack is its name, of one that is still
// written at most k_pack_records keys. Nothing depends on locks; see work_claims.h for what they save.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "litho/chip/tile_store.h"
#include "masks/job/tile_pack.h"
#include "masks/job/work_claims.h"

namespace reticle {

inline constexpr std::size_t k_pack_records = 16384;
inline constexpr std::uint64_t k_pack_bytes = std::uint64_t{1} << 28;

// Threads of a worker share one store.
class PackStore final : public TileStore {
 public:
  // Claims are asked in order; they outlive the store. Throws Error(io) if the folder cannot be read.
  explicit PackStore(std::filesystem::path folder, std::vector<WorkClaims*> claims = {});
  ~PackStore() override;

  bool has(const std::string& key) const override;
  // Throws MissingResult if it is damaged or was dropped: has() is false from then on.
  Bytes get(const std::string& key) const override;
  // Throws Error(io), naming the remedy, if the disk is full; what is stored is safe. Keys are 64
  // hexadecimal digits.
  void put(const std::string& key, std::span<const std::byte> bytes, ResultUse use) override;
  // False while another worker holds the key, or if the result is there by now.
  bool claim(const std::string& key) override;
  void release(const std::string& key) override;
  bool claim_block(std::uint64_t number);
  void release_block(std::uint64_t number);

  // Looks for what other workers have added.
  void refresh();
  // Sleeps and looks, of whoever can only wait for what others have claimed. Where nothing new comes for as long
  // as patience lasts, they are taken as lost (their locks may live on in a lock server), and claims are granted
  // from then on: work may be done twice. Not while threads of this worker claim.
  void wait_for_others();
  void set_patience(std::chrono::seconds patience) { patience_ = patience; }
  bool has_lost_patience() const { return lost_patience_; }
  // Brings this worker's records to disk.
  void sync();
  // Indexes packs that nobody writes any more. Only while no other worker is there.
  void seal();
  // From now on the oldest passing results are dropped beyond this many bytes.
  void limit_passing(std::uint64_t bytes) { passing_limit_ = bytes; }
  void drop_passing();
  std::uint64_t passing_bytes() const;  // on disk, of all workers
  std::size_t size() const;  // records; equal keys of several packs counted each

 private:
  struct Pack {
    std::filesystem::path path;
    bool sealed = false;
    std::size_t records = 0;
    std::uint64_t end = 0;
  };
  struct Place {
    const Pack* pack;
    std::uint64_t offset;
  };
  struct KeyHash {
    std::size_t operator()(const PackKey& key) const;
  };
  struct Own {
    Pack* pack = nullptr;
    std::unique_ptr<PackFile> file;
  };

  void refresh_locked();
  void refresh_now_and_then();
  void seal_locked(Pack& pack);
  void drop_beyond_limit();
  std::optional<Place> find(const PackKey& key) const;

  std::filesystem::path folder_;
  std::string name_;  // of this worker's packs
  std::vector<WorkClaims*> claims_;
  mutable std::mutex mutex_;
  mutable OpenPacks open_;
  mutable std::map<std::string, Pack> packs_;  // by file name
  mutable std::unordered_map<PackKey, Place, KeyHash> places_;  // in packs without an index
  mutable std::set<std::pair<const Pack*, std::uint64_t>> damaged_;
  Own own_[2];  // by ResultUse
  int packs_made_ = 0;
  std::uint64_t passing_limit_ = UINT64_MAX;
  std::chrono::steady_clock::time_point refreshed_{};
  std::chrono::steady_clock::duration refresh_cost_{};
  std::chrono::seconds patience_{900};
  std::optional<std::chrono::steady_clock::time_point> waiting_since_;
  std::chrono::steady_clock::time_point waits_from_{}, waited_until_{};  // of the waits in a row, or since something came
  std::size_t records_then_ = 0;
  bool lost_patience_ = false;
};

}  // namespace reticle
