#include "harness/report/report_writer.h"

#include <doctest/doctest.h>

#include <sstream>

#include "tests/unit/harness/report/report_fixture.h"

using namespace paripassu;
using namespace report_fixture;

namespace {

std::string text_of(const Comparison& comparison, const TextStyle& style = {}) {
  std::ostringstream out;
  write_text(out, comparison, style);
  return out.str();
}

std::string first_line(const std::string& text) {
  return text.substr(0, text.find('\n'));
}

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
  for (const std::string& evil : hostile_names()) {
    CAPTURE(escape_for_terminal(evil));
    TextStyle style;
    style.verbose = true;
    const Comparison comparison = hostile_comparison(evil);
    CHECK(is_tame(text_of(comparison)));
    CHECK(is_tame(text_of(comparison, style)));
    if (escape_for_terminal(evil) != evil) CHECK_FALSE(contains(text_of(comparison, style), evil));
  }
}

TEST_CASE("write_text counts waived differences and lists them last with their reasons") {
  Difference one = difference("index-missing", "orders", "index", "ix_note", "(note)", "");
  one.waived = "full text only";
  Difference two = difference("index-missing", "orders", "index", "ix_text", "(text)", "");
  two.waived = "full text only";
  Difference other = difference("check-missing", "orders", "check", "ck", "(a > 0)", "");
  other.waived = "later";
  const Difference open = difference("column-type", "orders", "column", "a", "x", "y");
  const std::string text = text_of(comparison_with({one, two, other, open}));
  CHECK(first_line(text).rfind("1 difference, 3 waived: ", 0) == 0);
  CHECK(contains(text, "\norders\n  ~ column a: x / y  column-type\n\nWaived\n"));
  CHECK(
      text.ends_with("\nWaived\n"
                     "  check-missing orders.ck: later\n"
                     "  index-missing 2 objects: full text only\n"
                     "      orders.ix_note, orders.ix_text\n"));
  CHECK(first_line(text_of(comparison_with({one}))).rfind("No differences, 1 waived: ", 0) == 0);
}

TEST_CASE("write_text does not fold waived differences with others") {
  std::vector<Difference> differences;
  for (int i = 0; i < 4; ++i)
    differences.push_back(difference("column-type", "t" + std::to_string(i), "column", "a", "x", "y"));
  CHECK(contains(text_of(comparison_with(differences)), "  ~ 4 columns: x / y"));
  differences[0].waived = differences[1].waived = "known";
  const std::string text = text_of(comparison_with(differences));
  CHECK_FALSE(contains(text, "In several places"));
  CHECK(count(text, "  ~ column a: x / y") == 2);
}

TEST_CASE("write_text names the file and line that made the object, once") {
  Difference one = difference("column-type", "orders", "column", "a", "x", "y");
  CHECK(contains(text_of(comparison_with({one})), "column-type\n"));
  one.left_side.file = "db/0005_x.up.sql";
  one.left_side.line = 3;
  CHECK(contains(text_of(comparison_with({one})), "  ~ column a: x / y  column-type (db/0005_x.up.sql:3)\n"));
  one.right_side = one.left_side;
  CHECK(contains(text_of(comparison_with({one})), "column-type (db/0005_x.up.sql:3)\n"));
  one.right_side.file = "db/0006\n.sql";
  one.right_side.line = 0;
  one.severity = Severity::warning;
  CHECK(contains(text_of(comparison_with({one})), "column-type [warning] (db/0005_x.up.sql:3, db/0006\\n.sql)\n"));
}

TEST_CASE("write_text shows what was understood only when verbose, and then folds no expressions") {
  std::vector<Difference> differences;
  for (int i = 0; i < 3; ++i) {
    differences.push_back(difference("default-changed", "t" + std::to_string(i), "column", "a", "now()", "getdate()"));
    differences.back().left_side.understood = "now";
  }
  const Comparison comparison = comparison_with(differences);
  CHECK_FALSE(contains(text_of(comparison), "understood"));
  CHECK(contains(text_of(comparison), "3 columns: now() / getdate()"));
  TextStyle verbose;
  verbose.verbose = true;
  CHECK(count(text_of(comparison, verbose),
              "  ~ column a: now() / getdate()  default-changed\n      understood as now / nothing\n") == 3);
}

TEST_CASE("write_text shows the sentence of a difference that has no sides") {
  Difference one = difference("waiver-unused", "", "waiver", "orders.*", "", "", Severity::warning);
  one.message = "It matched nothing.";
  CHECK(
      contains(text_of(comparison_with({one})), "  ~ waiver orders.*: It matched nothing.  waiver-unused [warning]\n"));
}

