// SPDX-License-Identifier: Apache-2.0
// Reading a layout for correction, without correcting: time to the first tile's geometry and to
// that of all tiles, merged and hashed, and the peak of memory.
//
//   layout_tiles LAYOUT LAYER/DATATYPE [THREADS] [CORE_NM] [HALO_NM]
#include <sys/resource.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "litho/chip/tiling.h"
#include "masks/layout/layout.h"

int main(int argc, char** argv) {
  using namespace reticle;
  if (argc < 3)
    return std::fputs("usage: layout_tiles LAYOUT LAYER/DATATYPE [THREADS] [CORE_NM] [HALO_NM]\n",
                      stderr), 2;
  const int threads = argc > 3 ? std::atoi(argv[3]) : 1;
  TilePlan plan;
  plan.core_x_nm = plan.core_y_nm = argc > 4 ? std::atof(argv[4]) : 1040.0;
  plan.halo_nm = argc > 5 ? std::atof(argv[5]) : 504.0;
  try {
    const auto start = std::chrono::steady_clock::now();
    const auto seconds = [&] {
      return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    };
    const Layout layout = Layout::open(argv[1]);
    const LayoutView view(layout, "", {layer_from_text(argv[2])});
    const std::vector<TileIndex> tiles = plan.tiles_in(view.bounding_box());
    const GeometrySource source = [&](const Box& box) { return view.query(box); };
    const auto hash = [&](TileIndex tile) { return content_hash(tile_design(source, plan, tile)); };
    hash(tiles.front());
    std::printf("first tile after %.2f s\n", seconds());
    std::atomic<std::size_t> next{0};
    std::vector<std::set<std::string>> seen(static_cast<std::size_t>(threads));
    std::vector<std::thread> workers;
    for (auto& own : seen)
      workers.emplace_back([&] {
        for (std::size_t i; (i = next++) < tiles.size();) own.insert(hash(tiles[i]));
      });
    for (std::thread& worker : workers) worker.join();
    for (auto& own : seen) seen.front().merge(own);
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    std::printf("%zu tiles after %.1f s on %d threads, %zu different; memory peak %.0f MiB\n",
                tiles.size(), seconds(), threads, seen.front().size(),
                static_cast<double>(usage.ru_maxrss) / 1024.0);
  } catch (const std::exception& error) {
    return std::fprintf(stderr, "layout_tiles: %s\n", error.what()), 3;
  }
  return 0;
}
