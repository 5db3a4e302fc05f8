#include "harness/report/report_writer.h"

#include <doctest/doctest.h>

#include <random>
#include <sstream>

#include "harness/parity/differ.h"

using namespace paripassu;

namespace {

Difference difference(std::string code, std::string table, std::string kind, std::string name, std::string left,
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

Comparison comparison_with(std::vector<Difference> differences) {
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

std::string text_of(const Comparison& comparison, const TextStyle& style = {}) {
  std::ostringstream out;
  write_text(out, comparison, style);
  return out.str();
}

std::string json_of(const Comparison& comparison) {
  std::ostringstream out;
  write_json(out, comparison);
  return out.str();
}

std::string first_line(const std::string& text) {
  return text.substr(0, text.find('\n'));
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

std::size_t count(const std::string& text, std::string_view part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size())) ++found;
  return found;
}

/// Nothing but printable characters and line ends.
bool is_tame(const std::string& text) {
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte < 0x20 && c != '\n') || byte == 0x7F) return false;
  }
  return true;
}

constexpr const char* kHostile[] = {"\x1b[2Jgone",
                                    "bell\a",
                                    "a\rb",
                                    "line\nbreak",
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
                                    "\xF4\x90\x80\x80"};

}  // namespace

TEST_CASE("escape_for_terminal leaves readable text of any script alone") {
  for (const char* text : {"", "orders", "Größe", "προϊόν", "заказ", "订单", "😀", "a\\b", "'quoted' \"names\" [x]"}) {
    CHECK(escape_for_terminal(text) == text);
  }
}

TEST_CASE("escape_for_terminal shows control characters, broken UTF-8 and marks that deceive") {
  CHECK(escape_for_terminal("\x1b[31m") == "\\x1b[31m");
  CHECK(escape_for_terminal(std::string_view("a\0b", 3)) == "a\\x00b");
  CHECK(escape_for_terminal("a\nb\tc\rd") == "a\\nb\\tc\\rd");
  CHECK(escape_for_terminal("\x7f") == "\\x7f");
  CHECK(escape_for_terminal("\xC2\x9B") == "\\u{9b}");
  CHECK(escape_for_terminal("\xE2\x80\xAE") == "\\u{202e}");
  CHECK(escape_for_terminal("\xE2\x80\x8B") == "\\u{200b}");
  CHECK(escape_for_terminal("\xF3\xA0\x81\x81") == "\\u{e0041}");
  CHECK(escape_for_terminal("\xFF") == "\\xff");
  CHECK(escape_for_terminal("\xE2\x82") == "\\xe2\\x82");
  CHECK(escape_for_terminal("\xC0\xAF") == "\\xc0\\xaf");
  CHECK(escape_for_terminal("\xED\xA0\x80") == "\\xed\\xa0\\x80");
  CHECK(escape_for_terminal("\xF4\x90\x80\x80") == "\\xf4\\x90\\x80\\x80");
}

TEST_CASE("write_text says in its first line that there is no difference, and how much that covers") {
  const std::string text = text_of(comparison_with({}));
  CHECK(first_line(text) ==
        "No differences: 11 tables, 64 columns, 1 index compared, postgres:migrations (PostgreSQL 15.20) against "
        "sqlserver:migrations (Microsoft SQL Server 16.0)");
  CHECK(contains(first_line(text_of(Comparison{})), "No differences: nothing compared"));
}

TEST_CASE("write_text never says plain No differences when something is unknown") {
  Comparison comparison = comparison_with({});
  comparison.unknown = {{"*", "sequences", "right: not listed"}};
  const std::string text = text_of(comparison);
  CHECK(first_line(text).rfind("No differences in what could be read, 1 thing unknown: ", 0) == 0);
  CHECK(contains(text, "  sequences of the whole database: right: not listed\n"));
}

TEST_CASE("write_text counts errors, warnings and notes apart") {
  const Difference error = difference("column-type", "orders", "column", "a", "x", "y");
  const Difference warning = difference("unique-nulls", "orders", "index", "u", "one NULL", "many", Severity::warning);
  const Difference note = difference("foreign-key-not-trusted", "orders", "foreign key", "f", "1", "2", Severity::note);
  CHECK(first_line(text_of(comparison_with({error}))).rfind("1 difference: postgres:", 0) == 0);
  CHECK(first_line(text_of(comparison_with({error, warning, note})))
            .rfind("2 differences (1 warning of them), 1 note: ", 0) == 0);
  CHECK(first_line(text_of(comparison_with({warning}))).rfind("1 difference (warnings): ", 0) == 0);
  CHECK(first_line(text_of(comparison_with({note}))).rfind("No differences, 1 note: ", 0) == 0);
  CHECK(contains(text_of(comparison_with({warning})), "unique-nulls [warning]"));
}

