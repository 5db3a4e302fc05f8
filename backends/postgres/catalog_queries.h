#pragma once

#include <string>

/// The catalog queries: one per kind of object for the whole database, one column per line, in the order in which
/// catalog_builder.cpp reads them. They run on PostgreSQL 12 to 18; columns of pg_catalog that only some versions have
/// stand in them as `{words}`, which `adapt_query` replaces (reading them through to_jsonb(row) took a third of the
/// time of an inspection). They expect `search_path = pg_catalog`, so that every printed expression is
/// schema-qualified, and time zone UTC.
namespace paripassu::postgres {

extern const char* const kSchemasQuery;
extern const char* const kRelationsQuery;
extern const char* const kColumnsQuery;
extern const char* const kConstraintsQuery;
extern const char* const kIndexesQuery;
extern const char* const kSequencesQuery;
extern const char* const kTriggersQuery;
extern const char* const kRoutinesQuery;
extern const char* const kTypesQuery;
extern const char* const kPoliciesQuery;
extern const char* const kRulesQuery;

/// The query for a server of this major version.
std::string adapt_query(const char* query, int version_major);

}  // namespace paripassu::postgres
