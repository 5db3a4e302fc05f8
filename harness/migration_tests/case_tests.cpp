#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <utility>

#include "harness/migration_tests/case_run.h"
#include "harness/migration_tests/prepared_databases.h"
#include "harness/migration_tests/test_case.h"
#include "harness/migration_tests/test_kinds.h"
#include "harness/migration_tests/test_support.h"

namespace paripassu {

namespace {

namespace fs = std::filesystem;

using namespace migration_tests;

constexpr const char* kBoth = "both";

/// A case on all of its engines.
class CaseTests final : public TestGroup {
 public:
  CaseTests(TestContext& context, TestCase test_case, const std::vector<const Backend*>& engines,
            std::shared_ptr<PreparedDatabases> databases)
      : context_(context), case_(std::move(test_case)), databases_(std::move(databases)) {
    for (const Backend* backend : engines) (case_.is_for(*backend) ? engines_ : others_).push_back(backend);
    for (const Backend* backend : engines_) databases_->announce(*backend);
    waiting_ = engines_;
  }

  ~CaseTests() override {
    for (const Backend* backend : waiting_) databases_->release(*backend);
  }

  std::vector<TestName> tests() const override {
    std::vector<TestName> names;
    for (const Backend* backend : engines_) names.push_back(name_on(*backend));
    for (const Backend* backend : others_) names.push_back(name_on(*backend));
    if (engines_.size() > 1) names.push_back(name_of_both());
    return names;
  }

  void run(TestSink& sink) override {
    for (const Backend* backend : others_) {
      if (!sink.wants(name_on(*backend))) continue;
      TestResult result;
      result.name = name_on(*backend);
      result.outcome = TestOutcome::skipped;
      result.reason = fmt::format("the case is not for {}", backend->name());
      sink.finished(std::move(result));
    }
    const bool both = engines_.size() > 1 && sink.wants(name_of_both());
    std::vector<CaseRun> runs;
    for (const Backend* backend : engines_) {
      const TestName name = name_on(*backend);
      if (!both && !sink.wants(name)) continue;
      if (sink.wants(name)) sink.started(name);
      waiting_.erase(std::find(waiting_.begin(), waiting_.end(), backend));
      CaseRun run = run_case(context_, *backend, case_, *databases_);
      run.result.name = name;
      if (run.database) keep_if_failed(run.result, context_, *run.database);
      if (sink.wants(name)) sink.finished(run.result);
      if (both) runs.push_back(std::move(run));
    }
    if (both) compare(runs, sink);
  }

 private:
  TestName name_on(const Backend& backend) const { return {std::string(backend.name()), TestKind::cases, case_.name}; }
  TestName name_of_both() const { return {kBoth, TestKind::cases, case_.name}; }

  void compare(std::vector<CaseRun>& runs, TestSink& sink) {
    const Stopwatch watch;
    TestResult result;
    result.name = name_of_both();
    sink.started(result.name);
    for (std::size_t i = 0; i < runs.size(); ++i) {
      if (runs[i].observation.cut_short.empty()) continue;
      result.reason += fmt::format("{}{} did not come to its end: {}", result.reason.empty() ? "" : "; ",
                                   engines_[i]->name(), runs[i].observation.cut_short);
    }
    for (std::size_t i = 1; i < runs.size(); ++i)
      for (TestProblem& problem :
           compare_runs(context_.configuration(), case_, std::string(engines_[0]->name()), runs[0].observation,
                        std::string(engines_[i]->name()), runs[i].observation))
        result.problems.push_back(std::move(problem));
    if (result.problems.empty() && !result.reason.empty()) result.outcome = TestOutcome::incomplete;
    if (!result.problems.empty()) result.reason.clear();
    if (context_.options().keep && !result.problems.empty())
      for (CaseRun& run : runs)
        if (run.database) result.kept += (result.kept.empty() ? "" : " and ") + run.database->keep();
    settle(result, context_, watch);
    sink.finished(std::move(result));
  }

  TestContext& context_;
  const TestCase case_;
  const std::shared_ptr<PreparedDatabases> databases_;
  std::vector<const Backend*> engines_;  ///< of the run that the case is for
  std::vector<const Backend*> others_;
  std::vector<const Backend*> waiting_;  ///< announced, not yet run
};

/// A folder that is no case: its fault is that test's, and the others go on.
class BadCase final : public TestGroup {
 public:
  BadCase(TestContext& context, TestName name, Error error)
      : context_(context),
        name_(std::move(name)),
        // NOLINTNEXTLINE(bugprone-throw-keyword-missing): it is kept for the report
        error_(std::move(error)) {}

  std::vector<TestName> tests() const override { return {name_}; }

  void run(TestSink& sink) override {
    if (!sink.wants(name_)) return;
    const Stopwatch watch;
    sink.started(name_);
    TestResult result;
    result.name = name_;
    result.problems.push_back(problem_of(error_, "reading the case"));
    settle(result, context_, watch);
    sink.finished(std::move(result));
  }

 private:
  TestContext& context_;
  const TestName name_;
  const Error error_;
};

/// Folders below `folder`, by name. Those that are hidden or empty are nobody's case.
std::vector<std::string> case_folders(const std::string& folder) {
  std::vector<std::string> folders;
  std::error_code ignored;
  if (!fs::is_directory(folder, ignored)) return folders;
  try {
    for (const auto& entry : fs::directory_iterator(folder)) {
      const std::string name = entry.path().filename().string();
      if (entry.is_directory() && !name.starts_with('.') && !fs::is_empty(entry.path())) folders.push_back(name);
    }
  } catch (const fs::filesystem_error& error) {
    throw Error(ErrorCategory::configuration, fmt::format("cannot read the cases: {}", error.code().message()))
        .with_position({folder, 0, 0});
  }
  std::sort(folders.begin(), folders.end());
  return folders;
}

}  // namespace

TestGroups case_tests(TestContext& context, const std::vector<const Backend*>& engines) {
  TestGroups groups;
  if (engines.empty()) return groups;
  const std::string folder = context.resolve(context.configuration().tests.cases);
  const std::string engine = engines.size() > 1 ? kBoth : std::string(engines.front()->name());
  std::vector<std::pair<std::size_t, TestCase>> cases;
  for (const std::string& name : case_folders(folder)) {
    try {
      TestCase test_case = TestCase::read(folder + "/" + name, context.registry());
      // Behind all of them where the migration is not known, which is told when it is run.
      const std::vector<Revision>& revisions = context.migrator(*engines.front()).revisions();
      const std::size_t place = find_revision(revisions, test_case.migration).value_or(revisions.size());
      cases.emplace_back(place, std::move(test_case));
    } catch (const Error& error) {
      if (ends_the_run(error)) throw;
      groups.push_back(std::make_unique<BadCase>(context, TestName{engine, TestKind::cases, name}, error));
    }
  }
  // In the order of the migrations, so that one walk over them prepares all.
  std::stable_sort(cases.begin(), cases.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  const auto databases = std::make_shared<PreparedDatabases>(context);
  for (auto& [place, test_case] : cases)
    groups.push_back(std::make_unique<CaseTests>(context, std::move(test_case), engines, databases));
  return groups;
}

}  // namespace paripassu
