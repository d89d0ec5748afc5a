// SPDX-License-Identifier: Apache-2.0
// Handles, sessions, and files as a whole.
#include <hdf5.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <mutex>
#include <new>
#include <utility>

#include "kernels/base/error.h"
#include "masks/hdf5/hdf5.h"
#include "masks/hdf5/types.h"
#include "masks/output_file.h"

namespace reticle::hdf5 {

namespace {

std::recursive_mutex& library_mutex() {
  static std::recursive_mutex mutex;
  return mutex;
}

// The library does not say why; the system's last error does, as a full disk.
[[noreturn]] void cannot_write(const std::filesystem::path& path) {
  throw Error(ErrorCode::io, path.string() + ": cannot be written: " +
                                 (errno != 0 ? std::strerror(errno) : "the HDF5 library failed"));
}

void check_readable(const std::filesystem::path& path) {
  std::error_code code;
  if (std::filesystem::is_directory(path, code))
    throw Error(ErrorCode::io, path.string() + ": is a folder, not a file");
  if (!std::ifstream(path))
    throw Error(ErrorCode::io, path.string() + ": cannot be read: " + std::strerror(errno));
}

// Files appear whole, by renaming, so that nobody needs the library's own locks, which some file systems lack.
Handle access_without_locks() {
  Handle access = owned(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
#if H5_VERSION_GE(1, 10, 7)
  H5Pset_file_locking(access.id(), false, true);
#endif
  return access;
}

}  // namespace

Handle::Handle(Handle&& other) noexcept
    : id_(std::exchange(other.id_, -1)), close_(std::exchange(other.close_, nullptr)) {}

Handle& Handle::operator=(Handle&& other) noexcept {
  std::swap(id_, other.id_);
  std::swap(close_, other.close_);
  return *this;
}

Handle::~Handle() { close(); }

bool Handle::close() {
  const std::int64_t id = std::exchange(id_, -1);
  return id < 0 || close_(id) >= 0;
}

Session::Session() {
  library_mutex().lock();
  // Files are closed by their handles; closing one again that a full disk did not take, as the library does at exit, crashes.
  [[maybe_unused]] static const bool closed_by_handles = H5dont_atexit() >= 0;
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
}

// The mutex is locked by a thread that the copy does not have.
void Session::begin_in_copy() { new (&library_mutex()) std::recursive_mutex; }

// A thread's errors hold identifiers of the library, which cannot close while a thread that has ended kept some.
Session::~Session() {
  H5Eclear2(H5E_DEFAULT);
  library_mutex().unlock();
}

bool is_hdf5(const std::filesystem::path& path) {
  check_readable(path);
  const Session session;
  return H5Fis_hdf5(path.c_str()) > 0;
}

Group open_file(const Session&, const std::filesystem::path& path, const std::string& expected) {
  check_readable(path);
  Handle file = owned(H5Fopen(path.c_str(), H5F_ACC_RDONLY, access_without_locks().id()), H5Fclose);
  Handle root;
  if (file) root = owned(H5Gopen2(file.id(), "/", H5P_DEFAULT), H5Gclose);
  if (!root)
    throw Error(ErrorCode::bad_input,
                path.string() + ": is empty, cut short or not HDF5; give " + expected);
  return Group(std::move(root), path.string(), "/");  // an open group keeps the file open
}

NewFile::NewFile(const Session&, std::filesystem::path path)
    : path_(std::move(path)), output_(path_) {
  const Handle access = access_without_locks();
  const Handle creation = owned(H5Pcreate(H5P_FILE_CREATE), H5Pclose);
  H5Pset_libver_bounds(access.id(), H5F_LIBVER_V110, H5F_LIBVER_V110);
  H5Pset_fapl_core(access.id(), 1 << 16, 1);  // all of a step is written when the file is made
  H5Pset_fclose_degree(access.id(), H5F_CLOSE_STRONG);
  H5Pset_obj_track_times(creation.id(), 0);
  errno = 0;
  file_ = owned(H5Fcreate(output_.temporary().c_str(), H5F_ACC_TRUNC, creation.id(), access.id()),
                H5Fclose);
  if (!file_) cannot_write(path_);
  root_ = std::make_unique<Group>(owned(H5Gopen2(file_.id(), "/", H5P_DEFAULT), H5Gclose),
                                  path_.string(), "/");
}

void NewFile::save() {
  root_.reset();
  errno = 0;
  const bool flushed = H5Fflush(file_.id(), H5F_SCOPE_GLOBAL) >= 0;
  if (!file_.close() || !flushed) cannot_write(path_);
  output_.commit();
}

}  // namespace reticle::hdf5
