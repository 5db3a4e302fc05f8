#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/unit/harness/migration_tests/ladder_live.h"

using namespace paripassu;
using namespace paripassu::test;

namespace {

void write_people(const LiveLadder& project) {
  project.step("0001_people", {"CREATE TABLE people (id int NOT NULL PRIMARY KEY, name varchar(40))"});
  project.data("0001.people.csv", "id,name\n1,Ada\n2,\n3,\"\"\n");
}

std::string text_in(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

/// The expectation's result, which failed with one problem.
TestProblem the_problem(const ResultSink& sink) {
  const TestResult& newest = sink.of("newest");
  CHECK_OUTCOME(newest, TestOutcome::failed);
  REQUIRE_MESSAGE(newest.problems.size() == 1, text_of(newest));
  return newest.problems.front();
}

}  // namespace

ENGINE_CASE("expectations: one wrong value is found, with row, column and both values") {
  LiveLadder project(target);
  write_people(project);
  project.expected("people.csv", "id,name\n1,Eva\n2,\n3,\"\"\n");
  const ResultSink sink = project.ladder();
  const TestProblem problem = the_problem(sink);
  CHECK(problem.code == "expectation");
  CHECK(problem.position.file == "tests/ladder/expected/people.csv");
  REQUIRE(problem.details.size() == 1);
  CHECK_HOLDS(sink.of("newest"), "id = 1");
  CHECK_HOLDS(sink.of("newest"), "Ada");
  CHECK_HOLDS(sink.of("newest"), "Eva");
}

ENGINE_CASE("expectations: NULL and the empty text are two values") {
  LiveLadder project(target);
  write_people(project);
  project.expected("people.csv", "id,name\n1,Ada\n2,\"\"\n3,\n");
  const ResultSink sink = project.ladder();
  const TestProblem problem = the_problem(sink);
  CHECK(problem.details.size() == 2);
  CHECK_HOLDS(sink.of("newest"), "id = 2: name is NULL");
}

ENGINE_CASE("expectations: a row that a migration deletes is missed, one that it makes up is not expected") {
  LiveLadder project(target);
  write_people(project);
  project.step("0002_clean", {"DELETE FROM people WHERE name IS NULL", "INSERT INTO people VALUES (9, 'x')"});
  project.expected("people.csv", "id,name\n1,Ada\n2,\n3,\"\"\n");
  const ResultSink sink = project.ladder();
  CHECK(the_problem(sink).details.size() == 2);
  CHECK_HOLDS(sink.of("newest"), "id = 2");
  CHECK_HOLDS(sink.of("newest"), "missing");
  CHECK_HOLDS(sink.of("newest"), "id = 9");
}

ONE_ENGINE_CASE("postgres", "expectations: a table, column or file that does not fit is told with its place") {
  LiveLadder project(target);
  write_people(project);
  SUBCASE("no such table") {
    project.expected("people.csv", "id,name\n1,Ada\n2,\n3,\"\"\n");
    project.expected("poeple.csv", "id\n");
    const ResultSink sink = project.ladder();
    const TestProblem problem = the_problem(sink);
    CHECK(problem.code == "expectation");
    CHECK(problem.position.file == "tests/ladder/expected/poeple.csv");
    CHECK_HOLDS(sink.of("newest"), "people");
  }
  SUBCASE("no such column") {
    project.expected("people.csv", "id,nme\n1,Ada\n2,\n3,\"\"\n");
    const ResultSink sink = project.ladder();
    CHECK(the_problem(sink).position.file == "tests/ladder/expected/people.csv");
    CHECK_HOLDS(sink.of("newest"), "nme");
  }
  SUBCASE("a column that the file does not have") {
    project.expected("people.csv", "id\n1\n2\n3\n");
    const ResultSink sink = project.ladder();
    CHECK_HOLDS(sink.of("newest"), "the column name is not in the file");
    project.configuration.tests.unstable = {"people.name"};
    CHECK_OUTCOME(project.ladder().of("newest"), TestOutcome::passed);
  }
  SUBCASE("a table with rows and no file") {
    project.expected("totals.sql", "SELECT COUNT(*) AS n FROM people");
    project.expected("totals.csv", "n\n3\n");
    const ResultSink sink = project.ladder();
    CHECK(the_problem(sink).code == "not-expected");
    CHECK_HOLDS(sink.of("newest"), "people holds rows");
  }
  SUBCASE("a query that the server refuses") {
    project.expected("people.csv", "id,name\n1,Ada\n2,\n3,\"\"\n");
    project.expected("totals.sql", "SELECT nothing FROM people");
    project.expected("totals.csv", "n\n3\n");
    const ResultSink sink = project.ladder();
    CHECK(the_problem(sink).code == "error");
    CHECK(the_problem(sink).position.file == "tests/ladder/expected/totals.sql");
  }
  SUBCASE("a query without rows to expect") {
    project.expected("people.csv", "id,name\n1,Ada\n2,\n3,\"\"\n");
    project.expected("totals.sql", "SELECT COUNT(*) AS n FROM people");
    CHECK_HOLDS(project.ladder().of("newest"), "--accept");
  }
  CHECK(project.left_behind() == 0);
}

ONE_ENGINE_CASE("postgres", "expectations: the order of a query's rows counts if it says ORDER BY") {
  LiveLadder project(target);
  write_people(project);
  project.expected("people.csv", "id,name\n1,Ada\n2,\n3,\"\"\n");
  project.expected("ids.csv", "id\n1\n2\n3\n");
  project.expected("ids.sql", "SELECT id FROM people ORDER BY id DESC");
  CHECK_OUTCOME(project.ladder().of("newest"), TestOutcome::failed);
  project.expected("ids.sql", "SELECT id FROM people WHERE id IN (SELECT MAX(id) FROM people GROUP BY id)");
  CHECK_OUTCOME(project.ladder().of("newest"), TestOutcome::passed);
}

ENGINE_CASE("accept writes what is there, leaves unchanged files alone, and shows what has changed") {
  LiveLadder project(target);
  write_people(project);
  project.step("0002_events", {"CREATE TABLE events (id int NOT NULL PRIMARY KEY, seen varchar(40))"});
  project.data("0002.events.csv", "id,seen\n10,x\n9,y\n");
  project.configuration.tests.unstable = {"events.seen"};
  project.expected("totals.sql", "SELECT COUNT(*) AS n FROM people");
  project.expected("gone.csv", "id\n1\n");
  project.options.accept = true;
  const TestResult first = project.ladder().of("newest");
  CHECK_OUTCOME(first, TestOutcome::passed);
  CHECK_HOLDS(first, "tests/ladder/expected/people.csv: written, 3 rows");
  CHECK_HOLDS(first, "tests/ladder/expected/totals.csv: written, 1 row");
  CHECK_HOLDS(first, "tests/ladder/expected/gone.csv: stale");
  CHECK(text_in(project.path("expected/people.csv")) == "id,name\n1,Ada\n2,\n3,\"\"\n");
  CHECK(text_in(project.path("expected/events.csv")) == "id\n9\n10\n");
  CHECK(text_in(project.path("expected/totals.csv")) == "n\n3\n");
  CHECK(std::filesystem::exists(project.path("expected/gone.csv")));
  std::filesystem::remove(project.path("expected/gone.csv"));

  // What was accepted is what a run expects, without the column that nobody can know.
  project.options.accept = false;
  CHECK_OUTCOME(project.ladder().of("newest"), TestOutcome::passed);

  // The same rows in a hand's own order stay as they are.
  const std::string own = "NAME,id\r\nAda,1\r\n\"\",3\r\n,2\r\n";
  project.expected("people.csv", own);
  project.options.accept = true;
  const TestResult second = project.ladder().of("newest");
  CHECK_HOLDS(second, "people.csv: unchanged");
  CHECK_HOLDS(second, "events.csv: unchanged");
  CHECK(text_in(project.path("expected/people.csv")) == own);

  project.data("0001.people.csv", "id,name\n1,Eva\n3,\"\"\n4,Bob\n");
  const TestResult third = project.ladder().of("newest");
  CHECK_OUTCOME(third, TestOutcome::passed);
  CHECK_HOLDS(third, "people.csv: 3 rows changed");
  CHECK_HOLDS(third, "  - Ada,1\n");
  CHECK_HOLDS(third, "  + Eva,1\n");
  CHECK_HOLDS(third, "  - ,2\n");
  CHECK_HOLDS(third, "  + Bob,4");
  CHECK(text_in(project.path("expected/people.csv")) == "NAME,id\nEva,1\n\"\",3\nBob,4\n");
  CHECK(project.left_behind() == 0);
}

ONE_ENGINE_CASE("postgres", "accept writes nothing when data is missing") {
  LiveLadder project(target);
  write_people(project);
  project.data("0001_more.sql", "INSERT INTO people VALUES (1, 'twice');\n");
  project.options.accept = true;
  const TestResult newest = project.ladder().of("newest");
  CHECK_OUTCOME(newest, TestOutcome::incomplete);
  CHECK_FALSE(std::filesystem::exists(project.path("expected")));
}

namespace {

/// Both engines in one run with --accept, one behind the other.
struct BothEngines {
  explicit BothEngines(const Target& first) : project(first) {}