TEST_CASE("write_text has a section for settings of the databases") {
  Comparison comparison = comparison_with({});
  comparison.settings = {"text is compared case-insensitively on the right"};
  CHECK(contains(text_of(comparison),
                 "\nDatabase settings that differ\n  text is compared case-insensitively on the right\n"));
}

TEST_CASE("write_text does not say that all is the same where only settings differ") {
  Comparison comparison = comparison_with({});
  comparison.settings = {"texts compare otherwise"};
  CHECK(first_line(text_of(comparison))
            .rfind("No differences in what was compared; 1 database setting differs: 11 tables", 0) == 0);
  comparison.settings.emplace_back("and sort otherwise");
  comparison.unknown = {{"*", "sequences", "right: not listed"}};
  CHECK(first_line(text_of(comparison))
            .rfind("No differences in what could be read, 1 thing unknown; 2 database settings differ: ", 0) == 0);
}

TEST_CASE("write_text has a heading for what is of no schema") {
  Difference unused = difference("waiver-unused", "", "waiver", "column-type orders.a", "", "", Severity::warning);
  unused.schema.clear();
  const std::string text = text_of(comparison_with({unused}));
  CHECK(contains(text, "\nwaivers\n  ~ waiver column-type orders.a: A sentence.  waiver-unused"));
  CHECK_FALSE(contains(text, "schema"));
}

TEST_CASE("write_text shows 100 differences of 20 tables on one screen") {
  std::vector<Difference> differences;
  const auto table = [](int i) { return "table_" + std::to_string(10 + i % 20); };
  const auto add = [&](int times, const char* code, const char* kind, const char* name, const char* left,
                       const char* right) {
    for (int i = 0; i < times; ++i) {
      differences.push_back(difference(code, table(i), kind, name + std::to_string(i / 20), left, right));
    }
  };
  add(31, "column-type", "column", "is_active_", "boolean", "tinyint");
  add(25, "column-nullability", "column", "note_", "NULL", "NOT NULL");
  add(20, "default-changed", "column", "created_", "now()", "getdate()");
  add(16, "foreign-key-action", "foreign key", "fk_parent_", "ON DELETE CASCADE", "ON DELETE NO ACTION");
  for (int i = 0; i < 8; ++i) {
    const std::string column = "(column_" + std::to_string(i) + ")";
    differences.push_back(difference("index-missing", table(i / 2), "index", "ix_" + std::to_string(i), column, ""));
  }
  std::stable_sort(differences.begin(), differences.end(),
                   [](const Difference& one, const Difference& other) { return one.table < other.table; });
  REQUIRE(differences.size() == 100);
  const std::string text = text_of(comparison_with(differences));
  const std::vector<std::string> lines = lines_of(text);
  MESSAGE("100 differences in ", lines.size(), " lines");
  CHECK(lines.size() <= 50);
  for (std::size_t i = 1; i < lines.size(); ++i) CHECK(lines[i].size() <= 120);
  for (const Difference& one : differences) CHECK(contains(text, one.name));
}

TEST_CASE("write_text cuts an expression of 100 KB and says how much it left out; JSON has all of it") {
  const std::string longest = "(a = ANY (ARRAY[" + std::string(100'000, '1') + "]))";
  Difference one = difference("check-changed", "orders", "check", longest, longest, "(a > 0)");
  one.left_side.understood = longest;
  TextStyle verbose;
  verbose.verbose = true;
  const std::string text = text_of(comparison_with({one}), verbose);
  CHECK(text.size() < 4'000);
  CHECK(contains(text, "more characters) / (a > 0)"));
  const std::size_t cut = text.find("… (");
  REQUIRE(cut != std::string::npos);
  CHECK(std::stoul(text.substr(cut + std::string("… (").size())) > 99'000);
  const std::string json = report_of(comparison_with({one}), ReportFormat::json);
  CHECK(contains(json, longest));
}

TEST_CASE("shortened cuts between characters and counts those that are left out") {
  CHECK(shortened("a > 0") == "a > 0");
  CHECK(shortened(std::string(640, 'x')) == std::string(640, 'x'));
  CHECK(shortened(std::string(1'000, 'x')) == std::string(600, 'x') + "… (400 more characters)");
  std::string wide;
  for (int i = 0; i < 400; ++i) wide += "é";
  CHECK(shortened("x" + wide) == "x" + wide.substr(0, 598) + "… (101 more characters)");
  CHECK(shortened(std::string(1'000, '\x80')).find("more characters)") != std::string::npos);
}

TEST_CASE("write_text has a heading for the database itself") {
  Difference collation = difference("database-collation", "", "database", "collation", "exact", "loose");
  collation.schema.clear();
  CHECK(contains(text_of(comparison_with({collation})),
                 "\ndatabase\n  ~ database collation: exact / loose  database-collation\n"));
}
