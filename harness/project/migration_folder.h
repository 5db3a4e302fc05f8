#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "backends/backend.h"
#include "harness/project/migration.h"

namespace paripassu {

struct MigrationFolderOptions {
  std::string dir;
  /// "auto" or a layout's name.
  std::string layout = "auto";
  /// Values of `${name}`. Always read in the flyway layout; in the native ones and sqitch's only if there are any
  /// values. A placeholder without a value is an error with its place, but left alone in the liquibase layout. dbmate
  /// and goose have none.
  std::map<std::string, std::string> placeholders;
};

/// Reads the migrations of `engine` from a folder in any of the layouts (docs/migrations.md says what is kept of each):
///
/// - native: `0001_name.up.sql` for all engines, `0001_name.<engine>.up.sql` for one, `.down.sql` likewise; the
///   engine's word is any of Backend::file_infixes. A file for one engine wins over one for all of the same name.
///   `0001_name.autocommit.up.sql` runs outside a transaction.
/// - folders: one folder per engine (`postgres/`, `sqlserver/`), each in the native naming or another layout.
/// - golang-migrate: `000001_name.up.sql`, `.down.sql` (read as native; the layout's name says what it was).
/// - popx: native names too, beside files for engines that are none of `registry` and rows for tests
///   (`0001_testdata.sql`), which are left out. An empty file is a migration that does nothing.
/// - flyway: `V1.1__name.sql`, `U1.1__name.sql`, `R__name.sql`, with placeholders and `.sql.conf` beside a script; may
///   lie in engine folders.
/// - dbmate: `20260101120000_name.sql` with `-- migrate:up [transaction:false]` and `-- migrate:down`.
/// - goose: `00001_name.sql` with `-- +goose Up` and its other annotations.
/// - sqitch: `sqitch.plan`, `deploy/name.sql`, `revert/name.sql`, `verify/name.sql`.
/// - liquibase: files that begin with `--liquibase formatted sql`; each changeset is a migration.
///
/// In each of them `-- paripassu: no-transaction` before the first statement asks for no transaction, and
/// `-- paripassu: irreversible REASON`, there or alone in a down, says that there is no way back. Only the folder
/// itself is read, not those below it, except the folders of engines and sqitch's. Hidden files and files that do not
/// end in .sql are ignored.
///
/// `engine` must be in `registry`. Throws Error(configuration) that names the files: no such folder, no migration in
/// it, no folder for the engine where there is one per engine, layouts mixed, two files for one version and engine, a
/// down without an up, an empty migration, a declaration of no way back without a reason or beside a down, a file name
/// that no layout knows although it ends in .sql, what a layout's own text has wrong. Throws Error(script) for a file
/// that is not UTF-8 or UTF-16.
/// A gap between versions that are counted up by one is a warning in the result, since it may be meant. So are an empty
/// down of dbmate, goose and sqitch, whose templates write it in any case (the migration then has no down), and what of
/// another tool's layout cannot be kept.
MigrationSet read_migrations(const MigrationFolderOptions& options, const Backend& engine,
                             const BackendRegistry& registry);

/// The project's migrations for every engine in `engines`, checked against each other: a version whose up
/// exists for one engine and has no file at all for the other is a warning ("0005 has no file for <engine>"), and so is
/// one version under two names. A warning that concerns the whole folder is in the first set only.
std::vector<MigrationSet> read_migrations_of_all(const MigrationFolderOptions& options,
                                                 const std::vector<const Backend*>& engines,
                                                 const BackendRegistry& registry);

/// xxh64 (seed 0) over `text` without a UTF-8 byte order mark and with CRLF and lone CR as LF, as 16 lower-case hex
/// digits.
std::string migration_checksum(std::string_view text);

}  // namespace paripassu
