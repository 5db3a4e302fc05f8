// `paripassu check`: declared checks on every engine, what one engine's constraints imply for the other's data.
#include <doctest/doctest.h>

#include "tests/end_to_end/engine_pair.h"

namespace paripassu::test {

namespace {

nlohmann::json check_of(const nlohmann::json& document, const std::string& name, const std::string& engine) {
  for (const nlohmann::json& check : document["checks"])
    if (check["check"] == name && check["engine"] == engine) return check;
  FAIL("there is no check ", name, " on ", engine, " in ", document.dump(2));
  return {};
}

constexpr const char* kChecks = R"(
[[check]]
table = "orders"
column = "state"
not_null = true
accepted = ["new", "paid"]
pattern = "%[x]%"
[[check]]
table = "orders"
column = "id"
range = { min = 1, below = 3 }
[[check]]
table = "orders"
rows = { min = 3, max = 3 }
[[check]]
name = "refused"
table = "orders"
column = "id"
unique = true
where = "nowhere = 1"
)";

}  // namespace

ENGINE_CASE("check runs what is declared, with the offending keys") {
  Project project(target);
  Session& session = project.database().session();
  session.execute("CREATE TABLE orders (id int NOT NULL PRIMARY KEY, state varchar(10))");
  session.execute("INSERT INTO orders VALUES (1, 'new'), (2, 'a[x]b'), (3, NULL)");
  project.write("checks/a.toml", kChecks);
  const std::string url = url_with_password(project.database().url());
  const ProgramResult result = project.run({"check", url, "--format", "json"});
  CHECK_EXIT(result, 1);
  const nlohmann::json document = parse_json(result);
  CHECK(check_of(document, "orders.state: not-null", target.name())["rows"][0][0] == "3");
  CHECK(check_of(document, "orders.state: accepted", target.name())["offenders"] == 1);
  CHECK(check_of(document, "orders.state: pattern", target.name())["rows"][0][0] == "1");
  CHECK(check_of(document, "orders.id: range", target.name())["rows"][0][0] == "3");
  CHECK(check_of(document, "orders: rows", target.name())["outcome"] == "passed");
  const nlohmann::json refused = check_of(document, "refused", target.name());
  CHECK(refused["outcome"] == "incomplete");
  CHECK_SAYS(refused["message"].get<std::string>(), "nowhere");
  // It only reads.
  CHECK(project.database().value("SELECT COUNT(*) FROM orders") == "3");
}

ENGINE_CASE("check refuses names that are not there, with file, line and the nearest name") {
  Project project(target);
  project.database().session().execute("CREATE TABLE orders (id int NOT NULL PRIMARY KEY)");
  project.write("checks/a.toml", "\n[[check]]\ntable = \"ordres\"\ncolumn = \"id\"\nunique = true\n");
  const std::string url = url_with_password(project.database().url());
  const ProgramResult result = project.run({"check", url});
  CHECK_EXIT(result, 2);
  CHECK_SAYS(result.errors, "checks/a.toml:2");
  CHECK_SAYS(result.errors, "did you mean 'orders'?");
  project.remove("checks/a.toml");
  const ProgramResult nothing = project.run({"check", url});
  CHECK_EXIT(nothing, 2);
  CHECK_SAYS(nothing.errors, "there is nothing to check");
}

TEST_CASE("check tries the constraints that one engine has and the other lacks on the other's data") {
  REQUIRE_ENGINE_PAIR(pair);
  pair.configure("[project]\nname = \"implied\"\n");
  pair.migrations(
      "CREATE TABLE a (id int NOT NULL PRIMARY KEY, n int, total int, CONSTRAINT uq_a_n UNIQUE (n));\n",
      "CREATE TABLE a (id int NOT NULL PRIMARY KEY, n int, total int, CONSTRAINT ck_a_total CHECK (total > 0));\n");
  pair.write("tests/ladder/0001.a.postgres.csv", "id,n,total\n1,1,5\n2,2,-5\n");
  pair.write("tests/ladder/0001.a.sqlserver.csv", "id,n,total\n1,7,5\n2,7,5\n");
  const ProgramResult result = pair.run({"check", "--migrations", "--format", "json"});
  CHECK_EXIT(result, 1);
  const nlohmann::json document = parse_json(result);
  const nlohmann::json check = check_of(document, "a: check ck_a_total", "postgres");
  CHECK(check["implied_by"] == "check-extra");
  CHECK(check["rows"][0][0] == "2");
  const nlohmann::json unique = check_of(document, "a: unique uq_a_n", "sqlserver");
  CHECK(unique["offenders"] == 2);
  CHECK_EXIT(pair.run({"check", "--migrations", "--no-implied"}), 2);
}

}  // namespace paripassu::test
