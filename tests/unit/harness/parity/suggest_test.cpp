#include "harness/parity/suggest.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>

#include "backends/error.h"

namespace paripassu {
namespace {

using catalog::Catalog;
using catalog::Check;
using catalog::Column;
using catalog::ExpressionTree;
using catalog::ForeignKey;
using catalog::Index;
using catalog::Key;
using catalog::Schema;
using catalog::Sequence;
using catalog::Table;
using Kind = ExpressionTree::Kind;

/// Reads "f a b" as a call of f with the columns a and b, "null" as NULL, and nothing that begins with "#".
class WordReader final : public ExpressionReader {
 public:
  ReadExpression read(std::string_view printed) const override {
    if (printed.starts_with("#")) return {std::nullopt, "it begins with #"};
    if (printed == "null") return {ExpressionTree{Kind::null, "", {}}, ""};
    ExpressionTree tree{Kind::call, "", {}};
    std::string word;
    for (const char c : std::string(printed) + " ") {
      if (c != ' ') {
        word += c;
      } else if (tree.text.empty()) {
        tree.text = std::move(word);
        word.clear();
      } else {
        tree.children.push_back({Kind::column, std::move(word), {}});
        word.clear();
      }
    }
    return {tree, ""};
  }
};

/// Writes words instead of SQL, so that tests see what was asked of it.
class WordWriter final : public DdlWriter {
 public:
  bool keys_follow = false;

  WrittenSql own_type(const catalog::Type& type) const override { return {type.printed, ""}; }
  WrittenSql translated_type(const catalog::Type& type) const override {
    return {"our " + type.printed, type.printed == "odd" ? "odd is odd." : ""};
  }
  std::optional<catalog::Type> type_of_name(std::string_view) const override { return std::nullopt; }
  WrittenSql collation(const catalog::CollationMeaning& meaning) const override {
    return {meaning.case_sensitive ? "exact" : "loose", ""};
  }
  WrittenSql expression(const ExpressionTree& tree, const ExpressionSite&) const override {
    return {to_text(tree), ""};
  }
  bool nulls_first_by_default(bool descending) const override { return descending; }
  bool keys_follow_columns() const override { return keys_follow; }
  std::string terminated(std::string_view statement) const override { return std::string(statement) + ";\n"; }
  std::vector<std::string> opening() const override { return {"begin well"}; }

