// SPDX-License-Identifier: Apache-2.0
#include "masks/gauge_file.h"

#include <algorithm>
#include <array>
#include <boost/tokenizer.hpp>
#include <cctype>
#include <charconv>
#include <cmath>
#include <fstream>
#include <set>
#include <string>
#include <string_view>

#include "kernels/base/error.h"

namespace reticle {

namespace {

constexpr std::array<const char*, 7> k_columns = {"name", "x0", "y0", "x1", "y1", "cd_nm", "weight"};
constexpr std::size_t k_needed = 5;
constexpr std::size_t k_cd = 5;
constexpr std::size_t k_most_gauges = 1'000'000;
constexpr std::string_view k_utf8_mark = "\xef\xbb\xbf";

std::string trimmed(const std::string& text) {
  const std::size_t first = text.find_first_not_of(" \t\r");
  if (first == std::string::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

// As programs that measure head their columns: cd_nm is found as "measured CD" too.
std::string column_name(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) {
    return c == ' ' ? '_' : static_cast<char>(std::tolower(c));
  });
  for (const char* cd : {"cd", "measured_cd", "measured_cd_nm"})
    if (text == cd) return "cd_nm";
  return text;
}

class Reader {
 public:
  explicit Reader(const std::filesystem::path& path) : path_(path) {}

  std::vector<Gauge> read() {
    if (std::filesystem::is_directory(path_))
      throw Error(ErrorCode::io, path_.string() + ": is a folder, not a file of gauges");
    std::ifstream file(path_);
    if (!file) throw Error(ErrorCode::io, path_.string() + ": cannot be read");
    std::string line;
    while (std::getline(file, line)) {
      if (++line_ == 1 && line.starts_with(k_utf8_mark)) line.erase(0, k_utf8_mark.size());
      if (trimmed(line).empty() || trimmed(line).front() == '#') continue;
      const std::vector<std::string> cells = cells_of(line);
      if (order_.empty() && take_heading(cells)) continue;
      gauges_.push_back(gauge_of(cells));
      if (!names_.insert(gauges_.back().name).second)
        fail("a second gauge is called '" + gauges_.back().name + "'");
      if (gauges_.size() > k_most_gauges) fail("more than a million gauges; split the file");
    }
    if (gauges_.empty())
      throw Error(ErrorCode::bad_input,
                  path_.string() + (line_ == 0 ? ": the file is empty" : ": holds no gauge") +
                      "; a line is name,x0,y0,x1,y1[,cd_nm[,weight]] in nm");
    return std::move(gauges_);
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw Error(ErrorCode::bad_input, path_.string() + ":" + std::to_string(line_) + ": " + what);
  }

  std::vector<std::string> cells_of(const std::string& line) const {
    std::vector<std::string> cells;
    try {
      using Separator = boost::escaped_list_separator<char>;
      for (const std::string& cell : boost::tokenizer<Separator>(line, Separator('\\', ',', '"')))
        cells.push_back(trimmed(cell));
    } catch (const boost::escaped_list_error& error) {
      fail(std::string("is not CSV: ") + error.what());
    }
    return cells;
  }

  // order_: place of every column in a line. A first line is a heading if one of its cells is x0.
  bool take_heading(std::vector<std::string> cells) {
    const std::vector<std::string> typed = cells;
    std::transform(cells.begin(), cells.end(), cells.begin(), column_name);
    order_.assign(k_columns.size(), -1);
    const bool is_heading = std::find(cells.begin(), cells.end(), "x0") != cells.end();
    if (!is_heading) {
      for (std::size_t c = 0; c < k_columns.size(); ++c) order_[c] = static_cast<int>(c);
      return false;
    }
    for (std::size_t i = 0; i < cells.size(); ++i) {
      const auto found = std::find(k_columns.begin(), k_columns.end(), cells[i]);
      if (found == k_columns.end())
        fail("knows no column '" + typed[i] + "'; columns are name, x0, y0, x1, y1, cd_nm, weight");
      int& place = order_[static_cast<std::size_t>(found - k_columns.begin())];
      if (place >= 0)
        fail("columns '" + typed[static_cast<std::size_t>(place)] + "' and '" + typed[i] + "' are both " + *found +
             "; keep one of them");
      place = static_cast<int>(i);
    }
    for (std::size_t c = 0; c < k_needed; ++c)
      if (order_[c] < 0) fail(std::string("has no column '") + k_columns[c] + "'");
    return true;
  }

  std::string cell(const std::vector<std::string>& cells, std::size_t column) const {
    const int place = order_[column];
    if (place >= 0 && static_cast<std::size_t>(place) < cells.size())
      return cells[static_cast<std::size_t>(place)];
    if (column < k_needed) fail(std::string("has no value for '") + k_columns[column] + "'");
    return {};
  }

  double number(const std::vector<std::string>& cells, std::size_t column, double otherwise) const {
    const std::string text = cell(cells, column);
    if (text.empty() && column >= k_needed) return otherwise;
    double value = 0.0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (code == std::errc::invalid_argument || end != text.data() + text.size())
      fail(std::string(k_columns[column]) + " is '" + text + "', not a number");
    if (code != std::errc{} || !std::isfinite(value))
      fail(std::string(k_columns[column]) + " is '" + text + "', not a finite number");
    return value;
  }

  Gauge gauge_of(const std::vector<std::string>& cells) const {
    if (cells.size() > k_columns.size())
      fail("has " + std::to_string(cells.size()) + " cells; at most 7 make sense");
    Gauge gauge{.name = cell(cells, 0),
                .from = {number(cells, 1, 0.0), number(cells, 2, 0.0)},
                .to = {number(cells, 3, 0.0), number(cells, 4, 0.0)},
                .cd_nm = number(cells, 5, 0.0),
                .weight = number(cells, 6, 1.0)};
    if (gauge.name.empty()) fail("the gauge has no name");
    if (!cell(cells, k_cd).empty() && gauge.cd_nm <= 0.0)
      fail("cd_nm is '" + cell(cells, k_cd) + "'; a CD is above 0 nm, and the cell empty where there is none");
    return gauge;
  }

  std::filesystem::path path_;
  int line_ = 0;
  std::vector<int> order_;
  std::set<std::string> names_;
  std::vector<Gauge> gauges_;
};

}  // namespace

std::vector<Gauge> read_gauges(const std::filesystem::path& path) { return Reader(path).read(); }

}  // namespace reticle
