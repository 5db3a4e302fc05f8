#pragma once

#include <string>
#include <vector>

#include "backends/session.h"

namespace paripassu::sqlserver {

/// Babelfish for PostgreSQL speaks TDS and T-SQL and stands in for SQL Server. This file and babelfish.cpp are the only
/// places that know how it differs; each deviation has a name, and docs/babelfish.md explains it.

/// True for what Babelfish answers to `SELECT @@VERSION`.
bool is_babelfish(const std::string& version_text);

/// Sets product, version, deviations and `genuine` from `@@VERSION`.
void describe_babelfish(const std::string& version_text, ServerInfo& server);

/// Deviation "index-names-hashed": an index is stored as its name, the table's name and 32 hex digits, run together.
/// Gives the name back where it can be told; else `stored`.
std::string original_index_name(const std::string& stored, const std::string& table);

/// Deviation "applock-timeout-leaks": each sp_getapplock that does not get its lock leaves an entry on the session's
/// error stack, and the sixth brings the whole server down. Queries on PostgreSQL's own advisory locks instead, which
/// return 1 when the lock was taken or given back. `name` is a quoted literal. Locks of T-SQL databases share one
/// PostgreSQL database, so the name is made one of the current database's.
std::string babelfish_try_lock_query(const std::string& name);
std::string babelfish_unlock_query(const std::string& name);

/// Deviation "expressions-in-postgres-form": what a T-SQL user calls `app.f` is printed as `shop_app.f` in the database
/// shop. Takes the database's name away before each of `schemas`, in place.
void remove_database_prefix(std::string& printed, const std::string& database, const std::vector<std::string>& schemas);

/// Deviation "binary-styles-ignored": CONVERT(varchar, …, 2) makes characters of bytes, not hexadecimal digits, which
/// PostgreSQL's own functions do. `expression` is a varbinary; or a real or float of 32 or 64 bits, high byte first.
std::string babelfish_hex(const std::string& expression);
std::string babelfish_float_hex(const std::string& expression, int bits);

/// Deviation "fractions-shortened": a datetime2 is printed without zeros at its end, and without the point if there are
/// only such. Completes `text`, an expression that prints one, to seven digits or more.
std::string babelfish_full_fraction(const std::string& text);

/// Deviation "decimal-scale-kept": the scale of a CONVERT to decimal is forgotten inside an expression. A number with
/// so many digits behind the point.
std::string babelfish_round(const std::string& expression, int digits);

/// Deviation "filtered-indexes-hidden": sys.indexes never shows a filter. Columns: object_id, index name, predicate.
extern const char* const kBabelfishIndexPredicatesQuery;

/// Deviation "definitions-unprintable": sys.check_constraints, default_constraints and computed_columns fail for some
/// expressions (`unrecognized node type`, seen on 4.4 for IN over nvarchar literals, CASE, COALESCE and NULLIF), so
/// these are read from PostgreSQL's catalog. The columns are those of kChecksQuery.
extern const char* const kBabelfishChecksQuery;
/// The same deviation: what prints a default or computation in kColumnsQuery, and the join that it needs.
extern const char* const kBabelfishDefinition;
extern const char* const kBabelfishDefinitionJoin;

/// Deviation "catalog-statistics-stale": the catalog views are joins of PostgreSQL's catalog, which on a database that
/// was just filled are planned as nested loops (a minute for 1,000 tables instead of three seconds). Switches these
/// plans off while a catalog is read, and on again.
extern const char* const kBabelfishNestedLoopsOff;
extern const char* const kBabelfishNestedLoopsOn;

/// Deviation "sequences-hidden": sys.sequences is always empty. The columns are those of kSequencesQuery.
extern const char* const kBabelfishSequencesQuery;

}  // namespace paripassu::sqlserver
