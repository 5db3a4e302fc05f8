#include <doctest/doctest.h>

#include "tests/unit/harness/parity/comparing.h"

using namespace paripassu;
using namespace paripassu::test;
using catalog::Catalog;
using catalog::Index;
using catalog::IndexColumn;
using catalog::TypeFamily;

namespace {

Index expression_index(std::string name, std::string printed, std::string method = "btree") {
  Index out = index(std::move(name), {""}, std::move(method));
  out.columns[0].expression = std::move(printed);
  return out;
}

Index filtered(Index out, std::string predicate) {
  out.predicate = expression(std::move(predicate));
  return out;
}

}  // namespace

TEST_CASE("compare: predicates of indexes are compared by what they mean") {
  Shop shop;
  Index& left = shop.pg("orders").indexes.emplace_back(index("open", {"quantity"}, "btree"));
  Index& right = shop.ms("Orders").indexes.emplace_back(index("IX_Open", {"Quantity"}, "nonclustered"));
  SUBCASE("written by another engine") {
    left.predicate =
        expression("((reference)::text = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[]))");
    right.predicate = expression("([Reference]='b' OR [Reference]='a')");
    CHECK(shop.compare() == Codes{});
  }
  SUBCASE("which differs") {
    left.predicate = expression("(quantity > 5)");
    right.predicate = expression("([Quantity]>(6))");
    const Difference difference = shop.only_difference();
    CHECK(difference.code == "index-changed");
    CHECK(difference.left == "(quantity) WHERE (quantity > 5)");
    CHECK(difference.left_side.name == "open");
    CHECK(difference.right_side.name == "IX_Open");
    CHECK_FALSE(difference.left_side.understood.empty());
    CHECK(difference.left_side.understood != difference.right_side.understood);
  }
  SUBCASE("one of two without a predicate") {
    left.predicate = expression("(quantity > 5)");
    CHECK(shop.only_difference().code == "index-changed");
  }
  SUBCASE("and not understood, never equal") {
    left.predicate = expression("(quantity > ALL (SELECT 1))");
    right.predicate = expression("([Quantity]>(5))");
    const Difference difference = shop.only_difference();
    CHECK(difference.code == "expression-not-understood");
    CHECK(difference.severity == Severity::warning);
    CHECK(difference.left_side.understood.empty());
    CHECK_FALSE(difference.right_side.understood.empty());
  }
  SUBCASE("without readers") {
    left.predicate = expression("(quantity > 5)");
    right.predicate = expression("([Quantity]>(5))");
    const Codes found = codes_of(compare(shop.postgres, shop.sqlserver, {}));
    CHECK(std::count(found.begin(), found.end(), "index-changed") == 0);
    CHECK(std::count(found.begin(), found.end(), "expression-not-understood") > 0);
  }
  SUBCASE("of indexes of one definition but for it, each with its own") {
    left = filtered(index("many", {"quantity"}, "btree"), "(quantity > 5)");
    right = filtered(index("IX_Few", {"Quantity"}, "nonclustered"), "([Quantity]<(5))");
    shop.pg("orders").indexes.push_back(filtered(index("few", {"quantity"}, "btree"), "(quantity < 5)"));
    shop.ms("Orders").indexes.push_back(filtered(index("IX_Many", {"Quantity"}, "nonclustered"), "([Quantity]>(5))"));
    CHECK(shop.compare() == Codes{});
  }
}

TEST_CASE("compare: within one engine equal predicates need not be understood, and others are compared by meaning") {
  Catalog left = shop_on_postgres();
  table_of(left, "orders").indexes[1].predicate = expression("(total > ALL (SELECT 1))");
  Catalog right = left;
  CHECK(codes(left, right) == Codes{});
  table_of(left, "orders").indexes[1].predicate = expression("(total > (0)::numeric)");
  table_of(right, "orders").indexes[1].predicate = expression("((0)::numeric < total)");
  CHECK(codes(left, right) == Codes{});
  table_of(right, "orders").indexes[1].predicate = expression("(total >= (0)::numeric)");
  CHECK(codes(left, right) == Codes{"index-changed"});
}

