#include <doctest/doctest.h>

#include "backends/ledger.h"
#include "tests/unit/harness/migration_tests/case_live.h"

using namespace paripassu;
using namespace paripassu::test;

ENGINE_CASE("A second up that does nothing passes") {
  KindsProject project({target});
  project.up("0002_rows", {"INSERT INTO customers (id, name) VALUES (1, 'Ann')"});
  const TestResult result = KindsProject::only(rerun_tests(project.context(), *target.backend));
  CHECK_PASSED(result);
  CHECK(result.name.text() == target.name() + "/rerun/newest");
  CHECK(project.left_behind() == 0);
}

ENGINE_CASE("A migration that the second up applies again is found") {
  KindsProject project({target});
  project.up("0002_rows", {"UPDATE customers SET name = 'x'"});
  project.up("0003_forget", {std::string("DELETE FROM ") + Ledger::kTableName + " WHERE version = '0002'"});
  const TestResult result = KindsProject::only(rerun_tests(project.context(), *target.backend));
  INFO(words_of(result));
  CHECK(result.outcome == TestOutcome::failed);
  CHECK(!result.problems.empty());
  CHECK(project.left_behind() == 0);
}

ENGINE_CASE("A second up of migrations that fail is incomplete") {
  KindsProject project({target});
  project.up("0002_broken", {"UPDATE missing SET id = 1"});
  const TestResult result = KindsProject::only(rerun_tests(project.context(), *target.backend));
  CHECK(result.outcome == TestOutcome::incomplete);
  CHECK_SAYS(result, "missing");
}

ONE_ENGINE_CASE("postgres", "A tool that does its work again at every call is found by what it changes") {
  MigratorConfiguration tool;
  tool.list = "echo 1 first";
  tool.down = "true";
  tool.up = "psql -q \"$DATABASE_URL\" -v ON_ERROR_STOP=1 -c 'CREATE TABLE IF NOT EXISTS t (id int)'";
  KindsProject careful({target});
  careful.configuration.migrator = tool;
  CHECK_PASSED(KindsProject::only(rerun_tests(careful.context(), *target.backend)));

  tool.up += " -c 'INSERT INTO t VALUES (1)'";
  KindsProject careless({target});
  careless.configuration.migrator = tool;
  problem_in(KindsProject::only(rerun_tests(careless.context(), *target.backend)), "rerun-changes");
  CHECK(careless.left_behind() == 0);
}
