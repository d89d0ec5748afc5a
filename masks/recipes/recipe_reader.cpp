// SPDX-License-Identifier: Apache-2.0
// Reading recipes with toml++.
#include "masks/recipes/recipe_reader.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <fstream>
#include <iostream>
#include <limits>
#include <sstream>

#include "kernels/base/error.h"
#include "kernels/base/nearest.h"
#include "masks/warnings.h"

namespace reticle {
namespace {

constexpr std::size_t k_largest_recipe_bytes = 1 << 20;

std::string_view type_name(const toml::node& node) {
  switch (node.type()) {
    case toml::node_type::table:
      return "a table";
    case toml::node_type::array:
      return "an array";
    case toml::node_type::string:
      return "a string";
    case toml::node_type::integer:
      return "an integer";
    case toml::node_type::floating_point:
      return "a number";
    case toml::node_type::boolean:
      return "true or false";
    default:
      return "a date or time";
  }
}

// A key wherever it may stand: "source." and "polarisation".
struct PlacedKey {
  std::string path, name;
  bool in_list = false;  // of tables
};

// All keys that a describe function knows, those of tables that a recipe does not have too.
class KeyNames : public RecipeKeys {
 public:
  KeyNames(std::vector<PlacedKey>& keys, std::string path, bool in_list) : keys_(keys), path_(std::move(path)), in_list_(in_list) {}

  void number(std::string_view key, int&, Range, std::string_view) override { add(key); }
  void number(std::string_view key, double&, Range, std::string_view) override { add(key); }
  void numbers(std::string_view key, std::vector<double>&, Range, std::string_view, Count) override { add(key); }
  void text(std::string_view key, std::string&, std::string_view) override { add(key); }
  void flag(std::string_view key, bool&, std::string_view) override { add(key); }
  void length(std::string_view key, double&, Range, std::string_view, std::string_view) override { add(key); }
  void derived(std::string_view key, double&, Range, std::string_view, std::string_view) override { add(key); }
  void table(std::string_view key, std::string_view, const std::function<void(RecipeKeys&)>& describe_table) override {
    add(key);
    KeyNames inner(keys_, fmt::format("{}{}.", path_, key), false);
    describe_table(inner);
  }
  bool reads() const override { return false; }
  bool given(std::string_view) const override { return false; }
  void refuse(std::string_view key, const std::string& why) const override {
    throw Error(ErrorCode::invalid_argument, fmt::format("'{}{}' {}", path_, key, why));
  }
  void remark(std::string_view, const std::string&) const override {}

 protected:
  std::size_t word(std::string_view key, std::size_t chosen, const std::vector<std::string>&, std::string_view) override {
    add(key);
    return chosen;
  }
  void table_list(std::string_view key, std::size_t count, std::string_view, const std::function<void(std::size_t)>& resize,
                  const std::function<void(RecipeKeys&, std::size_t)>& describe_item) override {
    add(key);
    KeyNames inner(keys_, fmt::format("{}{}.", path_, key), true);
    if (count == 0) resize(1);
    describe_item(inner, 0);
    if (count == 0) resize(0);
  }

 private:
  void add(std::string_view key) { keys_.push_back({path_, std::string(key), in_list_}); }

  std::vector<PlacedKey>& keys_;
  std::string path_;
  bool in_list_;
};

class Reader : public RecipeKeys {
 public:
  // whole: describes the recipe that the table is part of.
  Reader(const toml::table& table, std::string file, double resolution_nm, const DescribeRecipe& whole, std::string path,
         std::string place = {})
      : table_(table), file_(std::move(file)), resolution_nm_(resolution_nm), whole_(whole), path_(std::move(path)),
        place_(std::move(place)) {}

  void number(std::string_view key, int& value, Range allowed, std::string_view) override {
    if (const toml::node* node = find(key)) {
      const auto given = node->value_exact<std::int64_t>();
      if (!given) wrong_type(key, *node, "an integer");
      check(key, *node, static_cast<double>(*given), fmt::format("{}", *given), allowed);
      if (*given < std::numeric_limits<int>::min() || *given > std::numeric_limits<int>::max()) {
        fail(*node, fmt::format("{} = {} does not fit an integer", named(key), *given));
      }
      value = static_cast<int>(*given);
    }
  }

  void number(std::string_view key, double& value, Range allowed, std::string_view) override {
    if (const toml::node* node = find(key)) value = real(key, *node, allowed);
  }

  void length(std::string_view key, double& nm, Range allowed, std::string_view, std::string_view) override {
    const toml::node* node = find(key);
    if (!node) return;
    nm = node->is_string() ? in_nm(key, *node) : real(key, *node, allowed);
    check(key, *node, nm, fmt::format("{} nm", nm), allowed);
  }

  void derived(std::string_view key, double& value, Range allowed, std::string_view doc,
               std::string_view) override {
    number(key, value, allowed, doc);
  }

