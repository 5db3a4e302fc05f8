#pragma once

#include "backends/script_reader.h"

namespace paripassu::sqlserver {

/// Cuts scripts into batches as sqlcmd does, with a T-SQL lexer that also knows […] names and nested comments.
///
/// A batch is sent exactly as written from its first token on, so line n of the batch is line position.line + n - 1 of
/// the file. Comments in front of its first token are left out, and so are batches without a statement.
///
/// Refused, or skipped: `USE`, `CREATE`, `ALTER` and `DROP DATABASE` of a named database, `BACKUP`, `RESTORE`,
/// `SHUTDOWN`, `KILL`, and sqlcmd's directives (`:setvar`, `:r`, `!!`). `$(name)`, which sqlcmd would replace, is
/// refused outside of comments, or else left as it is. A command that is skipped between other statements of its batch
/// is replaced by `SET NOCOUNT ON;` on as many lines.
///
/// The bodies of procedures, functions, triggers and views are never looked into.
class SqlServerScriptReader final : public ScriptReader {
 public:
  Script read(std::string_view text, const std::string& file, const ScriptOptions& options) const override;
  std::vector<StatementWord> words(std::string_view statement) const override;
};

}  // namespace paripassu::sqlserver
