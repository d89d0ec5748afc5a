// Where stage results of tiles are kept, under the hash of all that they are computed from.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "litho/chip/tile_result.h"

namespace reticle {

// Called from several threads at once.
class TileStore {
 public:
  virtual ~TileStore() = default;
  virtual bool has(const std::string& key) const = 0;
  // Throws Error if the result is not there (any more).
  virtual Bytes get(const std::string& key) const = 0;
  virtual void put(const std::string& key, std::span<const std::byte> bytes) = 0;
  // Whether the caller is to compute the key's result; false: another worker does or did. Saves work
  // only: results are right, and the same, if two workers are told to compute one.
  virtual bool claim(const std::string&) { return true; }
  virtual void release(const std::string&) {}
};

}  // namespace reticle
