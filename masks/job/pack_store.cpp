// SPDX-License-Identifier: Apache-2.0
#include "masks/job/pack_store.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <random>
#include <thread>

namespace reticle {

namespace {

constexpr std::size_t k_open_packs = 64;
// Between looks of whoever waits: the longer nothing has come, the rarer.
constexpr std::chrono::steady_clock::duration k_least_poll = std::chrono::milliseconds(1), k_most_poll = std::chrono::milliseconds(20);
constexpr int k_poll_share = 16;  // of the time waited so far
// A look at the folder costs at most this part of the time.
constexpr int k_refresh_share = 10;

const char* suffix_of(ResultUse use) { return use == ResultUse::kept ? ".kept.pack" : ".passing.pack"; }

bool is_passing(const std::filesystem::path& path) {
  return path.native().ends_with(suffix_of(ResultUse::passing));
}

// Nobody else's: machine, process and chance.
std::string unique_name() {
  std::array<char, 256> host{};
  ::gethostname(host.data(), host.size() - 1);
  std::random_device device;
  std::array<char, 64> text;
  std::snprintf(text.data(), text.size(), "-%d-%08x%08x", static_cast<int>(::getpid()), device(), device());
  return std::string(host.data()).substr(0, 64) + text.data();
}

}  // namespace

std::size_t PackStore::KeyHash::operator()(const PackKey& key) const {
  std::size_t first;
  std::memcpy(&first, key.data() + 8, sizeof first);
  return first;
}

PackStore::PackStore(std::filesystem::path folder, std::vector<WorkClaims*> claims)
    : folder_(std::move(folder)), name_(unique_name()), claims_(std::move(claims)), open_(k_open_packs) {
  refresh();
}

PackStore::~PackStore() = default;

bool PackStore::claim(const std::string& key) {
  for (std::size_t i = 0; i < claims_.size(); ++i)
    if (!claims_[i]->claim(key)) {
      while (i-- > 0) claims_[i]->release(key);
      return false;
    }
  if (!claims_.empty()) refresh_now_and_then();
  if (!has(key)) return true;
  release(key);
  return false;
}

void PackStore::release(const std::string& key) {
  for (WorkClaims* claims : claims_) claims->release(key);
}

bool PackStore::claim_block(std::uint64_t number) {
  for (std::size_t i = 0; i < claims_.size(); ++i)
    if (!claims_[i]->claim_block(number)) {
      while (i-- > 0) claims_[i]->release_block(number);
      return false;
    }
  return true;
}

void PackStore::release_block(std::uint64_t number) {
  for (WorkClaims* claims : claims_) claims->release_block(number);
}

void PackStore::refresh() {
  const std::lock_guard lock(mutex_);
  refresh_locked();
}

void PackStore::wait_for_others() {
  using Clock = std::chrono::steady_clock;
  const auto begin = Clock::now();
  if (begin - waited_until_ > k_most_poll) waits_from_ = begin;
  const auto share = std::clamp((begin - waits_from_) / k_poll_share, k_least_poll, k_most_poll);
  std::this_thread::sleep_for(std::max<Clock::duration>(share, k_refresh_share * refresh_cost_));
  refresh();
  const auto now = Clock::now();
  waited_until_ = now;
  const std::size_t records = size();
  if (!waiting_since_ || records != records_then_) {
    waiting_since_ = waits_from_ = now;
    records_then_ = records;
  } else if (now - *waiting_since_ >= patience_) {
    claims_.clear();
    lost_patience_ = true;
  }
}

void PackStore::refresh_now_and_then() {
  const std::lock_guard lock(mutex_);
  const auto now = std::chrono::steady_clock::now();
  if (now - refreshed_ > k_refresh_share * refresh_cost_) refresh_locked();
}

void PackStore::refresh_locked() {
  const auto start = std::chrono::steady_clock::now();
  std::error_code status;
  std::set<std::string> indexed;
  std::vector<std::filesystem::path> found;
  for (const auto& entry : std::filesystem::directory_iterator(folder_, status)) {
    const std::filesystem::path& path = entry.path();
    if (path.extension() == ".pack") found.push_back(path);
    if (path.extension() == ".index") indexed.insert(path.filename().string());
  }
  if (status)
    throw Error(ErrorCode::io, folder_.string() + ": cannot be read (" + status.message() + ")");
  for (const std::filesystem::path& path : found) packs_.try_emplace(path.filename().string(), Pack{.path = path});
  for (auto& [name, pack] : packs_) {
    const bool own = &pack == own_[0].pack || &pack == own_[1].pack;
    if (pack.sealed || own) continue;
    if (indexed.count(index_of(pack.path).filename().string())) {
      std::erase_if(places_, [at = &pack](const auto& item) { return item.second.pack == at; });
      pack.sealed = true;
      continue;
    }
    std::error_code gone;
    const std::uintmax_t size = std::filesystem::file_size(pack.path, gone);
    if (gone || size <= pack.end) continue;
    const std::shared_ptr<PackFile> file = open_.open(pack.path);
    if (!file) continue;
    pack.end = find_records(*file, pack.end, [&, at = &pack](const PackKey& key, std::uint64_t offset) {
      places_.try_emplace(key, Place{at, offset});
      ++at->records;
    });
  }
  refreshed_ = std::chrono::steady_clock::now();
  refresh_cost_ = refreshed_ - start;
}

std::optional<PackStore::Place> PackStore::find(const PackKey& key) const {
  const auto found = places_.find(key);
  if (found != places_.end() && !damaged_.count({found->second.pack, found->second.offset}))
    return found->second;
  for (const auto& [name, pack] : packs_) {
    if (!pack.sealed) continue;
    const std::shared_ptr<PackFile> index = open_.open(index_of(pack.path));
    if (!index) continue;
    const std::optional<std::uint64_t> offset = find_in_index(*index, key);
    if (offset && !damaged_.count({&pack, *offset})) return Place{&pack, *offset};
  }
  return {};
}

bool PackStore::has(const std::string& key) const {
  const std::lock_guard lock(mutex_);
  return find(pack_key(key)).has_value();
}

Bytes PackStore::get(const std::string& key) const {
  const PackKey wanted = pack_key(key);
  std::optional<Place> place;
  std::shared_ptr<PackFile> file;
  {
    const std::lock_guard lock(mutex_);
    place = find(wanted);
    if (place) file = open_.open(place->pack->path);
  }
  if (file) {
    if (std::optional<Bytes> bytes = read_record(*file, place->offset, wanted)) return std::move(*bytes);
  }
  std::string where = folder_.string();
  if (place) {
    const std::lock_guard lock(mutex_);
    where = place->pack->path.string();
    damaged_.emplace(place->pack, place->offset);
  }
  throw MissingResult(where + ": the tile " + key + " is missing or damaged; run again with --resume");
}

void PackStore::put(const std::string& key, std::span<const std::byte> bytes, ResultUse use) {
  const PackKey wanted = pack_key(key);
  const std::lock_guard lock(mutex_);
  Own& own = own_[static_cast<int>(use)];
  if (own.pack == nullptr) {
    const std::string name = name_ + "-" + std::to_string(packs_made_++) + suffix_of(use);
    own.file = std::make_unique<PackFile>(folder_ / name, O_RDWR | O_CREAT | O_EXCL);
    own.pack = &packs_.insert_or_assign(name, Pack{.path = folder_ / name}).first->second;
  }
  Pack& pack = *own.pack;
  const std::uint64_t offset = pack.end;
  pack.end += append_record(*own.file, offset, wanted, bytes);
  ++pack.records;
  const auto [at, is_new] = places_.try_emplace(wanted, Place{&pack, offset});
  if (!is_new && damaged_.count({at->second.pack, at->second.offset})) at->second = {&pack, offset};
  if (pack.records < k_pack_records && pack.end < k_pack_bytes) return;
  own.file->sync();
  own.file.reset();
  own.pack = nullptr;
  seal_locked(pack);
  if (use == ResultUse::passing) drop_beyond_limit();
}

void PackStore::seal_locked(Pack& pack) {
  const std::shared_ptr<PackFile> file = open_.open(pack.path);
  if (!file) return;
  std::vector<PackEntry> entries;
  find_records(*file, 0, [&](const PackKey& key, std::uint64_t offset) { entries.push_back({key, offset}); });
  write_index(pack.path, std::move(entries));
  std::erase_if(places_, [at = &pack](const auto& item) { return item.second.pack == at; });
  pack.sealed = true;
}

void PackStore::seal() {
  const std::lock_guard lock(mutex_);
  for (auto& [name, pack] : packs_)
    if (!pack.sealed && &pack != own_[0].pack && &pack != own_[1].pack) seal_locked(pack);
}

void PackStore::drop_beyond_limit() {
  struct Candidate {
    std::filesystem::file_time_type written;
    std::uintmax_t bytes;
    std::filesystem::path path;
  };
  std::vector<Candidate> candidates;
  std::uintmax_t total = 0;
  for (const auto& [name, pack] : packs_) {
    if (!pack.sealed || !is_passing(pack.path)) continue;
    std::error_code gone;
    const auto bytes = std::filesystem::file_size(pack.path, gone);
    const auto written = gone ? std::filesystem::file_time_type{} : std::filesystem::last_write_time(pack.path, gone);
    if (gone) continue;
    candidates.push_back({written, bytes, pack.path});
    total += bytes;
  }
  std::sort(candidates.begin(), candidates.end(),
            [](const Candidate& a, const Candidate& b) { return a.written < b.written; });
  for (const Candidate& oldest : candidates) {
    if (total <= passing_limit_) return;
    std::error_code ignored;
    std::filesystem::remove(index_of(oldest.path), ignored);
    std::filesystem::remove(oldest.path, ignored);
    total -= oldest.bytes;
  }
}

void PackStore::drop_passing() {
  const std::lock_guard lock(mutex_);
  std::error_code ignored;
  for (const auto& [name, pack] : packs_)
    if (is_passing(pack.path)) {
      std::filesystem::remove(index_of(pack.path), ignored);
      std::filesystem::remove(pack.path, ignored);
    }
}

std::uint64_t PackStore::passing_bytes() const {
  const std::lock_guard lock(mutex_);
  std::uint64_t bytes = 0;
  std::error_code gone;
  for (const auto& [name, pack] : packs_) {
    const std::uintmax_t size = is_passing(pack.path) ? std::filesystem::file_size(pack.path, gone) : 0;
    if (!gone) bytes += size;
  }
  return bytes;
}

void PackStore::sync() {
  const std::lock_guard lock(mutex_);
  for (Own& own : own_)
    if (own.file) own.file->sync();
}

std::size_t PackStore::size() const {
  const std::lock_guard lock(mutex_);
  std::size_t count = 0;
  for (const auto& [name, pack] : packs_) {
    if (!pack.sealed) count += pack.records;
    else if (const auto index = open_.open(index_of(pack.path)))
      count += (index->size() - 16) / sizeof(PackEntry);
  }
  return count;
}

}  // namespace reticle
