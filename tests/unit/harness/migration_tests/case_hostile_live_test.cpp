#include <doctest/doctest.h>

#include "backends/ledger.h"
#include "tests/unit/harness/migration_tests/case_live.h"

using namespace paripassu;
using namespace paripassu::test;

namespace {

/// Long enough for any honest statement on a busy machine, far shorter than what the hanging one asks for.
constexpr int kTimeout_ms = 4'000;

constexpr const char* kSecond = "migration = \"2\"\nafter = {customers = []}\n";
constexpr const char* kFirst = "migration = \"1\"\nafter = {customers = []}\n";

}  // namespace

ENGINE_CASE("A migration that hangs is ended by the time limit, and the other cases go on") {
  KindsProject project({target});
  project.configuration.tests.statement_timeout_ms = kTimeout_ms;
  project.up("0002_hang", {target.sql.sleep_half_minute});
  project.test_case("hang", kSecond);
  project.test_case("expected", "migration = \"2\"\nexpect_error = \"statement-timeout\"\n");
  project.test_case("first", kFirst);
  KeptResults kept;
  project.run_cases(kept);
  const TestResult& result = kept.of(target.name() + "/case/hang");
  CHECK(problem_in(result, "error").position.file.find("0002_hang") != std::string::npos);
  CHECK_SAYS(result, "statement-timeout");
  CHECK_PASSED(kept.of(target.name() + "/case/expected"));
  CHECK_PASSED(kept.of(target.name() + "/case/first"));
  CHECK(project.left_behind() == 0);
}

ENGINE_CASE("A migration that leaves its transaction open fails its case with the file") {
  KindsProject project({target});
  project.up("0002_open", {target.sql.begin, "UPDATE customers SET name = 'open'"});
  project.test_case("open", kSecond);
  project.test_case("first", kFirst);
  KeptResults kept;
  project.run_cases(kept);
  const TestResult& result = kept.of(target.name() + "/case/open");
  CHECK(problem_in(result, "error").position.file.find("0002_open") != std::string::npos);
  CHECK_SAYS(result, "transaction");
  CHECK_PASSED(kept.of(target.name() + "/case/first"));
  CHECK(project.left_behind() == 0);
}

ENGINE_CASE("A migration that drops the ledger fails its case") {
  KindsProject project({target});
  project.up("0002_drop", {std::string("DROP TABLE ") + Ledger::kTableName});
  project.test_case("drop", kSecond);
  project.test_case("first", kFirst);
  KeptResults kept;
  project.run_cases(kept);
  problem_in(kept.of(target.name() + "/case/drop"), "error");
  CHECK_SAYS(kept.of(target.name() + "/case/drop"), Ledger::kTableName);
  CHECK_PASSED(kept.of(target.name() + "/case/first"));
  CHECK(project.left_behind() == 0);
}

ONE_ENGINE_CASE("postgres", "A migration that ends its own connection fails its case, and the other cases go on") {
  KindsProject project({target});
  project.up("0002_kill", {"SELECT pg_terminate_backend(pg_backend_pid())"});
  project.test_case("kill", kSecond);
  project.test_case("first", kFirst);
  KeptResults kept;
  project.run_cases(kept);
  const TestResult& result = kept.of("postgres/case/kill");
  CHECK(problem_in(result, "error").position.file.find("0002_kill") != std::string::npos);
  CHECK_SAYS(result, "connection");
  CHECK_PASSED(kept.of("postgres/case/first"));
  CHECK(project.left_behind() == 0);
}

ONE_ENGINE_CASE("postgres", "A migration that prints many notices passes") {
  KindsProject project({target});
  project.up("0002_talk", {"DO $$ BEGIN FOR i IN 1..50000 LOOP RAISE NOTICE 'notice %', i; END LOOP; END $$"});
  project.test_case("talk", kSecond);
  KeptResults kept;
  project.run_cases(kept);
  CHECK_PASSED(kept.of("postgres/case/talk"));
}