  Ddl create_schema(std::string_view schema) const override { return one("create schema {}", schema); }
  Ddl create_sequence(std::string_view schema, const Sequence& sequence) const override {
    return one("create sequence {}.{} as {}", schema, sequence.name, sequence.type.printed);
  }
  Ddl alter_sequence(std::string_view, const Sequence& before, const Sequence& after) const override {
    return one("alter sequence {} by {}", before.name, after.options.increment);
  }
  Ddl drop_sequence(std::string_view, const Sequence& sequence) const override {
    return one("drop sequence {}", sequence.name);
  }
  Ddl create_type(std::string_view, const catalog::UserType& type) const override {
    return one("create type {}", type.name);
  }
  Ddl create_table(const DdlTable& table) const override {
    std::string columns;
    for (const Column& column : table.table.columns) columns += fmt::format(" {} {}", column.name, column.type.printed);
    return one("create table {}.{}{}", table.schema, table.table.name, columns);
  }
  Ddl rename_table(const DdlTable& table, std::string_view name) const override {
    return one("rename table {} to {}", table.table.name, name);
  }
  Ddl drop_table(const DdlTable& table) const override { return one("drop table {}", table.table.name); }
  Ddl set_persistent(const DdlTable&, bool) const override { return {{}, {"No such thing."}}; }
  Ddl add_column(const DdlTable& table, const Column& column) const override {
    return one("add column {}.{} {}{}{}", table.table.name, column.name, column.type.printed,
               column.default_value ? " default " + column.default_value->printed : "",
               column.computed ? " computed " + column.computed->expression.printed : "");
  }
  Ddl rename_column(const DdlTable&, std::string_view before, std::string_view after) const override {
    return one("rename column {} to {}", before, after);
  }
  Ddl drop_column(const DdlTable&, const Column& column) const override { return one("drop column {}", column.name); }
  Ddl alter_column(const DdlTable&, const Column& before, const Column& after) const override {
    return one("alter column {} {} {}", before.name, after.type.printed, after.nullable ? "null" : "not null");
  }
  Ddl set_default(const DdlTable&, const Column& before, const Column& after) const override {
    return one("set default {} {}{}", after.name, after.default_value->printed,
               before.default_value ? " instead of " + before.default_value->printed : "");
  }
  Ddl drop_default(const DdlTable&, const Column& before) const override { return one("drop default {}", before.name); }
  Ddl alter_identity(const DdlTable&, const Column&, const Column&) const override { return {{}, {"Not possible."}}; }
  Ddl drop_computation(const DdlTable&, const Column& before) const override {
    return one("drop computation {}", before.name);
  }
  Ddl add_key(const DdlTable&, const Key& key, bool primary) const override {
    return one("add {} key {}{}", primary ? "primary" : "unique", key.name, list(key.columns));
  }
  bool key_is_index(const DdlTable&, const Key&) const override { return false; }
  Ddl drop_key(const DdlTable&, const Key& key, bool) const override { return one("drop key {}", key.name); }
  Ddl add_check(const DdlTable&, const Check& check) const override {
    return one("add check {} {}", check.name, check.expression.printed);
  }
  Ddl drop_check(const DdlTable&, const Check& check) const override { return one("drop check {}", check.name); }
  Ddl add_index(const DdlTable& table, const Index& index) const override {
    std::vector<std::string> columns;
    for (const catalog::IndexColumn& column : index.columns) columns.push_back(column.column);
    return one("add index {} on {}{}{}", index.name, table.table.name, list(columns),
               index.predicate ? " where " + index.predicate->printed : "");
  }
  Ddl drop_index(const DdlTable&, const Index& index) const override { return one("drop index {}", index.name); }
  Ddl rebuild_index(const DdlTable&, const Index& index) const override { return one("rebuild index {}", index.name); }
  /// Has no words for deferral.
  Ddl add_foreign_key(const DdlTable& table, const ForeignKey& key) const override {
    Ddl ddl = one("add foreign key {} on {}{} to {}.{}{}", key.name, table.table.name, list(key.columns),
                  key.referenced_schema, key.referenced_table, list(key.referenced_columns));
    if (key.on_delete == catalog::ReferentialAction::cascade) ddl.statements[0] += " cascade";
    if (key.deferrable) ddl.remarks.emplace_back("Cannot be deferred.");
    return ddl;
  }
  Ddl drop_foreign_key(const DdlTable&, const ForeignKey& key) const override {
    return one("drop foreign key {}", key.name);
  }
  Ddl rename_constraint(const DdlTable&, std::string_view before, std::string_view after, bool) const override {
    return one("rename constraint {} to {}", before, after);
  }
  Ddl set_comment(const CommentedObject& object, const std::optional<std::string>& before,
                  const std::optional<std::string>& after) const override {
    return one("comment {}.{}.{} from {} to {}", object.schema, object.table, object.name, before.value_or("none"),
               after.value_or("none"));
  }

