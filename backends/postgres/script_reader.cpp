#include "backends/postgres/script_reader.h"

#include <optional>
#include <utility>

#include "backends/position_tracker.h"
#include "backends/postgres/meta_command.h"
#include "backends/postgres/statement_classifier.h"
#include "backends/postgres/statement_words.h"
#include "backends/postgres/token_stream.h"

namespace paripassu::postgres {

namespace {

constexpr std::string_view kBlanks = " \t\r\n\f";
constexpr const char* kDatabaseCommandRemedy =
    "Remove it, since the script is applied to the database that was named; or have database commands skipped.";

std::string first_line(std::string_view text) {
  const std::string_view line = text.substr(0, text.find('\n'));
  const std::size_t last = line.find_last_not_of(kBlanks);
  return std::string(line.substr(0, last == std::string_view::npos ? 0 : last + 1));
}

/// One reading of one script.
class Reading {
 public:
  Reading(std::string_view text, const std::string& file, const ScriptOptions& options)
      : text_(text), file_(file), options_(options), tokens_(text, file_), positions_(text, file_) {}

  Script run();

 private:
  struct Range {
    std::size_t begin;
    std::size_t end;
  };

  void add_token(const Token& token);
  void finish_statement(std::size_t terminator, std::size_t after_terminator);
  void forget_statement();
  std::string statement_text(std::size_t terminator) const;
  std::size_t read_copy_data(ScriptStatement& statement, std::size_t after_terminator);
  Range find_copy_data(std::size_t after_command, const SourcePosition& command) const;
  std::size_t copy_end_line_end(std::size_t line) const;
  bool handle_meta_command(std::size_t offset);
  bool more_follows(std::size_t offset);
  bool quit(const MetaCommand& command, std::size_t offset);
  bool copies_from_stdin(const MetaCommand& command) const;
  void refuse_or_skip(std::string what, std::string_view command, const SourcePosition& position, std::string remedy);
  [[noreturn]] void refuse(std::string what, std::string_view command, const SourcePosition& position,
                           std::string remedy) const;

  std::string_view text_;
  std::string file_;
  const ScriptOptions& options_;
  TokenStream tokens_;
  PositionTracker positions_;
  Script script_;

