// SPDX-License-Identifier: Apache-2.0
#include "masks/kernel_import.h"

#include <fmt/format.h>

#include <bit>
#include <cmath>
#include <numbers>

#include "masks/model_file.h"
#include "tests/masks/scratch.h"
#include "tests/reference/brute_force.h"

namespace reticle {
namespace {

namespace fs = std::filesystem;

void add_word(std::string& bytes, std::uint32_t word) {
  for (int shift = 24; shift >= 0; shift -= 8) bytes.push_back(static_cast<char>(word >> shift & 255));
}

// The contest's file of one kernel, orders along x slowest.
std::string contest_file(const SocsKernels& kernels, int k) {
  std::string bytes;
  for (const int word : {kernels.cols(), kernels.rows(), 2, k, 0}) add_word(bytes, static_cast<std::uint32_t>(word));
  for (int m = 0; m < kernels.cols(); ++m)
    for (int n = 0; n < kernels.rows(); ++n) {
      const std::complex<double> h = kernels.kernel(k)[n * kernels.cols() + m];
      add_word(bytes, std::bit_cast<std::uint32_t>(static_cast<float>(h.real())));
      add_word(bytes, std::bit_cast<std::uint32_t>(static_cast<float>(h.imag())));
    }
  return bytes;
}

// numpy.save's header, version 1.0.
std::string npy_header(const std::string& type, const std::string& shape, bool by_columns = false) {
  std::string header = fmt::format("{{'descr': '{}', 'fortran_order': {}, 'shape': ({}), }}", type,
                                   by_columns ? "True" : "False", shape);
  header.resize(118 - 1, ' ');
  header += '\n';
  return std::string("\x93NUMPY\x01\x00", 8) + static_cast<char>(header.size()) + '\0' + header;
}

OpticalModel in_single_precision(OpticalModel model) {
  for (SocsKernels& kernels : model.conditions) {
    for (auto& h : kernels.coefficients) h = {static_cast<float>(h.real()), static_cast<float>(h.imag())};
    for (double& weight : kernels.weights) weight = static_cast<float>(weight);
  }
  return model;
}

class ImportedKernels : public test::Scratch {
 protected:
  void write_contest(const std::string& name, const SocsKernels& kernels) const {
    fs::create_directories(at(name));
    std::string scales = fmt::format("{}\n", kernels.count());
    for (const double weight : kernels.weights) scales += fmt::format("{:.9g}\n", weight);
    put(name + "/scales.txt", scales);
    for (int k = 0; k < kernels.count(); ++k) put(fmt::format("{}/fh{}.bin", name, k), contest_file(kernels, k));
  }
  std::string refusal(const std::vector<fs::path>& places) const {
    return test::message_of([&] { import_kernels(places); });
  }
  // 7 x 5 orders, three kernels, two conditions; no symmetry.
  OpticalModel model_ = in_single_precision(reference::random_model(3, 2, 3, 2, 5));
};

TEST_F(ImportedKernels, ContestFoldersGiveEveryNumberBack) {
  write_contest("M1OPC", model_.conditions[0]);
  write_contest("M1OPC_def", model_.conditions[1]);
  for (const std::vector<fs::path>& places : {std::vector<fs::path>{folder_}, {at("M1OPC"), at("M1OPC_def")}}) {
    const OpticalModel read = import_kernels(places, {.period_nm = 1000.0, .threshold = 0.3});
    ASSERT_EQ(read.conditions.size(), 2u);
    EXPECT_EQ(read.conditions[1].name, "defocus");
    EXPECT_EQ(read.period_y_nm, 1000.0);
    EXPECT_EQ(read.resist.threshold, 0.3);
    for (std::size_t c = 0; c < 2; ++c) {
      EXPECT_EQ(read.conditions[c].half_x, 3);
      EXPECT_EQ(read.conditions[c].coefficients, model_.conditions[c].coefficients);
      EXPECT_EQ(read.conditions[c].weights, model_.conditions[c].weights);
    }
  }
}

// The contest's own loops: x outside, y inside, over numbers as they lie in the file.
TEST_F(ImportedKernels, ImageIsThatOfTheContestsLoops) {
  write_contest("focus", model_.conditions[0]);
  write_contest("defocus", model_.conditions[1]);
  const OpticalModel read = import_kernels(std::vector<fs::path>{folder_});
  constexpr int size = 12, nkx = 7, nky = 5;
  const Image<double> mask = reference::random_mask(size, size, 3);
  const Image<double> image = reference::aerial_image(mask, read.conditions[0]);
  const auto turn = [](double cycles) { return std::polar(1.0, 2.0 * std::numbers::pi * cycles / size); };
  for (const auto& [px, py] : {std::pair{1, 7}, std::pair{10, 2}, std::pair{5, 5}}) {
    double intensity = 0.0;
    for (int k = 0; k < 3; ++k) {
      const std::string bytes = bytes_of(at(fmt::format("focus/fh{}.bin", k)));
      std::size_t next = 20;
      const auto number = [&] {
        std::uint32_t word = 0;
        for (int i = 0; i < 4; ++i) word = word << 8 | static_cast<unsigned char>(bytes[next++]);
        return static_cast<double>(std::bit_cast<float>(word));
      };
      std::complex<double> field = 0.0;
      for (int i = 0; i < nkx; ++i)
        for (int j = 0; j < nky; ++j) {
          const double real = number(), imaginary = number();
          const int m = i - nkx / 2, n = j - nky / 2;
          std::complex<double> c = 0.0;
          for (int y = 0; y < size; ++y)
            for (int x = 0; x < size; ++x) c += mask(y, x) * turn(-m * x - n * y) / (1.0 * size * size);
          field += std::complex<double>(real, imaginary) * c * turn(m * px + n * py);
        }
      intensity += model_.conditions[0].weights[static_cast<std::size_t>(k)] * std::norm(field);
    }
    EXPECT_NEAR(image(py, px), intensity, 1e-12);
  }
}

TEST_F(ImportedKernels, TheContestsKernelsComeBackBitByBitFromTheirOriginalForm) {
  const fs::path kept = std::string(RETICLE_DATA_DIR) + "/iccad13/kernels.h5";
  if (!fs::exists(kept)) GTEST_SKIP() << kept << " is not here";
  const OpticalModel expected = read_model(kept);
  write_contest("M1OPC", expected.conditions[0]);
  write_contest("M1OPC_def", expected.conditions[1]);
  EXPECT_EQ(model_hash(import_kernels(std::vector<fs::path>{folder_})), model_hash(expected));
}

TEST_F(ImportedKernels, StacksOfNumPyGiveEveryNumberBackInEitherOrder) {
  // Four conditions as DevelSet keeps them: the last two are left out.
  const auto numbers_of = [&](bool by_columns) {
    std::string bytes;
    const auto add = [&](std::size_t c, std::size_t k, std::size_t y, std::size_t x) {
      const auto h = static_cast<std::complex<float>>(model_.conditions[c % 2].kernel(static_cast<int>(k))[y * 7 + x]);
      bytes.append(reinterpret_cast<const char*>(&h), sizeof h);
    };
    for (std::size_t i = 0; i < 4 * 3 * 5 * 7; ++i)
      by_columns ? add(i % 4, i / 4 % 3, i / 12 % 5, i / 60) : add(i / 105, i / 35 % 3, i / 7 % 5, i % 7);
    return bytes;
  };
  std::string weights;
  for (std::size_t c = 0; c < 4; ++c)
    weights.append(reinterpret_cast<const char*>(model_.conditions[c % 2].weights.data()), 3 * sizeof(double));
  put("scale.npy", npy_header("<f8", "4, 3") + weights);
  for (const bool by_columns : {false, true}) {
    put("kernel.npy", npy_header("<c8", "4, 3, 5, 7", by_columns) + numbers_of(by_columns));
    const OpticalModel read = import_kernels(std::vector{at("kernel.npy"), at("scale.npy")});
    ASSERT_EQ(read.conditions.size(), 2u);
    EXPECT_EQ(read.conditions[1].coefficients, model_.conditions[1].coefficients);
    EXPECT_EQ(read.conditions[0].weights, model_.conditions[0].weights);
  }
}

TEST_F(ImportedKernels, PicklesOfPyTorchAreRefusedWithTheWayOut) {
  put("focus.pt", "PK\x03\x04");
  const std::string said = test::message_of([&] { import_kernels(std::vector{at("focus.pt")}); });
  EXPECT_NE(said.find("focus.pt: holds a pickle"), std::string::npos);
  EXPECT_NE(said.find("numpy.save('focus.npy'"), std::string::npos);
}

TEST_F(ImportedKernels, ShortAndMismatchedFilesAreNamed) {
  const SocsKernels& kernels = model_.conditions[0];
  const auto says = [&](const std::string& expected) {
    const std::string message = refusal({at("k")});
    EXPECT_NE(message.find(expected), std::string::npos) << message << "\nexpected: " << expected;
    write_contest("k", kernels);
  };
  write_contest("k", kernels);
  const std::string whole = bytes_of(at("k/fh1.bin"));
  put("k/fh1.bin", whole.substr(0, whole.size() - 4));
  says("fh1.bin: holds 296 bytes; 7 x 5 orders take 300");
  put("k/fh1.bin", whole.substr(0, 12));
  says("fh1.bin: holds 12 bytes; five numbers of 4 bytes come first");
  put("k/fh1.bin", bytes_of(at("k/fh0.bin")));
  says("fh1.bin: says it is kernel 0, not 1");
  put("k/fh1.bin", contest_file({.half_x = 2, .half_y = 3, .coefficients = std::vector<std::complex<double>>(70), .weights = {1, 1}}, 1));
  says("fh1.bin: has 5 x 7 orders, fh0.bin 7 x 5");
  std::string swapped = whole;
  std::swap(swapped[0], swapped[3]);
  put("k/fh1.bin", swapped);
  says("numbers are big endian");
  fs::remove(at("k/fh2.bin"));
  says("k: scales.txt says 3 kernels, and there is no fh2.bin");
  put("k/fh3.bin", contest_file(kernels, 2));
  says("fh3.bin: is a kernel more than the 3 of scales.txt");
  fs::remove(at("k/fh3.bin"));
  put("k/scales.txt", "3\n1.0\n0.5\n");
  says("scales.txt: says 3 kernels and holds 2 weights");
  put("k/scales.txt", "3\n1.0\nhalf\n0.1\n");
  says("scales.txt: weight 1 is 'half'");
  put("k/scales.txt", "3\n1.0\nnan\n0.1\n");
  says("k: ");
  fs::remove(at("k/scales.txt"));
  says("holds neither scales.txt");
  put("kernel.npy", npy_header("<c8", "1, 1, 3, 4") + std::string(96, '\0'));
  put("scale.npy", npy_header("<f8", "1, 1") + std::string(8, '\0'));
  EXPECT_NE(refusal({at("kernel.npy"), at("scale.npy")}).find("4 x 3 orders"), std::string::npos);
  EXPECT_NE(refusal({at("scale.npy"), at("kernel.npy")}).find("kernels first"), std::string::npos);
  EXPECT_NE(refusal({at("kernel.npy")}).find("weights beside it"), std::string::npos);
}

}  // namespace
}  // namespace reticle
