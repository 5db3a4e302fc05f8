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
