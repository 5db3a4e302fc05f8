#include "harness/migrate/executor.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <random>

#include "backends/interrupt.h"
#include "backends/limits.h"
#include "harness/project/migration_folder.h"

namespace paripassu {

namespace {

using Clock = std::chrono::steady_clock;

std::int64_t elapsed_ms(Clock::time_point since) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - since).count();
}

std::string utc_now() {
  const auto now = std::chrono::system_clock::now();
  const auto us = std::chrono::duration_cast<std::chrono::microseconds>(now.time_since_epoch()).count() % 1'000'000;
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:06}Z", fmt::gmtime(std::chrono::system_clock::to_time_t(now)), us);
}

std::string who() {
  std::array<char, 256> host{};
  gethostname(host.data(), host.size() - 1);
  const char* user = std::getenv("USER");
  return fmt::format("{}@{}", user != nullptr && *user != '\0' ? user : std::to_string(getuid()), host.data());
}

std::string checksum_of(const std::vector<ScriptStatement>& statements, std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count && i < statements.size(); ++i) {
    text += statements[i].text;
    text += '\0';
    text += statements[i].copy_data;
    text += '\0';
    text += std::to_string(statements[i].repeat);
    text += '\0';
  }
  return migration_checksum(text);
}

bool needs_steps(const Script& script) {
  return std::any_of(script.statements.begin(), script.statements.end(), [](const ScriptStatement& statement) {
    return !statement.outside_transaction.empty() || statement.controls_transaction;
  });
}

}  // namespace

/// The migration lock, held for as long as this object lives. Polled, never waited for in the server: a session that
/// waits holds a snapshot, and CREATE INDEX CONCURRENTLY would wait for that snapshot in turn.
class MigrationExecutor::Lock {
 public:
  /// `needless` is asked once, when another runner holds the lock: then there may be nothing to wait for.
  explicit Lock(MigrationExecutor& executor, const std::function<bool()>& needless = {})
      : session_(executor.session_),
        name_(fmt::format("paripassu migrate {}", executor.options_.schema.empty()
                                                      ? executor.backend_.dialect().default_schema()
                                                      : executor.options_.schema)) {
    const auto begin = Clock::now();
    std::mt19937 random(std::random_device{}());
    int wait_ms = limits::kLockPollFirst_ms;
    for (bool told = false; !session_.try_lock(name_); told = true) {
      if (!told) {
        if (needless && needless()) return;
        MigrationEvent event;
        event.kind = MigrationEvent::Kind::waiting;
        event.text = "another runner is migrating this database";
        executor.notify(event);
      }
      if (elapsed_ms(begin) >= executor.options_.runner_timeout_ms)
        throw Error(ErrorCategory::lock_timeout,
                    fmt::format("another runner is still migrating this database after {} ms", elapsed_ms(begin)))
            .with_engine(std::string(executor.backend_.name()))
            .with_remedy("wait for it to end, or allow more time with --runner-timeout");
      // Between half of the wait and all of it, so that two runners do not keep in step.
      Interrupt::sleep_ms(std::uniform_int_distribution<int>(wait_ms / 2, wait_ms)(random));
      Interrupt::throw_if_requested();
      wait_ms = std::min(wait_ms * 2, limits::kLockPollMax_ms);
    }
    held_ = true;
  }
  ~Lock() {
    if (!held_) return;
    try {
      session_.unlock(name_);
    } catch (const std::exception&) {
      // The session is lost, and the lock with it.
    }
  }
  Lock(const Lock&) = delete;
  Lock& operator=(const Lock&) = delete;
  bool held() const { return held_; }

 private:
  Session& session_;
  std::string name_;
  bool held_ = false;
};

MigrationExecutor::MigrationExecutor(const Backend& backend, Session& session, const MigrationSet& set,
                                     MigrateOptions options, Listener listener)
    : backend_(backend),
      session_(session),
      set_(set),
      options_(std::move(options)),
      listener_(std::move(listener)),
      ledger_(session, backend.dialect(), options_.schema) {}

void MigrationExecutor::notify(const MigrationEvent& event) const {
  if (listener_) listener_(event);
}

