// SPDX-License-Identifier: Apache-2.0
// HDF5 behind RAII: a file is a tree of groups with typed attributes and datasets.
// Reading trusts nothing: rank, type, size, chunks and filters are checked before memory is taken.
#pragma once

#include <complex>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "masks/hdf5/trial.h"
#include "masks/output_file.h"

namespace reticle::hdf5 {

using Extents = std::vector<std::uint64_t>;

// Owns one HDF5 identifier.
class Handle {
 public:
  using Closer = int (*)(std::int64_t);
  Handle() = default;
  Handle(std::int64_t id, Closer closer) : id_(id), close_(closer) {}
  Handle(Handle&& other) noexcept;
  Handle& operator=(Handle&& other) noexcept;
  ~Handle();
  std::int64_t id() const { return id_; }
  explicit operator bool() const { return id_ >= 0; }
  bool close();  // false if the library could not, as for want of space

 private:
  std::int64_t id_ = -1;
  Closer close_ = nullptr;
};

// A dataset of another file, beside the one that shows it.
struct VirtualPart {
  std::string file, dataset;
  std::uint64_t count = 0;  // along the first axis
};

// A group (the root included) of a file being read or written. T is std::uint8_t, std::int32_t,
// float, double, std::complex<float> or std::complex<double>; complex numbers are stored as a
// compound {r, i}, as h5py does; real ones are read too. Reading throws Error(bad_input), naming file, place and remedy.
class Group {
 public:
  Group(Handle handle, std::string file, std::string path)
      : handle_(std::move(handle)), file_(std::move(file)), path_(std::move(path)) {}

  bool has(const std::string& name) const;
  bool has_attribute(const std::string& name) const;
  std::vector<std::string> attribute_names() const;  // in alphabetical order
  Group group(const std::string& name) const;

  double number(const std::string& attribute) const;
  std::vector<double> numbers(const std::string& attribute, std::size_t count) const;
  std::string text(const std::string& attribute) const;
  std::vector<std::string> texts(const std::string& attribute) const;
  std::string text_dataset(const std::string& name) const;

  // Integers or truth values (an enumeration of one byte, as h5py writes bool).
  bool holds_whole_numbers(const std::string& dataset) const;
  // Checks that the dataset has this rank and at most this many elements.
  Extents extents(const std::string& dataset, std::size_t rank, std::uint64_t most_elements) const;
  template <class T>
  std::vector<T> read(const std::string& dataset, const Extents& extents) const;
  template <class T>
  void read(const std::string& dataset, const Extents& extents, T* to) const;

  Group create_group(const std::string& name);
  void set_number(const std::string& attribute, double value);
  void set_numbers(const std::string& attribute, std::span<const double> values);
  void set_text(const std::string& attribute, std::string_view value);
  void set_texts(const std::string& attribute, std::span<const std::string> values);
  void write_text(const std::string& dataset, std::string_view value);
  // Chunked with checksum; chunks of at most 256 along each of the last two axes, deflated.
  template <class T>
  void write(const std::string& dataset, const Extents& extents, const T* values);
  // Pictures [count, rows, cols] of bytes, written one at a time; those not written are 0.
  void create_pictures(const std::string& dataset, const Extents& extents);
  void write_picture(const std::string& dataset, std::uint64_t number, const std::uint8_t* pixels);
  // A dataset that shows datasets of other files, one behind another along the first axis.
  template <class T>
  void write_virtual(const std::string& dataset, const std::vector<VirtualPart>& parts,
                     const Extents& other_axes);
  // Attributes of one dataset of this group.
  void set_dataset_numbers(const std::string& dataset, const std::string& attribute,
                           std::span<const double> values);
  void set_dataset_number(const std::string& dataset, const std::string& attribute, double value);
  std::vector<double> dataset_numbers(const std::string& dataset, const std::string& attribute,
                                      std::size_t count) const;

  // Throws Error(bad_input): "FILE, PLACE: WHAT".
  [[noreturn]] void fail(const std::string& name, const std::string& what) const;

 private:
  Handle open_dataset(const std::string& name) const;
  Handle open_attribute(std::int64_t object, const std::string& place,
                        const std::string& name) const;

  Handle handle_;
  std::string file_, path_;
};

// While one exists, this thread alone uses HDF5 (the library is not safe for several threads), and
// the library prints nothing.
class Session {
 public:
  Session();
  ~Session();
  // In a copy of the process, whose only thread may use HDF5.
  static void begin_in_copy();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
};

// Throws Error(io) if the file cannot be read, Error(bad_input) if it is not HDF5. `expected` says
// in the message what the file should have been, e.g. "a mask file".
Group open_file(const Session&, const std::filesystem::path& path, const std::string& expected);
bool is_hdf5(const std::filesystem::path& path);

// What `read` makes of the root of a file, which it reads twice where damage could end the process (trial.h).
template <class Read>
auto read_file(const std::filesystem::path& path, const std::string& expected, const Read& read) {
  const Session session;
  const auto once = [&] { return read(static_cast<const Group&>(open_file(session, path, expected))); };
  if (!is_checksummed(path)) survive_trial(path, once);
  return once();
}

// A file built in memory and saved whole, in the format of library version 1.10, without time
// stamps: same contents, same bytes.
class NewFile {
 public:
  NewFile(const Session&, std::filesystem::path path);
  Group& root() { return *root_; }
  // Puts the finished file at the path, whole or not at all. Throws Error(io).
  void save();

 private:
  std::filesystem::path path_;
  OutputFile output_;
  Handle file_;
  std::unique_ptr<Group> root_;
};

}  // namespace reticle::hdf5
