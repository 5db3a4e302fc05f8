#pragma once

#include <memory>

#include "harness/migration_tests/case_observation.h"
#include "harness/migration_tests/prepared_databases.h"
#include "harness/migration_tests/test_case.h"
#include "harness/migration_tests/test_context.h"

namespace paripassu {

/// What a case came to on one engine. The database lives as long as this.
struct CaseRun {
  TestResult result;
  CaseObservation observation;
  std::unique_ptr<TestDatabase> database;
};

/// Runs a case on one engine: a database at the version before the migration (one that was announced is taken from
/// `databases`), data, up, what must be there, down, what must be there. What goes wrong is in the result; throws
/// Error(interrupted) and Error(internal) alone.
CaseRun run_case(TestContext& context, const Backend& backend, const TestCase& test_case, PreparedDatabases& databases);

}  // namespace paripassu
