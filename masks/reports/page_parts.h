// SPDX-License-Identifier: Apache-2.0
// The parts of the page of a verification (page/), packed into the library.
#pragma once

#include <string_view>

namespace reticle {

extern const std::string_view k_page_html;  // with @NAMES@ where the others and the data go
extern const std::string_view k_page_style;
extern const std::string_view k_page_script;

}  // namespace reticle