void MigrationExecutor::use_schema() {
  if (schema_used_ || options_.schema.empty()) return;
  const std::string statement = backend_.dialect().use_schema(options_.schema);
  if (!statement.empty()) session_.execute(statement);
  schema_used_ = true;
}

void MigrationExecutor::set_timeouts() {
  if (timeouts_set_) return;
  session_.set_lock_timeout_ms(options_.lock_timeout_ms);
  session_.set_statement_timeout_ms(options_.statement_timeout_ms);
  timeouts_set_ = true;
}

bool MigrationExecutor::changes_session(const Script& script) const {
  return std::any_of(script.statements.begin(), script.statements.end(), [this](const ScriptStatement& statement) {
    if (statement.kind != StatementKind::sql) return false;
    if (statement.text.size() > limits::kInspectedStatementBytesMax) return true;
    try {
      return backend_.dialect().changes_session(backend_.script_reader().words(statement.text));
    } catch (const Error&) {
      return true;
    }
  });
}

std::vector<MigrationStatus> MigrationExecutor::read_status() {
  const std::vector<LedgerEntry> entries = ledger_.read();
  ledger_exists_ = !entries.empty();
  return migration_status(set_, entries);
}

void MigrationExecutor::write_ledger(const std::string& file, const std::function<void()>& write) const {
  try {
    write();
  } catch (const Error& error) {
    if (error.category() != ErrorCategory::not_found) throw;
    throw Error(
        ErrorCategory::migration,
        fmt::format("the migration drops {}, the table in which applied migrations are recorded", Ledger::kTableName))
        .with_engine(std::string(backend_.name()))
        .with_position({file, 0, 0})
        .with_diagnostics(error.diagnostics())
        .with_remedy("leave that table out of the script");
  }
}

Script MigrationExecutor::read_script(const MigrationScript& script) const {
  ScriptOptions reader_options;
  reader_options.skip_database_commands = options_.skip_database_commands;
  Script result = read_migration_script(script, backend_.script_reader(), reader_options);
  if (result.statements.empty() && result.skipped.empty())
    throw Error(ErrorCategory::configuration, "the migration holds no statement")
        .with_position({script.file, 0, 0})
        .with_remedy("write the statement, or delete the file");
  return result;
}

std::vector<MigrationStatus> MigrationExecutor::status() {
  use_schema();
  return migration_status(set_, ledger_.read());
}

std::vector<MigratedStep> MigrationExecutor::up() {
  use_schema();
  if (options_.dry_run) return run_up(read_status());
  // Nobody waits for another runner only to hear that there is nothing to do, or that folder and ledger disagree.
  const Lock lock(*this, [this] {
    const std::vector<MigrationStatus> before = read_status();
    if (!plan_up(before, options_.to, options_.steps).empty()) return false;
    require_consistent(before, options_.allow_out_of_order);
    return true;
  });
  if (!lock.held()) return {};
  return run_up(read_status());
}

std::vector<MigratedStep> MigrationExecutor::run_up(const std::vector<MigrationStatus>& status) {
  require_consistent(status, options_.allow_out_of_order);
  const std::vector<const MigrationStatus*> plan = plan_up(status, options_.to, options_.steps);
  std::vector<MigratedStep> steps;
  if (plan.empty()) return steps;
  // A script that cannot be read stops the run before the first statement of the first migration. They may be large, so
  // that only the first is kept.
  std::optional<Script> first = read_script(*plan.front()->migration->up);
  for (std::size_t i = 1; i < plan.size(); ++i) read_script(*plan[i]->migration->up);
  for (const MigrationStatus* one : plan) {
    Interrupt::throw_if_requested();
    if (first) {
      steps.push_back(run_one(*one, MigrationDirection::up, *first));
      first.reset();
    } else {
      steps.push_back(run_one(*one, MigrationDirection::up));
    }
  }
  return steps;
}

std::vector<MigratedStep> MigrationExecutor::down() {
  use_schema();
  if (options_.dry_run) return run_down(read_status());
  const Lock lock(*this);
  return run_down(read_status());
}

