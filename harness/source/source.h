#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "backends/backend.h"
#include "harness/migrate/migrator.h"
#include "harness/parity/origin.h"
#include "harness/project/configuration.h"
#include "harness/source/server_pool.h"

namespace paripassu {

/// Anything a catalog can be read from, as written on the command line.
struct Source {
  enum class Kind {
    live,        ///< `postgres://user@host/db`
    migrations,  ///< `postgres:migrations`, `sqlserver:migrations@0007`
    files,       ///< `postgres:schema.sql`, `sqlserver:ddl/`
    model,       ///< `postgres:model`
    snapshot,    ///< `catalog.json`
  };
  Kind kind = Kind::live;
  std::string text;                  ///< as written, passwords redacted: for labels
  const Backend* backend = nullptr;  ///< null for a snapshot
  std::optional<ConnectionUrl> url;  ///< live
  std::optional<std::string> version;
  std::string path;  ///< files, snapshot
};

/// Throws Error(usage) that says what was expected: an unknown engine, a file that does not exist, and so on.
/// `base_dir` is where relative paths start.
Source parse_source(const std::string& text, const BackendRegistry& registry, const std::string& base_dir);

struct SourceOptions {
  bool skip_database_commands = false;
  MigrationExecutor::Listener listener;
};

struct LoadedCatalog {
  catalog::Catalog catalog;
  std::string label;  ///< "postgres:migrations (PostgreSQL 15.20)"
  std::vector<std::string> warnings;
  /// Where the scripts of the source made what; nullptr where it has none: live, a snapshot, a command's output.
  std::shared_ptr<const Origins> origins;
};

/// Reads catalogs from sources. Live databases are only read; everything else happens in scratch databases, which are
/// gone when `load` returns. Catalogs are read by sessions of their own: scripts may change the settings of theirs, as
/// every dump does. Files may leave out what script_runner.h says, which is then among the warnings.
class SourceLoader {
 public:
  /// All references must outlive the loader.
  SourceLoader(const BackendRegistry& registry, const Configuration& configuration, ServerPool& servers);

  LoadedCatalog load(const Source& source, const SourceOptions& options);
  /// Two sources at the same time, on two threads.
  std::pair<LoadedCatalog, LoadedCatalog> load_both(const Source& left, const Source& right,
                                                    const SourceOptions& options);

  /// The project's migrations of one engine, where they are scripts. Throws Error(configuration) where a tool runs
  /// them.
  MigrationSet migrations(const Backend& backend) const;
  /// What applies the project's migrations: our executor, or the tool of `[migrator]`. An empty schema in the options
  /// is the configured one. Throws what reading the scripts, or listing the tool's revisions, throws; starts no server.
  std::unique_ptr<Migrator> migrator(const Backend& backend, MigratorOptions options) const;
  /// What is left out of every catalog: the tables of our ledger and of the tool's.
  InspectOptions inspect_options() const;
  const BackendRegistry& registry() const { return registry_; }
  /// `path` relative to the project's folder where it lies below, else as it is.
  std::string shown_path(const std::string& path) const;
  /// Adds what a revision that was applied holds of scripts, under their shown paths; nothing where a tool runs it,
  /// whose files are not SQL.
  void add_origins(Origins& origins, const Migrator& migrator, const Revision& revision,
                   bool skip_database_commands) const;

 private:
  void add_origins(Origins& origins, const Backend& backend, const MigrationScript& script,
                   bool skip_database_commands) const;
  LoadedCatalog load_live(const Source& source);
  LoadedCatalog load_migrations(const Source& source, const SourceOptions& options);
  /// The catalog and label of a database that scripts have filled.
  LoadedCatalog load_scratch(const Source& source, const Backend& backend, const ScratchDatabase& database) const;
  LoadedCatalog load_files(const Source& source, const std::string& path, const SourceOptions& options);
  LoadedCatalog load_scripts(const Source& source, const std::vector<std::pair<std::string, std::string>>& scripts,
                             const SourceOptions& options, bool are_files);

  const BackendRegistry& registry_;
  const Configuration& configuration_;
  ServerPool& servers_;
};

/// "postgres:migrations (PostgreSQL 15.20)".
std::string source_label(const std::string& source, const ServerInfo& server);

}  // namespace paripassu
