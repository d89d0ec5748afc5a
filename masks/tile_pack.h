// Stage results of a job on disk: append-only files, one for each worker, safe against kill -9.
//
// A record is a header (magic, key, lengths, CRC-32) and the compressed bytes [RFC 1950]. A record
// cut short by a crash or a full disk is not seen by readers, and removed by the worker that goes on
// with the file.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "litho/correction/chip.h"

namespace reticle {

class TilePack;

// All packs of a folder; writes go to this worker's own. Threads of a worker share one store.
class PackStore final : public TileStore {
 public:
  // Opens what is in the folder and appends to "worker-N.pack".
  // Throws Error(io) if the folder cannot be read or written.
  PackStore(std::filesystem::path folder, int worker);
  ~PackStore() override;

  bool has(const std::string& key) const override;
  // Throws Error(io) if the record cannot be read, Error(bad_input) if it is damaged.
  Bytes get(const std::string& key) const override;
  // Throws Error(io), naming the remedy, if the disk is full; the file is as before then. Keys are
  // 64 hexadecimal digits.
  void put(const std::string& key, std::span<const std::byte> bytes) override;

  // Looks for what other workers have added.
  void refresh();
  // Brings this worker's records to disk.
  void sync();
  std::size_t size() const;

 private:
  struct Place {
    const TilePack* pack;
    std::uint64_t offset;
  };
  void refresh_locked();

  std::filesystem::path folder_;
  mutable std::mutex mutex_;
  std::map<std::string, std::unique_ptr<TilePack>> packs_;  // by file name
  TilePack* own_ = nullptr;
  std::map<std::string, Place> places_;
};

}  // namespace reticle