TEST_CASE("write_text groups by table and marks each side") {
  const std::string text = text_of(comparison_with({
      difference("schema-missing", "", "schema", "public", "schema of 1 table, 0 views", ""),
      difference("column-type", "orders", "column", "is_paid", "boolean", "nvarchar(1)"),
      difference("index-missing", "orders", "index", "ix_note", "(note)", ""),
      difference("table-extra", "returns", "table", "returns", "", "table of 3 columns"),
  }));
  CHECK(contains(text, "\nschema public\n  - schema public: schema of 1 table, 0 views  schema-missing\n"));
  CHECK(contains(text,
                 "\norders\n  ~ column is_paid: boolean / nvarchar(1)  column-type\n"
                 "  - index ix_note: (note)  index-missing\n"));
  CHECK(contains(text, "\nreturns\n  + table: table of 3 columns  table-extra\n"));
}

TEST_CASE("write_text says the definition of an unnamed object once") {
  const std::string text =
      text_of(comparison_with({difference("check-missing", "t", "check", "(a > 0)", "(a > 0)", "")}));
  CHECK(count(text, "(a > 0)") == 1);
}

TEST_CASE("write_text names the schema where there are several") {
  Difference other = difference("column-type", "orders", "column", "a", "x", "y");
  other.schema = "sales";
  const std::string text =
      text_of(comparison_with({difference("column-type", "orders", "column", "a", "x", "y"), other}));
  CHECK(contains(text, "\npublic.orders\n"));
  CHECK(contains(text, "\nsales.orders\n"));
}

TEST_CASE("write_text folds equal differences and still names them all") {
  std::vector<Difference> differences;
  for (int i = 0; i < 31; ++i) {
    differences.push_back(
        difference("column-type", "table_" + std::to_string(i), "column", "flag", "boolean", "nvarchar(1)"));
  }
  differences.push_back(difference("column-type", "orders", "column", "other", "integer", "bigint"));
  Comparison comparison = comparison_with(differences);
  const std::string text = text_of(comparison);
  CHECK(contains(text, "  ~ 31 columns: boolean / nvarchar(1)  column-type\n"));
  CHECK(count(text, "boolean") == 1);
  for (int i = 0; i < 31; ++i) CHECK(contains(text, "table_" + std::to_string(i) + ".flag"));
  CHECK(contains(text, "column other: integer / bigint"));
  std::istringstream lines(text);
  std::string line;
  std::getline(lines, line);  // the summary is never broken
  while (std::getline(lines, line)) {
    CHECK(line.size() <= TextStyle{}.width);
    CHECK((line.empty() || line.back() != ' '));
  }

  TextStyle few;
  few.names_shown_max = 2;
  CHECK(contains(text_of(comparison, few), "table_0.flag, table_1.flag, and 29 more"));
  comparison.differences.erase(comparison.differences.begin() + 2, comparison.differences.begin() + 31);
  CHECK_FALSE(contains(text_of(comparison), "In several places"));
}

TEST_CASE("write_text uses colour only when asked, and says nothing by colour alone") {
  Comparison comparison = comparison_with({difference("column-type", "orders", "column", "a", "x", "y"),
                                           difference("index-missing", "orders", "index", "i", "(a)", "")});
  comparison.compatible = {{"a", "b", "c", 2}};
  const std::string plain = text_of(comparison);
  CHECK(is_tame(plain));
  TextStyle style;
  style.color = true;
  std::string colored = text_of(comparison, style);
  CHECK(contains(colored, "\x1b[1;31m2 differences\x1b[0m"));
  for (std::size_t begin = colored.find('\x1b'); begin != std::string::npos; begin = colored.find('\x1b')) {
    colored.erase(begin, colored.find('m', begin) - begin + 1);
  }
  CHECK(colored == plain);
}

TEST_CASE("write_text lists compatible types, what was not compared and stand-ins") {
  Comparison comparison = comparison_with({});
  comparison.compatible = {{"character varying(n)", "nvarchar(n)", "length in other units", 12}};
  comparison.not_compared = {"expressions of checks: 3"};
  comparison.right.product = "Babelfish for PostgreSQL";
  comparison.right.genuine = false;
  comparison.right.deviations = {"names are stored in lower case"};
  const std::string text = text_of(comparison);
  CHECK(contains(text, "  12 columns: character varying(n) / nvarchar(n): length in other units\n"));
  CHECK(contains(text, "\nNot compared\n  expressions of checks: 3\n"));
  CHECK(contains(text, "Babelfish for PostgreSQL on the right is not sqlserver itself"));
  CHECK(contains(text, "Known deviations: names are stored in lower case\n"));
}

