#include "harness/migration_tests/test_run.h"

#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <exception>
#include <set>
#include <thread>
#include <tuple>
#include <utility>

#include "backends/interrupt.h"
#include "harness/migration_tests/test_kinds.h"

namespace paripassu {

namespace {

using Clock = std::chrono::steady_clock;

constexpr const char* kBoth = "both";
constexpr const char* kSetup = "setup";

std::int64_t ms_since(Clock::time_point begin) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begin).count();
}

bool matches(const std::string& pattern, const std::string& name) {
  const bool has_wildcard = pattern.find_first_of("*?") != std::string::npos;
  const std::string whole = has_wildcard ? pattern : "*" + pattern + "*";
  return fnmatch(whole.c_str(), name.c_str(), FNM_NOESCAPE | FNM_CASEFOLD) == 0;
}

/// Collects results from all groups; counts for the progress line.
class Collector final : public TestSink {
 public:
  Collector(const std::vector<std::string>& filter, const std::function<void(const TestProgress&)>& on_progress)
      : filter_(filter), on_progress_(on_progress) {}

  bool wants(const TestName& name) const override {
    if (filter_.empty()) return true;
    const std::string text = name.text();
    return std::any_of(filter_.begin(), filter_.end(),
                       [&text](const std::string& pattern) { return matches(pattern, text); });
  }

  void started(const TestName& name) override {
    const std::lock_guard lock(mutex_);
    notify(&name, nullptr);
  }

  void finished(TestResult result) override {
    const std::lock_guard lock(mutex_);
    if (!reported_.insert(result.name.text()).second) return;
    results_.push_back(std::move(result));
    notify(&results_.back().name, &results_.back());
  }

  bool has(const TestName& name) const {
    const std::lock_guard lock(mutex_);
    return reported_.count(name.text()) != 0;
  }

  void expect(std::size_t tests) { total_ += tests; }
  std::size_t expected() const { return total_; }
  std::vector<TestResult> take() { return std::move(results_); }

 private:
  void notify(const TestName* name, const TestResult* finished) const {
    if (!on_progress_) return;
    TestProgress progress;
    progress.done = results_.size();
    progress.total = total_;
    progress.elapsed_ms = ms_since(begin_);
    // The first few say little about the rest.
    constexpr std::size_t kDoneMin = 3;
    if (progress.done >= kDoneMin && progress.total >= progress.done)
      progress.left_ms = progress.elapsed_ms * static_cast<std::int64_t>(progress.total - progress.done) /
                         static_cast<std::int64_t>(progress.done);
    progress.name = name;
    progress.finished = finished;
    on_progress_(progress);
  }

  const std::vector<std::string>& filter_;
  const std::function<void(const TestProgress&)>& on_progress_;
  mutable std::mutex mutex_;
  Clock::time_point begin_ = Clock::now();
  std::size_t total_ = 0;
  std::vector<TestResult> results_;
  std::set<std::string> reported_;
};

/// What makes a failure the same in two kinds of test: a migration that fails does so in every walk over it.
std::string identity_of(const std::string& engine, const TestProblem& problem) {
  std::string text = engine + '\0' + problem.code + '\0' + problem.position.to_string();
  for (const std::string& detail : problem.details) text += '\0' + detail;
  return text;
}

/// A test whose every problem was reported by a test of another kind before is skipped and names it: one fault is told
/// once, by the simplest test that finds it.
void fold_repeated_failures(std::vector<TestResult>& results) {
  std::map<std::string, const TestResult*> first;
  for (TestResult& result : results) {
    if (result.outcome != TestOutcome::failed) continue;
    const TestResult* told = nullptr;
    bool all_told = !result.problems.empty();
    for (const TestProblem& problem : result.problems) {
      const auto [place, is_new] = first.emplace(identity_of(result.name.engine, problem), &result);
      // Without a place or a word of the server two failures may only look alike.
      const bool is_known = problem.position.known() && !problem.details.empty();
      if (is_new || !is_known || place->second->name.kind == result.name.kind) {
        all_told = false;
      } else if (told == nullptr) {
        told = place->second;
      }
    }
    if (!all_told) continue;
    result.outcome = TestOutcome::skipped;
    result.reason = "fails as " + told->name.text() + " does";
    result.problems.clear();
  }
}

