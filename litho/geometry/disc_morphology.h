// Morphology of binary masks by a disc, 64 pixels at a time.
//
// Opening keeps what a disc inside the shape can reach: parts narrower than the disc go. Closing does
// the same to the clear: gaps narrower than the disc are filled. [Serra 1982]
#pragma once

#include <cstdint>
#include <vector>

#include "kernels/base/image.h"

namespace reticle {

// A binary image, 64 pixels a word, within a frame of what lies beyond it: all clear (0).
class BitImage {
 public:
  // 1 where the mask is not 0.
  explicit BitImage(const Image<std::uint8_t>& mask);
  Image<std::uint8_t> unpacked() const;

  bool any() const;
  BitImage& invert();  // of the frame too
  BitImage& clear_where(const BitImage& other);
  bool operator==(const BitImage&) const = default;

  // The disc holds the pixels whose centre lies within diameter_px / 2 of its own. Throws
  // Error(invalid_argument) for a diameter above 120 pixels; one below 1 changes nothing.
  BitImage dilated(double diameter_px) const;
  BitImage opened(double diameter_px) const;
  BitImage closed(double diameter_px) const;

 private:
  void widen(int shift, BitImage& wide) const;
  std::uint64_t* row(int y) { return bits_.data() + static_cast<std::size_t>(y) * words_; }
  const std::uint64_t* row(int y) const {
    return bits_.data() + static_cast<std::size_t>(y) * words_;
  }

  int rows_, cols_;       // of the mask
  int framed_rows_, words_;
  std::vector<std::uint64_t> bits_;
};

}  // namespace reticle
