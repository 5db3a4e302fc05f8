#pragma once

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/parity/difference.h"
#include "harness/report/report_writer.h"

/// Comparisons and questions that the tests of all writers share.
namespace report_fixture {

using namespace paripassu;

inline Difference difference(std::string code, std::string table, std::string kind, std::string name, std::string left,
                             std::string right, Severity severity = Severity::error) {
  Difference out;
  out.code = std::move(code);
  out.severity = severity;
  out.schema = "public";
  out.table = std::move(table);
  out.kind = std::move(kind);
  out.name = std::move(name);
  out.left = std::move(left);
  out.right = std::move(right);
  out.message = "A sentence.";
  return out;
}

inline Comparison comparison_with(std::vector<Difference> differences) {
  Comparison out;
  out.left_label = "postgres:migrations (PostgreSQL 15.20)";
  out.right_label = "sqlserver:migrations (Microsoft SQL Server 16.0)";
  out.left.engine = "postgres";
  out.right.engine = "sqlserver";
  out.counts.tables = 11;
  out.counts.columns = 64;
  out.counts.indexes = 1;
  out.differences = std::move(differences);
  return out;
}

/// The comparison of which docs/json.md and docs/report-formats.md show the reports.
inline Comparison documented_comparison() {
  Difference type = difference("column-type", "orders", "column", "is_paid", "boolean", "nvarchar(1)");
  type.message = "The type of column is_paid of orders: boolean on PostgreSQL, nvarchar(1) on Microsoft SQL Server.";
  type.left_side = {"public", "orders", "is_paid", "", "db/0002_orders.postgres.up.sql", 4};
  type.right_side = {"dbo", "orders", "is_paid", "", "db/0002_orders.sqlserver.up.sql", 5};
  Difference check = difference("check-missing", "orders", "check", "ck_quantity", "(quantity > 0)", "");
  check.message = "Check ck_quantity of orders exists on PostgreSQL only.";
  check.left_side = {"public", "orders", "ck_quantity", "0 < quantity", "db/0005_check.postgres.up.sql", 1};
  check.right_side.schema = "dbo";
  check.right_side.table = "orders";
  check.waived = "the old importer writes zeros";
  Difference trust = difference("foreign-key-not-trusted", "orders", "foreign key", "fk_customer", "trusted",
                                "not trusted", Severity::note);
  trust.message =
      "The trust of foreign key fk_customer of orders: trusted on PostgreSQL, not trusted on Microsoft SQL Server.";
  trust.left_side = {"public", "orders", "fk_customer", "", "", 0};
  trust.right_side = {"dbo", "orders", "fk_customer", "", "", 0};
  Comparison out = comparison_with({type, check, trust});
  out.left.product = "PostgreSQL";
  out.left.product_version = "15.20";
  out.left.database = "paripassu_scratch_1";
  out.left.default_schema = "public";
  out.right.product = "Microsoft SQL Server";
  out.right.product_version = "16.0";
  out.right.database = "paripassu_scratch_2";
  out.right.default_schema = "dbo";
  out.counts = {2, 9, 2, 1, 1, 0, 0, 0};
  out.compared_tables = {"customers", "orders"};
  out.compatible = {{"character varying(n)", "nvarchar(n)", "the length counts characters / UTF-16 units", 4}};
  out.settings = {"text is compared case-insensitively on the right"};
  return out;
}

inline ReportOptions documented_options() {
  ReportOptions options;
  options.tool_version = "0.1.0";
  options.fallback_file = "paripassu.toml";
  return options;
}

inline std::string report_of(const Comparison& comparison, ReportFormat format, const ReportOptions& options = {}) {
  std::ostringstream out;
  write_report(out, comparison, format, options);
  return out.str();
}

inline bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

inline std::size_t count(std::string_view text, std::string_view part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string_view::npos; at = text.find(part, at + part.size())) ++found;
  return found;
}

inline std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

