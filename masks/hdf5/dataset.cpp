// SPDX-License-Identifier: Apache-2.0
// Datasets: arrays of numbers, checked before they are read.
#include <hdf5.h>

#include <algorithm>
#include <type_traits>

#include "masks/hdf5/chunk_packer.h"
#include "masks/hdf5/hdf5.h"
#include "masks/hdf5/types.h"

namespace reticle::hdf5 {

namespace {

constexpr hsize_t k_chunk_side = 256;
constexpr std::uint64_t k_largest_chunk_bytes = 64 << 20;
constexpr unsigned k_deflate_level = 1;

bool is_plain_number(hid_t type) {
  const H5T_class_t kind = H5Tget_class(type);
  return (kind == H5T_FLOAT || kind == H5T_INTEGER) && H5Tget_size(type) <= 8;
}

bool is_truth_value(hid_t type) { return H5Tget_class(type) == H5T_ENUM && H5Tget_size(type) == 1; }

bool is_complex_number(hid_t type) {
  if (H5Tget_class(type) != H5T_COMPOUND || H5Tget_nmembers(type) != 2) return false;
  if (H5Tget_size(type) > 16) return false;
  if (H5Tget_member_index(type, "r") != 0 || H5Tget_member_index(type, "i") != 1) return false;
  return H5Tget_member_class(type, 0) == H5T_FLOAT && H5Tget_member_class(type, 1) == H5T_FLOAT;
}

void check_filters(const Group& group, const std::string& name, hid_t creation) {
  const int count = H5Pget_nfilters(creation);
  for (int i = 0; i < count; ++i) {
    unsigned flags = 0, config = 0;
    std::size_t no_values = 0;
    const H5Z_filter_t filter = H5Pget_filter2(creation, static_cast<unsigned>(i), &flags,
                                               &no_values, nullptr, 0, nullptr, &config);
    if (filter != H5Z_FILTER_DEFLATE && filter != H5Z_FILTER_SHUFFLE &&
        filter != H5Z_FILTER_FLETCHER32)
      group.fail(name, "is packed with filter " + std::to_string(filter) +
                           "; only deflate, shuffle and fletcher32 are read");
  }
}

// Nothing may come from another file, and one chunk must be of a sane size.
void check_layout(const Group& group, const std::string& name, hid_t dataset) {
  const Handle creation = owned(H5Dget_create_plist(dataset), H5Pclose);
  const Handle type = owned(H5Dget_type(dataset), H5Tclose);
  if (!creation || !type) group.fail(name, "cannot be opened; the file is damaged");
  const H5D_layout_t layout = H5Pget_layout(creation.id());
  if (layout == H5D_VIRTUAL || H5Pget_external_count(creation.id()) != 0)
    group.fail(name, "takes its data from another file; store the data itself");
  if (layout == H5D_CHUNKED) {
    hsize_t chunk[H5S_MAX_RANK];
    const int rank = H5Pget_chunk(creation.id(), H5S_MAX_RANK, chunk);
    std::uint64_t bytes = H5Tget_size(type.id());
    for (int i = 0; i < rank; ++i) {
      bytes *= std::clamp<hsize_t>(chunk[i], 1, k_largest_chunk_bytes);
      if (bytes > k_largest_chunk_bytes) group.fail(name, "has chunks of more than 64 MiB");
    }
  }
  check_filters(group, name, creation.id());
}

}  // namespace

Handle Group::open_dataset(const std::string& name) const {
  if (!has(name)) fail(name, "dataset is missing");
  Handle dataset = owned(H5Dopen2(handle_.id(), name.c_str(), H5P_DEFAULT), H5Dclose);
  if (!dataset) fail(name, "is not a dataset that can be read; the file may be damaged");
  check_layout(*this, name, dataset.id());
  return dataset;
}

bool Group::holds_whole_numbers(const std::string& name) const {
  const Handle dataset = open_dataset(name);
  const Handle type = owned(H5Dget_type(dataset.id()), H5Tclose);
  return H5Tget_class(type.id()) == H5T_INTEGER || is_truth_value(type.id());
}

Extents Group::extents(const std::string& name, std::size_t rank,
                       std::uint64_t most_elements) const {
  const Handle dataset = open_dataset(name);
  const Handle space = owned(H5Dget_space(dataset.id()), H5Sclose);
  const int held = H5Sget_simple_extent_ndims(space.id());
  if (held != static_cast<int>(rank))
    fail(name, "has " + std::to_string(held) + " axes; it should have " + std::to_string(rank));
  Extents extents(rank);
  hsize_t dimensions[H5S_MAX_RANK];
  H5Sget_simple_extent_dims(space.id(), dimensions, nullptr);
  std::copy_n(dimensions, rank, extents.begin());
  std::uint64_t elements = 1;
  for (const std::uint64_t extent : extents) {
    if (extent == 0) fail(name, "is empty");
    if (extent > most_elements / elements)
      fail(name, "has more than " + std::to_string(most_elements) + " elements");
    elements *= extent;
  }
  return extents;
}

template <class T>
void Group::read(const std::string& name, const Extents& wanted, T* to) const {
  std::uint64_t elements = 1;
  for (const std::uint64_t extent : wanted) elements *= extent;
  if (extents(name, wanted.size(), elements) != wanted)
    fail(name, "does not have the shape the rest of the file asks for");
  const Handle dataset = open_dataset(name);
  const Handle type = owned(H5Dget_type(dataset.id()), H5Tclose);
  const bool plain = is_plain_number(type.id());
  if (is_complex<T> ? !is_complex_number(type.id()) && !plain : !plain && !is_truth_value(type.id()))
    fail(name, is_complex<T> ? "should hold complex numbers, a compound of floats r and i"
                             : "should hold plain numbers");
  if constexpr (is_complex<T>) {
    if (is_plain_number(type.id())) {
      using Part = typename T::value_type;
      const std::vector<Part> parts = read<Part>(name, wanted);
      std::copy(parts.begin(), parts.end(), to);
      return;
    }
  } else if (is_truth_value(type.id())) {
    std::vector<std::uint8_t> truths(elements);
    const Handle native = owned(H5Tget_native_type(type.id(), H5T_DIR_ASCEND), H5Tclose);
    if (!native || H5Dread(dataset.id(), native.id(), H5S_ALL, H5S_ALL, H5P_DEFAULT, truths.data()) < 0)
      fail(name, "cannot be read; the file is cut short or damaged");
    std::transform(truths.begin(), truths.end(), to, [](std::uint8_t truth) { return static_cast<T>(truth); });
    return;
  }
  const Handle memory = memory_type<T>();
  if (H5Dread(dataset.id(), memory.id(), H5S_ALL, H5S_ALL, H5P_DEFAULT, to) < 0)
    fail(name, "cannot be read; the file is cut short or damaged");
}

template <class T>
std::vector<T> Group::read(const std::string& name, const Extents& wanted) const {
  std::uint64_t elements = 1;
  for (const std::uint64_t extent : wanted) elements *= extent;
  std::vector<T> values(elements);
  read(name, wanted, values.data());
  return values;
}

namespace {

// Images one behind another, in chunks of our own making: what the library's filters would have written,
// faster. Chunks of zeros are not written: readers find the fill value, zero. One chunk is put together, its bytes sorted by significance as the shuffle filter does, packed,
// and checked. Extents and chunks have 2 or 3 axes; a chunk holds one image or a part of it.
template <class T>
bool write_chunks(hid_t dataset, const std::vector<hsize_t>& extents,
                  const std::vector<hsize_t>& chunk, const T* values) {
  const std::size_t rank = extents.size();
  const hsize_t images = rank == 3 ? extents[0] : 1, height = extents[rank - 2], width = extents[rank - 1];
  const std::size_t rows = chunk[rank - 2], cols = chunk[rank - 1], pixels = rows * cols;
  std::vector<std::uint8_t> bytes(pixels * sizeof(T));
  ChunkPacker packer(static_cast<int>(k_deflate_level));
  for (hsize_t image = 0; image < images; ++image)
    for (hsize_t y0 = 0; y0 < height; y0 += rows)
      for (hsize_t x0 = 0; x0 < width; x0 += cols) {
        const std::size_t rows_here = std::min<hsize_t>(rows, height - y0);
        const std::size_t cols_here = std::min<hsize_t>(cols, width - x0);
        if (rows_here < rows || cols_here < cols) std::fill(bytes.begin(), bytes.end(), 0);
        for (std::size_t y = 0; y < rows_here; ++y) {
          const auto* row = reinterpret_cast<const std::uint8_t*>(values + (image * height + y0 + y) * width + x0);
          if (sizeof(T) == 1) {
            std::copy_n(row, cols_here, bytes.data() + y * cols);
            continue;
          }
          for (std::size_t plane = 0; plane < sizeof(T); ++plane) {
            std::uint8_t* to = bytes.data() + plane * pixels + y * cols;
            for (std::size_t x = 0; x < cols_here; ++x) to[x] = row[x * sizeof(T) + plane];
          }
        }
        if (std::all_of(bytes.begin(), bytes.end(), [](std::uint8_t byte) { return byte == 0; })) continue;
        const std::vector<std::uint8_t>& packed = sizeof(T) == 1 ? packer.pack_rows(bytes, cols) : packer.pack(bytes);
        const hsize_t offset[3] = {image, y0, x0};
        if (H5Dwrite_chunk(dataset, H5P_DEFAULT, 0, offset + (3 - rank), packed.size(), packed.data()) < 0)
          return false;
      }
  return true;
}

}  // namespace

template <class T>
void Group::write(const std::string& name, const Extents& extents, const T* values) {
  const std::vector<hsize_t> dimensions(extents.begin(), extents.end());
  std::vector<hsize_t> chunk(dimensions);
  for (std::size_t i = 0; i < chunk.size(); ++i)
    chunk[i] = i + 2 < chunk.size() ? 1 : std::clamp<hsize_t>(chunk[i], 1, k_chunk_side);
  const int rank = static_cast<int>(extents.size());
  const Handle type = memory_type<T>();
  const Handle space = owned(H5Screate_simple(rank, dimensions.data(), nullptr), H5Sclose);
  const Handle creation = owned(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
  H5Pset_obj_track_times(creation.id(), 0);
  H5Pset_chunk(creation.id(), rank, chunk.data());
  if (sizeof(T) > 1) H5Pset_shuffle(creation.id());
  H5Pset_deflate(creation.id(), k_deflate_level);
  H5Pset_fletcher32(creation.id());
  const Handle dataset = owned(H5Dcreate2(handle_.id(), name.c_str(), type.id(), space.id(),
                                          H5P_DEFAULT, creation.id(), H5P_DEFAULT),
                               H5Dclose);
  const bool stored =
      dataset && (rank == 2 || rank == 3
                      ? write_chunks(dataset.id(), dimensions, chunk, values)
                      : H5Dwrite(dataset.id(), type.id(), H5S_ALL, H5S_ALL, H5P_DEFAULT, values) >= 0);
  if (!stored) fail(name, "could not be stored");
}

#define RETICLE_ELEMENT(T)                                                          \
  template void Group::read<T>(const std::string&, const Extents&, T*) const;       \
  template std::vector<T> Group::read<T>(const std::string&, const Extents&) const; \
  template void Group::write<T>(const std::string&, const Extents&, const T*);
RETICLE_ELEMENT(std::uint8_t)
RETICLE_ELEMENT(std::int32_t)
RETICLE_ELEMENT(float)
RETICLE_ELEMENT(double)
RETICLE_ELEMENT(std::complex<float>)
RETICLE_ELEMENT(std::complex<double>)
#undef RETICLE_ELEMENT

}  // namespace reticle::hdf5
