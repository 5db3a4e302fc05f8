#include <fmt/format.h>

#include <algorithm>
#include <future>
#include <iterator>
#include <optional>
#include <utility>

#include "harness/migration_tests/test_kinds.h"
#include "harness/migration_tests/test_support.h"
#include "harness/parity/origin.h"
#include "harness/parity/parity_rules.h"
#include "harness/parity/step_report.h"
#include "harness/parity/waivers.h"

namespace paripassu {

namespace {

using namespace migration_tests;

/// A version and where each engine's list has it.
struct Step {
  std::string version;
  const Revision* left = nullptr;
  const Revision* right = nullptr;
  const Revision& any() const { return left != nullptr ? *left : *right; }
};

bool same_version(const std::string& left, const std::string& right) {
  return left == right || compare_versions(left, right) == 0;
}

/// Both lists as one. They have the same versions, unless a team's tool lists others for one engine: those come behind
/// the version that they follow there.
std::vector<Step> merge(const std::vector<Revision>& left, const std::vector<Revision>& right) {
  std::vector<Step> steps;
  for (const Revision& revision : left) steps.push_back({revision.version, &revision, nullptr});
  std::size_t place = 0;
  for (const Revision& revision : right) {
    const auto found = std::find_if(steps.begin(), steps.end(),
                                    [&](const Step& step) { return same_version(step.version, revision.version); });
    if (found == steps.end()) {
      steps.insert(steps.begin() + static_cast<std::ptrdiff_t>(place), {revision.version, nullptr, &revision});
      ++place;
    } else {
      found->right = &revision;
      place = static_cast<std::size_t>(found - steps.begin()) + 1;
    }
  }
  return steps;
}

/// One engine's side of the walk.
class Side {
 public:
  Side(TestContext& context, const Backend& backend)
      : context_(context), backend_(backend), database_(context.database(backend)) {
    read_catalog();
  }

  const catalog::Catalog& catalog() const { return catalog_; }
  /// nullptr where they are not known: the migrations are no scripts.
  const Origins* origins() const { return database_->migrator().scripts() == nullptr ? nullptr : &origins_; }
  TestDatabase& database() { return *database_; }

  void advance(const Revision* revision) {
    if (revision == nullptr || !revision->has_up) return;
    database_->up(revision->version);
    context_.loader().add_origins(origins_, database_->migrator(), *revision,
                                  context_.options().skip_database_commands);
    read_catalog();
  }

 private:
  void read_catalog() {
    catalog_ = database_->catalog();
    origins_.describe(catalog_);
  }

  TestContext& context_;
  const Backend& backend_;
  std::unique_ptr<TestDatabase> database_;
  catalog::Catalog catalog_;
  Origins origins_;
};

/// Runs `right` on a thread of its own and `left` on this one; both have ended when this returns or throws.
template <class Left, class Right>
void run_both(Left left, Right right) {
  std::future<void> other = std::async(std::launch::async, right);
  try {
    left();
  } catch (...) {
    other.wait();
    throw;
  }
  other.get();
}

/// The walk of both engines from version to version. compare_each_step of `diff` knows only scripts and no time limit,
/// and says nothing of the versions before the one that failed.
class ParityTests final : public TestGroup {
 public:
  ParityTests(TestContext& context, const Backend& left, const Backend& right)
      : context_(context),
        left_backend_(left),
        right_backend_(right),
        rules_(parity_rules(context.configuration(), context.registry())),
        steps_(merge(context.migrator(left).revisions(), context.migrator(right).revisions())) {}

  std::vector<TestName> tests() const override {
    std::vector<TestName> names;
    for (const Step& step : steps_) names.push_back({"both", TestKind::parity, step.any().label()});
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
  std::vector<Difference> advance(const Step& step, Side& left, Side& right, StepHistory& history, TestResult& result) {
    run_both([&] { left.advance(step.left); }, [&] { right.advance(step.right); });
    Comparison comparison = compare(left.catalog(), right.catalog(), rules_.comparison);
    locate(comparison, left.origins(), right.origins());
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
    history.add({step.version, step.any().name, file(step.left), file(step.right)}, std::move(comparison));
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

  static SourcePosition position_of(const Difference& difference, const Step& step) {
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
        if (kept.empty()) kept = left.database().keep() + " and " + right.database().keep();
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
  const std::vector<Step> steps_;
};

}  // namespace

TestGroups parity_tests(TestContext& context, const Backend& left, const Backend& right) {
  TestGroups groups;
  auto group = std::make_unique<ParityTests>(context, left, right);
  if (!group->tests().empty()) groups.push_back(std::move(group));
  return groups;
}

}  // namespace paripassu
