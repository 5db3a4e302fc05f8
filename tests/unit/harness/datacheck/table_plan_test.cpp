#include "harness/datacheck/table_plan.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "tests/unit/harness/parity/catalogs.h"
#include "tests/unit/harness/project/project_fixture.h"

using namespace paripassu;
using namespace paripassu::test;
using catalog::LengthUnit;
using catalog::TypeFamily;

namespace {

catalog::Type int32() {
  return integer_type("int", 32);
}
catalog::Type varchar(int length) {
  return text_type("varchar", length, LengthUnit::characters);
}

/// Two databases and what is said about them.
struct Case {
  catalog::Catalog left = empty_postgres();
  catalog::Catalog right = empty_sqlserver();
  Configuration configuration;
  ParityRules rules;
  DataSelection selection;

  catalog::Table& on_left(std::string name, std::vector<catalog::Column> columns) {
    return add_table(left, std::move(name), std::move(columns));
  }
  catalog::Table& on_right(std::string name, std::vector<catalog::Column> columns) {
    return add_table(right, std::move(name), std::move(columns));
  }
  /// id and note, with a primary key, on both sides.
  void add_orders() {
    on_left("orders", {column("id", int32(), false), column("note", varchar(20))}).primary_key = key("pk", {"id"});
    on_right("Orders", {column("Id", int32(), false), column("Note", varchar(20))}).primary_key = key("pk", {"Id"});
  }
  void waive(std::string code, std::string object, std::string reason) {
    WaiverConfiguration waiver;
    waiver.code = std::move(code);
    waiver.object = std::move(object);
    waiver.reason = std::move(reason);
    rules.waivers.push_back(std::move(waiver));
  }
  DataRule& rule(std::string object) {
    DataRule& added = configuration.data.rules.emplace_back();
    added.object = std::move(object);
    added.object_position = {"paripassu.toml", 7, 1};
    added.key_position = {"paripassu.toml", 8, 1};
    return added;
  }
  void rename(std::string left_name, std::string right_name) {
    configuration.data.renames.push_back({std::move(left_name), std::move(right_name), {"paripassu.toml", 9, 3}});
  }
  DataPlan plan() const { return plan_data(left, right, rules, configuration, selection); }
  Error refused() const {
    return error_of([this] { plan(); });
  }
};

std::vector<std::string> column_names_of(const TablePlan& plan) {
  std::vector<std::string> names;
  for (const PlannedColumn& column : plan.columns) names.push_back(column.left->name + "/" + column.right->name);
  return names;
}

/// "name: reason [waived]".
std::vector<std::string> texts(const std::vector<Skipped>& skipped) {
  std::vector<std::string> lines;
  for (const Skipped& one : skipped)
    lines.push_back(one.name + ": " + one.reason + (one.waived.empty() ? "" : " [" + one.waived + "]"));
  return lines;
}

using Texts = std::vector<std::string>;

void check_message(const Error& error, ErrorCategory category, const std::string& part) {
  CAPTURE(error.what());
  CHECK(error.category() == category);
  CHECK(contains(error.what(), part));
}

}  // namespace

TEST_CASE("Plan of data pairs tables and columns by the names of the project and takes the primary key") {
  Case one;
  one.add_orders();
  const DataPlan plan = one.plan();
  REQUIRE(plan.tables.size() == 1);
  const TablePlan& orders = plan.tables.front();
  CHECK(orders.left->name == "orders");
  CHECK(orders.right->name == "Orders");
  CHECK(orders.left_schema->name == "public");
  CHECK(orders.right_schema->name == "dbo");
  CHECK(column_names_of(orders) == Texts{"id/Id", "note/Note"});
  CHECK(orders.key_columns == 1);
  CHECK(orders.key_origin == "primary key");
  CHECK(orders.key_orders == std::vector<KeyOrder>{KeyOrder::value});
  CHECK(orders.skipped_columns.empty());
  CHECK(orders.notes.empty());
  CHECK(plan.skipped_tables.empty());

  one.rules.comparison.names = NameMatching::exact;
  const DataPlan exact = one.plan();
  CHECK(exact.tables.empty());
  CHECK(texts(exact.skipped_tables) == Texts{"dbo.Orders: only on the right", "public.orders: only on the left"});
}

