#include "masks/pictures/preview.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <string_view>
#include <vector>

#include "kernels/base/error.h"
#include "masks/pictures/lettering.h"

namespace reticle {
namespace {

// Colours that stay apart for the colour-blind and in grey print.
constexpr Rgb k_paper = {255, 255, 255};
constexpr Rgb k_ink = {20, 20, 20};
constexpr Rgb k_mask = {190, 205, 224};
constexpr Rgb k_band = {240, 140, 40};
constexpr Rgb k_printed = {20, 70, 170};

constexpr int k_margin_px = 40;
constexpr int k_target_line_px = 3;
constexpr int k_printed_line_px = 1;  // thin, so that a narrow band beside it is seen
constexpr int k_letter_scale = 3;
constexpr int k_legend_row_px = 36;

using Layer = ImageView<const std::uint8_t>;

// Pixels [x0, x1) x [y0, y1).
struct Window {
  int x0 = 0, y0 = 0, x1 = 0, y1 = 0;
};

std::vector<Layer> present(const PreviewLayers& layers) {
  std::vector<Layer> found;
  for (const Layer& layer : {layers.target, layers.mask, layers.printed, layers.variation_band}) {
    if (layer.data) found.push_back(layer);
  }
  for (const Layer& layer : found) {
    if (layer.rows != found[0].rows || layer.cols != found[0].cols) {
      throw Error(ErrorCode::invalid_argument,
                  "A preview needs layers of one size; one has " + std::to_string(layer.rows) +
                      " x " + std::to_string(layer.cols) + " pixels, another " +
                      std::to_string(found[0].rows) + " x " + std::to_string(found[0].cols) + ".");
    }
  }
  return found;
}

// The bounding box of everything drawn, with a margin.
Window shown_window(const std::vector<Layer>& layers) {
  if (layers.empty()) return {};
  const int rows = layers[0].rows, cols = layers[0].cols;
  Window box{cols, rows, 0, 0};
  for (const Layer& layer : layers) {
    for (int y = 0; y < rows; ++y) {
      for (int x = 0; x < cols; ++x) {
        if (!layer(y, x)) continue;
        box = {std::min(box.x0, x), std::min(box.y0, y), std::max(box.x1, x + 1),
               std::max(box.y1, y + 1)};
      }
    }
  }
  if (box.x1 <= box.x0) return {0, 0, cols, rows};
  return {std::max(0, box.x0 - k_margin_px), std::max(0, box.y0 - k_margin_px),
          std::min(cols, box.x1 + k_margin_px), std::min(rows, box.y1 + k_margin_px)};
}

// A canvas over the window; (x, y) are pixels of the layers, y up.
struct Canvas {
  Image<Rgb>& picture;
  Window window;

  void fill(const Layer& layer, Rgb colour) {
    if (!layer.data) return;
    for (int y = window.y0; y < window.y1; ++y) {
      for (int x = window.x0; x < window.x1; ++x) {
        if (layer(y, x)) dot(x, y, colour);
      }
    }
  }

  // Pixels inside with a neighbour outside, line_px (odd) thick.
  void outline(const Layer& layer, Rgb colour, int line_px) {
    if (!layer.data) return;
    for (int y = window.y0; y < window.y1; ++y) {
      for (int x = window.x0; x < window.x1; ++x) {
        if (!layer(y, x) || !on_edge(layer, x, y)) continue;
        const int reach = line_px / 2;
        for (int v = -reach; v <= reach; ++v) {
          for (int u = -reach; u <= reach; ++u) dot(x + u, y + v, colour);
        }
      }
    }
  }

  void dot(int x, int y, Rgb colour) {
    if (x < window.x0 || x >= window.x1 || y < window.y0 || y >= window.y1) return;
    picture(window.y1 - 1 - y, x - window.x0) = colour;
  }

