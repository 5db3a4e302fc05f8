#include "harness/migration_tests/staircase.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace paripassu::migration_tests {

namespace {

/// How many steps are done when the floor is reached.
std::size_t steps_to_floor(const WalkedProject& project) {
  const std::string& floor = project.tests.floor;
  if (floor.empty()) return 0;
  const auto find = [&](auto same) {
    const auto found = std::find_if(project.revisions.begin(), project.revisions.end(), same);
    return static_cast<std::size_t>(found - project.revisions.begin());
  };
  std::size_t place = find([&](const Revision& revision) { return revision.version == floor; });
  if (place == project.revisions.size())
    place = find([&](const Revision& revision) { return compare_versions(revision.version, floor) == 0; });
  if (place < project.revisions.size()) return place + 1;
  std::vector<std::string> versions;
  for (const Revision& revision : project.revisions) versions.push_back(revision.version);
  const std::string nearest = nearest_word(floor, versions);
  throw Error(ErrorCategory::configuration, fmt::format("[tests] floor = \"{}\" names no migration", floor))
      .with_remedy(nearest.empty() ? "set it to the version of the newest migration that is never undone"
                                   : fmt::format("did you mean \"{}\"?", nearest));
}

}  // namespace

Staircase::Staircase(const WalkedProject& project) : project_(project), floor_(steps_to_floor(project)) {}

std::string Staircase::version_below(std::size_t step) const {
  // A version that the engine has nothing to do in is no place to go to.
  while (step > 0 && !project_.revisions[step - 1].has_up) --step;
  return step == 0 ? "0" : project_.revisions[step - 1].version;
}

std::string Staircase::why_not_undone(std::size_t step) const {
  const Revision& revision = project_.revisions[step];
  if (!revision.irreversible_reason.empty()) return "declared irreversible: " + revision.irreversible_reason;
  if (step < floor_) return fmt::format("never undone: the floor is {}", project_.tests.floor);
  return {};
}

bool Staircase::is_repeatable(std::size_t step) const {
  return project_.revisions[step].version == "repeatable";
}

std::unique_ptr<WalkedDatabase> Staircase::database_after(std::size_t steps) {
  raise_spare(steps);
  if (can_copy_) {
    if (std::unique_ptr<WalkedDatabase> copy = spare_->clone()) return copy;
    can_copy_ = false;
  }
  return std::move(spare_);
}

std::unique_ptr<WalkedDatabase> Staircase::try_database_after(std::size_t steps, std::string& why_not) {
  try {
    return database_after(steps);
  } catch (const Error& error) {
    if (ends_the_run(error)) throw;
    const std::string through = steps == 0 ? "nothing" : project_.revisions[steps - 1].label();
    why_not = fmt::format("no database could be made with everything up to {}: {}", through, error.message());
    return nullptr;
  }
}

std::unique_ptr<WalkedDatabase> Staircase::copy_after(std::size_t steps) {
  if (!can_copy_) return nullptr;
  raise_spare(steps);
  std::unique_ptr<WalkedDatabase> copy = spare_->clone();
  can_copy_ = copy != nullptr;
  return copy;
}

std::string Staircase::insert_rows(std::size_t step, WalkedDatabase& database) {
  const Revision& revision = project_.revisions[step];
  if (project_.data_versions.count(revision.version) == 0 || bad_rows_.count(step) > 0) return {};
  try {
    database.insert(revision.version);
    return {};
  } catch (const Error& error) {
    if (ends_the_run(error)) throw;
    bad_rows_.insert(step);
    return fmt::format("the ladder's rows of {} cannot be inserted: {}", revision.version, error.message());
  }
}

void Staircase::raise_spare(std::size_t steps) {
  if (!spare_ || spare_steps_ > steps) {
    spare_ = project_.make_database();
    spare_steps_ = 0;
  }
  try {
    if (project_.data_versions.empty()) {
      // In one run, which saves what every run costs.
      const std::string version = version_below(steps);
      if (version != version_below(spare_steps_)) spare_->up(version);
    } else {
      for (std::size_t step = spare_steps_; step < steps; ++step) {
        if (project_.revisions[step].has_up) spare_->up(project_.revisions[step].version);
        insert_rows(step, *spare_);
      }
    }
    spare_steps_ = steps;
  } catch (...) {
    spare_.reset();
    throw;
  }
}

SourcePosition position_of_up(const Revision& revision) {
  return {revision.up_file, 0, 0};
}

SourcePosition position_of_down(const Revision& revision) {
  return revision.down_file.empty() ? position_of_up(revision) : SourcePosition{revision.down_file, 0, 0};
}

void add_error(TestResult& result, const Error& error, const std::string& doing, const SourcePosition& where) {
  TestProblem problem = problem_of(error, doing);
  if (!problem.position.known()) problem.position = where;
  result.problems.push_back(std::move(problem));
}

void finish(TestSink& sink, TestResult result, const WalkedProject& project) {
  if (!result.problems.empty()) {
    result.outcome = TestOutcome::failed;
    result.reason.clear();
  }
  for (TestProblem& problem : result.problems) {
    if (!problem.position.file.empty() && project.shown_path)
      problem.position.file = project.shown_path(problem.position.file);
  }
  sink.finished(std::move(result));
}

}  // namespace paripassu::migration_tests
