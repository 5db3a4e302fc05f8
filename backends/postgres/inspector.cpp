#include "backends/postgres/inspector.h"

#include "backends/postgres/catalog_builder.h"
#include "backends/postgres/catalog_queries.h"

namespace paripassu::postgres {

catalog::Catalog PostgresInspector::inspect(Session& session, const InspectOptions& options) const {
  if (session.transaction_state() != TransactionState::none)
    throw Error(ErrorCategory::internal, "a catalog is read in a transaction of its own, and one is already open");
  CatalogRows rows;
  try {
    // One snapshot for all queries; SET LOCAL ends with it, so the session's own settings come back.
    Transaction transaction(session);
    session.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY");
    session.execute("SELECT set_config('search_path', 'pg_catalog', true), set_config('timezone', 'UTC', true)");
    rows.schemas = session.query(kSchemasQuery);
    rows.relations = session.query(kRelationsQuery);
    rows.columns = session.query(kColumnsQuery);
    const int version = session.server().version_major;
    rows.constraints = session.query(adapt_query(kConstraintsQuery, version));
    rows.indexes = session.query(adapt_query(kIndexesQuery, version));
    rows.sequences = session.query(kSequencesQuery);
    rows.triggers = session.query(kTriggersQuery);
    rows.routines = session.query(adapt_query(kRoutinesQuery, version));
    rows.types = session.query(kTypesQuery);
    rows.policies = session.query(kPoliciesQuery);
    rows.rules = session.query(kRulesQuery);
    transaction.commit();
  } catch (Error& error) {
    error.add_context("reading the catalog of " + session.server().database + " on postgres");
    throw;
  }
  return build_catalog(rows, session.server(), options);
}

}  // namespace paripassu::postgres
