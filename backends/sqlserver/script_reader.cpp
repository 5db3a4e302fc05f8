#include "backends/sqlserver/script_reader.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "backends/position_tracker.h"
#include "backends/sqlserver/database_command.h"
#include "backends/sqlserver/statement_words.h"
#include "backends/sqlserver/tsql_lexer.h"

namespace paripassu::sqlserver {

namespace {

constexpr std::string_view kBlanks = " \t\r\n\f\v";
/// Takes the place of a skipped command, since `IF x` and `BEGIN … END` need a statement.
constexpr std::string_view kNoOperation = "SET NOCOUNT ON;";
constexpr const char* kDatabaseCommandRemedy =
    "Remove it, since the script is applied to the database that was named; or have database commands skipped.";

std::string first_line(std::string_view text) {
  const std::string_view line = text.substr(0, text.find('\n'));
  return std::string(line.substr(0, line.find_last_not_of(kBlanks) + 1));
}

/// One reading of one script.
class Reading {
 public:
  Reading(std::string_view text, const std::string& file, const ScriptOptions& options)
      : text_(text), file_(file), options_(options), lexer_(text_, file_), positions_(text_, file_) {}

  Script run();

 private:
  struct Replacement {
    std::size_t begin;
    std::size_t end;
    std::string text;
  };

  /// What is known of the batch that is being read.
  struct Batch {
    std::optional<std::size_t> begin;  ///< of its first token that is kept
    SourcePosition position;
    bool has_statement = false;  ///< more than `;` and skipped commands
    bool is_module = false;
    int parenthesis_depth = 0;
    Token previous;
    Token before_previous;
    bool implicit_transactions = false;  ///< SET IMPLICIT_TRANSACTIONS was read, its ON or OFF not yet
    std::string outside_transaction;
    bool controls_transaction = false;
    std::vector<Replacement> replacements;
  };

  void add_token(const Token& token);
  void observe(const Token& token);
  bool may_start_statement(const Token& token) const;
  bool may_call_procedure() const;
  bool skip_database_command(const Token& token);
  void skip_directive(const Token& token);
  void refuse_variable(std::size_t offset);
  void finish_batch(std::size_t end, int repeat);
  std::string batch_text(std::size_t end) const;
  void refuse_or_skip(const std::string& what, std::string_view command, const SourcePosition& position,
                      const char* remedy);
  [[noreturn]] void refuse(const std::string& what, std::string_view command, const SourcePosition& position,
                           const char* remedy) const;

