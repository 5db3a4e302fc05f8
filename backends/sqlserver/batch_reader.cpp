#include "backends/sqlserver/batch_reader.h"

#include <optional>
#include <vector>

#include "backends/interrupt.h"
#include "backends/odbc/block_fetch.h"
#include "backends/sqlserver/error.h"

namespace paripassu::sqlserver {

namespace {

constexpr const char* kFunctionSequenceError = "HY010";
constexpr const char* kInvalidCursorState = "24000";
constexpr int kTrailingErrorsMax = 100;  ///< a driver that keeps failing is not asked for ever

class SqlServerBatchReader final : public BatchReader {
 public:
  SqlServerBatchReader(SqlServerSession& session, std::string_view sql, const BatchOptions& options);
  std::size_t next(ColumnBatch& batch) override;

 private:
  void finish();

  std::string sql_;
  odbc::Statement statement_;
  SqlServerSession::Running running_;
  std::optional<odbc::BlockFetch> fetch_;  ///< none once the result was read, or if there is none
  bool first_ = true;
};

SqlServerBatchReader::SqlServerBatchReader(SqlServerSession& session, std::string_view sql, const BatchOptions& options)
    : sql_(sql), statement_(session.native(), session.error_builder()), running_(session, statement_) {
  Interrupt::throw_if_requested();
  session.apply_timeout(statement_);
  session.count_round_trip();
  statement_.execute_direct(sql);
  // Row counts of statements before the SELECT come as results without columns.
  while (statement_.column_count() == 0)
    if (!statement_.next_result()) return;
  fetch_.emplace(statement_, options);
}

/// What is not read is not confirmed to have run, and an error after the rows surfaces only here.
void SqlServerBatchReader::finish() {
  fetch_.reset();
  std::vector<Diagnostic> failures;
  for (int errors = 0; errors < kTrailingErrorsMax;) {
    try {
      if (!statement_.next_result()) break;
    } catch (const Error& error) {
      if (error.diagnostics().empty() || error.poisons_connection()) throw;
      ++errors;
      failures.insert(failures.end(), error.diagnostics().begin(), error.diagnostics().end());
      // The driver has given up on the statement.
      if (error.sqlstate() == kFunctionSequenceError || error.sqlstate() == kInvalidCursorState) break;
    }
  }
  if (!failures.empty()) throw error_from(std::move(failures), sql_);
}

std::size_t SqlServerBatchReader::next(ColumnBatch& batch) {
  Interrupt::throw_if_requested();
  if (!fetch_) {
    if (first_) batch.columns.clear();
    batch.clear();
    return 0;
  }
  first_ = false;
  try {
    const std::size_t rows = fetch_->next(batch);
    if (rows == 0) finish();
    return rows;
  } catch (const Error& error) {
    // FreeTDS closes the result when it is cancelled between two fetches, and the next one is out of sequence for it.
    if (error.sqlstate() != kFunctionSequenceError && error.sqlstate() != kInvalidCursorState) throw;
    throw Error(ErrorCategory::cancelled, "the query was cancelled")
        .with_engine("sqlserver")
        .with_statement(sql_)
        .with_diagnostics(error.diagnostics());
  }
}

}  // namespace

std::unique_ptr<BatchReader> read_batches(SqlServerSession& session, std::string_view sql,
                                          const BatchOptions& options) {
  return std::make_unique<SqlServerBatchReader>(session, sql, options);
}

}  // namespace paripassu::sqlserver
