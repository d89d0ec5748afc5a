// SPDX-License-Identifier: Apache-2.0
#include "litho/assist/model_assists.h"

#include <algorithm>
#include <cmath>

#include "litho/geometry/rasterize.h"

namespace reticle {

namespace {

// Sums over boxes of pixels in four look-ups; pixels beyond the image count nothing.
class BoxSums {
 public:
  explicit BoxSums(ImageView<const float> image) : rows_(image.rows), cols_(image.cols), sums_(image.rows + 1, image.cols + 1) {
    for (int y = 0; y < rows_; ++y)
      for (int x = 0; x < cols_; ++x)
        sums_(y + 1, x + 1) = static_cast<double>(image(y, x)) + sums_(y, x + 1) + sums_(y + 1, x) - sums_(y, x);
  }
  // Rows y0 to y1 and columns x0 to x1, the last ones left out.
  double sum(int y0, int y1, int x0, int x1) const {
    const auto row = [&](int y) { return std::clamp(y, 0, rows_); };
    const auto col = [&](int x) { return std::clamp(x, 0, cols_); };
    return sums_(row(y1), col(x1)) - sums_(row(y0), col(x1)) - sums_(row(y1), col(x0)) + sums_(row(y0), col(x0));
  }

 private:
  int rows_, cols_;
  Image<double> sums_;
};

// Pixels that a bar's middle line passes, from first to last along it; upright: along y.
struct Run {
  bool upright = false;
  int line = 0, first = 0, last = 0;
  double gain = 0.0;
};

class Guide {
 public:
  Guide(std::span<const Polygon> outlines, ImageView<const float> gain, const Grid& grid, const AssistSettings& settings,
        double mask_grid_nm)
      : grid_(grid), s_(settings), mask_grid_nm_(mask_grid_nm), free_(grid.rows, grid.cols), cuts_{{grid.rows, grid.cols}, {grid.rows, grid.cols}} {
    const Image<float> drawn = rasterize_rings(outlines, grid);
    const BoxSums covered(drawn.view()), gains(gain);
    const int away = static_cast<int>(std::ceil((s_.end_gap_nm + 0.5 * s_.width_nm) / grid.pixel_nm));
    const int half = static_cast<int>(0.5 * s_.width_nm / grid.pixel_nm);
    for (int y = 0; y < grid.rows; ++y)
      for (int x = 0; x < grid.cols; ++x) {
        const bool within = y >= away && x >= away && y < grid.rows - away && x < grid.cols - away;
        free_(y, x) = within && covered.sum(y - away, y + away + 1, x - away, x + away + 1) < 1e-6;
        if (!free_(y, x)) continue;
        cuts_[0](y, x) = gains.sum(y - half, y + half + 1, x, x + 1);
        cuts_[1](y, x) = gains.sum(y, y + 1, x - half, x + half + 1);
        least_ = std::max({least_, s_.least_gain * cuts_[0](y, x), s_.least_gain * cuts_[1](y, x)});
      }
  }

  std::vector<Polygon> bars() {
    std::vector<Polygon> out;
    if (least_ <= 0.0) return out;
    while (true) {
      const Run best = std::max(best_along(false), best_along(true), [](const Run& a, const Run& b) { return a.gain < b.gain; });
      if (best.gain <= 0.0) return out;
      out.push_back(bar_of(best));
      keep_away(best);
    }
  }

 private:
  Run best_along(bool upright) const {
    Run best;
    const int lines = upright ? grid_.cols : grid_.rows, along = upright ? grid_.rows : grid_.cols;
    for (int line = 0; line < lines; ++line) {
      Run run{.upright = upright, .line = line, .first = 0, .last = -1};
      for (int i = 0; i <= along; ++i) {
        const int y = upright ? i : line, x = upright ? line : i;
        const double cut = i < along && free_(y, x) ? cuts_[upright ? 1 : 0](y, x) : 0.0;
        if (cut >= least_) {
          run.last = i;
          run.gain += cut;
          continue;
        }
        const bool is_long = (run.last - run.first + 1) * grid_.pixel_nm >= s_.minimum_length_nm - 1e-6;
        if (run.last >= run.first && is_long && run.gain > best.gain) best = run;
        run.first = i + 1;
        run.gain = 0.0;
      }
    }
    return best;
  }

  Polygon bar_of(const Run& run) const {
    const auto on_grid = [&](double nm) { return std::round(nm / mask_grid_nm_) * mask_grid_nm_; };
    const double from_x = grid_.origin_x_nm, from_y = grid_.origin_y_nm, pixel = grid_.pixel_nm;
    const double along0 = on_grid((run.upright ? from_y : from_x) + run.first * pixel);
    const double along1 = on_grid((run.upright ? from_y : from_x) + (run.last + 1) * pixel);
    const double low = on_grid((run.upright ? from_x : from_y) + (run.line + 0.5) * pixel - 0.5 * s_.width_nm);
    const double high = low + s_.width_nm;
    if (run.upright) return {{low, along0}, {high, along0}, {high, along1}, {low, along1}};
    return {{along0, low}, {along1, low}, {along1, high}, {along0, high}};
  }

  // No bar's middle nearer to this one than the spacing between them.
  void keep_away(const Run& run) {
    const int across = static_cast<int>(std::ceil((s_.spacing_nm + s_.width_nm) / grid_.pixel_nm));
    const int beyond = static_cast<int>(std::ceil((s_.spacing_nm + 0.5 * s_.width_nm) / grid_.pixel_nm));
    const int y0 = run.upright ? run.first - beyond : run.line - across, y1 = run.upright ? run.last + beyond : run.line + across;
    const int x0 = run.upright ? run.line - across : run.first - beyond, x1 = run.upright ? run.line + across : run.last + beyond;
    for (int y = std::max(0, y0); y <= std::min(grid_.rows - 1, y1); ++y)
      for (int x = std::max(0, x0); x <= std::min(grid_.cols - 1, x1); ++x) free_(y, x) = false;
  }

  const Grid& grid_;
  const AssistSettings& s_;
  double mask_grid_nm_;
  Image<std::uint8_t> free_;  // for a bar's middle
  Image<double> cuts_[2];     // gain of a cut across a bar whose middle lies here: along x, along y
  double least_ = 0.0;
};

}  // namespace

std::vector<Polygon> model_assists(std::span<const Polygon> outlines, ImageView<const float> gain, const Grid& grid,
                                   const AssistSettings& settings, double mask_grid_nm) {
  return Guide(outlines, gain, grid, settings, mask_grid_nm).bars();
}

}  // namespace reticle
