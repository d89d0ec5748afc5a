// SPDX-License-Identifier: Apache-2.0
#include "masks/kernel_import.h"

#include <fmt/format.h>

#include <array>
#include <bit>
#include <charconv>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>

#include "kernels/base/error.h"
#include "masks/npy.h"
#include "masks/sha256.h"

namespace reticle {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t k_header_bytes = 20;
constexpr std::uint32_t k_most_orders = 4095;  // along an axis
constexpr int k_most_kernels = 4096;
constexpr std::array<const char*, 2> k_names = {"focus", "defocus"};

[[noreturn]] void refuse(const fs::path& path, const std::string& why) {
  throw Error(ErrorCode::bad_input, path.string() + ": " + why);
}

std::string bytes_of(const fs::path& path) {
  if (!fs::is_regular_file(path)) throw Error(ErrorCode::io, path.string() + ": is not there or no file");
  std::ifstream file(path, std::ios::binary);
  if (!file) throw Error(ErrorCode::io, path.string() + ": cannot be read");
  return {std::istreambuf_iterator<char>(file), {}};
}

// Weights as the contest's program reads them: in single precision.
std::vector<double> read_scales(const fs::path& path) {
  std::istringstream text(bytes_of(path));
  std::string word;
  int count = 0;
  if (!(text >> count) || count < 1 || count > k_most_kernels)
    refuse(path, fmt::format("its first line is to be the number of kernels, 1 to {}", k_most_kernels));
  std::vector<double> scales;
  while (text >> word) {
    float scale = 0.0f;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), scale);
    if (error != std::errc() || end != word.data() + word.size())
      refuse(path, fmt::format("weight {} is '{}', which is not a number", scales.size(), word));
    scales.push_back(scale);
  }
  if (scales.size() != static_cast<std::size_t>(count))
    refuse(path, fmt::format("says {} kernels and holds {} weights", count, scales.size()));
  return scales;
}

std::uint32_t word_at(const std::string& bytes, std::size_t at) {
  std::uint32_t word = 0;
  for (std::size_t i = 0; i < 4; ++i) word = word << 8 | static_cast<unsigned char>(bytes[at + i]);
  return word;
}

void add_kernel(SocsKernels& kernels, const fs::path& path, int number) {
  const std::string bytes = bytes_of(path);
  if (bytes.size() < k_header_bytes)
    refuse(path, fmt::format("holds {} bytes; five numbers of 4 bytes come first", bytes.size()));
  const std::uint32_t cols = word_at(bytes, 0), rows = word_at(bytes, 4), kind = word_at(bytes, 8), own = word_at(bytes, 12);
  if (cols > k_most_orders || rows > k_most_orders || cols % 2 == 0 || rows % 2 == 0)
    refuse(path, fmt::format("says {} x {} orders; both are odd, with order 0 in the middle, and at most {} (numbers are big endian)",
                             cols, rows, k_most_orders));
  if (kind != 2) refuse(path, fmt::format("is of kind {}; complex kernels are of kind 2", kind));
  if (own != static_cast<std::uint32_t>(number))
    refuse(path, fmt::format("says it is kernel {}, not {}: files have been mixed up", own, number));
  if (number == 0) {
    kernels.half_x = static_cast<int>(cols / 2);
    kernels.half_y = static_cast<int>(rows / 2);
  } else if (kernels.cols() != static_cast<int>(cols) || kernels.rows() != static_cast<int>(rows)) {
    refuse(path, fmt::format("has {} x {} orders, fh0.bin {} x {}", cols, rows, kernels.cols(), kernels.rows()));
  }
  const std::size_t expected = k_header_bytes + std::size_t{8} * cols * rows;
  if (bytes.size() != expected)
    refuse(path, fmt::format("holds {} bytes; {} x {} orders take {}", bytes.size(), cols, rows, expected));
  const auto part = [&](std::size_t i) {
    return static_cast<double>(std::bit_cast<float>(word_at(bytes, k_header_bytes + 4 * i)));
  };
  for (std::size_t y = 0; y < rows; ++y)
    for (std::size_t x = 0; x < cols; ++x) {
      const std::size_t i = 2 * (x * rows + y);
      kernels.coefficients.emplace_back(part(i), part(i + 1));
    }
}

SocsKernels read_folder(const fs::path& folder, const char* name) {
  SocsKernels kernels{.name = name, .coefficients = {}, .weights = read_scales(folder / "scales.txt")};
  for (int k = 0; k < kernels.count(); ++k) {
    const fs::path file = folder / fmt::format("fh{}.bin", k);
    if (!fs::exists(file))
      refuse(folder, fmt::format("scales.txt says {} kernels, and there is no fh{}.bin", kernels.count(), k));
    add_kernel(kernels, file, k);
  }
  const fs::path more = folder / fmt::format("fh{}.bin", kernels.count());
  if (fs::exists(more)) refuse(more, fmt::format("is a kernel more than the {} of scales.txt", kernels.count()));
  return kernels;
}

bool holds_kernels(const fs::path& folder) { return fs::exists(folder / "scales.txt"); }

