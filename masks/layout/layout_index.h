// SPDX-License-Identifier: Apache-2.0
// A layout on disk as it is in memory once it was read, to be mapped instead of parsed: cells, their decoded shapes and
// placements with what finds them by place. So GDSII, OASIS and gzip are alike, and a process looks at the pages it needs.
//
//   header | arrays | table: of which file and program, cells, where their arrays lie, a checksum of each 4 MiB of arrays
//
// It is bound to the layout's file: by size, inode and times where those are older than the index by more than a file
// system's clock may miss, otherwise by the SHA-256 of all its bytes.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "masks/layout/layout.h"

namespace reticle::layout {

// What changes when somebody writes to a file or puts another in its place; zeros where there is none.
struct FileStamp {
  static FileStamp of(const std::filesystem::path& path);
  bool operator==(const FileStamp&) const = default;

  std::uint64_t inode = 0, size = 0;
  std::int64_t modified_ns = 0, changed_ns = 0;
};

// What a layout was read from.
struct IndexedFile {
  FileStamp stamp;  // as it was before
  std::string sha256;
  KeptLayers kept;
  std::vector<Warning> warnings;  // of its readers
};

// Throws Error(io) if it cannot be written. It appears whole, so that others may do the same at the same time.
void write_layout_index(const std::filesystem::path& index, const Layout& layout, const IndexedFile& file);

struct FoundIndex {
  std::optional<Layout> layout;
  std::string sha256;   // of the layout's file
  std::string why_not;  // what is wrong with an index that is there
};

// Of this layout's file and these layers; warnings of when it was read come again, as WarningLog::add() takes them. Every byte
// is checked before any is used.
FoundIndex find_layout_index(const std::filesystem::path& index, const std::filesystem::path& layout, const KeptLayers& kept);

}  // namespace reticle::layout
