#pragma once

#include <cstdint>
#include <iosfwd>
#include <memory>
#include <string>

#include "backends/backend.h"
#include "harness/datacheck/data_report.h"
#include "harness/datacheck/table_plan.h"

namespace paripassu {

/// The statements that would bring one side's rows in line with the other's: DELETE in the reverse order of foreign
/// keys, then UPDATE, then INSERT in their order; within a table by key. Nothing is executed, no server is asked.
///
/// - Differences that are accepted are left alone. Of a changed row only the values that differ are set.
/// - Computed columns are not written. Identity values are taken over. Columns that are not compared keep what they
///   have, and get their defaults in new rows.
/// - Values are written as the target's column holds them; a row with one that it cannot hold without loss becomes a
///   comment with the reason, and is counted by `unanswered`.
///
/// The statements lie in an unnamed temporary file beyond a few MiB, so that memory does not grow with their number.
class Repair {
 public:
  enum class Target { left, right };

  /// `plan` and `backend`, which is that of the target, must outlive it.
  Repair(const DataPlan& plan, Target target, const Backend& backend);
  ~Repair();

  /// To be called with every difference, in key order within a table, by one thread at a time
  /// (DataOptions::on_difference). `table` is one of the plan's. Throws Error(resources) when the temporary file cannot
  /// be written.
  void add(const TablePlan& table, const DataDifference& difference);

  /// The script: readable by the target engine's script reader, one transaction. What `report` says was not finished or
  /// not compared is a comment. To be called once, after the last `add`.
  void write(std::ostream& out, const DataReport& report);

  /// Rows that differ and have no statement.
  std::uint64_t unanswered() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

/// `text` of a column of type `from` as the text that a column of type `to` gets where the rules of the comparison take
/// both for the same: true for 1, an instant for the same time in UTC, a JSON array for an array. What `to` cannot hold
/// is for DmlWriter::literal to say.
std::string converted_value(const catalog::Type& from, const catalog::Type& to, const std::string& text);

}  // namespace paripassu
