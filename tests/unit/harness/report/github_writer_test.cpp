#include <doctest/doctest.h>

#include "harness/report/report_writer.h"
#include "tests/unit/harness/report/report_fixture.h"

using namespace paripassu;
using namespace report_fixture;

namespace {

std::vector<std::string> annotations_of(const Comparison& comparison, const ReportOptions& options = {}) {
  return lines_of(report_of(comparison, ReportFormat::github, options));
}

/// A workflow command as the runner reads it.
struct Command {
  std::string name;
  std::vector<std::pair<std::string, std::string>> properties;
  std::string message;
};

/// The runner's own rules: `::name key=value,key=value::message`.
Command command_of(const std::string& line) {
  Command command;
  REQUIRE(line.rfind("::", 0) == 0);
  const std::size_t end = line.find("::", 2);
  REQUIRE(end != std::string::npos);
  std::string head = line.substr(2, end - 2);
  command.message = line.substr(end + 2);
  command.name = head.substr(0, head.find(' '));
  head.erase(0, command.name.size() + 1);
  for (std::size_t begin = 0; begin < head.size();) {
    const std::size_t comma = std::min(head.find(',', begin), head.size());
    const std::string pair = head.substr(begin, comma - begin);
    const std::size_t equals = pair.find('=');
    REQUIRE(equals != std::string::npos);
    command.properties.emplace_back(pair.substr(0, equals), pair.substr(equals + 1));
    begin = comma + 1;
  }
  return command;
}

}  // namespace

TEST_CASE("write_github writes errors first, then warnings, then notices, and a summary last") {
  const std::vector<std::string> lines =
      annotations_of(comparison_with({difference("c-code", "t", "column", "a", "x", "y", Severity::note),
                                      difference("b-code", "t", "column", "a", "x", "y", Severity::warning),
                                      difference("a-code", "t", "column", "a", "x", "y", Severity::error)}));
  REQUIRE(lines.size() == 4);
  CHECK(lines[0] == "::error title=a-code%3A public.t.a::A sentence.");
  CHECK(lines[1] == "::warning title=b-code%3A public.t.a::A sentence.");
  CHECK(lines[2] == "::notice title=c-code%3A public.t.a::A sentence.");
  CHECK(lines[3].rfind("paripassu: 2 differences (1 warning of them), 1 note: ", 0) == 0);
}

TEST_CASE("write_github writes nothing but the summary when nothing differs") {
  const std::vector<std::string> lines = annotations_of(comparison_with({}));
  REQUIRE(lines.size() == 1);
  CHECK(lines[0].rfind("paripassu: No differences: ", 0) == 0);
}

TEST_CASE("write_github places an annotation on the side that has the object and names the other") {
  Difference extra = difference("a-code", "t", "column", "a", "", "y");
  extra.left_side = {"public", "t", "", "", "db/left.sql", 2};
  extra.right_side = {"dbo", "t", "a", "", "db/a,b:c%.sql", 7};
  const std::vector<std::string> lines = annotations_of(comparison_with({extra}));
  CHECK(lines[0] ==
        "::error file=db/a%2Cb%3Ac%25.sql,line=7,title=a-code%3A public.t.a::A sentence.%0AOn the left: db/left.sql:2");
  extra.right_side.file.clear();
  CHECK(annotations_of(comparison_with({extra}))[0] ==
        "::error file=db/left.sql,line=2,title=a-code%3A public.t.a::A sentence.");
  extra.left_side.line = 0;
  CHECK(annotations_of(comparison_with({extra}))[0] ==
        "::error file=db/left.sql,title=a-code%3A public.t.a::A sentence.");
}

TEST_CASE("write_github says what is unknown, which settings differ and which side is a stand-in") {
  Comparison comparison = documented_comparison();
  comparison.unknown = {{"*", "sequences", "right: not listed"}};
  comparison.right.genuine = false;
  const std::string text = report_of(comparison, ReportFormat::github);
  CHECK(contains(text, "\n::warning title=unknown::sequences of the whole database: right: not listed\n"));
  CHECK(contains(text, "\n::notice title=stand-in::Microsoft SQL Server on the right is not sqlserver itself"));
  CHECK(contains(text, "\n::notice title=database settings differ::text is compared"));
  CHECK_FALSE(contains(text, "check-missing"));
  CHECK(contains(lines_of(text).back(), "1 waived"));
}

TEST_CASE("write_github keeps one command a line with its own properties whatever the names are") {
  const std::size_t expected = annotations_of(hostile_comparison("harmless")).size();
  for (const std::string& evil : hostile_names()) {
    CAPTURE(escape_for_terminal(evil));
    const std::string text = report_of(hostile_comparison(evil), ReportFormat::github);
    CHECK(is_tame(text));
    const std::vector<std::string> lines = lines_of(text);
    REQUIRE(lines.size() == expected);
    for (std::size_t i = 0; i + 1 < lines.size(); ++i) {
      const Command command = command_of(lines[i]);
      CHECK((command.name == "error" || command.name == "warning" || command.name == "notice"));
      REQUIRE_FALSE(command.properties.empty());
      for (const auto& [name, value] : command.properties) {
        CHECK((name == "file" || name == "line" || name == "title"));
        CHECK_FALSE(contains(value, "::"));
        if (name == "line") CHECK(value.find_first_not_of("0123456789") == std::string::npos);
      }
      CHECK(command.properties.back().first == "title");
    }
    CHECK(lines.back().rfind("paripassu: ", 0) == 0);
    CHECK_FALSE(contains(lines.back(), "##["));
  }
}

TEST_CASE("write_github escapes a percent sign so that it is not taken for an escape") {
  Difference one = difference("a-code", "t", "column", "100%0A", "x", "y");
  one.message = "LIKE '%0A%'";
  CHECK(annotations_of(comparison_with({one}))[0] == "::error title=a-code%3A public.t.100%250A::LIKE '%250A%25'");
}

TEST_CASE("write_github does not say that all is the same where only settings differ") {
  Comparison comparison = comparison_with({});
  comparison.settings = {"texts compare otherwise"};
  CHECK(annotations_of(comparison)
            .back()
            .rfind("paripassu: No differences in what was compared; 1 database setting differs: ", 0) == 0);
}
