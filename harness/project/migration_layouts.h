#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "backends/backend.h"
#include "harness/project/migration.h"

namespace paripassu {

struct LiquibaseChangeset;

/// What the name and the place of one file say about it.
struct MigrationFile {
  enum class Part {
    up,
    down,
    sections,  ///< up and perhaps down in one file
    verify,    ///< sqitch
  };

  std::string path;  ///< as the user would type it
  std::string version;
  std::string name;
  std::string engine;  ///< Backend::name; empty: for all engines
  std::string layout;  ///< how the file was read: as in MigrationSet, but never "folders" or "golang-migrate"
  Migration::Kind kind = Migration::Kind::versioned;
  Part part = Part::up;
  bool no_transaction = false;
  std::shared_ptr<const LiquibaseChangeset> changeset;  ///< in Liquibase's layout: the part of the file that it is

  bool serves(std::string_view engine_name) const { return engine.empty() || engine == engine_name; }
};

/// The migration files of a folder, for all engines.
struct MigrationListing {
  std::vector<MigrationFile> files;            ///< sorted by path, or in the order of the layout
  std::map<std::string, std::string> folders;  ///< engine to its folder, when there is one folder per engine
  std::map<std::string, std::string> layouts;  ///< engine to the layout's name, as in MigrationSet
  std::vector<std::string> warnings;
};

/// "auto" and the layouts.
const std::vector<std::string>& migration_layout_words();

/// "dir/name".
std::string join_path(const std::string& dir, const std::string& name);

/// Lists `dir`, recognises its layout (or takes `layout`) and reads what the file names say. Throws
/// Error(configuration): no such folder, nothing in it, two layouts in one folder (with a file of each), a .sql
/// file that does not fit the layout (with the layout's rule), a changelog of Liquibase that is not formatted SQL, a
/// broken plan or changelog.
MigrationListing list_migrations(const std::string& dir, const std::string& layout, const BackendRegistry& registry);

}  // namespace paripassu