  std::string_view text_;
  std::string file_;
  const ScriptOptions& options_;
  TsqlLexer lexer_;
  PositionTracker positions_;
  Script script_;
  Batch batch_;
};

Script Reading::run() {
  if (const std::size_t nul = text_.find('\0'); nul != std::string_view::npos)
    refuse("NUL character in the script", {}, positions_.at(nul), "Remove the character.");
  for (;;) {
    const Token token = lexer_.next();
    if (token.kind == Token::Kind::end) {
      finish_batch(text_.size(), 1);
      return std::move(script_);
    }
    if (token.kind == Token::Kind::separator) {
      finish_batch(token.begin, token.repeat);
    } else if (token.kind == Token::Kind::directive) {
      skip_directive(token);
    } else if (!skip_database_command(token)) {
      add_token(token);
    }
  }
}

void Reading::add_token(const Token& token) {
  if (token.kind == Token::Kind::sqlcmd_variable) refuse_variable(token.begin);
  if (token.variable_inside != std::string_view::npos) refuse_variable(token.variable_inside);
  if (!batch_.begin) {
    batch_.begin = token.begin;
    batch_.position = positions_.at(token.begin);
  }
  if (token.is(';')) {
    batch_.implicit_transactions = false;
  } else {
    if (!batch_.has_statement) batch_.is_module = starts_module(token, lexer_);
    if (!batch_.is_module) observe(token);
    batch_.has_statement = true;
  }
  batch_.before_previous = batch_.previous;
  batch_.previous = token;
}

/// Finds what the batch does to transactions.
void Reading::observe(const Token& token) {
  if (token.is('(')) ++batch_.parenthesis_depth;
  if (token.is(')') && batch_.parenthesis_depth > 0) --batch_.parenthesis_depth;

  if (batch_.outside_transaction.empty() && may_start_statement(token))
    batch_.outside_transaction = refused_in_transaction(token, lexer_);
  if (batch_.outside_transaction.empty() && may_call_procedure())
    batch_.outside_transaction = procedure_refused_in_transaction(token);

  const Token& previous = batch_.previous;
  const bool begins = (token.is("TRAN") || token.is("TRANSACTION")) &&
                      (previous.is("BEGIN") || (previous.is("DISTRIBUTED") && batch_.before_previous.is("BEGIN")));
  // ALTER DATABASE CURRENT SET … WITH ROLLBACK IMMEDIATE ends no transaction of this session.
  const bool ends = token.is("COMMIT") || (token.is("ROLLBACK") && !previous.is("WITH"));
  if (token.is("IMPLICIT_TRANSACTIONS") && (previous.is("SET") || previous.is(','))) {
    batch_.implicit_transactions = true;
  } else if (token.is("OFF")) {
    batch_.implicit_transactions = false;
  }
  if (begins || ends || (batch_.implicit_transactions && token.is("ON"))) batch_.controls_transaction = true;
}

/// T-SQL does not mark where a statement starts. The words in question are reserved, so they stand for nothing else
/// outside parentheses (OPTION (USE HINT …)), except as permissions: GRANT BACKUP DATABASE, CREATE DATABASE TO x.
bool Reading::may_start_statement(const Token& token) const {
  const Token& previous = batch_.previous;
  return token.kind == Token::Kind::word && batch_.parenthesis_depth == 0 && !previous.is("GRANT") &&
         !previous.is("DENY") && !previous.is("REVOKE") && !previous.is("FOR") && !previous.is(',') &&
         !previous.is('.');
}

/// EXEC p, EXEC @result = p, EXEC master.dbo.p, or p as the first word of the batch.
bool Reading::may_call_procedure() const {
  const Token& previous = batch_.previous;
  return !batch_.has_statement || previous.is("EXEC") || previous.is("EXECUTE") || previous.is('.') ||
         (previous.is('=') && batch_.before_previous.kind == Token::Kind::variable);
}

/// Refuses or leaves out the database command that starts here; false where none does.
bool Reading::skip_database_command(const Token& token) {
  const bool in_module = batch_.has_statement && batch_.is_module;
  if (in_module || !may_start_statement(token)) return false;
  const std::optional<DatabaseCommand> command = parse_database_command(token, lexer_);
  if (!command) return false;
  const std::string_view written = text_.substr(token.begin, command->end - token.begin);
  refuse_or_skip(command->name + " in a script that is applied to one database", written, positions_.at(token.begin),
                 kDatabaseCommandRemedy);
  lexer_ = command->following;
  if (batch_.begin) {
    const std::size_t end = std::max(command->end, lexer_.offset());
    const std::string_view replaced = text_.substr(token.begin, end - token.begin);
    const auto lines = static_cast<std::size_t>(std::count(replaced.begin(), replaced.end(), '\n'));
    batch_.replacements.push_back({token.begin, end, std::string(kNoOperation) + std::string(lines, '\n')});
  }
  batch_.before_previous = batch_.previous = Token();
  return true;
}

void Reading::skip_directive(const Token& token) {
  refuse_or_skip(first_line(token.text) + " is a directive of sqlcmd, not T-SQL", token.text,
                 positions_.at(token.begin),
                 "Remove the line and write out what it does; or have such commands skipped.");
  if (batch_.begin) batch_.replacements.push_back({token.begin, token.end, {}});
}

void Reading::refuse_variable(std::size_t offset) {
  if (options_.skip_database_commands) return;
  const std::string_view variable = text_.substr(offset, sqlcmd_variable_length(text_, offset));
  refuse(std::string(variable) + " is a variable of sqlcmd, which nothing replaces here", variable,
         positions_.at(offset), "Write its value, or use a placeholder of the project.");
}

void Reading::finish_batch(std::size_t end, int repeat) {
  if (batch_.has_statement) {
    ScriptStatement statement;
    statement.text = batch_text(end);
    statement.position = batch_.position;
    statement.repeat = repeat;
    statement.outside_transaction = batch_.outside_transaction;
    statement.controls_transaction = batch_.controls_transaction;
    script_.statements.push_back(std::move(statement));
  }
  batch_ = Batch();
}

std::string Reading::batch_text(std::size_t end) const {
  std::string batch;
  std::size_t copied = *batch_.begin;
  for (const Replacement& replacement : batch_.replacements) {
    batch += text_.substr(copied, replacement.begin - copied);
    batch += replacement.text;
    copied = replacement.end;
  }
  batch += text_.substr(copied, end - copied);
  batch.erase(batch.find_last_not_of(kBlanks) + 1);
  return batch;
}

void Reading::refuse_or_skip(const std::string& what, std::string_view command, const SourcePosition& position,
                             const char* remedy) {
  if (!options_.skip_database_commands) refuse(what, command, position, remedy);
  script_.skipped.push_back({first_line(command), position});
}

void Reading::refuse(const std::string& what, std::string_view command, const SourcePosition& position,
                     const char* remedy) const {
  Error error(ErrorCategory::script, what);
  error.with_position(position).with_remedy(remedy);
  if (!command.empty()) error.with_statement(first_line(command));
  throw error;
}

}  // namespace

Script SqlServerScriptReader::read(std::string_view text, const std::string& file, const ScriptOptions& options) const {
  return Reading(text, file, options).run();
}

std::vector<StatementWord> SqlServerScriptReader::words(std::string_view statement) const {
  return statement_words(statement);
}

}  // namespace paripassu::sqlserver
