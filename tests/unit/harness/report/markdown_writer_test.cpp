#include <doctest/doctest.h>

#include "harness/report/report_writer.h"
#include "tests/unit/harness/report/report_fixture.h"

using namespace paripassu;
using namespace report_fixture;

namespace {

std::string markdown_of(const Comparison& comparison) {
  return report_of(comparison, ReportFormat::markdown);
}

/// The cells of a table's row as GitHub splits them, by pipes without a backslash before them.
std::size_t cells_of(const std::string& row) {
  std::size_t pipes = 0;
  for (std::size_t i = 0; i < row.size(); ++i) pipes += row[i] == '|' && (i == 0 || row[i - 1] != '\\') ? 1u : 0u;
  return pipes - 1;
}

/// What is left of a line when its code spans are taken out by CommonMark's rule: runs of as many back-ticks.
std::string without_code(const std::string& line) {
  std::string out;
  for (std::size_t i = 0; i < line.size();) {
    if (line[i] != '`') {
      out += line[i++];
      continue;
    }
    const std::size_t run_end = std::min(line.find_first_not_of('`', i), line.size());
    const std::string fence = line.substr(i, run_end - i);
    std::size_t close = line.find(fence, run_end);
    while (close != std::string::npos &&
           (line[close - 1] == '`' || (close + fence.size() < line.size() && line[close + fence.size()] == '`'))) {
      close = line.find(fence, close + 1);
    }
    if (close == std::string::npos) {
      out += fence;
      i = run_end;
    } else {
      i = close + fence.size();
    }
  }
  return out;
}

/// Without the tags that the writer itself uses around a name that a code span cannot hold.
std::string without_code_tags(std::string line) {
  for (const std::string tag : {"<code>", "</code>"}) {
    for (std::size_t at = line.find(tag); at != std::string::npos; at = line.find(tag)) line.erase(at, tag.size());
  }
  return line;
}

}  // namespace

TEST_CASE("write_markdown counts by code and has a table for every table that differs, worst first") {
  Comparison comparison = comparison_with({
      difference("unique-nulls", "a_table", "index", "u", "one NULL", "many", Severity::warning),
      difference("column-type", "orders", "column", "is_paid", "boolean", "nvarchar(1)"),
      difference("column-type", "orders", "column", "is_open", "boolean", "nvarchar(1)"),
      difference("sequence-missing", "", "sequence", "s", "bigint", ""),
  });
  comparison.left.default_schema = "public";
  comparison.compared_tables = {"a_table", "equal", "orders"};
  const std::string text = markdown_of(comparison);
  CHECK(text.rfind("### paripassu: 4 differences (1 warning of them)\n", 0) == 0);
  CHECK(contains(text, "| `column-type` | error | 2 | "));
  CHECK(contains(text, "| error | `column-type` | column `is_paid` | `boolean` | `nvarchar(1)` |  |\n"));
  CHECK(contains(text, "| error | `sequence-missing` | sequence `s` | `bigint` |  |  |\n"));
  CHECK_FALSE(contains(text, "`equal`"));
  const std::size_t orders = text.find("#### `orders`");
  const std::size_t schema = text.find("#### `schema public: sequences, views, routines`");
  const std::size_t warned = text.find("#### `a_table`");
  CHECK(orders < schema);
  CHECK(schema < warned);
  CHECK(warned != std::string::npos);
  CHECK(text.find("`column-type`") < text.find("`unique-nulls`"));
}

TEST_CASE("write_markdown lists settings, what is unknown, stand-ins and waived differences with reasons") {
  Comparison comparison = documented_comparison();
  comparison.unknown = {{"*", "sequences", "right: not listed"}};
  comparison.not_compared = {"comments: 1"};
  comparison.right.genuine = false;
  comparison.right.deviations = {"names are in lower case"};
  const std::string text = markdown_of(comparison);
  CHECK(contains(text, "\n> Microsoft SQL Server on the right is not sqlserver itself: it stands in for it. Known"));
  CHECK(contains(text, "\n- sequences of the whole database: right: not listed\n"));
  CHECK(contains(text, "\n- text is compared case-insensitively on the right\n"));
  CHECK(contains(text, "\n- 4 columns: `character varying(n)` / `nvarchar(n)`: the length counts"));
  CHECK(contains(text, "\n- comments: 1\n"));
  CHECK(contains(text, "\n- `check-missing` `public.orders.ck_quantity`: the old importer writes zeros\n"));
  CHECK_FALSE(contains(text, "| error | `check-missing`"));
}

TEST_CASE("write_markdown shows the sentence of a difference that has no sides, and its files") {
  Difference one = difference("waiver-unused", "", "waiver", "orders.*", "", "", Severity::warning);
  one.message = "It matched *nothing*.";
  one.left_side.file = "paripassu.toml";
  one.left_side.line = 12;
  CHECK(contains(markdown_of(comparison_with({one})),
                 "| warning | `waiver-unused` | waiver `orders.*`: It matched &#42;nothing&#42;. |  |  | "
                 "`paripassu.toml:12` |\n"));
}

