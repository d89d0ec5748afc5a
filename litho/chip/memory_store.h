// SPDX-License-Identifier: Apache-2.0
// Results of tiles in memory, for who leaves no job.
#pragma once

#include <map>
#include <mutex>
#include <span>
#include <string>

#include "litho/chip/tile_store.h"

namespace reticle {

// Any number of threads may use it at once. get() throws std::out_of_range for a key that has no result.
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
  std::size_t size() const {
    const std::lock_guard lock(mutex_);
    return items_.size();
  }

 private:
  mutable std::mutex mutex_;
  std::map<std::string, Bytes> items_;
};

}  // namespace reticle
