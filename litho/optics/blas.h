// SPDX-License-Identifier: Apache-2.0
// OpenBLAS as this library wants it.
#pragma once

namespace reticle {

// One thread, for parallel loops are ours, and on every machine the kernels for AVX2, which this library needs
// anyway: the same sums everywhere. OpenBLAS takes those of 2004, four times as slow, on processors younger than
// itself. Call it before the first product; again it does nothing.
void settle_blas();

}  // namespace reticle