TEST_CASE("compare: an index of an expression against one of a column that is computed alike") {
  Shop shop;
  shop.pg("customers").indexes = {expression_index("customers_lower_idx", "lower((email)::text)")};
  catalog::Column lowered = column("EmailLower", text_type("nvarchar", 120, catalog::LengthUnit::utf16_units));
  lowered.computed = catalog::Computed{expression("(lower([Email]))"), true};
  shop.ms("Customers").columns.push_back(lowered);
  shop.ms("Customers").indexes = {index("IX_Lower", {"EmailLower"}, "nonclustered")};
  SUBCASE("is the same index; the column is extra") {
    CHECK(shop.compare() == Codes{"column-extra"});
  }
  SUBCASE("which says something else, is another") {
    shop.ms("Customers").columns.back().computed->expression = expression("(upper([Email]))");
    CHECK(shop.compare() == Codes{"column-extra", "index-extra", "index-missing"});
  }
  SUBCASE("a column that is stored as given, is another") {
    shop.ms("Customers").columns.back().computed.reset();
    CHECK(shop.compare() == Codes{"column-extra", "index-extra", "index-missing"});
  }
}

TEST_CASE("compare: two computed columns that both sides have are two keys, even if computed alike") {
  Shop shop;
  for (Catalog* catalog : {&shop.postgres, &shop.sqlserver}) {
    const bool postgres = catalog == &shop.postgres;
    catalog::Table& orders = table_of(*catalog, postgres ? "orders" : "Orders");
    catalog::Column again = orders.columns[6];
    again.name = postgres ? "gross_again" : "GrossAgain";
    orders.columns.push_back(again);
  }
  shop.pg("orders").indexes.push_back(index("a", {"gross"}, "btree"));
  shop.ms("Orders").indexes.push_back(index("b", {"GrossAgain"}, "nonclustered"));
  CHECK(shop.compare() == Codes{"index-extra", "index-missing"});
}

