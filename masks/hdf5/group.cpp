// SPDX-License-Identifier: Apache-2.0
// Links and attributes of a group.
#include <hdf5.h>

#include <algorithm>

#include "kernels/base/error.h"
#include "masks/hdf5/hdf5.h"
#include "masks/hdf5/types.h"

namespace reticle::hdf5 {

namespace {

constexpr std::size_t k_longest_text = 1 << 24;
constexpr std::size_t k_most_attribute_elements = 4096;

Handle string_type(std::size_t size) {
  Handle type = owned(H5Tcopy(H5T_C_S1), H5Tclose);
  H5Tset_size(type.id(), std::max<std::size_t>(size, 1));
  H5Tset_strpad(type.id(), H5T_STR_NULLPAD);
  H5Tset_cset(type.id(), H5T_CSET_UTF8);
  return type;
}

Handle space_of(std::size_t count) {
  const hsize_t extent = count;
  return owned(H5Screate_simple(1, &extent, nullptr), H5Sclose);
}

std::string text_up_to_null(const char* data, std::size_t size) {
  return std::string(data, std::find(data, data + size, '\0'));
}

// Elements of an attribute or dataset of strings, of fixed or variable length.
template <class Read>
std::vector<std::string> read_texts(const Group& group, const std::string& name, hid_t type,
                                    hid_t space, Read read) {
  const hssize_t count = H5Sget_simple_extent_npoints(space);
  if (H5Tget_class(type) != H5T_STRING) group.fail(name, "should hold text");
  if (count < 0 || static_cast<std::size_t>(count) > k_most_attribute_elements)
    group.fail(name, "holds too many texts");
  const std::size_t n = static_cast<std::size_t>(count);
  std::vector<std::string> texts;
  if (H5Tis_variable_str(type) > 0) {
    std::vector<char*> pointers(n, nullptr);
    const Handle memory = owned(H5Tcopy(type), H5Tclose);
    if (read(memory.id(), pointers.data()) < 0)
      group.fail(name, "cannot be read; the file is damaged");
    for (const char* text : pointers) texts.emplace_back(text == nullptr ? "" : text);
    H5Dvlen_reclaim(memory.id(), space, H5P_DEFAULT, pointers.data());
    return texts;
  }
  const std::size_t size = H5Tget_size(type);
  if (size == 0 || size * std::max<std::size_t>(n, 1) > k_longest_text)
    group.fail(name, "holds a text that is too long");
  std::vector<char> bytes(size * n);
  if (n > 0 && read(type, bytes.data()) < 0)
    group.fail(name, "cannot be read; the file is damaged");
  for (std::size_t i = 0; i < n; ++i)
    texts.push_back(text_up_to_null(bytes.data() + i * size, size));
  return texts;
}

void put_attribute(hid_t object, const Group& group, const std::string& name, const Handle& type,
                   const Handle& space, const void* data) {
  const Handle attribute = owned(
      H5Acreate2(object, name.c_str(), type.id(), space.id(), H5P_DEFAULT, H5P_DEFAULT), H5Aclose);
  if (!attribute || H5Awrite(attribute.id(), type.id(), data) < 0)
    group.fail(name, "could not be stored as an attribute");
}

std::vector<double> read_numbers(const Group& group, const std::string& name,
                                 const Handle& attribute, std::size_t count) {
  const Handle type = owned(H5Aget_type(attribute.id()), H5Tclose);
  const Handle space = owned(H5Aget_space(attribute.id()), H5Sclose);
  const H5T_class_t kind = H5Tget_class(type.id());
  if (kind != H5T_FLOAT && kind != H5T_INTEGER) group.fail(name, "should hold numbers");
  const hssize_t held = H5Sget_simple_extent_npoints(space.id());
  if (held != static_cast<hssize_t>(count) || H5Tget_size(type.id()) > 16)
    group.fail(name, "holds " + std::to_string(held) + " numbers; it should hold " +
                         std::to_string(count));
  std::vector<double> values(count);
  if (H5Aread(attribute.id(), H5T_NATIVE_DOUBLE, values.data()) < 0)
    group.fail(name, "cannot be read; the file is damaged");
  return values;
}

herr_t collect_name(hid_t, const char* name, const H5A_info_t*, void* names) {
  auto& list = *static_cast<std::vector<std::string>*>(names);
  if (list.size() >= k_most_attribute_elements) return -1;
  list.emplace_back(name);
  return 0;
}

}  // namespace

void Group::fail(const std::string& name, const std::string& what) const {
  const std::string separator = path_ == "/" ? "" : "/";
  throw Error(ErrorCode::bad_input, file_ + ", " + path_ + separator + name + ": " + what);
}

bool Group::has(const std::string& name) const {
  H5L_info_t info;
  if (H5Lexists(handle_.id(), name.c_str(), H5P_DEFAULT) <= 0) return false;
  if (H5Lget_info(handle_.id(), name.c_str(), &info, H5P_DEFAULT) < 0) return false;
  if (info.type != H5L_TYPE_HARD) fail(name, "is a link to elsewhere; store the object itself");
  return true;
}

bool Group::has_attribute(const std::string& name) const {
  return H5Aexists(handle_.id(), name.c_str()) > 0;
}

std::vector<std::string> Group::attribute_names() const {
  std::vector<std::string> names;
  hsize_t position = 0;
  if (H5Aiterate2(handle_.id(), H5_INDEX_NAME, H5_ITER_INC, &position, collect_name, &names) < 0)
    fail("", "its attributes cannot be listed; the file is damaged");
  return names;
}

Group Group::group(const std::string& name) const {
  if (!has(name)) fail(name, "is missing");
  Handle child = owned(H5Gopen2(handle_.id(), name.c_str(), H5P_DEFAULT), H5Gclose);
  if (!child) fail(name, "should be a group");
  return Group(std::move(child), file_, path_ == "/" ? "/" + name : path_ + "/" + name);
}

Handle Group::open_attribute(std::int64_t object, const std::string& place,
                             const std::string& name) const {
  if (H5Aexists(object, name.c_str()) <= 0) fail(place, "attribute is missing");
  Handle attribute = owned(H5Aopen(object, name.c_str(), H5P_DEFAULT), H5Aclose);
  if (!attribute) fail(place, "attribute cannot be opened; the file is damaged");
  return attribute;
}

std::vector<double> Group::numbers(const std::string& name, std::size_t count) const {
  return read_numbers(*this, "@" + name, open_attribute(handle_.id(), "@" + name, name), count);
}

double Group::number(const std::string& name) const { return numbers(name, 1)[0]; }

std::vector<double> Group::dataset_numbers(const std::string& dataset, const std::string& name,
                                           std::size_t count) const {
  const Handle object = open_dataset(dataset);
  const std::string place = dataset + "@" + name;
  return read_numbers(*this, place, open_attribute(object.id(), place, name), count);
}

std::vector<std::string> Group::texts(const std::string& name) const {
  const Handle attribute = open_attribute(handle_.id(), "@" + name, name);
  const Handle type = owned(H5Aget_type(attribute.id()), H5Tclose);
  const Handle space = owned(H5Aget_space(attribute.id()), H5Sclose);
  return read_texts(*this, "@" + name, type.id(), space.id(),
                    [&](hid_t memory, void* to) { return H5Aread(attribute.id(), memory, to); });
}

std::string Group::text(const std::string& name) const {
  const std::vector<std::string> held = texts(name);
  if (held.size() != 1) fail("@" + name, "should hold one text");
  return held[0];
}

std::string Group::text_dataset(const std::string& name) const {
  const Handle dataset = open_dataset(name);
  const Handle type = owned(H5Dget_type(dataset.id()), H5Tclose);
  const Handle space = owned(H5Dget_space(dataset.id()), H5Sclose);
  const auto held = read_texts(*this, name, type.id(), space.id(), [&](hid_t memory, void* to) {
    return H5Dread(dataset.id(), memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, to);
  });
  if (held.size() != 1) fail(name, "should hold one text");
  return held[0];
}

Group Group::create_group(const std::string& name) {
  const Handle creation = owned(H5Pcreate(H5P_GROUP_CREATE), H5Pclose);
  H5Pset_obj_track_times(creation.id(), 0);
  Handle child = owned(
      H5Gcreate2(handle_.id(), name.c_str(), H5P_DEFAULT, creation.id(), H5P_DEFAULT), H5Gclose);
  if (!child) fail(name, "could not be made; is the name empty, used twice or holding a '/'?");
  return Group(std::move(child), file_, path_ == "/" ? "/" + name : path_ + "/" + name);
}

void Group::set_number(const std::string& name, double value) {
  put_attribute(handle_.id(), *this, name, memory_type<double>(),
                owned(H5Screate(H5S_SCALAR), H5Sclose), &value);
}

void Group::set_numbers(const std::string& name, std::span<const double> values) {
  put_attribute(handle_.id(), *this, name, memory_type<double>(), space_of(values.size()),
                values.data());
}

void Group::set_text(const std::string& name, std::string_view value) {
  const std::string bytes(value.empty() ? std::string_view("\0", 1) : value);
  put_attribute(handle_.id(), *this, name, string_type(bytes.size()),
                owned(H5Screate(H5S_SCALAR), H5Sclose), bytes.data());
}

void Group::set_texts(const std::string& name, std::span<const std::string> values) {
  std::size_t longest = 1;
  for (const std::string& value : values) longest = std::max(longest, value.size());
  std::string bytes;
  for (const std::string& value : values)
    bytes += value + std::string(longest - value.size(), '\0');
  put_attribute(handle_.id(), *this, name, string_type(longest), space_of(values.size()),
                bytes.data());
}

void Group::write_text(const std::string& name, std::string_view value) {
  const std::string bytes(value.empty() ? std::string_view("\0", 1) : value);
  const Handle type = string_type(bytes.size());
  const Handle space = owned(H5Screate(H5S_SCALAR), H5Sclose);
  const Handle creation = owned(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
  H5Pset_obj_track_times(creation.id(), 0);
  const Handle dataset = owned(H5Dcreate2(handle_.id(), name.c_str(), type.id(), space.id(),
                                          H5P_DEFAULT, creation.id(), H5P_DEFAULT),
                               H5Dclose);
  if (!dataset ||
      H5Dwrite(dataset.id(), type.id(), H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes.data()) < 0)
    fail(name, "could not be stored");
}

void Group::set_dataset_numbers(const std::string& dataset, const std::string& name,
                                std::span<const double> values) {
  const Handle object = open_dataset(dataset);
  put_attribute(object.id(), *this, name, memory_type<double>(), space_of(values.size()),
                values.data());
}

void Group::set_dataset_number(const std::string& dataset, const std::string& name, double value) {
  const Handle object = open_dataset(dataset);
  put_attribute(object.id(), *this, name, memory_type<double>(),
                owned(H5Screate(H5S_SCALAR), H5Sclose), &value);
}

}  // namespace reticle::hdf5
