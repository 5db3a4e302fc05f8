#include "harness/parity/waivers.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

#include "tests/unit/harness/project/project_fixture.h"

using namespace paripassu;
using namespace paripassu::test;
using namespace std::chrono_literals;

namespace {

constexpr std::chrono::year_month_day kToday = 2026y / 11 / 20;

Difference difference(std::string code, std::string table, std::string name, std::string schema = "app",
                      std::string kind = "column") {
  Difference out;
  out.code = std::move(code);
  out.schema = std::move(schema);
  out.table = std::move(table);
  out.kind = std::move(kind);
  out.name = std::move(name);
  out.message = "The type of " + out.object() + " differs.";
  return out;
}

Comparison comparison_of(std::vector<Difference> differences) {
  Comparison comparison;
  comparison.left.default_schema = "app";
  comparison.right.default_schema = "dbo";
  comparison.differences = std::move(differences);
  return comparison;
}

WaiverConfiguration waiver(std::string code, std::string object, std::string until = "") {
  WaiverConfiguration out;
  out.reason = "because of " + object;
  out.code = std::move(code);
  out.object = std::move(object);
  out.until = std::move(until);
  return out;
}

/// Objects of the differences that are waived.
std::vector<std::string> waived(const Comparison& comparison) {
  std::vector<std::string> objects;
  for (const Difference& each : comparison.differences)
    if (!each.waived.empty()) objects.push_back(each.object());
  return objects;
}

std::vector<Difference> about_waivers(const Comparison& comparison) {
  std::vector<Difference> out;
  for (const Difference& each : comparison.differences)
    if (is_about_waivers(each.code)) out.push_back(each);
  return out;
}

Configuration configuration_of(const std::string& toml) {
  const TemporaryFolder folder;
  return read_configuration(folder.write("paripassu.toml", toml), two_engines());
}

/// Proposes waivers, reads them as a configuration, and applies them to the same comparison.
Comparison after_round_trip(Comparison comparison) {
  const Configuration configuration = configuration_of(propose_waivers(comparison, kToday));
  apply_waivers(comparison, configuration.waivers, kToday);
  return comparison;
}

}  // namespace

TEST_CASE("A waiver silences the differences of its code and object, with its reason, and no other") {
  Comparison comparison = comparison_of({difference("column-type", "orders", "quantity"),
                                         difference("column-nullability", "orders", "quantity"),
                                         difference("column-type", "orders", "total")});
  apply_waivers(comparison, {waiver("column-type", "Orders.Quantity")}, kToday);
  REQUIRE(comparison.differences.size() == 3);
  CHECK(comparison.differences[0].waived == "because of Orders.Quantity");
  CHECK(comparison.differences[1].waived.empty());
  CHECK(comparison.differences[2].waived.empty());
  CHECK(comparison.waived_count() == 1);
  CHECK(comparison.count(Severity::error) == 2);
}

TEST_CASE("Missing and extra are two codes") {
  Comparison comparison =
      comparison_of({difference("column-extra", "orders", "a"), difference("column-missing", "orders", "a")});
  apply_waivers(comparison, {waiver("column-missing", "orders.a")}, kToday);
  CHECK(comparison.differences[0].waived.empty());
  CHECK_FALSE(comparison.differences[1].waived.empty());
}

TEST_CASE("An object may be named with its schema, and then means that one only") {
  const std::vector<Difference> differences = {difference("column-type", "orders", "quantity", "app"),
                                               difference("column-type", "orders", "quantity", "audit"),
                                               difference("column-type", "orders", "total", "audit")};
  const auto count = [&](const std::string& object) {
    Comparison comparison = comparison_of(differences);
    apply_waivers(comparison, {waiver("column-type", object)}, kToday);
    return comparison.waived_count();
  };
  CHECK(count("orders.quantity") == 2);
  CHECK(count("app.orders.quantity") == 1);
  CHECK(count("APP.Orders.*") == 1);
  CHECK(count("audit.orders.*") == 2);
  CHECK(count("audit.*") == 2);
  CHECK(count("nowhere.orders.*") == 0);
}

