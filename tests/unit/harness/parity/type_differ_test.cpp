#include <doctest/doctest.h>

#include "tests/unit/harness/parity/comparing.h"

using namespace paripassu;
using namespace paripassu::test;
using catalog::Catalog;
using catalog::LengthUnit;
using catalog::TypeFamily;
using catalog::UserType;

namespace {

/// orders.status: an enum on PostgreSQL, a text with a CHECK on SQL Server.
struct StatusShop : Shop {
  StatusShop() {
    UserType status;
    status.name = "order_status";
    status.kind = "enum";
    status.labels = {"open", "paid", "it's late"};
    postgres.schemas[0].types = {status};
    catalog::Type type = simple_type(TypeFamily::enumeration, "order_status");
    type.user_type = "public.order_status";
    pg("orders").columns.push_back(column("status", type, false));
    ms("Orders").columns.push_back(column("Status", text_type("nvarchar", 10, LengthUnit::utf16_units), false));
    ms("Orders").checks.push_back(
        check("CK_Status", "([Status]=N'it''s late' OR [Status]=N'paid' OR [Status]=N'open')", {"Status"}));
  }
  catalog::Check& status_check() { return ms("Orders").checks.back(); }
  UserType& status_type() { return postgres.schemas[0].types[0]; }
};

/// orders.quantity: of a domain with a CHECK on PostgreSQL.
struct DomainShop : Shop {
  DomainShop() {
    UserType domain;
    domain.name = "positive";
    domain.kind = "domain";
    domain.base = "integer";
    domain.checks = {"CHECK ((VALUE > 0))"};
    postgres.schemas[0].types = {domain};
    pg("orders").columns[4].type.user_type = "public.positive";
    std::erase_if(pg("orders").checks, [](const catalog::Check& each) { return each.name == "orders_quantity_check"; });
  }
  UserType& domain() { return postgres.schemas[0].types[0]; }
};

}  // namespace

TEST_CASE("compare: an enum against a check of the same labels is a note, and neither type nor check is told besides") {
  StatusShop shop;
  SUBCASE("in any order") {
    const Difference difference = shop.only_difference();
    CHECK(difference.code == "type-as-check");
    CHECK(difference.severity == Severity::note);
    CHECK(difference.object() == "orders.status");
    CHECK(
        difference.message ==
        "Column status of orders is an enum on PostgreSQL; on Microsoft SQL Server, a check limits a text to the same "
        "labels.");
  }
  SUBCASE("with a fixed length, which pads") {
    shop.ms("Orders", "Status").type = text_type("nchar", 10, LengthUnit::utf16_units, true);
    CHECK(shop.compare() == Codes{"type-as-check"});
  }
  SUBCASE("in other words") {
    shop.status_check().expression = expression("([Status] IN ('open','paid','it''s late') OR [Status] IS NULL)");
    CHECK(shop.compare() == Codes{"type-as-check"});
  }
  SUBCASE("of one label") {
    shop.status_type().labels = {"open"};
    shop.status_check().expression = expression("([Status]='open')");
    CHECK(shop.compare() == Codes{"type-as-check"});
  }
  SUBCASE("within one engine too") {
    Catalog other = shop.postgres;
    catalog::Table& orders = table_of(other, "orders");
    orders.columns.back().type = text_type("character varying", 10, LengthUnit::characters);
    orders.checks.push_back(check("c",
                                  "((status)::text = ANY ((ARRAY['open'::character varying, 'paid'::character varying, "
                                  "'it''s late'::character varying])::text[]))",
                                  {"status"}));
    CHECK(codes(shop.postgres, other) == Codes{"type-as-check"});
  }
}

