// SPDX-License-Identifier: Apache-2.0
#include "masks/model_file.h"

#include <cstdlib>
#include <limits>
#include <random>
#include <thread>

#include "masks/hdf5/hdf5.h"
#include "tests/masks/scratch.h"

namespace reticle {
namespace {

OpticalModel small_model() {
  OpticalModel model;
  model.period_x_nm = 1024.0;
  model.period_y_nm = 512.0;
  model.wavelength_nm = 193.0;
  model.na = 1.35;
  model.recipe = "[optics]\nna = 1.35\n";
  model.provenance = "made by a test";
  for (const char* name : {"zz nominal", "aa far"}) {
    SocsKernels kernels{name, 25.0, 3, 2, {}, {0.7, 0.3}};
    for (int i = 0; i < 2 * 5 * 7; ++i) kernels.coefficients.push_back({0.1 * i, -0.3 * i});
    model.conditions.push_back(kernels);
  }
  return model;
}

using ModelFile = test::Scratch;

TEST_F(ModelFile, RoundTripKeepsEveryNumberAndTheOrderOfConditions) {
  const OpticalModel model = small_model();
  write_model(at("m.h5"), model);
  const OpticalModel read = read_model(at("m.h5"));
  EXPECT_EQ(read.conditions[0].name, "zz nominal");
  EXPECT_EQ(read.conditions[1].coefficients, model.conditions[1].coefficients);
  EXPECT_EQ(read.conditions[1].focus_nm, 25.0);
  EXPECT_EQ(read.period_y_nm, 512.0);
  EXPECT_EQ(read.recipe, model.recipe);
  EXPECT_EQ(read.truncation_error, -1.0);
  EXPECT_EQ(model_hash(read), model_hash(model));
}

TEST_F(ModelFile, TailsKeepTheirTermsAndAskForAProgramThatKnowsThem) {
  OpticalModel model = small_model();
  model.conditions[0].tail = {{0.01, 600.0}, {-0.002, 0.0}};
  write_model(at("m.h5"), model);
  const OpticalModel read = read_model(at("m.h5"));
  ASSERT_EQ(read.conditions[0].tail.size(), 2u);
  EXPECT_EQ(read.conditions[0].tail[1].weight, -0.002);
  EXPECT_EQ(read.conditions[0].tail[0].range_nm, 600.0);
  EXPECT_TRUE(read.conditions[1].tail.empty());
  EXPECT_NE(model_hash(read), model_hash(small_model()));
  const auto version = [](const hdf5::Group& root) { return root.number("schema_version"); };
  EXPECT_EQ(hdf5::read_file(at("m.h5"), "a model", version), 2.0);
  write_model(at("none.h5"), small_model());
  EXPECT_EQ(hdf5::read_file(at("none.h5"), "a model", version), 1.0);
}

TEST_F(ModelFile, SameModelGivesSameBytes) {
  write_model(at("a.h5"), small_model());
  write_model(at("b.h5"), small_model());
  EXPECT_EQ(bytes_of(at("a.h5")), bytes_of(at("b.h5")));
}

// In a process of its own, whose first thread to use HDF5 has ended before it exits.
TEST_F(ModelFile, UseFromAShortLivedThreadEndsClean) {
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  const auto end = [&] {
    std::thread([&] {
      write_model(at("m.h5"), small_model());
      read_model(at("m.h5"));
    }).join();
    std::exit(0);
  };
  EXPECT_EXIT(end(), testing::ExitedWithCode(0), "");
}

TEST_F(ModelFile, HashSeesOneWeight) {
  OpticalModel other = small_model();
  other.conditions[1].weights[1] += 1e-15;
  EXPECT_NE(model_hash(other), model_hash(small_model()));
}

TEST_F(ModelFile, ContestKernelsAreImportedFocusFirst) {
  const std::filesystem::path path = std::string(RETICLE_DATA_DIR) + "/iccad13/kernels.h5";
  if (!std::filesystem::exists(path)) GTEST_SKIP() << path << " is not here";
  const OpticalModel model = read_model(path);
  ASSERT_EQ(model.conditions.size(), 2u);
  EXPECT_EQ(model.conditions[0].name, "focus");
  EXPECT_EQ(model.conditions[0].count(), 24);
  EXPECT_EQ(model.period_x_nm, 2048.0);
  EXPECT_EQ(model.resist.threshold, 0.225);
  double clear = 0.0;  // the clear field's intensity, stated with the data to four digits
  for (int k = 0; k < 24; ++k)
    clear += model.conditions[0].weights[static_cast<std::size_t>(k)] *
             std::norm(model.conditions[0].kernel(k)[17 * 35 + 17]);
  EXPECT_NEAR(clear, 0.9515, 5e-5);
}

TEST_F(ModelFile, NotANumberIsRefusedWithPlace) {
  OpticalModel model = small_model();
  model.conditions[1].coefficients[3] = std::numeric_limits<double>::quiet_NaN();
  EXPECT_NE(test::message_of([&] { write_model(at("m.h5"), model); }).find("coefficient 3"),
            std::string::npos);
  EXPECT_FALSE(std::filesystem::exists(at("m.h5")));
  const hdf5::Session session;
  hdf5::NewFile file(session, at("plain.h5"));
  file.root().set_number("period_nm", 2048.0);
  file.root().set_number("threshold", std::numeric_limits<double>::quiet_NaN());
  hdf5::Group focus = file.root().create_group("focus");
  const std::complex<float> one[1] = {1.0f};
  const double weight[1] = {1.0};
  focus.write("kernels", {1, 1, 1}, one);
  focus.write("weights", {1}, weight);
  file.save();
  EXPECT_NE(test::message_of([&] { read_model(at("plain.h5")); }).find("plain.h5"),
            std::string::npos);
}

TEST_F(ModelFile, RealKernelsAreRead) {
  const double kernels[9] = {0, 0, 0, 0, 0.75, 0, 0, 0, 0}, weights[1] = {1.0};
  {
    const hdf5::Session session;
    hdf5::NewFile file(session, at("r.h5"));
    file.root().set_number("period_nm", 2048.0);
    file.root().set_number("threshold", 0.2);
    hdf5::Group focus = file.root().create_group("focus");
    focus.write("kernels", {1, 3, 3}, kernels);
    focus.write("weights", {1}, weights);
    file.save();
  }
  EXPECT_EQ(read_model(at("r.h5")).conditions.at(0).coefficients.at(4), std::complex<double>(0.75, 0.0));
}

TEST_F(ModelFile, WrongShapeOrTypeIsNamed) {
  const hdf5::Session session;
  const std::complex<float> kernels[4] = {};
  const double weights[2] = {1.0, 1.0};
  for (const std::string wrong : {"even size", "weights"}) {
    hdf5::NewFile file(session, at("w.h5"));
    file.root().set_number("period_nm", 2048.0);
    file.root().set_number("threshold", 0.2);
    hdf5::Group focus = file.root().create_group("focus");
    if (wrong == "even size") focus.write("kernels", {1, 2, 2}, kernels);
    if (wrong == "weights") focus.write("kernels", {1, 1, 1}, kernels);
    focus.write("weights", {wrong == "weights" ? 2u : 1u}, weights);
    file.save();
    const std::string message = test::message_of([&] { read_model(at("w.h5")); });
    const std::string place = wrong == "weights" ? "/focus/weights" : "/focus/kernels";
    EXPECT_NE(message.find(place), std::string::npos) << message;
  }
}

TEST_F(ModelFile, MissingEmptyOrTruncatedIsAnError) {
  EXPECT_THROW(read_model(at("none.h5")), Error);
  EXPECT_THROW(read_model(put("empty.h5", "")), Error);
  EXPECT_THROW(read_model(folder_), Error);
  write_model(at("m.h5"), small_model());
  const std::string bytes = bytes_of(at("m.h5"));
  for (std::size_t i = 0; i < 64; ++i)
    EXPECT_THROW(read_model(put("cut.h5", bytes.substr(0, i * bytes.size() / 64))), Error) << i;
}

TEST_F(ModelFile, DamageIsAnErrorOrChangesNothing) {
  write_model(at("m.h5"), small_model());
  const std::string bytes = bytes_of(at("m.h5"));
  std::mt19937 random(20130517);  // fixed, so that a failure can be repeated
  for (int i = 0; i < 400; ++i) {
    std::string damaged = bytes;
    const std::size_t at_byte = random() % bytes.size();
    damaged[at_byte] = static_cast<char>(damaged[at_byte] ^ (1 << (random() % 8)));
    const std::filesystem::path path = put("damaged.h5", damaged);
    try {
      EXPECT_EQ(model_hash(read_model(path)), model_hash(small_model())) << at_byte;
    } catch (const Error&) {
    }
  }
}

}  // namespace
}  // namespace reticle
