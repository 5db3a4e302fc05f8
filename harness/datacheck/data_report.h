#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "backends/catalog/type.h"
#include "backends/session.h"
#include "harness/parity/difference.h"

/// What a comparison of data found: pure values.
namespace paripassu {

/// Why two values that pair are not the same. Ordered from what matters most; docs/data-parity.md defines each.
enum class ValueClass {
  different,        ///< none of the others explains it
  truncated,        ///< one text or byte string is the beginning of the other, whose column is longer
  rounding,         ///< one is the other, rounded to the digits of the coarser column, off by no more than one of them
  precision,        ///< equal in all digits that the coarser column keeps
  time_zone,        ///< times of day or timestamps that differ by a whole number of quarter hours, at most 14 hours
  null_empty,       ///< NULL against the empty text or empty bytes
  letter_case,      ///< texts that differ by case alone
  trailing_blanks,  ///< texts that differ by blanks at their end alone
  padding,          ///< the same, where one column is char(n), or zero bytes where one is binary(n)
  unicode_form,     ///< texts whose canonical compositions (NFC) are equal
  json_formatting,  ///< the same JSON tree in columns that are compared as texts, or XML likewise
};
inline constexpr std::size_t kValueClasses = 11;

/// "different", "truncated", "rounding", "precision", "time-zone", "null-empty", "case", "trailing-blanks", "padding",
/// "unicode-form", "json-formatting".
std::string_view to_string(ValueClass value_class);
/// nullopt for any other word.
std::optional<ValueClass> value_class_from_string(std::string_view word);

/// What a difference of a class does: an error or a warning fails the comparison (from `fail_on` on), an accepted one
/// is counted and told.
enum class ClassVerdict { error, warning, accepted };
std::string_view to_string(ClassVerdict verdict);
std::optional<ClassVerdict> class_verdict_from_string(std::string_view word);

using ClassVerdicts = std::array<ClassVerdict, kValueClasses>;
/// `padding` and `json_formatting` are accepted, everything else is an error.
ClassVerdicts default_verdicts();

/// One differing value.
struct ValueDifference {
  std::size_t column = 0;  ///< in TableResult::columns
  Cell left;               ///< canonical text (ColumnBatch::format)
  Cell right;
  ValueClass value_class = ValueClass::different;
  ClassVerdict verdict = ClassVerdict::error;
  std::string note;  ///< "by +01:00", "by 0.0001", "at character 17"; or empty
};

/// One differing row.
struct DataDifference {
  enum class Kind { left_only, right_only, changed };
  Kind kind = Kind::changed;
  std::vector<Cell> key;                ///< as on the left, else the right; empty: the table has no key
  std::vector<ValueDifference> values;  ///< of a changed row
  /// The whole rows, a value per entry of TableResult::columns; empty for the side that lacks the row.
  std::vector<Cell> left;
  std::vector<Cell> right;
  std::uint64_t copies = 1;                    ///< without a key: how many more times the row is on its side
  ClassVerdict verdict = ClassVerdict::error;  ///< of its worst value; rows of one side are errors
};

/// How often a class was found in a column.
struct ClassTally {
  std::uint64_t rows = 0;
  /// What all of them have in common ("all by +01:00"), or empty.
  std::string common_note;
};

struct ColumnResult {
  std::string left_name;
  std::string right_name;
  catalog::Type left_type;
  catalog::Type right_type;
  bool key = false;
  std::string rule;  ///< how values compare, a row of docs/data-parity.md: "decimal", "instant", "text without padding"
  std::array<ClassTally, kValueClasses> classes{};
  ClassVerdicts verdicts = default_verdicts();
  std::uint64_t differing() const;
};

/// A column or table that was left out, and why.
struct Skipped {
  std::string name;    ///< "orders.note", "audit.log"
  std::string reason;  ///< one phrase: "only on the left", "row version", "no permission to read it"
  std::string waived;  ///< the reason of what accepts it; empty: it counts towards exit code 5
};

enum class DataMethod {
  automatic,
  merge,      ///< both sides in the order of the key
  reconcile,  ///< both sides unordered, one scan each
  checksum,   ///< checksums of segments inside the servers, bisected
};
std::string_view to_string(DataMethod method);
/// "auto", "merge", "reconcile", "checksum".
std::optional<DataMethod> data_method_from_string(std::string_view word);

struct TableResult {
  std::string left_name;  ///< "public.orders"
  std::string right_name;
  std::vector<ColumnResult> columns;  ///< compared ones, those of the key first
  std::vector<Skipped> skipped_columns;
  DataMethod method = DataMethod::automatic;  ///< that was used
  std::string key_origin;                     ///< "primary key", "unique key uq_x", "--key", "no key: whole rows"
  std::uint64_t left_rows = 0;
  std::uint64_t right_rows = 0;
  std::uint64_t equal_rows = 0;
  std::uint64_t changed_rows = 0;   ///< with at least one value that is no accepted difference
  std::uint64_t accepted_rows = 0;  ///< that differ in accepted ways alone
  std::uint64_t left_only_rows = 0;
  std::uint64_t right_only_rows = 0;
  std::uint64_t settled_rows = 0;           ///< differed, and were the same when looked at again (--recheck)
  std::vector<DataDifference> differences;  ///< the first `limit` in key order; the counts above have all
  std::vector<std::string> notes;           ///< "read without a consistent snapshot: …"
  std::string unfinished;                   ///< why the comparison of this table did not come to its end; empty: it did
  std::int64_t duration_ms = 0;

  /// Rows of one side, or values whose verdict is at least as severe as `fail_on` (error, or warning).
  bool differs(Severity fail_on) const;
  bool complete() const;  ///< finished, and nothing skipped that is not waived
};

struct DataReport {
  std::string left_label;  ///< "postgres://…/orders (PostgreSQL 15.20)"
  std::string right_label;
  ComparedSide left;
  ComparedSide right;
  std::vector<TableResult> tables;  ///< in the order of names
  std::vector<Skipped> skipped_tables;
  std::vector<std::string> notes;
  std::uint64_t memory_bytes_max = 0;  ///< what was allowed
  std::int64_t duration_ms = 0;

  bool differs(Severity fail_on) const;
  bool complete() const;  ///< all tables complete, no table skipped without waiver, at least one compared
};

}  // namespace paripassu
