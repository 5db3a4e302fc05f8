#include "backends/sqlserver/dialect.h"

#include <doctest/doctest.h>

#include <optional>
#include <string>

using paripassu::sqlserver::SqlServerDialect;

namespace {

/// The name that SQL Server reads from `[a]]b]` or `"a""b"` (QUOTED_IDENTIFIER ON); nothing where it would read
/// anything else.
std::optional<std::string> as_server_reads(const std::string& quoted) {
  if (quoted.size() < 2 || (quoted.front() != '[' && quoted.front() != '"')) return std::nullopt;
  const char close = quoted.front() == '[' ? ']' : '"';
  if (quoted.back() != close) return std::nullopt;
  std::string name;
  for (std::size_t i = 1; i + 1 < quoted.size(); ++i) {
    name += quoted[i];
    if (quoted[i] != close) continue;
    if (i + 2 >= quoted.size() || quoted[i + 1] != close) return std::nullopt;
    ++i;
  }
  return name;
}

}  // namespace

TEST_CASE("SQL Server's identifiers are quoted so that any name is read back") {
  const SqlServerDialect dialect;
  CHECK(dialect.quote_identifier("orders") == "[orders]");
  CHECK(dialect.quote_identifier("a\"b'c") == "[a\"b'c]");
  CHECK(dialect.qualified("dbo", "or.ders") == "[dbo].[or.ders]");
  for (const std::string name :
       {"orders", "a]b", "]", "]]", "[x]", "[", "a\"b", "\"", "\"]\"", "a\"\"]]b", "größe 🔑", " ", "it's",
        "x]; DROP TABLE t; --", "x\"; DROP TABLE t; --", "x]\"; DROP TABLE t; --"}) {
    CAPTURE(name);
    CHECK(as_server_reads(dialect.quote_identifier(name)) == name);
  }
}

TEST_CASE("SQL Server's literals are Unicode ones, and only apostrophes are doubled") {
  const SqlServerDialect dialect;
  CHECK(dialect.quote_literal("") == "N''");
  CHECK(dialect.quote_literal("it's") == "N'it''s'");
  CHECK(dialect.quote_literal("''") == "N''''''");
  CHECK(dialect.quote_literal("a\\b") == "N'a\\b'");  // a backslash means nothing, except before a line break
  CHECK(dialect.quote_literal("日本 🔑") == "N'日本 🔑'");
  CHECK(dialect.quote_literal("x'; DROP TABLE t; --") == "N'x''; DROP TABLE t; --'");
}

// Documentation of "\\ (Line Continuation)": within a literal, a backslash and the line break after it are both
// dropped.
TEST_CASE("SQL Server's literals keep a backslash at the end of a line") {
  const auto read_back = [](const std::string& literal) {
    std::string text = literal.substr(2, literal.size() - 3);
    for (const std::string dropped : {"\\\r\n", "\\\n"})
      for (std::size_t at = 0; (at = text.find(dropped, at)) != std::string::npos;) {
        // Of several backslashes only the last one joins the lines.
        text.erase(at, dropped.size());
        if (at < text.size() && (text[at] == '\n' || text[at] == '\r')) ++at;
      }
    return text;
  };
  const SqlServerDialect dialect;
  for (const std::string text : {"a\\\nb", "a\\\r\nb", "\\\n", "C:\\data\\\nnext", "plain\ntext"}) {
    CAPTURE(text);
    CHECK(read_back(dialect.quote_literal(text)) == text);
  }
}

TEST_CASE("SQL Server's types, parameters and limits are those of the engine") {
  const SqlServerDialect dialect;
  CHECK(dialect.placeholder(1) == "?");
  CHECK(dialect.placeholder(12) == "?");
  CHECK(dialect.default_schema() == "dbo");
  CHECK(dialect.identifier_length_max() == 128);
  CHECK(dialect.text_type(40) == "nvarchar(40)");
  CHECK(dialect.bigint_type() == "bigint");
  CHECK(dialect.utc_timestamp_type() == "datetime2(6)");
  CHECK(dialect.utc_now() == "SYSUTCDATETIME()");
  const std::string text = dialect.utc_text("[started]");
  CHECK(text.find("CONVERT(varchar(33), [started], 126)") != std::string::npos);  // style 126: ISO 8601
  CHECK(text.substr(text.size() - 6) == " + 'Z'");
  CHECK(dialect.use_schema("sales").empty());
}

TEST_CASE("SQL Server's schema is created in a batch of its own, whatever its name is") {
  const SqlServerDialect dialect;
  CHECK(dialect.create_schema_if_missing("sales") == "IF SCHEMA_ID(N'sales') IS NULL EXEC(N'CREATE SCHEMA [sales]')");
  CHECK(dialect.create_schema_if_missing("it's") == "IF SCHEMA_ID(N'it''s') IS NULL EXEC(N'CREATE SCHEMA [it''s]')");
  const std::string awkward = dialect.create_schema_if_missing("a]'b");
  CHECK(awkward.rfind("IF SCHEMA_ID(N'a]''b') IS NULL EXEC(", 0) == 0);
  CHECK(awkward.find(dialect.quote_literal("CREATE SCHEMA " + dialect.quote_identifier("a]'b"))) != std::string::npos);
}

TEST_CASE("SQL Server's question whether a table exists takes schema and table") {
  const std::string query = SqlServerDialect().table_exists_query();
  const std::size_t first = query.find('?');
  REQUIRE(first != std::string::npos);
  CHECK(query.find('?', first + 1) != std::string::npos);
  CHECK(query.find("s.name = ?") < query.find("t.name = ?"));
}
