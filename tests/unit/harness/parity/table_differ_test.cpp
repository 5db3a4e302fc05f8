#include <doctest/doctest.h>

#include "tests/unit/harness/parity/comparing.h"

using namespace paripassu;
using namespace paripassu::test;
using catalog::Catalog;
using catalog::Policy;

TEST_CASE("compare: the rows of a partition, within one engine") {
  Shop shop;
  shop.pg("orders").partition_of = "all_orders";
  shop.pg("orders").partition_bound = "FOR VALUES FROM (1) TO (9)";
  Catalog other = shop.postgres;
  CHECK(codes(shop.postgres, other) == Codes{});
  table_of(other, "orders").partition_bound = "FOR VALUES FROM (1) TO (8)";
  CHECK(codes(shop.postgres, other) == Codes{"partitioning"});
}

TEST_CASE("compare: a key whose index is disabled") {
  Shop shop;
  Catalog other = shop.postgres;
  table_of(other, "customers").primary_key->enforced = false;
  table_of(other, "customers").unique_constraints.front().enforced = false;
  CHECK(codes(shop.postgres, other) == Codes{"index-invalid", "index-invalid"});
}

TEST_CASE("compare: properties of tables, each by its own code") {
  Shop shop;
  SUBCASE("partitioning") {
    shop.pg("orders").partition_key = "RANGE (placed_at)";
    const Difference difference = shop.only_difference();
    CHECK(difference.code == "partitioning");
    CHECK(difference.left == "partitioned by RANGE (placed_at)");
    CHECK(difference.right == "not partitioned");
    shop.ms("Orders").partition_key = "by_year (PlacedAt)";
    CHECK(shop.compare() == Codes{});
    Catalog other = shop.postgres;
    table_of(other, "orders").partition_key = "LIST (placed_at)";
    CHECK(codes(shop.postgres, other) == Codes{"partitioning"});
  }
  SUBCASE("row-security") {
    shop.pg("orders").row_security = true;
    CHECK(shop.only_difference().code == "row-security");
    CHECK(shop.only_difference().severity == Severity::warning);
  }
  SUBCASE("table-unlogged") {
    shop.pg("orders").persistent = false;
    CHECK(shop.only_difference().code == "table-unlogged");
    CHECK(shop.only_difference().left == "unlogged");
  }
}

TEST_CASE("compare: policies by presence across engines, by content within one") {
  Shop shop;
  shop.pg("orders").policies = {{"own_rows", "select", "USING (true)"}};
  const Difference difference = shop.only_difference();
  CHECK(difference.code == "policy-changed");
  CHECK(difference.left == "(own_rows)");
  CHECK(difference.right == "none");
  shop.ms("Orders").policies = {{"Filter", "filter", "dbo.f"}, {"Block", "block", "dbo.g"}};
  CHECK(shop.compare() == Codes{});

  Catalog other = shop.postgres;
  SUBCASE("changed") {
    table_of(other, "orders").policies[0].definition = "USING (false)";
    CHECK(codes(shop.postgres, other) == Codes{"policy-changed"});
  }
  SUBCASE("missing") {
    table_of(other, "orders").policies.clear();
    const Comparison comparison = compare_both_ways(shop.postgres, other);
    REQUIRE(codes_of(comparison) == Codes{"policy-changed"});
    CHECK(comparison.differences[0].left == "for select USING (true)");
    CHECK(comparison.differences[0].right.empty());
  }
}

TEST_CASE("compare: grants by presence across engines, one by one within one") {
  Shop shop;
  shop.pg("orders").grants = {"reader: SELECT", "writer: INSERT"};
  CHECK(shop.only_difference().code == "grants");
  CHECK(shop.only_difference().left == "reader: SELECT, writer: INSERT");
  CHECK(shop.only_difference().right == "none");
  shop.ms("Orders").grants = {"public: SELECT"};
  CHECK(shop.compare() == Codes{});

  Catalog other = shop.postgres;
  std::reverse(table_of(other, "orders").grants.begin(), table_of(other, "orders").grants.end());
  CHECK(codes(shop.postgres, other) == Codes{});
  table_of(other, "orders").grants = {"reader: SELECT", "reader: UPDATE"};
  const Comparison comparison = compare_both_ways(shop.postgres, other);
  REQUIRE(codes_of(comparison) == Codes{"grants"});
  CHECK(comparison.differences[0].left == "writer: INSERT");
  CHECK(comparison.differences[0].right == "reader: UPDATE");
}

