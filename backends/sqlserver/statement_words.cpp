#include "backends/sqlserver/statement_words.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>

#include "backends/sqlserver/database_command.h"
#include "backends/sqlserver/tsql_lexer.h"

namespace paripassu::sqlserver {

namespace {

/// How deep SQL may lie in strings of SQL.
constexpr int kNestingMax = 4;

/// Reserved words that begin a statement, but for the cases that `WordReading::continues` knows. ELSE and END are left
/// out, as CASE has them; what follows them starts by itself.
constexpr std::array<std::string_view, 33> kStatementStarts = {
    "ALTER", "BACKUP",    "BEGIN",   "CHECKPOINT", "COMMIT",  "CREATE",   "DBCC", "DECLARE", "DELETE",
    "DENY",  "DROP",      "EXEC",    "EXECUTE",    "GOTO",    "GRANT",    "IF",   "INSERT",  "MERGE",
    "PRINT", "RAISERROR", "RESTORE", "RETURN",     "REVOKE",  "ROLLBACK", "SAVE", "SELECT",  "SET",
    "THROW", "TRUNCATE",  "UPDATE",  "USE",        "WAITFOR", "WHILE"};

/// What DROP is followed by when it is a statement. Inside ALTER TABLE anything else is the name of a constraint.
constexpr std::array<std::string_view, 14> kDroppedKinds = {
    "TABLE",  "VIEW",     "INDEX", "PROC",    "PROCEDURE", "FUNCTION",   "TRIGGER",
    "SCHEMA", "SEQUENCE", "TYPE",  "SYNONYM", "USER",      "STATISTICS", "ROLE"};

/// Procedures whose string arguments are names, but for the second.
constexpr std::array<std::string_view, 3> kPropertyProcedures = {"SP_ADDEXTENDEDPROPERTY", "SP_UPDATEEXTENDEDPROPERTY",
                                                                 "SP_DROPEXTENDEDPROPERTY"};

template <std::size_t Size>
bool is_one_of(const Token& token, const std::array<std::string_view, Size>& words) {
  return token.kind == Token::Kind::word &&
         std::any_of(words.begin(), words.end(), [&token](std::string_view word) { return token.is(word); });
}

/// The text between the quotes or brackets of a token, doubled closing ones undone; `offsets` gets where each byte
/// stands.
std::string unquoted(const Token& token, std::vector<std::size_t>* offsets = nullptr) {
  std::string text;
  const char closing = token.text.back();
  const std::size_t begin = token.text.find_first_of("'\"[") + 1;
  for (std::size_t i = begin; i + 1 < token.text.size(); ++i) {
    if (token.text[i] == closing) ++i;
    text += token.text[i];
    if (offsets != nullptr) offsets->push_back(token.begin + i);
  }
  return text;
}

class WordReading {
 public:
  std::vector<StatementWord> run(std::string_view statement) {
    read(statement, nullptr, 0);
    return std::move(words_);
  }

 private:
  /// What the strings of a statement are.
  enum class Strings {
    values,
    code,
    code_once,      ///< the next one only
    rename,         ///< arguments of sp_rename
    property_names  ///< arguments of kPropertyProcedures
  };

  struct Statement {
    Token verb;
    Token object_kind;  ///< the word behind the verb
    Strings strings = Strings::values;
    int arguments_before = 0;  ///< of a procedure
    Token argument_name;       ///< `@value` of `@value = …`
  };

  void read(std::string_view text, const std::vector<std::size_t>* offsets, int nesting) {
    const std::string no_file;
    TsqlLexer lexer(text, no_file);
    Statement statement;
    bool after_end = true;
    bool is_module = false;
    int depth = 0;
    Token previous;
    for (Token token = lexer.next(); token.kind != Token::Kind::end; token = lexer.next()) {
      if (token.is('(')) ++depth;
      if (token.is(')') && depth > 0) --depth;
      if (token.is(',')) {
        if (depth == 0) ++statement.arguments_before;
        statement.argument_name = Token();
      }
      if (token.kind == Token::Kind::variable) statement.argument_name = token;
      if (token.is(';') && !is_module) {
        after_end = true;
        depth = 0;
      }
      if (token.is('.') && previous.is_name() && !words_.empty()) words_.back().qualifier = true;
      if (token.kind == Token::Kind::string) {
        read_string(token, statement, offsets, nesting);
      } else if (token.is_name() && token.kind != Token::Kind::sqlcmd_variable) {
        const bool starts =
            after_end || (!is_module && depth == 0 && !previous.is('.') && is_one_of(token, kStatementStarts) &&
                          !continues(statement, token, previous, lexer));
        if (starts) {
          statement = Statement();
          statement.verb = token;
          is_module = starts_module(token, lexer);
          after_end = false;
        } else if (previous.begin == statement.verb.begin && previous.end == statement.verb.end) {
          statement.object_kind = token;
        }
        observe_call(token, statement, lexer);
        StatementWord word;
        word.quoted = token.kind != Token::Kind::word;
        word.text = word.quoted ? unquoted(token) : std::string(token.text);
        word.offset = offsets == nullptr ? token.begin : (*offsets)[token.begin];
        word.depth = depth;
        word.starts_statement = starts;
        words_.push_back(std::move(word));
      }
      previous = token;
    }
  }

