#include "harness/parity/differ.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <fstream>
#include <map>
#include <set>

#include "tests/unit/harness/parity/comparing.h"

using namespace paripassu;
using namespace paripassu::test;
using catalog::Catalog;
using catalog::LengthUnit;
using catalog::ReferentialAction;
using catalog::TypeFamily;

TEST_CASE("compare finds the same schema on two engines equal, and counts what it covered") {
  const Shop shop;
  const Comparison comparison = compare_both_ways(shop.postgres, shop.sqlserver);
  CHECK(comparison.differences.empty());
  CHECK_FALSE(comparison.has_findings());
  CHECK(comparison.unknown.empty());
  CHECK(comparison.counts == ComparisonCounts{3, 15, 4, 2, 2, 2, 1, 1});
  CHECK(comparison.left_label == "PostgreSQL 15.20");
  CHECK(comparison.right.engine == "sqlserver");
  REQUIRE(comparison.compatible.size() == 2);
  CHECK(comparison.compatible[0].left == "character varying(n)");
  CHECK(comparison.compatible[0].right == "nvarchar(n)");
  CHECK(comparison.compatible[0].columns == 4);
  CHECK(comparison.compatible[1].right == "datetime");
}

TEST_CASE("compare names what it passed over, and nothing that it compared") {
  Shop shop;
  CHECK(compare_both_ways(shop.postgres, shop.sqlserver).not_compared ==
        std::vector<std::string>{"definitions of views: 1"});
  shop.pg("orders").policies.emplace_back().name = "own_rows";
  shop.ms("Orders").policies.emplace_back().name = "Filter";
  shop.pg("orders").grants = {"reader: SELECT"};
  shop.ms("Orders").grants = {"reader: SELECT", "writer: INSERT"};
  shop.pg("orders").partition_key = "RANGE (placed_at)";
  shop.ms("Orders").partition_key = "by_year (PlacedAt)";
  shop.postgres.schemas[0].types.emplace_back().kind = "composite";
  for (Catalog* catalog : {&shop.postgres, &shop.sqlserver}) {
    catalog::Routine& routine = catalog->schemas[0].routines.emplace_back();
    routine.name = "close";
    routine.kind = "procedure";
    catalog::Trigger& trigger = catalog->schemas[0].tables[0].triggers.emplace_back();
    trigger.name = "stamp";
    trigger.timing = "after";
  }
  const Comparison comparison = compare_both_ways(shop.postgres, shop.sqlserver);
  CHECK(codes_of(comparison) == Codes{});
  CHECK(comparison.not_compared ==
        std::vector<std::string>{"definitions of views: 1", "bodies of triggers: 1", "bodies of routines: 1",
                                 "composite, range and table types: 1 on the left, 0 on the right",
                                 "how tables are partitioned: 1 on the left, 1 on the right",
                                 "conditions of row security policies: 1 on the left, 1 on the right",
                                 "who is granted what: 1 on the left, 2 on the right"});
}

TEST_CASE("compare names the tables that it compared, as on the left") {
  Shop shop;
  add_schema(shop.postgres, "audit", {shop.pg("orders")});
  add_schema(shop.sqlserver, "Audit", {shop.ms("Orders")});
  CHECK(compare_both_ways(shop.postgres, shop.sqlserver).compared_tables ==
        std::vector<std::string>{"audit.orders", "customers", "order_lines", "orders"});
}

