#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "backends/error.h"

namespace paripassu {

/// What `test` can run, in this order. The words are those of `--only`.
enum class TestKind {
  stairway,       ///< each migration up, down, up on an empty database; the catalog after each step
  stairway_data,  ///< the same with the ladder's rows in place; "stairway-data"
  ladder,         ///< data inserted after each migration, all of it checked at the newest schema
  cases,          ///< "case": before / after / restored of one migration
  skipped,        ///< from every version straight to the newest, with its data
  model,          ///< the model against the migrations
  parity,         ///< the engines compared after each migration
  rerun,          ///< a second `up` does nothing
  runners,        ///< two runners at once apply each migration once
};

/// "stairway", "stairway-data", "ladder", "case", "skipped", "model", "parity", "rerun", "runners".
std::string_view to_string(TestKind kind);
const std::vector<TestKind>& all_test_kinds();
/// Throws Error(usage) that names the nearest word.
TestKind test_kind_from_string(std::string_view word);

struct TestName {
  std::string engine;  ///< Backend::name, or "both"
  TestKind kind = TestKind::stairway;
  std::string subject;  ///< "0003_add_phone", a case's folder, "from 0003", "newest"

  /// "postgres/stairway/0003_add_phone".
  std::string text() const;
  bool operator==(const TestName&) const = default;
};

enum class TestOutcome {
  passed,
  failed,
  skipped,     ///< with a reason that is no fault: declared irreversible, no data, not on this engine
  incomplete,  ///< could not be run: no server, or another test's failure came before; the run exits with 5
};

std::string_view to_string(TestOutcome outcome);

/// Why a test failed.
struct TestProblem {
  /// Stable lower-case words: "down-leaves" (with the parity codes in the details), "up-differs", "rows-lost",
  /// "rows-changed", "expectation", "engines-differ", "error-expected", "error" (with the category), "drift", …
  /// docs/migration-tests.md lists them.
  std::string code;
  std::string message;               ///< one sentence
  SourcePosition position;           ///< the migration, data or expectation at fault
  std::vector<std::string> details;  ///< a line each: what leaked, which rows, what the server said
};

struct TestResult {
  TestName name;
  TestOutcome outcome = TestOutcome::passed;
  std::string reason;                 ///< of skipped and incomplete
  std::vector<TestProblem> problems;  ///< of failed: at least one
  std::vector<std::string> notes;     ///< expected losses, what was not compared
  std::int64_t duration_ms = 0;
  std::int64_t migrate_ms = -1;  ///< of the first up of the migration under test; -1: not measured
  std::string kept;              ///< with --keep: how to connect to the database that a failure left, no password
};

/// An engine of the run.
struct TestEngine {
  std::string name;
  std::string server;  ///< ServerInfo::label; empty when there was none
  bool genuine = true;
  std::vector<std::string> deviations;
  std::string unavailable;  ///< why there was no server
};

struct TestReport {
  std::string project;
  std::vector<TestEngine> engines;
  std::vector<TestResult> results;  ///< by kind, engine, then order of the migrations
  std::int64_t duration_ms = 0;
  std::vector<std::string> warnings;

  std::size_t count(TestOutcome outcome) const;
  /// Nothing failed; incomplete ones do not count.
  bool passed() const { return count(TestOutcome::failed) == 0; }
};

}  // namespace paripassu