TEST_CASE("Plan of data lists every unpaired table and column, with the reason of a waiver that covers it") {
  Case one;
  one.on_left("orders", {column("id", int32(), false), column("a", int32()), column("b", int32())});
  one.on_right("Orders", {column("Id", int32(), false), column("c", int32())});
  one.on_left("audit", {column("id", int32())});
  one.on_left("log", {column("id", int32())});
  one.on_right("Extra", {column("id", int32())});
  one.waive("column-missing", "orders.a", "dropped next year");
  one.waive("table-missing", "public.audit", "of one side");
  one.waive("table-extra", "log", "another code");
  const DataPlan plan = one.plan();
  REQUIRE(plan.tables.size() == 1);
  CHECK(texts(plan.tables[0].skipped_columns) == Texts{"orders.a: only on the left [dropped next year]",
                                                       "orders.b: only on the left", "Orders.c: only on the right"});
  CHECK(texts(plan.skipped_tables) == Texts{"dbo.Extra: only on the right",
                                            "public.audit: only on the left [of one side]",
                                            "public.log: only on the left"});
}

TEST_CASE("Plan of data says that a name pairs with several, and pairs what is equal") {
  Case one;
  one.on_left("a_b", {column("x_y", int32()), column("xy", int32())});
  one.on_left("ab", {column("id", int32())});
  one.on_right("a_b", {column("x_y", int32()), column("X_Y", int32())});
  const DataPlan plan = one.plan();
  REQUIRE(plan.tables.size() == 1);
  CHECK(column_names_of(plan.tables[0]) == Texts{"x_y/x_y"});
  CHECK(texts(plan.tables[0].skipped_columns) == Texts{"a_b.xy: on the left, where its name pairs with several",
                                                       "a_b.X_Y: on the right, where its name pairs with several"});
  CHECK(texts(plan.skipped_tables) == Texts{"public.ab: on the left, where its name pairs with several"});
}

TEST_CASE("Plan of data pairs schemas as the schema comparison does and names those without partner") {
  Case one;
  one.left.schemas.emplace_back().name = "sales";
  one.left.schemas.emplace_back().name = "audit";
  one.right.schemas.emplace_back().name = "Verkauf";
  one.left.schemas[1].tables.emplace_back().name = "orders";
  one.left.schemas[1].tables[0].columns = {column("id", int32())};
  one.left.schemas[2].tables = one.left.schemas[1].tables;
  one.right.schemas[1].tables = one.left.schemas[1].tables;
  one.rules.comparison.schema_pairs = {{"sales", "Verkauf"}};
  one.waive("schema-missing", "audit", "the auditor's own");
  const DataPlan plan = one.plan();
  REQUIRE(plan.tables.size() == 1);
  CHECK(plan.tables[0].left_schema->name == "sales");
  CHECK(plan.tables[0].right_schema->name == "Verkauf");
  CHECK(texts(plan.skipped_tables) == Texts{"audit.orders: its schema is only on the left [the auditor's own]"});
}

TEST_CASE("Plan of data leaves out partitions with their parent, and says so where one is asked for") {
  Case one;
  one.on_left("events", {column("id", int32())}).partition_key = "RANGE (id)";
  one.on_left("events_1", {column("id", int32())}).partition_of = "events";
  one.on_left("orphan", {column("id", int32())}).partition_of = "gone";
  one.on_right("Events", {column("id", int32())});
  const DataPlan plan = one.plan();
  CHECK(plan.tables.size() == 1);
  CHECK(texts(plan.skipped_tables) == Texts{"public.orphan: only on the left"});
  one.selection.tables = {"events_1"};
  check_message(one.refused(), ErrorCategory::usage, "table events_1 is a partition of events");
}

