#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "tests/unit/harness/migration_tests/ladder_live.h"

using namespace paripassu;
using namespace paripassu::test;

namespace {

/// Five versions, data at 0001 and 0003.
void write_project(const LiveLadder& project) {
  project.step("0001_people", {"CREATE TABLE people (id int NOT NULL PRIMARY KEY, name varchar(40))"});
  project.step("0002_phone", {"ALTER TABLE people ADD phone varchar(20)"});
  project.step("0003_roles", {"CREATE TABLE roles (id int NOT NULL PRIMARY KEY, name varchar(20))"});
  project.step("0004_role", {"ALTER TABLE people ADD role_id int"});
  project.step("0005_index", {"CREATE INDEX ix_people_name ON people (name)"});
  project.data("0001.people.csv", "id,name\n1,Ada\n");
  project.data("0003.people.csv", "id,name,phone\n2,Bob,12\n");
  project.data("0003.roles.csv", "id,name\n7,member\n");
  project.expected("people.csv", "id,name,phone,role_id\n1,Ada,,\n2,Bob,12,\n");
  project.expected("roles.csv", "id,name\n7,member\n");
}

const std::vector<std::string> kSubjects = {"from 0", "from 0001", "from 0002", "from 0003", "from 0004"};

}  // namespace

ENGINE_CASE("skipped versions: every version reaches the newest in one run") {
  LiveLadder project(target);
  write_project(project);
  for (const int jobs : {1, 2, 8}) {
    project.options.jobs = jobs;
    const TestGroups groups = skipped_version_tests(project.context(), *target.backend);
    CHECK(groups.size() == static_cast<std::size_t>(std::min(jobs, 3)));
    // Once is enough where a database takes seconds to make.
    if (jobs != 2 && target.name() != "postgres") continue;
    const ResultSink sink = LiveLadder::run(groups);
    REQUIRE(sink.results.size() == kSubjects.size());
    for (const std::string& subject : kSubjects) CHECK_OUTCOME(sink.of(subject), TestOutcome::passed);
    CHECK_HOLDS(sink.of("from 0002"), "same as from 0001: no data in between");
    CHECK_HOLDS(sink.of("from 0004"), "same as from 0003: no data in between");
    CHECK_FALSE(holds(sink.of("from 0003"), "same as"));
  }
  CHECK(project.left_behind() == 0);
}

ONE_ENGINE_CASE("postgres", "skipped versions: without a ladder one run stands for all") {
  LiveLadder project(target);
  project.step("0001_a", {"CREATE TABLE a (id int)"});
  project.step("0002_b", {"CREATE TABLE b (id int)"});
  const ResultSink sink = project.skipped();
  REQUIRE(sink.results.size() == 2);
  CHECK_HOLDS(sink.of("from 0001"), "same as from 0");
  CHECK_HOLDS(sink.of("from 0"), "rows were not checked");
}

ONE_ENGINE_CASE("postgres", "skipped versions: a filter finds the run that a version is part of") {
  LiveLadder project(target);
  write_project(project);
  const ResultSink sink = LiveLadder::run(skipped_version_tests(project.context(), *target.backend), {"from 0002"});
  REQUIRE(sink.results.size() == 1);
  CHECK_OUTCOME(sink.of("from 0002"), TestOutcome::passed);
  CHECK_FALSE(holds(sink.of("from 0002"), "same as"));
}

ENGINE_CASE("skipped versions: a migration that needs rows which came later fails from the versions before them") {
  LiveLadder project(target);
  write_project(project);
  // Works one by one, where the ladder brings the roles at 0003.
  project.step("0004_role",
               {"ALTER TABLE people ADD role_id int", "UPDATE people SET role_id = 7 / (SELECT COUNT(*) FROM roles)"});
  project.expected("people.csv", "id,name,phone,role_id\n1,Ada,,7\n2,Bob,12,7\n");
  CHECK_OUTCOME(project.ladder().of("newest"), TestOutcome::passed);
  const ResultSink sink = project.skipped();
  const TestResult& failed = sink.of("from 0001");
  CHECK_OUTCOME(failed, TestOutcome::failed);
  REQUIRE(failed.problems.size() == 1);
  CHECK(failed.problems[0].code == "error");
  CHECK(failed.problems[0].position.file == "migrations/0004_role.up.sql");
  // Told once: the run from 0002 is the end of that from 0001.
  CHECK_OUTCOME(sink.of("from 0002"), TestOutcome::incomplete);
  CHECK_HOLDS(sink.of("from 0002"), "same as from 0001, which failed");
  CHECK_OUTCOME(sink.of("from 0"), TestOutcome::passed);  // no people to update
  CHECK_OUTCOME(sink.of("from 0003"), TestOutcome::passed);
  CHECK_OUTCOME(sink.of("from 0004"), TestOutcome::passed);
  CHECK(project.left_behind() == 0);
}