TEST_CASE("write_markdown lets no name out of its cell, its line or its code") {
  const std::vector<std::string> harmless = lines_of(markdown_of(hostile_comparison("harmless")));
  for (const std::string& evil : hostile_names()) {
    CAPTURE(escape_for_terminal(evil));
    const std::string text = markdown_of(hostile_comparison(evil));
    CHECK(is_tame(text));
    const std::vector<std::string> lines = lines_of(text);
    REQUIRE(lines.size() == harmless.size());
    for (std::size_t i = 0; i < lines.size(); ++i) {
      CAPTURE(lines[i]);
      // The same kind of line: heading, row, item, quotation or text.
      CHECK(lines[i].substr(0, 2) == harmless[i].substr(0, 2));
      if (!lines[i].empty() && lines[i][0] == '|') CHECK(cells_of(lines[i]) == cells_of(harmless[i]));
      const std::string rest = without_code_tags(without_code(lines[i]));
      const std::string inner = rest.substr(std::min<std::size_t>(rest.find_first_not_of("#>-| "), rest.size()));
      CHECK(inner.find_first_of("<>`@[]~$") == std::string::npos);
      for (const char* mark : {"**", "://", "www.", "__", "\\"}) CHECK_FALSE(contains(inner, mark));
    }
  }
}

TEST_CASE("write_markdown writes names with pipes, back-ticks and backslashes as references") {
  const auto cell = [](const std::string& name) {
    const std::string text = markdown_of(comparison_with({difference("a-code", "t", "column", name, "left", "right")}));
    const std::size_t begin = text.find("| column ") + 9;
    return text.substr(begin, text.find(" | `left`") - begin);
  };
  CHECK(cell("order_items") == "`order_items`");
  CHECK(cell("<b>*x*</b> @all") == "`<b>*x*</b> @all`");
  CHECK(cell("a|b") == "<code>a&#124;b</code>");
  CHECK(cell("a\\|b") == "<code>a&#92;&#124;b</code>");
  CHECK(cell("a`b<") == "<code>a&#96;b&#60;</code>");
  CHECK(cell("a\nb") == "<code>a&#92;nb</code>");
  CHECK(cell("😀") == "`😀`");
  CHECK(cell("😀|") == "<code>😀&#124;</code>");
}

TEST_CASE("write_markdown cuts a long definition between two characters") {
  std::string long_text = "x";
  while (long_text.size() < 500) long_text += "ä";
  const std::string text = markdown_of(comparison_with({difference("a-code", "t", "check", "ck", long_text, "short")}));
  CHECK_FALSE(contains(text, long_text));
  CHECK(contains(text, "ä…` | `short` |"));
  CHECK(contains(text, "x" + long_text.substr(1, 200)));
  CHECK_FALSE(contains(text, "\\x"));
}

TEST_CASE("write_markdown stays below its bound and counts what it left out") {
  std::vector<Difference> differences;
  for (int i = 0; i < 5'000; ++i) {
    differences.push_back(difference("column-type", "table_" + std::to_string(i / 10), "column",
                                     "column_" + std::to_string(i), "boolean", "nvarchar(1)"));
  }
  Comparison comparison = comparison_with(differences);
  comparison.unknown.assign(3'000, {"dbo.some_table", "default", "right: hidden"});
  comparison.settings.assign(3'000, "a setting");
  const std::string text = markdown_of(comparison);
  CHECK(text.size() <= kMarkdownBytesMax);
  CHECK(text.size() > kMarkdownBytesMax - 2'000);
  const std::size_t shown = count(text, "| error | `column-type` |");
  CHECK(shown > 300);
  CHECK(contains(text, "\n**and " + std::to_string(5'000 - shown) + " more**"));
  const std::size_t unknown_shown = count(text, "\n- default of ");
  CHECK(unknown_shown > 10);
  CHECK(contains(text, "\n- and " + std::to_string(3'000 - unknown_shown) + " more\n"));

  // No name, sentence or number of tables breaks the bound.
  for (Difference& difference : differences) {
    difference.code = difference.table = difference.left = std::string(2'000, '|');
    difference.waived = difference.name.ends_with('7') ? std::string(2'000, '<') : "";
  }
  comparison.differences = differences;
  comparison.left_label = std::string(100'000, '&');
  CHECK(markdown_of(comparison).size() <= kMarkdownBytesMax);
}

TEST_CASE("write_markdown does not say that all is the same where only settings differ") {
  Comparison comparison = comparison_with({});
  comparison.settings = {"texts compare otherwise", "and sort otherwise"};
  CHECK(contains(markdown_of(comparison),
                 "### paripassu: No differences in what was compared; 2 database settings differ\n"));
}

TEST_CASE("write_markdown has a heading for the database itself") {
  Difference collation = difference("database-collation", "", "database", "collation", "exact", "loose");
  collation.schema.clear();
  CHECK(contains(markdown_of(comparison_with({collation})), "\n#### `database and configuration`\n"));
}
