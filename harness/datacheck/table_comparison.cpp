#include "harness/datacheck/table_comparison.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <new>

#include "backends/interrupt.h"
#include "backends/limits.h"
#include "harness/datacheck/row_fetch.h"

namespace paripassu::datacheck {

namespace {

using Side = RowHasher::Side;

constexpr int kAttemptsMax = 4;  ///< a lost connection is tried again three times

/// As fast as a merge where both servers have the order at hand, and faster where they must sort: docs/performance.md.
constexpr DataMethod kDefaultMethod = DataMethod::reconcile;

std::uint64_t magnitude(const std::vector<DataDifference>& differences) {
  std::uint64_t rows = 0;
  for (const DataDifference& difference : differences) rows += difference.copies;
  return rows;
}

Side side_of_key(const DataDifference& difference) {
  return difference.kind == DataDifference::Kind::right_only ? Side::right : Side::left;
}

/// Looks at rows with differing keys again in new snapshots, and leaves what still differs.
std::uint64_t look_again(const TableShape& shape, const KeyForms& forms, SideAccess& left_side, SideAccess& right_side,
                         std::vector<DataDifference>& differences) {
  struct Known {
    std::vector<std::vector<Cell>> keys;  ///< more than one where the sides spell it differently
    std::vector<DataDifference> before;
  };
  const std::unique_ptr<TableAccess> left = left_side.open_later(shape);
  const std::unique_ptr<TableAccess> right = right_side.open_later(shape);
  std::map<std::string, Known> known;
  std::vector<DataDifference> after;
  std::uint64_t settled = 0;
  for (const DataDifference& difference : differences) {
    Known& entry = known[forms.of(difference.key, side_of_key(difference))];
    const auto add_key = [&](const std::vector<Cell>& row) {
      if (row.empty()) return;
      std::vector<Cell> key(row.begin(), row.begin() + static_cast<std::ptrdiff_t>(shape.key_columns));
      if (std::find(entry.keys.begin(), entry.keys.end(), key) == entry.keys.end())
        entry.keys.push_back(std::move(key));
    };
    add_key(difference.left);
    add_key(difference.right);
    entry.before.push_back(difference);
  }
  for (auto next = known.begin(); next != known.end();) {
    std::vector<std::vector<Cell>> keys;
    std::vector<std::string> wanted;
    const auto first = next;
    for (; next != known.end() && (keys.empty() || keys.size() + next->second.keys.size() <= limits::kDataKeysPerFetch);
         ++next) {
      keys.insert(keys.end(), next->second.keys.begin(), next->second.keys.end());
      wanted.push_back(next->first);
    }
    RowGroups groups = fetch_groups(shape, forms, *left, *right, keys, wanted);
    for (auto entry = first; entry != next; ++entry) {
      std::vector<DataDifference> now;
      if (const auto group = groups.find(entry->first); group != groups.end()) {
        GroupVerdict verdict = judge(shape, std::move(group->second));
        now = std::move(verdict.differences);
        std::move(verdict.accepted.begin(), verdict.accepted.end(), std::back_inserter(now));
      }
      const std::uint64_t rows_before = magnitude(entry->second.before);
      settled += rows_before - std::min(rows_before, magnitude(now));
      std::move(now.begin(), now.end(), std::back_inserter(after));
    }
  }
  differences = std::move(after);
  return settled;
}

/// The words of the server come first; what is below the first sentence of an error is for a report of errors.
std::string reason_of(const Error& error) {
  std::string reason = error.message();
  if (!error.remedy().empty()) reason += "; " + error.remedy();
  return reason;
}

class TableRun {
 public:
  TableRun(const TableShape& shape, SideAccess& left, SideAccess& right, const TableOptions& options,
           TableResult& result)
      : shape_(shape), left_(left), right_(right), options_(options), result_(result), empty_(result), order_(shape) {}
  void run();

 private:
  /// Throws Error, MethodImpossible.
  void attempt(DataMethod method, bool may_merge);
  void attempt_methods();
  void settle(DifferenceCollector::Options& options);

