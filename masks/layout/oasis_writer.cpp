// SPDX-License-Identifier: Apache-2.0
#include "masks/layout/oasis_writer.h"

#include <libdeflate.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <fstream>
#include <map>
#include <memory>
#include <optional>
#include <set>

#include "kernels/base/error.h"
#include "masks/output_file.h"

namespace reticle::layout {

namespace {

constexpr int k_most_steps = 1 << 30;
constexpr std::size_t k_end_size = 256;
constexpr std::size_t k_block_size = 1 << 22;
constexpr int k_level = 12;  // of deflate, the smallest

// The basic data types, section 7.
class Bytes {
 public:
  void byte(unsigned value) { data.push_back(static_cast<unsigned char>(value)); }
  void unsigned_integer(std::uint64_t value) {
    for (; value > 0x7F; value >>= 7) byte(static_cast<unsigned>(value & 0x7F) | 0x80);
    byte(static_cast<unsigned>(value));
  }
  void signed_integer(std::int64_t value) {
    unsigned_integer(value < 0 ? static_cast<std::uint64_t>(-value) << 1 | 1
                               : static_cast<std::uint64_t>(value) << 1);
  }
  void text(const std::string& value) {
    unsigned_integer(value.size());
    data.insert(data.end(), value.begin(), value.end());
  }
  void real(double value) {
    if (value >= 0.0 && value == std::floor(value) && value < 1e15) {
      byte(0);
      return unsigned_integer(static_cast<std::uint64_t>(value));
    }
    byte(7);
    const auto bits = std::bit_cast<std::uint64_t>(value);
    for (int i = 0; i < 8; ++i) byte(static_cast<unsigned>(bits >> (8 * i)) & 0xFF);
  }
  void g_delta(std::int64_t x, std::int64_t y) {
    unsigned_integer(static_cast<std::uint64_t>(std::abs(x)) << 2 | (x < 0 ? 2 : 0) | 1);
    signed_integer(y);
  }

  std::vector<unsigned char> data;
};

class OasisWriter final : public CellSink {
 public:
  OasisWriter(const std::filesystem::path& path, double dbu_nm)
      : path_(path), file_(path), out_(file_.temporary(), std::ios::binary) {
    if (!compressor_) throw Error(ErrorCode::out_of_memory, path.string() + ": no memory to compress cells");
    Bytes head;
    for (const char c : std::string("%SEMI-OASIS\r\n")) head.byte(static_cast<unsigned char>(c));
    head.byte(1);
    head.text("1.0");
    head.real(steps_per_um(dbu_nm));
    head.byte(0);
    for (int i = 0; i < 12; ++i) head.byte(0);  // no name tables
    put(head);
  }

  void add(const Cell& cell) override { write_cell(cell); }

  void finish() override {
    put_body(0);
    write_end();
    out_.flush();
    if (!out_.good())
      throw Error(ErrorCode::io, path_.string() + ": cannot be written: the disk may be full");
    file_.commit();
  }

 private:
  struct Place {
    std::int64_t x = 0, y = 0;
  };
  // Modal values, section 10; a cell begins without.
  struct Modal {
    std::optional<LayerId> layer;
    Place geometry, text, placement;
  };

  // 1000 / 0.1 is not quite 10000 in binary; what is meant is whole.
  static double steps_per_um(double dbu_nm) {
    const double steps = 1000.0 / dbu_nm;
    return std::abs(steps - std::round(steps)) < 1e-9 * steps ? std::round(steps) : steps;
  }

  void put(const Bytes& bytes) {
    sum_ = libdeflate_crc32(sum_, bytes.data.data(), bytes.data.size());
    out_.write(reinterpret_cast<const char*>(bytes.data.data()),
               static_cast<std::streamsize>(bytes.data.size()));
  }

  void put_block(const Bytes& bytes) {
    std::vector<unsigned char> packed(libdeflate_deflate_compress_bound(compressor_.get(), bytes.data.size()));
    packed.resize(libdeflate_deflate_compress(compressor_.get(), bytes.data.data(), bytes.data.size(), packed.data(), packed.size()));
    Bytes block;
    block.byte(34);
    block.byte(0);
    block.unsigned_integer(bytes.data.size());
    block.unsigned_integer(packed.size());
    block.data.insert(block.data.end(), packed.begin(), packed.end());
    put(block);
  }

