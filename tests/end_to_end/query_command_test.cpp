// `paripassu query`: the same query on live servers of both engines; what differs, what an engine refuses, exit codes.
#include <doctest/doctest.h>

#include "tests/end_to_end/engine_pair.h"

namespace paripassu::test {

namespace {

/// One table on both engines, whose rows differ in one value.
void write_project(const EnginePair& pair, const std::string& sqlserver_state) {
  pair.configure("[project]\nname = \"asked\"\n");
  const char* create =
      "CREATE TABLE orders (id int NOT NULL PRIMARY KEY, state varchar(10), total decimal(10, 2), weight float);\n";
  pair.migrations(create, create);
  pair.write("tests/ladder/0001.orders.postgres.csv", "id,state,total,weight\n1,new,10.50,0.1\n2,paid,20,0.2\n");
  pair.write("tests/ladder/0001.orders.sqlserver.csv",
             "id,state,total,weight\n1,new,10.50,0.1\n2," + sqlserver_state + ",20,0.2\n");
}

}  // namespace

TEST_CASE("query compares one file for both engines, with parameters, and a file per engine") {
  REQUIRE_ENGINE_PAIR(pair);
  write_project(pair, "paid");
  pair.write("tests/queries/orders.sql",
             "-- param low decimal = 5\n-- key: id\nSELECT id, state, total, weight FROM orders WHERE total > :low\n");
  pair.write("tests/queries/first.postgres.sql", "-- order: rows\nSELECT id FROM orders ORDER BY id LIMIT 1\n");
  pair.write("tests/queries/first.sqlserver.sql", "SELECT TOP 1 id FROM orders ORDER BY id\n");
  const ProgramResult result = pair.run({"query", "--migrations", "-v"});
  CHECK_EXIT(result, 0);
  CHECK_SAYS(result.output, "All 2 queries passed");
  CHECK_SAYS(result.output, "2 on the left, 2 on the right, 2 equal");
  const ProgramResult none =
      pair.run({"query", "--migrations", "-v", "--param", "low=1000", "tests/queries/orders.sql"});
  CHECK_EXIT(none, 0);
  CHECK_SAYS(none.output, "0 on the left");
}

TEST_CASE("query tells the values that differ, and goes on after a query that an engine refuses") {
  REQUIRE_ENGINE_PAIR(pair);
  write_project(pair, "gone");
  pair.write("q/a_refused.sql", "SELECT id\nFROM orders WHERE nowhere = 1\n");
  pair.write("q/b_states.sql", "-- key: id\nSELECT id, state FROM orders\n");
  pair.write("q/c_alone.postgres.sql", "SELECT 1 AS one\n");
  const ProgramResult result = pair.run({"query", "--migrations", "--format", "json", "q"});
  CHECK_EXIT(result, 1);
  const nlohmann::json document = parse_json(result);
  REQUIRE(document["queries"].size() == 3);
  CHECK(document["queries"][0]["outcome"] == "failed");
  CHECK_SAYS(document["queries"][0]["message"].get<std::string>(), "nowhere");
  CHECK(document["queries"][1]["rows"]["changed"] == 1);
  CHECK(document["queries"][1]["differences"][0]["values"][0]["right"] == "gone");
  CHECK(document["queries"][2]["outcome"] == "incomplete");
  CHECK_EXIT(pair.run({"query", "--migrations", "q/c_alone.postgres.sql"}), 5);
}

TEST_CASE("query refuses what it cannot understand before a server is asked") {
  const TemporaryFolder folder;
  folder.write("paripassu.toml", "[project]\nname = \"asked\"\n");
  const auto refused = [&folder](const std::vector<std::string>& arguments, const std::string& why) {
    const ProgramResult result = run_checked(arguments, folder.path());
    CHECK_EXIT(result, 2);
    CHECK_SAYS(result.errors, why);
  };
  refused({"query"}, "needs a file or folder of queries");
  refused({"query", "nothing.sql"}, "there is no query file or folder");
  folder.write("a.sql", "-- kee: id\nSELECT 1 AS x\n");
  refused({"query", "a.sql"}, "did you mean 'key'?");
  folder.write("b.sql", "DELETE FROM orders\n");
  refused({"query", "b.sql"}, "expected a query that only reads");
  folder.write("c.sql", "SELECT 1 AS x\n");
  refused({"query", "--param", "x", "c.sql"}, "expected NAME=VALUE");
  refused({"query", "--engine", "postgres", "c.sql"}, "compares two engines");
  refused({"query", "--format", "sarif", "c.sql"}, "--format sarif is not known here");
  refused({"query", "c.sql"}, "--migrations");
}

}  // namespace paripassu::test
