// SPDX-License-Identifier: Apache-2.0
// Where stage results of tiles are kept, under the hash of all that they are computed from.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "kernels/base/error.h"
#include "litho/chip/tile_result.h"

namespace reticle {

// A result that was there is damaged or gone: it has to be computed again.
class MissingResult : public Error {
 public:
  explicit MissingResult(const std::string& message) : Error(ErrorCode::bad_input, message) {}
};

enum class ResultUse {
  kept,     // part of what a job leaves
  passing,  // read by the next stage; may be dropped at any time, at the cost of computing it again
};

// Called from several threads at once.
class TileStore {
 public:
  virtual ~TileStore() = default;
  virtual bool has(const std::string& key) const = 0;
  // Throws MissingResult.
  virtual Bytes get(const std::string& key) const = 0;
  virtual void put(const std::string& key, std::span<const std::byte> bytes, ResultUse use) = 0;
  // Whether the caller is to compute the key's result; false: another worker does or did. Saves work
  // only: results are right, and the same, if two workers are told to compute one.
  virtual bool claim(const std::string&) { return true; }
  virtual void release(const std::string&) {}
};

}  // namespace reticle
