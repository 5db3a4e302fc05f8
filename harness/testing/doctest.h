#pragma once

// For programs that use doctest.

#include <doctest/doctest.h>

#include <functional>
#include <string>

#include "harness/testing/migrated_database.h"

namespace paripassu::testing {

/// Runs `body` once per engine that has a server here, each time with a migrated database of its own; the engine is
/// part of every message. An engine without a server is told in a message, and `body` has then not run on it.
///
///     TEST_CASE("an order needs a customer") {
///       testing::on_each_engine(project(), [](testing::MigratedDatabase& database) {
///         CHECK_THROWS(database.session().execute("INSERT INTO orders (customer_id) VALUES (-1)"));
///       });
///     }
inline void on_each_engine(MigratedProject& project, const std::function<void(MigratedDatabase&)>& body) {
  for (const auto& [engine, reason] : project.unavailable()) MESSAGE(engine << " did not run: " << reason);
  for (const std::string& engine : project.engines()) {
    INFO("engine: ", engine);
    MigratedDatabase database = project.database(engine);
    body(database);
  }
}

/// Runs the project's migration tests (the same as `paripassu test`) and fails the running test case once per test that
/// failed or could not be run, at the migration's own file and line where they are known.
inline void check_migrations(MigratedProject& project, const TestOptions& options = {}) {
  const TestReport report = project.run_tests(options);
  for (const TestResult& result : report.results) {
    if (result.outcome == TestOutcome::incomplete)
      ADD_FAIL_CHECK_AT(__FILE__, __LINE__, result.name.text() << " could not be run: " << result.reason);
    for (const TestProblem& problem : result.problems) {
      std::string details;
      for (const std::string& detail : problem.details) details += "\n  " + detail;
      const std::string file = problem.position.file.empty() ? __FILE__ : problem.position.file;
      const int line = problem.position.file.empty() ? __LINE__ : problem.position.line;
      ADD_FAIL_CHECK_AT(file.c_str(), line,
                        result.name.text() << ": " << problem.message << " [" << problem.code << "]" << details);
    }
  }
}

}  // namespace paripassu::testing
