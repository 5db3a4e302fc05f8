#include <doctest/doctest.h>

#include "tests/support/random_catalog.h"
#include "tests/unit/harness/parity/comparing.h"

using namespace paripassu;
using namespace paripassu::test;
using catalog::Catalog;
using catalog::LengthUnit;
using catalog::Sequence;
using catalog::TypeFamily;
using catalog::View;

namespace {

View& pg_view(Shop& shop) {
  return shop.postgres.schemas[0].views[0];
}
View& ms_view(Shop& shop) {
  return shop.sqlserver.schemas[0].views[0];
}

catalog::Trigger trigger(std::string name, std::string timing, std::vector<std::string> events) {
  catalog::Trigger out;
  out.name = std::move(name);
  out.timing = std::move(timing);
  out.events = std::move(events);
  return out;
}

catalog::Index unique_index(std::string name, std::string column_name, std::string method) {
  catalog::Index out = index(std::move(name), {std::move(column_name)}, std::move(method));
  out.unique = true;
  return out;
}

}  // namespace

TEST_CASE("compare: any catalog equals itself, whatever its names and texts") {
  RandomCatalogOptions hostile;
  hostile.rare_probability = 0.5;
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    CAPTURE(seed);
    const Catalog catalog = random_catalog(seed, hostile);
    const Catalog copy = catalog;
    ComparisonOptions options;
    options.engines = &reading_engines();
    options.compare_column_order = true;
    options.compare_enum_order = true;
    for (const NameMatching names : {NameMatching::exact, NameMatching::ignore_case, NameMatching::fold}) {
      options.names = names;
      CHECK(codes_of(compare(catalog, copy, options)) == Codes{});
    }
  }
}

TEST_CASE("compare: exchanging any two catalogs exchanges the sides of what is found") {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    CAPTURE(seed);
    const Catalog left = random_catalog(seed);
    const Catalog right = random_catalog(seed + 1000);
    ComparisonOptions options;
    options.engines = &reading_engines();
    const Comparison forward = compare(left, right, options);
    const Comparison backward = compare(right, left, options);
    CHECK(facts_of(forward, false) == facts_of(backward, true));
    CHECK(sides_of(forward, false) == sides_of(backward, true));
    CHECK(compare(left, right, options) == forward);
  }
}

TEST_CASE("compare: output columns of views are compared by name and type") {
  Shop shop;
  SUBCASE("of another type") {
    ms_view(shop).columns[1].type = text_type("nvarchar", 10, LengthUnit::utf16_units);
    const Difference difference = shop.only_difference();
    CHECK(difference.code == "view-columns");
    CHECK(difference.left == "(order_id integer, customer_id integer)");
    CHECK(difference.right == "(OrderId int, CustomerId nvarchar(10))");
  }
  SUBCASE("which an engine works out without limits") {
    pg_view(shop).columns.push_back(column("total", simple_type(TypeFamily::decimal, "numeric")));
    ms_view(shop).columns.push_back(column("Total", decimal_type("decimal", 38, 2)));
    pg_view(shop).columns.push_back(column("label", text_type("text", 0, LengthUnit::none)));
    ms_view(shop).columns.push_back(column("Label", text_type("nvarchar", 90, LengthUnit::utf16_units)));
    CHECK(shop.compare() == Codes{});
  }
  SUBCASE("which an engine counts in another width") {
    pg_view(shop).columns.push_back(column("lines", integer_type("bigint", 64)));
    ms_view(shop).columns.push_back(column("Lines", integer_type("int", 32)));
    CHECK(shop.compare() == Codes{});
    Shop other = shop;
    ms_view(other).columns.back().type = integer_type("bigint", 64);
    CHECK(codes(shop.sqlserver, other.sqlserver) == Codes{"view-columns"});
  }
  SUBCASE("that the team declared equivalent") {
    ms_view(shop).columns[1].type = text_type("nvarchar", 10, LengthUnit::utf16_units);
    ComparisonOptions options;
    options.equivalent_types = {{{{"postgres", "integer"}, {"sqlserver", "nvarchar(10)"}}, ""}};
    CHECK(shop.compare(options) == Codes{});
  }
  SUBCASE("and their nullability is not, since engines guess it") {
    ms_view(shop).columns[1].nullable = false;
    CHECK(shop.compare() == Codes{});
  }
}

