#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "harness/migration_tests/test_kinds.h"
#include "harness/migration_tests/test_support.h"
#include "harness/parity/parity_rules.h"
#include "harness/parity/step_report.h"
#include "harness/parity/waivers.h"
#include "harness/source/step_walk.h"

namespace paripassu {

namespace {

using namespace migration_tests;

struct Side {
  Side(TestContext& context, const Backend& backend)
      : database(context.database(backend)),
        walk(context.loader(), *database, context.options().skip_database_commands) {}

  std::unique_ptr<TestDatabase> database;
  StepSide<TestDatabase> walk;
};

/// The walk of both engines from version to version. compare_each_step of `diff` knows only scripts and no time limit,
/// and says nothing of the versions before the one that failed.
class ParityTests final : public TestGroup {
 public:
  ParityTests(TestContext& context, const Backend& left, const Backend& right)
      : context_(context),
        left_backend_(left),
        right_backend_(right),
        rules_(parity_rules(context.configuration(), context.registry())),
        steps_(merge_revisions(context.migrator(left).revisions(), context.migrator(right).revisions())) {}

  std::vector<TestName> tests() const override {
    std::vector<TestName> names;
    for (const RevisionPair& step : steps_) names.push_back({"both", TestKind::parity, step.any().label()});
    return names;
  }

  void run(TestSink& sink) override {
    const std::vector<TestName> names = tests();
    std::size_t last = 0;
    for (std::size_t i = 0; i < names.size(); ++i)
      if (sink.wants(names[i])) last = i + 1;
    if (last == 0) return;
    std::vector<TestResult> results(names.size());
    for (std::size_t i = 0; i < names.size(); ++i) results[i].name = names[i];

    std::unique_ptr<Side> left;
    std::unique_ptr<Side> right;
    run_both([&] { left = std::make_unique<Side>(context_, left_backend_); },
             [&] { right = std::make_unique<Side>(context_, right_backend_); });
    StepHistory history(rules_.fail_on);
    std::size_t compared = 0;
    std::string cause;
    std::vector<Difference> about_waivers;
    // All of them, whatever is wanted: whether a difference was repaired is known in the end.
    for (; compared < steps_.size(); ++compared) {
      if (sink.wants(names[compared])) sink.started(names[compared]);
      const Stopwatch watch;
      try {
        about_waivers = advance(steps_[compared], *left, *right, history, results[compared]);
      } catch (const Error& error) {
        if (ends_the_run(error)) throw;
        cause = fmt::format("{} could not be applied{}: {}", steps_[compared].any().label(),
                            error.engine().empty() ? "" : " on " + error.engine(), error.message());
        break;
      }
      results[compared].duration_ms = watch.elapsed_ms();
    }
    for (std::size_t i = compared; i < results.size(); ++i) {
      results[i].outcome = TestOutcome::incomplete;
      results[i].reason = cause;
    }
    judge(history.finish(), results);
    if (compared > 0 && compared == steps_.size())
      for (const Difference& finding : about_waivers) results.back().notes.push_back(finding.message);
    report(std::move(results), *left, *right, sink);
  }

 private:
  std::vector<Difference> advance(const RevisionPair& step, Side& left, Side& right, StepHistory& history,
                                  TestResult& result) {
    run_both([&] { left.walk.advance(step.left); }, [&] { right.walk.advance(step.right); });
    Comparison comparison = compare(left.walk.catalog(), right.walk.catalog(), rules_.comparison);
    locate(comparison, left.walk.origins(), right.walk.origins());
    // A waiver that a later version needs is not unused before: what is left in the end decides.
    refine(comparison, rules_, true);
    std::vector<Difference> about_waivers;
    std::copy_if(comparison.differences.begin(), comparison.differences.end(), std::back_inserter(about_waivers),
                 [](const Difference& one) { return is_about_waivers(one.code); });
    std::erase_if(comparison.differences, [](const Difference& one) { return is_about_waivers(one.code); });
    if (!comparison.unknown.empty()) {
      const catalog::Unknown& first = comparison.unknown.front();
      result.outcome = TestOutcome::incomplete;
      result.reason = fmt::format("{} could not be compared; the first: {} of {}: {}",
                                  counted(comparison.unknown.size(), "object"), first.what, first.object, first.reason);
    }
    const auto file = [](const Revision* revision) { return revision == nullptr ? "" : revision->up_file; };
    history.add({step.any().version, step.any().name, file(step.left), file(step.right)}, std::move(comparison));
    return about_waivers;
  }

  void judge(const StepReport& report, std::vector<TestResult>& results) const {
    for (const DifferenceLife& life : report.lives) {
      if (life.difference.severity > rules_.fail_on || !life.difference.waived.empty()) continue;
      TestResult& result = results[life.introduced];
      TestProblem problem;
      problem.code = "parity";
      const Difference& difference = life.difference;
      problem.message = difference.message;
      if (life.repaired)
        problem.message += fmt::format(" {} repairs it: between the two versions the engines differ.",
                                       steps_[*life.repaired].any().label());
      problem.position = position_of(difference, steps_[life.introduced]);
      problem.details.push_back(difference.code);
      for (const auto& [backend, side] :
           {std::pair(&left_backend_, &difference.left_side), std::pair(&right_backend_, &difference.right_side)})
        if (!side->file.empty())
          problem.details.push_back(
              fmt::format("{}: {}", backend->name(), SourcePosition{side->file, side->line, 0}.to_string()));
      result.outcome = TestOutcome::passed;
      result.reason.clear();
      result.problems.push_back(std::move(problem));
    }
  }

  static SourcePosition position_of(const Difference& difference, const RevisionPair& step) {
    for (const DifferenceSide* side : {&difference.left_side, &difference.right_side})
      if (!side->file.empty()) return {side->file, side->line, 0};
    for (const Revision* revision : {step.left, step.right})
      if (revision != nullptr && !revision->up_file.empty()) return {revision->up_file, 0, 0};
    return {};
  }

  void report(std::vector<TestResult> results, Side& left, Side& right, TestSink& sink) {
    std::string kept;
    for (TestResult& result : results) {
      if (!result.problems.empty()) result.outcome = TestOutcome::failed;
      if (result.outcome == TestOutcome::failed && context_.options().keep) {
        if (kept.empty()) kept = left.database->keep() + " and " + right.database->keep();
        result.kept = kept;
      }
      for (TestProblem& problem : result.problems) problem.position.file = context_.shown_path(problem.position.file);
      if (sink.wants(result.name)) sink.finished(std::move(result));
    }
  }

  TestContext& context_;
  const Backend& left_backend_;
  const Backend& right_backend_;
  const ParityRules rules_;
  const std::vector<RevisionPair> steps_;
};

}  // namespace

TestGroups parity_tests(TestContext& context, const Backend& left, const Backend& right) {
  TestGroups groups;
  auto group = std::make_unique<ParityTests>(context, left, right);
  if (!group->tests().empty()) groups.push_back(std::move(group));
  return groups;
}

}  // namespace paripassu