TEST_CASE("A waiver of a schema or of a table names nothing inside it") {
  Comparison comparison = comparison_of({difference("schema-missing", "", "audit", "audit", "schema"),
                                         difference("table-missing", "orders", "orders", "app", "table"),
                                         difference("sequence-missing", "", "invoice_no", "app", "sequence")});
  apply_waivers(comparison,
                {waiver("schema-missing", "audit"), waiver("table-missing", "app.orders"),
                 waiver("sequence-missing", "app.InvoiceNo")},
                kToday);
  CHECK(waived(comparison) == std::vector<std::string>{"audit", "orders", "invoice_no"});
  CHECK(about_waivers(comparison).empty());
}

TEST_CASE("A waiver of every code covers what its object matches, but no finding about waivers") {
  Comparison comparison =
      comparison_of({difference("column-type", "orders", "a"), difference("index-missing", "orders", "ix"),
                     difference("index-missing", "lines", "ix")});
  apply_waivers(comparison, {waiver("*", "orders.*"), waiver("column-type", "nothing.x")}, kToday);
  CHECK(waived(comparison) == std::vector<std::string>{"orders.a", "orders.ix"});
  REQUIRE(about_waivers(comparison).size() == 1);
  CHECK(about_waivers(comparison)[0].waived.empty());
}

TEST_CASE("Of several waivers that match, the first gives the reason and all count as used") {
  for (const bool globs_first : {true, false}) {
    Comparison comparison = comparison_of({difference("column-type", "orders", "a")});
    std::vector<WaiverConfiguration> waivers = {waiver("column-type", "orders.*"), waiver("*", "*.a"),
                                                waiver("column-type", "orders.a"), waiver("*", "app.orders.a")};
    if (!globs_first) std::reverse(waivers.begin(), waivers.end());
    apply_waivers(comparison, waivers, kToday);
    REQUIRE(comparison.differences.size() == 1);
    CHECK(comparison.differences[0].waived == waivers[0].reason);
  }
}

TEST_CASE("A waiver that matches nothing is a finding that names it and its place") {
  Comparison comparison = comparison_of({difference("column-type", "orders", "a")});
  WaiverConfiguration unused = waiver("index-missing", "orders.ix");
  unused.position = {"paripassu.toml", 17, 1};
  apply_waivers(comparison, {unused}, kToday);
  const std::vector<Difference> findings = about_waivers(comparison);
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].code == "waiver-unused");
  CHECK(findings[0].severity == Severity::warning);
  CHECK(findings[0].kind == "waiver");
  CHECK(findings[0].name == "index-missing orders.ix");
  CHECK(findings[0].left_side.file == "paripassu.toml");
  CHECK(findings[0].left_side.line == 17);
  CHECK(findings[0].message == "The waiver of index-missing for orders.ix matches no difference.");
  CHECK(comparison.has_findings(Severity::warning));
}

TEST_CASE("Findings about waivers keep the order of the differences") {
  Comparison comparison = comparison_of(
      {difference("schema-missing", "", "audit", "", "schema"), difference("column-type", "orders", "a")});
  apply_waivers(comparison, {waiver("z", "z"), waiver("a", "a")}, kToday);
  std::vector<std::string> names;
  for (const Difference& each : comparison.differences) names.push_back(each.name);
  CHECK(names == std::vector<std::string>{"audit", "a a", "z z", "a"});
}

TEST_CASE("A waiver is valid on its last day and waives nothing on the day after") {
  const auto apply = [](std::chrono::year_month_day today, const std::string& until) {
    Comparison comparison = comparison_of({difference("column-type", "orders", "a")});
    apply_waivers(comparison, {waiver("column-type", "orders.a", until)}, today);
    return comparison;
  };
  for (const char* until : {"", "2026-11-20", "2026-11-21", "2027-01-01", "9999-12-31"}) {
    CAPTURE(until);
    const Comparison comparison = apply(kToday, until);
    CHECK(comparison.waived_count() == 1);
    CHECK(about_waivers(comparison).empty());
  }
  for (const char* until : {"2026-11-19", "2026-10-31", "2025-12-31", "0001-01-01"}) {
    CAPTURE(until);
    const Comparison comparison = apply(kToday, until);
    CHECK(comparison.waived_count() == 0);
    REQUIRE(about_waivers(comparison).size() == 1);
    const Difference finding = about_waivers(comparison)[0];
    CHECK(finding.code == "waiver-expired");
    CHECK(finding.message ==
          "The waiver of column-type for orders.a ended on " + std::string(until) + ": what it covered counts again.");
  }
  CHECK(about_waivers(apply(2027y / 1 / 1, "2026-12-31")).size() == 1);
}