  const TableShape& shape_;
  SideAccess& left_;
  SideAccess& right_;
  const TableOptions& options_;
  TableResult& result_;
  const TableResult empty_;  ///< before the first attempt
  const KeyComparator order_;
  std::vector<std::string> notes_;  ///< of attempts that led to others
  bool handed_out_ = false;
};

void TableRun::settle(DifferenceCollector::Options& options) {
  if (options_.recheck_ms <= 0) return;
  options.settle = [this](std::vector<DataDifference>& differences) -> std::uint64_t {
    if (shape_.key_columns == 0) {
      result_.notes.push_back("rows without a key are not looked at again");
      return 0;
    }
    Interrupt::sleep_ms(options_.recheck_ms);
    Interrupt::throw_if_requested();
    try {
      return look_again(shape_, KeyForms(shape_), left_, right_, differences);
    } catch (const Error& error) {
      if (error.category() == ErrorCategory::interrupted) throw;
      result_.notes.push_back("the rows that differ could not be looked at again: " + reason_of(error));
      return 0;
    }
  };
}

void TableRun::attempt(DataMethod method, bool may_merge) {
  result_ = empty_;
  result_.notes.insert(result_.notes.end(), notes_.begin(), notes_.end());
  result_.method = method;
  DifferenceCollector::Options collecting;
  collecting.memory_bytes = options_.memory_bytes / 4;
  collecting.limit = options_.limit;
  collecting.meter = options_.meter;
  if (options_.emit)
    collecting.emit = [this](const DataDifference& difference) {
      handed_out_ = true;
      options_.emit(difference);
    };
  settle(collecting);
  DifferenceCollector collector(shape_, order_, result_, std::move(collecting));
  TableAttempt attempt(shape_, left_, right_, options_, order_, result_, collector);
  attempt.may_merge = may_merge && order_.refusal().empty();
  attempt.left = left_.open(shape_);
  attempt.right = right_.open(shape_);
  for (const Side side : {Side::left, Side::right})
    if (const std::string note = attempt.access(side).snapshot_note(); !note.empty())
      result_.notes.push_back(fmt::format("the {} side was read without a consistent snapshot: {}",
                                          side == Side::left ? "left" : "right", note));
  switch (method) {
    case DataMethod::merge:
      merge_rows(attempt);
      break;
    case DataMethod::checksum:
      compare_checksums(attempt);
      break;
    default:
      reconcile_rows(attempt, {}, std::nullopt);
  }
  // Sessions go back before the collector waits for rows to settle.
  attempt.left.reset();
  attempt.right.reset();
  collector.finish();
  result_.equal_rows =
      result_.left_rows - std::min(result_.left_rows, collector.left_differing() + attempt.vanished_left);
}

/// The method that was asked for, else the one that suits; each may turn out to be impossible once.
void TableRun::attempt_methods() {
  DataMethod method = options_.method == DataMethod::automatic ? kDefaultMethod : options_.method;
  bool may_merge = true;
  for (;;) {
    try {
      return attempt(method, may_merge && method == DataMethod::reconcile);
    } catch (const MethodImpossible& impossible) {
      if (handed_out_)
        throw Error(ErrorCategory::data,
                    fmt::format("{}, which was noticed after differences were handed out", impossible.reason))
            .with_remedy("compare the table with --method reconcile");
      notes_.push_back(fmt::format("{} instead of {}: {}", impossible.merge_instead ? "merge" : "reconcile",
                                   to_string(method), impossible.reason));
      // What the merge cannot do is not given back to it.
      if (method == DataMethod::merge) may_merge = false;
      method = impossible.merge_instead ? DataMethod::merge : DataMethod::reconcile;
    }
  }
}

void TableRun::run() {
  for (int number = 1;; ++number) {
    std::string failure;
    try {
      return attempt_methods();
    } catch (const Error& error) {
      if (error.category() == ErrorCategory::interrupted) throw;
      Interrupt::throw_if_requested();
      const bool again = error.poisons_connection() || error.retryable();
      if (again && !handed_out_ && number < kAttemptsMax) {
        left_.forget_idle();
        right_.forget_idle();
        notes_ = {fmt::format("read anew {} {} after: {}", number, number == 1 ? "time" : "times", error.message())};
        continue;
      }
      failure = reason_of(error);
    } catch (const std::bad_alloc&) {
      failure = "out of memory; allow less with --memory, or compare fewer tables at a time";
    } catch (const std::exception& error) {
      failure = error.what();
    }
    result_.unfinished = failure;
    return;
  }
}

}  // namespace

TableAttempt::TableAttempt(const TableShape& table, SideAccess& left_access, SideAccess& right_access,
                           const TableOptions& table_options, const KeyComparator& key_order, TableResult& table_result,
                           DifferenceCollector& difference_collector)
    : shape(table),
      left_side(left_access),
      right_side(right_access),
      options(table_options),
      order(key_order),
      forms(table),
      images(table),
      result(table_result),
      collector(difference_collector) {}

void scan_rows(TableAttempt& attempt, TableAccess& table, Side side, const KeyRange& range, const StopFlag& stop,
               const std::function<void(const ColumnBatch&, const std::vector<RowHash>&)>& consume) {
  RowHasher hasher(attempt.shape.rules(), side);
  const std::unique_ptr<BatchReader> reader = table.scan(range, false);
  ColumnBatch batch;
  std::vector<RowHash> hashes;
  while (reader->next(batch) > 0) {
    stop.throw_if_set();
    hasher.hash(batch, hashes);
    consume(batch, hashes);
    attempt.count_rows(batch.rows);
  }
}

void compare_table(const TableShape& shape, SideAccess& left, SideAccess& right, const TableOptions& options,
                   TableResult& result) {
  TableRun(shape, left, right, options, result).run();
}

}  // namespace paripassu::datacheck
