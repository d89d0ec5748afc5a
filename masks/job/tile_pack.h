// Stage results of a job on disk: append-only files, one for each worker, safe against kill -9.
// Workers are processes, on one machine or several, that share the folder and nothing else.
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

#include "litho/chip/tile_store.h"

namespace reticle {

class TilePack;

// All packs of a folder; writes go to this worker's own. Threads of a worker share one store.
class PackStore final : public TileStore {
 public:
  // Reads what is in the folder and appends to the first "worker-N.pack" that no living worker has.
  // Throws Error(io) if the folder cannot be read or written.
  explicit PackStore(std::filesystem::path folder);
  ~PackStore() override;

  bool has(const std::string& key) const override;
  // Throws Error(io) if the record cannot be read, Error(bad_input) if it is damaged.
  Bytes get(const std::string& key) const override;
  // Throws Error(io), naming the remedy, if the disk is full; the file is as before then. Keys are
  // 64 hexadecimal digits.
  void put(const std::string& key, std::span<const std::byte> bytes) override;

  // A lock on the key, which ends with the process that holds it. False while another holds it, or
  // if the result is there by now.
  bool claim(const std::string& key) override;
  void release(const std::string& key) override;

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

  bool lock(const std::string& key, short type);

  std::filesystem::path folder_;
  int claims_ = -1;  // a file of which every key locks its own byte
  mutable std::mutex mutex_;
  std::map<std::string, std::unique_ptr<TilePack>> packs_;  // by file name
  TilePack* own_ = nullptr;
  std::map<std::string, Place> places_;
};

}  // namespace reticle
