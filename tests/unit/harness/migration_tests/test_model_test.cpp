#include "harness/migration_tests/test_model.h"

#include <doctest/doctest.h>

#include <string>

#include "harness/migration_tests/test_context.h"

namespace paripassu {

TEST_CASE("kinds of tests have words of their own that lead back to them") {
  for (const TestKind kind : all_test_kinds()) {
    CHECK_FALSE(to_string(kind).empty());
    CHECK(test_kind_from_string(to_string(kind)) == kind);
  }
  CHECK(all_test_kinds().size() == 9);
}

TEST_CASE("an unknown kind is refused with the nearest one") {
  try {
    test_kind_from_string("stairwy");
    FAIL("accepted");
  } catch (const Error& error) {
    CHECK(error.category() == ErrorCategory::usage);
    CHECK(error.message() == "there is no kind of test 'stairwy'; did you mean 'stairway'?");
    CHECK(error.remedy().find("stairway-data") != std::string::npos);
  }
  CHECK_THROWS_AS(test_kind_from_string(""), Error);
}

TEST_CASE("a test's name says engine, kind and migration") {
  CHECK(TestName{"postgres", TestKind::stairway_data, "0003_add_phone"}.text() ==
        "postgres/stairway-data/0003_add_phone");
}

TEST_CASE("an error becomes a problem with its category, place and all that the server said") {
  Error error(ErrorCategory::unique_violation, "duplicate key value");
  Diagnostic diagnostic;
  diagnostic.severity = "ERROR";
  diagnostic.message = "duplicate key value violates unique constraint";
  diagnostic.detail = "Key (id)=(1) already exists.";
  error.with_position({"0003.up.sql", 7, 1}).with_diagnostics({diagnostic}).with_statement("ALTER TABLE t …");
  error.with_remedy("make the values unique first");
  const TestProblem problem = problem_of(error, "up");
  CHECK(problem.code == "error");
  CHECK(problem.message == "up: duplicate key value (unique-violation)");
  CHECK(problem.position == SourcePosition{"0003.up.sql", 7, 1});
  REQUIRE(problem.details.size() == 3);
  CHECK(problem.details[0] == "ERROR: duplicate key value violates unique constraint — Key (id)=(1) already exists.");
  CHECK(problem.details[1] == "statement: ALTER TABLE t …");
  CHECK(problem.details[2] == "→ make the values unique first");
}

}  // namespace paripassu
