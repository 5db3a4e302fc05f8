#include "harness/project/layout_liquibase_attributes.h"

#include <algorithm>

#include "harness/project/configuration.h"
#include "harness/project/layout_lines.h"

namespace paripassu {

namespace {

/// Takes `part` from the front of `text` if it is there.
bool take_prefix(std::string_view& text, std::string_view part) {
  if (!text.starts_with(part)) return false;
  text.remove_prefix(part.size());
  return true;
}

bool take_suffix(std::string_view& text, std::string_view part) {
  if (!text.ends_with(part)) return false;
  text.remove_suffix(part.size());
  return true;
}

/// Undoes the escapes of a regular expression that stands for one text; empty when it is a real one.
std::string literal_of(std::string_view pattern) {
  std::string literal;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] == '\\') {
      if (++i == pattern.size() || is_word_character(pattern[i])) return {};
    } else if (std::string_view("*+?()[]{}|.").find(pattern[i]) != std::string_view::npos) {
      return {};
    }
    literal += pattern[i];
  }
  return literal;
}

}  // namespace

std::map<std::string, std::string> read_liquibase_attributes(std::string_view text,
                                                             const std::vector<std::string>& known,
                                                             const std::string& file, int line) {
  std::map<std::string, std::string> attributes;
  text = trim_blanks(text);
  if (text.starts_with('(') && text.ends_with(')')) text = trim_blanks(text.substr(1, text.size() - 2));
  while (!text.empty()) {
    const std::size_t colon = text.find(':');
    const std::string_view name = text.substr(0, colon);
    if (colon == std::string_view::npos || std::any_of(name.begin(), name.end(), is_blank)) {
      const std::string word(take_word(text));
      throw bad_file("expected an attribute such as dbms:postgresql, found '" + word + "'", file, line)
          .with_remedy("write name:value without blanks, or put a value with blanks in double quotes");
    }
    const std::string written(name);
    const std::string key = to_lower(name);
    text.remove_prefix(colon + 1);
    if (std::none_of(known.begin(), known.end(),
                     [&](const std::string& one) { return same_ignoring_case(one, key); })) {
      const std::string near = nearest_word(written, known);
      throw bad_file("unknown attribute '" + written + "'" + (near.empty() ? "" : "; did you mean '" + near + "'?"),
                     file, line)
          .with_remedy("docs/migrations.md lists the attributes");
    }
    std::string value;
    if (text.starts_with('"')) {
      const std::size_t end = text.find('"', 1);
      if (end == std::string_view::npos)
        throw bad_file("the value of '" + written + "' has no closing quote", file, line).with_remedy("write it");
      value = text.substr(1, end - 1);
      text = trim_blanks(text.substr(end + 1));
    } else if (!text.empty() && !is_blank(text.front())) {
      value = take_word(text);
    } else {
      text = trim_blanks(text);
    }
    if (!attributes.emplace(key, std::move(value)).second)
      throw bad_file("the attribute '" + written + "' is written twice", file, line).with_remedy("delete one of them");
  }
  return attributes;
}

bool liquibase_flag(const std::map<std::string, std::string>& attributes, const std::string& name, bool fallback,
                    const std::string& file, int line) {
  const auto found = attributes.find(to_lower(name));
  if (found == attributes.end()) return fallback;
  if (same_ignoring_case(found->second, "true")) return true;
  if (same_ignoring_case(found->second, "false")) return false;
  throw bad_file("'" + name + ":" + found->second + "' is neither true nor false", file, line)
      .with_remedy("write " + name + ":true or " + name + ":false");
}

StatementDelimiter liquibase_delimiter(const std::map<std::string, std::string>& attributes, const std::string& prefix,
                                       const std::string& file, int line) {
  const std::string split_name = prefix.empty() ? "splitStatements" : prefix + "SplitStatements";
  const std::string delimiter_name = prefix.empty() ? "endDelimiter" : prefix + "EndDelimiter";
  StatementDelimiter delimiter;
  delimiter.none = !liquibase_flag(attributes, split_name, true, file, line);
  const auto found = attributes.find(to_lower(delimiter_name));
  if (found == attributes.end()) return delimiter;
  delimiter.is_default = false;
  std::string_view pattern = found->second;
  if (pattern.empty()) {
    delimiter.none = true;
    return delimiter;
  }
  while (take_prefix(pattern, "\\r") || take_prefix(pattern, "\\n") || take_prefix(pattern, "^"))
    delimiter.begins_line = true;
  while (take_suffix(pattern, "\\s*") || take_suffix(pattern, "\\n") || take_suffix(pattern, "\\r") ||
         (delimiter.begins_line && pattern.size() > 1 && take_suffix(pattern, "$"))) {
  }
  delimiter.text = literal_of(pattern);
  if (delimiter.text.empty())
    throw bad_file("the " + delimiter_name + " '" + found->second + "' is a regular expression, which is not supported",
                   file, line)
        .with_remedy("write a plain delimiter, such as GO, / or @@");
  return delimiter;
}

std::vector<std::string> liquibase_names(std::string_view text) {
  std::vector<std::string> names;
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    const std::string_view name = trim_blanks(text.substr(0, comma));
    if (!name.empty()) names.push_back(to_lower(name));
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return names;
}

}  // namespace paripassu
