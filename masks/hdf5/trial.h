// SPDX-License-Identifier: Apache-2.0
// Damaged HDF5 files can end the process that reads them: the library trusts addresses and sizes in files of its
// old format (superblock 0 and 1, which h5py writes by default). What it does not protect by checksums is
// read in a process of its own first, so that damage becomes an error.
#pragma once

#include <filesystem>
#include <functional>

namespace reticle::hdf5 {

// Whether checksums cover all that the library follows through the file: its newer format without a global heap.
// Files of ours are such.
bool is_checksummed(const std::filesystem::path& path);

// Runs `read` in a copy of this process, which may crash, or run out of the time that a sound file of
// this size takes; throws Error(bad_input), naming file and remedy, if it does. What it throws there is
// left to be thrown again here. Returns without a trial where the system grants no process.
void survive_trial(const std::filesystem::path& path, const std::function<void()>& read);

}  // namespace reticle::hdf5
