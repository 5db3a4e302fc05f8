#include "harness/migration_tests/case_observation.h"

#include <doctest/doctest.h>

using namespace paripassu;

namespace {

RowSet rows(const std::string& name, const std::vector<std::vector<Cell>>& values) {
  RowSet set;
  set.name = name;
  catalog::Type integer;
  integer.family = catalog::TypeFamily::integer;
  integer.bits = 32;
  catalog::Type text;
  text.family = catalog::TypeFamily::text;
  set.columns = {{"id", integer}, {"name", text}};
  set.rows = values;
  set.key = {0};
  return set;
}

CaseObservation seen(const std::vector<std::vector<Cell>>& values) {
  CaseObservation observation;
  observation.named = {"customers"};
  CaseObservation::Stage stage;
  stage.moment = "after 0002_lower";
  stage.tables["customers"] = rows("customers", values);
  observation.stages.push_back(std::move(stage));
  return observation;
}

std::vector<TestProblem> compare(const CaseObservation& left, const CaseObservation& right) {
  TestCase test_case;
  test_case.migration_position = {"case.toml", 1, 13};
  return compare_runs(Configuration(), test_case, "north", left, "south", right);
}

}  // namespace

TEST_CASE("Engines with the same rows do not differ") {
  CHECK(compare(seen({{"1", "ann"}}), seen({{"1", "ann"}})).empty());
}

TEST_CASE("An empty text on one engine and NULL on the other differ, with both values") {
  const std::vector<TestProblem> problems = compare(seen({{"1", ""}}), seen({{"1", std::nullopt}}));
  REQUIRE(problems.size() == 1);
  CHECK(problems[0].code == "engines-differ");
  CHECK(problems[0].message.find("after 0002_lower") != std::string::npos);
  CHECK(problems[0].position.file == "case.toml");
  REQUIRE(problems[0].details.size() == 1);
  CHECK(problems[0].details[0].find("NULL") != std::string::npos);
  CHECK(problems[0].details[0].find("id = 1") != std::string::npos);
}

TEST_CASE("A row that one engine lacks is a difference") {
  CHECK(compare(seen({{"1", "ann"}, {"2", "bob"}}), seen({{"1", "ann"}})).size() == 1);
}

TEST_CASE("A table that is there on one engine alone is a difference, one that the other does not speak of is none") {
  CaseObservation right = seen({});
  right.stages[0].tables.clear();
  const std::vector<TestProblem> problems = compare(seen({}), right);
  REQUIRE(problems.size() == 1);
  CHECK(problems[0].message.find("north alone") != std::string::npos);
  right.named.clear();
  CHECK(compare(seen({}), right).empty());
}

TEST_CASE("Queries of two engines compare by position only where both order them") {
  CaseObservation left = seen({});
  CaseObservation right = seen({});
  left.stages[0].queries.push_back({rows("names", {{"1", "a"}, {"2", "b"}}), true, {"case.toml", 9, 1}});
  right.stages[0].queries.push_back({rows("names", {{"2", "b"}, {"1", "a"}}), true, {"case.toml", 9, 1}});
  const std::vector<TestProblem> problems = compare(left, right);
  REQUIRE(problems.size() == 1);
  CHECK(problems[0].position.line == 9);
  right.stages[0].queries[0].ordered = false;
  CHECK(compare(left, right).empty());
}

TEST_CASE("Errors of different classes are a difference between the engines") {
  CaseObservation left = seen({});
  CaseObservation right = seen({});
  left.error = ErrorCategory::unique_violation;
  right.error = ErrorCategory::data;
  const std::vector<TestProblem> problems = compare(left, right);
  REQUIRE(problems.size() == 1);
  CHECK(problems[0].message.find("unique-violation on north") != std::string::npos);
}

TEST_CASE("What one engine alone came to see is not compared") {
  CaseObservation left = seen({});
  left.stages.push_back(left.stages.front());
  CHECK(compare(left, seen({})).empty());
}
