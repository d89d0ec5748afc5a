// SPDX-License-Identifier: Apache-2.0
// NumPy's .npy files. [NumPy Enhancement Proposal 1; numpy.lib.format]
#pragma once

#include <complex>
#include <cstddef>
#include <filesystem>
#include <vector>

#include "kernels/base/image.h"

namespace reticle {

struct NpyArray {
  Image<float> values;    // [row][column] as stored
  bool is_whole = false;  // truth values and integers
};

// Truth values, integers and floats of up to 8 bytes, in C or Fortran order and either byte order. Throws
// Error(bad_input) naming the file for anything else or more than 2^28 numbers, Error(io) if it cannot be read.
NpyArray read_npy(const std::filesystem::path& path);

// Any number of axes, the last the fastest.
struct NpyNumbers {
  std::vector<std::size_t> shape;
  std::vector<std::complex<double>> values;
  bool is_complex = false;
};

// The same types and complex numbers of 8 and 16 bytes, without loss; same limits and errors.
NpyNumbers read_npy_numbers(const std::filesystem::path& path);

}  // namespace reticle
