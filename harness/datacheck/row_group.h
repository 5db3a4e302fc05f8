#pragma once

#include <cstdint>
#include <vector>

#include "backends/column_batch.h"
#include "backends/session.h"
#include "harness/datacheck/table_shape.h"
#include "harness/datacheck/value_rule.h"

namespace paripassu::datacheck {

/// A row out of its batch.
struct LooseRow {
  std::vector<Cell> cells;  ///< canonical texts, a value per column of the shape
  RowHash hash;
  std::uint64_t copies = 1;
  std::size_t byte_size() const;
};

/// Takes a row out of a batch.
LooseRow loose_row(const ColumnBatch& batch, std::size_t row, const RowHash& hash);

/// The rows of both sides with one key.
struct RowGroup {
  std::vector<LooseRow> left;
  std::vector<LooseRow> right;
  /// Adds a row to a side, as one more copy where it is there already. Returns the bytes it takes.
  std::size_t add(RowHasher::Side side, LooseRow row);
};

/// What became of a group.
struct GroupVerdict {
  std::vector<DataDifference> differences;  ///< rows that differ; none whose differences are all accepted
  std::vector<DataDifference> accepted;     ///< rows that differ in accepted ways alone
  bool left_repeats = false;                ///< several rows of one key on the left, and so on
  bool right_repeats = false;
};

/// Takes equal rows out (by hash, then by ValueRule::same) and explains the others: rows with a key are paired as
/// changed ones, as many as both sides have. Without a key they are only on the left or the right.
GroupVerdict judge(const TableShape& shape, RowGroup group);

}  // namespace paripassu::datacheck
