#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "harness/report/report_writer.h"
#include "tests/unit/harness/report/json_schema.h"
#include "tests/unit/harness/report/report_fixture.h"

using namespace paripassu;
using namespace report_fixture;
using nlohmann::json;

namespace {

json sarif_of(const Comparison& comparison, const ReportOptions& options = {}) {
  const std::string text = report_of(comparison, ReportFormat::sarif, options);
  CHECK(is_tame(text));
  CHECK(is_ascii(text));
  return json::parse(text);
}

/// Of SARIF 2.1.0, the objects and members that the writer may use, with what the standard requires of each.
constexpr const char* kSarifRules = R"json({
  "type": "object",
  "required": ["version", "runs"],
  "properties": {
    "$schema": { "type": "string" },
    "version": { "enum": ["2.1.0"] },
    "runs": { "type": "array", "items": { "$ref": "#/$defs/run" } }
  },
  "$defs": {
    "level": { "enum": ["none", "note", "warning", "error"] },
    "strings": { "type": "array", "items": { "type": "string" } },
    "message": {
      "type": "object", "required": ["text"],
      "properties": { "text": { "type": "string" }, "markdown": { "type": "string" } }
    },
    "run": {
      "type": "object", "required": ["tool", "results"],
      "properties": {
        "tool": {
          "type": "object", "required": ["driver"], "properties": { "driver": { "$ref": "#/$defs/driver" } }
        },
        "invocations": { "type": "array", "items": { "$ref": "#/$defs/invocation" } },
        "results": { "type": "array", "items": { "$ref": "#/$defs/result" } },
        "properties": {
          "type": "object",
          "properties": {
            "left": { "type": "string" }, "right": { "type": "string" }, "compared": { "type": "string" },
            "compatible": { "$ref": "#/$defs/strings" }, "settings": { "$ref": "#/$defs/strings" },
            "notCompared": { "$ref": "#/$defs/strings" }
          }
        }
      }
    },
    "driver": {
      "type": "object", "required": ["name"],
      "properties": {
        "name": { "type": "string" }, "version": { "type": "string" }, "informationUri": { "type": "string" },
        "rules": { "type": "array", "items": { "$ref": "#/$defs/rule" } }
      }
    },
    "rule": {
      "type": "object", "required": ["id", "shortDescription", "fullDescription", "help"],
      "properties": {
        "id": { "type": "string" }, "name": { "type": "string" },
        "shortDescription": { "$ref": "#/$defs/message" }, "fullDescription": { "$ref": "#/$defs/message" },
        "help": { "$ref": "#/$defs/message" },
        "defaultConfiguration": { "type": "object", "properties": { "level": { "$ref": "#/$defs/level" } } }
      }
    },
    "invocation": {
      "type": "object", "required": ["executionSuccessful"],
      "properties": {
        "executionSuccessful": { "type": "boolean" },
        "toolExecutionNotifications": {
          "type": "array",
          "items": {
            "type": "object", "required": ["message"],
            "properties": { "message": { "$ref": "#/$defs/message" }, "level": { "$ref": "#/$defs/level" } }
          }
        }
      }
    },
    "result": {
      "type": "object", "required": ["message", "ruleId", "ruleIndex", "level", "locations"],
      "properties": {
        "ruleId": { "type": "string" },
        "ruleIndex": { "type": "integer", "minimum": 0 },
        "level": { "$ref": "#/$defs/level" },
        "message": { "$ref": "#/$defs/message" },
        "locations": { "type": "array", "minItems": 1, "items": { "$ref": "#/$defs/location" } },
        "relatedLocations": { "type": "array", "minItems": 1, "items": { "$ref": "#/$defs/location" } },
        "partialFingerprints": {
          "type": "object", "required": ["paripassuDifference/v1"],
          "properties": { "paripassuDifference/v1": { "type": "string" } }
        },
        "suppressions": {
          "type": "array",
          "items": {
            "type": "object", "required": ["kind"],
            "properties": {
              "kind": { "enum": ["inSource", "external"] },
              "status": { "enum": ["accepted", "underReview", "rejected"] },
              "justification": { "type": "string" }
            }
          }
        },
        "properties": {
          "type": "object", "properties": { "left": { "type": "string" }, "right": { "type": "string" } }
        }
      }
    },
    "location": {
      "type": "object",
      "properties": {
        "id": { "type": "integer", "minimum": 0 },
        "physicalLocation": {
          "type": "object", "required": ["artifactLocation"],
          "properties": {
            "artifactLocation": {
              "type": "object", "required": ["uri"], "properties": { "uri": { "type": "string" } }
            },
            "region": { "type": "object", "properties": { "startLine": { "type": "integer", "minimum": 1 } } }
          }
        },
        "logicalLocations": {
          "type": "array",
          "items": {
            "type": "object",
            "properties": {
              "name": { "type": "string" }, "fullyQualifiedName": { "type": "string" }, "kind": { "type": "string" }
            }
          }
        },
        "message": { "$ref": "#/$defs/message" }
      }
    }
  }
})json";

