// SPDX-License-Identifier: Apache-2.0
// Reports of a corrected layout: JSON, CSV, one HTML page, and markers for KLayout.
#pragma once

#include <string>

#include "masks/job/layout_job.h"

namespace reticle {

// Tiles with something drawn in or near them for each distinct mask.
double reuse_ratio(const LayoutOutcome& outcome);

// The cores of all tiles: what the mask's layout speaks of.
Box corrected_extent(const LayoutOutcome& outcome);

// What report.json holds, as text; bytes of names that are no UTF-8 are replaced.
std::string layout_report(const LayoutJob& job, const LayoutOutcome& outcome);

// Writes report.json, tiles.csv, report.html and violations.lyrdb into the job's folder.
void write_layout_reports(const LayoutJob& job, const LayoutOutcome& outcome);

}  // namespace reticle
