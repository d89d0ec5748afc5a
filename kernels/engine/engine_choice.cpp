// SPDX-License-Identifier: Apache-2.0
#include "kernels/engine/engine_choice.h"

#include <dlfcn.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <sstream>
#include <vector>

#include "kernels/base/error.h"
#include "kernels/engine/plugin_interface.h"

namespace reticle {

namespace {

constexpr const char* k_plugin_name = "libreticle_cuda.so";
constexpr std::size_t k_message_bytes = 512;
constexpr int k_parents = 4;  // a build tree's programs lie up to four directories deep

// The directory of a program or library, and lib/reticle of it and of its parents.
void add_around(const std::filesystem::path& file, std::vector<std::filesystem::path>& directories) {
  if (file.empty()) return;
  std::filesystem::path place = file.parent_path();
  directories.push_back(place);
  for (int i = 0; i <= k_parents; ++i, place = place.parent_path())
    directories.push_back(place / "lib" / "reticle");
}

std::vector<std::filesystem::path> plugin_directories() {
  std::vector<std::filesystem::path> directories;
  if (const char* list = std::getenv("RETICLE_ENGINE_PATH")) {
    std::istringstream stream(list);
    for (std::string entry; std::getline(stream, entry, ':');)
      if (!entry.empty()) directories.emplace_back(entry);
  }
  // Beside the program, and beside the library that holds this code, whichever program loaded it.
  std::error_code failed;
  add_around(std::filesystem::read_symlink("/proc/self/exe", failed), directories);
  Dl_info own{};
  if (dladdr(reinterpret_cast<void*>(&make_cpu_engine), &own) != 0 && own.dli_fname != nullptr)
    add_around(std::filesystem::weakly_canonical(own.dli_fname, failed), directories);
  return directories;
}

struct Plugin {
  PluginDeviceCount* device_count = nullptr;
  PluginMakeEngine* make_engine = nullptr;
  std::string problem;  // empty: the functions are there
};

template <class Function>
Function* symbol(void* library, const char* name) {
  return reinterpret_cast<Function*>(dlsym(library, name));
}

// The library stays loaded until the program ends: engines made by it may live that long.
Plugin load_plugin() {
  std::string path;
  for (const std::filesystem::path& directory : plugin_directories()) {
    std::error_code ignored;
    if (std::filesystem::is_regular_file(directory / k_plugin_name, ignored)) {
      path = (directory / k_plugin_name).string();
      break;
    }
  }
  if (path.empty())
    return {.problem = std::string("no ") + k_plugin_name +
                       " in RETICLE_ENGINE_PATH, beside the program or library or in lib/reticle of theirs"};
  void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) return {.problem = path + " does not load: " + dlerror()};
  const auto version = symbol<PluginVersion>(library, k_plugin_version_symbol);
  if (version == nullptr || version() != k_plugin_version)
    return {.problem = path + " is of another version than this program (" +
                       (version == nullptr ? "none" : std::to_string(version())) + ", not " +
                       std::to_string(k_plugin_version) + "): install both from one build"};
  Plugin plugin{.device_count = symbol<PluginDeviceCount>(library, k_plugin_device_count_symbol),
                .make_engine = symbol<PluginMakeEngine>(library, k_plugin_make_engine_symbol)};
  if (plugin.device_count == nullptr || plugin.make_engine == nullptr)
    plugin.problem = path + " lacks an entry point: install it again";
  return plugin;
}

}  // namespace

EngineKind engine_kind(std::string_view word) {
  if (word == "auto") return EngineKind::automatic;
  if (word == "cpu") return EngineKind::cpu;
  if (word == "cuda") return EngineKind::cuda;
  throw Error(ErrorCode::invalid_argument,
              "engine '" + std::string(word) + "' is none of auto, cpu, cuda");
}

EngineChoice choose_engine(const EngineRequest& request) {
  if (request.kind == EngineKind::cpu) {
    if (!request.gpus.empty())
      throw Error(ErrorCode::invalid_argument, "GPUs were named, but the engine is cpu");
    return {.description = "CPU engine, as asked for"};
  }
  const bool wanted = request.kind == EngineKind::cuda || !request.gpus.empty();
  const Plugin plugin = load_plugin();
  std::string problem = plugin.problem;
  int count = 0;
  if (problem.empty()) {
    std::array<char, k_message_bytes> message{};
    count = plugin.device_count(message.data(), message.size());
    if (count <= 0) problem = message.data();
  }
  if (!problem.empty()) {
    if (wanted)
      throw Error(ErrorCode::device_failure, "the CUDA engine cannot run: " + problem +
                                                 "; --engine cpu or auto takes what is there");
    return {.description = "CPU engine, as there is no CUDA engine: " + problem};
  }
  EngineChoice choice{.gpus = request.gpus};
  for (const int gpu : request.gpus) {
    if (gpu < 0 || gpu >= count)
      throw Error(ErrorCode::invalid_argument, "there is no GPU " + std::to_string(gpu) + ": " +
                                                   std::to_string(count) +
                                                   " present, counted from 0");
    if (std::count(request.gpus.begin(), request.gpus.end(), gpu) > 1)
      throw Error(ErrorCode::invalid_argument, "GPU " + std::to_string(gpu) + " is named twice");
  }
  if (choice.gpus.empty())
    for (int gpu = 0; gpu < count; ++gpu) choice.gpus.push_back(gpu);
  choice.description = make_engine(choice, 0)->description();
  if (choice.gpus.size() > 1)
    choice.description += " and " + std::to_string(choice.gpus.size() - 1) + " more";
  choice.description += wanted ? ", as asked for" : ", as it is there";
  return choice;
}

std::unique_ptr<Engine> make_engine(const EngineChoice& choice, int worker) {
  if (choice.gpus.empty()) return make_cpu_engine();
  const Plugin plugin = load_plugin();
  if (!plugin.problem.empty()) throw Error(ErrorCode::device_failure, plugin.problem);
  std::array<char, k_message_bytes> message{};
  const std::size_t gpu = static_cast<std::size_t>(worker) % choice.gpus.size();
  Engine* engine = plugin.make_engine(choice.gpus[gpu], message.data(), message.size());
  if (engine == nullptr) throw Error(ErrorCode::device_failure, message.data());
  return std::unique_ptr<Engine>(engine);
}

}  // namespace reticle
