#include "harness/report/check_writer.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <pugixml.hpp>
#include <sstream>

namespace paripassu {

namespace {

CheckReport sample_report() {
  CheckReport report;
  CheckReport::Side side;
  side.label = "sqlserver://reader@host/orders (Babelfish for PostgreSQL 4.4.0 [stand-in])";
  side.server.engine = "sqlserver";
  side.server.product = "Babelfish for PostgreSQL";
  side.server.genuine = false;
  side.server.deviations = {"no-clone"};
  report.sides.push_back(side);
  CheckResult passed;
  passed.name = "orders.id: unique";
  passed.engine = "sqlserver";
  report.results.push_back(passed);
  CheckResult failed;
  failed.name = "orders.status: accepted";
  failed.engine = "sqlserver";
  failed.kind = CheckKind::accepted;
  failed.outcome = CheckOutcome::failed;
  failed.severity = Severity::warning;
  failed.message = "41 rows whose status is not accepted";
  failed.position = {"checks/a.toml", 3, 1};
  failed.offenders = 41;
  failed.shown = {"id", "status"};
  failed.rows = {{"7", "\x1b[31m<b>@all</b>"}, {"8", std::nullopt}};
  report.results.push_back(failed);
  CheckResult incomplete;
  incomplete.name = "orders: check ck_odd";
  incomplete.engine = "sqlserver";
  incomplete.kind = CheckKind::condition;
  incomplete.code = "check-missing";
  incomplete.outcome = CheckOutcome::incomplete;
  incomplete.message = "not checkable on SQL Server: it matches a regular expression";
  report.results.push_back(incomplete);
  return report;
}

std::string written(ReportFormat format, Severity fail_on = Severity::warning) {
  std::ostringstream out;
  ReportOptions options;
  options.fail_on = fail_on;
  write_check_report(out, sample_report(), format, options);
  return out.str();
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("check report as text counts, names the place and shows the first offenders, escaped") {
  const std::string text = written(ReportFormat::text);
  CHECK(has(text, "1 of 2 checks failed, 1 could not be run"));
  CHECK(has(text, "FAILED sqlserver: orders.status: accepted"));
  CHECK(has(text, "checks/a.toml:3:1: 41 rows whose status is not accepted"));
  CHECK(has(text, "id = 8, status = NULL"));
  CHECK(has(text, "… and 39 more"));
  CHECK(has(text, "stands in for the engine"));
  CHECK_FALSE(has(text, "\x1b"));
}

TEST_CASE("check report: what is less severe than asked for is a warning") {
  const std::string text = written(ReportFormat::text, Severity::error);
  CHECK(has(text, "All 2 checks passed, 1 with a warning, 1 could not be run"));
  CHECK(has(text, "WARNING sqlserver: orders.status: accepted"));
  CHECK_FALSE(sample_report().fails(Severity::error));
  CHECK(sample_report().fails(Severity::warning));
}

TEST_CASE("check report as JSON has every check, in ASCII, with NULL as null") {
  const std::string text = written(ReportFormat::json);
  CHECK(text.find_first_not_of("\n\x20\x21\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`"
                               "abcdefghijklmnopqrstuvwxyz{|}~") == std::string::npos);
  const nlohmann::json document = nlohmann::json::parse(text);
  CHECK(document["summary"]["failed"] == 1);
  REQUIRE(document["checks"].size() == 3);
  CHECK(document["checks"][1]["rows"][1][1].is_null());
  CHECK(document["checks"][1]["line"] == 3);
  CHECK(document["checks"][2]["implied_by"] == "check-missing");
}

TEST_CASE("check report as JUnit: failed ones are failures, those that did not run errors") {
  pugi::xml_document document;
  REQUIRE(document.load_string(written(ReportFormat::junit).c_str()));
  const pugi::xml_node suite = document.child("testsuites").child("testsuite");
  CHECK(std::string(suite.attribute("failures").value()) == "1");
  CHECK(std::string(suite.attribute("errors").value()) == "1");
  CHECK(suite.find_child_by_attribute("testcase", "name", "sqlserver: orders.status: accepted").child("failure"));
}

TEST_CASE("check report as Markdown lets no value be markup, and other formats are refused") {
  const std::string text = written(ReportFormat::markdown);
  CHECK(has(text, "### paripassu check: 1 of 2 checks failed"));
  CHECK_FALSE(has(text, "<b>"));
  CHECK_THROWS_AS(written(ReportFormat::sarif), Error);
}

}  // namespace paripassu
