#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "backends/catalog/catalog.h"
#include "backends/inspector.h"

namespace paripassu::postgres {

/// What the catalog queries returned, one result each. Unit tests paste rows here.
struct CatalogRows {
  ResultSet schemas;
  ResultSet relations;
  ResultSet columns;
  ResultSet constraints;
  ResultSet indexes;
  ResultSet sequences;
  ResultSet triggers;
  ResultSet routines;
  ResultSet types;
  ResultSet policies;
  ResultSet rules;
};

/// Builds the model from the rows; no connection, no other input.
catalog::Catalog build_catalog(const CatalogRows& rows, const ServerInfo& server, const InspectOptions& options);

/// A column's type as pg_type and pg_attribute describe it.
struct TypeRow {
  std::string_view printed;  ///< format_type(atttypid, atttypmod)
  std::string_view schema;
  std::string_view name;  ///< typname
  char kind = 'b';        ///< typtype
  int modifier = -1;      ///< atttypmod, or the domain's
  std::string_view base;  ///< typname of an array's element or a domain's base; empty
  char base_kind = 'b';
  int array_dimensions = 0;
};
catalog::Type map_type(const TypeRow& row);

/// The elements of an array as PostgreSQL prints it (`{a,"b c",NULL}`; NULL gives an empty text).
std::vector<std::string> parse_array(std::string_view text);

/// True when `name` is what the server gives a constraint on `table` (`columns`, in key order) that was not named:
/// table_pkey, table_a_b_key, table_a_fkey, table_a_check, shortened to 63 bytes and numbered where taken
/// (PostgreSQL source, ChooseConstraintName and makeObjectName).
bool is_generated_name(std::string_view name, std::string_view table, const std::vector<std::string>& columns,
                       std::string_view suffix);

}  // namespace paripassu::postgres