 private:
  template <typename... Parts>
  static Ddl one(fmt::format_string<Parts...> format, Parts&&... parts) {
    return {{fmt::format(format, std::forward<Parts>(parts)...)}, {}};
  }
  static std::string list(const std::vector<std::string>& names) {
    std::string out;
    for (const std::string& name : names) out += (out.empty() ? " (" : ", ") + name;
    return out.empty() ? out : out + ")";
  }
};

Column make_column(std::string name, std::string type = "int") {
  Column column;
  column.name = std::move(name);
  column.type.printed = std::move(type);
  return column;
}

Index make_index(std::string name, std::vector<std::string> columns) {
  Index index;
  index.name = std::move(name);
  for (std::string& column : columns) index.columns.push_back({std::move(column), "", false, false, "", ""});
  return index;
}

Key make_key(std::string name, std::vector<std::string> columns) {
  Key key;
  key.name = std::move(name);
  key.columns = std::move(columns);
  return key;
}

ForeignKey make_foreign_key(std::string name, std::string column, std::string schema, std::string table,
                            std::string referenced) {
  ForeignKey key;
  key.name = std::move(name);
  key.columns = {std::move(column)};
  key.referenced_schema = std::move(schema);
  key.referenced_table = std::move(table);
  key.referenced_columns = {std::move(referenced)};
  return key;
}

Check make_check(std::string name, std::string expression) {
  Check check;
  check.name = std::move(name);
  check.expression.printed = std::move(expression);
  return check;
}

/// Two catalogs of two engines, and the differences that a test says there are.
struct Fixture {
  Catalog left;
  Catalog right;
  Comparison comparison;
  ComparisonOptions options;
  WordWriter writer;
  WordReader reader;
  Table* orders = nullptr;  ///< on the left: order_lines
  Table* lines = nullptr;   ///< on the right: OrderLines

  Fixture() {
    left.engine = "one";
    left.default_schema = "public";
    right.engine = "two";
    right.default_schema = "main";
    Table left_table;
    left_table.name = "order_lines";
    left_table.columns = {make_column("order_id"), make_column("unit_price"), make_column("note", "text")};
    Table right_table;
    right_table.name = "OrderLines";
    right_table.columns = {make_column("OrderId"), make_column("UnitPrice"), make_column("Note", "words")};
    left.schemas = {Schema{}};
    left.schemas[0].name = "public";
    left.schemas[0].tables = {left_table};
    right.schemas = {Schema{}};
    right.schemas[0].name = "main";
    right.schemas[0].tables = {right_table};
    refresh();
  }
  void refresh() {
    orders = &left.schemas[0].tables[0];
    lines = &right.schemas[0].tables[0];
  }
  Table& add_left(Table table) {
    left.schemas[0].tables.push_back(std::move(table));
    refresh();
    return left.schemas[0].tables.back();
  }
  Table& add_right(Table table) {
    right.schemas[0].tables.push_back(std::move(table));
    refresh();
    return right.schemas[0].tables.back();
  }

  /// A difference about a part of the paired table; an empty name: that side has none.
  Difference& differ(std::string code, std::string kind, std::string left_name, std::string right_name) {
    Difference difference;
    difference.code = std::move(code);
    difference.kind = std::move(kind);
    difference.schema = "public";
    difference.table = "order_lines";
    difference.name = left_name.empty() ? right_name : left_name;
    difference.left_side = {"public", "order_lines", std::move(left_name), "", "", 0};
    difference.right_side = {"main", "OrderLines", std::move(right_name), "", "", 0};
    comparison.differences.push_back(std::move(difference));
    return comparison.differences.back();
  }
  Difference& differ_in_table(std::string code, std::string left_table, std::string right_table) {
    Difference& difference = differ(std::move(code), "table", left_table, right_table);
    difference.table = difference.name;
    difference.left_side.table = std::move(left_table);
    difference.right_side.table = std::move(right_table);
    return difference;
  }

