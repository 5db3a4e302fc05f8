#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/project/layout_lines.h"

namespace paripassu {

/// What stands before the first statement of a script.
struct ScriptHead {
  bool has_statement = false;         ///< false: nothing but blanks, comments and ';'
  bool no_transaction = false;        ///< `-- paripassu: no-transaction`
  std::string irreversible_reason;    ///< `-- paripassu: irreversible REASON`; empty: not declared
  SourcePosition irreversible_place;  ///< of that line
  std::size_t end = 0;                ///< offset of the first statement, or the length of the text
};

/// Reads blanks, `--` comments and nested `/* */` comments, which both SQL dialects share; the engine's reader sees the
/// text later. Throws Error(configuration) for an unknown word after `-- paripassu:`, a declaration without a reason or
/// a second one.
ScriptHead read_script_head(std::string_view text, const std::string& file);

/// "file:7: '-- paripassu: no-transaction' has no effect here …", one per line behind the first statement.
std::vector<std::string> misplaced_directives(std::string_view text, const ScriptHead& head, const std::string& file);

/// What stands above the up section of a file with sections, which begins at `line`: nothing but comments and
/// directives, which are those of the up section. Throws Error(configuration) with the place of a statement, naming the
/// `marker`.
ScriptHead read_above_sections(std::string_view text, const Line& line, const std::string& file,
                               const std::string& marker);

/// True when a line of `text` is dbmate's marker of the up section.
bool has_dbmate_marker(std::string_view text);

/// Splits a dbmate file. Throws Error(configuration) with the place: no up section, two of one kind, down before up, a
/// statement before the first marker, an option other than `transaction:true` or `transaction:false`.
SectionTexts split_dbmate(std::string_view text, const std::string& file);

/// Flyway's script configuration, `V1__name.sql.conf` beside the script.
struct FlywayScriptSettings {
  bool no_transaction = false;
  bool replace_placeholders = true;
};

/// Defaults when there is no such file. Throws Error(configuration) for a setting that this program does not have.
FlywayScriptSettings read_flyway_script_settings(const std::string& script_path);

/// Throws Error(configuration): "… is empty: expected at least one statement".
[[noreturn]] void throw_empty(const std::string& file, std::string_view section);

}  // namespace paripassu
