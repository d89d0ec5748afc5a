#include "litho/geometry/disc_morphology.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "kernels/base/error.h"

namespace reticle {

namespace {

constexpr int k_word = 64;
constexpr int k_frame = k_word;  // pixels of the outside kept on every side; above any disc's radius

}  // namespace

BitImage::BitImage(const Image<std::uint8_t>& mask)
    : rows_(mask.rows()), cols_(mask.cols()), framed_rows_(rows_ + 2 * k_frame),
      words_((cols_ + k_word - 1) / k_word + 2),
      bits_(static_cast<std::size_t>(framed_rows_) * words_) {
  for (int y = 0; y < rows_; ++y) {
    const std::uint8_t* in = mask.row(y);
    std::uint64_t* out = row(y + k_frame) + 1;
    for (int x = 0; x < cols_; x += k_word, ++out) {
      std::uint64_t word = 0;
      for (int i = 0; i < std::min(k_word, cols_ - x); ++i)
        word |= static_cast<std::uint64_t>(in[x + i] != 0) << i;
      *out = word;
    }
  }
}

Image<std::uint8_t> BitImage::unpacked() const {
  Image<std::uint8_t> mask(rows_, cols_);
  for (int y = 0; y < rows_; ++y) {
    const std::uint64_t* in = row(y + k_frame) + 1;
    std::uint8_t* out = mask.row(y);
    for (int x = 0; x < cols_; ++x) out[x] = in[x / k_word] >> (x % k_word) & 1;
  }
  return mask;
}

bool BitImage::any() const {
  return std::any_of(bits_.begin(), bits_.end(), [](std::uint64_t word) { return word != 0; });
}

BitImage& BitImage::invert() {
  for (std::uint64_t& word : bits_) word = ~word;
  return *this;
}

BitImage& BitImage::clear_where(const BitImage& other) {
  for (std::size_t i = 0; i < bits_.size(); ++i) bits_[i] &= ~other.bits_[i];
  return *this;
}

// wide |= this moved by `shift` to the left and to the right; beyond a row its end value goes on.
void BitImage::widen(int shift, BitImage& wide) const {
  const int last = words_ - 1;
  for (int y = 0; y < framed_rows_; ++y) {
    const std::uint64_t* in = row(y);
    std::uint64_t* out = wide.row(y);
    for (int i = 0; i <= last; ++i) {
      const std::uint64_t below = i > 0 ? in[i - 1] : in[0], above = i < last ? in[i + 1] : in[last];
      out[i] |= in[i] << shift | below >> (k_word - shift) | in[i] >> shift |
                above << (k_word - shift);
    }
  }
}

BitImage BitImage::dilated(double diameter_px) const {
  if (diameter_px > 120.0)
    throw Error(ErrorCode::invalid_argument, "a disc of " + std::to_string(diameter_px) +
                                                 " pixels; at most 120: use larger pixels");
  BitImage result = *this;
  if (diameter_px < 1.0) return result;
  const double radius = 0.5 * diameter_px;
  BitImage wide = *this;
  int half_width = 0;
  for (int dy = static_cast<int>(radius); dy >= 0; --dy) {
    const int wanted = static_cast<int>(std::sqrt(radius * radius - dy * dy));
    while (half_width < wanted) widen(++half_width, wide);
    for (int y = 0; y < framed_rows_; ++y) {
      std::uint64_t* out = result.row(y);
      const std::uint64_t* below = wide.row(std::max(y - dy, 0));
      const std::uint64_t* above = wide.row(std::min(y + dy, framed_rows_ - 1));
      for (int i = 0; i < words_; ++i) out[i] |= below[i] | above[i];
    }
  }
  return result;
}

BitImage BitImage::opened(double diameter_px) const {
  BitImage outside = *this;
  return outside.invert().dilated(diameter_px).invert().dilated(diameter_px);
}

BitImage BitImage::closed(double diameter_px) const {
  BitImage outside = *this;
  return outside.invert().opened(diameter_px).invert();
}

}  // namespace reticle