TEST_CASE("compare: labels that only one side takes are an error that names them") {
  StatusShop shop;
  shop.status_check().expression = expression("([Status]='paid' OR [Status]='open' OR [Status]='void')");
  const Difference difference = shop.only_difference();
  CHECK(difference.code == "enum-labels");
  CHECK(difference.severity == Severity::error);
  CHECK(difference.left == "enum order_status ('it's late', 'open', 'paid')");
  CHECK(difference.right == "check ('open', 'paid', 'void')");
  CHECK(difference.message ==
        "Column status of orders takes other labels on each side: ('it's late') on PostgreSQL only, ('void') on "
        "Microsoft SQL Server only.");
}

TEST_CASE("compare: a check that does not list labels stands for no enum") {
  StatusShop shop;
  for (const char* text : {"([Status]>'a')", "([Status]='open' OR [Reference]='paid')", "(len([Status])>(0))",
                           "([Status]<>'open')", "([Status]='open' AND [Status]='paid')", "(", ""}) {
    CAPTURE(std::string(text));
    shop.status_check().expression = expression(text);
    const Codes found = shop.compare();
    CHECK(std::count(found.begin(), found.end(), "type-as-check") == 0);
    CHECK(std::count(found.begin(), found.end(), "enum-labels") == 0);
    CHECK_FALSE(found.empty());
  }
  shop.status_check() = check("CK_Status", "([Status]='open')", {"Status"});
  shop.status_check().enforced = false;
  CHECK(shop.compare() == Codes{"check-extra", "check-missing"});
}

TEST_CASE("compare: an enum against a text that nothing limits is a check that is missing") {
  StatusShop shop;
  SUBCASE("where there is no check") {
    shop.ms("Orders").checks.pop_back();
    const Difference difference = shop.only_difference();
    CHECK(difference.code == "check-missing");
    CHECK(difference.name == "of enum order_status in status");
    CHECK(difference.left == "enum order_status ('it's late', 'open', 'paid')");
    CHECK(difference.right.empty());
  }
  SUBCASE("but unknown where its check cannot be read") {
    shop.status_check().expression = expression("(");
    const Codes found = shop.compare();
    CHECK(std::count(found.begin(), found.end(), "expression-not-understood") == 1);
    CHECK(std::count(found.begin(), found.end(), "check-missing") == 0);
  }
  SUBCASE("and not told where the types differ anyway") {
    shop.ms("Orders").checks.pop_back();
    shop.ms("Orders", "Status").type = integer_type("int", 32);
    CHECK(shop.compare() == Codes{"column-type"});
  }
}

TEST_CASE("compare: many columns of enums are each limited by their own check") {
  StatusShop shop;
  for (int i = 0; i < 20; ++i) {
    const std::string number = std::to_string(i);
    shop.pg("orders").columns.push_back(shop.pg("orders").columns.back());
    shop.pg("orders").columns.back().name = "status_" + number;
    shop.ms("Orders").columns.push_back(shop.ms("Orders").columns.back());
    shop.ms("Orders").columns.back().name = "Status" + number;
    shop.ms("Orders").checks.push_back(check(
        "CK_" + number,
        "([Status" + number + "]=N'it''s late' OR [Status" + number + "]=N'paid' OR [Status" + number + "]=N'open')",
        {"Status" + number}));
  }
  CHECK(shop.compare() == Codes(21, "type-as-check"));
  shop.ms("Orders").checks.erase(shop.ms("Orders").checks.end() - 5);
  Codes expected(20, "type-as-check");
  expected.insert(expected.begin(), "check-missing");
  CHECK(shop.compare() == expected);
}

TEST_CASE("compare: across engines a domain's default is that of its columns") {
  DomainShop shop;
  shop.domain().checks.clear();
  std::erase_if(shop.ms("Orders").checks, [](const catalog::Check& each) { return each.name == "CK_Orders_Quantity"; });
  REQUIRE(shop.compare() == Codes{});
  shop.domain().default_value = expression("1");
  SUBCASE("which the other side lacks") {
    const Difference difference = shop.only_difference();
    CHECK(difference.code == "default-missing");
    CHECK(difference.left == "1");
  }
  SUBCASE("which the other side has") {
    shop.ms("Orders", "Quantity").default_value = expression("((1))");
    CHECK(shop.compare() == Codes{});
    shop.ms("Orders", "Quantity").default_value = expression("((2))");
    CHECK(shop.compare() == Codes{"default-changed"});
  }
  SUBCASE("unless the column has its own") {
    shop.pg("orders").columns[4].default_value = expression("NULL");
    CHECK(shop.compare() == Codes{});
    shop.pg("orders").columns[4].default_value = expression("2");
    shop.ms("Orders", "Quantity").default_value = expression("((2))");
    CHECK(shop.compare() == Codes{});
  }
}

