#include "harness/report/query_writer.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <pugixml.hpp>
#include <sstream>

namespace paripassu {

namespace {

QueryReport sample_report() {
  QueryReport report;
  report.left_label = "postgres://host/a (PostgreSQL 15.20)";
  report.right_label = "sqlserver://host/a (Microsoft SQL Server 16.0)";
  QueryResult passed;
  passed.name = "totals";
  passed.position.file = "q/totals.sql";
  report.results.push_back(passed);
  QueryResult failed;
  failed.name = "late";
  failed.position.file = "q/late.sql";
  failed.outcome = QueryOutcome::failed;
  failed.message = "the results differ: 1 row not alike";
  ColumnResult id;
  id.left_name = id.right_name = "id";
  id.key = true;
  ColumnResult name;
  name.left_name = name.right_name = "name";
  name.classes[static_cast<std::size_t>(ValueClass::letter_case)] = {1, ""};
  failed.rows.columns = {id, name};
  DataDifference difference;
  difference.key = {"7"};
  difference.left = {"7", "<b>@all</b>"};
  difference.right = {"7", "<B>@all</B>"};
  difference.values.push_back(
      {1, "<b>@all</b>", "<B>@all</B>", ValueClass::letter_case, ClassVerdict::error, "at character 2"});
  failed.rows.differences.push_back(difference);
  DataDifference single;
  single.kind = DataDifference::Kind::right_only;
  single.right = {"8", std::nullopt};
  failed.rows.differences.push_back(single);
  report.results.push_back(failed);
  QueryResult incomplete;
  incomplete.name = "alone";
  incomplete.outcome = QueryOutcome::incomplete;
  incomplete.message = "there is no text of this query for SQL Server";
  report.results.push_back(incomplete);
  return report;
}

std::string written(ReportFormat format) {
  std::ostringstream out;
  write_query_report(out, sample_report(), format, {});
  return out.str();
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("query report as text shows both values of what differs, by key") {
  const std::string text = written(ReportFormat::text);
  CHECK(has(text, "1 of 2 queries failed, 1 could not be run"));
  CHECK(has(text, "id = 7; name: left '<b>@all</b>', right '<B>@all</B>' (case, at character 2)"));
  CHECK(has(text, "right only: id = 8, name = NULL"));
  CHECK(has(text, "NOT RUN alone"));
}

TEST_CASE("query report as JSON has every query with its differences") {
  const nlohmann::json document = nlohmann::json::parse(written(ReportFormat::json));
  REQUIRE(document["queries"].size() == 3);
  const nlohmann::json& late = document["queries"][1];
  CHECK(late["columns"][1]["classes"]["case"] == 1);
  CHECK(late["differences"][0]["values"][0]["class"] == "case");
  CHECK(late["differences"][1]["kind"] == "right-only");
  CHECK(late["differences"][1]["right"][1].is_null());
  CHECK(document["summary"]["incomplete"] == 1);
}

TEST_CASE("query report as JUnit and Markdown") {
  pugi::xml_document document;
  REQUIRE(document.load_string(written(ReportFormat::junit).c_str()));
  const pugi::xml_node suite = document.child("testsuites").child("testsuite");
  CHECK(suite.find_child_by_attribute("testcase", "name", "late").child("failure"));
  CHECK(suite.find_child_by_attribute("testcase", "name", "alone").child("error"));
  CHECK_FALSE(has(written(ReportFormat::markdown), "<b>"));
  CHECK_THROWS_AS(written(ReportFormat::github), Error);
}

}  // namespace paripassu
