#include <doctest/doctest.h>

#include "tests/unit/backends/sqlserver/catalog_rows.h"

using namespace paripassu;
using namespace paripassu::test;
using catalog::Catalog;

namespace {

const catalog::Routine& routine(const Catalog& catalog, std::string_view name) {
  return named(named(catalog.schemas, "dbo").routines, name);
}

std::string body_hash_of(const std::string& definition) {
  sqlserver::CatalogRows rows = sqlserver_rows();
  for (const std::string cell : {"301", "1", "p", "P "}) rows.modules.append(cell);
  rows.modules.append(definition);
  rows.modules.append(std::nullopt);
  return routine(built(rows), "p").body_hash;
}

}  // namespace

TEST_CASE("SQL Server's procedures and functions of every kind are told apart") {
  sqlserver::CatalogRows rows = sqlserver_rows();
  paste(rows.modules, R"(
    301|1|close_order|P |CREATE PROCEDURE close_order AS RETURN|closes an order
    302|1|net|FN|CREATE FUNCTION net() RETURNS int AS BEGIN RETURN 1 END|NULL
    303|1|lines_inline|IF|CREATE FUNCTION lines_inline() RETURNS TABLE AS RETURN SELECT 1 AS x|NULL
    304|1|lines_multi|TF|CREATE FUNCTION lines_multi() RETURNS @t TABLE (x int) AS BEGIN RETURN END|NULL
    305|1|clr_procedure|PC|NULL|NULL
    306|1|clr_scalar|FS|NULL|NULL
    307|1|clr_table|FT|NULL|NULL
    308|1|clr_aggregate|AF|NULL|NULL
  )");
  paste(rows.parameters, R"(
    302|0||decimal|9|18|2|1
    306|0||nvarchar|-1|0|0|1
    308|0||bigint|8|19|0|1
    308|1|@value|int|4|10|0|0
  )");
  const Catalog catalog = built(rows);
  CHECK(routine(catalog, "close_order").kind == "procedure");
  CHECK(routine(catalog, "close_order").returns.empty());
  CHECK(routine(catalog, "close_order").comment == "closes an order");
  CHECK(routine(catalog, "net").kind == "function");
  CHECK(routine(catalog, "net").returns == "decimal(18,2)");
  CHECK(routine(catalog, "net").parameters.empty());
  CHECK(routine(catalog, "lines_inline").kind == "function");
  CHECK(routine(catalog, "lines_inline").returns == "table");
  CHECK(routine(catalog, "lines_multi").returns == "table");
  CHECK(routine(catalog, "clr_procedure").kind == "procedure");
  CHECK(routine(catalog, "clr_scalar").returns == "nvarchar(max)");
  CHECK(routine(catalog, "clr_table").returns == "table");
  CHECK(routine(catalog, "clr_aggregate").kind == "aggregate");
  CHECK(routine(catalog, "clr_aggregate").returns == "bigint");
  for (const catalog::Routine& one : named(catalog.schemas, "dbo").routines) {
    CAPTURE(one.name);
    const bool clr = one.name.rfind("clr_", 0) == 0;
    CHECK(one.language == (clr ? "clr" : "tsql"));
    CHECK(one.body_hash.empty() == clr);
    CHECK_FALSE(one.hidden);  // what is compiled has no text that could be hidden
  }
}

TEST_CASE("SQL Server's parameters come in their order, with types as printed") {
  sqlserver::CatalogRows rows = sqlserver_rows();
  paste(rows.modules, "301|1|place_order|P |CREATE PROCEDURE place_order AS RETURN|NULL");
  paste(rows.parameters, R"(
    301|1|@customer|int|4|10|0|0
    301|2|@note|nvarchar|80|0|0|0
    301|3|@lines|order_lines|-1|0|0|0
    301|4|@at|datetime2|8|27|7|0
    301|5|@total|decimal|9|18|2|1
    999|1|@of_nothing|int|4|10|0|0
  )");
  const std::vector<catalog::Parameter> expected = {{"@customer", "int", false},
                                                    {"@note", "nvarchar(40)", false},
                                                    {"@lines", "order_lines", false},
                                                    {"@at", "datetime2(7)", false},
                                                    {"@total", "decimal(18,2)", true}};
  CHECK(routine(built(rows), "place_order").parameters == expected);
}

TEST_CASE("SQL Server's routine bodies are equal when only their line ends differ") {
  const std::string unix = body_hash_of("CREATE PROCEDURE p AS\nSELECT 1;\n");
  CHECK(unix.size() == 16);
  CHECK(unix.find_first_not_of("0123456789abcdef") == std::string::npos);
  CHECK(body_hash_of("CREATE PROCEDURE p AS\r\nSELECT 1;\r\n") == unix);
  CHECK(body_hash_of("CREATE PROCEDURE p AS\rSELECT 1;\r") == unix);
  CHECK(body_hash_of("CREATE PROCEDURE p AS\r\nSELECT 1;\n") == unix);
  CHECK(body_hash_of("CREATE PROCEDURE p AS\nSELECT 2;\n") != unix);
  CHECK(body_hash_of("CREATE PROCEDURE p AS\n\nSELECT 1;\n") != unix);
  CHECK(body_hash_of("CREATE PROCEDURE p AS SELECT 1;\n") != unix);
}

TEST_CASE("SQL Server's triggers have one entry with all their events") {
  sqlserver::CatalogRows rows = sqlserver_rows();
  paste(rows.triggers, R"(
    401|101|tr_audit|0|0|UPDATE|CREATE TRIGGER tr_audit ON orders AFTER UPDATE, INSERT, DELETE AS RETURN
    402|101|tr_off|1|0|DELETE|CREATE TRIGGER tr_off ON orders AFTER DELETE AS RETURN
    401|101|tr_audit|0|0|INSERT|CREATE TRIGGER tr_audit ON orders AFTER UPDATE, INSERT, DELETE AS RETURN
    403|201|tr_view|0|1|INSERT|CREATE TRIGGER tr_view ON open_orders INSTEAD OF INSERT AS RETURN
    401|101|tr_audit|0|0|DELETE|CREATE TRIGGER tr_audit ON orders AFTER UPDATE, INSERT, DELETE AS RETURN
    404|999|tr_elsewhere|0|0|DELETE|CREATE TRIGGER tr_elsewhere
  )");
  const Catalog catalog = built(rows);
  const std::vector<catalog::Trigger>& triggers = orders(catalog).triggers;
  CHECK(names_of(triggers) == Names{"tr_audit", "tr_off"});
  CHECK(triggers[0].events == Names{"delete", "insert", "update"});
  CHECK(triggers[0].timing == "after");
  CHECK(triggers[0].enabled);
  CHECK_FALSE(triggers[0].row_level);
  CHECK(triggers[0].calls.empty());
  CHECK(triggers[0].definition.printed.rfind("CREATE TRIGGER tr_audit", 0) == 0);
  CHECK_FALSE(triggers[1].enabled);
  const catalog::Trigger& of_view = only(only(named(catalog.schemas, "dbo").views).triggers);
  CHECK(of_view.timing == "instead of");
  CHECK(of_view.events == Names{"insert"});
}
