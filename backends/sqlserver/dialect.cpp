#include "backends/sqlserver/dialect.h"

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

}  // namespace paripassu::sqlserver
