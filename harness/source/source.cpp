#include "harness/source/source.h"

#include <fmt/format.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <future>
#include <sstream>

#include "backends/catalog/catalog_json.h"
#include "backends/interrupt.h"
#include "harness/migrate/command.h"
#include "harness/project/migration_folder.h"
#include "harness/source/script_runner.h"

namespace paripassu {

namespace fs = std::filesystem;

namespace {

std::string resolve(const std::string& path, const std::string& base_dir) {
  return fs::path(path).is_absolute() || base_dir.empty() || base_dir == "." ? path : base_dir + "/" + path;
}

std::string read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  if (!in) throw Error(ErrorCategory::usage, "cannot read " + path);
  return text.str();
}

/// The scripts of a file, or of a folder in the order of their names, as (file, text).
std::vector<std::pair<std::string, std::string>> read_scripts(const std::string& path) {
  std::vector<std::string> files;
  if (fs::is_directory(path)) {
    for (const auto& entry : fs::directory_iterator(path))
      if (entry.is_regular_file() && entry.path().extension() == ".sql") files.push_back(entry.path().string());
    std::sort(files.begin(), files.end());
    if (files.empty())
      throw Error(ErrorCategory::usage, path + " holds no .sql file")
          .with_remedy("name a file, or a folder with .sql files");
  } else {
    files.push_back(path);
  }
  std::vector<std::pair<std::string, std::string>> scripts;
  for (const std::string& file : files) scripts.emplace_back(file, read_script_file(file));
  return scripts;
}

std::string run_model_command(const std::string& command, const std::string& dir) {
  const std::string line = fmt::format("cd {} && {}", quote_for_shell(dir.empty() ? "." : dir), command);
  FILE* pipe = popen(line.c_str(), "re");
  if (pipe == nullptr) throw Error(ErrorCategory::configuration, "cannot start the model's command: " + command);
  std::string output;
  std::array<char, 65536> buffer{};
  while (const std::size_t got = fread(buffer.data(), 1, buffer.size(), pipe)) {
    output.append(buffer.data(), got);
    if (output.size() > limits::kScriptBytesMax) break;
  }
  const int status = pclose(pipe);
  if (status != 0)
    throw Error(ErrorCategory::configuration,
                fmt::format("the model's command failed with status {}: {}", WEXITSTATUS(status), command))
        .with_remedy("run it by hand: it must print the model's DDL and exit with 0");
  return output;
}

}  // namespace

std::string source_label(const std::string& source, const ServerInfo& server) {
  return fmt::format("{} ({})", source, server.label());
}

Source parse_source(const std::string& text, const BackendRegistry& registry, const std::string& base_dir) {
  Source source;
  source.text = text;
  if (ConnectionUrl::looks_like_url(text)) {
    source.kind = Source::Kind::live;
    source.url = ConnectionUrl::parse(text);
    source.text = source.url->redacted();
    source.backend = registry.find_by_scheme(source.url->scheme);
    if (source.backend == nullptr) {
      std::string known;
      for (const auto& backend : registry.all())
        known += (known.empty() ? "" : ", ") + backend->url_schemes().front() + "://";
      throw Error(ErrorCategory::usage, "no engine has URLs that begin with " + source.url->scheme + "://")
          .with_remedy("the known ones are " + known);
    }
    return source;
  }
  const std::size_t colon = text.find(':');
  const Backend* backend = colon == std::string::npos ? nullptr : registry.find(text.substr(0, colon));
  if (backend != nullptr) {
    source.backend = backend;
    const std::string rest = text.substr(colon + 1);
    if (rest == "model") {
      source.kind = Source::Kind::model;
    } else if (rest == "migrations" || rest.compare(0, 11, "migrations@") == 0) {
      source.kind = Source::Kind::migrations;
      if (rest.size() > 11) source.version = rest.substr(11);
      if (rest == "migrations@")
        throw Error(ErrorCategory::usage, text + ": after @ comes the version")
            .with_remedy("for example migrations@0007");
    } else {
      source.kind = Source::Kind::files;
      source.path = resolve(rest, base_dir);
      if (rest.empty() || !fs::exists(source.path))
        throw Error(ErrorCategory::usage, fmt::format("{}: there is no file or folder '{}'", text, rest))
            .with_remedy(fmt::format("after {}: comes migrations, migrations@VERSION, model, or a .sql file or folder",
                                     backend->name()));
    }
    return source;
  }
  source.kind = Source::Kind::snapshot;
  source.path = resolve(text, base_dir);
  if (fs::path(text).extension() != ".json") {
    std::string engines;
    for (const auto& one : registry.all()) engines += (engines.empty() ? "" : ", ") + std::string(one->name()) + ":";
    throw Error(ErrorCategory::usage, "'" + text + "' is not a source")
        .with_remedy("write a URL, " + engines +
                     " followed by migrations, model or a file, or a snapshot that ends in .json");
  }
  if (!fs::exists(source.path)) throw Error(ErrorCategory::usage, "there is no snapshot '" + source.path + "'");
  return source;
}

