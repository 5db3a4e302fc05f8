#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "backends/backend.h"
#include "harness/project/layout_cutting.h"
#include "harness/project/layout_lines.h"
#include "harness/project/migration_layouts.h"

namespace paripassu {

/// `--property name:x value:y`: `${x}` stands for y from there on, in later files too.
struct LiquibaseProperty {
  std::string name;
  std::string value;
  std::vector<std::string> dbms;
};

/// One changeset of a formatted SQL changelog.
struct LiquibaseChangeset {
  std::string author;
  std::string id;
  std::string file;
  int line = 0;
  std::vector<std::string> dbms;  ///< as written, in lower case: "postgresql", "!mssql"
  bool ignored = false;           ///< `ignore:true`
  bool runs_again = false;        ///< `runOnChange` or `runAlways`
  bool selected = false;          ///< has contexts or labels
  bool guarded = false;           ///< has preconditions
  SectionText up;                 ///< not cut yet
  StatementDelimiter delimiter;
  std::optional<SectionText> rollback;
  StatementDelimiter rollback_delimiter;
  std::shared_ptr<const std::vector<LiquibaseProperty>> properties;
  std::size_t property_count = 0;  ///< those of `properties` that stand before the changeset
};

/// True when the first line that is not blank is `--liquibase formatted sql`.
bool has_liquibase_header(std::string_view text);

/// Splits a changelog (liquibase.parser.AbstractFormattedChangeLogParser). What it finds of properties goes behind
/// those of earlier files. Throws Error(configuration) with file and line for what is broken, unknown, or cannot be
/// kept to: docs/migrations.md lists it.
std::vector<LiquibaseChangeset> read_liquibase(std::string_view text, const std::string& file,
                                               const std::shared_ptr<std::vector<LiquibaseProperty>>& properties);

/// liquibase.database.DatabaseList: no name at all or only `!other` serves everyone.
bool liquibase_serves(const std::vector<std::string>& dbms, const Backend& engine);

/// The changesets of `files` (in this order) as migrations. The version is the number of the file and that of the
/// changeset in it; variants of one changeset for different engines, one behind the other, share it. Throws
/// Error(configuration) for a broken file, a changeset twice in one file, a name of a database that is nearly that of
/// an engine.
std::vector<MigrationFile> list_liquibase(const std::vector<std::string>& files, const std::string& folder_engine,
                                          const BackendRegistry& registry, std::vector<std::string>& warnings);

/// The texts of a changeset for one engine: properties and `values` replaced (names without regard to case; `values`
/// win; what has no value is left as it is), cut into statements.
SectionTexts liquibase_sections(const LiquibaseChangeset& changeset, const Backend& engine,
                                const std::map<std::string, std::string>& values);

}  // namespace paripassu
