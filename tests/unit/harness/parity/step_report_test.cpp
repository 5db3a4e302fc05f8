#include "harness/parity/step_report.h"

#include <doctest/doctest.h>

#include <initializer_list>
#include <string>

using namespace paripassu;

namespace {

Difference difference(const std::string& code, const std::string& name, Severity severity = Severity::error) {
  Difference result;
  result.code = code;
  result.severity = severity;
  result.table = "orders";
  result.kind = "column";
  result.name = name;
  return result;
}

Comparison comparison(std::initializer_list<Difference> differences) {
  Comparison result;
  result.differences = differences;
  return result;
}

StepVersion version(const std::string& number) {
  return {number, "", "left/" + number, "right/" + number};
}

}  // namespace

TEST_CASE("StepHistory names the versions that introduced and repaired a difference") {
  StepHistory history;
  CHECK_FALSE(history.add(version("1"), comparison({})).differs);
  const StepResult& second = history.add(version("2"), comparison({difference("column-type", "a")}));
  CHECK(second.differs);
  CHECK(second.errors == 1);
  CHECK(second.introduced.size() == 1);
  history.add(version("3"), comparison({difference("column-type", "a"), difference("column-missing", "b")}));
  const StepResult& fourth = history.add(version("4"), comparison({difference("column-missing", "b")}));
  CHECK(fourth.introduced.empty());
  REQUIRE(fourth.repaired.size() == 1);
  CHECK(fourth.repaired[0].name == "a");

  const StepReport report = history.finish();
  CHECK(report.first_divergence == "2");
  CHECK(report.steps.size() == 4);
  CHECK(report.last.differences.size() == 1);
  REQUIRE(report.lives.size() == 2);
  CHECK(report.lives[0].difference.name == "b");
  CHECK(report.steps[report.lives[0].introduced].version.version == "3");
  CHECK_FALSE(report.lives[0].repaired);
  CHECK(report.lives[1].difference.name == "a");
  CHECK(report.steps[report.lives[1].introduced].version.right_file == "right/2");
  REQUIRE(report.lives[1].repaired);
  CHECK(report.steps[*report.lives[1].repaired].version.version == "4");
}

TEST_CASE("StepHistory takes a difference whose sides change for the same one") {
  StepHistory history;
  Difference first = difference("column-type", "a");
  first.left = "int";
  first.right = "bigint";
  Difference second = first;
  second.right = "smallint";
  second.left_side.file = "2.sql";
  history.add(version("1"), comparison({first}));
  const StepResult& step = history.add(version("2"), comparison({second}));
  CHECK(step.introduced.empty());
  CHECK(step.repaired.empty());
  const StepReport report = history.finish();
  REQUIRE(report.lives.size() == 1);
  CHECK(report.lives[0].introduced == 0);
  CHECK(report.lives[0].difference == second);
}

TEST_CASE("StepHistory gives a difference that comes back a second life") {
  StepHistory history;
  const Difference one = difference("column-type", "a");
  history.add(version("1"), comparison({one}));
  history.add(version("2"), comparison({}));
  history.add(version("3"), comparison({one}));
  const StepReport report = history.finish();
  REQUIRE(report.lives.size() == 2);
  CHECK(report.lives[0].introduced == 2);
  CHECK_FALSE(report.lives[0].repaired);
  CHECK(report.lives[1].introduced == 0);
  CHECK(report.lives[1].repaired == 1);
  CHECK(report.first_divergence == "1");
}

TEST_CASE("StepHistory tells differences apart that are alike in code and object") {
  StepHistory history;
  Difference one = difference("expression-caveat", "a");
  one.left = "x";
  Difference other = one;
  other.left = "y";
  CHECK(history.add(version("1"), comparison({one, other})).introduced.size() == 2);
  const StepResult& step = history.add(version("2"), comparison({one}));
  CHECK(step.introduced.empty());
  CHECK(step.repaired.size() == 1);
  CHECK(history.finish().lives.size() == 2);
}

TEST_CASE("StepHistory counts as divergence what is severe enough and not waived") {
  const Difference note = difference("column-order", "a", Severity::note);
  Difference waived = difference("column-type", "b");
  waived.waived = "known";
  const auto first_divergence = [&](Severity fail_on) {
    StepHistory history(fail_on);
    history.add(version("1"), comparison({waived}));
    history.add(version("2"), comparison({waived, note}));
    history.add(version("3"), comparison({difference("column-collation", "c", Severity::warning)}));
    history.add(version("4"), comparison({difference("column-type", "d")}));
    return history.finish().first_divergence;
  };
  CHECK(first_divergence(Severity::note) == "2");
  CHECK(first_divergence(Severity::warning) == "3");
  CHECK(first_divergence(Severity::error) == "4");
}

TEST_CASE("StepHistory of no version is empty") {
  const StepReport report = StepHistory().finish();
  CHECK(report.steps.empty());
  CHECK(report.lives.empty());
  CHECK(report.first_divergence.empty());
}
