#include <fmt/format.h>

#include <array>
#include <exception>
#include <latch>
#include <map>
#include <optional>
#include <thread>
#include <utility>

#include "harness/migration_tests/fingerprint.h"
#include "harness/migration_tests/test_kinds.h"
#include "harness/migration_tests/test_support.h"

namespace paripassu {

namespace {

using namespace migration_tests;

/// What migrating has made of a database: what two runners must make as one does.
struct Outcome {
  catalog::Catalog catalog;
  std::map<std::string, std::string> row_counts;  ///< by table
};

Outcome outcome_of(TestDatabase& database) {
  Outcome outcome;
  outcome.catalog = database.catalog();
  for (const catalog::Schema& schema : outcome.catalog.schemas) {
    for (const catalog::Table& table : schema.tables) {
      const ResultSet count = database.session().query("SELECT COUNT(*) AS row_count FROM " +
                                                       database.backend().dialect().qualified(schema.name, table.name));
      outcome.row_counts[schema.name + "." + table.name] = count.row(0)[0].value_or("");
    }
  }
  return outcome;
}

/// One of the two.
struct Runner {
  std::size_t applied = 0;
  std::optional<Error> error;
  std::exception_ptr fault;
};

/// Neither begins before both are ready.
std::array<Runner, 2> run_two(const Migrator& migrator, const ConnectionUrl& url, const std::string& version) {
  std::array<Runner, 2> runners;
  std::latch start(2);
  const auto work = [&](Runner& runner) {
    std::unique_ptr<Migrator::Run> run;
    try {
      run = migrator.open(url);
    } catch (const Error& error) {
      runner.error = error;
    } catch (...) {
      runner.fault = std::current_exception();
    }
    start.arrive_and_wait();
    if (!run) return;
    try {
      runner.applied = run->up_to(version).size();
    } catch (const Error& error) {
      runner.error = error;
    } catch (...) {
      runner.fault = std::current_exception();
    }
  };
  std::thread other(work, std::ref(runners[1]));
  work(runners[0]);
  other.join();
  for (const Runner& runner : runners) {
    if (runner.fault) std::rethrow_exception(runner.fault);
    if (runner.error && ends_the_run(*runner.error)) throw Error(*runner.error);
  }
  return runners;
}

class RunnerTests final : public NewestTest {
 public:
  RunnerTests(TestContext& context, const Backend& backend) : NewestTest(context, backend, TestKind::runners) {}

 private:
  void test(TestResult& result) override {
    const bool prepared = prepare(result, [&] {
      const std::unique_ptr<TestDatabase> database = context_.database(backend_);
      applied_alone_ = database->up(newest_version(database->migrator())).size();
      alone_ = outcome_of(*database);
    });
    if (!prepared) return;
    const std::unique_ptr<TestDatabase> database = context_.database(backend_);
    judge(run_two(database->migrator(), database->url(), newest_version(database->migrator())), *database, result);
    keep_if_failed(result, context_, *database);
  }

  void judge(const std::array<Runner, 2>& runners, TestDatabase& database, TestResult& result) {
    // A tool of the team's own does not tell what it applied.
    const bool is_ours = database.migrator().scripts() != nullptr;
    std::vector<TestProblem> failed;
    for (const Runner& runner : runners) {
      if (!runner.error) continue;
      failed.push_back(problem_of(*runner.error, "one of two runners at once fails"));
      failed.back().code = "runner-failed";
    }
    std::vector<TestProblem> damage;
    try {
      damage = compare(outcome_of(database));
    } catch (const Error& error) {
      if (ends_the_run(error)) throw;
      damage.push_back(problem_of(error, "reading what two runners have made"));
    }
    if (failed.empty() && is_ours && runners[0].applied + runners[1].applied > applied_alone_) {
      TestProblem problem;
      problem.code = "applied-twice";
      problem.message = fmt::format("two runners at once apply {} and {}, one alone {}: some ran twice",
                                    counted(runners[0].applied, "migration"), runners[1].applied, applied_alone_);
      damage.push_back(std::move(problem));
    }
    // Most tools take no lock. Where the one that comes too late breaks off and leaves no trace, that is for the team
    // to know, but nothing that its migrations could mend.
    if (!is_ours && failed.size() == 1 && damage.empty()) {
      result.outcome = TestOutcome::skipped;
      result.reason =
          "the tool of [migrator] takes no lock: of two runners at once one failed, without harm; let one process at a "
          "time migrate, or take a lock before";
      result.notes.push_back(failed.front().message);
      for (const std::string& detail : failed.front().details) result.notes.push_back(detail);
      return;
    }
    for (std::vector<TestProblem>* problems : {&failed, &damage})
      for (TestProblem& problem : *problems) result.problems.push_back(std::move(problem));
  }

  std::vector<TestProblem> compare(const Outcome& together) const {
    TestProblem problem;
    problem.code = "runners-differ";
    problem.message = "two runners at once do not make what one alone makes";
    const FingerprintOptions options{context_.configuration().tests.compare_column_order, &context_.registry()};
    for (const CatalogChange& change : catalog_changes(alone_.catalog, together.catalog, options))
      problem.details.push_back(fmt::format("{}: {} ({})", change.object, change.text, change.code));
    for (const auto& [table, count] : alone_.row_counts) {
      const auto found = together.row_counts.find(table);
      if (found != together.row_counts.end() && found->second != count)
        problem.details.push_back(fmt::format("{}: {} rows by one runner, {} by two", table, count, found->second));
    }
    if (problem.details.empty()) return {};
    return {std::move(problem)};
  }

  std::size_t applied_alone_ = 0;
  Outcome alone_;
};

}  // namespace

TestGroups runner_tests(TestContext& context, const Backend& backend) {
  TestGroups groups;
  if (!context.migrator(backend).revisions().empty()) groups.push_back(std::make_unique<RunnerTests>(context, backend));
  return groups;
}

}  // namespace paripassu
