// SPDX-License-Identifier: Apache-2.0
#include "masks/job/block_file.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

#include "kernels/base/error.h"
#include "masks/hdf5/hdf5.h"

namespace reticle {

namespace {

constexpr const char* k_schema = "reticle-job-block";
constexpr int k_schema_version = 1;
constexpr std::uint64_t k_most_numbers = std::uint64_t{1} << 31;

// Columns of rows/values.
enum Column { k_epe_max, k_epe_mean, k_sites, k_violations, k_l2, k_band, k_mask, k_columns };

template <class T>
void write_list(hdf5::Group& group, const char* name, const std::vector<T>& values, std::uint64_t columns) {
  if (!values.empty()) group.write(name, {values.size() / columns, columns}, values.data());
}

template <class T>
std::vector<T> read_list(const hdf5::Group& group, const char* name, std::uint64_t columns) {
  if (!group.has(name)) return {};
  const hdf5::Extents extents = group.extents(name, 2, k_most_numbers);
  if (extents[1] != columns) group.fail(name, "has another number of columns than this program writes");
  return group.read<T>(name, extents);
}

std::vector<std::int32_t> places_of(const std::vector<TileIndex>& tiles) {
  std::vector<std::int32_t> places;
  for (const TileIndex& tile : tiles) places.insert(places.end(), {tile.x, tile.y});
  return places;
}

std::vector<TileIndex> tiles_of(const std::vector<std::int32_t>& places) {
  std::vector<TileIndex> tiles;
  for (std::size_t i = 0; i + 1 < places.size(); i += 2) tiles.push_back({places[i + 1], places[i]});
  return tiles;
}

void write_outlines(hdf5::Group& group, const std::vector<MaskOutlines>& outlines) {
  std::vector<std::int32_t> points, corners, polygons;
  for (const MaskOutlines& mask : outlines) {
    polygons.push_back(static_cast<std::int32_t>(mask.size()));
    for (const auto& polygon : mask) {
      corners.push_back(static_cast<std::int32_t>(polygon.size()));
      for (const layout::DbPoint& p : polygon) points.insert(points.end(), {p.x, p.y});
    }
  }
  write_list(group, "points", points, 2);
  write_list(group, "corners", corners, 1);
  write_list(group, "polygons", polygons, 1);
}

std::vector<MaskOutlines> read_outlines(const hdf5::Group& group) {
  const auto points = read_list<std::int32_t>(group, "points", 2);
  const auto corners = read_list<std::int32_t>(group, "corners", 1);
  std::vector<MaskOutlines> outlines;
  std::size_t point = 0, polygon = 0;
  for (const std::int32_t count : read_list<std::int32_t>(group, "polygons", 1)) {
    MaskOutlines& mask = outlines.emplace_back();
    for (std::int32_t i = 0; i < count; ++i) {
      const std::int32_t size = polygon < corners.size() ? corners[polygon++] : -1;
      if (size < 0 || point + 2 * static_cast<std::size_t>(size) > points.size())
        group.fail("corners", "do not go together with the points");
      auto& outline = mask.emplace_back();
      for (std::int32_t k = 0; k < size; ++k, point += 2) outline.push_back({points[point], points[point + 1]});
    }
  }
  return outlines;
}

void write_summary(hdf5::Group& group, const JobSummary& summary) {
  std::vector<double> histogram, violations;
  for (const std::int64_t count : summary.epe_histogram) histogram.push_back(static_cast<double>(count));
  group.set_numbers("epe_histogram", histogram);
  group.set_number("epe_sum_nm", summary.epe_sum_nm);
  const PrintedFeatures& features = summary.features;
  group.set_numbers("features", std::array{static_cast<double>(features.drawn), static_cast<double>(features.missing),
                                           static_cast<double>(features.extra)});
  if (summary.assists)
    group.set_numbers("assists", std::array{static_cast<double>(summary.assists->before),
                                            static_cast<double>(summary.assists->after)});
  for (const EdgeViolation& v : summary.violations)
    violations.insert(violations.end(), {v.position.x, v.position.y, v.epe_nm, v.missing ? 1.0 : 0.0});
  write_list(group, "violations", violations, 4);
}

JobSummary read_summary(const hdf5::Group& group, const std::vector<TileRow>& rows) {
  JobSummary summary;
  for (const TileRow& row : rows) {
    ++summary.tiles;
    summary.edge_sites += row.edge_sites;
    summary.epe_violations += row.epe_violations;
    summary.epe_max_nm = std::max(summary.epe_max_nm, row.epe_max_nm);
    summary.l2_nm2 += row.l2_nm2;
    summary.pv_band_nm2 += row.pv_band_nm2;
    summary.mask_nm2 += row.mask_nm2;
  }
  summary.worst_tiles = rows;
  summary.epe_sum_nm = group.number("epe_sum_nm");
  const std::vector<double> features = group.numbers("features", 3);
  summary.features = {std::llround(features[0]), std::llround(features[1]), std::llround(features[2])};
  if (group.has_attribute("assists")) {
    const std::vector<double> assists = group.numbers("assists", 2);
    summary.assists = {std::llround(assists[0]), std::llround(assists[1])};
  }
  const std::vector<double> histogram = group.numbers("epe_histogram", JobSummary::k_bins);
  for (std::size_t i = 0; i < histogram.size(); ++i) summary.epe_histogram[i] = std::llround(histogram[i]);
  const auto violations = read_list<double>(group, "violations", 4);
  for (std::size_t i = 0; i + 3 < violations.size(); i += 4)
    summary.violations.push_back(
        {{violations[i], violations[i + 1]}, violations[i + 2], violations[i + 3] != 0.0});
  JobSummary trimmed;
  trimmed.add(summary);
  return trimmed;
}

}  // namespace

std::filesystem::path block_file_name(BlockIndex block) {
  return std::filesystem::path("blocks") / (std::to_string(block.x) + "_" + std::to_string(block.y) + ".h5");
}

void write_block(const std::filesystem::path& path, const BlockResults& results,
                 const std::function<Image<std::uint8_t>(std::size_t mask)>& pixels) {
  const hdf5::Session session;
  hdf5::NewFile file(session, path);
  hdf5::Group& root = file.root();
  root.set_text("schema", k_schema);
  root.set_number("schema_version", k_schema_version);
  root.set_text("key", results.key);
  root.set_number("pixel_rows", results.pixel_rows);
  root.set_number("pixel_cols", results.pixel_cols);
  hdf5::Group tiles = root.create_group("tiles");
  write_list(tiles, "place", places_of(results.tiles), 2);
  write_list(tiles, "mask", results.masks, 1);
  if (!results.mask_keys.empty() && results.pixel_rows > 0) {
    root.create_pictures("masks", {results.mask_keys.size(), static_cast<std::uint64_t>(results.pixel_rows),
                                   static_cast<std::uint64_t>(results.pixel_cols)});
    for (std::size_t i = 0; i < results.mask_keys.size(); ++i)
      root.write_picture("masks", i, pixels(i).data());
  }
  hdf5::Group outlines = root.create_group("outlines");
  write_outlines(outlines, results.outlines);
  std::vector<std::uint8_t> keys;
  for (const PackKey& key : results.mask_keys) keys.insert(keys.end(), key.begin(), key.end());
  write_list(outlines, "keys", keys, sizeof(PackKey));
  hdf5::Group rows = root.create_group("rows");
  std::vector<TileIndex> measured;
  std::vector<double> values;
  for (const TileRow& row : results.rows) {
    measured.push_back(row.tile);
    values.insert(values.end(),
                  {row.epe_max_nm, row.epe_mean_abs_nm, static_cast<double>(row.edge_sites),
                   static_cast<double>(row.epe_violations), row.l2_nm2, row.pv_band_nm2, row.mask_nm2});
  }
  write_list(rows, "place", places_of(measured), 2);
  write_list(rows, "values", values, k_columns);
  write_summary(rows, results.summary);
  file.save();
}

namespace {

BlockResults read_root(const hdf5::Group& root) {
  if (!root.has_attribute("schema") || root.text("schema") != k_schema)
    root.fail("@schema", std::string("is not '") + k_schema + "'; this is no block of a job");
  if (root.number("schema_version") != k_schema_version)
    root.fail("@schema_version", "is one that this program does not know");
  BlockResults results{.key = root.text("key")};
  results.pixel_rows = static_cast<int>(root.number("pixel_rows"));
  results.pixel_cols = static_cast<int>(root.number("pixel_cols"));
  const hdf5::Group tiles = root.group("tiles"), outlines = root.group("outlines"), rows = root.group("rows");
  results.tiles = tiles_of(read_list<std::int32_t>(tiles, "place", 2));
  results.masks = read_list<std::int32_t>(tiles, "mask", 1);
  const auto keys = read_list<std::uint8_t>(outlines, "keys", sizeof(PackKey));
  results.mask_keys.resize(keys.size() / sizeof(PackKey));
  if (!keys.empty()) std::memcpy(results.mask_keys.data(), keys.data(), keys.size());
  results.outlines = read_outlines(outlines);
  const std::vector<TileIndex> measured = tiles_of(read_list<std::int32_t>(rows, "place", 2));
  const auto values = read_list<double>(rows, "values", k_columns);
  if (results.masks.size() != results.tiles.size() || values.size() != measured.size() * k_columns ||
      results.outlines.size() != results.mask_keys.size())
    root.fail("tiles", "and other lists do not go together");
  for (const std::int32_t mask : results.masks)
    if (mask < -1 || mask >= static_cast<std::int32_t>(results.mask_keys.size()))
      root.fail("tiles/mask", "names a mask that is not there");
  for (std::size_t i = 0; i < measured.size(); ++i) {
    const double* v = values.data() + i * k_columns;
    results.rows.push_back({.tile = measured[i],
                            .epe_max_nm = v[k_epe_max],
                            .epe_mean_abs_nm = v[k_epe_mean],
                            .edge_sites = std::llround(v[k_sites]),
                            .epe_violations = std::llround(v[k_violations]),
                            .l2_nm2 = v[k_l2],
                            .pv_band_nm2 = v[k_band],
                            .mask_nm2 = v[k_mask]});
  }
  results.summary = read_summary(rows, results.rows);
  return results;
}

}  // namespace

BlockResults read_block(const std::filesystem::path& path) {
  return hdf5::read_file(path, "a block of a correction job", read_root);
}

std::string key_of_block(const std::filesystem::path& path) {
  if (!std::filesystem::exists(path)) return "";
  try {
    return hdf5::read_file(path, "a block of a correction job", [](const hdf5::Group& root) { return root.text("key"); });
  } catch (const Error&) {
    return "";
  }
}

}  // namespace reticle