ONE_ENGINE_CASE("postgres", "skipped versions: rows that come out otherwise than step by step are told") {
  LiveLadder project(target);
  write_project(project);
  project.expected("people.csv", "id,name,phone,role_id\n1,Ada,,7\n2,Bob,12,7\n");
  SUBCASE("a value that depends on later rows") {
    project.step("0004_role", {"ALTER TABLE people ADD role_id int",
                               "UPDATE people SET role_id = (SELECT id FROM roles WHERE name = 'member')"});
    const ResultSink sink = project.skipped();
    const TestResult& failed = sink.of("from 0001");
    CHECK_OUTCOME(failed, TestOutcome::failed);
    REQUIRE(failed.problems.size() == 1);
    CHECK(failed.problems[0].code == "skip-rows");
    CHECK(failed.problems[0].position.file == "tests/ladder/expected/people.csv");
    CHECK_HOLDS(failed, "id = 1");
    // What is not there yet is not missed.
    CHECK_FALSE(holds(failed, "id = 2"));
    CHECK_OUTCOME(sink.of("from 0003"), TestOutcome::passed);
  }
  SUBCASE("a row that is lost") {
    project.step("0004_role", {"ALTER TABLE people ADD role_id int", "UPDATE people SET role_id = 7",
                               "DELETE FROM people WHERE NOT EXISTS (SELECT 1 FROM roles)"});
    const ResultSink sink = project.skipped();
    CHECK_OUTCOME(sink.of("from 0001"), TestOutcome::failed);
    CHECK_HOLDS(sink.of("from 0001"), "skip-rows");
    CHECK_HOLDS(sink.of("from 0001"), "id = 1");
    CHECK_OUTCOME(sink.of("from 0003"), TestOutcome::passed);
  }
  CHECK(project.left_behind() == 0);
}

ENGINE_CASE("skipped versions: a schema that depends on the rows is told with what is not alike") {
  LiveLadder project(target);
  write_project(project);
  const std::string alter = "ALTER TABLE people ADD extra int";
  if (target.name() == "postgres") {
    project.step("0005_index", {"DO $$ BEGIN IF EXISTS (SELECT 1 FROM roles) THEN " + alter + "; END IF; END $$"});
  } else {
    project.step("0005_index", {"IF EXISTS (SELECT 1 FROM roles) " + alter});
  }
  project.expected("people.csv", "id,name,phone,role_id,extra\n1,Ada,,,\n2,Bob,12,,\n");
  const ResultSink sink = project.skipped();
  for (const char* subject : {"from 0", "from 0001"}) {
    const TestResult& failed = sink.of(subject);
    CHECK_OUTCOME(failed, TestOutcome::failed);
    CHECK_HOLDS(failed, "skip-catalog");
    CHECK_HOLDS(failed, "extra");
  }
  CHECK_OUTCOME(sink.of("from 0003"), TestOutcome::passed);
}

ONE_ENGINE_CASE("postgres", "skipped versions: what the ladder finds is not told again") {
  LiveLadder project(target);
  write_project(project);
  SUBCASE("an expectation that is wrong") {
    project.expected("people.csv", "id,name,phone,role_id\n1,Eva,,\n2,Bob,12,\n");
    CHECK_OUTCOME(project.ladder().of("newest"), TestOutcome::failed);
    const ResultSink sink = project.skipped();
    for (const std::string& subject : kSubjects) CHECK_OUTCOME(sink.of(subject), TestOutcome::passed);
    CHECK_HOLDS(sink.of("from 0001"), "not checked, since the ladder's newest is not as expected either");
  }
  SUBCASE("a table without an expectation") {
    std::filesystem::remove(project.path("expected/roles.csv"));
    const ResultSink sink = project.skipped();
    for (const std::string& subject : kSubjects) CHECK_OUTCOME(sink.of(subject), TestOutcome::passed);
  }
  SUBCASE("data that cannot be inserted") {
    project.data("0003.roles.csv", "id,name\n7,member\n7,twice\n");
    const ResultSink sink = project.skipped();
    CHECK_OUTCOME(sink.of("from 0"), TestOutcome::passed);
    CHECK_OUTCOME(sink.of("from 0001"), TestOutcome::passed);
    CHECK_OUTCOME(sink.of("from 0003"), TestOutcome::incomplete);
    CHECK_HOLDS(sink.of("from 0003"), "the data of 0003_roles cannot be inserted");
    CHECK_OUTCOME(sink.of("from 0004"), TestOutcome::incomplete);
  }
  SUBCASE("a migration that the rows break") {
    project.step("0005_index", {"ALTER TABLE people ADD CONSTRAINT ck_people CHECK (id < 2)"});
    const ResultSink sink = project.skipped();
    for (const std::string& subject : kSubjects) {
      CHECK_OUTCOME(sink.of(subject), TestOutcome::incomplete);
    }
  }
  CHECK(project.left_behind() == 0);
}

