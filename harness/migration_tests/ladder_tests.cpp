#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "harness/migration_tests/ladder.h"
#include "harness/migration_tests/test_kinds.h"
#include "harness/migration_tests/test_support.h"

namespace paripassu {

namespace {

using namespace migration_tests;

/// One walk up: each migration, then its data; at the end the expectations.
class LadderTests final : public TestGroup {
 public:
  LadderTests(TestContext& context, const Backend& backend, Ladder ladder, Expectations expectations)
      : context_(context),
        backend_(backend),
        migrator_(context.migrator(backend)),
        ladder_(std::move(ladder)),
        expectations_(std::move(expectations)),
        newest_{std::string(backend.name()), TestKind::ladder, "newest"} {
    // All engines of the run have their groups before the first one runs, and share the round.
    if (context.options().accept) round_ = context.accept_round();
  }

  std::vector<TestName> tests() const override {
    std::vector<TestName> names;
    for (const Revision& revision : migrator_.revisions())
      if (ladder_.has(revision.version)) names.push_back(name_of(revision));
    names.push_back(newest_);
    return names;
  }

  void run(TestSink& sink) override {
    std::size_t end = 0;
    const std::vector<Revision>& revisions = migrator_.revisions();
    for (std::size_t i = 0; i < revisions.size(); ++i)
      if (ladder_.has(revisions[i].version) && sink.wants(name_of(revisions[i]))) end = i + 1;
    const bool wants_newest = sink.wants(newest_);
    if (wants_newest) end = revisions.size();
    if (end == 0 && !wants_newest) return;

    const std::unique_ptr<TestDatabase> database = context_.database(backend_);
    for (std::size_t i = 0; i < end; ++i)
      if (!step(i, *database, sink)) return;
    if (wants_newest) finish(*database, sink);
  }

 private:
  TestName name_of(const Revision& revision) const { return {newest_.engine, TestKind::ladder, revision.label()}; }

  /// False when the walk cannot go on; everything behind has then been reported.
  bool step(std::size_t index, TestDatabase& database, TestSink& sink) {
    const Revision& revision = migrator_.revisions()[index];
    const bool has_data = ladder_.has(revision.version);
    TestResult result;
    result.name = name_of(revision);
    const bool wanted = has_data && sink.wants(result.name);
    if (wanted) sink.started(result.name);
    const Stopwatch watch;
    try {
      if (revision.has_up) {
        const std::vector<std::int64_t> durations_ms = database.up(revision.version);
        if (!durations_ms.empty()) result.migrate_ms = durations_ms.back();
      }
    } catch (const Error& error) {
      if (ends_the_run(error)) throw;
      give_up(index, error, database, sink, watch);
      return false;
    }
    if (!has_data) return true;
    try {
      ladder_.insert(revision.version, database);
    } catch (const Error& error) {
      if (ends_the_run(error)) throw;
      missing_.push_back(revision.label());
      result.problems.push_back(problem_of(error, fmt::format("the data of {} cannot be inserted", revision.label())));
    }
    if (!wanted) return true;
    keep_if_failed(result, context_, database);
    settle(result, context_, watch);
    sink.finished(std::move(result));
    return true;
  }

  /// A migration that the rows break: what "newest" is about; the data behind it was never tried.
  void give_up(std::size_t index, const Error& error, TestDatabase& database, TestSink& sink, const Stopwatch& watch) {
    const std::vector<Revision>& revisions = migrator_.revisions();
    const std::string label = revisions[index].label();
    for (std::size_t i = index; i < revisions.size(); ++i) {
      TestResult behind;
      behind.name = name_of(revisions[i]);
      if (!ladder_.has(revisions[i].version) || !sink.wants(behind.name)) continue;
      behind.outcome = TestOutcome::incomplete;
      behind.reason = fmt::format("{} could not be applied: {}", label, error.message());
      sink.finished(std::move(behind));
    }
    if (!sink.wants(newest_)) return;
    sink.started(newest_);
    TestResult result;
    result.name = newest_;
    TestProblem problem = problem_of(error, fmt::format("{} cannot be applied to the rows of the ladder", label));
    if (!problem.position.known()) problem.position.file = revisions[index].up_file;
    if (!missing_.empty()) problem.details.push_back(missing_text());
    result.problems.push_back(std::move(problem));
    keep_if_failed(result, context_, database);
    settle(result, context_, watch);
    sink.finished(std::move(result));
  }

  void finish(TestDatabase& database, TestSink& sink) {
    sink.started(newest_);
    const Stopwatch watch;
    TestResult result;
    result.name = newest_;
    result.notes = ladder_.notes();
    try {
      check(database, result);
    } catch (const Error& error) {
      if (ends_the_run(error)) throw;
      result.problems.push_back(problem_of(error, "reading what the newest schema holds"));
    }
    keep_if_failed(result, context_, database);
    settle(result, context_, watch);
    sink.finished(std::move(result));
  }

  void check(TestDatabase& database, TestResult& result) {
    if (!missing_.empty()) {
      result.outcome = TestOutcome::incomplete;
      result.reason = missing_text() + ", so that the rows cannot be as expected";
      if (context_.options().accept) result.reason += "; nothing was accepted";
      return;
    }
    if (round_) {
      Expectations::Accepted accepted = Expectations::accept(context_, database, database.catalog(), *round_);
      result.notes.insert(result.notes.end(), accepted.notes.begin(), accepted.notes.end());
      result.problems = std::move(accepted.problems);
      return;
    }
    if (expectations_.empty()) {
      result.outcome = TestOutcome::skipped;
      result.reason = "there are no expectations: `paripassu test --accept` writes them";
      return;
    }
    result.notes.insert(result.notes.end(), expectations_.notes().begin(), expectations_.notes().end());
    result.problems = expectations_.check(database, database.catalog());
  }

  std::string missing_text() const {
    std::string text = "the data of ";
    for (std::size_t i = 0; i < missing_.size(); ++i) text += (i == 0 ? "" : ", ") + missing_[i];
    return text + " could not be inserted";
  }

  TestContext& context_;
  const Backend& backend_;
  const Migrator& migrator_;
  const Ladder ladder_;
  const Expectations expectations_;
  const TestName newest_;
  std::shared_ptr<AcceptRound> round_;
  std::vector<std::string> missing_;  ///< labels of the versions whose data is not there
};

}  // namespace

TestGroups ladder_tests(TestContext& context, const Backend& backend) {
  Ladder ladder = Ladder::read(context, context.migrator(backend));
  Expectations expectations = Expectations::read(context, backend);
  TestGroups groups;
  if (!ladder.empty() || !expectations.empty())
    groups.push_back(std::make_unique<LadderTests>(context, backend, std::move(ladder), std::move(expectations)));
  return groups;
}

}  // namespace paripassu
