// SPDX-License-Identifier: Apache-2.0
#include "masks/pictures/lettering.h"

#include <ft2build.h>
#include FT_FREETYPE_H

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <mutex>

#include "masks/pictures/drawing.h"

namespace reticle {

namespace {

// Code points of UTF-8; bytes that are none are taken as they are.
std::vector<FT_ULong> code_points(const std::string& text) {
  std::vector<FT_ULong> points;
  for (std::size_t i = 0; i < text.size();) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const std::size_t length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    FT_ULong point = length == 1 ? byte : byte & (0x7fu >> length);
    for (std::size_t k = 1; k < length && i + k < text.size(); ++k)
      point = point << 6 | (static_cast<unsigned char>(text[i + k]) & 0x3fu);
    points.push_back(point);
    i += length;
  }
  return points;
}

// One font for the program; FreeType's faces are not to be shared by threads at once.
class Font {
 public:
  Font() {
    const std::string path = font_file().string();
    if (path.empty() || FT_Init_FreeType(&library_) != 0) return;
    if (FT_New_Face(library_, path.c_str(), 0, &face_) != 0) face_ = nullptr;
  }
  ~Font() {
    if (face_) FT_Done_Face(face_);
    if (library_) FT_Done_FreeType(library_);
  }
  Font(const Font&) = delete;
  Font& operator=(const Font&) = delete;

  InkedWords inked(const std::string& text, double size) {
    const std::lock_guard guard(mutex_);
    InkedWords words;
    if (!face_) return words;
    FT_Set_Char_Size(face_, 0, std::lround(64.0 * size), 72, 72);
    words.ascent = static_cast<int>(std::ceil(1.05 * size));
    const std::vector<FT_ULong> points = code_points(text);
    words.ink = Image<std::uint8_t>(static_cast<int>(std::ceil(1.4 * size)),
                                    static_cast<int>(std::ceil(1.1 * size * static_cast<double>(points.size()))) + 2);
    double pen = 0.0;
    for (const FT_ULong point : points) {
      if (FT_Load_Char(face_, point, FT_LOAD_RENDER | FT_LOAD_NO_HINTING) != 0) continue;
      stamp(words, static_cast<int>(std::lround(pen)));
      pen += static_cast<double>(face_->glyph->linearHoriAdvance) / 65536.0;
    }
    words.width = pen;
    return words;
  }

 private:
  void stamp(InkedWords& words, int pen) const {
    const FT_Bitmap& bitmap = face_->glyph->bitmap;
    for (unsigned y = 0; y < bitmap.rows; ++y)
      for (unsigned x = 0; x < bitmap.width; ++x) {
        const int row = words.ascent - face_->glyph->bitmap_top + static_cast<int>(y);
        const int col = pen + face_->glyph->bitmap_left + static_cast<int>(x);
        if (row < 0 || col < 0 || row >= words.ink.rows() || col >= words.ink.cols()) continue;
        std::uint8_t& ink = words.ink(row, col);
        ink = std::max(ink, bitmap.buffer[static_cast<std::ptrdiff_t>(y) * bitmap.pitch + x]);
      }
  }

  FT_Library library_ = nullptr;
  FT_Face face_ = nullptr;
  std::mutex mutex_;
};

Font& font() {
  static Font one;
  return one;
}

}  // namespace

std::filesystem::path font_file() {
  std::vector<std::filesystem::path> places;
  if (const char* named = std::getenv("RETICLE_FONT")) places.emplace_back(named);
  std::error_code none;
  const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", none);
  if (!none) places.push_back(program.parent_path().parent_path() / "share/reticle/DejaVuSans.ttf");
  places.emplace_back("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf");
  places.emplace_back("/usr/share/fonts/dejavu-sans-fonts/DejaVuSans.ttf");
  places.emplace_back("/usr/share/fonts/TTF/DejaVuSans.ttf");
  for (const std::filesystem::path& place : places)
    if (std::filesystem::is_regular_file(place, none)) return place;
  return {};
}

InkedWords inked(const std::string& text, double size) { return font().inked(text, size); }

double width_of(const std::string& text, double size) {
  const double width = inked(text, size).width;
  return width > 0.0 ? width : 0.55 * size * static_cast<double>(text.size());
}

}  // namespace reticle
