#include <fmt/format.h>

#include <utility>

#include "harness/migration_tests/fingerprint.h"
#include "harness/migration_tests/test_kinds.h"
#include "harness/migration_tests/test_support.h"

namespace paripassu {

namespace {

using namespace migration_tests;

class RerunTests final : public NewestTest {
 public:
  RerunTests(TestContext& context, const Backend& backend) : NewestTest(context, backend, TestKind::rerun) {}

 private:
  void test(TestResult& result) override {
    const std::unique_ptr<TestDatabase> database = context_.database(backend_);
    const std::string newest = newest_version(database->migrator());
    const bool prepared = prepare(result, [&] {
      database->up(newest);
      catalog_ = database->catalog();
      rows_ = read_rows(*database, catalog_);
    });
    if (!prepared) return;
    run_again("a second up", result, *database, [&] { return database->up(newest); });
    // The ledger is what a new process knows; what the session remembers must not matter.
    if (result.problems.empty())
      run_again("an up by another session", result, *database,
                [&] { return database->migrator().open(database->url())->up_to(newest); });
    keep_if_failed(result, context_, *database);
  }

  template <class Up>
  void run_again(const std::string& what, TestResult& result, TestDatabase& database, Up up) {
    try {
      const std::size_t applied = up().size();
      // A tool does not tell what it applied: what it changed is found below.
      if (applied > 0 && database.migrator().scripts() != nullptr) {
        TestProblem problem;
        problem.code = "applied-again";
        problem.message =
            fmt::format("{} applies {} that the first had applied already", what, counted(applied, "migration"));
        result.problems.push_back(std::move(problem));
      }
      const catalog::Catalog catalog = database.catalog();
      const FingerprintOptions options{true, &context_.registry()};
      if (const std::vector<CatalogChange> changes = catalog_changes(catalog_, catalog, options); !changes.empty()) {
        TestProblem problem;
        problem.code = "rerun-changes";
        problem.message = what + " changes the schema, although nothing is left to apply";
        for (const CatalogChange& change : changes)
          problem.details.push_back(fmt::format("{}: {} ({})", change.object, change.text, change.code));
        result.problems.push_back(std::move(problem));
      }
      for (TestProblem& problem : changed_rows(rows_, read_rows(database, catalog), {})) {
        problem.code = "rerun-changes";
        problem.message = fmt::format("after {}, {}", what, problem.message);
        result.problems.push_back(std::move(problem));
      }
    } catch (const Error& error) {
      if (ends_the_run(error)) throw;
      result.problems.push_back(problem_of(error, what + ", when everything is applied, fails"));
    }
  }

  catalog::Catalog catalog_;
  DatabaseRows rows_;
};

}  // namespace

TestGroups rerun_tests(TestContext& context, const Backend& backend) {
  TestGroups groups;
  if (!context.migrator(backend).revisions().empty()) groups.push_back(std::make_unique<RerunTests>(context, backend));
  return groups;
}

}  // namespace paripassu
