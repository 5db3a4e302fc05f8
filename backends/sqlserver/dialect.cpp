#include "backends/sqlserver/dialect.h"

#include <algorithm>
#include <array>

#include "backends/sqlserver/client_url.h"

namespace paripassu::sqlserver {

std::string SqlServerDialect::quote_identifier(std::string_view name) const {
  // Babelfish cannot read ]] in brackets ("closing-bracket-refused"); double quotes mean the same on both, since every
  // session has QUOTED_IDENTIFIER ON.
  if (name.find(']') == std::string_view::npos) return "[" + std::string(name) + "]";
  std::string quoted = "\"";
  for (char c : name) {
    if (c == '"') quoted += c;
    quoted += c;
  }
  return quoted + '"';
}

std::string SqlServerDialect::quote_literal(std::string_view text) const {
  std::string quoted = "N'";
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\'') quoted += '\'';
    quoted += text[i];
    if (text[i] != '\\') continue;
    // T-SQL drops a backslash with the line break behind it, also in a literal: so one more pair is there to be
    // dropped.
    const std::string_view rest = text.substr(i + 1);
    if (rest.starts_with("\r\n")) quoted += "\\\r\n";
    if (rest.starts_with("\n")) quoted += "\\\n";
  }
  return quoted + '\'';
}

std::string SqlServerDialect::placeholder(int) const {
  return "?";
}

std::string SqlServerDialect::text_type(int characters) const {
  return "nvarchar(" + std::to_string(characters) + ")";
}

std::string SqlServerDialect::utc_text(std::string_view expression) const {
  // Style 126 is ISO 8601 with a T, without a zone; Babelfish prints a blank for the T ("iso-timestamp-with-blank").
  return "REPLACE(CONVERT(varchar(33), " + std::string(expression) + ", 126), ' ', 'T') + 'Z'";
}

std::string SqlServerDialect::table_exists_query() const {
  return "SELECT 1 FROM sys.tables t JOIN sys.schemas s ON s.schema_id = t.schema_id WHERE s.name = ? AND t.name = ?";
}

std::string SqlServerDialect::create_schema_if_missing(std::string_view schema) const {
  // CREATE SCHEMA must be the first statement of its batch, hence the inner one.
  return "IF SCHEMA_ID(" + quote_literal(schema) + ") IS NULL EXEC(" +
         quote_literal("CREATE SCHEMA " + quote_identifier(schema)) + ")";
}

std::string SqlServerDialect::use_schema(std::string_view) const {
  return {};
}

std::string SqlServerDialect::client_url(ClientUrlForm form, const ConnectionUrl& url) const {
  return sqlserver::client_url(form, url);
}

bool SqlServerDialect::changes_session(std::span<const StatementWord> words) const {
  static constexpr std::array<std::string_view, 28> kHarmless = {
      "alter",  "begin",    "commit", "create", "declare", "delete",   "deny",   "drop",  "else",      "end",
      "exec",   "execute",  "go",     "grant",  "if",      "insert",   "merge",  "print", "raiserror", "return",
      "revoke", "rollback", "save",   "select", "throw",   "truncate", "update", "while"};
  static constexpr std::array<std::string_view, 4> kHarmlessProcedures = {
      "sp_addextendedproperty", "sp_dropextendedproperty", "sp_rename", "sp_updateextendedproperty"};
  static constexpr std::array<std::string_view, 36> kSessionOptions = {"ansi_defaults",
                                                                       "ansi_null_dflt_off",
                                                                       "ansi_null_dflt_on",
                                                                       "ansi_nulls",
                                                                       "ansi_padding",
                                                                       "ansi_warnings",
                                                                       "arithabort",
                                                                       "arithignore",
                                                                       "concat_null_yields_null",
                                                                       "context_info",
                                                                       "cursor_close_on_commit",
                                                                       "datefirst",
                                                                       "dateformat",
                                                                       "deadlock_priority",
                                                                       "fips_flagger",
                                                                       "fmtonly",
                                                                       "forceplan",
                                                                       "identity_insert",
                                                                       "implicit_transactions",
                                                                       "language",
                                                                       "lock_timeout",
                                                                       "noexec",
                                                                       "numeric_roundabort",
                                                                       "offsets",
                                                                       "parseonly",
                                                                       "query_governor_cost_limit",
                                                                       "quoted_identifier",
                                                                       "remote_proc_transactions",
                                                                       "rowcount",
                                                                       "showplan_all",
                                                                       "showplan_text",
                                                                       "showplan_xml",
                                                                       "statistics",
                                                                       "textsize",
                                                                       "transaction",
                                                                       "xact_abort"};
  const auto lower = [](std::string text) {
    for (char& c : text)
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return text;
  };
  const auto holds = [](const auto& list, const std::string& text) {
    return std::find(list.begin(), list.end(), text) != list.end();
  };
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string text = lower(words[i].text);
    if (text.starts_with('#')) return true;
    if (words[i].quoted) continue;
    const bool starts = i == 0 || words[i].starts_statement;
    // An assignment, as in UPDATE, or an option of the session, from the documentation of SET statements. NOCOUNT alone
    // says nothing to those that come after.
    if (text == "set") {
      if (i + 1 < words.size() && holds(kSessionOptions, lower(words[i + 1].text))) return true;
      continue;
    }
    // A common table expression begins with it, and so do options of other statements.
    if (starts && text != "with" && !holds(kHarmless, text)) return true;
    if (text == "exec" || text == "execute") {
      // Of a qualified name, the last word; what a literal says is among the words that follow.
      std::size_t next = i + 1;
      while (next < words.size() && words[next].qualifier) ++next;
      if (next < words.size() && !words[next].starts_statement && !holds(kHarmlessProcedures, lower(words[next].text)))
        return true;
    }
    if (starts && text == "alter" && i + 1 < words.size()) {
      const std::string what = lower(words[i + 1].text);
      if (what == "database" || what == "login" || what == "user") return true;
    }
  }
  return false;
}

}  // namespace paripassu::sqlserver
