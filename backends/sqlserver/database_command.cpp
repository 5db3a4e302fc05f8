#include "backends/sqlserver/database_command.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace paripassu::sqlserver {

namespace {

/// Reserved words that start a statement and that no option of a database command contains, but for those that
/// `continues_command` knows.
constexpr std::array<std::string_view, 45> kStatementStarts = {
    "ALTER",  "BACKUP",  "BEGIN",      "BREAK",    "BULK",     "CHECKPOINT", "CLOSE",  "COMMIT",  "CONTINUE",
    "CREATE", "DBCC",    "DEALLOCATE", "DECLARE",  "DELETE",   "DENY",       "DROP",   "ELSE",    "END",
    "EXEC",   "EXECUTE", "FETCH",      "GOTO",     "GRANT",    "IF",         "INSERT", "KILL",    "MERGE",
    "OPEN",   "PRINT",   "RAISERROR",  "READTEXT", "RESTORE",  "RETURN",     "REVERT", "REVOKE",  "ROLLBACK",
    "SAVE",   "SELECT",  "SET",        "SHUTDOWN", "TRUNCATE", "UPDATE",     "USE",    "WAITFOR", "WHILE"};
constexpr std::array<std::string_view, 4> kRareStatementStarts = {"RECONFIGURE", "UPDATETEXT", "WRITETEXT", "THROW"};

/// Full-text procedures and those that update master, which SQL Server does not run in a user transaction. Not
/// complete.
constexpr std::array<std::string_view, 9> kProcedures = {
    "SP_ADDLINKEDSERVER", "SP_SERVEROPTION",      "SP_ADDSUBSCRIPTION",  "SP_DBOPTION",      "SP_FULLTEXT_CATALOG",
    "SP_FULLTEXT_COLUMN", "SP_FULLTEXT_DATABASE", "SP_FULLTEXT_SERVICE", "SP_FULLTEXT_TABLE"};

template <std::size_t Size>
bool is_one_of(const Token& token, const std::array<std::string_view, Size>& words) {
  return token.kind == Token::Kind::word &&
         std::any_of(words.begin(), words.end(), [&token](std::string_view word) { return token.is(word); });
}

Token peek(TsqlLexer lexer) {
  return lexer.next();
}

bool ends_batch(const Token& token) {
  return token.kind == Token::Kind::end || token.kind == Token::Kind::separator || token.kind == Token::Kind::directive;
}

/// Reads on while sqlcmd would join what follows to the name: `$(prefix)_orders` is one. Returns its end.
std::size_t finish_name(const Token& first, TsqlLexer& lexer) {
  Token last = first;
  for (;;) {
    const Token token = peek(lexer);
    const bool variable = token.kind == Token::Kind::sqlcmd_variable || last.kind == Token::Kind::sqlcmd_variable;
    const bool part = token.begin == last.end && variable && (token.is_name() || token.kind == Token::Kind::number);
    if (!part) return last.end;
    last = lexer.next();
  }
}

bool is_label(const Token& word, TsqlLexer behind) {
  if (word.kind != Token::Kind::word) return false;
  const Token colon = behind.next();
  return colon.is(':') && colon.begin == word.end && !peek(behind).is(':');
}

bool is_key_or_certificate(const Token& token) {
  return token.is("CERTIFICATE") || token.is("MASTER") || token.is("SERVICE") || token.is("SYMMETRIC");
}

/// CREATE DATABASE SCOPED CREDENTIAL and its like concern objects in the database.
bool is_object_in_database(const Token& third, const Token& fourth) {
  return (third.is("SCOPED") && (fourth.is("CREDENTIAL") || fourth.is("CONFIGURATION"))) ||
         (third.is("AUDIT") && fourth.is("SPECIFICATION")) || (third.is("ENCRYPTION") && fourth.is("KEY"));
}

bool is_ddl_verb(const Token& token) {
  return token.is("CREATE") || token.is("ALTER") || token.is("DROP");
}

std::string verb_of(const Token& token) {
  return token.is("CREATE") ? "CREATE" : token.is("ALTER") ? "ALTER" : "DROP";
}

/// Reads to the end of a statement whose last token so far ended at `end`; takes the `;` as well, without counting it.
std::size_t finish_statement(std::size_t end, TsqlLexer& lexer) {
  int depth = 0;
  Token previous;
  for (;;) {
    TsqlLexer behind = lexer;
    const Token token = behind.next();
    if (ends_batch(token)) return end;
    if (token.is('(')) ++depth;
    if (token.is(')') && depth > 0) --depth;
    if (depth == 0) {
      if (token.is(';')) {
        lexer = behind;
        return end;
      }
      // SET … WITH ROLLBACK IMMEDIATE, KILL … WITH COMMIT
      const bool continues_command = previous.is("WITH") && (token.is("ROLLBACK") || token.is("COMMIT"));
      const bool starts_statement = is_one_of(token, kStatementStarts) || is_one_of(token, kRareStatementStarts);
      if ((starts_statement && !continues_command) || is_label(token, behind)) return end;
    }
    end = token.end;
    previous = token;
    lexer = behind;
  }
}

}  // namespace