  // Modal values hold over blocks, so a cell of any size is written a block at a time, and small ones share a block.
  void write_cell(const Cell& cell) {
    body_.byte(14);
    body_.text(name_of(cell.name));
    body_.byte(16);  // places are relative: what is repeated elsewhere then has the same bytes
    last_ = {};
    for (const auto& [layer, shapes] : cell.layers) {
      for (std::size_t i = 0; i < shapes.count(); ++i) {
        write_polygon(layer, {shapes.begin_of(i), shapes.end_of(i)});
        put_body(k_block_size);
      }
    }
    for (const Label& label : cell.labels) {
      write_label(label);
      put_body(k_block_size);
    }
    for (const Reference& reference : cell.references)
      for (const Reference& part : whole_placements(reference, k_most_steps)) {
        write_reference(part);
        put_body(k_block_size);
      }
  }

  // Once there is more than this much of it.
  void put_body(std::size_t full) {
    if (body_.data.size() <= full) return;
    put_block(body_);
    body_.data.clear();
  }

  // Names are printable without blanks [section 7.4]: other characters become '_', and names that then are
  // equal get a number.
  const std::string& name_of(const std::string& given) {
    const auto [known, is_new] = names_.try_emplace(given, given.empty() ? "_" : given);
    if (!is_new) return known->second;
    std::string& name = known->second;
    std::replace_if(name.begin(), name.end(), [](char c) { return c <= ' ' || c > '~'; }, '_');
    const std::string stem = name;
    for (int n = 1; !taken_.insert(name).second; ++n) name = stem + std::to_string(n);
    if (name != given)
      warning_log().add(path_.string(), "cell names with blanks or other characters that OASIS does not allow are changed",
                        "'" + given + "', now '" + name + "'");
    return name;
  }

  std::string printable(std::string text) const {
    const auto bad = [](char c) { return c < ' ' || c > '~'; };
    if (std::any_of(text.begin(), text.end(), bad)) {
      warning_log().add(path_.string(), "texts with characters that OASIS does not allow are changed");
      std::replace_if(text.begin(), text.end(), bad, '_');
    }
    return text;
  }

  void write_polygon(const LayerId& layer, const std::vector<DbPoint>& p) {
    const std::size_t n = p.size();
    const auto flat = [&](std::size_t i) { return p[i].y == p[(i + 1) % n].y; };
    const auto steep = [&](std::size_t i) { return p[i].x == p[(i + 1) % n].x; };
    bool flat_first = n % 2 == 0, steep_first = n % 2 == 0;
    for (std::size_t i = 0; i < n && (flat_first || steep_first); ++i) {
      flat_first = flat_first && (i % 2 == 0 ? flat(i) : steep(i));
      steep_first = steep_first && (i % 2 == 0 ? steep(i) : flat(i));
    }
    const unsigned with_layer = last_.layer == layer ? 0 : 0x03;
    const auto layer_and_datatype = [&] {
      if (with_layer == 0) return;
      body_.unsigned_integer(static_cast<std::uint64_t>(layer.layer));
      body_.unsigned_integer(static_cast<std::uint64_t>(layer.datatype));
      last_.layer = layer;
    };
    if (n == 4 && (flat_first || steep_first)) {
      DbBox box;
      for (const DbPoint& q : p) box.add(q);
      body_.byte(20);
      body_.byte(0x40 | 0x20 | 0x10 | 0x08 | with_layer);
      layer_and_datatype();
      body_.unsigned_integer(static_cast<std::uint64_t>(box.x1 - box.x0));
      body_.unsigned_integer(static_cast<std::uint64_t>(box.y1 - box.y0));
      step_to({box.x0, box.y0}, last_.geometry);
      return;
    }
    body_.byte(21);
    body_.byte(0x20 | 0x10 | 0x08 | with_layer);
    layer_and_datatype();
    const auto dx = [&](std::size_t i) { return std::int64_t{p[i + 1].x} - p[i].x; };
    const auto dy = [&](std::size_t i) { return std::int64_t{p[i + 1].y} - p[i].y; };
    if (flat_first || steep_first) {
      body_.unsigned_integer(flat_first ? 0 : 1);
      body_.unsigned_integer(n - 2);
      for (std::size_t i = 0; i + 2 < n; ++i)
        body_.signed_integer((i % 2 == 0) == flat_first ? dx(i) : dy(i));
    } else {
      body_.unsigned_integer(4);
      body_.unsigned_integer(n - 1);
      for (std::size_t i = 0; i + 1 < n; ++i) body_.g_delta(dx(i), dy(i));
    }
    step_to({p[0].x, p[0].y}, last_.geometry);
  }

