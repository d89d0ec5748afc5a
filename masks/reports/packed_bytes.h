// SPDX-License-Identifier: Apache-2.0
// Bytes for pages that carry their data: compressed [RFC 1950], as base64 [RFC 4648].
#pragma once

#include <memory>
#include <ostream>
#include <span>
#include <string>
#include <string_view>

namespace reticle {

std::string base64(std::span<const unsigned char> bytes);  // as they are
std::string packed_base64(std::span<const unsigned char> bytes);
std::string packed_base64(const std::string& text);

// The same of text that comes in pieces, without holding it: packed into a page as it comes.
class PackedText {
 public:
  explicit PackedText(std::ostream& page);
  ~PackedText();
  void add(std::string_view text);
  // Once, after the last add().
  void finish();

 private:
  struct Stream;
  void pack(std::string_view text, int flush);
  std::unique_ptr<Stream> stream_;
};

}  // namespace reticle