/// One group, with where its results stand in the report.
struct Scheduled {
  std::unique_ptr<TestGroup> group;
  std::vector<TestName> wanted;
};

class TestRun {
 public:
  TestRun(TestContext& context, const std::vector<const Backend*>& engines,
          const std::function<void(const TestProgress&)>& on_progress)
      : context_(context), engines_(engines), collector_(context.options().filter, on_progress) {}

  TestReport run() {
    const Clock::time_point begin = Clock::now();
    // The project's own mistakes end the run before a server is started.
    for (const Backend* backend : engines_) context_.migrator(*backend);
    find_servers();
    for (const TestKind kind : all_test_kinds())
      if (is_chosen(kind)) add_kind(kind);
    require_any();
    work();
    Interrupt::throw_if_requested();
    if (failure_) std::rethrow_exception(failure_);
    report_.project = context_.configuration().project_name;
    report_.results = collector_.take();
    sort_results();
    fold_repeated_failures(report_.results);
    report_.duration_ms = ms_since(begin);
    return std::move(report_);
  }

 private:
  bool is_chosen(TestKind kind) const {
    return context_.options().only.empty() || context_.options().only.count(kind) != 0;
  }

  void find_servers() {
    report_.engines.resize(engines_.size());
    std::vector<std::exception_ptr> faults(engines_.size());
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < engines_.size(); ++i) {
      threads.emplace_back([this, i, &faults] {
        const Backend& backend = *engines_[i];
        TestEngine& engine = report_.engines[i];
        engine.name = backend.name();
        try {
          const std::unique_ptr<Session> session =
              context_.servers().connect(backend, context_.servers().server(backend).url);
          const ServerInfo& server = session->server();
          engine.server = server.label();
          engine.genuine = server.genuine;
          engine.deviations = server.deviations;
        } catch (const Error& error) {
          engine.unavailable = error.message();
        } catch (...) {
          faults[i] = std::current_exception();
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    for (const std::exception_ptr& fault : faults)
      if (fault) std::rethrow_exception(fault);
    Interrupt::throw_if_requested();
    for (std::size_t i = 0; i < engines_.size(); ++i)
      if (report_.engines[i].unavailable.empty()) available_.push_back(engines_[i]);
  }

  void add_kind(TestKind kind) {
    if (kind == TestKind::parity) {
      add_parity();
      return;
    }
    for (const TestEngine& engine : report_.engines)
      if (!engine.unavailable.empty()) add_incomplete({engine.name, kind, "all"}, "no server: " + engine.unavailable);
    if (kind == TestKind::cases) {
      if (!available_.empty()) add_groups(kBoth, kind, [&] { return case_tests(context_, available_); });
      return;
    }
    for (const Backend* backend : available_)
      add_groups(std::string(backend->name()), kind, [&] { return groups_of(kind, *backend); });
  }

  TestGroups groups_of(TestKind kind, const Backend& backend) {
    switch (kind) {
      case TestKind::stairway:
        return stairway_tests(context_, backend);
      case TestKind::stairway_data:
        return stairway_data_tests(context_, backend);
      case TestKind::ladder:
        return ladder_tests(context_, backend);
      case TestKind::skipped:
        return skipped_version_tests(context_, backend);
      case TestKind::model:
        return model_tests(context_, backend);
      case TestKind::rerun:
        return rerun_tests(context_, backend);
      case TestKind::runners:
        return runner_tests(context_, backend);
      case TestKind::cases:
      case TestKind::parity:
        break;
    }
    return {};
  }

  void add_parity() {
    if (engines_.size() < 2) {
      if (!context_.options().only.empty())
        add_incomplete({kBoth, TestKind::parity, "all"}, "parity compares two engines, and one was chosen");
      return;
    }
    if (available_.size() < engines_.size()) {
      for (const TestEngine& engine : report_.engines)
        if (!engine.unavailable.empty())
          add_incomplete({kBoth, TestKind::parity, "all"}, "no server of " + engine.name + ": " + engine.unavailable);
      return;
    }
    for (std::size_t i = 1; i < available_.size(); ++i)
      add_groups(kBoth, TestKind::parity, [&] { return parity_tests(context_, *available_[0], *available_[i]); });
  }

  template <class Make>
  void add_groups(const std::string& engine, TestKind kind, Make make) {
    TestGroups groups;
    try {
      groups = make();
    } catch (const Error& error) {
      if (error.category() == ErrorCategory::interrupted || error.category() == ErrorCategory::internal) throw;
      // Files of the tests themselves are wrong: a failure of theirs, and the other kinds go on.
      TestResult result;
      result.name = {engine, kind, kSetup};
      result.outcome = TestOutcome::failed;
      result.problems.push_back(problem_of(error, "preparing the tests"));
      early_.push_back(std::move(result));
      return;
    }
    for (auto& group : groups) {
      Scheduled scheduled;
      for (TestName& name : group->tests())
        if (collector_.wants(name)) scheduled.wanted.push_back(std::move(name));
      if (scheduled.wanted.empty()) continue;
      collector_.expect(scheduled.wanted.size());
      for (const TestName& name : scheduled.wanted) order_.push_back(name);
      scheduled.group = std::move(group);
      scheduled_.push_back(std::move(scheduled));
    }
  }

  void add_incomplete(TestName name, const std::string& reason) {
    TestResult result;
    result.name = std::move(name);
    result.outcome = TestOutcome::incomplete;
    result.reason = reason;
    early_.push_back(std::move(result));
  }

  void require_any() const {
    if (!scheduled_.empty() || !early_.empty() || context_.options().filter.empty()) return;
    std::string patterns;
    for (const std::string& pattern : context_.options().filter)
      patterns += (patterns.empty() ? "'" : ", '") + pattern + "'";
    throw Error(ErrorCategory::usage, "no test has a name that matches " + patterns)
        .with_remedy("names are ENGINE/KIND/MIGRATION, as in postgres/stairway/0003_add_phone; `*` is any text");
  }

  void work() {
    collector_.expect(early_.size());
    for (TestResult& result : early_) {
      order_.push_back(result.name);
      collector_.finished(std::move(result));
    }
    const auto jobs = static_cast<std::size_t>(std::max(1, context_.options().jobs));
    std::vector<std::thread> threads;
    for (std::size_t i = 1; i < std::min(jobs, scheduled_.size()); ++i) threads.emplace_back([this] { work_off(); });
    work_off();
    for (std::thread& thread : threads) thread.join();
  }

  void work_off() {
    while (!Interrupt::requested()) {
      const std::size_t index = next_++;
      if (index >= scheduled_.size()) return;
      Scheduled& scheduled = scheduled_[index];
      std::string cause = "the test did not come to its end";
      try {
        scheduled.group->run(collector_);
      } catch (const Error& error) {
        if (error.category() == ErrorCategory::internal) remember_failure();
        cause = error.message();
      } catch (...) {
        remember_failure();
      }
      // Databases are dropped as soon as their group is done.
      scheduled.group.reset();
      for (const TestName& name : scheduled.wanted) {
        if (collector_.has(name)) continue;
        TestResult result;
        result.name = name;
        result.outcome = TestOutcome::incomplete;
        result.reason = cause;
        collector_.finished(std::move(result));
      }
    }
  }

  void remember_failure() {
    const std::lock_guard lock(failure_mutex_);
    if (!failure_) failure_ = std::current_exception();
  }

  void sort_results() {
    std::map<std::string, std::size_t> places;
    for (std::size_t i = 0; i < order_.size(); ++i) places.emplace(order_[i].text(), i);
    const auto place = [&](const TestResult& result) {
      const auto found = places.find(result.name.text());
      return found == places.end() ? order_.size() : found->second;
    };
    std::stable_sort(report_.results.begin(), report_.results.end(), [&](const TestResult& a, const TestResult& b) {
      return std::tuple(a.name.kind, place(a)) < std::tuple(b.name.kind, place(b));
    });
  }

  TestContext& context_;
  const std::vector<const Backend*>& engines_;
  Collector collector_;
  TestReport report_;
  std::vector<const Backend*> available_;
  std::vector<Scheduled> scheduled_;
  std::vector<TestResult> early_;
  std::vector<TestName> order_;
  std::atomic<std::size_t> next_ = 0;
  std::mutex failure_mutex_;
  std::exception_ptr failure_;
};

}  // namespace

TestReport run_tests(TestContext& context, const std::vector<const Backend*>& engines,
                     const std::function<void(const TestProgress&)>& on_progress) {
  return TestRun(context, engines, on_progress).run();
}

}  // namespace paripassu
