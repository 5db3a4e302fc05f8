#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "harness/migration_tests/staircase.h"

namespace paripassu::migration_tests {

namespace {

std::vector<std::string> describe_changes(const std::vector<CatalogChange>& changes) {
  std::vector<std::string> lines;
  for (const CatalogChange& change : changes)
    lines.push_back(fmt::format("{}: {} ({})", change.object, change.text, change.code));
  return lines;
}

/// "2 left behind, 1 changed".
std::string count_changes(const std::vector<CatalogChange>& changes) {
  std::string words;
  for (const char* verb : {"left behind", "lost", "changed"}) {
    const auto count = std::count_if(changes.begin(), changes.end(), [verb](const CatalogChange& change) {
      return change.text.starts_with(std::string(verb) + ":");
    });
    if (count > 0) words += fmt::format("{}{} {}", words.empty() ? "" : ", ", count, verb);
  }
  return words;
}

/// Each migration up, down and up, on a database without rows.
class Stairway final : public Walk<catalog::Catalog> {
 public:
  explicit Stairway(WalkedProject project) : Walk(std::move(project), TestKind::stairway) {}

  void run(TestSink& sink) override {
    std::size_t end = staircase_.size();
    while (end > 0 && !sink.wants(name_of(end - 1))) --end;
    if (end == 0) return;
    database_ = project_.make_database();
    for (std::size_t step = 0; step < end; ++step) {
      if (sink.wants(name_of(step))) {
        test(step, sink);
      } else if (cannot_go_on_.empty()) {
        pass(step);
      }
    }
    database_.reset();
  }

 private:
  /// Up alone, for the sake of later ones.
  void pass(std::size_t step) {
    known_.reset();
    if (!staircase_.revisions()[step].has_up) return;
    try {
      database_->up(staircase_.revisions()[step].version);
    } catch (const Error& error) {
      if (ends_the_run(error)) throw;
      if (!recover_to(step + 1)) return;
    }
  }

  void test(std::size_t step, TestSink& sink) {
    const Revision& revision = staircase_.revisions()[step];
    TestResult result;
    result.name = name_of(step);
    sink.started(result.name);
    const Stopwatch watch;
    if (!cannot_go_on_.empty()) {
      result.outcome = TestOutcome::incomplete;
      result.reason = cannot_go_on_;
    } else if (!revision.has_up) {
      result.outcome = TestOutcome::skipped;
      result.reason = "nothing to do on " + project_.display_name;
    } else {
      walk(step, result);
    }
    result.duration_ms = watch.elapsed_ms();
    finish(sink, std::move(result), project_);
  }

  void walk(std::size_t step, TestResult& result) {
    const Revision& revision = staircase_.revisions()[step];
    if (!climb(step, result)) return;
    try {
      if (staircase_.is_repeatable(step)) {
        repeat(result);
      } else if (const std::string reason = staircase_.why_not_undone(step); !reason.empty()) {
        verify(revision, result);
        result.outcome = TestOutcome::skipped;
        result.reason = reason;
      } else if (!revision.has_down) {
        verify(revision, result);
        TestProblem& problem = result.problems.emplace_back();
        problem.code = "no-down";
        problem.message = revision.label() + " cannot be undone: it has no down script";
        problem.position = position_of_up(revision);
        problem.details = {
            "→ write it; or say why there is none: `-- paripassu: irreversible REASON` in the migration, or its "
            "version with the reason below [tests.irreversible]"};
      } else {
        verify(revision, result);
        descend_and_return(step, result);
      }
    } catch (const Error& error) {
      if (ends_the_run(error)) throw;
      add_error(result, error, doing_, where_);
      keep(result);
      recover_to(step + 1);
      return;
    }
    if (project_.keep && !result.problems.empty()) {
      keep(result);
      recover_to(step + 1);
    }
  }

