// SPDX-License-Identifier: Apache-2.0
// Stage results of a tile pipeline in memory.
#pragma once

#include <map>
#include <mutex>
#include <string>

#include "litho/chip/tile_store.h"

namespace reticle::test {

class MemoryStore : public TileStore {
 public:
  bool has(const std::string& key) const override {
    const std::lock_guard lock(mutex_);
    return items_.count(key) > 0;
  }
  Bytes get(const std::string& key) const override {
    const std::lock_guard lock(mutex_);
    return items_.at(key);
  }
  void put(const std::string& key, std::span<const std::byte> bytes, ResultUse) override {
    const std::lock_guard lock(mutex_);
    items_[key].assign(bytes.begin(), bytes.end());
  }
  std::size_t size() const { return items_.size(); }

 private:
  mutable std::mutex mutex_;
  std::map<std::string, Bytes> items_;
};

}  // namespace reticle::test
