#include "backends/postgres/dialect.h"

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

}  // namespace paripassu::postgres