SourceLoader::SourceLoader(const BackendRegistry& registry, const Configuration& configuration, ServerPool& servers)
    : registry_(registry), configuration_(configuration), servers_(servers) {}

InspectOptions SourceLoader::inspect_options() const {
  InspectOptions options;
  options.ignored_tables = {Ledger::kTableName};
  if (configuration_.migrator)
    options.ignored_tables.insert(options.ignored_tables.end(), configuration_.migrator->tables.begin(),
                                  configuration_.migrator->tables.end());
  return options;
}

MigrationSet SourceLoader::migrations(const Backend& backend) const {
  if (configuration_.migrator)
    throw Error(ErrorCategory::configuration, "the migrations of this project are no scripts: a tool runs them")
        .with_position(configuration_.migrator->position)
        .with_remedy("migrate your own databases with that tool; `diff`, `inspect` and `test` work here as everywhere");
  MigrationFolderOptions options;
  options.dir = resolve(configuration_.migrations_dir, configuration_.project_dir);
  options.layout = configuration_.migrations_layout;
  options.placeholders = configuration_.placeholders;
  return read_migrations(options, backend, registry_);
}

std::unique_ptr<Migrator> SourceLoader::migrator(const Backend& backend, MigratorOptions options) const {
  if (options.schema.empty()) options.schema = servers_.schema(backend);
  if (configuration_.migrator) return make_command_migrator(backend, configuration_, std::move(options));
  return make_script_migrator(backend, migrations(backend), configuration_.tests, std::move(options));
}

std::string SourceLoader::shown_path(const std::string& path) const {
  const std::string prefix = configuration_.project_dir + "/";
  if (configuration_.project_dir.empty() || !path.starts_with(prefix)) return path;
  return path.substr(prefix.size());
}

void SourceLoader::add_origins(Origins& origins, const Backend& backend, const MigrationScript& script,
                               bool skip_database_commands) const {
  ScriptOptions options;
  options.skip_database_commands = skip_database_commands;
  origins.add(read_migration_script(script, backend.script_reader(), options), backend.script_reader(),
              shown_path(script.file));
}

void SourceLoader::add_origins(Origins& origins, const Migrator& migrator, const Revision& revision,
                               bool skip_database_commands) const {
  if (revision.migration != nullptr) {
    if (revision.migration->up)
      add_origins(origins, migrator.backend(), *revision.migration->up, skip_database_commands);
  } else if (migrator.scripts() != nullptr && revision.version == kRepeatableVersion) {
    for (const Migration& migration : migrator.scripts()->migrations)
      if (migration.kind == Migration::Kind::repeatable && migration.up)
        add_origins(origins, migrator.backend(), *migration.up, skip_database_commands);
  }
}

LoadedCatalog SourceLoader::load(const Source& source, const SourceOptions& options) {
  try {
    switch (source.kind) {
      case Source::Kind::live:
        return load_live(source);
      case Source::Kind::migrations:
        return load_migrations(source, options);
      case Source::Kind::files:
        return load_files(source, source.path, options);
      case Source::Kind::model: {
        const auto found = configuration_.models.find(std::string(source.backend->name()));
        if (found == configuration_.models.end())
          throw Error(ErrorCategory::configuration,
                      fmt::format("the project has no model for {}", source.backend->name()))
              .with_remedy(fmt::format("set {} = \"file.sql\" in [model] of paripassu.toml", source.backend->name()));
        if (!found->second.command.empty()) {
          const std::string output = run_model_command(found->second.command, configuration_.project_dir);
          const std::string name = "output of " + found->second.command;
          return load_scripts(source, {{name, decode_script(output, name)}}, options, false);
        }
        const std::string path = resolve(found->second.file, configuration_.project_dir);
        if (!fs::exists(path))
          throw Error(ErrorCategory::configuration, "the model's file " + path + " does not exist");
        return load_files(source, path, options);
      }
      case Source::Kind::snapshot: {
        LoadedCatalog loaded;
        loaded.catalog = catalog::from_json(read_file(source.path), source.path);
        if (registry_.find(loaded.catalog.engine) == nullptr) {
          std::string known;
          for (const auto& backend : registry_.all())
            known += (known.empty() ? "" : ", ") + std::string(backend->name());
          throw Error(ErrorCategory::configuration, fmt::format("{}: a snapshot of the engine '{}', which this program "
                                                                "does not know",
                                                                source.path, loaded.catalog.engine))
              .with_remedy("known engines: " + known);
        }
        loaded.label = fmt::format("{} ({} {})", source.text, loaded.catalog.product, loaded.catalog.product_version);
        return loaded;
      }
    }
  } catch (Error& error) {
    error.add_context("reading " + source.text);
    throw;
  }
  throw Error(ErrorCategory::internal, "a source of unknown kind");
}

