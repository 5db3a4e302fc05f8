#include "harness/project/migration_text.h"

#include <algorithm>
#include <filesystem>

#include "backends/error.h"
#include "backends/script_reader.h"
#include "harness/project/configuration.h"

namespace paripassu {

namespace {

constexpr std::string_view kDirectivePrefix = "paripassu:";
constexpr std::string_view kNoTransaction = "no-transaction";
constexpr std::string_view kIrreversible = "irreversible";
constexpr const char* kDirectivesRemedy =
    "the directives are '-- paripassu: no-transaction' and '-- paripassu: irreversible REASON'";

/// What follows `-- paripassu:`, if `comment` (which begins with "--") is a directive.
std::optional<std::string_view> directive(std::string_view comment) {
  comment = trim_blanks(comment.substr(2));
  if (!comment.starts_with(kDirectivePrefix)) return std::nullopt;
  return trim_blanks(comment.substr(kDirectivePrefix.size()));
}

/// The reason of an irreversible declaration, perhaps empty; nothing when the directive is another one.
std::optional<std::string_view> irreversible_reason(std::string_view words) {
  if (!words.starts_with(kIrreversible)) return std::nullopt;
  words.remove_prefix(kIrreversible.size());
  if (words.starts_with(':')) {
    words.remove_prefix(1);
  } else if (!words.empty() && !is_blank(words.front())) {
    return std::nullopt;
  }
  return trim_blanks(words);
}

void read_directive(std::string_view words, SourcePosition place, ScriptHead& head) {
  if (words == kNoTransaction) {
    head.no_transaction = true;
    return;
  }
  const std::optional<std::string_view> reason = irreversible_reason(words);
  if (!reason)
    throw Error(ErrorCategory::configuration, "unknown directive '-- paripassu: " + std::string(words) + "'")
        .with_position(std::move(place))
        .with_remedy(kDirectivesRemedy);
  if (reason->empty())
    throw Error(ErrorCategory::configuration, "'-- paripassu: irreversible' gives no reason")
        .with_position(std::move(place))
        .with_remedy("say on the same line why there is no way back: -- paripassu: irreversible REASON");
  if (!head.irreversible_reason.empty())
    throw Error(ErrorCategory::configuration, "a second '-- paripassu: irreversible' in one script")
        .with_position(std::move(place))
        .with_remedy("keep one of them");
  head.irreversible_reason = *reason;
  head.irreversible_place = std::move(place);
}

/// What stands behind `-- migrate:<word>`, if `line` is this marker. As in dbmate, it begins in the first column.
std::optional<std::string_view> dbmate_marker(std::string_view line, std::string_view word) {
  if (!line.starts_with("--")) return std::nullopt;
  line = trim_blanks(line.substr(2));
  if (!line.starts_with("migrate:")) return std::nullopt;
  line.remove_prefix(8);
  if (!line.starts_with(word)) return std::nullopt;
  line.remove_prefix(word.size());
  if (!line.empty() && !is_blank(line.front())) return std::nullopt;
  return trim_blanks(line);
}

bool read_dbmate_options(std::string_view options, const std::string& file, int line) {
  bool no_transaction = false;
  while (!options.empty()) {
    const std::string_view option = take_word(options);
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
    if (is_blank(text[at]) || text[at] == ';') {
      ++at;
    } else if (text.substr(at).starts_with("--")) {
      const std::size_t end = std::min(text.find('\n', at), text.size());
      if (const auto words = directive(text.substr(at, end - at)))
        read_directive(*words, position_at(text, at, {file, 1, 1}), head);
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
    const std::string_view comment = trim_blanks(line.text);
    if (line.begin < head.end || !comment.starts_with("--")) continue;
    const std::optional<std::string_view> words = directive(comment);
    if (!words || (*words != kNoTransaction && !irreversible_reason(*words))) continue;
    warnings.push_back(file + ":" + std::to_string(line.number) +
                       ": '-- paripassu: " + std::string(*words == kNoTransaction ? kNoTransaction : kIrreversible) +
                       "' has no effect here: it must stand before the first statement");
  }
  return warnings;
}

ScriptHead read_above_sections(std::string_view text, const Line& line, const std::string& file,
                               const std::string& marker) {
  ScriptHead above = read_script_head(text.substr(0, line.begin), file);
  if (above.has_statement)
    throw Error(ErrorCategory::configuration, "a statement stands before '" + marker + "'")
        .with_position(position_at(text, above.end, {file, 1, 1}))
        .with_remedy("move it below the line '" + marker + "'");
  return above;
}

bool has_dbmate_marker(std::string_view text) {
  for (Line line; next_line(text, line);)
    if (dbmate_marker(line.text, "up")) return true;
  return false;
}

SectionTexts split_dbmate(std::string_view text, const std::string& file) {
  std::optional<SectionText> up;
  std::optional<SectionText> down;
  ScriptHead above;
  const auto begin_section = [&](std::optional<SectionText>& section, const char* word, std::string_view options,
                                 const Line& line) {
    if (section)
      throw bad_file(std::string("a second '-- migrate:") + word + "' in one file", file, line.number)
          .with_remedy("move it into a migration of its own");
    section.emplace();
    section->no_transaction = read_dbmate_options(options, file, line.number);
    section->text.assign(static_cast<std::size_t>(line.number), '\n');
  };

  SectionText* current = nullptr;
  for (Line line; next_line(text, line);) {
    if (const auto up_options = dbmate_marker(line.text, "up")) {
      if (!up) above = read_above_sections(text, line, file, "-- migrate:up");
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
  // A directive may stand above the marker; it then belongs to the section that comes first.
  up->no_transaction = up->no_transaction || above.no_transaction;
  up->text += up->body;
  if (down) down->text += down->body;
  return {std::move(*up), std::move(down), std::move(above.irreversible_reason)};
}

FlywayScriptSettings read_flyway_script_settings(const std::string& script_path) {
  FlywayScriptSettings settings;
  const std::string file = script_path + ".conf";
  std::error_code code;
  if (!std::filesystem::exists(file, code)) return settings;
  const std::string text = read_script_file(file);
  for (Line line; next_line(text, line);) {
    const std::string_view content = trim_blanks(line.text);
    if (content.empty() || content.front() == '#') continue;
    const std::size_t equals = content.find('=');
    const std::string_view key = trim_blanks(content.substr(0, equals));
    const std::string_view value = equals == std::string_view::npos ? "" : trim_blanks(content.substr(equals + 1));
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
