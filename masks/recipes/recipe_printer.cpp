// SPDX-License-Identifier: Apache-2.0
// Printing recipes: every key of a struct as TOML.
#include <fmt/format.h>

#include "kernels/base/error.h"
#include "masks/recipes/recipe_reader.h"

namespace reticle {
namespace {

// Shortest text that reads back to the same double, with a point so that TOML sees a float.
std::string to_toml(double value) {
  std::string text = fmt::format("{}", value);
  if (text.find_first_of(".en") == std::string::npos) text += ".0";
  return text;
}

std::string toml_string(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    } else {
      out += c;
    }
  }
  return out + '"';
}

std::string comment(std::string_view doc) {
  std::string text = "# ";
  for (const char c : doc) c == '\n' ? text += "\n# " : text += c;
  return text + '\n';
}

std::string to_text(Range allowed) {
  const Range open;
  const bool low = allowed.low != open.low, high = allowed.high != open.high;
  if (low && high) return fmt::format(" ({} .. {})", allowed.low, allowed.high);
  if (low) return fmt::format(" ({} and above)", allowed.low);
  if (high) return fmt::format(" ({} and below)", allowed.high);
  return "";
}

// The lines of a table that is not there.
std::string in_comments(const std::string& text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at);
    const std::string line = text.substr(at, end - at);
    if (!line.empty()) out += (line.starts_with("# ") ? "#   " + line.substr(2) : "#     " + line) + '\n';
    at = end + 1;
  }
  return out;
}

class Printer : public RecipeKeys {
 public:
  Printer(RecipeStyle style, double resolution_nm, std::string path)
      : style_(style), resolution_nm_(resolution_nm), path_(std::move(path)) {}

  void number(std::string_view key, int& value, Range allowed, std::string_view doc) override {
    line(key, fmt::format("{}", value), std::string(doc) + to_text(allowed));
  }
  void number(std::string_view key, double& value, Range allowed, std::string_view doc) override {
    line(key, to_toml(value), std::string(doc) + to_text(allowed));
  }
  void length(std::string_view key, double& nm, Range allowed, std::string_view doc,
              std::string_view otherwise) override {
    if (nm >= 0.0 && resolution_nm_ > 0.0)
      return line(key, fmt::format("\"{:.4g} lambda/NA\"", nm / resolution_nm_), std::string(doc));
    derived(key, nm, allowed, doc, otherwise);
  }
  void derived(std::string_view key, double& value, Range allowed, std::string_view doc,
               std::string_view otherwise) override {
    const std::string why = otherwise.empty() ? "" : fmt::format("\ndefault: {}", otherwise);
    if (value >= 0.0) return line(key, to_toml(value), std::string(doc) + to_text(allowed) + why);
    if (style_ == RecipeStyle::documented)
      keys_ += comment(std::string(doc) + to_text(allowed)) + fmt::format("# {} =  # default: {}\n", key, otherwise);
  }
  // An empty list is a choice not made: documented, it is left for the reader to fill in.
  void numbers(std::string_view key, std::vector<double>& values, Range allowed,
               std::string_view doc, Count) override {
    std::string list;
    for (const double value : values) list += (list.empty() ? "" : ", ") + to_toml(value);
    const bool left_out = values.empty() && style_ == RecipeStyle::documented;
    line((left_out ? "# " : "") + std::string(key), "[" + list + "]", std::string(doc) + to_text(allowed));
  }
  void text(std::string_view key, std::string& value, std::string_view doc) override {
    line(key, toml_string(value), doc);
  }
  void flag(std::string_view key, bool& value, std::string_view doc) override {
    line(key, value ? "true" : "false", doc);
  }
  void table(std::string_view key, std::string_view doc,
             const std::function<void(RecipeKeys&)>& describe_table) override {
    section(fmt::format("[{}{}]", path_, key), key, doc, describe_table);
  }

  bool reads() const override { return false; }
  bool given(std::string_view) const override { return false; }
  void refuse(std::string_view key, const std::string& why) const override {
    throw Error(ErrorCode::invalid_argument, fmt::format("'{}{}' {}", path_, key, why));
  }

  void remark(std::string_view, const std::string&) const override {}

  // Keys first: in TOML whatever follows a [table] header belongs to that table.
  std::string text() const { return keys_ + tables_; }

 protected:
  std::size_t word(std::string_view key, std::size_t chosen, const std::vector<std::string>& names,
                   std::string_view doc) override {
    const char* const gap = doc.find('\n') == std::string_view::npos ? ": " : "\n";
    line(key, toml_string(names[chosen]), fmt::format("{}{}{}", doc, gap, fmt::join(names, ", ")));
    return chosen;
  }
  void table_list(std::string_view key, std::size_t count, std::string_view doc,
                  const std::function<void(std::size_t)>& resize,
                  const std::function<void(RecipeKeys&, std::size_t)>& describe_item) override {
    if (count == 0 && style_ == RecipeStyle::documented) {
      tables_ += fmt::format("\n# {}\n# [[{}{}]] (none here); each takes\n", doc, path_, key);
      Printer sample(style_, resolution_nm_, fmt::format("{}{}.", path_, key));
      resize(1);
      describe_item(sample, 0);
      resize(0);
      tables_ += in_comments(sample.text());
    }
    for (std::size_t i = 0; i < count; ++i) {
      section(fmt::format("[[{}{}]]", path_, key), key, i == 0 ? doc : "",
              [&](RecipeKeys& keys) { describe_item(keys, i); });
    }
  }

 private:
  void line(std::string_view key, std::string_view value, std::string_view doc) {
    if (style_ == RecipeStyle::documented) keys_ += comment(doc);
    keys_ += fmt::format("{} = {}\n", key, value);
  }
  void section(const std::string& header, std::string_view key, std::string_view doc,
               const std::function<void(RecipeKeys&)>& describe_section) {
    Printer inner(style_, resolution_nm_, fmt::format("{}{}.", path_, key));
    describe_section(inner);
    tables_ += '\n';
    if (style_ == RecipeStyle::documented && !doc.empty()) tables_ += fmt::format("# {}\n", doc);
    tables_ += header + '\n' + inner.text();
  }

  RecipeStyle style_;
  double resolution_nm_;
  std::string path_;
  std::string keys_;
  std::string tables_;
};

}  // namespace

std::string print_recipe(const DescribeRecipe& describe, RecipeStyle style, double resolution_nm) {
  Printer printer(style, resolution_nm, "");
  describe(printer);
  return printer.text();
}

}  // namespace reticle
