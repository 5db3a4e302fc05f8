#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "backends/limits.h"
#include "harness/migration_tests/row_survival.h"
#include "harness/migration_tests/staircase.h"

namespace paripassu::migration_tests {

namespace {

/// Each migration up, down and up with the rows in place that the ladder had inserted before it; then, from the newest
/// down, each migration down and up with all rows in place.
class StairwayWithData final : public Walk<RowState> {
 public:
  explicit StairwayWithData(WalkedProject project) : Walk(std::move(project), TestKind::stairway_data) {}

  void run(TestSink& sink) override {
    bool any = false;
    for (std::size_t step = 0; step < staircase_.size(); ++step) {
      Step& state = steps_.emplace_back();
      state.wanted = sink.wants(name_of(step));
      state.result.name = name_of(step);
      any = any || state.wanted;
    }
    if (!any) return;
    database_ = project_.make_database();
    ascend(sink);
    descend(sink);
    database_.reset();
    ready_.clear();
  }

 private:
  struct Step {
    bool wanted = false;
    bool reported = false;
    bool passable = false;  ///< can be undone with rows in place
    NewParts created;
    std::string bad_rows;
    TestResult result;
  };

  RowState read(WalkedDatabase& database) const {
    RowState state;
    state.catalog = database.catalog();
    state.rows = database.rows(state.catalog);
    return state;
  }

  void report(std::size_t step, TestSink& sink) {
    Step& state = steps_[step];
    if (!state.wanted || state.reported) return;
    state.reported = true;
    if (!state.bad_rows.empty() && state.result.problems.empty()) {
      state.result.outcome = TestOutcome::incomplete;
      state.result.reason = state.bad_rows;
    }
    finish(sink, std::move(state.result), project_);
  }

  // Up

  void ascend(TestSink& sink) {
    for (std::size_t step = 0; step < staircase_.size() && cannot_go_on_.empty(); ++step) {
      if (steps_[step].wanted) sink.started(steps_[step].result.name);
      const Stopwatch watch;
      const bool goes_down = ascend(step);
      steps_[step].result.duration_ms += watch.elapsed_ms();
      top_ = cannot_go_on_.empty() ? step + 1 : top_;
      if (!goes_down) report(step, sink);
    }
    for (std::size_t step = 0; step < staircase_.size(); ++step) {
      Step& state = steps_[step];
      if (!state.wanted || state.reported || step < top_) continue;
      if (state.result.problems.empty()) {
        sink.started(state.result.name);
        state.result.outcome = TestOutcome::incomplete;
        state.result.reason = cannot_go_on_;
      }
      report(step, sink);
    }
  }

  /// False when the step is done with, and the way down has nothing to add.
  bool ascend(std::size_t step) {
    const Revision& revision = staircase_.revisions()[step];
    Step& state = steps_[step];
    if (!revision.has_up) {
      state.result.outcome = TestOutcome::skipped;
      state.result.reason = "nothing to do on " + project_.display_name;
      insert(step);
      return false;
    }
    const std::string reason = staircase_.why_not_undone(step);
    const bool goes_down = reason.empty() && revision.has_down && !staircase_.is_repeatable(step);
    if (!goes_down) hold_ready(step);
    if (!goes_down || !state.wanted) {
      if (!pass(step)) return false;
      state.passable = goes_down;
      if (!goes_down) without_down(step, reason);
      return goes_down;
    }
    if (!climb(step)) return false;
    test_upwards(step);
    return state.passable;
  }

  void without_down(std::size_t step, const std::string& reason) {
    Step& state = steps_[step];
    if (!state.wanted || !state.result.problems.empty()) return;
    if (staircase_.is_repeatable(step)) return;
    state.result.outcome = reason.empty() ? TestOutcome::incomplete : TestOutcome::skipped;
    state.result.reason = reason.empty() ? "it has no down script, which the stairway tells" : reason;
  }

  /// Up without looking, then the rows. False when the walk ends here.
  bool pass(std::size_t step) {
    const Revision& revision = staircase_.revisions()[step];
    Step& state = steps_[step];
    known_.reset();
    for (;;) {
      try {
        doing_ = "applying " + revision.label() + " with rows in place";
        where_ = position_of_up(revision);
        database_->up(revision.version);
        if (staircase_.is_repeatable(step) && state.wanted) repeat(state.result);
        break;
      } catch (const Error& error) {
        if (ends_the_run(error)) throw;
        if (dirty_ && recover_to(step)) continue;
        fail_for_good(step, error);
        return false;
      }
    }
    insert(step);
    return true;
  }