std::vector<MigratedStep> MigrationExecutor::run_down(const std::vector<MigrationStatus>& status) {
  const std::vector<const MigrationStatus*> plan = plan_down(status, options_.to, options_.steps);
  std::vector<MigratedStep> steps;
  if (plan.empty()) return steps;
  std::optional<Script> first = read_script(*plan.front()->migration->down);
  for (std::size_t i = 1; i < plan.size(); ++i) read_script(*plan[i]->migration->down);
  for (const MigrationStatus* one : plan) {
    Interrupt::throw_if_requested();
    if (first) {
      steps.push_back(run_one(*one, MigrationDirection::down, *first));
      first.reset();
    } else {
      steps.push_back(run_one(*one, MigrationDirection::down));
    }
  }
  return steps;
}

std::vector<MigratedStep> MigrationExecutor::redo() {
  use_schema();
  const std::vector<MigrationStatus> before = migration_status(set_, ledger_.read());
  const std::vector<const MigrationStatus*> plan = plan_down(before, options_.to, options_.steps);
  for (const MigrationStatus* one : plan) {
    read_script(*one->migration->down);
    if (!one->migration->up)
      throw Error(ErrorCategory::migration, one->version + " has no up script on this engine any more");
    read_script(*one->migration->up);
  }
  if (options_.dry_run) {
    std::vector<MigratedStep> steps = run_down(before);
    for (auto one = plan.rbegin(); one != plan.rend(); ++one) steps.push_back(run_one(**one, MigrationDirection::up));
    return steps;
  }
  const Lock lock(*this);
  std::vector<MigratedStep> steps = run_down(read_status());
  const std::vector<MigrationStatus> after = read_status();
  for (auto done = plan.rbegin(); done != plan.rend(); ++done) {
    const auto again = std::find_if(after.begin(), after.end(),
                                    [&](const MigrationStatus& one) { return one.migration == (*done)->migration; });
    if (again != after.end()) steps.push_back(run_one(*again, MigrationDirection::up));
  }
  return steps;
}

MigratedStep MigrationExecutor::run_one(const MigrationStatus& status, MigrationDirection direction) {
  const Migration& migration = *status.migration;
  return run_one(status, direction, read_script(direction == MigrationDirection::up ? *migration.up : *migration.down));
}

MigratedStep MigrationExecutor::run_one(const MigrationStatus& status, MigrationDirection direction,
                                        const Script& script) {
  const Migration& migration = *status.migration;
  const MigrationScript& source = direction == MigrationDirection::up ? *migration.up : *migration.down;
  const bool stepwise = source.no_transaction || needs_steps(script);

  LedgerEntry entry;
  const bool exists = status.entry.has_value();
  const bool resumes = status.state == MigrationState::half_applied || status.state == MigrationState::half_reverted;
  if (exists) entry = *status.entry;
  entry.kind =
      migration.kind == Migration::Kind::repeatable ? LedgerEntry::Kind::repeatable : LedgerEntry::Kind::versioned;
  entry.version = migration.version;
  entry.name = migration.name;
  if (direction == MigrationDirection::up && migration.up) entry.checksum = migration.up->checksum;
  entry.applied_by = who();
  entry.tool_version = options_.tool_version;
  entry.total_statements = static_cast<int>(script.statements.size());
  entry.started = utc_now();
  if (!resumes) {
    entry.applied_statements = 0;
    entry.applied_checksum = checksum_of(script.statements, 0);
    entry.duration_ms = 0;
    entry.in_flight_statement = 0;
    entry.error.reset();
  }
  entry.going_down = direction == MigrationDirection::down;

  MigrationEvent event;
  event.direction = direction;
  event.version = migration.version;
  event.name = migration.name;
  event.file = source.file;
  event.statement_count = static_cast<int>(script.statements.size());
  event.transactional = !stepwise;
  event.resumed_at = resumes ? entry.applied_statements + 1 : 0;
  if (options_.dry_run) {
    event.kind = MigrationEvent::Kind::planned;
    for (const ScriptStatement& statement : script.statements) event.text += statement.text + "\n";
    notify(event);
    return {migration.version, migration.name, direction, event.statement_count, 0};
  }
  notify(event);
  const auto begin = Clock::now();
  const bool changes = changes_session(script);
  try {
    if (resumes &&
        entry.applied_checksum != checksum_of(script.statements, static_cast<std::size_t>(entry.applied_statements)))
      throw Error(ErrorCategory::migration,
                  fmt::format("statements 1 to {} were applied and have been changed since", entry.applied_statements))
          .with_position({source.file, 0, 0})
          .with_remedy("undo the change to those statements: only the statements that follow may be mended");
    set_timeouts();
    if (changes) {
      session_changed_ = true;
      timeouts_set_ = false;
    }
    if (stepwise || resumes) {
      run_stepwise(script, source.no_transaction, entry, direction, exists, event);
    } else {
      run_transactional(script, entry, direction, exists, event);
    }
  } catch (Error& error) {
    if (error.remedy().empty() && !stepwise && !error.poisons_connection())
      error.with_remedy("the migration was rolled back as a whole; mend it and run the same command again");
    error.add_context(fmt::format("{} {} {} on {}", direction == MigrationDirection::up ? "applying" : "reverting",
                                  migration.version, migration.name, backend_.name()));
    throw;
  }
  event.kind = MigrationEvent::Kind::finished;
  event.duration_ms = elapsed_ms(begin);
  event.outcome = nullptr;
  notify(event);
  return {migration.version, migration.name, direction, event.statement_count, event.duration_ms};
}