  // The statement that is being read; `statement_` is empty between two.
  StatementClassifier statement_;
  std::size_t start_ = 0;
  SourcePosition start_position_;
  std::optional<std::size_t> trailing_comment_;  ///< start of the comments behind the last token
  std::vector<Range> meta_commands_;             ///< what psql would take out of the statement
};

Script Reading::run() {
  if (const std::size_t nul = text_.find('\0'); nul != std::string_view::npos)
    refuse("NUL character in the script", {}, positions_.at(nul), "Remove the character.");
  for (;;) {
    const Token token = tokens_.next();
    if (token.kind == Token::Kind::end) {
      finish_statement(text_.size(), text_.size());
      return std::move(script_);
    }
    if (token.is('\\')) {
      if (!handle_meta_command(token.offset)) return std::move(script_);
    } else if (token.kind == Token::Kind::comment) {
      if (!statement_.empty() && !trailing_comment_) trailing_comment_ = token.offset;
    } else if (token.is(';') && !statement_.inside_body()) {
      finish_statement(token.offset, token.offset + 1);
    } else {
      add_token(token);
    }
  }
}

void Reading::add_token(const Token& token) {
  if (statement_.empty()) {
    start_ = token.offset;
    start_position_ = positions_.at(start_);
    meta_commands_.clear();
  }
  trailing_comment_.reset();
  statement_.add(token);
}

void Reading::forget_statement() {
  statement_ = StatementClassifier();
  trailing_comment_.reset();
  meta_commands_.clear();
}

std::string Reading::statement_text(std::size_t terminator) const {
  const std::size_t end = trailing_comment_.value_or(terminator);
  std::string statement(text_.substr(start_, end - start_));
  // Blanks instead of nothing: the server's offsets keep pointing into the file.
  for (const Range& command : meta_commands_)
    for (std::size_t i = command.begin; i < command.end && i < end; ++i)
      if (statement[i - start_] != '\n') statement[i - start_] = ' ';
  statement.erase(statement.find_last_not_of(kBlanks) + 1);
  return statement;
}

void Reading::finish_statement(std::size_t terminator, std::size_t after_terminator) {
  if (statement_.empty()) return;
  ScriptStatement statement;
  statement.text = statement_text(terminator);
  statement.position = start_position_;
  if (const std::string command = statement_.database_command(); !command.empty()) {
    refuse_or_skip(command + " in a script that is applied to one database", statement.text, statement.position,
                   kDatabaseCommandRemedy);
  } else {
    statement.outside_transaction = statement_.outside_transaction();
    statement.controls_transaction = statement_.controls_transaction();
    if (statement_.copies_from_stdin()) {
      statement.kind = StatementKind::copy_from_stdin;
      tokens_.seek(read_copy_data(statement, after_terminator));
    }
    script_.statements.push_back(std::move(statement));
  }
  forget_statement();
}

std::size_t Reading::read_copy_data(ScriptStatement& statement, std::size_t after_terminator) {
  const std::size_t rest = text_.find_first_not_of(" \t\r\f\v", after_terminator);
  const bool line_is_over =
      rest == std::string_view::npos || text_[rest] == '\n' || text_.substr(rest).starts_with("--");
  if (!line_is_over)
    refuse("COPY … FROM stdin is followed by more on its line", statement.text, positions_.at(rest),
           "Move it behind the data: the data starts on the next line.");
  const Range data = find_copy_data(after_terminator, statement.position);
  statement.copy_data = std::string(text_.substr(data.begin, data.end - data.begin));
  return copy_end_line_end(data.end);
}

/// The lines between the command's own and the line `\.`.
Reading::Range Reading::find_copy_data(std::size_t after_command, const SourcePosition& command) const {
  const std::size_t newline = text_.find('\n', after_command);
  if (newline != std::string_view::npos) {
    const std::size_t begin = newline + 1;
    for (std::size_t line = begin;;) {
      if (copy_end_line_end(line) != line) return {begin, line};
      const std::size_t next = text_.find("\n\\.", line);
      if (next == std::string_view::npos) break;
      line = next + 1;
    }
  }
  refuse("COPY … FROM stdin has no end: no line with only \\. follows", {}, command,
         "End the data with a line that holds only \\. in it.");
}

/// The offset behind the line `\.` that starts at `line`, or `line` where that is another one.
std::size_t Reading::copy_end_line_end(std::size_t line) const {
  if (!text_.substr(line).starts_with("\\.")) return line;
  const std::string_view rest = text_.substr(line + 2);
  if (rest.empty() || rest == "\r") return text_.size();
  if (rest.starts_with('\n')) return line + 3;
  if (rest.starts_with("\r\n")) return line + 4;
  return line;
}

/// False where the script ends.
bool Reading::handle_meta_command(std::size_t offset) {
  const char next = offset + 1 < text_.size() ? text_[offset + 1] : '\0';
  if (next == ';' || next == ':') {
    // Escapes of psql's own: the character reaches the server. One statement per message does the same as several.
    if (!statement_.empty()) meta_commands_.push_back({offset, offset + 1});
    tokens_.seek(offset + 1);
    return true;
  }
  const MetaCommand command = parse_meta_command(text_, offset);
  const std::string what = "\\" + command.name + " is a command of psql, not of PostgreSQL";
  switch (command.kind) {
    case MetaCommandKind::display:
      break;
    case MetaCommandKind::send:
      tokens_.seek(command.end);
      finish_statement(offset, command.end);
      return true;
    case MetaCommandKind::send_apart:
      refuse_or_skip(what, command.text, positions_.at(offset), meta_command_remedy(command));
      tokens_.seek(command.end);
      finish_statement(offset, command.end);
      return true;
    case MetaCommandKind::discard:
      refuse_or_skip(what, command.text, positions_.at(offset), meta_command_remedy(command));
      forget_statement();
      break;
    case MetaCommandKind::copy: {
      const SourcePosition position = positions_.at(offset);
      refuse_or_skip(what, command.text, position, meta_command_remedy(command));
      if (!copies_from_stdin(command)) break;
      if (!statement_.empty()) meta_commands_.push_back({offset, command.end});
      const Range data = find_copy_data(command.end, position);
      const std::size_t after = copy_end_line_end(data.end);
      if (!statement_.empty()) meta_commands_.push_back({data.begin, after});
      tokens_.seek(after);
      return true;
    }
    case MetaCommandKind::condition:
      refuse(what, command.text, positions_.at(offset), meta_command_remedy(command));
    case MetaCommandKind::quit:
      return quit(command, offset);
    case MetaCommandKind::connect:
    case MetaCommandKind::include:
    case MetaCommandKind::variable:
    case MetaCommandKind::encoding:
    case MetaCommandKind::unknown:
      refuse_or_skip(what, command.text, positions_.at(offset), meta_command_remedy(command));
      break;
  }
  if (!statement_.empty()) meta_commands_.push_back({offset, command.end});
  tokens_.seek(command.end);
  return true;
}

bool Reading::more_follows(std::size_t offset) {
  tokens_.seek(offset);
  try {
    Token token = tokens_.next();
    while (token.kind == Token::Kind::comment) token = tokens_.next();
    return token.kind != Token::Kind::end;
  } catch (const Error&) {
    return true;
  }
}

bool Reading::quit(const MetaCommand& command, std::size_t offset) {
  // psql does not send an unfinished statement when it is told to quit.
  if (!statement_.empty() || more_follows(command.end))
    refuse_or_skip("\\" + command.name + " ends the script, but there is SQL that it keeps from running", command.text,
                   positions_.at(offset), meta_command_remedy(command));
  return false;
}

bool Reading::copies_from_stdin(const MetaCommand& command) const {
  const std::string as_sql = "COPY " + std::string(command.arguments);
  StatementClassifier copy;
  try {
    TokenStream tokens(as_sql, file_);
    for (Token token = tokens.next(); token.kind != Token::Kind::end; token = tokens.next())
      if (token.kind != Token::Kind::comment) copy.add(token);
  } catch (const Error&) {
    // Options after FROM stdin may be lexically wrong for SQL; what was read so far decides.
  }
  return copy.copies_from_stdin();
}

void Reading::refuse_or_skip(std::string what, std::string_view command, const SourcePosition& position,
                             std::string remedy) {
  if (!options_.skip_database_commands) refuse(std::move(what), command, position, std::move(remedy));
  script_.skipped.push_back({first_line(command), position});
}

void Reading::refuse(std::string what, std::string_view command, const SourcePosition& position,
                     std::string remedy) const {
  Error error(ErrorCategory::script, std::move(what));
  error.with_position(position).with_remedy(std::move(remedy));
  if (!command.empty()) error.with_statement(first_line(command));
  throw error;
}

}  // namespace

Script PostgresScriptReader::read(std::string_view text, const std::string& file, const ScriptOptions& options) const {
  return Reading(text, file, options).run();
}

std::vector<StatementWord> PostgresScriptReader::words(std::string_view statement) const {
  return statement_words(statement);
}

}  // namespace paripassu::postgres
