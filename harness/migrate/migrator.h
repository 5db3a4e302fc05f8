#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "backends/backend.h"
#include "harness/migrate/executor.h"
#include "harness/project/configuration.h"
#include "harness/project/migration.h"

namespace paripassu {

/// One step of a project's history on one engine, as whoever applies it lists it.
struct Revision {
  std::string version;    ///< "0003", "ae1027a6acf"; "repeatable" for all repeatable migrations together, the last one
  std::string name;       ///< "add_phone"; may be empty
  std::string up_file;    ///< as the user would type it; empty: not known, or nothing to do on this engine
  std::string down_file;  ///< likewise
  bool has_up = true;     ///< false: nothing to do on this engine
  bool has_down = true;   ///< false: cannot be undone
  std::string irreversible_reason;          ///< declared, in the migration or in [tests]; empty: not declared
  const MigrationScript* verify = nullptr;  ///< to be run after it: an error means that it did not do its work
  const Migration* migration = nullptr;     ///< the script, where it is one; both as long as the Migrator

  /// "0003_add_phone", "ae1027a6acf_add_phone", "shop.0002_phone": for names of tests. Holds no blank, slash or control
  /// character.
  std::string label() const;
};

/// In place of a version: all repeatable migrations together.
inline constexpr const char* kRepeatableVersion = "repeatable";

/// What applies the migrations of one engine to a database: our executor, or a team's own tool. Thread-safe: each run
/// has a database of its own.
class Migrator {
 public:
  /// One database that migrations are applied to. It may hold a session of its own as long as it lives; destroy it
  /// before the database is copied or dropped. A call behaves as a run of its own: what the migrations of an earlier
  /// call did to their session (SET search_path, a temporary table) is not there any more.
  class Run {
   public:
    virtual ~Run() = default;
    /// Applies everything up to `version` and it; the newest when that is the last revision. Throws Error with the file
    /// and place, or with the tool's output. A migration that leaves its transaction open, or its connection closed, is
    /// such an error. Returns the milliseconds that each applied revision took, in order; of a tool that applied
    /// several at once, or that does not tell what it did, the sum alone.
    virtual std::vector<std::int64_t> up_to(const std::string& version) = 0;
    /// Undoes everything above `version`; "0" for all of it. The same otherwise.
    virtual void down_to(const std::string& version) = 0;
  };

  virtual ~Migrator() = default;
  virtual const Backend& backend() const = 0;
  /// Oldest first. A revision that other engines alone have is listed without up.
  virtual const std::vector<Revision>& revisions() const = 0;
  /// The scripts, where it is our executor that runs them; nullptr for a tool. Lives as long as the Migrator.
  virtual const MigrationSet* scripts() const { return nullptr; }
  /// Tables in which the ledger is kept: no part of the schema.
  virtual std::vector<std::string> ledger_tables() const = 0;
  virtual std::unique_ptr<Run> open(const ConnectionUrl& database) const = 0;

  /// The place in `revisions` of a version, written as there or equal in the sense of compare_versions. Throws
  /// Error(usage) that says how to list them.
  std::size_t index_of(const std::string& version) const;
};

struct MigratorOptions {
  std::string schema;  ///< where unqualified names live; empty: the engine's default
  bool skip_database_commands = false;
  int lock_timeout_ms = 0;
  int statement_timeout_ms = 0;  ///< 0 is unlimited; of a tool: how long one command may take
  MigrationExecutor::Listener listener;
};

/// The project's migrations by our own executor. Irreversible ones are declared in the files or in `tests`; a version
/// there that no migration has is an Error(configuration), and so is such a floor.
std::unique_ptr<Migrator> make_script_migrator(const Backend& backend, MigrationSet set,
                                               const TestsConfiguration& tests, MigratorOptions options);

/// The project's migrations by the tool of `[migrator]`, which must be there. Runs its `list` command at once, with a
/// URL that leads to no server. Throws Error(configuration): the command cannot be started, failed (with its output),
/// lists nothing, the same revision twice or what is no revision; Error(not_supported), Error(driver_missing): the
/// engine's URL cannot be written in the form of `[migrator] url_form`.
///
/// A revision is applied by the `up` command, in the folder of `[migrator] dir`, with the URL in the environment and
/// PARIPASSU_ENGINE (and PARIPASSU_SCHEMA, where one is configured) beside it. A command that ends with another exit
/// code than 0 is an Error(migration) with the end of its output; one that takes longer than `statement_timeout_ms` is
/// killed with all its children: Error(statement_timeout). `lock_timeout_ms`, `skip_database_commands` and `listener`
/// are no concern of a tool's.
std::unique_ptr<Migrator> make_command_migrator(const Backend& backend, const Configuration& configuration,
                                                MigratorOptions options);

}  // namespace paripassu
