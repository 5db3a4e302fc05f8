#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <future>
#include <optional>
#include <set>
#include <utility>

#include "backends/limits.h"
#include "harness/migration_tests/fingerprint.h"
#include "harness/migration_tests/ladder.h"
#include "harness/migration_tests/ladder_files.h"
#include "harness/migration_tests/test_kinds.h"
#include "harness/migration_tests/test_support.h"

namespace paripassu {

// A database that skips versions: it stands at version k with the rows of that time, and one run brings it to the
// newest. What must come out is what the walk through all versions makes.
//
// Of N revisions, D have data. Where nothing is inserted at k+1, a database at k that migrates to k+1 is the one at
// k+1, so that there are D+1 paths to run and not N: one from the empty database, one from each version with data. That
// holds as long as a run leaves nothing but the database from one migration to the next: behind a script that changes
// its session a path begins too, and migrations by a tool, which may put all of a run into one transaction, have a path
// from every version.
//
// A group walks up once, inserting the data, and copies the database at each of its paths. Where the server cannot copy
// one, the path uses up the walking database, and the next path walks from the start: at most twice the migrations,
// since a path that is not prepared by a copy applies N of them instead of N-k.
//
// In all: N for the walk to compare with, N for each group's walk (as many groups as jobs), N-k for each path. With a
// fixed number of versions with data this is linear in N; with data at every version the paths alone apply N²/2
// migrations, which nothing can spare: each of them meets other rows.

namespace {

using namespace migration_tests;

/// A run that begins where `place` revisions are applied, and their data is there.
struct Path {
  std::size_t place = 0;
  /// Whose results it gives: its own, and later ones, which it passes through since there is no data in between.
  std::vector<std::size_t> places;
};

/// What every path of an engine needs.
struct Plan {
  Plan(TestContext& the_context, const Backend& the_backend)
      : context(the_context),
        backend(the_backend),
        migrator(the_context.migrator(the_backend)),
        ladder(Ladder::read(the_context, migrator)),
        expectations(Expectations::read(the_context, the_backend)) {}

  TestContext& context;
  const Backend& backend;
  const Migrator& migrator;
  const Ladder ladder;
  const Expectations expectations;

  const std::vector<Revision>& revisions() const { return migrator.revisions(); }
  std::string version(std::size_t place) const { return place == 0 ? "0" : revisions()[place - 1].version; }
  TestName name(std::size_t place) const {
    return {std::string(backend.name()), TestKind::skipped, "from " + version(place)};
  }
  /// Whether a run from `place` is the end of one from the place before it.
  bool continues(std::size_t place) const {
    if (place == 0 || ladder.has(version(place))) return false;
    const Revision& revision = revisions()[place - 1];
    if (!revision.has_up) return true;
    if (revision.migration == nullptr || !revision.migration->up) return false;
    ScriptOptions options;
    options.skip_database_commands = context.options().skip_database_commands;
    const ScriptReader& reader = backend.script_reader();
    try {
      return !changes_session(read_migration_script(*revision.migration->up, reader, options), reader);
    } catch (const Error&) {
      // Told where it is applied.
      return false;
    }
  }
  FingerprintOptions fingerprint_options() const { return {true, &context.registry()}; }
  /// Whether a database at `place` holds all data that there is.
  bool has_all_data(std::size_t place) const {
    return std::none_of(revisions().begin() + static_cast<std::ptrdiff_t>(place), revisions().end(),
                        [this](const Revision& revision) { return ladder.has(revision.version); });
  }

  /// Applies the revisions behind `place` one by one up to `end`, with their data. Returns what stopped it: databases
  /// from there on cannot be had.
  std::optional<std::string> walk(TestDatabase& database, std::size_t& place, std::size_t end) const {
    for (; place < end; ++place) {
      const Revision& revision = revisions()[place];
      try {
        if (revision.has_up) database.up(revision.version);
      } catch (const Error& error) {
        if (ends_the_run(error)) throw;
        return fmt::format("{} cannot be applied to the rows of the ladder: {}", revision.label(), error.message());
      }
      try {
        ladder.insert(revision.version, database);
      } catch (const Error& error) {
        if (ends_the_run(error)) throw;
        return fmt::format("the data of {} cannot be inserted: {}", revision.label(), error.message());
      }
    }
    return std::nullopt;
  }
};

/// What the walk through all versions makes, found once for all groups of an engine.
class Baseline {
 public:
  struct Value {
    std::optional<Error> failure;  ///< the rest is then not known
    catalog::Catalog catalog;
    std::string fingerprint;
    bool rows_known = false;                ///< all data was inserted
    std::set<std::string> not_as_expected;  ///< by `key_of`
  };

  explicit Baseline(const Plan& plan) : plan_(plan) {}

  /// Does the work unless another thread has begun with it.
  void prepare() {
    if (claimed_.exchange(true)) return;
    Value value;
    try {
      find(value);
    } catch (const Error& error) {
      value.failure = error;
    } catch (...) {
      promise_.set_exception(std::current_exception());
      throw;
    }
    promise_.set_value(std::move(value));
  }

