// SPDX-License-Identifier: Apache-2.0
// OutputFile and OutputText: a file that appears whole or not at all.
#pragma once

#include <filesystem>
#include <fstream>
#include <span>

namespace reticle {

// Reserves a temporary name beside `path`; commit() flushes it to disk and renames it over `path`.
// Without commit() the destructor removes the temporary. Every writer of the library goes through it.
class OutputFile {
 public:
  // The file gets the mode that umask leaves. Throws Error(io) if its folder does not exist or cannot be
  // written to, or if a device, pipe or folder stands at the path.
  explicit OutputFile(std::filesystem::path path);
  ~OutputFile();
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  // Where to write; on the same file system as the final path.
  const std::filesystem::path& temporary() const { return temporary_; }
  // Writes the whole contents. Throws Error(io) with the system's reason, as a full disk.
  void write(std::span<const char> bytes);
  // Throws Error(io) if the data cannot be brought to disk (disk full) or the rename fails.
  void commit();

  // Removes the temporaries of all that are open and lets none begin: for a process that ends at once.
  static void abandon_all() noexcept;

 private:
  std::filesystem::path path_;
  std::filesystem::path temporary_;
  bool committed_ = false;
};

// Text that is written piece by piece, to a file of that kind.
class OutputText {
 public:
  // As OutputFile.
  explicit OutputText(std::filesystem::path path);
  std::ostream& out() { return file_; }
  // Throws Error(io) if not all of it was written (disk full), and as OutputFile::commit().
  void commit();

 private:
  std::filesystem::path path_;
  OutputFile output_;
  std::ofstream file_;
};

}  // namespace reticle
