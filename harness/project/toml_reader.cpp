#include "harness/project/toml_reader.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "backends/connection_url.h"
#include "backends/limits.h"
#include "harness/project/configuration.h"

namespace paripassu {

namespace {

constexpr std::size_t kShownBytesMax = 80;

SourcePosition position_of(const std::string& file, const toml::source_region& region) {
  return SourcePosition{file, static_cast<int>(region.begin.line), static_cast<int>(region.begin.column)};
}

std::string_view type_name(toml::node_type type) {
  switch (type) {
    case toml::node_type::table:
      return "a table";
    case toml::node_type::array:
      return "an array";
    case toml::node_type::string:
      return "a string";
    case toml::node_type::integer:
      return "an integer";
    case toml::node_type::floating_point:
      return "a floating-point number";
    case toml::node_type::boolean:
      return "a boolean";
    case toml::node_type::date:
      return "a date";
    case toml::node_type::time:
      return "a time";
    case toml::node_type::date_time:
      return "a date and time";
    case toml::node_type::none:
      break;
  }
  return "something else";
}

std::string in_heading(const std::string& heading) {
  return heading.empty() ? "at the top level" : "in " + heading;
}

std::string list(const std::vector<std::string>& words) {
  std::string result;
  for (const std::string& word : words) result += (result.empty() ? "" : ", ") + word;
  return result;
}

std::string read_file(const std::string& file) {
  const auto unreadable = [&](const std::string& why) {
    return Error(ErrorCategory::configuration, "cannot read the configuration: " + why)
        .with_position({file, 0, 0})
        .with_remedy("name an existing file with --config, or run `paripassu init` to write one");
  };
  std::error_code code;
  const std::filesystem::file_status status = std::filesystem::status(file, code);
  if (status.type() == std::filesystem::file_type::not_found) throw unreadable("there is no such file");
  if (code) throw unreadable(code.message());
  if (std::filesystem::is_directory(status)) throw unreadable("it is a folder");
  errno = 0;
  std::ifstream in(file, std::ios::binary);
  if (!in) throw unreadable(errno != 0 ? std::strerror(errno) : "it cannot be opened");
  // Read in pieces up to the bound and not by the file's size, which a pipe does not have.
  std::string bytes;
  std::array<char, 64 * 1024> piece;
  while (in) {
    in.read(piece.data(), piece.size());
    bytes.append(piece.data(), static_cast<std::size_t>(in.gcount()));
    if (bytes.size() > limits::kConfigurationBytesMax) throw unreadable("it is larger than 4 MiB");
  }
  if (in.bad()) throw unreadable(errno != 0 ? std::strerror(errno) : "reading failed");
  return bytes;
}

}  // namespace

std::string printable(std::string_view text) {
  std::string result = redact_secrets(text);
  for (char& c : result)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = '?';
  if (result.size() > kShownBytesMax) {
    std::size_t end = kShownBytesMax;
    while (end > 0 && (static_cast<unsigned char>(result[end]) & 0xC0) == 0x80) --end;
    result.resize(end);
    result += "…";
  }
  return result;
}

toml::table read_toml(const std::string& file) {
  const std::string bytes = read_file(file);
  try {
    return toml::parse(std::string_view(bytes), std::string_view(file));
  } catch (const toml::parse_error& error) {
    throw Error(ErrorCategory::configuration, "not valid TOML: " + redact_secrets(error.description()))
        .with_position(position_of(file, error.source()));
  }
}

TomlTable::TomlTable(const toml::table& table, std::string heading, std::string file, std::vector<std::string> known,
                     std::string_view kind)
    : table_(&table), heading_(std::move(heading)), file_(std::move(file)) {
  if (known.empty()) return;
  const toml::key* first_unknown = nullptr;
  for (auto&& [key, value] : table) {
    if (std::find(known.begin(), known.end(), key.str()) != known.end()) continue;
    const auto before = [](const toml::source_position& left, const toml::source_position& right) {
      return left.line != right.line ? left.line < right.line : left.column < right.column;
    };
    if (first_unknown == nullptr || before(key.source().begin, first_unknown->source().begin)) first_unknown = &key;
  }
  if (first_unknown == nullptr) return;
  const std::string word(first_unknown->str());
  std::string message = "unknown " + std::string(kind) + " '" + printable(word) + "' " + in_heading(heading_);
  const std::string near = nearest_word(word, known);
  if (!near.empty()) message += "; did you mean '" + near + "'?";
  throw Error(ErrorCategory::configuration, message)
      .with_position(position_of(file_, first_unknown->source()))
      .with_remedy("known here: " + list(known));
}

SourcePosition TomlTable::position() const {
  return position_of(file_, table_->source());
}

SourcePosition TomlTable::position(std::string_view key) const {
  const toml::node* node = find(key);
  return node == nullptr ? position() : position_of(file_, node->source());
}

std::vector<std::string> TomlTable::keys() const {
  std::vector<std::string> result;
  for (auto&& [key, value] : *table_) result.emplace_back(key.str());
  std::sort(result.begin(), result.end());
  return result;
}

std::optional<std::string> TomlTable::text(std::string_view key) const {
  const toml::node* node = find(key);
  if (node == nullptr) return std::nullopt;
  const auto* value = node->as_string();
  if (value == nullptr) throw wrong_type(key, "a string");
  // The C interfaces that most of these end up in would cut the value off there.
  if (value->get().find('\0') != std::string::npos) throw error(key, "must not hold a NUL character");
  return value->get();
}

std::optional<std::string> TomlTable::filled_text(std::string_view key) const {
  std::optional<std::string> value = text(key);
  if (value && value->find_first_not_of(" \t\r\n") == std::string::npos) throw error(key, "must not be empty");
  return value;
}

std::string TomlTable::required_text(std::string_view key) const {
  if (find(key) == nullptr)
    throw Error(ErrorCategory::configuration, "'" + std::string(key) + "' is missing " + in_heading(heading_))
        .with_position(position());
  return *filled_text(key);
}

std::string TomlTable::inner_heading(std::string_view key) const {
  const std::string outer = heading_.empty() ? "" : heading_.substr(1, heading_.size() - 2) + ".";
  return "[" + outer + printable(key) + "]";
}

std::optional<TomlTable> TomlTable::table(std::string_view key, std::vector<std::string> known,
                                          std::string_view kind) const {
  const toml::node* node = find(key);
  if (node == nullptr) return std::nullopt;
  if (!node->is_table()) throw wrong_type(key, "a table");
  return TomlTable(*node->as_table(), inner_heading(key), file_, std::move(known), kind);
}

std::optional<TomlTable> TomlTable::open_table(std::string_view key) const {
  return table(key, {});
}

std::vector<TomlTable> TomlTable::tables(std::string_view key, const std::vector<std::string>& known) const {
  std::vector<TomlTable> result;
  const toml::node* node = find(key);
  if (node == nullptr) return result;
  const std::string heading = "[" + inner_heading(key) + "]";
  if (!node->is_array()) throw wrong_type(key, "an array of tables, " + heading);
  for (const toml::node& element : *node->as_array()) {
    if (!element.is_table())
      throw Error(ErrorCategory::configuration, "every element of '" + std::string(key) + "' " + in_heading(heading_) +
                                                    " must be a table, not " + std::string(type_name(element.type())))
          .with_position(position_of(file_, element.source()));
    result.emplace_back(*element.as_table(), heading, file_, known);
  }
  return result;
}

Error TomlTable::error(std::string_view key, const std::string& what) const {
  Error result(ErrorCategory::configuration, "'" + printable(key) + "' " + in_heading(heading_) + " " + what);
  result.with_position(position(key));
  return result;
}

Error TomlTable::wrong_type(std::string_view key, const std::string& expected) const {
  return error(key, "must be " + expected + ", not " + std::string(type_name(find(key)->type())));
}

}  // namespace paripassu
