#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "backends/error.h"

namespace paripassu {

enum class StatementKind {
  sql,              ///< one PostgreSQL statement, or one T-SQL batch
  copy_from_stdin,  ///< PostgreSQL `COPY … FROM stdin`: `text` is the command, `copy_data` what follows it
};

/// One unit that is sent to the server in one piece.
struct ScriptStatement {
  StatementKind kind = StatementKind::sql;
  std::string text;         ///< UTF-8, without the terminator (`;` or `GO`)
  std::string copy_data;    ///< for copy_from_stdin: the lines before `\.`, each ending in '\n'
  SourcePosition position;  ///< of the first token of `text`
  int repeat = 1;           ///< `GO n`
  /// Set when the engine refuses the statement inside a transaction: the words that decided it
  /// ("CREATE INDEX CONCURRENTLY").
  std::string outside_transaction;
  /// The statement itself begins, commits or rolls back a transaction; the executor then opens none.
  bool controls_transaction = false;
};

/// A database or client command that was left out because the caller asked for it.
struct SkippedCommand {
  std::string command;  ///< as written, first line only
  SourcePosition position;
};

struct Script {
  std::vector<ScriptStatement> statements;
  std::vector<SkippedCommand> skipped;
};

/// A keyword or identifier of a statement: what it takes to see which objects a statement is about.
struct StatementWord {
  std::string text;        ///< as the engine reads it: quotes and brackets undone, folded where the engine folds
  std::size_t offset = 0;  ///< of its first byte, quotes included, in the statement's text
  int depth = 0;           ///< of the parentheses around it
  bool quoted = false;     ///< certainly a name, never a keyword
  bool qualifier = false;  ///< a dot follows: it qualifies the next word
  /// A statement begins here. One unit may hold several: a T-SQL batch, the body of a `DO`.
  bool starts_statement = false;
  bool operator==(const StatementWord&) const = default;
};

struct ScriptOptions {
  /// Leave out `USE`, `\c`, `CREATE/DROP DATABASE`, `:setvar`, `\copy` … instead of refusing them.
  bool skip_database_commands = false;
};

/// Reads a script the way the engine's own client does (psql, sqlcmd), but sends nothing.
class ScriptReader {
 public:
  virtual ~ScriptReader() = default;

  /// Splits `text` (UTF-8, see `decode_script`) into what is sent to the server. `file` goes into positions.
  /// Throws Error(script) with the position: a command that would leave the database or that only the
  /// client understands, an unterminated quote or comment, `COPY` data without its end, a bad `GO` count.
  /// Statements that the server will refuse are not this reader's business.
  virtual Script read(std::string_view text, const std::string& file, const ScriptOptions& options) const = 0;

  /// The keywords and identifiers of `statement` (`ScriptStatement::text`) in their order: no literals, comments,
  /// numbers, variables. A literal that the engine runs as SQL, or takes a name from, is read like the rest of the
  /// statement, with offsets into it: the body of a `DO`, the texts of `EXEC ('…')`, `EXEC sp_rename '…', '…'`.
  /// Throws Error(script) where the engine's lexer can go no further; the position has no file.
  virtual std::vector<StatementWord> words(std::string_view statement) const = 0;
};

/// Turns the bytes of a script file into UTF-8 without a byte order mark: UTF-8, UTF-8 with mark, UTF-16
/// little and big endian with mark. Throws Error(script) naming line and column for anything else: a
/// file in Latin-1 or Windows-1252, UTF-16 without a mark, a NUL character.
std::string decode_script(std::string_view bytes, const std::string& file);

/// Reads and decodes a file. Throws Error(script) when it is missing, unreadable, a folder or too large.
std::string read_script_file(const std::string& path);

/// Position of byte `offset` in `text`, for text that starts at `start`. Columns count code points.
SourcePosition position_at(std::string_view text, std::size_t offset, const SourcePosition& start);

}  // namespace paripassu