TEST_CASE("compare tells both sides' own names, also those that the server made") {
  Shop shop;
  SUBCASE("of what both have") {
    shop.pg("orders").foreign_keys[0].system_named = true;
    shop.ms("Orders").foreign_keys[0].on_delete = catalog::ReferentialAction::cascade;
    const Difference difference = shop.only_difference();
    CHECK(difference.left_side == DifferenceSide{"public", "orders", "orders_customer_id_fkey", "", "", 0});
    CHECK(difference.right_side == DifferenceSide{"dbo", "Orders", "FK_Orders_Customers", "", "", 0});
  }
  SUBCASE("of what one has") {
    shop.ms("Customers").unique_constraints[0].system_named = true;
    shop.pg("customers").unique_constraints.clear();
    const Difference difference = shop.only_difference();
    CHECK(difference.name == "UNIQUE NULLS NOT DISTINCT (FullName)");
    CHECK(difference.left_side == DifferenceSide{"public", "customers", "", "", "", 0});
    CHECK(difference.right_side == DifferenceSide{"dbo", "Customers", "UQ_Customers_FullName", "", "", 0});
  }
  SUBCASE("of a table that one side lacks") {
    test::add_table(shop.sqlserver, "Returns", {});
    const Difference difference = shop.only_difference();
    CHECK(difference.schema == "dbo");
    CHECK(difference.left_side == DifferenceSide{"public", "", "", "", "", 0});
    CHECK(difference.right_side == DifferenceSide{"dbo", "Returns", "Returns", "", "", 0});
  }
  SUBCASE("of a schema that one side lacks") {
    add_schema(shop.postgres, "audit");
    const Difference difference = shop.only_difference();
    CHECK(difference.left_side == DifferenceSide{"audit", "", "audit", "", "", 0});
    CHECK(difference.right_side == DifferenceSide{});
  }
}

TEST_CASE("compare: a catalog equals itself, under every matching of names") {
  Shop shop;
  test::add_table(shop.postgres, "Order_Lines", {test::column("Id", test::integer_type("integer", 32))});
  test::add_table(
      shop.postgres, "a_b",
      {test::column("x", test::integer_type("integer", 32)), test::column("X", test::integer_type("integer", 32))});
  add_schema(shop.postgres, "sales", shop.postgres.schemas[0].tables);
  shop.pg("orders").triggers.emplace_back().name = "stamp";
  shop.postgres.schemas[0].routines.resize(2);
  shop.postgres.schemas[0].types.emplace_back().name = "mood";
  for (const NameMatching names : {NameMatching::exact, NameMatching::ignore_case, NameMatching::fold}) {
    for (const Catalog* catalog : {&shop.postgres, &shop.sqlserver}) {
      ComparisonOptions options;
      options.names = names;
      options.compare_column_order = true;
      CHECK(codes(*catalog, *catalog, options) == Codes{});
    }
  }
}

TEST_CASE("compare: two empty catalogs are equal, and an unlisted default schema is an empty one") {
  Catalog left = test::empty_postgres();
  Catalog right = test::empty_sqlserver();
  CHECK(codes(left, right) == Codes{});
  right.schemas.clear();
  CHECK(codes(left, right) == Codes{});
  test::add_table(left, "t", {});
  CHECK(codes(left, right) == Codes{"table-missing"});
  CHECK(codes(Catalog{}, Catalog{}) == Codes{});
}

TEST_CASE("compare reports a missing or extra schema once, whatever it holds") {
  Shop shop;
  add_schema(shop.postgres, "sales", shop.postgres.schemas[0].tables);
  CHECK(shop.compare() == Codes{"schema-missing"});
  const Difference difference = shop.only_difference();
  CHECK(difference.object() == "sales");
  CHECK(difference.left == "schema of 3 tables, 0 views");
  CHECK(difference.right.empty());
}

TEST_CASE("compare pairs default schemas always, and others by word or as declared") {
  Shop shop;
  add_schema(shop.postgres, "sales_data");
  add_schema(shop.sqlserver, "SalesData");
  CHECK(shop.compare() == Codes{});
  add_schema(shop.postgres, "audit");
  add_schema(shop.sqlserver, "log");
  CHECK(shop.compare() == Codes{"schema-extra", "schema-missing"});
  ComparisonOptions options;
  options.schema_pairs = {{"audit", "log"}, {"nowhere", "either"}};
  CHECK(shop.compare(options) == Codes{});
}

