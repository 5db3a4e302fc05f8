#include "tests/unit/harness/migration_tests/ladder_live.h"

using namespace paripassu;
using namespace paripassu::test;

namespace {

/// Three versions: people, their phone, and orders.
void write_migrations(const LiveLadder& project) {
  project.step("0001_people", {"CREATE TABLE people (id int NOT NULL PRIMARY KEY, name varchar(40))"});
  project.step("0002_phone", {"ALTER TABLE people ADD phone varchar(20)"});
  project.step("0003_orders", {"CREATE TABLE orders (id int NOT NULL PRIMARY KEY, person int NOT NULL REFERENCES "
                               "people (id), amount decimal(10,2))"});
}

void write_data(const LiveLadder& project) {
  project.data("0001.people.csv", "id,name\n1,Ada\n2,\n3,\"\"\n");
  project.data("0002_people.sql", "INSERT INTO people (id, name, phone) VALUES (4, 'Bob', '12');\n");
  project.data("0003_orders.toml", "[[orders]]\nid = 1\nperson = 4\namount = 12.5\n");
}

void write_expectations(const LiveLadder& project) {
  project.expected("people.csv", "id,name,phone\n1,Ada,\n2,,\n3,\"\",\n4,Bob,12\n");
  project.expected("orders.csv", "id,person,amount\n1,4,12.5\n");
  project.expected("totals.sql", "SELECT name, amount FROM people JOIN orders ON person = people.id ORDER BY name");
  project.expected("totals.csv", "name,amount\nBob,12.50\n");
}

}  // namespace

ENGINE_CASE("ladder: data of every version is inserted and found as expected at the newest schema") {
  LiveLadder project(target);
  write_migrations(project);
  write_data(project);
  write_expectations(project);
  const ResultSink sink = project.ladder();
  REQUIRE(sink.results.size() == 4);
  for (const char* subject : {"0001_people", "0002_phone", "0003_orders", "newest"})
    CHECK_OUTCOME(sink.of(subject), TestOutcome::passed);
  CHECK(sink.of("0002_phone").migrate_ms >= 0);
  CHECK(project.left_behind() == 0);
}

ONE_ENGINE_CASE(
    "postgres",
    "ladder: without expectations newest is skipped with the remedy, without a ladder there is nothing to test") {
  LiveLadder project(target);
  write_migrations(project);
  CHECK(ladder_tests(project.context(), *target.backend).empty());
  write_data(project);
  const ResultSink sink = project.ladder();
  CHECK_OUTCOME(sink.of("newest"), TestOutcome::skipped);
  CHECK_HOLDS(sink.of("newest"), "--accept");
}

ONE_ENGINE_CASE("postgres", "ladder: a filter runs what is wanted and no more") {
  LiveLadder project(target);
  write_migrations(project);
  write_data(project);
  project.step("0004_broken", {"ALTER TABLE nowhere ADD a int"});
  const ResultSink sink = LiveLadder::run(ladder_tests(project.context(), *target.backend), {"0002_phone"});
  REQUIRE(sink.results.size() == 1);
  CHECK_OUTCOME(sink.of("0002_phone"), TestOutcome::passed);
}

ENGINE_CASE("ladder: data that cannot be inserted fails its version with place and category, the others go on") {
  LiveLadder project(target);
  write_migrations(project);
  write_data(project);
  write_expectations(project);
  SUBCASE("SQL") {
    project.data("0002_people.sql",
                 "INSERT INTO people (id, name) VALUES (4, 'Bob');\nINSERT INTO people (id) VALUES (4);\n");
    if (target.name() == "sqlserver")
      project.data("0002_people.sql", "SELECT 1\nGO\nINSERT INTO people (id) VALUES (1)\nGO\n");
    const ResultSink sink = project.ladder();
    const TestResult& failed = sink.of("0002_phone");
    CHECK_OUTCOME(failed, TestOutcome::failed);
    REQUIRE(failed.problems.size() == 1);
    CHECK(failed.problems[0].code == "error");
    CHECK_HOLDS(failed, "unique-violation");
    CHECK(failed.problems[0].position.file == "tests/ladder/0002_people.sql");
    CHECK(failed.problems[0].position.line == (target.name() == "sqlserver" ? 3 : 2));
    CHECK_OUTCOME(sink.of("0001_people"), TestOutcome::passed);
    CHECK_OUTCOME(sink.of("0003_orders"), TestOutcome::failed);  // its person was never inserted
    CHECK_HOLDS(sink.of("0003_orders"), "foreign-key-violation");
    CHECK_OUTCOME(sink.of("newest"), TestOutcome::incomplete);
    CHECK_HOLDS(sink.of("newest"), "0002_phone, 0003_orders");
  }
  SUBCASE("a column that does not exist") {
    project.data("0001.people.csv", "id,nmae\n1,Ada\n");
    const ResultSink sink = project.ladder();
    CHECK_OUTCOME(sink.of("0001_people"), TestOutcome::failed);
    CHECK_HOLDS(sink.of("0001_people"), "nmae");
    CHECK_HOLDS(sink.of("0001_people"), "name");
    CHECK_HOLDS(sink.of("0001_people"), "tests/ladder/0001.people.csv");
    CHECK_OUTCOME(sink.of("0002_phone"), TestOutcome::passed);
  }
  SUBCASE("a table that does not exist yet") {
    project.data("0001.orders.csv", "id\n1\n");
    const ResultSink sink = project.ladder();
    CHECK_OUTCOME(sink.of("0001_people"), TestOutcome::failed);
    CHECK_HOLDS(sink.of("0001_people"), "tests/ladder/0001.orders.csv");
    CHECK_HOLDS(sink.of("0001_people"), "configuration");
  }
  SUBCASE("a value that does not fit") {
    project.data("0001.people.csv", "id,name\n1,Ada\n99999999999,Bob\n");
    const ResultSink sink = project.ladder();
    CHECK_OUTCOME(sink.of("0001_people"), TestOutcome::failed);
    CHECK_HOLDS(sink.of("0001_people"), "tests/ladder/0001.people.csv:3");
  }
  CHECK(project.left_behind() == 0);
}

