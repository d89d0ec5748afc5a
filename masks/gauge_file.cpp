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
#include <tuple>

#include "kernels/base/error.h"

namespace reticle {

namespace {

constexpr std::array<const char*, 11> k_columns = {"name",   "x0",       "y0",       "x1",   "y1",     "cd_nm",
                                                   "weight", "focus_nm", "exposure", "dose", "pattern"};
constexpr std::size_t k_needed = 5;
constexpr std::size_t k_without_heading = 7;
constexpr std::size_t k_cd = 5, k_weight = 6, k_focus = 7, k_exposure = 8, k_dose = 9, k_pattern = 10;
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
  if (text == "focus") return "focus_nm";
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
      const Gauge& last = gauges_.back();
      if (!names_.insert({last.name, last.pattern, last.focus_nm.value_or(0.0), last.exposure}).second)
        fail("a second gauge is called '" + last.name + "'");
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
      for (std::size_t c = 0; c < k_without_heading; ++c) order_[c] = static_cast<int>(c);
      return false;
    }
    for (std::size_t i = 0; i < cells.size(); ++i) {
      const auto found = std::find(k_columns.begin(), k_columns.end(), cells[i]);
      if (found == k_columns.end())
        fail("knows no column '" + typed[i] + "'; columns are name, x0, y0, x1, y1, cd_nm, weight, focus_nm, exposure or dose, pattern");
      int& place = order_[static_cast<std::size_t>(found - k_columns.begin())];
      if (place >= 0)
        fail("columns '" + typed[static_cast<std::size_t>(place)] + "' and '" + typed[i] + "' are both " + *found +
             "; keep one of them");
      place = static_cast<int>(i);
    }
    for (std::size_t c = 0; c < k_needed; ++c)
      if (order_[c] < 0) fail(std::string("has no column '") + k_columns[c] + "'");
    if (order_[k_exposure] >= 0 && order_[k_dose] >= 0)
      fail("columns 'exposure', which multiplies the intensity, and 'dose', which multiplies the amplitude, are both there; "
           "keep one of them");
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
    const auto most = static_cast<std::size_t>(std::count_if(order_.begin(), order_.end(), [](int at) { return at >= 0; }));
    if (cells.size() > most)
      fail("has " + std::to_string(cells.size()) + " cells; at most " + std::to_string(most) + " make sense" +
           (most == k_without_heading ? " (a heading line names further columns)" : ""));
    const double dose = number(cells, k_dose, 1.0);
    Gauge gauge{.name = cell(cells, 0),
                .from = {number(cells, 1, 0.0), number(cells, 2, 0.0)},
                .to = {number(cells, 3, 0.0), number(cells, 4, 0.0)},
                .cd_nm = number(cells, k_cd, 0.0),
                .weight = number(cells, k_weight, 1.0),
                .pattern = cell(cells, k_pattern),
                .focus_nm = {},
                .exposure = order_[k_dose] >= 0 ? dose * dose : number(cells, k_exposure, 1.0)};
    if (!cell(cells, k_focus).empty()) gauge.focus_nm = number(cells, k_focus, 0.0);
    if (dose <= 0.0 || gauge.exposure <= 0.0) fail("its dose or exposure is not above 0; 1 is the model's own");
    if (gauge.name.empty()) fail("the gauge has no name");
    if (!cell(cells, k_cd).empty() && gauge.cd_nm <= 0.0)
      fail("cd_nm is '" + cell(cells, k_cd) + "'; a CD is above 0 nm, and the cell empty where there is none");
    return gauge;
  }

  std::filesystem::path path_;
  int line_ = 0;
  std::vector<int> order_;
  std::set<std::tuple<std::string, std::string, double, double>> names_;
  std::vector<Gauge> gauges_;
};

}  // namespace

std::vector<Gauge> read_gauges(const std::filesystem::path& path) { return Reader(path).read(); }

}  // namespace reticle