TEST_CASE("compare: comments count, but not the blanks at their end nor the kind of their line ends") {
  Shop shop;
  SUBCASE("of a table") {
    shop.ms("Customers").comment.reset();
    const Difference difference = shop.only_difference();
    CHECK(difference.code == "comment-missing");
    CHECK(difference.severity == Severity::note);
    CHECK(difference.kind == "table");
    CHECK(difference.left == "who buys");
    CHECK(difference.message == "The comment of table customers exists on PostgreSQL only.");
    CHECK(difference.right_side.name == "Customers");
  }
  SUBCASE("blanks and line ends") {
    shop.pg("customers").comment = "who\nbuys";
    shop.ms("Customers").comment = "who\r\nbuys \t\r\n";
    CHECK(shop.compare() == Codes{});
    shop.ms("Customers").comment = "who buys";
    CHECK(shop.compare() == Codes{"comment-changed"});
  }
  SUBCASE("an empty one is none") {
    shop.pg("orders").comment = "";
    shop.ms("Orders").comment = " \r\n";
    CHECK(shop.compare() == Codes{});
    shop.ms("Orders").comment.reset();
    CHECK(shop.compare() == Codes{});
  }
  SUBCASE("of a schema") {
    shop.sqlserver.schemas[0].comment = "the shop";
    CHECK(shop.only_difference().code == "comment-extra");
    CHECK(shop.only_difference().kind == "schema");
  }
  SUBCASE("of a table that may not be hidden, although tables may be") {
    shop.sqlserver.unknown = {{"*", std::string(catalog::kUnknownObjects), "no VIEW DEFINITION"}};
    shop.ms("Customers").comment.reset();
    CHECK(shop.compare() == Codes{"comment-missing"});
  }
}

TEST_CASE("compare: row-level security that is forced on the owner too, within one engine") {
  Shop shop;
  shop.pg("orders").row_security_forced = true;  // says nothing as long as there is none
  Catalog other = shop.postgres;
  table_of(other, "orders").row_security_forced = false;
  CHECK(codes(shop.postgres, other) == Codes{});
  shop.pg("orders").row_security = table_of(other, "orders").row_security = true;
  const Comparison comparison = compare_both_ways(shop.postgres, other);
  REQUIRE(codes_of(comparison) == Codes{"row-security"});
  CHECK(comparison.differences[0].left == "on, for the owner as well");
  CHECK(comparison.differences[0].right == "on");
  shop.ms("Orders").row_security = true;
  CHECK(shop.compare() == Codes{});
}

TEST_CASE("compare: whom a policy is for, within one engine") {
  Shop shop;
  shop.pg("orders").policies = {{"own_rows", "select", "USING (true)", {"reader"}}};
  Catalog other = shop.postgres;
  CHECK(codes(shop.postgres, other) == Codes{});
  table_of(other, "orders").policies[0].roles = {"reader", "writer"};
  const Comparison comparison = compare_both_ways(shop.postgres, other);
  REQUIRE(codes_of(comparison) == Codes{"policy-changed"});
  CHECK(comparison.differences[0].left == "for select to reader USING (true)");
  CHECK(comparison.differences[0].right == "for select to reader, writer USING (true)");
}

TEST_CASE("compare: the tables that a table inherits from") {
  Shop shop;
  shop.pg("orders").inherits = {"public.customers"};
  const Difference difference = shop.only_difference();
  CHECK(difference.code == "table-inherits");
  CHECK(difference.severity == Severity::error);
  CHECK(difference.left == "(public.customers)");
  CHECK(difference.right == "nothing");
  Catalog other = shop.postgres;
  SUBCASE("another one") {
    table_of(other, "orders").inherits = {"public.order_items"};
    CHECK(codes(shop.postgres, other) == Codes{"table-inherits"});
  }
  SUBCASE("in another order") {
    shop.pg("orders").inherits = {"public.customers", "elsewhere.x.y"};
    table_of(other, "orders").inherits = {"elsewhere.x.y", "public.customers"};
    CHECK(codes(shop.postgres, other) == Codes{});
  }
  SUBCASE("the same under another name") {
    catalog::Table& parent = table_of(other, "customers");
    parent.name = "clients";
    for (catalog::Table& table : other.schemas[0].tables) {
      for (catalog::ForeignKey& key : table.foreign_keys) {
        if (key.referenced_table == "customers") key.referenced_table = "clients";
      }
    }
    table_of(other, "orders").inherits = {"public.clients"};
    CHECK(codes(shop.postgres, other) == Codes{"table-renamed"});
  }
}

