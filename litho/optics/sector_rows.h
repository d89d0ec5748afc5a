// SPDX-License-Identifier: Apache-2.0
// The source-by-pupil matrix in its symmetry sectors, in batches of rows that carry the same part of the orders.
#pragma once

#include <complex>
#include <functional>
#include <span>
#include <vector>

#include "litho/optics/coherent_rows.h"
#include "litho/optics/mirror_sectors.h"
#include "litho/optics/source.h"

namespace reticle {

// Columns in which some row is not zero, and the rows there.
template <class T>
struct RowBatch {
  int count = 0;
  std::vector<int> columns;
  std::vector<std::complex<T>> values;  // [row][column]

  int width() const { return static_cast<int>(columns.size()); }
};

// A source in patches of neighbouring directions, whose rows share orders and are gathered for one product.
struct SourcePatches {
  std::vector<SourcePoint> points;
  std::vector<std::size_t> ends;  // [patch] one past its last point
};
SourcePatches patches_of(const CoherentRows& rows, std::vector<SourcePoint> source);

// Calls use(sector, batch) for all rows of the source in every sector, each row made once, in a fixed order. T:
// float where 1e-6 of the strongest system will do, else double.
template <class T>
void for_row_batches(const CoherentRows& rows, const SourcePatches& source, std::span<const OrderSector* const> sectors,
                     const std::function<void(std::size_t, const RowBatch<T>&)>& use);

// sum_rows conj(A)^T A of each sector, upper triangle [size][size].
template <class T>
std::vector<std::vector<std::complex<T>>> gram_matrices(const CoherentRows& rows, const SourcePatches& source,
                                                        std::span<const OrderSector* const> sectors);

}  // namespace reticle
