// SPDX-License-Identifier: Apache-2.0
#include "masks/job/tile_pack.h"

#include <fcntl.h>
#include <libdeflate.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <memory>

#include "kernels/base/error.h"
#include "masks/output_file.h"

namespace reticle {

namespace {

constexpr std::uint32_t k_magic = 0x324c5452;  // "RTL2"
constexpr std::uint64_t k_index_magic = 0x3258444e494c5452;
constexpr std::uint64_t k_most_bytes = std::uint64_t{1} << 31;
constexpr int k_level = 6;  // of deflate

struct Header {
  std::uint32_t magic = k_magic;
  std::uint32_t header_crc = 0;  // of what follows
  PackKey key{};
  std::uint64_t stored = 0;
  std::uint64_t raw = 0;
  std::uint32_t stored_crc = 0;
  std::uint32_t unused = 0;
};
static_assert(sizeof(Header) == 64);

std::uint32_t crc_of(const void* bytes, std::size_t size) {
  return libdeflate_crc32(0, bytes, size);
}

std::uint32_t header_crc(const Header& header) {
  constexpr std::size_t k_before = 2 * sizeof(std::uint32_t);
  return crc_of(reinterpret_cast<const char*>(&header) + k_before, sizeof header - k_before);
}

bool is_sound(const Header& header) {
  return header.magic == k_magic && header.header_crc == header_crc(header) &&
         header.stored <= k_most_bytes && header.raw <= k_most_bytes;
}

// A zlib stream [RFC 1950].
Bytes compressed(std::span<const std::byte> bytes) {
  const std::unique_ptr<libdeflate_compressor, decltype(&libdeflate_free_compressor)> compressor(
      libdeflate_alloc_compressor(k_level), libdeflate_free_compressor);
  if (!compressor)
    throw Error(ErrorCode::out_of_memory, "no memory to compress a tile of " + std::to_string(bytes.size()) + " bytes");
  Bytes out(libdeflate_zlib_compress_bound(compressor.get(), bytes.size()));
  out.resize(libdeflate_zlib_compress(compressor.get(), bytes.data(), bytes.size(), out.data(), out.size()));
  return out;
}

// Whether `stored` is a stream of exactly so many bytes.
bool expanded(const Bytes& stored, Bytes& bytes) {
  const std::unique_ptr<libdeflate_decompressor, decltype(&libdeflate_free_decompressor)> decompressor(
      libdeflate_alloc_decompressor(), libdeflate_free_decompressor);
  if (!decompressor)
    throw Error(ErrorCode::out_of_memory, "no memory to expand a tile of " + std::to_string(bytes.size()) + " bytes");
  return libdeflate_zlib_decompress(decompressor.get(), stored.data(), stored.size(), bytes.data(), bytes.size(),
                                    nullptr) == LIBDEFLATE_SUCCESS;
}

// The next place from `begin` on where a sound header stands.
std::optional<std::uint64_t> next_header(const PackFile& pack, std::uint64_t begin, std::uint64_t size) {
  constexpr std::size_t k_step = 1 << 16;
  std::vector<char> bytes(k_step + sizeof(Header));
  for (; begin + sizeof(Header) <= size; begin += k_step) {
    const std::size_t held = std::min<std::uint64_t>(bytes.size(), size - begin);
    if (!pack.read(begin, bytes.data(), held)) return {};
    for (std::size_t i = 0; i + sizeof(Header) <= held; ++i) {
      if (std::memcmp(bytes.data() + i, &k_magic, sizeof k_magic) != 0) continue;
      Header header;
      std::memcpy(&header, bytes.data() + i, sizeof header);
      if (is_sound(header)) return begin + i;
    }
  }
  return {};
}

struct IndexHead {
  std::uint64_t magic = k_index_magic;
  std::uint64_t count = 0;
};
static_assert(sizeof(PackEntry) == 40);

double fraction_of(const PackKey& key) {
  std::uint64_t first = 0;
  for (int i = 0; i < 8; ++i) first = first << 8 | key[static_cast<std::size_t>(i)];
  return std::ldexp(static_cast<double>(first), -64);
}

}  // namespace

PackKey pack_key(const std::string& text) {
  PackKey key{};
  const auto digit = [&](char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    throw Error(ErrorCode::invalid_argument, "the key '" + text + "' is not a SHA-256");
  };
  if (text.size() != 2 * key.size())
    throw Error(ErrorCode::invalid_argument, "the key '" + text + "' is not a SHA-256");
  for (std::size_t i = 0; i < key.size(); ++i)
    key[i] = static_cast<std::uint8_t>(digit(text[2 * i]) * 16 + digit(text[2 * i + 1]));
  return key;
}

PackFile::PackFile(std::filesystem::path path, int flags) : path_(std::move(path)) {
  descriptor_ = ::open(path_.c_str(), flags | O_CLOEXEC, 0666);
  if (descriptor_ < 0) fail("cannot be opened");
}

PackFile::~PackFile() { ::close(descriptor_); }

bool PackFile::read(std::uint64_t offset, void* to, std::size_t size) const {
  for (std::size_t done = 0; done < size;) {
    const ssize_t count = ::pread(descriptor_, static_cast<char*>(to) + done, size - done,
                                  static_cast<off_t>(offset + done));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == ESTALE) return false;  // removed by another machine
    if (count < 0) fail("cannot be read");
    if (count == 0) return false;
    done += static_cast<std::size_t>(count);
  }
  return true;
}