TEST_CASE("compare finds foreign keys across paired schemas") {
  Shop shop;
  for (const bool postgres : {true, false}) {
    Catalog& catalog = postgres ? shop.postgres : shop.sqlserver;
    catalog::Table& table = add_schema(catalog, postgres ? "audit" : "log").tables.emplace_back();
    table.name = "entries";
    table.columns = {test::column("order_id", test::integer_type("int", 32))};
    table.foreign_keys = {test::foreign_key("fk", {"order_id"}, postgres ? "public" : "dbo",
                                            postgres ? "orders" : "Orders", {postgres ? "order_id" : "OrderId"})};
  }
  ComparisonOptions options;
  options.schema_pairs = {{"audit", "log"}};
  const Comparison comparison = compare_both_ways(shop.postgres, shop.sqlserver, options);
  CHECK(codes_of(comparison) == Codes{});
  CHECK(comparison.counts.foreign_keys == 3);
}

TEST_CASE("compare reports a missing table once") {
  Shop shop;
  test::add_table(shop.postgres, "returns", {test::column("id", test::integer_type("integer", 32))});
  const Difference difference = shop.only_difference();
  CHECK(difference.code == "table-missing");
  CHECK(difference.object() == "returns");
  CHECK(difference.left == "table of 1 column");
  CHECK(difference.message == "Table returns exists on PostgreSQL only.");
}

TEST_CASE("compare reports names that match several ways, and compares them exactly") {
  Shop shop;
  test::add_table(shop.postgres, "orderlines", {});
  CHECK(shop.compare() == Codes{"name-ambiguous", "table-extra", "table-missing", "table-missing"});
  Shop columns;
  columns.ms("Orders").columns.push_back(test::column("Order_Id", test::integer_type("int", 32)));
  const Codes found = columns.compare();
  CHECK(std::count(found.begin(), found.end(), "name-ambiguous") == 1);
}

TEST_CASE("compare respects exact names") {
  Shop shop;
  ComparisonOptions options;
  options.names = NameMatching::exact;
  const Codes found = shop.compare(options);
  CHECK(std::count(found.begin(), found.end(), "table-missing") == 3);
  CHECK(std::count(found.begin(), found.end(), "table-extra") == 3);
}

TEST_CASE("compare reports each property of a column by its own code") {
  Shop shop;
  SUBCASE("column-missing") {
    shop.ms("Customers").columns.erase(shop.ms("Customers").columns.begin() + 3);
    const Difference difference = shop.only_difference();
    CHECK(difference.code == "column-missing");
    CHECK(difference.object() == "customers.notes");
    CHECK(difference.left == "text NULL");
  }
  SUBCASE("column-extra") {
    shop.ms("Customers").columns.push_back(test::column("Vip", test::simple_type(TypeFamily::boolean, "bit"), false));
    const Difference difference = shop.only_difference();
    CHECK(difference.code == "column-extra");
    CHECK(difference.right == "bit NOT NULL");
  }
  SUBCASE("column-type") {
    shop.ms("Customers", "IsActive").type = test::text_type("nvarchar", 1, LengthUnit::utf16_units);
    shop.ms("Customers", "IsActive").default_value.reset();
    shop.pg("customers").columns[4].default_value.reset();
    const Difference difference = shop.only_difference();
    CHECK(difference.code == "column-type");
    CHECK(difference.left == "boolean");
    CHECK(difference.right == "nvarchar(1)");
    CHECK(difference.message ==
          "The type (a truth stored as another type) of column is_active of customers: boolean on PostgreSQL, "
          "nvarchar(1) on Microsoft SQL Server.");
  }
  SUBCASE("column-nullability") {
    shop.ms("Customers", "Email").nullable = false;
    CHECK(shop.only_difference().code == "column-nullability");
  }
  SUBCASE("column-identity") {
    shop.ms("Customers", "CustomerId").identity.reset();
    CHECK(shop.only_difference().code == "column-identity");
  }
  SUBCASE("column-computed") {
    shop.ms("Orders", "Gross").computed.reset();
    CHECK(shop.only_difference().code == "column-computed");
  }
  SUBCASE("default-missing") {
    shop.ms("Customers", "IsActive").default_value.reset();
    const Difference difference = shop.only_difference();
    CHECK(difference.code == "default-missing");
    CHECK(difference.left == "true");
    CHECK(difference.right.empty());
    CHECK(difference.object() == "customers.is_active");
  }
  SUBCASE("default-extra") {
    shop.ms("Orders", "Quantity").default_value = test::expression("((1))");
    CHECK(shop.only_difference().code == "default-extra");
  }
}