LoadedCatalog SourceLoader::load_live(const Source& source) {
  const std::unique_ptr<Session> session = servers_.connect(*source.backend, *source.url);
  LoadedCatalog loaded;
  loaded.catalog = source.backend->inspector().inspect(*session, inspect_options());
  loaded.label = source_label(source.text, session->server());
  return loaded;
}

LoadedCatalog SourceLoader::load_migrations(const Source& source, const SourceOptions& options) {
  const Backend& backend = *source.backend;
  MigratorOptions migrate;
  migrate.skip_database_commands = options.skip_database_commands;
  migrate.listener = options.listener;
  // The folder is read before a server is started: most mistakes are in there.
  const std::unique_ptr<Migrator> tool = migrator(backend, std::move(migrate));
  const std::vector<Revision>& revisions = tool->revisions();
  const std::size_t last = source.version ? tool->index_of(*source.version) : revisions.size() - 1;
  const std::unique_ptr<ScratchDatabase> database = servers_.scratch(backend);
  tool->open(database->url())->up_to(revisions[last].version);
  LoadedCatalog loaded = load_scratch(source, backend, *database);
  if (tool->scripts() == nullptr) return loaded;
  loaded.warnings = tool->scripts()->warnings;
  Origins origins;
  for (std::size_t i = 0; i <= last; ++i) add_origins(origins, *tool, revisions[i], options.skip_database_commands);
  origins.describe(loaded.catalog);
  loaded.origins = std::make_shared<const Origins>(std::move(origins));
  return loaded;
}

LoadedCatalog SourceLoader::load_scratch(const Source& source, const Backend& backend,
                                         const ScratchDatabase& database) const {
  const std::unique_ptr<Session> session = servers_.connect(backend, database.url());
  LoadedCatalog loaded;
  loaded.catalog = backend.inspector().inspect(*session, inspect_options());
  loaded.label = source_label(source.text, session->server());
  return loaded;
}

LoadedCatalog SourceLoader::load_files(const Source& source, const std::string& path, const SourceOptions& options) {
  return load_scripts(source, read_scripts(path), options, true);
}

LoadedCatalog SourceLoader::load_scripts(const Source& source,
                                         const std::vector<std::pair<std::string, std::string>>& scripts,
                                         const SourceOptions& options, bool are_files) {
  const Backend& backend = *source.backend;
  ScriptOptions reader_options;
  reader_options.skip_database_commands = options.skip_database_commands;
  std::vector<Script> parsed;
  for (const auto& [file, text] : scripts) parsed.push_back(backend.script_reader().read(text, file, reader_options));
  const std::unique_ptr<ScratchDatabase> database = servers_.scratch(backend);
  std::vector<std::string> warnings;
  {
    const std::unique_ptr<Session> session = servers_.connect(backend, database->url());
    ScriptRunner runner(*session, backend.script_reader(), options.skip_database_commands);
    for (const Script& script : parsed) runner.run(script);
    session->rollback();
    warnings = runner.warnings();
  }
  LoadedCatalog loaded = load_scratch(source, backend, *database);
  loaded.warnings = std::move(warnings);
  if (are_files) {
    Origins origins;
    for (std::size_t i = 0; i < parsed.size(); ++i)
      origins.add(parsed[i], backend.script_reader(), shown_path(scripts[i].first));
    origins.describe(loaded.catalog);
    loaded.origins = std::make_shared<const Origins>(std::move(origins));
  }
  return loaded;
}

std::pair<LoadedCatalog, LoadedCatalog> SourceLoader::load_both(const Source& left, const Source& right,
                                                                const SourceOptions& options) {
  std::future<LoadedCatalog> other = std::async(std::launch::async, [&] { return load(right, options); });
  try {
    LoadedCatalog loaded = load(left, options);
    return {std::move(loaded), other.get()};
  } catch (...) {
    // The thread uses what this function was given: it must end before the exception leaves.
    if (other.valid()) other.wait();
    throw;
  }
}

}  // namespace paripassu
