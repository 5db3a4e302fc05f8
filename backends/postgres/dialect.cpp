#include "backends/postgres/dialect.h"

#include <algorithm>
#include <array>

#include "backends/postgres/client_url.h"

namespace paripassu::postgres {

std::string PostgresDialect::quote_identifier(std::string_view name) const {
  std::string quoted = "\"";
  for (char c : name) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

std::string PostgresDialect::quote_literal(std::string_view text) const {
  // E'' is right whatever standard_conforming_strings says.
  const bool backslash = text.find('\\') != std::string_view::npos;
  std::string quoted = backslash ? "E'" : "'";
  for (char c : text) {
    if (c == '\'' || c == '\\') quoted += c;
    quoted += c;
  }
  return quoted + '\'';
}

std::string PostgresDialect::placeholder(int index) const {
  return "$" + std::to_string(index);
}

std::string PostgresDialect::text_type(int characters) const {
  return "varchar(" + std::to_string(characters) + ")";
}

std::string PostgresDialect::utc_text(std::string_view expression) const {
  return "to_char(" + std::string(expression) + R"(, 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'))";
}

std::string PostgresDialect::table_exists_query() const {
  return "SELECT 1 FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
         "WHERE n.nspname = $1 AND c.relname = $2 AND c.relkind IN ('r', 'p')";
}

std::string PostgresDialect::create_schema_if_missing(std::string_view schema) const {
  return "CREATE SCHEMA IF NOT EXISTS " + quote_identifier(schema);
}

std::string PostgresDialect::use_schema(std::string_view schema) const {
  // public stays reachable: extensions live there.
  if (schema == "public") return "SET search_path TO public";
  return "SET search_path TO " + quote_identifier(schema) + ", public";
}

std::string PostgresDialect::client_url(ClientUrlForm form, const ConnectionUrl& url) const {
  return postgres::client_url(form, url);
}

bool PostgresDialect::changes_session(std::span<const StatementWord> words) const {
  // Of PL/pgSQL as well: the body of a DO is among the words.
  static constexpr std::array<std::string_view, 44> kHarmless = {
      "abort",    "alter",   "analyze", "begin",    "cluster", "comment", "commit",   "copy",      "create",
      "delete",   "do",      "drop",    "else",     "elsif",   "end",     "explain",  "for",       "grant",
      "if",       "import",  "insert",  "lock",     "loop",    "merge",   "null",     "perform",   "raise",
      "reassign", "refresh", "reindex", "release",  "return",  "revoke",  "rollback", "savepoint", "security",
      "select",   "start",   "table",   "truncate", "update",  "vacuum",  "values",   "with"};
  for (std::size_t i = 0; i < words.size(); ++i) {
    const StatementWord& word = words[i];
    if (word.quoted) continue;
    const std::string& text = word.text;
    if ((i == 0 || word.starts_statement) && std::find(kHarmless.begin(), kHarmless.end(), text) == kHarmless.end())
      return true;
    if (text == "temp" || text == "temporary" || text == "pg_temp" || text == "set_config" ||
        text.starts_with("pg_advisory_lock") || text.starts_with("pg_try_advisory_lock"))
      return true;
    // Defaults of the next session.
    const bool alters = (i == 0 || word.starts_statement) && text == "alter" && i + 1 < words.size();
    if (alters && (words[i + 1].text == "database" || words[i + 1].text == "role" || words[i + 1].text == "user" ||
                   words[i + 1].text == "system"))
      return true;
  }
  return false;
}

}  // namespace paripassu::postgres
