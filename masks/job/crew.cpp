// SPDX-License-Identifier: Apache-2.0
#include "masks/job/crew.h"

#include <dlfcn.h>

#include <cstdlib>
#include <filesystem>
#include <sstream>
#include <vector>

namespace reticle {

namespace {

constexpr const char* k_plugin = "libreticle_mpi.so";

std::vector<std::filesystem::path> folders() {
  std::vector<std::filesystem::path> folders;
  if (const char* listed = std::getenv("RETICLE_ENGINE_PATH")) {
    std::istringstream text(listed);
    for (std::string folder; std::getline(text, folder, ':');)
      if (!folder.empty()) folders.emplace_back(folder);
  }
  std::error_code problem;
  std::filesystem::path place = std::filesystem::read_symlink("/proc/self/exe", problem).parent_path();
  folders.push_back(place);
  for (int i = 0; i < 5 && !place.empty(); ++i, place = place.parent_path())
    folders.push_back(place / "lib/reticle");
  return folders;
}

}  // namespace

bool is_one_of_several() {
  for (const char* name : {"OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "SLURM_STEP_NUM_TASKS"}) {
    const char* const size = std::getenv(name);
    if (size != nullptr && std::atoi(size) > 1) return true;
  }
  return false;
}

CrewChoice find_crew() {
  if (!is_one_of_several()) return {};
  for (const std::filesystem::path& folder : folders()) {
    const std::filesystem::path path = folder / k_plugin;
    if (!std::filesystem::exists(path)) continue;
    // Global, as MPI libraries open parts of their own that look for it.
    void* const plugin = ::dlopen(path.c_str(), RTLD_NOW | RTLD_GLOBAL);
    if (plugin == nullptr) return {nullptr, path.string() + " cannot be opened: " + ::dlerror()};
    const auto make = reinterpret_cast<Crew* (*)()>(::dlsym(plugin, "reticle_make_crew"));
    if (make == nullptr) return {nullptr, path.string() + " is no plugin of this version"};
    Crew* const crew = make();
    if (crew == nullptr) return {nullptr, "MPI finds no other rank; the ranks share the folder only"};
    return {std::shared_ptr<Crew>(crew), ""};
  }
  return {nullptr, std::string("no ") + k_plugin + " near the program; the ranks share the folder only"};
}

}  // namespace reticle