void PackFile::write(std::uint64_t offset, std::span<const std::byte> bytes) {
  for (std::size_t done = 0; done < bytes.size();) {
    const ssize_t count = ::pwrite(descriptor_, bytes.data() + done, bytes.size() - done,
                                   static_cast<off_t>(offset + done));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) {
      const int problem = count < 0 ? errno : ENOSPC;
      [[maybe_unused]] const int status = ::ftruncate(descriptor_, static_cast<off_t>(offset));
      errno = problem;
      fail("cannot be written; finished tiles are safe: make space and run again with --resume");
    }
    done += static_cast<std::size_t>(count);
  }
}

void PackFile::sync() {
  if (::fdatasync(descriptor_) != 0) fail("cannot be brought to disk");
}

std::uint64_t PackFile::size() const {
  struct stat status;
  if (::fstat(descriptor_, &status) != 0) fail("cannot be read");
  return static_cast<std::uint64_t>(status.st_size);
}

void PackFile::fail(const char* what) const {
  throw Error(ErrorCode::io, path_.string() + ": " + what + " (" + std::strerror(errno) + ")");
}

std::shared_ptr<PackFile> OpenPacks::open(const std::filesystem::path& path) {
  const std::lock_guard lock(mutex_);
  const auto found = places_.find(path.native());
  if (found != places_.end()) {
    recent_.splice(recent_.begin(), recent_, found->second);
    return recent_.front().second;
  }
  if (::access(path.c_str(), F_OK) != 0) return nullptr;
  std::shared_ptr<PackFile> file;
  try {
    file = std::make_shared<PackFile>(path, O_RDONLY);
  } catch (const Error&) {
    if (::access(path.c_str(), F_OK) != 0) return nullptr;
    throw;
  }
  recent_.emplace_front(path.native(), file);
  places_[path.native()] = recent_.begin();
  if (recent_.size() > most_) {
    places_.erase(recent_.back().first);
    recent_.pop_back();
  }
  return file;
}

std::uint64_t append_record(PackFile& pack, std::uint64_t end, const PackKey& key,
                            std::span<const std::byte> bytes) {
  const Bytes stored = compressed(bytes);
  Header header{.key = key, .stored = stored.size(), .raw = bytes.size(),
                .stored_crc = crc_of(stored.data(), stored.size())};
  header.header_crc = header_crc(header);
  Bytes record(sizeof header + stored.size());
  std::memcpy(record.data(), &header, sizeof header);
  std::copy(stored.begin(), stored.end(), record.begin() + sizeof header);
  pack.write(end, record);
  return record.size();
}