  std::pair<TestResult, TestResult> accept(const Target& left, const Target& right) {
    project.options.accept = true;
    TestContext& context = project.context();
    const TestGroups left_groups = ladder_tests(context, *left.backend);
    const TestGroups right_groups = ladder_tests(context, *right.backend);
    const TestResult one = LiveLadder::run(left_groups).of("newest");
    const TestResult other = LiveLadder::run(right_groups).of("newest");
    return {one, other};
  }

  LiveLadder project;
};

/// Runs with PostgreSQL and SQL Server, or skips.
void with_both(const std::function<void(const Target&, const Target&)>& body) {
  run_on("postgres", [&](const Target& left) { run_on("sqlserver", [&](const Target& right) { body(left, right); }); });
}

}  // namespace

TEST_CASE("accept with both engines writes once and finds the second engine's rows in it") {
  with_both([](const Target& left, const Target& right) {
    BothEngines both(left);
    both.project.use(right);
    both.project.migration("0001_people.up.sql",
                           "CREATE TABLE people (id int NOT NULL PRIMARY KEY, name varchar(40), weight decimal(9,3))");
    both.project.data("0001.people.csv", "id,name,weight\n1,Ada,1.5\n2,,0\n3,\"\",-7\n");
    const auto [one, other] = both.accept(left, right);
    CHECK_HOLDS(one, "people.csv: written, 3 rows");
    CHECK_OUTCOME(other, TestOutcome::passed);
    CHECK_HOLDS(other, "people.csv: sqlserver holds the same rows");
    CHECK(text_in(both.project.path("expected/people.csv")) == "id,name,weight\n1,Ada,1.5\n2,,0\n3,\"\",-7\n");
    both.project.options.accept = false;
    TestContext& context = both.project.context();
    CHECK_OUTCOME(LiveLadder::run(ladder_tests(context, *left.backend)).of("newest"), TestOutcome::passed);
    CHECK_OUTCOME(LiveLadder::run(ladder_tests(context, *right.backend)).of("newest"), TestOutcome::passed);
  });
}

TEST_CASE("accept takes back what the engines disagree about") {
  with_both([](const Target& left, const Target& right) {
    BothEngines both(left);
    both.project.use(right);
    both.project.migration("0001_people.up.sql",
                           "CREATE TABLE people (id int NOT NULL PRIMARY KEY, name varchar(40));\n");
    both.project.migration("0002_notes.up.sql", "CREATE TABLE notes (id int NOT NULL PRIMARY KEY);\n");
    both.project.data("0001_people.postgres.sql", "INSERT INTO people VALUES (1, NULL);\n");
    both.project.data("0001_people.sqlserver.sql", "INSERT INTO people VALUES (1, '');\n");
    both.project.data("0002_notes.sqlserver.sql", "INSERT INTO notes VALUES (1);\n");
    SUBCASE("a file that was not there is not there") {
      const auto [one, other] = both.accept(left, right);
      CHECK_OUTCOME(other, TestOutcome::failed);
      CHECK_HOLDS(other, "engines-differ");
      CHECK_HOLDS(other, "notes holds 1 row on sqlserver and none on postgres");
      CHECK(std::filesystem::is_empty(both.project.path("expected")));
    }
    SUBCASE("a file that was there is as it was") {
      both.project.expected("people.csv", "id,name\n1,old\n");
      const auto [one, other] = both.accept(left, right);
      CHECK_OUTCOME(other, TestOutcome::failed);
      CHECK_HOLDS(other, "taken back");
      CHECK(text_in(both.project.path("expected/people.csv")) == "id,name\n1,old\n");
    }
    SUBCASE("a file that one of them agrees with stays") {
      both.project.expected("people.csv", "id,name\n1,\n");
      const auto [one, other] = both.accept(left, right);
      CHECK_HOLDS(one, "people.csv: unchanged");
      CHECK_OUTCOME(other, TestOutcome::failed);
      CHECK(text_in(both.project.path("expected/people.csv")) == "id,name\n1,\n");
    }
  });
}

TEST_CASE("accept gives a table that one engine alone has a file for that engine") {
  with_both([](const Target& left, const Target& right) {
    BothEngines both(left);
    both.project.use(right);
    both.project.migration("0001_a.postgres.up.sql", "CREATE TABLE left_only (id int PRIMARY KEY);\n");
    both.project.migration("0001_a.sqlserver.up.sql", "CREATE TABLE right_only (id int NOT NULL PRIMARY KEY);\n");
    both.project.data("0001_a.postgres.sql", "INSERT INTO left_only VALUES (1);\n");
    both.project.data("0001_a.sqlserver.sql", "INSERT INTO right_only VALUES (2);\n");
    const auto [one, other] = both.accept(left, right);
    CHECK_OUTCOME(one, TestOutcome::passed);
    CHECK_OUTCOME(other, TestOutcome::passed);
    CHECK(text_in(both.project.path("expected/left_only.postgres.csv")) == "id\n1\n");
    CHECK(text_in(both.project.path("expected/right_only.sqlserver.csv")) == "id\n2\n");
    both.project.options.accept = false;
    TestContext& context = both.project.context();
    CHECK_OUTCOME(LiveLadder::run(ladder_tests(context, *left.backend)).of("newest"), TestOutcome::passed);
    CHECK_OUTCOME(LiveLadder::run(ladder_tests(context, *right.backend)).of("newest"), TestOutcome::passed);
  });
}