  void numbers(std::string_view key, std::vector<double>& values, Range allowed,
               std::string_view, Count count) override {
    const toml::node* node = find(key);
    if (!node) return;
    if (count.low <= 1 && node->is_number()) {
      values = {real(key, *node, allowed)};
      return;
    }
    const toml::array* array = node->as_array();
    if (!array) wrong_type(key, *node, "an array of numbers");
    if (array->size() < count.low || array->size() > count.high) {
      const std::string held = array->empty()       ? "is an empty list"
                               : array->size() == 1 ? "holds 1 number"
                                                    : fmt::format("holds {} numbers", array->size());
      fail(*node, fmt::format("{} {}; it takes {}", named(key), held, to_string(count)));
    }
    values.clear();
    for (const toml::node& item : *array) values.push_back(real(key, item, allowed));
  }

  bool reads() const override { return true; }
  bool given(std::string_view key) const override { return table_.contains(key); }

  void refuse(std::string_view key, const std::string& why) const override {
    const toml::node* node = table_.get(key);
    fail(node ? *node : table_, fmt::format("{} {}", named(key), why));
  }

  void remark(std::string_view key, const std::string& what) const override {
    warning_log().add(file_, fmt::format("{} {}", named(key), what),
                      fmt::format("line {}", table_.get(key)->source().begin.line));
  }

  void text(std::string_view key, std::string& value, std::string_view) override {
    if (const toml::node* node = find(key)) value = string(key, *node);
  }

  void flag(std::string_view key, bool& value, std::string_view) override {
    if (const toml::node* node = find(key)) {
      const auto given = node->value_exact<bool>();
      if (!given) wrong_type(key, *node, "true or false");
      value = *given;
    }
  }

  void table(std::string_view key, std::string_view,
             const std::function<void(RecipeKeys&)>& describe_table) override {
    const toml::node* node = find(key);
    if (!node) return;
    if (!node->is_table()) wrong_type(key, *node, fmt::format("a table [{}{}]", path_, key));
    Reader reader(*node->as_table(), file_, resolution_nm_, whole_, fmt::format("{}{}.", path_, key));
    describe_table(reader);
    reader.refuse_unknown_keys();
  }

  void refuse_unknown_keys() const {
    for (const auto& [key, node] : table_) {
      const std::string_view name = key.str();
      if (std::find(known_.begin(), known_.end(), name) != known_.end()) continue;
      fail_at(key.source().begin.line,
              fmt::format("unknown key '{}{}'; {}", path_, name, suggestion(name)));
    }
  }

 protected:
  std::size_t word(std::string_view key, std::size_t chosen, const std::vector<std::string>& names,
                   std::string_view) override {
    const toml::node* node = find(key);
    if (!node) return chosen;
    const std::string given = string(key, *node);
    const auto match = std::find(names.begin(), names.end(), given);
    if (match == names.end()) {
      fail(*node, fmt::format("{} = \"{}\" is not one of {}", named(key), given,
                              fmt::join(names, ", ")));
    }
    return static_cast<std::size_t>(match - names.begin());
  }

  void table_list(std::string_view key, std::size_t, std::string_view,
                  const std::function<void(std::size_t)>& resize,
                  const std::function<void(RecipeKeys&, std::size_t)>& describe_item) override {
    const toml::node* node = find(key);
    if (!node) return;
    const toml::array* array = node->as_array();
    if (!array) wrong_type(key, *node, fmt::format("an array of tables [[{}{}]]", path_, key));
    resize(array->size());
    std::size_t i = 0;
    for (const toml::node& item : *array) {
      if (!item.is_table()) wrong_type(key, item, "a table");
      Reader reader(*item.as_table(), file_, resolution_nm_, whole_, fmt::format("{}{}.", path_, key),
                    fmt::format(" ({} of {})", i + 1, array->size()));
      describe_item(reader, i++);
      reader.refuse_unknown_keys();
    }
  }

 private:
  const toml::node* find(std::string_view key) {
    known_.emplace_back(key);
    return table_.get(key);
  }

  // "0.3 lambda/NA"
  double in_nm(std::string_view key, const toml::node& node) const {
    const std::string text = string(key, node);
    std::istringstream words(text);
    double parts = 0.0;
    std::string unit, more;
    if (!(words >> parts >> unit) || unit != "lambda/NA" || words >> more)
      fail(node, fmt::format("{} = \"{}\" is not a length; give a number of nm or, for example, \"0.3 lambda/NA\"",
                             named(key), text));
    if (resolution_nm_ <= 0.0)
      fail(node, fmt::format("{} is given in lambda/NA, which is not known here; give it in nm", named(key)));
    return parts * resolution_nm_;
  }

  double real(std::string_view key, const toml::node& node, Range allowed) const {
    if (!node.is_number()) wrong_type(key, node, "a number");
    const double given = *node.value<double>();
    check(key, node, given, fmt::format("{}", given), allowed);
    return given;
  }