TEST_CASE("compare: within one engine, definitions of views are compared but for comments and blanks") {
  Catalog left = shop_on_sqlserver();
  left.schemas[0].views[0].definition = expression("CREATE VIEW dbo.OpenOrders AS\r\nSELECT 1 AS a -- one\r\n");
  Catalog right = left;
  right.schemas[0].views[0].definition = expression("CREATE VIEW dbo.OpenOrders AS SELECT 1 AS a");
  CHECK(codes(left, right) == Codes{});
  right.schemas[0].views[0].definition = expression("CREATE VIEW dbo.OpenOrders AS SELECT 2 AS a");
  const Comparison comparison = compare_both_ways(left, right);
  CHECK(codes_of(comparison) == Codes{"view-changed"});
  CHECK_FALSE(mentions(comparison.not_compared, "views"));
  right.schemas[0].views[0].definition = catalog::Expression{"", true};
  const Comparison hidden = compare_both_ways(left, right);
  CHECK(codes_of(hidden) == Codes{});
  CHECK(hidden.unknown.size() == 1);
}

TEST_CASE("compare: views that are materialized on both engines are refreshed in other ways") {
  Shop shop;
  pg_view(shop).materialized = ms_view(shop).materialized = true;
  const Difference difference = shop.only_difference();
  CHECK(difference.code == "view-materialized");
  CHECK(difference.severity == Severity::note);
  Catalog same = shop.postgres;
  CHECK(codes(shop.postgres, same) == Codes{});
}

TEST_CASE("compare: indexes, triggers and comments of views are compared like those of tables") {
  Shop shop;
  SUBCASE("an index") {
    pg_view(shop).materialized = ms_view(shop).materialized = true;
    pg_view(shop).indexes = {unique_index("u", "order_id", "btree")};
    ms_view(shop).indexes = {unique_index("U", "OrderId", "clustered")};
    CHECK(shop.compare() == Codes{"view-materialized"});
    pg_view(shop).indexes.clear();
    CHECK(shop.compare() == Codes{"index-extra", "view-materialized"});
  }
  SUBCASE("the index that makes a view materialized is told with it") {
    ms_view(shop).materialized = true;
    ms_view(shop).indexes = {unique_index("U", "OrderId", "clustered")};
    CHECK(shop.compare() == Codes{"view-materialized"});
  }
  SUBCASE("a trigger") {
    pg_view(shop).triggers = {trigger("open_orders_insert", "instead of", {"insert"})};
    const Difference difference = shop.only_difference();
    CHECK(difference.code == "trigger-missing");
    CHECK(difference.table == "open_orders");
    ms_view(shop).triggers = {trigger("TR_OpenOrders", "instead of", {"insert"})};
    CHECK(shop.compare() == Codes{});
  }
  SUBCASE("comments") {
    pg_view(shop).comment = "what is to do";
    pg_view(shop).columns[0].comment = "the order";
    CHECK(shop.compare() == Codes{"comment-missing", "comment-missing"});
  }
}

