#include "backends/sqlserver/inspector.h"

#include "backends/interrupt.h"
#include "backends/limits.h"
#include "backends/sqlserver/babelfish.h"
#include "backends/sqlserver/catalog_builder.h"
#include "backends/sqlserver/catalog_queries.h"

namespace paripassu::sqlserver {

namespace {

CatalogRows read_rows(Session& session) {
  const bool genuine = session.server().genuine;
  CatalogRows rows;
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
  return rows;
}

/// Every database of a Babelfish is a schema of one database of PostgreSQL, and its catalog views stumble over what is
/// dropped in another of them while they read (docs/babelfish.md, catalog-views-race).
bool may_be_raced(const Error& error, const Session& session) {
  return !session.server().genuine &&
         (error.category() == ErrorCategory::not_found || error.category() == ErrorCategory::unclassified);
}

}  // namespace

catalog::Catalog SqlServerInspector::inspect(Session& session, const InspectOptions& options) const {
  for (int attempt = 1;; ++attempt) {
    try {
      return build_catalog(read_rows(session), session.server(), options);
    } catch (Error& error) {
      if (attempt < limits::kServerStartAttempts && may_be_raced(error, session) &&
          session.transaction_state() == TransactionState::none) {
        Interrupt::sleep_ms(limits::kLockPollFirst_ms * attempt);
        continue;
      }
      error.add_context("reading the catalog of " + session.server().database + " on sqlserver");
      throw;
    }
  }
}

}  // namespace paripassu::sqlserver
