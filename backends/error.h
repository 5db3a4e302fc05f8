#pragma once

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace paripassu {

/// What kind of thing went wrong, independent of the engine. One classifier table per engine maps
/// SQLSTATE and native error numbers to it; what no table knows stays `unclassified`.
enum class ErrorCategory {
  usage,               ///< the command line is wrong
  configuration,       ///< paripassu.toml, a migration folder or an input file is wrong
  script,              ///< a script cannot be read, or contains a command that is refused
  connection,          ///< a server could not be reached, or went away
  authentication,      ///< the server refused the user or the password
  driver_missing,      ///< the ODBC driver is not installed
  server_unavailable,  ///< no server of this engine can run here
  permission,          ///< the user may not do this
  not_found,           ///< an object named in a statement does not exist
  already_exists,      ///< an object to be created exists
  syntax,              ///< the server could not parse the statement
  unique_violation,
  foreign_key_violation,
  check_violation,
  not_null_violation,
  data,      ///< conversion, overflow, truncation, division by zero
  deadlock,  ///< deadlock victim or serialisation failure: the transaction may be retried
  lock_timeout,
  statement_timeout,
  cancelled,      ///< the statement was cancelled by a request
  interrupted,    ///< this program was asked to stop (SIGINT, SIGTERM)
  transaction,    ///< a statement that cannot run in this state of the transaction
  migration,      ///< ledger and migrations disagree, or a migration failed
  not_supported,  ///< a capability that this engine or server does not have
  resources,      ///< disk, memory, connections, or a bound of this program
  unclassified,   ///< the server reported an error that no table knows
  internal,       ///< a fault of this program
};

/// Stable lower-case word for a category ("unique-violation"), used in JSON and in test expectations.
std::string_view to_string(ErrorCategory category);

/// A place in a text file. `line` and `column` count from 1; 0 means unknown. Columns count code points.
struct SourcePosition {
  std::string file;
  int line = 0;
  int column = 0;

  bool known() const { return !file.empty() || line > 0; }
  /// "file:line:column", leaving out what is unknown.
  std::string to_string() const;
  bool operator==(const SourcePosition&) const = default;
};

/// One record of what a server or driver said. PostgreSQL gives one per error or notice (libpq
/// `PQresultErrorField`); ODBC gives a list (`SQLGetDiagRec`), of which none may be lost.
struct Diagnostic {
  std::string severity;          ///< "ERROR", "NOTICE", "INFO" …, as the engine says it
  std::string sqlstate;          ///< five characters, or empty
  std::int64_t native_code = 0;  ///< SQL Server's message number; 0 where the engine has none
  std::string message;
  std::string detail;
  std::string hint;
  std::string context;       ///< PL/pgSQL call stack, or SQL Server's procedure name
  int statement_offset = 0;  ///< 1-based code point in the statement (PostgreSQL), 0 unknown
  int statement_line = 0;    ///< 1-based line in the batch (SQL Server), 0 unknown

  bool operator==(const Diagnostic&) const = default;
};

/// The one exception of this project. Built where the failure is noticed and enriched while it rises:
///
///     catch (Error& e) { e.add_context("reading columns of sales on sqlserver"); throw; }
///
/// `what()` is the whole message for a person: message, place, statement and everything the server said.
/// It never holds a password: statements and URLs are redacted before they get here.
class Error : public std::runtime_error {
 public:
  Error(ErrorCategory category, std::string message);

  ErrorCategory category() const { return category_; }
  /// The first sentence, without place, context or diagnostics.
  const std::string& message() const { return message_; }
  const std::string& engine() const { return engine_; }
  const std::string& statement() const { return statement_; }
  const SourcePosition& position() const { return position_; }
  const std::vector<Diagnostic>& diagnostics() const { return diagnostics_; }
  const std::vector<std::string>& context() const { return context_; }
  const std::string& remedy() const { return remedy_; }
  /// SQLSTATE of the first diagnostic that has one; empty without a server's word.
  std::string sqlstate() const;
  /// Native number of the first diagnostic that has one; 0 without.
  std::int64_t native_code() const;

  Error& with_engine(std::string engine);
  Error& with_statement(const std::string& statement);
  Error& with_position(SourcePosition position);
  Error& with_diagnostics(std::vector<Diagnostic> diagnostics);
  /// What the reader can do about it, as one sentence.
  Error& with_remedy(std::string remedy);
  Error& add_context(std::string context);

  /// True when the same work may succeed if it is simply done again (deadlock, serialisation failure).
  bool retryable() const { return category_ == ErrorCategory::deadlock; }
  /// True when the session cannot be used any more.
  bool poisons_connection() const { return category_ == ErrorCategory::connection; }

  const char* what() const noexcept override { return text_.c_str(); }

 private:
  void render();

  ErrorCategory category_;
  std::string message_;
  std::string engine_;
  std::string statement_;
  SourcePosition position_;
  std::vector<Diagnostic> diagnostics_;
  std::vector<std::string> context_;
  std::string remedy_;
  std::string text_;
};

}  // namespace paripassu
