#include <doctest/doctest.h>

#include <pugixml.hpp>

#include "harness/report/report_writer.h"
#include "tests/unit/harness/report/report_fixture.h"

using namespace paripassu;
using namespace report_fixture;

namespace {

std::string junit_of(const Comparison& comparison, const ReportOptions& options = {}) {
  return report_of(comparison, ReportFormat::junit, options);
}

/// The parsed report; an empty document and a failed check when it is not well-formed.
pugi::xml_document parsed(const std::string& xml) {
  pugi::xml_document document;
  const pugi::xml_parse_result result = document.load_buffer(xml.data(), xml.size(), pugi::parse_full);
  CHECK_MESSAGE(result, result.description(), " at ", result.offset);
  return document;
}

pugi::xml_node suite_of(const pugi::xml_document& document) {
  return document.child("testsuites").child("testsuite");
}

pugi::xml_node test_of(const pugi::xml_document& document, const std::string& name) {
  return suite_of(document).find_child_by_attribute("testcase", "name", name.c_str());
}

std::size_t tests_with(const pugi::xml_document& document, const char* verdict) {
  std::size_t found = 0;
  for (const pugi::xml_node test : suite_of(document).children("testcase")) found += test.child(verdict) ? 1u : 0u;
  return found;
}

/// XML 1.0 allows no other character than these (production Char). pugixml does not check it.
bool has_allowed_characters_only(const std::string& xml) {
  for (const char c : xml) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 && c != '\n' && c != '\t' && c != '\r') return false;
  }
  return !contains(xml, "\xEF\xBF\xBE") && !contains(xml, "\xEF\xBF\xBF");
}

}  // namespace

TEST_CASE("write_junit has a test for every compared table, and those that are equal pass") {
  Comparison comparison = comparison_with({difference("column-type", "orders", "column", "a", "x", "y"),
                                           difference("index-missing", "orders", "index", "i", "(a)", ""),
                                           difference("table-missing", "returns", "table", "returns", "t", "")});
  comparison.left.default_schema = "public";
  comparison.compared_tables = {"customers", "orders"};
  const pugi::xml_document document = parsed(junit_of(comparison));
  CHECK(test_of(document, "customers"));
  CHECK(test_of(document, "customers").first_child().empty());
  CHECK(std::string(test_of(document, "orders").child("failure").attribute("message").value()) ==
        "2 differences: column-type, index-missing");
  CHECK(std::string(test_of(document, "orders").child("failure").attribute("type").value()) == "column-type");
  CHECK(contains(test_of(document, "orders").child("failure").text().get(), "column-type [error] A sentence.\n"));
  CHECK(contains(test_of(document, "returns").child("failure").text().get(), "table-missing [error]"));
  CHECK(test_of(document, "schema public: sequences, views, routines"));
  CHECK(tests_with(document, "failure") == 2);
  CHECK(std::string(suite_of(document).attribute("tests").value()) == "4");
  CHECK(std::string(suite_of(document).attribute("failures").value()) == "2");
}

TEST_CASE("write_junit puts a table's differences to the test of that table, whatever its schema") {
  Difference sales = difference("column-type", "orders", "column", "a", "x", "y");
  sales.schema = "sales";
  Difference extra = difference("table-extra", "customers", "table", "customers", "", "t");
  extra.schema = "archive";
  Comparison comparison = comparison_with({sales, extra});
  comparison.left.default_schema = "public";
  comparison.compared_tables = {"customers", "orders", "sales.orders"};
  const pugi::xml_document document = parsed(junit_of(comparison));
  CHECK_FALSE(test_of(document, "orders").child("failure"));
  CHECK_FALSE(test_of(document, "customers").child("failure"));
  CHECK(test_of(document, "sales.orders").child("failure"));
  CHECK(test_of(document, "archive.customers").child("failure"));
}

TEST_CASE("write_junit collects what belongs to no table in a test per schema") {
  Difference sequence = difference("sequence-missing", "", "sequence", "s", "bigint", "");
  Difference view = difference("view-changed", "v_orders", "view", "v_orders", "a", "b");
  view.schema = "sales";
  const pugi::xml_document document = parsed(junit_of(comparison_with({sequence, view})));
  CHECK(test_of(document, "schema public: sequences, views, routines").child("failure"));
  CHECK(test_of(document, "schema sales: sequences, views, routines").child("failure"));
  CHECK_FALSE(test_of(document, "v_orders"));
}

