// SPDX-License-Identifier: Apache-2.0
#include "masks/hdf5/trial.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <new>
#include <string>
#include <string_view>

#include "kernels/base/error.h"
#include "masks/hdf5/hdf5.h"

namespace reticle::hdf5 {

namespace {

constexpr std::string_view k_signature("\x89HDF\r\n\x1a\n", 8);
constexpr unsigned char k_first_checked_version = 2;      // of the superblock
constexpr std::string_view k_global_heap = "GCOL";        // has no checksum
constexpr unsigned k_seconds = 5, k_bytes_a_second = 10'000'000;

// A file's bytes, in memory as long as this lives.
class MappedFile {
 public:
  explicit MappedFile(const std::filesystem::path& path) {
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) return;
    struct ::stat status {};
    if (::fstat(file, &status) == 0 && status.st_size > 0) {
      size_ = static_cast<std::size_t>(status.st_size);
      start_ = ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, file, 0);
    }
    ::close(file);
  }
  ~MappedFile() {
    if (start_ != MAP_FAILED) ::munmap(start_, size_);
  }
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;
  std::string_view bytes() const {
    return start_ == MAP_FAILED ? std::string_view() : std::string_view(static_cast<const char*>(start_), size_);
  }

 private:
  void* start_ = MAP_FAILED;
  std::size_t size_ = 0;
};

// Seen by both processes.
class SharedFlag {
 public:
  SharedFlag()
      : place_(::mmap(nullptr, sizeof(std::atomic<bool>), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0)) {
    if (*this) new (place_) std::atomic<bool>(false);
  }
  ~SharedFlag() {
    if (*this) ::munmap(place_, sizeof(std::atomic<bool>));
  }
  SharedFlag(const SharedFlag&) = delete;
  SharedFlag& operator=(const SharedFlag&) = delete;
  explicit operator bool() const { return place_ != MAP_FAILED; }
  std::atomic<bool>& value() const { return *static_cast<std::atomic<bool>*>(place_); }

 private:
  void* place_;
};

void limit(int resource, rlim_t most) {
  ::rlimit limits{};
  if (::getrlimit(static_cast<__rlimit_resource>(resource), &limits) != 0) return;
  limits.rlim_cur = std::min(most, limits.rlim_max);
  ::setrlimit(static_cast<__rlimit_resource>(resource), &limits);
}

// Where memory runs out the system ends this process, not another.
void offer_to_be_ended_first() {
  if (const int file = ::open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC); file >= 0) {
    [[maybe_unused]] const ::ssize_t written = ::write(file, "1000", 4);
    ::close(file);
  }
}

// The copy: silent, limited, and gone at the first fault, whatever handlers this process has set. It takes no memory
// before it reads, so that both processes read from the same state: reading beyond a block ends in the same place.
[[noreturn]] void read_and_leave(const std::function<void()>& read, std::uint64_t bytes, const SharedFlag& survived) {
  for (const int fault : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGSYS, SIGXCPU, SIGALRM, SIGTERM, SIGINT})
    std::signal(fault, SIG_DFL);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  if (const int nowhere = ::open("/dev/null", O_RDWR); nowhere >= 0)
    for (const int stream : {0, 1, 2}) ::dup2(nowhere, stream);
  const auto seconds = static_cast<unsigned>(k_seconds + bytes / k_bytes_a_second);
  limit(RLIMIT_CORE, 0);
  limit(RLIMIT_CPU, seconds);
  offer_to_be_ended_first();  // a limit of memory would end in an error where this process goes on, and crashes
  ::alarm(10 * seconds);  // a slow disk takes no processor time
  Session::begin_in_copy();
  try {
    read();
  } catch (...) {  // said by the process that asked
  }
  survived.value() = true;
  ::_exit(0);
}

}  // namespace

bool is_checksummed(const std::filesystem::path& path) {
  const MappedFile file(path);
  const std::string_view bytes = file.bytes();
  return bytes.size() > k_signature.size() && bytes.starts_with(k_signature) &&
         static_cast<unsigned char>(bytes[k_signature.size()]) >= k_first_checked_version &&
         ::memmem(bytes.data(), bytes.size(), k_global_heap.data(), k_global_heap.size()) == nullptr;
}

void survive_trial(const std::filesystem::path& path, const std::function<void()>& read) {
  std::error_code code;
  const std::uintmax_t bytes = std::filesystem::file_size(path, code);
  const SharedFlag survived;
  if (code || !survived) return;
  const ::pid_t child = ::fork();
  if (child < 0) return;
  if (child == 0) read_and_leave(read, bytes, survived);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (survived.value()) return;
  const int fault = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
  const bool slow = fault == SIGXCPU || fault == SIGALRM;
  throw Error(ErrorCode::bad_input,
              path.string() + ": is damaged: the HDF5 library " +
                  (slow ? "does not come to an end reading it"
                        : "ends with " + (fault != 0 ? "signal " + std::to_string(fault) : std::string("an error of its own")) +
                              " reading it") +
                  "; make or copy the file anew");
}

}  // namespace reticle::hdf5
