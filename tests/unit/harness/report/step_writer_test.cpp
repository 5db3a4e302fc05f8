#include "harness/report/step_writer.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <sstream>
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
  result.left = "int";
  result.right = "bigint";
  result.message = "The type differs.";
  result.left_side.file = "migrations/2.pg.sql";
  result.left_side.line = 4;
  result.right_side.file = "migrations/2.ms.sql";
  return result;
}

StepReport report_of(const std::string& name) {
  StepHistory history;
  Comparison comparison;
  comparison.left_label = "postgres:migrations@1";
  comparison.right_label = "sqlserver:migrations@1";
  history.add({"1", "start", "migrations/1.sql", "migrations/1.sql"}, comparison);
  comparison.differences = {difference("column-type", name), difference("column-order", "b", Severity::note)};
  history.add({"2", name, "migrations/2.pg.sql", ""}, comparison);
  comparison.differences.erase(comparison.differences.begin());
  history.add({"3", "", "migrations/3.sql", "migrations/3.sql"}, comparison);
  return history.finish();
}

std::string text_of(const StepReport& report, bool color = false) {
  std::ostringstream out;
  write_steps_text(out, report, color);
  return out.str();
}

}  // namespace

TEST_CASE("write_steps_text tells the story of every difference") {
  CHECK(text_of(report_of("note")) ==
        "1 start: 0 differences\n"
        "2 note: 1 difference, 1 note\n"
        "  + column-type orders.note: The type differs.\n"
        "      migrations/2.pg.sql:4\n"
        "      migrations/2.ms.sql\n"
        "  + column-order orders.b [note]: The type differs.\n"
        "      migrations/2.pg.sql:4\n"
        "      migrations/2.ms.sql\n"
        "    only migrations/2.pg.sql belongs to this version: the right side has no file for it\n"
        "3: 0 differences, 1 note\n"
        "  - column-type orders.note\n"
        "The engines first differ after 2 note.\n"
        "\n"
        "Still there\n"
        "  column-order orders.b [note]: since 2\n"
        "\n"
        "Repaired on the way\n"
        "  column-type orders.note: introduced by 2, repaired by 3\n");
}

TEST_CASE("write_steps_text says that nothing differs") {
  StepHistory history;
  history.add({"1", "a", "x", "y"}, {});
  CHECK(text_of(history.finish()) == "1 a: 0 differences\nThe engines do not differ after any version (1 compared).\n");
  CHECK(text_of({}) == "There is no version to compare after.\n");
}

TEST_CASE("write_steps_text escapes what comes from databases and files, and colours only when told") {
  const std::string hostile = "a\x1b[31m\n\xe2\x80\xae";
  const std::string plain = text_of(report_of(hostile));
  CHECK(plain.find('\x1b') == std::string::npos);
  CHECK(plain.find("\xe2\x80\xae") == std::string::npos);
  CHECK(plain.find("a\\x1b[31m\\n\\u{202e}") != std::string::npos);
  CHECK(text_of(report_of("a"), true).find("\x1b[31mcolumn-type\x1b[0m") != std::string::npos);
}

TEST_CASE("write_steps_text cuts long lists and counts the rest") {
  StepHistory history;
  Comparison comparison;
  for (int i = 0; i < 100; ++i) comparison.differences.push_back(difference("column-type", "c" + std::to_string(i)));
  history.add({"1", "a", "x", "y"}, comparison);
  const std::string text = text_of(history.finish());
  CHECK(text.find("and 40 more") != std::string::npos);
  CHECK(text.find("c99") == std::string::npos);
}

TEST_CASE("write_steps_json has the documented members") {
  std::ostringstream out;
  write_steps_json(out, report_of("n\xc3\xb6\xff\x7fte"));
  for (const char c : out.str()) REQUIRE((c == '\n' || (c >= ' ' && c < '\x7f')));
  const nlohmann::json document = nlohmann::json::parse(out.str());
  CHECK(document.at("version") == 1);
  CHECK(document.at("left").at("label") == "postgres:migrations@1");
  CHECK(document.at("first_divergence") == "2");
  REQUIRE(document.at("steps").size() == 3);
  const nlohmann::json& step = document.at("steps").at(1);
  CHECK(step.at("version") == "2");
  CHECK(step.at("left_file") == "migrations/2.pg.sql");
  CHECK(step.at("right_file").is_null());
  CHECK(step.at("differs") == true);
  CHECK(step.at("errors") == 1);
  CHECK(step.at("notes") == 1);
  CHECK(step.at("introduced") == 2);
  CHECK(document.at("steps").at(2).at("repaired") == 1);
  CHECK(document.at("steps").at(2).at("differs") == false);
  REQUIRE(document.at("differences").size() == 2);
  const nlohmann::json& open = document.at("differences").at(0);
  CHECK(open.at("code") == "column-order");
  CHECK(open.at("repaired").is_null());
  const nlohmann::json& repaired = document.at("differences").at(1);
  CHECK(repaired.at("object") == "orders.n\xc3\xb6\xef\xbf\xbd\x7fte");
  CHECK(repaired.at("introduced").at("version") == "2");
  CHECK(repaired.at("repaired").at("version") == "3");
  CHECK(repaired.at("left_side").at("file") == "migrations/2.pg.sql");
  CHECK(repaired.at("left_side").at("line") == 4);
  CHECK(repaired.at("right_side").at("line").is_null());
  CHECK(repaired.at("left") == "int");
}
