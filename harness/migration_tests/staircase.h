#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "backends/catalog/catalog.h"
#include "harness/migrate/migrator.h"
#include "harness/migration_tests/fingerprint.h"
#include "harness/migration_tests/test_context.h"
#include "harness/migration_tests/test_support.h"
#include "harness/project/configuration.h"

/// What the walks up and down the migrations share. Private to the room.
namespace paripassu::migration_tests {

/// What a walk needs of a database, which TestDatabase has. All of them throw Error.
class WalkedDatabase {
 public:
  virtual ~WalkedDatabase() = default;
  virtual std::vector<std::int64_t> up(const std::string& version) = 0;
  virtual void down(const std::string& version) = 0;
  virtual catalog::Catalog catalog() = 0;
  /// Of every table of `catalog` that keeps rows of its own.
  virtual DatabaseRows rows(const catalog::Catalog& catalog) = 0;
  /// Runs an assertion; nothing of what it changes stays, unless it commits by itself.
  virtual void verify(const MigrationScript& script) = 0;
  /// Runs the repeatable migrations, although they are applied.
  virtual void run_repeatables() = 0;
  /// Inserts the ladder's rows of a version.
  virtual void insert(const std::string& version) = 0;
  /// nullptr where the server cannot copy.
  virtual std::unique_ptr<WalkedDatabase> clone() = 0;
  /// Leaves it on the server; returns how to connect.
  virtual std::string keep() = 0;
};

/// The migrations of one engine, and where they are tried.
struct WalkedProject {
  std::string engine;        ///< Backend::name
  std::string display_name;  ///< Backend::display_name
  std::vector<Revision> revisions;
  TestsConfiguration tests;
  FingerprintOptions fingerprint;
  bool keep = false;
  std::set<std::string> data_versions;  ///< that have rows in the ladder; empty: a walk without rows
  std::function<std::unique_ptr<WalkedDatabase>()> make_database;
  std::function<std::string(const std::string&)> shown_path;
};

/// The migrations as steps that are numbered from 0. Databases that stand on a step, made by going up and nothing else,
/// with the ladder's rows in place.
class Staircase {
 public:
  /// Throws Error(configuration) when the floor names no migration.
  explicit Staircase(const WalkedProject& project);

  const std::vector<Revision>& revisions() const { return project_.revisions; }
  std::size_t size() const { return project_.revisions.size(); }
  /// The version that a database stands at below this step; "0" below the first.
  std::string version_below(std::size_t step) const;
  /// Declared irreversible, or not above the floor: the words for it. Empty: it is to be undone.
  std::string why_not_undone(std::size_t step) const;
  bool is_repeatable(std::size_t step) const;

  /// A database in which `steps` steps are done. Throws Error when one of them fails.
  std::unique_ptr<WalkedDatabase> database_after(std::size_t steps);
  /// The same; nullptr, and `why_not` says which step failed and how, where there is none.
  std::unique_ptr<WalkedDatabase> try_database_after(std::size_t steps, std::string& why_not);
  /// The same as database_after, or nullptr where the server cannot copy.
  std::unique_ptr<WalkedDatabase> copy_after(std::size_t steps);
  /// Inserts the rows of a step, if it has any. Returns what is wrong with them; empty: nothing. Rows that could not be
  /// inserted once are left out from then on.
  std::string insert_rows(std::size_t step, WalkedDatabase& database);

 private:
  void raise_spare(std::size_t steps);

  const WalkedProject& project_;
  std::size_t floor_ = 0;  ///< so many steps are never undone
  /// Goes up and is copied, so that all copies together cost one walk.
  std::unique_ptr<WalkedDatabase> spare_;
  std::size_t spare_steps_ = 0;
  bool can_copy_ = true;
  std::set<std::size_t> bad_rows_;
};

/// "0003_add_phone.down.sql" or, where that is not known, the migration's own file.
SourcePosition position_of_down(const Revision& revision);
SourcePosition position_of_up(const Revision& revision);

/// Adds what an error says; its place, where the error has none, is `where`.
void add_error(TestResult& result, const Error& error, const std::string& doing, const SourcePosition& where);

/// Decides the outcome and hands the result over: failed if it has problems, unless it is decided already.
void finish(TestSink& sink, TestResult result, const WalkedProject& project);

/// What both walks share: a test for each migration, and one database that goes from step to step. `State` is what a
/// walk reads of the database.
template <class State>
class Walk : public TestGroup {
 public:
  std::vector<TestName> tests() const override {
    std::vector<TestName> names;
    for (std::size_t step = 0; step < staircase_.size(); ++step) names.push_back(name_of(step));
    return names;
  }

 protected:
  Walk(WalkedProject project, TestKind kind) : project_(std::move(project)), kind_(kind), staircase_(project_) {}

  TestName name_of(std::size_t step) const { return {project_.engine, kind_, staircase_.revisions()[step].label()}; }

  /// With --keep, leaves the database of a failed step on its server.
  void keep(TestResult& result) {
    if (project_.keep && database_ && result.kept.empty()) result.kept = database_->keep();
  }

  /// A fresh database in which `steps` steps are done, in place of the one that cannot be used any more. False, and the
  /// walk ends, when there is none.
  bool recover_to(std::size_t steps) {
    database_.reset();
    known_.reset();
    dirty_ = false;
    database_ = staircase_.try_database_after(steps, cannot_go_on_);
    return database_ != nullptr;
  }

  const WalkedProject project_;
  const TestKind kind_;
  Staircase staircase_;
  std::unique_ptr<WalkedDatabase> database_;
  std::optional<State> known_;  ///< of the database as it stands
  bool dirty_ = false;          ///< the database has what going up alone does not make
  std::string cannot_go_on_;    ///< why the walk ends; empty: it goes on
  std::string doing_;           ///< what an error is said to have come from
  SourcePosition where_;        ///< … and its place, unless it has one
};

/// The walks. Both leave no database, unless the project says so.
std::unique_ptr<TestGroup> make_stairway(WalkedProject project);
std::unique_ptr<TestGroup> make_stairway_with_data(WalkedProject project);

}  // namespace paripassu::migration_tests
