#include <doctest/doctest.h>

#include "tests/unit/harness/parity/comparing.h"

using namespace paripassu;
using namespace paripassu::test;
using catalog::Catalog;
using catalog::LengthUnit;
using catalog::Table;

TEST_CASE("compare: a missing and an extra column that match in all but the name are one that was renamed") {
  Shop shop;
  SUBCASE("whatever names it") {
    Table& orders = shop.ms("Orders");
    orders.columns[4].name = "Amount";
    orders.checks[0].columns = {"Amount"};
    orders.checks[0].expression = expression("([Amount]>(0))");
    orders.indexes.push_back(index("IX", {"Amount"}, "nonclustered"));
    shop.pg("orders").indexes.push_back(index("ix", {"quantity"}, "btree"));
    const Comparison comparison = compare_both_ways(shop.postgres, shop.sqlserver);
    REQUIRE(codes_of(comparison) == Codes{"column-renamed"});
    const Difference& difference = comparison.differences[0];
    CHECK(difference.left == "quantity");
    CHECK(difference.right == "Amount");
    CHECK(difference.left_side.name == "quantity");
    CHECK(difference.right_side.name == "Amount");
    CHECK(difference.message ==
          "The name of column quantity of orders: quantity on PostgreSQL, Amount on Microsoft SQL Server.");
    CHECK(comparison.counts.columns == 15);
  }
  SUBCASE("what else differs is told as of any column") {
    shop.ms("Customers").columns[2].name = "Mail";
    shop.ms("Customers").columns[2].comment = "work";
    CHECK(shop.compare() == Codes{"column-renamed", "comment-extra"});
  }
  SUBCASE("with its default") {
    shop.ms("Customers").columns[4].name = "Enabled";
    CHECK(shop.compare() == Codes{"column-renamed"});
    shop.ms("Customers").columns[4].default_value = expression("((0))");
    CHECK(shop.compare() == Codes{"column-extra", "column-missing"});
  }
  SUBCASE("with its computation") {
    shop.ms("Orders").columns[6].name = "WithTax";
    CHECK(shop.compare() == Codes{"column-renamed"});
    shop.ms("Orders").columns[6].computed->expression = expression("([Total]*(1.3))");
    CHECK(shop.compare() == Codes{"column-extra", "column-missing"});
  }
  SUBCASE("of another type") {
    shop.ms("Customers").columns[3].name = "Remarks";
    shop.ms("Customers").columns[3].type = integer_type("int", 32);
    CHECK(shop.compare() == Codes{"column-extra", "column-missing"});
  }
  SUBCASE("of another nullability") {
    shop.ms("Customers").columns[3].name = "Remarks";
    shop.ms("Customers").columns[3].nullable = false;
    CHECK(shop.compare() == Codes{"column-extra", "column-missing"});
  }
  SUBCASE("two that match one are no suggestion") {
    shop.ms("Customers").columns[3].name = "Remarks";
    shop.ms("Customers").columns.push_back(catalog::Column(shop.ms("Customers").columns[3]));
    shop.ms("Customers").columns.back().name = "History";
    CHECK(shop.compare() == Codes{"column-extra", "column-extra", "column-missing"});
  }
  SUBCASE("names that match several ways are no suggestion") {
    shop.ms("Customers").columns[3].name = "Full_Name";
    shop.ms("Customers").columns[3].type = shop.ms("Customers").columns[1].type;
    shop.ms("Customers").columns[3].nullable = false;
    const Codes found = shop.compare();
    CHECK(std::count(found.begin(), found.end(), "name-ambiguous") == 1);
    CHECK(std::count(found.begin(), found.end(), "column-renamed") == 0);
  }
}

TEST_CASE("compare: columns that exchanged their names are not renamed") {
  Catalog left = shop_on_postgres();
  Catalog right = left;
  std::swap(table_of(right, "orders").columns[1].name, table_of(right, "orders").columns[4].name);
  CHECK(codes(left, right) == Codes{});
}

TEST_CASE("compare: a missing and an extra table of the same columns are one that was renamed, and are compared") {
  Shop shop;
  Table& lines = shop.ms("OrderLines");
  lines.name = "Items";
  SUBCASE("once") {
    const Comparison comparison = compare_both_ways(shop.postgres, shop.sqlserver);
    REQUIRE(codes_of(comparison) == Codes{"table-renamed"});
    CHECK(comparison.differences[0].object() == "order_lines");
    CHECK(comparison.differences[0].left_side == DifferenceSide{"public", "order_lines", "order_lines", "", "", 0});
    CHECK(comparison.differences[0].right_side == DifferenceSide{"dbo", "Items", "Items", "", "", 0});
    CHECK(comparison.counts.tables == 3);
    CHECK(comparison.counts.foreign_keys == 2);
  }
  SUBCASE("with what differs inside") {
    lines.primary_key.reset();
    CHECK(shop.compare() == Codes{"primary-key-missing", "table-renamed"});
  }
  SUBCASE("and foreign keys find it under its new name") {
    shop.pg("customers").foreign_keys = {foreign_key("f", {"customer_id"}, "public", "order_lines", {"order_id"})};
    shop.ms("Customers").foreign_keys = {foreign_key("F", {"CustomerId"}, "dbo", "Items", {"OrderId"})};
    CHECK(shop.compare() == Codes{"table-renamed"});
  }
  SUBCASE("not with another column") {
    lines.columns[2].name = "Sku";
    CHECK(shop.compare() == Codes{"table-extra", "table-missing"});
  }
  SUBCASE("not with a column of another type") {
    lines.columns[2].type = integer_type("int", 32);
    CHECK(shop.compare() == Codes{"table-extra", "table-missing"});
  }
  SUBCASE("not with one column only") {
    lines.columns.resize(1);
    shop.pg("order_lines").columns.resize(1);
    CHECK(shop.compare() == Codes{"table-extra", "table-missing"});
  }
  SUBCASE("not when there are two") {
    Table copy = lines;
    copy.name = "Parcels";
    shop.sqlserver.schemas[0].tables.push_back(copy);
    CHECK(shop.compare() == Codes{"table-extra", "table-extra", "table-missing"});
  }
  SUBCASE("not where tables may be hidden") {
    shop.sqlserver.unknown = {{"*", std::string(catalog::kUnknownObjects), "the user has no VIEW DEFINITION"}};
    CHECK(shop.compare() == Codes{"table-extra"});
  }
}

TEST_CASE("compare: more columns than could be tried are not guessed") {
  Catalog left = empty_postgres();
  Catalog right = empty_postgres();
  for (const bool on_left : {true, false}) {
    Table& table = add_table(on_left ? left : right, "wide", {});
    for (int i = 0; i < 100; ++i) {
      table.columns.push_back(column((on_left ? "l" : "r") + std::to_string(i),
                                     text_type("character varying", 10 + i, LengthUnit::characters)));
    }
  }
  const Codes found = codes(left, right);
  CHECK(found.size() == 200);
  CHECK(std::count(found.begin(), found.end(), "column-renamed") == 0);
}
