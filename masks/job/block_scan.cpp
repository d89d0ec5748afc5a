// SPDX-License-Identifier: Apache-2.0
#include "masks/job/block_scan.h"

#include <algorithm>
#include <span>

#include "kernels/base/sha256.h"

namespace reticle {

namespace {

constexpr std::size_t k_recent_blocks = 16;

Bytes bytes_of(const std::vector<PackKey>& hashes) {
  const auto bytes = std::as_bytes(std::span(hashes));
  return {bytes.begin(), bytes.end()};
}

std::vector<PackKey> hashes_of(const Bytes& bytes, std::size_t count) {
  if (bytes.size() != count * sizeof(PackKey)) throw MissingResult("a scanned block has another size");
  std::vector<PackKey> hashes(count);
  std::copy(bytes.begin(), bytes.end(), std::as_writable_bytes(std::span(hashes)).begin());
  return hashes;
}

PackKey hash_of(const std::string& text) { return text.empty() ? PackKey{} : pack_key(text); }

std::string text_of(const PackKey& hash) {
  constexpr const char* k_digits = "0123456789abcdef";
  if (hash == PackKey{}) return "";
  std::string text;
  for (const std::uint8_t byte : hash) {
    text += k_digits[byte >> 4];
    text += k_digits[byte & 15];
  }
  return text;
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
    for (const TileIndex& tile : tiles) record.push_back(hash_of(contents.at(tile)));
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
      contents.emplace(tile, text_of(hashes[row * across + static_cast<std::size_t>(tile.x - range.x0)]));
    }
  }
  return contents;
}

}  // namespace reticle