TEST_CASE("compare: an index that another one of the other side covers is a note") {
  Shop shop;
  const auto expect_note = [&](const std::string& right) {
    const Difference difference = shop.only_difference();
    CHECK(difference.code == "index-covered");
    CHECK(difference.severity == Severity::note);
    CHECK(difference.right == right);
    CHECK(difference.left_side.name == "again");
    CHECK(difference.right_side.name.empty());
  };
  Index again = index("again", {"order_id"}, "btree");
  SUBCASE("by a primary key") {
    shop.pg("orders").indexes.push_back(again);
    expect_note("covered by PRIMARY KEY (OrderId)");
    CHECK(shop.only_difference().message ==
          "Index again of orders exists on PostgreSQL only; on Microsoft SQL Server, PRIMARY KEY (OrderId) begins with "
          "the same columns.");
  }
  SUBCASE("by the first columns of a primary key") {
    shop.pg("order_lines").indexes.push_back(again);
    expect_note("covered by PRIMARY KEY (OrderId, LineNo)");
  }
  SUBCASE("read from the other end") {
    again.columns[0].descending = true;
    shop.pg("order_lines").indexes.push_back(again);
    expect_note("covered by PRIMARY KEY (OrderId, LineNo)");
  }
  SUBCASE("by a unique constraint") {
    shop.pg("customers").indexes.push_back(index("again", {"full_name"}, "btree"));
    expect_note("covered by UNIQUE NULLS NOT DISTINCT (FullName)");
  }
  SUBCASE("by an index that includes what it includes") {
    shop.pg("orders").indexes.push_back(index("again", {"customer_id"}, "btree"));
    shop.pg("orders").indexes.back().included = {"placed_at"};
    expect_note("covered by index (CustomerId, PlacedAt DESC)");
  }
  SUBCASE("seen from the other side") {
    shop.ms("Orders").indexes.push_back(index("Again", {"OrderId"}, "nonclustered"));
    const Difference difference = shop.only_difference();
    CHECK(difference.code == "index-covered");
    CHECK(difference.left == "covered by PRIMARY KEY (order_id)");
    CHECK(difference.right == "(OrderId)");
  }
  SUBCASE("not when it is unique") {
    again.columns[0].column = "line_no";
    again.unique = true;
    shop.pg("order_lines").indexes.push_back(again);
    CHECK(shop.only_difference().code == "index-missing");
  }
  SUBCASE("not by columns further behind") {
    shop.pg("order_lines").indexes.push_back(index("again", {"line_no"}, "btree"));
    CHECK(shop.only_difference().code == "index-missing");
  }
  SUBCASE("not where it includes more") {
    shop.pg("orders").indexes.push_back(index("again", {"customer_id"}, "btree"));
    shop.pg("orders").indexes.back().included = {"reference"};
    CHECK(shop.only_difference().code == "index-missing");
  }
  SUBCASE("not where the directions of the keys cross") {
    shop.pg("orders").indexes.push_back(index("again", {"customer_id", "placed_at"}, "btree"));
    shop.pg("orders").indexes.back().included = {"total"};
    CHECK(shop.only_difference().code == "index-missing");
  }
  SUBCASE("not by another kind of index") {
    again.method = "gin";
    shop.pg("orders").indexes.push_back(again);
    CHECK(shop.only_difference().code == "index-missing");
  }
  SUBCASE("not by an index of some rows, unless of the same") {
    shop.pg("orders").indexes.push_back(filtered(index("again", {"quantity"}, "btree"), "(total > (1)::numeric)"));
    for (const bool same : {true, false}) {
      const auto wide = [&](std::vector<std::string> columns, std::string predicate) {
        return filtered(index("wide", std::move(columns), "btree"), std::move(predicate));
      };
      const std::string limit = same ? "1" : "2";
      shop.pg("orders").indexes.resize(3);
      shop.ms("Orders").indexes.resize(2);
      shop.pg("orders").indexes.push_back(wide({"quantity", "total"}, "(total > (" + limit + ")::numeric)"));
      shop.ms("Orders").indexes.push_back(wide({"Quantity", "Total"}, "([Total]>(" + limit + "))"));
      CHECK(shop.only_difference().code == (same ? "index-covered" : "index-missing"));
    }
  }
  SUBCASE("not by one that is disabled") {
    for (Catalog* catalog : {&shop.postgres, &shop.sqlserver}) {
      const bool postgres = catalog == &shop.postgres;
      Index wide = index(
          "wide",
          postgres ? std::vector<std::string>{"quantity", "total"} : std::vector<std::string>{"Quantity", "Total"},
          "btree");
      wide.valid = false;
      table_of(*catalog, postgres ? "orders" : "Orders").indexes.push_back(wide);
    }
    shop.pg("orders").indexes.push_back(index("again", {"quantity"}, "btree"));
    CHECK(shop.only_difference().code == "index-missing");
  }
}