  /// Waits for whoever prepares it, so somebody must.
  const Value& get() const { return std::shared_future<Value>(future_).get(); }

  /// By which a problem of the walk is known again behind a path.
  static std::string key_of(const TestProblem& problem) {
    return problem.position.file.empty() ? problem.message : problem.position.file;
  }

 private:
  void find(Value& value) const {
    const std::unique_ptr<TestDatabase> database = plan_.context.database(plan_.backend);
    value.rows_known = true;
    for (const Revision& revision : plan_.revisions()) {
      if (revision.has_up) database->up(revision.version);
      try {
        plan_.ladder.insert(revision.version, *database);
      } catch (const Error& error) {
        if (ends_the_run(error)) throw;
        value.rows_known = false;
      }
    }
    value.catalog = database->catalog();
    value.fingerprint = fingerprint(value.catalog, plan_.fingerprint_options());
    if (!value.rows_known) return;
    for (const TestProblem& problem : plan_.expectations.check(*database, value.catalog))
      value.not_as_expected.insert(key_of(problem));
  }

  const Plan& plan_;
  std::atomic<bool> claimed_ = false;
  std::promise<Value> promise_;
  std::shared_future<Value> future_ = promise_.get_future().share();
};

class SkippedVersions final : public TestGroup {
 public:
  SkippedVersions(std::shared_ptr<const Plan> plan, std::shared_ptr<Baseline> baseline, std::vector<Path> paths)
      : plan_(std::move(plan)), baseline_(std::move(baseline)), paths_(std::move(paths)) {}

  std::vector<TestName> tests() const override {
    std::vector<TestName> names;
    for (const Path& path : paths_)
      for (const std::size_t place : path.places) names.push_back(plan_->name(place));
    return names;
  }

  void run(TestSink& sink) override {
    std::vector<Path> wanted;
    for (const Path& path : paths_) {
      std::vector<std::size_t> places = path.places;
      std::erase_if(places, [&](std::size_t place) { return !sink.wants(plan_->name(place)); });
      if (!places.empty()) wanted.push_back({path.place, std::move(places)});
    }
    if (wanted.empty()) return;
    baseline_->prepare();
    std::unique_ptr<TestDatabase> walker;
    std::size_t place = 0;
    std::optional<std::string> fault;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      const Path& path = wanted[i];
      sink.started(plan_->name(path.places.front()));
      const Stopwatch watch;
      TestResult result;
      result.name = plan_->name(path.places.front());
      if (!walker && !fault) {
        walker = plan_->context.database(plan_->backend);
        place = 0;
      }
      if (!fault) fault = plan_->walk(*walker, place, path.place);
      if (fault) {
        result.outcome = TestOutcome::incomplete;
        result.reason = *fault;
      } else {
        run_path(path, walker, i + 1 == wanted.size(), result);
      }
      settle(result, plan_->context, watch);
      report(path, std::move(result), sink);
    }
  }

 private:
  /// `walker` stands at the path's beginning; it is used up where there is no copy of it.
  void run_path(const Path& path, std::unique_ptr<TestDatabase>& walker, bool last, TestResult& result) const {
    const bool all_data = plan_->has_all_data(path.place);
    Expectations::Keys keys;
    if (!plan_->expectations.empty() && !all_data) keys = Expectations::keys_of(*walker, walker->catalog());
    std::unique_ptr<TestDatabase> database = last || path.place == 0 ? nullptr : walker->clone();
    if (!database) database = std::move(walker);
    const std::string newest = plan_->revisions().back().version;
    std::vector<TestProblem> problems;
    std::optional<catalog::Catalog> catalog;
    try {
      database->up(newest);
      catalog = database->catalog();
    } catch (const Error& error) {
      if (ends_the_run(error)) throw;
      problems.push_back(
          problem_of(error, fmt::format("one run from {} straight to {} fails", plan_->version(path.place), newest)));
    }
    const Baseline::Value& baseline = baseline_->get();
    if (baseline.failure) {
      if (ends_the_run(*baseline.failure)) throw Error(*baseline.failure);
      // Then it is the ladder's finding, and there is nothing to compare with.
      result.outcome = TestOutcome::incomplete;
      result.reason = "the walk through all versions fails: " + baseline.failure->message();
      return;
    }
    if (catalog) {
      compare_catalogs(baseline, *catalog, problems);
      try {
        check_rows(*database, *catalog, all_data ? nullptr : &keys, baseline, result, problems);
      } catch (const Error& error) {
        if (ends_the_run(error)) throw;
        problems.push_back(problem_of(error, "reading the rows"));
      }
    }
    result.problems = std::move(problems);
    keep_if_failed(result, plan_->context, *database);
  }

