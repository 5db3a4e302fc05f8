#include "harness/parity/suggest.h"

#include <doctest/doctest.h>

#include <string>

#include "backends/error.h"
#include "tests/unit/harness/parity/suggest_fixture.h"

namespace paripassu {

using namespace suggesting;

TEST_CASE("suggest gives nothing for no difference") {
  Fixture fixture;
  const Suggestion suggestion = fixture.run();
  CHECK(suggestion.steps.empty());
  CHECK(suggestion.unanswered == 0);
  const std::string text = suggestion_text(suggestion, fixture.writer);
  CHECK(text.find("There is nothing to do.") != std::string::npos);
  CHECK(text.find("begin well") == std::string::npos);
}

TEST_CASE("suggest adds what is missing under the source's name and drops what is extra") {
  Fixture fixture;
  fixture.orders->columns.push_back(make_column("placed_at", "time"));
  fixture.orders->indexes = {make_index("ix_placed", {"placed_at", "order_id"})};
  fixture.lines->indexes = {make_index("ix_old", {"Note"})};
  fixture.lines->checks = {make_check("ck_old", "positive UnitPrice")};
  fixture.differ("check-extra", "check", "", "ck_old");
  fixture.differ("column-missing", "column", "placed_at", "");
  fixture.differ("index-extra", "index", "", "ix_old");
  fixture.differ("index-missing", "index", "ix_placed", "");
  const Suggestion suggestion = fixture.run();
  // Columns that pair keep the name they have on the target.
  CHECK(statements_of(suggestion) == Lines{"drop index ix_old", "drop check ck_old",
                                           "add column OrderLines.placed_at our time",
                                           "add index ix_placed on OrderLines (placed_at, OrderId)"});
  CHECK(suggestion.unanswered == 0);
}

TEST_CASE("suggest works in the other direction too") {
  Fixture fixture;
  fixture.lines->indexes = {make_index("ix_new", {"OrderId"})};
  fixture.orders->indexes = {make_index("ix_old", {"note"})};
  fixture.differ("index-extra", "index", "", "ix_new");
  fixture.differ("index-missing", "index", "ix_old", "");
  const Suggestion suggestion = fixture.run(SuggestTarget::left);
  CHECK(statements_of(suggestion) == Lines{"drop index ix_old", "add index ix_new on order_lines (order_id)"});
  // The step names the difference as the report does.
  CHECK(suggestion.steps[0].code == "index-missing");
  CHECK(suggestion.steps[1].code == "index-extra");
}

TEST_CASE("suggest never drops what holds data: it comments") {
  Fixture fixture;
  fixture.lines->columns.push_back(make_column("Extra"));
  Table table;
  table.name = "Gone";
  table.columns = {make_column("Id")};
  fixture.add_right(table);
  Sequence sequence;
  sequence.name = "Numbers";
  fixture.right.schemas[0].sequences = {sequence};
  fixture.differ("column-extra", "column", "", "Extra");
  fixture.differ_in_table("table-extra", "", "Gone");
  Difference& difference = fixture.differ("sequence-extra", "sequence", "", "Numbers");
  difference.table.clear();
  difference.left_side.table.clear();
  difference.right_side.table.clear();
  const Suggestion suggestion = fixture.run();
  CHECK(statements_of(suggestion).empty());
  CHECK(commented_of(suggestion) == Lines{"drop column Extra", "drop table Gone", "drop sequence Numbers"});
  CHECK(suggestion.unanswered == 3);
  // As comments they stay in the text.
  for (const std::string_view line : {"--   drop column Extra;\n", "--   drop table Gone;\n"}) {
    CHECK(suggestion_text(suggestion, fixture.writer).find(line) != std::string::npos);
  }
}

TEST_CASE("suggest creates a missing table with all its parts, foreign keys last") {
  Fixture fixture;
  Table table;
  table.name = "returns";
  table.columns = {make_column("id"), make_column("line")};
  table.columns[0].comment = "number";
  table.indexes = {make_index("ix_line", {"line"})};
  table.foreign_keys = {make_foreign_key("fk_line", "line", "public", "order_lines", "order_id")};
  table.comment = "sent back";
  fixture.add_left(table);
  fixture.differ_in_table("table-missing", "returns", "");
  CHECK(statements_of(fixture.run()) ==
        Lines{"create table main.returns id our int line our int", "add index ix_line on returns (line)",
              "add foreign key fk_line on returns (line) to main.OrderLines (OrderId)",
              "comment main.returns. from none to sent back", "comment main.returns.id from none to number"});
}

TEST_CASE("suggest makes a missing schema with what is in it") {
  Fixture fixture;
  Schema audit;
  audit.name = "audit";
  Table log;
  log.name = "log";
  log.columns = {make_column("id")};
  audit.tables = {log};
  Sequence sequence;
  sequence.name = "numbers";
  sequence.type.printed = "big";
  Sequence owned = sequence;
  owned.name = "log_id_seq";
  owned.owned_by = "log.id";
  audit.sequences = {owned, sequence};
  audit.views = {catalog::View{}};
  fixture.left.schemas.push_back(audit);
  fixture.refresh();
  Difference difference;
  difference.code = "schema-missing";
  difference.kind = "schema";
  difference.name = difference.schema = "audit";
  difference.left_side = {"audit", "", "audit", "", "", 0};
  fixture.comparison.differences = {difference};
  const Suggestion suggestion = fixture.run();
  CHECK(statements_of(suggestion) ==
        Lines{"create schema audit", "create sequence audit.numbers as our big", "create table audit.log id our int"});
  const Lines remarks = remarks_of(suggestion);
  REQUIRE(remarks.size() == 1);
  CHECK(remarks[0].find("1 views") != std::string::npos);
  fixture.options.schema_pairs = {{"audit", "journal"}};
  CHECK(statements_of(fixture.run()).front() == "create schema journal");
}

TEST_CASE("suggest leaves the name to the server where the source's is the server's own") {
  Fixture fixture;
  fixture.orders->unique_constraints = {make_key("order_lines_note_key", {"note"})};
  fixture.orders->unique_constraints[0].system_named = true;
  fixture.differ("unique-missing", "unique constraint", "order_lines_note_key", "");
  CHECK(statements_of(fixture.run()) == Lines{"add unique key  (Note)"});
}

TEST_CASE("suggest gives a name that is taken the table's name in front") {
  Fixture fixture;
  fixture.orders->indexes = {make_index("IX_note", {"note"})};
  Table other;
  other.name = "Others";
  other.indexes = {make_index("ix_NOTE", {})};
  fixture.add_right(other);
  fixture.differ("index-missing", "index", "IX_note", "");
  CHECK(statements_of(fixture.run()) == Lines{"add index OrderLines_IX_note on OrderLines (Note)"});
}

TEST_CASE("suggest renames before all else, and then uses the new name") {
  Fixture fixture;
  fixture.orders->columns.push_back(make_column("quantity"));
  fixture.orders->columns.back().nullable = false;
  fixture.lines->columns.push_back(make_column("Amount"));
  fixture.lines->indexes = {make_index("ix_amount", {"Amount"})};
  fixture.orders->indexes = {make_index("ix", {"quantity"})};
  fixture.differ("column-nullability", "column", "quantity", "Amount");
  fixture.differ("column-renamed", "column", "quantity", "Amount");
  fixture.differ("index-missing", "index", "ix", "");
  CHECK(statements_of(fixture.run()) ==
        Lines{"rename column Amount to quantity", "drop index ix_amount", "alter column quantity int not null",
              "add index ix on OrderLines (quantity)", "add index ix_amount on OrderLines (quantity)"});
}

TEST_CASE("suggest renames a table and refers to it by its new name") {
  Fixture fixture;
  fixture.right.schemas[0].tables[0].name = "Positions";
  fixture.orders->indexes = {make_index("ix", {"note"})};
  fixture.differ_in_table("table-renamed", "order_lines", "Positions");
  fixture.differ("index-missing", "index", "ix", "").right_side.table = "Positions";
  CHECK(statements_of(fixture.run()) ==
        Lines{"rename table Positions to order_lines", "add index ix on order_lines (Note)"});
}

TEST_CASE("suggest says what it does not understand and what the target does not have") {
  Fixture fixture;
  fixture.orders->checks = {make_check("ck_odd", "# note"), make_check("ck_call", "dbo.fn note"),
                            make_check("ck_hidden", "")};
  fixture.orders->checks[2].expression.hidden = true;
  for (const char* name : {"ck_odd", "ck_call", "ck_hidden"}) fixture.differ("check-missing", "check", name, "");
  fixture.differ("trigger-missing", "trigger", "t", "");
  fixture.differ("a-code-of-tomorrow", "thing", "x", "y");
  const Suggestion suggestion = fixture.run();
  CHECK(statements_of(suggestion).empty());
  CHECK(suggestion.unanswered == 5);
  const Lines remarks = remarks_of(suggestion);
  REQUIRE(remarks.size() == 5);
  CHECK(remarks[0].find("it begins with #") != std::string::npos);
  CHECK(remarks[1].find("dbo.fn") != std::string::npos);
  CHECK(remarks[2].find("hidden") != std::string::npos);
  CHECK(remarks[3].find("trigger") != std::string::npos);
}

TEST_CASE("suggest survives differences that name nothing in the catalogs") {
  Fixture fixture;
  for (const std::string code : {"column-missing", "column-extra", "column-type", "default-changed", "check-missing",
                                 "index-changed", "foreign-key-extra", "primary-key-extra", "unique-nulls",
                                 "column-identity", "comment-changed", "index-invalid", "constraint-renamed"}) {
    fixture.differ(code, "column", "nothing", "nowhere");
    fixture.differ(code, "column", "", "");
    Difference& difference = fixture.differ(code, "column", "a", "b");
    difference.left_side.table = difference.right_side.table = "no such table";
    difference.left_side.schema = difference.right_side.schema = "no such schema";
  }
  fixture.differ_in_table("table-missing", "nothing", "");
  fixture.differ_in_table("table-extra", "", "nothing");
  CHECK(statements_of(fixture.run()).empty());
  CHECK(statements_of(fixture.run(SuggestTarget::left)).empty());
}

TEST_CASE("suggest passes over what is waived") {
  Fixture fixture;
  fixture.orders->indexes = {make_index("ix", {"note"})};
  fixture.differ("index-missing", "index", "ix", "").waived = "only there";
  const Suggestion suggestion = fixture.run();
  CHECK(suggestion.steps.empty());
  CHECK(suggestion.waived == 1);
}

TEST_CASE("suggest sets, changes and removes comments, also of what was made anew") {
  Fixture fixture;
  fixture.orders->comment = "new";
  fixture.lines->comment = "old";
  fixture.lines->columns[0].comment = "old column";
  fixture.orders->checks = {make_check("ck", "positive unit_price")};
  fixture.orders->checks[0].comment = "new check";
  fixture.lines->checks = {make_check("ck", "negative UnitPrice")};
  fixture.lines->checks[0].comment = "old check";
  fixture.differ("check-changed", "check", "ck", "ck");
  fixture.differ("comment-changed", "check", "ck", "ck");
  fixture.differ("comment-extra", "column", "order_id", "OrderId");
  fixture.differ("comment-changed", "table", "order_lines", "OrderLines");
  CHECK(statements_of(fixture.run()) == Lines{"drop check ck", "add check ck (positive() UnitPrice)",
                                              "comment main.OrderLines.ck from none to new check",
                                              "comment main.OrderLines.OrderId from old column to none",
                                              "comment main.OrderLines. from old to new"});
}

TEST_CASE("suggestion_text puts every statement under a comment, and nothing gets out of a comment") {
  Fixture fixture;
  const std::string hostile = "x\nDROP TABLE y;\r\n\x01--";
  fixture.orders->indexes = {make_index(hostile, {"note"})};
  fixture.lines->columns.push_back(make_column(hostile));
  fixture.comparison.left_label = "left\n;DROP";
  fixture.comparison.right_label = "right";
  fixture.differ("index-missing", "index", hostile, "");
  fixture.differ("column-extra", "column", "", hostile);
  const std::string text = suggestion_text(fixture.run(), fixture.writer);
  const std::string statement = "add index " + hostile + " on OrderLines (Note);\n";
  const std::size_t at = text.find(statement);
  REQUIRE(at != std::string::npos);
  std::string rest = text;
  rest.erase(at, statement.size());
  std::size_t begin = 0;
  while (begin < rest.size()) {
    const std::size_t end = rest.find('\n', begin);
    const std::string line = rest.substr(begin, end - begin);
    const bool harmless = line.empty() || line.starts_with("-- ") || line == "begin well;";
    CHECK_MESSAGE(harmless, line);
    CHECK(line.find('\r') == std::string::npos);
    begin = end + 1;
  }
}

TEST_CASE("suggest is deterministic") {
  Fixture fixture;
  fixture.orders->checks = {make_check("ck", "positive unit_price")};
  fixture.lines->indexes = {make_index("ix", {"OrderId"}), make_index("ix2", {"OrderId", "Note"})};
  fixture.differ("check-missing", "check", "ck", "");
  fixture.differ("column-type", "column", "note", "Note");
  fixture.differ("column-type", "column", "order_id", "OrderId");
  const std::string once = suggestion_text(fixture.run(), fixture.writer);
  CHECK(once == suggestion_text(fixture.run(), fixture.writer));
}

TEST_CASE("suggest without the engine of a catalog is a wrong use") {
  Fixture fixture;
  const BackendRegistry none;
  fixture.options.engines = &none;
  try {
    suggest(fixture.comparison, fixture.left, fixture.right, SuggestTarget::right, fixture.options);
    FAIL("no error");
  } catch (const Error& error) {
    CHECK(error.category() == ErrorCategory::usage);
    CHECK(std::string(error.what()).find("one") != std::string::npos);
  }
}

TEST_CASE("suggest has no statement with a character that ends a text for clients") {
  Fixture fixture;
  fixture.orders->columns.push_back(make_column(std::string("a\0b", 3)));
  fixture.differ("column-missing", "column", std::string("a\0b", 3), "");
  const Suggestion suggestion = fixture.run();
  CHECK(statements_of(suggestion).empty());
  CHECK(suggestion.unanswered == 1);
}

TEST_CASE("suggest has no statement for the collation of a database") {
  Fixture fixture;
  Difference difference;
  difference.code = "database-collation";
  difference.kind = "database";
  difference.name = difference.left_side.name = difference.right_side.name = "collation";
  fixture.comparison.differences = {difference};
  const Suggestion suggestion = fixture.run();
  CHECK(statements_of(suggestion).empty());
  CHECK(suggestion.unanswered == 1);
}

}  // namespace paripassu
