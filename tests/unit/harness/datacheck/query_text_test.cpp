#include <doctest/doctest.h>

#include "harness/datacheck/query_suite.h"
#include "tests/support/live_server.h"
#include "tests/unit/harness/datacheck/check_engines.h"

namespace paripassu {

namespace {

const BackendRegistry& engines() {
  return test::both_engines();
}

std::string printed(const std::string& sql, const std::string& engine,
                    const std::map<std::string, std::string>& given = {}) {
  QueryDirectives directives;
  const QueryText text = read_query_text(sql, "q.sql", directives);
  return query_statement(text, given, engines().get(engine));
}

using test::error_of;

}  // namespace

TEST_CASE("query parameters become literals of their type on either engine") {
  const std::string sql = "-- param since date = 2026-01-01\n-- param name text = O'Brien\nSELECT :since, :name";
  CHECK(printed(sql, "postgres").ends_with("SELECT CAST('2026-01-01' AS date), 'O''Brien'"));
  CHECK(printed(sql, "sqlserver").ends_with("SELECT CAST('2026-01-01' AS date), N'O''Brien'"));
}

TEST_CASE("query parameters are left alone in quotes, brackets, comments, dollar quotes and behind a second colon") {
  const std::string head = "-- param a integer = 7\n";
  const auto tail = [&](const std::string& sql) {
    const std::string text = printed(head + sql, "postgres");
    return text.substr(head.size());
  };
  CHECK(tail("SELECT ':a', \":a\", [:a] -- :a\n/* :a /* :a */ :a */ , :a") ==
        "SELECT ':a', \":a\", [:a] -- :a\n/* :a /* :a */ :a */ , 7");
  CHECK(tail("SELECT x::a, x ::a, '1'::int + :a") == "SELECT x::a, x ::a, '1'::int + 7");
  CHECK(tail("SELECT $$:a$$, $t$ :a $$ $t$, :a") == "SELECT $$:a$$, $t$ :a $$ $t$, 7");
  CHECK(tail("SELECT E'\\':a', 'it''s :a', :a") == "SELECT E'\\':a', 'it''s :a', 7");
  CHECK(tail("SELECT [it]]s :a], :a") == "SELECT [it]]s :a], 7");
  CHECK(tail("SELECT ':a") == "SELECT ':a");
  CHECK(tail("SELECT 12:30, a:=1, : a, :a") == "SELECT 12:30, a:=1, : a, 7");
}

TEST_CASE("query parameters that are unknown or misspelt are named with their place") {
  const std::string sql = "-- param since date = 2026-01-01\nSELECT 1\nWHERE x > :sinse";
  CHECK(error_of([&] { printed(sql, "postgres"); }) ==
        "q.sql:3:11 there is no parameter 'sinse'; did you mean 'since'?");
  QueryDirectives directives;
  CHECK(error_of([&] { read_query_text("-- param x dat = 1", "q.sql", directives); }) ==
        "q.sql:1 'dat' is no type of a parameter; did you mean 'date'?");
  CHECK(error_of([&] { read_query_text("-- param x = 1", "q.sql", directives); }) ==
        "q.sql:1 'x = 1' declares no parameter");
  CHECK(error_of([&] { read_query_text("-- param x date =", "q.sql", directives); }) ==
        "q.sql:1 the parameter x has no value");
  CHECK(error_of([&] { read_query_text("-- param x date = 2026-01-01\n-- param x text = a", "q.sql", directives); }) ==
        "q.sql:2 the parameter x is declared twice");
}

TEST_CASE("query parameters take NULL, quoted texts and values given on the command line") {
  CHECK(printed("-- param x text = 'null'\nSELECT :x", "postgres").ends_with("SELECT 'null'"));
  CHECK(printed("-- param x text = ' it''s '\nSELECT :x", "postgres").ends_with("SELECT ' it''s '"));
  CHECK(printed("-- param x text = NULL\nSELECT :x", "postgres").ends_with("SELECT CAST(NULL AS text)"));
  CHECK(printed("-- param x integer = 1\nSELECT :x", "sqlserver", {{"x", "-9"}}).ends_with("SELECT -9"));
  CHECK(error_of([] {
          printed("-- param x integer = 1\nSELECT :x", "sqlserver", {{"x", "1; DROP TABLE t"}});
        }) == "q.sql:1 the parameter x: '1; DROP TABLE t' is not an integer");
  CHECK(error_of([] { printed("-- param x text = 'a' b\nSELECT :x", "postgres"); }) ==
        "q.sql:1 'a' b is no quoted value");
}

TEST_CASE("query directives are read from the head alone and misspelt ones are refused") {
  QueryDirectives directives;
  read_query_text(
      "-- Late orders: which ones\n\n-- ORDER: rows\n-- key: id, line no\n-- ignore: a\n-- ignore: b\n"
      "-- class: time-zone = accepted\n-- tolerance: 1e-9\nSELECT 1\n-- key: other\n",
      "q.sql", directives);
  CHECK(directives.ordered);
  CHECK(directives.key == std::vector<std::string>{"id", "line no"});
  CHECK(directives.ignored == std::vector<std::string>{"a", "b"});
  CHECK(directives.verdicts[static_cast<std::size_t>(ValueClass::time_zone)] == ClassVerdict::accepted);
  CHECK(directives.tolerance.amount == doctest::Approx(1e-9));
  const auto refused = [](const std::string& text) {
    QueryDirectives ignored;
    return error_of([&] { read_query_text(text, "q.sql", ignored); });
  };
  CHECK(refused("-- ordr: rows") == "q.sql:1 -- ordr: is no directive; did you mean 'order'?");
  CHECK(refused("\n-- order: column") == "q.sql:2 -- order: column is not known");
  CHECK(refused("-- class: timezone = accepted") ==
        "q.sql:1 'timezone' is no class of differences; did you mean 'time-zone'?");
  CHECK(refused("-- class: case = ok") == "q.sql:1 'ok' is not error, warning or accepted");
  CHECK(refused("-- key: ,") == "q.sql:1 -- key: names no column");
  CHECK(refused("-- tolerance: much").starts_with("q.sql:1 "));
}

TEST_CASE("query files of a folder pair by their stem, and a file brings its siblings") {
  const test::TemporaryFolder folder;
  folder.write("late.postgres.sql", "SELECT 1 LIMIT 1");
  folder.write("late.sqlserver.sql", "SELECT TOP 1 1");
  folder.write("sales/sum.sql", "WITH a AS (SELECT 1 AS x) SELECT x FROM a");
  folder.write(".hidden.sql", "DROP TABLE t");
  folder.write("readme.md", "no query");
  const std::vector<QueryTest> all = read_queries({folder.path()}, engines());
  REQUIRE(all.size() == 2);
  CHECK(all[0].name == "late");
  CHECK(all[0].find("postgres")->sql == "SELECT 1 LIMIT 1");
  CHECK(all[0].find("sqlserver")->sql == "SELECT TOP 1 1");
  CHECK(all[1].name == "sales/sum");
  CHECK(all[1].find("postgres") == all[1].find("sqlserver"));
  const std::vector<QueryTest> one = read_queries({folder.path() + "/late.sqlserver.sql"}, engines());
  REQUIRE(one.size() == 1);
  CHECK(one[0].texts.size() == 2);
  // Named twice, it is one query.
  CHECK(read_queries({folder.path(), folder.path() + "/late.postgres.sql"}, engines()).size() == 2);
}

TEST_CASE("query files that hold no single query that reads are refused with their place") {
  const test::TemporaryFolder folder;
  const auto refused = [&folder](const std::string& name, const std::string& sql) {
    const std::string path = folder.write(name, sql);
    return error_of([&] { read_queries({path}, engines()); });
  };
  CHECK(refused("a.postgres.sql", "DELETE FROM t").find("found 'delete'") != std::string::npos);
  CHECK(refused("b.sqlserver.sql", "SELECT 1\nDELETE FROM t").find(":2:1 ") != std::string::npos);
  CHECK(refused("c.sqlserver.sql", "EXEC p").find("found 'EXEC'") != std::string::npos);
  CHECK(refused("d.postgres.sql", "SELECT 1; SELECT 2").find("found 2 statements") != std::string::npos);
  CHECK(refused("e.sql", "-- nothing\n").find("found 0 statements") != std::string::npos);
  CHECK(refused("f.sql", "COMMIT").find("expected a query that only reads") != std::string::npos);
  CHECK(error_of([&] { read_queries({folder.path() + "/none"}, engines()); }).find("there is no query file") !=
        std::string::npos);
  const test::TemporaryFolder empty;
  CHECK(error_of([&] { read_queries({empty.path()}, engines()); }).find("there is no query in") != std::string::npos);
}

}  // namespace paripassu
