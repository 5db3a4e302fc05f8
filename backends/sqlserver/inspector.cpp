#include "backends/sqlserver/inspector.h"

#include "backends/sqlserver/babelfish.h"
#include "backends/sqlserver/catalog_builder.h"
#include "backends/sqlserver/catalog_queries.h"

namespace paripassu::sqlserver {

catalog::Catalog SqlServerInspector::inspect(Session& session, const InspectOptions& options) const {
  const bool genuine = session.server().genuine;
  CatalogRows rows;
  try {
    if (!genuine) session.query(kBabelfishNestedLoopsOff);
    rows.schemas = session.query(kSchemasQuery);
    rows.objects = session.query(kObjectsQuery);
    rows.columns = session.query(columns_query(genuine));
    rows.indexes = session.query(kIndexesQuery);
    rows.foreign_keys = session.query(kForeignKeysQuery);
    rows.checks = session.query(genuine ? kChecksQuery : kBabelfishChecksQuery);
    rows.sequences = session.query(genuine ? kSequencesQuery : kBabelfishSequencesQuery);
    rows.modules = session.query(kModulesQuery);
    rows.parameters = session.query(kParametersQuery);
    rows.triggers = session.query(kTriggersQuery);
    rows.types = session.query(kTypesQuery);
    rows.permissions = session.query(kPermissionsQuery);
    if (genuine) {
      rows.policies = session.query(kPoliciesQuery);
      rows.synonyms = session.query(kSynonymsQuery);
      rows.history_tables = session.query(kHistoryTablesQuery);
    } else {
      rows.babelfish_predicates = session.query(kBabelfishIndexPredicatesQuery);
      session.query(kBabelfishNestedLoopsOn);
    }
  } catch (Error& error) {
    error.add_context("reading the catalog of " + session.server().database + " on sqlserver");
    throw;
  }
  return build_catalog(rows, session.server(), options);
}

}  // namespace paripassu::sqlserver
