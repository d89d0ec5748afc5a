#include "litho/correction/cleanup.h"

#include <vector>

namespace reticle {
namespace {
void remove_small(Image<std::uint8_t>& mask, std::uint8_t value, double minimum_px) {
  Image<std::uint8_t> seen(mask.rows(), mask.cols());
  std::vector<int> queue;
  for (int start = 0; start < static_cast<int>(mask.size()); ++start) {
    if (seen.data()[start] || mask.data()[start] != value) continue;
    queue.assign(1, start);
    seen.data()[start] = 1;
    for (std::size_t i = 0; i < queue.size(); ++i) {
      const int y = queue[i] / mask.cols(), x = queue[i] % mask.cols();
      for (int k = 0; k < 4; ++k) {
        const int v = y + (k == 0) - (k == 1), u = x + (k == 2) - (k == 3);
        if (v < 0 || u < 0 || v >= mask.rows() || u >= mask.cols()) continue;
        const int next = v * mask.cols() + u;
        if (seen.data()[next] || mask.data()[next] != value) continue;
        seen.data()[next] = 1;
        queue.push_back(next);
      }
    }
    if (static_cast<double>(queue.size()) < minimum_px)
      for (int i : queue) mask.data()[i] = static_cast<std::uint8_t>(1 - value);
  }
}
}  // namespace

void clean_mask(Image<std::uint8_t>& mask, double pixel_nm, const CleanupLimits& limits) {
  const double minimum_px = limits.minimum_area_nm2 / (pixel_nm * pixel_nm);
  remove_small(mask, 1, minimum_px);
  remove_small(mask, 0, minimum_px);
}
}  // namespace reticle
