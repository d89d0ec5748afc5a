// Lettering: words in a 5 x 7 pixel alphabet, for legends.
#pragma once

#include <string_view>

namespace reticle {

constexpr int k_glyph_cols = 5;
constexpr int k_glyph_rows = 7;
constexpr int k_glyph_pitch = 6;  // one empty column between letters

// Whether pixel (row from the top, col) of a word is inked. Capitals, digits and '.'; any other
// character is a blank.
bool inked(std::string_view word, int row, int col);

}  // namespace reticle
