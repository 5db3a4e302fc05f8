#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "backends/batch_reader.h"
#include "backends/session.h"
#include "harness/datacheck/table_shape.h"

namespace paripassu::datacheck {

/// Rows by their first key column, in canonical text; an absent end is open. Rows without a value (NULL) belong to the
/// range that has no beginning.
struct KeyRange {
  Cell from;    ///< included
  Cell before;  ///< not included
  bool all() const { return !from && !before; }
};

/// What DataSql::checksum_query says of a range.
struct SegmentSum {
  std::uint64_t rows = 0;
  std::string first;
  std::string second;
  bool operator==(const SegmentSum&) const = default;
};

/// The least and greatest value of the first key column, as places on an axis of integers (numbers, days, seconds).
struct KeyBounds {
  std::int64_t least = 0;
  std::int64_t greatest = 0;
  ColumnLayout layout = ColumnLayout::int64;
  /// A place of such an axis as canonical text.
  static std::string text(ColumnLayout layout, std::int64_t place);
};

/// One table of one side, read through one session: what a comparison needs of a server. For one thread, but for
/// `cancel`. Everything throws Error. Readers must go before their access and one at a time.
class TableAccess {
 public:
  virtual ~TableAccess() = default;

  /// The rows of a range, with the columns of the shape in its order; in order of the key, if `ordered`.
  virtual std::unique_ptr<BatchReader> scan(const KeyRange& range, bool ordered) = 0;
  /// The rows with these keys, perhaps with others that the server takes for equal. nullptr: this side's types cannot
  /// hold any of them.
  virtual std::unique_ptr<BatchReader> fetch(std::span<const std::vector<Cell>> keys) = 0;
  /// Absent: no rows, or the first key column is not for ranges.
  virtual std::optional<KeyBounds> key_bounds() = 0;
  /// Whether both ends of the range can be said in this side's type.
  virtual bool can_bound(const KeyRange& range) = 0;

  /// Why the server cannot compute checksums of this table; empty: it can.
  virtual std::string checksum_refusal() = 0;
  virtual SegmentSum checksum(const KeyRange& range) = 0;

  /// Whether further accesses of the side see the same moment.
  virtual bool shares_snapshot() const = 0;
  /// Why what is read is not of one moment; empty: it is.
  virtual std::string snapshot_note() const = 0;

  /// Makes what is running, or waiting for rows, end soon. From any thread.
  virtual void cancel() noexcept = 0;
};

/// A side that tables are read from. Thread-safe.
class SideAccess {
 public:
  virtual ~SideAccess() = default;
  /// In the snapshot of the comparison, as far as the engine can share it. The shape must outlive what is opened.
  virtual std::unique_ptr<TableAccess> open(const TableShape& shape) = 0;
  /// In a new snapshot and session.
  virtual std::unique_ptr<TableAccess> open_later(const TableShape& shape) = 0;
  /// After a connection was lost: what waits to be used again is let go.
  virtual void forget_idle() = 0;
};

}  // namespace paripassu::datacheck
