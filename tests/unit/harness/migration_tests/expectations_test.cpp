#include <doctest/doctest.h>

#include <filesystem>

#include "harness/migration_tests/expectation_files.h"
#include "harness/migration_tests/ladder.h"
#include "tests/unit/harness/migration_tests/ladder_project.h"

using namespace paripassu;
using namespace paripassu::migration_tests;
using namespace paripassu::test;

namespace {

RowColumn column(const std::string& name, catalog::TypeFamily family) {
  RowColumn result;
  result.name = name;
  result.type.family = family;
  if (family == catalog::TypeFamily::integer) result.type.bits = 32;
  return result;
}

/// id, name; the key is id.
RowSet people(std::vector<std::vector<Cell>> rows) {
  RowSet set;
  set.name = "public.people";
  set.columns = {column("id", catalog::TypeFamily::integer), column("name", catalog::TypeFamily::text)};
  set.rows = std::move(rows);
  set.key = {0};
  return set;
}

std::vector<std::string> diff_lines(const std::string& before, const std::string& after) {
  return diff_tables(read_csv(before, "a.csv", "a"), read_csv(after, "a.csv", "a"), {"ID"}, NameMatching::fold).lines;
}

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("every table has a file for its expectation, and no file lies elsewhere") {
  const auto stem = [](const std::string& schema, const std::string& table) {
    return expectation_stem(schema, table, "public", registry());
  };
  CHECK(stem("public", "orders") == "orders");
  CHECK(stem("sales", "orders") == "sales.orders");
  CHECK(stem("public", "Order Items") == "Order Items");
  CHECK(stem("public", "a.b") == "a%2Eb");
  CHECK(stem("public", "../../etc/passwd") == "%2E%2E%2F%2E%2E%2Fetc%2Fpasswd");
  CHECK(stem("public", ".hidden") == "%2Ehidden");
  CHECK(stem("public", "100%") == "100%25");
  CHECK(stem("public", "readme") == "%72eadme");
  // Else "sales.postgres.csv" would be the file of "sales" for one engine.
  CHECK(stem("sales", "postgres") == "%73ales.%70ostgres");
  CHECK(stem("public", "postgres") == "postgres");
  CHECK(stem("public", std::string("a\nb")) == "a%0Ab");
}

TEST_CASE("the file of a table with a strange name is found again") {
  catalog::Catalog catalog;
  catalog.default_schema = "public";
  catalog.schemas.resize(1);
  catalog.schemas[0].name = "public";
  for (const std::string name : {"a", "a.b", "../x", "100%", "readme"}) {
    catalog.schemas[0].tables.emplace_back();
    catalog.schemas[0].tables.back().name = name;
  }
  for (const catalog::Table& table : catalog.schemas[0].tables) {
    const std::string stem = expectation_stem("public", table.name, "public", registry());
    CHECK(find_expected_table(catalog, stem, NameMatching::exact, {}).table == &table);
  }
}

TEST_CASE("accepted rows are sorted by their key as numbers, not as texts, with NULL first") {
  const DataTable table = data_table(people({{"10", "b"}, {"9", "a"}, {"-1", std::nullopt}, {"-20", ""}}), "people",
                                     {0, 1}, {"id", "name"}, false);
  CHECK(write_csv(table) == "id,name\n-20,\"\"\n-1,\n9,a\n10,b\n");
  RowSet keyless = people({{"1", "b"}, {"1", std::nullopt}, {"1", ""}, {"1", "a"}});
  keyless.key.clear();
  CHECK(write_csv(data_table(keyless, "people", {1}, {"name"}, false)) == "name\n\n\"\"\na\nb\n");
  CHECK(write_csv(data_table(keyless, "people", {1}, {"name"}, true)) == "name\nb\n\n\"\"\na\n");
}

TEST_CASE("numbers of any length are sorted by their value") {
  RowSet set = people({{"99999999999999999999999999", "a"},
                       {"100000000000000000000000000", "b"},
                       {"-0.5", "c"},
                       {"-0.25", "d"},
                       {"0.10", "e"},
                       {"0.1", "f"},
                       {"NaN", "g"}});
  set.columns[0] = column("id", catalog::TypeFamily::text);
  std::string order;
  for (const DataTable::Row& row : data_table(set, "people", {1}, {"name"}, false).rows) order += **row.values[0];
  CHECK(order.substr(0, 2) == "cd");
  CHECK(order.substr(4) == "abg");
}

TEST_CASE("a diff shows rows that are new, gone and changed, by key") {
  CHECK(diff_lines("id,name\n1,a\n2,b\n10,c\n", "id,name\n1,a\n2,B\n3,d\n") ==
        Lines{"- 2,b", "+ 2,B", "+ 3,d", "- 10,c"});
  CHECK(diff_lines("id,name\n1,a\n", "id,name\n1,a\n").empty());
  CHECK(diff_lines("id,name\n1,\n", "id,name\n1,\"\"\n") == Lines{"- 1,", "+ 1,\"\""});
  CHECK(diff_lines("id\n1\n", "id,name\n1,a\n") == Lines{"- id", "+ id,name", "- 1", "+ 1,a"});
  // The same row twice is not the same row once.
  CHECK(diff_lines("id,name\n1,a\n1,a\n", "id,name\n1,a\n") == Lines{"- 1,a"});
  CHECK(diff_lines("id,name\n1,\"a,\"\"b\n\x01\"\n", "id,name\n") == Lines{"- 1,\"a,\"\"b\\n\\x01\""});
}

TEST_CASE("a long diff is cut and says how much is left out") {
  std::string before = "id\n";
  for (int i = 0; i < 100; ++i) before += std::to_string(i) + "\n";
  const TableDiff diff =
      diff_tables(read_csv(before, "a.csv", "a"), read_csv("id\n", "a.csv", "a"), {"id"}, NameMatching::fold);
  CHECK(diff.row_count == 100);
  REQUIRE(diff.lines.size() == 41);
  CHECK(diff.lines.back() == "… and 60 more lines");
}

TEST_CASE("the key of a row does not depend on the type of its column, and two keys never look alike") {
  RowSet decimal = people({{"7.00", "a"}});
  decimal.columns[0] = column("id", catalog::TypeFamily::decimal);
  CHECK(key_text(decimal, 0, {0}, {"id"}) == key_text(people({{"7", "b"}}), 0, {0}, {"id"}));
  const RowSet texts = people({{"1", "a, name=1:b"}});
  CHECK(key_text(texts, 0, {0, 1}, {"id", "name"}) !=
        key_text(people({{"1, name=1", "b"}}), 0, {0, 1}, {"id", "name"}));
}

TEST_CASE("Expectations names the file of what is wrong in the folder") {
  LadderProject project;
  const auto read = [&project] { Expectations::read(project.context(), registry().get("postgres")); };
  SUBCASE("a file of another kind") {
    project.expected("orders.json", "[]");
    CHECK(error_of(ErrorCategory::configuration, read).position().file == project.path("expected/orders.json"));
  }
  SUBCASE("a query of two statements") {
    project.expected("totals.sql", "SELECT 1; SELECT 2;");
    CHECK(error_of(ErrorCategory::configuration, read).message().find("found 2 statements") != std::string::npos);
  }
  SUBCASE("an empty query") {
    project.expected("totals.sql", "-- later\n");
    CHECK(error_of(ErrorCategory::configuration, read).message().find("found 0 statements") != std::string::npos);
  }
  SUBCASE("a bad CSV") {
    project.expected("orders.csv", "id,id\n1,2\n");
    CHECK(error_of(ErrorCategory::configuration, read).position().line == 1);
  }
  SUBCASE("a folder") {
    project.expected("more/orders.csv", "id\n");
    error_of(ErrorCategory::configuration, read);
  }
}

TEST_CASE("Expectations leaves out a query of another engine with a note, and knows when there are none") {
  LadderProject project;
  CHECK(Expectations::read(project.context(), registry().get("postgres")).empty());
  project.expected("totals.sqlserver.sql", "SELECT COUNT(*) AS n FROM orders");
  project.expected("totals.csv", "n\n1\n");
  project.expected("orders.sqlserver.csv", "id\n1\n");
  const Expectations on_postgres = Expectations::read(project.context(), registry().get("postgres"));
  CHECK(on_postgres.empty());
  REQUIRE(on_postgres.notes().size() == 1);
  CHECK(on_postgres.notes().front().find("totals.csv") != std::string::npos);
  const Expectations on_sqlserver = Expectations::read(project.context(), registry().get("sqlserver"));
  CHECK_FALSE(on_sqlserver.empty());
  CHECK(on_sqlserver.notes().empty());
}
