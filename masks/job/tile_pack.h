// SPDX-License-Identifier: Apache-2.0
// One append-only file of records on disk, safe against kill -9.
//
// A record is a header (magic, lengths, key, two CRC-32) and the compressed bytes [RFC 1950]. A record cut
// short by a crash or a full disk is not seen; sound ones behind a damaged one are found by their magic.
// A pack that gets no more records has an index beside it, sorted by key, so that it need not be read.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "litho/chip/tile_result.h"

namespace reticle {

using PackKey = std::array<std::uint8_t, 32>;
PackKey pack_key(const std::string& hexadecimal);  // throws Error(invalid_argument)

// An open file. Throws Error(io), naming path and reason.
class PackFile {
 public:
  PackFile(std::filesystem::path path, int flags);
  ~PackFile();
  PackFile(const PackFile&) = delete;
  PackFile& operator=(const PackFile&) = delete;
  // False at the end of the file.
  bool read(std::uint64_t offset, void* to, std::size_t size) const;
  void write(std::uint64_t offset, std::span<const std::byte> bytes);
  void sync();
  std::uint64_t size() const;

 private:
  [[noreturn]] void fail(const char* what) const;
  std::filesystem::path path_;
  int descriptor_ = -1;
};

// Files open for reading, a bounded number: the one unused for longest is closed. Thread-safe.
class OpenPacks {
 public:
  explicit OpenPacks(std::size_t most) : most_(most) {}
  // Empty where the file is gone.
  std::shared_ptr<PackFile> open(const std::filesystem::path& path);

 private:
  using Entry = std::pair<std::string, std::shared_ptr<PackFile>>;
  std::size_t most_;
  std::mutex mutex_;
  std::list<Entry> recent_;  // the latest first
  std::unordered_map<std::string, std::list<Entry>::iterator> places_;
};

// Appends at the end of the pack, which then is `end` + the bytes returned long.
std::uint64_t append_record(PackFile& pack, std::uint64_t end, const PackKey& key,
                            std::span<const std::byte> bytes);
// What the bytes take in a pack.
double stored_bytes(std::span<const std::byte> bytes);
// Nothing unless a whole and sound record of the key starts there.
std::optional<Bytes> read_record(const PackFile& pack, std::uint64_t offset, const PackKey& key);
// Calls found(key, offset) for whole records from `begin` on, by their headers; returns where the last of
// them ends.
std::uint64_t find_records(const PackFile& pack, std::uint64_t begin,
                           const std::function<void(const PackKey&, std::uint64_t)>& found);

struct PackEntry {
  PackKey key;
  std::uint64_t offset = 0;
};
std::filesystem::path index_of(const std::filesystem::path& pack);
// Whole or not at all.
void write_index(const std::filesystem::path& pack, std::vector<PackEntry> entries);
// The record's offset, by interpolation: keys are hashes, so this reads a few kilobytes whatever the size.
std::optional<std::uint64_t> find_in_index(const PackFile& index, const PackKey& key);

}  // namespace reticle
