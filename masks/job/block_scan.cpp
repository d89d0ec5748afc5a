// SPDX-License-Identifier: Apache-2.0
#include "masks/job/block_scan.h"

#include <set>

#include "kernels/base/sha256.h"

namespace reticle {

namespace {

constexpr std::size_t k_recent_blocks = 16;

Bytes bytes_of(const std::vector<std::string>& hashes) {
  Bytes bytes;
  for (const std::string& hash : hashes) {
    const PackKey key = hash.empty() ? PackKey{} : pack_key(hash);
    for (const std::uint8_t byte : key) bytes.push_back(static_cast<std::byte>(byte));
  }
  return bytes;
}

std::vector<std::string> hashes_of(const Bytes& bytes, std::size_t count) {
  constexpr const char* k_digits = "0123456789abcdef";
  constexpr std::size_t k_hash = sizeof(PackKey);
  if (bytes.size() != count * k_hash) throw MissingResult("a scanned block has another size");
  std::vector<std::string> hashes(count);
  for (std::size_t i = 0; i < count; ++i) {
    std::string text;
    bool any = false;
    for (std::size_t k = 0; k < k_hash; ++k) {
      const auto byte = static_cast<unsigned>(bytes[i * k_hash + k]);
      any = any || byte != 0;
      text += k_digits[byte >> 4];
      text += k_digits[byte & 15];
    }
    if (any) hashes[i] = text;
  }
  return hashes;
}

}  // namespace

BlockScan::BlockScan(const TilePipeline& pipeline, const BlockGrid& grid, TileRange scanned,
                     std::string identity, PackStore& store)
    : pipeline_(pipeline), grid_(grid), scanned_(scanned), identity_(std::move(identity)), store_(store) {}

const BlockScan::Record& BlockScan::record(BlockIndex block, int threads, const ScanProgress& progress,
                                           const std::function<bool()>& interrupted) {
  const auto known = recent_.find(block);
  if (known != recent_.end()) return known->second;
  const TileRange range = range_of(block);
  Sha256 hash;
  hash.add("scan of " + std::to_string(range.x0) + " " + std::to_string(range.y0) + " " +
           std::to_string(range.x1) + " " + std::to_string(range.y1) + "\n" + identity_);
  const std::string key = hash.finish();
  if (recent_.size() >= k_recent_blocks) recent_.erase(recent_.begin());
  for (;;) {
    if (store_.has(key)) {
      try {
        return recent_[block] = hashes_of(store_.get(key), range.count());
      } catch (const MissingResult&) {
        recent_.erase(block);  // damaged: it is read again
      }
    }
    if (interrupted()) return recent_[block];
    if (store_.claim(key)) break;
    store_.wait_for_others();
  }
  const std::vector<TileIndex> tiles = range.tiles();
  const TileContents contents = pipeline_.scan(tiles, threads, progress);
  tiles_read_ += contents.size();
  Record& record = recent_[block];
  if (contents.size() == tiles.size()) {
    for (const TileIndex& tile : tiles) record.push_back(contents.at(tile));
    store_.put(key, bytes_of(record), ResultUse::kept);
  }
  store_.release(key);
  return record;
}

TileContents BlockScan::contents(std::span<const TileIndex> tiles, int threads,
                                 const ScanProgress& progress, const std::function<bool()>& interrupted) {
  std::map<BlockIndex, std::vector<TileIndex>> by_block;
  for (const TileIndex& tile : tiles) by_block[grid_.block_of(tile)].push_back(tile);
  TileContents contents;
  for (const auto& [block, members] : by_block) {
    const Record& hashes = record(block, threads, progress, interrupted);
    if (hashes.empty()) {
      recent_.erase(block);
      return contents;
    }
    const TileRange range = range_of(block);
    for (const TileIndex& tile : members) {
      const auto row = static_cast<std::size_t>(tile.y - range.y0);
      const auto across = static_cast<std::size_t>(range.x1 - range.x0);
      contents.emplace(tile, hashes[row * across + static_cast<std::size_t>(tile.x - range.x0)]);
    }
  }
  return contents;
}

}  // namespace reticle