/// Every "text" and "markdown" of a message, wherever it is.
void collect_messages(const json& value, std::vector<std::string>& texts) {
  if (value.is_array()) {
    for (const json& item : value) collect_messages(item, texts);
  }
  if (!value.is_object()) return;
  for (const auto& [name, member] : value.items()) {
    if ((name == "text" || name == "markdown") && member.is_string()) texts.push_back(member);
    collect_messages(member, texts);
  }
}

/// What the standard says beyond types, as one text.
std::string faults_of(const json& log) {
  std::string text;
  for (const std::string& fault : json_schema::Checker(json::parse(kSarifRules)).faults(log)) text += fault + "\n";
  const json& run = log["runs"][0];
  const json& rules = run["tool"]["driver"]["rules"];
  std::set<std::string> ids;
  std::set<std::string> used;
  std::set<std::string> prints;
  for (const json& rule : rules) {
    if (!ids.insert(rule["id"]).second) text += "two rules of one id\n";
  }
  std::size_t with_suppressions = 0;
  for (const json& result : run["results"]) {
    const std::size_t index = result["ruleIndex"];
    if (index >= rules.size() || rules[index]["id"] != result["ruleId"]) text += "ruleIndex is not the rule's\n";
    used.insert(result["ruleId"]);
    if (!prints.insert(result["partialFingerprints"]["paripassuDifference/v1"]).second) text += "equal fingerprints\n";
    with_suppressions += result.contains("suppressions") ? 1u : 0u;
  }
  if (used != ids) text += "a rule that no result uses\n";
  if (with_suppressions != 0 && with_suppressions != run["results"].size()) text += "suppressions of some only\n";
  std::vector<std::string> messages;
  collect_messages(log, messages);
  for (const std::string& message : messages) {
    std::string rest = message;
    for (const char* brace : {"{{", "}}"}) {
      for (std::size_t at = rest.find(brace); at != std::string::npos; at = rest.find(brace)) rest.erase(at, 2);
    }
    if (rest.find_first_of("{}") != std::string::npos) text += "a brace that is not doubled: " + message + "\n";
    if (contains(message, "](")) text += "an embedded link: " + message + "\n";
  }
  return text;
}

bool is_uri_reference(const std::string& uri) {
  for (std::size_t i = 0; i < uri.size(); ++i) {
    const bool plain = std::isalnum(static_cast<unsigned char>(uri[i])) != 0 || contains("-._~/", uri.substr(i, 1));
    if (plain) continue;
    if (i == 4 && uri.rfind("file:///", 0) == 0) continue;
    if (uri[i] != '%' || i + 2 >= uri.size()) return false;
    for (const char digit : uri.substr(i + 1, 2)) {
      if (!contains("0123456789ABCDEF", std::string(1, digit))) return false;
    }
  }
  return true;
}

std::string uri_of(const std::string& file, const std::string& base_dir = "/repo") {
  Difference one = difference("column-type", "t", "column", "a", "x", "y");
  one.left_side.file = file;
  ReportOptions options;
  options.base_dir = base_dir;
  const json log = sarif_of(comparison_with({one}), options);
  return log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
}

json result_of(const Difference& difference, const ReportOptions& options = {}) {
  return sarif_of(comparison_with({difference}), options)["runs"][0]["results"][0];
}

std::string fingerprint_of(const Difference& difference) {
  return result_of(difference)["partialFingerprints"]["paripassuDifference/v1"];
}

}  // namespace

TEST_CASE("write_sarif keeps to the rules of SARIF 2.1.0") {
  ReportOptions options = documented_options();
  options.information_uri = "https://example.org/paripassu";
  Comparison comparison = documented_comparison();
  CHECK(faults_of(sarif_of(comparison, options)) == "");
  comparison.unknown = {{"*", "sequences", "right: not listed"}};
  comparison.right.genuine = false;
  CHECK(faults_of(sarif_of(comparison)) == "");
  CHECK(faults_of(sarif_of(Comparison{})) == "");
}

TEST_CASE("write_sarif keeps to the rules for every code, with its explanation") {
  std::vector<Difference> differences;
  for (const DifferenceCode& code : difference_codes()) {
    differences.push_back(difference(std::string(code.code), "t", "column", "a", "x", "y", code.severity));
  }
  const json log = sarif_of(comparison_with(differences));
  CHECK(faults_of(log) == "");
  const json& rules = log["runs"][0]["tool"]["driver"]["rules"];
  REQUIRE(rules.size() == difference_codes().size());
  for (std::size_t i = 0; i < rules.size(); ++i) {
    CHECK(rules[i]["defaultConfiguration"]["level"] == to_string(difference_codes()[i].severity));
    CHECK_FALSE(contains(rules[i]["name"].get<std::string>(), "-"));
  }
}

