#include <doctest/doctest.h>

#include "tests/unit/harness/migration_tests/case_live.h"

using namespace paripassu;
using namespace paripassu::test;

namespace {

constexpr const char* kTwoCustomers = R"(
[[before.customers]]
id = 1
name = "Ann"
email = "ann@example.org"

[[before.customers]]
id = 2
name = "Bob"
email = {null = true}
)";

constexpr const char* kDuplicates = R"(
[[before.customers]]
id = 1
email = "same@example.org"

[[before.customers]]
id = 2
email = "same@example.org"
)";

/// Names become lower case; undone they become upper case, which is not what they were.
void add_lower_case(const KindsProject& project) {
  project.up("0002_lower", {"UPDATE customers SET name = LOWER(name)"});
  project.down("0002_lower", {"UPDATE customers SET name = UPPER(name)"});
}

/// A migration that fails on duplicates.
void add_unique(const KindsProject& project) {
  project.up("0002_unique", {"ALTER TABLE customers ADD CONSTRAINT uq_email UNIQUE (email)"});
  project.down("0002_unique", {"ALTER TABLE customers DROP CONSTRAINT uq_email"});
}

std::string name_of(const Target& target, const std::string& subject) {
  return target.name() + "/case/" + subject;
}

}  // namespace

ENGINE_CASE("A case passes when rows, queries and what is restored are as it says") {
  KindsProject project({target});
  add_lower_case(project);
  project.test_case("lower", std::string(R"(migration = "2"
[[after.customers]]
id = 1
name = "ann"
email = "ann@example.org"
[[after.customers]]
id = 2
name = "bob"
email = {null = true}
[[after_query]]
name = "names"
sql = "SELECT name FROM customers ORDER BY id DESC"
rows = [{name = "bob"}, {name = "ann"}]
[[restored.customers]]
id = 1
name = "ANN"
[[restored.customers]]
id = 2
name = "BOB"
)") + kTwoCustomers);
  KeptResults kept;
  project.run_cases(kept);
  CHECK_PASSED(kept.of(name_of(target, "lower")));
  CHECK(project.left_behind() == 0);
}

ENGINE_CASE("A case fails with the row and both values where an expectation is not met") {
  KindsProject project({target});
  add_lower_case(project);
  project.test_case("lower", std::string(R"(migration = "0002_lower"
[[after.customers]]
id = 1
name = "Ann"
[[after.customers]]
id = 2
name = "bob"
)") + kTwoCustomers);
  KeptResults kept;
  project.run_cases(kept);
  const TestResult& result = kept.of(name_of(target, "lower"));
  const TestProblem problem = problem_in(result, "expectation");
  CHECK(problem.position.file == "tests/cases/lower/case.toml");
  CHECK(problem.position.line == 2);
  CHECK(problem.details.size() == 1);
  CHECK_SAYS(result, "Ann");
  CHECK_SAYS(result, "ann");
}

ENGINE_CASE("A case finds rows in a table that must be empty, and a query in another order") {
  KindsProject project({target});
  add_lower_case(project);
  project.test_case("lower", std::string(R"(migration = "2"
[after]
customers = []
[[after_query]]
name = "names"
sql = "SELECT name FROM customers ORDER BY id"
rows = [{name = "bob"}, {name = "ann"}]
)") + kTwoCustomers);
  KeptResults kept;
  project.run_cases(kept);
  const TestResult& result = kept.of(name_of(target, "lower"));
  INFO(words_of(result));
  REQUIRE(result.problems.size() == 2);
  CHECK(result.problems[0].code == "expectation");
  CHECK(result.problems[0].details.size() == 2);
  CHECK(result.problems[1].code == "expectation");
}

ENGINE_CASE("restored = \"before\" finds a down that gives back other values") {
  KindsProject project({target});
  add_lower_case(project);
  project.test_case("lower", std::string("migration = \"2\"\nrestored = \"before\"\n") + kTwoCustomers);
  KeptResults kept;
  project.run_cases(kept);
  const TestResult& result = kept.of(name_of(target, "lower"));
  CHECK(problem_in(result, "rows-changed").position.file.find("0002_lower") != std::string::npos);
  CHECK_SAYS(result, "ANN");
}

ENGINE_CASE("restored = \"before\" finds a down that deletes, and accepts one that restores") {
  KindsProject project({target});
  project.up("0002_x", {"UPDATE customers SET name = 'x'"});
  project.down("0002_x", {"DELETE FROM customers WHERE id = 2", "UPDATE customers SET name = 'Ann'"});
  project.test_case("lost", std::string("migration = \"2\"\nrestored = \"before\"\n") + kTwoCustomers);
  project.test_case("restored",
                    "migration = \"2\"\nrestored = \"before\"\n[[before.customers]]\nid = 1\nname = \"Ann\"\n");
  KeptResults kept;
  project.run_cases(kept);
  problem_in(kept.of(name_of(target, "lost")), "rows-lost");
  CHECK_PASSED(kept.of(name_of(target, "restored")));
}

ENGINE_CASE("A case passes when the error comes that it expects, and nothing is left of the migration") {
  KindsProject project({target});
  add_unique(project);
  project.test_case("duplicates",
                    std::string("migration = \"2\"\nexpect_error = \"unique-violation\"\n") + kDuplicates);
  KeptResults kept;
  project.run_cases(kept);
  CHECK_PASSED(kept.of(name_of(target, "duplicates")));
}

ENGINE_CASE("A case fails when the expected error stays away, or is another one") {
  KindsProject project({target});
  add_unique(project);
  project.test_case("none", std::string("migration = \"2\"\nexpect_error = \"unique-violation\"\n") + kTwoCustomers);
  project.test_case("other", std::string("migration = \"2\"\nexpect_error = \"check-violation\"\n") + kDuplicates);
  project.test_case("text", std::string("migration = \"2\"\nexpect_error = {class = \"unique-violation\", message = "
                                        "\"no such words\"}\n") +
                                kDuplicates);
  KeptResults kept;
  project.run_cases(kept);
  CHECK(problem_in(kept.of(name_of(target, "none")), "error-expected").position.line == 2);
  problem_in(kept.of(name_of(target, "other")), "wrong-error");
  CHECK_SAYS(kept.of(name_of(target, "other")), "unique-violation");
  problem_in(kept.of(name_of(target, "text")), "wrong-error");
}

ENGINE_CASE("A case finds what a migration without a transaction leaves when it fails") {
  KindsProject project({target});
  project.up("0002_unique",
             {"UPDATE customers SET name = 'changed'", "ALTER TABLE customers ADD CONSTRAINT uq_email UNIQUE (email)"},
             "-- paripassu: no-transaction\n");
  project.test_case("half", std::string("migration = \"2\"\nexpect_error = \"unique-violation\"\n") + kDuplicates);
  project.test_case("allowed", std::string("migration = \"2\"\nexpect_error = {class = \"unique-violation\", "
                                           "half_done = true}\n") +
                                   kDuplicates);
  KeptResults kept;
  project.run_cases(kept);
  problem_in(kept.of(name_of(target, "half")), "half-done");
  CHECK_SAYS(kept.of(name_of(target, "half")), "changed");
  CHECK_PASSED(kept.of(name_of(target, "allowed")));
}

ENGINE_CASE("A case can expect that a migration cannot be undone") {
  KindsProject project({target});
  project.up("0002_open", {"UPDATE customers SET name = 'x'"});
  project.down("0002_open", {"INSERT INTO customers (id) VALUES (1)"});
  project.test_case("down", std::string("migration = \"2\"\nexpect_error = {on = \"down\", class = "
                                        "\"unique-violation\"}\n") +
                                kTwoCustomers);
  KeptResults kept;
  project.run_cases(kept);
  CHECK_PASSED(kept.of(name_of(target, "down")));
}

ENGINE_CASE("A case that asks for a down where there is none says so") {
  KindsProject project({target});
  project.up("0002_open", {"UPDATE customers SET name = 'x'"});
  project.test_case("down", std::string("migration = \"2\"\nrestored = \"before\"\n") + kTwoCustomers);
  KeptResults kept;
  project.run_cases(kept);
  CHECK(problem_in(kept.of(name_of(target, "down")), "error").position.line == 2);
  CHECK_SAYS(kept.of(name_of(target, "down")), "cannot be undone");
}

ENGINE_CASE("Mistakes in cases are their failures, with the place, and the other cases go on") {
  KindsProject project({target});
  add_lower_case(project);
  project.test_case("good", std::string("migration = \"2\"\nrestored = [\"upper.toml\"]\n") + kTwoCustomers);
  project.folder.write("tests/cases/good/upper.toml", "[[customers]]\nname = \"ANN\"\n[[customers]]\nname = \"BOB\"\n");
  project.test_case("unknown_migration", "migration = \"0022_lower\"\nrestored = \"before\"\n");
  project.test_case("unknown_key", "migration = \"2\"\nrestord = \"before\"\n");
  project.test_case("unknown_table", "migration = \"2\"\n[[after.custmers]]\nid = 1\n");
  project.test_case("unknown_column", "migration = \"2\"\n[[after.customers]]\nidd = 1\n");
  project.test_case("bad_data", "migration = \"2\"\nrestored = \"before\"\n[[before.customers]]\nid = \"abc\"\n");
  project.test_case("later_table", "migration = \"1\"\nrestored = \"before\"\n[[before.customers]]\nid = 1\n");
  project.test_case("bad_query", "migration = \"2\"\n[[after_query]]\nname = \"q\"\nsql = \"SELECT n FROM nowhere\"\n");
  project.folder.write("tests/cases/no_file/before.toml", "");
  KeptResults kept;
  project.run_cases(kept);
  CHECK(kept.results().size() == 9);
  CHECK_PASSED(kept.of(name_of(target, "good")));
  struct Mistake {
    const char* name;
    int line;
    const char* says;
  };
  for (const Mistake& mistake :
       {Mistake{"unknown_migration", 1, "there is no migration '0022_lower'"}, Mistake{"unknown_key", 2, "restored"},
        Mistake{"unknown_table", 2, "customers"}, Mistake{"unknown_column", 2, "idd"}, Mistake{"bad_data", 0, "abc"},
        Mistake{"later_table", 0, "customers"}, Mistake{"bad_query", 2, "nowhere"},
        Mistake{"no_file", 0, "there is no such file"}}) {
    CAPTURE(mistake.name);
    const TestResult& result = kept.of(name_of(target, mistake.name));
    const TestProblem problem = problem_in(result, "error");
    CHECK_SAYS(result, mistake.says);
    CHECK(problem.position.file == fmt::format("tests/cases/{}/case.toml", mistake.name));
    if (mistake.line > 0) CHECK_MESSAGE(problem.position.line == mistake.line, words_of(result));
  }
  CHECK(project.left_behind() == 0);
}

ENGINE_CASE("A case behind a migration that fails is incomplete, with the cause") {
  KindsProject project({target});
  project.up("0002_broken", {"UPDATE missing SET id = 1"});
  project.up("0003_fine", {"UPDATE customers SET name = 'x'"});
  for (const char* name : {"first", "second"}) project.test_case(name, "migration = \"3\"\nafter = {customers = []}\n");
  project.test_case("broken", "migration = \"2\"\nafter = {customers = []}\n");
  KeptResults kept;
  project.run_cases(kept);
  CHECK(kept.of(name_of(target, "first")).outcome == TestOutcome::incomplete);
  CHECK(kept.of(name_of(target, "second")).outcome == TestOutcome::incomplete);
  CHECK_SAYS(kept.of(name_of(target, "second")), "missing");
  CHECK(problem_in(kept.of(name_of(target, "broken")), "error").position.file.find("0002_broken") != std::string::npos);
}

ENGINE_CASE("A filter runs one case alone, and no database of the others is left") {
  KindsProject project({target});
  add_lower_case(project);
  for (const char* name : {"one", "two", "three"})
    project.test_case(name, "migration = \"2\"\nafter = {customers = []}\n");
  KeptResults kept({name_of(target, "two")});
  project.run_cases(kept);
  REQUIRE(kept.results().size() == 1);
  CHECK_PASSED(kept.results().front());
  CHECK(project.left_behind() == 0);
}

ENGINE_CASE("Scripts load the data before, and a script that fails is the case's failure") {
  KindsProject project({target});
  add_lower_case(project);
  project.folder.write("tests/cases/sql/before.sql",
                       target.script({"INSERT INTO customers (id, name) VALUES (1, 'Ann')"}));
  project.test_case("sql", "migration = \"2\"\nbefore = \"before.sql\"\n[[after.customers]]\nid = 1\nname = \"ann\"\n");
  project.folder.write("tests/cases/bad/before.sql", target.script({"INSERT INTO customers (id) VALUES (NULL)"}));
  project.test_case("bad", "migration = \"2\"\nbefore = \"before.sql\"\nafter = {customers = []}\n");
  KeptResults kept;
  project.run_cases(kept);
  CHECK_PASSED(kept.of(name_of(target, "sql")));
  CHECK(problem_in(kept.of(name_of(target, "bad")), "error").position.file == "tests/cases/bad/before.sql");
  CHECK_SAYS(kept.of(name_of(target, "bad")), "not-null-violation");
}

TEST_CASE("Engines that do the same pass their comparison; a collation that decides differently is found") {
  const std::vector<Target> targets = targets_of_both();
  if (targets.empty()) SKIP_TEST("needs a server of both engines");
  KindsProject project(targets);
  project.up("0002_marked", {"UPDATE customers SET email = 'found' WHERE name = 'ann'"});
  const std::string head =
      "migration = \"2\"\nafter_query = [{name = \"count\", sql = \"SELECT COUNT(*) AS n FROM customers\"}]\n";
  project.test_case("same", head + "[[before.customers]]\nid = 1\nname = \"ann\"\n");
  project.test_case("collation", head + "[[before.customers]]\nid = 1\nname = \"Ann\"\n");
  project.test_case("one_engine", "engines = [\"postgres\"]\n" + head);
  KeptResults kept;
  project.run_cases(kept);
  CHECK_PASSED(kept.of("both/case/same"));
  CHECK_PASSED(kept.of("postgres/case/collation"));
  CHECK_PASSED(kept.of("sqlserver/case/collation"));
  problem_in(kept.of("both/case/collation"), "engines-differ");
  CHECK_SAYS(kept.of("both/case/collation"), "found");
  CHECK(kept.of("sqlserver/case/one_engine").outcome == TestOutcome::skipped);
  for (const TestResult& result : kept.results()) CHECK(result.name.text() != "both/case/one_engine");
  CHECK(project.left_behind() == 0);
}

TEST_CASE("The comparison of the engines is incomplete where one of them did not come to its end") {
  const std::vector<Target> targets = targets_of_both();
  if (targets.empty()) SKIP_TEST("needs a server of both engines");
  KindsProject project(targets);
  project.up("0002_x", {"UPDATE customers SET email = 'x'"});
  project.folder.write("migrations/0002_x.postgres.up.sql", "UPDATE missing SET email = 'x';");
  project.test_case("broken", "migration = \"2\"\nafter = {customers = []}\n");
  KeptResults kept;
  project.run_cases(kept);
  CHECK(kept.of("postgres/case/broken").outcome == TestOutcome::failed);
  CHECK_PASSED(kept.of("sqlserver/case/broken"));
  CHECK(kept.of("both/case/broken").outcome == TestOutcome::incomplete);
  CHECK_SAYS(kept.of("both/case/broken"), "postgres did not come to its end");
}
