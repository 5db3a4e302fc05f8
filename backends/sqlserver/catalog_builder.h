#pragma once

#include <string>
#include <string_view>

#include "backends/catalog/catalog.h"
#include "backends/inspector.h"

namespace paripassu::sqlserver {

/// What the catalog queries returned, one result each. Unit tests paste rows here.
struct CatalogRows {
  ResultSet schemas;
  ResultSet objects;
  ResultSet columns;
  ResultSet indexes;
  ResultSet foreign_keys;
  ResultSet checks;
  ResultSet sequences;
  ResultSet modules;
  ResultSet parameters;
  ResultSet triggers;
  ResultSet types;
  ResultSet permissions;
  ResultSet policies;
  ResultSet synonyms;              ///< empty on Babelfish
  ResultSet history_tables;        ///< empty on Babelfish
  ResultSet babelfish_predicates;  ///< kBabelfishIndexPredicatesQuery; empty on SQL Server
};

/// Builds the model from the rows; no connection, no other input.
catalog::Catalog build_catalog(const CatalogRows& rows, const ServerInfo& server, const InspectOptions& options);

/// A type as sys.columns and sys.types describe it. `max_length` is in bytes, -1 for MAX and xml.
catalog::Type map_type(std::string_view name, int max_length, int precision, int scale);

}  // namespace paripassu::sqlserver
