// SPDX-License-Identifier: Apache-2.0
#include "kernels/base/version.h"

namespace reticle {

std::string_view version() { return RETICLE_VERSION; }

}  // namespace reticle
