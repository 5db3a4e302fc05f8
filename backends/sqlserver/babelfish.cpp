#include "backends/sqlserver/babelfish.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>

namespace paripassu::sqlserver {

bool is_babelfish(const std::string& version_text) {
  return version_text.find("Babelfish") != std::string::npos;
}

void describe_babelfish(const std::string& version_text, ServerInfo& server) {
  server.product = "Babelfish for PostgreSQL";
  server.genuine = false;
  // "… (Babelfish 4.4.0)"
  const std::string mark = "(Babelfish ";
  if (const std::size_t at = version_text.rfind(mark); at != std::string::npos) {
    const std::size_t begin = at + mark.size();
    server.version = version_text.substr(begin, version_text.find(')', begin) - begin);
    server.version_major = std::atoi(server.version.c_str());
  }
  server.deviations = {"applock-timeout-leaks",
                       "binary-styles-ignored",
                       "catalog-statistics-stale",
                       "catalog-views-race",
                       "closing-bracket-refused",
                       "computed-always-persisted",
                       "constraint-flags-fixed",
                       "databases-not-cloned",
                       "decimal-scale-kept",
                       "default-names-generated",
                       "definitions-unprintable",
                       "expressions-in-postgres-form",
                       "filtered-indexes-hidden",
                       "fractions-shortened",
                       "identifiers-folded",
                       "identity-insert-ignored",
                       "index-names-hashed",
                       "iso-timestamp-with-blank",
                       "late-cancel",
                       "line-continuation-kept",
                       "long-names-hashed",
                       "names-as-varchar",
                       "nul-characters-lost",
                       "partition-rows-zero",
                       "permissions-hidden",
                       "sequences-hidden",
                       "unmapped-errors",
                       "utf8-collations-missing"};
}

std::string babelfish_try_lock_query(const std::string& name) {
  return "SELECT CAST(pg_catalog.pg_try_advisory_lock(pg_catalog.hashtextextended(CAST(DB_NAME() + N':' + " + name +
         " AS text), 0)) AS int)";
}

std::string babelfish_unlock_query(const std::string& name) {
  return "SELECT CAST(pg_catalog.pg_advisory_unlock(pg_catalog.hashtextextended(CAST(DB_NAME() + N':' + " + name +
         " AS text), 0)) AS int)";
}

std::string original_index_name(const std::string& stored, const std::string& table) {
  constexpr std::size_t kHashDigits = 32;
  if (stored.size() <= kHashDigits) return stored;
  const std::string digits = stored.substr(stored.size() - kHashDigits);
  const bool hexadecimal = std::all_of(digits.begin(), digits.end(),
                                       [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
  if (!hexadecimal) return stored;
  const std::string name = stored.substr(0, stored.size() - kHashDigits);
  const bool has_table =
      name.size() > table.size() && name.compare(name.size() - table.size(), table.size(), table) == 0;
  return has_table ? name.substr(0, name.size() - table.size()) : stored;
}

void remove_database_prefix(std::string& printed, const std::string& database,
                            const std::vector<std::string>& schemas) {
  for (const std::string& schema : schemas) {
    const std::string physical = database + "_" + schema + ".";
    for (std::size_t at = printed.find(physical); at != std::string::npos; at = printed.find(physical, at + 1)) {
      const char before = at == 0 ? ' ' : printed[at - 1];
      const bool starts_name = !std::isalnum(static_cast<unsigned char>(before)) && before != '_' && before != '.';
      if (starts_name) printed.erase(at, database.size() + 1);
    }
  }
}

std::string babelfish_hex(const std::string& expression) {
  return "CAST(pg_catalog.encode(CAST(" + expression + " AS bytea), CAST('hex' AS text)) AS varchar(max))";
}

std::string babelfish_float_hex(const std::string& expression, int bits) {
  return "CAST(pg_catalog.encode(pg_catalog.float" + std::to_string(bits / 8) + "send(" + expression +
         "), CAST('hex' AS text)) AS varchar(16))";
}

std::string babelfish_full_fraction(const std::string& text) {
  return text + " + CASE WHEN CHARINDEX('.', " + text + ") = 0 THEN '.0000000' ELSE '0000000' END";
}

std::string babelfish_round(const std::string& expression, int digits) {
  return "pg_catalog.round(" + expression + ", " + std::to_string(digits) + ")";
}

const char* const kBabelfishIndexPredicatesQuery = R"sql(
SELECT i.indrelid,
       CONVERT(nvarchar(128), c.relname),
       CONVERT(nvarchar(max), pg_get_expr(i.indpred, i.indrelid))
FROM pg_catalog.pg_index i
JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
JOIN sys.objects o ON o.object_id = CAST(i.indrelid AS int)
WHERE i.indpred IS NOT NULL
)sql";

const char* const kBabelfishChecksQuery = R"sql(
SELECT CAST(k.conrelid AS int),
       CONVERT(nvarchar(128), k.conname),
       0,
       CONVERT(nvarchar(max), pg_catalog.pg_get_expr(k.conbin, k.conrelid)),
       0,
       1 - CAST(k.convalidated AS int),
       NULL,
       NULL
FROM pg_catalog.pg_constraint k
JOIN sys.objects o ON o.object_id = CAST(k.conrelid AS int)
WHERE k.contype = 'c'
)sql";

const char* const kBabelfishDefinition = "pg_catalog.pg_get_expr(pd.adbin, pd.adrelid)";
const char* const kBabelfishDefinitionJoin =
    "LEFT JOIN pg_catalog.pg_attrdef pd ON CAST(pd.adrelid AS int) = c.object_id AND pd.adnum = c.column_id\n";

const char* const kBabelfishNestedLoopsOff =
    "SELECT pg_catalog.set_config(CAST('enable_nestloop' AS text), CAST('off' AS text), CAST(0 AS bool))";
const char* const kBabelfishNestedLoopsOn =
    "SELECT pg_catalog.set_config(CAST('enable_nestloop' AS text), CAST('on' AS text), CAST(0 AS bool))";

const char* const kBabelfishSequencesQuery = R"sql(
SELECT o.object_id,
       o.schema_id,
       CONVERT(nvarchar(128), o.name),
       CASE format_type(s.seqtypid, NULL) WHEN 'integer' THEN 'int' ELSE format_type(s.seqtypid, NULL) END,
       0,
       s.seqstart,
       s.seqincrement,
       s.seqmin,
       s.seqmax,
       CAST(s.seqcycle AS int),
       s.seqcache
FROM sys.objects o
JOIN pg_catalog.pg_sequence s ON CAST(s.seqrelid AS int) = o.object_id
WHERE o.type = 'SO'
  AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_depend d
                  WHERE CAST(d.objid AS int) = o.object_id AND d.deptype IN ('i', 'a') AND d.refobjsubid > 0)
)sql";

}  // namespace paripassu::sqlserver