void MigrationExecutor::execute(const ScriptStatement& statement, int number, MigrationEvent& event) {
  Interrupt::throw_if_requested();
  const auto begin = Clock::now();
  StatementOutcome outcome;
  try {
    for (int repeat = 0; repeat < statement.repeat; ++repeat) outcome = session_.run(statement);
  } catch (Error& error) {
    // A stop request cancels what runs; the server's "cancelled" is then not the story.
    if (Interrupt::requested() && error.category() == ErrorCategory::cancelled) Interrupt::throw_if_requested();
    error.add_context(fmt::format("running statement {} of {}", number, event.statement_count));
    throw;
  }
  event.kind = MigrationEvent::Kind::statement;
  event.statement = number;
  event.duration_ms = elapsed_ms(begin);
  event.outcome = &outcome;
  event.position = statement.position;
  notify(event);
  event.outcome = nullptr;
}

void MigrationExecutor::run_transactional(const Script& script, LedgerEntry& entry, MigrationDirection direction,
                                          bool replaces, MigrationEvent& event) {
  const auto begin = Clock::now();
  Transaction transaction(session_);
  int number = 0;
  for (const ScriptStatement& statement : script.statements) {
    execute(statement, ++number, event);
    if (session_.transaction_state() != TransactionState::open)
      throw Error(
          ErrorCategory::transaction,
          fmt::format("statement {} ended the migration's transaction; what came before it may be lost", number))
          .with_position(statement.position)
          .with_remedy("take COMMIT and ROLLBACK out of the script and of the procedures that it calls");
  }
  entry.applied_statements = entry.total_statements;
  entry.applied_checksum = checksum_of(script.statements, script.statements.size());
  entry.duration_ms = elapsed_ms(begin);
  write_ledger(event.file, [&] {
    if (direction == MigrationDirection::down) {
      ledger_.erase(entry.kind, entry.version);
    } else if (replaces) {
      ledger_.update(entry);
    } else {
      if (!ledger_exists_) ledger_.create_if_missing();
      ledger_.insert(entry);
    }
  });
  transaction.commit();
  if (direction == MigrationDirection::up) ledger_exists_ = true;
}

void MigrationExecutor::record_failure(const Error& error, const Script& script, const LedgerEntry& entry) {
  const Interrupt::Shield shield;
  try {
    session_.rollback();
    // The rollback may have taken counts back with it: what the table says now is the truth.
    for (LedgerEntry& stored : ledger_.read()) {
      if (stored.version != entry.version ||
          (stored.kind == LedgerEntry::Kind::repeatable) != (entry.kind == LedgerEntry::Kind::repeatable))
        continue;
      // A statement that refuses transactions may leave something behind even when it fails (an invalid index): it
      // stays in flight, so that the next run looks. Any other one that the server refused has done nothing.
      const bool refused = !error.poisons_connection() && error.category() != ErrorCategory::interrupted;
      const auto number = static_cast<std::size_t>(stored.in_flight_statement);
      const bool looks_again = number > 0 && number <= script.statements.size() &&
                               !script.statements[number - 1].outside_transaction.empty();
      if (refused && !looks_again) stored.in_flight_statement = 0;
      stored.error = error.message();
      stored.duration_ms = entry.duration_ms;
      ledger_.update(stored);
    }
  } catch (const std::exception&) {
    // The connection is lost: the ledger still has the last confirmed statement and the one in flight.
  }
}