TEST_CASE("compare: a default from a sequence is an identity by the sequence that it names, schema and all") {
  Shop shop;
  catalog::Column& own = shop.pg("customers").columns[0];
  own.identity.reset();
  shop.ms("Customers", "CustomerId").identity->options = {"1", "1", "", "", false, {}};
  const auto sequence = [](const char* start) {
    catalog::Sequence out;
    out.name = "numbers";
    out.options = {start, "1", "", "", false, {}};
    return out;
  };
  // The schema of the other one comes first.
  catalog::Schema archive;
  archive.name = "archive";
  archive.sequences = {sequence("900")};
  shop.postgres.schemas.insert(shop.postgres.schemas.begin() + 1, archive);
  shop.postgres.schemas[0].sequences.push_back(sequence("1"));
  std::swap(shop.postgres.schemas[0], shop.postgres.schemas[1]);
  const auto options_differ = [&] {
    const Codes found = codes(shop.postgres, shop.sqlserver);
    return std::count(found.begin(), found.end(), "identity-options");
  };
  auto& table = shop.postgres.schemas[1].tables;
  const auto customers =
      std::find_if(table.begin(), table.end(), [](const auto& each) { return each.name == "customers"; });
  catalog::Expression& value = *customers->columns[0].default_value;
  value = test::expression("nextval('public.numbers'::regclass)");
  CHECK(options_differ() == 0);
  value = test::expression("nextval('numbers'::regclass)");
  CHECK(options_differ() == 0);
  value = test::expression("nextval('archive.numbers'::regclass)");
  CHECK(options_differ() == 1);
}

TEST_CASE("compare says of how many columns a collation is not known") {
  Shop shop;
  shop.sqlserver.collation_meaning = shop.postgres.collation_meaning = catalog::CollationMeaning{};
  CHECK_FALSE(mentions(compare_both_ways(shop.postgres, shop.sqlserver).not_compared, "collation"));
  shop.pg("customers").columns[2].collation = "homemade";
  const Comparison comparison = compare_both_ways(shop.postgres, shop.sqlserver);
  CHECK(codes_of(comparison) == Codes{});
  CHECK(mentions(comparison.not_compared, "collations of columns whose meaning is not known: 1"));
}

TEST_CASE("compare: a type that the team declared equivalent is no difference") {
  Shop shop;
  shop.ms("Customers", "Email").type = test::text_type("nvarchar", 100, LengthUnit::utf16_units);
  CHECK(shop.compare() == Codes{"column-type"});
  ComparisonOptions options;
  options.equivalent_types = {{{{"postgres", "varchar(120)"}, {"sqlserver", "NVARCHAR(100)"}}, "old client"}};
  const Comparison comparison = compare_both_ways(shop.postgres, shop.sqlserver, options);
  CHECK(codes_of(comparison) == Codes{});
  CHECK(std::any_of(comparison.compatible.begin(), comparison.compatible.end(),
                    [](const CompatibleTypes& types) { return types.reason == "old client" && types.columns == 1; }));
}

TEST_CASE("compare: the order of columns counts only when asked") {
  Shop shop;
  std::swap(shop.ms("Orders").columns[4], shop.ms("Orders").columns[5]);
  CHECK(shop.compare() == Codes{});
  ComparisonOptions options;
  options.compare_column_order = true;
  CHECK(shop.compare(options) == Codes{"column-order"});
}

TEST_CASE("compare: a hidden default is present and unknown") {
  Shop shop;
  shop.ms("Customers", "IsActive").default_value = catalog::Expression{"", true};
  const Comparison comparison = compare_both_ways(shop.postgres, shop.sqlserver);
  CHECK(comparison.differences.empty());
  REQUIRE(comparison.unknown.size() == 1);
  CHECK(comparison.unknown[0].object == "dbo.Customers");
  CHECK(comparison.unknown[0].what == "default of IsActive");
  CHECK(comparison.unknown[0].reason.rfind("right: ", 0) == 0);
}

