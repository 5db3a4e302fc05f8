#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "harness/datacheck/query_suite.h"
#include "harness/dataset/value_text.h"
#include "harness/project/toml_reader.h"

namespace paripassu {

namespace {

using catalog::Type;
using catalog::TypeFamily;

std::string trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n\f\v";
  const std::size_t begin = text.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return {};
  return std::string(text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1));
}

std::string lower(std::string text) {
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return text;
}

bool is_name_begin(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

bool is_name_part(char c) {
  return is_name_begin(c) || (c >= '0' && c <= '9') || (static_cast<unsigned char>(c) & 0x80u) != 0;
}

Error wrong(const SourcePosition& position, const std::string& message) {
  Error error(ErrorCategory::configuration, message);
  error.with_position(position);
  return error;
}

std::vector<std::string> names_in(const std::string& list) {
  std::vector<std::string> names;
  for (std::size_t begin = 0; begin <= list.size();) {
    const std::size_t end = std::min(list.find(',', begin), list.size());
    if (std::string name = trimmed(list.substr(begin, end - begin)); !name.empty()) names.push_back(std::move(name));
    begin = end + 1;
  }
  return names;
}

struct ParameterType {
  std::string_view word;
  TypeFamily family;
  int bits = 0;
  bool with_time_zone = false;
};

constexpr std::array kParameterTypes = {
    ParameterType{"boolean", TypeFamily::boolean},
    ParameterType{"integer", TypeFamily::integer, 64},
    ParameterType{"decimal", TypeFamily::decimal},
    ParameterType{"float", TypeFamily::floating, 64},
    ParameterType{"text", TypeFamily::text},
    ParameterType{"bytes", TypeFamily::binary},
    ParameterType{"uuid", TypeFamily::uuid},
    ParameterType{"date", TypeFamily::date},
    ParameterType{"time", TypeFamily::time},
    ParameterType{"timestamp", TypeFamily::timestamp},
    ParameterType{"instant", TypeFamily::timestamp, 0, true},
};

/// Microseconds: what both engines keep.
constexpr int kParameterSecondDigits = 6;

Type parameter_type(const std::string& word, const SourcePosition& position) {
  std::vector<std::string> known;
  for (const ParameterType& one : kParameterTypes) {
    known.emplace_back(one.word);
    if (one.word != lower(word)) continue;
    Type type;
    type.family = one.family;
    type.printed = type.name = std::string(one.word);
    type.bits = one.bits;
    type.with_time_zone = one.with_time_zone;
    if (one.family == TypeFamily::time || one.family == TypeFamily::timestamp) type.precision = kParameterSecondDigits;
    return type;
  }
  std::string message = fmt::format("'{}' is no type of a parameter", printable(word));
  if (const std::string near = nearest_word(word, known); !near.empty())
    message += fmt::format("; did you mean '{}'?", near);
  std::string words;
  for (const std::string& one : known) words += (words.empty() ? "" : ", ") + one;
  throw wrong(position, message).with_remedy("the types are " + words);
}

/// NULL, 'a quoted text', or the text as it is.
Cell parameter_value(const std::string& text, const SourcePosition& position) {
  if (lower(text) == "null") return std::nullopt;
  if (text.empty() || text.front() != '\'') return text;
  std::string value;
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] != '\'') {
      value += text[i];
      continue;
    }
    if (i + 1 == text.size()) return value;
    if (text[i + 1] != '\'') break;
    value += text[i++];
  }
  throw wrong(position, fmt::format("{} is no quoted value", printable(text)))
      .with_remedy("write 'it''s': the quote at its end, and twice inside");
}

/// `since date = 2026-01-01`, behind "param".
QueryParameter read_parameter(const std::string& text, const SourcePosition& position) {
  constexpr std::string_view kForm = "write -- param NAME TYPE = VALUE, for example -- param since date = 2026-01-01";
  std::size_t at = 0;
  const auto word = [&] {
    at = std::min(text.find_first_not_of(" \t", at), text.size());
    const std::size_t begin = at;
    while (at < text.size() && is_name_part(text[at])) ++at;
    return text.substr(begin, at - begin);
  };
  QueryParameter parameter;
  parameter.position = position;
  parameter.name = word();
  const std::string type = word();
  at = std::min(text.find_first_not_of(" \t", at), text.size());
  if (parameter.name.empty() || !is_name_begin(parameter.name[0]) || type.empty() || at >= text.size() ||
      text[at] != '=')
    throw wrong(position, fmt::format("'{}' declares no parameter", printable(text))).with_remedy(std::string(kForm));
  parameter.type = parameter_type(type, position);
  const std::string value = trimmed(text.substr(at + 1));
  if (value.empty())
    throw wrong(position, fmt::format("the parameter {} has no value", parameter.name))
        .with_remedy("write '' for the empty text, NULL for none");
  parameter.value = parameter_value(value, position);
  return parameter;
}