std::vector<fs::path> folders_in(const fs::path& parent) {
  constexpr std::array<std::array<const char*, 2>, 3> k_pairs = {
      {{"M1OPC", "M1OPC_def"}, {"focus_data", "defocus_data"}, {"focus", "defocus"}}};
  for (const auto& pair : k_pairs)
    if (holds_kernels(parent / pair[0]) && holds_kernels(parent / pair[1])) return {parent / pair[0], parent / pair[1]};
  refuse(parent, "holds neither scales.txt with fh0.bin, ... nor two such folders (M1OPC and M1OPC_def, focus_data and "
                 "defocus_data, or focus and defocus); name the folders, focus first");
}

void read_stacks(OpticalModel& model, const fs::path& kernels_path, const fs::path& weights_path) {
  NpyNumbers stack = read_npy_numbers(kernels_path), weights = read_npy_numbers(weights_path);
  if (stack.shape.size() == 3) stack.shape.insert(stack.shape.begin(), 1);
  if (weights.shape.size() == 1) weights.shape.insert(weights.shape.begin(), 1);
  if (stack.shape.size() != 4 || !stack.is_complex)
    refuse(kernels_path, "is no stack of kernels: complex [conditions][kernels][rows][columns]; name kernels first, then weights");
  const std::size_t count = stack.shape[1], rows = stack.shape[2], cols = stack.shape[3];
  if (rows % 2 == 0 || cols % 2 == 0)
    refuse(kernels_path, fmt::format("holds {} x {} orders; both are odd, with order 0 in the middle", cols, rows));
  if (weights.shape.size() != 2 || weights.is_complex || weights.shape[0] != stack.shape[0] || weights.shape[1] < count)
    refuse(weights_path, fmt::format("is to hold real weights [{}][{}], as many as {} holds kernels", stack.shape[0], count,
                                     kernels_path.filename().string()));
  const std::size_t conditions = std::min(stack.shape[0], k_names.size()), size = count * rows * cols;
  for (std::size_t c = 0; c < conditions; ++c) {
    SocsKernels kernels{.name = k_names[c], .half_x = static_cast<int>(cols / 2), .half_y = static_cast<int>(rows / 2),
                        .coefficients = {}, .weights = {}};
    const auto first = stack.values.begin() + static_cast<std::ptrdiff_t>(c * size);
    kernels.coefficients.assign(first, first + static_cast<std::ptrdiff_t>(size));
    for (std::size_t k = 0; k < count; ++k) kernels.weights.push_back(weights.values[c * weights.shape[1] + k].real());
    model.conditions.push_back(std::move(kernels));
  }
}

bool is_npy(const fs::path& path) { return path.extension() == ".npy"; }

// Files of PyTorch: a pickle is a program, and reading it is running it.
void refuse_pickles(const fs::path& path) {
  const fs::path kind = path.extension();
  if (kind != ".pt" && kind != ".pth" && kind != ".pkl") return;
  refuse(path, fmt::format("holds a pickle, which is a program of whoever made it and is not run here; in a Python that trusts it: "
                           "numpy.save('{}.npy', torch.load('{}', weights_only=True).numpy()), kernels as [condition][kernel][y][x] "
                           "(OpenILT's have the kernel last: .permute(2, 0, 1)), then import the .npy files",
                           path.stem().string(), path.filename().string()));
}

}  // namespace

OpticalModel import_kernels(std::span<const fs::path> places, const KernelImport& options) {
  if (places.empty() || places.size() > 2)
    throw Error(ErrorCode::bad_input, fmt::format("kernels are imported from one or two places, not from {}", places.size()));
  for (const fs::path& place : places)
    if (!fs::exists(place)) throw Error(ErrorCode::io, place.string() + ": is not there");
  for (const fs::path& place : places) refuse_pickles(place);
  OpticalModel model;
  model.period_x_nm = model.period_y_nm = options.period_nm;
  model.resist.threshold = options.threshold;
  model.provenance = "imported kernels";
  if (is_npy(places[0])) {
    if (places.size() != 2 || !is_npy(places[1])) refuse(places[0], "needs the weights beside it: name two .npy files, kernels and weights");
    read_stacks(model, places[0], places[1]);
    for (const fs::path& place : places)
      model.provenance += fmt::format("\n{}, SHA-256 {}", place.filename().string(), sha256_of_file(place));
  } else {
    std::vector<fs::path> folders(places.begin(), places.end());
    for (const fs::path& folder : folders)
      if (!fs::is_directory(folder)) refuse(folder, "is no folder of fh0.bin, ... and scales.txt, and no .npy file");
    if (folders.size() == 1 && !holds_kernels(folders[0])) folders = folders_in(folders[0]);
    for (std::size_t c = 0; c < folders.size(); ++c) {
      model.conditions.push_back(read_folder(folders[c], k_names[c]));
      model.provenance += fmt::format("\n{}: {}, {} kernels in the contest's files", k_names[c],
                                      folders[c].filename().string(), model.conditions.back().count());
    }
  }
  try {
    validate(model);
  } catch (const Error& error) {
    refuse(places[0], error.what());
  }
  return model;
}

}  // namespace reticle
