#include "harness/project/placeholders.h"

#include <algorithm>
#include <cstdlib>
#include <vector>

#include "backends/script_reader.h"
#include "harness/project/configuration.h"

namespace paripassu {

namespace {

bool is_letter(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_environment_name(std::string_view name) {
  if (name.empty() || is_digit(name.front())) return false;
  return std::all_of(name.begin(), name.end(), [](char c) { return is_letter(c) || is_digit(c) || c == '_'; });
}

bool is_placeholder_name(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return is_letter(c) || is_digit(c) || c == '_' || c == '.' || c == ':' || c == '-';
  });
}

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return result;
}

std::string_view trim_blanks(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

const char* environment(const std::string& name) {
  return std::getenv(name.c_str());
}

Error unknown_placeholder(const std::string& name, const std::map<std::string, std::string>& values,
                          SourcePosition position) {
  std::vector<std::string> known;
  for (const auto& [known_name, value] : values) known.push_back(known_name);
  std::string message = "the placeholder ${" + name + "} has no value";
  const std::string near = nearest_word(name, known);
  if (!near.empty()) message += "; did you mean ${" + near + "}?";
  std::string remedy;
  if (lower(name).starts_with("flyway:")) {
    remedy = "Flyway's own placeholders are not filled in: give it a value, placeholders = { \"" + name +
             "\" = \"…\" } in [migrations]";
  } else if (trim_blanks(name) != name) {
    remedy = "write it without blanks";
  } else {
    remedy = "add it to placeholders in [migrations] of paripassu.toml: placeholders = { " + name + " = \"…\" }";
  }
  Error error(ErrorCategory::configuration, message);
  error.with_position(std::move(position)).with_remedy(remedy);
  return error;
}

}  // namespace

std::string expand_environment(std::string_view text, const SourcePosition& position) {
  std::string result;
  std::size_t at = 0;
  while (at < text.size()) {
    if (text.substr(at).starts_with("$${")) {
      result += "${";
      at += 3;
      continue;
    }
    if (!text.substr(at).starts_with("${")) {
      result += text[at++];
      continue;
    }
    const std::size_t end = text.find('}', at);
    const std::string name(end == std::string_view::npos ? std::string_view{} : text.substr(at + 2, end - at - 2));
    // What follows a broken ${ may be a password, so it is not repeated.
    if (!is_environment_name(name))
      throw Error(ErrorCategory::configuration, "'${' must be followed by the name of an environment variable and '}'")
          .with_position(position)
          .with_remedy("write ${NAME}, or $${ for a literal ${");
    const char* value = environment(name);
    if (value == nullptr)
      throw Error(ErrorCategory::configuration, "the environment variable " + name + " is not set")
          .with_position(position)
          .with_remedy("set it: export " + name + "=…, or write $${" + name + "} for the literal text");
    result += value;
    at = end + 1;
  }
  return result;
}

std::optional<std::string> expand_optional_environment(std::string_view text, const SourcePosition& position) {
  if (text.empty()) return std::nullopt;
  if (text.starts_with("${") && text.find('}') == text.size() - 1) {
    const std::string name(text.substr(2, text.size() - 3));
    if (is_environment_name(name) && environment(name) == nullptr) return std::nullopt;
  }
  std::string result = expand_environment(text, position);
  if (result.empty()) return std::nullopt;
  return result;
}

std::string replace_placeholders(std::string_view text, const std::map<std::string, std::string>& values,
                                 const std::string& file) {
  std::map<std::string, const std::string*> by_folded_name;
  for (const auto& [name, value] : values) by_folded_name.emplace(lower(name), &value);

  const auto place = [&](std::size_t offset) { return position_at(text, offset, SourcePosition{file, 1, 1}); };
  std::string result;
  result.reserve(text.size());
  std::size_t copied = 0;
  for (std::size_t at = text.find("${"); at != std::string_view::npos; at = text.find("${", at)) {
    const std::size_t end = text.find_first_of("}\r\n", at + 2);
    const bool closed = end != std::string_view::npos && text[end] == '}';
    const std::string name(closed ? text.substr(at + 2, end - at - 2) : std::string_view{});
    // With blanks around a name Flyway finds no value; left alone, it would reach the server unnoticed.
    if (!is_placeholder_name(trim_blanks(name))) {
      at += 2;
      continue;
    }
    const auto found = by_folded_name.find(lower(name));
    if (found == by_folded_name.end()) throw unknown_placeholder(name, values, place(at));
    const std::string& value = *found->second;
    if (value.find_first_of("\r\n") != std::string::npos)
      throw Error(ErrorCategory::configuration, "the value of the placeholder ${" + name + "} holds a line break")
          .with_position(place(at))
          .with_remedy("give it a value on one line, so that the line numbers of messages stay those of the file");
    result += text.substr(copied, at - copied);
    result += value;
    at = copied = end + 1;
  }
  result += text.substr(copied);
  return result;
}

}  // namespace paripassu
