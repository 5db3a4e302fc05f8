// Every format of a comparison, as a file that other programs read.
#include <doctest/doctest.h>

#include <algorithm>
#include <pugixml.hpp>
#include <set>
#include <sstream>

#include "tests/end_to_end/engine_pair.h"

namespace paripassu::test {

namespace {

constexpr const char* kPostgres =
    "CREATE TABLE equal (id int NOT NULL);\n"
    "CREATE TABLE t (\n"
    "  id int NOT NULL,\n"
    "  note int NOT NULL,\n"
    "  qty int NOT NULL\n"
    ");\n"
    "COMMENT ON TABLE t IS '<b>&\"]]>';\n";
constexpr const char* kSqlServer =
    "CREATE TABLE equal (id int NOT NULL)\n"
    "GO\n"
    "CREATE TABLE t (\n"
    "  id int NOT NULL,\n"
    "  qty bigint NOT NULL\n"
    ")\n"
    "GO\n";
constexpr const char* kWaiver =
    "[[parity.waiver]]\ncode = \"column-missing\"\nobject = \"t.note\"\nreason = \"<old> & \\\"gone\\\"\"\n";
constexpr const char* kFormats[] = {"text", "json", "junit", "sarif", "github", "markdown"};

/// A project with an error, a note and a waived difference.
void write_project(const EnginePair& pair) {
  pair.migrations(kPostgres, kSqlServer);
  pair.configure(kWaiver);
}

/// Writes snapshots of both sides, so that the formats are compared without a server.
void write_snapshots(const EnginePair& pair) {
  write_project(pair);
  for (const std::string& engine : {std::string("postgres"), std::string("sqlserver")})
    REQUIRE_EXIT(pair.run({"inspect", engine + ":migrations", "--format", "json", "-o", engine + ".json"}), 0);
}

std::string report(const EnginePair& pair, const std::string& format, int exit_code) {
  const ProgramResult result = pair.run({"diff", "--format", format});
  CHECK_EXIT(result, exit_code);
  return result.output;
}

}  // namespace

TEST_CASE("SARIF has a result for every difference, on the file and line of its migration") {
  REQUIRE_ENGINE_PAIR(pair);
  write_project(pair);
  const nlohmann::json document = nlohmann::json::parse(report(pair, "sarif", 1));
  CHECK(document.at("version") == "2.1.0");
  REQUIRE(document.at("runs").size() == 1);
  const nlohmann::json& run = document.at("runs").at(0);
  const nlohmann::json& rules = run.at("tool").at("driver").at("rules");
  CHECK(run.at("invocations").at(0).at("executionSuccessful") == true);
  std::set<std::string> fingerprints;
  std::set<std::string> found;
  for (const nlohmann::json& result : run.at("results")) {
    const std::string rule = result.at("ruleId");
    found.insert(rule);
    CAPTURE(rule);
    CHECK(rules.at(result.at("ruleIndex").get<std::size_t>()).at("id") == rule);
    CHECK(fingerprints.insert(result.at("partialFingerprints").dump()).second);
    CHECK(!result.at("message").at("text").get<std::string>().empty());
    REQUIRE(result.at("locations").size() == 1);
    const nlohmann::json& location = result.at("locations").at(0).at("physicalLocation");
    CHECK(location.at("artifactLocation").at("uri") == "migrations/0001_shop.postgres.up.sql");
    const int line = location.at("region").at("startLine");
    CHECK(result.at("suppressions").size() == (rule == "column-missing" ? 1U : 0U));
    if (rule == "column-type") {
      CHECK(result.at("level") == "error");
      CHECK(line == line_of(kPostgres, "qty int"));
      const nlohmann::json& right = result.at("relatedLocations").at(0).at("physicalLocation");
      CHECK(right.at("artifactLocation").at("uri") == "migrations/0001_shop.sqlserver.up.sql");
      CHECK(right.at("region").at("startLine") == line_of(kSqlServer, "qty bigint"));
    } else if (rule == "column-missing") {
      CHECK(line == line_of(kPostgres, "note int"));
      CHECK(result.at("suppressions").at(0).at("justification") == "<old> & \"gone\"");
    } else {
      CHECK(result.at("level") == "note");
      CHECK(line == line_of(kPostgres, "COMMENT"));
    }
  }
  CHECK(found == std::set<std::string>{"column-type", "column-missing", "comment-missing"});
  // The next run calls the same differences by the same fingerprints.
  const nlohmann::json again = nlohmann::json::parse(report(pair, "sarif", 1));
  for (const nlohmann::json& result : again.at("runs").at(0).at("results"))
    CHECK(fingerprints.contains(result.at("partialFingerprints").dump()));
}

TEST_CASE("JUnit has a test for every table, and counts what it has") {
  REQUIRE_ENGINE_PAIR(pair);
  write_project(pair);
  const std::string text = report(pair, "junit", 1);
  pugi::xml_document document;
  const pugi::xml_parse_result parsed = document.load_string(text.c_str(), pugi::parse_full);
  REQUIRE_MESSAGE(parsed, parsed.description(), "\n", text);
  const pugi::xml_node suites = document.child("testsuites");
  const pugi::xml_node suite = suites.child("testsuite");
  int tests = 0;
  int failures = 0;
  int skipped = 0;
  std::set<std::string> names;
  for (const pugi::xml_node& test : suite.children("testcase")) {
    ++tests;
    failures += static_cast<bool>(test.child("failure"));
    skipped += static_cast<bool>(test.child("skipped"));
    const std::string name = test.attribute("name").value();
    CHECK(names.insert(name).second);
    if (name == "equal") CHECK(!test.first_child());
    if (name == "t") {
      CHECK(std::string(test.attribute("file").value()) == "migrations/0001_shop.postgres.up.sql");
      CHECK(std::string(test.child("failure").attribute("type").value()) == "column-type");
      CHECK_SAYS(test.child("failure").text().get(),
                 "migrations/0001_shop.sqlserver.up.sql:" + std::to_string(line_of(kSqlServer, "qty bigint")));
      CHECK_SAYS(test.child("system-out").text().get(), "comment-missing");
    }
    if (test.child("skipped"))
      CHECK(std::string(test.child("skipped").attribute("message").value()) == "<old> & \"gone\"");
  }
  CHECK(names.contains("equal"));
  CHECK(names.contains("t"));
  for (const pugi::xml_node& node : {suites, suite}) {
    CHECK(node.attribute("tests").as_int(-1) == tests);
    CHECK(node.attribute("failures").as_int(-1) == failures);
    CHECK(node.attribute("skipped").as_int(-1) == skipped);
    CHECK(node.attribute("errors").as_int(-1) == 0);
  }
  CHECK(failures == 1);
  CHECK(skipped == 1);
}

TEST_CASE("GitHub annotations and Markdown say code, file and line") {
  REQUIRE_ENGINE_PAIR(pair);
  write_project(pair);
  const std::string file = "migrations/0001_shop.postgres.up.sql";
  const std::string github = report(pair, "github", 1);
  CHECK_SAYS(github,
             "::error file=" + file + ",line=" + std::to_string(line_of(kPostgres, "qty int")) + ",title=column-type");
  CHECK_SAYS(github, "::notice file=" + file + ",line=" + std::to_string(line_of(kPostgres, "COMMENT")) +
                         ",title=comment-missing");
  CHECK_SILENT_ON(github, "::error file=" + file + ",line=" + std::to_string(line_of(kPostgres, "note int")));
  const std::string markdown = report(pair, "markdown", 1);
  CHECK_SAYS(markdown, "| error | `column-type` |");
  CHECK_SAYS(markdown, "`" + file + ":" + std::to_string(line_of(kPostgres, "qty int")) + "`");
  // In a span of code a tag is text; outside, as in a reason, it would be one.
  CHECK_SAYS(markdown, "`<b>&\"]]>`");
  CHECK_SILENT_ON(markdown, "<old>");
}

TEST_CASE("every format gives the same verdict and the same codes, on the output and in the file of -o") {
  REQUIRE_ENGINE_PAIR(pair);
  write_snapshots(pair);
  for (const char* format : kFormats) {
    CAPTURE(format);
    const ProgramResult shown = pair.run({"diff", "postgres.json", "sqlserver.json", "--format", format});
    CHECK_EXIT(shown, 1);
    for (const char* code : {"column-type", "comment-missing"}) CHECK_SAYS(shown.output, code);
    // GitHub would annotate what the team has accepted; it gets the number alone.
    CHECK_SAYS(shown.output, std::string(format) == "github" ? "1 waived" : "column-missing");
    const ProgramResult written =
        pair.run({"diff", "postgres.json", "sqlserver.json", "--format", format, "-o", "report.out"});
    CHECK_EXIT(written, 1);
    CHECK(written.output.empty());
    CHECK(text_of(pair.path() + "/report.out") == shown.output);
    CHECK_EXIT(pair.run({"diff", "postgres.json", "postgres.json", "--format", format}), 0);
    CHECK_EXIT(pair.run({"diff", "postgres.json", "sqlserver.json", "--format", format, "-o", "nowhere/report.out"}),
               2);
  }
  const ProgramResult unknown = pair.run({"diff", "postgres.json", "sqlserver.json", "--format", "yaml"});
  CHECK_EXIT(unknown, 2);
  CHECK_SAYS(unknown.errors, "junit");
}

TEST_CASE("names of a database cannot forge a report") {
  REQUIRE_ENGINE_PAIR(pair);
  const std::string name = "a<b>&\"\"|`x`\n::error::y%](z) @all \x01\x1b[31m";
  pair.write("left.sql", "CREATE TABLE \"" + name + "\" (id int NOT NULL, \"]]>\" int NOT NULL);\n");
  pair.write("right.sql", "CREATE TABLE \"" + name + "\" (id bigint NOT NULL);\n");
  for (const std::string& side : {std::string("left"), std::string("right")})
    REQUIRE_EXIT(pair.run({"inspect", "postgres:" + side + ".sql", "--format", "json", "-o", side + ".json"}), 0);
  for (const char* format : kFormats) {
    CAPTURE(format);
    const ProgramResult result = pair.run({"diff", "left.json", "right.json", "--format", format});
    CHECK_EXIT(result, 1);
    // run_checked looks for escape sequences.
    const bool has_control_characters =
        std::any_of(result.output.begin(), result.output.end(), [](unsigned char c) { return c < 0x20 && c != '\n'; });
    CHECK(!has_control_characters);
    CHECK_SILENT_ON(result.output, "\n::error::y");
    if (std::string(format) == "markdown") CHECK_SILENT_ON(result.output, "<b>");
    if (std::string(format) == "junit") {
      pugi::xml_document document;
      CHECK(document.load_string(result.output.c_str(), pugi::parse_full));
    }
    if (std::string(format) == "json" || std::string(format) == "sarif")
      CHECK(!nlohmann::json::parse(result.output, nullptr, false).is_discarded());
  }
}

}  // namespace paripassu::test