TEST_CASE("compare: sequences by what they give") {
  Shop shop;
  Sequence& left = shop.postgres.schemas[0].sequences[1];
  Sequence& right = shop.sqlserver.schemas[0].sequences[0];
  REQUIRE(left.owned_by.empty());
  left.options = {"1", "1", "1", "9223372036854775807", false, "1"};
  right.type = integer_type("bigint", 64);
  right.options = {"1", "1", "-9223372036854775808", "9223372036854775807", false, std::nullopt};
  SUBCASE("a limit that is never reached does not count across engines") {
    CHECK(shop.compare() == Codes{});
    right.options.cycle = left.options.cycle = true;
    CHECK(shop.only_difference().code == "sequence-changed");
  }
  SUBCASE("it does within one engine") {
    Catalog other = shop.postgres;
    other.schemas[0].sequences[1].options.minimum = "0";
    CHECK(codes(shop.postgres, other) == Codes{"sequence-changed"});
  }
  SUBCASE("the limit of one that descends is the least value") {
    left.options.increment = right.options.increment = "-1";
    CHECK(shop.compare() == Codes{"sequence-changed"});
    right.options.minimum = "1";
    right.options.maximum = "7";
    CHECK(shop.compare() == Codes{});
  }
  SUBCASE("start, increment, type and cycle, all in one finding") {
    right.options.start = "1000";
    right.options.increment = "10";
    right.options.cycle = true;
    right.options.minimum = "1";
    right.type = integer_type("int", 32);
    const Difference difference = shop.only_difference();
    CHECK(difference.code == "sequence-changed");
    CHECK(difference.left == "type bigint, start 1, increment 1, cycle no");
    CHECK(difference.right == "type int, start 1000, increment 10, cycle yes");
  }
  SUBCASE("what one side does not know is not compared") {
    right.options = {};
    CHECK(shop.compare() == Codes{});
  }
}

TEST_CASE("compare: triggers across engines pair by name, else by when they run") {
  Shop shop;
  auto& left = shop.pg("orders").triggers;
  auto& right = shop.ms("Orders").triggers;
  left = {trigger("stamp_orders", "after", {"insert", "update"})};
  left[0].row_level = true;
  left[0].calls = "stamp()";
  SUBCASE("of one name") {
    right = {trigger("StampOrders", "after", {"insert", "update"})};
    CHECK(shop.compare() == Codes{});
    right[0].events = {"insert"};
    const Difference difference = shop.only_difference();
    CHECK(difference.code == "trigger-changed");
    CHECK(difference.left == "after insert or update");
    CHECK(difference.right == "after insert");
  }
  SUBCASE("of one name, before and after") {
    left[0].timing = "before";
    right = {trigger("StampOrders", "after", {"insert", "update"})};
    const Difference difference = shop.only_difference();
    CHECK(difference.code == "trigger-changed");
    CHECK(difference.severity == Severity::note);
    CHECK(difference.message.ends_with(" has no BEFORE."));
    // The other way round there is a nearer one.
    left[0].timing = "after";
    right[0].timing = "instead of";
    CHECK(shop.only_difference().severity == Severity::error);
    left[0].timing = "before";
    right[0].timing = "after";
    right[0].events = {"insert"};
    CHECK(shop.only_difference().severity == Severity::error);
  }
  SUBCASE("of other names") {
    right = {trigger("TR_Delete", "after", {"delete"}), trigger("TR_Stamp", "after", {"insert", "update"})};
    CHECK(shop.compare() == Codes{"trigger-extra"});
  }
  SUBCASE("of other names, before and instead of") {
    left[0].timing = "before";
    right = {trigger("TR", "instead of", {"insert", "update"})};
    CHECK(shop.compare() == Codes{"trigger-changed"});
    right[0].timing = "after";
    CHECK(shop.compare() == Codes{"trigger-extra", "trigger-missing"});
  }
  SUBCASE("disabled") {
    right = {trigger("TR", "after", {"insert", "update"})};
    right[0].enabled = false;
    CHECK(shop.only_difference().right == "after insert or update DISABLED");
  }
}

TEST_CASE("compare: synonyms by name and target") {
  Shop shop;
  shop.sqlserver.schemas[0].synonyms = {{"Clients", "dbo.Customers", std::nullopt}};
  const Difference difference = shop.only_difference();
  CHECK(difference.code == "synonym-extra");
  CHECK(difference.kind == "synonym");
  CHECK(difference.right == "synonym for dbo.Customers");
  Catalog other = shop.sqlserver;
  CHECK(codes(shop.sqlserver, other) == Codes{});
  other.schemas[0].synonyms[0].target = "archive.dbo.Customers";
  const Comparison comparison = compare_both_ways(shop.sqlserver, other);
  REQUIRE(codes_of(comparison) == Codes{"synonym-changed"});
  CHECK(comparison.differences[0].left == "dbo.Customers");
  CHECK(comparison.differences[0].right == "archive.dbo.Customers");
}