  /// True for a word of kStatementStarts that does not begin a statement where it stands.
  static bool continues(const Statement& statement, const Token& token, const Token& previous, TsqlLexer ahead) {
    const Token next = ahead.next();
    const bool grants = statement.verb.is("GRANT") || statement.verb.is("DENY") || statement.verb.is("REVOKE");
    if (grants && (previous.is(',') || previous.begin == statement.verb.begin)) return true;
    if (token.is("ALTER") && (previous.is("OR") || next.is("COLUMN"))) return true;
    if (token.is("DROP")) {
      if (next.is("COLUMN") || next.is("CONSTRAINT") || next.is("PERIOD")) return true;
      const bool in_alter_table = statement.verb.is("ALTER") && statement.object_kind.is("TABLE");
      return in_alter_table && !is_one_of(next, kDroppedKinds);
    }
    if ((token.is("DELETE") || token.is("UPDATE")) && (previous.is("ON") || previous.is("UPDATE"))) return true;
    // ON DELETE SET NULL; ALTER TABLE t SET (…)
    if (token.is("SET")) return previous.is("DELETE") || previous.is("UPDATE") || next.is('(');
    // DROP TABLE IF EXISTS t
    if (token.is("IF")) return next.is("EXISTS") && !ahead.next().is('(');
    return false;
  }

  /// EXEC ('…'), EXEC sp_executesql N'…', EXEC sp_rename '…', '…'.
  static void observe_call(const Token& token, Statement& statement, TsqlLexer ahead) {
    const bool is_call = statement.verb.is("EXEC") || statement.verb.is("EXECUTE");
    if (is_call && token.begin == statement.verb.begin) {
      if (ahead.next().is('(')) statement.strings = Strings::code;
      return;
    }
    // Without EXEC a procedure may be called by the first statement of a batch.
    if (!is_call && statement.verb.begin != token.begin) return;
    Token bare = token;
    std::string name;
    if (token.kind != Token::Kind::word) {
      name = unquoted(token);
      bare.kind = Token::Kind::word;
      bare.text = name;
    }
    if (bare.is("SP_EXECUTESQL")) statement.strings = Strings::code_once;
    const bool is_rename = bare.is("SP_RENAME");
    if (!is_rename && !is_one_of(bare, kPropertyProcedures)) return;
    statement.strings = is_rename ? Strings::rename : Strings::property_names;
    statement.arguments_before = 0;
  }

  void read_string(const Token& token, Statement& statement, const std::vector<std::size_t>* offsets, int nesting) {
    if (statement.strings == Strings::values || nesting >= kNestingMax) return;
    std::vector<std::size_t> inner_offsets;
    const std::string inner = unquoted(token, &inner_offsets);
    if (offsets != nullptr)
      for (std::size_t& at : inner_offsets) at = (*offsets)[at];
    const std::size_t before = words_.size();
    try {
      if (statement.strings == Strings::rename || statement.strings == Strings::property_names) {
        read_argument(inner, inner_offsets, statement);
      } else {
        if (statement.strings == Strings::code_once) statement.strings = Strings::values;
        read(inner, &inner_offsets, nesting + 1);
      }
    } catch (const Error&) {
      // A piece of a statement that is put together at run time: its words would mislead.
      words_.resize(before);
    }
  }

  void read_argument(const std::string& text, const std::vector<std::size_t>& offsets, const Statement& statement) {
    const auto is_argument = [&statement](std::string_view name, int position) {
      if (statement.argument_name.kind != Token::Kind::variable) return statement.arguments_before == position;
      Token word = statement.argument_name;
      word.kind = Token::Kind::word;
      word.text.remove_prefix(1);
      return word.is(name);
    };
    if (statement.strings == Strings::rename && is_argument("OBJNAME", 0)) {
      read_path(text, offsets);
    } else if (!text.empty() && !(statement.strings == Strings::property_names && is_argument("VALUE", 1))) {
      StatementWord word;
      word.quoted = true;
      word.text = text;
      word.offset = offsets.front();
      words_.push_back(std::move(word));
    }
  }

  /// The parts of 'dbo.[my orders].note'.
  void read_path(const std::string& text, const std::vector<std::size_t>& offsets) {
    const std::string no_file;
    TsqlLexer lexer(text, no_file);
    Token previous;
    for (Token token = lexer.next(); token.kind != Token::Kind::end; token = lexer.next()) {
      if (token.is('.') && previous.is_name()) words_.back().qualifier = true;
      if (token.kind == Token::Kind::word || token.kind == Token::Kind::quoted_name ||
          token.kind == Token::Kind::double_quoted) {
        StatementWord word;
        word.quoted = true;
        word.text = token.kind == Token::Kind::word ? std::string(token.text) : unquoted(token);
        word.offset = offsets[token.begin];
        words_.push_back(std::move(word));
      }
      previous = token;
    }
  }

  std::vector<StatementWord> words_;
};

}  // namespace

std::vector<StatementWord> statement_words(std::string_view statement) {
  return WordReading().run(statement);
}

}  // namespace paripassu::sqlserver
