#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <vector>

#include "backends/data_sql.h"
#include "harness/datacheck/data_comparison.h"
#include "harness/datacheck/table_access.h"

namespace paripassu::datacheck {

/// A side that is a database: sessions, each in a read-only snapshot, that are used for one table after another.
class SqlSide final : public SideAccess {
 public:
  /// `side` must outlive this. Opens the first session. Throws Error.
  SqlSide(const DataSide& side, RowHasher::Side which, const BatchOptions& batches);
  ~SqlSide() override;

  std::unique_ptr<TableAccess> open(const TableShape& shape) override;
  std::unique_ptr<TableAccess> open_later(const TableShape& shape) override;
  void forget_idle() override;

  /// What the server's statistics say, in the order of the shapes; 0 where they say nothing. Never throws for what
  /// one table gives.
  std::vector<std::uint64_t> estimated_rows(const std::vector<TableShape>& shapes);

  /// Sets what is selected for the columns of a plan, and takes out those that cannot be read, with the reason.
  static TableShape shape(const TablePlan& plan, const DataSide& left, const DataSide& right,
                          std::vector<Skipped>& skipped);

 private:
  friend class SqlTable;
  struct Lease {
    std::unique_ptr<Session> session;
    ReadSnapshot snapshot;
    std::atomic<bool> broken = false;  ///< not to be used again
  };
  std::unique_ptr<Lease> begin();
  std::unique_ptr<Lease> take();
  void give_back(std::unique_ptr<Lease> lease) noexcept;

  const DataSide& side_;
  RowHasher::Side which_;
  BatchOptions batches_;
  std::mutex mutex_;
  std::unique_ptr<Lease> anchor_;  ///< keeps the snapshot that others join
  std::vector<std::unique_ptr<Lease>> idle_;
};

/// The rows of `keys` as a condition for WHERE, in the side's dialect; empty: the types cannot hold any of them.
/// `columns` are those of the key.
std::string key_condition(const Backend& backend, const std::vector<const catalog::Column*>& columns,
                          std::span<const std::vector<Cell>> keys);

}  // namespace paripassu::datacheck
