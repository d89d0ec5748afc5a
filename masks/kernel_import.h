// SPDX-License-Identifier: Apache-2.0
// Optical kernels as others keep them: files of the ICCAD-2013 contest, and stacks in NumPy's format.
//
// The contest keeps a folder for each focus: scales.txt, the number of kernels and their weights, one a line; and
// fh0.bin, fh1.bin, ... big endian: int32 columns, rows, 2 (the kind), the kernel's number and one more, then float32
// real and imaginary parts. Orders along x run slowest: number (m + columns / 2) * rows + n + rows / 2 multiplies
// the mask's coefficient (m, n). [Banerjee, Li, Nassif 2013, ICCAD contest; its simulator's kernels.h]
//
// Stacks: complex [conditions][kernels][n + rows / 2][m + columns / 2], or without the first axis, and weights
// [conditions][kernels]; PyTorch's .pt is refused, as it is a program. Those of DevelSet and curvyILT hold focus and defocus first; conjugate transposes behind
// them are for gradients and are left out.
#pragma once

#include <filesystem>
#include <span>

#include "litho/imaging/optical_model.h"

namespace reticle {

struct KernelImport {
  double period_nm = 2048.0;  // of the field that the orders belong to
  double threshold = 0.225;
};

// From one folder for each condition, focus first; from a folder that holds M1OPC and M1OPC_def, focus_data and
// defocus_data, or focus and defocus; or from two .npy files, kernels and weights. Throws Error(bad_input) naming the
// file and what is wrong with it, Error(io) if it cannot be read.
OpticalModel import_kernels(std::span<const std::filesystem::path> places, const KernelImport& options = {});

}  // namespace reticle
