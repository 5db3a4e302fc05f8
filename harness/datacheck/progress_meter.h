#pragma once

#include <atomic>
#include <chrono>
#include <mutex>

#include "harness/datacheck/data_comparison.h"

namespace paripassu::datacheck {

/// Adds up what all threads have read and tells it, one call at a time, at most ten times a second.
class ProgressMeter {
 public:
  /// `listener` may be empty and must outlive this.
  ProgressMeter(const std::function<void(const DataProgress&)>& listener, std::uint64_t rows_expected,
                std::size_t tables);
  /// From any thread. Throws what the listener throws.
  void add_rows(const TablePlan& table, std::uint64_t rows);
  void add_table(const TablePlan& table);

 private:
  using Clock = std::chrono::steady_clock;
  void tell(const TablePlan& table);

  const std::function<void(const DataProgress&)>& listener_;
  const std::uint64_t rows_expected_;
  const std::size_t tables_;
  const Clock::time_point start_ = Clock::now();
  std::atomic<std::uint64_t> rows_ = 0;
  std::atomic<std::size_t> tables_done_ = 0;
  std::mutex mutex_;
  Clock::time_point told_ = start_;
};

}  // namespace paripassu::datacheck
