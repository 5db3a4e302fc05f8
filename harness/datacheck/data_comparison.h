#pragma once

#include <functional>
#include <memory>

#include "harness/datacheck/data_report.h"
#include "harness/datacheck/table_plan.h"

namespace paripassu {

/// A database of one side. Sessions are opened by `connect`, each for one thread.
struct DataSide {
  const Backend* backend = nullptr;
  const catalog::Catalog* catalog = nullptr;
  std::function<std::unique_ptr<Session>()> connect;
  std::string label;
};

struct DataProgress {
  const TablePlan* table = nullptr;
  std::uint64_t rows = 0;           ///< read so far, of both sides together
  std::uint64_t rows_expected = 0;  ///< by the servers' statistics; 0: not known
  std::size_t tables_done = 0;
  std::size_t tables = 0;
  std::int64_t left_ms = -1;  ///< time left; -1: not known
};

struct DataOptions {
  DataMethod method = DataMethod::automatic;
  std::size_t memory_bytes = 0;  ///< 0: limits::kDataMemoryDefault_bytes
  int jobs = 1;                  ///< tables and key ranges at a time; each reads with a session per side
  std::size_t limit = 20;        ///< differences kept per table
  int recheck_s = 0;             ///< look at differing rows again after so many seconds; 0: never
  Severity fail_on = Severity::warning;
  std::size_t batch_bytes = 0;  ///< 0: limits::kBatchBytesDefault; for tests
  std::size_t batch_rows = 0;
  /// Every difference with its whole rows, from one thread at a time (--repair and the row-level formats); not rows
  /// whose differences are all accepted. A table's come together and in key order when it is done; those that do not
  /// fit into memory at once come in parts, each in key order, between which other tables' may come, and a note says
  /// so. May be empty.
  std::function<void(const TablePlan&, const DataDifference&)> on_difference;
  std::function<void(const DataProgress&)> on_progress;  ///< from one thread at a time, at most ten times a second
};

/// Compares the rows of every table of the plan. Reads only. An error of one table (a lost connection that could not be
/// made good, a permission) ends that table, as TableResult::unfinished, and the others go on; Error(interrupted) ends
/// all. Memory stays within options.memory_bytes, whatever the number of rows; of a table without a key, rows that
/// differ beyond what it holds are counted and no longer kept, which a note says. The method of a table is what was
/// used, which is another than was asked for where that is not possible, with a note. docs/data-parity.md describes the
/// methods.
///
/// Throws Error: interrupted; usage for memory below limits::kDataMemoryMin_bytes; what connecting to a side at the
/// start gives; what a callback throws becomes the reason why its table is unfinished.
DataReport compare_data(const DataPlan& plan, const DataSide& left, const DataSide& right, const DataOptions& options);

}  // namespace paripassu
