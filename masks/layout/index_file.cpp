// SPDX-License-Identifier: Apache-2.0
#include "masks/layout/index_file.h"

#include <libdeflate.h>

#include <algorithm>
#include <span>

#include "kernels/base/error.h"

namespace reticle::layout {

namespace {

constexpr std::uint64_t k_magic = 0x3178646e69746572;  // "retindx1", of either byte order another number
constexpr std::size_t k_piece = std::size_t{1} << 22;

struct Header {
  std::uint64_t magic = k_magic;
  std::uint64_t file_bytes = 0, table_at = 0, pieces = 0;  // checksums of pieces stand before the table
  std::uint32_t table_sum = 0;                             // of both
  std::uint32_t header_sum = 0;                            // with this as zero
  std::uint64_t zero = 0;
};
static_assert(sizeof(Header) % k_index_alignment == 0 && std::has_unique_object_representations_v<Header>);

std::uint32_t sum_of(const void* bytes, std::size_t size) { return libdeflate_crc32(0, bytes, size); }

std::uint32_t header_sum(Header header) {
  header.header_sum = 0;
  return sum_of(&header, sizeof header);
}

}  // namespace

IndexWriter::IndexWriter(const std::filesystem::path& path)
    : path_(path), output_(path), file_(output_.temporary(), std::ios::binary), at_(sizeof(Header)) {
  const Header none{};
  file_.write(reinterpret_cast<const char*>(&none), sizeof none);
}

void IndexWriter::text(const std::string& value) {
  number(std::uint64_t{value.size()});
  table_ += value;
}

void IndexWriter::box(const DbBox& box) {
  for (const std::int64_t side : {box.x0, box.y0, box.x1, box.y1}) number(side);
}

void IndexWriter::append(const void* bytes, std::size_t size) {
  const char* next = static_cast<const char*>(bytes);
  at_ += (size + k_index_alignment - 1) / k_index_alignment * k_index_alignment;
  const std::size_t padding = (k_index_alignment - size % k_index_alignment) % k_index_alignment;
  while (size > 0) {
    const std::size_t part = std::min(size, k_piece - piece_.size());
    piece_.append(next, part);
    next += part;
    size -= part;
    if (piece_.size() == k_piece) write_piece();
  }
  piece_.append(padding, '\0');  // pieces are whole multiples of it
  if (piece_.size() == k_piece) write_piece();
}

void IndexWriter::write_piece() {
  sums_.push_back(sum_of(piece_.data(), piece_.size()));
  file_.write(piece_.data(), static_cast<std::streamsize>(piece_.size()));
  piece_.clear();
}

void IndexWriter::commit() {
  if (!piece_.empty()) write_piece();
  const std::string table = std::string(reinterpret_cast<const char*>(sums_.data()), sums_.size() * sizeof(std::uint32_t)) + table_;
  Header header{.file_bytes = at_ + table.size(), .table_at = at_, .pieces = sums_.size(), .table_sum = sum_of(table.data(), table.size())};
  header.header_sum = header_sum(header);
  file_.write(table.data(), static_cast<std::streamsize>(table.size()));
  file_.seekp(0);
  file_.write(reinterpret_cast<const char*>(&header), sizeof header);
  file_.close();
  if (!file_) throw Error(ErrorCode::io, path_.string() + ": cannot be written; the disk may be full");
  output_.commit();
}

IndexReader::IndexReader(const std::filesystem::path& path, PagedMemory& memory) : memory_(memory) {
  if (std::error_code none; std::filesystem::file_size(path, none) == 0) throw UnusableIndex{"is empty"};
  file_ = memory.map(path);
  Header header;
  if (file_.size() < sizeof header) throw UnusableIndex{"is cut short"};
  std::memcpy(&header, file_.data(), sizeof header);
  if (header.magic != k_magic) throw UnusableIndex{"is no index, or one of another version"};
  if (header.header_sum != header_sum(header)) throw UnusableIndex{"is damaged in its first bytes"};
  if (file_.size() != header.file_bytes) throw UnusableIndex{"is cut short"};
  const std::uint64_t sums = header.pieces * sizeof(std::uint32_t);
  if (header.table_at < sizeof header || header.table_at > file_.size() || header.pieces > file_.size() ||
      sums > file_.size() - header.table_at || header.pieces != (header.table_at - sizeof header + k_piece - 1) / k_piece)
    throw UnusableIndex{"is damaged in its first bytes"};
  table_ = file_.subspan(header.table_at);
  if (sum_of(table_.data(), table_.size()) != header.table_sum) throw UnusableIndex{"is damaged in its table"};
  sums_.resize(header.pieces);
  if (!sums_.empty()) std::memcpy(sums_.data(), take(sums), sums);
  arrays_end_ = header.table_at;
}

void IndexReader::check_arrays() const {
  for (std::size_t i = 0; i < sums_.size(); ++i) {
    const std::uint64_t begin = sizeof(Header) + i * k_piece;
    if (sum_of(file_.data() + begin, std::min<std::uint64_t>(k_piece, arrays_end_ - begin)) != sums_[i])
      throw UnusableIndex{"is damaged beyond byte " + std::to_string(begin)};
    memory_.give_back();
  }
}

void IndexReader::text(std::string& value) {
  std::uint64_t size = 0;
  number(size);
  if (size > table_.size()) throw UnusableIndex{"is damaged"};
  value.assign(reinterpret_cast<const char*>(take(size)), size);
}

void IndexReader::box(DbBox& box) {
  for (std::int64_t* side : {&box.x0, &box.y0, &box.x1, &box.y1}) number(*side);
}

const std::byte* IndexReader::take(std::size_t bytes) {
  if (bytes > table_.size()) throw UnusableIndex{"is damaged"};
  const std::byte* at = table_.data();
  table_ = table_.subspan(bytes);
  return at;
}

}  // namespace reticle::layout
