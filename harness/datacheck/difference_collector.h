#pragma once

#include <array>
#include <functional>
#include <vector>

#include "harness/datacheck/data_report.h"
#include "harness/datacheck/key_order.h"
#include "harness/datacheck/memory_meter.h"
#include "harness/datacheck/row_group.h"

namespace paripassu::datacheck {

/// Takes the differences of one table, in any order, counts them and hands them out in the order of the key: all of
/// them where they fit into `memory_bytes`, else in parts, each in order. For one thread.
class DifferenceCollector {
 public:
  struct Options {
    std::size_t memory_bytes = 0;
    std::size_t limit = 0;  ///< kept in the result
    MemoryMeter* meter = nullptr;
    /// Looks at differences again and takes out those that settled; returns how many rows did. May be empty.
    std::function<std::uint64_t(std::vector<DataDifference>&)> settle;
    /// Gets every difference. May be empty.
    std::function<void(const DataDifference&)> emit;
  };
  /// `result` must have its columns; all three references must outlive the collector.
  DifferenceCollector(const TableShape& shape, const KeyComparator& order, TableResult& result, Options options);

  /// Rows of both sides with one key.
  void add_group(RowGroup group);
  void add(GroupVerdict verdict);
  /// Rows without a key that are not kept: their count alone.
  void count_only(std::uint64_t left_only, std::uint64_t right_only);
  /// Hands out what is left, and completes the counts and notes of the result but for the equal rows.
  void finish();

  /// Whether something was handed out already, so that the table cannot be compared anew.
  bool handed_out() const { return parts_ > 0; }
  bool empty() const { return held_.empty() && parts_ == 0; }
  /// Rows of the left side that differed, in accepted ways too, whether they settled or not.
  std::uint64_t left_differing() const { return left_differing_; }

 private:
  bool before(const DataDifference& left, const DataDifference& right) const;
  void hand_out();
  void tally(const DataDifference& difference);

  const TableShape& shape_;
  const KeyComparator& order_;
  TableResult& result_;
  Options options_;
  std::vector<DataDifference> held_;
  MeteredBytes held_bytes_;
  std::size_t parts_ = 0;
  std::uint64_t left_differing_ = 0;
  std::uint64_t left_repeats_ = 0;
  std::uint64_t right_repeats_ = 0;
  std::vector<std::array<bool, kValueClasses>> mixed_notes_;  ///< per column: there is no common note
};

}  // namespace paripassu::datacheck
