#pragma once

#include <fmt/format.h>
#include <unistd.h>

#include <memory>
#include <mutex>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "harness/migration_tests/test_kinds.h"
#include "tests/end_to_end/engine_case.h"

namespace paripassu::test {

/// Keeps what groups report; `only` is what a filter lets through, by TestName::text; empty: all.
class KeptResults final : public TestSink {
 public:
  KeptResults() = default;
  explicit KeptResults(std::set<std::string> only) : only_(std::move(only)) {}

  bool wants(const TestName& name) const override { return only_.empty() || only_.contains(name.text()); }
  void started(const TestName&) override {}
  void finished(TestResult result) override {
    const std::lock_guard lock(mutex_);
    results_.push_back(std::move(result));
  }

  const std::vector<TestResult>& results() const { return results_; }
  const TestResult& of(const std::string& name) const {
    for (const TestResult& result : results_)
      if (result.name.text() == name) return result;
    throw std::runtime_error("no result of " + name);
  }

 private:
  std::set<std::string> only_;
  std::mutex mutex_;
  std::vector<TestResult> results_;
};

/// A project on one server or two: the table `customers` in 0001, and what a test adds.
class KindsProject {
 public:
  explicit KindsProject(std::vector<Target> targets) : targets_(std::move(targets)) {
    configuration.project_dir = folder.path();
    for (const Target& target : targets_) {
      configuration.engines[target.name()].url = url_with_password(target.server);
      engines.push_back(target.backend);
    }
    up("0001_customers", {"CREATE TABLE customers (id int NOT NULL PRIMARY KEY, name varchar(40), email varchar(40))"});
    down("0001_customers", {"DROP TABLE customers"});
  }

  void up(const std::string& name, const std::vector<std::string>& statements, const std::string& head = "") const {
    for (const Target& target : targets_)
      folder.write(fmt::format("migrations/{}.{}.up.sql", name, target.name()), head + target.script(statements));
  }
  void down(const std::string& name, const std::vector<std::string>& statements) const {
    for (const Target& target : targets_)
      folder.write(fmt::format("migrations/{}.{}.down.sql", name, target.name()), target.script(statements));
  }
  void test_case(const std::string& name, const std::string& text) const {
    folder.write("tests/cases/" + name + "/case.toml", text);
  }

  TestContext& context() {
    if (!context_) {
      servers_ = std::make_unique<ServerPool>(configuration);
      loader_ = std::make_unique<SourceLoader>(registry(), configuration, *servers_);
      context_ = std::make_unique<TestContext>(registry(), configuration, *servers_, *loader_, options);
    }
    return *context_;
  }

  /// Runs the groups; every test that is wanted has a result afterwards.
  static void run(TestGroups groups, KeptResults& kept) {
    for (auto& group : groups) {
      const std::vector<TestName> names = group->tests();
      group->run(kept);
      for (const TestName& name : names)
        if (kept.wants(name)) kept.of(name.text());
      group.reset();
    }
  }
  void run_cases(KeptResults& kept) { run(case_tests(context(), engines), kept); }
  /// The result of groups that have one test.
  static TestResult only(TestGroups groups) {
    KeptResults kept;
    run(std::move(groups), kept);
    REQUIRE(kept.results().size() == 1);
    return kept.results().front();
  }

  /// Scratch databases of this process that are still there.
  std::size_t left_behind() const {
    std::size_t count = 0;
    const std::string own = fmt::format("paripassu_scratch_{:x}_", static_cast<unsigned>(getpid()));
    for (const Target& target : targets_) {
      const ResultSet names = target.backend->connect(target.server)->query(target.sql.scratch_databases);
      for (std::size_t row = 0; row < names.row_count(); ++row)
        if (names.row(row)[0].value_or("").starts_with(own)) ++count;
    }
    return count;
  }

  TemporaryFolder folder;
  Configuration configuration;
  TestOptions options;
  std::vector<const Backend*> engines;

 private:
  const std::vector<Target> targets_;
  std::unique_ptr<ServerPool> servers_;
  std::unique_ptr<SourceLoader> loader_;
  std::unique_ptr<TestContext> context_;
};

/// PostgreSQL and SQL Server; nothing where one has no server.
inline std::vector<Target> targets_of_both() {
  std::vector<Target> targets;
  for (const char* engine : {"postgres", "sqlserver"}) {
    const Backend& backend = registry().get(engine);
    const LiveServer& server = live_server(backend);
    if (!server.url) return {};
    targets.push_back(
        {&backend, *server.url, backend.connect(*server.url)->server().genuine, *find_engine_sql(engine)});
  }
  return targets;
}

/// Everything that a result says, to be searched and for messages.
inline std::string words_of(const TestResult& result) {
  std::string text = fmt::format("{}: {}", result.name.text(), to_string(result.outcome));
  if (!result.reason.empty()) text += " (" + result.reason + ")";
  for (const TestProblem& problem : result.problems) {
    text += fmt::format("\n  {}: {} [{}]", problem.code, problem.message, problem.position.to_string());
    for (const std::string& detail : problem.details) text += "\n    " + detail;
  }
  for (const std::string& note : result.notes) text += "\n  note: " + note;
  return text;
}

/// The only problem of a failed test; ends the running case when there is another number of them.
inline TestProblem problem_in(const TestResult& result, const std::string& code) {
  INFO(words_of(result));
  CHECK(result.outcome == TestOutcome::failed);
  REQUIRE(result.problems.size() == 1);
  CHECK(result.problems.front().code == code);
  return result.problems.front();
}

}  // namespace paripassu::test

#define CHECK_PASSED(result) CHECK_MESSAGE((result).outcome == TestOutcome::passed, ::paripassu::test::words_of(result))
#define CHECK_SAYS(result, part)                                                     \
  CHECK_MESSAGE(::paripassu::test::words_of(result).find(part) != std::string::npos, \
                (part) << " is not in:\n"                                            \
                       << ::paripassu::test::words_of(result))
