#include <doctest/doctest.h>

#include "tests/unit/harness/migration_tests/case_live.h"

using namespace paripassu;
using namespace paripassu::test;

namespace {

void use_tool(KindsProject& project, const std::string& arguments_of_psql) {
  MigratorConfiguration tool;
  tool.list = "echo 1 first";
  tool.down = "true";
  tool.up = "psql -q \"$DATABASE_URL\" -v ON_ERROR_STOP=1 " + arguments_of_psql;
  project.configuration.migrator = tool;
}

}  // namespace

ENGINE_CASE("Two runners at once apply each migration once") {
  KindsProject project({target});
  for (int i = 2; i < 8; ++i)
    project.up(fmt::format("{:04}_row", i), {fmt::format("INSERT INTO customers (id, name) VALUES ({}, 'Ann')", i)});
  const TestResult result = KindsProject::only(runner_tests(project.context(), *target.backend));
  CHECK_PASSED(result);
  CHECK(result.name.text() == target.name() + "/runners/newest");
  CHECK(project.left_behind() == 0);
}

ENGINE_CASE("Two runners of migrations that fail are incomplete") {
  KindsProject project({target});
  project.up("0002_broken", {"UPDATE missing SET id = 1"});
  const TestResult result = KindsProject::only(runner_tests(project.context(), *target.backend));
  CHECK(result.outcome == TestOutcome::incomplete);
  CHECK(project.left_behind() == 0);
}

ONE_ENGINE_CASE("postgres", "A tool whose second runner breaks off without harm is skipped, with the advice") {
  KindsProject project({target});
  // One transaction: the second runner waits at the name of the table and breaks off when the first commits.
  use_tool(project, "-1 -c 'CREATE TABLE t (id int)' -c 'SELECT pg_sleep(3)'");
  const TestResult result = KindsProject::only(runner_tests(project.context(), *target.backend));
  INFO(words_of(result));
  CHECK(result.outcome == TestOutcome::skipped);
  CHECK_SAYS(result, "takes no lock");
  CHECK(project.left_behind() == 0);
}

ONE_ENGINE_CASE("postgres", "A tool whose runners do their work twice fails with what differs") {
  KindsProject project({target});
  use_tool(project,
           "-c 'SELECT pg_advisory_lock(1)' -c 'CREATE TABLE IF NOT EXISTS t (id int)' -c 'INSERT INTO t VALUES (1)'");
  const TestResult result = KindsProject::only(runner_tests(project.context(), *target.backend));
  problem_in(result, "runners-differ");
  CHECK_SAYS(result, "1 rows by one runner, 2 by two");
  CHECK(project.left_behind() == 0);
}