void read_class(const std::string& text, const SourcePosition& position, QueryDirectives& directives) {
  const std::size_t equals = text.find('=');
  const std::string word = trimmed(text.substr(0, equals));
  const std::string verdict = equals == std::string::npos ? "" : trimmed(text.substr(equals + 1));
  const std::optional<ValueClass> value_class = value_class_from_string(word);
  if (!value_class) {
    std::vector<std::string> known;
    for (std::size_t i = 0; i < kValueClasses; ++i) known.emplace_back(to_string(static_cast<ValueClass>(i)));
    std::string message = fmt::format("'{}' is no class of differences", printable(word));
    if (const std::string near = nearest_word(word, known); !near.empty())
      message += fmt::format("; did you mean '{}'?", near);
    throw wrong(position, message).with_remedy("write -- class: time-zone = accepted");
  }
  const std::optional<ClassVerdict> found = class_verdict_from_string(verdict);
  if (!found)
    throw wrong(position, fmt::format("'{}' is not error, warning or accepted", printable(verdict)))
        .with_remedy("write -- class: time-zone = accepted");
  directives.verdicts[static_cast<std::size_t>(*value_class)] = *found;
}

void read_directive(const std::string& word, const std::string& value, const SourcePosition& position,
                    QueryDirectives& directives) {
  if (word == "order") {
    if (value != "rows")
      throw wrong(position, fmt::format("-- order: {} is not known", printable(value)))
          .with_remedy("write -- order: rows to compare rows by position; leave it out to compare them in any order");
    directives.ordered = true;
  } else if (word == "key") {
    directives.key = names_in(value);
    directives.key_position = position;
    if (directives.key.empty()) throw wrong(position, "-- key: names no column");
  } else if (word == "ignore") {
    for (std::string& name : names_in(value)) directives.ignored.push_back(std::move(name));
  } else if (word == "class") {
    read_class(value, position, directives);
  } else {
    try {
      directives.tolerance = tolerance_from_string(value);
    } catch (Error& error) {
      error.with_position(position);
      throw;
    }
  }
}

/// A line of the head, without its dashes. Prose is allowed; what looks like a misspelt directive is not.
void read_head_line(const std::string& line, const SourcePosition& position, QueryText& query,
                    QueryDirectives& directives) {
  static const std::vector<std::string> kWords = {"order", "key", "ignore", "class", "tolerance"};
  const std::string text = trimmed(line);
  if (const std::string begin = lower(text.substr(0, 6)); begin == "param " || begin == "param\t") {
    QueryParameter parameter = read_parameter(trimmed(text.substr(6)), position);
    for (const QueryParameter& other : query.parameters)
      if (other.name == parameter.name)
        throw wrong(position, fmt::format("the parameter {} is declared twice", parameter.name))
            .with_remedy("the first time at " + other.position.to_string());
    query.parameters.push_back(std::move(parameter));
    return;
  }
  const std::size_t colon = text.find(':');
  if (colon == std::string::npos) return;
  const std::string word = lower(trimmed(text.substr(0, colon)));
  if (word.empty() || !std::all_of(word.begin(), word.end(), is_name_part)) return;
  if (std::find(kWords.begin(), kWords.end(), word) != kWords.end()) {
    read_directive(word, trimmed(text.substr(colon + 1)), position, directives);
  } else if (const std::string near = nearest_word(word, kWords); !near.empty()) {
    throw wrong(position, fmt::format("-- {}: is no directive; did you mean '{}'?", printable(word), near))
        .with_remedy("the directives are order, key, ignore, class, tolerance and param");
  }
}

/// Finds `:name` outside of what is quoted, in brackets or a comment, in the SQL of either engine.
class ParameterScanner {
 public:
  explicit ParameterScanner(std::string_view sql) : sql_(sql) {}

  struct Use {
    std::size_t begin;  ///< of the colon
    std::string_view name;
  };

  std::optional<Use> next() {
    while (at_ < sql_.size()) {
      const char c = sql_[at_];
      if (c == '\'') {
        skip_quoted('\'', is_escape_string());
      } else if (c == '"') {
        skip_quoted('"', false);
      } else if (c == '[') {
        skip_quoted(']', false);
      } else if (starts("--")) {
        at_ = std::min(sql_.find('\n', at_), sql_.size());
      } else if (starts("/*")) {
        skip_comment();
      } else if (c == '$' && !follows_name()) {
        skip_dollar_quoted();
      } else if (c == ':') {
        const std::size_t begin = at_++;
        if (at_ < sql_.size() && sql_[at_] == ':') {
          while (at_ < sql_.size() && sql_[at_] == ':') ++at_;
          continue;
        }
        if (at_ >= sql_.size() || !is_name_begin(sql_[at_])) continue;
        const std::size_t name = at_;
        while (at_ < sql_.size() && is_name_part(sql_[at_])) ++at_;
        return Use{begin, sql_.substr(name, at_ - name)};
      } else {
        ++at_;
      }
    }
    return std::nullopt;
  }

 private:
  bool starts(std::string_view text) const { return sql_.substr(at_, text.size()) == text; }
  bool follows_name() const { return at_ > 0 && is_name_part(sql_[at_ - 1]); }

