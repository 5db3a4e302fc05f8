#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "harness/migration_tests/test_run.h"

namespace paripassu::testing {

/// A database of its own with the project's migrations applied; dropped when it goes. One thread at a time.
class MigratedDatabase {
 public:
  explicit MigratedDatabase(std::unique_ptr<TestDatabase> database) : database_(std::move(database)) {}

  const Backend& backend() const { return database_->backend(); }
  /// "postgres", "sqlserver".
  std::string engine() const { return std::string(backend().name()); }
  ConnectionUrl url() const { return database_->url(); }
  /// A session that lives as long as this object, with the project's schema as the one of unqualified names.
  Session& session() { return database_->session(); }
  catalog::Catalog catalog() { return database_->catalog(); }
  /// Applies or undoes migrations until the database stands at `version`.
  void up(const std::string& version) { database_->up(version); }
  void down(const std::string& version) { database_->down(version); }

 private:
  std::unique_ptr<TestDatabase> database_;
};

/// A project whose migrations a team's own tests build on. One per test program: it starts the servers that it needs,
/// once, and stops them when it goes. Thread-safe.
///
///     BackendRegistry registry;
///     postgres::register_postgres(registry);
///     testing::MigratedProject project("path/to/project", registry);
///     auto database = project.database("postgres");
///     database.session().execute("INSERT INTO orders …");
class MigratedProject {
 public:
  /// Reads `paripassu.toml` in `project_dir` and PARIPASSU_* variables. `registry` must outlive the project. Throws
  /// Error(configuration).
  MigratedProject(const std::string& project_dir, const BackendRegistry& registry);
  ~MigratedProject();
  MigratedProject(const MigratedProject&) = delete;
  MigratedProject& operator=(const MigratedProject&) = delete;

  const BackendRegistry& registry() const { return registry_; }
  /// Those that have a server here, by name; the reasons of the others in `unavailable`.
  std::vector<std::string> engines();
  std::map<std::string, std::string> unavailable();

  /// A new database at `version` (default: the newest). The first one of an engine and version applies the migrations;
  /// the others are copies that the server makes of it (PostgreSQL: milliseconds), or, where it cannot, apply them
  /// again. Throws Error.
  MigratedDatabase database(const std::string& engine, const std::string& version = "");

  /// The same run as `paripassu test`.
  TestReport run_tests(const TestOptions& options = {});

 private:
  struct Prepared {
    std::mutex mutex;
    std::unique_ptr<TestDatabase> database;  ///< copied from, never handed out
  };

  const BackendRegistry& registry_;
  Configuration configuration_;
  ServerPool servers_;
  SourceLoader loader_;
  TestContext context_;
  std::mutex mutex_;
  std::map<std::pair<std::string, std::string>, std::unique_ptr<Prepared>> prepared_;
  std::optional<std::map<std::string, std::string>> unavailable_;
};

}  // namespace paripassu::testing