TEST_CASE("write_sarif names the file and line of the side that has the object, the other side as related") {
  const json log = sarif_of(documented_comparison(), documented_options());
  const json& results = log["runs"][0]["results"];
  CHECK(results[0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "db/0002_orders.postgres.up.sql");
  CHECK(results[0]["locations"][0]["physicalLocation"]["region"]["startLine"] == 4);
  CHECK(results[0]["locations"][0]["logicalLocations"][0]["fullyQualifiedName"] == "public.orders.is_paid");
  CHECK(results[0]["relatedLocations"][0]["physicalLocation"]["artifactLocation"]["uri"] ==
        "db/0002_orders.sqlserver.up.sql");
  Difference extra = difference("index-extra", "t", "index", "i", "", "(a)");
  extra.left_side = {"public", "t", "", "", "left.sql", 1};
  extra.right_side = {"dbo", "t", "i", "", "right.sql", 9};
  const json result = result_of(extra);
  CHECK(result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "right.sql");
  CHECK(result["relatedLocations"][0]["message"]["text"] == "on the left");
}

TEST_CASE("write_sarif leaves the file out when none is known, unless there is one to fall back to") {
  const Difference one = difference("column-type", "t", "column", "a", "x", "y");
  CHECK_FALSE(result_of(one)["locations"][0].contains("physicalLocation"));
  ReportOptions options;
  options.fallback_file = "/repo/paripassu.toml";
  options.base_dir = "/repo";
  const json place = result_of(one, options)["locations"][0]["physicalLocation"];
  CHECK(place["artifactLocation"]["uri"] == "paripassu.toml");
  CHECK(place["region"]["startLine"] == 1);
}

TEST_CASE("write_sarif writes files below the base as relative references and others as file URIs") {
  CHECK(uri_of("/repo/db/0005 ä%.sql") == "db/0005%20%C3%A4%25.sql");
  CHECK(uri_of("/repo/db/../sql/x.sql") == "sql/x.sql");
  CHECK(uri_of("/repo/db/x.sql", "/repo/") == "db/x.sql");
  CHECK(uri_of("/elsewhere/x.sql") == "file:///elsewhere/x.sql");
  CHECK(uri_of("/repository/x.sql") == "file:///repository/x.sql");
  CHECK(uri_of("c:x.sql", "") == "c%3Ax.sql");
  CHECK(uri_of("a\\b.sql", "") == "a%5Cb.sql");
  CHECK(uri_of(std::filesystem::current_path() / "db/x.sql", std::filesystem::current_path()) == "db/x.sql");
  CHECK(uri_of("db/x.sql", std::filesystem::current_path()) == "db/x.sql");
}

TEST_CASE("write_sarif suppresses what is waived, with the reason, and then says for each result whether it is") {
  const json log = sarif_of(documented_comparison());
  const json& results = log["runs"][0]["results"];
  CHECK(results[0]["suppressions"] == json::array());
  CHECK(results[1]["suppressions"][0]["kind"] == "external");
  CHECK(results[1]["suppressions"][0]["justification"] == "the old importer writes zeros");
  CHECK_FALSE(result_of(difference("column-type", "t", "column", "a", "x", "y")).contains("suppressions"));
}

TEST_CASE("write_sarif is not successful when something is unknown") {
  Comparison comparison = comparison_with({});
  CHECK(sarif_of(comparison)["runs"][0]["invocations"][0]["executionSuccessful"] == true);
  comparison.unknown = {{"*", "sequences", "right: not listed"}};
  const json invocation = sarif_of(comparison)["runs"][0]["invocations"][0];
  CHECK(invocation["executionSuccessful"] == false);
  CHECK(invocation["toolExecutionNotifications"][0]["level"] == "error");
}

TEST_CASE("write_sarif gives a difference the same fingerprint in every run, and others to others") {
  const Difference one = difference("column-type", "orders", "column", "is_paid", "boolean", "tinyint");
  CHECK(fingerprint_of(one) == "1efaf86d113a2aea");
  Difference changed = one;
  changed.left = "smallint";
  changed.message = "Said otherwise.";
  changed.left_side = {"public", "orders", "is_paid", "", "x.sql", 3};
  changed.severity = Severity::note;
  CHECK(fingerprint_of(changed) == fingerprint_of(one));
  changed.code = "column-nullability";
  CHECK(fingerprint_of(changed) != fingerprint_of(one));
  changed = one;
  changed.table = "ordersi";
  changed.name = "s_paid";
  CHECK(fingerprint_of(changed) != fingerprint_of(one));
  const json log = sarif_of(comparison_with({one, one}));
  CHECK(faults_of(log) == "");
}

TEST_CASE("write_sarif keeps to the rules whatever the names are") {
  for (const std::string& evil : hostile_names()) {
    CAPTURE(escape_for_terminal(evil));
    const json log = sarif_of(hostile_comparison(evil));
    CHECK(faults_of(log) == "");
    for (const json& result : log["runs"][0]["results"]) {
      for (const json& location : result["locations"]) {
        if (!location.contains("physicalLocation")) continue;
        CHECK(is_uri_reference(location["physicalLocation"]["artifactLocation"]["uri"]));
      }
    }
  }
  Difference one = difference("column-type", "t", "column", "a", "x", "y");
  one.message = "[nvarchar](50) {0}";
  CHECK(result_of(one)["message"]["text"] == "[nvarchar] (50) {{0}}");
}
