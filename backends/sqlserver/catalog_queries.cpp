#include "backends/sqlserver/catalog_queries.h"

#include <string_view>
#include <utility>

#include "backends/sqlserver/babelfish.h"

namespace paripassu::sqlserver {

// Schemas of the fixed roles (16384 to 16393), guest, sys and INFORMATION_SCHEMA hold nothing of the user's.
const char* const kSchemasQuery = R"sql(
SELECT s.schema_id,
       CONVERT(nvarchar(128), s.name),
       CONVERT(nvarchar(max), ep.value),
       CONVERT(nvarchar(128), DATABASEPROPERTYEX(DB_NAME(), 'Collation')),
       CASE WHEN HAS_PERMS_BY_NAME(DB_NAME(), 'DATABASE', 'VIEW DEFINITION') = 1
              OR IS_SRVROLEMEMBER('sysadmin') = 1 OR IS_MEMBER('db_owner') = 1 THEN 1 ELSE 0 END,
       SCHEMA_NAME()
FROM sys.schemas s
LEFT JOIN sys.extended_properties ep
       ON ep.class = 3 AND ep.major_id = s.schema_id AND ep.minor_id = 0 AND ep.name = N'MS_Description'
WHERE s.schema_id NOT BETWEEN 16384 AND 16393
  AND s.name NOT IN (N'sys', N'INFORMATION_SCHEMA', N'information_schema_tsql', N'guest')
)sql";

const char* const kObjectsQuery = R"sql(
SELECT o.object_id,
       o.schema_id,
       CONVERT(nvarchar(128), o.name),
       o.type,
       CONVERT(nvarchar(max), m.definition),
       CONVERT(nvarchar(max), ep.value)
FROM sys.objects o
LEFT JOIN sys.sql_modules m ON m.object_id = o.object_id AND o.type = 'V'
LEFT JOIN sys.extended_properties ep
       ON ep.class = 1 AND ep.major_id = o.object_id AND ep.minor_id = 0 AND ep.name = N'MS_Description'
WHERE o.type IN ('U', 'V') AND o.is_ms_shipped = 0
  AND NOT EXISTS (SELECT 1 FROM sys.extended_properties x
                  WHERE x.class = 1 AND x.major_id = o.object_id AND x.minor_id = 0
                    AND x.name = N'microsoft_database_tools_support')
)sql";

// Table types (o.type TT) have their columns here too.
// Where definitions come from is the server's business: see columns_query.
const char* const kColumnsQuery = R"sql(
SELECT c.object_id,
       c.column_id,
       CONVERT(nvarchar(128), c.name),
       CONVERT(nvarchar(128), ut.name),
       CONVERT(int, ut.is_user_defined),
       CONVERT(nvarchar(128), SCHEMA_NAME(ut.schema_id)),
       CONVERT(nvarchar(128), bt.name),
       c.max_length,
       c.precision,
       c.scale,
       CONVERT(int, c.is_nullable),
       CONVERT(nvarchar(128), c.collation_name),
       CONVERT(int, c.is_identity),
       CONVERT(varchar(41), CONVERT(decimal(38, 0), ic.seed_value)),
       CONVERT(varchar(41), CONVERT(decimal(38, 0), ic.increment_value)),
       CONVERT(int, c.is_computed),
       CONVERT(nvarchar(max), {computed_definition}),
       CONVERT(int, cc.is_persisted),
       CONVERT(nvarchar(128), dc.name),
       CONVERT(nvarchar(max), {default_definition}),
       CONVERT(int, dc.is_system_named),
       c.default_object_id,
       CONVERT(nvarchar(max), ep.value)
FROM sys.columns c
JOIN sys.objects o ON o.object_id = c.object_id
JOIN sys.types ut ON ut.user_type_id = c.user_type_id
LEFT JOIN sys.types bt ON bt.user_type_id = ut.system_type_id
LEFT JOIN sys.identity_columns ic ON ic.object_id = c.object_id AND ic.column_id = c.column_id
LEFT JOIN sys.computed_columns cc ON cc.object_id = c.object_id AND cc.column_id = c.column_id
LEFT JOIN sys.default_constraints dc ON dc.parent_object_id = c.object_id AND dc.parent_column_id = c.column_id
{definition_join}LEFT JOIN sys.extended_properties ep
       ON ep.class = 1 AND ep.major_id = c.object_id AND ep.minor_id = c.column_id AND ep.name = N'MS_Description'
WHERE o.type = 'TT' OR (o.type IN ('U', 'V') AND o.is_ms_shipped = 0)
ORDER BY c.object_id, c.column_id
)sql";

