#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "backends/script_reader.h"

namespace paripassu {

/// One direction of one migration, for one engine.
struct MigrationScript {
  std::string file;  ///< path as the user would type it from the working directory: used in messages
  /// UTF-8, placeholders replaced. Text of a section of a larger file (dbmate, goose, Liquibase) is preceded by as many
  /// empty lines as it takes for line numbers to be those of the file. To be read by `read_migration_script`.
  std::string text;
  std::string checksum;  ///< migration_checksum of the file or section, before placeholders
  /// Asked for by `-- paripassu: no-transaction` before the first statement or by the layout's own marker
  /// (`.autocommit.`, dbmate's `transaction:false`, Flyway's `executeInTransaction=false`, goose's `NO TRANSACTION`,
  /// Liquibase's `runInTransaction:false`).
  bool no_transaction = false;
  /// Where the layout itself, not the engine's client, ends what is sent to the server in one piece (goose and
  /// Liquibase send statement by statement): ascending offsets in `text`, each the begin of a further piece. Empty: one
  /// piece.
  std::vector<std::size_t> cuts = {};
};

/// Reads the pieces of `script` by the engine's reader, each by itself, as one Script with the positions of the file.
/// Throws what ScriptReader::read throws.
Script read_migration_script(const MigrationScript& script, const ScriptReader& reader, const ScriptOptions& options);

struct Migration {
  enum class Kind { versioned, repeatable };
  Kind kind = Kind::versioned;
  /// As written: "0001", "1.2" (Flyway's V1_2 too), "20260101120000"; the name for a repeatable one. In sqitch's layout
  /// the place in the plan ("0003"), in Liquibase's those of the file and of the changeset in it ("2.1").
  std::string version;
  std::string name;                     ///< "create_orders"; "author:id" in Liquibase's layout
  std::optional<MigrationScript> up;    ///< absent: nothing to do on this engine in this version
  std::optional<MigrationScript> down;  ///< absent: cannot be undone
  /// An assertion (sqitch): it fails when one of its statements does. Run after the up; what it changes is not meant to
  /// stay.
  std::optional<MigrationScript> verify = {};
  /// Why there is no down, as `-- paripassu: irreversible REASON` says it; empty: not declared. Never together with
  /// `down`.
  std::string irreversible_reason = {};
};

/// The migrations of one engine, versioned ones in the order of their versions (compared number by number, not
/// as text), repeatable ones after them by name. Versions that only other engines have are listed without `up`, so
/// that the sets of all engines have the same length and order.
struct MigrationSet {
  std::string engine;
  /// "native", "golang-migrate", "popx", "flyway", "dbmate", "goose", "sqitch" or "liquibase"; "folders" for native
  /// files in one folder per engine.
  std::string layout;
  std::string dir;
  std::vector<Migration> migrations;
  std::vector<std::string> warnings;  ///< "version 0004 is missing between 0003 and 0005"
};

/// Orders versions: runs of digits as numbers of any length, '.' '_' '-' as separators, other characters as text that
/// comes after every number. Negative, zero or positive. Zero means the same version, which is more than the same text:
/// leading zeros and missing parts do not count ("7" = "0007", "1" = "1.0" = "1_0"), so that a user may type `--to 7`.
/// Within one MigrationSet no two versions are equal in this sense.
int compare_versions(const std::string& left, const std::string& right);

}  // namespace paripassu