TEST_CASE("write_text lets nothing from a database reach the terminal as a command") {
  for (const char* evil : kHostile) {
    CAPTURE(escape_for_terminal(evil));
    Comparison comparison = comparison_with({});
    for (int i = 0; i < 4; ++i)
      comparison.differences.push_back(difference("column-type", evil, "column", evil, evil, evil));
    comparison.differences.push_back(difference("table-missing", evil, "table", evil, evil, ""));
    comparison.differences.push_back(difference("schema-missing", "", "schema", evil, evil, ""));
    comparison.differences.back().schema = evil;
    comparison.left_label = comparison.right_label = evil;
    comparison.compatible = {{evil, evil, evil, 1}};
    comparison.unknown = {{evil, evil, evil}};
    comparison.not_compared = {evil};
    comparison.left.product = comparison.left.engine = evil;
    comparison.left.genuine = false;
    comparison.left.deviations = {evil};
    const std::string text = text_of(comparison);
    CHECK(is_tame(text));
    CHECK_FALSE(contains(text, evil));
    const std::string json = json_of(comparison);
    CHECK(is_tame(json));
    for (const char c : json) CHECK(static_cast<unsigned char>(c) < 0x80);
  }
}

TEST_CASE("write_json writes the documented members in their order") {
  Comparison comparison =
      comparison_with({difference("index-missing", "orders", "index", "ix_note", "(note)", ""),
                       difference("unique-nulls", "orders", "index", "u", "one NULL", "many", Severity::warning)});
  comparison.compatible = {{"a", "b", "why", 2}};
  comparison.unknown = {{"*", "sequences", "right: not listed"}};
  comparison.not_compared = {"comments: 1"};
  comparison.right.genuine = false;
  comparison.right.deviations = {"lower case"};
  CHECK(json_of(comparison) == R"json({
  "version": 1,
  "left": {
    "label": "postgres:migrations (PostgreSQL 15.20)",
    "engine": "postgres",
    "product": "",
    "product_version": "",
    "genuine": true,
    "deviations": [],
    "database": "",
    "default_schema": ""
  },
  "right": {
    "label": "sqlserver:migrations (Microsoft SQL Server 16.0)",
    "engine": "sqlserver",
    "product": "",
    "product_version": "",
    "genuine": false,
    "deviations": [
      "lower case"
    ],
    "database": "",
    "default_schema": ""
  },
  "summary": {
    "equal": false,
    "errors": 1,
    "warnings": 1,
    "notes": 0,
    "unknown": 1,
    "by_code": {
      "index-missing": 1,
      "unique-nulls": 1
    },
    "compared": {
      "tables": 11,
      "columns": 64,
      "keys": 0,
      "foreign_keys": 0,
      "checks": 0,
      "indexes": 1,
      "views": 0,
      "sequences": 0
    }
  },
  "differences": [
    {
      "code": "index-missing",
      "severity": "error",
      "schema": "public",
      "table": "orders",
      "kind": "index",
      "name": "ix_note",
      "object": "orders.ix_note",
      "left": "(note)",
      "right": null,
      "message": "A sentence."
    },
    {
      "code": "unique-nulls",
      "severity": "warning",
      "schema": "public",
      "table": "orders",
      "kind": "index",
      "name": "u",
      "object": "orders.u",
      "left": "one NULL",
      "right": "many",
      "message": "A sentence."
    }
  ],
  "compatible": [
    {
      "left": "a",
      "right": "b",
      "reason": "why",
      "columns": 2
    }
  ],
  "unknown": [
    {
      "object": "*",
      "what": "sequences",
      "reason": "right: not listed"
    }
  ],
  "not_compared": [
    "comments: 1"
  ]
}
)json");
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

TEST_CASE("the writers take any bytes") {
  const unsigned seed = std::random_device{}();
  CAPTURE(seed);
  std::mt19937 random(seed);
  const auto noise = [&random] {
    std::string text(random() % 9, '\0');
    for (char& c : text) c = static_cast<char>(random());
    return text;
  };
  for (int round = 0; round < 500; ++round) {
    Comparison comparison = comparison_with({});
    for (int i = 0; i < 5; ++i) {
      comparison.differences.push_back(difference(noise(), noise(), noise(), noise(), noise(), noise()));
      comparison.differences.back().code = "column-type";
      comparison.differences.back().kind = "column";
    }
    CHECK(is_tame(text_of(comparison)));
    CHECK(is_tame(json_of(comparison)));
  }
}
