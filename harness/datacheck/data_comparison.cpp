#include "harness/datacheck/data_comparison.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <mutex>
#include <numeric>

#include "backends/interrupt.h"
#include "backends/limits.h"
#include "harness/datacheck/parallel.h"
#include "harness/datacheck/progress_meter.h"
#include "harness/datacheck/sql_access.h"
#include "harness/datacheck/table_comparison.h"

namespace paripassu {

namespace {

using datacheck::SqlSide;
using datacheck::TableShape;
using Clock = std::chrono::steady_clock;

/// Parts of a worker's memory that a batch may take: a merge has four on their way on each side.
constexpr std::size_t kBatchesInMemory = 16;
constexpr std::size_t kBatchBytesMin = 64u << 10;
constexpr int kMillisecondsPerSecond = 1'000;

std::int64_t milliseconds_since(Clock::time_point start) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - start).count();
}

ComparedSide describe(const catalog::Catalog& catalog) {
  return {catalog.engine,     catalog.product,  catalog.product_version, catalog.genuine,
          catalog.deviations, catalog.database, catalog.default_schema};
}

TableResult empty_result(const TablePlan& plan) {
  TableResult result;
  result.left_name = plan.left_schema->name + "." + plan.left->name;
  result.right_name = plan.right_schema->name + "." + plan.right->name;
  result.key_origin = plan.key_origin;
  result.skipped_columns = plan.skipped_columns;
  result.notes = plan.notes;
  return result;
}

void set_columns(const TableShape& shape, TableResult& result) {
  for (std::size_t i = 0; i < shape.columns.size(); ++i) {
    const PlannedColumn& planned = *shape.columns[i].planned;
    ColumnResult column;
    column.left_name = planned.left->name;
    column.right_name = planned.right->name;
    column.left_type = planned.left->type;
    column.right_type = planned.right->type;
    column.key = i < shape.key_columns;
    column.rule = planned.rule.name();
    column.verdicts = planned.verdicts;
    result.columns.push_back(std::move(column));
  }
}

class DataRun {
 public:
  DataRun(const DataPlan& plan, const DataSide& left, const DataSide& right, const DataOptions& options)
      : plan_(plan), left_(left), right_(right), options_(options) {}
  DataReport run();

 private:
  void make_shapes();
  void compare_tables(SqlSide& left, SqlSide& right);
  void compare(std::size_t table, SqlSide& left, SqlSide& right, datacheck::ProgressMeter& progress);

  const DataPlan& plan_;
  const DataSide& left_;
  const DataSide& right_;
  const DataOptions& options_;
  DataReport report_;
  std::vector<TableShape> shapes_;  ///< without columns for a table that cannot be compared
  std::size_t workers_ = 1;
  int ranges_ = 1;
  std::mutex emitting_;
};

DataReport DataRun::run() {
  const Clock::time_point start = Clock::now();
  report_.left_label = left_.label;
  report_.right_label = right_.label;
  report_.left = describe(*left_.catalog);
  report_.right = describe(*right_.catalog);
  report_.skipped_tables = plan_.skipped_tables;
  report_.memory_bytes_max = options_.memory_bytes != 0 ? options_.memory_bytes : limits::kDataMemoryDefault_bytes;
  if (report_.memory_bytes_max < limits::kDataMemoryMin_bytes)
    throw Error(ErrorCategory::usage,
                fmt::format("{} bytes of memory are too few to compare data", report_.memory_bytes_max))
        .with_remedy(fmt::format("allow at least {} MiB", limits::kDataMemoryMin_bytes >> 20));
  make_shapes();

  const auto jobs = static_cast<std::size_t>(std::clamp(options_.jobs, 1, limits::kDataJobsMax));
  workers_ = std::max<std::size_t>(std::min(jobs, plan_.tables.size()), 1);
  ranges_ = static_cast<int>(jobs / workers_);
  BatchOptions batches;
  batches.batch_bytes_max = options_.batch_bytes != 0 ? options_.batch_bytes
                                                      : std::clamp(report_.memory_bytes_max / jobs / kBatchesInMemory,
                                                                   kBatchBytesMin, limits::kBatchBytesDefault);
  if (options_.batch_rows != 0) batches.batch_rows_max = options_.batch_rows;
  if (!plan_.tables.empty()) {
    SqlSide left(left_, RowHasher::Side::left, batches);
    SqlSide right(right_, RowHasher::Side::right, batches);
    compare_tables(left, right);
  }
  report_.duration_ms = milliseconds_since(start);
  return std::move(report_);
}

void DataRun::make_shapes() {
  shapes_.reserve(plan_.tables.size());
  for (const TablePlan& plan : plan_.tables) {
    TableResult result = empty_result(plan);
    TableShape shape;
    shape.plan = &plan;
    try {
      shape = SqlSide::shape(plan, left_, right_, result.skipped_columns);
      set_columns(shape, result);
    } catch (const Error& error) {
      result.unfinished = error.message();
    }
    shapes_.push_back(std::move(shape));
    report_.tables.push_back(std::move(result));
  }
}

void DataRun::compare_tables(SqlSide& left, SqlSide& right) {
  std::uint64_t expected = 0;
  if (options_.on_progress)
    for (SqlSide* side : {&left, &right}) {
      const std::vector<std::uint64_t> rows = side->estimated_rows(shapes_);
      expected += std::accumulate(rows.begin(), rows.end(), std::uint64_t{0});
    }
  datacheck::ProgressMeter progress(options_.on_progress, expected, plan_.tables.size());
  std::atomic<std::size_t> next = 0;
  const auto work = [&](const datacheck::StopFlag& stop) {
    for (;;) {
      stop.throw_if_set();
      const std::size_t table = next++;
      if (table >= shapes_.size()) return;
      if (report_.tables[table].unfinished.empty()) compare(table, left, right, progress);
      progress.add_table(*shapes_[table].plan);
    }
  };
  std::vector<datacheck::ParallelWork> works(workers_, {work, {}});
  datacheck::run_in_parallel(std::move(works));
}

void DataRun::compare(std::size_t table, SqlSide& left, SqlSide& right, datacheck::ProgressMeter& progress) {
  const Clock::time_point start = Clock::now();
  const TableShape& shape = shapes_[table];
  TableResult& result = report_.tables[table];
  datacheck::TableOptions options;
  options.method = options_.method;
  // A half is for the batches.
  options.memory_bytes = report_.memory_bytes_max / workers_ / 2;
  options.limit = options_.limit;
  options.ranges = ranges_;
  options.recheck_ms = options_.recheck_s * kMillisecondsPerSecond;
  options.rows_read = [&](std::uint64_t rows) { progress.add_rows(*shape.plan, rows); };
  if (options_.on_difference)
    options.emit = [&](const DataDifference& difference) {
      std::lock_guard lock(emitting_);
      options_.on_difference(*shape.plan, difference);
    };
  datacheck::compare_table(shape, left, right, options, result);
  result.duration_ms = milliseconds_since(start);
}

}  // namespace

DataReport compare_data(const DataPlan& plan, const DataSide& left, const DataSide& right, const DataOptions& options) {
  return DataRun(plan, left, right, options).run();
}

}  // namespace paripassu
