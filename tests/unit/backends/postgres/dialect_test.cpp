#include "backends/postgres/dialect.h"

#include <doctest/doctest.h>

using paripassu::postgres::PostgresDialect;

TEST_CASE("PostgreSQL's identifiers are quoted, and only quotation marks are doubled") {
  const PostgresDialect dialect;
  CHECK(dialect.quote_identifier("orders") == "\"orders\"");
  CHECK(dialect.quote_identifier("a\"b") == "\"a\"\"b\"");
  CHECK(dialect.quote_identifier("\"") == "\"\"\"\"");
  CHECK(dialect.quote_identifier("it's \\ [x]") == "\"it's \\ [x]\"");
  CHECK(dialect.quote_identifier("größe 🔑") == "\"größe 🔑\"");
  CHECK(dialect.quote_identifier("x\"; DROP TABLE t; --") == "\"x\"\"; DROP TABLE t; --\"");
  CHECK(dialect.qualified("a\"", "b.c") == "\"a\"\"\".\"b.c\"");
}

TEST_CASE("PostgreSQL's literals are right whatever standard_conforming_strings says") {
  const PostgresDialect dialect;
  CHECK(dialect.quote_literal("") == "''");
  CHECK(dialect.quote_literal("plain") == "'plain'");
  CHECK(dialect.quote_literal("it's") == "'it''s'");
  CHECK(dialect.quote_literal("a\\b") == "E'a\\\\b'");
  CHECK(dialect.quote_literal("\\'; DROP TABLE t; --") == "E'\\\\''; DROP TABLE t; --'");
  CHECK(dialect.quote_literal("日本\n🔑") == "'日本\n🔑'");
}

TEST_CASE("PostgreSQL's types, parameters and limits are those of the engine") {
  const PostgresDialect dialect;
  CHECK(dialect.placeholder(1) == "$1");
  CHECK(dialect.placeholder(12) == "$12");
  CHECK(dialect.default_schema() == "public");
  CHECK(dialect.identifier_length_max() == 63);
  CHECK(dialect.text_type(40) == "varchar(40)");
  CHECK(dialect.bigint_type() == "bigint");
  CHECK(dialect.utc_timestamp_type() == "timestamp(6)");
  CHECK(dialect.utc_now() == "(clock_timestamp() AT TIME ZONE 'UTC')");
  CHECK(dialect.utc_text("started") == "to_char(started, 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')");
}

TEST_CASE("PostgreSQL's schemas are created and chosen by quoted name, and public stays reachable") {
  const PostgresDialect dialect;
  CHECK(dialect.create_schema_if_missing("o\"k") == "CREATE SCHEMA IF NOT EXISTS \"o\"\"k\"");
  CHECK(dialect.use_schema("public") == "SET search_path TO public");
  CHECK(dialect.use_schema("app") == "SET search_path TO \"app\", public");
  CHECK(dialect.use_schema("a, b") == "SET search_path TO \"a, b\", public");
}

TEST_CASE("PostgreSQL's question whether a table exists takes schema and table") {
  const std::string query = PostgresDialect().table_exists_query();
  CHECK(query.find("nspname = $1") != std::string::npos);
  CHECK(query.find("relname = $2") != std::string::npos);
}
