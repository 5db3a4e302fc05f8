#include <doctest/doctest.h>

#include "harness/datacheck/check_suite.h"
#include "tests/unit/harness/datacheck/check_engines.h"
#include "tests/unit/harness/parity/catalogs.h"

namespace paripassu {

namespace {

using namespace test;  // NOLINT
using catalog::LengthUnit;
using catalog::TypeFamily;

/// A table of names that must be quoted, a view of it, and two tables of one folded name.
catalog::Catalog make_catalog(const std::string& engine) {
  catalog::Catalog out = engine == "postgres" ? empty_postgres() : empty_sqlserver();
  const auto varchar = text_type("varchar", 20, LengthUnit::characters);
  catalog::Table& orders =
      add_table(out, "orders",
                {column("id", integer_type("integer", 32), false), column("status", varchar),
                 column("customer_id", integer_type("integer", 32)), column("small", integer_type("tinyint", 8)),
                 column("code", text_type("char", 4, LengthUnit::characters, true)),
                 column("placed_at", second_type(TypeFamily::timestamp, "timestamp", 3))});
  orders.columns[3].type.is_unsigned = true;
  orders.primary_key = key("pk", {"id"});
  add_table(out, "odd \"table]", {column("a]b", varchar), column("c\"d", varchar)});
  add_table(out, "customers", {column("id", integer_type("integer", 32), false)});
  add_table(out, "OrderItems", {column("id", integer_type("integer", 32), false)});
  add_table(out, "order_items", {column("id", integer_type("integer", 32), false)});
  catalog::View& view = out.schemas.front().views.emplace_back();
  view.name = "open_orders";
  view.columns = {column("id", integer_type("integer", 32))};
  out.schemas.emplace_back().name = "app";
  catalog::Table audit;
  audit.name = "audit";
  audit.columns = {column("id", integer_type("integer", 32), false)};
  out.schemas.back().tables.push_back(audit);
  return out;
}

Check make_check(CheckKind kind, const std::string& table, std::vector<std::string> columns) {
  Check check;
  check.kind = kind;
  check.name = "a check";
  check.position = {"checks/a.toml", 3, 1};
  check.table = table;
  check.columns = std::move(columns);
  return check;
}

std::string statement(const Check& check, const std::string& engine) {
  static const std::map<std::string, catalog::Catalog> catalogs = {{"postgres", make_catalog("postgres")},
                                                                   {"sqlserver", make_catalog("sqlserver")}};
  const Backend& backend = both_engines().get(engine);
  return check_statement(bind_check(check, catalogs.at(engine), backend, NameMatching::fold), backend);
}

bool has(const std::string& text, const std::string& part) {
  const bool found = text.find(part) != std::string::npos;
  if (!found) MESSAGE("«", part, "» is not in:\n", text);
  return found;
}

}  // namespace

TEST_CASE("check statements count all offenders and show the first by their key") {
  const Check check = make_check(CheckKind::not_null, "ORDERS", {"Status"});
  CHECK(statement(check, "postgres") ==
        "SELECT SUM(CAST(1 AS bigint)) OVER () AS offender_count, \"id\", \"status\"\nFROM \"public\".\"orders\"\n"
        "WHERE (\"status\" IS NULL)\nORDER BY \"id\"\nOFFSET 0 ROWS FETCH NEXT 20 ROWS ONLY");
  CHECK(has(statement(check, "sqlserver"), "FROM [dbo].[orders]\nWHERE ([status] IS NULL)\nORDER BY [id]\n"));
}

TEST_CASE("check statements quote names, and show whole rows of a table without key in any order") {
  const Check check = make_check(CheckKind::not_null, "odd \"table]", {"a]b"});
  CHECK(has(statement(check, "postgres"),
            "\"a]b\", \"c\"\"d\"\nFROM \"public\".\"odd \"\"table]\"\nWHERE (\"a]b\" IS NULL)\nORDER BY 1\n"));
  CHECK(has(statement(check, "sqlserver"),
            "\"a]b\", [c\"d]\nFROM [dbo].\"odd \"\"table]\"\nWHERE (\"a]b\" IS NULL)\nORDER BY 1\n"));
}

TEST_CASE("check statements find views, other schemas, and end a where clause that ends in a comment") {
  Check view = make_check(CheckKind::unique, "OpenOrders", {"id"});
  view.where.by_engine["postgres"] = "id > 1 -- note";
  view.where.by_engine["sqlserver"] = "id > 2";
  CHECK(has(statement(view, "postgres"), "WHERE \"id\" IS NOT NULL AND (\nid > 1 -- note\n)\nGROUP BY \"id\"\n"));
  CHECK(has(statement(view, "sqlserver"), "AND (\nid > 2\n)"));
  CHECK(has(statement(make_check(CheckKind::not_null, "app.audit", {"id"}), "postgres"), "\"app\".\"audit\""));
  CHECK(has(statement(make_check(CheckKind::not_null, "audit", {"id"}), "postgres"), "\"app\".\"audit\""));
}

TEST_CASE("check statements: values are literals, bounds may lie outside of the type") {
  Check accepted = make_check(CheckKind::accepted, "orders", {"status"});
  accepted.accepted = {"new", "it's"};
  CHECK(has(statement(accepted, "postgres"), "\"status\" NOT IN ('new', 'it''s')"));
  CHECK(has(statement(accepted, "sqlserver"), "[status] NOT IN (N'new', N'it''s')"));
  Check range = make_check(CheckKind::range, "orders", {"small"});
  range.low = "-1.5";
  range.high = "1000";
  range.high_excluded = true;
  CHECK(has(statement(range, "sqlserver"), "([small] < -1.5 OR [small] >= 1000)"));
  range.low = "many";
  CHECK(has(error_of([&] { statement(range, "postgres"); }), "checks/a.toml:3:1 the check 'a check': "));
  accepted.accepted = {"a text that is longer than the column"};
  CHECK(has(error_of([&] { statement(accepted, "sqlserver"); }), "checks/a.toml:3:1 "));
}

TEST_CASE("check statements: a pattern means the same on both engines") {
  Check check = make_check(CheckKind::pattern, "orders", {"status"});
  check.pattern = R"([a]%_\%\_\\x!\n')";
  CHECK(has(statement(check, "postgres"), R"("status" NOT LIKE E'![a]%_!%!_\\x!!\\n''' ESCAPE '!')"));
  CHECK(has(statement(check, "sqlserver"), R"([status] NOT LIKE N'![a]%_!%!_\x!!\n''' ESCAPE N'!')"));
  check.columns = {"code"};
  CHECK(has(statement(check, "postgres"), "RTRIM(\"code\") NOT LIKE"));
  check.columns = {"small"};
  CHECK(has(error_of([&] { statement(check, "postgres"); }), "a pattern is for texts"));
}

TEST_CASE("check statements: references look for the other row by the columns that are not NULL") {
  Check check = make_check(CheckKind::references, "orders", {"customer_id"});
  check.other_table = "customers";
  check.other_columns = {"id"};
  CHECK(has(statement(check, "sqlserver"),
            "WHERE [orders].[customer_id] IS NOT NULL AND NOT EXISTS (SELECT 1 FROM [dbo].[customers] AS "
            "referenced_row WHERE referenced_row.[id] = [orders].[customer_id])"));
  const Backend& backend = both_engines().get("postgres");
  BoundCheck bound;
  bound.check = &check;
  bound.schema = bound.other_schema = "s";
  bound.table = "t";
  bound.other_table = "u";
  bound.columns = {column("a", {}), column("b", {})};
  bound.other_columns = {"x", "y"};
  bound.match_full = true;
  CHECK(has(check_statement(bound, backend),
            "OR ((\"t\".\"a\" IS NULL OR \"t\".\"b\" IS NULL) AND NOT (\"t\".\"a\" IS NULL AND \"t\".\"b\" IS NULL))"));
}

TEST_CASE("check statements: counts and ages") {
  Check rows = make_check(CheckKind::rows, "orders", {});
  rows.other_table = "customers";
  rows.where.by_engine[""] = "id > 0";
  CHECK(has(statement(rows, "postgres"),
            "SELECT (SELECT COALESCE(SUM(CAST(1 AS bigint)), 0) FROM \"public\".\"orders\" WHERE (\nid > 0\n)) AS "
            "row_count,\n  (SELECT COALESCE(SUM(CAST(1 AS bigint)), 0) FROM \"public\".\"customers\") AS other_count"));
  CHECK(has(statement(make_check(CheckKind::freshness, "orders", {"placed_at"}), "sqlserver"),
            "SELECT MAX([placed_at]) AS newest, "));
  CHECK(has(error_of([] { statement(make_check(CheckKind::freshness, "orders", {"status"}), "postgres"); }),
            "an age is that of a date or timestamp"));
}

TEST_CASE("checks that name what is not there say so with the nearest name, before anything is read") {
  CHECK(has(error_of([] { statement(make_check(CheckKind::unique, "ordrs", {"id"}), "postgres"); }),
            "checks/a.toml:3:1 there is no table or view 'ordrs' on PostgreSQL; did you mean 'orders'?"));
  CHECK(has(error_of([] { statement(make_check(CheckKind::unique, "orders", {"statsu"}), "sqlserver"); }),
            "'orders' on SQL Server has no column 'statsu'; did you mean 'status'?"));
  CHECK(has(error_of([] { statement(make_check(CheckKind::unique, "Order-Items", {"id"}), "postgres"); }),
            "may be public.OrderItems, public.order_items"));
  CHECK(has(statement(make_check(CheckKind::unique, "order_items", {"id"}), "postgres"), "\"order_items\""));
  Check where = make_check(CheckKind::unique, "orders", {"id"});
  where.where.by_engine["postgres"] = "true";
  CHECK(has(error_of([&] { statement(where, "sqlserver"); }), "has a 'where', but none for SQL Server"));
}

}  // namespace paripassu
