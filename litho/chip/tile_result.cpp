#include "litho/chip/tile_result.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <type_traits>

#include "kernels/base/error.h"

namespace reticle {

namespace {

constexpr float k_steps = 1024.0f;  // per unit of parameter

[[noreturn]] void fail() {
  throw Error(ErrorCode::bad_input,
              "a stored tile does not have the size that its plan asks for; the job's files were "
              "made by another program or are damaged: start the job in a new folder");
}

class Writer {
 public:
  template <class T>
  void put(const T& value) {
    static_assert(std::is_arithmetic_v<T>);
    const auto* from = reinterpret_cast<const std::byte*>(&value);
    bytes_.insert(bytes_.end(), from, from + sizeof(T));
  }
  Bytes take() { return std::move(bytes_); }

 private:
  Bytes bytes_;
};

class Reader {
 public:
  explicit Reader(std::span<const std::byte> bytes) : bytes_(bytes) {}
  template <class T>
  T get() {
    if (bytes_.size() < sizeof(T)) fail();
    T value;
    std::memcpy(&value, bytes_.data(), sizeof(T));
    bytes_ = bytes_.subspan(sizeof(T));
    return value;
  }
  std::size_t left() const { return bytes_.size(); }

 private:
  std::span<const std::byte> bytes_;
};

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
  if (bytes.size() != patch.size() * sizeof(std::int16_t)) fail();
  for (std::size_t i = 0; i < patch.size(); ++i) {
    std::int16_t value;
    std::memcpy(&value, bytes.data() + i * sizeof value, sizeof value);
    patch.data()[i] = static_cast<float>(value) / k_steps;
  }
  return patch;
}

Bytes result_bytes(const TileResult& result) {
  Writer out;
  out.put(static_cast<std::int32_t>(result.mask.rows()));
  out.put(static_cast<std::int32_t>(result.mask.cols()));
  out.put(result.l2_nm2);
  out.put(result.band_nm2);
  out.put(static_cast<std::int64_t>(result.sites.size()));
  for (const EdgePlacement& place : result.sites) {
    for (const Point& p : {place.site.position, place.site.normal}) {
      out.put(p.x);
      out.put(p.y);
    }
    out.put(place.epe_nm);
    out.put(static_cast<std::uint8_t>(place.missing));
  }
  for (std::size_t i = 0; i < result.mask.size(); i += 8) {
    unsigned bits = 0;
    for (std::size_t k = i; k < std::min(i + 8, result.mask.size()); ++k)
      bits |= (result.mask.data()[k] != 0 ? 1u : 0u) << (k - i);
    out.put(static_cast<std::uint8_t>(bits));
  }
  return out.take();
}

TileResult result_from_bytes(std::span<const std::byte> bytes) {
  Reader in(bytes);
  const auto rows = in.get<std::int32_t>(), cols = in.get<std::int32_t>();
  if (rows < 0 || cols < 0) fail();
  TileResult result;
  result.l2_nm2 = in.get<double>();
  result.band_nm2 = in.get<double>();
  const auto sites = in.get<std::int64_t>();
  constexpr std::size_t k_site_bytes = 5 * sizeof(double) + 1;
  if (sites < 0 || static_cast<std::size_t>(sites) > in.left() / k_site_bytes) fail();
  const std::size_t pixels = static_cast<std::size_t>(rows) * static_cast<std::size_t>(cols);
  if (in.left() - static_cast<std::size_t>(sites) * k_site_bytes != (pixels + 7) / 8) fail();
  for (std::int64_t i = 0; i < sites; ++i) {
    EdgePlacement place;
    for (Point* p : {&place.site.position, &place.site.normal}) {
      p->x = in.get<double>();
      p->y = in.get<double>();
    }
    place.epe_nm = in.get<double>();
    place.missing = in.get<std::uint8_t>() != 0;
    result.sites.push_back(place);
  }
  result.mask = Image<std::uint8_t>(rows, cols);
  for (std::size_t i = 0; i < pixels; i += 8) {
    const unsigned bits = in.get<std::uint8_t>();
    for (std::size_t k = i; k < std::min(i + 8, pixels); ++k)
      result.mask.data()[k] = static_cast<std::uint8_t>((bits >> (k - i)) & 1u);
  }
  return result;
}

}  // namespace reticle
