#include "harness/parity/differ.h"

#include <doctest/doctest.h>

#include "tests/unit/harness/parity/comparing.h"

using namespace paripassu;
using namespace paripassu::test;
using catalog::Catalog;
using catalog::LengthUnit;
using catalog::ReferentialAction;
using catalog::TypeFamily;

TEST_CASE("compare reports primary keys that are missing or of other columns") {
  Shop shop;
  SUBCASE("missing") {
    shop.ms("OrderLines").primary_key.reset();
    const Difference difference = shop.only_difference();
    CHECK(difference.code == "primary-key-missing");
    CHECK(difference.name == "order_lines_pkey");
  }
  SUBCASE("of the system's name, it is called by its definition") {
    shop.pg("order_lines").primary_key->system_named = true;
    shop.ms("OrderLines").primary_key.reset();
    CHECK(shop.only_difference().name == "PRIMARY KEY (order_id, line_no)");
  }
  SUBCASE("columns in another order") {
    std::reverse(shop.ms("OrderLines").primary_key->columns.begin(), shop.ms("OrderLines").primary_key->columns.end());
    CHECK(shop.only_difference().code == "primary-key-columns");
  }
  SUBCASE("deferrable is a note") {
    shop.pg("orders").primary_key->deferrable = true;
    CHECK(shop.only_difference().code == "key-deferrable");
    CHECK_FALSE(compare_both_ways(shop.postgres, shop.sqlserver).has_findings());
  }
}

TEST_CASE("compare: names of constraints and indexes never matter by themselves") {
  Shop shop;
  shop.ms("Customers").unique_constraints[0].name = "anything";
  shop.ms("Orders").foreign_keys[0].name = "orders_total_check";
  shop.ms("Orders").indexes[0].name = "";
  shop.ms("Orders").primary_key->name = "x";
  CHECK(shop.compare() == Codes{});
}

TEST_CASE("compare reports unique constraints") {
  Shop shop;
  SUBCASE("missing") {
    shop.ms("Customers").unique_constraints.clear();
    const Difference difference = shop.only_difference();
    CHECK(difference.code == "unique-missing");
    CHECK(difference.left == "UNIQUE (full_name)");
  }
  SUBCASE("other columns under other names are two findings") {
    shop.ms("Customers").unique_constraints[0].columns = {"Email"};
    CHECK(shop.compare() == Codes{"unique-extra", "unique-missing"});
  }
  SUBCASE("other columns under the same name are one") {
    shop.ms("Customers").unique_constraints[0] = test::key("CustomersFullNameKey", {"Email"});
    CHECK(shop.only_difference().code == "unique-columns");
  }
}

TEST_CASE("compare: a unique index without predicate stands for a unique constraint") {
  Shop shop;
  shop.ms("Customers").unique_constraints.clear();
  catalog::Index index = test::index("UX", {"FullName"}, "nonclustered");
  index.unique = true;
  index.nulls_not_distinct = true;
  shop.ms("Customers").indexes = {index};
  CHECK(shop.compare() == Codes{});
  SUBCASE("but not when it includes more columns or some rows only") {
    shop.ms("Customers").indexes[0].included = {"Email"};
    CHECK(shop.compare() == Codes{"index-extra", "unique-missing"});
    shop.ms("Customers").indexes[0].included.clear();
    shop.ms("Customers").indexes[0].predicate = test::expression("([IsActive]=(1))");
    CHECK(shop.compare() == Codes{"index-extra", "unique-missing"});
  }
  SUBCASE("but never for one that may be deferred") {
    catalog::Key& key = shop.pg("customers").unique_constraints[0];
    key.deferrable = true;
    key.initially_deferred = true;
    const Difference difference = shop.only_difference();
    CHECK(difference.code == "key-deferrable");
    CHECK(difference.left == "deferrable, initially deferred");
    CHECK(difference.right == "not deferrable");
  }
  SUBCASE("and within one engine it is told as a note") {
    Catalog other = test::shop_on_sqlserver();
    const Comparison comparison = compare_both_ways(shop.sqlserver, other);
    CHECK(codes_of(comparison) == Codes{"unique-as-index"});
    CHECK_FALSE(comparison.has_findings());
  }
}

