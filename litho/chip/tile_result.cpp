// SPDX-License-Identifier: Apache-2.0
#include "litho/chip/tile_result.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

#include "litho/chip/stored_values.h"
#include "litho/geometry/bit_image.h"

namespace reticle {

namespace {

constexpr float k_steps = 1024.0f;  // per unit of parameter
constexpr double k_site_step_nm = 1e-3;

// Packs deflate bytes of one significance better beside each other: the first of all numbers, then the second.
void put_by_significance(const std::vector<std::uint32_t>& numbers, ValueWriter& out) {
  for (unsigned shift = 0; shift < 32; shift += 8)
    for (const std::uint32_t number : numbers) out.put(static_cast<std::uint8_t>(number >> shift));
}

std::vector<std::uint32_t> get_by_significance(std::size_t count, ValueReader& in) {
  if (in.left() / sizeof(std::uint32_t) < count) in.fail();
  std::vector<std::uint32_t> numbers(count);
  for (unsigned shift = 0; shift < 32; shift += 8)
    for (std::uint32_t& number : numbers) number |= std::uint32_t{in.get<std::uint8_t>()} << shift;
  return numbers;
}

// Eight pixels a byte, the first lowest.
void put_bits(std::span<const std::uint8_t> pixels, ValueWriter& out) {
  constexpr std::size_t k_word = BitImage::k_word;
  std::size_t i = 0;
  for (; i + k_word <= pixels.size(); i += k_word) out.put(packed_word(pixels.data() + i));
  std::uint8_t rest[k_word]{};
  std::copy(pixels.begin() + static_cast<std::ptrdiff_t>(i), pixels.end(), rest);
  const std::uint64_t bits = packed_word(rest);
  for (unsigned shift = 0; i < pixels.size(); i += 8, shift += 8) out.put(static_cast<std::uint8_t>(bits >> shift));
}

void get_bits(ValueReader& in, std::span<std::uint8_t> pixels) {
  constexpr std::size_t k_word = BitImage::k_word;
  std::size_t i = 0;
  for (; i + k_word <= pixels.size(); i += k_word) unpack_word(in.get<std::uint64_t>(), pixels.data() + i);
  std::uint64_t bits = 0;
  for (std::size_t k = i; k < pixels.size(); k += 8) bits |= std::uint64_t{in.get<std::uint8_t>()} << (k - i);
  std::uint8_t rest[k_word];
  unpack_word(bits, rest);
  std::copy_n(rest, pixels.size() - i, pixels.data() + i);
}

std::uint32_t thousandths(double nm) { return static_cast<std::uint32_t>(static_cast<std::int32_t>(std::lround(nm / k_site_step_nm))); }
double from_thousandths(std::uint32_t steps) { return k_site_step_nm * static_cast<std::int32_t>(steps); }

}  // namespace

Bytes patch_bytes(const Image<float>& patch) {
  Bytes bytes(patch.size() * sizeof(std::int16_t));
  for (std::size_t i = 0; i < patch.size(); ++i) {
    const float steps = std::clamp(std::round(patch.data()[i] * k_steps), -32767.0f, 32767.0f);
    const auto value = static_cast<std::int16_t>(steps);
    std::memcpy(bytes.data() + i * sizeof value, &value, sizeof value);
  }
  return bytes;
}

Image<float> patch_from_bytes(std::span<const std::byte> bytes, int rows, int cols) {
  Image<float> patch(rows, cols);
  ValueReader in(bytes, "the field that its plan asks for");
  if (bytes.size() != patch.size() * sizeof(std::int16_t)) in.fail();
  for (float& parameter : patch) parameter = static_cast<float>(in.get<std::int16_t>()) / k_steps;
  return patch;
}

Bytes mask_bytes(const TileMask& mask) {
  ValueWriter out;
  out.put(static_cast<std::int32_t>(mask.pixels.rows()));
  out.put(static_cast<std::int32_t>(mask.pixels.cols()));
  put_bits({mask.pixels.data(), mask.pixels.size()}, out);
  out.put(mask.assists_trimmed);
  out.put(static_cast<std::uint32_t>(mask.outlines.size()));
  for (const Polygon& outline : mask.outlines) {
    out.put(static_cast<std::uint32_t>(outline.size()));
    for (const Point& p : outline) {
      out.put(p.x);
      out.put(p.y);
    }
  }
  return out.take();
}

TileMask mask_from_bytes(std::span<const std::byte> bytes) {
  ValueReader in(bytes, "a mask");
  const auto rows = in.get<std::int32_t>(), cols = in.get<std::int32_t>();
  if (rows < 0 || cols < 0) in.fail();
  const std::size_t pixels = static_cast<std::size_t>(rows) * static_cast<std::size_t>(cols);
  if (in.left() < (pixels + 7) / 8) in.fail();
  TileMask mask{.pixels = Image<std::uint8_t>(rows, cols)};
  get_bits(in, {mask.pixels.data(), pixels});
  mask.assists_trimmed = in.get<std::int64_t>();
  const auto outlines = in.get<std::uint32_t>();
  for (std::uint32_t i = 0; i < outlines; ++i) {
    Polygon outline(in.get_count<std::uint32_t>(2 * sizeof(double)));
    for (Point& p : outline) {
      p.x = in.get<double>();
      p.y = in.get<double>();
    }
    mask.outlines.push_back(std::move(outline));
  }
  in.end();
  return mask;
}

Bytes measures_bytes(const TileMeasures& measures) {
  ValueWriter out;
  out.put(measures.l2_nm2);
  out.put(measures.pv_band_nm2);
  for (const std::int64_t count : {measures.features.drawn, measures.features.missing, measures.features.extra})
    out.put(count);
  const AssistPrints assists = measures.assists.value_or(AssistPrints{-1, -1});
  out.put(assists.before);
  out.put(assists.after);
  out.put(static_cast<std::int64_t>(measures.sites.size()));
  std::vector<std::uint32_t> x, y, normal_x, normal_y, epe;
  for (const EdgePlacement& place : measures.sites) {
    x.push_back(thousandths(place.site.position.x));
    y.push_back(thousandths(place.site.position.y));
    normal_x.push_back(std::bit_cast<std::uint32_t>(static_cast<float>(place.site.normal.x)));
    normal_y.push_back(std::bit_cast<std::uint32_t>(static_cast<float>(place.site.normal.y)));
    epe.push_back(thousandths(place.epe_nm));
  }
  for (const auto* numbers : {&x, &y, &normal_x, &normal_y, &epe}) put_by_significance(*numbers, out);
  for (const EdgePlacement& place : measures.sites) out.put(static_cast<std::uint8_t>(place.missing));
  return out.take();
}

TileMeasures measures_from_bytes(std::span<const std::byte> bytes) {
  ValueReader in(bytes, "what its mask prints");
  TileMeasures measures;
  measures.l2_nm2 = in.get<double>();
  measures.pv_band_nm2 = in.get<double>();
  for (std::int64_t* count : {&measures.features.drawn, &measures.features.missing, &measures.features.extra})
    *count = in.get<std::int64_t>();
  const auto before = in.get<std::int64_t>(), after = in.get<std::int64_t>();
  if (before >= 0) measures.assists = {before, after};
  const auto sites = in.get<std::int64_t>();
  constexpr std::size_t k_site_bytes = 5 * sizeof(std::uint32_t) + 1;
  if (sites < 0 || in.left() % k_site_bytes != 0 ||
      static_cast<std::size_t>(sites) != in.left() / k_site_bytes)
    in.fail();
  measures.sites.resize(static_cast<std::size_t>(sites));
  const auto numbers = [&] { return get_by_significance(measures.sites.size(), in); };
  const std::vector<std::uint32_t> x = numbers(), y = numbers(), normal_x = numbers(), normal_y = numbers(), epe = numbers();
  for (std::size_t i = 0; i < measures.sites.size(); ++i)
    measures.sites[i] = {.site = {{from_thousandths(x[i]), from_thousandths(y[i])},
                                  {std::bit_cast<float>(normal_x[i]), std::bit_cast<float>(normal_y[i])}},
                         .epe_nm = from_thousandths(epe[i]),
                         .missing = in.get<std::uint8_t>() != 0};
  return measures;
}

}  // namespace reticle
