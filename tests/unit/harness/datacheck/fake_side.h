#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "backends/error.h"
#include "harness/datacheck/table_access.h"

/// Tables in memory, read as a server's would be.
namespace paripassu::test {

using FakeRow = std::vector<Cell>;

struct FakeColumn {
  std::string name;
  catalog::Type type;
  ColumnLayout layout = ColumnLayout::text;
};

FakeColumn integer_column(const std::string& name);
FakeColumn text_column(const std::string& name);
FakeColumn decimal_column(const std::string& name);

/// A pair of tables with these columns on both sides, and its shape; the first `key_columns` are the key.
class FakeTables {
 public:
  FakeTables(const std::vector<FakeColumn>& columns, std::size_t key_columns, const ValueRule::Options& rules = {});
  const datacheck::TableShape& shape() const { return shape_; }
  const std::vector<FakeColumn>& columns() const { return columns_; }
  TablePlan& plan() { return plan_; }

 private:
  std::vector<FakeColumn> columns_;
  catalog::Schema schema_;
  catalog::Table table_;
  TablePlan plan_;
  datacheck::TableShape shape_;
};

/// One side. Settings are to be made before it is read.
class FakeSide final : public datacheck::SideAccess {
 public:
  FakeSide(const FakeTables& tables, std::vector<FakeRow> rows) : tables_(tables), rows_(std::move(rows)) {}

  std::unique_ptr<datacheck::TableAccess> open(const datacheck::TableShape& shape) override;
  std::unique_ptr<datacheck::TableAccess> open_later(const datacheck::TableShape& shape) override;
  void forget_idle() override { ++forgotten; }

  std::size_t batch_rows = 100;
  bool descending = false;        ///< breaks the promise of the order
  bool ignores_case = false;      ///< fetches 'A' beside 'a'
  bool hides_fetched = false;     ///< finds no row by its key
  std::string refuses_checksums;  ///< why
  bool shares_snapshot = true;
  std::vector<FakeRow> later;  ///< rows of the snapshots of open_later
  /// Called before each batch is handed out; may throw.
  std::function<void(std::size_t batches_before)> on_batch;

  std::atomic<int> opened = 0;
  std::atomic<int> open_now = 0;
  std::atomic<int> readers_now = 0;
  std::atomic<int> scans = 0;
  std::atomic<int> checksums = 0;
  std::atomic<int> fetched_rows = 0;
  std::atomic<int> forgotten = 0;
  std::atomic<std::size_t> batches = 0;

 private:
  friend class FakeAccess;
  const FakeTables& tables_;
  const std::vector<FakeRow> rows_;
};

}  // namespace paripassu::test
