#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "backends/backend.h"
#include "backends/limits.h"
#include "harness/migrate/plan.h"

namespace paripassu {

struct MigrateOptions {
  std::string schema;             ///< where unqualified names and the ledger live; empty: the engine's default
  std::optional<std::string> to;  ///< version
  std::optional<int> steps;
  bool dry_run = false;  ///< say what would run; writes nothing, takes no lock
  bool allow_out_of_order = false;
  bool skip_database_commands = false;
  int lock_timeout_ms = 0;       ///< how long a statement waits for a lock; 0 is unlimited
  int statement_timeout_ms = 0;  ///< how long a statement may run; 0 is unlimited
  /// How long to wait for another runner on the same database.
  int runner_timeout_ms = limits::kMigrationLockTimeoutDefault_ms;
  std::string tool_version;
  /// `repair` only: versions whose statement in flight is declared applied, or not applied.
  std::vector<std::string> in_flight_applied;
  std::vector<std::string> in_flight_not_applied;
};

enum class MigrationDirection { up, down };

/// What an executor tells while it works. Called from the thread that called the executor.
struct MigrationEvent {
  enum class Kind {
    waiting,    ///< another runner holds the lock
    started,    ///< a migration begins
    statement,  ///< one statement has ended
    finished,   ///< a migration has ended
    planned,    ///< dry run: it would run
    repaired,   ///< repair changed the ledger; `text` says how
  };
  Kind kind = Kind::started;
  MigrationDirection direction = MigrationDirection::up;
  std::string version;
  std::string name;
  std::string file;
  int statement = 0;  ///< 1-based
  int statement_count = 0;
  int resumed_at = 0;  ///< statement at which a half-done migration goes on; 0 for a fresh one
  bool transactional = true;
  std::int64_t duration_ms = 0;
  const StatementOutcome* outcome = nullptr;  ///< of a statement
  SourcePosition position;                    ///< of a statement
  std::string text;
};

struct MigratedStep {
  std::string version;
  std::string name;
  MigrationDirection direction = MigrationDirection::up;
  int statements = 0;
  std::int64_t duration_ms = 0;
};

/// Applies migrations to one database through one session, which must be idle. All of them hold the migration lock
/// of the database, read the ledger under it, and leave it true whatever happens:
///
/// - A migration runs in one transaction together with its ledger entry, where the engine allows it.
/// - One that cannot (a statement refuses transactions, or the script controls them) is recorded statement by
/// statement:
///   an ordinary statement commits together with the count, one that refuses transactions is announced before and
///   confirmed after. When it stops, the next `up` goes on behind the last statement that was confirmed,
///   after checking that those before it are unchanged.
///
/// Every function throws Error; the database and the ledger then agree.
class MigrationExecutor {
 public:
  using Listener = std::function<void(const MigrationEvent&)>;

  MigrationExecutor(const Backend& backend, Session& session, const MigrationSet& set, MigrateOptions options,
                    Listener listener = {});

  /// Applies what is pending; returns what was done. A second call does nothing.
  std::vector<MigratedStep> up();
  std::vector<MigratedStep> down();
  /// Down and up again, as many as `steps` says (one unless told).
  std::vector<MigratedStep> redo();
  /// Declares every versioned migration up to `to` (default: all) applied, without running them. The ledger must be
  /// empty.
  std::vector<MigratedStep> baseline();
  /// Accepts the folder as the truth: checksums of changed migrations are taken over, entries of missing ones removed,
  /// statements in flight decided as the options say. Returns what was changed, one sentence each.
  std::vector<std::string> repair();
  /// Reads only.
  std::vector<MigrationStatus> status();

  /// MigrateOptions::to of the calls that follow. Whoever goes through a history step by step keeps one executor: what
  /// it knows of its session need not be asked or set again.
  void set_target(std::optional<std::string> to) { options_.to = std::move(to); }
  /// Whether a migration that ran may have left its session other than a new one is (Dialect::changes_session). The
  /// next migration of the same call sees that, as it would in any run that applies both.
  bool session_changed() const { return session_changed_; }

 private:
  class Lock;

  Script read_script(const MigrationScript& script) const;
  void use_schema();
  void set_timeouts();
  bool changes_session(const Script& script) const;
  std::vector<MigrationStatus> read_status();
  std::vector<MigratedStep> run_up(const std::vector<MigrationStatus>& status);
  std::vector<MigratedStep> run_down(const std::vector<MigrationStatus>& status);
  MigratedStep run_one(const MigrationStatus& status, MigrationDirection direction, const Script& script);
  MigratedStep run_one(const MigrationStatus& status, MigrationDirection direction);
  /// Runs `write`, which changes the ledger. Throws Error(migration) when the migration has dropped it.
  void write_ledger(const std::string& file, const std::function<void()>& write) const;
  void run_transactional(const Script& script, LedgerEntry& entry, MigrationDirection direction, bool replaces,
                         MigrationEvent& event);
  void run_stepwise(const Script& script, bool no_transaction, LedgerEntry& entry, MigrationDirection direction,
                    bool exists, MigrationEvent& event);
  void execute(const ScriptStatement& statement, int number, MigrationEvent& event);
  void record_failure(const Error& error, const Script& script, const LedgerEntry& entry);
  void notify(const MigrationEvent& event) const;

  const Backend& backend_;
  Session& session_;
  const MigrationSet& set_;
  MigrateOptions options_;
  Listener listener_;
  Ledger ledger_;
  bool ledger_exists_ = false;  ///< known to
  bool schema_used_ = false;
  bool timeouts_set_ = false;
  bool session_changed_ = false;
};

}  // namespace paripassu