ENGINE_CASE("ladder: a data file is one transaction, and one that leaves a transaction open is an error") {
  LiveLadder project(target);
  write_migrations(project);
  SUBCASE("what it inserted before its error is not there") {
    project.data("0001_people.sql", target.script({"INSERT INTO people VALUES (1, 'Ada')",
                                                   "INSERT INTO people VALUES "
                                                   "(1, 'Bob')"}));
    project.data("0002_people.sql", "INSERT INTO people VALUES (1, 'Eve', NULL);\n");
    const ResultSink sink = project.ladder();
    CHECK_OUTCOME(sink.of("0001_people"), TestOutcome::failed);
    CHECK_OUTCOME(sink.of("0002_phone"), TestOutcome::passed);
  }
  SUBCASE("left open") {
    project.data("0001_people.sql", target.script({target.sql.begin, "INSERT INTO people VALUES (1, 'Ada')"}));
    const ResultSink sink = project.ladder();
    CHECK_OUTCOME(sink.of("0001_people"), TestOutcome::failed);
    CHECK_HOLDS(sink.of("0001_people"), "leaves a transaction open");
    CHECK_HOLDS(sink.of("0001_people"), "tests/ladder/0001_people.sql");
  }
  SUBCASE("its own transactions are its business") {
    project.data("0001_people.sql",
                 target.script({target.sql.begin, "INSERT INTO people VALUES (1, 'Ada')", target.sql.commit}));
    project.expected("people.csv", "id,name,phone\n1,Ada,\n");
    const ResultSink sink = project.ladder();
    CHECK_OUTCOME(sink.of("newest"), TestOutcome::passed);
  }
  CHECK(project.left_behind() == 0);
}

ENGINE_CASE("ladder: a migration that the rows break fails newest with its file, and what is behind it is incomplete") {
  LiveLadder project(target);
  write_migrations(project);
  project.data("0001.people.csv", "id,name\n1,Ada\n2,Ada\n");
  project.step("0002_phone", {"CREATE UNIQUE INDEX ux_people_name ON people (name)"});
  project.data("0003_orders.toml", "[[orders]]\nid = 1\nperson = 1\n");
  const ResultSink sink = project.ladder();
  CHECK_OUTCOME(sink.of("0001_people"), TestOutcome::passed);
  CHECK_OUTCOME(sink.of("0003_orders"), TestOutcome::incomplete);
  const TestResult& newest = sink.of("newest");
  CHECK_OUTCOME(newest, TestOutcome::failed);
  REQUIRE(newest.problems.size() == 1);
  CHECK(newest.problems[0].position.file == "migrations/0002_phone.up.sql");
  CHECK_HOLDS(newest, "0002_phone cannot be applied to the rows of the ladder");
  CHECK_HOLDS(newest, "unique-violation");
  CHECK(project.left_behind() == 0);
}

ONE_ENGINE_CASE("postgres", "ladder: settings of a data file do not reach what comes after it") {
  LiveLadder project(target);
  write_migrations(project);
  project.data(
      "0001_dump.sql",
      "SELECT pg_catalog.set_config('search_path', '', false);\nINSERT INTO public.people VALUES (1, 'Ada');\n");
  project.data("0002_people.sql", "INSERT INTO people VALUES (2, 'Bob', NULL);\n");
  const ResultSink sink = project.ladder();
  CHECK_OUTCOME(sink.of("0001_people"), TestOutcome::passed);
  CHECK_OUTCOME(sink.of("0002_phone"), TestOutcome::passed);
}

ONE_ENGINE_CASE("postgres", "ladder: a data file that kills its connection fails its version, the others go on") {
  LiveLadder project(target);
  write_migrations(project);
  project.data("0001_people.sql", "SELECT pg_terminate_backend(pg_backend_pid());\n");
  project.data("0002_people.sql", "INSERT INTO people VALUES (2, 'Bob', NULL);\n");
  const ResultSink sink = project.ladder();
  CHECK_OUTCOME(sink.of("0001_people"), TestOutcome::failed);
  CHECK_HOLDS(sink.of("0001_people"), "tests/ladder/0001_people.sql");
  CHECK_OUTCOME(sink.of("0002_phone"), TestOutcome::passed);
  CHECK(project.left_behind() == 0);
}

ONE_ENGINE_CASE("postgres", "ladder: a data file that hangs is stopped by the timeout") {
  LiveLadder project(target);
  project.configuration.tests.statement_timeout_ms = 300;
  write_migrations(project);
  project.data("0001_people.sql", "SELECT pg_sleep(30);\n");
  const ResultSink sink = project.ladder();
  CHECK_OUTCOME(sink.of("0001_people"), TestOutcome::failed);
  CHECK_HOLDS(sink.of("0001_people"), "statement-timeout");
}