TEST_CASE("write_junit fails by severity and writes the rest as output of a test that passes") {
  Comparison comparison = comparison_with({difference("a-code", "errors", "column", "a", "x", "y", Severity::error),
                                           difference("b-code", "warnings", "column", "a", "x", "y", Severity::warning),
                                           difference("c-code", "notes", "column", "a", "x", "y", Severity::note)});
  comparison.left.default_schema = "public";
  const auto failing = [&comparison](Severity fail_on) {
    ReportOptions options;
    options.fail_on = fail_on;
    const pugi::xml_document document = parsed(junit_of(comparison, options));
    std::string names;
    for (const char* name : {"errors", "warnings", "notes"}) {
      const pugi::xml_node test = test_of(document, name);
      CHECK((test.child("failure").empty() != test.child("system-out").empty()));
      if (test.child("failure")) names += std::string(names.empty() ? "" : " ") + name;
    }
    return names;
  };
  CHECK(failing(Severity::error) == "errors");
  CHECK(failing(Severity::warning) == "errors warnings");
  CHECK(failing(Severity::note) == "errors warnings notes");
}

TEST_CASE("write_junit skips a waived difference with its reason and calls unknown things errors") {
  Comparison comparison = documented_comparison();
  comparison.unknown = {{"*", "sequences", "right: not listed"}, {"dbo.t", "default of a", "right: hidden"}};
  const pugi::xml_document document = parsed(junit_of(comparison));
  const pugi::xml_node waived = test_of(document, "check-missing: public.orders.ck_quantity");
  CHECK(std::string(waived.child("skipped").attribute("message").value()) == "the old importer writes zeros");
  CHECK_FALSE(contains(test_of(document, "orders").child("failure").text().get(), "check-missing"));
  CHECK(contains(test_of(document, "sequences of the whole database").child("error").text().get(), "not listed"));
  CHECK(contains(test_of(document, "default of a of dbo.t").child("error").text().get(), "hidden"));
  CHECK(std::string(suite_of(document).attribute("errors").value()) == "2");
  CHECK(std::string(suite_of(document).attribute("skipped").value()) == "1");
}

TEST_CASE("write_junit names the file, the settings and the stand-ins") {
  Comparison comparison = documented_comparison();
  comparison.right.genuine = false;
  const pugi::xml_document document = parsed(junit_of(comparison, documented_options()));
  CHECK(std::string(test_of(document, "orders").attribute("file").value()) == "db/0002_orders.postgres.up.sql");
  const std::string output = suite_of(document).child("system-out").text().get();
  CHECK(contains(output, "text is compared case-insensitively on the right"));
  CHECK(contains(output, "Microsoft SQL Server on the right is not sqlserver itself"));
}

TEST_CASE("write_junit is well-formed and keeps its tests whatever the names are") {
  const pugi::xml_document harmless = parsed(junit_of(hostile_comparison("harmless")));
  const std::string expected = suite_of(harmless).attribute("tests").value();
  for (const std::string& evil : hostile_names()) {
    CAPTURE(escape_for_terminal(evil));
    const std::string xml = junit_of(hostile_comparison(evil));
    CHECK(has_allowed_characters_only(xml));
    CHECK(is_tame(xml));
    CHECK_FALSE(contains(xml, "]]>"));
    CHECK_FALSE(contains(xml, "<script"));
    const pugi::xml_document document = parsed(xml);
    CHECK(suite_of(document).attribute("tests").value() == expected);
    std::size_t tests = 0;
    for (const pugi::xml_node test : suite_of(document).children("testcase")) {
      ++tests;
      int verdicts = 0;
      for (const char* verdict : {"failure", "error", "skipped"}) verdicts += test.child(verdict) ? 1 : 0;
      CHECK(verdicts <= 1);
    }
    CHECK(std::to_string(tests) == expected);
    CHECK(std::to_string(tests_with(document, "failure")) == suite_of(document).attribute("failures").value());
  }
}

TEST_CASE("write_junit gives names back as they are but for what cannot be shown") {
  for (const std::string name : {"Größe", "订单", "😀", "a<b>&\"'", "]]>", "</testcase>", "a|b"}) {
    Comparison comparison = comparison_with({});
    comparison.compared_tables = {name};
    CHECK(test_of(parsed(junit_of(comparison)), name));
  }
  Comparison comparison = comparison_with({});
  comparison.compared_tables = {
      "a\x1b\n\xFF"
      "b\xEF\xBF\xBF"};
  CHECK(test_of(parsed(junit_of(comparison)), "a\\x1b\\n\\xffb\xEF\xBF\xBD"));
}
