#include "harness/testing/migrated_database.h"

#include <utility>

namespace paripassu::testing {

namespace {

Configuration read_project(const std::string& project_dir, const BackendRegistry& registry) {
  Configuration configuration = read_configuration(project_dir + "/paripassu.toml", registry);
  apply_environment(configuration, registry);
  return configuration;
}

}  // namespace

MigratedProject::MigratedProject(const std::string& project_dir, const BackendRegistry& registry)
    : registry_(registry),
      configuration_(read_project(project_dir, registry)),
      servers_(configuration_),
      loader_(registry, configuration_, servers_),
      context_(registry, configuration_, servers_, loader_, {}) {}

MigratedProject::~MigratedProject() = default;

std::map<std::string, std::string> MigratedProject::unavailable() {
  const std::lock_guard lock(mutex_);
  if (unavailable_) return *unavailable_;
  std::map<std::string, std::string> reasons;
  for (const auto& backend : registry_.all()) {
    try {
      servers_.server(*backend);
    } catch (const Error& error) {
      reasons.emplace(backend->name(), error.message());
    }
  }
  unavailable_ = reasons;
  return reasons;
}

std::vector<std::string> MigratedProject::engines() {
  const std::map<std::string, std::string> missing = unavailable();
  std::vector<std::string> names;
  for (const auto& backend : registry_.all())
    if (missing.count(std::string(backend->name())) == 0) names.emplace_back(backend->name());
  return names;
}

MigratedDatabase MigratedProject::database(const std::string& engine, const std::string& version) {
  const Backend& backend = registry_.get(engine);
  const Migrator& migrator = context_.migrator(backend);
  std::string wanted = version;
  if (wanted.empty()) wanted = migrator.revisions().empty() ? "0" : migrator.revisions().back().version;
  const auto build = [&] {
    std::unique_ptr<TestDatabase> database = context_.database(backend);
    if (wanted != "0") database->up(wanted);
    return database;
  };
  if (!context_.can_clone(backend)) return MigratedDatabase(build());
  Prepared* prepared = nullptr;
  {
    const std::lock_guard lock(mutex_);
    std::unique_ptr<Prepared>& slot = prepared_[{engine, wanted}];
    if (!slot) slot = std::make_unique<Prepared>();
    prepared = slot.get();
  }
  // A database that is being copied must have no other session: copies of one are made one after the other.
  const std::lock_guard lock(prepared->mutex);
  if (!prepared->database) prepared->database = build();
  if (std::unique_ptr<TestDatabase> copy = prepared->database->clone()) return MigratedDatabase(std::move(copy));
  return MigratedDatabase(std::exchange(prepared->database, nullptr));
}

TestReport MigratedProject::run_tests(const TestOptions& options) {
  TestContext context(registry_, configuration_, servers_, loader_, options);
  std::vector<const Backend*> engines;
  for (const auto& backend : registry_.all()) engines.push_back(backend.get());
  return paripassu::run_tests(context, engines, {});
}

}  // namespace paripassu::testing