TEST_CASE("compare: a domain's check against the table's own") {
  DomainShop shop;
  SUBCASE("that says the same is a note") {
    const Difference difference = shop.only_difference();
    CHECK(difference.code == "type-as-check");
    CHECK(difference.left == "domain positive CHECK ((VALUE > 0))");
    CHECK(difference.right == "check ([Quantity]>(0))");
  }
  SUBCASE("that is missing") {
    std::erase_if(shop.ms("Orders").checks,
                  [](const catalog::Check& each) { return each.name == "CK_Orders_Quantity"; });
    const Difference difference = shop.only_difference();
    CHECK(difference.code == "check-missing");
    CHECK(difference.left == "domain positive CHECK ((VALUE > 0))");
    CHECK(difference.left_side.name == "positive");
  }
  SUBCASE("that says something else") {
    shop.domain().checks = {"CHECK ((VALUE > 5))"};
    CHECK(shop.compare() == Codes{"check-extra", "check-missing"});
  }
  SUBCASE("that is not understood") {
    shop.domain().checks = {"CHECK ((VALUE > ALL (SELECT 1)))"};
    CHECK(shop.compare() == Codes{"check-extra", "expression-not-understood"});
  }
  SUBCASE("an alias type says nothing of its own") {
    UserType alias;
    alias.name = "Quantity";
    alias.kind = "alias";
    alias.base = "int";
    shop.sqlserver.schemas[0].types = {alias};
    shop.ms("Orders", "Quantity").type.user_type = "dbo.Quantity";
    CHECK(shop.compare() == Codes{"type-as-check"});
  }
}

TEST_CASE("compare: within one engine types are compared, labels in order only when asked") {
  StatusShop labels;
  DomainShop domains;
  SUBCASE("labels") {
    Catalog other = labels.postgres;
    std::swap(other.schemas[0].types[0].labels[0], other.schemas[0].types[0].labels[1]);
    CHECK(codes(labels.postgres, other) == Codes{});
    ComparisonOptions options;
    options.compare_enum_order = true;
    CHECK(codes(labels.postgres, other, options) == Codes{"type-changed"});
    other.schemas[0].types[0].labels.pop_back();
    CHECK(codes(labels.postgres, other) == Codes{"type-changed"});
  }
  SUBCASE("checks of domains, by meaning") {
    Catalog other = domains.postgres;
    other.schemas[0].types[0].checks = {"CHECK ((0 < VALUE))"};
    CHECK(codes(domains.postgres, other) == Codes{});
    other.schemas[0].types[0].checks = {"CHECK ((VALUE > 1))"};
    CHECK(codes(domains.postgres, other) == Codes{"type-changed"});
  }
  SUBCASE("defaults of domains") {
    Catalog other = domains.postgres;
    domains.domain().default_value = expression("1");
    CHECK(codes(domains.postgres, other) == Codes{"type-changed"});
    other.schemas[0].types[0].default_value = expression("(1)");
    CHECK(codes(domains.postgres, other) == Codes{});
    other.schemas[0].types[0].default_value = expression("2");
    CHECK(codes(domains.postgres, other) == Codes{"type-changed"});
  }
  SUBCASE("comments") {
    Catalog other = domains.postgres;
    domains.domain().comment = "counts";
    CHECK(codes(domains.postgres, other) == Codes{"comment-missing"});
  }
}
