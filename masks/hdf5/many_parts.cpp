// SPDX-License-Identifier: Apache-2.0
// Datasets that do not pass through memory as a whole: pictures one at a time, and parts in other files.
#include <hdf5.h>

#include <algorithm>

#include "masks/hdf5/chunk_packer.h"
#include "masks/hdf5/hdf5.h"
#include "masks/hdf5/types.h"

namespace reticle::hdf5 {

namespace {

constexpr unsigned k_deflate_level = 1;

}  // namespace

// A picture is a chunk of its own.
void Group::create_pictures(const std::string& name, const Extents& extents) {
  const std::vector<hsize_t> dimensions(extents.begin(), extents.end());
  const std::vector<hsize_t> chunk = {1, dimensions[1], dimensions[2]};
  const Handle type = memory_type<std::uint8_t>();
  const Handle space = owned(H5Screate_simple(3, dimensions.data(), nullptr), H5Sclose);
  const Handle creation = owned(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
  H5Pset_obj_track_times(creation.id(), 0);
  H5Pset_chunk(creation.id(), 3, chunk.data());
  H5Pset_deflate(creation.id(), k_deflate_level);
  H5Pset_fletcher32(creation.id());
  const Handle dataset = owned(H5Dcreate2(handle_.id(), name.c_str(), type.id(), space.id(), H5P_DEFAULT,
                                          creation.id(), H5P_DEFAULT),
                               H5Dclose);
  if (!dataset) fail(name, "could not be stored");
}

void Group::write_picture(const std::string& name, std::uint64_t number, const std::uint8_t* pixels) {
  const Handle dataset = owned(H5Dopen2(handle_.id(), name.c_str(), H5P_DEFAULT), H5Dclose);
  const Handle space = owned(H5Dget_space(dataset.id()), H5Sclose);
  hsize_t extents[3] = {};
  H5Sget_simple_extent_dims(space.id(), extents, nullptr);
  ChunkPacker packer(static_cast<int>(k_deflate_level));
  const std::vector<std::uint8_t>& packed = packer.pack_rows({pixels, extents[1] * extents[2]}, extents[2]);
  const hsize_t offset[3] = {number, 0, 0};
  if (H5Dwrite_chunk(dataset.id(), H5P_DEFAULT, 0, offset, packed.size(), packed.data()) < 0)
    fail(name, "could not be stored");
}

template <class T>
void Group::write_virtual(const std::string& name, const std::vector<VirtualPart>& parts,
                          const Extents& other_axes) {
  std::vector<hsize_t> whole{0};
  whole.insert(whole.end(), other_axes.begin(), other_axes.end());
  for (const VirtualPart& part : parts) whole[0] += part.count;
  const int rank = static_cast<int>(whole.size());
  const Handle type = memory_type<T>();
  const Handle space = owned(H5Screate_simple(rank, whole.data(), nullptr), H5Sclose);
  const Handle creation = owned(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
  H5Pset_obj_track_times(creation.id(), 0);
  std::vector<hsize_t> start(whole.size()), count(whole);
  for (const VirtualPart& part : parts) {
    count[0] = part.count;
    const Handle source = owned(H5Screate_simple(rank, count.data(), nullptr), H5Sclose);
    H5Sselect_hyperslab(space.id(), H5S_SELECT_SET, start.data(), nullptr, count.data(), nullptr);
    if (H5Pset_virtual(creation.id(), space.id(), part.file.c_str(), part.dataset.c_str(), source.id()) < 0)
      fail(name, "could not refer to " + part.file);
    start[0] += part.count;
  }
  H5Sselect_all(space.id());
  const Handle dataset = owned(H5Dcreate2(handle_.id(), name.c_str(), type.id(), space.id(), H5P_DEFAULT,
                                          creation.id(), H5P_DEFAULT),
                               H5Dclose);
  if (!dataset) fail(name, "could not be stored");
}

template void Group::write_virtual<std::uint8_t>(const std::string&, const std::vector<VirtualPart>&,
                                                 const Extents&);
template void Group::write_virtual<std::int32_t>(const std::string&, const std::vector<VirtualPart>&,
                                                 const Extents&);

}  // namespace reticle::hdf5