TEST_CASE("compare: what a catalog calls unknown is unknown, never missing") {
  Shop shop;
  shop.sqlserver.unknown = {{"*", "sequences", "this server does not list them"}};
  shop.sqlserver.schemas[0].sequences.clear();
  const Comparison comparison = compare_both_ways(shop.postgres, shop.sqlserver);
  CHECK(comparison.differences.empty());
  CHECK(comparison.counts.sequences == 0);
  REQUIRE(comparison.unknown.size() == 1);
  CHECK(comparison.unknown[0].reason == "right: this server does not list them");
}

TEST_CASE("compare: an object that permissions may hide is unknown, not missing; its parts are compared as ever") {
  Shop shop;
  shop.sqlserver.unknown = {{"*", std::string(catalog::kUnknownObjects), "the user has no VIEW DEFINITION"}};
  shop.sqlserver.schemas[0].views.clear();
  const Comparison comparison = compare_both_ways(shop.postgres, shop.sqlserver);
  CHECK(comparison.differences.empty());
  REQUIRE(comparison.unknown.size() == 2);
  CHECK(std::any_of(comparison.unknown.begin(), comparison.unknown.end(),
                    [](const catalog::Unknown& one) { return one.what == "view"; }));
  // What the restricted side has and the other lacks is a difference all the same.
  shop.postgres.schemas[0].sequences.clear();
  const bool had_sequences = !shop.sqlserver.schemas[0].sequences.empty();
  CHECK(compare_both_ways(shop.postgres, shop.sqlserver).differences.size() == (had_sequences ? 1 : 0));
}

TEST_CASE("compare reports views and sequences by presence and output columns") {
  Shop shop;
  SUBCASE("view-missing") {
    shop.sqlserver.schemas[0].views.clear();
    CHECK(shop.only_difference().code == "view-missing");
  }
  SUBCASE("view-columns") {
    shop.sqlserver.schemas[0].views[0].columns[1].name = "Customer";
    const Difference difference = shop.only_difference();
    CHECK(difference.code == "view-columns");
    CHECK(difference.right == "(OrderId, Customer)");
    CHECK(difference.object() == "open_orders");
  }
  SUBCASE("view-materialized") {
    shop.postgres.schemas[0].views[0].materialized = true;
    CHECK(shop.only_difference().severity == Severity::note);
  }
  SUBCASE("sequence-missing") {
    shop.sqlserver.schemas[0].sequences.clear();
    const Difference difference = shop.only_difference();
    CHECK(difference.code == "sequence-missing");
    CHECK(difference.object() == "invoice_numbers");
  }
}

TEST_CASE("compare: partitions are tables within one engine only") {
  Catalog left = test::shop_on_postgres();
  test::add_table(left, "orders_2026", {}).partition_of = "orders";
  const Comparison across = compare_both_ways(left, test::shop_on_sqlserver());
  CHECK(across.differences.empty());
  CHECK(mentions(across.not_compared, "partitions: 1 on the left, 0 on the right"));
  CHECK(codes(left, test::shop_on_postgres()) == Codes{"table-missing"});
}