TEST_CASE("Plan of data skips row versions by their nature and types that cannot be compared until waived") {
  Case one;
  one.on_left(
      "t", {column("id", int32(), false), column("v", simple_type(TypeFamily::integer, "xid")),
            column("g", simple_type(TypeFamily::other, "box")), column("h", simple_type(TypeFamily::other, "path"))});
  one.on_right("t", {column("id", int32(), false), column("v", simple_type(TypeFamily::row_version, "rowversion")),
                     column("g", simple_type(TypeFamily::other, "hierarchyid")),
                     column("h", simple_type(TypeFamily::other, "sql_variant")),
                     column("w", simple_type(TypeFamily::row_version, "rowversion"))});
  one.waive("column-type", "t.h", "known");
  const DataPlan plan = one.plan();
  REQUIRE(plan.tables.size() == 1);
  const std::vector<Skipped>& skipped = plan.tables[0].skipped_columns;
  REQUIRE(skipped.size() == 4);
  CHECK(skipped[0].name == "t.v");
  CHECK(skipped[0].reason == "row version");
  CHECK(skipped[0].waived == "the server writes it by itself");
  CHECK(skipped[1].name == "t.g");
  CHECK_FALSE(skipped[1].reason.empty());
  CHECK(skipped[1].waived.empty());
  CHECK(skipped[2].name == "t.h");
  CHECK(skipped[2].waived == "known");
  CHECK(skipped[3].name == "t.w");
  CHECK(skipped[3].waived == "the server writes it by itself");
}

TEST_CASE("Plan of data does not compare a table of which no column can be compared") {
  Case one;
  one.on_left("t", {column("a", int32())});
  one.on_right("t", {column("b", int32())});
  CHECK(texts(one.plan().skipped_tables) == Texts{"public.t: no column can be compared"});
}

TEST_CASE("Plan of data compares what both sides compute") {
  Case one;
  one.add_orders();
  for (catalog::Catalog* side : {&one.left, &one.right}) {
    catalog::Column gross = column("gross", int32());
    gross.computed = catalog::Computed{expression("id * 2"), true};
    side->schemas[0].tables[0].columns.push_back(gross);
  }
  CHECK(column_names_of(one.plan().tables[0]) == Texts{"id/Id", "note/Note", "gross/gross"});
}

TEST_CASE("Plan of data takes the other side's primary key, then a unique key without NULL, then whole rows") {
  Case one;
  catalog::Table& left =
      one.on_left("t", {column("a", int32(), false), column("b", int32(), false), column("c", int32())});
  catalog::Table& right =
      one.on_right("t", {column("a", int32(), false), column("b", int32(), false), column("c", int32())});
  CHECK(one.plan().tables[0].key_origin == "no key: whole rows");
  CHECK(one.plan().tables[0].key_columns == 0);

  left.unique_constraints = {key("uq_c", {"c"}), key("uq_ab", {"a", "b"})};
  right.indexes = {index("ix_ba", {"b", "a"}, "btree")};
  right.indexes[0].unique = true;
  const DataPlan unique = one.plan();
  CHECK(unique.tables[0].key_origin == "unique key uq_ab");
  CHECK(unique.tables[0].key_columns == 2);
  CHECK(unique.tables[0].notes.empty());

  right.primary_key = key("pk", {"b"});
  const DataPlan other = one.plan();
  CHECK(other.tables[0].key_origin == "primary key of the right");
  CHECK(column_names_of(other.tables[0]) == Texts{"b/b", "a/a", "c/c"});
  CHECK(other.tables[0].notes == Texts{"no constraint makes the key unique on the left"});

  left.primary_key = key("pk", {"c"});
  right.columns[2].nullable = true;
  CHECK(one.plan().tables[0].key_origin == "primary key of the right");

  right.indexes[0].predicate = expression("(a > 1)");
  right.primary_key.reset();
  left.primary_key.reset();
  CHECK(one.plan().tables[0].notes == Texts{"no constraint makes the key unique on the right"});
}