  static bool on_edge(const Layer& layer, int x, int y) {
    if (x == 0 || y == 0 || x == layer.cols - 1 || y == layer.rows - 1) return true;
    return !layer(y, x - 1) || !layer(y, x + 1) || !layer(y - 1, x) || !layer(y + 1, x);
  }
};

void fill_box(Image<Rgb>& picture, int row, int col, int rows, int cols, Rgb colour) {
  for (int r = std::max(0, row); r < std::min(picture.rows(), row + rows); ++r) {
    for (int c = std::max(0, col); c < std::min(picture.cols(), col + cols); ++c) {
      picture(r, c) = colour;
    }
  }
}

void write_word(Image<Rgb>& picture, int row, int col, std::string_view word) {
  for (int r = 0; r < k_glyph_rows; ++r) {
    for (int c = 0; c < static_cast<int>(word.size()) * k_glyph_pitch; ++c) {
      if (!inked(word, r, c)) continue;
      fill_box(picture, row + r * k_letter_scale, col + c * k_letter_scale, k_letter_scale,
               k_letter_scale, k_ink);
    }
  }
}

struct LegendEntry {
  std::string_view word;
  Rgb colour;
  enum { filled, outlined } style;
};

std::vector<LegendEntry> legend(const PreviewLayers& layers) {
  std::vector<LegendEntry> entries;
  if (layers.target.data) entries.push_back({"TARGET", k_ink, LegendEntry::outlined});
  if (layers.mask.data) entries.push_back({"MASK", k_mask, LegendEntry::filled});
  if (layers.printed.data) entries.push_back({"PRINTED", k_printed, LegendEntry::outlined});
  if (layers.variation_band.data) {
    entries.push_back({"PROCESS VARIATION BAND", k_band, LegendEntry::filled});
  }
  return entries;
}

void draw_legend(Image<Rgb>& picture, int top, const PreviewLayers& layers) {
  constexpr int k_swatch_cols = 45, k_swatch_rows = 21, k_left = 12;
  int row = top + 8;
  for (const LegendEntry& entry : legend(layers)) {
    fill_box(picture, row, k_left, k_swatch_rows, k_swatch_cols, entry.colour);
    if (entry.style == LegendEntry::outlined) {
      fill_box(picture, row + k_target_line_px, k_left + k_target_line_px,
               k_swatch_rows - 2 * k_target_line_px, k_swatch_cols - 2 * k_target_line_px, k_paper);
    }
    write_word(picture, row, k_left + k_swatch_cols + 12, entry.word);
    row += k_legend_row_px;
  }
  // The longest of 1, 2, 5, 10 ... nm that is at most a quarter of the picture's width.
  const double widest_nm = picture.cols() * layers.pixel_nm / 4;
  const double decade = std::pow(10.0, std::floor(std::log10(widest_nm)));
  const double step = widest_nm / decade >= 5 ? 5 : (widest_nm / decade >= 2 ? 2 : 1);
  const int bar_nm = std::max(1, static_cast<int>(step * decade));
  const int bar_px = static_cast<int>(std::lround(bar_nm / layers.pixel_nm));
  fill_box(picture, row + 8, k_left, 6, bar_px, k_ink);
  write_word(picture, row, k_left + bar_px + 12, std::to_string(bar_nm) + " NM");
}

}  // namespace

Image<Rgb> draw_preview(const PreviewLayers& layers) {
  const Window window = shown_window(present(layers));
  constexpr int k_narrowest_px = 520;  // the longest legend entry
  const int rows = window.y1 - window.y0;
  const int legend_rows = k_legend_row_px * (static_cast<int>(legend(layers).size()) + 1) + 8;
  Image<Rgb> picture(rows + legend_rows, std::max(k_narrowest_px, window.x1 - window.x0), k_paper);

  Canvas canvas{picture, window};
  canvas.fill(layers.mask, k_mask);
  canvas.outline(layers.target, k_ink, k_target_line_px);
  canvas.fill(layers.variation_band, k_band);
  canvas.outline(layers.printed, k_printed, k_printed_line_px);
  draw_legend(picture, rows, layers);
  return picture;
}

}  // namespace reticle
