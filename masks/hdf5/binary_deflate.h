// SPDX-License-Identifier: Apache-2.0
// Images of zeros and ones, a byte a pixel, as a zlib stream [RFC 1950, 1951] that every reader of deflate takes.
//
// A row of a mask differs from the one below it where outlines lean and nowhere else. So a stream needs two
// distances only, a row back and a pixel back, and the places where either ends are the set bits of
// differences of words of 64 pixels: nothing is searched for, and no byte is looked at twice.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace reticle::hdf5 {

// Whether deflate_binary() takes these pixels: all 0 or 1, rows of whole words no longer than deflate reaches back.
bool is_binary(std::span<const std::uint8_t> pixels, std::size_t width);

// The stream, in place of what `packed` holds.
void deflate_binary(std::span<const std::uint8_t> pixels, std::size_t width, std::vector<std::uint8_t>& packed);

}  // namespace reticle::hdf5