TEST_CASE("compare: one NULL against many NULLs in a unique key") {
  Shop shop;
  shop.pg("customers").unique_constraints.push_back(test::key("customers_email_key", {"email"}));
  catalog::Key one_null = test::key("UQ_Email", {"Email"});
  one_null.nulls_not_distinct = true;
  catalog::Index filtered = test::index("UX_Email", {"Email"}, "nonclustered");
  filtered.unique = true;
  filtered.nulls_not_distinct = true;
  SUBCASE("differs where the column is nullable on both sides") {
    shop.ms("Customers").unique_constraints.push_back(one_null);
    const Difference difference = shop.only_difference();
    CHECK(difference.code == "unique-nulls");
    CHECK(difference.severity == Severity::warning);
  }
  SUBCASE("does not differ where it can hold no NULL") {
    shop.ms("Customers").unique_constraints.push_back(one_null);
    shop.ms("Customers", "Email").nullable = false;
    CHECK(shop.only_difference().code == "column-nullability");
  }
  SUBCASE("does not differ where PostgreSQL says NULLS NOT DISTINCT") {
    shop.ms("Customers").unique_constraints.push_back(one_null);
    shop.pg("customers").unique_constraints.back().nulls_not_distinct = true;
    CHECK(shop.compare() == Codes{});
  }
  SUBCASE("a filtered index that leaves out the NULLs equals the constraint") {
    for (const char* predicate : {"([Email] IS NOT NULL)", "(email is not null)", "\"Email\"  IS NOT NULL"}) {
      filtered.predicate = test::expression(predicate);
      shop.ms("Customers").indexes = {filtered};
      CHECK(shop.compare() == Codes{});
    }
  }
  SUBCASE("any other predicate does not") {
    for (const char* predicate :
         {"([Email] IS NULL)", "([Email] IS NOT NULL OR [Notes] IS NOT NULL)", "([Notes] IS NOT NULL)", "([Email]>'a')",
          "", "([Email] IS NOT NULL AND)", "[Email IS NOT NULL", "IS NOT NULL"}) {
      CAPTURE(predicate);
      filtered.predicate = test::expression(predicate);
      shop.ms("Customers").indexes = {filtered};
      CHECK(shop.compare() == Codes{"index-extra", "unique-missing"});
    }
  }
  SUBCASE("a filter on one of two nullable columns does not either") {
    shop.pg("customers").unique_constraints.back().columns = {"email", "notes"};
    filtered.columns.push_back(test::index("", {"Notes"}, "").columns[0]);
    filtered.predicate = test::expression("([Email] IS NOT NULL)");
    shop.ms("Customers").indexes = {filtered};
    CHECK(shop.compare() == Codes{"index-extra", "unique-missing"});
    shop.ms("Customers").indexes[0].predicate = test::expression("([Email] IS NOT NULL AND ([Notes] IS NOT NULL))");
    CHECK(shop.compare() == Codes{});
  }
}