TEST_CASE("Plan of data does not take a key whose columns cannot be compared") {
  Case one;
  one.on_left("t", {column("k", simple_type(TypeFamily::other, "box"), false), column("n", int32())}).primary_key =
      key("pk", {"k"});
  one.on_right("t", {column("k", simple_type(TypeFamily::other, "hierarchyid"), false), column("n", int32())})
      .primary_key = key("pk", {"k"});
  CHECK(one.plan().tables[0].key_origin == "no key: whole rows");
  one.selection.key = {"k"};
  check_message(one.refused(), ErrorCategory::usage, "--key k: table t has not all of these columns, compared");
}

TEST_CASE("Plan of data takes the key of the command line before the configured one before that of the catalog") {
  Case one;
  one.add_orders();
  one.rule("orders").key = {"note"};
  const DataPlan configured = one.plan();
  CHECK(configured.tables[0].key_origin == "[[data.rule]]");
  CHECK(column_names_of(configured.tables[0]) == Texts{"note/Note", "id/Id"});
  CHECK(configured.tables[0].notes ==
        Texts{"key column note may be NULL on the left", "no constraint makes the key unique on the left",
              "key column Note may be NULL on the right", "no constraint makes the key unique on the right"});
  one.selection.key = {"NOTE", "id"};
  const DataPlan chosen = one.plan();
  CHECK(chosen.tables[0].key_origin == "--key");
  CHECK(chosen.tables[0].key_columns == 2);
  CHECK(chosen.tables[0].key_orders == std::vector<KeyOrder>{KeyOrder::binary, KeyOrder::value});
  one.selection.key = {"noet"};
  check_message(one.refused(), ErrorCategory::usage, "did you mean 'note'?");
  one.selection.key.clear();
  one.configuration.data.rules[0].key = {"idd"};
  const Error error = one.refused();
  check_message(error, ErrorCategory::configuration, "'key' in [[data.rule]] idd");
  CHECK(error.position().line == 8);
}

TEST_CASE("Plan of data orders keys only where both servers can be made to agree") {
  struct Pair {
    catalog::Type left;
    catalog::Type right;
    KeyOrder order;
  };
  const auto seconds = [](TypeFamily family, bool zone) { return second_type(family, "t", 6, zone); };
  catalog::Type array = int32();
  array.array_dimensions = 1;
  const std::vector<Pair> pairs = {
      {int32(), integer_type("bigint", 64), KeyOrder::value},
      {decimal_type("numeric", 9, 2), decimal_type("decimal", 10, 2), KeyOrder::value},
      {int32(), decimal_type("decimal", 10, 0), KeyOrder::none},
      {simple_type(TypeFamily::uuid, "uuid"), simple_type(TypeFamily::uuid, "uniqueidentifier"), KeyOrder::value},
      {simple_type(TypeFamily::uuid, "uuid"), varchar(36), KeyOrder::none},
      {varchar(3), text_type("nchar", 3, LengthUnit::utf16_units, true), KeyOrder::binary},
      {simple_type(TypeFamily::date, "date"), simple_type(TypeFamily::date, "date"), KeyOrder::value},
      {seconds(TypeFamily::timestamp, false), seconds(TypeFamily::timestamp, false), KeyOrder::value},
      {seconds(TypeFamily::timestamp, true), seconds(TypeFamily::timestamp, false), KeyOrder::none},
      {seconds(TypeFamily::time, true), seconds(TypeFamily::time, true), KeyOrder::none},
      {simple_type(TypeFamily::floating, "real"), simple_type(TypeFamily::floating, "real"), KeyOrder::none},
      {simple_type(TypeFamily::boolean, "boolean"), simple_type(TypeFamily::boolean, "bit"), KeyOrder::none},
      {array, array, KeyOrder::none},
  };
  for (const Pair& pair : pairs) {
    CAPTURE(pair.left.printed);
    CAPTURE(pair.right.printed);
    Case one;
    one.on_left("t", {column("k", pair.left, false)}).primary_key = key("pk", {"k"});
    one.on_right("t", {column("k", pair.right, false)}).primary_key = key("pk", {"k"});
    const DataPlan plan = one.plan();
    REQUIRE(plan.tables.size() == 1);
    REQUIRE(plan.tables[0].key_orders.size() == 1);
    CHECK(plan.tables[0].key_orders[0] == pair.order);
  }
}

