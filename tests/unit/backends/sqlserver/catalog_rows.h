#pragma once

#include <string_view>

#include "backends/sqlserver/catalog_builder.h"
#include "tests/unit/backends/pasted_rows.h"

namespace paripassu::test {

/// Results of backends/sqlserver/catalog_queries.cpp without rows.
inline sqlserver::CatalogRows empty_sqlserver_rows() {
  sqlserver::CatalogRows rows;
  rows.schemas = result_with("schema_id name comment collation may_view_definition default_schema");
  rows.objects = result_with("object_id schema_id name type definition comment");
  rows.columns = result_with(
      "object_id column_id name type is_user_defined type_schema base max_length precision scale is_nullable collation "
      "is_identity seed increment is_computed computed is_persisted default_name default default_system_named "
      "default_object_id comment");
  rows.indexes = result_with(
      "object_id index_id name type_desc is_unique is_primary_key is_unique_constraint is_disabled has_filter filter "
      "is_system_named key_ordinal is_included is_descending partition_ordinal column space_type space comment "
      "ignore_dup_key");
  rows.foreign_keys = result_with(
      "object_id name is_system_named parent_id referenced_schema referenced_table is_disabled is_not_trusted "
      "on_delete "
      "on_update column referenced_column comment");
  rows.checks = result_with("parent_id name is_system_named definition is_disabled is_not_trusted column comment");
  rows.sequences =
      result_with("object_id schema_id name type precision start increment minimum maximum is_cycling cache");
  rows.modules = result_with("object_id schema_id name type definition comment");
  rows.parameters = result_with("object_id parameter_id name type max_length precision scale is_output");
  rows.triggers = result_with("object_id parent_id name is_disabled is_instead_of event definition");
  rows.types = result_with("schema_id name is_table_type base max_length precision scale is_nullable table_object_id");
  rows.permissions = result_with("object_id grantee permission state");
  rows.policies = result_with("object_id name command definition is_enabled");
  rows.synonyms = result_with("schema_id name server database schema object base_object_name comment");
  rows.history_tables = result_with("object_id history_table_id history_schema history_table is_system_named");
  rows.babelfish_predicates = result_with("object_id index predicate");
  return rows;
}

/// A database with the schemas dbo (1) and sales (5), the tables dbo.orders (101) and sales.customer (102), and the
/// view dbo.open_orders (201), none of which has anything in it.
inline sqlserver::CatalogRows sqlserver_rows() {
  sqlserver::CatalogRows rows = empty_sqlserver_rows();
  paste(rows.schemas, R"(
    1|dbo|NULL|SQL_Latin1_General_CP1_CI_AS|1|dbo
    5|sales|what is sold|SQL_Latin1_General_CP1_CI_AS|1|dbo
  )");
  paste(rows.objects, R"(
    101|1|orders|U |NULL|NULL
    102|5|customer|U |NULL|who buys
    201|1|open_orders|V |CREATE VIEW dbo.open_orders AS SELECT id FROM dbo.orders WHERE closed = 0|NULL
  )");
  return rows;
}

inline ServerInfo sqlserver_server() {
  ServerInfo server;
  server.engine = "sqlserver";
  server.product = "Microsoft SQL Server";
  server.version = "16.0.4135.4";
  server.version_major = 16;
  server.database = "shop";
  return server;
}

inline catalog::Catalog built(const sqlserver::CatalogRows& rows, const InspectOptions& options = {}) {
  return sqlserver::build_catalog(rows, sqlserver_server(), options);
}

inline const catalog::Table& table(const catalog::Catalog& catalog, std::string_view schema, std::string_view name) {
  return named(named(catalog.schemas, schema).tables, name);
}

/// dbo.orders of a catalog that lives on.
inline const catalog::Table& orders(const catalog::Catalog& catalog) {
  return table(catalog, "dbo", "orders");
}

}  // namespace paripassu::test