TEST_CASE("compare reports foreign keys") {
  Shop shop;
  SUBCASE("missing") {
    shop.ms("Orders").foreign_keys.clear();
    const Difference difference = shop.only_difference();
    CHECK(difference.code == "foreign-key-missing");
    CHECK(difference.left == "(customer_id) REFERENCES customers (customer_id)");
  }
  SUBCASE("of another action") {
    shop.ms("Orders").foreign_keys[0].on_delete = ReferentialAction::cascade;
    const Difference difference = shop.only_difference();
    CHECK(difference.code == "foreign-key-action");
    CHECK(difference.left == "ON DELETE NO ACTION ON UPDATE NO ACTION");
    CHECK(difference.right == "ON DELETE CASCADE ON UPDATE NO ACTION");
  }
  SUBCASE("of another action on update") {
    shop.ms("Orders").foreign_keys[0].on_update = ReferentialAction::set_null;
    CHECK(shop.only_difference().code == "foreign-key-action");
  }
  SUBCASE("RESTRICT is NO ACTION across engines, and not within one") {
    shop.pg("orders").foreign_keys[0].on_delete = ReferentialAction::restrict_;
    CHECK(shop.compare() == Codes{});
    const Comparison comparison = compare_both_ways(shop.postgres, test::shop_on_postgres());
    REQUIRE(codes_of(comparison) == Codes{"foreign-key-action"});
    CHECK(comparison.differences[0].left == "ON DELETE RESTRICT ON UPDATE NO ACTION");
    CHECK(comparison.differences[0].right == "ON DELETE NO ACTION ON UPDATE NO ACTION");
  }
  SUBCASE("to another table") {
    shop.ms("Orders").foreign_keys[0].referenced_table = "OrderLines";
    shop.ms("Orders").foreign_keys[0].referenced_columns = {"OrderId"};
    CHECK(shop.compare() == Codes{"foreign-key-extra", "foreign-key-missing"});
  }
  SUBCASE("to another table under the same name") {
    shop.ms("Orders").foreign_keys[0].name = "Orders_Customer_Id_FKey";
    shop.ms("Orders").foreign_keys[0].columns = {"Quantity"};
    CHECK(shop.only_difference().code == "foreign-key-changed");
  }
  SUBCASE("not trusted is a note") {
    shop.ms("Orders").foreign_keys[0].validated = false;
    const Difference difference = shop.only_difference();
    CHECK(difference.code == "foreign-key-not-trusted");
    CHECK(difference.severity == Severity::note);
  }
  SUBCASE("disabled is a warning") {
    shop.ms("Orders").foreign_keys[0].validated = false;
    shop.ms("Orders").foreign_keys[0].enforced = false;
    const Difference difference = shop.only_difference();
    CHECK(difference.code == "foreign-key-disabled");
    CHECK(difference.severity == Severity::warning);
  }
  SUBCASE("deferrable is a note") {
    shop.pg("orders").foreign_keys[0].deferrable = true;
    CHECK(shop.only_difference().code == "foreign-key-deferrable");
  }
}

TEST_CASE("compare: composite foreign keys are equal in any order, as long as the columns go together") {
  Shop shop;
  const auto add = [](Catalog& catalog, const std::string& schema, const std::string& lines,
                      std::vector<std::string> own, std::vector<std::string> target) {
    catalog::Table& table = test::add_table(
        catalog, "parcels",
        {test::column("a", test::integer_type("int", 32)), test::column("b", test::integer_type("int", 32))});
    table.foreign_keys = {test::foreign_key("fk", std::move(own), schema, lines, std::move(target))};
  };
  add(shop.postgres, "public", "order_lines", {"a", "b"}, {"order_id", "line_no"});
  SUBCASE("in another order") {
    add(shop.sqlserver, "dbo", "OrderLines", {"b", "a"}, {"LineNo", "OrderId"});
    CHECK(shop.compare() == Codes{});
    shop.postgres.schemas[0].tables.back().foreign_keys[0].match_full = true;
    CHECK(shop.only_difference().code == "foreign-key-match");
  }
  SUBCASE("crossed") {
    add(shop.sqlserver, "dbo", "OrderLines", {"b", "a"}, {"OrderId", "LineNo"});
    CHECK(shop.compare() == Codes{"foreign-key-changed"});
  }
}

TEST_CASE("compare: a foreign key to a table that was not inspected pairs by its names") {
  Shop shop;
  shop.pg("orders").foreign_keys.push_back(
      test::foreign_key("f1", {"quantity"}, "public", "other_things", {"thing_id"}));
  shop.ms("Orders").foreign_keys.push_back(test::foreign_key("f2", {"Quantity"}, "dbo", "OtherThings", {"ThingId"}));
  CHECK(shop.compare() == Codes{});
  shop.ms("Orders").foreign_keys.back().referenced_schema = "elsewhere";
  CHECK(shop.compare() == Codes{"foreign-key-extra", "foreign-key-missing"});
}

