#include "harness/project/migration_text.h"

#include <algorithm>
#include <filesystem>

#include "backends/error.h"
#include "backends/script_reader.h"
#include "harness/project/configuration.h"

namespace paripassu {

namespace {

constexpr std::string_view kBlanks = " \t\r\n\f\v";
constexpr std::string_view kDirectivePrefix = "paripassu:";
constexpr std::string_view kNoTransaction = "no-transaction";

std::string_view trim(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

Error bad_file(const std::string& message, const std::string& file, int line) {
  Error error(ErrorCategory::configuration, message);
  error.with_position({file, line, line > 0 ? 1 : 0});
  return error;
}

/// The word of `-- paripassu: word`, if `comment` (which begins with "--") is one.
std::optional<std::string_view> directive(std::string_view comment) {
  comment = trim(comment.substr(2));
  if (!comment.starts_with(kDirectivePrefix)) return std::nullopt;
  return trim(comment.substr(kDirectivePrefix.size()));
}

/// Offset behind the comment that begins at `at`, or npos when it is not closed.
std::size_t skip_block_comment(std::string_view text, std::size_t at) {
  int depth = 0;
  while (at + 1 < text.size()) {
    if (text[at] == '/' && text[at + 1] == '*') {
      ++depth;
      at += 2;
    } else if (text[at] == '*' && text[at + 1] == '/') {
      at += 2;
      if (--depth == 0) return at;
    } else {
      ++at;
    }
  }
  return std::string_view::npos;
}

/// A line of a text, without its line feed and carriage return.
struct Line {
  std::string_view text;
  std::size_t begin = 0;
  std::size_t next = 0;  ///< offset of the line behind
  int number = 0;
};

/// Moves to the next line; false at the end. Start with a default Line.
bool next_line(std::string_view text, Line& line) {
  if (line.next >= text.size()) return false;
  line.begin = line.next;
  const std::size_t feed = text.find('\n', line.begin);
  line.next = feed == std::string_view::npos ? text.size() : feed + 1;
  line.text = text.substr(line.begin, line.next - line.begin);
  while (!line.text.empty() && (line.text.back() == '\n' || line.text.back() == '\r')) line.text.remove_suffix(1);
  ++line.number;
  return true;
}

/// What stands behind `-- migrate:<word>`, if `line` is this marker. As in dbmate, it begins in the first column.
std::optional<std::string_view> dbmate_marker(std::string_view line, std::string_view word) {
  if (!line.starts_with("--")) return std::nullopt;
  line = trim(line.substr(2));
  if (!line.starts_with("migrate:")) return std::nullopt;
  line.remove_prefix(8);
  if (!line.starts_with(word)) return std::nullopt;
  line.remove_prefix(word.size());
  if (!line.empty() && kBlanks.find(line.front()) == std::string_view::npos) return std::nullopt;
  return trim(line);
}

bool read_dbmate_options(std::string_view options, const std::string& file, int line) {
  bool no_transaction = false;
  while (!options.empty()) {
    const std::size_t end = std::min(options.find_first_of(kBlanks), options.size());
    const std::string_view option = options.substr(0, end);
    options = trim(options.substr(end));
    if (option == "transaction:false") {
      no_transaction = true;
    } else if (option != "transaction:true") {
      throw bad_file("unknown option '" + std::string(option) + "' of a dbmate section", file, line)
          .with_remedy("the option is transaction:false or transaction:true");
    }
  }
  return no_transaction;
}

}  // namespace

ScriptHead read_script_head(std::string_view text, const std::string& file) {
  ScriptHead head;
  std::size_t at = 0;
  while (at < text.size()) {
    if (kBlanks.find(text[at]) != std::string_view::npos || text[at] == ';') {
      ++at;
    } else if (text.substr(at).starts_with("--")) {
      const std::size_t end = std::min(text.find('\n', at), text.size());
      const std::optional<std::string_view> word = directive(text.substr(at, end - at));
      if (word && *word != kNoTransaction)
        throw Error(ErrorCategory::configuration, "unknown directive '-- paripassu: " + std::string(*word) + "'")
            .with_position(position_at(text, at, {file, 1, 1}))
            .with_remedy("the one directive is '-- paripassu: no-transaction'");
      if (word) head.no_transaction = true;
      at = end;
    } else if (text.substr(at).starts_with("/*")) {
      const std::size_t end = skip_block_comment(text, at);
      // Left to the engine's reader, which says where the comment began.
      if (end == std::string_view::npos) break;
      at = end;
    } else {
      break;
    }
  }
  head.has_statement = at < text.size();
  head.end = at;
  return head;
}

std::vector<std::string> misplaced_directives(std::string_view text, const ScriptHead& head, const std::string& file) {
  std::vector<std::string> warnings;
  if (text.find(kDirectivePrefix, head.end) == std::string_view::npos) return warnings;
  for (Line line; next_line(text, line);) {
    const std::string_view comment = trim(line.text);
    if (line.begin < head.end || !comment.starts_with("--") || directive(comment) != kNoTransaction) continue;
    warnings.push_back(file + ":" + std::to_string(line.number) +
                       ": '-- paripassu: no-transaction' has no effect here: it must stand before the first statement");
  }
  return warnings;
}

bool has_dbmate_marker(std::string_view text) {
  for (Line line; next_line(text, line);)
    if (dbmate_marker(line.text, "up")) return true;
  return false;
}

DbmateSections split_dbmate(std::string_view text, const std::string& file) {
  std::optional<DbmateSection> up;
  std::optional<DbmateSection> down;
  const auto begin_section = [&](std::optional<DbmateSection>& section, const char* word, std::string_view options,
                                 const Line& line) {
    if (section)
      throw bad_file(std::string("a second '-- migrate:") + word + "' in one file", file, line.number)
          .with_remedy("move it into a migration of its own");
    section.emplace();
    section->no_transaction = read_dbmate_options(options, file, line.number);
    section->text.assign(static_cast<std::size_t>(line.number), '\n');
  };

  const ScriptHead head = read_script_head(text, file);
  const std::size_t statement = head.end;
  DbmateSection* current = nullptr;
  for (Line line; next_line(text, line);) {
    if (const auto up_options = dbmate_marker(line.text, "up")) {
      if (!up && line.begin > statement)
        throw Error(ErrorCategory::configuration, "a statement stands before '-- migrate:up'")
            .with_position(position_at(text, statement, {file, 1, 1}))
            .with_remedy("move it below the line '-- migrate:up'");
      begin_section(up, "up", *up_options, line);
      current = &*up;
    } else if (const auto down_options = dbmate_marker(line.text, "down")) {
      if (!up)
        throw bad_file("'-- migrate:down' stands before '-- migrate:up'", file, line.number)
            .with_remedy("write the up section first");
      begin_section(down, "down", *down_options, line);
      current = &*down;
    } else if (current != nullptr) {
      current->body += text.substr(line.begin, line.next - line.begin);
    }
  }
  if (!up)
    throw bad_file("there is no line '-- migrate:up'", file, 0)
        .with_remedy("begin the up section of a dbmate migration with this line");
  // The directive may stand above the marker; it then belongs to the section that comes first.
  up->no_transaction = up->no_transaction || head.no_transaction;
  up->text += up->body;
  if (down) down->text += down->body;
  return {std::move(*up), std::move(down)};
}

FlywayScriptSettings read_flyway_script_settings(const std::string& script_path) {
  FlywayScriptSettings settings;
  const std::string file = script_path + ".conf";
  std::error_code code;
  if (!std::filesystem::exists(file, code)) return settings;
  const std::string text = read_script_file(file);
  for (Line line; next_line(text, line);) {
    const std::string_view content = trim(line.text);
    if (content.empty() || content.front() == '#') continue;
    const std::size_t equals = content.find('=');
    const std::string_view key = trim(content.substr(0, equals));
    const std::string_view value = equals == std::string_view::npos ? "" : trim(content.substr(equals + 1));
    const bool is_flag = value == "true" || value == "false";
    if (key == "executeInTransaction" && is_flag) {
      settings.no_transaction = value == "false";
    } else if (key == "placeholderReplacement" && is_flag) {
      settings.replace_placeholders = value == "true";
    } else if (key != "encoding" || (value != "UTF-8" && value != "utf-8")) {
      throw bad_file("the setting '" + std::string(content) + "' of a Flyway script is not supported", file,
                     line.number)
          .with_remedy(
              "supported are executeInTransaction and placeholderReplacement (true or false) and "
              "encoding=UTF-8");
    }
  }
  return settings;
}

void throw_empty(const std::string& file, std::string_view section) {
  const std::string what = section.empty() ? file : "the " + std::string(section) + " section of " + file;
  throw Error(ErrorCategory::configuration, what + " is empty: expected at least one statement")
      .with_remedy(section.empty() ? "delete the file or write the statement"
                                   : "delete the section or write the statement");
}

}  // namespace paripassu
