// SPDX-License-Identifier: Apache-2.0
// What `reticle info` says of jobs and of what is written beside masks: reports, tables, markers, recipes, scenes.
#pragma once

#include <filesystem>

#include "tools/reticle/info_rows.h"

namespace reticle::tools {

// A folder of a correction or a verification, or its job.h5. Throws Error(bad_input) if there is none.
void add_job(InfoRows& rows, const std::filesystem::path& path);

// False: none of these kinds. By extension and contents: .json, .csv, .lyrdb, .html, .toml, .usda, .svg.
bool add_report(InfoRows& rows, const std::filesystem::path& path);

}  // namespace reticle::tools
