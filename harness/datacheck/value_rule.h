#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "backends/column_batch.h"
#include "harness/datacheck/data_report.h"

namespace paripassu {

/// How far two floating values (or numbers, where one is floating) may be apart and still be the same.
struct Tolerance {
  enum class Kind { none, absolute, relative, ulp };
  Kind kind = Kind::none;
  double amount = 0;
};
/// "1e-9", "1e-9 relative", "2 ulp". Throws Error(configuration) that says so.
Tolerance tolerance_from_string(std::string_view text);

/// How the values of one pair of columns compare: chosen once, from the types. Symmetric but for the order of the
/// arguments. The table of rules is docs/data-parity.md's, whose rows `name()` gives.
///
/// Two notions, the first a subset of the second:
/// - equal forms: `left_form(a) == right_form(b)`, which rows are hashed and ordered by;
/// - `same(a, b)`, which has the last word: it also knows tolerances and times that were rounded or cut to a coarser
///   column. What a pair accepts by `verdicts` (case, trailing blanks, NULL against empty, …) is already gone from the
///   forms where a form can express it, so that a table that differs by it everywhere costs no more than an equal one —
///   unless `count_accepted` asks for every one to be found and counted.
class ValueRule {
 public:
  struct Options {
    Tolerance tolerance;
    ClassVerdicts verdicts = default_verdicts();
    bool count_accepted = false;
    bool exact = false;  ///< both columns are of one engine and type: values compare byte for byte
  };

  ValueRule(const catalog::Type& left, const catalog::Type& right, const Options& options);
  ~ValueRule();
  ValueRule(ValueRule&&) noexcept;
  ValueRule& operator=(ValueRule&&) noexcept;

  /// "integer", "decimal", "float", "boolean", "text", "text without padding", "bytes", "uuid", "date", "timestamp",
  /// "instant", "json", "xml", "array", …: a row of docs/data-parity.md.
  std::string_view name() const;
  /// Why values of these types cannot be compared at all (row versions, types that nobody knows); empty: they can.
  const std::string& refusal() const;

  /// Appends the form of a value that is not NULL, in which values that mean the same are equal bytes. Thread-safe.
  /// Decides by the column's layout what it reads; a layout that does not go with the type is read by its text.
  void append_left_form(const ColumnVector& column, std::size_t row, std::string& out) const;
  void append_right_form(const ColumnVector& column, std::size_t row, std::string& out) const;
  /// The same for canonical texts; NULL has no form: nullopt. With NULL against empty accepted, both give the same.
  std::optional<std::string> left_form(const Cell& value) const;
  std::optional<std::string> right_form(const Cell& value) const;

  /// Whether two values (canonical texts) mean the same: no difference, of whatever class.
  bool same(const Cell& left, const Cell& right) const;
  /// Of two that do not: class, verdict, note. `column` is left 0.
  ValueDifference explain(const Cell& left, const Cell& right) const;

 private:
  friend class RowHasher;
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// 128 bits of a row (XXH3). Accidental equality of two of 10^9 rows: below 10^-20.
struct RowHash {
  std::uint64_t low = 0;
  std::uint64_t high = 0;
  bool operator==(const RowHash&) const = default;
};

/// Hashes whole rows of batches in the forms of their rules, column by column. One per side and thread.
class RowHasher {
 public:
  enum class Side { left, right };
  /// `rules[i]` is about column i of the batches. The rules must outlive the hasher.
  RowHasher(std::vector<const ValueRule*> rules, Side side);
  /// A hash per row into `hashes`, which is resized. NULL, the empty text and everything else hash differently; the
  /// order of the columns counts. Fixed-width layouts that are the same on both sides take the fast path.
  void hash(const ColumnBatch& batch, std::vector<RowHash>& hashes);

 private:
  std::vector<const ValueRule*> rules_;
  Side side_;
  std::string form_;  ///< memory to reuse
};

}  // namespace paripassu