  void compare_catalogs(const Baseline::Value& baseline, const catalog::Catalog& catalog,
                        std::vector<TestProblem>& problems) const {
    const FingerprintOptions options = plan_->fingerprint_options();
    if (fingerprint(catalog, options) == baseline.fingerprint) return;
    const std::vector<CatalogChange> changes = catalog_changes(baseline.catalog, catalog, options);
    TestProblem problem;
    problem.code = "skip-catalog";
    problem.message = fmt::format("the schema is not the one that the migrations make one by one: {}",
                                  counted(changes.size(), "change"));
    for (std::size_t i = 0; i < std::min(changes.size(), limits::kCatalogChangesShownMax); ++i)
      problem.details.push_back(fmt::format("{}: {} ({})", changes[i].object, changes[i].text, changes[i].code));
    if (changes.size() > limits::kCatalogChangesShownMax)
      problem.details.push_back(fmt::format("… and {} more", changes.size() - limits::kCatalogChangesShownMax));
    problems.push_back(std::move(problem));
  }

  /// `keys`: of the rows at the beginning; null when all data was there.
  void check_rows(TestDatabase& database, const catalog::Catalog& catalog, const Expectations::Keys* keys,
                  const Baseline::Value& baseline, TestResult& result, std::vector<TestProblem>& problems) const {
    if (plan_->expectations.empty()) {
      result.notes.emplace_back("rows were not checked: there are no expectations");
      return;
    }
    if (!baseline.rows_known) {
      result.notes.emplace_back("rows were not checked: not all data of the ladder can be inserted");
      return;
    }
    std::vector<TestProblem> found = keys == nullptr ? plan_->expectations.check(database, catalog)
                                                     : plan_->expectations.check_part(database, catalog, *keys);
    for (TestProblem& problem : found) {
      if (baseline.not_as_expected.count(Baseline::key_of(problem)) != 0) {
        result.notes.push_back(fmt::format(
            "not checked, since the ladder's newest is not as expected either: {}",
            problem.position.file.empty() ? problem.message : plan_->context.shown_path(problem.position.file)));
        continue;
      }
      if (problem.code != "error") problem.code = "skip-rows";
      problems.push_back(std::move(problem));
    }
  }

  /// The result of a path, and those of the versions that it stands for: a fault is told once.
  void report(const Path& path, TestResult result, TestSink& sink) const {
    const TestResult told = result;
    sink.finished(std::move(result));
    for (std::size_t i = 1; i < path.places.size(); ++i) {
      TestResult other;
      other.name = plan_->name(path.places[i]);
      other.notes.push_back(fmt::format("same as {}: no data in between", told.name.subject));
      if (told.outcome == TestOutcome::failed) {
        other.outcome = TestOutcome::incomplete;
        other.reason = fmt::format("same as {}, which failed", told.name.subject);
      } else {
        other.outcome = told.outcome;
        other.reason = told.reason;
      }
      sink.finished(std::move(other));
    }
  }

  const std::shared_ptr<const Plan> plan_;
  const std::shared_ptr<Baseline> baseline_;
  const std::vector<Path> paths_;
};

/// Behind the last revision that does something here there is nothing to skip to.
std::vector<Path> paths_of(const Plan& plan) {
  std::size_t end = plan.revisions().size();
  while (end > 0 && !plan.revisions()[end - 1].has_up) --end;
  std::vector<Path> paths;
  for (std::size_t place = 0; place < end; ++place) {
    if (plan.continues(place)) {
      paths.back().places.push_back(place);
    } else {
      paths.push_back({place, {place}});
    }
  }
  return paths;
}

/// Neighbours together, about the same number of migrations in each.
std::vector<std::vector<Path>> split(std::vector<Path> paths, std::size_t revision_count, std::size_t group_count) {
  std::size_t total = 0;
  for (const Path& path : paths) total += revision_count - path.place;
  std::vector<std::vector<Path>> groups(1);
  std::size_t done = 0;
  for (Path& path : paths) {
    if (groups.size() < group_count && done * group_count >= total * groups.size()) groups.emplace_back();
    done += revision_count - path.place;
    groups.back().push_back(std::move(path));
  }
  return groups;
}

/// Holds the plan that Baseline refers to.
struct Shared {
  explicit Shared(TestContext& context, const Backend& backend) : plan(context, backend), baseline(plan) {}
  Plan plan;
  Baseline baseline;
};

}  // namespace

TestGroups skipped_version_tests(TestContext& context, const Backend& backend) {
  const auto shared = std::make_shared<Shared>(context, backend);
  TestGroups groups;
  std::vector<Path> paths = paths_of(shared->plan);
  if (paths.empty()) return groups;
  const auto jobs = static_cast<std::size_t>(std::max(1, context.options().jobs));
  for (std::vector<Path>& part : split(std::move(paths), shared->plan.revisions().size(), jobs))
    groups.push_back(std::make_unique<SkippedVersions>(std::shared_ptr<const Plan>(shared, &shared->plan),
                                                       std::shared_ptr<Baseline>(shared, &shared->baseline),
                                                       std::move(part)));
  return groups;
}

}  // namespace paripassu