TEST_CASE("An expired waiver that would match nothing is told once") {
  Comparison comparison = comparison_of({});
  apply_waivers(comparison, {waiver("column-type", "orders.*", "2026-01-01")}, kToday);
  REQUIRE(comparison.differences.size() == 1);
  CHECK(comparison.differences[0].code == "waiver-expired");
  CHECK(contains(comparison.differences[0].message, "it would not match anything now"));
}

TEST_CASE("An expired waiver does not stand in the way of a valid one") {
  Comparison comparison = comparison_of({difference("column-type", "orders", "a")});
  apply_waivers(comparison, {waiver("column-type", "orders.a", "2026-01-01"), waiver("column-type", "orders.*")},
                kToday);
  CHECK(waived(comparison) == std::vector<std::string>{"orders.a"});
  REQUIRE(about_waivers(comparison).size() == 1);
  CHECK(about_waivers(comparison)[0].code == "waiver-expired");
}

TEST_CASE("Severities of codes are changed, those of findings about waivers too") {
  Comparison comparison =
      comparison_of({difference("column-type", "orders", "a"), difference("index-missing", "orders", "ix")});
  apply_waivers(comparison, {waiver("column-type", "nothing")}, kToday);
  apply_severities(comparison, {{"column-type", Severity::note}, {"waiver-unused", Severity::error}});
  REQUIRE(comparison.differences.size() == 3);
  CHECK(comparison.differences[0].severity == Severity::error);
  CHECK(comparison.differences[1].severity == Severity::note);
  CHECK(comparison.differences[2].severity == Severity::error);
  const auto severities = configured_severities(
      configuration_of("[parity.severity]\ncolumn-type = 'note'\ngrants = 'warning'\nindex-nulls = 'error'\n"));
  CHECK(severities == std::map<std::string, Severity>{{"column-type", Severity::note},
                                                      {"grants", Severity::warning},
                                                      {"index-nulls", Severity::error}});
}

