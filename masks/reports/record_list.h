// SPDX-License-Identifier: Apache-2.0
// Records of one kind in order: in memory where they are few, in a file where they are many, so that memory does
// not grow with their number. Sorted in runs that fit into memory, which are then merged [Knuth, TAOCP 3, 5.4].
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <iterator>
#include <memory>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include "masks/scratch_file.h"

namespace reticle {

inline constexpr std::size_t k_bytes_in_memory = std::size_t{1} << 18;  // of one list

template <class Record>
inline constexpr std::size_t k_records_in_memory = k_bytes_in_memory / sizeof(Record);

// Immutable; copies share what they hold.
template <class Record>
class RecordList {
  static_assert(std::is_trivially_copyable_v<Record>);

 public:
  RecordList() = default;
  explicit RecordList(std::vector<Record> records)
      : held_(std::make_shared<const std::vector<Record>>(std::move(records))), size_(held_->size()) {}
  RecordList(std::shared_ptr<const ScratchFile> file, std::size_t size) : file_(std::move(file)), size_(size) {}

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  void read(std::size_t first, std::span<Record> to) const {
    if (held_) std::copy_n(held_->begin() + static_cast<std::ptrdiff_t>(first), to.size(), to.begin());
    else if (!to.empty()) file_->read(first * sizeof(Record), std::as_writable_bytes(to));
  }
  Record operator[](std::size_t i) const {
    Record one;
    read(i, {&one, 1});
    return one;
  }

  class Iterator {
   public:
    using value_type = Record;
    using difference_type = std::ptrdiff_t;
    explicit Iterator(const RecordList& list, std::size_t at = 0) : list_(&list), at_(at), first_(at) {}
    const Record& operator*() const {
      if (list_->held_) return (*list_->held_)[at_];
      if (at_ - first_ >= block_.size()) {
        first_ = at_;
        block_.resize(std::min(k_block, list_->size_ - at_));
        list_->read(at_, block_);
      }
      return block_[at_ - first_];
    }
    Iterator& operator++() { return ++at_, *this; }
    void operator++(int) { ++at_; }
    bool operator==(std::default_sentinel_t) const { return at_ == list_->size_; }
    std::size_t number() const { return at_; }

   private:
    static constexpr std::size_t k_block = std::max<std::size_t>(1, 16384 / sizeof(Record));
    const RecordList* list_;
    std::size_t at_;
    mutable std::size_t first_;
    mutable std::vector<Record> block_;
  };
  Iterator begin() const { return Iterator(*this); }
  std::default_sentinel_t end() const { return {}; }

  bool operator==(const RecordList& other) const {
    if (size_ != other.size_) return false;
    auto there = other.begin();
    for (const Record& here : *this) {
      if (!(here == *there)) return false;
      ++there;
    }
    return true;
  }

 private:
  std::shared_ptr<const std::vector<Record>> held_;
  std::shared_ptr<const ScratchFile> file_;
  std::size_t size_ = 0;
};

// Makes a list in the order in which records come. `folder`: of a ScratchFile.
template <class Record>
class RecordWriter {
 public:
  explicit RecordWriter(std::filesystem::path folder) : folder_(std::move(folder)) {}
  void add(const Record& record) {
    if (held_.size() == k_records_in_memory<Record>) put_aside();
    held_.push_back(record);
    ++size_;
  }
  std::size_t size() const { return size_; }
  RecordList<Record> take() {
    if (!file_) return RecordList<Record>(std::move(held_));
    put_aside();
    return RecordList<Record>(std::move(file_), size_);
  }

 private:
  void put_aside() {
    if (!file_) file_ = std::make_shared<ScratchFile>(folder_);
    file_->append(std::as_bytes(std::span<const Record>(held_)));
    held_.clear();
  }
  std::filesystem::path folder_;
  std::vector<Record> held_;
  std::shared_ptr<ScratchFile> file_;
  std::size_t size_ = 0;
};

// Makes a list in the order of `Before`, a strict order of records; where that does not tell, as they came.
template <class Record, class Before>
class RecordSorter {
 public:
  explicit RecordSorter(std::filesystem::path folder) : folder_(std::move(folder)) {}
  void add(const Record& record) {
    if (held_.size() == k_records_in_memory<Record>) end_run();
    held_.push_back(record);
  }
  RecordList<Record> take() {
    if (!file_) {
      std::stable_sort(held_.begin(), held_.end(), Before());
      return RecordList<Record>(std::move(held_));
    }
    end_run();
    std::vector<Record>().swap(held_);
    while (runs_.size() > 1) merge_runs();
    return RecordList<Record>(std::move(file_), runs_.front().end);
  }

 private:
  static constexpr std::size_t k_runs_at_once = 32;
  struct Run {
    std::size_t begin, end;  // records of the file
  };
  // The front of a run.
  struct Head {
    const ScratchFile& file;
    Run rest;  // that is not in memory
    std::vector<Record> block;
    std::size_t at = 0;
    bool more() {
      if (at < block.size()) return true;
      block.resize(std::min(rest.end - rest.begin, k_records_in_memory<Record> / k_runs_at_once + 1));
      file.read(rest.begin * sizeof(Record), std::as_writable_bytes(std::span<Record>(block)));
      rest.begin += block.size(), at = 0;
      return !block.empty();
    }
  };

  void end_run() {
    if (!file_) file_ = std::make_shared<ScratchFile>(folder_);
    std::stable_sort(held_.begin(), held_.end(), Before());
    const std::size_t begin = runs_.empty() ? 0 : runs_.back().end;
    runs_.push_back({begin, begin + held_.size()});
    file_->append(std::as_bytes(std::span<const Record>(held_)));
    held_.clear();
  }

  // As many at once as fit into memory; afterwards there are fewer.
  void merge_runs() {
    const auto merged = std::make_shared<ScratchFile>(folder_);
    std::vector<Run> longer;
    std::vector<Record> out;
    const auto put_out = [&] { merged->append(std::as_bytes(std::span<const Record>(out))), out.clear(); };
    for (std::size_t first = 0; first < runs_.size(); first += k_runs_at_once) {
      std::vector<Head> heads;
      for (std::size_t i = first; i < std::min(first + k_runs_at_once, runs_.size()); ++i) heads.push_back({*file_, runs_[i], {}});
      std::vector<std::size_t> heap;  // of heads with something left, whichever comes first on top
      const auto later = [&](std::size_t a, std::size_t b) {
        const Record &ra = heads[a].block[heads[a].at], &rb = heads[b].block[heads[b].at];
        return Before()(rb, ra) || (!Before()(ra, rb) && b < a);
      };
      for (std::size_t i = 0; i < heads.size(); ++i)
        if (heads[i].more()) heap.push_back(i);
      std::make_heap(heap.begin(), heap.end(), later);
      while (!heap.empty()) {
        std::pop_heap(heap.begin(), heap.end(), later);
        Head& head = heads[heap.back()];
        if (out.size() == k_records_in_memory<Record>) put_out();
        out.push_back(head.block[head.at++]);
        if (head.more()) std::push_heap(heap.begin(), heap.end(), later);
        else heap.pop_back();
      }
      longer.push_back({runs_[first].begin, runs_[std::min(first + k_runs_at_once, runs_.size()) - 1].end});
    }
    put_out();
    file_ = merged;
    runs_ = std::move(longer);
  }

  std::filesystem::path folder_;
  std::vector<Record> held_;
  std::shared_ptr<ScratchFile> file_;
  std::vector<Run> runs_;
};

}  // namespace reticle
