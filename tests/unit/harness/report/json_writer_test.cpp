#include "harness/report/report_writer.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/unit/harness/report/json_schema.h"
#include "tests/unit/harness/report/report_fixture.h"

using namespace paripassu;
using namespace report_fixture;

namespace {

std::string json_of(const Comparison& comparison) {
  std::ostringstream out;
  write_json(out, comparison);
  return out.str();
}

nlohmann::json parsed(const Comparison& comparison) {
  return nlohmann::json::parse(json_of(comparison));
}

json_schema::Checker report_schema() {
  return json_schema::Checker(nlohmann::json::parse(source_file("docs/report.schema.json")));
}

/// What the schema says of a document, as one text.
std::string faults_of(const nlohmann::json& document) {
  std::string text;
  for (const std::string& fault : report_schema().faults(document)) text += fault + "\n";
  return text;
}

}  // namespace

TEST_CASE("write_json keeps to docs/report.schema.json, which names every member") {
  Comparison comparison = documented_comparison();
  comparison.unknown = {{"*", "sequences", "right: not listed"}};
  comparison.not_compared = {"comments: 1"};
  comparison.right.deviations = {"lower case"};
  CHECK(faults_of(parsed(comparison)) == "");
  CHECK(faults_of(parsed(Comparison{})) == "");
  for (const std::string& evil : hostile_names()) CHECK(faults_of(parsed(hostile_comparison(evil))) == "");
}

TEST_CASE("docs/report.schema.json refuses a report that lacks a member or has one of another type") {
  Comparison comparison = documented_comparison();
  comparison.unknown = {{"*", "sequences", "right: not listed"}};
  comparison.not_compared = {"comments: 1"};
  comparison.left.deviations = comparison.right.deviations = {"lower case"};
  const nlohmann::json whole = parsed(comparison);
  const nlohmann::json flat = whole.flatten();
  REQUIRE(flat.size() > 80);
  for (const auto& [place, ignored] : flat.items()) {
    CAPTURE(place);
    const nlohmann::json::json_pointer pointer(place);
    nlohmann::json other = whole;
    other[pointer] = nlohmann::json::array({"neither text nor number"});
    CHECK(faults_of(other) != "");
    const nlohmann::json& parent = whole[pointer.parent_pointer()];
    if (!parent.is_object() || contains(place, "/by_code/")) continue;
    nlohmann::json less = whole;
    less[pointer.parent_pointer()].erase(pointer.back());
    CHECK(faults_of(less) != "");
  }
  nlohmann::json other = whole;
  other["version"] = 2;
  CHECK(contains(faults_of(other), "/version: not 1"));
  other = whole;
  other["differences"][0]["severity"] = "fatal";
  CHECK(contains(faults_of(other), "/differences/0/severity: not one of"));
  other = whole;
  other["differences"][0]["left_side"]["line"] = 0;
  CHECK(contains(faults_of(other), "/differences/0/left_side/line: too small"));
  other = whole;
  other["surprise"] = 1;
  CHECK(contains(faults_of(other), "/surprise: is not in the schema"));
}

TEST_CASE("write_json gives null for what a side does not have, and tells sides apart") {
  const nlohmann::json differences = parsed(documented_comparison())["differences"];
  CHECK(differences[1]["left_side"]["understood"] == "0 < quantity");
  CHECK(differences[1]["left_side"]["line"] == 1);
  CHECK(differences[1]["right_side"]["schema"] == "dbo");
  for (const char* member : {"name", "understood", "file", "line"}) {
    CHECK(differences[1]["right_side"][member].is_null());
  }
  CHECK(differences[0]["waived"].is_null());
  CHECK(differences[1]["waived"] == "the old importer writes zeros");
}

TEST_CASE("write_json says why a difference matters, or null for a code that nobody explains") {
  const nlohmann::json differences =
      parsed(comparison_with({difference("column-type", "t", "column", "a", "x", "y"),
                              difference("no-such-code", "t", "column", "a", "x", "y")}))["differences"];
  CHECK(differences[0]["why"].get<std::string>().size() > 20);
  CHECK(differences[1]["why"].is_null());
}

TEST_CASE("write_json counts without the waived differences and names their number") {
  const nlohmann::json summary = parsed(documented_comparison())["summary"];
  CHECK(summary["errors"] == 1);
  CHECK(summary["notes"] == 1);
  CHECK(summary["waived"] == 1);
  CHECK_FALSE(summary["by_code"].contains("check-missing"));
}

TEST_CASE("write_json says whether the comparison passed by the severity that fails it") {
  const auto passed = [](Severity found, Severity fail_on, bool unknown = false) {
    Comparison comparison = comparison_with({difference("column-type", "t", "column", "a", "x", "y", found)});
    if (unknown) comparison.unknown = {{"*", "x", "y"}};
    std::ostringstream out;
    write_json(out, comparison, fail_on);
    const nlohmann::json summary = nlohmann::json::parse(out.str())["summary"];
    CHECK(summary["fail_on"] == to_string(fail_on));
    return summary["passed"].get<bool>();
  };
  CHECK_FALSE(passed(Severity::error, Severity::error));
  CHECK(passed(Severity::warning, Severity::error));
  CHECK_FALSE(passed(Severity::warning, Severity::warning));
  CHECK(passed(Severity::note, Severity::warning));
  CHECK_FALSE(passed(Severity::note, Severity::note));
  CHECK_FALSE(passed(Severity::note, Severity::error, true));
}

TEST_CASE("write_json calls sides equal only when nothing is unknown") {
  CHECK(contains(json_of(Comparison{}), "\"equal\": true"));
  Comparison comparison;
  comparison.unknown = {{"*", "x", "y"}};
  CHECK(contains(json_of(comparison), "\"equal\": false"));
  comparison = comparison_with({difference("view-materialized", "v", "view", "v", "a", "b", Severity::note)});
  CHECK(contains(json_of(comparison), "\"equal\": true"));
}

TEST_CASE("write_json escapes other scripts and replaces what is not UTF-8") {
  const std::string json =
      json_of(comparison_with({difference("table-missing", "заказ", "table", "\xFF\xFE", "a\"b\\c\n", "")}));
  CHECK(contains(json, R"("table": "\u0437\u0430\u043a\u0430\u0437")"));
  CHECK(contains(json, R"("name": "\ufffd\ufffd")"));
  CHECK(contains(json, R"("left": "a\"b\\c\n")"));
}