TEST_CASE("compare: the place of NULLs is a note where it matters") {
  SUBCASE("within one engine, as soon as it differs") {
    Catalog left = shop_on_postgres();
    Catalog right = left;
    table_of(right, "orders").indexes[1].columns[0].nulls_first = true;
    const Comparison comparison = compare_both_ways(left, right);
    CHECK(codes_of(comparison) == Codes{"index-nulls"});
    CHECK(comparison.differences[0].severity == Severity::note);
    CHECK(comparison.differences[0].right == "(placed_at NULLS FIRST) INCLUDE (total)");
  }
  SUBCASE("across engines, where keys keep NULLs at different ends") {
    Shop shop;
    shop.pg("orders").indexes.push_back(index("i", {"reference", "gross"}, "btree"));
    shop.ms("Orders").indexes.push_back(index("I", {"Reference", "Gross"}, "nonclustered"));
    for (IndexColumn& item : shop.ms("Orders").indexes.back().columns) item.nulls_first = true;
    CHECK(shop.compare() == Codes{});
    shop.pg("orders").indexes.back().columns[1].nulls_first = true;
    const Difference difference = shop.only_difference();
    CHECK(difference.code == "index-nulls");
    CHECK(difference.left == "(reference NULLS LAST, gross NULLS FIRST)");
    shop.ms("Orders", "Gross").nullable = false;
    shop.pg("orders").columns[6].nullable = false;
    CHECK(shop.compare() == Codes{});
  }
}

TEST_CASE("compare: within one engine, another name that people gave is a note") {
  Catalog left = shop_on_postgres();
  Catalog right = left;
  SUBCASE("of an index") {
    table_of(right, "orders").indexes[0].name = "by_customer";
    const Comparison comparison = compare_both_ways(left, right);
    REQUIRE(codes_of(comparison) == Codes{"constraint-renamed"});
    CHECK(comparison.differences[0].left == "orders_customer_id_idx");
    CHECK(comparison.differences[0].right == "by_customer");
    CHECK(comparison.differences[0].right_side.name == "by_customer");
    CHECK_FALSE(comparison.has_findings());
  }
  SUBCASE("of a unique constraint, unless the server named it") {
    table_of(right, "customers").unique_constraints[0].name = "one_name";
    CHECK(codes(left, right) == Codes{"constraint-renamed"});
    table_of(right, "customers").unique_constraints[0].system_named = true;
    CHECK(codes(left, right) == Codes{});
  }
  SUBCASE("not one that matches under the matching of names") {
    table_of(right, "orders").indexes[0].name = "OrdersCustomerID_idx";
    CHECK(codes(left, right) == Codes{});
  }
}

TEST_CASE("compare: a unique constraint that is a disabled index on the other side is told") {
  Shop shop;
  shop.ms("Customers").unique_constraints.clear();
  Index unique = index("UX", {"FullName"}, "nonclustered");
  unique.unique = true;
  unique.valid = false;
  shop.ms("Customers").indexes = {unique};
  CHECK(shop.only_difference().code == "index-invalid");
}

TEST_CASE("compare: comments on keys and indexes") {
  Shop shop;
  shop.pg("customers").unique_constraints[0].comment = "one per name";
  shop.pg("orders").indexes[0].comment = "for the list of orders";
  CHECK(shop.compare() == Codes{"comment-missing", "comment-missing"});
  shop.ms("Customers").unique_constraints[0].comment = "one per name\r\n";
  shop.ms("Orders").indexes[0].comment = "for the list";
  CHECK(shop.only_difference().code == "comment-changed");
}

TEST_CASE("compare: within one engine another collation of a key is another index") {
  Catalog left = shop_on_postgres();
  table_of(left, "customers").indexes = {index("by_email", {"email"}, "btree")};
  Catalog right = left;
  table_of(right, "customers").indexes[0].columns[0].collation = "C";
  const Comparison comparison = compare_both_ways(left, right);
  REQUIRE(codes_of(comparison) == Codes{"index-changed"});
  CHECK(comparison.differences[0].left == "(email)");
  CHECK(comparison.differences[0].right == "(email COLLATE C)");
  table_of(left, "customers").indexes[0].columns[0].collation = "C";
  CHECK(codes(left, right) == Codes{});
}

TEST_CASE("compare: an exclusion constraint is told in its own words") {
  Shop shop;
  shop.pg("orders").indexes.push_back(index("no_overlap", {"order_id", "quantity"}, "gist exclusion"));
  CHECK(shop.only_difference().left == "EXCLUDE (order_id, quantity) USING gist");
}