// One row per index column. A key constraint and its index have one name, which also holds on Babelfish, where
// unique_index_id does not match index_id.
const char* const kIndexesQuery = R"sql(
SELECT i.object_id,
       i.index_id,
       CONVERT(nvarchar(128), i.name),
       i.type_desc,
       CONVERT(int, i.is_unique),
       CONVERT(int, i.is_primary_key),
       CONVERT(int, i.is_unique_constraint),
       CONVERT(int, i.is_disabled),
       CONVERT(int, i.has_filter),
       CONVERT(nvarchar(max), i.filter_definition),
       CONVERT(int, kc.is_system_named),
       ic.key_ordinal,
       CONVERT(int, ic.is_included_column),
       CONVERT(int, ic.is_descending_key),
       ic.partition_ordinal,
       CONVERT(nvarchar(128), COL_NAME(ic.object_id, ic.column_id)),
       ds.type,
       CONVERT(nvarchar(128), ds.name),
       CONVERT(nvarchar(max), ep.value),
       CONVERT(int, i.ignore_dup_key)
FROM sys.indexes i
JOIN sys.objects o ON o.object_id = i.object_id
JOIN sys.index_columns ic ON ic.object_id = i.object_id AND ic.index_id = i.index_id
LEFT JOIN sys.key_constraints kc ON kc.parent_object_id = i.object_id AND kc.name = i.name
LEFT JOIN sys.data_spaces ds ON ds.data_space_id = i.data_space_id
LEFT JOIN sys.extended_properties ep
       ON ep.name = N'MS_Description'
      AND ((ep.class = 7 AND ep.major_id = i.object_id AND ep.minor_id = i.index_id)
           OR (ep.class = 1 AND ep.major_id = kc.object_id AND ep.minor_id = 0))
WHERE i.is_hypothetical = 0 AND o.is_ms_shipped = 0 AND o.type IN ('U', 'V')
ORDER BY i.object_id, i.index_id, ic.is_included_column, ic.key_ordinal, ic.index_column_id
)sql";

// Functions for the names: joins with sys.objects and sys.columns make Babelfish compare every pair of rows.
const char* const kForeignKeysQuery = R"sql(
SELECT fk.object_id,
       CONVERT(nvarchar(128), fk.name),
       CONVERT(int, fk.is_system_named),
       fk.parent_object_id,
       CONVERT(nvarchar(128), OBJECT_SCHEMA_NAME(fk.referenced_object_id)),
       CONVERT(nvarchar(128), OBJECT_NAME(fk.referenced_object_id)),
       CONVERT(int, fk.is_disabled),
       CONVERT(int, fk.is_not_trusted),
       fk.delete_referential_action,
       fk.update_referential_action,
       CONVERT(nvarchar(128), COL_NAME(fkc.parent_object_id, fkc.parent_column_id)),
       CONVERT(nvarchar(128), COL_NAME(fkc.referenced_object_id, fkc.referenced_column_id)),
       CONVERT(nvarchar(max), ep.value)
FROM sys.foreign_keys fk
JOIN sys.foreign_key_columns fkc ON fkc.constraint_object_id = fk.object_id
LEFT JOIN sys.extended_properties ep
       ON ep.class = 1 AND ep.major_id = fk.object_id AND ep.minor_id = 0 AND ep.name = N'MS_Description'
WHERE fk.is_ms_shipped = 0
ORDER BY fk.object_id, fkc.constraint_column_id
)sql";

const char* const kChecksQuery = R"sql(
SELECT k.parent_object_id,
       CONVERT(nvarchar(128), k.name),
       CONVERT(int, k.is_system_named),
       CONVERT(nvarchar(max), k.definition),
       CONVERT(int, k.is_disabled),
       CONVERT(int, k.is_not_trusted),
       CONVERT(nvarchar(128), c.name),
       CONVERT(nvarchar(max), ep.value)
FROM sys.check_constraints k
LEFT JOIN sys.columns c ON c.object_id = k.parent_object_id AND c.column_id = k.parent_column_id
LEFT JOIN sys.extended_properties ep
       ON ep.class = 1 AND ep.major_id = k.object_id AND ep.minor_id = 0 AND ep.name = N'MS_Description'
WHERE k.is_ms_shipped = 0
)sql";

const char* const kSequencesQuery = R"sql(
SELECT s.object_id,
       s.schema_id,
       CONVERT(nvarchar(128), s.name),
       CONVERT(nvarchar(128), TYPE_NAME(s.user_type_id)),
       s.precision,
       CONVERT(varchar(41), CONVERT(decimal(38, 0), s.start_value)),
       CONVERT(varchar(41), CONVERT(decimal(38, 0), s.increment)),
       CONVERT(varchar(41), CONVERT(decimal(38, 0), s.minimum_value)),
       CONVERT(varchar(41), CONVERT(decimal(38, 0), s.maximum_value)),
       CONVERT(int, s.is_cycling),
       CASE WHEN s.is_cached = 0 THEN '0' ELSE CONVERT(varchar(20), s.cache_size) END
FROM sys.sequences s
WHERE s.is_ms_shipped = 0
)sql";

// Procedures, functions and aggregates; those in CLR have no definition.
const char* const kModulesQuery = R"sql(
SELECT o.object_id,
       o.schema_id,
       CONVERT(nvarchar(128), o.name),
       o.type,
       CONVERT(nvarchar(max), m.definition),
       CONVERT(nvarchar(max), ep.value)
