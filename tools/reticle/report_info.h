// What `reticle info` says of jobs and of what is written beside masks: reports, tables, markers, recipes, scenes.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace reticle::tools {

void print_row(std::string_view name, const std::string& value);
void print_text(std::string_view name, const std::string& text);

// A folder of a correction or a verification, or its job.h5. Throws Error(bad_input) if there is none.
void print_job(const std::filesystem::path& path);

// False: none of these kinds. By extension and contents: .json, .csv, .lyrdb, .html, .toml, .usda, .svg.
bool print_report(const std::filesystem::path& path);

}  // namespace reticle::tools