TEST_CASE("compare: within one engine, triggers, routines and types are compared") {
  Catalog left = test::shop_on_postgres();
  catalog::Trigger trigger;
  trigger.name = "stamp";
  trigger.timing = "before";
  trigger.events = {"insert"};
  test::table_of(left, "orders").triggers = {trigger};
  catalog::Routine routine;
  routine.name = "total";
  routine.kind = "function";
  routine.parameters = {{"order_id", "integer", false}};
  routine.body_hash = "0123456789abcdef";
  left.schemas[0].routines = {routine};
  catalog::UserType mood;
  mood.name = "mood";
  mood.kind = "enum";
  mood.labels = {"good", "bad"};
  left.schemas[0].types = {mood};
  Catalog right = left;
  CHECK(codes(left, right) == Codes{});
  SUBCASE("missing") {
    test::table_of(right, "orders").triggers.clear();
    right.schemas[0].routines.clear();
    right.schemas[0].types.clear();
    CHECK(codes(left, right) == Codes{"routine-missing", "trigger-missing", "type-missing"});
  }
  SUBCASE("changed") {
    test::table_of(right, "orders").triggers[0].events = {"insert", "update"};
    right.schemas[0].routines[0].body_hash = "fedcba9876543210";
    right.schemas[0].types[0].labels = {"good"};
    CHECK(codes(left, right) == Codes{"routine-changed", "trigger-changed", "type-changed"});
  }
  SUBCASE("the body of a trigger") {
    test::table_of(right, "orders").triggers[0].definition = test::expression("EXECUTE FUNCTION other()");
    CHECK(codes(left, right) == Codes{"trigger-changed"});
  }
  SUBCASE("the body of a trigger of another schema is not compared, and that is said") {
    CHECK_FALSE(mentions(compare_both_ways(left, right).not_compared, "triggers"));
    right.default_schema = right.schemas[0].name = "shop";
    test::table_of(right, "orders").triggers[0].definition = test::expression("EXECUTE FUNCTION other()");
    CHECK(mentions(compare_both_ways(left, right).not_compared, "definitions of triggers: 1"));
  }
  SUBCASE("an overload is another routine") {
    right.schemas[0].routines.push_back(routine);
    right.schemas[0].routines[1].parameters[0].type = "text";
    CHECK(codes(left, right) == Codes{"routine-extra"});
  }
}

TEST_CASE("compare survives catalogs that contradict themselves") {
  Shop shop;
  catalog::Table& orders = shop.ms("Orders");
  orders.primary_key->columns = {"Nowhere", ""};
  orders.unique_constraints = {test::key("", {}), test::key("", {})};
  orders.foreign_keys = {test::foreign_key("", {"a", "b"}, "", "", {"x"}), test::foreign_key("", {}, "", "", {})};
  orders.indexes = {test::index("", {}, ""), test::index("", {"", "Nowhere"}, "")};
  orders.checks = {test::check("", "", {"Nowhere"}), test::check("", "", {})};
  orders.columns.push_back(catalog::Column(orders.columns[0]));
  shop.sqlserver.schemas.push_back(catalog::Schema(shop.sqlserver.schemas[0]));
  const Comparison comparison = compare(shop.postgres, shop.sqlserver, {});
  CHECK(comparison.has_findings());
  CHECK(compare(shop.sqlserver, shop.sqlserver, {}).differences.empty());
}

TEST_CASE("docs/differences.md has a section for every code, with its severity, and for no other") {
  const char* source = std::getenv("PARIPASSU_SOURCE_DIR");
  REQUIRE_MESSAGE(source != nullptr, "PARIPASSU_SOURCE_DIR must name the source tree; CTest sets it");
  std::ifstream in(std::string(source) + "/docs/differences.md");
  REQUIRE(in.good());
  std::map<std::string, std::string> sections;
  std::string section;
  for (std::string line; std::getline(in, line);) {
    if (line.rfind("### ", 0) == 0) {
      section = line.substr(4);
      CHECK_MESSAGE(sections.emplace(section, "").second, section, " has two sections");
    } else if (!section.empty() && sections[section].empty() && line.rfind("Severity: ", 0) == 0) {
      sections[section] = line.substr(10);
    }
  }
  std::map<std::string, std::string> expected;
  for (const DifferenceCode& code : difference_codes()) expected.emplace(code.code, to_string(code.severity));
  CHECK(expected.size() == difference_codes().size());
  CHECK(sections == expected);
}

TEST_CASE("mirrored_code exchanges missing and extra, and names a code of the table") {
  std::set<std::string> known;
  for (const DifferenceCode& code : difference_codes()) known.emplace(code.code);
  for (const std::string& code : known) {
    CHECK(known.count(mirrored_code(code)) == 1);
    CHECK(mirrored_code(mirrored_code(code)) == code);
  }
  CHECK(mirrored_code("table-missing") == "table-extra");
}