TEST_CASE("compare: a synonym that is not seen may only be hidden") {
  Shop shop;
  Catalog other = shop.sqlserver;
  shop.sqlserver.schemas[0].synonyms = {{"Clients", "dbo.Customers", std::nullopt}};
  other.unknown = {{"*", std::string(catalog::kUnknownObjects), "no VIEW DEFINITION"}};
  const Comparison comparison = compare_both_ways(shop.sqlserver, other);
  CHECK(codes_of(comparison) == Codes{});
  CHECK(comparison.unknown.size() == 2);
}

TEST_CASE("compare: the collation of the database is a finding within one engine, told once") {
  Shop shop;
  shop.sqlserver.collation = "Latin1_General_CI_AS";
  shop.sqlserver.collation_meaning = catalog::CollationMeaning{false, true};
  Catalog other = shop.sqlserver;
  CHECK(codes(shop.sqlserver, other) == Codes{});
  other.collation = "Latin1_General_CS_AS";
  other.collation_meaning = catalog::CollationMeaning{true, true};
  Comparison comparison = compare_both_ways(shop.sqlserver, other);
  REQUIRE(codes_of(comparison) == Codes{"database-collation"});
  CHECK(comparison.differences[0].severity == Severity::warning);
  CHECK(comparison.differences[0].object() == "collation");
  CHECK(comparison.differences[0].left == "case-insensitive, accent-sensitive (Latin1_General_CI_AS)");
  CHECK(comparison.settings.empty());

  // A column that states the other database's collation is as it is there.
  catalog::Column& name = shop.ms("Customers", "Email");
  name.collation = "Latin1_General_CS_AS";
  name.collation_meaning = catalog::CollationMeaning{true, true};
  CHECK(codes(shop.sqlserver, other) == Codes{"database-collation"});
  name.collation = "Greek_CS_AS";
  CHECK(codes(shop.sqlserver, other) == Codes{"column-collation", "database-collation"});
}

TEST_CASE("compare: the collations of two engines' databases are a setting") {
  Shop shop;
  shop.postgres.collation_meaning = catalog::CollationMeaning{true, true};
  shop.sqlserver.collation_meaning = catalog::CollationMeaning{false, true};
  const Comparison comparison = compare_both_ways(shop.postgres, shop.sqlserver);
  CHECK(codes_of(comparison) == Codes{});
  CHECK(comparison.settings.size() == 1);
}

TEST_CASE("compare: a function that gives a truth is a condition as it is, or compared with 1") {
  Shop shop;
  const auto function = [](std::string returns) {
    catalog::Routine routine;
    routine.name = "is_open";
    routine.kind = "function";
    routine.parameters = {{"x", "int", false}};
    routine.returns = std::move(returns);
    return routine;
  };
  shop.postgres.schemas[0].routines = {function("boolean")};
  shop.sqlserver.schemas[0].routines = {function("bit")};
  shop.pg("orders").checks = {test::check("ck", "public.is_open(id)", {"id"})};
  shop.ms("Orders").checks = {test::check("ck", "([dbo].[IS_OPEN]([Id])=(1))", {"Id"})};
  CHECK(shop.compare() == Codes{});
  shop.pg("orders").checks[0].expression.printed = "(NOT public.is_open(id))";
  CHECK(shop.compare() == Codes{"check-changed"});
  shop.ms("Orders").checks[0].expression.printed = "([dbo].[is_open]([Id])=(0))";
  CHECK(shop.compare() == Codes{});
  // Where it gives a number, 1 is only one of them.
  shop.sqlserver.schemas[0].routines = {function("int")};
  const Codes found = shop.compare();
  CHECK(std::count(found.begin(), found.end(), "check-changed") == 1);
  // One overload that gives a number is enough.
  shop.sqlserver.schemas[0].routines = {function("bit"), function("int")};
  const Codes overloaded = shop.compare();
  CHECK(std::count(overloaded.begin(), overloaded.end(), "check-changed") == 1);
}