void MigrationExecutor::run_stepwise(const Script& script, bool no_transaction, LedgerEntry& entry,
                                     MigrationDirection direction, bool exists, MigrationEvent& event) {
  const auto begin = Clock::now();
  const std::int64_t earlier_ms = entry.duration_ms;
  const auto count_applied = [&](std::size_t applied) {
    entry.applied_statements = static_cast<int>(applied);
    entry.applied_checksum = checksum_of(script.statements, applied);
    entry.in_flight_statement = 0;
    entry.duration_ms = earlier_ms + elapsed_ms(begin);
    entry.error.reset();
    write_ledger(event.file, [&] { ledger_.update(entry); });
  };

  if (exists && entry.in_flight_statement > 0) {
    const auto number = static_cast<std::size_t>(entry.in_flight_statement);
    const ScriptStatement* statement = number <= script.statements.size() ? &script.statements[number - 1] : nullptr;
    InFlightVerdict verdict =
        statement != nullptr ? backend_.resolve_in_flight(session_, *statement) : InFlightVerdict::unknown;
    // With an error on record the server refused the statement: what it names exists for another reason.
    if (entry.error && statement != nullptr) verdict = InFlightVerdict::not_applied;
    if (verdict == InFlightVerdict::unknown)
      throw Error(
          ErrorCategory::migration,
          fmt::format("statement {} was running when an earlier run died; whether it took effect is not known", number))
          .with_position(statement != nullptr ? statement->position : SourcePosition{event.file, 0, 0})
          .with_remedy(
              fmt::format("look, and then run `migrate repair --applied {0}` or `migrate repair --not-applied {0}`",
                          entry.version));
    count_applied(verdict == InFlightVerdict::applied ? number : number - 1);
  }
  if (!exists) {
    Transaction transaction(session_);
    if (!ledger_exists_) ledger_.create_if_missing();
    ledger_.insert(entry);
    transaction.commit();
    ledger_exists_ = true;
  } else {
    entry.error.reset();
    ledger_.update(entry);
  }

  try {
    for (auto i = static_cast<std::size_t>(entry.applied_statements); i < script.statements.size(); ++i) {
      const ScriptStatement& statement = script.statements[i];
      const int number = static_cast<int>(i) + 1;
      const bool open = session_.transaction_state() == TransactionState::open;
      if (open) {
        // Inside the script's own transaction: the count goes with it, so it is written before a COMMIT can end it.
        count_applied(i + 1);
        execute(statement, number, event);
        if (session_.transaction_state() == TransactionState::none) count_applied(i + 1);
      } else if (no_transaction || !statement.outside_transaction.empty() || statement.controls_transaction) {
        entry.in_flight_statement = number;
        ledger_.update(entry);
        execute(statement, number, event);
        count_applied(i + 1);
      } else {
        Transaction transaction(session_);
        execute(statement, number, event);
        count_applied(i + 1);
        transaction.commit();
      }
    }
    if (session_.transaction_state() != TransactionState::none)
      throw Error(ErrorCategory::migration, "the script leaves a transaction open")
          .with_position(script.statements.back().position)
          .with_remedy("end it with COMMIT; what was in it is rolled back");
  } catch (Error& error) {
    entry.duration_ms = earlier_ms + elapsed_ms(begin);
    record_failure(error, script, entry);
    if (!error.poisons_connection())
      error.with_remedy(
          fmt::format("{}mend the cause and run the same command again: it goes on behind the last statement "
                      "that was applied (this migration cannot run in one transaction)",
                      error.remedy().empty() ? "" : error.remedy() + "; "));
    throw;
  }
  if (direction == MigrationDirection::down)
    write_ledger(event.file, [&] { ledger_.erase(entry.kind, entry.version); });
}

