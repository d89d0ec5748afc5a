// SPDX-License-Identifier: Apache-2.0
// Which engine is chosen, on a machine with or without a GPU.
#include "kernels/engine/engine_choice.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "kernels/base/error.h"

namespace reticle {
namespace {

std::string refusal(const EngineRequest& request) {
  try {
    choose_engine(request);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(EngineChoice, CpuIsAlwaysThere) {
  const EngineChoice choice = choose_engine({.kind = EngineKind::cpu});
  EXPECT_TRUE(choice.gpus.empty());
  EXPECT_EQ(make_engine(choice, 0)->description(), make_cpu_engine()->description());
  EXPECT_NE(refusal({.kind = EngineKind::cpu, .gpus = {0}}).find("cpu"), std::string::npos);
}

TEST(EngineChoice, AutomaticSaysWhatRunsAndWhy) {
  const EngineChoice choice = choose_engine({});
  EXPECT_NE(choice.description.find(choice.gpus.empty() ? "CPU engine, as there is no CUDA engine: " : "GPU"),
            std::string::npos)
      << choice.description;
  EXPECT_NE(make_engine(choice, 0), nullptr);
}

TEST(EngineChoice, WordsAreThree) {
  EXPECT_EQ(engine_kind("auto"), EngineKind::automatic);
  EXPECT_EQ(engine_kind("cpu"), EngineKind::cpu);
  EXPECT_EQ(engine_kind("cuda"), EngineKind::cuda);
  EXPECT_THROW(engine_kind("gpu"), Error);
}

TEST(EngineChoice, CudaThatCannotBeHadIsARefusalWithTheReason) {
  if (!choose_engine({}).gpus.empty()) GTEST_SKIP() << "a GPU is present";
  const std::string message = refusal({.kind = EngineKind::cuda});
  EXPECT_NE(message.find("the CUDA engine cannot run: "), std::string::npos) << message;
  EXPECT_NE(message.find("--engine cpu"), std::string::npos) << message;
  EXPECT_EQ(refusal({.gpus = {0}}), message);
}

TEST(EngineChoice, GpusThatAreNotThereAreNamed) {
  const EngineChoice all = choose_engine({});
  if (all.gpus.empty()) GTEST_SKIP() << all.description;
  EXPECT_NE(refusal({.gpus = {1000}}).find("there is no GPU 1000"), std::string::npos);
  EXPECT_NE(refusal({.gpus = {0, 0}}).find("named twice"), std::string::npos);
}

TEST(EngineChoice, APluginThatDoesNotLoadIsNamed) {
  std::string folder = (std::filesystem::temp_directory_path() / "reticle.XXXXXX").string();
  ASSERT_NE(::mkdtemp(folder.data()), nullptr);
  const std::filesystem::path plugin = std::filesystem::path(folder) / "libreticle_cuda.so";
  std::ofstream(plugin) << "no library";
  const char* set = std::getenv("RETICLE_ENGINE_PATH");
  const std::string before = set == nullptr ? "" : set;
  ::setenv("RETICLE_ENGINE_PATH", folder.c_str(), 1);
  const std::string message = refusal({.kind = EngineKind::cuda});
  const std::string description = choose_engine({}).description;
  ::setenv("RETICLE_ENGINE_PATH", before.c_str(), 1);
  std::filesystem::remove_all(folder);
  EXPECT_NE(message.find(plugin.string() + " does not load"), std::string::npos) << message;
  EXPECT_NE(description.find(plugin.string()), std::string::npos) << description;
}

}  // namespace
}  // namespace reticle
