// SPDX-License-Identifier: Apache-2.0
#include "masks/job/traced_mask.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "kernels/base/sha256.h"
#include "litho/chip/stored_values.h"
#include "litho/geometry/polygon_area.h"
#include "masks/job/mask_layout.h"

namespace reticle {

namespace {

double area_nm2(const TileMask& mask, double pixel_nm) {
  double area = 0.0;
  for (const Polygon& outline : mask.outlines) area += std::abs(signed_area(outline));
  return area + static_cast<double>(std::count(mask.pixels.begin(), mask.pixels.end(), 1)) * pixel_nm * pixel_nm;
}

}  // namespace

std::string traced_key(const std::string& mask_key, const MaskTracing& how) {
  Sha256 hash;
  hash.add(fmt::format("traced mask 1\n{}\n{} {}\n{} {} {}", mask_key, how.plan.core_x_nm, how.plan.core_y_nm, how.pixel_nm,
                       how.tolerance_nm, how.dbu_nm));
  return hash.finish();
}

TracedMask traced(const TileMask& mask, const MaskTracing& how) {
  return {.outlines = mask_outlines(mask, how.plan, how.pixel_nm, how.tolerance_nm, how.dbu_nm),
          .area_nm2 = area_nm2(mask, how.pixel_nm),
          .pixel_rows = mask.pixels.rows(),
          .pixel_cols = mask.pixels.cols()};
}

Bytes traced_bytes(const TracedMask& mask) {
  ValueWriter out;
  out.put(mask.area_nm2);
  out.put(mask.pixel_rows);
  out.put(mask.pixel_cols);
  out.put(static_cast<std::uint64_t>(mask.outlines.size()));
  for (const auto& outline : mask.outlines) {
    out.put(static_cast<std::uint64_t>(outline.size()));
    out.put_bytes(std::as_bytes(std::span(outline)));
  }
  return out.take();
}

TracedMask traced_from_bytes(std::span<const std::byte> bytes) {
  ValueReader in(bytes, "a traced mask");
  TracedMask mask;
  in.get(mask.area_nm2);
  in.get(mask.pixel_rows);
  in.get(mask.pixel_cols);
  mask.outlines.resize(in.get_count<std::uint64_t>(sizeof(std::uint64_t)));
  for (auto& outline : mask.outlines) {
    outline.resize(in.get_count<std::uint64_t>(sizeof(layout::DbPoint)));
    const auto points = in.get_bytes(outline.size() * sizeof(layout::DbPoint));
    std::copy(points.begin(), points.end(), std::as_writable_bytes(std::span(outline)).begin());
  }
  in.end();
  return mask;
}

}  // namespace reticle
