// SPDX-License-Identifier: Apache-2.0
// Text within XML and HTML: elements and attributes in double quotes.
#pragma once

#include <string>
#include <string_view>

namespace reticle {

// & < > and " as entities; control characters, which XML 1.0 cannot hold, as U+FFFD.
std::string xml_text(std::string_view text);

}  // namespace reticle