TEST_CASE("compare: checks pair by what they mean, else by name or by what they mention") {
  Shop shop;
  SUBCASE("missing") {
    shop.ms("Orders").checks.erase(shop.ms("Orders").checks.begin());
    const Difference difference = shop.only_difference();
    CHECK(difference.code == "check-missing");
    CHECK(difference.name == "orders_quantity_check");
    CHECK(difference.left == "(quantity > 0)");
  }
  SUBCASE("on another column") {
    shop.ms("Orders").checks[0] = test::check("CK_Orders_Id", "([OrderId]>(0))", {"OrderId"});
    CHECK(shop.compare() == Codes{"check-extra", "check-missing"});
  }
  SUBCASE("where the engine does not say the columns, the number decides") {
    for (catalog::Check& each : shop.ms("Orders").checks) each.columns.clear();
    CHECK(shop.compare() == Codes{});
    shop.ms("Orders").checks.push_back(test::check("more", "([Total]<(9))", {}));
    CHECK(shop.compare() == Codes{"check-extra"});
  }
  SUBCASE("of two on one column, the one that is written alike pairs") {
    shop.pg("orders").checks.push_back(test::check("z", "(quantity < 100)", {"quantity"}));
    shop.ms("Orders").checks[0].expression = test::expression("([Quantity]<(100))");
    CHECK(shop.only_difference().name == "orders_quantity_check");
  }
  SUBCASE("disabled") {
    shop.ms("Orders").checks[0].enforced = false;
    CHECK(shop.only_difference().code == "check-disabled");
  }
  SUBCASE("not trusted") {
    shop.ms("Orders").checks[0].validated = false;
    CHECK(shop.only_difference().code == "check-not-trusted");
  }
}

TEST_CASE("compare reports indexes") {
  Shop shop;
  catalog::Index& placed_at = shop.ms("Orders").indexes[1];
  SUBCASE("missing") {
    shop.ms("Orders").indexes.pop_back();
    const Difference difference = shop.only_difference();
    CHECK(difference.code == "index-missing");
    CHECK(difference.left == "(placed_at) INCLUDE (total)");
    CHECK(difference.object() == "orders.orders_placed_at_idx");
  }
  SUBCASE("changed direction") {
    placed_at.columns[0].descending = true;
    CHECK(shop.only_difference().code == "index-changed");
  }
  SUBCASE("changed uniqueness") {
    placed_at.unique = true;
    CHECK(shop.only_difference().code == "index-changed");
  }
  SUBCASE("changed included columns, but not their order") {
    placed_at.included = {"Quantity", "Total"};
    CHECK(shop.only_difference().code == "index-changed");
    shop.pg("orders").indexes[1].included = {"total", "quantity"};
    CHECK(shop.compare() == Codes{});
  }
  SUBCASE("changed rows") {
    placed_at.predicate = test::expression("([Total]>(0))");
    CHECK(shop.only_difference().code == "index-changed");
    shop.pg("orders").indexes[1].predicate = test::expression("(total > 5)");
    CHECK(shop.only_difference().code == "index-changed");
    shop.pg("orders").indexes[1].predicate = test::expression("(total > 0)");
    CHECK(shop.compare() == Codes{});
  }
  SUBCASE("changed method") {
    placed_at.method = "columnstore";
    CHECK(shop.only_difference().code == "index-changed");
  }
  SUBCASE("changed columns under the same name") {
    placed_at.name = "Orders_Placed_At_IDX";
    placed_at.columns[0].column = "Total";
    CHECK(shop.only_difference().code == "index-changed");
  }
  SUBCASE("changed columns under another name") {
    placed_at.columns[0].column = "Total";
    CHECK(shop.compare() == Codes{"index-extra", "index-missing"});
  }
  SUBCASE("disabled") {
    placed_at.valid = false;
    CHECK(shop.only_difference().code == "index-invalid");
  }
}