  std::string string(std::string_view key, const toml::node& node) const {
    const auto given = node.value_exact<std::string>();
    if (!given) wrong_type(key, node, "a string");
    return *given;
  }

  void check(std::string_view key, const toml::node& node, double value, const std::string& shown,
             Range allowed) const {
    if (std::isfinite(value) && value >= allowed.low && value <= allowed.high) return;
    fail(node, fmt::format("{} = {} is outside {}", named(key), shown, to_string(allowed)));
  }

  std::string suggestion(std::string_view name) const {
    std::vector<PlacedKey> all;
    KeyNames names(all, "", false);
    whole_(names);
    // Of keys as near as each other one of the same table.
    const auto distance = [&](const PlacedKey& key) { return 2 * edit_distance(name, key.name) + (key.path == path_ ? 0 : 1); };
    const auto nearest = std::min_element(all.begin(), all.end(), [&](auto& a, auto& b) { return distance(a) < distance(b); });
    if (nearest != all.end() && nearest->name == name) {
      const std::string table = nearest->path.substr(0, nearest->path.empty() ? 0 : nearest->path.size() - 1);
      if (table.empty()) return "it belongs above all [tables]";
      return fmt::format(fmt::runtime(nearest->in_list ? "it belongs in a [[{}]]" : "it belongs in [{}]"), table);
    }
    if (nearest != all.end() && edit_distance(name, nearest->name) <= std::max<std::size_t>(2, name.size() / 2))
      return fmt::format("did you mean '{}{}'?", nearest->path, nearest->name);
    if (known_.empty()) return "no key belongs here";
    return fmt::format("keys here are {}", fmt::join(known_, ", "));
  }

  [[noreturn]] void wrong_type(std::string_view key, const toml::node& node,
                               std::string_view wanted) const {
    fail(node, fmt::format("{} is {}; it has to be {}", named(key), type_name(node), wanted));
  }
  std::string named(std::string_view key) const { return fmt::format("'{}{}'{}", path_, key, place_); }
  [[noreturn]] void fail(const toml::node& node, const std::string& what) const {
    fail_at(node.source().begin.line, what);
  }
  [[noreturn]] void fail_at(std::size_t line, const std::string& what) const {
    throw Error(ErrorCode::bad_input, fmt::format("{}:{}: {}", file_, line, what));
  }

  static std::string to_string(Range allowed) {
    const Range open;
    if (allowed.low == open.low && allowed.high == open.high) return "the finite numbers";
    if (allowed.high == open.high) return fmt::format("{} and above", allowed.low);
    return fmt::format("{} .. {}", allowed.low, allowed.high);
  }

  static std::string to_string(Count count) {
    if (count.low == count.high) return fmt::format("{}", count.low);
    if (count.high == Count{}.high) return fmt::format("{} or more", count.low);
    if (count.low == 0) return fmt::format("at most {}", count.high);
    return fmt::format("{} to {}", count.low, count.high);
  }

  const toml::table& table_;
  std::string file_;
  double resolution_nm_;
  const DescribeRecipe& whole_;
  std::string path_;   // "schedule." inside [schedule]
  std::string place_;  // " (2 of 3)" inside the second of [[schedule]]
  std::vector<std::string> known_;
};

}  // namespace

void read_recipe_text(const std::string& text, const std::string& name,
                      const DescribeRecipe& describe, double resolution_nm) {
  toml::table table;
  try {
    table = toml::parse(text, name);
  } catch (const toml::parse_error& error) {
    throw Error(ErrorCode::bad_input, fmt::format("{}:{}: not valid TOML: {}", name,
                                                  error.source().begin.line, error.description()));
  }
  Reader reader(table, name, resolution_nm, describe, "");
  describe(reader);
  reader.refuse_unknown_keys();
}

void read_recipe(const std::filesystem::path& path, const DescribeRecipe& describe, double resolution_nm) {
  // A pipe has no size: one byte more than allowed tells.
  const bool standard_input = path == "-";
  std::ifstream file;
  errno = 0;
  if (!standard_input) file.open(path, std::ios::binary);
  std::string text(k_largest_recipe_bytes + 1, '\0');
  std::istream& stream = standard_input ? std::cin : file;
  if (standard_input || file.is_open()) stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (!stream.eof() && !stream.good())
    throw Error(ErrorCode::io, fmt::format("{}: cannot read this recipe: {}", path.string(),
                                           std::strerror(errno != 0 ? errno : EISDIR)));
  text.resize(static_cast<std::size_t>(stream.gcount()));
  if (text.size() > k_largest_recipe_bytes)
    throw Error(ErrorCode::bad_input, fmt::format("{}: over {} bytes, which no recipe has", path.string(), k_largest_recipe_bytes));
  const std::string name = standard_input ? "standard input" : path.filename().string();
  read_recipe_text(text, name, describe, resolution_nm);
}

}  // namespace reticle
