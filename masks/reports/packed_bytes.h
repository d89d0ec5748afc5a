// SPDX-License-Identifier: Apache-2.0
// Bytes for pages that carry their data: compressed [RFC 1950], as base64 [RFC 4648].
#pragma once

#include <span>
#include <string>

namespace reticle {

std::string base64(std::span<const unsigned char> bytes);  // as they are
std::string packed_base64(std::span<const unsigned char> bytes);
std::string packed_base64(const std::string& text);

}  // namespace reticle
