#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <condition_variable>
#include <deque>
#include <mutex>

#include "harness/datacheck/table_comparison.h"

namespace paripassu::datacheck {

namespace {

using Side = RowHasher::Side;

constexpr std::size_t kBatchesAhead = 2;  ///< read by a side while another is being compared

struct HashedBatch {
  ColumnBatch batch;
  std::vector<RowHash> hashes;
};

/// Batches on their way from the thread that reads to the one that compares, and back to be filled again.
class BatchQueue {
 public:
  /// A batch to fill; nullptr: closed.
  std::unique_ptr<HashedBatch> empty_batch() {
    std::unique_lock lock(mutex_);
    // Beside those that wait, one is being read and one compared.
    changed_.wait(lock, [&] { return closed_ || !spare_.empty() || made_ < kBatchesAhead + 2; });
    if (closed_) return nullptr;
    if (!spare_.empty()) {
      std::unique_ptr<HashedBatch> batch = std::move(spare_.back());
      spare_.pop_back();
      return batch;
    }
    ++made_;
    return std::make_unique<HashedBatch>();
  }
  void push(std::unique_ptr<HashedBatch> batch) {
    std::lock_guard lock(mutex_);
    full_.push_back(std::move(batch));
    changed_.notify_all();
  }
  void end() {
    std::lock_guard lock(mutex_);
    ended_ = true;
    changed_.notify_all();
  }
  /// The next batch that was pushed; nullptr at the end, or closed.
  std::unique_ptr<HashedBatch> pop() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return closed_ || ended_ || !full_.empty(); });
    if (closed_ || full_.empty()) return nullptr;
    std::unique_ptr<HashedBatch> batch = std::move(full_.front());
    full_.pop_front();
    return batch;
  }
  void give_back(std::unique_ptr<HashedBatch> batch) {
    std::lock_guard lock(mutex_);
    spare_.push_back(std::move(batch));
    changed_.notify_all();
  }
  /// Ends all waiting.
  void close() {
    std::lock_guard lock(mutex_);
    closed_ = true;
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::unique_ptr<HashedBatch>> full_;
  std::vector<std::unique_ptr<HashedBatch>> spare_;
  std::size_t made_ = 0;
  bool ended_ = false;
  bool closed_ = false;
};

/// A batch with one row: the key of another's.
void copy_key(const ColumnBatch& batch, std::size_t row, std::size_t key_columns, ColumnBatch& key) {
  key.columns.resize(key_columns);
  for (std::size_t i = 0; i < key_columns; ++i) {
    const ColumnVector& from = batch.columns[i];
    ColumnVector& to = key.columns[i];
    to.layout = from.layout;
    to.clear();
    if (from.is_null(row)) {
      to.append_null(0);
    } else if (const std::size_t width = fixed_width(from.layout); width > 0) {
      to.append_fixed(from.bytes(row).data(), width);
    } else {
      to.append_bytes(from.bytes(row));
    }
  }
  key.rows = 1;
}

/// Where the comparison stands in the rows of one side.
class Cursor {
 public:
  Cursor(BatchQueue& queue, const StopFlag& stop) : queue_(queue), stop_(stop) {}

  /// Makes sure that there is a row; false at the end.
  bool has_row() {
    while (!batch_ || row_ >= batch_->batch.rows) {
      stop_.throw_if_set();
      if (batch_) queue_.give_back(std::move(batch_));
      batch_ = queue_.pop();
      row_ = 0;
      if (batch_) continue;
      stop_.throw_if_set();
      return false;
    }
    return true;
  }
  const ColumnBatch& batch() const { return batch_->batch; }
  std::size_t row() const { return row_; }
  std::size_t rows_left() const { return batch_->batch.rows - row_; }
  const RowHash* hashes() const { return batch_->hashes.data() + row_; }
  void advance(std::size_t rows) { row_ += rows; }

 private:
  BatchQueue& queue_;
  const StopFlag& stop_;
  std::unique_ptr<HashedBatch> batch_;
  std::size_t row_ = 0;
};

class Merge {
 public:
  explicit Merge(TableAttempt& attempt) : attempt_(attempt) {}

  void run() {
    run_in_parallel(
        {work(Side::left), work(Side::right), {[this](const StopFlag& stop) { compare(stop); }, [this] { close(); }}});
    attempt_.result.left_rows += rows_[0];
    attempt_.result.right_rows += rows_[1];
  }

