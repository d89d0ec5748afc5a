// SPDX-License-Identifier: Apache-2.0
// What an engine plugin exports. Plugin and program must be built from the same headers: the program
// compares k_plugin_version, which every change to kernels/engine raises.
#pragma once

#include <cstddef>

#include "kernels/engine/engine.h"

namespace reticle {

inline constexpr int k_plugin_version = 4;

extern "C" {
using PluginVersion = int();
// 0 or nullptr, and the reason in message (at most size bytes with the closing zero), on failure.
using PluginDeviceCount = int(char* message, std::size_t size);
using PluginMakeEngine = Engine*(int device, char* message, std::size_t size);
}
inline constexpr const char* k_plugin_version_symbol = "reticle_plugin_version";
inline constexpr const char* k_plugin_device_count_symbol = "reticle_cuda_device_count";
inline constexpr const char* k_plugin_make_engine_symbol = "reticle_make_cuda_engine";

}  // namespace reticle
