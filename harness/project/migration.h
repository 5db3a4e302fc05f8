#pragma once

#include <optional>
#include <string>
#include <vector>

namespace paripassu {

/// One direction of one migration, for one engine.
struct MigrationScript {
  std::string file;  ///< path as the user would type it from the working directory: used in messages
  /// UTF-8, placeholders replaced. Text of a section of a larger file (dbmate) is preceded by as many
  /// empty lines as it takes for line numbers to be those of the file.
  std::string text;
  std::string checksum;  ///< migration_checksum of the file or section, before placeholders
  /// Asked for by `-- paripassu: no-transaction` before the first statement or by the layout's own marker
  /// (`.autocommit.`, dbmate's `transaction:false`, Flyway's `executeInTransaction=false`).
  bool no_transaction = false;
};

struct Migration {
  enum class Kind { versioned, repeatable };
  Kind kind = Kind::versioned;
  /// As written: "0001", "1.2" (Flyway's V1_2 too), "20260101120000"; the name for a repeatable one.
  std::string version;
  std::string name;                     ///< "create_orders"
  std::optional<MigrationScript> up;    ///< absent: nothing to do on this engine in this version
  std::optional<MigrationScript> down;  ///< absent: cannot be undone
};

/// The migrations of one engine, versioned ones in the order of their versions (compared number by number, not
/// as text), repeatable ones after them by name. Versions that only other engines have are listed without `up`, so
/// that the sets of all engines have the same length and order.
struct MigrationSet {
  std::string engine;
  /// "native", "golang-migrate", "flyway" or "dbmate"; "folders" for native files in one folder per engine.
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
