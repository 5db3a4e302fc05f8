#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/datacheck/difference_collector.h"
#include "harness/datacheck/key_image.h"
#include "harness/datacheck/key_order.h"
#include "harness/datacheck/memory_meter.h"
#include "harness/datacheck/parallel.h"
#include "harness/datacheck/table_access.h"

namespace paripassu::datacheck {

struct TableOptions {
  DataMethod method = DataMethod::automatic;
  std::size_t memory_bytes = 0;  ///< for this table, without the batches that are being read
  std::size_t limit = 0;
  int ranges = 1;  ///< of the key that may be read at a time
  int recheck_ms = 0;
  MemoryMeter* meter = nullptr;                     ///< may be null
  std::function<void(const DataDifference&)> emit;  ///< may be empty
  std::function<void(std::uint64_t)> rows_read;     ///< from several threads; may be empty
};

/// Compares one table and fills `result`, whose names and columns are set. Throws Error(interrupted) alone; any other
/// error is why the result is unfinished. Lost connections and deadlocks are retried, as long as nothing was emitted.
void compare_table(const TableShape& shape, SideAccess& left, SideAccess& right, const TableOptions& options,
                   TableResult& result);

// What follows is for the methods.

/// A method cannot do this table; another can.
struct MethodImpossible {
  std::string reason;
  bool merge_instead = false;  ///< the differences are too many to hold, and the key has an order
};

/// One attempt to compare a table.
struct TableAttempt {
  TableAttempt(const TableShape& shape, SideAccess& left, SideAccess& right, const TableOptions& options,
               const KeyComparator& order, TableResult& result, DifferenceCollector& collector);

  const TableShape& shape;
  SideAccess& left_side;
  SideAccess& right_side;
  const TableOptions& options;
  const KeyComparator& order;
  const KeyForms forms;
  const KeyImages images;
  TableResult& result;
  DifferenceCollector& collector;
  bool may_merge = false;           ///< as a way out of too many differences
  std::uint64_t vanished_left = 0;  ///< rows that differed and were not there when they were to be fetched
  std::unique_ptr<TableAccess> left;
  std::unique_ptr<TableAccess> right;

  TableAccess& access(RowHasher::Side side) { return side == RowHasher::Side::left ? *left : *right; }
  void count_rows(std::size_t rows) const {
    if (options.rows_read) options.rows_read(rows);
  }
};

/// All rows of a range, with their hashes, batch by batch.
void scan_rows(TableAttempt& attempt, TableAccess& table, RowHasher::Side side, const KeyRange& range,
               const StopFlag& stop,
               const std::function<void(const ColumnBatch&, const std::vector<RowHash>&)>& consume);

/// `rows_known`: how many rows of both sides the range has, which the result counts already; absent: they are counted.
void reconcile_rows(TableAttempt& attempt, const KeyRange& range, std::optional<std::uint64_t> rows_known);
/// Throws MethodImpossible.
void merge_rows(TableAttempt& attempt);
/// Throws MethodImpossible.
void compare_checksums(TableAttempt& attempt);

}  // namespace paripassu::datacheck
