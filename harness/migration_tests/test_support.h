#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "backends/catalog/catalog.h"
#include "harness/dataset/row_set.h"
#include "harness/migration_tests/test_context.h"

/// What the tests of several kinds share. Private to the room.
namespace paripassu::migration_tests {

/// Milliseconds since it was made.
class Stopwatch {
 public:
  std::int64_t elapsed_ms() const;

 private:
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

/// Neither a finding nor a fault of the project: the run is being stopped.
bool ends_the_run(const Error& error);

/// Version of the newest revision; empty without any.
std::string newest_version(const Migrator& migrator);

/// The place of a revision, written as its version or its label or equal to its version in the sense of
/// compare_versions; nullopt where there is none.
std::optional<std::size_t> find_revision(const std::vector<Revision>& revisions, const std::string& word);

/// Every table's rows, in the order of the catalog.
struct TableRows {
  std::string schema;
  std::string table;
  RowSet rows;
};
using DatabaseRows = std::vector<TableRows>;
DatabaseRows read_rows(TestDatabase& database, const catalog::Catalog& catalog);

/// One problem per table of `before` whose rows are not the same, byte for byte, in `after`: "rows-lost", else
/// "rows-changed". Tables that `after` alone has do not matter. `unstable` as in [tests].
std::vector<TestProblem> changed_rows(const DatabaseRows& before, const DatabaseRows& after,
                                      const std::vector<std::string>& unstable);

/// A line per difference, and one that counts those that were left out.
std::vector<std::string> describe_all(const RowComparison& comparison, const std::string& left_word,
                                      const std::string& right_word);

/// Finishes a result: failed if it has problems and is not yet decided otherwise; files as a user would type them.
void settle(TestResult& result, TestContext& context, const Stopwatch& watch);

/// With --keep, leaves the database of a failed test on its server.
void keep_if_failed(TestResult& result, TestContext& context, TestDatabase& database);

/// A group of one test, ENGINE/KIND/newest.
class NewestTest : public TestGroup {
 public:
  std::vector<TestName> tests() const final { return {name_}; }
  void run(TestSink& sink) final;

 protected:
  NewestTest(TestContext& context, const Backend& backend, TestKind kind)
      : context_(context), backend_(backend), name_{std::string(backend.name()), kind, "newest"} {}

  virtual void test(TestResult& result) = 0;
  /// Does what applies the migrations and reads what they make. False, and the test is incomplete, when that fails:
  /// that a migration fails is the stairway's to say.
  static bool prepare(TestResult& result, const std::function<void()>& work);

  TestContext& context_;
  const Backend& backend_;

 private:
  const TestName name_;
};

/// "3 rows", "1 row".
std::string counted(std::size_t count, const std::string& word);

}  // namespace paripassu::migration_tests
