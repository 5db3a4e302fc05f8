#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "backends/backend.h"
#include "harness/migrate/migrator.h"
#include "harness/migration_tests/test_model.h"
#include "harness/project/configuration.h"
#include "harness/source/server_pool.h"
#include "harness/source/source.h"

namespace paripassu {

struct TestOptions {
  std::set<TestKind> only;          ///< empty: all
  std::vector<std::string> filter;  ///< patterns with `*` and `?` over TestName::text; empty: all
  int jobs = 2;                     ///< scratch databases in parallel
  bool keep = false;                ///< leave the database of a failed test
  bool accept = false;              ///< write expectations instead of checking them
  bool skip_database_commands = false;
};

class AcceptRound;
class TestContext;

/// A scratch database of one engine with its project's migrations applied so far. One thread at a time.
class TestDatabase {
 public:
  TestDatabase(TestContext& context, const Migrator& migrator, std::unique_ptr<ScratchDatabase> scratch);
  ~TestDatabase();
  TestDatabase(const TestDatabase&) = delete;
  TestDatabase& operator=(const TestDatabase&) = delete;

  const Backend& backend() const { return migrator_.backend(); }
  const Migrator& migrator() const { return migrator_; }
  ConnectionUrl url() const { return scratch_->url(); }
  /// The version that the database stands at; "0" at first. After an error in up or down it is not known: "".
  const std::string& version() const { return version_; }

  /// Migrator::Run::up_to and down_to. The session that migrates is kept between calls and opened anew after an error.
  std::vector<std::int64_t> up(const std::string& version);
  void down(const std::string& version);
  /// Reads the catalog, without the ledger's tables, by a session that no migration has touched.
  catalog::Catalog catalog();
  /// The session by which rows are written and read; opened anew once it is lost.
  Session& session();
  /// A copy with its rows, at the same version; nullptr where the server cannot copy. Closes the sessions of this one.
  std::unique_ptr<TestDatabase> clone();
  /// Leaves it on the server; returns how to connect, without a password.
  std::string keep();

 private:
  TestContext& context_;
  const Migrator& migrator_;
  std::unique_ptr<ScratchDatabase> scratch_;
  std::unique_ptr<Session> session_;
  std::unique_ptr<Session> reading_session_;
  std::unique_ptr<Migrator::Run> run_;
  std::string version_ = "0";
};

/// What every test of a run shares. Thread-safe.
class TestContext {
 public:
  /// The references must outlive it.
  TestContext(const BackendRegistry& registry, const Configuration& configuration, ServerPool& servers,
              SourceLoader& loader, TestOptions options);

  const BackendRegistry& registry() const { return registry_; }
  const Configuration& configuration() const { return configuration_; }
  const TestOptions& options() const { return options_; }
  ServerPool& servers() { return servers_; }
  SourceLoader& loader() { return loader_; }

  /// The engine's migrator, made at first use; lives as long as the context. Throws Error.
  const Migrator& migrator(const Backend& backend);
  /// A new, empty scratch database. Throws Error.
  std::unique_ptr<TestDatabase> database(const Backend& backend);
  /// False once the engine's server has refused to copy a database.
  bool can_clone(const Backend& backend);
  void cannot_clone(const Backend& backend);
  /// What groups with `--accept` share; made anew when none of them lives any more.
  std::shared_ptr<AcceptRound> accept_round();
  /// `path` of the configuration, from the working directory.
  std::string resolve(const std::string& path) const;
  /// As a user would type it.
  std::string shown_path(const std::string& path) const { return loader_.shown_path(path); }

 private:
  const BackendRegistry& registry_;
  const Configuration& configuration_;
  ServerPool& servers_;
  SourceLoader& loader_;
  TestOptions options_;
  std::mutex mutex_;
  std::map<std::string, std::unique_ptr<Migrator>> migrators_;
  std::set<std::string> cannot_clone_;
  std::weak_ptr<AcceptRound> accept_round_;
};

/// Where a group of tests puts its results. Thread-safe.
class TestSink {
 public:
  virtual ~TestSink() = default;
  /// False when `--filter` leaves the test out: it need not be run, unless another one needs what it does.
  virtual bool wants(const TestName& name) const = 0;
  /// For the progress line.
  virtual void started(const TestName& name) = 0;
  virtual void finished(TestResult result) = 0;
};

/// Tests that share one walk over one database, or one preparation; the unit that `--jobs` runs in parallel.
class TestGroup {
 public:
  virtual ~TestGroup() = default;
  /// Those that `run` reports, in order.
  virtual std::vector<TestName> tests() const = 0;
  /// Reports a result for every test of `tests` that the sink wants. What it throws ends the group: those that it has
  /// not reported are then incomplete, with the cause; so it throws only for what concerns all of them (no server) and
  /// for Error(interrupted). Leaves no database unless `--keep` says so.
  virtual void run(TestSink& sink) = 0;
};

using TestGroups = std::vector<std::unique_ptr<TestGroup>>;

/// A problem made of an error: code "error", the category, the server's words in the details.
TestProblem problem_of(const Error& error, const std::string& doing);

}  // namespace paripassu