TEST_CASE("Plan of data has no order for text keys whose case or blanks are accepted, since forms fold them away") {
  for (const ValueClass value_class : {ValueClass::letter_case, ValueClass::trailing_blanks, ValueClass::null_empty}) {
    Case one;
    one.on_left("t", {column("k", varchar(9), false)}).primary_key = key("pk", {"k"});
    one.on_right("t", {column("k", varchar(9), false)}).primary_key = key("pk", {"k"});
    CHECK(one.plan().tables[0].key_orders[0] == KeyOrder::binary);
    one.rule("t.k").classes[std::string(to_string(value_class))] = {"accepted", {}};
    CHECK(one.plan().tables[0].key_orders[0] == KeyOrder::none);
    one.selection.classes[value_class] = ClassVerdict::error;
    CHECK(one.plan().tables[0].key_orders[0] == KeyOrder::binary);
  }
}

TEST_CASE("Plan of data notes that one side's keys compare without regard to case or accents") {
  Case one;
  one.on_left("t", {column("k", varchar(9), false)}).primary_key = key("pk", {"k"});
  one.on_right("t", {column("k", varchar(9), false)}).primary_key = key("pk", {"k"});
  one.left.collation_meaning = catalog::CollationMeaning{true, true};
  CHECK(one.plan().tables[0].notes.empty());
  one.right.collation_meaning = catalog::CollationMeaning{false, true};
  REQUIRE(one.plan().tables[0].notes.size() == 1);
  CHECK(contains(one.plan().tables[0].notes[0], "key column k compares without regard to case on the right"));
  one.right.schemas[0].tables[0].columns[0].collation = "Latin1_General_CS_AI";
  one.right.schemas[0].tables[0].columns[0].collation_meaning = catalog::CollationMeaning{true, false};
  CHECK(contains(one.plan().tables[0].notes[0], "without regard to accents on the right"));
  one.left.collation_meaning.reset();
  CHECK(one.plan().tables[0].notes.empty());
}

TEST_CASE("Plan of data chooses tables by patterns of either side's name and refuses those that match nothing") {
  Case one;
  one.add_orders();
  one.on_left("order_lines", {column("id", int32())});
  one.on_right("OrderLines", {column("id", int32())});
  one.selection.tables = {"OrderL*"};
  DataPlan plan = one.plan();
  REQUIRE(plan.tables.size() == 1);
  CHECK(plan.tables[0].left->name == "order_lines");
  CHECK(texts(plan.skipped_tables) == Texts{"public.orders: not chosen [--table]"});
  one.selection.tables = {"dbo.orders"};
  CHECK(one.plan().tables[0].left->name == "orders");
  one.selection.tables = {"orders", "ordres"};
  check_message(one.refused(), ErrorCategory::usage, "--table ordres matches no table of either side; did you mean");
  one.selection.tables.clear();
  one.configuration.data.tables = {"order_lines"};
  one.configuration.data.tables_position = {"paripassu.toml", 3, 10};
  plan = one.plan();
  REQUIRE(plan.tables.size() == 1);
  CHECK(texts(plan.skipped_tables) == Texts{"public.orders: not chosen ['tables' in [data]]"});
  one.configuration.data.tables = {"x*"};
  const Error error = one.refused();
  check_message(error, ErrorCategory::configuration, "'x*' in 'tables' of [data] matches no table");
  CHECK(error.position().line == 3);
  one.selection.tables = {"orders"};
  CHECK(one.plan().tables.size() == 1);
}