 private:
  static std::size_t index(Side side) { return side == Side::left ? 0 : 1; }
  ParallelWork work(Side side) {
    return {[this, side](const StopFlag& stop) { read(side, stop); },
            [this, side] {
              close();
              attempt_.access(side).cancel();
            }};
  }
  void close() {
    for (BatchQueue& queue : queues_) queue.close();
  }

  void read(Side side, const StopFlag& stop);
  void check_order(Side side, const ColumnBatch& batch, ColumnBatch& last_key);
  void compare(const StopFlag& stop);
  void take_run(Cursor& cursor, Side side, bool both_sides, RowGroup& group);

  TableAttempt& attempt_;
  std::array<BatchQueue, 2> queues_;
  std::array<std::uint64_t, 2> rows_{};
  ColumnBatch run_key_;
  std::size_t run_bytes_ = 0;
};

void Merge::read(Side side, const StopFlag& stop) {
  RowHasher hasher(attempt_.shape.rules(), side);
  BatchQueue& queue = queues_[index(side)];
  const std::unique_ptr<BatchReader> reader = attempt_.access(side).scan({}, true);
  ColumnBatch last_key;
  for (;;) {
    stop.throw_if_set();
    std::unique_ptr<HashedBatch> batch = queue.empty_batch();
    if (!batch || reader->next(batch->batch) == 0) break;
    check_order(side, batch->batch, last_key);
    hasher.hash(batch->batch, batch->hashes);
    rows_[index(side)] += batch->batch.rows;
    attempt_.count_rows(batch->batch.rows);
    queue.push(std::move(batch));
  }
  stop.throw_if_set();
  queue.end();
}

/// What a server promises is not taken on trust: rules of collations have changed under the indexes of many.
void Merge::check_order(Side side, const ColumnBatch& batch, ColumnBatch& last_key) {
  const auto violated = [&] {
    return MethodImpossible{
        fmt::format("the {} side's rows do not come in the order of their key", side == Side::left ? "left" : "right"),
        false};
  };
  if (last_key.rows > 0 && attempt_.order.compare(last_key, 0, batch, 0, false) > 0) throw violated();
  for (std::size_t row = 1; row < batch.rows; ++row)
    if (attempt_.order.compare(batch, row - 1, batch, row, false) > 0) throw violated();
  copy_key(batch, batch.rows - 1, attempt_.shape.key_columns, last_key);
}

/// All rows whose key is `run_key_`. Those of a unique key are one.
void Merge::take_run(Cursor& cursor, Side side, bool both_sides, RowGroup& group) {
  while (cursor.has_row() && attempt_.order.compare(run_key_, 0, cursor.batch(), cursor.row(), both_sides) == 0) {
    run_bytes_ += group.add(side, loose_row(cursor.batch(), cursor.row(), *cursor.hashes()));
    if (run_bytes_ > attempt_.options.memory_bytes / 4)
      throw MethodImpossible{"the rows of a single key do not fit into memory", false};
    cursor.advance(1);
  }
}

void Merge::compare(const StopFlag& stop) {
  Cursor left(queues_[0], stop);
  Cursor right(queues_[1], stop);
  if (left.has_row() && right.has_row() && !attempt_.order.comparable(left.batch(), right.batch()))
    throw MethodImpossible{"the drivers give the key in different kinds of values", false};
  for (;;) {
    const bool has_left = left.has_row();
    const bool has_right = right.has_row();
    if (!has_left && !has_right) return;
    int order = has_left ? -1 : 1;
    if (has_left && has_right) {
      const std::size_t rows = std::min(left.rows_left(), right.rows_left());
      const RowHash* const left_hashes = left.hashes();
      const RowHash* const right_hashes = right.hashes();
      std::size_t equal = 0;
      while (equal < rows && left_hashes[equal] == right_hashes[equal]) ++equal;
      left.advance(equal);
      right.advance(equal);
      if (equal == rows) continue;
      order = attempt_.order.compare(left.batch(), left.row(), right.batch(), right.row(), true);
    }
    RowGroup group;
    run_bytes_ = 0;
    Cursor& first = order <= 0 ? left : right;
    copy_key(first.batch(), first.row(), attempt_.shape.key_columns, run_key_);
    if (order <= 0) take_run(left, Side::left, false, group);
    if (order >= 0) take_run(right, Side::right, order == 0, group);
    attempt_.collector.add_group(std::move(group));
  }
}

}  // namespace

void merge_rows(TableAttempt& attempt) {
  if (!attempt.order.refusal().empty()) throw MethodImpossible{attempt.order.refusal(), false};
  Merge(attempt).run();
}

}  // namespace paripassu::datacheck