TEST_CASE("Codes that do not exist are refused with their place and the nearest code") {
  const Configuration waiver_typo = configuration_of(
      "[[parity.waiver]]\ncode = 'column-type'\nobject = 'o'\nreason = 'r'\n"
      "[[parity.waiver]]\nobject = 'o'\ncode = 'colum-type'\nreason = 'r'\n");
  const Error error = error_of([&] { check_codes(waiver_typo); });
  CHECK(error.category() == ErrorCategory::configuration);
  CHECK(error.message() == "unknown code 'colum-type' in [[parity.waiver]]; did you mean 'column-type'?");
  CHECK(error.position() == SourcePosition{waiver_typo.file, 7, 8});
  CHECK(contains(error.remedy(), "paripassu explain"));

  const Configuration severity_typo = configuration_of("[parity.severity]\ngrants = 'note'\nindex-mising = 'note'\n");
  const Error other = error_of([&] { check_codes(severity_typo); });
  CHECK(other.message() == "unknown code 'index-mising' in [parity.severity]; did you mean 'index-missing'?");
  CHECK(other.position() == SourcePosition{severity_typo.file, 3, 16});

  Configuration far;
  far.severities[std::string(100'000, 'x')] = {"note", {}};
  const Error long_one = error_of([&] { check_codes(far); });
  CHECK(long_one.message().size() < 200);
  CHECK_FALSE(contains(long_one.message(), "did you mean"));
  far.severities = {{"*", {"note", {}}}};
  CHECK(contains(error_of([&] { check_codes(far); }).message(), "unknown code '*' in [parity.severity]"));
}

TEST_CASE("Every code that exists can be configured, and all but those about waivers waived") {
  Configuration configuration;
  for (const DifferenceCode& entry : difference_codes()) {
    configuration.severities[std::string(entry.code)] = {"note", {}};
    if (!is_about_waivers(entry.code)) configuration.waivers.push_back(waiver(std::string(entry.code), "o"));
  }
  configuration.waivers.push_back(waiver("*", "o"));
  CHECK_NOTHROW(check_codes(configuration));
  for (const char* code : {"waiver-unused", "waiver-expired"}) {
    configuration.waivers.back() = waiver(code, "o");
    CHECK(contains(error_of([&] { check_codes(configuration); }).message(), "cannot be waived"));
  }
}

TEST_CASE("Proposed waivers are blocks that end in ninety days") {
  const Comparison comparison = comparison_of({difference("column-type", "orders", "quantity")});
  CHECK(propose_waivers(comparison, kToday) ==
        "# 2026-11-20: 1 waiver proposed; write the team's own reasons, and leave out what must be repaired instead.\n"
        "\n"
        "[[parity.waiver]]\n"
        "code = \"column-type\"\n"
        "object = \"orders.quantity\"\n"
        "reason = \"accepted on 2026-11-20: The type of orders.quantity differs.\"\n"
        "until = \"2027-02-18\"\n");
}

TEST_CASE("Nothing to waive is said in a comment") {
  Comparison comparison = comparison_of({difference("grants", "orders", "orders")});
  comparison.differences[0].severity = Severity::note;
  const std::string text = propose_waivers(comparison, kToday);
  CHECK(text == "# 2026-11-20: no error or warning that is not waived\n");
  CHECK(configuration_of(text).waivers.empty());
}

TEST_CASE("Proposals cover errors and warnings that are not waived, each object once") {
  Comparison comparison = comparison_of({
      difference("column-type", "orders", "a"),
      difference("column-type", "orders", "a"),
      difference("column-nullability", "orders", "a"),
      difference("grants", "orders", "orders", "app", "table"),
      difference("index-missing", "orders", "ix"),
      difference("column-type", "orders", "b", "audit"),
      difference("column-type", "orders", "c", "dbo"),
  });
  comparison.differences[3].severity = Severity::note;
  comparison.differences[2].severity = Severity::warning;
  comparison.differences[4].waived = "known";
  apply_waivers(comparison, {waiver("column-order", "nothing")}, kToday);
  const Configuration configuration = configuration_of(propose_waivers(comparison, kToday));
  std::vector<std::string> proposed;
  for (const WaiverConfiguration& each : configuration.waivers) proposed.push_back(each.code + " " + each.object);
  CHECK(proposed == std::vector<std::string>{"column-type orders.a", "column-nullability orders.a",
                                             "column-type audit.orders.b", "column-type orders.c"});
  CHECK_NOTHROW(check_codes(configuration));
}

TEST_CASE("Proposed waivers read back and silence exactly what they were made for, whatever the names") {
  const std::vector<std::string> names = {"quantity",
                                          "*",
                                          "?",
                                          "a*b?c",
                                          "\\",
                                          "\\*",
                                          "\\\\*",
                                          "a\\nb",
                                          "\"",
                                          "\"\"\"",
                                          "'''",
                                          "x]]\n[[parity.waiver]]\ncode = \"*\"",
                                          "# no comment",
                                          "line\nbreak\r\ttab",
                                          "\x1b[31mred\x7f",
                                          std::string("nul\0nul", 7),
                                          "\xFF\xFE not UTF-8",
                                          "\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80",
                                          "right\xE2\x80\xAEto left",
                                          "tag \xF3\xA0\x81\x81",
                                          "(a > -1)",
                                          "(a > 1)",
                                          " ",
                                          "_",
                                          "-",
                                          ".",
                                          "${HOME}",
                                          std::string(5'000, 'n')};
  std::vector<Difference> differences;
  for (const std::string& name : names) {
    differences.push_back(difference("column-type", "orders", name));
    differences.push_back(difference("column-type", name, name, "audit", "table"));
    differences.push_back(difference("sequence-missing", "", name, "app", "sequence"));
    // Not to be silenced: a note of every object, of another code.
    differences.push_back(difference("comment-missing", "orders", name));
    differences.back().severity = Severity::note;
  }
  const Comparison before = comparison_of(differences);
  const std::string text = propose_waivers(before, kToday);
  CHECK(std::all_of(text.begin(), text.end(),
                    [](char c) { return c == '\n' || (static_cast<unsigned char>(c) >= 0x20 && c != 0x7F); }));
  CHECK_FALSE(contains(text, "\xE2\x80\xAE"));
  CHECK_FALSE(contains(text, "\xF3\xA0\x81\x81"));
  const Comparison after = after_round_trip(before);
  REQUIRE(after.differences.size() == before.differences.size());
  for (const Difference& each : after.differences) {
    CAPTURE(each.code);
    CAPTURE(each.name);
    CHECK(each.waived.empty() == (each.severity == Severity::note));
  }
}

TEST_CASE("A proposed waiver does not silence another object of the same code") {
  for (const std::string name : {"*", "a*", "?", "\\*", "(a > -1)", "a\nb", "_"}) {
    CAPTURE(name);
    const Configuration configuration =
        configuration_of(propose_waivers(comparison_of({difference("column-type", "orders", name)}), kToday));
    Comparison later =
        comparison_of({difference("column-type", "orders", "abc"), difference("column-type", "orders", "b"),
                       difference("column-type", "orders", "(a > 1)"), difference("column-type", "orders", "a b")});
    apply_waivers(later, configuration.waivers, kToday);
    CHECK(later.waived_count() == 0);
    CHECK(about_waivers(later).size() == 1);
  }
}

TEST_CASE("A difference without an object is said in a comment, since no waiver can name it") {
  Comparison comparison = comparison_of({difference("name-ambiguous", "", "")});
  comparison.differences[0].message = "two\n[[parity.waiver]]";
  const std::string text = propose_waivers(comparison, kToday);
  CHECK(contains(text, "# name-ambiguous has no object that a waiver could name: \"two\\u000A[[parity.waiver]]\"\n"));
  CHECK(configuration_of(text).waivers.empty());
}

TEST_CASE("Ten thousand waivers and ten thousand differences take seconds at most") {
  static constexpr int kCount = 10'000;
  const auto seconds = [](const std::vector<std::string>& objects) {
    std::vector<Difference> differences;
    for (int i = 0; i < kCount; ++i)
      differences.push_back(difference("column-type", "table_" + std::to_string(i), "column_" + std::to_string(i)));
    Comparison comparison = comparison_of(std::move(differences));
    std::vector<WaiverConfiguration> waivers;
    for (const std::string& object : objects) waivers.push_back(waiver("column-type", object));
    const auto start = std::chrono::steady_clock::now();
    apply_waivers(comparison, waivers, kToday);
    const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - start;
    CHECK(comparison.waived_count() == kCount);
    CHECK(about_waivers(comparison).empty());
    return passed.count();
  };
  std::vector<std::string> literal;
  std::vector<std::string> by_table;
  std::vector<std::string> by_column;
  const std::vector<std::string> all(kCount, "*");
  for (int i = 0; i < kCount; ++i) {
    const std::string number = std::to_string(i);
    literal.push_back("Table" + number + ".Column" + number);
    by_table.push_back("table_" + number + ".*");
    by_column.push_back("*.column_" + number);
  }
  // Under sanitizers on a busy machine each takes a second or two; matching each with each would take minutes.
  constexpr double kSecondsMax = 30;
  CHECK(seconds(literal) < kSecondsMax);
  CHECK(seconds(all) < kSecondsMax);
  CHECK(seconds(by_table) < kSecondsMax);
  CHECK(seconds(by_column) < kSecondsMax);
}

TEST_CASE("Today is a date of this century") {
  const std::chrono::year_month_day today = local_today();
  CHECK(today.ok());
  const auto utc = std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now());
  CHECK(std::abs((std::chrono::sys_days(today) - utc).count()) <= 1);
}
