// NumPy's .npy files of two axes. [NumPy Enhancement Proposal 1; numpy.lib.format]
#pragma once

#include <filesystem>

#include "kernels/base/image.h"

namespace reticle {

struct NpyArray {
  Image<float> values;    // [row][column] as stored
  bool is_whole = false;  // truth values and integers
};

// Truth values, integers and floats of up to 8 bytes, in C or Fortran order and either byte order. Throws
// Error(bad_input) naming the file for anything else or more than 2^28 numbers, Error(io) if it cannot be read.
NpyArray read_npy(const std::filesystem::path& path);

}  // namespace reticle
