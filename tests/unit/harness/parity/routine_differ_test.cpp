#include <doctest/doctest.h>

#include "tests/unit/harness/parity/comparing.h"

using namespace paripassu;
using namespace paripassu::test;
using catalog::Parameter;
using catalog::Routine;
using catalog::UserType;

namespace {

Routine routine(std::string name, std::string kind, std::vector<Parameter> parameters, std::string returns) {
  Routine out;
  out.name = std::move(name);
  out.kind = std::move(kind);
  out.parameters = std::move(parameters);
  out.returns = std::move(returns);
  return out;
}

}  // namespace

TEST_CASE("compare: routines across engines by signature") {
  Shop shop;
  auto& left = shop.postgres.schemas[0].routines;
  auto& right = shop.sqlserver.schemas[0].routines;
  left = {routine("order_total", "function", {{"order_id", "integer", false}, {"day", "date", false}}, "numeric")};
  right = {routine("OrderTotal", "function", {{"@OrderId", "int", false}, {"@Day", "date", false}}, "decimal(12,2)")};
  left[0].language = "plpgsql";
  right[0].language = "tsql";
  SUBCASE("in either engine's words") {
    const Comparison comparison = compare_both_ways(shop.postgres, shop.sqlserver);
    CHECK(codes_of(comparison) == Codes{});
    CHECK(mentions(comparison.not_compared, "bodies of routines: 1"));
    CHECK(mentions(comparison.not_compared, "names and defaults of parameters of routines: 1"));
    CHECK_FALSE(mentions(comparison.not_compared, "columns of the rows"));
  }
  SUBCASE("that return rows, of which the columns are not compared") {
    left[0].returns = "TABLE(total numeric)";
    right[0].returns = "TABLE";
    CHECK(mentions(compare_both_ways(shop.postgres, shop.sqlserver).not_compared,
                   "columns of the rows that routines return: 1"));
  }
  SUBCASE("missing") {
    right.clear();
    const Difference difference = shop.only_difference();
    CHECK(difference.code == "routine-missing");
    CHECK(difference.left_side == DifferenceSide{"public", "", "order_total", "", "", 0});
  }
  SUBCASE("with another type of a parameter") {
    right[0].parameters[1].type = "datetime2(7)";
    const Difference difference = shop.only_difference();
    CHECK(difference.code == "routine-changed");
    CHECK(difference.left == "function (order_id integer, day date) RETURNS numeric");
    CHECK(difference.right == "function (OrderId int, Day datetime2(7)) RETURNS decimal(12,2)");
  }
  SUBCASE("with another number of parameters") {
    right[0].parameters.pop_back();
    CHECK(shop.only_difference().code == "routine-changed");
  }
  SUBCASE("with another direction of a parameter") {
    right[0].parameters[1].output = true;
    CHECK(shop.only_difference().code == "routine-changed");
  }
  SUBCASE("with another result") {
    right[0].returns = "nvarchar(10)";
    CHECK(shop.only_difference().code == "routine-changed");
  }
  SUBCASE("with rows as the result") {
    left[0].returns = "TABLE(total numeric)";
    CHECK(shop.only_difference().code == "routine-changed");
    right[0].returns = "table";
    CHECK(shop.compare() == Codes{});
    left[0].returns = "SETOF orders";
    CHECK(shop.compare() == Codes{});
  }
  SUBCASE("a function of nothing is a procedure") {
    left[0].returns = "void";
    right[0].returns = "";
    right[0].kind = "procedure";
    CHECK(shop.compare() == Codes{});
    right[0].kind = "aggregate";
    CHECK(shop.only_difference().code == "routine-changed");
  }
  SUBCASE("what serves triggers is part of them") {
    left.push_back(routine("stamp", "function", {}, "trigger"));
    CHECK(shop.compare() == Codes{});
    catalog::Catalog other = shop.postgres;
    other.schemas[0].routines.pop_back();
    CHECK(codes(shop.postgres, other) == Codes{"routine-missing"});
  }
  SUBCASE("an overload is another routine") {
    left.push_back(routine("order_total", "function", {{"reference", "text", false}}, "numeric"));
    CHECK(shop.compare() == Codes{"routine-missing"});
  }
  SUBCASE("comments") {
    left[0].comment = "with tax";
    CHECK(shop.compare() == Codes{"comment-missing"});
  }
}

