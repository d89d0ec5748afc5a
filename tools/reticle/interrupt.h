// SPDX-License-Identifier: Apache-2.0
// Ctrl-C: the first one asks for an orderly end between two clips, the second ends the process.
#pragma once

namespace reticle::tools {

// From here on SIGINT and SIGTERM are noted instead of killing the process at once.
void catch_interrupts();
bool interrupted();

}  // namespace reticle::tools
