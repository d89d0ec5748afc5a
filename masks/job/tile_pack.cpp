#include "masks/job/tile_pack.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "kernels/base/error.h"

namespace reticle {

namespace {

constexpr std::uint32_t k_magic = 0x4c544552;  // "RETL"
constexpr std::uint64_t k_most_bytes = std::uint64_t{1} << 31;
constexpr std::size_t k_key_digits = 64;

struct Header {
  std::uint32_t magic = k_magic;
  std::uint32_t crc = 0;  // of the header with crc = 0, then the stored bytes
  std::array<char, k_key_digits> key{};
  std::uint64_t stored = 0;
  std::uint64_t raw = 0;
};
static_assert(sizeof(Header) == 88);

std::uint32_t crc_of(Header header, std::span<const std::byte> stored) {
  header.crc = 0;
  uLong crc = crc32(0, reinterpret_cast<const Bytef*>(&header), sizeof header);
  crc = crc32(crc, reinterpret_cast<const Bytef*>(stored.data()), static_cast<uInt>(stored.size()));
  return static_cast<std::uint32_t>(crc);
}

Bytes compressed(std::span<const std::byte> bytes) {
  uLongf size = compressBound(bytes.size());
  Bytes out(size);
  if (compress2(reinterpret_cast<Bytef*>(out.data()), &size,
                reinterpret_cast<const Bytef*>(bytes.data()), bytes.size(), 1) != Z_OK)
    throw Error(ErrorCode::out_of_memory, "no memory to compress a tile of " +
                                              std::to_string(bytes.size()) + " bytes");
  out.resize(size);
  return out;
}

}  // namespace

// One file. Only the thread that holds the store's lock writes or scans.
class TilePack {
 public:
  TilePack(std::filesystem::path path, int flags) : path_(std::move(path)) {
    descriptor_ = ::open(path_.c_str(), flags | O_CLOEXEC, 0666);
    if (descriptor_ < 0) fail("cannot be opened");
  }
  ~TilePack() { ::close(descriptor_); }
  TilePack(const TilePack&) = delete;
  TilePack& operator=(const TilePack&) = delete;

  // Calls found(key, offset) for whole records beyond those seen before.
  template <class Found>
  void scan(const Found& found) {
    Header header;
    Bytes stored;
    while (read_at(end_, header, stored)) {
      found(std::string(header.key.data(), k_key_digits), end_);
      end_ += sizeof header + header.stored;
    }
  }

  // Whether this process may append; it keeps the right until it ends.
  bool take() { return ::flock(descriptor_, LOCK_EX | LOCK_NB) == 0; }

  // Removes what follows the last whole record.
  void cut_tail() {
    if (::ftruncate(descriptor_, static_cast<off_t>(end_)) != 0) fail("cannot be cut");
  }

  std::uint64_t append(const std::string& key, std::span<const std::byte> bytes) {
    const Bytes stored = compressed(bytes);
    Header header;
    std::copy(key.begin(), key.end(), header.key.begin());
    header.stored = stored.size();
    header.raw = bytes.size();
    header.crc = crc_of(header, stored);
    Bytes record(sizeof header + stored.size());
    std::memcpy(record.data(), &header, sizeof header);
    std::copy(stored.begin(), stored.end(), record.begin() + sizeof header);
    for (std::size_t done = 0; done < record.size();) {
      const ssize_t count = ::pwrite(descriptor_, record.data() + done, record.size() - done,
                                     static_cast<off_t>(end_ + done));
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0) {
        const int problem = errno;
        [[maybe_unused]] const int status = ::ftruncate(descriptor_, static_cast<off_t>(end_));
        errno = problem;
        fail("cannot be written; finished tiles are safe: make space and run again with --resume");
      }
      done += static_cast<std::size_t>(count);
    }
    const std::uint64_t offset = end_;
    end_ += record.size();
    return offset;
  }

  Bytes get(std::uint64_t offset) const {
    Header header;
    Bytes stored;
    if (!read_at(offset, header, stored)) fail_damaged();
    Bytes raw(header.raw);
    uLongf size = header.raw;
    if (uncompress(reinterpret_cast<Bytef*>(raw.data()), &size,
                   reinterpret_cast<const Bytef*>(stored.data()), stored.size()) != Z_OK ||
        size != header.raw)
      fail_damaged();
    return raw;
  }

  void sync() {
    if (::fdatasync(descriptor_) != 0) fail("cannot be brought to disk");
  }