  void repeat(TestResult& result) {
    const RowState first = read(*database_);
    doing_ = "running the repeatable migrations again with rows in place";
    where_ = {};
    database_->run_repeatables();
    const RowState again = read(*database_);
    Survival survival = rows_after_second_up(NewParts(), first, again, project_.tests.unstable, false);
    for (TestProblem& problem : survival.problems) {
      problem.message += " of the repeatable migrations";
      result.problems.push_back(std::move(problem));
    }
  }

  /// The first up, with the state before it in `known_`.
  bool climb(std::size_t step) {
    const Revision& revision = staircase_.revisions()[step];
    for (;;) {
      try {
        doing_ = "reading the rows before " + revision.label();
        where_ = position_of_up(revision);
        if (!known_) known_ = read(*database_);
        doing_ = "applying " + revision.label() + " with rows in place";
        std::int64_t total_ms = 0;
        for (const std::int64_t duration_ms : database_->up(revision.version)) total_ms += duration_ms;
        steps_[step].result.migrate_ms = total_ms;
        return true;
      } catch (const Error& error) {
        if (ends_the_run(error)) throw;
        if (dirty_ && recover_to(step)) continue;
        fail_for_good(step, error);
        return false;
      }
    }
  }

  void test_upwards(std::size_t step) {
    const Revision& revision = staircase_.revisions()[step];
    Step& state = steps_[step];
    const RowState before = std::move(*known_);
    known_.reset();
    bool degraded = false;
    try {
      doing_ = "reading the rows after " + revision.label();
      RowState up = read(*database_);
      state.created = NewParts(before.catalog, up.catalog);
      doing_ = "undoing " + revision.label() + " with rows in place";
      where_ = position_of_down(revision);
      database_->down(staircase_.version_below(step));
      doing_ = "reading the rows after " + revision.label() + " was undone";
      const RowState back = read(*database_);
      Survival survival = rows_after_down(before, up, back, project_.tests.unstable);
      degraded = survival.degraded;
      add(state.result, std::move(survival), position_of_down(revision), "");
      if (state.result.problems.empty()) {
        doing_ = "applying " + revision.label() + " again after it was undone, with rows in place";
        where_ = position_of_up(revision);
        database_->up(revision.version);
        doing_ = "reading the rows after " + revision.label() + " was applied again";
        RowState again = read(*database_);
        survival = rows_after_second_up(state.created, up, again, project_.tests.unstable, false);
        degraded = degraded || survival.degraded;
        add(state.result, std::move(survival), position_of_up(revision), "");
        known_ = std::move(again);
      }
    } catch (const Error& error) {
      if (ends_the_run(error)) throw;
      add_error(state.result, error, doing_, where_);
    }
    if (!state.result.problems.empty()) {
      keep(state.result);
      hold_ready(step);
      recover_to(step + 1);
      return;
    }
    state.passable = true;
    if (degraded) {
      // What comes later is to meet the ladder's own rows. Where a copy costs a walk, it meets what is left of them.
      dirty_ = true;
      if (std::unique_ptr<WalkedDatabase> fresh = copy_after(step + 1)) {
        database_ = std::move(fresh);
        known_.reset();
        dirty_ = false;
        return;
      }
    }
    insert(step);
  }

  void insert(std::size_t step) {
    const std::string& version = staircase_.revisions()[step].version;
    if (project_.data_versions.count(version) == 0) return;
    known_.reset();
    steps_[step].bad_rows = staircase_.insert_rows(step, *database_);
  }

  void fail_for_good(std::size_t step, const Error& error) {
    const std::string label = staircase_.revisions()[step].label();
    Step& state = steps_[step];
    if (state.wanted) {
      add_error(state.result, error, doing_, where_);
      keep(state.result);
    }
    database_.reset();
    if (cannot_go_on_.empty())
      cannot_go_on_ = fmt::format("{}, which comes before, cannot be applied with rows in place", label);
  }

  // Down

  void descend(TestSink& sink) {
    // After what could not be applied, the database is in no known state.
    if (!cannot_go_on_.empty()) database_.reset();
    known_.reset();
    std::size_t lowest = 0;
    while (lowest < top_ && !(steps_[lowest].wanted && steps_[lowest].passable)) ++lowest;
    for (std::size_t step = top_; step-- > lowest;) {
      const Revision& revision = staircase_.revisions()[step];
      if (!revision.has_up) continue;
      Step& state = steps_[step];
      if (!state.passable) {
        database_.reset();
        known_.reset();
        continue;
      }
      const Stopwatch watch;
      if (database_ || (has_wanted_below(step + 1) && find_database(step))) descend(step);
      state.result.duration_ms += watch.elapsed_ms();
      report(step, sink);
    }
    for (std::size_t step = 0; step < top_; ++step) report(step, sink);
  }