  // From the place before of the kind.
  void step_to(Place place, Place& last) {
    body_.signed_integer(place.x - last.x);
    body_.signed_integer(place.y - last.y);
    last = place;
  }

  void write_label(const Label& label) {
    body_.byte(19);
    body_.byte(0x40 | 0x10 | 0x08 | 0x03);
    body_.text(printable(label.text));
    body_.unsigned_integer(static_cast<std::uint64_t>(label.layer.layer));
    body_.unsigned_integer(static_cast<std::uint64_t>(label.layer.datatype));
    step_to({label.at.x, label.at.y}, last_.text);
  }

  void write_reference(const Reference& r) {
    const bool array = r.columns > 1 || r.rows > 1;
    const double quarters = r.angle_deg / 90.0;
    const bool simple = r.magnification == 1.0 && quarters == std::round(quarters);
    const unsigned common = 0x80 | 0x20 | 0x10 | (array ? 0x08 : 0) | (r.mirror ? 1 : 0);
    if (simple) {
      const auto turns = static_cast<unsigned>(std::fmod(std::fmod(quarters, 4.0) + 4.0, 4.0));
      body_.byte(17);
      body_.byte(common | turns << 1);
      body_.text(name_of(r.cell));
    } else {
      body_.byte(18);
      body_.byte(common | 0x04 | 0x02);
      body_.text(name_of(r.cell));
      body_.real(r.magnification);
      body_.real(r.angle_deg);
    }
    step_to({static_cast<std::int64_t>(r.x), static_cast<std::int64_t>(r.y)}, last_.placement);
    if (!array) return;
    const auto step = [&](double x, double y) {
      body_.g_delta(static_cast<std::int64_t>(x), static_cast<std::int64_t>(y));
    };
    if (r.columns > 1 && r.rows > 1) {
      body_.byte(8);
      body_.unsigned_integer(static_cast<std::uint64_t>(r.columns) - 2);
      body_.unsigned_integer(static_cast<std::uint64_t>(r.rows) - 2);
      step(r.column_x, r.column_y);
      step(r.row_x, r.row_y);
    } else {
      body_.byte(9);
      body_.unsigned_integer(static_cast<std::uint64_t>(std::max(r.columns, r.rows)) - 2);
      r.columns > 1 ? step(r.column_x, r.column_y) : step(r.row_x, r.row_y);
    }
  }

  // END fills 256 bytes: the record's number, padding, and the checksum over all before it.
  void write_end() {
    Bytes end;
    end.byte(2);
    const std::size_t padding = k_end_size - 1 - 2 - 1 - 4;
    end.unsigned_integer(padding);
    end.data.resize(end.data.size() + padding, 0);
    end.unsigned_integer(1);
    put(end);
    Bytes check;
    for (int i = 0; i < 4; ++i) check.byte(static_cast<unsigned>(sum_ >> (8 * i)) & 0xFF);
    put(check);
  }

  std::filesystem::path path_;
  OutputFile file_;
  std::ofstream out_;
  std::uint32_t sum_ = 0;
  std::unique_ptr<libdeflate_compressor, decltype(&libdeflate_free_compressor)> compressor_{
      libdeflate_alloc_compressor(k_level), libdeflate_free_compressor};
  Modal last_;
  Bytes body_;  // records that are not written yet
  std::map<std::string, std::string> names_;  // as given, as written
  std::set<std::string> taken_;
};

}  // namespace

void write_oasis(const std::filesystem::path& path, const Library& library) {
  OasisWriter writer(path, library.dbu_nm);
  for (const Cell& cell : library.cells) writer.add(cell);
  writer.finish();
}

std::unique_ptr<CellSink> open_oasis_sink(const std::filesystem::path& path, double dbu_nm) {
  return std::make_unique<OasisWriter>(path, dbu_nm);
}

}  // namespace reticle::layout
