#include "harness/source/step_comparison.h"

#include <algorithm>
#include <future>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "harness/parity/origin.h"

namespace paripassu {

namespace {

/// In place of a version.
constexpr const char* kRepeatable = "repeatable";

/// One engine's side: its scratch database with the migrations applied so far.
class Side {
 public:
  Side(SourceLoader& loader, ServerPool& servers, const Backend& backend, bool skip_database_commands)
      : loader_(loader),
        backend_(backend),
        set_(loader.migrations(backend)),
        database_(servers.scratch(backend)),
        session_(servers.connect(backend, database_->url())),
        reading_session_(servers.connect(backend, database_->url())) {
    options_.schema = servers.schema(backend);
    options_.skip_database_commands = skip_database_commands;
    read_catalog();
  }

  const MigrationSet& set() const { return set_; }
  const ServerInfo& server() const { return session_->server(); }
  const catalog::Catalog& catalog() const { return catalog_; }
  const Origins& origins() const { return origins_; }

  bool has_repeatable() const { return std::any_of(set_.migrations.begin(), set_.migrations.end(), is_repeatable); }

  /// The script that a version runs here; nullptr: none.
  const MigrationScript* find(const std::string& version) const {
    for (const Migration& migration : set_.migrations)
      if (migration.kind == Migration::Kind::versioned && compare_versions(migration.version, version) == 0)
        return migration.up ? &*migration.up : nullptr;
    return nullptr;
  }

  std::string shown_file(const MigrationScript* script) const {
    return script == nullptr ? std::string() : loader_.shown_path(script->file);
  }

  /// Applies that version, if this engine has it.
  void advance(const std::string& version) {
    const MigrationScript* script = find(version);
    if (script == nullptr) return;
    options_.to = version;
    run();
    loader_.add_origins(origins_, backend_, *script, options_.skip_database_commands);
    read_catalog();
  }

  void apply_repeatable() {
    if (!has_repeatable()) return;
    options_.to.reset();
    run();
    for (const Migration& migration : set_.migrations)
      if (is_repeatable(migration))
        loader_.add_origins(origins_, backend_, *migration.up, options_.skip_database_commands);
    read_catalog();
  }

 private:
  static bool is_repeatable(const Migration& migration) {
    return migration.kind == Migration::Kind::repeatable && migration.up.has_value();
  }

  void run() { MigrationExecutor(backend_, *session_, set_, options_).up(); }

  void read_catalog() {
    catalog_ = backend_.inspector().inspect(*reading_session_, loader_.inspect_options());
    origins_.describe(catalog_);
  }

  SourceLoader& loader_;
  const Backend& backend_;
  MigrationSet set_;
  MigrateOptions options_;
  std::unique_ptr<ScratchDatabase> database_;
  std::unique_ptr<Session> session_;  ///< both closed before their database is dropped
  /// Migrations may change the settings of the session that runs them.
  std::unique_ptr<Session> reading_session_;
  catalog::Catalog catalog_;
  Origins origins_;
};

/// Runs `right` on a thread of its own and `left` on this one; both have ended when this returns or throws.
template <class Left, class Right>
void run_both(Left left, Right right) {
  std::future<void> other = std::async(std::launch::async, right);
  try {
    left();
  } catch (...) {
    other.wait();
    throw;
  }
  other.get();
}

/// The versions of both sides with their names, in order.
std::vector<std::pair<std::string, std::string>> versions_of(const Side& left, const Side& right) {
  std::vector<std::pair<std::string, std::string>> versions;
  for (const Side* side : {&left, &right})
    for (const Migration& migration : side->set().migrations)
      if (migration.kind == Migration::Kind::versioned) versions.emplace_back(migration.version, migration.name);
  std::stable_sort(versions.begin(), versions.end(),
                   [](const auto& a, const auto& b) { return compare_versions(a.first, b.first) < 0; });
  versions.erase(std::unique(versions.begin(), versions.end(),
                             [](const auto& a, const auto& b) { return compare_versions(a.first, b.first) == 0; }),
                 versions.end());
  return versions;
}

}  // namespace

StepReport compare_each_step(SourceLoader& loader, ServerPool& servers, const Backend& left_backend,
                             const Backend& right_backend, const StepOptions& options) {
  ComparisonOptions comparison_options = options.comparison;
  if (comparison_options.engines == nullptr) comparison_options.engines = &loader.registry();

  std::unique_ptr<Side> left;
  std::unique_ptr<Side> right;
  run_both([&] { left = std::make_unique<Side>(loader, servers, left_backend, options.skip_database_commands); },
           [&] { right = std::make_unique<Side>(loader, servers, right_backend, options.skip_database_commands); });

  StepHistory history(options.fail_on);
  const auto compare_sides = [&](StepVersion version) {
    Comparison comparison = compare(left->catalog(), right->catalog(), comparison_options);
    const std::string source = ":migrations@" + version.version;
    comparison.left_label = source_label(std::string(left_backend.name()) + source, left->server());
    comparison.right_label = source_label(std::string(right_backend.name()) + source, right->server());
    locate(comparison, &left->origins(), &right->origins());
    if (options.refine) options.refine(comparison);
    const StepResult& step = history.add(std::move(version), std::move(comparison));
    return !options.on_step || options.on_step(step);
  };

  for (const auto& [number, name] : versions_of(*left, *right)) {
    const std::string& version = number;
    run_both([&] { left->advance(version); }, [&] { right->advance(version); });
    StepVersion step{version, name, left->shown_file(left->find(version)), right->shown_file(right->find(version))};
    if (!compare_sides(std::move(step))) return history.finish();
  }
  if (left->has_repeatable() || right->has_repeatable()) {
    run_both([&] { left->apply_repeatable(); }, [&] { right->apply_repeatable(); });
    compare_sides({kRepeatable, "", "", ""});
  }
  return history.finish();
}

}  // namespace paripassu
