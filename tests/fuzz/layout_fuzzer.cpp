// libFuzzer target: any bytes as a layout file. Build with -DRETICLE_FUZZ=ON and clang, then
//   layout_fuzzer -max_total_time=600 -timeout=1 -rss_limit_mb=1024 CORPUS_FOLDER
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "kernels/base/error.h"
#include "masks/layout/layout.h"

namespace {

// One file for the whole run, in memory where the system has such a place.
const std::filesystem::path& input_file() {
  static const std::filesystem::path path = [] {
    const std::filesystem::path memory = "/dev/shm";
    const auto folder = std::filesystem::exists(memory) ? memory : std::filesystem::temp_directory_path();
    return folder / ("reticle_fuzz." + std::to_string(::getpid()));
  }();
  return path;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::FILE* file = std::fopen(input_file().c_str(), "wb");
  if (file == nullptr) std::abort();
  std::fwrite(data, 1, size, file);
  std::fclose(file);
  try {
    const reticle::Layout layout = reticle::Layout::open(input_file());
    const auto layers = layout.layers();
    if (layers.empty()) return 0;
    for (const std::string& cell : layout.top_cells())
      reticle::LayoutView(layout, cell, layers).query({-1000, -1000, 3000, 3000});
  } catch (const reticle::Error&) {
  }
  return 0;
}