  /// The first up; false when it failed.
  bool climb(std::size_t step, TestResult& result) {
    const Revision& revision = staircase_.revisions()[step];
    for (;;) {
      try {
        doing_ = "reading the catalog before " + revision.label();
        where_ = position_of_up(revision);
        if (!known_) known_ = database_->catalog();
        doing_ = "applying " + revision.label();
        const std::vector<std::int64_t> durations_ms = database_->up(revision.version);
        result.migrate_ms = -1;
        for (const std::int64_t duration_ms : durations_ms)
          result.migrate_ms = std::max<std::int64_t>(result.migrate_ms, 0) + duration_ms;
        doing_ = "reading the catalog after " + revision.label();
        before_ = std::move(*known_);
        known_ = database_->catalog();
        return true;
      } catch (const Error& error) {
        if (ends_the_run(error)) throw;
        // What an earlier migration left behind may be in the way, and is not this one's fault.
        if (dirty_ && recover_to(step)) {
          result.notes.push_back("applied in a fresh database: what earlier migrations had left was in the way");
          continue;
        }
        add_error(result, error, doing_, where_);
        keep(result);
        database_.reset();
        if (cannot_go_on_.empty()) cannot_go_on_ = revision.label() + ", which comes before, cannot be applied";
        return false;
      }
    }
  }

  void descend_and_return(std::size_t step, TestResult& result) {
    const Revision& revision = staircase_.revisions()[step];
    doing_ = "undoing " + revision.label();
    where_ = position_of_down(revision);
    database_->down(staircase_.version_below(step));
    doing_ = "reading the catalog after " + revision.label() + " was undone";
    const catalog::Catalog after_down = database_->catalog();
    const std::vector<CatalogChange> left = catalog_changes(before_, after_down, project_.fingerprint);
    if (!left.empty()) {
      dirty_ = true;
      const bool nothing_undone = catalog_changes(*known_, after_down, project_.fingerprint).empty();
      TestProblem& problem = result.problems.emplace_back();
      problem.code = "down-leaves";
      problem.message = nothing_undone ? "the down of " + revision.label() + " undoes nothing: " + count_changes(left)
                                       : fmt::format("up and down of {} do not leave the schema as it was: {}",
                                                     revision.label(), count_changes(left));
      problem.position = position_of_down(revision);
      problem.details = describe_changes(left);
      // So that the database shows what the down left.
      if (project_.keep) return;
    }

    doing_ = "applying " + revision.label() + " again after it was undone";
    where_ = position_of_up(revision);
    database_->up(revision.version);
    doing_ = "reading the catalog after " + revision.label() + " was applied again";
    catalog::Catalog again = database_->catalog();
    std::vector<CatalogChange> differing = catalog_changes(*known_, again, project_.fingerprint);
    dirty_ = dirty_ || !differing.empty();
    // What the down left or lost shows here once more.
    std::erase_if(differing, [&left](const CatalogChange& change) {
      return std::find(left.begin(), left.end(), change) != left.end();
    });
    if (!differing.empty()) {
      TestProblem& problem = result.problems.emplace_back();
      problem.code = "up-differs";
      problem.message = fmt::format("the second up of {} does not make what the first made: {}", revision.label(),
                                    count_changes(differing));
      problem.position = position_of_up(revision);
      problem.details = describe_changes(differing);
    }
    known_ = std::move(again);
    if (result.problems.empty()) verify(revision, result);
  }

  void repeat(TestResult& result) {
    doing_ = "running the repeatable migrations again";
    where_ = {};
    database_->run_repeatables();
    doing_ = "reading the catalog after the repeatable migrations ran again";
    catalog::Catalog again = database_->catalog();
    const std::vector<CatalogChange> differing = catalog_changes(*known_, again, project_.fingerprint);
    if (!differing.empty()) {
      TestProblem& problem = result.problems.emplace_back();
      problem.code = "up-differs";
      problem.message = "running the repeatable migrations again changes the schema: " + count_changes(differing);
      problem.details = describe_changes(differing);
    }
    known_ = std::move(again);
  }

  void verify(const Revision& revision, TestResult& result) {
    if (revision.verify == nullptr) return;
    try {
      database_->verify(*revision.verify);
    } catch (const Error& error) {
      if (ends_the_run(error)) throw;
      add_error(result, error, "verifying " + revision.label(), {revision.verify->file, 0, 0});
      result.problems.back().code = "verify";
    }
  }

  catalog::Catalog before_;  ///< of the step under test
};

}  // namespace

std::unique_ptr<TestGroup> make_stairway(WalkedProject project) {
  return std::make_unique<Stairway>(std::move(project));
}

}  // namespace paripassu::migration_tests