TEST_CASE("compare: types of parameters mean the same in many words") {
  const std::pair<const char*, const char*> kSame[] = {
      {"integer", "INT"},
      {"bigint", "[bigint]"},
      {"boolean", "bit"},
      {"smallint", "tinyint"},
      {"character varying", "nvarchar(100)"},
      {"text", "varchar(max)"},
      {"character(3)", "nchar(3)"},
      {"numeric(10,2)", "money"},
      {"double precision", "float(53)"},
      {"real", "real"},
      {"bytea", "varbinary(max)"},
      {"uuid", "uniqueidentifier"},
      {"timestamp without time zone", "datetime2(7)"},
      {"timestamp(3) with time zone", "datetimeoffset(3)"},
      {"time without time zone", "time(7)"},
      {"jsonb", "json"},
      {"public.money_amount", "decimal(12,2)"},
      {"money_amount", "dbo.Amount"},
      {"mood", "nvarchar(10)"},
      {"unheard_of", "app.UnheardOf"},
  };
  const std::pair<const char*, const char*> kOther[] = {
      {"integer", "bigint"},        {"boolean", "int"},
      {"integer[]", "int"},         {"timestamp without time zone", "datetimeoffset(7)"},
      {"text", "varbinary(10)"},    {"unheard_of", "int"},
      {"real", "double precision"}, {"mood", "int"},
      {"circular_one", "int"},      {"", "int"},
  };
  Shop shop;
  const auto user_type = [](std::string name, std::string kind, std::string base) {
    UserType out;
    out.name = std::move(name);
    out.kind = std::move(kind);
    out.base = std::move(base);
    return out;
  };
  shop.postgres.schemas[0].types = {
      user_type("circular_one", "domain", "circular_two"), user_type("circular_two", "domain", "circular_one"),
      user_type("money_amount", "domain", "numeric(12,2)"), user_type("mood", "enum", "")};
  shop.sqlserver.schemas[0].types = {user_type("Amount", "alias", "decimal(12,2)")};
  const auto found = [&](const char* left, const char* right) {
    shop.postgres.schemas[0].routines = {routine("f", "procedure", {{"x", left, false}}, "")};
    shop.sqlserver.schemas[0].routines = {routine("F", "procedure", {{"@x", right, false}}, "")};
    return shop.compare();
  };
  for (const auto& [left, right] : kSame) {
    CAPTURE(std::string(left));
    CAPTURE(std::string(right));
    CHECK(found(left, right) == Codes{});
  }
  for (const auto& [left, right] : kOther) {
    CAPTURE(std::string(left));
    CAPTURE(std::string(right));
    CHECK(found(left, right) == Codes{"routine-changed"});
  }
}

TEST_CASE("compare: many routines, overloaded and in another order, pair by name and parameters") {
  Shop shop;
  auto& left = shop.postgres.schemas[0].routines;
  auto& right = shop.sqlserver.schemas[0].routines;
  for (int i = 0; i < 3'000; ++i) {
    left.push_back(routine("work_" + std::to_string(i), "procedure", {{"a", "integer", false}}, ""));
    right.push_back(routine("Work" + std::to_string(2'999 - i), "procedure", {{"@a", "int", false}}, ""));
  }
  CHECK(shop.compare() == Codes{});
  right.pop_back();
  left.push_back(routine("work_7", "procedure", {{"a", "date", false}}, ""));
  CHECK(shop.compare() == Codes{"routine-missing", "routine-missing"});
}
