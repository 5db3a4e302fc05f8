#include "harness/source/step_comparison.h"

#include <algorithm>
#include <future>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "harness/migrate/migrator.h"
#include "harness/parity/origin.h"

namespace paripassu {

namespace {

/// One engine's side: its scratch database with the migrations applied so far.
class Side {
 public:
  Side(SourceLoader& loader, ServerPool& servers, const Backend& backend, const MigratorOptions& options)
      : loader_(loader),
        skip_database_commands_(options.skip_database_commands),
        migrator_(loader.migrator(backend, options)),
        database_(servers.scratch(backend)),
        reading_session_(servers.connect(backend, database_->url())),
        run_(migrator_->open(database_->url())) {
    read_catalog();
  }

  const std::vector<Revision>& revisions() const { return migrator_->revisions(); }
  const ServerInfo& server() const { return reading_session_->server(); }
  const catalog::Catalog& catalog() const { return catalog_; }
  /// nullptr where they are not known.
  const Origins* origins() const { return migrator_->scripts() == nullptr ? nullptr : &origins_; }

  /// What a version does here; nullptr: nothing.
  const Revision* find(const std::string& version) const {
    for (const Revision& revision : revisions())
      if (same_version(revision.version, version)) return revision.has_up ? &revision : nullptr;
    return nullptr;
  }

  /// The file of a version; repeatable migrations have more than one.
  std::string shown_file(const std::string& version) const {
    const Revision* revision = version == kRepeatableVersion ? nullptr : find(version);
    return revision == nullptr ? std::string() : loader_.shown_path(revision->up_file);
  }

  /// Applies that version, if this engine has it.
  void advance(const std::string& version) {
    const Revision* revision = find(version);
    if (revision == nullptr) return;
    run_->up_to(revision->version);
    loader_.add_origins(origins_, *migrator_, *revision, skip_database_commands_);
    read_catalog();
  }

  static bool same_version(const std::string& left, const std::string& right) {
    return left == right || compare_versions(left, right) == 0;
  }

 private:
  void read_catalog() {
    catalog_ = migrator_->backend().inspector().inspect(*reading_session_, loader_.inspect_options());
    origins_.describe(catalog_);
  }

  SourceLoader& loader_;
  bool skip_database_commands_;
  std::unique_ptr<Migrator> migrator_;
  std::unique_ptr<ScratchDatabase> database_;
  /// Migrations may change the settings of the session that runs them. Both are closed before their database is
  /// dropped.
  std::unique_ptr<Session> reading_session_;
  std::unique_ptr<Migrator::Run> run_;
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

/// The versions of both sides with their names, in an order that keeps those of both sides.
std::vector<std::pair<std::string, std::string>> versions_of(const Side& left, const Side& right) {
  std::vector<std::pair<std::string, std::string>> versions;
  const std::vector<Revision>& lefts = left.revisions();
  const std::vector<Revision>& rights = right.revisions();
  const auto place_in = [](const std::vector<Revision>& list, std::size_t from, const Revision& one) {
    for (std::size_t i = from; i < list.size(); ++i)
      if (Side::same_version(list[i].version, one.version)) return i;
    return list.size();
  };
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < lefts.size() || j < rights.size()) {
    bool take_left = i < lefts.size();
    bool take_right = j < rights.size();
    if (take_left && take_right && !Side::same_version(lefts[i].version, rights[j].version)) {
      const bool left_comes_later = place_in(rights, j, lefts[i]) != rights.size();
      const bool right_comes_later = place_in(lefts, i, rights[j]) != lefts.size();
      // Of two that the other side does not know, the one with the smaller number; a repeatable one is the last.
      const bool left_first =
          left_comes_later != right_comes_later
              ? right_comes_later
              : lefts[i].version != kRepeatableVersion && (rights[j].version == kRepeatableVersion ||
                                                           compare_versions(lefts[i].version, rights[j].version) <= 0);
      take_left = left_first;
      take_right = !left_first;
    }
    const Revision& revision = take_left ? lefts[i] : rights[j];
    const bool is_new = std::none_of(versions.begin(), versions.end(), [&revision](const auto& one) {
      return Side::same_version(one.first, revision.version);
    });
    if (is_new) versions.emplace_back(revision.version, revision.name);
    i += take_left ? 1 : 0;
    j += take_right ? 1 : 0;
  }
  return versions;
}

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
    Comparison comparison = compare(left->catalog(), right->catalog(), comparison_options);
    const std::string source = ":migrations@" + version.version;
    comparison.left_label = source_label(std::string(left_backend.name()) + source, left->server());
    comparison.right_label = source_label(std::string(right_backend.name()) + source, right->server());
    locate(comparison, left->origins(), right->origins());
    if (options.refine) options.refine(comparison);
    const StepResult& step = history.add(std::move(version), std::move(comparison));
    return !options.on_step || options.on_step(step);
  };

  for (const auto& [number, name] : versions_of(*left, *right)) {
    const std::string& version = number;
    run_both([&] { left->advance(version); }, [&] { right->advance(version); });
    if (!compare_sides({version, name, left->shown_file(version), right->shown_file(version)})) break;
  }
  return history.finish();
}

}  // namespace paripassu
