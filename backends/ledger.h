#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "backends/dialect.h"
#include "backends/session.h"

namespace paripassu {

/// One row of the ledger: one migration that was applied, is half applied, or was declared applied.
struct LedgerEntry {
  enum class Kind {
    versioned,
    repeatable,  ///< Flyway's R__: no version, applied again when its checksum changes
    baseline,    ///< declared applied without running
  };
  Kind kind = Kind::versioned;
  std::string version;  ///< as written in the file name; the name for a repeatable
  std::string name;
  std::string checksum;          ///< xxh64 of the script with line endings normalised, 16 hex digits
  std::string applied_checksum;  ///< xxh64 of the statements applied so far: a resume checks that they are unchanged
  bool going_down = false;       ///< the counts below are those of the down script, which has not ended
  int applied_statements = 0;
  int total_statements = 0;
  std::string started;  ///< UTC, ISO 8601, by the clock of the machine that ran it
  std::int64_t duration_ms = 0;
  std::string applied_by;  ///< "user@host"
  std::string tool_version;
  std::optional<std::string> error;  ///< why it stopped; absent after success
  /// Statement (1-based) that was started outside a transaction and not seen to end: it may or may not
  /// have taken effect. 0: none.
  int in_flight_statement = 0;

  bool complete() const {
    return applied_statements == total_statements && !error && in_flight_statement == 0 && !going_down;
  }
};

/// The table `paripassu_ledger`, by portable SQL on the session of the migration itself, so that an entry
/// commits or rolls back together with the statements it describes.
class Ledger {
 public:
  static constexpr const char* kTableName = "paripassu_ledger";

  Ledger(Session& session, const Dialect& dialect, std::string schema);

  bool exists();
  void create_if_missing();
  /// All entries, in the order in which they were applied. Empty when there is no table.
  std::vector<LedgerEntry> read();
  void insert(const LedgerEntry& entry);
  /// Overwrites the row of the entry's kind and version.
  void update(const LedgerEntry& entry);
  void erase(LedgerEntry::Kind kind, const std::string& version);

 private:
  /// The placeholder of a column's value, with the conversion it needs.
  std::string parameter(std::size_t column) const;

  Session& session_;
  const Dialect& dialect_;
  std::string schema_;
};

std::string_view to_string(LedgerEntry::Kind kind);

}  // namespace paripassu