std::vector<MigratedStep> MigrationExecutor::baseline() {
  use_schema();
  std::optional<Lock> lock;
  if (!options_.dry_run) lock.emplace(*this);
  if (!ledger_.read().empty())
    throw Error(ErrorCategory::migration, "the ledger is not empty: migrations were already applied here")
        .with_remedy("a baseline is for a database that existed before its ledger");
  if (options_.to && std::none_of(set_.migrations.begin(), set_.migrations.end(), [&](const Migration& migration) {
        return compare_versions(migration.version, *options_.to) == 0;
      }))
    throw Error(ErrorCategory::usage, "there is no migration with version " + *options_.to);
  std::vector<MigratedStep> steps;
  std::optional<Transaction> transaction;
  if (!options_.dry_run) {
    transaction.emplace(session_);
    ledger_.create_if_missing();
  }
  for (const Migration& migration : set_.migrations) {
    if (migration.kind != Migration::Kind::versioned || !migration.up) continue;
    if (options_.to && compare_versions(migration.version, *options_.to) > 0) continue;
    LedgerEntry entry;
    entry.kind = LedgerEntry::Kind::baseline;
    entry.version = migration.version;
    entry.name = migration.name;
    entry.checksum = migration.up->checksum;
    entry.started = utc_now();
    entry.applied_by = who();
    entry.tool_version = options_.tool_version;
    if (!options_.dry_run) ledger_.insert(entry);
    steps.push_back({migration.version, migration.name, MigrationDirection::up, 0, 0});
  }
  if (transaction) transaction->commit();
  return steps;
}

std::vector<std::string> MigrationExecutor::repair() {
  use_schema();
  std::optional<Lock> lock;
  if (!options_.dry_run) lock.emplace(*this);
  const std::vector<MigrationStatus> status = migration_status(set_, ledger_.read());
  std::vector<std::string> done;
  std::optional<Transaction> transaction;
  if (!options_.dry_run) transaction.emplace(session_);
  const auto listed = [](const std::vector<std::string>& versions, const std::string& version) {
    return std::any_of(versions.begin(), versions.end(),
                       [&](const std::string& one) { return compare_versions(one, version) == 0; });
  };
  for (const MigrationStatus& one : status) {
    if (one.state == MigrationState::changed && one.migration->up) {
      LedgerEntry entry = *one.entry;
      done.push_back(
          fmt::format("{}: checksum {} replaced by {}", one.version, entry.checksum, one.migration->up->checksum));
      entry.checksum = one.migration->up->checksum;
      if (!options_.dry_run) ledger_.update(entry);
    } else if (one.state == MigrationState::missing || (one.state == MigrationState::changed && !one.migration->up)) {
      done.push_back(fmt::format("{}: removed from the ledger, since it is not in the folder", one.version));
      if (!options_.dry_run) ledger_.erase(one.entry->kind, one.entry->version);
    } else if (one.entry && one.entry->in_flight_statement > 0) {
      LedgerEntry entry = *one.entry;
      const bool applied = listed(options_.in_flight_applied, one.version);
      if (!applied && !listed(options_.in_flight_not_applied, one.version)) continue;
      const int number = entry.in_flight_statement;
      const MigrationScript* source = entry.going_down ? (one.migration->down ? &*one.migration->down : nullptr)
                                                       : (one.migration->up ? &*one.migration->up : nullptr);
      if (source == nullptr) continue;
      entry.applied_statements = applied ? number : number - 1;
      entry.applied_checksum =
          checksum_of(read_script(*source).statements, static_cast<std::size_t>(entry.applied_statements));
      entry.in_flight_statement = 0;
      if (entry.applied_statements < entry.total_statements && !entry.error)
        entry.error = "stopped while statement " + std::to_string(number) + " was running";
      if (entry.applied_statements == entry.total_statements) entry.error.reset();
      done.push_back(
          fmt::format("{}: statement {} is taken as {}", one.version, number, applied ? "applied" : "not applied"));
      if (!options_.dry_run) ledger_.update(entry);
    }
  }
  for (const auto* versions : {&options_.in_flight_applied, &options_.in_flight_not_applied})
    for (const std::string& version : *versions)
      if (std::none_of(status.begin(), status.end(), [&](const MigrationStatus& one) {
            return one.entry && one.entry->in_flight_statement > 0 && compare_versions(one.version, version) == 0;
          }))
        throw Error(ErrorCategory::usage, "version " + version + " has no statement whose effect is unknown");
  if (transaction) transaction->commit();
  return done;
}

}  // namespace paripassu