  Suggestion run(SuggestTarget target = SuggestTarget::right) {
    return suggest(comparison, SuggestSide{left, writer, reader}, SuggestSide{right, writer, reader}, target, options);
  }
};

using Lines = std::vector<std::string>;

Lines statements_of(const Suggestion& suggestion) {
  Lines out;
  for (const SuggestedStep& step : suggestion.steps) {
    out.insert(out.end(), step.statements.begin(), step.statements.end());
  }
  return out;
}

Lines commented_of(const Suggestion& suggestion) {
  Lines out;
  for (const SuggestedStep& step : suggestion.steps)
    out.insert(out.end(), step.commented.begin(), step.commented.end());
  return out;
}

Lines remarks_of(const Suggestion& suggestion) {
  Lines out;
  for (const SuggestedStep& step : suggestion.steps) out.insert(out.end(), step.remarks.begin(), step.remarks.end());
  return out;
}

}  // namespace

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

TEST_CASE("suggest frees a column from all that uses it before its type changes, and makes that again") {
  Fixture fixture;
  fixture.lines->primary_key = make_key("pk", {"OrderId"});
  fixture.lines->indexes = {make_index("ix", {"OrderId"}), make_index("ix_note", {"Note"})};
  fixture.lines->indexes[1].predicate = catalog::Expression{"positive OrderId"};
  fixture.lines->indexes.push_back(make_index("ix_other", {"UnitPrice"}));
  fixture.lines->checks = {make_check("ck", "positive OrderId"), make_check("ck_other", "positive UnitPrice")};
  Column twice = make_column("Twice");
  twice.computed = catalog::Computed{{"double OrderId"}, true};
  fixture.lines->columns.push_back(twice);
  fixture.lines->columns[0].default_value = catalog::Expression{"zero"};
  Table other;
  other.name = "Others";
  other.columns = {make_column("Line")};
  other.foreign_keys = {make_foreign_key("fk_in", "Line", "main", "OrderLines", "OrderId")};
  fixture.add_right(other);
  fixture.differ("column-type", "column", "order_id", "OrderId");

  CHECK(statements_of(fixture.run()) ==
        Lines{"drop foreign key fk_in", "drop index ix", "drop index ix_note", "drop check ck", "drop key pk",
              "drop column Twice", "drop default OrderId", "alter column OrderId our int null",
              "add column OrderLines.Twice int computed double OrderId", "set default OrderId zero",
              "add primary key pk (OrderId)", "add index ix on OrderLines (OrderId)",
              "add index ix_note on OrderLines (Note) where positive OrderId", "add check ck positive OrderId",
              "add foreign key fk_in on Others (Line) to main.OrderLines (OrderId)"});

  // Where keys follow their columns, only what says something about the values must go.
  fixture.writer.keys_follow = true;
  const Lines followed = statements_of(fixture.run());
  CHECK(std::count(followed.begin(), followed.end(), "drop key pk") == 0);
  CHECK(std::count(followed.begin(), followed.end(), "drop index ix") == 0);
  CHECK(std::count(followed.begin(), followed.end(), "drop index ix_note") == 1);
  CHECK(std::count(followed.begin(), followed.end(), "drop check ck") == 1);
}

TEST_CASE("suggest frees a column for its nullability only where the engine needs that") {
  Fixture fixture;
  fixture.orders->columns[0].nullable = false;
  fixture.lines->indexes = {make_index("ix", {"OrderId"})};
  fixture.differ("column-nullability", "column", "order_id", "OrderId");
  CHECK(statements_of(fixture.run()) ==
        Lines{"drop index ix", "alter column OrderId int not null", "add index ix on OrderLines (OrderId)"});
  fixture.writer.keys_follow = true;
  const Suggestion suggestion = fixture.run();
  CHECK(statements_of(suggestion) == Lines{"alter column OrderId int not null"});
  REQUIRE(remarks_of(suggestion).size() == 1);
  CHECK(remarks_of(suggestion)[0].find("NULL") != std::string::npos);
}

TEST_CASE("suggest alters a column once, whatever differs about it") {
  Fixture fixture;
  fixture.orders->columns[2] = make_column("note", "odd");
  fixture.orders->columns[2].nullable = false;
  fixture.differ("column-nullability", "column", "note", "Note");
  fixture.differ("column-type", "column", "note", "Note");
  const Suggestion suggestion = fixture.run();
  REQUIRE(suggestion.steps.size() == 1);
  CHECK(suggestion.steps[0].statements == Lines{"alter column Note our odd not null"});
  CHECK(suggestion.steps[0].detail == "and column-type");
  CHECK(suggestion.steps[0].remarks.front() == "odd is odd.");
  CHECK(suggestion.unanswered == 0);
}

TEST_CASE("suggest sets, changes and drops defaults, and takes NULL for none") {
  Fixture fixture;
  fixture.orders->columns[0].default_value = catalog::Expression{"zero"};
  fixture.orders->columns[1].default_value = catalog::Expression{"null"};
  fixture.lines->columns[1].default_value = catalog::Expression{"one"};
  fixture.lines->columns[2].default_value = catalog::Expression{"two"};
  fixture.differ("default-missing", "column", "order_id", "");
  fixture.differ("default-changed", "column", "unit_price", "UnitPrice");
  fixture.differ("default-extra", "column", "", "Note");
  CHECK(statements_of(fixture.run()) ==
        Lines{"drop default UnitPrice", "drop default Note", "set default OrderId (zero())"});
}

TEST_CASE("suggest drops the old default before a type changes, and sets the new one after") {
  Fixture fixture;
  fixture.orders->columns[0].default_value = catalog::Expression{"zero"};
  fixture.lines->columns[0].default_value = catalog::Expression{"one"};
  fixture.differ("column-type", "column", "order_id", "OrderId");
  fixture.differ("default-changed", "column", "order_id", "OrderId");
  CHECK(statements_of(fixture.run()) ==
        Lines{"drop default OrderId", "alter column OrderId our int null", "set default OrderId (zero())"});
}

TEST_CASE("suggest makes a computed column anew, and what rests on it") {
  Fixture fixture;
  fixture.orders->columns[1].computed = catalog::Computed{{"double order_id"}, true};
  fixture.lines->columns[1].computed = catalog::Computed{{"triple OrderId"}, true};
  fixture.lines->indexes = {make_index("ix", {"UnitPrice"})};
  fixture.differ("computed-changed", "column", "unit_price", "UnitPrice");
  fixture.writer.keys_follow = true;
  CHECK(statements_of(fixture.run()) == Lines{"drop index ix", "drop column UnitPrice",
                                              "add column OrderLines.UnitPrice our int computed (double() OrderId)",
                                              "add index ix on OrderLines (UnitPrice)"});
}

TEST_CASE("suggest does not touch a computed column whose new expression cannot be written") {
  Fixture fixture;
  fixture.orders->columns[1].computed = catalog::Computed{{"# order_id"}, true};
  fixture.lines->columns[1].computed = catalog::Computed{{"triple OrderId"}, true};
  fixture.lines->indexes = {make_index("ix", {"UnitPrice"})};
  fixture.differ("column-type", "column", "unit_price", "UnitPrice");
  fixture.differ("computed-changed", "column", "unit_price", "UnitPrice");
  const Suggestion suggestion = fixture.run();
  CHECK(statements_of(suggestion).empty());
  CHECK(suggestion.unanswered == 2);
  CHECK_FALSE(remarks_of(suggestion).empty());
}

TEST_CASE("suggest recreates a foreign key once, and keeps its name on the target") {
  Fixture fixture;
  Table orders;
  orders.name = "orders";
  orders.columns = {make_column("id")};
  fixture.add_left(orders);
  orders.name = "Orders";
  orders.columns = {make_column("Id")};
  fixture.add_right(orders);
  fixture.orders->foreign_keys = {make_foreign_key("fk_a", "order_id", "public", "orders", "id")};
  fixture.orders->foreign_keys[0].on_delete = catalog::ReferentialAction::cascade;
  fixture.orders->foreign_keys[0].match_full = true;
  fixture.lines->foreign_keys = {make_foreign_key("FK_B", "OrderId", "main", "Orders", "Id")};
  fixture.differ("foreign-key-action", "foreign key", "fk_a", "FK_B");
  fixture.differ("foreign-key-match", "foreign key", "fk_a", "FK_B");
  const Suggestion suggestion = fixture.run();
  CHECK(statements_of(suggestion) ==
        Lines{"drop foreign key FK_B", "add foreign key FK_B on OrderLines (OrderId) to main.Orders (Id) cascade"});
  CHECK(suggestion.unanswered == 0);
}

TEST_CASE("suggest makes nothing anew that would come out as it is") {
  Fixture fixture;
  fixture.orders->foreign_keys = {make_foreign_key("fk", "order_id", "public", "order_lines", "unit_price")};
  fixture.orders->foreign_keys[0].deferrable = true;
  fixture.lines->foreign_keys = {make_foreign_key("fk", "OrderId", "main", "OrderLines", "UnitPrice")};
  fixture.differ("foreign-key-deferrable", "foreign key", "fk", "fk");
  const Suggestion suggestion = fixture.run();
  CHECK(statements_of(suggestion).empty());
  CHECK(remarks_of(suggestion) == Lines{"Cannot be deferred."});
  CHECK(suggestion.unanswered == 1);
}

TEST_CASE("suggest drops the foreign keys that rest on a key before the key, and makes them again") {
  Fixture fixture;
  fixture.orders->primary_key = make_key("pk", {"order_id", "note"});
  fixture.lines->primary_key = make_key("PK", {"OrderId"});
  Table other;
  other.name = "Others";
  other.columns = {make_column("Line")};
  other.foreign_keys = {make_foreign_key("fk_in", "Line", "main", "OrderLines", "OrderId")};
  fixture.add_right(other);
  fixture.differ("primary-key-columns", "primary key", "pk", "PK");
  CHECK(statements_of(fixture.run()) == Lines{"drop foreign key fk_in", "drop key PK",
                                              "add primary key PK (OrderId, Note)",
                                              "add foreign key fk_in on Others (Line) to main.OrderLines (OrderId)"});
}

TEST_CASE("suggest prefers what a difference says of a foreign key to making it again as it was") {
  Fixture fixture;
  fixture.orders->primary_key = make_key("pk", {"order_id", "note"});
  fixture.lines->primary_key = make_key("PK", {"OrderId"});
  fixture.orders->foreign_keys = {make_foreign_key("fk", "unit_price", "public", "order_lines", "order_id")};
  fixture.orders->foreign_keys[0].on_delete = catalog::ReferentialAction::cascade;
  fixture.lines->foreign_keys = {make_foreign_key("fk", "UnitPrice", "main", "OrderLines", "OrderId"),
                                 make_foreign_key("fk_gone", "Note", "main", "OrderLines", "OrderId")};
  // The key comes first in the report.
  fixture.differ("primary-key-columns", "primary key", "pk", "PK");
  fixture.differ("foreign-key-action", "foreign key", "fk", "fk");
  fixture.differ("foreign-key-extra", "foreign key", "", "fk_gone");
  CHECK(statements_of(fixture.run()) ==
        Lines{"drop foreign key fk", "drop foreign key fk_gone", "drop key PK", "add primary key PK (OrderId, Note)",
              "add foreign key fk on OrderLines (UnitPrice) to main.OrderLines (OrderId) cascade"});
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

TEST_CASE("suggest does not drop a check whose new condition cannot be written") {
  Fixture fixture;
  fixture.orders->checks = {make_check("ck", "# note")};
  fixture.lines->checks = {make_check("ck", "positive UnitPrice")};
  fixture.differ("check-changed", "check", "ck", "ck");
  CHECK(statements_of(fixture.run()).empty());
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

TEST_CASE("suggest translates the collation of a column where it means something else than the database's") {
  Fixture fixture;
  fixture.right.collation_meaning = catalog::CollationMeaning{false, true};
  Column exact = make_column("exact", "text");
  exact.collation = "other";
  exact.collation_meaning = catalog::CollationMeaning{true, true};
  fixture.orders->columns.push_back(exact);
  fixture.lines->columns.push_back(make_column("exact", "words"));
  fixture.differ("column-collation", "column", "exact", "exact");
  const Suggestion suggestion = fixture.run();
  // The writer of this test does not print collations: that it was asked to alter says that the collation changed.
  CHECK(statements_of(suggestion) == Lines{"alter column exact words null"});
}

TEST_CASE("suggest takes over expressions of the same engine as they are, unless a name changes") {
  Fixture fixture;
  fixture.right.engine = "one";
  fixture.right.default_schema = "public";
  fixture.right.schemas[0].name = "public";
  fixture.orders->columns[2].name = "Note";
  fixture.orders->checks = {make_check("ck", "# unreadable"), make_check("ck2", "f order_id")};
  // A text that is not understood stays out, whatever the names: it may be more than an expression.
  fixture.differ("check-missing", "check", "ck", "").right_side.schema = "public";
  fixture.differ("check-missing", "check", "ck2", "").right_side.schema = "public";
  CHECK(statements_of(fixture.run()) == Lines{"add check ck2 (f() OrderId)"});
  fixture.lines->columns[0].name = "order_id";
  fixture.lines->columns[1].name = "unit_price";
  CHECK(statements_of(fixture.run()) == Lines{"add check ck2 f order_id"});
  // A stand-in prints another engine's words.
  fixture.left.genuine = false;
  CHECK(statements_of(fixture.run()) == Lines{"add check ck2 (f() order_id)"});
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

TEST_CASE("suggest takes over from a catalog only what is one expression") {
  Fixture fixture;
  fixture.left.engine = fixture.right.engine = "one";
  for (const std::string hostile : {"#0); drop table t; --", "0; drop table t; --", "true -- all", "true /* all"}) {
    CAPTURE(hostile);
    fixture.comparison.differences.clear();
    fixture.orders->columns = {make_column("order_id")};
    fixture.lines->columns = {make_column("order_id")};
    fixture.orders->columns[0].default_value = catalog::Expression{hostile};
    fixture.orders->checks = {make_check("ck", hostile)};
    fixture.orders->indexes = {make_index("ix", {"order_id"})};
    fixture.orders->indexes[0].predicate = catalog::Expression{hostile};
    fixture.differ("default-missing", "default", "order_id", "order_id");
    fixture.differ("check-missing", "check", "ck", "");
    fixture.differ("index-missing", "index", "ix", "");
    for (const std::string& statement : statements_of(fixture.run())) {
      // What was understood is written from its tree.
      CHECK(statement.find(hostile) == std::string::npos);
      CHECK_FALSE(hostile.starts_with("#"));
    }
  }
}

TEST_CASE("suggest makes no type whose default is not understood") {
  Fixture fixture;
  fixture.left.engine = fixture.right.engine = "one";
  catalog::UserType type;
  type.name = "amount";
  type.kind = "domain";
  type.default_value = catalog::Expression{"#0; drop table t"};
  fixture.left.schemas[0].types = {type};
  fixture.differ("type-missing", "type", "amount", "");
  CHECK(statements_of(fixture.run()).empty());
  fixture.left.schemas[0].types[0].default_value = catalog::Expression{"zero"};
  CHECK(statements_of(fixture.run()) == Lines{"create type amount"});
}

TEST_CASE("suggest leaves what uses a column where no statement could make it again") {
  Fixture fixture;
  fixture.lines->checks = {make_check("ck_odd", "# UnitPrice")};
  fixture.orders->columns[1].type.printed = "wide";
  fixture.differ("column-type", "column", "unit_price", "UnitPrice");
  const Suggestion suggestion = fixture.run();
  for (const std::string& statement : statements_of(suggestion)) CHECK(statement.find("ck_odd") == std::string::npos);
  const Lines remarks = remarks_of(suggestion);
  CHECK(std::any_of(remarks.begin(), remarks.end(),
                    [](const std::string& remark) { return remark.starts_with("It stays"); }));
}

TEST_CASE("suggest has no statement with a character that ends a text for clients") {
  Fixture fixture;
  fixture.orders->columns.push_back(make_column(std::string("a\0b", 3)));
  fixture.differ("column-missing", "column", std::string("a\0b", 3), "");
  const Suggestion suggestion = fixture.run();
  CHECK(statements_of(suggestion).empty());
  CHECK(suggestion.unanswered == 1);
}

TEST_CASE("suggest rebuilds the index of a disabled key") {
  Fixture fixture;
  fixture.orders->unique_constraints = {make_key("uq", {"order_id"})};
  fixture.lines->unique_constraints = {make_key("UQ", {"OrderId"})};
  fixture.differ("index-invalid", "unique constraint", "uq", "UQ");
  CHECK(statements_of(fixture.run()).empty());
  fixture.lines->unique_constraints[0].enforced = false;
  CHECK(statements_of(fixture.run()) == Lines{"rebuild index UQ"});
}

TEST_CASE("suggest takes the default of a domain for that of its columns, on either side") {
  Fixture fixture;
  catalog::UserType domain;
  domain.name = "price";
  domain.kind = "domain";
  domain.default_value = catalog::Expression{"zero"};
  fixture.left.schemas[0].types = {domain};
  fixture.orders->columns[1].type.user_type = "public.price";
  SUBCASE("it is missing") {
    fixture.differ("default-missing", "column", "unit_price", "");
    CHECK(statements_of(fixture.run()) == Lines{"set default UnitPrice (zero())"});
  }
  SUBCASE("it is another one") {
    fixture.lines->columns[1].default_value = catalog::Expression{"one"};
    fixture.differ("default-changed", "column", "unit_price", "UnitPrice");
    CHECK(statements_of(fixture.run()) == Lines{"set default UnitPrice (zero()) instead of one"});
  }
  SUBCASE("a column of the domain has a default of its own") {
    fixture.orders->columns[1].default_value = catalog::Expression{"two"};
    fixture.differ("default-missing", "column", "unit_price", "");
    CHECK(statements_of(fixture.run()) == Lines{"set default UnitPrice (two())"});
  }
  SUBCASE("the column is missing") {
    fixture.lines->columns.erase(fixture.lines->columns.begin() + 1);
    fixture.differ("column-missing", "column", "unit_price", "");
    CHECK(statements_of(fixture.run()) == Lines{"add column OrderLines.unit_price our int default (zero())"});
  }
  SUBCASE("it is to go: only NULL stands against it") {
    fixture.differ("default-missing", "column", "unit_price", "");
    const Suggestion suggestion = fixture.run(SuggestTarget::left);
    CHECK(statements_of(suggestion) == Lines{"set default unit_price NULL"});
    CHECK(remarks_of(suggestion) == Lines{"Against the default of its domain."});
    // The same where the column's own default hides it for now.
    fixture.orders->columns[1].default_value = catalog::Expression{"two"};
    CHECK(statements_of(fixture.run(SuggestTarget::left)) == Lines{"set default unit_price NULL instead of two"});
  }
  SUBCASE("the target's domain gives another default") {
    fixture.lines->columns[1].default_value = catalog::Expression{"one"};
    fixture.differ("default-changed", "column", "unit_price", "UnitPrice");
    CHECK(statements_of(fixture.run(SuggestTarget::left)) == Lines{"set default unit_price (one())"});
  }
  SUBCASE("within one engine the domain itself is compared") {
    fixture.left.engine = fixture.right.engine = "one";
    fixture.lines->columns[1].default_value = catalog::Expression{"one"};
    fixture.differ("default-extra", "column", "", "UnitPrice");
    CHECK(statements_of(fixture.run()) == Lines{"drop default UnitPrice"});
  }
}

TEST_CASE("suggest makes a key anew that leaves duplicates out, where there are words for it") {
  Fixture fixture;
  fixture.orders->unique_constraints = {make_key("uq", {"order_id"})};
  fixture.lines->unique_constraints = {make_key("UQ", {"OrderId"})};
  fixture.lines->unique_constraints[0].ignores_duplicates = true;
  fixture.differ("duplicates-ignored", "unique constraint", "uq", "UQ");
  // This writer has no words for it.
  CHECK(statements_of(fixture.run()).empty());
  CHECK(remarks_of(fixture.run()) == Lines{"This engine cannot express what differs."});
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
