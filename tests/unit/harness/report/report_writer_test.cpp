#include "harness/report/report_writer.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <pugixml.hpp>
#include <random>

#include "tests/unit/harness/report/report_fixture.h"

using namespace paripassu;
using namespace report_fixture;

namespace {

constexpr ReportFormat kFormats[] = {ReportFormat::text,  ReportFormat::json,   ReportFormat::junit,
                                     ReportFormat::sarif, ReportFormat::github, ReportFormat::markdown};

/// Can be read back by whatever reads the format.
bool is_well_formed(const std::string& text, ReportFormat format) {
  if (format == ReportFormat::json || format == ReportFormat::sarif) return nlohmann::json::accept(text);
  if (format == ReportFormat::junit) return pugi::xml_document().load_buffer(text.data(), text.size());
  return true;
}

/// The report stands in a page of the documentation as a block of this language.
void check_documented(const std::string& page, const std::string& language, ReportFormat format) {
  const std::string expected =
      "\n```" + language + "\n" + report_of(documented_comparison(), format, documented_options()) + "```\n";
  CHECK_MESSAGE(contains(source_file(page), expected), page, " does not show the report as it is now:", expected);
}

}  // namespace

TEST_CASE("Formats of a report have a word each, and no other word is one") {
  for (const ReportFormat format : kFormats) CHECK(report_format_from_string(to_string(format)) == format);
  for (const char* word : {"", "JSON", "xml", "md", "text "}) CHECK_FALSE(report_format_from_string(word));
}

TEST_CASE("docs/report-formats.md and docs/json.md show each format as it is written") {
  check_documented("docs/report-formats.md", "text", ReportFormat::text);
  check_documented("docs/report-formats.md", "xml", ReportFormat::junit);
  check_documented("docs/report-formats.md", "json", ReportFormat::sarif);
  check_documented("docs/report-formats.md", "text", ReportFormat::github);
  check_documented("docs/report-formats.md", "markdown", ReportFormat::markdown);
  check_documented("docs/json.md", "json", ReportFormat::json);
}

TEST_CASE("write_report gives the same bytes for the same comparison") {
  for (const ReportFormat format : kFormats) {
    const std::string once = report_of(documented_comparison(), format, documented_options());
    CHECK(once == report_of(documented_comparison(), format, documented_options()));
    CHECK(once.ends_with('\n'));
  }
}

TEST_CASE("write_report names in every format each difference, each waiver, what is unknown and the stand-in") {
  Comparison comparison = documented_comparison();
  comparison.unknown = {{"*", "sequences", "right: not listed"}};
  comparison.not_compared = {"comments: 17"};
  comparison.right.genuine = false;
  comparison.right.product = "Babelfish";
  for (const ReportFormat format : kFormats) {
    CAPTURE(to_string(format));
    const std::string text = report_of(comparison, format);
    for (const char* part : {"column-type", "is_paid", "foreign-key-not-trusted", "waived", "sequences", "not listed",
                             "Babelfish", "case-insensitively", "comments: 17", "PostgreSQL 15.20"}) {
      // SARIF's word for waived is another one.
      if (format == ReportFormat::sarif && std::string_view(part) == "waived") part = "suppressions";
      CHECK_MESSAGE(contains(text, part), part);
    }
  }
}

TEST_CASE("write_report names files relative to the base in every format but text") {
  const std::string absolute = "/build/shop/db/0002_orders.postgres.up.sql";
  Difference one = difference("column-type", "orders", "column", "a", "x", "y");
  one.left_side.file = absolute;
  ReportOptions options;
  options.base_dir = "/build/shop";
  for (const ReportFormat format : kFormats) {
    CAPTURE(to_string(format));
    const std::string text = report_of(comparison_with({one}), format, options);
    CHECK(contains(text, absolute) == (format == ReportFormat::text));
    CHECK(contains(text, "db/0002_orders.postgres.up.sql"));
    CHECK(contains(report_of(comparison_with({one}), format), absolute));
  }
}

TEST_CASE("write_report hands the severity that fails to JUnit and JSON") {
  ReportOptions options;
  options.fail_on = Severity::note;
  const Comparison comparison =
      comparison_with({difference("view-materialized", "v", "column", "v", "a", "b", Severity::note)});
  CHECK(contains(report_of(comparison, ReportFormat::junit, options), "failures=\"1\""));
  CHECK(contains(report_of(comparison, ReportFormat::junit), "failures=\"0\""));
  CHECK(contains(report_of(comparison, ReportFormat::json, options), "\"passed\": false"));
  CHECK(contains(report_of(comparison, ReportFormat::json), "\"passed\": true"));
}

TEST_CASE("write_report takes any bytes") {
  const unsigned seed = std::random_device{}();
  CAPTURE(seed);
  std::mt19937 random(seed);
  const auto noise = [&random] {
    std::string text(random() % 9, '\0');
    for (char& c : text) c = static_cast<char>(random());
    return text;
  };
  for (int round = 0; round < 200; ++round) {
    const Comparison comparison = hostile_comparison(noise());
    for (const ReportFormat format : kFormats) {
      CAPTURE(to_string(format));
      const std::string text = report_of(comparison, format);
      CHECK(is_tame(text));
      CHECK(is_well_formed(text, format));
    }
  }
}