std::optional<DatabaseCommand> parse_database_command(const Token& first, const TsqlLexer& lexer) {
  DatabaseCommand command{{}, first.end, lexer};
  TsqlLexer& following = command.following;
  if (first.is("USE")) {
    const Token name = following.next();
    if (!name.is_name()) return std::nullopt;
    command.name = "USE";
    command.end = finish_name(name, following);
    if (peek(following).is(';')) following.next();
    return command;
  }
  if (is_ddl_verb(first)) {
    const Token second = following.next();
    if (!second.is("DATABASE")) return std::nullopt;
    const Token name = following.next();
    if (!name.is_name() || is_object_in_database(name, peek(following))) return std::nullopt;
    if (first.is("ALTER") && name.is("CURRENT")) return std::nullopt;
    command.name = verb_of(first) + " DATABASE";
    command.end = finish_name(name, following);
    // DROP DATABASE IF EXISTS x
    if (first.is("DROP") && name.is("IF") && peek(following).is("EXISTS")) command.end = following.next().end;
    // Every other SET would start a statement of its own.
    if (first.is("ALTER") && peek(following).is("SET")) command.end = following.next().end;
  } else if (first.is("BACKUP") || first.is("RESTORE")) {
    if (is_key_or_certificate(peek(following))) return std::nullopt;
    command.name = first.is("BACKUP") ? "BACKUP" : "RESTORE";
  } else if (first.is("SHUTDOWN") || first.is("KILL")) {
    command.name = first.is("KILL") ? "KILL" : "SHUTDOWN";
  } else {
    return std::nullopt;
  }
  command.end = finish_statement(command.end, following);
  return command;
}

std::string refused_in_transaction(const Token& first, const TsqlLexer& lexer) {
  TsqlLexer ahead = lexer;
  if (first.is("RECONFIGURE")) return "RECONFIGURE";
  if ((first.is("BACKUP") || first.is("RESTORE")) && is_key_or_certificate(peek(ahead)))
    return first.is("BACKUP") ? "BACKUP" : "RESTORE";
  if (is_ddl_verb(first)) {
    const Token second = ahead.next();
    if (first.is("ALTER") && second.is("DATABASE") && peek(ahead).is("CURRENT")) return "ALTER DATABASE CURRENT";
    if (second.is("FULLTEXT")) {
      const Token kind = ahead.next();
      for (const char* object : {"CATALOG", "INDEX", "STOPLIST"})
        if (kind.is(object)) return verb_of(first) + " FULLTEXT " + object;
    }
    // Error 574 (flyway issue 2879).
    if (second.is("EVENT") && ahead.next().is("SESSION")) return verb_of(first) + " EVENT SESSION";
    return {};
  }
  return {};
}

std::string procedure_refused_in_transaction(const Token& name) {
  if (name.kind != Token::Kind::word && name.kind != Token::Kind::quoted_name) return {};
  Token bare = name;
  bare.kind = Token::Kind::word;
  if (name.kind == Token::Kind::quoted_name) bare.text = name.text.substr(1, name.text.size() - 2);
  return is_one_of(bare, kProcedures) ? std::string(bare.text) : std::string();
}

bool starts_module(const Token& first, const TsqlLexer& lexer) {
  if (!first.is("CREATE") && !first.is("ALTER")) return false;
  TsqlLexer ahead = lexer;
  Token kind = ahead.next();
  if (first.is("CREATE") && kind.is("OR") && ahead.next().is("ALTER")) kind = ahead.next();
  return kind.is("PROCEDURE") || kind.is("PROC") || kind.is("FUNCTION") || kind.is("TRIGGER") || kind.is("VIEW");
}

}  // namespace paripassu::sqlserver