ONE_ENGINE_CASE("postgres", "skipped versions: the database of a failed run is kept if that is asked for") {
  LiveLadder project(target);
  write_project(project);
  project.step("0004_role",
               {"ALTER TABLE people ADD role_id int", "UPDATE people SET role_id = 7 / (SELECT COUNT(*) FROM roles)"});
  project.options.keep = true;
  const ResultSink sink = project.skipped();
  const std::string kept = sink.of("from 0001").kept;
  REQUIRE_FALSE(kept.empty());
  CHECK(sink.of("from 0003").kept.empty());
  CHECK(project.left_behind() == 1);
  project.drop_left_behind();
  CHECK(project.left_behind() == 0);
}

ONE_ENGINE_CASE("postgres",
                "skipped versions: what a migration leaves in its session makes a run through it another one") {
  LiveLadder project(target);
  project.step("0001_schema", {"CREATE SCHEMA app"});
  project.step("0002_path", {"CREATE TABLE app.a (id int)", "SET search_path TO app, public"});
  project.step("0003_b", {"CREATE TABLE b (id int)"});
  const ResultSink sink = project.skipped();
  CHECK_OUTCOME(sink.of("from 0"), TestOutcome::failed);
  CHECK_HOLDS(sink.of("from 0"), "skip-catalog");
  CHECK_HOLDS(sink.of("from 0"), "app.b");
  CHECK_OUTCOME(sink.of("from 0001"), TestOutcome::incomplete);
  // A run that begins behind it is one of its own.
  CHECK_OUTCOME(sink.of("from 0002"), TestOutcome::passed);
}

ONE_ENGINE_CASE("postgres", "skipped versions: a tool that runs all in one transaction fails where two are needed") {
  if (std::system("command -v psql > /dev/null 2>&1") != 0) SKIP_TEST("psql is not installed");
  LiveLadder project(target);
  // A label that is added can be used once it is committed (from PostgreSQL 17 on also in the transaction that makes
  // the type, so that the run from 0 may pass or fail).
  project.migration("0001_mood.sql", "CREATE TYPE mood AS ENUM ('good');\n");
  project.migration("0002_people.sql", "CREATE TABLE people (id int PRIMARY KEY, mood mood);\n");
  project.migration("0003_bad.sql", "ALTER TYPE mood ADD VALUE 'bad';\n");
  project.migration("0004_default.sql", "ALTER TABLE people ALTER mood SET DEFAULT 'bad';\n");
  project.folder.write("up.sh", R"sh(set -e
run() { psql -X -q -v ON_ERROR_STOP=1 -d "$DATABASE_URL" "$@"; }
run -c 'SET client_min_messages = error; CREATE TABLE IF NOT EXISTS applied (version text)'
for file in migrations/*.sql; do
  version=$(basename "$file" | cut -c 1-4)
  if [ "$(run -A -t -c "SELECT count(*) FROM applied WHERE version = '$version'")" = 0 ]; then
    cat "$file"
    echo "INSERT INTO applied VALUES ('$version');"
  fi
  if [ "$version" = "$1" ]; then break; fi
done | run -1 -f -
)sh");
  MigratorConfiguration migrator;
  migrator.list = "cd migrations && ls *.sql | sed 's/_/ /; s/.sql//'";
  migrator.up = "sh up.sh {revision}";
  migrator.down = "false";
  migrator.url_form = "libpq";
  migrator.tables = {"applied"};
  project.configuration.migrator = migrator;
  const ResultSink sink = project.skipped();
  for (const char* subject : {"from 0001", "from 0002"}) {
    CHECK_OUTCOME(sink.of(subject), TestOutcome::failed);
    CHECK_HOLDS(sink.of(subject), "unsafe use of new value");
  }
  CHECK_OUTCOME(sink.of("from 0003"), TestOutcome::passed);
  CHECK(project.left_behind() == 0);
}
