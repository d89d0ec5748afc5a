// SPDX-License-Identifier: Apache-2.0
// Gauges as CSV, the form calibration and measurement tools exchange.
#pragma once

#include <filesystem>
#include <vector>

#include "litho/metrology/gauges.h"

namespace reticle {

// Columns name, x0, y0, x1, y1 (layout nm) and, if given, cd_nm and weight. A first line of these words
// puts them in any order, without it they stand in this one; cd_nm is also found as cd, measured_cd or
// "measured CD". With such a line further columns say how a CD was measured: focus_nm (empty: nominal), exposure, which
// multiplies the intensity, or dose, which multiplies the amplitude (empty: 1), and pattern, the input that the gauge
// lies in. A name may stand once for each pattern, focus and exposure. An empty cd_nm means none, an empty weight 1; '#' starts a comment line; lines may end as
// on Windows, and the file start with UTF-8's byte order mark. Throws Error(bad_input) naming file and line,
// for two gauges of one name and a CD that is not above 0 too, and Error(io) if the file cannot be read.
std::vector<Gauge> read_gauges(const std::filesystem::path& path);

}  // namespace reticle
