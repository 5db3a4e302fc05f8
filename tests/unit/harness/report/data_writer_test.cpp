#include "harness/report/data_writer.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <pugixml.hpp>

#include "tests/unit/harness/report/report_fixture.h"

using namespace paripassu;
using namespace report_fixture;

namespace {

ColumnResult column(std::string left, std::string right, std::string left_type, std::string right_type,
                    std::string rule, bool key = false) {
  ColumnResult result;
  result.left_name = std::move(left);
  result.right_name = std::move(right);
  result.left_type.printed = std::move(left_type);
  result.right_type.printed = std::move(right_type);
  result.rule = std::move(rule);
  result.key = key;
  return result;
}

ClassTally& tally(ColumnResult& result, ValueClass value_class) {
  return result.classes[static_cast<std::size_t>(value_class)];
}

/// The comparison of which docs/data-diff.md, docs/json.md and docs/report-formats.md show the reports.
DataReport documented_report() {
  DataReport report;
  report.left_label = "postgres://app@db1/orders (PostgreSQL 15.20)";
  report.right_label = "sqlserver://app@db2/orders (Microsoft SQL Server 16.0)";
  report.left.engine = "postgres";
  report.left.product = "PostgreSQL";
  report.left.product_version = "15.20";
  report.left.database = "orders";
  report.right.engine = "sqlserver";
  report.right.product = "Microsoft SQL Server";
  report.right.product_version = "16.0";
  report.right.database = "orders";
  report.duration_ms = 1'320;
  report.memory_bytes_max = 256u << 20;

  TableResult& customers = report.tables.emplace_back();
  customers.left_name = "public.customers";
  customers.right_name = "dbo.Customers";
  customers.method = DataMethod::merge;
  customers.key_origin = "primary key";
  customers.columns = {column("id", "Id", "integer", "int", "integer", true),
                       column("name", "Name", "text", "nvarchar(200)", "text")};
  customers.left_rows = customers.right_rows = customers.equal_rows = 1'000;
  customers.duration_ms = 110;

  TableResult& orders = report.tables.emplace_back();
  orders.left_name = "public.orders";
  orders.right_name = "dbo.Orders";
  orders.method = DataMethod::merge;
  orders.key_origin = "primary key";
  orders.columns = {
      column("id", "Id", "bigint", "bigint", "integer", true),
      column("placed_at", "PlacedAt", "timestamp(6) without time zone", "datetime2(7)", "timestamp"),
      column("code", "Code", "character(8)", "nvarchar(8)", "text without padding"),
      column("note", "Note", "text", "nvarchar(400)", "text"),
  };
  tally(orders.columns[1], ValueClass::time_zone) = {41'233, "all by +01:00"};
  tally(orders.columns[2], ValueClass::letter_case) = {12, ""};
  orders.columns[2].verdicts[static_cast<std::size_t>(ValueClass::letter_case)] = ClassVerdict::accepted;
  tally(orders.columns[3], ValueClass::different) = {1, ""};
  orders.skipped_columns = {{"orders.rv", "row version", "the server writes it by itself"},
                            {"orders.secret", "only on the left", ""}};
  orders.left_rows = 100'002;
  orders.right_rows = 100'001;
  orders.equal_rows = 58'758;
  orders.changed_rows = 41'233;
  orders.accepted_rows = 9;
  orders.left_only_rows = 2;
  orders.right_only_rows = 1;
  orders.duration_ms = 1'200;
  orders.notes = {"read without a consistent snapshot on the right: allow snapshot isolation in the database"};

  DataDifference changed;
  changed.key = {"7"};
  changed.values = {
      {1, "2024-03-01T09:30:00", "2024-03-01T10:30:00", ValueClass::time_zone, ClassVerdict::error, "by +01:00"},
      {2, "ab-1", "AB-1", ValueClass::letter_case, ClassVerdict::accepted, ""}};
  changed.left = {"7", "2024-03-01T09:30:00", "ab-1", std::nullopt};
  changed.right = {"7", "2024-03-01T10:30:00", "AB-1", std::nullopt};
  DataDifference long_text;
  long_text.key = {"8"};
  long_text.values = {
      {1, "2024-03-01T09:31:00", "2024-03-01T10:31:00", ValueClass::time_zone, ClassVerdict::error, "by +01:00"},
      {3, "The customer asked for delivery before noon, at the back door",
       "The customer asked for delivery after noon, at the back door", ValueClass::different, ClassVerdict::error,
       "at character 33"}};
  long_text.left = {"8", "2024-03-01T09:31:00", "ab-2",
                    "The customer asked for delivery before noon, at the back door"};
  long_text.right = {"8", "2024-03-01T10:31:00", "ab-2",
                     "The customer asked for delivery after noon, at the back door"};
  DataDifference left_only;
  left_only.kind = DataDifference::Kind::left_only;
  left_only.key = {"9"};
  left_only.left = {"9", "2024-03-01T09:32:00", "ab-3", ""};
  DataDifference right_only;
  right_only.kind = DataDifference::Kind::right_only;
  right_only.key = {"10"};
  right_only.right = {"10", "2024-03-01T10:33:00", "AB-4", std::nullopt};
  orders.differences = {changed, long_text, left_only, right_only};

  report.skipped_tables = {{"public.audit", "only on the left", ""},
                           {"public.sessions", "only on the left", "kept in memory by the other product"}};
  return report;
}

DataRowTable documented_rows() {
  return {"public.orders", "dbo.Orders", {"id", "placed_at", "code", "note"}, 1};
}

ReportOptions options_of(bool verbose = false, bool color = false) {
  ReportOptions options = documented_options();
  options.style.verbose = verbose;
  options.style.color = color;
  return options;
}

std::string written(const DataReport& report, DataFormat format, const ReportOptions& options = options_of()) {
  std::ostringstream out;
  write_data_report(out, report, format, options);
  return out.str();
}

std::string rows_written(DataFormat format, std::optional<std::size_t> rows_max = std::nullopt) {
  std::ostringstream out;
  DataRowWriter writer(out, format, rows_max);
  const DataReport report = documented_report();
  for (const DataDifference& difference : report.tables[1].differences) writer.row(documented_rows(), difference);
  writer.finish(report, Severity::warning);
  return out.str();
}

/// `evil` in every text that comes from a database.
DataReport hostile_report(const std::string& evil) {
  DataReport report = documented_report();
  report.left_label = report.right_label = evil;
  report.right.product = report.right.engine = evil;
  report.right.genuine = false;
  report.notes = {evil};
  report.skipped_tables = {{evil, evil, evil}, {evil, evil, ""}};
  TableResult& table = report.tables[1];
  table.left_name = table.right_name = evil;
  table.key_origin = evil;
  table.notes = {evil};
  table.unfinished = evil;
  table.skipped_columns = {{evil, evil, evil}, {evil, evil, ""}};
  for (ColumnResult& one : table.columns) {
    one.left_name = one.right_name = one.rule = evil;
    one.left_type.printed = one.right_type.printed = evil;
    for (ClassTally& found : one.classes) found.common_note = evil;
  }
  for (DataDifference& difference : table.differences) {
    difference.key = {evil};
    for (ValueDifference& value : difference.values) {
      value.left = evil;
      value.right = evil + evil;
      value.note = evil;
    }
    for (std::vector<Cell>* row : {&difference.left, &difference.right})
      for (Cell& cell : *row) cell = evil;
  }
  return report;
}

void check_documented(const std::string& page, const std::string& fence, const std::string& text) {
  CAPTURE(page);
  CAPTURE(text);
  CHECK(contains(source_file(page), "```" + fence + "\n" + text + "```\n"));
}

}  // namespace

TEST_CASE("docs show each format of a comparison of data as it is written") {
  const DataReport report = documented_report();
  check_documented("docs/data-diff.md", "text", written(report, DataFormat::text));
  check_documented("docs/report-formats.md", "xml", written(report, DataFormat::junit));
  check_documented("docs/report-formats.md", "markdown", written(report, DataFormat::markdown));
  check_documented("docs/report-formats.md", "json", rows_written(DataFormat::jsonl));
  check_documented("docs/report-formats.md", "text", rows_written(DataFormat::csv));
  check_documented("docs/json.md", "json", written(report, DataFormat::json));
}

TEST_CASE("Data report in text begins with the verdict and ends with what was not compared") {
  DataReport report = documented_report();
  std::vector<std::string> lines = lines_of(written(report, DataFormat::text));
  CHECK(lines.front() ==
        "1 of 2 tables differs: 41,233 rows changed, 2 only on the left, 1 only on the right; the comparison is "
        "incomplete (1.3 s)");
  CHECK(
      lines.back() ==
      "Not compared: public.audit (only on the left), orders.secret (only on the left); accepted: 1 table, 1 column.");
  report.tables.pop_back();
  report.skipped_tables.clear();
  lines = lines_of(written(report, DataFormat::text));
  CHECK(lines.front() == "1 table is equal: 1,000 rows (1.3 s)");
  CHECK(lines.back() == "Nothing was left out.");
  report.skipped_tables = {{"public.a", "not chosen", "--table"}, {"public.b", "not chosen", "--table"}};
  CHECK(lines_of(written(report, DataFormat::text)).back() == "Not compared: not chosen: 2 tables.");
  CHECK_FALSE(contains(written(report, DataFormat::text), "public.a"));
  CHECK(contains(written(report, DataFormat::text, options_of(true)), "public.a"));
  report.tables.clear();
  lines = lines_of(written(report, DataFormat::text));
  CHECK(lines.front() == "No table was compared (1.3 s)");
  CHECK(lines.back() == "Not compared: no table was compared; not chosen: 2 tables.");
}

TEST_CASE("Data report never calls equal what did not come to its end") {
  DataReport report = documented_report();
  report.tables.resize(1);
  report.skipped_tables.clear();
  report.tables[0].unfinished = "the connection was lost";
  const std::string text = written(report, DataFormat::text);
  CHECK(contains(text, "No difference in what was compared; the comparison is incomplete"));
  CHECK(contains(text, "not finished: the connection was lost"));
  CHECK_FALSE(contains(text, "  equal\n"));
  CHECK(contains(lines_of(text).back(), "public.customers (not finished: the connection was lost)"));
  const auto json = nlohmann::json::parse(written(report, DataFormat::json));
  CHECK(json["summary"]["passed"] == false);
  CHECK(json["summary"]["tables_different"] == 0);
  CHECK(json["summary"]["complete"] == false);
  CHECK(json["tables"][0]["unfinished"] == "the connection was lost");
  CHECK(contains(written(report, DataFormat::junit), "<error message=\"not finished: the connection was lost\""));
  CHECK(contains(written(report, DataFormat::markdown), "**not finished**: the connection was lost"));
}

TEST_CASE("Data report counts classes in one sentence a column, with what they have in common") {
  const std::string text = written(documented_report(), DataFormat::text);
  CHECK(contains(text, "\n  orders.placed_at: 41,233 rows differ by time zone only, all by +01:00\n"));
  CHECK(contains(text, "\n  orders.code: 12 rows differ by case only (accepted)\n"));
  CHECK(contains(text, "\n  orders.note: 1 row differs\n"));
}

TEST_CASE("Data report shows both values side by side around what differs") {
  const std::string text = written(documented_report(), DataFormat::text);
  CHECK(contains(text, "…elivery before noon, at the back"));
  CHECK(contains(text, "…elivery after noon, at the back"));
  CHECK(contains(text, "and 41,241 more rows; --limit shows more"));
  CHECK(contains(text, "note = ''"));
}

TEST_CASE("Data report tells NULL, the empty text and the text NULL apart") {
  DataReport report = documented_report();
  report.tables[1].differences.resize(1);
  ValueDifference& value = report.tables[1].differences[0].values[0];
  value.left = std::nullopt;
  value.right = "NULL";
  CHECK(contains(written(report, DataFormat::text), "placed_at  NULL  'NULL'  time-zone"));
  value.right = "";
  CHECK(contains(written(report, DataFormat::text), "placed_at  NULL  ''"));
  value.left = "a ";
  value.right = "a";
  CHECK(contains(written(report, DataFormat::text), "placed_at  'a '  a "));
  const auto json = nlohmann::json::parse(written(report, DataFormat::json));
  CHECK(json["tables"][1]["differences"][0]["values"][0]["left"] == "a ");
}

TEST_CASE("Data report in JUnit has a test per table, a failure, an error and a skipped one") {
  const std::string text = written(documented_report(), DataFormat::junit);
  pugi::xml_document document;
  REQUIRE(document.load_string(text.c_str()));
  const pugi::xml_node suite = document.child("testsuites").child("testsuite");
  CHECK(suite.attribute("tests").as_int() == 4);
  CHECK(suite.attribute("failures").as_int() == 1);
  CHECK(suite.attribute("errors").as_int() == 1);
  CHECK(suite.attribute("skipped").as_int() == 1);
  std::vector<std::string> names;
  for (const pugi::xml_node test : suite.children("testcase")) names.emplace_back(test.attribute("name").value());
  CHECK(names == std::vector<std::string>{"public.customers / dbo.Customers", "public.orders / dbo.Orders",
                                          "public.audit", "public.sessions"});
  DataReport nothing;
  REQUIRE(document.load_string(written(nothing, DataFormat::junit).c_str()));
  CHECK(document.child("testsuites").attribute("errors").as_int() == 1);
}

TEST_CASE("Data report fails on warnings only where it is asked to") {
  DataReport report = documented_report();
  report.tables.erase(report.tables.begin());
  TableResult& table = report.tables[0];
  table.left_only_rows = table.right_only_rows = 0;
  table.skipped_columns.clear();
  for (ColumnResult& one : table.columns) one.verdicts.fill(ClassVerdict::warning);
  ReportOptions options = options_of();
  CHECK(contains(written(report, DataFormat::junit, options), "<failure"));
  options.fail_on = Severity::error;
  CHECK_FALSE(contains(written(report, DataFormat::junit, options), "<failure"));
  CHECK(contains(written(report, DataFormat::text, options), "1 table is equal but for warnings"));
}

TEST_CASE("Rows as JSON lines are one object each, with the summary last") {
  const std::vector<std::string> lines = lines_of(rows_written(DataFormat::jsonl));
  REQUIRE(lines.size() == 5);
  const auto first = nlohmann::json::parse(lines[0]);
  CHECK(first["table"] == "public.orders");
  CHECK(first["kind"] == "changed");
  CHECK(first["key"]["id"] == "7");
  CHECK(first["values"][0]["class"] == "time-zone");
  CHECK(first["values"][1]["verdict"] == "accepted");
  const auto gone = nlohmann::json::parse(lines[3]);
  CHECK(gone["kind"] == "right-only");
  CHECK(gone["row"]["note"].is_null());
  const auto last = nlohmann::json::parse(lines[4]);
  CHECK(last["summary"]["changed_rows"] == 41'233);
  CHECK(last["not_compared"].size() == 4);
  CHECK(lines_of(rows_written(DataFormat::jsonl, 1)).size() == 2);
  CHECK(lines_of(rows_written(DataFormat::jsonl, 0)).size() == 1);
}

TEST_CASE("Rows as CSV are a line per value, NULL an empty cell, and nothing a spreadsheet would execute") {
  const std::vector<std::string> lines = lines_of(rows_written(DataFormat::csv));
  REQUIRE(lines.size() == 13);
  CHECK(lines[0] == "table,kind,key,column,left,right,class,verdict,note");
  CHECK(lines[8] == "public.orders,left-only,id=9,note,\"\",,,error,");
  CHECK(lines[12] == "public.orders,right-only,id=10,note,,,,error,");
  std::ostringstream out;
  DataRowWriter writer(out, DataFormat::csv, std::nullopt);
  DataDifference difference;
  difference.key = {"-7"};
  difference.values = {{3, "=HYPERLINK(\"x\")", "-7.5e1", ValueClass::different, ClassVerdict::error, ""},
                       {3, "+cmd|' /C calc'!A0", "@x", ValueClass::different, ClassVerdict::error, ""}};
  writer.row(documented_rows(), difference);
  CHECK(lines_of(out.str())[1] ==
        "public.orders,changed,id=-7,note,\"'=HYPERLINK(\"\"x\"\")\",-7.5e1,different,error,");
  CHECK(lines_of(out.str())[2] == "public.orders,changed,id=-7,note,\"'+cmd|' /C calc'!A0\",\"'@x\",different,error,");
}

TEST_CASE("Data report lets no name and no value be anything but text") {
  for (const std::string& evil : hostile_names()) {
    CAPTURE(evil);
    const DataReport report = hostile_report(evil);
    CHECK(is_tame(written(report, DataFormat::text, options_of(true))));
    CHECK(is_tame(written(report, DataFormat::markdown)));
    const std::string json = written(report, DataFormat::json);
    CHECK(is_ascii(json));
    CHECK(is_tame(json));
    CHECK(nlohmann::json::accept(json));
    const std::string xml = written(report, DataFormat::junit);
    CHECK(is_tame(xml));
    pugi::xml_document document;
    CHECK(document.load_string(xml.c_str()));
    for (const DataFormat format : {DataFormat::jsonl, DataFormat::csv}) {
      std::ostringstream out;
      DataRowWriter writer(out, format, std::nullopt);
      const DataRowTable table{evil, evil, {evil, evil, evil, evil}, 1};
      for (const DataDifference& difference : report.tables[1].differences) writer.row(table, difference);
      writer.finish(report, Severity::warning);
      CHECK(is_tame(out.str()));
      if (format == DataFormat::jsonl)
        for (const std::string& line : lines_of(out.str())) CHECK(nlohmann::json::accept(line));
    }
  }
}

TEST_CASE("Data report in Markdown stays within what a comment takes and counts the rest") {
  DataReport report = documented_report();
  TableResult table = report.tables[1];
  for (int i = 0; i < 200; ++i) report.tables.push_back(table);
  const std::string text = written(report, DataFormat::markdown);
  CHECK(text.size() <= kMarkdownBytesMax);
  CHECK(contains(text, "**and "));
}

TEST_CASE("Data report names a stand-in in every format") {
  DataReport report = documented_report();
  report.right.genuine = false;
  report.right.product = "Babelfish for PostgreSQL";
  for (const DataFormat format : {DataFormat::text, DataFormat::junit, DataFormat::markdown})
    CHECK(contains(written(report, format), "stands in for it"));
  CHECK(nlohmann::json::parse(written(report, DataFormat::json))["right"]["genuine"] == false);
}

TEST_CASE("Data formats have words and none besides") {
  for (const char* word : {"text", "json", "jsonl", "csv", "junit", "markdown"})
    CHECK(to_string(*data_format_from_string(word)) == word);
  CHECK_FALSE(data_format_from_string("sarif"));
}