TEST_CASE("Plan of data counts a chosen table without partner as left out") {
  Case one;
  one.add_orders();
  one.on_left("audit", {column("id", int32())});
  one.selection.tables = {"audit"};
  const DataPlan plan = one.plan();
  CHECK(plan.tables.empty());
  CHECK(texts(plan.skipped_tables) == Texts{"public.audit: only on the left", "public.orders: not chosen [--table]"});
}

TEST_CASE("Plan of data compares the chosen columns and always those of the key") {
  Case one;
  one.add_orders();
  one.left.schemas[0].tables[0].columns.push_back(column("extra", int32()));
  for (catalog::Catalog* side : {&one.left, &one.right})
    side->schemas[0].tables[0].columns.push_back(column("rank", int32()));
  one.selection.columns = {"orders.RANK"};
  const DataPlan plan = one.plan();
  CHECK(column_names_of(plan.tables[0]) == Texts{"id/Id", "rank/rank"});
  CHECK(texts(plan.tables[0].skipped_columns) ==
        Texts{"orders.extra: not chosen [--columns]", "orders.note: not chosen [--columns]"});
  one.selection.columns = {"rang"};
  check_message(one.refused(), ErrorCategory::usage,
                "--columns rang matches no column of a compared table; did you mean 'rank'?");
}

TEST_CASE("Plan of data follows renames of tables and columns, either way round") {
  Case one;
  one.on_left("orders", {column("id", int32()), column("note", varchar(9))});
  one.on_right("Sales", {column("id", int32()), column("Remark", varchar(9))});
  one.rename("orders", "Sales");
  one.rename("orders.note", "dbo.Sales.Remark");
  DataPlan plan = one.plan();
  REQUIRE(plan.tables.size() == 1);
  CHECK(column_names_of(plan.tables[0]) == Texts{"id/id", "note/Remark"});
  CHECK(plan.skipped_tables.empty());

  std::swap(one.left, one.right);
  plan = one.plan();
  REQUIRE(plan.tables.size() == 1);
  CHECK(column_names_of(plan.tables[0]) == Texts{"id/id", "Remark/note"});

  one.rename("orders.nore", "Sales.Remark");
  const Error error = one.refused();
  check_message(error, ErrorCategory::configuration,
                "'orders.nore' in [data.rename] is no table and no column of the left");
  CHECK(error.position().line == 9);
  one.right = one.left;
  one.right.engine = one.left.engine;
  CHECK(one.plan().tables.size() == 1);

  Case mixed;
  mixed.add_orders();
  mixed.rename("orders", "Orders.Note");
  check_message(mixed.refused(), ErrorCategory::configuration, "not both tables or both columns");
}

TEST_CASE("Plan of data leaves out what a rule ignores, paired or not, with its reason") {
  Case one;
  one.add_orders();
  one.on_left("audit", {column("id", int32())});
  one.left.schemas[0].tables[0].columns.push_back(column("stamp", int32()));
  for (const char* object : {"orders.note", "*.stamp", "audit"}) {
    DataRule& rule = one.rule(object);
    rule.ignore = true;
    rule.reason = std::string("because of ") + object;
  }
  const DataPlan plan = one.plan();
  CHECK(column_names_of(plan.tables[0]) == Texts{"id/Id"});
  CHECK(texts(plan.tables[0].skipped_columns) ==
        Texts{"orders.note: left out by [[data.rule]] [because of orders.note]",
              "orders.stamp: left out by [[data.rule]] [because of *.stamp]"});
  CHECK(texts(plan.skipped_tables) == Texts{"public.audit: left out by [[data.rule]] [because of audit]"});
}

