#include <doctest/doctest.h>

#include "tests/unit/harness/migration_tests/case_live.h"

using namespace paripassu;
using namespace paripassu::test;

namespace {

/// Changes no schema.
constexpr const char* kNothing = "UPDATE customers SET name = name";

void run_parity(KindsProject& project, KeptResults& kept) {
  KindsProject::run(parity_tests(project.context(), *project.engines[0], *project.engines[1]), kept);
}

/// A column that PostgreSQL alone gets.
void add_note_on_postgres(const KindsProject& project) {
  project.up("0002_note", {"ALTER TABLE customers ADD note int"});
  project.folder.write("migrations/0002_note.sqlserver.up.sql", kNothing);
}

}  // namespace

TEST_CASE("Parity fails where a difference begins: one that stays, and one that a later version repairs") {
  const std::vector<Target> targets = targets_of_both();
  if (targets.empty()) SKIP_TEST("needs a server of both engines");
  KindsProject project(targets);
  add_note_on_postgres(project);
  project.up("0003_same", {"ALTER TABLE customers ADD same int"});
  project.up("0004_mend", {"ALTER TABLE customers ADD note int"});
  project.folder.write("migrations/0004_mend.postgres.up.sql", kNothing);
  project.up("0005_left", {"CREATE TABLE left_over (id int NOT NULL PRIMARY KEY)"});
  project.folder.write("migrations/0005_left.sqlserver.up.sql", kNothing);
  KeptResults kept;
  run_parity(project, kept);
  REQUIRE(kept.results().size() == 5);
  CHECK_PASSED(kept.of("both/parity/0001_customers"));
  const TestProblem repaired = problem_in(kept.of("both/parity/0002_note"), "parity");
  CHECK(repaired.message.find("0004_mend repairs it") != std::string::npos);
  CHECK(repaired.position.file.find("0002_note") != std::string::npos);
  CHECK_PASSED(kept.of("both/parity/0003_same"));
  CHECK_PASSED(kept.of("both/parity/0004_mend"));
  const TestProblem left = problem_in(kept.of("both/parity/0005_left"), "parity");
  CHECK(left.message.find("repairs") == std::string::npos);
  CHECK_SAYS(kept.of("both/parity/0005_left"), "table-missing");
  CHECK(project.left_behind() == 0);
}

TEST_CASE("A waived difference is none, and a waiver that a later version needs is not unused before") {
  const std::vector<Target> targets = targets_of_both();
  if (targets.empty()) SKIP_TEST("needs a server of both engines");
  KindsProject project(targets);
  add_note_on_postgres(project);
  WaiverConfiguration waiver;
  waiver.code = "column-missing";
  waiver.object = "customers.note";
  waiver.reason = "not yet";
  project.configuration.waivers.push_back(waiver);
  KeptResults kept;
  run_parity(project, kept);
  CHECK(kept.results().size() == 2);
  for (const TestResult& result : kept.results()) {
    CHECK_PASSED(result);
    CHECK_MESSAGE(result.notes.empty(), words_of(result));
  }
}

TEST_CASE("Versions behind one that cannot be applied are incomplete, those before it are judged") {
  const std::vector<Target> targets = targets_of_both();
  if (targets.empty()) SKIP_TEST("needs a server of both engines");
  KindsProject project(targets);
  add_note_on_postgres(project);
  project.up("0003_broken", {"UPDATE missing SET id = 1"});
  project.up("0004_later", {kNothing});
  KeptResults kept;
  run_parity(project, kept);
  CHECK(kept.of("both/parity/0002_note").outcome == TestOutcome::failed);
  CHECK(kept.of("both/parity/0003_broken").outcome == TestOutcome::incomplete);
  CHECK(kept.of("both/parity/0004_later").outcome == TestOutcome::incomplete);
  CHECK_SAYS(kept.of("both/parity/0004_later"), "0003_broken");
  CHECK(project.left_behind() == 0);
}
