#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "backends/backend.h"
#include "harness/migrate/executor.h"
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
};

/// Reads catalogs from sources. Live databases are only read; everything else happens in scratch databases, which are
/// gone when `load` returns.
class SourceLoader {
 public:
  /// All references must outlive the loader.
  SourceLoader(const BackendRegistry& registry, const Configuration& configuration, ServerPool& servers);

  LoadedCatalog load(const Source& source, const SourceOptions& options);
  /// Two sources at the same time, on two threads.
  std::pair<LoadedCatalog, LoadedCatalog> load_both(const Source& left, const Source& right,
                                                    const SourceOptions& options);

  /// The project's migrations of one engine.
  MigrationSet migrations(const Backend& backend) const;
  /// What is left out of every catalog: the ledger's table.
  InspectOptions inspect_options() const;

 private:
  LoadedCatalog load_live(const Source& source);
  LoadedCatalog load_migrations(const Source& source, const SourceOptions& options);
  LoadedCatalog load_scripts(const Source& source, const std::vector<std::pair<std::string, std::string>>& scripts,
                             const SourceOptions& options);

  const BackendRegistry& registry_;
  const Configuration& configuration_;
  ServerPool& servers_;
};

/// "postgres:migrations (PostgreSQL 15.20)".
std::string source_label(const std::string& source, const ServerInfo& server);

}  // namespace paripassu
