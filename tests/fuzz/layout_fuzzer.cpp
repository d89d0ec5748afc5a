// SPDX-License-Identifier: Apache-2.0
// libFuzzer target: any bytes as a layout file. Build with -DRETICLE_FUZZ=ON and clang, then
//   layout_fuzzer -max_total_time=600 -timeout=1 -rss_limit_mb=1024 CORPUS_FOLDER
#include "kernels/base/error.h"
#include "masks/layout/layout.h"
#include "masks/warnings.h"
#include "tests/fuzz/input_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  reticle::WarningScope warnings;
  try {
    const reticle::Layout layout = reticle::Layout::open(reticle::fuzz::file_of(data, size, ""));
    layout.summary();
    const auto layers = layout.layers();
    if (layers.empty()) return 0;
    for (const std::string& cell : layout.top_cells())
      reticle::LayoutView(layout, cell, layers).query({-1000, -1000, 3000, 3000});
  } catch (const reticle::Error&) {
  }
  return 0;
}