/// Nothing but printable characters and line ends.
inline bool is_tame(std::string_view text) {
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte < 0x20 && c != '\n') || byte == 0x7F) return false;
  }
  return true;
}

inline bool is_ascii(std::string_view text) {
  for (const char c : text) {
    if (static_cast<unsigned char>(c) >= 0x80) return false;
  }
  return true;
}

/// A file of the source tree.
inline std::string source_file(const std::string& path) {
  const char* source = std::getenv("PARIPASSU_SOURCE_DIR");
  if (!source) throw std::runtime_error("PARIPASSU_SOURCE_DIR must name the source tree; CTest sets it");
  std::ifstream in(std::string(source) + "/" + path, std::ios::binary);
  if (!in) throw std::runtime_error("cannot read " + path);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// Names that a database allows and that no report may take for anything but a name.
inline std::vector<std::string> hostile_names() {
  using namespace std::string_literals;
  return {"\x1b[2Jgone",
          "bell\a",
          "a\rb",
          "line\nbreak",
          "a\r\n\r\n::error::b",
          "nul\0byte"s,
          "\xC2\x9B"
          "31m",
          "\xE2\x80\xAE"
          "evil",
          "\xE2\x81\xA6"
          "x",
          "broken \xFF\xFE",
          "cut \xE2\x82",
          "\x7f",
          "\xC0\xAF",
          "\xED\xA0\x80",
          "\xF4\x90\x80\x80",
          "\xEF\xBF\xBE",
          "\xEF\xBF\xBF",
          "]]>",
          "<script>alert(1)</script>",
          "</testcase>",
          "-->",
          "&amp;&#10;",
          "\"'",
          "a|b",
          "a\\|b",
          "a\\",
          "`code`",
          "```",
          "``a``",
          " blank ",
          "@everyone",
          "#1 !2 ~3",
          "[x](http://evil.example)",
          "www.evil.example",
          "![x](y)",
          "**bold**",
          "<!--",
          "</code>",
          "::error::x",
          "%0A::error::x",
          "a,line=1::b",
          "##[error]x",
          "{0}",
          "{{",
          "[nvarchar](50)",
          "%s%n",
          "..",
          "\xF0\x9F\x98\x80"};
}

/// `evil` wherever a database, a file system or a person can put it.
inline Comparison hostile_comparison(const std::string& evil) {
  Comparison comparison = comparison_with({});
  comparison.left.default_schema = "public";
  // Four equal ones, so that they fold.
  for (int i = 0; i < 4; ++i) {
    Difference one = difference("column-type", evil, "column", evil, evil, evil);
    one.message = "The type of " + evil + ".";
    one.left_side = {evil, evil, evil, evil, evil, 3};
    one.right_side = {evil, evil, evil, evil, "other/" + evil, 4};
    comparison.differences.push_back(one);
  }
  comparison.differences.push_back(difference("table-missing", evil, "table", evil, evil, ""));
  comparison.differences.push_back(difference("schema-missing", "", "schema", evil, evil, ""));
  comparison.differences.back().schema = evil;
  comparison.differences.push_back(difference("unique-nulls", evil, evil, evil, evil, "", Severity::warning));
  comparison.differences.push_back(difference(evil, "orders", "index", evil, "", "", Severity::note));
  comparison.differences.back().message = evil;
  comparison.differences.push_back(difference("index-missing", evil, "index", evil, evil, ""));
  comparison.differences.back().waived = evil;
  comparison.left_label = comparison.right_label = evil;
  comparison.compared_tables = {"customers", evil};
  comparison.compatible = {{evil, evil, evil, 1}};
  comparison.settings = {evil};
  comparison.unknown = {{evil, evil, evil}};
  comparison.not_compared = {evil};
  comparison.left.product = comparison.left.engine = evil;
  comparison.left.genuine = false;
  comparison.left.deviations = {evil};
  return comparison;
}

}  // namespace report_fixture