  /// E'it\'s'.
  bool is_escape_string() const {
    if (at_ == 0 || (sql_[at_ - 1] != 'E' && sql_[at_ - 1] != 'e')) return false;
    return at_ == 1 || !is_name_part(sql_[at_ - 2]);
  }

  void skip_quoted(char end, bool escapes) {
    for (++at_; at_ < sql_.size(); ++at_) {
      if (escapes && sql_[at_] == '\\') {
        ++at_;
      } else if (sql_[at_] == end) {
        if (at_ + 1 >= sql_.size() || sql_[at_ + 1] != end) break;
        ++at_;
      }
    }
    at_ = std::min(at_ + 1, sql_.size());
  }

  void skip_comment() {
    int depth = 0;
    while (at_ < sql_.size()) {
      if (starts("/*")) {
        ++depth;
        at_ += 2;
      } else if (starts("*/")) {
        at_ += 2;
        if (--depth == 0) return;
      } else {
        ++at_;
      }
    }
  }

  void skip_dollar_quoted() {
    std::size_t end = at_ + 1;
    while (end < sql_.size() && is_name_part(sql_[end])) ++end;
    if (end >= sql_.size() || sql_[end] != '$' || (end > at_ + 1 && !is_name_begin(sql_[at_ + 1]))) {
      ++at_;
      return;
    }
    const std::string_view tag = sql_.substr(at_, end + 1 - at_);
    const std::size_t close = sql_.find(tag, end + 1);
    at_ = close == std::string_view::npos ? end + 1 : close + tag.size();
  }

  std::string_view sql_;
  std::size_t at_ = 0;
};

/// The type's words in a CAST: literals of these are none of the type by themselves on every engine.
bool needs_cast(const Type& type) {
  return type.family != TypeFamily::text && type.family != TypeFamily::integer && type.family != TypeFamily::decimal;
}

std::string literal_of(const QueryParameter& parameter, const Cell& value, const Backend& backend) {
  Cell canonical = value;
  if (value) {
    if (const std::string why = dataset::why_not(parameter.type, *value); !why.empty())
      throw wrong(parameter.position, fmt::format("the parameter {}: {}", parameter.name, printable(why)));
    canonical = dataset::canonical_value(parameter.type, *value);
  }
  try {
    const std::string literal = backend.dml_writer().literal(parameter.type, canonical);
    if (value && !needs_cast(parameter.type)) return literal;
    const WrittenSql type = backend.ddl_writer().translated_type(parameter.type);
    return type.text.empty() ? literal : "CAST(" + literal + " AS " + type.text + ")";
  } catch (Error& error) {
    if (error.category() != ErrorCategory::data) throw;
    throw wrong(parameter.position, fmt::format("the parameter {} has no value of {}: {}", parameter.name,
                                                backend.display_name(), error.message()));
  }
}

}  // namespace

const QueryText* QueryTest::find(const std::string& engine) const {
  auto found = texts.find(engine);
  if (found == texts.end()) found = texts.find("");
  return found == texts.end() ? nullptr : &found->second;
}

QueryText read_query_text(const std::string& text, const std::string& file, QueryDirectives& directives) {
  QueryText query;
  query.file = file;
  query.sql = text;
  int line_number = 0;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    const std::string line = trimmed(std::string_view(text).substr(begin, end - begin));
    ++line_number;
    begin = end + 1;
    if (line.empty()) continue;
    if (line.compare(0, 2, "--") != 0) break;
    read_head_line(line.substr(2), {file, line_number, 0}, query, directives);
  }
  return query;
}

std::string query_statement(const QueryText& text, const std::map<std::string, std::string>& given,
                            const Backend& backend) {
  std::vector<std::string> known;
  for (const QueryParameter& parameter : text.parameters) known.push_back(parameter.name);
  std::string statement;
  std::size_t done = 0;
  ParameterScanner scanner(text.sql);
  while (const auto use = scanner.next()) {
    const auto parameter = std::find_if(text.parameters.begin(), text.parameters.end(),
                                        [&](const QueryParameter& one) { return one.name == use->name; });
    if (parameter == text.parameters.end()) {
      std::string message = fmt::format("there is no parameter '{}'", printable(use->name));
      if (const std::string near = nearest_word(std::string(use->name), known); !near.empty())
        message += fmt::format("; did you mean '{}'?", near);
      throw wrong(position_at(text.sql, use->begin, {text.file, 1, 1}), message)
          .with_remedy(fmt::format("declare it at the head of the file: -- param {} date = 2026-01-01", use->name));
    }
    Cell value = parameter->value;
    if (const auto other = given.find(parameter->name); other != given.end())
      value = parameter_value(other->second, {"--param " + parameter->name, 0, 0});
    statement.append(text.sql, done, use->begin - done);
    statement += literal_of(*parameter, value, backend);
    done = use->begin + 1 + use->name.size();
  }
  statement.append(text.sql, done);
  return statement;
}

}  // namespace paripassu
