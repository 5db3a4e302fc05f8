#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "harness/migrate/migrator.h"
#include "harness/migrate/revisions.h"

namespace paripassu {

namespace {

bool is_repeatable(const Migration& migration) {
  return migration.kind == Migration::Kind::repeatable;
}

class ScriptRun final : public Migrator::Run {
 public:
  ScriptRun(const Backend& backend, const Migrator& migrator, const MigrationSet& set, const MigratorOptions& options,
            ConnectionUrl url)
      : backend_(backend), migrator_(migrator), set_(set), options_(options), url_(std::move(url)) {}

  std::vector<std::int64_t> up_to(const std::string& version) override {
    if (version == "0") return {};
    std::optional<std::string> target;
    if (version != kRepeatableVersion) {
      target = target_below(migrator_.index_of(version) + 1);
      if (!target) return {};
    }
    std::vector<std::int64_t> durations;
    run(target, [&](MigrationExecutor& executor) {
      for (const MigratedStep& step : executor.up()) durations.push_back(step.duration_ms);
    });
    return durations;
  }

  void down_to(const std::string& version) override {
    const std::size_t kept = version == "0" ? 0 : migrator_.index_of(version) + 1;
    run(target_below(kept).value_or("0"), [](MigrationExecutor& executor) { executor.down(); });
  }

 private:
  /// The newest version among the first `count` revisions that has anything to do on this engine: the executor knows
  /// only those.
  std::optional<std::string> target_below(std::size_t count) const {
    for (std::size_t i = count; i > 0; --i) {
      const Revision& revision = migrator_.revisions()[i - 1];
      if (revision.has_up && revision.version != kRepeatableVersion) return revision.version;
    }
    return std::nullopt;
  }

  template <class Work>
  void run(std::optional<std::string> target, Work work) {
    if (!session_) open();
    executor_->set_target(std::move(target));
    current_.reset();
    try {
      work(*executor_);
      if (!session_->connected())
        throw Error(ErrorCategory::connection, "the connection to the server was lost")
            .with_engine(std::string(backend_.name()));
    } catch (const Error& error) {
      // Whatever state it was left in, nobody else shall find it.
      const bool lost = error.poisons_connection() && error.category() != ErrorCategory::interrupted;
      close();
      if (!lost || !current_) throw;
      throw lost_connection(error);
    } catch (...) {
      close();
      throw;
    }
    if (executor_->session_changed()) close();
  }

  Error lost_connection(const Error& cause) const {
    Error error(ErrorCategory::migration,
                fmt::format("the connection was lost while migration {}{}{} was {}", current_->version,
                            current_->name.empty() ? "" : " ", current_->name,
                            current_->direction == MigrationDirection::up ? "applied" : "undone"));
    SourcePosition position = cause.position();
    if (position.file.empty()) position.file = current_->file;
    error.with_engine(std::string(backend_.name()))
        .with_position(position)
        .with_diagnostics(cause.diagnostics())
        .with_statement(cause.statement())
        .with_remedy(
            "take out of the migration what ends its own session or the server; if the server went down by itself, "
            "its log says why");
    if (cause.diagnostics().empty()) error.add_context("the driver said: " + cause.message());
    return error;
  }

  void open() {
    session_ = backend_.connect(url_);
    MigrateOptions migrate;
    migrate.schema = options_.schema;
    migrate.skip_database_commands = options_.skip_database_commands;
    migrate.lock_timeout_ms = options_.lock_timeout_ms;
    migrate.statement_timeout_ms = options_.statement_timeout_ms;
    executor_.emplace(backend_, *session_, set_, migrate, [this](const MigrationEvent& event) {
      if (event.kind == MigrationEvent::Kind::started)
        current_ = Current{event.version, event.name, event.file, event.direction};
      if (options_.listener) options_.listener(event);
    });
  }

  void close() {
    executor_.reset();
    session_.reset();
  }

  struct Current {
    std::string version;
    std::string name;
    std::string file;
    MigrationDirection direction;
  };

  const Backend& backend_;
  const Migrator& migrator_;
  const MigrationSet& set_;
  const MigratorOptions& options_;
  ConnectionUrl url_;
  std::unique_ptr<Session> session_;  ///< opened when it is needed
  std::optional<MigrationExecutor> executor_;
  std::optional<Current> current_;  ///< the migration that began last in this call
};

class ScriptMigrator final : public Migrator {
 public:
  ScriptMigrator(const Backend& backend, MigrationSet set, const TestsConfiguration& tests, MigratorOptions options)
      : backend_(backend), set_(std::move(set)), options_(std::move(options)) {
    std::vector<const Migration*> repeatable;
    for (const Migration& migration : set_.migrations) {
      if (is_repeatable(migration)) {
        repeatable.push_back(&migration);
      } else {
        revisions_.push_back(revision_of(migration));
      }
    }
    if (!repeatable.empty()) revisions_.push_back(revision_of(repeatable));
    declare_irreversible(revisions_, tests);
  }

  const Backend& backend() const override { return backend_; }
  const std::vector<Revision>& revisions() const override { return revisions_; }
  const MigrationSet* scripts() const override { return &set_; }
  std::vector<std::string> ledger_tables() const override { return {Ledger::kTableName}; }
  std::unique_ptr<Run> open(const ConnectionUrl& database) const override {
    return std::make_unique<ScriptRun>(backend_, *this, set_, options_, database);
  }

 private:
  static Revision revision_of(const Migration& migration) {
    Revision revision;
    revision.version = migration.version;
    revision.name = migration.name;
    if (migration.up) revision.up_file = migration.up->file;
    if (migration.down) revision.down_file = migration.down->file;
    revision.has_up = migration.up.has_value();
    revision.has_down = migration.down.has_value();
    revision.irreversible_reason = migration.irreversible_reason;
    revision.verify = migration.verify ? &*migration.verify : nullptr;
    revision.migration = &migration;
    return revision;
  }

  static Revision revision_of(const std::vector<const Migration*>& repeatable) {
    Revision revision;
    revision.version = kRepeatableVersion;
    revision.has_up = false;
    revision.has_down = false;
    revision.irreversible_reason = "repeatable migrations are replaced, never undone";
    for (const Migration* one : repeatable) {
      if (!one->up) continue;
      // Of several, the first is as good a place to look at as any.
      if (!revision.has_up) revision.up_file = one->up->file;
      revision.has_up = true;
    }
    return revision;
  }

  const Backend& backend_;
  MigrationSet set_;
  MigratorOptions options_;
  std::vector<Revision> revisions_;
};

}  // namespace

std::unique_ptr<Migrator> make_script_migrator(const Backend& backend, MigrationSet set,
                                               const TestsConfiguration& tests, MigratorOptions options) {
  return std::make_unique<ScriptMigrator>(backend, std::move(set), tests, std::move(options));
}

}  // namespace paripassu
