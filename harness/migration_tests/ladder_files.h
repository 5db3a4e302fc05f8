#pragma once

#include <optional>
#include <string>
#include <vector>

#include "backends/backend.h"
#include "harness/migrate/migrator.h"

/// What the names of the files in the ladder's folder say. Private to the room.
namespace paripassu::migration_tests {

/// A file of the ladder or of its expectations.
struct LadderFile {
  std::string path;       ///< as a message shows it
  std::string stem;       ///< without the engine's word and the extension: "0003_customers", "app.orders"
  std::string extension;  ///< "sql", "csv", "toml"
  std::string engine;     ///< Backend::name; empty: all
  /// The word of an engine that this program does not have ("mysql"), of which the file then is; else empty.
  std::string foreign_engine;

  bool serves(const Backend& backend) const {
    return foreign_engine.empty() && (engine.empty() || engine == backend.name());
  }
};

/// "0003_customers.pg.sql" taken apart. `name` is without folders.
LadderFile read_file_name(const std::string& name, const BackendRegistry& registry);

/// The files of `dir`, sorted by stem, extension and engine, whatever the order of the file system; none where the
/// folder is missing. Hidden files and readme files are none. Throws Error(configuration): `dir` is a file, cannot be
/// read, holds a folder that is not in `folders`, a file with an extension that is not in `extensions` (names the
/// nearest), or two files that mean the same.
std::vector<LadderFile> list_files(const std::string& dir, const std::vector<std::string>& extensions,
                                   const std::vector<std::string>& folders, const BackendRegistry& registry);

/// Those for `backend`; of a file for all engines and one for this engine with the same stem and extension, the latter.
std::vector<LadderFile> files_for(const std::vector<LadderFile>& files, const Backend& backend);

/// The revision that the name of a data file begins with: the longest one that fits.
struct FileVersion {
  const Revision* revision = nullptr;
  std::string rest;           ///< what follows the version: "customers", "more.app.customers"
  char separator = '\0';      ///< before the rest; NUL without a rest
  std::string table() const;  ///< that a CSV file is for: "customers", "app.customers"; empty: not said
};
std::optional<FileVersion> version_of(const std::string& stem, const std::vector<Revision>& revisions);

/// Whether the session is another one behind the script, as far as its words tell: settings (`SET search_path`,
/// `set_config`), temporary tables, prepared statements. True also where they cannot be read.
bool changes_session(const Script& script, const ScriptReader& reader);

/// "'sql', 'csv' and 'toml'" for messages.
std::string quoted_list(const std::vector<std::string>& words);

}  // namespace paripassu::migration_tests
