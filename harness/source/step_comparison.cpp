#include "harness/source/step_comparison.h"

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "harness/migrate/migrator.h"
#include "harness/source/step_walk.h"

namespace paripassu {

namespace {

/// A scratch database with the migrations applied so far.
class WalkDatabase {
 public:
  WalkDatabase(SourceLoader& loader, ServerPool& servers, const Backend& backend, const MigratorOptions& options)
      : loader_(loader),
        migrator_(loader.migrator(backend, options)),
        database_(servers.scratch(backend)),
        reading_session_(servers.connect(backend, database_->url())),
        run_(migrator_->open(database_->url())) {}

  const Migrator& migrator() const { return *migrator_; }
  const ServerInfo& server() const { return reading_session_->server(); }
  std::vector<std::int64_t> up(const std::string& version) { return run_->up_to(version); }
  catalog::Catalog catalog() {
    return migrator_->backend().inspector().inspect(*reading_session_, loader_.inspect_options());
  }

 private:
  SourceLoader& loader_;
  std::unique_ptr<Migrator> migrator_;
  std::unique_ptr<ScratchDatabase> database_;
  /// Migrations may change the settings of the session that runs them. Both are closed before their database is
  /// dropped.
  std::unique_ptr<Session> reading_session_;
  std::unique_ptr<Migrator::Run> run_;
};

struct Side {
  Side(SourceLoader& loader, ServerPool& servers, const Backend& backend, const MigratorOptions& options)
      : database(loader, servers, backend, options), walk(loader, database, options.skip_database_commands) {}

  WalkDatabase database;
  StepSide<WalkDatabase> walk;
};

}  // namespace

StepReport compare_each_step(SourceLoader& loader, ServerPool& servers, const Backend& left_backend,
                             const Backend& right_backend, const StepOptions& options) {
  ComparisonOptions comparison_options = options.comparison;
  if (comparison_options.engines == nullptr) comparison_options.engines = &loader.registry();

  std::unique_ptr<Side> left;
  std::unique_ptr<Side> right;
  MigratorOptions migrate;
  migrate.skip_database_commands = options.skip_database_commands;
  run_both([&] { left = std::make_unique<Side>(loader, servers, left_backend, migrate); },
           [&] { right = std::make_unique<Side>(loader, servers, right_backend, migrate); });

  StepHistory history(options.fail_on);
  const auto compare_sides = [&](StepVersion version) {
    Comparison comparison = compare(left->walk.catalog(), right->walk.catalog(), comparison_options);
    const std::string source = ":migrations@" + version.version;
    comparison.left_label = source_label(std::string(left_backend.name()) + source, left->database.server());
    comparison.right_label = source_label(std::string(right_backend.name()) + source, right->database.server());
    locate(comparison, left->walk.origins(), right->walk.origins());
    if (options.refine) options.refine(comparison);
    const StepResult& step = history.add(std::move(version), std::move(comparison));
    return !options.on_step || options.on_step(step);
  };

  const auto shown_file = [&loader](const Revision* revision) {
    // Repeatable migrations have more than one.
    const bool none = revision == nullptr || !revision->has_up || revision->version == kRepeatableVersion;
    return none ? std::string() : loader.shown_path(revision->up_file);
  };
  for (const RevisionPair& pair :
       merge_revisions(left->database.migrator().revisions(), right->database.migrator().revisions())) {
    run_both([&] { left->walk.advance(pair.left); }, [&] { right->walk.advance(pair.right); });
    if (!compare_sides({pair.any().version, pair.any().name, shown_file(pair.left), shown_file(pair.right)})) break;
  }
  return history.finish();
}

}  // namespace paripassu
