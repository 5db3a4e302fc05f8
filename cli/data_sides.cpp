#include "cli/data_sides.h"

#include <fmt/format.h>

#include "harness/migration_tests/ladder.h"
#include "harness/parity/parity_rules.h"

namespace paripassu::cli {

struct DataSides::Migrated {
  std::unique_ptr<TestDatabase> database;
};

DataSides::DataSides(Context& context)
    : context_(context), loader_(context.registry, context.configuration, *context.servers) {}

DataSides::~DataSides() = default;

DataSide DataSides::configured(const Backend& backend) {
  const std::string name(backend.name());
  const auto found = context_.configuration.engines.find(name);
  if (found == context_.configuration.engines.end() || found->second.url.value_or("").empty())
    throw Error(ErrorCategory::usage, fmt::format("there is no {} database to read", backend.display_name()))
        .with_remedy(fmt::format("give --{} URL, set url in [engines.{}], or use --migrations", name, name));
  return live(backend, ConnectionUrl::parse(*found->second.url));
}

DataSide DataSides::live(const Backend& backend, const ConnectionUrl& url) {
  DataSide side;
  side.backend = &backend;
  side.label = url.redacted();
  side.connect = [this, &backend, url] { return context_.servers->connect(backend, url); };
  return side;
}

DataSide DataSides::migrated(const Backend& backend) {
  if (!tests_)
    tests_ = std::make_unique<TestContext>(context_.registry, context_.configuration, *context_.servers, loader_,
                                           TestOptions());
  context_.show_progress(fmt::format("applying the migrations on {}", backend.display_name()));
  const Migrator& migrator = tests_->migrator(backend);
  const Ladder ladder = Ladder::read(*tests_, migrator);
  auto migrated = std::make_unique<Migrated>();
  migrated->database = tests_->database(backend);
  for (const Revision& revision : migrator.revisions()) {
    const bool is_last = &revision == &migrator.revisions().back();
    if (!is_last && !ladder.has(revision.version)) continue;
    migrated->database->up(revision.version);
    if (ladder.has(revision.version)) ladder.insert(revision.version, *migrated->database);
  }
  context_.show_progress("");
  DataSide side = live(backend, migrated->database->url());
  side.label = std::string(backend.name()) + ":migrations";
  migrated_.push_back(std::move(migrated));
  return side;
}

void DataSides::read_catalog(DataSide& side) {
  context_.show_progress("reading the catalog of " + side.label);
  const std::unique_ptr<Session> session = side.connect();
  catalogs_.push_back(
      std::make_unique<catalog::Catalog>(side.backend->inspector().inspect(*session, loader_.inspect_options())));
  side.catalog = catalogs_.back().get();
  context_.show_progress("");
}

Severity fail_on_option(const Context& context, const po::variables_map& values) {
  const std::string word =
      values.count("fail-on") != 0 ? values["fail-on"].as<std::string>() : context.configuration.fail_on;
  if (const auto severity = severity_from_string(word)) return *severity;
  throw Error(ErrorCategory::usage, "--fail-on " + word + " is not error, warning or note");
}

}  // namespace paripassu::cli
