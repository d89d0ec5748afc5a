// SPDX-License-Identifier: Apache-2.0
// Ctrl-C: the first one asks for an orderly end between two clips or iterations. What has not ended a twentieth of a second
// later is ended: results are files that appear whole, so nothing that is finished is lost. The second ends the process.
#pragma once

namespace reticle::tools {

// From here on SIGINT and SIGTERM are noted instead of killing the process at once. Ranks of one job wait for each other
// and end in order only.
void catch_interrupts();
bool interrupted();

}  // namespace reticle::tools
