#include "harness/source/step_comparison.h"

#include <algorithm>
#include <future>
#include <map>
#include <set>

namespace paripassu {

namespace {

/// One engine's side: its scratch database with the migrations applied so far.
class Side {
 public:
  Side(SourceLoader& loader, ServerPool& servers, const Backend& backend)
      : loader_(loader),
        backend_(backend),
        set_(loader.migrations(backend)),
        schema_(servers.schema(backend)),
        database_(servers.scratch(backend)),
        session_(servers.connect(backend, database_->url())) {}

  const MigrationSet& set() const { return set_; }
  const ServerInfo& server() const { return session_->server(); }

  const Migration* find(const std::string& version) const {
    for (const Migration& migration : set_.migrations)
      if (migration.kind == Migration::Kind::versioned && compare_versions(migration.version, version) == 0)
        return &migration;
    return nullptr;
  }

  /// Applies that version, if this engine has it, and reads the catalog.
  catalog::Catalog advance(const std::string& version) {
    const Migration* migration = find(version);
    if (migration != nullptr && migration->up) {
      MigrateOptions options;
      options.schema = schema_;
      options.to = migration->version;
      MigrationExecutor(backend_, *session_, set_, options).up();
      changed_ = true;
    }
    if (changed_) catalog_ = backend_.inspector().inspect(*session_, loader_.inspect_options());
    changed_ = false;
    return catalog_;
  }

 private:
  SourceLoader& loader_;
  const Backend& backend_;
  MigrationSet set_;
  std::string schema_;
  std::unique_ptr<ScratchDatabase> database_;
  std::unique_ptr<Session> session_;  ///< closed before its database is dropped
  catalog::Catalog catalog_;
  bool changed_ = true;
};

}  // namespace

std::vector<StepResult> compare_each_step(SourceLoader& loader, ServerPool& servers, const Backend& left_backend,
                                          const Backend& right_backend, const ComparisonOptions& options,
                                          const std::function<bool(const StepResult&)>& on_step) {
  auto right_future =
      std::async(std::launch::async, [&] { return std::make_unique<Side>(loader, servers, right_backend); });
  std::unique_ptr<Side> left;
  try {
    left = std::make_unique<Side>(loader, servers, left_backend);
  } catch (...) {
    right_future.wait();
    throw;
  }
  const std::unique_ptr<Side> right = right_future.get();

  std::vector<std::pair<std::string, std::string>> versions;
  for (const Side* side : {left.get(), right.get()})
    for (const Migration& migration : side->set().migrations)
      if (migration.kind == Migration::Kind::versioned) versions.emplace_back(migration.version, migration.name);
  std::stable_sort(versions.begin(), versions.end(),
                   [](const auto& a, const auto& b) { return compare_versions(a.first, b.first) < 0; });
  versions.erase(std::unique(versions.begin(), versions.end(),
                             [](const auto& a, const auto& b) { return compare_versions(a.first, b.first) == 0; }),
                 versions.end());

  std::vector<StepResult> steps;
  std::vector<Difference> before;
  for (const auto& [version, name] : versions) {
    auto other = std::async(std::launch::async, [&, v = version] { return right->advance(v); });
    catalog::Catalog left_catalog;
    try {
      left_catalog = left->advance(version);
    } catch (...) {
      other.wait();
      throw;
    }
    const catalog::Catalog right_catalog = other.get();
    StepResult step;
    step.version = version;
    step.name = name;
    if (const Migration* migration = left->find(version); migration != nullptr && migration->up)
      step.left_file = migration->up->file;
    if (const Migration* migration = right->find(version); migration != nullptr && migration->up)
      step.right_file = migration->up->file;
    step.comparison = compare(left_catalog, right_catalog, options);
    step.comparison.left_label =
        source_label(std::string(left_backend.name()) + ":migrations@" + version, left->server());
    step.comparison.right_label =
        source_label(std::string(right_backend.name()) + ":migrations@" + version, right->server());
    const std::vector<Difference>& now = step.comparison.differences;
    const auto without = [](const std::vector<Difference>& all, const std::vector<Difference>& known) {
      std::vector<Difference> rest;
      std::copy_if(all.begin(), all.end(), std::back_inserter(rest),
                   [&](const Difference& one) { return std::find(known.begin(), known.end(), one) == known.end(); });
      return rest;
    };
    step.introduced = without(now, before);
    step.repaired = without(before, now);
    before = now;
    steps.push_back(std::move(step));
    if (on_step && !on_step(steps.back())) break;
  }
  return steps;
}

}  // namespace paripassu
