#include "harness/datacheck/progress_meter.h"

namespace paripassu::datacheck {

namespace {

constexpr std::chrono::milliseconds kTellEvery{100};
/// Before so much of the rows was read, how long the rest will take is a guess.
constexpr double kGuessFrom = 0.01;

}  // namespace

ProgressMeter::ProgressMeter(const std::function<void(const DataProgress&)>& listener, std::uint64_t rows_expected,
                             std::size_t tables)
    : listener_(listener), rows_expected_(rows_expected), tables_(tables) {}

void ProgressMeter::add_rows(const TablePlan& table, std::uint64_t rows) {
  rows_ += rows;
  tell(table);
}

void ProgressMeter::add_table(const TablePlan& table) {
  ++tables_done_;
  tell(table);
}

void ProgressMeter::tell(const TablePlan& table) {
  if (!listener_) return;
  // A thread that finds another one telling goes on reading.
  const std::unique_lock lock(mutex_, std::try_to_lock);
  if (!lock) return;
  const Clock::time_point now = Clock::now();
  if (now - told_ < kTellEvery) return;
  told_ = now;
  DataProgress progress;
  progress.table = &table;
  progress.rows = rows_;
  progress.rows_expected = rows_expected_;
  progress.tables_done = tables_done_;
  progress.tables = tables_;
  const double share =
      rows_expected_ == 0 ? 0 : static_cast<double>(progress.rows) / static_cast<double>(rows_expected_);
  if (share >= kGuessFrom) {
    const auto elapsed =
        static_cast<double>(std::chrono::duration_cast<std::chrono::milliseconds>(now - start_).count());
    progress.left_ms = share >= 1 ? 0 : static_cast<std::int64_t>(elapsed / share * (1 - share));
  }
  listener_(progress);
}

}  // namespace paripassu::datacheck
