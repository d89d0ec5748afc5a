// SPDX-License-Identifier: Apache-2.0
// Claims and sums over the ranks of MPI_COMM_WORLD, by one-sided operations on counters of rank 0 [MPI-3.1,
// chapter 11]: no rank waits for another, none hands out work.
//
// A key claims one of k_slots by compare-and-swap; two keys of one slot wait for each other, which costs
// time only. Ranks that die keep their claims: an MPI that loses a rank ends the others, and whoever goes
// on with the job starts with none claimed.
#include <mpi.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <mutex>
#include <string>
#include <thread>

#include "masks/job/crew.h"

namespace reticle {

namespace {

constexpr int k_slots = 1 << 20;
constexpr auto k_pause = std::chrono::milliseconds(2);

class MpiCrew final : public Crew {
 public:
  explicit MpiCrew(bool finalize) : finalize_(finalize) {
    MPI_Comm_rank(MPI_COMM_WORLD, &rank_);
    MPI_Comm_size(MPI_COMM_WORLD, &size_);
    const MPI_Aint bytes = rank_ == 0 ? (2 * k_slots + 1) * static_cast<MPI_Aint>(sizeof(long)) : 0;
    MPI_Win_allocate(bytes, sizeof(long), MPI_INFO_NULL, MPI_COMM_WORLD, &counters_, &window_);
    if (rank_ == 0) std::fill_n(counters_, 2 * k_slots + 1, 0L);
    MPI_Win_lock_all(0, window_);
    MPI_Win_sync(window_);
    MPI_Barrier(MPI_COMM_WORLD);
    // One-sided calls of others may need their target inside MPI now and then.
    progress_ = std::jthread([this](std::stop_token stop) {
      while (!stop.stop_requested()) {
        {
          const std::lock_guard lock(mutex_);
          int waiting = 0;
          MPI_Iprobe(MPI_ANY_SOURCE, MPI_ANY_TAG, MPI_COMM_WORLD, &waiting, MPI_STATUS_IGNORE);
        }
        std::this_thread::sleep_for(k_pause);
      }
    });
  }

  // Without leave() this rank failed: leaving without MPI_Finalize makes MPI end the others.
  ~MpiCrew() override { stop(); }

  int rank() const override { return rank_; }
  int size() const override { return size_; }
  std::string description() const override {
    return "MPI: " + std::to_string(size_) + " ranks";
  }

  bool claim(const std::string& key) override { return take(slot_of(key)); }
  void release(const std::string& key) override { give_back(slot_of(key)); }
  // In slots of their own: who waits for a tile's slot must never wait for the end of a block.
  bool claim_block(std::uint64_t number) override { return take(block_slot(number)); }
  void release_block(std::uint64_t number) override { give_back(block_slot(number)); }

  void add_done(long count) override { added(count); }
  long done_by_all() override { return added(0); }

  void meet() override {
    MPI_Request request;
    {
      const std::lock_guard lock(mutex_);
      MPI_Ibarrier(MPI_COMM_WORLD, &request);
    }
    for (int there = 0; !there; std::this_thread::sleep_for(k_pause)) {
      const std::lock_guard lock(mutex_);
      MPI_Test(&request, &there, MPI_STATUS_IGNORE);
    }
  }

  void leave() override {
    meet();
    stop();
    MPI_Win_unlock_all(window_);
    MPI_Win_free(&window_);
    if (finalize_) MPI_Finalize();
  }

 private:
  void stop() {
    progress_.request_stop();
    if (progress_.joinable()) progress_.join();
  }

  bool take(MPI_Aint slot) {
    const long mine = rank_ + 1, free = 0;
    long before = 0;
    const std::lock_guard lock(mutex_);
    MPI_Compare_and_swap(&mine, &free, &before, MPI_LONG, 0, slot, window_);
    MPI_Win_flush(0, window_);
    return before == 0;
  }

  void give_back(MPI_Aint slot) {
    const long free = 0;
    long before = 0;
    const std::lock_guard lock(mutex_);
    MPI_Fetch_and_op(&free, &before, MPI_LONG, 0, slot, MPI_REPLACE, window_);
    MPI_Win_flush(0, window_);
  }

  static MPI_Aint block_slot(std::uint64_t number) {
    return static_cast<MPI_Aint>(k_slots + number % k_slots);
  }
  static MPI_Aint slot_of(const std::string& key) {
    return static_cast<MPI_Aint>(std::stoul(key.substr(0, 12), nullptr, 16) % k_slots);
  }

  long added(long count) {
    long before = 0;
    const std::lock_guard lock(mutex_);
    MPI_Fetch_and_op(&count, &before, MPI_LONG, 0, 2 * k_slots, MPI_SUM, window_);
    MPI_Win_flush(0, window_);
    return before + count;
  }

  bool finalize_;
  int rank_ = 0, size_ = 1;
  long* counters_ = nullptr;
  MPI_Win window_ = MPI_WIN_NULL;
  std::mutex mutex_;  // around every MPI call: MPI_THREAD_SERIALIZED
  std::jthread progress_;
};

}  // namespace

}  // namespace reticle

// The crew of this process's rank; null where it is the only one.
extern "C" reticle::Crew* reticle_make_crew() {
  int started = 0;
  MPI_Initialized(&started);
  if (!started) {
    // Open MPI 4.1's one-sided component for RDMA reads foreign addresses when ranks of a machine share
    // memory; the others do not. Whoever sets the variable decides.
    ::setenv("OMPI_MCA_osc", "^rdma", 0);
    int provided = 0;
    MPI_Init_thread(nullptr, nullptr, MPI_THREAD_SERIALIZED, &provided);
    if (provided < MPI_THREAD_SERIALIZED) {
      MPI_Finalize();
      return nullptr;
    }
  }
  int size = 1;
  MPI_Comm_size(MPI_COMM_WORLD, &size);
  if (size < 2) {
    if (!started) MPI_Finalize();
    return nullptr;
  }
  return new reticle::MpiCrew(!started);
}
