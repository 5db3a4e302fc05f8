#pragma once

#include <string_view>

#include "backends/postgres/catalog_builder.h"
#include "tests/unit/backends/pasted_rows.h"

namespace paripassu::test {

/// Results of backends/postgres/catalog_queries.cpp without rows.
inline postgres::CatalogRows empty_postgres_rows() {
  postgres::CatalogRows rows;
  rows.schemas = result_with("oid nspname comment database collation");
  rows.relations = result_with(
      "oid relnamespace relname relkind relpersistence relrowsecurity partition_key partition_of definition comment "
      "grants partition_bound view_options relforcerowsecurity inherits");
  rows.columns = result_with(
      "attrelid attnum attname type type_schema typname typtype modifier base base_kind dimensions not_null default "
      "attgenerated attidentity collation comment nondeterministic_locale");
  rows.constraints = result_with(
      "conrelid conname contype conkey condeferrable condeferred convalidated conenforced confrelid foreign_schema "
      "foreign_table confkey confupdtype confdeltype confmatchtype confdelsetcols check conindid comment connoinherit");
  rows.indexes = result_with(
      "indexrelid indrelid relname amname indisunique valid nulls_not_distinct indnkeyatts indkey indoption "
      "expressions "
      "operator_classes collations predicate indisclustered indisexclusion comment");
  rows.sequences = result_with(
      "relnamespace relname type start increment minimum maximum cycle cache deptype refobjid refobjsubid comment");
  rows.triggers = result_with("tgrelid tgname tgtype tgenabled function definition");
  rows.routines = result_with("pronamespace proname prokind language result body names modes types comment");
  rows.types =
      result_with("typnamespace typname typtype typrelid base typnotnull typdefault labels checks subtype comment");
  rows.policies = result_with("polrelid polname polcmd definition roles");
  rows.rules = result_with("ev_class rulename ev_type is_instead ev_enabled definition");
  return rows;
}

/// A database with the schemas public (2200) and app (100), the tables app.orders (1001: id 1, customer 2, total 4,
/// note 5; column 3 was dropped) and app.customer (1002: id 1, email 2, name 3), and the view app.open_orders (1101).
inline postgres::CatalogRows postgres_rows() {
  postgres::CatalogRows rows = empty_postgres_rows();
  paste(rows.schemas, R"(
    2200|public|standard public schema|shop|C.UTF-8
    100|app|what is sold|shop|C.UTF-8
  )");
  paste(rows.relations, R"(
    1001|100|orders|r|p|f|NULL|NULL|NULL|NULL|NULL|NULL|NULL|f|NULL
    1002|100|customer|r|p|f|NULL|NULL|NULL|who buys|NULL|NULL|NULL|f|NULL
    1101|100|open_orders|v|p|f|NULL|NULL| SELECT orders.id\n   FROM app.orders;|NULL|NULL|NULL|NULL|f|NULL
  )");
  paste(rows.columns, R"(
    1001|1|id|bigint|pg_catalog|int8|b|-1|NULL|NULL|0|t|NULL|||NULL|NULL|NULL
    1001|2|customer|integer|pg_catalog|int4|b|-1|NULL|NULL|0|f|NULL|||NULL|NULL|NULL
    1001|4|total|numeric(10,2)|pg_catalog|numeric|b|655366|NULL|NULL|0|t|0|||NULL|NULL|NULL
    1001|5|note|text|pg_catalog|text|b|-1|NULL|NULL|0|f|NULL|||NULL|free text|NULL
    1002|1|id|integer|pg_catalog|int4|b|-1|NULL|NULL|0|t|NULL|||NULL|NULL|NULL
    1002|2|email|character varying(160)|pg_catalog|varchar|b|164|NULL|NULL|0|f|NULL|||NULL|NULL|NULL
    1002|3|name|text|pg_catalog|text|b|-1|NULL|NULL|0|f|NULL|||NULL|NULL|NULL
    1101|1|id|bigint|pg_catalog|int8|b|-1|NULL|NULL|0|f|NULL|||NULL|NULL|NULL
  )");
  return rows;
}

inline ServerInfo postgres_server() {
  ServerInfo server;
  server.engine = "postgres";
  server.product = "PostgreSQL";
  server.version = "15.14";
  server.version_major = 15;
  server.database = "shop";
  return server;
}

inline catalog::Catalog built(const postgres::CatalogRows& rows, const InspectOptions& options = {}) {
  return postgres::build_catalog(rows, postgres_server(), options);
}

inline const catalog::Table& table(const catalog::Catalog& catalog, std::string_view schema, std::string_view name) {
  return named(named(catalog.schemas, schema).tables, name);
}

/// app.orders of a catalog that lives on.
inline const catalog::Table& orders(const catalog::Catalog& catalog) {
  return table(catalog, "app", "orders");
}

}  // namespace paripassu::test