  void descend(std::size_t step) {
    const Revision& revision = staircase_.revisions()[step];
    Step& state = steps_[step];
    const std::string below = staircase_.version_below(step);
    try {
      if (state.wanted) {
        doing_ = "reading all rows at " + revision.label();
        where_ = position_of_down(revision);
        if (!known_) known_ = read(*database_);
        const RowState first = std::move(*known_);
        known_.reset();
        doing_ = "undoing " + revision.label() + " with all rows in place";
        database_->down(below);
        doing_ = "applying " + revision.label() + " again after it was undone, with all rows in place";
        where_ = position_of_up(revision);
        database_->up(revision.version);
        doing_ = "reading all rows after " + revision.label() + " was applied again";
        const RowState again = read(*database_);
        add(state.result, rows_after_second_up(state.created, first, again, project_.tests.unstable, true),
            position_of_down(revision), " (with the rows of all versions)");
        if (!state.result.problems.empty()) {
          keep(state.result);
          database_.reset();
          return;
        }
      }
      doing_ = "undoing " + revision.label() + " with all rows in place, and going on downwards";
      where_ = position_of_down(revision);
      known_.reset();
      if (has_wanted_below(step)) database_->down(below);
    } catch (const Error& error) {
      if (ends_the_run(error)) throw;
      if (state.wanted) {
        add_error(state.result, error, doing_, where_);
        keep(state.result);
      }
      database_.reset();
      known_.reset();
    }
  }

  bool has_wanted_below(std::size_t end) const {
    return std::any_of(steps_.begin(), steps_.begin() + static_cast<std::ptrdiff_t>(end),
                       [](const Step& step) { return step.wanted && step.passable; });
  }

  /// A database in which this step is the newest, with the rows up to it.
  bool find_database(std::size_t step) {
    known_.reset();
    for (std::size_t steps = step + 1; steps <= staircase_.size(); ++steps) {
      if (const auto ready = ready_.find(steps); ready != ready_.end()) {
        database_ = std::move(ready->second);
        ready_.erase(ready);
        return true;
      }
      // With what the engine has nothing to do in, it is the same database.
      if (steps < staircase_.size() && staircase_.revisions()[steps].has_up) break;
    }
    std::string why_not;
    database_ = staircase_.try_database_after(step + 1, why_not);
    if (database_) return true;
    Step& state = steps_[step];
    if (state.wanted && state.result.problems.empty()) {
      state.result.outcome = TestOutcome::incomplete;
      state.result.reason = why_not;
    }
    return false;
  }

  // Both

  static void add(TestResult& result, Survival survival, const SourcePosition& position, const std::string& when) {
    for (TestProblem& problem : survival.problems) {
      problem.position = position;
      problem.message += when;
      result.problems.push_back(std::move(problem));
    }
    for (std::string& note : survival.notes) {
      const std::string text = note + when;
      if (std::find(result.notes.begin(), result.notes.end(), text) == result.notes.end()) result.notes.push_back(text);
    }
  }

  /// The way down cannot come past this step: what is below it will need a database of its own.
  void hold_ready(std::size_t step) {
    if (step == 0 || ready_.size() >= limits::kReadyDatabasesMax || !has_tested_just_below(step)) return;
    if (!dirty_ && database_ && steps_[step].result.problems.empty()) {
      if (std::unique_ptr<WalkedDatabase> copy = database_->clone()) ready_[step] = std::move(copy);
      return;
    }
    if (std::unique_ptr<WalkedDatabase> copy = copy_after(step)) ready_[step] = std::move(copy);
  }

  bool has_tested_just_below(std::size_t step) const {
    while (step-- > 0) {
      if (!staircase_.revisions()[step].has_up) continue;
      if (!steps_[step].passable) return false;
      if (steps_[step].wanted) return true;
    }
    return false;
  }

  std::unique_ptr<WalkedDatabase> copy_after(std::size_t steps) {
    try {
      return staircase_.copy_after(steps);
    } catch (const Error& error) {
      if (ends_the_run(error)) throw;
      return nullptr;
    }
  }

  std::vector<Step> steps_;
  std::size_t top_ = 0;                                           ///< so many steps could be done
  std::map<std::size_t, std::unique_ptr<WalkedDatabase>> ready_;  ///< by how many steps are done in them
};

}  // namespace

std::unique_ptr<TestGroup> make_stairway_with_data(WalkedProject project) {
  return std::make_unique<StairwayWithData>(std::move(project));
}

}  // namespace paripassu::migration_tests