 private:
  // False unless a whole and sound record starts there.
  bool read_at(std::uint64_t offset, Header& header, Bytes& stored) const {
    if (!read_exactly(offset, &header, sizeof header) || header.magic != k_magic ||
        header.stored > k_most_bytes || header.raw > k_most_bytes)
      return false;
    struct stat status;
    if (::fstat(descriptor_, &status) != 0) fail("cannot be read");
    if (offset + sizeof header + header.stored > static_cast<std::uint64_t>(status.st_size))
      return false;
    stored.resize(header.stored);
    return read_exactly(offset + sizeof header, stored.data(), stored.size()) &&
           crc_of(header, stored) == header.crc;
  }

  bool read_exactly(std::uint64_t offset, void* to, std::size_t size) const {
    for (std::size_t done = 0; done < size;) {
      const ssize_t count = ::pread(descriptor_, static_cast<char*>(to) + done, size - done,
                                    static_cast<off_t>(offset + done));
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) fail("cannot be read");
      if (count == 0) return false;
      done += static_cast<std::size_t>(count);
    }
    return true;
  }

  [[noreturn]] void fail(const std::string& what) const {
    throw Error(ErrorCode::io, path_.string() + ": " + what + " (" + std::strerror(errno) + ")");
  }
  [[noreturn]] void fail_damaged() const {
    throw Error(ErrorCode::bad_input, path_.string() +
                                          ": a stored tile is damaged; remove this file and run "
                                          "again with --resume to compute its tiles anew");
  }

  std::filesystem::path path_;
  int descriptor_ = -1;
  std::uint64_t end_ = 0;  // of the last whole record
};

PackStore::PackStore(std::filesystem::path folder) : folder_(std::move(folder)) {
  claims_ = ::open((folder_ / "claims").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (claims_ < 0)
    throw Error(ErrorCode::io, folder_.string() + ": cannot be written to (" +
                                   std::strerror(errno) + ")");
  for (int worker = 0; own_ == nullptr; ++worker) {
    std::array<char, 32> name;
    std::snprintf(name.data(), name.size(), "worker-%04d.pack", worker);
    auto pack = std::make_unique<TilePack>(folder_ / name.data(), O_RDWR | O_CREAT);
    if (!pack->take()) continue;
    own_ = pack.get();
    packs_.emplace(name.data(), std::move(pack));
  }
  refresh_locked();
  own_->cut_tail();
}

PackStore::~PackStore() { ::close(claims_); }

bool PackStore::lock(const std::string& key, short type) {
  // 60 bits of the hash: two keys of one job never meet.
  struct flock lock {};
  lock.l_type = type;
  lock.l_whence = SEEK_SET;
  lock.l_start = static_cast<off_t>(std::stoull(key.substr(0, 15), nullptr, 16));
  lock.l_len = 1;
  return ::fcntl(claims_, F_OFD_SETLK, &lock) == 0;
}

bool PackStore::claim(const std::string& key) {
  if (!lock(key, F_WRLCK)) return false;
  refresh();
  if (!has(key)) return true;
  release(key);
  return false;
}

void PackStore::release(const std::string& key) { lock(key, F_UNLCK); }

void PackStore::refresh() {
  const std::lock_guard lock(mutex_);
  refresh_locked();
}

void PackStore::refresh_locked() {
  std::error_code status;
  for (const auto& entry : std::filesystem::directory_iterator(folder_, status)) {
    if (entry.path().extension() != ".pack") continue;
    const std::string name = entry.path().filename().string();
    if (!packs_.count(name))
      packs_.emplace(name, std::make_unique<TilePack>(entry.path(), O_RDONLY));
  }
  if (status)
    throw Error(ErrorCode::io, folder_.string() + ": cannot be read (" + status.message() + ")");
  for (const auto& entry : packs_) {
    TilePack* const pack = entry.second.get();
    pack->scan([&](const std::string& key, std::uint64_t offset) {
      places_.try_emplace(key, Place{pack, offset});
    });
  }
}

bool PackStore::has(const std::string& key) const {
  const std::lock_guard lock(mutex_);
  return places_.count(key) > 0;
}

Bytes PackStore::get(const std::string& key) const {
  Place place;
  {
    const std::lock_guard lock(mutex_);
    const auto found = places_.find(key);
    if (found == places_.end())
      throw Error(ErrorCode::bad_input, folder_.string() + ": the tile " + key +
                                            " is missing; run again with --resume");
    place = found->second;
  }
  return place.pack->get(place.offset);
}

void PackStore::put(const std::string& key, std::span<const std::byte> bytes) {
  if (key.size() != k_key_digits)
    throw Error(ErrorCode::invalid_argument, "the key '" + key + "' is not a SHA-256");
  const std::lock_guard lock(mutex_);
  places_.try_emplace(key, Place{own_, own_->append(key, bytes)});
}

void PackStore::sync() {
  const std::lock_guard lock(mutex_);
  own_->sync();
}

std::size_t PackStore::size() const {
  const std::lock_guard lock(mutex_);
  return places_.size();
}

}  // namespace reticle
