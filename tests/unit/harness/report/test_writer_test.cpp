#include "harness/report/test_writer.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <pugixml.hpp>
#include <sstream>

namespace paripassu {

namespace {

/// Two engines, one of them a stand-in; every outcome.
TestReport sample_report() {
  TestReport report;
  report.project = "orders";
  report.duration_ms = 4'217;
  TestEngine postgres;
  postgres.name = "postgres";
  postgres.server = "PostgreSQL 15.20";
  TestEngine sqlserver;
  sqlserver.name = "sqlserver";
  sqlserver.server = "Babelfish for PostgreSQL 4.4.0 [stand-in]";
  sqlserver.genuine = false;
  sqlserver.deviations = {"names-are-varchar", "no-clone"};
  report.engines = {postgres, sqlserver};

  TestResult passed;
  passed.name = {"postgres", TestKind::stairway, "0001_create"};
  passed.duration_ms = 12;
  passed.migrate_ms = 250;
  report.results.push_back(passed);

  TestResult failed;
  failed.name = {"postgres", TestKind::stairway, "0002_add_rank"};
  failed.outcome = TestOutcome::failed;
  failed.duration_ms = 1'034;
  failed.problems = {{"down-leaves",
                      "the down does not leave what was before",
                      {"migrations/0002_add_rank.down.sql", 1, 0},
                      {"left behind: type public.staff_rank (enum)"}}};
  failed.kept = "postgres://u@host/paripassu_scratch_1";
  report.results.push_back(failed);

  TestResult skipped;
  skipped.name = {"sqlserver", TestKind::stairway, "0003_drop"};
  skipped.outcome = TestOutcome::skipped;
  skipped.reason = "irreversible: the data is gone";
  report.results.push_back(skipped);

  TestResult noted;
  noted.name = {"sqlserver", TestKind::stairway_data, "0004_drop_phone"};
  noted.notes = {"expected loss: 2 values of customers.phone"};
  report.results.push_back(noted);

  TestResult incomplete;
  incomplete.name = {"both", TestKind::parity, "all"};
  incomplete.outcome = TestOutcome::incomplete;
  incomplete.reason = "no server of sqlserver";
  report.results.push_back(incomplete);
  return report;
}

std::string text_of(const TestReport& report, bool verbose = false, bool color = false) {
  std::ostringstream out;
  TextStyle style;
  style.verbose = verbose;
  style.color = color;
  write_test_text(out, report, style);
  return out.str();
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("test report as text begins with the counts and names every failure with its place") {
  const std::string text = text_of(sample_report());
  CHECK(text.rfind("1 of 3 tests failed, 1 skipped, 1 could not be run (4.2 s)\n", 0) == 0);
  CHECK(contains(text, "orders on PostgreSQL 15.20, Babelfish for PostgreSQL 4.4.0 [stand-in]\n"));
  CHECK(contains(text, "  stairway       postgres   1 passed, 1 failed\n"));
  CHECK(contains(text,
                 "FAILED postgres/stairway/0002_add_rank (1.0 s)\n"
                 "  migrations/0002_add_rank.down.sql:1: the down does not leave what was before [down-leaves]\n"
                 "    left behind: type public.staff_rank (enum)\n"
                 "  kept: postgres://u@host/paripassu_scratch_1\n"));
  CHECK(contains(text, "Could not be run\n  both/parity/all: no server of sqlserver\n"));
  CHECK(contains(text, "Skipped\n  sqlserver/stairway/0003_drop: irreversible: the data is gone\n"));
  CHECK(contains(text, "  sqlserver/stairway-data/0004_drop_phone: expected loss: 2 values of customers.phone\n"));
  CHECK(contains(text, "Slowest migrations\n    250 ms  postgres 0001_create\n"));
  CHECK(contains(text, "stands in for the engine and differs from it in 2 named ways"));
  CHECK_FALSE(contains(text, "All tests"));
  CHECK(contains(text_of(sample_report(), true), "All tests\n"));
  CHECK_FALSE(contains(text, "\x1b"));
  CHECK(contains(text_of(sample_report(), false, true), "\x1b[31mFAILED"));
}

TEST_CASE("test report: an engine without a server is in the last lines") {
  TestReport report = sample_report();
  report.engines[1] = {};
  report.engines[1].name = "sqlserver";
  report.engines[1].unavailable = "no local server";
  const std::string text = text_of(report);
  CHECK(contains(text.substr(text.size() - 60), "sqlserver did not run: no local server\n"));
}

TEST_CASE("test report headline does not call nothing a success") {
  TestReport report;
  CHECK(test_headline(report) == "No test ran");
  report.results.resize(1);
  CHECK(test_headline(report) == "The one test passed");
  report.results.resize(2);
  CHECK(test_headline(report) == "All 2 tests passed");
  report.results[0].outcome = TestOutcome::skipped;
  report.results[1].outcome = TestOutcome::incomplete;
  CHECK(test_headline(report) == "No test ran, 1 skipped, 1 could not be run");
}

TEST_CASE("test report as JSON carries every result, in ASCII") {
  TestReport report = sample_report();
  report.results[1].problems[0].details.push_back("text with \x1b[31m, \xff and \u202e");
  std::ostringstream out;
  write_test_json(out, report);
  const std::string text = out.str();
  for (const char c : text) REQUIRE((c == '\n' || (c >= ' ' && c < 0x7f)));
  const nlohmann::json json = nlohmann::json::parse(text);
  CHECK(json["version"] == 1);
  CHECK(json["summary"]["passed"] == 2);
  CHECK(json["summary"]["failed"] == 1);
  CHECK(json["summary"]["skipped"] == 1);
  CHECK(json["summary"]["incomplete"] == 1);
  REQUIRE(json["tests"].size() == 5);
  CHECK(json["tests"][0]["test"] == "postgres/stairway/0001_create");
  CHECK(json["tests"][0]["migrate_ms"] == 250);
  CHECK(json["tests"][1]["problems"][0]["code"] == "down-leaves");
  CHECK(json["tests"][1]["problems"][0]["file"] == "migrations/0002_add_rank.down.sql");
  CHECK(json["tests"][1]["problems"][0]["line"] == 1);
  CHECK(json["tests"][2]["reason"] == "irreversible: the data is gone");
  CHECK(json["engines"][1]["genuine"] == false);
}

TEST_CASE("test report as JUnit has a test case per result, with times, and errors for what could not be run") {
  TestReport report = sample_report();
  report.results[1].problems[0].message = "<b> & \"quotes\" ]]>";
  std::ostringstream out;
  write_test_junit(out, report, {});
  pugi::xml_document document;
  REQUIRE(document.load_string(out.str().c_str()));
  const pugi::xml_node suite = document.child("testsuites").child("testsuite");
  CHECK(std::string(suite.attribute("tests").value()) == "5");
  CHECK(std::string(suite.attribute("failures").value()) == "1");
  CHECK(std::string(suite.attribute("errors").value()) == "1");
  CHECK(std::string(suite.attribute("skipped").value()) == "1");
  pugi::xml_node failed;
  for (const pugi::xml_node test : suite.children("testcase"))
    if (test.child("failure")) failed = test;
  CHECK(std::string(failed.attribute("name").value()) == "postgres/stairway/0002_add_rank");
  CHECK(std::string(failed.attribute("classname").value()) == "paripassu.postgres.stairway");
  CHECK(std::string(failed.attribute("time").value()) == "1.034");
  CHECK(std::string(failed.attribute("file").value()) == "migrations/0002_add_rank.down.sql");
  CHECK(std::string(failed.child("failure").attribute("message").value()) == "<b> & \"quotes\" ]]>");
  CHECK(std::string(failed.child("failure").attribute("type").value()) == "down-leaves");
}

TEST_CASE("test report as Markdown stays below its bound and lets no text be markup") {
  TestReport report = sample_report();
  report.results[1].problems[0].message = "<script> [link](http://x) @someone";
  std::ostringstream out;
  write_test_markdown(out, report, {});
  CHECK(contains(out.str(), "### paripassu test: 1 of 3 tests failed"));
  CHECK(contains(out.str(), "#### `postgres/stairway/0002_add_rank`"));
  CHECK_FALSE(contains(out.str(), "<script>"));
  CHECK_FALSE(contains(out.str(), "[link]("));
  CHECK_FALSE(contains(out.str(), "@someone"));
  const TestResult failed = report.results[1];
  for (int i = 0; i < 2'000; ++i) report.results.push_back(failed);
  std::ostringstream large;
  write_test_markdown(large, report, {});
  CHECK(large.str().size() <= kMarkdownBytesMax);
  CHECK(contains(large.str(), "more**"));
}

TEST_CASE("test report: long details are cut in text, and counted") {
  TestReport report = sample_report();
  report.results[1].problems[0].details.assign(100, "line");
  CHECK(contains(text_of(report), "and 75 more, all shown with -v and in JSON"));
  CHECK_FALSE(contains(text_of(report, true), "more, all shown"));
}

TEST_CASE("test report formats that test does not have are refused") {
  std::ostringstream out;
  CHECK_THROWS_AS(write_test_report(out, sample_report(), ReportFormat::sarif, {}), Error);
}

}  // namespace paripassu
