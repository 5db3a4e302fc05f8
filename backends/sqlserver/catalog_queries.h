#pragma once

#include <string>

/// The catalog queries: one per kind of object for the whole database, one column per line, in the order in which
/// catalog_builder.cpp reads them. For SQL Server 2016 to 2025 and Azure SQL; sql_variant values are converted, since
/// ODBC drivers differ in what they make of them. Names are converted to what they are on SQL Server anyway,
/// nvarchar(128): Babelfish gives varchar, in which characters outside its code page are lost ("names-as-varchar").
/// Babelfish answers all of them but those marked "not on Babelfish".
namespace paripassu::sqlserver {

extern const char* const kSchemasQuery;
extern const char* const kObjectsQuery;
extern const char* const kColumnsQuery;  ///< to be completed by columns_query
extern const char* const kIndexesQuery;
extern const char* const kForeignKeysQuery;
extern const char* const kChecksQuery;
extern const char* const kSequencesQuery;
extern const char* const kModulesQuery;
extern const char* const kParametersQuery;
extern const char* const kTriggersQuery;
extern const char* const kTypesQuery;
extern const char* const kPermissionsQuery;
extern const char* const kPoliciesQuery;       ///< not on Babelfish
extern const char* const kSynonymsQuery;       ///< not on Babelfish
extern const char* const kHistoryTablesQuery;  ///< not on Babelfish

/// kColumnsQuery with what prints defaults and computations on SQL Server, or on Babelfish, whose own views of them
/// fail
/// ("definitions-unprintable").
std::string columns_query(bool genuine);

}  // namespace paripassu::sqlserver