TEST_CASE("Plan of data takes conditions by engine, and those of the command line first") {
  Case one;
  one.add_orders();
  one.rule("orders").where = {{"postgres", "deleted = false"}, {"sqlserver", "deleted = 0"}};
  DataPlan plan = one.plan();
  CHECK(plan.tables[0].left_where == "deleted = false");
  CHECK(plan.tables[0].right_where == "deleted = 0");
  one.selection.right_where = "id > 7";
  plan = one.plan();
  CHECK(plan.tables[0].left_where == "deleted = false");
  CHECK(plan.tables[0].right_where == "id > 7");
}

TEST_CASE("Plan of data refuses rules that are about nothing and words that are none, with their place") {
  Case one;
  one.add_orders();
  one.rule("ordres.note").classes["case"] = {"accepted", {}};
  Error error = one.refused();
  check_message(error, ErrorCategory::configuration, "did you mean 'orders.note'?");
  CHECK(error.position().line == 7);
  one.configuration.data.rules.clear();
  one.rule("orders.note").key = {"id"};
  check_message(one.refused(), ErrorCategory::configuration, "'key' and 'where' are of a table");
  one.configuration.data.rules.clear();
  one.configuration.data.classes["time-zome"] = {"accepted", {"paripassu.toml", 4, 1}};
  error = one.refused();
  check_message(error, ErrorCategory::configuration, "unknown class 'time-zome' in [data]; did you mean 'time-zone'?");
  CHECK(error.position().line == 4);
  one.configuration.data.classes = {{"case", {"accept", {"paripassu.toml", 5, 1}}}};
  error = one.refused();
  check_message(error, ErrorCategory::configuration, "did you mean 'accepted'?");
  CHECK(error.position().line == 5);
  one.configuration.data.classes.clear();
  one.configuration.data.tolerance = ConfiguredWord{"some", {"paripassu.toml", 6, 1}};
  error = one.refused();
  CHECK(error.category() == ErrorCategory::configuration);
  CHECK(error.position().line == 6);
}

TEST_CASE("Plan of data says where a user may not see all tables, unless tables were chosen") {
  Case one;
  one.add_orders();
  one.on_left("audit", {column("id", int32())});
  one.right.unknown = {{"*", std::string(catalog::kUnknownObjects), "needs VIEW DEFINITION"}};
  CHECK(texts(one.plan().skipped_tables) ==
        Texts{"public.audit: only on the left, or hidden from the user on the right",
              "*: tables may be hidden on the right: needs VIEW DEFINITION"});
  one.selection.tables = {"orders"};
  CHECK(texts(one.plan().skipped_tables) == Texts{"public.audit: not chosen [--table]"});
}

TEST_CASE("Plan of data notes inherited rows and row-level security") {
  Case one;
  one.add_orders();
  one.on_left("old_orders", {column("id", int32())}).inherits = {"public.orders"};
  one.right.schemas[0].tables[0].row_security = true;
  const DataPlan plan = one.plan();
  CHECK(plan.tables[0].notes ==
        Texts{"rows of public.old_orders, which inherits from it, are among its rows on the left",
              "row-level security on the right may hide rows from the user who compares"});
}

TEST_CASE("Plan of data takes tables of 1,600 columns and names that are hostile") {
  Case one;
  std::vector<catalog::Column> columns;
  for (int i = 0; i < 1600; ++i) columns.push_back(column("c" + std::to_string(i), int32()));
  one.on_left("wide", columns);
  std::reverse(columns.begin(), columns.end());
  one.on_right("wide", columns);
  for (const std::string name : {"a.b.c", "*", "", "\xFF\xFE", "x\ny", "]];--"}) {
    one.on_left(name, {column(name, int32())});
    one.on_right(name, {column(name, int32())});
  }
  const DataPlan plan = one.plan();
  CHECK(plan.tables.size() == 7);
  CHECK(plan.skipped_tables.empty());
  const auto wide = std::find_if(plan.tables.begin(), plan.tables.end(),
                                 [](const TablePlan& table) { return table.left->name == "wide"; });
  REQUIRE(wide != plan.tables.end());
  CHECK(wide->columns.size() == 1600);
}
