// SPDX-License-Identifier: Apache-2.0
// Recipes: TOML text to plain structs and back, every key listed once.
//
// A struct's keys are named by one function that works for reading and for printing:
//
//   void describe(RecipeKeys& keys, Schedule& schedule) {
//     keys.number("iterations", schedule.iterations, {1, 10000}, "steps on this grid");
//   }
//
// The default of a key is the value the struct is constructed with.
#pragma once

#include <filesystem>
#include <functional>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace reticle {

// Inclusive bounds of a number.
struct Range {
  double low = -std::numeric_limits<double>::max();
  double high = std::numeric_limits<double>::max();
};

// How many numbers a list takes, both inclusive.
struct Count {
  std::size_t low = 0;
  std::size_t high = std::numeric_limits<std::size_t>::max();
};

// What a describe function talks to: a reader that fills values in or a printer that writes them
// out.
class RecipeKeys {
 public:
  virtual ~RecipeKeys() = default;
  virtual void number(std::string_view key, int& value, Range allowed, std::string_view doc) = 0;
  virtual void number(std::string_view key, double& value, Range allowed, std::string_view doc) = 0;
  // Where one will do, it may stand without brackets.
  virtual void numbers(std::string_view key, std::vector<double>& values, Range allowed,
                       std::string_view doc, Count count = {}) = 0;
  virtual void text(std::string_view key, std::string& value, std::string_view doc) = 0;
  virtual void flag(std::string_view key, bool& value, std::string_view doc) = 0;
  // A length in nm, given so or as "0.3 lambda/NA"; negative: not given, `otherwise` says what it is then.
  virtual void length(std::string_view key, double& nm, Range allowed, std::string_view doc,
                      std::string_view otherwise) = 0;
  // A number that has no fixed default either.
  virtual void derived(std::string_view key, double& value, Range allowed, std::string_view doc,
                       std::string_view otherwise) = 0;
  // A sub-table [key].
  virtual void table(std::string_view key, std::string_view doc,
                     const std::function<void(RecipeKeys&)>& describe_table) = 0;

  // Whether values come from a recipe, so that what they are is to be checked; not while printing.
  virtual bool reads() const = 0;
  // Whether the recipe that is read has this key; never while printing.
  virtual bool given(std::string_view key) const = 0;
  // Throws Error(bad_input): file, line, key, `why`. Of a key that is not given, the line of its table.
  [[noreturn]] virtual void refuse(std::string_view key, const std::string& why) const = 0;

  // A warning (masks/warnings.h) that says the same: a key that has no effect here.
  virtual void remark(std::string_view key, const std::string& what) const = 0;

  // One of a few words, each standing for a value of an enumeration.
  template <class Choice>
  void choice(std::string_view key, Choice& value,
              const std::vector<std::pair<std::string, Choice>>& words, std::string_view doc) {
    std::vector<std::string> names;
    std::size_t chosen = 0;
    for (std::size_t i = 0; i < words.size(); ++i) {
      names.push_back(words[i].first);
      if (words[i].second == value) chosen = i;
    }
    value = words[word(key, chosen, names, doc)].second;
  }

  // An array of tables [[key]]; one given in the recipe replaces the default list.
  template <class Item, class Describe>
  void tables(std::string_view key, std::vector<Item>& items, std::string_view doc,
              const Describe& describe_item) {
    table_list(
        key, items.size(), doc, [&](std::size_t count) { items.assign(count, Item{}); },
        [&](RecipeKeys& keys, std::size_t i) { describe_item(keys, items[i]); });
  }

 protected:
  virtual std::size_t word(std::string_view key, std::size_t chosen,
                           const std::vector<std::string>& names, std::string_view doc) = 0;
  virtual void table_list(std::string_view key, std::size_t count, std::string_view doc,
                          const std::function<void(std::size_t)>& resize,
                          const std::function<void(RecipeKeys&, std::size_t)>& describe_item) = 0;
};

using DescribeRecipe = std::function<void(RecipeKeys&)>;

// Fills what `describe` names from a TOML file. Throws Error(bad_input) with file and line on a
// syntax error, an unknown key (naming the nearest known one), a wrong type or a value out of
// range, and Error(io) if the file cannot be read.
// resolution_nm: lambda/NA, which lengths may be given in parts of; 0 where it is not known.
void read_recipe(const std::filesystem::path& path, const DescribeRecipe& describe, double resolution_nm = 0.0);
// The same from text; `name` stands for the file in messages.
void read_recipe_text(const std::string& text, const std::string& name,
                      const DescribeRecipe& describe, double resolution_nm = 0.0);

enum class RecipeStyle { values, documented };

// Every key with its present value, as TOML that read_recipe reads back to the same values;
// documented: a comment line with meaning and range over each key.
// Lengths in parts of lambda/NA where a resolution is given; those that follow from the model are left out, or
// documented in a comment.
std::string print_recipe(const DescribeRecipe& describe, RecipeStyle style, double resolution_nm = 0.0);

}  // namespace reticle
