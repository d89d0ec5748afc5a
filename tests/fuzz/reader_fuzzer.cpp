// SPDX-License-Identifier: Apache-2.0
// libFuzzer targets for the readers of everything but layouts; RETICLE_FUZZED says which. Build and run as
// layout_fuzzer.cpp says, e.g.
//   glp_fuzzer -max_total_time=600 -timeout=5 -rss_limit_mb=2048 NEW_CORPUS tests/fuzz/corpus/glp
#include "kernels/base/error.h"
#include "masks/design_file.h"
#include "masks/gauge_file.h"
#include "masks/mask_file.h"
#include "masks/model_file.h"
#include "masks/recipes/recipes.h"
#include "masks/warnings.h"
#include "tests/fuzz/input_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace reticle;
  const std::filesystem::path path = fuzz::file_of(data, size, RETICLE_FUZZED);
  const std::string kind = RETICLE_FUZZED;
  WarningScope warnings;
  try {
    if (kind == ".glp" || kind == ".png" || kind == ".npy") read_design(path);
    if (kind == ".mask.h5") read_mask(path);
    if (kind == ".model.h5") read_model(path);
    if (kind == ".toml") read_model_recipe(path);
    if (kind == ".csv") read_gauges(path);
  } catch (const Error&) {
  }
  return 0;
}