FROM sys.objects o
LEFT JOIN sys.sql_modules m ON m.object_id = o.object_id
LEFT JOIN sys.extended_properties ep
       ON ep.class = 1 AND ep.major_id = o.object_id AND ep.minor_id = 0 AND ep.name = N'MS_Description'
WHERE o.type IN ('P', 'PC', 'FN', 'IF', 'TF', 'FS', 'FT', 'AF') AND o.is_ms_shipped = 0
)sql";

// parameter_id 0 is what a scalar function returns.
const char* const kParametersQuery = R"sql(
SELECT p.object_id,
       p.parameter_id,
       CONVERT(nvarchar(128), p.name),
       CONVERT(nvarchar(128), t.name),
       p.max_length,
       p.precision,
       p.scale,
       CONVERT(int, p.is_output)
FROM sys.all_parameters p
JOIN sys.objects o ON o.object_id = p.object_id
JOIN sys.types t ON t.user_type_id = p.user_type_id
WHERE o.is_ms_shipped = 0
ORDER BY p.object_id, p.parameter_id
)sql";

const char* const kTriggersQuery = R"sql(
SELECT t.object_id,
       t.parent_id,
       CONVERT(nvarchar(128), t.name),
       CONVERT(int, t.is_disabled),
       CONVERT(int, t.is_instead_of_trigger),
       e.type_desc,
       CONVERT(nvarchar(max), m.definition)
FROM sys.triggers t
JOIN sys.trigger_events e ON e.object_id = t.object_id
LEFT JOIN sys.sql_modules m ON m.object_id = t.object_id
WHERE t.parent_class = 1 AND t.is_ms_shipped = 0
)sql";

const char* const kTypesQuery = R"sql(
SELECT t.schema_id,
       CONVERT(nvarchar(128), t.name),
       CONVERT(int, t.is_table_type),
       CONVERT(nvarchar(128), bt.name),
       t.max_length,
       t.precision,
       t.scale,
       CONVERT(int, t.is_nullable),
       tt.type_table_object_id
FROM sys.types t
LEFT JOIN sys.types bt ON bt.user_type_id = t.system_type_id
LEFT JOIN sys.table_types tt ON tt.user_type_id = t.user_type_id
WHERE t.is_user_defined = 1
)sql";

const char* const kPermissionsQuery = R"sql(
SELECT p.major_id,
       CONVERT(nvarchar(128), g.name),
       CONVERT(nvarchar(128), p.permission_name),
       p.state_desc
FROM sys.database_permissions p
JOIN sys.database_principals g ON g.principal_id = p.grantee_principal_id
WHERE p.class = 1 AND p.minor_id = 0 AND p.major_id > 0
)sql";

const char* const kPoliciesQuery = R"sql(
SELECT p.target_object_id,
       CONVERT(nvarchar(128), sp.name),
       COALESCE(p.operation_desc, p.predicate_type_desc),
       p.predicate_type_desc + N' ' + p.predicate_definition,
       CONVERT(int, sp.is_enabled)
FROM sys.security_predicates p
JOIN sys.security_policies sp ON sp.object_id = p.object_id
)sql";

// sys.synonyms.base_object_name is quoted as it was written; PARSENAME takes the quotes off each part.
const char* const kSynonymsQuery = R"sql(
SELECT s.schema_id,
       CONVERT(nvarchar(128), s.name),
       PARSENAME(s.base_object_name, 4),
       PARSENAME(s.base_object_name, 3),
       PARSENAME(s.base_object_name, 2),
       PARSENAME(s.base_object_name, 1),
       CONVERT(nvarchar(max), s.base_object_name),
       CONVERT(nvarchar(max), ep.value)
FROM sys.synonyms s
LEFT JOIN sys.extended_properties ep
       ON ep.class = 1 AND ep.major_id = s.object_id AND ep.minor_id = 0 AND ep.name = N'MS_Description'
WHERE s.is_ms_shipped = 0
)sql";

// Tables of which the server keeps the old versions of rows. Of a history table that nobody named, the server made the
// name from the number of its table, so that it is another one in every database.
const char* const kHistoryTablesQuery = R"sql(
SELECT t.object_id,
       t.history_table_id,
       CONVERT(nvarchar(128), OBJECT_SCHEMA_NAME(t.history_table_id)),
       CONVERT(nvarchar(128), OBJECT_NAME(t.history_table_id)),
       CASE WHEN OBJECT_NAME(t.history_table_id) LIKE N'MSSQL[_]TemporalHistoryFor[_]%' THEN 1 ELSE 0 END
FROM sys.tables t
WHERE t.temporal_type = 2
)sql";

std::string columns_query(bool genuine) {
  const std::string_view printed = kBabelfishDefinition;
  const std::pair<std::string_view, std::string_view> parts[] = {
      {"{computed_definition}", genuine ? "cc.definition" : printed},
      {"{default_definition}", genuine ? "dc.definition" : printed},
      {"{definition_join}", genuine ? "" : kBabelfishDefinitionJoin}};
  std::string text = kColumnsQuery;
  for (const auto& [token, part] : parts) text.replace(text.find(token), token.size(), part);
  return text;
}

}  // namespace paripassu::sqlserver