TEST_CASE("compare: old versions of rows by presence, wherever they are kept") {
  Shop shop;
  shop.ms("Orders").history_table = "dbo.old_orders";
  const Difference difference = shop.only_difference();
  CHECK(difference.code == "table-history");
  CHECK(difference.severity == Severity::warning);
  CHECK(difference.left == "not kept");
  CHECK(difference.right == "kept in dbo.old_orders");
  Catalog other = shop.sqlserver;
  table_of(other, "Orders").history_table = "generated";
  CHECK(codes(shop.sqlserver, other) == Codes{});
}

TEST_CASE("compare: keys and indexes that leave duplicates out instead of refusing them") {
  Shop shop;
  shop.ms("Customers").primary_key->ignores_duplicates = true;
  shop.ms("Customers").unique_constraints.front().ignores_duplicates = true;
  const Comparison comparison = compare_both_ways(shop.postgres, shop.sqlserver);
  REQUIRE(codes_of(comparison) == Codes{"duplicates-ignored", "duplicates-ignored"});
  CHECK(comparison.differences[0].severity == Severity::error);
  CHECK(comparison.differences[0].left == "refused");
  CHECK(comparison.differences[0].right == "left out without an error");
  Catalog other = shop.sqlserver;
  CHECK(codes(shop.sqlserver, other) == Codes{});
  // A unique index on either side, or on both.
  catalog::Table& customers = table_of(other, "Customers");
  catalog::Index index;
  index.name = "ux";
  index.unique = index.nulls_not_distinct = true;
  index.method = "btree";
  for (const std::string& column : customers.unique_constraints.front().columns) {
    index.columns.push_back({column, "", false, true, "", ""});
  }
  customers.unique_constraints.clear();
  customers.indexes = {index};
  Codes found = codes(shop.sqlserver, other);
  CHECK(std::count(found.begin(), found.end(), "duplicates-ignored") == 1);
  Catalog third = other;
  table_of(third, "Customers").indexes[0].ignores_duplicates = true;
  CHECK(codes(other, third) == Codes{"duplicates-ignored"});
}

TEST_CASE("compare: a check that child tables do not inherit, within one engine") {
  Shop shop;
  shop.pg("orders").checks = {test::check("ck", "(id > 0)", {"id"})};
  Catalog other = shop.postgres;
  table_of(other, "orders").checks[0].no_inherit = true;
  const Comparison comparison = compare_both_ways(shop.postgres, other);
  REQUIRE(codes_of(comparison) == Codes{"check-changed"});
  CHECK(comparison.differences[0].left == "inherited");
  CHECK(comparison.differences[0].right == "not inherited");
  shop.ms("Orders").checks = {test::check("ck", "([id]>(0))", {"Id"})};
  shop.pg("orders").checks[0].no_inherit = true;
  CHECK(shop.compare() == Codes{});
}

TEST_CASE("compare: rules by name within one engine, and apart from triggers of that name") {
  Shop shop;
  catalog::Trigger rule;
  rule.rule = true;
  rule.name = "keep";
  rule.timing = "instead of";
  rule.events = {"delete"};
  rule.definition.printed = "CREATE RULE keep AS ON DELETE TO orders DO INSTEAD NOTHING";
  shop.pg("orders").triggers = {rule};
  Catalog other = shop.postgres;
  SUBCASE("the same") {
    CHECK(codes(shop.postgres, other) == Codes{});
  }
  SUBCASE("gone") {
    table_of(other, "orders").triggers.clear();
    const Comparison comparison = compare_both_ways(shop.postgres, other);
    REQUIRE(codes_of(comparison) == Codes{"trigger-missing"});
    CHECK(comparison.differences[0].kind == "rule");
    CHECK(comparison.differences[0].left == "rule instead of delete");
  }
  SUBCASE("another") {
    table_of(other, "orders").triggers[0].definition.printed += " WHERE (old.id > 0)";
    const Comparison comparison = compare_both_ways(shop.postgres, other);
    REQUIRE(codes_of(comparison) == Codes{"trigger-changed"});
    CHECK(comparison.differences[0].kind == "rule");
  }
  SUBCASE("a trigger instead") {
    table_of(other, "orders").triggers[0].rule = false;
    CHECK(codes(shop.postgres, other) == Codes{"trigger-extra", "trigger-missing"});
  }
  SUBCASE("of two engines") {
    CHECK(shop.compare() == Codes{"trigger-missing"});
    // A trigger that runs instead of the statement is the nearest that there is.
    rule.rule = false;
    shop.ms("Orders").triggers = {rule};
    CHECK(shop.compare() == Codes{});
  }
}