double stored_bytes(std::span<const std::byte> bytes) {
  return static_cast<double>(sizeof(Header) + compressed(bytes).size());
}

std::optional<Bytes> read_record(const PackFile& pack, std::uint64_t offset, const PackKey& key) {
  Header header;
  if (!pack.read(offset, &header, sizeof header) || !is_sound(header) || header.key != key) return {};
  Bytes stored(header.stored);
  if (!pack.read(offset + sizeof header, stored.data(), stored.size()) ||
      crc_of(stored.data(), stored.size()) != header.stored_crc)
    return {};
  Bytes raw(header.raw);
  if (!expanded(stored, raw)) return {};
  return raw;
}

std::uint64_t find_records(const PackFile& pack, std::uint64_t begin,
                           const std::function<void(const PackKey&, std::uint64_t)>& found) {
  const std::uint64_t size = pack.size();
  std::uint64_t end = begin;
  while (end + sizeof(Header) <= size) {
    Header header;
    if (!pack.read(end, &header, sizeof header)) break;
    if (!is_sound(header)) {
      const std::optional<std::uint64_t> next = next_header(pack, end + 1, size);
      if (!next) break;
      end = *next;
      continue;
    }
    if (end + sizeof header + header.stored > size) {
      // Cut short, or still being written, unless a record follows.
      const std::optional<std::uint64_t> next = next_header(pack, end + 1, size);
      if (!next) break;
      end = *next;
      continue;
    }
    found(header.key, end);
    end += sizeof header + header.stored;
  }
  return end;
}

std::filesystem::path index_of(const std::filesystem::path& pack) {
  return std::filesystem::path(pack).replace_extension(".index");
}

void write_index(const std::filesystem::path& pack, std::vector<PackEntry> entries) {
  std::sort(entries.begin(), entries.end(),
            [](const PackEntry& a, const PackEntry& b) { return a.key < b.key; });
  const IndexHead head{.count = entries.size()};
  std::vector<char> bytes(sizeof head + entries.size() * sizeof(PackEntry));
  std::memcpy(bytes.data(), &head, sizeof head);
  if (!entries.empty())
    std::memcpy(bytes.data() + sizeof head, entries.data(), entries.size() * sizeof(PackEntry));
  OutputFile file(index_of(pack));
  file.write(bytes);
  file.commit();
}

std::optional<std::uint64_t> find_in_index(const PackFile& index, const PackKey& key) {
  constexpr std::uint64_t k_window = 64;
  IndexHead head;
  if (!index.read(0, &head, sizeof head) || head.magic != k_index_magic) return {};
  std::uint64_t low = 0, high = head.count;
  const double fraction = fraction_of(key);
  double low_fraction = 0.0, high_fraction = 1.0;
  std::array<PackEntry, k_window> window;
  while (low < high) {
    const double share = (fraction - low_fraction) / std::max(high_fraction - low_fraction, 1e-300);
    const auto guess = static_cast<std::uint64_t>(std::clamp(share, 0.0, 1.0) *
                                                  static_cast<double>(high - low));
    std::uint64_t first = low + (guess > k_window / 2 ? guess - k_window / 2 : 0);
    if (high - low > k_window) first = std::min(first, high - k_window);
    const std::uint64_t count = std::min(k_window, high - first);
    if (!index.read(sizeof head + first * sizeof(PackEntry), window.data(), count * sizeof(PackEntry)))
      return {};
    if (key < window[0].key) {
      high = first;
      high_fraction = fraction_of(window[0].key);
    } else if (window[count - 1].key < key) {
      low = first + count;
      low_fraction = fraction_of(window[count - 1].key);
    } else {
      const auto end = window.begin() + static_cast<std::ptrdiff_t>(count);
      const auto at = std::lower_bound(window.begin(), end, key,
                                       [](const PackEntry& e, const PackKey& k) { return e.key < k; });
      if (at == end || at->key != key) return {};
      return at->offset;
    }
  }
  return {};
}

}  // namespace reticle
